"""Catchments: the streets from which a facility is reached in time, as polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from batu_geo.domain.tables import in_crs
from batu_geo.network.area.strips import AT_ONCE, Strips, Wanted
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearest_edge import AT_NODE_M
from batu_geo.network.search import search
from batu_geo.network.snapping import Joins, arrivals, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.network.graph import Layer, ModeGraph

Spans = dict[int, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What of the roads is reached: whole edges, and parts of others.

    Attributes
    ----------
    is_whole
        bool [m].
    parts
        Edge, and from which to which fraction of it, for edges cut short.
    """

    is_whole: NDArray[np.bool_]
    parts: tuple[tuple[int, float, float], ...]


def catchments(
    graph: ModeGraph,
    *,
    facilities: gpd.GeoDataFrame,
    thresholds_minutes: Sequence[float],
    refuse_m: float,
    buffer_m: float,
    by: Literal["threshold", "facility"] = "threshold",
    strips: Strips | None = None,
) -> gpd.GeoDataFrame:
    """Return polygons along every street from which a facility is reached in time.

    Columns: ``facility_id`` (with ``by="facility"``), ``threshold_minutes``, ``street_km`` (length
    reached) and the polygon, in the projection of the roads. Each edge is cut where the threshold
    is reached, to the millisecond; a place that nobody reaches is a hole. They are nested.

    Parameters
    ----------
    graph, facilities
        The roads of one mode; points in any coordinate system (`DataError` without one), their
        ids in the first column.
    thresholds_minutes
        Rising; a place exactly there is inside.
    refuse_m, buffer_m
        Longest walk to a road; half the width of the strip.
    by
        One polygon a threshold for all facilities, or for each.
    strips
        Of these roads and this width, where some are drawn already.

    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> foot = bg.mode_graph(study.roads, bg.load_scenario("baseline"), mode="foot")
    >>> unit = study.facilities[["facility_id", "geometry"]].head(1)
    >>> len(catchments(foot, facilities=unit, thresholds_minutes=[15], refuse_m=500, buffer_m=60))
    1
    """
    facilities = in_crs(facilities, graph.roads.crs)
    joined = join(graph, facilities, refuse_m=refuse_m)
    is_joint = by == "threshold"
    last = max(thresholds_minutes, default=0) * MS_PER_MINUTE
    to_state = search(graph, arrivals(graph, joined), is_joint=is_joint, limit_ms=last)
    every = _Served({}, joined, door_walks(graph, facilities, joined[0]))
    served = [every] if is_joint else _one_by_one(every, facilities)
    each = list(product(zip(served, to_state, strict=True), thresholds_minutes))
    found = ((m, reach(graph, own.joined, ms, minutes=m), own.walks) for (own, ms), m in each)
    shapes = drawn(graph, found, strips or Strips(graph.roads, buffer_m=buffer_m))
    rows = [own.label | row for ((own, _), _), row in zip(each, shapes, strict=True)]
    columns = [*([] if is_joint else ["facility_id"]), "threshold_minutes", "street_km", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=graph.roads.crs)


class _Served(NamedTuple):
    """The facilities of one catchment: its label, where they join the roads, their doors."""

    label: dict[str, str]
    joined: tuple[Joins, ...]
    walks: list[DoorWalk]


def _one_by_one(every: _Served, facilities: gpd.GeoDataFrame) -> list[_Served]:
    return [
        _Served(
            {"facility_id": str(name)},
            tuple(joins.take(number, number + 1) for joins in every.joined),
            [walk for walk in every.walks if walk.facility == number],
        )
        for number, name in enumerate(facilities.iloc[:, 0])
    ]


class DoorWalk(NamedTuple):
    """The straight walk from the door of a facility to the nearest road it joins."""

    facility: int
    line: shapely.LineString
    ms: float

    def within(self, minutes: float) -> shapely.Geometry:
        """Return the part that is walked in some minutes, from the door."""
        share = min(1.0, minutes * MS_PER_MINUTE / self.ms) if self.ms else 1.0
        return substring(self.line, 0.0, share, normalized=True)


def door_walks(graph: ModeGraph, facilities: gpd.GeoDataFrame, joins: Joins) -> list[DoorWalk]:
    """Return the walk to the nearest road of each facility that joins one, away from it."""
    rows = joins.nearest_rows()
    rows = rows[joins.distance_m[rows] > AT_NODE_M]
    points = joins.point[rows]
    place = shapely.line_interpolate_point(
        graph.roads.lines(joins.edge[rows]), joins.fraction[rows], normalized=True
    )
    doors = facilities.geometry.to_numpy()[points]
    return [
        DoorWalk(int(point), shapely.LineString([door, road]), float(ms))
        for point, door, road, ms in zip(points, doors, place, joins.walk_ms[rows], strict=True)
    ]


