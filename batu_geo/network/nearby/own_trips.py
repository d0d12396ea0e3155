"""The trip of each origin to a destination of its own, however far, as to the own puskesmas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import by_place, ends, starts
from batu_geo.network.nearby.trips_within import Among, Wanted, direct_trips, trips_within
from batu_geo.network.snapping import arrivals

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends

# How far is searched first and then, for those whose own place is farther.
LIMITS_MINUTES = (15.0, 60.0, 240.0, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class OwnTrips:
    """The trip of each origin to its own destination.

    Attributes
    ----------
    minutes, metres
        inf where there is no way, NaN for an origin without a destination of its own, [origins].
    """

    minutes: NDArray[np.float64]
    metres: NDArray[np.float64]


def own_trips(
    graph: ModeGraph,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    own: NDArray[np.int64],
    refuse_m: float,
) -> OwnTrips:
    """Return the trips to own destinations.

    Parameters
    ----------
    graph, origins, destinations, refuse_m
        As in `travel_times`.
    own
        Number of the destination of each origin, -1 for none.
    """
    here = starts(graph, origins, refuse_m=refuse_m)
    both = ends(graph, here, destinations, refuse_m=refuse_m)
    found = OwnTrips(np.where(own < 0, np.nan, np.inf), np.where(own < 0, np.nan, np.inf))
    is_asked = own >= 0
    for limit in LIMITS_MINUTES:
        left = np.flatnonzero(np.isinf(found.minutes) & is_asked)
        if not len(left):
            break
        _fill(graph, both, own, left, limit, found)
        if limit == LIMITS_MINUTES[0]:
            is_asked = _may_reach(graph, both, own)
    return found


def _may_reach(graph: ModeGraph, both: Ends, own: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the origins whose roads hang together with those of their own destination.

    From the others, as on an island, there is no way but along the one edge that both join: all
    roads would be searched in vain.
    """
    count, part = connected_components(graph.outward, connection="weak")
    seeds = arrivals(graph, both.there)
    parts_of_own = np.unique(seeds.source * count + part[seeds.state])
    direct = direct_trips(graph, both)
    may_reach = np.zeros(len(own), bool)
    may_reach[direct.origin[own[direct.origin] == direct.destination]] = True
    for layer, joins in zip(graph.layers, both.here, strict=True):
        parts = part[layer.end_state[joins.edge]] + own[joins.point, None] * count
        may_reach[joins.point[np.isin(parts, parts_of_own).any(axis=1)]] = True
    return may_reach


def _fill(
    graph: ModeGraph,
    both: Ends,
    own: NDArray[np.int64],
    left: NDArray[np.intp],
    limit: float,
    found: OwnTrips,
) -> None:
    """Put in the trips of some origins that take at most a limit."""
    names, number = np.unique(own[left], return_inverse=True)
    some = replace(
        both,
        here=tuple(joins.of(left) for joins in both.here),
        there=tuple(joins.of(names) for joins in both.there),
        here_by_place=by_place(both.here_by_place.data[left]),
        there_xy=both.there_xy[names],
    )
    wanted = Wanted(limit * MS_PER_MINUTE, among=Among(number, np.eye(len(names), dtype=bool)))
    trips = trips_within(graph, some, wanted, direct_trips(graph, some), with_metres=True)
    found.minutes[left[trips.origin]] = trips.ms / MS_PER_MINUTE
    found.metres[left[trips.origin]] = trips.metres
