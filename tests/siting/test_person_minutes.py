"""Person-minutes of plans in any order and of any likeness are those of the whole table."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.siting_problem import SitingProblem


@pytest.mark.parametrize("seed", range(20))
def test_plans_one_after_another_are_plans_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 40, 60)
    minutes = np.where(rng.random((60, 9)) < 0.5, np.inf, rng.uniform(1, 30, (60, 9)).round(2))
    units = np.where(rng.random((60, 2)) < 0.6, np.inf, rng.uniform(1, 30, (60, 2)).round(2))
    names = tuple(f"s{n}" for n in range(9))
    goal = goal_of(SitingProblem(minutes, people, names, existing_minutes=units), "p_median")
    plans = rng.integers(0, 9, (80, 4))  # with sites twice in a plan, and plans twice
    plans[::3] = np.sort(plans[::3], axis=1)
    plans[20:40, :2] = plans[20, :2]
    ms = np.rint(minutes * 60_000)
    now = np.rint(units * 60_000).min(axis=1)
    for sites, (unreached, person_ms) in zip(plans, goal.ties(plans), strict=True):
        best = np.minimum(now, ms[:, sites].min(axis=1))
        reached = np.isfinite(best)
        assert unreached == people[~reached].sum()
        assert person_ms == (best[reached] * people[reached]).sum()
    is_out = np.isinf(now)
    of_today = [people[is_out].sum(), (now[~is_out] * people[~is_out]).sum()]
    assert goal.ties(plans[:, :0])[0].tolist() == of_today
