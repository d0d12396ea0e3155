"""The best plan within capacity of those that can be listed: most people placed, then minutes.

Each of the two objectives is a table of costs minimised by `best_first_search`, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.assignment import (
    assign_quickly,
    assignment_of,
    counting,
    short_of_capacity,
    timing,
)
from batu_geo.siting.capacity.best_first_search import cheapest_plan, sites_of
from batu_geo.siting.capacity.transport import raised
from batu_geo.siting.problem.outcome import Outcome

if TYPE_CHECKING:
    from batu_geo.domain.arrays import Columns, Numbers
    from batu_geo.siting.capacity.assignment import Assignment, Reach
    from batu_geo.siting.capacity.transport import CostTable
    from batu_geo.siting.problem.outcome import Proof


# Transport problems of a second objective: a number, so that speed does not change the plan.
MOST_SOLVED = 500


@dataclass(frozen=True, slots=True, eq=False)
class CapacityPlan:
    """Sites to open and the assignment of people to units."""

    sites: Columns
    assignment: Assignment

    def key(self) -> tuple[int, ...]:
        """Return the order of plans: people left, minutes, fewer sites, lowest ids."""
        sent = self.assignment
        return (sent.left, sent.ms, len(self.sites), *self.sites.tolist())


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
    reach: Reach, plans: Columns, start: int, *, needs_minutes: bool, deadline: float
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
        Whether person-minutes end at the deadline, or after a number of transport problems.
    deadline
        Reading of `time.monotonic` to stop at.
    """
    table = counting(reach)
    least = max(least_bound(table), short_of_capacity(reach, plans.shape[1]))
    most, bounds = cheapest_plan(
        table, plans, start, first_of_equal=False, floor=least, deadline=deadline
    )
    best, people = start, None
    if most.plan is not None:
        best, people = most.plan[0], most.plan[1].people
    fewest = int(bounds.min())
    if not most.proved:
        return _quick_stages(reach, sites_of(plans[best]), people, fewest)
    table, places = timing(reach, fewest), np.flatnonzero(bounds <= fewest)
    shortest, bounds = cheapest_plan(
        table, plans[places], int(np.searchsorted(places, best)),
        first_of_equal=True, floor=least_bound(table),
        deadline=deadline if needs_minutes else np.inf,
        most_solved=np.inf if needs_minutes else MOST_SOLVED,
    )  # fmt: skip
    if shortest.plan is None:
        return _quick_stages(reach, sites_of(plans[best]), people, fewest)
    place, flow = shortest.plan
    sites = sites_of(plans[places[place]])
    plan = CapacityPlan(sites, assignment_of(reach, sites, flow.people[1:]))
    is_placed = plan.assignment.left == fewest
    bound = shortest.bound if is_placed else 0.0
    is_least = is_placed and plan.assignment.ms == bound
    how: Proof = "enumeration" if is_least else "bound"
    return Stages(
        Outcome(plan, fewest, proved=is_placed, how="enumeration" if is_placed else "bound"),
        # Complete only with the first of plans of equal minutes.
        Outcome(plan, bound, proved=is_least and shortest.proved, how=how),
    )


def _quick_stages(reach: Reach, sites: Columns, most: Numbers | None, fewest: int) -> Stages:
    """Return a plan for which no time is left, with the bound that needs none."""
    plan = CapacityPlan(sites, assign_quickly(reach, sites, most))
    least = least_bound(timing(reach, plan.assignment.left))
    return Stages(
        Outcome(plan, fewest, proved=plan.assignment.left == fewest, how="bound"),
        Outcome(plan, least, proved=plan.assignment.ms <= least, how="bound"),
    )


def least_bound(table: CostTable) -> float:
    """Return what no plan costs less than: all units open, none full but the one for no place."""
    start = np.zeros(len(table.capacity))
    return table.bound(raised(table, start, deadline=-np.inf))
