"""Who is sent where when capacity is short: most people first, then fewest minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from batu_geo.siting.milp import LinearModel
from batu_geo.siting.plans import MS_PER_MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.problem import SitingProblem

    Numbers = NDArray[np.float64]
    Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """Every pair of demand point and unit that people may be sent along.

    Attributes
    ----------
    row, unit
        Demand point and unit of each pair; units open already come first.
    ms
        Milliseconds of each pair.
    people
        Of each demand point.
    capacity
        Of each unit.
    existing
        How many units are open already.
    """

    row: Columns
    unit: Columns
    ms: Numbers
    people: Numbers
    capacity: Numbers
    existing: int


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """Who is sent where under one plan: people of each pair, how many in all, their minutes."""

    people: NDArray[np.int64]
    placed: int
    ms: int


def trips_of(problem: SitingProblem, threshold: float) -> Trips:
    """Return the pairs within the threshold, with units open already first."""
    existing = problem.existing_minutes
    units = np.empty((len(problem.population), 0)) if existing is None else existing
    minutes = np.column_stack([units, problem.minutes])
    is_way = np.isfinite(minutes) & (minutes <= threshold) & (problem.population > 0)[:, None]
    row, unit = np.nonzero(is_way)
    room = np.full(units.shape[1], float(problem.population.sum()))
    if problem.existing_capacity is not None:
        room = problem.existing_capacity.astype(np.float64)
    own = np.zeros(0) if problem.capacity is None else problem.capacity.astype(np.float64)
    return Trips(
        row=row,
        unit=unit,
        ms=np.rint(minutes[row, unit] * MS_PER_MINUTE),
        people=problem.population.astype(np.float64),
        capacity=np.r_[room, own],
        existing=units.shape[1],
    )


def send(trips: Trips, sites: Columns) -> Sent:
    """Return who goes where when some sites are open: most people, then fewest minutes.

    Two linear programmes; a basic solution of either is in whole people.
    """
    is_open = np.zeros(len(trips.capacity), dtype=bool)
    is_open[: trips.existing] = True
    is_open[trips.existing + sites] = True
    usable = np.flatnonzero(is_open[trips.unit])
    count = len(usable)
    model = LinearModel(0, np.zeros(count), np.full(count, np.inf), np.zeros(count, dtype=bool))
    rows = limits(trips, usable).tocoo()
    high = np.r_[trips.people, trips.capacity]
    entries = (rows.row.astype(np.intp), rows.col.astype(np.intp), rows.data)
    model.add_rows(entries, len(high), np.full(len(high), -np.inf), high)
    most = model.minimise(-np.ones(count)).values
    model.add_row(np.ones(count), 0.0 if most is None else float(np.rint(most.sum())), np.inf)
    scale = max(trips.ms[usable].max(initial=1.0) / 1e4, 1.0)
    least = model.minimise(trips.ms[usable] / scale).values
    sent = np.zeros(len(trips.row), dtype=np.int64)
    if least is not None:
        sent[usable] = np.rint(least)
    return Sent(sent, int(sent.sum()), int(sent @ trips.ms.astype(np.int64)))


def limits(trips: Trips, pairs: Columns) -> csr_array:
    """Return rows of people and of units over pairs."""
    own, one = np.arange(len(pairs)), np.ones(len(pairs))
    by_row = csr_array((one, (trips.row[pairs], own)), shape=(len(trips.people), len(pairs)))
    by_unit = csr_array((one, (trips.unit[pairs], own)), shape=(len(trips.capacity), len(pairs)))
    return csr_array(vstack([by_row, by_unit], format="csr"))
