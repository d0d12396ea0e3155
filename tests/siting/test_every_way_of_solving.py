"""Each model by each way of solving, on few small worlds: the same best plan every way.

The ways are looking at every plan, the solver, a Lagrangian bound and greedy opening with
swaps. Many more worlds stand in the slow tests of each model.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, get_args

import numpy as np
import pytest

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.analysis.alternative_optima import all_optimal, plans_within
from batu_geo.siting.analysis.conflicting_rules import why_infeasible
from batu_geo.siting.capacity import capacity_milp, enumerate_assignments
from batu_geo.siting.capacity.assignment import reach_of
from batu_geo.siting.capacity.best_first_search import all_plans_padded
from batu_geo.siting.capacity.capacity_milp import best_solved
from batu_geo.siting.capacity.enumerate_assignments import best_listed
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.problem.location_plan import Plan
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.outcome import Proof
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import enumeration, greedy_and_swap, p_median_milp, prove_optimum
from batu_geo.siting.search.greedy_and_swap import (
    Costs,
    cover_costs,
    exchanged,
    greedy,
    improved,
    median_costs,
    swapped,
    without_infinity,
)
from batu_geo.siting.search.lagrangian import lagrangian_bound
from batu_geo.siting.search.milp import LinearModel, site_model
from tests.siting.flows import left_over
from tests.siting.worlds import THRESHOLD, all_plans, brute_force, judged, random_problem

COVERING = ("mclp", "lscp", "backup_coverage")
MODELS = (*COVERING, "p_median", "p_centre")
CAPACITATED = ("capacitated_p_median", "capacitated_mclp")
FEW = range(7000, 7012)


def solve(problem: SitingProblem, model: str, **settings: Any) -> Plan:
    if model in {*COVERING, "capacitated_mclp"}:
        settings["threshold_minutes"] = THRESHOLD
    return getattr(capacitated if model in CAPACITATED else location, model)(problem, **settings)


def goal_in(problem: SitingProblem, model: str):
    return goal_of(problem, model, THRESHOLD if model in COVERING else None)


def by_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)


@pytest.fixture(params=["looked at", "solver", "no tie-break", "short levels", "bound alone"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a way of solving that is now the one taken."""
    if request.param != "looked at":
        by_solver(monkeypatch)
    if request.param == "no tie-break":
        monkeypatch.setattr(prove_optimum, "LARGEST_TIE_BREAK", 0)
    if request.param == "short levels":
        monkeypatch.setattr(p_median_milp, "WHOLE_CELLS", 0)
        monkeypatch.setattr(p_median_milp, "SPARE_LEVELS", 0)
    if request.param == "bound alone":
        monkeypatch.setattr(prove_optimum, "LARGEST_MEDIAN", -1)
        monkeypatch.setattr(prove_optimum, "LARGEST_COVERAGE", -1)
        monkeypatch.setattr(prove_optimum, "LARGEST_ID_RULE", -1)
    return request.param


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.slow
def test_every_way_finds_the_best_or_says_that_it_may_not(model: str, way: str) -> None:
    """A bound alone need not prove; whatever is called optimal is."""
    for seed in FEW:
        problem = random_problem(np.random.default_rng(seed))
        want, plan = brute_force(problem, model), solve(problem, model)
        if want is None:
            assert plan.status == "infeasible", seed
            continue
        assert plan.status == "optimal" or way == "bound alone", seed
        if plan.status == "optimal":
            assert (plan.objective, plan.gap) == (want[0], 0), seed
        elif not plan.people_unreached:
            low, high = sorted((plan.objective, plan.bound))
            assert low <= want[0] <= high, seed
        if way == "looked at":
            assert plan.site_ids == want[1], seed


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.slow
def test_without_a_node_no_plan_is_called_optimal_that_is_not(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_solver(monkeypatch)
    seen = set()
    for seed in range(7100, 7140):
        problem = random_problem(np.random.default_rng(seed))
        plan, want = solve(problem, model, node_limit=0), brute_force(problem, model)
        seen.add(plan.status)
        if plan.status == "infeasible":
            assert want is None, seed
        if plan.status == "optimal":
            assert want is not None
            assert plan.objective == want[0], seed
        if plan.status == "no_plan_yet":
            assert plan.objective is None
    assert seen & {"best_so_far", "no_plan_yet"}


@pytest.mark.parametrize("model", MODELS)
def test_all_best_plans_by_the_solver(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_solver(monkeypatch)
    for seed in range(7200, 7208):
        problem = random_problem(np.random.default_rng(seed), most_sites=5)
        threshold = THRESHOLD if model in COVERING else None
        keyed = [(judged(problem, plan)[model], plan) for plan in all_plans(problem)]
        if model == "lscp":
            keyed = [(key, plan) for key, plan in keyed if key[0] == 0]
        best = min((key for key, _ in keyed), default=None)
        want = {tuple(problem.site_ids[n] for n in plan) for key, plan in keyed if key == best}
        found = all_optimal(problem, model, threshold_minutes=threshold)
        assert (set(found.plans), found.is_complete) == (want, True), seed
        if not want:
            continue
        # One plan alone is listed: what they share is then asked of the solver.
        few = all_optimal(problem, model, threshold_minutes=threshold, most_plans=1)
        assert set(few.in_every) == set.intersection(*map(set, want)), seed
        assert few.is_complete == few.is_sure or not few.is_complete
        assert few.best() is None or few.is_complete


def test_alternatives_of_the_best_alone() -> None:
    """Of plans within a fifth of the best the two of equal worth share nothing."""
    town = SitingProblem(
        np.array([[1.0, 1.0, 1.0], [9.0, 9.0, 9.0]]), np.array([8, 2]), ("a", "b", "c"),
        rules=Rules(site_count=1, must_close=("c",)),
    )  # fmt: skip
    nearly = all_optimal(town, "mclp", threshold_minutes=2, within_percent=20)
    best = nearly.best()
    assert best is not None
    assert (best.plans, best.in_every, best.in_some) == ((("a",), ("b",)), (), ("a", "b"))


def test_no_alternatives_without_a_proof_or_where_rules_contradict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = SitingProblem(np.array([[1.0, 9, 9], [9, 1, 9]]), np.array([5, 5]), ("a", "b", "c"))
    never = all_optimal(town.with_rules(must_open=("a",), must_close=("a",)), "p_median")
    assert (never.plans, never.is_complete, never.is_sure) == ((), True, True)
    assert never.best() == never
    by_solver(monkeypatch)
    unproved = all_optimal(town.with_rules(site_count=1), "p_centre", node_limit=0)
    assert (unproved.plans, unproved.is_complete, unproved.is_sure) == ((), False, False)


def test_plans_within_a_limit_stop_at_the_most_asked_for() -> None:
    town = SitingProblem(np.ones((1, 4)), np.array([5]), tuple("abcd"), rules=Rules(site_count=2))
    goal, allowed = goal_of(town, "mclp", 2), choices(town)
    assert allowed is not None
    plan, limit = np.array([0, 1]), (-5,)
    model = prove_optimum.limited_model(goal, allowed, limit)
    every, is_all = plans_within(model, goal, plan, limit, most=99, most_nodes=9)
    assert (len(every), is_all) == (6, True)
    some, is_all = plans_within(model, goal, plan, limit, most=4, most_nodes=9)
    assert (len(some), is_all) == (4, False)
    # Without a node, what is not known to be all is not called so.
    one, is_all = plans_within(model, goal, plan, limit, most=4, most_nodes=0)
    assert (len(one), is_all) == (1, False)


@pytest.mark.parametrize("how", ["looked at", "solver", "one round of swaps", "bound alone"])
@pytest.mark.parametrize("model", CAPACITATED)
@pytest.mark.slow
def test_full_units_by_every_way(model: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how != "looked at":
        by_solver(monkeypatch)
    if how == "one round of swaps":
        monkeypatch.setattr(capacity_milp, "MOST_SWAP_CELLS", 0)
    if how == "bound alone":
        monkeypatch.setattr(capacity_milp, "MOST_PAIRS", 0)
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    for seed in range(7300, 7320):
        problem = random_problem(np.random.default_rng(seed), most_sites=4)
        keys = [(*left_over(problem, plan, limit), plan) for plan in all_plans(problem)]
        found = solve(problem, model)
        if not keys:
            assert found.status == "infeasible", seed
            continue
        left, minutes, _ = min(keys)
        assert found.status == "optimal" or how == "bound alone", seed
        assert found.people_unreached >= left, seed
        if found.status == "optimal":
            assert found.people_unreached == left, seed
            if model == "capacitated_p_median":
                assert found.objective == minutes / 8, seed
        if found.is_tie_break_optimal:
            assert found.person_minutes == minutes / 8, seed


@pytest.mark.parametrize("how", ["looked at", "solver", "bound alone"])
@pytest.mark.parametrize("model", CAPACITATED)
@pytest.mark.slow
def test_full_units_without_a_search(model: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how != "looked at":
        by_solver(monkeypatch)
    if how == "bound alone":
        monkeypatch.setattr(capacity_milp, "MOST_PAIRS", 0)
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    seen = set()
    for seed in range(7400, 7425):
        problem = random_problem(np.random.default_rng(seed), most_sites=4)
        found = solve(problem, model, node_limit=0)
        seen.add(found.status)
        keys = [left_over(problem, plan, limit) for plan in all_plans(problem)]
        if not keys:
            assert found.status in {"infeasible", "no_plan_yet"}, seed
        elif found.status in {"optimal", "best_so_far"}:
            assert found.people_unreached >= min(keys)[0], seed
            if found.status == "optimal":
                assert found.people_unreached == min(keys)[0], seed
    assert "best_so_far" in seen


def test_a_second_objective_of_many_listed_plans_is_cut_off_by_number_not_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After one transport problem the plan is no longer called the one of least minutes."""
    monkeypatch.setattr(enumerate_assignments, "MOST_SOLVED", 1)
    unproved = 0
    for seed in range(7500, 7540):
        problem = random_problem(np.random.default_rng(seed), most_sites=5)
        found = solve(problem, "capacitated_mclp")
        if found.status == "optimal":
            assert found.people_unreached == min(
                left_over(problem, plan, THRESHOLD) for plan in all_plans(problem)
            )[0]  # fmt: skip
            unproved += not found.is_tie_break_optimal
    assert unproved > 0


@pytest.mark.parametrize("kind", ["cover", "median"])
def test_greedy_opening_keeps_the_rules_and_swaps_only_improve(kind: str) -> None:
    compared = 0
    for seed in range(7600, 7640):
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        goal = goal_in(problem, "mclp" if kind == "cover" else "p_median")
        costs = without_infinity(
            cover_costs(goal.cover) if goal.cover else median_costs(goal.times, allowed.can_open)
        )
        plan = greedy(costs, allowed)
        if plan is None:
            continue
        assert allowed.allows(plan), seed
        better = swapped(costs, allowed, plan)
        assert allowed.allows(better), seed
        assert costs.total(better) <= costs.total(plan), seed
        # No single swap is left that saves anything.
        for other in exchanged(allowed, better):
            assert costs.total(other) >= costs.total(better) - 1e-9, seed
        compared += 1
    assert compared > 20


def test_a_table_of_costs_counts_what_the_goal_counts() -> None:
    """Covered anew are those no unit covers today; minutes are of those who reach anything."""
    for seed in range(8100, 8130):
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        goal, times = goal_in(problem, "mclp"), goal_in(problem, "p_median").times
        assert goal.cover is not None
        covering, median = cover_costs(goal.cover), median_costs(times, allowed.can_open)
        nothing = np.empty(0, dtype=np.intp)
        for plan in all_plans(problem):
            opened = np.array(plan, dtype=np.intp)
            gained = judged(problem, ())["mclp"] - judged(problem, plan)["mclp"]
            assert covering.total(nothing) - covering.total(opened) == gained, seed
            # Who reaches nothing under any plan is in no row of the table.
            unreached, minutes = judged(problem, plan)["p_median"]
            everything = tuple(np.flatnonzero(allowed.can_open).tolist())
            if unreached == judged(problem, everything)["p_median"][0]:
                assert median.total(opened) == minutes * 60_000, seed
            else:
                assert median.total(opened) == np.inf, seed
        # For searching no way costs more than any way, and all other costs are as they were.
        finite = without_infinity(median)
        cost, dear = median.cost.dense(), finite.cost.dense()
        is_way = np.isfinite(cost)
        assert (dear[is_way] == cost[is_way]).all()
        assert np.isfinite(dear).all()
        if is_way.any() and not is_way.all():
            assert dear[~is_way].min() > cost[is_way].max()


def test_greedy_by_hand() -> None:
    """The first saves 27, the second 26, of which 8 are left after the first, the third 5."""
    cost = np.array([[0.0, 0, 9], [0, 9, 1], [9, 4, 4]])
    costs = Costs(Pairs.of(cost, 9.0), np.full(3, 9.0), np.array([2.0, 1.0, 1.0]))
    town = SitingProblem(np.ones((1, 3)), np.array([1]), ("a", "b", "c"), rules=Rules(site_count=2))
    allowed = choices(town)
    assert allowed is not None
    plan = greedy(costs, allowed)
    assert plan is not None
    totals = {pair: costs.total(np.array(pair)) for pair in combinations(range(3), 2)}
    assert plan.tolist() == [0, 1]
    assert costs.total(plan) == min(totals.values()) == 1


def test_exchanged_plans_are_all_plans_one_swap_away() -> None:
    for seed in range(7700, 7730):
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        every = set(all_plans(problem))
        for plan in list(every)[:5]:
            found = exchanged(allowed, np.array(plan, dtype=np.intp))
            want = {
                other for other in every
                if len(other) == len(plan) and len(set(other) & set(plan)) == len(plan) - 1
            }  # fmt: skip
            assert set(map(tuple, found.tolist())) == want, (seed, plan)


@pytest.mark.parametrize("model", ["p_centre", "backup_coverage"])
def test_swaps_judged_by_the_goal_never_make_it_worse(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(7800, 7830):
        problem = random_problem(np.random.default_rng(seed))
        allowed, plans = choices(problem), all_plans(problem)
        if allowed is None or not plans:
            continue
        goal, plan = goal_in(problem, model), np.array(plans[-1], dtype=np.intp)
        better = improved(goal, allowed, plan)
        assert tuple(better.tolist()) in plans, seed
        first, last = (tuple(goal.primary(p[None])[0].tolist()) for p in (plan, better))
        assert last <= first, seed
        with monkeypatch.context() as patch:
            patch.setattr(greedy_and_swap, "MOST_ROUNDS", 0)
            assert improved(goal, allowed, plan).tolist() == plan.tolist()


def test_a_lagrangian_bound_lies_below_every_plan_and_fixes_no_good_one() -> None:
    compared = 0
    for seed in range(7900, 7930):
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        costs = median_costs(goal_in(problem, "p_median").times, allowed.can_open)
        finite = without_infinity(costs)
        plan = greedy(finite, allowed)
        if plan is None or not np.isfinite(costs.total(plan)):
            continue
        outcome, fixed = lagrangian_bound(costs, allowed, plan, swap_costs=finite, most_steps=40)
        best = costs.total(outcome.require())
        assert best <= costs.total(plan), seed
        for other in all_plans(problem):
            opened = np.array(other, dtype=np.intp)
            assert outcome.bound <= costs.total(opened) + 1e-6, seed
            if costs.total(opened) <= best:
                assert not fixed.is_closed[opened].any(), seed
                assert set(np.flatnonzero(fixed.is_open)) <= set(other), seed
        compared += 1
    assert compared > 10


def test_the_model_of_the_sites_allows_exactly_the_plans_of_the_rules() -> None:
    """Each plan found is excluded until none is left."""
    for seed in range(8000, 8012):
        problem = random_problem(np.random.default_rng(seed), most_sites=4)
        allowed = choices(problem)
        if allowed is None:
            assert all_plans(problem) == []
            continue
        model, found = site_model(allowed), set()
        while (solution := model.minimise(np.ones(model.sites))).plan is not None:
            plan = model.plan(solution.plan)
            found.add(tuple(plan.tolist()))
            model.exclude(plan)
        assert found == set(all_plans(problem)), seed


def empty_model(keeps: Any = None) -> LinearModel:
    return LinearModel(2, np.zeros(2), np.ones(2), np.ones(2, dtype=bool), keeps)


def test_a_sum_of_large_numbers_is_exact_by_the_rule_itself() -> None:
    """In units of the solver both sites cost 100,000 each; to the rupiah they are one too dear."""
    cost, limit = np.array([5_000_000_001.0, 5_000_000_001.0]), 10_000_000_001.0
    rough = empty_model()
    rough.add_sum(cost, limit)
    assert rough.plan(rough.minimise(-np.ones(2)).require()).tolist() == [0, 1]
    exact = empty_model(lambda plan: float(cost[plan].sum()) <= limit)
    exact.add_sum(cost, limit)
    assert len(exact.plan(exact.minimise(-np.ones(2)).require())) == 1


def test_a_model_without_variables_is_met_or_not() -> None:
    nothing = LinearModel(0, np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    assert nothing.minimise(np.zeros(0)).proved
    nothing.add_row(np.zeros(0), 1, 2)
    assert nothing.minimise(np.zeros(0)).is_infeasible


def test_a_copy_of_a_model_takes_rows_of_its_own() -> None:
    model = empty_model()
    trial = model.copy()
    trial.add_row(np.ones(2), -np.inf, 0)
    assert model.plan(model.minimise(-np.ones(2)).require()).tolist() == [0, 1]
    assert trial.plan(trial.minimise(-np.ones(2)).require()).tolist() == []


def test_a_coverage_model_needs_its_threshold() -> None:
    problem = random_problem(np.random.default_rng(1), plain=True)
    allowed = choices(problem)
    assert allowed is not None
    goal = replace(goal_of(problem, "mclp", 2), cover=None)
    with pytest.raises(ValueError, match="mclp needs a threshold"):
        prove_optimum.limited_model(goal, allowed, (0,))


@pytest.mark.parametrize("sites", [3, 11])
def test_conflicts_by_all_plans_and_by_the_solver(sites: int) -> None:
    """Up to ten sites all plans are looked at, above the solver is asked."""
    names = tuple(f"s{n:02}" for n in range(sites))
    town = SitingProblem(
        np.full((1, sites), 5.0), np.array([9]), names, ("v",) * sites,
        costs=np.full(sites, 6), rules=Rules(site_count=2, budget=11, must_open=names[:1]),
    )  # fmt: skip
    found = why_infeasible(town)
    assert [c.code for c in found.rules] == ["site_count", "budget"]
    assert found.is_smallest
    assert why_infeasible(town.with_rules(budget=12)).rules == ()
    nowhere = town.with_rules(budget=None, exactly_one_in=("w",))
    assert [c.code for c in why_infeasible(nowhere).rules] == ["one_in_village"]


@pytest.mark.parametrize("only_coverable", [True, False])
def test_without_a_search_a_conflict_is_irreducible(only_coverable: bool) -> None:
    town = SitingProblem(
        np.array([[5.0, 50.0], [50.0, 5.0], [50.0, 50.0]]), np.array([3, 4, 5]), ("a", "b"),
        rules=Rules(site_count=1),
    )  # fmt: skip
    found = why_infeasible(town, cover_minutes=10, only_coverable=only_coverable, most_choices=0)
    codes = [c.code for c in found.rules]
    assert codes == (["site_count", "cover_coverable"] if only_coverable else ["cover_all"])
    assert not found.is_smallest


@pytest.mark.parametrize("model", MODELS)
def test_what_enumeration_says_is_the_best_key_of_all_plans(model: str) -> None:
    """Its bound is the last key of its plan; without a plan nothing costs less than infinity."""
    seen = set()
    for seed in FEW:
        problem = random_problem(np.random.default_rng(seed))
        allowed = choices(problem)
        if allowed is None:
            continue
        goal = goal_in(problem, model)
        found = enumeration.enumerate_plans(goal, allowed)
        keys = [goal.primary(np.array([plan], int))[0].tolist() for plan in all_plans(problem)]
        assert found.bound == min(keys, default=[np.inf])[-1], seed
        assert (found.plan is None, found.proved, found.how) == (not keys, True, "enumeration")
        seen.add(bool(keys))
    assert True in seen


@pytest.mark.parametrize("nodes", [0, 1, None])
@pytest.mark.parametrize("model", [*MODELS, *CAPACITATED])
def test_a_plan_names_one_of_the_known_proofs(
    model: str, nodes: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether everything is cut off or nothing; a plan that is not proved has no tie proved."""
    by_solver(monkeypatch)
    settings = {} if nodes is None else {"node_limit": nodes}
    for seed in range(7000, 7006):
        plan = solve(random_problem(np.random.default_rng(seed), most_sites=4), model, **settings)
        assert plan.proof in get_args(Proof), (seed, plan.proof)
        assert isinstance(plan.is_tie_break_optimal, bool), seed
        if plan.status in {"optimal", "best_so_far"}:
            assert plan.proof, seed
        if plan.status == "best_so_far":
            assert not plan.is_tie_break_optimal, seed


@pytest.mark.slow
@pytest.mark.parametrize("most_solved", [1, 1000])
def test_listed_plans_are_enumerated_or_bounded(most_solved: int) -> None:
    """With one transport problem the bound alone is left unless the plan meets it."""
    seen = set()
    for seed in range(7700, 7730):
        problem = random_problem(np.random.default_rng(seed), most_sites=5)
        allowed = choices(problem)
        if allowed is None or not all_plans(problem):
            continue
        reach = reach_of(problem, np.inf, allowed.can_open)
        stages = best_listed(
            reach, all_plans_padded(allowed), 0, needs_minutes=True, most_solved=most_solved
        )
        plan, minutes = stages.minutes.require(), stages.minutes
        left, ms = min(left_over(problem, other, np.inf) for other in all_plans(problem))
        assert stages.placed.bound <= left <= plan.assignment.left, seed
        if stages.placed.proved:
            assert plan.assignment.left == left, seed
            assert minutes.bound <= ms * MS_PER_MINUTE / 8 <= plan.assignment.ms, seed
            how = "enumeration" if minutes.bound == plan.assignment.ms else "bound"
            assert stages.placed.how in {"enumeration", "bound"}, seed
            assert minutes.how in {how, "bound"}, seed
        else:
            assert (stages.placed.how, minutes.how) == ("bound", "bound"), seed
        seen.add((stages.placed.proved, minutes.how))
    assert (True, "enumeration") in seen
    assert most_solved > 1 or {how for _, how in seen} == {"enumeration", "bound"}


@pytest.mark.parametrize("model", CAPACITATED)
def test_swaps_reach_every_site_of_a_plan_however_few_at_a_time(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hamlets with a site each and three far sites, which are opened first."""
    by_solver(monkeypatch)
    monkeypatch.setattr(capacity_milp, "BLOCK_CELLS", 1)
    monkeypatch.setattr(capacity_milp, "MOST_PAIRS", 0)
    near = 1.0 + 8 * (1 - np.eye(3))
    problem = SitingProblem(
        np.hstack([near, np.full((3, 3), 20.0)]), np.array([5, 5, 5]), tuple("pqrstu"),
        capacity=np.full(6, 5), rules=Rules(site_count=3),
    )  # fmt: skip
    allowed = choices(problem)
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    stages = best_solved(
        reach_of(problem, limit, allowed.can_open), allowed, np.array([3, 4, 5]),
        needs_minutes=True, node_limit=1,
    )  # fmt: skip
    assert stages.minutes.require().sites.tolist() == [0, 1, 2]
    assert stages.minutes.require().assignment.left == 0
