"""Whole seconds from homes to places: what a page carries of travel times, grown with the homes.

Carried are the trips that a slider can reach, from a home to a building also those shorter than the
trip to the nearest unit, and for each pattern of staffing the nearest staffed unit where it
is farther. So a home has some pairs and a number a pattern, however many places there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.nearby.nearest_trips import nearest_of_states
from batu_geo.network.nearby.trip_table import Nearest, TripTable
from batu_geo.network.nearby.trips_within import Wanted, direct_trips, trips_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.travel_times import TravelTimes

UNREACHABLE = 65535
CUT_OFF = UNREACHABLE - 1
LONGEST_S = CUT_OFF - 1
MS_PER_SECOND = 1000


class HomeSeconds(NamedTuple):
    """The trips of some homes: rows of these among all, and place, number and seconds by trip.

    Trips stand by place and then by home; `far` is that of `PlaceSeconds` for these homes.
    """

    homes: NDArray[np.intp]
    place: NDArray[np.int64]
    home: NDArray[np.int64]
    seconds: NDArray[np.uint16]
    far: NDArray[np.uint16]

    def to(self, places: NDArray[np.intp]) -> PlaceSeconds:
        """Return the seconds to some places in rising order, which hold all that are met."""
        first = np.append(np.searchsorted(self.place, places), len(self.place))
        return PlaceSeconds(first, self.home, self.seconds, self.far)


@dataclass(frozen=True, slots=True, eq=False)
class PlaceSeconds:
    """Seconds of trips, place after place, and to the nearest unit where that is far.

    Attributes
    ----------
    first
        Where the trips to each place begin, int64 [places + 1].
    home, seconds
        Number of the home, rising, and whole seconds, rounded up; `CUT_OFF` for a trip that
        only a closure of the scenario prevents, int64 and uint16 [trips].
    far
        By pattern of staffing: seconds from each home to the nearest staffed unit where it is
        farther than the trips carried, `UNREACHABLE` or `CUT_OFF` where there is no way, and 0
        where it is among them, uint16 [patterns, homes].
    """

    first: NDArray[np.int64]
    home: NDArray[np.int64]
    seconds: NDArray[np.uint16]
    far: NDArray[np.uint16]

    def trips(self, places: NDArray[np.intp]) -> TripTable:
        """Return the trips to some places in rising order, in minutes."""
        place, rows = self._of(places)
        kept = self.seconds[rows] < CUT_OFF
        place, rows = place[kept], rows[kept]
        order = np.argsort(self.home[rows], kind="stable")
        minutes = self.seconds[rows] / 60
        homes = self.far.shape[1]
        return TripTable.of(homes, self.home[rows][order], place[order], minutes[order], None)

    def nearest(self, places: NDArray[np.intp], pattern: int) -> Nearest:
        """Return the nearest of some places and of the units of a pattern, [homes]."""
        far = self.far[pattern]
        is_far = (far > 0) & (far < CUT_OFF)
        minutes = np.where(is_far, far / 60, np.inf)
        nowhere = Nearest(np.full(len(far), -1), minutes, None)
        return nowhere.or_nearer(self.trips(places).nearest())

    def has_way(self, places: NDArray[np.intp], pattern: int) -> NDArray[np.bool_]:
        """Return the homes with a way to one of some places if nothing were closed, [homes]."""
        found = np.asarray(self.far[pattern] != UNREACHABLE)
        found[self.home[self._of(places)[1]]] = True
        return found

    def of_groups(self, group: NDArray[np.intp], count: int) -> list[HomeSeconds]:
        """Return the trips and nearest units of the homes of each group, by group of home."""
        place = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        homes, trips = np.argsort(group, kind="stable"), np.argsort(group[self.home], kind="stable")
        ends = np.searchsorted(group[homes], np.arange(count + 1))
        trip_ends = np.searchsorted(group[self.home[trips]], np.arange(count + 1))
        number = np.empty(len(group), np.int64)
        number[homes] = np.arange(len(group)) - ends[group[homes]]
        found = []
        for n in range(count):
            own, rows = homes[ends[n] : ends[n + 1]], trips[trip_ends[n] : trip_ends[n + 1]]
            home, seconds = number[self.home[rows]], self.seconds[rows]
            found.append(HomeSeconds(own, place[rows], home, seconds, self.far[:, own]))
        return found

    def _of(self, places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the number among some places, and the row, of every trip to one of them."""
        rows = [np.arange(self.first[n], self.first[n + 1]) for n in places.tolist()]
        place = np.repeat(np.arange(len(places)), [len(part) for part in rows])
        return place, np.concatenate([np.zeros(0, np.intp), *rows])


