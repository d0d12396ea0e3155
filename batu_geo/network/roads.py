"""The road network as immutable arrays, split where ways share a node."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

VEHICLES = ("foot", "motorcycle", "car")
STRUCTURES = ("ground", "bridge", "tunnel")


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Ways as a reader found them: one row a way, one position a node reference.

    Attributes
    ----------
    way_id
        int64 [w].
    start
        Offsets into the positions, int64 [w + 1].
    node_id
        Node of each position, int64 [p].
    lon, lat
        Degrees of each position, float64 [p]; NaN where the node is missing.
    road_class, surface, name
        Codes into `classes`, `surfaces` and `names`, int32 [w]; code 0 of the
        last two is "not said".
    closed
        Per way, forward and backward: bit v set where vehicle v of `VEHICLES`
        may not travel, uint8 [w, 2].
    maxspeed_kmh
        Tagged speed limit, float64 [w]; NaN where there is none.
    structure
        Code into `STRUCTURES`, uint8 [w].
    barrier_start, barrier_lon, barrier_lat
        Lines that nobody walks across (rivers, coasts): vertices of line b in degrees are
        those from ``barrier_start[b]`` to ``barrier_start[b + 1]``.
    barrier_is_lake, houses_nobody
        Which lines are outlines of water, bool [b]; ways to one door or car park, bool [w].
    """

    way_id: NDArray[np.int64]
    start: NDArray[np.int64]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    road_class: NDArray[np.int32]
    classes: tuple[str, ...]
    surface: NDArray[np.int32]
    surfaces: tuple[str, ...]
    name: NDArray[np.int32]
    names: tuple[str, ...]
    closed: NDArray[np.uint8]
    maxspeed_kmh: NDArray[np.float64]
    structure: NDArray[np.uint8]
    barrier_start: NDArray[np.int64]
    barrier_lon: NDArray[np.float64]
    barrier_lat: NDArray[np.float64]
    barrier_is_lake: NDArray[np.bool_]
    houses_nobody: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """Nodes, and edges between them, in metres.

    Attributes
    ----------
    crs
        Projection of every coordinate.
    node_xy
        float64 [n, 2].
    edge_node
        Start and end node of each edge in the direction of its way, int32 [m, 2].
    length_m
        float64 [m].
    road_class, surface, name, closed, maxspeed_kmh
        As in `Ways`, by edge.
    way_id
        int64 [m].
    line_start, line_xy
        Vertices of edge e are ``line_xy[line_start[e]:line_start[e + 1]]``.
    structure
        Code into `STRUCTURES` by edge, uint8 [m].
    barrier_start, barrier_xy
        Lines that nobody walks across, as `line_start` and `line_xy`.
    barrier_is_lake, houses_nobody
        As in `Ways`, the latter by edge; None where there are none.
    line_z
        Elevation of each vertex in metres, NaN where unknown; None where the
        study has no elevations.
    dropped
        What the reader or the builder left out, counted by reason.
    tag_counts
        How often each tag of the file is used, not understood or left out, by group.
    """

    crs: str
    node_xy: NDArray[np.float64]
    edge_node: NDArray[np.int32]
    length_m: NDArray[np.float64]
    road_class: NDArray[np.int32]
    classes: tuple[str, ...]
    surface: NDArray[np.int32]
    surfaces: tuple[str, ...]
    name: NDArray[np.int32]
    names: tuple[str, ...]
    closed: NDArray[np.uint8]
    maxspeed_kmh: NDArray[np.float64]
    way_id: NDArray[np.int64]
    line_start: NDArray[np.int64]
    line_xy: NDArray[np.float64]
    structure: NDArray[np.uint8]
    barrier_start: NDArray[np.int64]
    barrier_xy: NDArray[np.float64]
    dropped: Mapping[str, int]
    line_z: NDArray[np.float64] | None = None
    tag_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    barrier_is_lake: NDArray[np.bool_] | None = None
    houses_nobody: NDArray[np.bool_] | None = None

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def edge_count(self) -> int:
        """Number of edges, each counted once whatever its directions."""
        return len(self.edge_node)

    @property
    def is_motorway(self) -> NDArray[np.bool_]:
        """Edges of a motorway or its slip roads, bool [m]."""
        is_motorway = np.array([name.startswith("motorway") for name in self.classes], bool)
        return np.asarray(is_motorway[self.road_class])

    @property
    def is_out_of_reach(self) -> NDArray[np.bool_]:
        """Edges that nobody beside them can step onto: motorways, tunnels, decks of bridges."""
        return np.asarray(self.is_motorway | (self.structure > 0))

    def barriers(self) -> NDArray[np.object_]:
        """Return what nobody walks across: rivers, coasts and motorways, as lines."""
        part = np.repeat(np.arange(len(self.barrier_start) - 1), np.diff(self.barrier_start))
        water = np.asarray(shapely.linestrings(self.barrier_xy, indices=part), dtype=object)
        return np.concatenate([water, self.lines(np.flatnonzero(self.is_motorway))])

    def lines(self, edges: NDArray[np.intp] | None = None) -> NDArray[np.object_]:
        """Return the geometry of the edges named, or of all."""
        if edges is None:
            part = np.repeat(np.arange(self.edge_count), np.diff(self.line_start))
            return np.asarray(shapely.linestrings(self.line_xy, indices=part), dtype=object)
        sizes = self.line_start[edges + 1] - self.line_start[edges]
        part = np.repeat(np.arange(len(edges)), sizes)
        vertex = slices(self.line_start[edges], sizes)
        return np.asarray(shapely.linestrings(self.line_xy[vertex], indices=part), dtype=object)


