"""Every location model against trying every combination, by every way of solving."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting import enumeration, location, minutes, search
from tests.siting.worlds import THRESHOLD, brute_force, random_problem

THRESHOLDED = ("mclp", "lscp", "backup_coverage")
MODELS = (*THRESHOLDED, "p_median", "p_centre")


def solve(problem, model, **settings):
    if model in THRESHOLDED:
        settings["threshold_minutes"] = THRESHOLD
    return getattr(location, model)(problem, **settings)


def compare(model: str, seed: int, proofs: set[str], *, is_whole: bool = True) -> None:
    problem = random_problem(np.random.default_rng(seed))
    want, plan = brute_force(problem, model), solve(problem, model)
    if want is None:
        assert (plan.status, plan.site_ids, plan.objective) == ("infeasible", (), None), seed
        return
    assert plan.objective == want[0], seed
    assert plan.site_ids == want[1] or not plan.is_tie_settled, seed
    assert (plan.status, plan.gap, plan.bound) == ("optimal", 0, plan.objective), seed
    assert plan.is_tie_settled or not is_whole, seed
    assert plan.proof in proofs, seed


@pytest.mark.parametrize("model", MODELS)
def test_enumeration_equals_brute_force_ties_included(model: str) -> None:
    for seed in range(600):
        compare(model, seed, {"enumeration"})


@pytest.mark.parametrize("model", MODELS)
def test_the_solver_equals_brute_force_ties_included(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    for seed in range(1000, 1120):
        compare(model, seed, {"milp", "lagrangian", "bound"})


@pytest.mark.parametrize("model", MODELS)
def test_ties_settled_by_ids_equal_brute_force(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    monkeypatch.setattr(minutes, "MOST_CUTS", 0)
    monkeypatch.setattr(search, "FIRST_CUTS", 1)
    for seed in range(2000, 2040):
        compare(model, seed, {"milp", "lagrangian", "bound"})


@pytest.mark.parametrize("model", ["p_median", "p_centre"])
def test_times_cut_short_are_taken_up_again_where_needed(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    monkeypatch.setattr(minutes, "WHOLE_CELLS", 0)
    monkeypatch.setattr(minutes, "SPARE_LEVELS", 0)
    for seed in range(3000, 3060):
        compare(model, seed, {"milp", "lagrangian", "bound"}, is_whole=False)
