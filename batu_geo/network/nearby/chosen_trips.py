"""The trips of groups of origins to destinations chosen for each group, however far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse.csgraph import connected_components

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import ends, starts
from batu_geo.network.nearby.nearest_trips import has_any_way
from batu_geo.network.nearby.trips_within import (
    Among,
    Wanted,
    direct_trips,
    laid_out,
    seeds_of,
    trips_to_few,
)
from batu_geo.network.search import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.nearby.trips_within import Laid

# How far is searched first and then, for groups of which not everybody is there.
LIMITS_MINUTES = (90.0, 240.0, np.inf)


class ChosenTrips(NamedTuple):
    """Every trip of some groups of origins to one destination: origins, rising, and minutes."""

    destination: int
    groups: NDArray[np.intp]
    origin: Places
    minutes: NDArray[np.float64]


def chosen_trips(
    graph: ModeGraph,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    among: Among,
    refuse_m: float,
) -> Iterator[ChosenTrips]:
    """Yield the trips of each origin to the destinations chosen for its group, as they are found.

    Each pair of a group and a destination comes once. Those of a province are never all held.

    Parameters
    ----------
    graph, origins, destinations, refuse_m
        As in `travel_times`.
    among
        The group of each origin, and the destinations of each group.
    """
    both = ends(graph, starts(graph, origins, refuse_m=refuse_m), destinations, refuse_m=refuse_m)
    direct = direct_trips(graph, both)
    laid = laid_out(graph, both, direct, with_metres=False)
    group, left, waited = among.group, among.allowed.copy(), _who_arrives(graph, both, laid, among)
    for limit in LIMITS_MINUTES:
        wanted = Wanted(limit * MS_PER_MINUTE, among=Among(group, left.copy()))
        for few, trips in trips_to_few(laid, wanted, with_metres=False):
            by_group, place = group[trips.origin], np.searchsorted(few, trips.destination)
            there = np.bincount(by_group * len(few) + place, minlength=len(left) * len(few))
            is_done = left[:, few] & (
                (there.reshape(-1, len(few)) >= waited[:, few]) | np.isinf(limit)
            )
            left[:, few] &= ~is_done
            kept = is_done[by_group, place]
            for n, groups in enumerate(np.flatnonzero(some) for some in is_done.T):
                rows = np.flatnonzero(kept & (place == n))
                minutes = trips.ms[rows] / MS_PER_MINUTE
                yield ChosenTrips(int(few[n]), groups, trips.origin[rows], minutes)


def _who_arrives(graph: ModeGraph, both: Ends, laid: Laid, among: Among) -> NDArray[np.int64]:
    """Return how many of each group may arrive at each destination, [groups, destinations].

    Others, as on an island or in a one-way street without a way out, would be waited for in vain.
    One search answers for all destinations on roads that lead to each other.
    """
    seeds, direct = laid.seeds, laid.direct
    circle = connected_components(graph.outward, connection="strong")[1]
    size, by_seed = np.bincount(circle, minlength=1), circle[seeds.state]
    order = np.lexsort((by_seed, size[by_seed], seeds.source))
    largest = np.full(seeds.count, -1)
    largest[seeds.source[order]] = by_seed[order]
    waited = np.zeros(among.allowed.shape, np.int64)
    for one in np.unique(largest):
        names = np.flatnonzero(largest == one)
        there = tuple(joins.of(names) for joins in both.there)
        ms = search(graph, seeds_of(seeds, names), is_joint=True)[0]
        arrives = has_any_way(graph, replace(both, there=there), ms)
        arrives[direct.origin[largest[direct.destination] == one]] = True
        groups = among.group[arrives & (among.group >= 0)]
        waited[:, names] = np.bincount(groups, minlength=len(waited))[:, None]
    return waited
