"""Capacitated location models: each unit serves at most its capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.site_choice import NODE_LIMIT
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.capacity.assignment import reach_of
from batu_geo.siting.capacity.best_first_search import all_plans_padded, place_of
from batu_geo.siting.capacity.capacity_milp import best_solved
from batu_geo.siting.capacity.enumerate_assignments import Stages, best_listed
from batu_geo.siting.problem.check_plan import require_right
from batu_geo.siting.problem.location_plan import Plan, relative_gap
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.search import enumeration
from batu_geo.siting.search.greedy_and_swap import Costs, greedy
from batu_geo.siting.search.milp import site_model

if TYPE_CHECKING:
    from batu_geo.siting.capacity.assignment import Assignment, Reach
    from batu_geo.siting.problem.location_plan import Status
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.problem.siting_problem import SitingProblem


def capacitated_p_median(problem: SitingProblem, *, node_limit: int = NODE_LIMIT) -> Plan:
    """Return the plan that places most people within capacity, then in the fewest person-minutes.

    As in `p_median`, but a unit serves at most its capacity; the people of one demand
    point may go to several units (Mulvey and Beck 1984, with shares). People without
    a way or beyond capacity have no place and are counted.

    Parameters
    ----------
    problem
        With `capacity`; units open already are without limit where `existing_capacity` is None.
    node_limit
        Transport problems or branch-and-bound nodes of one objective after which the best plan so
        far is returned with its bound and gap.

    Raises
    ------
    ScenarioError
        There is no column of capacities (BG-201).

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 6.0]]), np.array([10]), ("a", "b"),
    ...                      capacity=np.array([4, 9]), rules=Rules(site_count=1))
    >>> plan = capacitated_p_median(town)
    >>> plan.site_ids, plan.objective, plan.people_unreached
    (('b',), 54.0, 1)
    """
    return _solve(problem, "capacitated_p_median", None, node_limit)


def capacitated_mclp(
    problem: SitingProblem,
    *,
    threshold_minutes: float,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the plan with most people served within the threshold and within capacity.

    Current and Storbeck (1988), with the people of a demand point shared between units.
    Parameters as in `capacitated_p_median`, and the inclusive threshold.

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 6.0]]), np.array([10]), ("a", "b"),
    ...                      capacity=np.array([9, 9]), rules=Rules(site_count=2))
    >>> capacitated_mclp(town, threshold_minutes=5).objective
    9
    """
    return _solve(problem, "capacitated_mclp", threshold_minutes, node_limit)


def _solve(
    problem: SitingProblem,
    model: str,
    threshold: float | None,
    node_limit: int,
) -> Plan:
    if problem.capacity is None:
        raise ScenarioError(Problem("BG-201", column="capacity", values={"column": "capacity"}))
    allowed = choices(problem)
    if allowed is None or allowed.fewest > allowed.most:
        return Plan(model, "infeasible", threshold_minutes=threshold)
    reach = reach_of(problem, np.inf if threshold is None else threshold, allowed.can_open)
    stages = _search(reach, allowed, needs_minutes=threshold is None, node_limit=node_limit)
    if isinstance(stages, Stages):
        return require_right(problem, _as_plan(problem, model, threshold, reach, stages))
    return Plan(model, stages, threshold_minutes=threshold)


def _search(
    reach: Reach, allowed: Choices, *, needs_minutes: bool, node_limit: int
) -> Stages | Status:
    """Return the best plan, or why there is none: few are enumerated, many are solved."""
    start = greedy(_costs(reach), allowed)
    if _are_few(reach, allowed):
        plans = all_plans_padded(allowed)
        if not len(plans):
            return "infeasible"
        first = 0 if start is None else place_of(plans, start)
        return best_listed(reach, plans, first, needs_minutes=needs_minutes, most_solved=node_limit)
    if start is None:
        solution = site_model(allowed).minimise(np.zeros(0), most_nodes=node_limit)
        if solution.plan is None:
            return "infeasible" if solution.proved else "no_plan_yet"
        start = np.flatnonzero(solution.plan > 0.5)
    return best_solved(reach, allowed, start, needs_minutes=needs_minutes, node_limit=node_limit)


def _are_few(reach: Reach, allowed: Choices) -> bool:
    work = max(len(reach.people), 1) * max(allowed.most, 1)
    most = min(enumeration.MOST_PLANS, enumeration.MOST_WORK // work)
    return enumeration.count_plans(allowed) <= most


def _costs(reach: Reach) -> Costs:
    """Return a cost table for greedy opening, blind to capacity."""
    far = 4 * reach.ms[np.isfinite(reach.ms)].max(initial=0.0) + 1
    table = np.minimum(reach.ms, far)
    base = table[: reach.existing].min(axis=0, initial=far)
    return Costs(Pairs.of(table[reach.existing :], far), base, reach.people)


def _as_plan(
    problem: SitingProblem, model: str, threshold: float | None, reach: Reach, stages: Stages
) -> Plan:
    plan = stages.minutes.require()
    assignment, everybody = plan.assignment, int(problem.population.sum())
    placed, most_placed = everybody - assignment.left, everybody - int(stages.placed.bound)
    is_proved, how = placed >= most_placed, stages.placed.how
    objective: float = placed
    bound: float = most_placed
    gap = relative_gap(placed, most_placed)
    if threshold is None:
        is_proved, how = is_proved and assignment.ms <= stages.minutes.bound, stages.minutes.how
        objective, bound = assignment.ms / MS_PER_MINUTE, stages.minutes.bound / MS_PER_MINUTE
        gap = max(gap, relative_gap(objective, bound))
    return Plan(
        model=model,
        status="optimal" if is_proved else "best_so_far",
        site_ids=tuple(problem.site_ids[n] for n in plan.sites),
        objective=objective,
        bound=bound,
        gap=gap,
        proof=how,
        people_unreached=assignment.left,
        person_minutes=assignment.ms / MS_PER_MINUTE,
        is_tie_break_optimal=is_proved and stages.minutes.proved,
        threshold_minutes=threshold,
        assignments=_assignments(problem, reach, assignment),
    )


def _assignments(problem: SitingProblem, reach: Reach, assignment: Assignment) -> pd.DataFrame:
    """Return a row for each pair of demand point and unit, and for people without a place."""
    names = np.array([*problem.existing_ids, *problem.site_ids, None], dtype=object)
    row, unit = np.nonzero(assignment.people.T)
    rest = problem.population.copy()
    rest[reach.row] -= assignment.people.sum(axis=0)
    alone = np.flatnonzero((rest > 0) | (problem.population == 0))
    minutes = np.hstack([problem.units.dense(), problem.minutes.dense()])
    demand = np.r_[reach.row[row], alone]
    table = pd.DataFrame(
        {
            "demand_id": np.array(problem.demand_ids, dtype=object)[demand],
            "facility_id": pd.Series(names[np.r_[unit, np.full(len(alone), -1)]], dtype="str"),
            "people": np.r_[assignment.people[unit, row], rest[alone]],
            "travel_time_min": np.r_[minutes[reach.row[row], unit], np.full(len(alone), np.inf)],
        }
    )
    return table.iloc[np.argsort(demand, kind="stable")].reset_index(drop=True)
