"""Every location model against trying every combination, by every way of solving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from batu_geo.domain.errors import BatuGeoError, DataError, ScenarioError
from batu_geo.siting.models import location
from batu_geo.siting.problem.check_plan import check_plan, require_right
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import enumeration, p_median_milp, prove_optimum
from tests.how_many import few
from tests.siting.worlds import THRESHOLD, all_plans, brute_force, judged, random_problem

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
    assert plan.site_ids == want[1] or plan.proof != "enumeration", seed
    if plan.is_tie_break_optimal:
        first = judged(problem, tuple(problem.site_ids.index(name) for name in want[1]))["ties"]
        assert (plan.people_unreached, plan.person_minutes) == first[:2], seed
    assert (plan.status, plan.gap, plan.bound) == ("optimal", 0, plan.objective), seed
    assert plan.is_tie_break_optimal or not is_whole, seed
    assert plan.proof in proofs, seed


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_enumeration_equals_brute_force_ties_included(model: str) -> None:
    for seed in range(few(600)):
        compare(model, seed, {"enumeration"})


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_the_solver_equals_brute_force_ties_included(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    for seed in range(1000, 1000 + few(120)):
        compare(model, seed, {"milp", "lagrangian", "bound"})


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_proved_plan_does_not_depend_on_the_node_limit(model: str, monkeypatch) -> None:
    """Nor does its second objective depend on how the first was proved."""
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    compared = 0
    for seed in range(4000, 4000 + few(40)):
        problem = random_problem(np.random.default_rng(seed))
        plans = [solve(problem, model, node_limit=limit) for limit in (1, 20, 1000)]
        proved = [plan for plan in plans if plan.status == "optimal"]
        assert len({(p.site_ids, p.person_minutes, p.is_tie_break_optimal) for p in proved}) <= 1
        compared += len(proved) >= 2
    assert compared > few(5)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["mclp", "backup_coverage", "p_centre", "lscp"])
def test_the_second_objective_does_not_depend_on_the_plan_it_starts_from(model: str) -> None:
    """A slower computer may start from another plan of the best objective."""
    compared = 0
    for seed in range(few(200)):
        problem = random_problem(np.random.default_rng(seed))
        allowed, want = choices(problem), brute_force(problem, model)
        if allowed is None or want is None:
            continue
        goal = goal_of(problem, model, THRESHOLD if model in THRESHOLDED else None)
        plans = [np.array(plan, dtype=np.intp) for plan in all_plans(problem)]
        keys = [tuple(goal.primary(plan[None])[0].tolist()) for plan in plans]
        equal = [plan for plan, key in zip(plans, keys, strict=True) if key == min(keys)]
        results = [prove_optimum.tie_break(goal, allowed, plan) for plan in equal[:8]]
        assert all(result.proved for result in results), seed
        assert len({tuple(result.require().tolist()) for result in results}) == 1, seed
        compared += len(equal) > 1
    assert compared > few(15)


def test_a_second_objective_cut_off_by_size_goes_by_site_ids(monkeypatch) -> None:
    """Three equal plans: the lowest ids are taken, and the plan says that minutes are not least."""
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    monkeypatch.setattr(prove_optimum, "LARGEST_TIE_BREAK", 0)
    town = SitingProblem(
        np.array([[9.0, 8.0, 1.0]]), np.array([5]), ("a", "b", "c"), rules=Rules(site_count=1)
    )
    plan = location.mclp(town, threshold_minutes=10)
    assert (plan.status, plan.is_tie_break_optimal) == ("optimal", False)
    assert plan.site_ids == ("a",)


@pytest.mark.parametrize("model", ["p_median", "p_centre"])
@pytest.mark.slow
def test_times_cut_short_are_taken_up_again_where_needed(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    monkeypatch.setattr(p_median_milp, "WHOLE_CELLS", 0)
    monkeypatch.setattr(p_median_milp, "SPARE_LEVELS", 0)
    for seed in range(3000, 3060):
        compare(model, seed, {"milp", "lagrangian", "bound"}, is_whole=False)


@pytest.mark.slow
def test_no_node_limit_makes_a_plan_optimal_that_is_not(monkeypatch) -> None:
    """1,000 scenarios with limits of 0 to 1,000 nodes, by enumeration and by the solver."""
    proved = unproved = 0
    for seed in range(few(1000)):
        rng = np.random.default_rng(seed)
        problem, model = random_problem(rng, most_sites=5), MODELS[seed % len(MODELS)]
        limit = int(rng.choice([0, 0, 1, 2, 10, 1000]))
        with monkeypatch.context() as patch:
            if seed % 2:
                patch.setattr(enumeration, "MOST_PLANS", 0)
            plan = solve(problem, model, node_limit=limit)
        want = brute_force(problem, model)
        if plan.status == "optimal":
            assert (plan.objective, plan.gap) == (want[0], 0), seed
            proved += 1
        elif plan.status == "infeasible":
            assert want is None, seed
        elif plan.status == "best_so_far":
            larger = model in {"mclp", "backup_coverage"}
            better, worse = (plan.bound, plan.objective) if larger else (plan.objective, plan.bound)
            assert better >= want[0] >= worse or plan.people_unreached > 0, seed
            unproved += 1
    assert proved > few(200)
    assert unproved >= few(20)


def test_a_toy_town_by_hand() -> None:
    """Four hamlets on a line, 10 minutes apart; buildings at A, C and D.

        A 400 --10-- B 100 --10-- C 300 --10-- D 200

    Within 10 minutes, A's building serves A and B (500), C's B, C and D (600), D's C and D
    (500). One site: C, 600. Two: A and C serve all 1,000; so LSCP needs two. p-median with
    one: C costs 400*20 + 100*10 + 200*10 = 11,000, A 16,000 or more and D 18,000 or more.
    p-centre with one: C, 20 minutes.
    """
    minutes_ = np.array([[0.0, 20, 30], [10, 10, 20], [20, 0, 10], [30, 10, 0]])
    people = np.array([400, 100, 300, 200])
    one = SitingProblem(minutes_, people, ("A", "C", "D"), rules=Rules(site_count=1))
    two = one.with_rules(site_count=2)
    assert location.mclp(one, threshold_minutes=10).objective == 600
    assert location.mclp(two, threshold_minutes=10).site_ids == ("A", "C")
    assert location.lscp(one.with_rules(site_count=None), threshold_minutes=10).objective == 2
    assert (location.p_median(one).site_ids, location.p_median(one).objective) == (("C",), 11_000)
    assert (location.p_centre(one).site_ids, location.p_centre(one).objective) == (("C",), 20)
    # C and D are in reach of A+C's C once only; C and D together back up hamlets C and D
    assert location.backup_coverage(two, threshold_minutes=10).objective == 500


def test_one_per_village_budget_and_staff() -> None:
    """V has the near and dear building and a far and cheap one; w has one."""
    town = SitingProblem(
        np.array([[1.0, 9, 5]]), np.array([10]), ("near", "far", "w1"), ("v", "v", "w"),
        costs=np.array([9, 2, 3]), professions=("nurse",), staff=np.array([[2], [1], [1]]),
    )  # fmt: skip
    assert location.one_per_village(town, village_ids=("v", "w")).site_ids == ("near", "w1")
    poor = town.with_rules(budget=5)
    assert location.one_per_village(poor, village_ids=("v", "w")).site_ids == ("far", "w1")
    few = town.with_rules(staff_caps=(("nurse", 2),))
    assert location.one_per_village(few, village_ids=("v", "w")).site_ids == ("far", "w1")
    assert location.one_per_village(town, village_ids=("x",)).status == "infeasible"


def test_nobody_and_no_way() -> None:
    empty = SitingProblem(np.ones((2, 2)), np.array([0, 0]), ("a", "b"), rules=Rules(site_count=1))
    assert (location.p_median(empty).objective, location.p_median(empty).site_ids) == (0, ("a",))
    cut_off = SitingProblem(
        np.full((2, 2), np.inf), np.array([3, 4]), ("a", "b"), rules=Rules(site_count=1)
    )
    for model in ("p_median", "p_centre"):
        plan = solve(cut_off, model)
        assert (plan.status, plan.objective, plan.people_unreached) == ("optimal", 0, 7)
    assert solve(cut_off, "lscp").status == "infeasible"


def test_doubled_ids_unknown_names_and_wrong_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="BG-206"):
        SitingProblem(np.ones((1, 2)), np.array([1]), ("a", "a"))
    with pytest.raises(DataError, match="BG-204"):
        SitingProblem(np.array([[-1.0]]), np.array([1]), ("a",))
    with pytest.raises(DataError, match="BG-203"):
        SitingProblem(np.ones((1, 1)), np.array([1.5]), ("a",))
    with pytest.raises(ScenarioError, match="BG-205"):
        SitingProblem(np.ones((1, 1)), np.array([1]), ("a",), rules=Rules(must_open=("z",)))
    with pytest.raises(ScenarioError, match="BG-201"):
        SitingProblem(np.ones((1, 1)), np.array([1]), ("a",), rules=Rules(budget=1))
    with pytest.raises(ValueError, match="expected"):
        SitingProblem(np.ones((1, 1)), np.array([1, 2]), ("a",))


@pytest.mark.slow
def test_the_order_of_sites_and_people_changes_nothing() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        p = random_problem(rng, plain=True)
        order, rows = rng.permutation(len(p.site_ids)), rng.permutation(len(p.population))
        q = SitingProblem(
            p.minutes.dense()[rows][:, order], p.population[rows], tuple(p.site_ids[n] for n in order),
            rules=p.rules,
        )  # fmt: skip
        for model in MODELS:
            a, b = solve(p, model), solve(q, model)
            assert (a.site_ids, a.objective, a.person_minutes) == (
                b.site_ids,
                b.objective,
                b.person_minutes,
            )


def test_the_checker_finds_a_wrong_plan() -> None:
    p = SitingProblem(np.array([[5.0, 50.0]]), np.array([9]), ("a", "b"), rules=Rules(site_count=1))
    right = location.mclp(p, threshold_minutes=10)
    assert check_plan(p, right) == ()
    wrong = {
        "objective": replace(right, objective=8, bound=8),
        "site_count": replace(right, site_ids=("a", "b")),
        "unknown_site": replace(right, site_ids=("z",)),
        "person_minutes": replace(right, person_minutes=1.0),
        "people_unreached": replace(right, people_unreached=3),
        "gap": replace(right, gap=0.5),
        "bound": replace(right, bound=3),
    }
    for code, plan in wrong.items():
        assert code in {breach.code for breach in check_plan(p, plan)}, code
        with pytest.raises(BatuGeoError, match="BG-900"):
            require_right(p, plan)
