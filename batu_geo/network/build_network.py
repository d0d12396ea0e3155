"""Ways become a network: split where they share a node, numbered, in metres."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyproj

from batu_geo.network.road_rules import Numbering
from batu_geo.network.roads import RoadNetwork, Ways, slices
from batu_geo.network.turning.rules_by_edge import with_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

WGS84 = pyproj.Geod(ellps="WGS84")
# Of a coordinate along the Morton curve: bits, and the metres on each side of 0.
BITS = 26
HALF_M = 2.0 ** (BITS - 1)


def build_network(ways: Ways, *, crs: str, dropped: Mapping[str, int] | None = None) -> RoadNetwork:
    """Split ways at shared nodes and return the network in metres.

    Nodes are numbered along a Morton curve, so that neighbours lie close in
    memory, and edges by their nodes: the order of the input does not matter.
    Lengths are taken on the ellipsoid, so that they are the same in every projection.

    Parameters
    ----------
    ways
        What a reader found.
    crs
        Metric projection to compute in.
    dropped
        What the reader left out already.
    """
    counts = dict(dropped or {})
    way, node_id, lon, lat = _usable_positions(ways, counts)
    nodes, first, node, uses = np.unique(
        node_id, return_index=True, return_inverse=True, return_counts=True
    )
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    lonlat = np.column_stack([lon[first], lat[first]])
    xy = np.column_stack(to_metres.transform(*lonlat.T)).reshape(-1, 2)
    is_lost = ~np.isfinite(xy).all(axis=1)
    if is_lost.any():
        # Places the projection has no answer for count as missing.
        lon = np.where(np.isin(ways.node_id, nodes[is_lost]), np.nan, ways.lon)
        return build_network(replace(ways, lon=lon), crs=crs, dropped=dropped)
    # A barrier cuts the street it stands on.
    uses = uses + np.isin(nodes, np.array(list(ways.rules.gates), np.int64))
    begin, end, is_junction = _cuts(way, node, uses)
    rank = _numbered(xy, nodes, is_junction)
    edge_node = np.column_stack([rank[node[begin]], rank[node[end]]]).astype(np.int32)
    order = np.lexsort(
        (begin - ways.start[way[begin]], ways.way_id[way[begin]], *edge_node.T[::-1])
    )
    begin, end, edge_node = begin[order], end[order], edge_node[order]
    node_xy = np.empty((int(is_junction.sum()), 2))
    node_xy[rank[is_junction]] = xy[is_junction]
    id_of_node = nodes[is_junction][np.argsort(rank[is_junction])]
    sizes = end - begin + 1
    vertex = node[slices(begin, sizes)]
    lines = _Lines(np.r_[0, np.cumsum(sizes)].astype(np.int64), lonlat[vertex], xy[vertex])
    edges = _network_of(ways, way[begin], lines, crs=crs, node_xy=node_xy, edge_node=edge_node)
    barrier_xy = np.column_stack(to_metres.transform(ways.barrier_lon, ways.barrier_lat))
    edges = with_rules(edges, ways.rules, Numbering(way[begin], nodes, rank), counts)
    edges = replace(edges, barrier_start=ways.barrier_start, barrier_xy=barrier_xy)
    return replace(edges, barrier_lake=ways.barrier_lake, node_id=id_of_node, dropped=counts)


def _cuts(
    way: NDArray[np.intp], node: NDArray[np.intp], uses: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Return the first and last position of each edge, and which nodes are junctions.

    Ways are cut at their ends and at every node that is used more than once.
    """
    is_next = way[1:] == way[:-1]
    is_end = np.r_[True, ~is_next] | np.r_[~is_next, True] if len(way) else np.zeros(0, bool)
    cuts = np.flatnonzero((uses[node] > 1) | is_end)
    joined = way[cuts[1:]] == way[cuts[:-1]]
    begin, end = cuts[:-1][joined], cuts[1:][joined]
    is_junction = np.zeros(len(uses), bool)
    is_junction[node[begin]] = is_junction[node[end]] = True
    return begin, end, is_junction


class _Lines(NamedTuple):
    """The vertices of edges in degrees and in metres: those from one start to the next."""

    start: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    xy: NDArray[np.float64]


