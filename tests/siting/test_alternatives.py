"""All optimal plans and all within a share, by looking at all and by the solver."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting.analysis import alternative_optima
from batu_geo.siting.analysis.alternative_optima import all_optimal
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import enumeration
from tests.how_many import few
from tests.siting.worlds import THRESHOLD, all_plans, judged, random_problem

pytestmark = pytest.mark.slow

MODELS = ("mclp", "lscp", "p_median", "p_centre", "backup_coverage")


def expected(problem, model: str, percent: float) -> set[tuple[str, ...]]:
    keyed = []
    for plan in all_plans(problem):
        key = judged(problem, plan)[model]
        key = key if isinstance(key, tuple) else (0, key)
        if model != "lscp" or key[0] == 0:
            keyed.append((key, plan))
    if not keyed:
        return set()
    first, last = min(key for key, _ in keyed)
    limit = last + abs(last) * percent / 100
    good = [plan for key, plan in keyed if key[0] <= first and key[1] <= limit + 1e-12]
    return {tuple(problem.site_ids[n] for n in plan) for plan in good}


@pytest.mark.parametrize("percent", [0.0, 10.0])
@pytest.mark.parametrize("by_solver", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_all_plans_are_found(model, by_solver, percent, monkeypatch) -> None:
    if by_solver:
        monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    for seed in range(few(30)):
        problem = random_problem(np.random.default_rng(seed), most_sites=5)
        threshold = THRESHOLD if model in {"mclp", "lscp", "backup_coverage"} else None
        found = all_optimal(problem, model, threshold_minutes=threshold, within_percent=percent)
        want = expected(problem, model, percent)
        assert found.is_complete, seed
        assert set(found.plans) == want, seed
        assert len(found.plans) == len(want), seed
        if want:
            assert set(found.in_every) == set.intersection(*map(set, want)), seed
            some = all_optimal(
                problem, model, threshold_minutes=threshold, within_percent=percent, most_plans=1
            )
            assert set(some.in_every) == set(found.in_every), seed


def test_of_a_model_too_large_to_ask_again_one_plan_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alternative_optima, "MOST_SOLVED_CELLS", 0)
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    town = SitingProblem(np.array([[1.0, 9.0, 9.0], [9.0, 1.0, 1.0]]), np.array([5, 5]),
                         ("a", "b", "c"), rules=Rules(site_count=2))  # fmt: skip
    found = all_optimal(town, "mclp", threshold_minutes=2)
    assert len(found.plans) == 1
    assert not found.is_complete
    assert not found.is_sure
    assert found.best() is None