def reach(
    graph: ModeGraph, joined: tuple[Joins, ...], to_state: NDArray[np.float64], *, minutes: float
) -> Reach:
    """Cut the edges where the time left runs out.

    Parameters
    ----------
    graph, joined
        The mode and the joined facilities.
    to_state
        Milliseconds from each state to the nearest facility, [states].
    minutes
        The threshold; a place exactly there is reached.
    """
    limit_ms = minutes * MS_PER_MINUTE
    shares = [
        _reached_shares(layer, limit_ms - layer.board_ms - to_state[layer.end_state])
        for layer in graph.layers
    ]
    is_whole = np.any([(start + end) >= 1 for start, end in shares], axis=0)
    spans: Spans = {}
    for layer, joins, (start, end) in zip(graph.layers, joined, shares, strict=True):
        for edge in np.flatnonzero((start > 0) & ~is_whole).tolist():
            spans.setdefault(edge, []).append((0.0, float(start[edge])))
        for edge in np.flatnonzero((end > 0) & ~is_whole).tolist():
            spans.setdefault(edge, []).append((1.0 - float(end[edge]), 1.0))
        for edge, low, high in _around_facilities(layer, joins, limit_ms):
            spans.setdefault(edge, []).append((low, high))
    return as_reach(spans, is_whole)


def as_reach(spans: Spans, is_whole: NDArray[np.bool_]) -> Reach:
    """Join overlapping spans; an edge whose spans cover it is whole."""
    whole = is_whole.copy()
    parts = []
    for edge in sorted(spans):
        if whole[edge]:
            continue
        for low, high in _merged(spans[edge]):
            if low <= 0 and high >= 1:
                whole[edge] = True
            elif high > low:
                parts.append((edge, low, high))
    return Reach(whole, tuple(parts))


def _reached_shares(
    layer: Layer, left_ms: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of each edge reached from its start, and from its end.

    Towards a facility by way of the start an edge is travelled against its direction.
    An edge between two reached ends that meet is whole: the shares add up to 1.
    """
    by_start = _share(left_ms[:, 0], layer.local_ms[:, 1])
    return by_start, _share(left_ms[:, 1], layer.local_ms[:, 0])


def _share(left_ms: Any, edge_ms: Any) -> Any:
    """Return the share of an edge that the time left pays for."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(edge_ms > 0, left_ms / edge_ms, 1.0)
    is_paid = np.isfinite(edge_ms) & (left_ms >= 0)
    return np.where(is_paid, np.minimum(share, 1.0), 0.0)


def _around_facilities(
    layer: Layer, joins: Joins, limit_ms: float
) -> Iterator[tuple[int, float, float]]:
    """Yield the stretches of the edges that a facility joins, to both sides of it."""
    rest = limit_ms - layer.board_ms - joins.walk_ms
    rows = np.flatnonzero(rest >= 0)
    edges, fraction = joins.edge[rows], joins.fraction[rows]
    low = fraction - _share(rest[rows], layer.local_ms[edges, 0])
    high = fraction + _share(rest[rows], layer.local_ms[edges, 1])
    ends = np.maximum(low, 0.0).tolist(), np.minimum(high, 1.0).tolist()
    yield from zip(edges.tolist(), *ends, strict=True)


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the spans with overlaps joined, in order."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def drawn(
    graph: ModeGraph, found: Iterable[tuple[float, Reach, Sequence[DoorWalk]]], strips: Strips
) -> list[dict[str, Any]]:
    """Return the rows of catchments: minutes, length of street, polygon.

    The walks to the doors of its facilities belong to a polygon, not to the length. They are
    drawn some at a time, so that no more is held than these reach.
    """
    length_m, rest = graph.roads.length_m, iter(found)
    rows = []
    while some := list(islice(rest, AT_ONCE)):
        shapes = strips.unions([_wanted(graph, *one) for one in some])
        for (minutes, reached, _), shape in zip(some, shapes, strict=True):
            metres = float(length_m[reached.is_whole].sum())
            metres += math.fsum((high - low) * length_m[edge] for edge, low, high in reached.parts)
            rows.append(
                {"threshold_minutes": minutes, "street_km": metres / 1000, "geometry": shape}
            )
    return rows


def _wanted(graph: ModeGraph, minutes: float, reached: Reach, walks: Sequence[DoorWalk]) -> Wanted:
    """Return the edges of a catchment, and as lines what is cut short and the walks to doors."""
    edge, low, high = np.array(reached.parts, dtype=float).reshape(-1, 3).T
    edge = edge.astype(np.intp)
    parts = lines_between(graph.roads.lines(edge), low, high)
    doors = np.array([walk.within(minutes) for walk in walks], dtype=object)
    along_no_edge = np.full(len(doors), -1)
    return Wanted(reached.is_whole, np.append(parts, doors), np.append(edge, along_no_edge))


def lines_between(
    lines: NDArray[np.object_], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Return the part of each line between two fractions of its length, [lines].

    >>> line = np.array([shapely.LineString([(0, 0), (10, 0), (10, 10)])])
    >>> lines_between(line, np.array([0.25]), np.array([0.75]))[0].wkt
    'LINESTRING (5 0, 10 0, 10 5)'
    """
    xy, of = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[np.flatnonzero(np.diff(of, prepend=-1))] = 0.0
    along = np.cumsum(step)
    along -= along[np.searchsorted(of, np.arange(len(lines)))][of]
    length = shapely.length(lines)
    between = np.flatnonzero(((low * length)[of] < along) & (along < (high * length)[of]))
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, at, normalized=True))
        for at in (low, high)
    ]
    number = np.arange(len(lines))
    line = np.concatenate([number, of[between], number])
    place = np.concatenate([np.full(len(lines), -1), between, np.full(len(lines), len(xy))])
    order = np.lexsort((place, line))
    corners = np.concatenate([ends[0], xy[between], ends[1]])[order]
    return np.asarray(shapely.linestrings(corners, indices=line[order]), dtype=object)
