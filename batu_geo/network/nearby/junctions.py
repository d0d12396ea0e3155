"""Who is within a limit of every junction: searched from the people, not from the junctions.

Whoever stands at a junction takes the streets that meet there. So a junction has a way in for each
street instead of one for every street within walking distance, and few people who are searched
from answer for all junctions at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.nearby.road_part import RoadPart
from batu_geo.network.nearby.trips_within import direct_trips, halves, seeds_of
from batu_geo.network.search import Seeds, search
from batu_geo.network.snapping import Joins, arrivals, departures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places
    from batu_geo.network.graph import Layer, ModeGraph
    from batu_geo.network.nearby.ends import Ends

# Origins searched together: as many rows of states are in memory at once.
TOGETHER = 128


def at_junctions(graph: ModeGraph, nodes: Places) -> tuple[Joins, ...]:
    """Return where points that stand at some nodes join each layer: the streets that meet there.

    A street for first and last legs only is joined where no other meets it, as in `snap`.

    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> foot = bg.mode_graph(study.roads, bg.load_scenario("baseline"), mode="foot")
    >>> (joins,) = at_junctions(foot, np.arange(2))
    >>> set(joins.fraction.tolist()) <= {0.0, 1.0}, float(joins.distance_m.max())
    (True, 0.0)
    """
    return tuple(_at(graph, layer, nodes) for layer in graph.layers)


def _at(graph: ModeGraph, layer: Layer, nodes: Places) -> Joins:
    ends, count = graph.roads.edge_node, len(nodes)
    number = np.full(graph.roads.node_count, -1)
    number[nodes] = np.arange(count)
    place = number[ends]
    edge, side = np.nonzero(layer.is_joinable[:, None] & (place >= 0))
    point = place[edge, side]
    is_other = ~layer.is_ends & ~graph.roads.is_added
    is_beside = np.bincount(point, is_other[edge], count) > 0
    kept = np.flatnonzero(~(layer.is_ends[edge] & is_beside[point]))
    kept = kept[np.argsort(point[kept], kind="stable")]
    point, edge, side = point[kept], edge[kept], side[kept]
    nothing = np.zeros(len(kept))
    return Joins(
        np.where(np.bincount(point, minlength=count) > 0, 0.0, np.inf), point, edge,
        side.astype(float), nothing, nothing, np.zeros(len(kept), bool),
    )  # fmt: skip


def people_within(
    graph: ModeGraph, ends: Ends, people: NDArray[np.int64], limit_ms: float
) -> NDArray[np.int64]:
    """Return by destination the people whose trip there takes at most a limit, int64.

    Parameters
    ----------
    graph
        The roads of one mode.
    ends
        Where people set out, and many destinations.
    people
        By origin.
    limit_ms
        Milliseconds, inclusive.
    """
    seeds, there = setting_out(graph, ends, limit_ms), arrivals(graph, ends.there)
    direct = direct_trips(graph, ends)
    direct = direct.only(direct.ms <= limit_ms)
    direct = direct.only(np.argsort(direct.origin, kind="stable"))
    found = np.zeros(there.count, np.int64)
    xy = np.asarray(ends.here_by_place.data)
    waiting = [(backwards(graph), np.arange(seeds.count))] if seeds.count else []
    while waiting:
        part, chosen = waiting.pop()
        own = part.entered(seeds_of(seeds, chosen))
        part = part.only(np.isfinite(search(part, own, is_joint=True, limit_ms=limit_ms)[0]))[0]
        if len(chosen) > TOGETHER:
            waiting += [(part, half) for half in halves(xy, chosen)]
            continue
        own = part.entered(seeds_of(seeds, chosen))
        ms = search(part, own, is_joint=False, limit_ms=limit_ms)
        some = part.entered(there)
        low, high = np.searchsorted(direct.origin, [chosen, chosen + 1])
        rows = np.concatenate([np.arange(*pair) for pair in zip(low, high, strict=True)])
        column = np.unique(np.r_[some.source, direct.destination[rows]])
        is_near = np.zeros((len(chosen), len(column)), bool)
        if len(some.source):
            first = np.flatnonzero(np.diff(some.source, prepend=-1))
            is_within = ms[:, some.state] + some.ms <= limit_ms
            place = np.searchsorted(column, some.source[first])
            is_near[:, place] = np.logical_or.reduceat(is_within, first, axis=1)
        place = np.searchsorted(column, direct.destination[rows])
        is_near[np.repeat(np.arange(len(chosen)), high - low), place] = True
        found[column] += people[chosen] @ is_near
    return found


def setting_out(graph: ModeGraph, ends: Ends, limit_ms: float) -> Seeds:
    """Return the ways from each origin to the first states of its trips, sorted by origin."""
    parts = []
    for layer, joins in zip(graph.layers, ends.here, strict=True):
        ms, state = departures(layer, joins)
        row, side = np.nonzero(ms <= limit_ms)
        parts.append((joins.point[row], state[row, side], ms[row, side]))
    source, state, ms = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(source, kind="stable")
    nothing = np.zeros(len(order))
    return Seeds(
        ends.here[0].count, source[order], state[order].astype(np.int64), ms[order], nothing,
        nothing.astype(np.int64),
    )  # fmt: skip


def backwards(graph: ModeGraph) -> RoadPart:
    """Return the whole of a graph with every arc the other way: as a traveller goes."""
    arcs = graph.outward
    number = csr_array((np.arange(arcs.nnz), arcs.indices, arcs.indptr), shape=arcs.shape)
    number = csr_array(number.T.tocsr())
    outward = csr_array((arcs.data[number.data], number.indices, number.indptr), shape=arcs.shape)
    states = np.arange(graph.state_count, dtype=np.int64)
    return RoadPart(graph.length_m, outward, graph.arc_edge[number.data], states)
