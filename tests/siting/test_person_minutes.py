"""Person-minutes of plans in any order and of any likeness are those of the whole table."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting.problem.objective import MANY_PLANS, goal_of
from batu_geo.siting.problem.same_order import same_order
from batu_geo.siting.problem.siting_problem import SitingProblem


@pytest.mark.parametrize("count", [MANY_PLANS - 20, MANY_PLANS])
@pytest.mark.parametrize("seed", range(20))
def test_plans_one_after_another_and_many_at_once_are_plans_alone(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 40, 60)
    minutes = np.where(rng.random((60, 9)) < 0.5, np.inf, rng.uniform(1, 30, (60, 9)).round(2))
    units = np.where(rng.random((60, 2)) < 0.6, np.inf, rng.uniform(1, 30, (60, 2)).round(2))
    names = tuple(f"s{n}" for n in range(9))
    problem = SitingProblem(minutes, people, names, existing_minutes=units)
    goal = goal_of(problem, "p_median")
    plans = rng.integers(0, 9, (count, 4))  # with sites twice in a plan, and plans twice
    plans[::3] = np.sort(plans[::3], axis=1)
    plans[20:40, :2] = plans[20, :2]
    ms = np.rint(minutes * 60_000)
    now = np.rint(units * 60_000).min(axis=1)
    worst = goal_of(problem, "p_centre").primary(plans)[:, 1]
    for sites, (unreached, person_ms), longest in zip(plans, goal.ties(plans), worst, strict=True):
        best = np.minimum(now, ms[:, sites].min(axis=1))
        reached = np.isfinite(best)
        assert unreached == people[~reached].sum()
        assert person_ms == (best[reached] * people[reached]).sum()
        assert longest == best[reached & (people > 0)].max(initial=0)
    is_out = np.isinf(now)
    of_today = [people[is_out].sum(), (now[~is_out] * people[~is_out]).sum()]
    assert goal.ties(plans[:, :0])[0].tolist() == of_today


def test_people_with_the_same_order_of_sites_are_one_row() -> None:
    minutes = np.array([[1.0, 2.0], [3.0, 8.0], [4.0, 4.0], [2.0, 1.0], [1.0, 2.0]])
    people = np.array([5, 7, 1, 2, 0])
    goal = goal_of(SitingProblem(minutes, people, ("a", "b")), "p_median")
    towns = same_order(goal.times.ms, goal.times.base, goal.times.people)
    assert towns.people.tolist() == [13, 2]
    assert (towns.person_ms / 60_000).tolist() == [[30, 4], [70, 2], [np.inf, np.inf]]
    nobody = goal_of(SitingProblem(minutes, people * 0, ("a", "b")), "p_centre")
    assert nobody.primary(np.zeros((MANY_PLANS, 1), int)).tolist() == [[0, 0]] * MANY_PLANS
