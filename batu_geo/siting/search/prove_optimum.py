"""From a good plan to a proved one: bound, solver, tie rule, for each model."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.objective import best_of
from batu_geo.siting.search.formulations import (
    add_coverage,
    add_radius,
    require_coverage,
)
from batu_geo.siting.search.greedy_and_swap import (
    cover_costs,
    greedy,
    improved,
    median_costs,
    swapped,
    without_infinity,
)
from batu_geo.siting.search.lagrangian import lagrangian_bound
from batu_geo.siting.search.milp import site_model
from batu_geo.siting.search.p_median_milp import (
    fewest_missed,
    first_of_equal,
    least_minutes,
    never_reached,
    with_minutes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.problem.location_plan import Proof
    from batu_geo.siting.problem.objective import Cover, Goal
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.greedy_and_swap import Costs
    from batu_geo.siting.search.milp import LinearModel

    Columns = NDArray[np.intp]

# Above this many sites x rows the solver gives no useful answer in minutes.
LARGEST_COVERAGE = 2_500_000
LARGEST_MEDIAN = 150_000
IMPROVABLE_CELLS = 20_000_000
FIRST_CUTS = 5
SWAP_SHARE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A plan and what is known of it; `bound` is in the units of the last key.

    Attributes
    ----------
    plan
        None where none was found.
    bound
        No plan has a smaller last key, at the least keys before it.
    is_proved
        Whether the bound is the plan's own key.
    proof
        How: ``milp``, ``lagrangian`` or ``bound`` (all sites open would not do better).
    is_infeasible
        Whether it is certain that there is no plan.
    """

    plan: Columns | None
    bound: float
    is_proved: bool
    proof: Proof = "milp"
    is_infeasible: bool = False


def search(goal: Goal, allowed: Choices, *, deadline: float) -> Found:
    """Return the best plan that can be found and proved before the deadline.

    Parameters
    ----------
    goal
        The model.
    allowed
        From `choices`.
    deadline
        Reading of `time.monotonic`.
    """
    start = first_plan(goal, allowed, deadline=deadline)
    if start.is_infeasible:
        return start
    everything = np.flatnonzero(allowed.can_open)[None]
    ideal = tuple(goal.primary(everything)[0].tolist())
    if goal.model == "lscp":
        ideal = (ideal[0], int(allowed.fewest))
        if ideal[0] > 0:
            return Found(None, np.inf, is_proved=True, proof="bound", is_infeasible=True)
    plan = start.plan
    if plan is not None and tuple(goal.primary(plan[None])[0].tolist()) == ideal:
        return Found(plan, ideal[-1], is_proved=True, proof="bound")
    # A plan that leaves more people without a way may have less minutes for the others.
    is_floor = goal.cover is not None or len(goal.times.people) == 0
    floor = float(ideal[-1]) if is_floor else 0.0
    solve = {"p_median": _median, "p_centre": _centre, "lscp": _fewest}.get(goal.model, _coverage)
    found = solve(goal, allowed, plan, deadline)
    return replace(found, bound=max(found.bound, floor))


def first_plan(goal: Goal, allowed: Choices, *, deadline: float) -> Found:
    """Return a plan that keeps the rules, as good as greedy opening and swaps make it."""
    costs = _search_costs(goal, allowed)
    plan = greedy(costs, allowed)
    if plan is None:
        ending = site_model(allowed).minimise(np.zeros(0), deadline=deadline)
        if ending.values is None:
            return Found(None, -np.inf, is_proved=False, is_infeasible=ending.is_infeasible)
        plan = np.flatnonzero(ending.values > 0.5)
    if goal.model == "lscp":
        is_whole = goal.primary(plan[None])[0, 0] == 0
        return Found(plan if is_whole else None, -np.inf, is_proved=False)
    # The bound needs the larger part of the time.
    now = time.monotonic()
    plan = swapped(costs, allowed, plan, deadline=now + SWAP_SHARE * (deadline - now))
    cells = len(plan) * len(allowed.can_open) * len(goal.times.people)
    if goal.model in {"p_centre", "backup_coverage"} and cells < IMPROVABLE_CELLS:
        plan = improved(goal, allowed, plan, deadline=deadline)
    return Found(plan, -np.inf, is_proved=False)


