"""Poor starts, solvers without an answer, and limits met: nothing is claimed that is not known."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from batu_geo.siting.analysis.alternative_optima import all_optimal, plans_within
from batu_geo.siting.capacity import best_first_search
from batu_geo.siting.capacity.best_first_search import cheapest_plan
from batu_geo.siting.capacity.transport import CostTable, cheapest
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.need.rank_acceptability import rank_acceptability
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import enumeration, p_median_milp, prove_optimum
from batu_geo.siting.search.enumeration import count_plans, plans_of
from batu_geo.siting.search.milp import LinearModel, site_model
from batu_geo.siting.search.p_median_milp import fewest_missed, least_minutes
from tests.siting.flows import least_cost
from tests.siting.worlds import THRESHOLD, all_plans, brute_force, judged, random_problem

COVERING = ("mclp", "lscp", "backup_coverage")
MODELS = (*COVERING, "p_median", "p_centre")


def solve(problem: SitingProblem, model: str, **settings: Any):
    if model in COVERING:
        settings["threshold_minutes"] = THRESHOLD
    return getattr(location, model)(problem, **settings)


def goal_in(problem: SitingProblem, model: str):
    return goal_of(problem, model, THRESHOLD if model in COVERING else None)


@pytest.fixture
def solver_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the looking at every plan out."""
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)


def answering(outcome: Outcome[Any]):
    """Return a solver that always answers the same."""
    return lambda *_, **__: outcome


NO_TIME: Outcome[Any] = Outcome(None, -np.inf, proved=False, how="milp")
WRONGLY_NONE: Outcome[Any] = Outcome(None, np.inf, proved=True, how="milp")


