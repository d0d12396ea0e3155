"""Proof of the optimum beyond enumeration: bound, solver and second objective of each model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.outcome import Outcome
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
from batu_geo.siting.search.milp import TIE_BREAK_NODES, site_model
from batu_geo.siting.search.p_median_milp import (
    fewest_missed,
    least_minutes,
    never_reached,
    with_minutes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns
    from batu_geo.siting.problem.objective import Cover, Goal
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.greedy_and_swap import Costs
    from batu_geo.siting.search.milp import LinearModel


# Above this many sites x rows the solver gives no useful answer in minutes.
LARGEST_COVERAGE = 2_500_000
LARGEST_MEDIAN = 150_000
IMPROVABLE_CELLS = 20_000_000
# The second objective: sites x rows it is solved for, and for which sites go by their ids.
LARGEST_TIE_BREAK, LARGEST_ID_RULE = 20_000, 150_000


def search(goal: Goal, allowed: Choices, *, most_nodes: int) -> Outcome[Columns]:
    """Return the best plan that can be found and proved within a number of nodes.

    Parameters
    ----------
    goal
        The model.
    allowed
        From `choices`.
    most_nodes
        Branch-and-bound nodes of each solve to stop after.
    """
    start = first_plan(goal, allowed, most_nodes=most_nodes)
    if start.is_infeasible:
        return start
    everything = np.flatnonzero(allowed.can_open)[None]
    ideal = tuple(goal.primary(everything)[0].tolist())
    if goal.model == "lscp":
        ideal = (ideal[0], int(allowed.fewest))
        if ideal[0] > 0:
            return Outcome(None, np.inf, proved=True, how="bound")
    plan = start.plan
    if plan is not None and tuple(goal.primary(plan[None])[0].tolist()) == ideal:
        return Outcome(plan, ideal[-1], proved=True, how="bound")
    # A plan that leaves more people without a way may have less minutes for the others.
    is_floor = goal.cover is not None or len(goal.times.people) == 0
    floor = float(ideal[-1]) if is_floor else 0.0
    solve = {"p_median": _median, "p_centre": _centre, "lscp": _fewest}.get(goal.model, _coverage)
    outcome = solve(goal, allowed, plan, most_nodes)
    return replace(outcome, bound=max(outcome.bound, floor))


def first_plan(goal: Goal, allowed: Choices, *, most_nodes: int) -> Outcome[Columns]:
    """Return a plan that keeps the rules, as good as greedy opening and swaps make it."""
    costs = _search_costs(goal, allowed)
    plan = greedy(costs, allowed)
    if plan is None:
        solution = site_model(allowed).minimise(np.zeros(0), most_nodes=most_nodes)
        if solution.plan is None:
            return Outcome(None, solution.bound, proved=solution.is_infeasible, how="milp")
        plan = np.flatnonzero(solution.plan > 0.5)
    if goal.model == "lscp":
        is_whole = goal.primary(plan[None])[0, 0] == 0
        return Outcome(plan if is_whole else None, -np.inf, proved=False, how="milp")
    plan = swapped(costs, allowed, plan)
    cells = len(plan) * len(allowed.can_open) * len(goal.times.people)
    if goal.model in {"p_centre", "backup_coverage"} and cells < IMPROVABLE_CELLS:
        plan = improved(goal, allowed, plan)
    return Outcome(plan, -np.inf, proved=False, how="milp")


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


def _coverage(
    goal: Goal, allowed: Choices, plan: Columns | None, most_nodes: int
) -> Outcome[Columns]:
    cover = _cover(goal)
    is_large = cover.within.cells > LARGEST_COVERAGE and goal.need == 1
    if is_large and plan is not None:
        costs = cover_costs(cover)
        bounded, _ = lagrangian_bound(costs, allowed, plan, swap_costs=costs)
        plan = bounded.require()
        key = _last_key(goal, plan)
        bound = np.ceil(key + bounded.bound - costs.total(plan) - 1e-6)
        return Outcome(plan, bound, proved=bool(bound >= key), how="lagrangian")
    model = site_model(allowed)
    people, already = add_coverage(model, cover, need=goal.need)
    if plan is not None:
        # Only what is as good as the plan in hand is looked for: large models take half as long.
        model.add_row(people, -_last_key(goal, plan) - already - 0.5, np.inf)
    # People are whole: a bound less than one person away is a proof.
    close = 0.9 / max(1.0, float(people.sum()))
    solution = model.minimise(-people, most_nodes=most_nodes, relative_gap=close)
    if solution.plan is not None:
        plan = _better(goal, model.plan(solution.plan), plan)
    if solution.is_infeasible:
        return Outcome(plan, np.inf if plan is None else -np.inf, proved=plan is None, how="milp")
    bound = np.ceil(solution.bound - already - 1e-6 * max(1.0, abs(solution.bound) * 1e-3))
    key = _last_key(goal, plan)
    return Outcome(plan, bound, proved=bool(bound >= key), how="milp")


def _cover(goal: Goal) -> Cover:
    if goal.cover is None:
        raise ValueError(f"{goal.model} needs a threshold")
    return goal.cover


def _fewest(
    goal: Goal, allowed: Choices, plan: Columns | None, most_nodes: int
) -> Outcome[Columns]:
    cover = _cover(goal)
    model = site_model(allowed)
    require_coverage(model, cover.within, np.flatnonzero(cover.base == 0))
    solution = model.minimise(np.ones(model.sites), most_nodes=most_nodes)
    if solution.plan is not None:
        plan = _better(goal, model.plan(solution.plan), plan)
    if solution.is_infeasible:
        return Outcome(plan, np.inf if plan is None else -np.inf, proved=plan is None, how="milp")
    bound = np.ceil(solution.bound - 1e-6)
    key = _last_key(goal, plan)
    return Outcome(plan, bound, proved=bool(bound >= key), how="milp")


def _median(
    goal: Goal, allowed: Choices, plan: Columns | None, most_nodes: int
) -> Outcome[Columns]:
    if plan is None:
        return Outcome(None, -np.inf, proved=False, how="milp")
    costs = median_costs(goal.times, allowed.can_open)
    model = site_model(allowed)
    bound = 0.0
    if np.isfinite(costs.total(plan)):
        bounded, fixed = lagrangian_bound(
            costs, allowed, plan, swap_costs=without_infinity(costs), most_steps=600
        )
        plan, bound = bounded.require(), bounded.bound
        key = _last_key(goal, plan)
        if np.ceil(bound) >= key:
            return Outcome(plan, key, proved=True, how="lagrangian")
        model.high[fixed.is_closed] = 0
        model.low[fixed.is_open] = 1
    free = int((model.high[: model.sites] > model.low[: model.sites]).sum())
    if free * len(goal.times.people) > LARGEST_MEDIAN:
        return Outcome(plan, bound, proved=False, how="lagrangian")
    best = least_minutes(model, goal, allowed, plan, most_nodes=most_nodes)
    bound = max(best.bound, bound)
    return Outcome(best.plan, bound, proved=best.proved, how="milp")


def _centre(
    goal: Goal, allowed: Choices, plan: Columns | None, most_nodes: int
) -> Outcome[Columns]:
    if plan is None:
        return Outcome(None, -np.inf, proved=False, how="milp")
    times = goal.times
    model = site_model(allowed)
    fewest = fewest_missed(goal, allowed, plan, model, most_nodes=most_nodes)
    plan = fewest.require()
    if not fewest.proved:
        return Outcome(plan, 0.0, proved=False, how="milp")
    values = np.unique(np.r_[0.0, times.ms.value, times.base])
    low = -1
    high = int(np.searchsorted(values, _last_key(goal, plan)))
    while high - low > 1:
        middle = (low + high) // 2
        trial = model.copy()
        add_radius(trial, times, values[middle], most_missed=fewest.bound)
        solution = trial.minimise(np.zeros(0), most_nodes=most_nodes)
        if solution.is_infeasible:
            low = middle
        elif solution.plan is not None:
            plan = _better(goal, plan, trial.plan(solution.plan))
            high = min(middle, int(np.searchsorted(values, _last_key(goal, plan))))
        else:
            return Outcome(plan, float(values[low + 1]), proved=False, how="milp")
    return Outcome(plan, _last_key(goal, plan), proved=True, how="milp")


def limited_model(goal: Goal, allowed: Choices, limit: tuple[float, ...]) -> LinearModel:
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
        require_coverage(model, cover.within, np.flatnonzero(cover.base == 0))
        model.add_row(np.ones(model.sites), 0, limit[1])
    elif goal.model == "p_centre":
        missed = limit[0] - never_reached(goal, allowed)
        add_radius(model, goal.times, limit[1], most_missed=missed)
    return model


def limit_minutes(
    model: LinearModel, goal: Goal, allowed: Choices, limit: tuple[float, ...]
) -> None:
    """Add the limit on person-milliseconds to a model of the p-median."""
    if goal.model == "p_median":
        missed = limit[0] - never_reached(goal, allowed)
        levels = np.full(len(goal.times.people), goal.times.ms.shape[0])
        cost, always, _, scale = with_minutes(model, goal, levels, missed)
        model.add_row(cost / scale, -np.inf, (limit[1] - always) / scale + 1e-6)


def tie_break(goal: Goal, allowed: Choices, plan: Columns) -> Outcome[Columns]:
    """Return the plan by the second objective, of those as good as a proved one.

    The second objective is fewest people unreached, then least person-minutes. It is limited
    by the size of the model and by branch-and-bound nodes, never by time, so that the plan
    does not depend on the speed of the computer. Where it is cut off the result is not
    proved and its plan is the one of fewest sites and lowest ids that the solver gives.

    Parameters
    ----------
    goal, allowed
        The model and its rules.
    plan
        A plan of the best objective.
    """
    outcome = _second_objective(goal, allowed, plan)
    return replace(outcome, plan=_needed_sites(goal, allowed, outcome.require()))


def _second_objective(goal: Goal, allowed: Choices, plan: Columns) -> Outcome[Columns]:
    if goal.model == "p_median":
        # Its objective is the second objective.
        return Outcome(plan, float(goal.primary(plan[None])[0, -1]), proved=True, how="bound")
    cells = goal.times.ms.cells
    if cells > LARGEST_ID_RULE:
        return Outcome(plan, 0.0, proved=False, how="milp")
    limit = tuple(goal.primary(plan[None])[0].tolist())
    model = limited_model(goal, allowed, limit)
    if cells <= LARGEST_TIE_BREAK:
        least = least_minutes(model, goal, allowed, plan, most_nodes=TIE_BREAK_NODES)
        if least.proved:
            return least
    return Outcome(_lowest_ids(model, goal, plan, limit), 0.0, proved=False, how="milp")


def _needed_sites(goal: Goal, allowed: Choices, plan: Columns) -> Columns:
    """Return a plan without the sites that change neither objective, the highest id first."""

    def worth(sites: Columns) -> tuple[int, ...]:
        row = sites[None]
        return (*goal.primary(row)[0].tolist(), *goal.ties(row)[0].tolist())

    kept, known = plan, worth(plan)
    for site in np.sort(plan)[::-1].tolist():
        fewer = kept[kept != site]
        if allowed.allows(fewer) and worth(fewer) <= known:
            kept, known = fewer, worth(fewer)
    return kept


def _lowest_ids(model: LinearModel, goal: Goal, plan: Columns, limit: tuple[int, ...]) -> Columns:
    """Return the plan of a model with the fewest sites, then the least sum of their places."""
    weight = float(model.sites) ** 2 + np.arange(model.sites)
    solution = model.minimise(weight / weight.max(initial=1.0), most_nodes=TIE_BREAK_NODES)
    if solution.plan is None:
        return plan
    other = model.plan(solution.plan)
    return other if is_within(goal.primary(other[None]), limit)[0] else plan


def is_within(keys: NDArray[np.int64], limit: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return for each plan whether none of its keys is worse than the limit."""
    return np.asarray((keys <= np.array(limit)).all(axis=1))