def _search_costs(goal: Goal, allowed: Choices) -> Costs:
    if goal.cover is not None:
        return cover_costs(goal.cover)
    return without_infinity(median_costs(goal.times, allowed.can_open))


def _better(goal: Goal, first: Columns | None, second: Columns | None) -> Columns | None:
    if first is None or second is None:
        return second if first is None else first
    keys = [tuple(goal.primary(plan[None])[0].tolist()) for plan in (first, second)]
    return second if keys[1] < keys[0] else first


def _last_key(goal: Goal, plan: Columns | None) -> float:
    return np.inf if plan is None else float(goal.primary(plan[None])[0, -1])


def _coverage(goal: Goal, allowed: Choices, plan: Columns | None, deadline: float) -> Found:
    cover = _cover(goal)
    is_large = cover.within.size > LARGEST_COVERAGE and goal.need == 1
    if is_large and plan is not None:
        costs = cover_costs(cover)
        bounded = lagrangian_bound(costs, allowed, plan, swap_costs=costs, deadline=deadline)
        key = _last_key(goal, bounded.plan)
        bound = np.ceil(key + bounded.bound - bounded.cost - 1e-6)
        return Found(bounded.plan, bound, is_proved=bool(bound >= key), proof="lagrangian")
    model = site_model(allowed)
    people, already = add_coverage(model, cover, need=goal.need)
    if plan is not None:
        # Only what is as good as the plan in hand is looked for: large models take half as long.
        model.add_row(people, -_last_key(goal, plan) - already - 0.5, np.inf)
    # People are whole: a bound less than one person away is a proof.
    close = 0.9 / max(1.0, float(people.sum()))
    ending = model.minimise(-people, deadline=deadline, relative_gap=close)
    if ending.values is not None:
        plan = _better(goal, model.plan(ending.values), plan)
    bound = np.ceil(ending.bound - already - 1e-6 * max(1.0, abs(ending.bound) * 1e-3))
    key = _last_key(goal, plan)
    return Found(plan, bound, is_proved=bool(bound >= key), is_infeasible=ending.is_infeasible)


def _cover(goal: Goal) -> Cover:
    if goal.cover is None:
        raise ValueError(f"{goal.model} needs a threshold")
    return goal.cover


def _fewest(goal: Goal, allowed: Choices, plan: Columns | None, deadline: float) -> Found:
    cover = _cover(goal)
    model = site_model(allowed)
    require_coverage(model, cover.within[:, cover.base == 0])
    ending = model.minimise(np.ones(model.sites), deadline=deadline)
    if ending.values is not None:
        plan = _better(goal, model.plan(ending.values), plan)
    bound = np.ceil(ending.bound - 1e-6)
    key = _last_key(goal, plan)
    return Found(plan, bound, is_proved=bool(bound >= key), is_infeasible=ending.is_infeasible)


def _median(goal: Goal, allowed: Choices, plan: Columns | None, deadline: float) -> Found:
    if plan is None:
        return Found(None, -np.inf, is_proved=False)
    costs = median_costs(goal.times, allowed.can_open)
    model = site_model(allowed)
    bound = 0.0
    if np.isfinite(costs.total(plan)):
        bounded = lagrangian_bound(
            costs, allowed, plan, swap_costs=without_infinity(costs), most_steps=600,
            deadline=deadline,
        )  # fmt: skip
        plan, bound = bounded.plan, bounded.bound
        key = _last_key(goal, plan)
        if np.ceil(bound) >= key:
            return Found(plan, key, is_proved=True, proof="lagrangian")
        model.high[bounded.is_out] = 0
        model.low[bounded.is_in] = 1
    free = int((model.high[: model.sites] > model.low[: model.sites]).sum())
    if free * len(goal.times.people) > LARGEST_MEDIAN:
        return Found(plan, bound, is_proved=False, proof="lagrangian")
    best = least_minutes(model, goal, allowed, plan, deadline=deadline)
    bound = max(best.bound, bound)
    return Found(best.plan, bound, is_proved=best.is_proved)


