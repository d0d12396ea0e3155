"""The bound lies below every plan, and what it rules out no good plan needs."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import lagrangian
from batu_geo.siting.search.greedy_and_swap import (
    cover_costs,
    greedy,
    median_costs,
    swapped,
    without_infinity,
)
from batu_geo.siting.search.lagrangian import lagrangian_bound
from tests.siting.worlds import THRESHOLD, all_plans, random_problem


@pytest.mark.parametrize("fewest_near", [20, 1])
@pytest.mark.parametrize("model", ["p_median", "mclp"])
@pytest.mark.slow
def test_bound_and_fixing_hold_for_every_plan(model: str, fewest_near: int, monkeypatch) -> None:
    monkeypatch.setattr(lagrangian, "FEWEST_NEAR", fewest_near)
    monkeypatch.setattr(lagrangian, "NEAR_SHARE", 0 if fewest_near == 1 else 4)
    compared = 0
    for seed in range(150):
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        goal = goal_of(problem, model, THRESHOLD if model == "mclp" else None)
        costs = (
            cover_costs(goal.cover) if goal.cover else median_costs(goal.times, allowed.can_open)
        )
        finite = without_infinity(costs)
        plan = greedy(finite, allowed)
        if plan is None or not np.isfinite(costs.total(plan)):
            continue
        plan = swapped(finite, allowed, plan)
        assert allowed.allows(plan)
        outcome, fixed = lagrangian_bound(costs, allowed, plan, swap_costs=finite, most_steps=80)
        best = costs.total(outcome.require())
        for other in all_plans(problem):
            opened = np.array(other, dtype=np.intp)
            cost = costs.total(opened)
            assert outcome.bound <= cost, seed
            if cost <= best:
                assert not fixed.is_closed[opened].any(), seed
                assert set(np.flatnonzero(fixed.is_open)) <= set(other), seed
        compared += 1
    assert compared > 60


def test_a_hill_far_from_two_hamlets_is_ruled_out_and_their_sites_are_needed() -> None:
    """Each hamlet of 10 has a site at 1 minute, 9 from the other's; the hill is 20 from both."""
    problem = SitingProblem(
        np.array([[1.0, 9, 20], [9, 1, 20]]), np.array([10, 10]), ("a", "b", "hill"),
        rules=Rules(site_count=2),
    )  # fmt: skip
    allowed = choices(problem)
    costs = median_costs(goal_of(problem, "p_median", None).times, allowed.can_open)
    outcome, fixed = lagrangian_bound(costs, allowed, np.array([0, 2]), swap_costs=costs)
    assert outcome.require().tolist() == [0, 1]
    assert outcome.bound == pytest.approx(20 * MS_PER_MINUTE)
    assert fixed.is_closed.tolist() == [False, False, True]
    assert fixed.is_open.tolist() == [True, True, False]


def test_where_everybody_reaches_every_site_the_bound_meets_the_best_plan() -> None:
    """The relaxed p-median of so few sites is nearly always whole: nothing lies between."""
    met = 0
    for seed in range(40):
        problem = random_problem(np.random.default_rng(seed), plain=True)
        allowed = choices(problem)
        costs = median_costs(goal_of(problem, "p_median", None).times, allowed.can_open)
        finite = without_infinity(costs)
        plan = swapped(finite, allowed, greedy(costs, allowed))
        outcome, _ = lagrangian_bound(costs, allowed, plan, swap_costs=finite, most_steps=200)
        best = min(costs.total(np.array(other, dtype=np.intp)) for other in all_plans(problem))
        assert outcome.bound <= best
        met += best - outcome.bound <= 1e-6 * best
    assert met >= 36
