"""The least person-minutes under rules already in a model, and the first of equal plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.objective import best_of
from batu_geo.siting.search.formulations import add_minutes, add_reach
from batu_geo.siting.search.milp import site_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.problem.objective import Goal
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.milp import LinearModel

    Numbers = NDArray[np.float64]
    Columns = NDArray[np.intp]

# Up to this many sites x rows every distinct time of a row stands in the model.
WHOLE_CELLS = 20_000
SPARE_LEVELS = 3
# The solver's own tolerance on a sum of minutes, as a share of it.
TOLERANCE = 1e-7
MOST_CUTS = 12
BITS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Least:
    """A plan of least minutes, with a bound in person-milliseconds."""

    plan: Columns
    bound: float
    is_proved: bool


def never_reached(goal: Goal, allowed: Choices) -> float:
    """Return the people no unit and no site that may open has a way from."""
    times = goal.times
    ways = np.isfinite(times.ms[allowed.can_open]).any(axis=0) | np.isfinite(times.base)
    return float(times.people[~ways].sum())


def fewest_missed(
    goal: Goal,
    allowed: Choices,
    plan: Columns,
    deadline: float,
    model: LinearModel | None = None,
) -> tuple[float, Columns, bool]:
    """Return the fewest people new sites leave without a way, such a plan, whether it is sure.

    People no site and no unit has a way from are not counted. Without a model, only the
    rules hold.
    """
    never = never_reached(goal, allowed)
    missed = float(goal.ties(plan[None])[0, 0]) - never
    if missed == 0:
        return 0.0, plan, True
    model = site_model(allowed) if model is None else model.copy()
    people, _ = add_reach(model, goal.times, most_missed=np.inf)
    ending = model.minimise(people, deadline=deadline)
    if ending.values is not None:
        other = model.plan(ending.values)
        if goal.ties(other[None])[0, 0] < goal.ties(plan[None])[0, 0]:
            plan = other
        missed = float(goal.ties(plan[None])[0, 0]) - never
    return missed, plan, bool(np.ceil(ending.bound - 1e-6) >= missed)


def least_minutes(
    model: LinearModel, goal: Goal, allowed: Choices, plan: Columns, *, deadline: float
) -> Least:
    """Return the plan of a model with the fewest people unreached, then the least minutes.

    Parameters
    ----------
    model
        Sites and what holds for them; it is not changed.
    goal
        For its times.
    allowed
        The rules a rounded solution is checked against.
    plan
        A plan of the model.
    deadline
        Reading of `time.monotonic` to stop at.
    """
    missed, plan, is_sure = fewest_missed(goal, allowed, plan, deadline, model)
    if not is_sure:
        return Least(plan, 0.0, is_proved=False)
    levels = _levels(goal, plan)
    while True:
        trial = model.copy()
        cost, always, cut, scale = with_minutes(trial, goal, levels, missed)
        ending = trial.minimise(cost / scale, deadline=deadline)
        bound = max(ending.bound * scale + always, 0.0)
        if ending.values is not None:
            plan = _better(goal, plan, trial.plan(ending.values))
        least = float(goal.ties(plan[None])[0, 1])
        if not ending.is_proved or ending.values is None:
            return Least(plan, min(bound, least), is_proved=False)
        used = np.flatnonzero(cut >= 0)
        used = used[ending.values[cut[used]] > 1e-6]
        if least - bound <= TOLERANCE * least + 0.5:
            return Least(plan, least, is_proved=True)
        if not len(used):
            return Least(plan, bound, is_proved=False)
        levels[used] *= 2


def _levels(goal: Goal, plan: Columns) -> Columns:
    """Return how many distinct times of each row to start with: to its site and a few more."""
    times = goal.times
    if times.ms.size <= WHOLE_CELLS:
        return np.full(len(times.people), len(times.ms))
    nearest = np.minimum(times.ms[plan].min(axis=0, initial=np.inf), times.base)
    found: Columns = (times.ms < nearest).sum(axis=0) + SPARE_LEVELS
    return found


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
    keys = [
        (*goal.primary(p[None])[0].tolist(), *goal.ties(p[None])[0].tolist()) for p in (plan, other)
    ]
    return other if keys[1] < keys[0] else plan


def first_of_equal(
    model: LinearModel, goal: Goal, allowed: Choices, plan: Columns, *, deadline: float
) -> tuple[Columns, bool]:
    """Return the plan that comes first by the tie rule among those equal to one, and if it is sure.

    Plans are excluded one by one until none is left that is as good; after a dozen the
    sites are settled in order of their ids instead, twenty at a time.

    Parameters
    ----------
    model
        Sites and the objective held; it is not changed.
    goal, allowed
        The model and its rules.
    plan
        A plan of the best objective and, of those, the least minutes.
    deadline
        Reading of `time.monotonic` to stop at.
    """
    missed, least = goal.ties(plan[None])[0].tolist()
    held = model.copy()
    spare = missed - never_reached(goal, allowed)
    cost, always, cut, scale = with_minutes(held, goal, _levels(goal, plan), spare)
    held.add_row(cost / scale, -np.inf, (least - always) / scale + 1e-6)
    primary = goal.primary(plan[None])[0].tolist()
    equal = [plan]
    trial = held.copy()
    trial.exclude(plan)
    for _ in range(MOST_CUTS):
        ending = trial.minimise(np.ones(held.sites), deadline=deadline)
        if ending.is_infeasible:
            return best_of(goal, [p[None] for p in equal]), True
        if ending.values is None:
            return best_of(goal, [p[None] for p in equal]), False
        other = trial.plan(ending.values)
        is_equal = goal.primary(other[None])[0].tolist() == primary and goal.ties(other[None])[
            0
        ].tolist() == [missed, least]
        trial.exclude(other)
        if is_equal:
            equal.append(other)
    found = best_of(goal, [p[None] for p in equal])
    if (cut >= 0).any():
        return found, False
    return _by_ids(held, goal, found, deadline=deadline)


def _by_ids(
    held: LinearModel, goal: Goal, plan: Columns, *, deadline: float
) -> tuple[Columns, bool]:
    """Return the plan with the fewest sites and then the lowest ids, and whether it is sure."""
    model = held.copy()
    ending = model.minimise(np.ones(model.sites), deadline=deadline)
    if not ending.is_proved or ending.values is None:
        return plan, False
    model.add_row(np.ones(model.sites), -np.inf, float(len(model.plan(ending.values))))
    for start in range(0, model.sites, BITS):
        part = np.arange(start, min(start + BITS, model.sites))
        weight = np.zeros(model.sites)
        weight[part] = -(2.0 ** (len(part) - 1 - np.arange(len(part))))
        ending = model.minimise(weight, deadline=deadline)
        if not ending.is_proved or ending.values is None:
            return plan, False
        model.low[part] = model.high[part] = np.rint(ending.values[part])
    found = np.flatnonzero(model.low[: model.sites] > 0.5)
    keys = [
        goal.primary(p[None])[0].tolist() + goal.ties(p[None])[0].tolist() for p in (found, plan)
    ]
    if keys[0] != keys[1]:
        return plan, False
    return best_of(goal, [found[None], plan[None]]), True
