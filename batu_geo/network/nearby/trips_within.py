"""Trips within a limit, or nearer than another place: found by searches of parts of the roads.

Destinations are halved by place again and again. Each half is searched together on the part of
the roads that the whole needed, and what it does not need is cut off; a few destinations are
then searched one by one on a small part. So the work grows with what is reached, not with
destinations times roads.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array

from batu_geo.network.nearby.doors import doors_of
from batu_geo.network.nearby.ends import by_place
from batu_geo.network.nearby.road_part import RoadPart, whole
from batu_geo.network.nearest_edge import AT_NODE_M
from batu_geo.network.roads import slices
from batu_geo.network.search import Seeds, search, search_trees
from batu_geo.network.snapping import along_one_edge, arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.doors import Doors
    from batu_geo.network.nearby.ends import Ends

COLUMNS = ("origin", "destination", "ms", "metres", "rank")
FEW = 8
TOGETHER = 500_000
LARGEST_BLOCK = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Trips, a row each: origin, destination, milliseconds, metres, and the way it was found.

    Of equally quick trips between the same points the lowest `rank` counts, then the shortest.
    """

    origin: Places
    destination: Places
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]
    rank: NDArray[np.int8]

    def only(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Found:
        """Return some of the trips."""
        return Found(
            self.origin[rows], self.destination[rows], self.ms[rows], self.metres[rows],
            self.rank[rows],
        )  # fmt: skip

    def in_small(self) -> Found:
        """Return the same trips with the numbers of their ends in half the memory."""
        ends = self.origin.astype(np.int32), self.destination.astype(np.int32)
        return Found(*ends, self.ms, self.metres, self.rank)

    def best(self) -> Found:
        """Return the best trip of each pair, by origin and destination."""
        order = np.lexsort((self.destination, self.origin))
        is_other = np.ones(len(order) + 1, bool)
        is_other[1:-1] = np.diff(self.origin[order]) != 0
        is_other[1:-1] |= np.diff(self.destination[order]) != 0
        # Few pairs have several trips: only these are compared.
        is_one_of_several = ~(is_other[:-1] & is_other[1:])
        some = order[is_one_of_several]
        keys = (self.metres, self.rank, self.ms, self.destination, self.origin)
        order[is_one_of_several] = some[np.lexsort([key[some] for key in keys])]
        return self.only(order[is_other[:-1]])


class Among(NamedTuple):
    """The group of each origin, -1 for none, and which destinations are wanted from each group."""

    group: NDArray[np.int64]
    allowed: NDArray[np.bool_]

    def wants(self, origin: Places, destination: Places) -> NDArray[np.bool_]:
        """Return which trips are wanted."""
        group = self.group[origin]
        return (group >= 0) & self.allowed[group, destination]

    def asks(self, origin: Places, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return from which of some origins one of some destinations is wanted."""
        is_asked: NDArray[np.bool_] = np.any(self.allowed[:, chosen], axis=1)
        group = self.group[origin]
        return (group >= 0) & is_asked[group]


class Wanted(NamedTuple):
    """Which trips are wanted: within a limit or, if given, nearer than what each has already.

    `limit_ms` is inclusive; `state_ms` and `origin_ms` are the milliseconds to the nearest of
    other destinations from every state of the graph and from every origin. `among`, if given,
    says which pairs may be wanted at all.
    """

    limit_ms: float = np.inf
    state_ms: NDArray[np.float64] | None = None
    origin_ms: NDArray[np.float64] | None = None
    among: Among | None = None

    def states(self, ms: NDArray[np.float64], states: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return the states that a wanted trip may pass."""
        if self.state_ms is None:
            return np.isfinite(ms) & (ms <= self.limit_ms)
        return (ms <= self.limit_ms) | (ms < self.state_ms[states])

    def trips(self, found: Found) -> Found:
        """Return the trips that are wanted."""
        is_wanted = np.isfinite(found.ms) & (found.ms <= self.limit_ms)
        if self.origin_ms is not None:
            is_wanted |= found.ms < self.origin_ms[found.origin]
        if self.among is not None:
            is_wanted &= self.among.wants(found.origin, found.destination)
        return found.only(is_wanted)

    @property
    def search_limit_ms(self) -> float:
        """Farthest state that a search must answer for."""
        return self.limit_ms if self.state_ms is None else np.inf


class Laid(NamedTuple):
    """Roads and both ends of trips laid out to be searched, without the graph they come from.

    `xy` are the metres of the destinations, `direct` the trips that need no search, `origins`
    how many there are.
    """

    part: RoadPart
    doors: list[Doors]
    seeds: Seeds
    xy: NDArray[np.float64]
    direct: Found
    origins: int


def trips_within(
    graph: ModeGraph, ends: Ends, wanted: Wanted, direct: Found, *, with_metres: bool
) -> Found:
    """Return the wanted trips, the quickest of each pair, by origin and destination.

    Parameters
    ----------
    graph
        The roads of one mode.
    ends
        Origins and destinations.
    wanted
        Which trips are asked for.
    direct
        The trips that need no search, from `direct_trips`.
    with_metres
        Whether to measure them; else metres are 0.
    """
    if wanted.search_limit_ms < 0:
        return direct.only(np.arange(0))
    laid = laid_out(graph, ends, direct, with_metres=with_metres)
    return searched_trips(laid, wanted, with_metres=with_metres)


def laid_out(graph: ModeGraph, ends: Ends, direct: Found, *, with_metres: bool) -> Laid:
    """Return roads and both ends of trips as they are searched; arguments as of `trips_within`."""
    doors = doors_of(graph, ends.here, with_metres=with_metres)
    seeds, homes = arrivals(graph, ends.there), ends.here[0].count
    return Laid(whole(graph), doors, seeds, ends.there_xy, direct, homes)


def searched_trips(laid: Laid, wanted: Wanted, *, with_metres: bool) -> Found:
    """Return the wanted trips as `trips_within`, of roads and ends that are laid out."""
    found, some = [laid.direct.only(np.arange(0))], 0
    # Small arrays are put together now and then: thousands of them would leave holes in memory.
    waiting: list[Found] = []
    for _, trips in trips_to_few(laid, wanted, with_metres=with_metres):
        waiting.append(trips.in_small())
        some += len(trips.ms)
        if some > TOGETHER:
            found.append(together(waiting))
            waiting, some = [], 0
    found += waiting
    del waiting
    return _by_origin(found, laid.origins, laid.seeds.count)


def trips_to_few(
    laid: Laid, wanted: Wanted, *, with_metres: bool
) -> Iterator[tuple[NDArray[np.int64], Found]]:
    """Yield a few destinations at a time, rising, and the wanted trips to them as they are found.

    So whoever needs only what they come to never holds all of them.
    """
    beside = laid.direct.only(np.argsort(laid.direct.destination, kind="stable"))
    first = np.searchsorted(beside.destination, np.arange(laid.seeds.count + 1))
    for few in _parts(laid, wanted):
        rows = slices(first[few.destinations], np.diff(first)[few.destinations])
        ways = [beside.only(rows), *_searched(few, wanted, with_metres=with_metres)]
        yield few.destinations, together([wanted.trips(part) for part in ways]).best()


def _by_origin(found: list[Found], origins: int, destinations: int) -> Found:
    """Return trips of different pairs by origin and destination; the list is emptied on the way."""
    parts = {name: [getattr(part, name) for part in found] for name in COLUMNS}
    found.clear()
    origin, destination = (np.concatenate(parts[name]) for name in COLUMNS[:2])
    number = np.arange(len(origin), dtype=np.int32)
    sorted_rows = coo_array((number, (origin, destination)), shape=(origins, destinations)).tocsr()
    sorted_rows.sort_indices()
    order = sorted_rows.data
    del sorted_rows, origin, destination, number
    return Found(*(np.concatenate(parts.pop(name))[order] for name in COLUMNS))


class _Few(NamedTuple):
    """Some destinations, the part of the roads that trips to them take, and who is beside it."""

    part: RoadPart
    doors: list[Doors]
    seeds: Seeds
    destinations: NDArray[np.int64]


def _parts(laid: Laid, wanted: Wanted) -> Iterator[_Few]:
    """Yield a few destinations at a time, each with the part of the roads that they need."""
    seeds, every = laid.seeds, np.arange(laid.seeds.count)
    if wanted.among is not None:
        every = np.flatnonzero(wanted.among.allowed.any(axis=0))
    waiting = [(laid.part, laid.doors, every)] if len(every) else []
    while waiting:
        part, beside, chosen = waiting.pop()
        own = seeds_of(seeds, chosen)
        if wanted.among is not None:
            beside = [some.only(wanted.among.asks(some.point, chosen)) for some in beside]
        if np.isfinite(wanted.search_limit_ms) or wanted.state_ms is not None:
            limit = wanted.search_limit_ms
            ms = search(part, part.entered(own), is_joint=True, limit_ms=limit)[0]
            part, number = part.only(wanted.states(ms, part.states))
            beside = [some.beside(number) for some in beside]
        if len(chosen) > _most_at_once(part, beside):
            waiting += [(part, beside, half) for half in halves(laid.xy, chosen)]
        else:
            yield _Few(part, beside, part.entered(own), chosen)


def halves(xy: NDArray[np.float64], chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return two halves of some points by place, each in rising order.

    >>> [half.tolist() for half in halves(np.array([[0, 9], [2, 5], [1, 2]]), np.arange(3))]
    [[2], [0, 1]]
    """
    order = np.argsort(xy[chosen, np.ptp(xy[chosen], axis=0).argmax()], kind="stable")
    return [np.sort(half) for half in np.split(chosen[order], [len(chosen) // 2])]


def _most_at_once(part: RoadPart, doors: list[Doors]) -> int:
    """Return how many destinations may be searched at once."""
    widest = max(1, part.state_count, *(len(some.point) for some in doors)) if doors else 1
    return max(1, min(FEW, LARGEST_BLOCK // widest))


def seeds_of(seeds: Seeds, sources: NDArray[np.int64]) -> Seeds:
    """Return the seeds of some sources in rising order, numbered from 0."""
    low = np.searchsorted(seeds.source, sources)
    size = np.searchsorted(seeds.source, sources, side="right") - low
    rows = slices(low, size)
    return Seeds(
        count=len(sources),
        source=np.repeat(np.arange(len(sources)), size),
        state=seeds.state[rows],
        ms=seeds.ms[rows],
        metres=seeds.metres[rows],
        arc=seeds.arc[rows],
    )


def _searched(few: _Few, wanted: Wanted, *, with_metres: bool) -> list[Found]:
    """Return the trips to a few destinations, those by each layer apart."""
    part, limit = few.part, wanted.search_limit_ms
    length = np.zeros((few.seeds.count, part.state_count + 1))
    if with_metres:
        trees = search_trees(part, few.seeds, is_joint=False, limit_ms=limit)
        to_state, length = trees.ms, _padded(trees.metres)
    else:
        to_state = search(part, few.seeds, is_joint=False, limit_ms=limit)
    to_state = _padded(to_state)
    found = []
    for number, every in product(range(few.seeds.count), few.doors):
        destination, among = few.destinations[number : number + 1], wanted.among
        doors = every if among is None else every.only(among.asks(every.point, destination))
        place = doors.state  # -1 is the column of inf
        start, end = (to_state[number, place[:, n]] + doors.leave_ms[:, n] for n in (0, 1))
        ms = np.minimum(start, end)
        row = np.flatnonzero(np.isfinite(ms))
        side = (end[row] < start[row]).astype(np.intp)
        metres = length[number, place[row, side]] + doors.metres[row, side]
        rank = np.full(len(row), doors.layer, np.int8)
        there = np.repeat(destination, len(row))
        found.append(Found(doors.point[row], there, ms[row], metres, rank))
    return found


def _padded(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([table, np.full(len(table), np.inf)])


def direct_trips(graph: ModeGraph, ends: Ends) -> Found:
    """Return the trips that need no search: along one edge, or to where one is already."""
    near = ends.here_by_place.sparse_distance_matrix(
        by_place(ends.there_xy), AT_NODE_M, output_type="ndarray"
    )
    nothing = np.zeros(len(near))
    found = [
        Found(near["i"].astype(np.int64), near["j"].astype(np.int64), nothing, nothing,
              np.full(len(near), -1, np.int8))
    ]  # fmt: skip
    for number, layer in enumerate(graph.layers):
        along = along_one_edge(graph, layer, ends.here[number], ends.there[number])
        rank = np.full(len(along.ms), len(graph.layers) + number, np.int8)
        found.append(Found(along.origin, along.destination, along.ms, along.metres, rank))
    return together(found)


def together(found: Sequence[Found]) -> Found:
    """Return trips that were found apart."""
    return Found(*(np.concatenate([getattr(part, name) for part in found]) for name in COLUMNS))
