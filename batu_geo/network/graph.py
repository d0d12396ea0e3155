"""The roads as one mode may use them: whole milliseconds on directed arcs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from batu_geo.network.roads import VEHICLES, RoadNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Mode

Direction = Literal["to_facility", "from_facility"]
MS_PER_MINUTE = 60_000
MS_PER_HOUR_OVER_KM = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class ModeGraph:
    """One mode on the roads.

    Attributes
    ----------
    roads
        The network whose edges are meant.
    edge_ms
        Impedance of each edge forward and backward, float64 [m, 2], whole
        milliseconds, inf where the mode may not travel.
    walk_ms_per_m
        Milliseconds a metre on foot between a door and the road.
    arcs
        The same as a matrix of nodes, from row to column; of parallel edges
        the fastest.
    is_usable
        Edges of the largest part in which every place reaches every other.
    unconnected
        Number of edges open to the mode but outside that part.
    """

    roads: RoadNetwork
    edge_ms: NDArray[np.float64]
    walk_ms_per_m: float
    arcs: csr_array
    is_usable: NDArray[np.bool_]
    unconnected: int


def mode_graph(roads: RoadNetwork, mode: Mode) -> ModeGraph:
    """Return the network as a mode sees it.

    Parameters
    ----------
    roads
        The network.
    mode
        Speeds in km/h by road class and the vehicle whose access rules apply.
    """
    edge_ms = impedance(roads, mode)
    arcs = _arcs(roads, edge_ms)
    is_usable = _is_usable(roads, edge_ms, arcs)
    is_open = np.isfinite(edge_ms).any(axis=1)
    return ModeGraph(
        roads=roads,
        edge_ms=edge_ms,
        walk_ms_per_m=MS_PER_HOUR_OVER_KM / mode.door_speed_kmh,
        arcs=arcs,
        is_usable=is_usable,
        unconnected=int((is_open & ~is_usable).sum()),
    )


def impedance(roads: RoadNetwork, mode: Mode) -> NDArray[np.float64]:
    """Return the milliseconds of each edge, forward and backward, float64 [m, 2].

    Length over the speed of the class, rounded once to whole milliseconds so
    that sums are exact in any order; inf where the class has no speed or a tag
    closes the direction.
    """
    speed = np.array([mode.speeds_kmh.get(name, np.nan) for name in roads.classes])
    ms = np.rint(roads.length_m * MS_PER_HOUR_OVER_KM / speed[roads.road_class])
    bit = np.uint8(1 << VEHICLES.index(mode.vehicle))
    is_closed = (roads.closed & bit).astype(bool) | np.isnan(ms)[:, None]
    return np.where(is_closed, np.inf, ms[:, None])


def _arcs(roads: RoadNetwork, edge_ms: NDArray[np.float64]) -> csr_array:
    start, end = roads.edge_node.T
    row, column = np.r_[start, end], np.r_[end, start]
    ms = np.r_[edge_ms[:, 0], edge_ms[:, 1]]
    is_open = np.isfinite(ms)
    row, column, ms = row[is_open], column[is_open], ms[is_open]
    order = np.lexsort((ms, column, row))
    row, column, ms = row[order], column[order], ms[order]
    is_fastest = np.r_[True, (row[1:] != row[:-1]) | (column[1:] != column[:-1])][: len(row)]
    row, column, ms = row[is_fastest], column[is_fastest], ms[is_fastest]
    indptr = np.searchsorted(row, np.arange(roads.node_count + 1)).astype(np.int32)
    return csr_array((ms, column.astype(np.int32), indptr), shape=(roads.node_count,) * 2)


def _is_usable(
    roads: RoadNetwork, edge_ms: NDArray[np.float64], arcs: csr_array
) -> NDArray[np.bool_]:
    if not arcs.nnz:
        return np.zeros(roads.edge_count, bool)
    _, part = connected_components(arcs, directed=True, connection="strong")
    is_main = part == np.bincount(part).argmax()
    is_open = np.isfinite(edge_ms).any(axis=1)
    found: NDArray[np.bool_] = is_open & is_main[roads.edge_node].all(axis=1)
    return found


def search(
    graph: ModeGraph,
    seeds: NDArray[np.float64],
    seed_nodes: NDArray[np.int32],
    *,
    direction: Direction,
    is_joint: bool,
) -> NDArray[np.float64]:
    """Return milliseconds between sources and every node.

    Parameters
    ----------
    graph
        The mode.
    seeds, seed_nodes
        Each source enters the graph at two nodes with an offset in
        milliseconds, [s, 2]; inf where it cannot.
    direction
        Whether trips run to the source or from it.
    is_joint
        One answer for the nearest source, [1, n], or one row each, [s, n].
    """
    arcs = graph.arcs.T.tocsr() if direction == "to_facility" else graph.arcs
    nodes, count = graph.roads.node_count, len(seeds)
    is_entry = np.isfinite(seeds)
    extra = np.cumsum(is_entry.sum(axis=1))
    extended = csr_array(
        (
            np.r_[arcs.data, seeds[is_entry]],
            np.r_[arcs.indices, seed_nodes[is_entry]],
            np.r_[arcs.indptr, arcs.indptr[-1] + extra].astype(np.int32),
        ),
        shape=(nodes + count, nodes + count),
    )
    sources = np.arange(nodes, nodes + count)
    if not count:
        return np.full((1 if is_joint else 0, nodes), np.inf)
    if is_joint:
        return dijkstra(extended, indices=sources, min_only=True)[None, :nodes]
    return dijkstra(extended, indices=sources)[:, :nodes]
