"""The trips of groups of origins to destinations chosen for each group, however far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.arriving import who_arrives
from batu_geo.network.nearby.ends import ends, starts
from batu_geo.network.nearby.trips_within import (
    Among,
    Wanted,
    direct_trips,
    laid_out,
    trips_to_few,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places
    from batu_geo.network.graph import ModeGraph

# How far is searched first and then, for groups of which not everybody is there.
LIMITS_MINUTES = (120.0, np.inf)


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
    group, left, waited = among.group, among.allowed.copy(), np.zeros(among.allowed.shape, np.int64)
    for names, arrives in who_arrives(graph, both, direct):
        groups = group[arrives & (group >= 0)]
        waited[:, names] = np.bincount(groups, minlength=len(left))[:, None]
    laid = laid_out(graph, both, direct, with_metres=False)
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