def _network_of(
    ways: Ways,
    way: NDArray[np.intp],
    lines: _Lines,
    *,
    crs: str,
    node_xy: NDArray[np.float64],
    edge_node: NDArray[np.int32],
) -> RoadNetwork:
    """Return edges with the attributes of the way each is a part of."""
    return RoadNetwork(
        crs=crs,
        node_xy=node_xy,
        edge_node=edge_node,
        length_m=ellipsoid_lengths(lines.lonlat, lines.start),
        road_class=ways.road_class[way],
        classes=ways.classes,
        surface=ways.surface[way],
        surfaces=ways.surfaces,
        name=ways.name[way],
        names=ways.names,
        closed=ways.closed[way],
        maxspeed_kmh=ways.maxspeed_kmh[way],
        way_id=ways.way_id[way],
        line_start=lines.start,
        line_xy=lines.xy,
        structure=ways.structure[way],
        houses_nobody=ways.houses_nobody[way],
        barrier_start=np.zeros(1, np.int64),
        barrier_xy=np.zeros((0, 2)),
        dropped={},
    )


def _usable_positions(
    ways: Ways, counts: dict[str, int]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Leave out missing nodes, repeated nodes and ways with less than two of them."""
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.start))
    is_known = (np.abs(ways.lon) <= 180) & (np.abs(ways.lat) <= 90)
    kept = np.flatnonzero(is_known)
    is_repeat = np.zeros(len(kept), bool)
    same_way = way[kept][1:] == way[kept][:-1]
    is_repeat[1:] = same_way & (ways.node_id[kept][1:] == ways.node_id[kept][:-1])
    kept = kept[~is_repeat]
    sizes = np.bincount(way[kept], minlength=len(ways.way_id))
    is_line = sizes >= 2
    for reason, number in (
        ("missing nodes", (~is_known).sum()),
        ("repeated nodes", is_repeat.sum()),
        ("ways with less than two nodes", (~is_line).sum()),
    ):
        if number:
            counts[reason] = counts.get(reason, 0) + int(number)
    kept = kept[is_line[way[kept]]]
    return way[kept], ways.node_id[kept], ways.lon[kept], ways.lat[kept]


def _numbered(
    xy: NDArray[np.float64], node_id: NDArray[np.int64], is_junction: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the number of each junction along a Morton curve, -1 for other nodes."""
    junctions = np.flatnonzero(is_junction)
    rank = np.full(len(xy), -1, np.int64)
    if len(junctions):
        order = np.lexsort((node_id[junctions], morton(xy[junctions])))
        rank[junctions[order]] = np.arange(len(junctions))
    return rank


def ellipsoid_lengths(
    lonlat: NDArray[np.float64], line_start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the metres of lines along geodesics of WGS 84 from vertex to vertex, float64 [m].

    Parameters
    ----------
    lonlat
        Degrees of the vertices, float64 [v, 2].
    line_start
        Vertices of line e are those from ``line_start[e]`` to ``line_start[e + 1]``.

    >>> equator = np.array([[112.0, 0.0], [112.5, 0.0], [113.0, 0.0]])
    >>> ellipsoid_lengths(equator, np.array([0, 3])).round(3).tolist()
    [111319.491]
    """
    if len(line_start) == 1:
        return np.zeros(0)
    step = np.zeros(len(lonlat))
    step[1:] = WGS84.inv(*lonlat[:-1].T, *lonlat[1:].T)[2]
    step[line_start[:-1]] = 0
    found: NDArray[np.float64] = np.add.reduceat(step, line_start[:-1])
    return found


def morton(xy: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Interleave the bits of both coordinates in whole metres, 26 each.

    Cells are those of the projection, not of the box around the places: two places have the same
    order whatever lies elsewhere.

    >>> morton(np.array([[0.0, 0.0], [1.2, 0.0], [0.0, 1.0], [2.0, 1.0]])).argsort().tolist()
    [0, 1, 2, 3]
    """
    cell = (np.clip(xy, -HALF_M, HALF_M - 1) + HALF_M).astype(np.uint64)
    code = np.zeros(len(xy), np.uint64)
    for bit in range(BITS):
        place = np.uint64(bit)
        for axis in (0, 1):
            one = (cell[:, axis] >> place) & np.uint64(1)
            code |= one << np.uint64(2 * bit + axis)
    return code