def whole_seconds(
    minutes: NDArray[np.float64], has_way: NDArray[np.bool_] | None = None
) -> NDArray[np.uint16]:
    """Return whole seconds, rounded up; longer than 18 hours counts as 18 hours.

    `has_way` says where there would be a way but for a closure.

    >>> whole_seconds(np.array([0.0, 1.0, 1.00001, np.inf])).tolist()
    [0, 60, 61, 65535]
    >>> whole_seconds(np.array([1.0, np.inf, np.inf]), np.array([True, True, False])).tolist()
    [60, 65534, 65535]
    """
    none = UNREACHABLE if has_way is None else np.where(has_way, CUT_OFF, UNREACHABLE)
    ms = np.round(minutes * 60 * MS_PER_SECOND)
    seconds = np.minimum(np.ceil(ms / MS_PER_SECOND), LONGEST_S)
    return np.where(np.isfinite(minutes), seconds, none).astype(np.uint16)


def place_seconds(
    to_units: TravelTimes,
    to_sites: TravelTimes,
    patterns: NDArray[np.bool_],
    *,
    slider_minutes: float,
) -> PlaceSeconds:
    """Return the seconds to units, then to buildings.

    Parameters
    ----------
    to_units, to_sites
        Of the same homes: trips up to the end of the slider, to buildings also those that are
        shorter than to the nearest unit.
    patterns
        Which units are staffed, bool [patterns, units]; of the first pattern all.
    slider_minutes
        The end of the slider.
    """
    far = []
    for is_staffed in patterns:
        staffed = to_units
        if not is_staffed.all():
            names = np.array(to_units.destination_ids, dtype=object)[is_staffed]
            staffed = to_units.only(*names)
        minutes = staffed.best()
        seconds = whole_seconds(minutes, staffed.is_cut_off)
        far.append(np.where(minutes <= slider_minutes, 0, seconds))
    units, places = len(to_units.destination_ids), len(to_sites.destination_ids)
    both = to_units.trips.and_also(to_sites.trips, units)
    cut = _cut_off_sites(to_units, to_sites, np.array(far[0]) == UNREACHABLE)
    home, place = np.r_[both.origin, cut[0]], np.r_[both.column, cut[1] + units]
    seconds = np.r_[whole_seconds(both.minutes), np.full(len(cut[0]), CUT_OFF, np.uint16)]
    order = np.lexsort((seconds, home, place))
    is_first = np.ones(len(order), bool)  # a way that is open before one that is closed
    is_first[1:] = (np.diff(home[order]) != 0) | (np.diff(place[order]) != 0)
    order = order[is_first]
    first = np.searchsorted(place[order], np.arange(units + places + 1)).astype(np.int64)
    return PlaceSeconds(first, home[order], seconds[order], np.array(far, np.uint16))


def _cut_off_sites(
    to_units: TravelTimes, to_sites: TravelTimes, is_lost: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return homes without a unit anywhere, and the buildings they reach if nothing is closed."""
    nobody = np.zeros(0, np.int64)
    if to_units.ways is None or to_sites.ways is None or not is_lost.any():
        return nobody, nobody
    free = to_units.ways.graph.without_closures
    if free is None:
        return nobody, nobody
    state_ms = nearest_of_states(free, to_units.ways.ends)
    wanted = Wanted(-1.0, state_ms, np.where(is_lost, np.inf, 0.0))
    ends = to_sites.ways.ends
    found = trips_within(free, ends, wanted, direct_trips(free, ends), with_metres=False)
    return found.origin.astype(np.int64), found.destination.astype(np.int64)
