"""Alternative optima: all optimal plans, or all within a share of the optimum, and shared sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.site_choice import NODE_LIMIT
from batu_geo.siting.problem.location_plan import in_units
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.search.enumeration import all_plans, is_small
from batu_geo.siting.search.prove_optimum import (
    is_within,
    limit_minutes,
    limited_model,
    search,
)

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns
    from batu_geo.siting.problem.objective import Goal, Model
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.problem.siting_problem import SitingProblem
    from batu_geo.siting.search.milp import LinearModel


MOST_PLANS = 200
# Sites x rows of all solves together: large models list fewer plans, and beyond it one alone.
MOST_SOLVED_CELLS = 10_000_000


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Plans within a share of the optimum.

    Attributes
    ----------
    plans
        Site ids of each plan, the best first, equal ones by the tie rule.
    objectives
        Of each plan, in the unit of the model.
    is_complete
        Whether all such plans are listed.
    in_every
        Sites in every such plan, those not listed included.
    in_some
        Sites in some listed plan but not in every one.
    is_sure
        Whether `in_every` is proved; always so when complete.
    """

    plans: tuple[tuple[str, ...], ...]
    objectives: tuple[float, ...]
    is_complete: bool
    in_every: tuple[str, ...]
    in_some: tuple[str, ...]
    is_sure: bool

    def best(self) -> Alternatives | None:
        """Return the optimal plans alone; None where some of them may not be listed."""
        if not self.is_complete:
            return None
        count = sum(value == self.objectives[0] for value in self.objectives)
        plans = self.plans[:count]
        shared = set(plans[0]).intersection(*plans) if plans else set()
        return replace(
            self,
            plans=plans,
            objectives=self.objectives[:count],
            in_every=tuple(sorted(shared)),
            in_some=tuple(sorted(set().union(*plans) - shared)),
        )


def all_optimal(
    problem: SitingProblem,
    model: Model,
    *,
    threshold_minutes: float | None = None,
    within_percent: float = 0.0,
    most_plans: int = MOST_PLANS,
    node_limit: int = NODE_LIMIT,
) -> Alternatives:
    """Return all optimal plans, or all within a share of the optimum, and the sites they share.

    Where there are too many plans to look at, each one found is excluded and the solver
    asked for another, at most `most_plans` times; then there are *at least* these. Whether
    a site is in every plan is then asked of the solver by closing it.

    Parameters
    ----------
    problem
        What is to be decided.
    model
        Name of an uncapacitated model.
    threshold_minutes
        For the coverage models.
    within_percent
        How much worse a plan may be, in per cent of the best objective. People without any
        way may not increase.
    most_plans, node_limit
        Most plans listed where not all can be looked at, fewer for large models, and the
        branch-and-bound nodes of each solve.

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[1.0, 9.0, 9.0], [9.0, 1.0, 1.0]]), np.array([5, 5]),
    ...                      ("a", "b", "c"), rules=Rules(site_count=2))
    >>> town_plans = all_optimal(town, "mclp", threshold_minutes=2)
    >>> town_plans.plans, town_plans.in_every
    ((('a', 'b'), ('a', 'c')), ('a',))
    """
    goal = goal_of(problem, model, threshold_minutes)
    allowed = choices(problem)
    if allowed is None or allowed.fewest > allowed.most:
        return Alternatives((), (), is_complete=True, in_every=(), in_some=(), is_sure=True)
    if is_small(allowed, goal):
        plans = _by_enumeration(goal, allowed, within_percent)
        return _alternatives(problem, goal, plans, is_complete=True)
    return _by_solver(problem, goal, allowed, (within_percent, most_plans), node_limit)


def _by_solver(
    problem: SitingProblem,
    goal: Goal,
    allowed: Choices,
    kept: tuple[float, int],
    most_nodes: int,
) -> Alternatives:
    """Return the plans within some per cent of the best, and at most how many, by the solver."""
    within_percent, most_plans = kept
    solves = MOST_SOLVED_CELLS // max(1, goal.times.ms.cells)
    most_plans = min(most_plans, 1 + solves)
    outcome = search(goal, allowed, most_nodes=most_nodes)
    if outcome.plan is None or not outcome.proved:
        return Alternatives(
            (), (), is_complete=outcome.is_infeasible, in_every=(), in_some=(), is_sure=False
        )
    best = outcome.plan
    if not solves:
        return _alternatives(problem, goal, [best], is_complete=False)
    limit = _limit(goal, best, within_percent)
    model = _model_within(goal, allowed, limit)
    plans, is_all = plans_within(model, goal, best, limit, most=most_plans, most_nodes=most_nodes)
    listed = _alternatives(problem, goal, plans, is_complete=is_all)
    if is_all:
        return listed
    return _with_needed(problem, goal, allowed, listed, limit, most_nodes)


