"""The road network as immutable arrays, split where ways share a node."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.domain.travel import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Problem
    from batu_geo.network.road_rules import RoadRules, WayRules

STRUCTURES = ("ground", "bridge", "tunnel")
# Why nobody lives along a way whatever its class; the first is no reason, the last an edge added
# beside a street that is there already, or a road to be built.
HOUSES_NOBODY = ("", "driveway", "parking_aisle", "added")

# Roads of this length that hang together lead somewhere. What hangs on them farther out decides
# nothing about them, so that a longer extract answers the same here.
LONG_PART_M = 5_000.0


@dataclass(frozen=True, slots=True)
class TagCount:
    """How often a tag of a road file stands there.

    Attributes
    ----------
    key
        Or what it is about, where it is no key.
    value
        ``*`` for any value; None where there is a key alone.
    count
        0 where it stands for something that the file does not have.
    """

    key: str
    value: str | None = None
    count: int = 0

    @property
    def tag(self) -> str:
        """Key and value as OpenStreetMap writes them.

        >>> TagCount("access", "no", 2).tag, TagCount("access").tag
        ('access=no', 'access')
        """
        return self.key if self.value is None else f"{self.key}={self.value}"


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
    barrier_lake, houses_nobody
        The lake whose outline each line is a ring of, -1 for none, int32 [b]; code of each way
        into `HOUSES_NOBODY`, uint8 [w].
    rules
        What else the law says of ways and nodes.
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
    barrier_lake: NDArray[np.int32]
    houses_nobody: NDArray[np.uint8]
    rules: WayRules


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
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
        As in `Ways`, by edge; of a ferry the speed at which it keeps its duration.
    way_id
        int64 [m].
    line_start, line_xy
        Vertices of edge e are ``line_xy[line_start[e]:line_start[e + 1]]``.
    structure
        Code into `STRUCTURES` by edge, uint8 [m].
    barrier_start, barrier_xy
        Lines that nobody walks across, as `line_start` and `line_xy`.
    barrier_lake, houses_nobody
        As in `Ways`, the latter by edge; None where there are none.
    line_z
        Elevation of each vertex in metres, NaN where unknown; None where the
        study has no elevations.
    rules
        First and last legs, barriers, turns and times; None where there are none.
    node_id
        Id of each node in the file, int64 [n]; None where nodes have none. Of lines without
        node ids it is a number given in reading; below zero for nodes added to the file.
    dropped
        What the reader or the builder left out, counted by reason.
    tag_counts
        How often each tag of the file is used, not understood or left out, by group and
        the most frequent first.
    doubts
        What the reader had to assume of the file, such as the encoding of its texts.
    hanging_m
        Of a part of a larger network: what `part_metres` says of each edge there.
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
    tag_counts: Mapping[str, tuple[TagCount, ...]] = field(default_factory=dict)
    barrier_lake: NDArray[np.int32] | None = None
    houses_nobody: NDArray[np.uint8] | None = None
    rules: RoadRules | None = None
    doubts: tuple[Problem, ...] = ()
    node_id: NDArray[np.int64] | None = None
    hanging_m: NDArray[np.float64] | None = None

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
    def is_ferry(self) -> NDArray[np.bool_]:
        """Edges of a ferry, bool [m]."""
        is_ferry = np.array([name == "ferry" for name in self.classes], bool)
        return np.asarray(is_ferry[self.road_class])

    @property
    def is_out_of_reach(self) -> NDArray[np.bool_]:
        """Edges nobody beside them can step onto: motorways, tunnels, bridges, ferries."""
        return np.asarray(self.is_motorway | (self.structure > 0) | self.is_ferry)

    @property
    def why_nobody(self) -> NDArray[np.uint8]:
        """Code of each edge into `HOUSES_NOBODY`, 0 where the file says nothing, uint8 [m]."""
        codes = self.houses_nobody
        return np.zeros(self.edge_count, np.uint8) if codes is None else codes

    @property
    def is_added(self) -> NDArray[np.bool_]:
        """Edges of roads to be built, and the pieces of streets that join them, bool [m]."""
        return np.asarray(self.why_nobody == HOUSES_NOBODY.index("added"))

    def __repr__(self) -> str:
        """Return the size in a line."""
        km = self.length_m.sum() / 1000
        return f"RoadNetwork: {self.edge_count:,} edges, {km:,.0f} km, {self.crs}"

    def barriers(self) -> NDArray[np.object_]:
        """Return what nobody walks across: rivers, coasts and motorways, as lines."""
        motorways = self.lines(np.flatnonzero(self.is_motorway))
        return np.concatenate([self.water_lines(), motorways])

    def water_lines(self) -> NDArray[np.object_]:
        """Return rivers, coasts and outlines of lakes as lines, in the order of `barrier_lake`."""
        part = np.repeat(np.arange(len(self.barrier_start) - 1), np.diff(self.barrier_start))
        return np.asarray(shapely.linestrings(self.barrier_xy, indices=part), dtype=object)

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
