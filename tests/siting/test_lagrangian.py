"""The bound lies below every plan, and what it rules out no good plan needs."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.rules import choices
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
