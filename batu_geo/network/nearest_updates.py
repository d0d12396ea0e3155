"""What changes when a facility is added, closed, moved or slowed: only that is computed.

Kept are, for every state of a graph, the time to the nearest facility and which
one it is. A new facility relaxes only states it is nearer to; a closed one gives
back only the states it owned. The results are exactly those of a new search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.search import Seeds, search_trees, with_sources
from batu_geo.network.snapping import Joins, along_one_edge, arrivals, departures, join

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph

FIRST_LIMIT_MS = 5 * MS_PER_MINUTE


@dataclass(frozen=True, slots=True, eq=False)
class NearestTimes:
    """Times to the nearest of some facilities, kept for changes.

    Attributes
    ----------
    graph
        The mode.
    ids
        Labels of the facilities; None for one that was closed.
    ms
        Milliseconds from each state to its facility, [states]; inf for none.
    owner
        Number of that facility, [states]; -1 for none.
    joined
        Where the facilities join each layer.
    delay_ms
        Milliseconds added at the door of each facility.
    longest_arc_ms
        Longest arc of the graph.
    """

    graph: ModeGraph
    ids: tuple[str | None, ...]
    ms: NDArray[np.float64]
    owner: NDArray[np.int32]
    joined: tuple[Joins, ...]
    delay_ms: NDArray[np.float64]
    longest_arc_ms: float

    def minutes(self, origins: gpd.GeoDataFrame, *, refuse_m: float) -> NDArray[np.float64]:
        """Return the minutes from origins to their nearest facility, [origins]."""
        best = np.full(len(origins), np.inf)
        here = join(self.graph, origins, refuse_m=refuse_m)
        for layer, joins, there in zip(self.graph.layers, here, self.joined, strict=True):
            leave, state = departures(layer, joins)
            np.minimum.at(best, joins.point, (leave + self.ms[state]).min(axis=1))
            trips = along_one_edge(self.graph, layer, joins, there)
            np.minimum.at(best, trips.origin, trips.ms + self.delay_ms[trips.destination])
        return best / MS_PER_MINUTE


def nearest_times(
    graph: ModeGraph, facilities: gpd.GeoDataFrame, *, refuse_m: float
) -> NearestTimes:
    """Search once from all facilities and keep the answer for changes."""
    joined = join(graph, facilities, refuse_m=refuse_m)
    trees = search_trees(graph, arrivals(graph, joined), is_joint=True)
    longest = float(graph.outward.data.max(initial=0.0))
    owner = trees.source if trees.source is not None else np.full(graph.state_count, -1)
    return NearestTimes(
        graph=graph,
        ids=tuple(facilities.iloc[:, 0].astype(str)),
        ms=trees.ms[0],
        owner=owner.astype(np.int32),
        joined=joined,
        delay_ms=np.zeros(len(facilities)),
        longest_arc_ms=longest,
    )


def with_facility(
    times: NearestTimes, facility: gpd.GeoDataFrame, *, refuse_m: float
) -> NearestTimes:
    """Return the times with one facility more."""
    fresh = join(times.graph, facility, refuse_m=refuse_m)
    joined = tuple(old.and_also(new) for old, new in zip(times.joined, fresh, strict=True))
    kept = replace(
        times,
        ids=(*times.ids, str(facility.iloc[0, 0])),
        joined=joined,
        delay_ms=np.r_[times.delay_ms, 0.0],
    )
    return _relaxed(kept, len(times.ids), arrivals(times.graph, fresh))


def without_facility(times: NearestTimes, name: str) -> NearestTimes:
    """Return the times with one facility closed."""
    number = times.ids.index(name)
    ids = tuple(None if n == number else i for n, i in enumerate(times.ids))
    closed = tuple(joins.without(number) for joins in times.joined)
    return _given_back(replace(times, ids=ids, joined=closed), number)


def moved_facility(
    times: NearestTimes, name: str, facility: gpd.GeoDataFrame, *, refuse_m: float
) -> NearestTimes:
    """Return the times with one facility closed here and opened there."""
    return with_facility(without_facility(times, name), facility, refuse_m=refuse_m)


def slowed_facility(times: NearestTimes, name: str, *, delay_minutes: float) -> NearestTimes:
    """Return the times with a delay at the door of one facility, as by a longer wait.

    The facility is closed and opened again with the delay, since a delay may
    hand places to others.
    """
    number = times.ids.index(name)
    alone = tuple(joins.take(number, number + 1) for joins in times.joined)
    closed = without_facility(times, name)
    delay = closed.delay_ms.copy()
    delay[number] += delay_minutes * MS_PER_MINUTE
    ids = tuple(name if n == number else i for n, i in enumerate(closed.ids))
    kept = replace(closed, ids=ids, joined=times.joined, delay_ms=delay)
    seeds = arrivals(times.graph, alone)
    later = replace(seeds, ms=seeds.ms + delay[number])
    return _relaxed(kept, number, later)


def _relaxed(times: NearestTimes, number: int, seeds: Seeds) -> NearestTimes:
    """Let a facility take over the states it is nearer to.

    The search widens until no state near its rim is improved: every way from an
    improved state leads through improved ones, so nothing lies beyond.
    """
    graph = times.graph
    if not len(seeds.ms):
        return times
    limit = FIRST_LIMIT_MS + float(seeds.ms.max())
    farthest = float(times.ms.max(initial=0.0))
    extended, sources = with_sources(graph, seeds)
    while True:
        found = dijkstra(extended, indices=sources, min_only=True, limit=limit)
        ms = found[: graph.state_count]
        is_better = ms < times.ms
        is_rim = is_better & (ms > limit - times.longest_arc_ms)
        if limit >= farthest or not is_rim.any():
            break
        limit *= 4
    owner = np.where(is_better, np.int32(number), times.owner)
    return replace(times, ms=np.where(is_better, ms, times.ms), owner=owner)


def _given_back(times: NearestTimes, number: int) -> NearestTimes:
    """Give the states of a closed facility to the others, searching those states alone."""
    graph = times.graph
    lost = np.flatnonzero(times.owner == number)
    if not len(lost):
        return times
    ms, owner = times.ms.copy(), times.owner.copy()
    ms[lost], owner[lost] = np.inf, -1
    local = np.full(graph.state_count, -1, np.int64)
    local[lost] = np.arange(len(lost))
    # Into the lost states lead arcs from states that are kept, and the other doors.
    towards = graph.outward[:, lost].tocoo()
    outside = np.isfinite(ms[towards.row])
    entry_ms = ms[towards.row[outside]] + towards.data[outside]
    entry_state, entry_owner = towards.col[outside], owner[towards.row[outside]]
    doors = arrivals(graph, times.joined)
    inside = local[doors.state] >= 0
    entry_ms = np.r_[entry_ms, doors.ms[inside] + times.delay_ms[doors.source[inside]]]
    entry_state = np.r_[entry_state, local[doors.state[inside]]]
    entry_owner = np.r_[entry_owner, doors.source[inside]]
    if not len(entry_ms):
        return replace(times, ms=ms, owner=owner)
    found, new_owner = _searched(graph, lost, entry_ms, entry_state, entry_owner)
    ms[lost], owner[lost] = found, new_owner
    return replace(times, ms=ms, owner=owner)


def _searched(
    graph: ModeGraph,
    states: NDArray[np.int64],
    entry_ms: NDArray[np.float64],
    entry_state: NDArray[np.int64],
    entry_owner: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Search part of the graph from entries, each with its time and owner."""
    inner = graph.outward[states][:, states].tocsr()
    order = np.lexsort((entry_owner, entry_ms, entry_state))
    first = np.r_[True, np.diff(entry_state[order]) > 0]
    order = order[first]
    size = len(states)
    extended = csr_array(
        (
            np.r_[inner.data, entry_ms[order]],
            np.r_[inner.indices, entry_state[order].astype(np.int32)],
            np.r_[inner.indptr, inner.indptr[-1] + np.arange(1, len(order) + 1)].astype(np.int32),
        ),
        shape=(size + len(order), size + len(order)),
    )
    sources = np.arange(size, size + len(order))
    ms, _, nearest = dijkstra(extended, indices=sources, min_only=True, return_predecessors=True)
    entry = nearest[:size] - size
    owner = np.where(entry >= 0, entry_owner[order][np.maximum(entry, 0)], -1)
    return ms[:size], owner.astype(np.int32)
