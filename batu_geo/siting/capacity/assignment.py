"""Who is sent where when capacity is short: most people first, then fewest minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.transport import Table, cheapest
from batu_geo.siting.problem.location_plan import MS_PER_MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.problem.siting_problem import SitingProblem

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Counts = NDArray[np.int64]
    Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """Everything that people may be sent along.

    Attributes
    ----------
    row
        Demand points with people.
    ms
        Milliseconds to each unit, units open already first, [units, rows]; inf = not to be
        sent there.
    people
        [rows].
    room
        Most people of each unit.
    existing
        How many units are open already.
    """

    row: Columns
    ms: Numbers
    people: Numbers
    room: Numbers
    existing: int

    def units(self, sites: Columns) -> Columns:
        """Return the units that are open with some sites."""
        units: Columns = np.r_[np.arange(self.existing), self.existing + sites]
        return units


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """Who is sent where under one plan.

    Attributes
    ----------
    people
        At each unit, sites not open included, [units, rows].
    left
        How many are without a place.
    ms
        Person-milliseconds of the others.
    """

    people: Counts
    left: int
    ms: int


def trips_of(problem: SitingProblem, threshold: float, can_open: Flags) -> Trips:
    """Return the trips within the threshold to units open already and sites that may open."""
    row = np.flatnonzero(problem.population)
    existing = problem.existing_minutes
    units = np.empty((len(problem.population), 0)) if existing is None else existing
    sites = np.where(can_open, problem.minutes, np.inf)
    minutes = np.column_stack([units, sites])[row].T
    room = np.full(units.shape[1], float(problem.population.sum()))
    if problem.existing_capacity is not None:
        room = problem.existing_capacity.astype(np.float64)
    own = np.zeros(0) if problem.capacity is None else np.where(can_open, problem.capacity, 0)
    return Trips(
        row=row,
        ms=np.where(minutes <= threshold, np.rint(minutes * MS_PER_MINUTE), np.inf),
        people=problem.population[row].astype(np.float64),
        # Room for more than everybody is room for everybody, and keeps sums exact.
        room=np.minimum(np.r_[room, own], float(problem.population.sum())),
        existing=units.shape[1],
    )


def short_of_room(trips: Trips, most: int) -> int:
    """Return how many people have no place, however few sites of the most room may open."""
    old, new = np.split(trips.room, [trips.existing])
    room = old.sum() + np.sort(new)[::-1][:most].sum()
    return max(0, int(trips.people.sum() - room))


def counting(trips: Trips) -> Table:
    """Return the table whose cost is people without a place; its first unit is no place.

    Rows with the same units in reach are one: there are often far fewer such sets than
    demand points.
    """
    first, member = _sets(trips)
    cost = np.where(np.isfinite(trips.ms[:, first]), 0.0, np.inf)
    people = np.bincount(member, weights=trips.people, minlength=len(first)).astype(np.float64)
    nowhere = np.ones(len(first))
    return Table(np.vstack([nowhere, cost]), people, np.r_[trips.people.sum(), trips.room])


def _sets(trips: Trips) -> tuple[Columns, Columns]:
    """Return a first row of each set of units in reach, and the set of each row."""
    is_way = np.vstack([np.ones(len(trips.people), dtype=bool), np.isfinite(trips.ms)])
    packed = np.packbits(is_way, axis=0)
    _, first, member = np.unique(packed.T, axis=0, return_index=True, return_inverse=True)
    return first, member.ravel()


def timing(trips: Trips, left: int) -> Table:
    """Return the table whose cost is milliseconds; its first unit is no place, for those left."""
    nowhere = np.zeros(len(trips.people))
    return Table(np.vstack([nowhere, trips.ms]), trips.people, np.r_[float(left), trips.room])


def send(trips: Trips, sites: Columns, *, deadline: float = np.inf) -> Sent:
    """Return who goes where when some sites are open: most people, then fewest minutes.

    When time runs out, as many people if so much is known, but no care for minutes.
    """
    units = np.r_[0, 1 + trips.units(sites)]
    start = np.zeros(len(units))
    most = cheapest(counting(trips).of(units), start, deadline=deadline)
    if not most.is_done:
        return send_in_haste(trips, sites, None)
    table = timing(trips, int(most.bound)).of(units)
    least = cheapest(table, start, deadline=deadline)
    if least.is_done:
        return sent_of(trips, sites, least.people[1:])
    return send_in_haste(trips, sites, most.people)


def send_in_haste(trips: Trips, sites: Columns, most: Numbers | None) -> Sent:
    """Return the better of two quick ways to send people.

    Parameters
    ----------
    trips, sites
        What may be used.
    most
        Sets of people at no place and at the open units, as many as can be; None if unknown.
    """
    found = [sent_of(trips, sites, _filled(trips, trips.units(sites)))]
    if most is not None:
        found.append(sent_of(trips, sites, _spread(trips, most)[1:]))
    return min(found, key=lambda sent: (sent.left, sent.ms))


def sent_of(trips: Trips, sites: Columns, people: Numbers) -> Sent:
    """Return people at the open units as what was sent."""
    units = trips.units(sites)
    found = np.zeros(trips.ms.shape, dtype=np.int64)
    found[units] = np.rint(people)
    unit, row = np.nonzero(found)
    ms = found[unit, row] @ trips.ms[unit, row].astype(np.int64)
    return Sent(found, int(trips.people.sum()) - int(found.sum()), int(ms))


def _filled(trips: Trips, units: Columns) -> Numbers:
    """Send round by round to the nearest unit with room, until nobody can be sent any more."""
    sent = np.zeros((len(units), len(trips.people)))
    waiting, room, ms = trips.people.copy(), trips.room[units].copy(), trips.ms[units].copy()
    while True:
        ms[room == 0] = np.inf
        ms[:, waiting == 0] = np.inf
        if not np.isfinite(ms).any():
            return sent
        nearest = np.where(np.isfinite(ms.min(axis=0)), ms.argmin(axis=0), -1)
        for unit in range(len(units)):
            come = np.flatnonzero(nearest == unit)
            come = come[np.argsort(ms[unit, come], kind="stable")]
            before = np.cumsum(waiting[come]) - waiting[come]
            taken = np.clip(room[unit] - before, 0, waiting[come])
            sent[unit, come] += taken
            waiting[come] -= taken
            room[unit] -= taken.sum()


def _spread(trips: Trips, people: Numbers) -> Numbers:
    """Return people of sets at units, [units, sets], as people of rows, row after row."""
    _, member = _sets(trips)
    order = np.argsort(member, kind="stable")
    of_row, of_pair = np.cumsum(trips.people[order]), np.cumsum(people.T)
    ends = np.unique(np.r_[0.0, of_row, of_pair])
    row = order[np.searchsorted(of_row, ends[:-1], side="right")]
    unit = np.searchsorted(of_pair, ends[:-1], side="right") % len(people)
    sent = np.zeros((len(people), len(trips.people)))
    np.add.at(sent, (unit, row), np.diff(ends))
    return sent