def plans_within(
    model: LinearModel,
    goal: Goal,
    plan: Columns,
    limit: tuple[int, ...],
    *,
    most: int,
    most_nodes: int,
) -> tuple[list[Columns], bool]:
    """Return plans no worse than a limit, and whether these are all of them.

    Each plan found is excluded and the model solved again, until none is left or there
    are `most`.

    Parameters
    ----------
    model
        With the limit as a row, as from `limited_model`; it is not changed.
    goal
        What the model was made from.
    plan
        One that is known.
    limit
        Keys as `Goal.primary` gives them.
    most
        Most plans looked for.
    most_nodes
        Branch-and-bound nodes of each solve.
    """
    trial = model.copy()
    trial.exclude(plan)
    plans = [plan]
    while len(plans) < most:
        solution = trial.minimise(np.zeros(0), most_nodes=most_nodes)
        if solution.plan is None:
            return plans, solution.is_infeasible
        other = trial.plan(solution.plan)
        trial.exclude(other)
        if is_within(goal.primary(other[None]), limit)[0]:
            plans.append(other)
    return plans, False


def _limit(goal: Goal, plan: Columns, within_percent: float) -> tuple[int, ...]:
    """Return the worst keys that are still good enough; a share of people is rounded up."""
    *first, last = goal.primary(plan[None])[0].tolist()
    slack = int(np.floor(abs(last) * within_percent / 100 + 1e-9))
    return (*first, last + slack)


def _by_enumeration(goal: Goal, allowed: Choices, within_percent: float) -> list[Columns]:
    keys, plans = all_plans(goal, allowed, goal.primary)
    if not plans:
        return []
    best = plans[int(np.lexsort(keys.T[::-1])[0])]
    if goal.model == "lscp" and keys[:, 0].min() > 0:
        return []
    good = is_within(keys, _limit(goal, best, within_percent))
    return [plans[n] for n in np.flatnonzero(good)]


def _alternatives(
    problem: SitingProblem, goal: Goal, plans: list[Columns], *, is_complete: bool
) -> Alternatives:
    """Return the plans in order and what they have in common."""
    keyed = []
    for size in {len(plan) for plan in plans}:
        same_size = np.array([plan for plan in plans if len(plan) == size])
        both = goal.primary(same_size).tolist(), goal.ties(same_size).tolist()
        for keys, ties, plan in zip(*both, same_size, strict=True):
            keyed.append(((*keys, *ties, size, *plan.tolist()), keys[-1], plan))
    keyed.sort(key=lambda entry: entry[0])
    named = tuple(tuple(problem.site_ids[n] for n in plan) for _, _, plan in keyed)
    shared = set(named[0]).intersection(*named) if named else set()
    used = set().union(*named)
    return Alternatives(
        plans=named,
        objectives=tuple(in_units(goal, last) for _, last, _ in keyed),
        is_complete=is_complete,
        in_every=tuple(sorted(shared)),
        in_some=tuple(sorted(used - shared)),
        is_sure=is_complete,
    )


def _model_within(goal: Goal, allowed: Choices, limit: tuple[int, ...]) -> LinearModel:
    """Return a model of all plans within the limit, minutes included."""
    model = limited_model(goal, allowed, limit)
    limit_minutes(model, goal, allowed, limit)
    return model


def _with_needed(
    problem: SitingProblem,
    goal: Goal,
    allowed: Choices,
    listed: Alternatives,
    limit: tuple[int, ...],
    most_nodes: int,
) -> Alternatives:
    """Solve again without each site the listed plans share: needed are those without a plan."""
    needed, is_sure = [], True
    for name in listed.in_every:
        column = problem.site_ids.index(name)
        model = _model_within(goal, allowed, limit)
        model.high[column] = 0
        if model.low[column] > 0:
            needed.append(name)
            continue
        solution = model.minimise(np.zeros(0), most_nodes=most_nodes)
        is_sure = is_sure and (solution.is_infeasible or solution.plan is not None)
        if solution.is_infeasible:
            needed.append(name)
    used = {site for plan in listed.plans for site in plan}
    return replace(
        listed,
        in_every=tuple(needed),
        in_some=tuple(sorted(used - set(needed))),
        is_sure=is_sure,
    )