def closed_outside(roads: RoadNetwork, area: shapely.Geometry) -> RoadNetwork:
    """Return the roads with every edge closed that does not touch an area."""
    is_inside = shapely.intersects(roads.lines(), area)
    closed = np.where(is_inside[:, None], roads.closed, np.uint8(2 ** len(VEHICLES) - 1))
    return replace(roads, closed=closed.astype(np.uint8))


def slices(start: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the indices of many slices, one after the other.

    >>> slices(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    steps = np.arange(total, dtype=np.int64)
    return np.asarray(steps + np.repeat(start - (ends - size), size), dtype=np.int64)


def build_network(ways: Ways, *, crs: str, dropped: Mapping[str, int] | None = None) -> RoadNetwork:
    """Split ways at shared nodes and return the network in metres.

    Nodes are numbered along a Morton curve, so that neighbours lie close in
    memory, and edges by their nodes: the order of the input does not matter.

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
    xy = np.column_stack(to_metres.transform(lon[first], lat[first])).reshape(-1, 2)
    is_lost = ~np.isfinite(xy).all(axis=1)
    if is_lost.any():
        # Places the projection has no answer for count as missing.
        gone = np.isin(ways.node_id, nodes[is_lost])
        return build_network(
            replace(ways, lon=np.where(gone, np.nan, ways.lon)), crs=crs, dropped=dropped
        )
    begin, end, is_junction = _cuts(way, node, uses)
    rank = _numbered(xy, nodes, is_junction)
    edge_node = np.column_stack([rank[node[begin]], rank[node[end]]]).astype(np.int32)
    order = np.lexsort(
        (begin - ways.start[way[begin]], ways.way_id[way[begin]], *edge_node.T[::-1])
    )
    begin, end, edge_node = begin[order], end[order], edge_node[order]
    node_xy = np.empty((int(is_junction.sum()), 2))
    node_xy[rank[is_junction]] = xy[is_junction]
    sizes = end - begin + 1
    line_xy = xy[node[slices(begin, sizes)]]
    edges = _network_of(
        ways, way[begin], line_xy, sizes, crs=crs, node_xy=node_xy, edge_node=edge_node
    )
    barrier_xy = np.column_stack(to_metres.transform(ways.barrier_lon, ways.barrier_lat))
    edges = replace(edges, barrier_start=ways.barrier_start, barrier_xy=barrier_xy)
    return replace(edges, barrier_is_lake=ways.barrier_is_lake, dropped=counts)


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


def _network_of(
    ways: Ways,
    way: NDArray[np.intp],
    line_xy: NDArray[np.float64],
    sizes: NDArray[np.int64],
    *,
    crs: str,
    node_xy: NDArray[np.float64],
    edge_node: NDArray[np.int32],
) -> RoadNetwork:
    """Return edges with the attributes of the way each is a part of."""
    line_start = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    return RoadNetwork(
        crs=crs,
        node_xy=node_xy,
        edge_node=edge_node,
        length_m=_lengths(line_xy, line_start),
        road_class=ways.road_class[way],
        classes=ways.classes,
        surface=ways.surface[way],
        surfaces=ways.surfaces,
        name=ways.name[way],
        names=ways.names,
        closed=ways.closed[way],
        maxspeed_kmh=ways.maxspeed_kmh[way],
        way_id=ways.way_id[way],
        line_start=line_start,
        line_xy=line_xy,
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


def morton(xy: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Interleave the bits of both coordinates, 16 each."""
    if not len(xy):
        return np.zeros(0, np.uint64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    cell = ((xy - low) / np.maximum(high - low, 1) * 65_535).astype(np.uint64)
    code = np.zeros(len(xy), np.uint64)
    for bit in range(16):
        place = np.uint64(bit)
        for axis in (0, 1):
            one = (cell[:, axis] >> place) & np.uint64(1)
            code |= one << np.uint64(2 * bit + axis)
    return code


def _lengths(line_xy: NDArray[np.float64], line_start: NDArray[np.int64]) -> NDArray[np.float64]:
    if len(line_start) == 1:
        return np.zeros(0)
    step = np.zeros(len(line_xy))
    step[1:] = np.hypot(*np.diff(line_xy, axis=0).T)
    step[line_start[:-1]] = 0
    found: NDArray[np.float64] = np.add.reduceat(step, line_start[:-1])
    return found
