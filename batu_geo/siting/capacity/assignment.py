"""Assignment of demand to open units within capacity: most people, then least minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.capacity.transport import CostTable, cheapest

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Counts, Flags, Numbers
    from batu_geo.siting.problem.siting_problem import SitingProblem


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Pairs of demand point and unit that an assignment may use.

    Attributes
    ----------
    row
        Demand points with people.
    ms
        Milliseconds to each unit, units open already first, [units, rows]; inf = not
        allowed.
    people
        [rows].
    capacity
        Most people of each unit.
    existing
        How many units are open already.
    """

    row: Columns
    ms: Numbers
    people: Numbers
    capacity: Numbers
    existing: int

    def units(self, sites: Columns) -> Columns:
        """Return the units that are open with some sites."""
        units: Columns = np.r_[np.arange(self.existing), self.existing + sites]
        return units


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """People assigned to each unit under one plan.

    Attributes
    ----------
    people
        At each unit, sites not open included, [units, rows].
    left
        People without a place.
    ms
        Person-milliseconds of the others.
    """

    people: Counts
    left: int
    ms: int


def reach_of(problem: SitingProblem, threshold: float, can_open: Flags) -> Reach:
    """Return the reach within the threshold to units open already and sites that may open."""
    row = np.flatnonzero(problem.population)
    units = problem.units.dense()
    sites = np.where(can_open, problem.minutes.dense(), np.inf)
    minutes = np.column_stack([units, sites])[row].T
    capacity = np.full(units.shape[1], float(problem.population.sum()))
    if problem.existing_capacity is not None:
        capacity = problem.existing_capacity.astype(np.float64)
    own = np.zeros(0) if problem.capacity is None else np.where(can_open, problem.capacity, 0)
    return Reach(
        row=row,
        ms=np.where(minutes <= threshold, np.rint(minutes * MS_PER_MINUTE), np.inf),
        people=problem.population[row].astype(np.float64),
        # Capacity beyond everybody is cut to everybody, which keeps sums exact.
        capacity=np.minimum(np.r_[capacity, own], float(problem.population.sum())),
        existing=units.shape[1],
    )


def short_of_capacity(reach: Reach, most: int) -> int:
    """Return how many people have no place, however few sites of the most capacity may open."""
    old, new = np.split(reach.capacity, [reach.existing])
    capacity = old.sum() + np.sort(new)[::-1][:most].sum()
    return max(0, int(reach.people.sum() - capacity))


def counting(reach: Reach) -> CostTable:
    """Return the table whose cost is people without a place; its first unit is no place.

    Rows with the same units in reach are one: there are often far fewer such sets than
    demand points.
    """
    first, member = _sets(reach)
    cost = np.where(np.isfinite(reach.ms[:, first]), 0.0, np.inf)
    people = np.bincount(member, weights=reach.people, minlength=len(first)).astype(np.float64)
    nowhere = np.ones(len(first))
    capacity = np.r_[reach.people.sum(), reach.capacity]
    return CostTable(np.vstack([nowhere, cost]), people, capacity, 1 + reach.existing)


def _sets(reach: Reach) -> tuple[Columns, Columns]:
    """Return a first row of each set of units in reach, and the set of each row."""
    is_way = np.vstack([np.ones(len(reach.people), dtype=bool), np.isfinite(reach.ms)])
    packed = np.packbits(is_way, axis=0)
    _, first, member = np.unique(packed.T, axis=0, return_index=True, return_inverse=True)
    return first, member.ravel()


def timing(reach: Reach, left: int) -> CostTable:
    """Return the table whose cost is milliseconds; its first unit is no place, for those left."""
    nowhere = np.zeros(len(reach.people))
    capacity = np.r_[float(left), reach.capacity]
    return CostTable(np.vstack([nowhere, reach.ms]), reach.people, capacity, 1 + reach.existing)


def assign(reach: Reach, sites: Columns) -> Assignment:
    """Return the assignment to some open sites: most people, then least person-minutes."""
    units = np.r_[0, 1 + reach.units(sites)]
    start = np.zeros(len(units))
    fewest = int(cheapest(counting(reach).of(units), start).bound)
    flow = cheapest(timing(reach, fewest).of(units), start)
    return assignment_of(reach, sites, flow.people[1:])


def assignment_of(reach: Reach, sites: Columns, people: Numbers) -> Assignment:
    """Return people at the open units, [open units, rows], as an assignment."""
    units = reach.units(sites)
    assigned = np.zeros(reach.ms.shape, dtype=np.int64)
    assigned[units] = np.rint(people)
    unit, row = np.nonzero(assigned)
    ms = assigned[unit, row] @ reach.ms[unit, row].astype(np.int64)
    return Assignment(assigned, int(reach.people.sum()) - int(assigned.sum()), int(ms))
