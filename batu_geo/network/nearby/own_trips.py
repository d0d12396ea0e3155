"""The trip of each origin to a destination of its own, however far, as to the own puskesmas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.arriving import who_arrives
from batu_geo.network.nearby.ends import by_place, ends, starts
from batu_geo.network.nearby.trips_within import Among, Wanted, direct_trips, trips_within

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends

# How far is searched first and then, for those whose own place is farther.
LIMITS_MINUTES = (20.0, 40.0, 80.0, 240.0, np.inf)


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

    def only(self, rows: slice) -> OwnTrips:
        """Return the trips of some origins."""
        return OwnTrips(self.minutes[rows], self.metres[rows])


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
            is_asked[:] = False
            for names, arrives in who_arrives(graph, both, direct_trips(graph, both)):
                is_asked |= arrives & np.isin(own, names)
    return found


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
