"""Catchments: the streets from which a facility is reached in time, as polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from batu_geo.network.graph import MS_PER_MINUTE, Direction, ModeGraph, search
from batu_geo.network.snapping import Snaps, door_walk_ms, entries, snap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CORNER_SEGMENTS = 2


def catchments(
    graph: ModeGraph,
    *,
    facilities: gpd.GeoDataFrame,
    thresholds_minutes: Sequence[float],
    refuse_m: float,
    buffer_m: float,
    direction: Direction = "to_facility",
) -> gpd.GeoDataFrame:
    """Return one polygon a threshold: a strip along every street reached in time.

    Each edge is cut where the threshold is reached, to the millisecond, so the
    polygon covers nothing beyond reach but the width of its strip. A longer
    threshold adds streets to the shorter one's polygon: catchments are nested
    by construction.

    Parameters
    ----------
    graph
        The roads of one mode.
    facilities
        Points in the projection of the roads.
    thresholds_minutes
        In rising order; a place exactly at the threshold is inside.
    refuse_m
        Facilities farther than this from a road serve nobody.
    buffer_m
        Half width of the strip.
    direction
        Whether people travel to the facility or help comes from it.

    Returns
    -------
    geopandas.GeoDataFrame
        ``threshold_minutes``, ``street_km`` (length reached) and the polygon.
    """
    xy = shapely.get_coordinates(np.asarray(facilities.geometry.array))
    there = snap(graph, xy, refuse_m=refuse_m)
    seeds, nodes = entries(graph, there, direction=direction)
    to_node = search(graph, seeds, nodes, direction=direction, is_joint=True)[0]
    is_drawn = np.zeros(graph.roads.edge_count, bool)
    area: shapely.Geometry = shapely.Polygon()
    rows = []
    for minutes in thresholds_minutes:
        reach = reached_edges(graph, there, to_node, minutes=minutes, direction=direction)
        lines = [*graph.roads.lines(np.flatnonzero(reach.is_whole & ~is_drawn)), *reach.parts]
        strips = shapely.buffer(lines, buffer_m, quad_segs=CORNER_SEGMENTS)
        area = shapely.union_all([area, *strips])
        is_drawn |= reach.is_whole
        rows.append(
            {"threshold_minutes": minutes, "street_km": reach.length_m / 1000, "geometry": area}
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=graph.roads.crs)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What of the roads is reached: whole edges, and parts of others as lines."""

    is_whole: NDArray[np.bool_]
    parts: list[shapely.Geometry]
    length_m: float


def reached_edges(
    graph: ModeGraph,
    there: Snaps,
    to_node: NDArray[np.float64],
    *,
    minutes: float,
    direction: Direction,
) -> Reach:
    """Cut the usable edges where the time left runs out.

    Parameters
    ----------
    graph, there
        The mode and the joined facilities.
    to_node
        Milliseconds between each node and the nearest facility, [n].
    minutes
        The threshold; a place exactly there is reached.
    direction
        As in `catchments`.
    """
    limit_ms = minutes * MS_PER_MINUTE
    left = limit_ms - to_node[graph.roads.edge_node]
    # Milliseconds of the edge when travelled between a place on it and its
    # start, and its end: against the way towards a facility at the start.
    by_start, by_end = graph.edge_ms.T[::-1] if direction == "to_facility" else graph.edge_ms.T
    from_start = np.where(graph.is_usable, _share(left[:, 0], by_start), -1.0)
    from_end = np.where(graph.is_usable, _share(left[:, 1], by_end), -1.0)
    is_whole = np.maximum(from_start, 0) + np.maximum(from_end, 0) >= 1
    spans: dict[int, list[tuple[float, float]]] = {}
    for edge in np.flatnonzero(~is_whole & (from_start > 0)).tolist():
        spans.setdefault(edge, []).append((0.0, float(from_start[edge])))
    for edge in np.flatnonzero(~is_whole & (from_end > 0)).tolist():
        spans.setdefault(edge, []).append((1.0 - float(from_end[edge]), 1.0))
    walk = door_walk_ms(graph, there)
    for place in np.flatnonzero(there.is_snapped & (walk <= limit_ms)).tolist():
        edge, fraction = int(there.edge[place]), float(there.fraction[place])
        rest = limit_ms - walk[place]
        low = fraction - _share(rest, by_end[edge])
        high = fraction + _share(rest, by_start[edge])
        if not is_whole[edge]:
            spans.setdefault(edge, []).append((max(0.0, float(low)), min(1.0, float(high))))
    parts = [(edge, low, high) for edge in sorted(spans) for low, high in _merged(spans[edge])]
    lines = graph.roads.lines(np.array([edge for edge, _, _ in parts], dtype=np.intp))
    cut: list[shapely.Geometry] = [
        substring(line, low, high, normalized=True)
        for line, (_, low, high) in zip(lines, parts, strict=True)
    ]
    length_m = float(graph.roads.length_m[is_whole].sum()) + math.fsum(shapely.length(cut))
    return Reach(is_whole, cut, length_m)


def _share(left_ms: Any, edge_ms: Any) -> Any:
    """Return the share of an edge that the time left pays for; below 0 where none is left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(edge_ms > 0, left_ms / edge_ms, 1.0)
    closed = ~np.isfinite(edge_ms) | (left_ms < 0)
    return np.where(closed, np.where(left_ms < 0, -1.0, 0.0), np.minimum(share, 1.0))


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the spans with overlaps joined, in order."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged
