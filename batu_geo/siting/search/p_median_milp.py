"""The p-median as a mixed-integer model: least person-minutes under rules already in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.search.formulations import add_minutes, add_reach
from batu_geo.siting.search.milp import ALL_NODES, TOLERANCE

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Numbers
    from batu_geo.siting.problem.objective import Goal
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.milp import LinearModel


# Up to this many sites x rows the model has every distinct time of a row.
WHOLE_CELLS = 20_000
SPARE_LEVELS = 3


def never_reached(goal: Goal, allowed: Choices) -> float:
    """Return the people no unit and no site that may open has a way from."""
    times = goal.times
    ways = (times.ms.of_lines(allowed.can_open).count() > 0) | np.isfinite(times.base)
    return float(times.people[~ways].sum())


def fewest_missed(
    goal: Goal,
    allowed: Choices,
    plan: Columns,
    model: LinearModel,
    *,
    most_nodes: int = ALL_NODES,
) -> Outcome[Columns]:
    """Return the plan of a model that leaves fewest people unreached, and a bound on them.

    People no site and no unit can be reached from are not counted in the bound.
    """
    never = never_reached(goal, allowed)
    missed = float(goal.ties(plan[None])[0, 0]) - never
    if missed == 0:
        return Outcome(plan, 0.0, proved=True, how="bound")
    model = model.copy()
    people, _ = add_reach(model, goal.times, most_missed=np.inf)
    solution = model.minimise(people, most_nodes=most_nodes)
    if solution.plan is not None:
        other = model.plan(solution.plan)
        if goal.ties(other[None])[0, 0] < goal.ties(plan[None])[0, 0]:
            plan = other
        missed = float(goal.ties(plan[None])[0, 0]) - never
    bound = float(np.ceil(solution.bound - 1e-6))
    return Outcome(plan, min(bound, missed), proved=bound >= missed, how="milp")


def least_minutes(
    model: LinearModel,
    goal: Goal,
    allowed: Choices,
    plan: Columns,
    *,
    most_nodes: int = ALL_NODES,
) -> Outcome[Columns]:
    """Return the plan of a model with fewest people unreached, then least person-milliseconds.

    Parameters
    ----------
    model
        Sites and their rules; it is not changed.
    goal
        For its times.
    allowed
        The rules a rounded solution is checked against.
    plan
        A plan of the model.
    most_nodes
        Branch-and-bound nodes of each solve to stop after.
    """
    fewest = fewest_missed(goal, allowed, plan, model, most_nodes=most_nodes)
    plan = fewest.require()
    if not fewest.proved:
        return Outcome(plan, 0.0, proved=False, how="milp")
    levels = _levels(goal, plan)
    while True:
        trial = model.copy()
        cost, always, cut, scale = with_minutes(trial, goal, levels, fewest.bound)
        solution = trial.minimise(cost / scale, most_nodes=most_nodes)
        bound = max(solution.bound * scale + always, 0.0)
        if solution.plan is not None:
            plan = _better(goal, plan, trial.plan(solution.plan))
        least = float(goal.ties(plan[None])[0, 1])
        if not solution.proved or solution.plan is None:
            return Outcome(plan, min(bound, least), proved=False, how="milp")
        used = np.flatnonzero(cut >= 0)
        used = used[solution.plan[cut[used]] > 1e-6]
        if least - bound <= TOLERANCE * least + 0.5:
            return Outcome(plan, least, proved=True, how="milp")
        if not len(used):
            return Outcome(plan, bound, proved=False, how="milp")
        levels[used] *= 2


def _levels(goal: Goal, plan: Columns) -> Columns:
    """Return how many distinct times of each row to start with: to its site and a few more."""
    times = goal.times
    if times.ms.cells <= WHOLE_CELLS:
        return np.full(len(times.people), times.ms.shape[0])
    nearest = times.ms.lowered(times.base, plan[None])[0]
    nearer = times.ms.kept(times.ms.value < nearest[times.ms.at])
    levels: Columns = nearer.count() + SPARE_LEVELS
    return levels


def with_minutes(
    model: LinearModel, goal: Goal, levels: Columns, missed: float
) -> tuple[Numbers, float, Columns, float]:
    """Add the minutes; return their cost, what is always paid, what is cut short, and a scale."""
    _, column_of = add_reach(model, goal.times, most_missed=missed)
    cost, always, cut = add_minutes(model, goal.times, levels, column_of)
    whole = np.abs(cost[cost != 0]).astype(np.int64)
    common = int(np.gcd.reduce(whole)) if len(whole) else 1
    largest = float(whole.max(initial=1))
    return cost, always, cut, max(float(common), largest / 1e6)


def _better(goal: Goal, plan: Columns, other: Columns) -> Columns:
    """Return the better plan; of equal ones the solver's, which does not depend on speed."""
    keys = [
        (*goal.primary(p[None])[0].tolist(), *goal.ties(p[None])[0].tolist()) for p in (plan, other)
    ]
    return other if keys[1] <= keys[0] else plan