@pytest.mark.usefixtures("solver_alone")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.slow
def test_the_best_plan_is_found_from_the_worst_start(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    for seed in range(50 if model == "lscp" else 20):
        problem = random_problem(np.random.default_rng(seed))
        want, plans = brute_force(problem, model), all_plans(problem)
        if model == "lscp":
            plans = [plan for plan in plans if judged(problem, plan)["lscp"][0] == 0]
        if want is None:
            continue
        worst = max(plans, key=lambda plan: (judged(problem, plan)[model], plan))
        start = Outcome(np.array(worst, dtype=np.intp), -np.inf, proved=False, how="milp")
        with monkeypatch.context() as patch:
            patch.setattr(prove_optimum, "first_plan", lambda *_, start=start, **__: start)
            found = solve(problem, model)
        assert (found.status, found.objective) == ("optimal", want[0]), seed
        compared += (
            judged(problem, worst)[model]
            != judged(problem, tuple(problem.site_ids.index(name) for name in want[1]))[model]
        )
    assert compared > 5


@pytest.mark.usefixtures("solver_alone")
@pytest.mark.parametrize("answer", [NO_TIME, WRONGLY_NONE], ids=["no time", "wrongly none"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.slow
def test_a_solver_without_an_answer_makes_no_plan_optimal_that_is_not(
    model: str, answer: Outcome[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only p-centre must believe that there is none: it asks so of each radius."""
    monkeypatch.setattr(LinearModel, "minimise", answering(answer))
    known = 0
    for seed in range(40):
        problem = random_problem(np.random.default_rng(seed))
        found, want = solve(problem, model), brute_force(problem, model)
        if found.status == "optimal" and (answer is NO_TIME or model != "p_centre"):
            assert want is not None
            assert found.objective == want[0], seed
        known += found.objective is not None
    assert known > 10


def dear_and_cheap() -> SitingProblem:
    """Return a town where the site that saves most leaves no money for a second one."""
    return SitingProblem(
        np.array([[1.0, 9, 9], [1, 9, 9], [9, 1, 9], [9, 9, 1]]), np.array([5, 5, 3, 3]),
        ("a", "b", "c"), costs=np.array([9, 5, 5]), capacity=np.array([9, 9, 9]),
        rules=Rules(site_count=2, budget=10),
    )  # fmt: skip


@pytest.mark.usefixtures("solver_alone")
def test_where_greedy_opening_is_stuck_the_solver_finds_a_start() -> None:
    town = dear_and_cheap()
    found = location.mclp(town, threshold_minutes=2)
    assert (found.site_ids, found.objective, found.status) == (("b", "c"), 6, "optimal")
    assert location.p_median(town).site_ids == ("b", "c")
    full = capacitated.capacitated_p_median(town)
    assert (full.site_ids, full.status, full.people_unreached) == (("b", "c"), "optimal", 0)
    none = town.with_rules(budget=9)
    assert location.mclp(none, threshold_minutes=2).status == "infeasible"
    assert capacitated.capacitated_p_median(none).status == "infeasible"
    rush = capacitated.capacitated_p_median(none, node_limit=0)
    assert rush.status == "no_plan_yet"


@pytest.mark.usefixtures("solver_alone")
def test_where_greedy_opening_leaves_somebody_out_lscp_asks_the_solver() -> None:
    """The largest set is in no cover of two: {1,2,3,4}, but {1,2,5} and {3,4,6}."""
    sets = ({1, 2, 3, 4}, {1, 2, 5}, {3, 4, 6})
    minutes = np.array([[1.0 if row in one else 9.0 for one in sets] for row in range(1, 7)])
    town = SitingProblem(
        minutes, np.ones(6, dtype=int), ("a", "b", "c"), rules=Rules(site_count=2, is_exact=False)
    )
    found = location.lscp(town, threshold_minutes=2)
    assert (found.site_ids, found.status, found.objective) == (("b", "c"), "optimal", 2)
    assert location.lscp(town.with_rules(site_count=1), threshold_minutes=2).status == "infeasible"


@pytest.mark.usefixtures("solver_alone")
def test_a_second_objective_that_is_not_proved_goes_by_site_ids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three plans cover alike; c is nearest, but without a proof the lowest id is taken."""
    town = SitingProblem(
        np.array([[9.0, 8.0, 1.0]]), np.array([5]), ("a", "b", "c"), rules=Rules(site_count=1)
    )
    assert location.mclp(town, threshold_minutes=10).site_ids == ("c",)
    unproved = answering(Outcome(np.array([2]), 0.0, proved=False))
    monkeypatch.setattr(prove_optimum, "least_minutes", unproved)
    plan = location.mclp(town, threshold_minutes=10)
    assert (plan.site_ids, plan.status, plan.is_tie_break_optimal) == (("a",), "optimal", False)
    # Where the solver finds no plan by ids either, the one in hand is kept.
    allowed, goal = choices(town), goal_of(town, "mclp", 10)
    assert allowed is not None
    monkeypatch.setattr(LinearModel, "minimise", answering(NO_TIME))
    kept = prove_optimum.tie_break(goal, allowed, np.array([1]))
    assert (kept.require().tolist(), kept.proved) == ([1], False)


def cut_off() -> SitingProblem:
    """Return a town of which a reaches one place and b both."""
    return SitingProblem(
        np.array([[1.0, 5.0], [np.inf, 5.0]]), np.array([5, 2]), ("a", "b"),
        rules=Rules(site_count=1),
    )  # fmt: skip


def test_least_minutes_first_leave_as_few_unreached_as_can_be() -> None:
    town = cut_off()
    goal, allowed = goal_of(town, "p_median"), choices(town)
    assert allowed is not None
    model, start = site_model(allowed), np.array([0])
    fewest = fewest_missed(goal, allowed, start, model)
    assert (fewest.require().tolist(), fewest.bound, fewest.proved) == ([1], 0, True)
    least = least_minutes(model, goal, allowed, start)
    assert (least.require().tolist(), least.bound, least.proved) == ([1], 7 * 5 * 60_000, True)


def test_without_an_answer_least_minutes_are_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    town = cut_off()
    goal, allowed = goal_of(town, "p_median"), choices(town)
    assert allowed is not None
    monkeypatch.setattr(LinearModel, "minimise", answering(NO_TIME))
    least = least_minutes(site_model(allowed), goal, allowed, np.array([0]))
    assert (least.require().tolist(), least.bound, least.proved) == ([0], 0, False)
    assert least.how == "milp"


def test_least_minutes_that_are_cut_off_say_by_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody reaches both sites, so nobody is missed; the minutes are left to the solver."""
    town = SitingProblem(
        np.array([[1.0, 5.0], [6.0, 2.0]]), np.array([5, 2]), ("a", "b"),
        rules=Rules(site_count=1),
    )  # fmt: skip
    goal, allowed = goal_of(town, "p_median"), choices(town)
    monkeypatch.setattr(LinearModel, "minimise", answering(NO_TIME))
    least = least_minutes(site_model(allowed), goal, allowed, np.array([0]))
    assert (least.require().tolist(), least.proved, least.how) == ([0], False, "milp")
    assert least.bound <= (5 * 1 + 2 * 6) * 60_000


def test_minutes_the_solver_does_not_confirm_are_not_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a tolerance that nothing meets the plan and its bound are given, but no proof."""
    town = cut_off()
    goal, allowed = goal_of(town, "p_median"), choices(town)
    assert allowed is not None
    monkeypatch.setattr(p_median_milp, "TOLERANCE", -1.0)
    least = least_minutes(site_model(allowed), goal, allowed, np.array([1]))
    assert (least.require().tolist(), least.proved) == ([1], False)
    assert least.bound == pytest.approx(7 * 5 * 60_000)


def test_plans_that_the_rows_let_through_but_the_limit_does_not_are_left_out() -> None:
    town = SitingProblem(
        np.array([[1.0, 9, 9], [9, 1, 9], [9, 9, 1]]), np.array([5, 4, 3]), ("a", "b", "c"),
        rules=Rules(site_count=1),
    )  # fmt: skip
    goal, allowed = goal_of(town, "mclp", 2), choices(town)
    assert allowed is not None
    loose = prove_optimum.limited_model(goal, allowed, (-3,))
    plans, is_all = plans_within(loose, goal, np.array([0]), (-4,), most=9, most_nodes=9)
    assert sorted(plan.tolist() for plan in plans) == [[0], [1]]
    assert is_all


def test_rules_that_leave_no_plan_have_no_alternatives() -> None:
    town = dear_and_cheap().with_rules(budget=0)
    found = all_optimal(town, "mclp", threshold_minutes=2)
    assert (found.plans, found.is_complete) == ((), True)
    lscp = dear_and_cheap().with_rules(site_count=1, budget=None)
    assert all_optimal(lscp, "lscp", threshold_minutes=2).plans == ()


@pytest.mark.parametrize("site_count", [0, 1, 2, 3])
@pytest.mark.parametrize("is_exact", [True, False])
def test_plans_are_listed_by_size_and_counted_without_listing(
    site_count: int, is_exact: bool
) -> None:
    """Of five sites in two villages of two and one alone, at most one of each."""
    town = SitingProblem(
        np.ones((1, 5)), np.array([1]), tuple("abcde"), ("v", "v", "w", "w", "x"),
        rules=Rules(site_count=site_count, is_exact=is_exact, one_per_village=True),
    )  # fmt: skip
    allowed = choices(town)
    assert allowed is not None
    found = [tuple(plan) for block in plans_of(allowed) for plan in block.tolist()]
    assert sorted(found, key=lambda plan: (len(plan), plan)) == all_plans(town)
    assert [len(plan) for plan in found] == sorted(len(plan) for plan in found)
    assert count_plans(allowed) == len(found)


def test_a_village_that_needs_one_of_no_room_ends_the_list() -> None:
    """Two villages must have a site, one may open: no plan grows to its size."""
    town = SitingProblem(
        np.ones((1, 3)), np.array([1]), tuple("abc"), ("v", "w", "x"),
        rules=Rules(site_count=1, exactly_one_in=("v", "w")),
    )  # fmt: skip
    allowed = choices(town)
    assert allowed is not None
    assert [plan for block in plans_of(allowed) for plan in block.tolist()] == []
    assert count_plans(allowed) == 0
    assert location.p_median(town).status == "infeasible"


def test_a_search_without_a_plan_has_none_to_give() -> None:
    with pytest.raises(ValueError, match=r"^the search has no plan$"):
        NO_TIME.require()
    assert WRONGLY_NONE.is_infeasible
    assert not NO_TIME.is_infeasible


def random_table(rng: np.random.Generator, always: int = 0) -> CostTable:
    """Return a table in which costs are often equal, ways missing and capacity short."""
    units, rows = int(rng.integers(max(2, always), 6)), int(rng.integers(1, 9))
    cost = rng.integers(0, int(rng.choice([3, 40])), (units, rows)).astype(np.float64)
    cost[1:][rng.random((units - 1, rows)) < 0.25] = np.inf
    people, room = rng.integers(0, 9, rows), rng.integers(0, 25, units)
    return CostTable(cost, people.astype(np.float64), room.astype(np.float64), always)


@pytest.mark.parametrize("start", range(0, 200, 50))
@pytest.mark.slow
def test_sending_people_costs_what_min_cost_flow_costs(start: int) -> None:
    for seed in range(start, start + 50):
        rng = np.random.default_rng(seed)
        table = random_table(rng)
        found = cheapest(table, np.zeros(len(table.capacity)))
        want = least_cost(table)
        assert found.bound == want, seed
        if found.is_done:
            assert (found.people.sum(axis=0) == table.people).all(), seed
            assert (found.people.sum(axis=1) <= table.capacity).all(), seed


@pytest.mark.parametrize("cells", [1, 2_000_000])
@pytest.mark.slow
def test_the_cheapest_plan_whatever_the_size_of_the_blocks(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans of one or two sites beside a unit for everybody, the last one solved first."""
    monkeypatch.setattr(best_first_search, "BLOCK_CELLS", cells)
    for seed in range(20):
        table = random_table(np.random.default_rng(seed), always=1)
        table.capacity[0] = 99
        sites = range(len(table.capacity) - 1)
        listed = [*((n,) for n in sites), *combinations(sites, 2)]
        plans = np.array([plan if len(plan) == 2 else (*plan, -1) for plan in listed])
        costs = [least_cost(table.of(np.array([0, *(1 + n for n in plan)]))) for plan in listed]
        outcome, bounds = cheapest_plan(table, plans, len(plans) - 1, first_of_equal=True)
        place, flow = outcome.require()
        assert (outcome.proved, place) == (True, int(np.argmin(costs))), seed
        assert outcome.bound == flow.bound == min(costs), seed
        assert (bounds <= np.array(costs)).all(), seed


def test_a_figure_that_a_village_lacks_is_drawn_evenly() -> None:
    """v0 has 0.75, of v1 nothing is known: it is first in a quarter of the draws."""
    raw = np.repeat(np.array([[[0.75], [np.nan]]]), 3, axis=0)
    found = rank_acceptability(
        ["v0", "v1"], raw, np.array([[0.0, 1.0]]), population_scaled=np.array([False]),
        population_error=0.0, draws=20_000, seed=3,
    )  # fmt: skip
    assert found.rank_share[0, 0] == pytest.approx(0.75, abs=0.01)
    assert found.win_share[0] == pytest.approx(0.75, abs=0.01)
