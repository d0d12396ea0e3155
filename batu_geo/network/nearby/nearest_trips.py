"""The nearest destination of every origin, from one search for all of them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.nearby.doors import departure_metres
from batu_geo.network.nearby.road_part import whole
from batu_geo.network.search import search, search_trees
from batu_geo.network.snapping import along_one_edge, arrivals, departures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.nearby.trips_within import Found


_STATE_MS: WeakKeyDictionary[Ends, WeakKeyDictionary[ModeGraph, NDArray[np.float64]]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True, eq=False)
class NearestTrips:
    """The quickest trip of each origin, of equally quick ones that to the first destination.

    Attributes
    ----------
    destination
        Its number, -1 where there is no way.
    ms, metres
        inf where there is no way.
    """

    destination: NDArray[np.intp]
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]


def nearest_trips(
    graph: ModeGraph, ends: Ends, direct: Found, *, with_metres: bool
) -> NearestTrips:
    """Return the trip of each origin to its nearest destination; `direct` as from `direct_trips`.

    Without metres only those of direct trips are measured.

    Milliseconds are whole, so a time and the number of its destination are searched as one
    number, ``ms * 2**k + number``: the least of them is the quickest trip and, of equally quick
    ones, that to the lowest number, whatever order the search takes.
    """
    count = ends.there[0].count
    scale = float(1 << count.bit_length())
    part, arcs = whole(graph), graph.outward
    scaled = csr_array((arcs.data * scale, arcs.indices, arcs.indptr), shape=arcs.shape)
    seeds = arrivals(graph, ends.there)
    numbered = replace(seeds, ms=seeds.ms * scale + seeds.source)
    part = replace(part, outward=scaled)
    if with_metres:
        trees = search_trees(part, numbered, is_joint=True)
        to_state, way_of = trees.ms[0], trees.metres[0]
    else:
        to_state = search(part, numbered, is_joint=True)[0]
        way_of = np.zeros(len(to_state))
    _STATE_MS.setdefault(ends, WeakKeyDictionary())[graph] = np.floor(to_state / scale)
    best = np.full(ends.here[0].count, np.inf)
    metres = np.full(len(best), np.inf)
    for layer, joins in zip(graph.layers, ends.here, strict=True):
        leave_ms, state = departures(layer, joins)
        key = to_state[state] + leave_ms * scale
        side = (key[:, 1] < key[:, 0]).astype(np.intp)
        rows = np.arange(len(side))
        length = np.column_stack([departure_metres(graph, joins, end) for end in (0, 1)])
        way = way_of[state[rows, side]] + length[rows, side]
        _take(best, metres, joins.point, key[rows, side], way)
    for rank in np.unique(direct.rank):
        some = direct.only(direct.rank == rank)
        key = some.ms * scale + some.destination
        if rank < 0:  # right at the place: nothing is travelled
            is_there = key <= best[some.origin]
            best[some.origin[is_there]] = np.inf
        _take(best, metres, some.origin, key, some.metres)
    is_way = np.isfinite(best)
    known = np.where(is_way, best, 0.0)
    ms = np.floor(known / scale)
    return NearestTrips(
        destination=np.where(is_way, known - ms * scale, -1).astype(np.intp),
        ms=np.where(is_way, ms, np.inf),
        metres=metres,
    )


def _take(
    best: NDArray[np.float64],
    metres: NDArray[np.float64],
    origin: Places,
    key: NDArray[np.float64],
    way: NDArray[np.float64],
) -> None:
    """Put the best of some trips into the results where it is better than what is known."""
    if not len(origin):
        return
    order = np.argsort(origin, kind="stable")
    origin, key, way = origin[order], key[order], way[order]
    first = np.flatnonzero(np.r_[True, np.diff(origin) != 0])
    size = np.diff(first, append=len(origin))
    least = np.minimum.reduceat(key, first)
    shortest = np.minimum.reduceat(np.where(key == np.repeat(least, size), way, np.inf), first)
    is_better = least < best[origin[first]]
    better = origin[first[is_better]]
    best[better], metres[better] = least[is_better], shortest[is_better]


def nearest_of_states(graph: ModeGraph, ends: Ends) -> NDArray[np.float64]:
    """Return the milliseconds from every state to the nearest destination, [states].

    They are found once for as long as graph and ends live; nobody may change them.
    """
    known = _STATE_MS.setdefault(ends, WeakKeyDictionary())
    if graph not in known:
        known[graph] = np.asarray(search(graph, arrivals(graph, ends.there), is_joint=True)[0])
    return known[graph]


def has_any_way(graph: ModeGraph, ends: Ends, ms: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the origins that reach a destination by road at all, bool [origins].

    `ms` are those of `nearest_of_states`.
    """
    found = np.zeros(ends.here[0].count, bool)
    for layer, here, there in zip(graph.layers, ends.here, ends.there, strict=True):
        leave_ms, state = departures(layer, here)
        is_way = np.isfinite(leave_ms + ms[state]).any(axis=1)
        found[here.point[is_way]] = True
        along = along_one_edge(graph, layer, here, there)
        found[along.origin[np.isfinite(along.ms)]] = True
    return found