def _centre(goal: Goal, allowed: Choices, plan: Columns | None, deadline: float) -> Found:
    if plan is None:
        return Found(None, -np.inf, is_proved=False)
    times = goal.times
    model = site_model(allowed)
    missed, plan, is_sure = fewest_missed(goal, allowed, plan, deadline)
    if not is_sure:
        return Found(plan, 0.0, is_proved=False)
    values = np.unique(np.r_[0.0, times.ms[np.isfinite(times.ms)], times.base])
    low = -1
    high = int(np.searchsorted(values, _last_key(goal, plan)))
    while high - low > 1:
        middle = (low + high) // 2
        trial = model.copy()
        add_radius(trial, times, values[middle], most_missed=missed)
        ending = trial.minimise(np.zeros(0), deadline=deadline)
        if ending.is_infeasible:
            low = middle
        elif ending.values is not None:
            plan = _better(goal, plan, trial.plan(ending.values))
            high = min(middle, int(np.searchsorted(values, _last_key(goal, plan))))
        else:
            return Found(plan, float(values[low + 1]), is_proved=False)
    return Found(plan, _last_key(goal, plan), is_proved=True)


def hold(goal: Goal, allowed: Choices, limit: tuple[float, ...]) -> LinearModel:
    """Return a model of all plans whose objective is no worse than the limit.

    Parameters
    ----------
    goal
        The model; for p-median the limit on minutes is left to `least_minutes`.
    allowed
        From `choices`.
    limit
        Keys as `Goal.primary` gives them.
    """
    model = site_model(allowed)
    if goal.model in {"mclp", "backup_coverage"}:
        people, already = add_coverage(model, _cover(goal), need=goal.need)
        model.add_row(people, -limit[0] - already, np.inf)
    elif goal.model == "lscp":
        cover = _cover(goal)
        require_coverage(model, cover.within[:, cover.base == 0])
        model.add_row(np.ones(model.sites), 0, limit[1])
    elif goal.model == "p_centre":
        missed = limit[0] - never_reached(goal, allowed)
        add_radius(model, goal.times, limit[1], most_missed=missed)
    return model


def limit_minutes(
    model: LinearModel, goal: Goal, allowed: Choices, limit: tuple[float, ...]
) -> None:
    """Add to a model that holds a p-median objective its limit on person-milliseconds."""
    if goal.model == "p_median":
        missed = limit[0] - never_reached(goal, allowed)
        levels = np.full(len(goal.times.people), len(goal.times.ms))
        cost, always, _, scale = with_minutes(model, goal, levels, missed)
        model.add_row(cost / scale, -np.inf, (limit[1] - always) / scale + 1e-6)


def settle(goal: Goal, allowed: Choices, plan: Columns, *, deadline: float) -> tuple[Columns, bool]:
    """Return the first by the tie rule of all plans as good as a proved one, and if it is sure."""
    limit = tuple(goal.primary(plan[None])[0].tolist())
    model = hold(goal, allowed, limit)
    if goal.model != "p_median":
        equal, is_all = plans_within(model, goal, plan, limit, most=FIRST_CUTS, deadline=deadline)
        plan = best_of(goal, [other[None] for other in equal])
        if is_all:
            return plan, True
        least = least_minutes(model, goal, allowed, plan, deadline=deadline)
        plan = least.plan
        if not least.is_proved:
            return plan, False
    return first_of_equal(model, goal, allowed, plan, deadline=deadline)


def plans_within(
    model: LinearModel,
    goal: Goal,
    plan: Columns,
    limit: tuple[int, ...],
    *,
    most: int,
    deadline: float,
) -> tuple[list[Columns], bool]:
    """Return plans no worse than a limit, and whether these are all of them.

    Each plan found is excluded and the model solved again, until none is left or there
    are `most`.

    Parameters
    ----------
    model
        Holds the limit already, as from `hold`; it is left as it is.
    goal
        What the model was made from.
    plan
        One that is known.
    limit
        Keys as `Goal.primary` gives them.
    most
        Most plans looked for.
    deadline
        Of the clock, in seconds.
    """
    trial = model.copy()
    trial.exclude(plan)
    found = [plan]
    while len(found) < most:
        ending = trial.minimise(np.zeros(0), deadline=deadline)
        if ending.values is None:
            return found, ending.is_infeasible
        other = trial.plan(ending.values)
        trial.exclude(other)
        if is_within(goal.primary(other[None]), limit)[0]:
            found.append(other)
    return found, False


def is_within(keys: NDArray[np.int64], limit: tuple[int, ...]) -> NDArray[np.bool_]:
    """Say of each plan whether none of its keys is worse than the limit."""
    return np.asarray((keys <= np.array(limit)).all(axis=1))
