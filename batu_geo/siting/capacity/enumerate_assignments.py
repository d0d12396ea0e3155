"""The best plan within capacity of those that can be listed: most people placed, then minutes.

Each of the two objectives is a table of costs minimised by `best_first_search`, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.assignment import (
    assign,
    assignment_of,
    counting,
    short_of_capacity,
    timing,
)
from batu_geo.siting.capacity.best_first_search import cheapest_plan, sites_of
from batu_geo.siting.capacity.transport import filling_price
from batu_geo.siting.problem.outcome import Outcome

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns
    from batu_geo.siting.capacity.assignment import Assignment, Reach
    from batu_geo.siting.capacity.transport import CostTable


# Transport problems of a second objective: a number, so that speed does not change the plan.
MOST_SOLVED = 500


@dataclass(frozen=True, slots=True, eq=False)
class CapacityPlan:
    """Sites to open and the assignment of people to units."""

    sites: Columns
    assignment: Assignment

    def key(self) -> tuple[int, ...]:
        """Return the order of plans: people left, minutes, fewer sites, lowest ids."""
        assignment = self.assignment
        return (assignment.left, assignment.ms, len(self.sites), *self.sites.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """The two objectives of a model within capacity, in order.

    Attributes
    ----------
    placed
        Bound on people without a place.
    minutes
        The plan, and a bound on person-milliseconds of plans that leave as few people.
    """

    placed: Outcome[CapacityPlan]
    minutes: Outcome[CapacityPlan]


def best_listed(
    reach: Reach, plans: Columns, start: int, *, needs_minutes: bool, most_solved: int
) -> Stages:
    """Return the best of some plans.

    Parameters
    ----------
    reach
        Pairs that may be used.
    plans
        As from `best_first_search.all_plans_padded`; at least one.
    start
        Place of the plan to solve first.
    needs_minutes
        Whether person-minutes are part of the objective, or the second objective, which has a
        limit of its own.
    most_solved
        Transport problems of each objective to stop after.
    """
    table = counting(reach)
    floor = max(least_bound(table), short_of_capacity(reach, plans.shape[1]))
    most, bounds = cheapest_plan(
        table, plans, start, first_of_equal=False, floor=floor, most_solved=most_solved
    )
    best, fewest = most.require()[0], int(bounds.min())
    if not most.proved:
        return _unproved(reach, sites_of(plans[best]), fewest)
    table, places = timing(reach, fewest), np.flatnonzero(bounds <= fewest)
    shortest, bounds = cheapest_plan(
        table, plans[places], int(np.searchsorted(places, best)),
        first_of_equal=True, floor=least_bound(table),
        most_solved=most_solved if needs_minutes else MOST_SOLVED,
    )  # fmt: skip
    place, flow = shortest.require()
    sites = sites_of(plans[places[place]])
    plan = CapacityPlan(sites, assignment_of(reach, sites, flow.people[1:]))
    is_least = plan.assignment.ms == shortest.bound
    return Stages(
        Outcome(plan, fewest, proved=True, how="enumeration"),
        # Complete only with the first of plans of equal minutes.
        Outcome(
            plan,
            shortest.bound,
            proved=is_least and shortest.proved,
            how="enumeration" if is_least else "bound",
        ),
    )


def _unproved(reach: Reach, sites: Columns, fewest: int) -> Stages:
    """Return a plan after the last transport problem, with a bound that needs none."""
    plan = CapacityPlan(sites, assign(reach, sites))
    least = least_bound(timing(reach, plan.assignment.left))
    return Stages(
        Outcome(plan, fewest, proved=plan.assignment.left == fewest, how="bound"),
        Outcome(plan, least, proved=plan.assignment.ms <= least, how="bound"),
    )


def least_bound(table: CostTable) -> float:
    """Return what no plan costs less than: all units open, none full but the one for no place."""
    price = np.zeros(len(table.capacity))
    price[0] = filling_price(table, 0, table.cost[1:].min(axis=0, initial=np.inf))
    return table.bound(price)
