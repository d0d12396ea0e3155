"""Capacitated models against every combination, with the sending of people by networkx."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.planning.placement import siting_problem
from batu_geo.siting.capacity import best_first_search as best_first
from batu_geo.siting.capacity import capacity_milp
from batu_geo.siting.capacity.assignment import Reach, counting, reach_of
from batu_geo.siting.capacity.best_first_search import all_plans_padded
from batu_geo.siting.capacity.transport import cheapest
from batu_geo.siting.models.capacitated import capacitated_mclp, capacitated_p_median
from batu_geo.siting.models.location import mclp, p_median
from batu_geo.siting.problem.location_plan import Plan
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search import enumeration
from batu_geo.sources.study.scenarios import load_scenario
from tests.how_many import RARE, few
from tests.siting.flows import left_over
from tests.siting.worlds import THRESHOLD, all_plans, random_problem


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, 250])
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_capacitated_models_equal_brute_force(model: str, start: int) -> None:
    assert equal_brute_force(model, range(start, start + few(250))) > few(130)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_with_too_many_plans_to_list_the_solver_equals_brute_force(model, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    assert equal_brute_force(model, range(500, 500 + few(100))) > few(40)


def equal_brute_force(model: str, seeds: range) -> int:
    """Compare and return how many problems have a plan."""
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    feasible = 0
    for seed in seeds:
        p = random_problem(np.random.default_rng(seed), most_sites=3)
        want = best_by_flow(p, limit)
        if model == "capacitated_mclp":
            found = capacitated_mclp(p, threshold_minutes=THRESHOLD)
        else:
            found = capacitated_p_median(p)
        if want is None:
            assert found.status == "infeasible", seed
            continue
        feasible += 1
        left, minutes, _, plan = want
        assert (found.status, found.gap, found.is_tie_break_optimal) == ("optimal", 0, True), seed
        assert found.people_unreached == left, seed
        assert found.person_minutes == minutes / 8, seed
        if found.proof == "enumeration":
            assert found.site_ids == tuple(p.site_ids[n] for n in plan), seed
        assert found.objective == (
            p.population.sum() - left if model == "capacitated_mclp" else minutes / 8
        )
    return feasible


@pytest.mark.slow
def test_with_room_for_everybody_they_are_the_models_without_capacity() -> None:
    for seed in range(40):
        p = random_problem(np.random.default_rng(seed), plain=True)
        p = SitingProblem(p.minutes, p.population, p.site_ids, rules=p.rules,
                          capacity=np.full(len(p.site_ids), 999))  # fmt: skip
        assert capacitated_p_median(p).site_ids == p_median(p).site_ids
        wide = capacitated_mclp(p, threshold_minutes=THRESHOLD)
        assert wide.objective == mclp(p, threshold_minutes=THRESHOLD).objective


def test_people_of_one_place_are_shared_and_the_rest_is_counted() -> None:
    """Ten people; the near site takes four, the far one five: one is left without a place."""
    p = SitingProblem(
        np.array([[2.0, 8.0]]), np.array([10]), ("near", "far"), demand_ids=("home",),
        capacity=np.array([4, 5]), rules=Rules(site_count=2),
    )  # fmt: skip
    found = capacitated_p_median(p)
    assert found.objective == 4 * 2 + 5 * 8
    assert found.people_unreached == 1
    rows = found.assignments.to_numpy(dtype=object, na_value=None).tolist()
    assert sorted(rows, key=lambda row: row[3]) == [
        ["home", "near", 4, 2.0],
        ["home", "far", 5, 8.0],
        ["home", None, 1, np.inf],
    ]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_enlarging_a_unit_is_a_candidate_where_it_stands_with_the_room_it_adds(model: str) -> None:
    """By enumeration of what is built and what enlarged, the room of the units grown in place."""
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    chosen = 0
    for seed in range(7000, 7000 + few(160)):
        rng = np.random.default_rng(seed)
        p = random_problem(rng, most_sites=2, plain=True)
        demand, units = len(p.population), int(rng.integers(1, 3))
        standing = rng.integers(0, 40, (demand, units)) / 8
        room, more = rng.integers(0, 6, units), rng.integers(1, 9, units)
        costs, budget = rng.integers(1, 6, len(p.site_ids) + units), int(rng.integers(2, 12))
        existing = {
            "existing_minutes": standing,
            "existing_ids": tuple(f"u{n}" for n in range(units)),
        }
        whole = SitingProblem(
            np.hstack([p.minutes.dense(), standing]), p.population,
            (*p.site_ids, *(f"u{n}+" for n in range(units))), **existing,
            capacity=np.r_[p.capacity, more], existing_capacity=room, costs=costs,
            rules=Rules(budget=budget),
        )  # fmt: skip
        keys = []
        for plan in product([False, True], repeat=len(costs)):
            if costs[list(plan)].sum() <= budget:
                built, grown = np.flatnonzero(plan[:-units]), np.array(plan[-units:])
                grown_room = replace(
                    p, minutes=p.minutes.dense(), **existing, existing_capacity=room + more * grown
                )
                keys.append(left_over(grown_room, tuple(built), limit))
        found = solve(whole, model)
        left, minutes = min(keys)
        assert found.status == "optimal", seed
        assert (found.people_unreached, found.person_minutes) == (left, minutes / 8), seed
        chosen += any(name.endswith("+") for name in found.site_ids)
    assert chosen > few(160) // 4


def test_capacity_must_be_given() -> None:
    p = SitingProblem(np.zeros((1, 1)), np.array([1]), ("a",))
    with pytest.raises(ScenarioError, match="BG-201"):
        capacitated_p_median(p)


@pytest.mark.slow
def test_with_one_assignment_nothing_is_called_optimal_wrongly() -> None:
    for seed in range(60):
        p = random_problem(np.random.default_rng(seed), most_sites=4)
        found = capacitated_p_median(p, node_limit=0)
        if found.status == "infeasible":
            assert not all_plans(p)
        if found.status == "optimal":  # by a bound that needs no search
            assert found.objective == capacitated_p_median(p).objective


def larger_problem(rng: np.random.Generator) -> SitingProblem:
    """Return 6 to 9 sites, two old units and 12 to 24 places; many reach the same units."""
    p = random_problem(rng, most_sites=2)
    sites, rows = int(rng.integers(6, 10)), int(rng.integers(12, 25))
    like = rng.integers(0, 6, rows)
    minutes = (rng.integers(0, 40, (6, sites)) / 8)[like]
    minutes[rng.random(minutes.shape) < 0.1] = np.inf
    existing = (rng.integers(0, 40, (6, 2)) / 8)[like]
    count = int(rng.integers(1, 4))
    return SitingProblem(
        minutes,
        rng.integers(0, 9, rows),
        tuple(f"s{n}" for n in rng.permutation(sites)),
        tuple(f"v{n}" for n in rng.integers(0, 4, sites)),
        existing_minutes=existing,
        existing_ids=("old", "older"),
        costs=rng.integers(1, 9, sites),
        capacity=rng.integers(0, 30, sites),
        existing_capacity=rng.integers(0, 30, 2),
        rules=replace(p.rules, site_count=count, budget=8 * count if rng.random() < 0.3 else None,
                      staff_caps=(), min_readiness=None, must_open=(), must_close=(),
                      exactly_one_in=()),
    )  # fmt: skip


def best_by_flow(p: SitingProblem, limit: float) -> tuple[int, int, int, tuple[int, ...]] | None:
    """Return people without a place, minutes in eighths, sites and plan of the best one."""
    keys = [(*left_over(p, plan, limit), len(plan), plan) for plan in all_plans(p)]
    return min(keys, default=None)


def solve(p: SitingProblem, model: str, **settings: float) -> Plan:
    if model == "capacitated_mclp":
        return capacitated_mclp(p, threshold_minutes=THRESHOLD, **settings)
    return capacitated_p_median(p, **settings)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_two_hundred_problems_of_more_sites_equal_brute_force(model: str, monkeypatch) -> None:
    """Every fifth by the solver, as if there were too many plans to look at."""
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    for seed in range(5000, 5000 + few(100, RARE)):
        p = larger_problem(np.random.default_rng(seed))
        assert len(counting(reach(p, limit)).people) < len(reach(p, limit).people), seed
        want = best_by_flow(p, limit)
        assert want is not None
        with monkeypatch.context() as patch:
            if seed % 5 == 0:
                patch.setattr(enumeration, "MOST_PLANS", 0)
            found = solve(p, model)
        left, minutes, _, plan = want
        assert (found.status, found.gap, found.is_tie_break_optimal) == ("optimal", 0, True), seed
        assert (found.people_unreached, found.person_minutes) == (left, minutes / 8), seed
        if found.proof == "enumeration":
            assert found.site_ids == tuple(p.site_ids[n] for n in plan), seed


def reach(p: SitingProblem, limit: float) -> Reach:
    return reach_of(p, limit, np.ones(len(p.site_ids), dtype=bool))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["looked at", "solved", "too large to solve"])
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_no_node_limit_makes_a_capacitated_plan_optimal_that_is_not(
    model: str, way: str, monkeypatch
) -> None:
    """In all 200 scenarios and more, with limits of 0 to 1,000 nodes."""
    if way != "looked at":
        monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    if way == "too large to solve":
        monkeypatch.setattr(capacity_milp, "MOST_PAIRS", 0)
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    seen = Counter()
    for seed in range(6000, 6000 + few(50)):
        rng = np.random.default_rng(seed)
        p = random_problem(rng, most_sites=5) if seed % 2 else larger_problem(rng)
        found = solve(p, model, node_limit=int(rng.choice([0, 1, 2, 10, 1000])))
        want = best_by_flow(p, limit)
        seen[found.status] += 1
        if want is None:
            assert found.status in {"infeasible", "no_plan_yet"}, seed
            continue
        assert found.status != "infeasible", seed
        if found.status != "no_plan_yet":
            is_right(found, want, p, seed)
    assert seen["optimal"] > few(5)
    assert seen["best_so_far"] >= few(3)


def is_right(found: Plan, want: tuple, p: SitingProblem, seed: int) -> None:
    """Hold what a plan says of itself against the best there is."""
    left, minutes, _, plan = want
    is_coverage = found.model == "capacitated_mclp"
    best = int(p.population.sum()) - left if is_coverage else minutes / 8
    is_best = found.people_unreached == left and (is_coverage or found.person_minutes == best)
    assert found.people_unreached >= left, seed
    assert found.status == "best_so_far" or is_best, seed
    assert (found.gap == 0) == (found.status == "optimal"), seed
    if is_coverage:
        assert found.bound >= best >= found.objective, seed
    else:
        assert found.bound <= best, seed
    if found.is_tie_break_optimal:
        assert (found.people_unreached, found.person_minutes) == (left, minutes / 8), seed
        if found.proof == "enumeration":
            assert found.site_ids == tuple(p.site_ids[n] for n in plan), seed


@pytest.fixture(scope="module")
def batu(baseline) -> SitingProblem:
    """Return the three buildings of the study to open, 9,000 people in each unit, every trip."""
    overrides = ("siting.model=capacitated_p_median", "siting.people_per_unit=9000")
    scenario = load_scenario("tiga-terbaik", overrides=overrides, study=baseline.study)
    return siting_problem(baseline.with_scenario(scenario), scenario.siting)[0]


@pytest.mark.slow
def test_the_capacitated_plans_of_the_study_are_proved_with_little_work(batu, monkeypatch) -> None:
    """Of 732 plans a handful are sent; 10,743 places are some 150 sets of units in reach."""
    sendings = []
    monkeypatch.setattr(
        best_first,
        "cheapest",
        lambda table, *args, **kw: sendings.append(table) or cheapest(table, *args, **kw),
    )
    assert len(all_plans_padded(choices(batu))) == 732
    cover = capacitated_mclp(batu, threshold_minutes=15)
    assert (cover.status, cover.gap, cover.is_tie_break_optimal) == ("optimal", 0, True)
    assert min(len(table.people) for table in sendings) < 300
    assert len(sendings) < 30
    assert cover.objective == 168_152
    sendings.clear()
    least = capacitated_p_median(batu)
    assert (least.status, least.gap, least.is_tie_break_optimal) == ("optimal", 0, True)
    assert len(sendings) < 30
    assert least.people_unreached == 225_408 - 20 * 9_000
    assert least.objective == pytest.approx(1_528_726.99, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_without_a_search_the_study_gets_a_plan_and_a_bound_that_says_something(
    batu, model
) -> None:
    found = solve(batu, model, node_limit=0)
    assert found.status == "best_so_far"
    assert 0 < found.gap < 0.6
    assert not found.is_tie_break_optimal


@pytest.mark.slow
def test_many_plans_of_many_places_get_a_lagrangian_bound() -> None:
    """With 40 sites, 8 to open and 600 places a node would take HiGHS minutes."""
    rng = np.random.default_rng(1)
    places, sites = rng.uniform(0, 60, (600, 2)), rng.uniform(0, 60, (40, 2))
    people = rng.integers(1, 50, 600)
    p = SitingProblem(
        np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1)), people,
        tuple(f"s{n:02}" for n in range(40)), capacity=np.full(40, int(people.sum() / 7)),
        rules=Rules(site_count=8),
    )  # fmt: skip
    found = capacitated_p_median(p)
    assert (found.status, found.proof, found.people_unreached) == ("best_so_far", "lagrangian", 0)
    assert 0 < found.gap < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_room_beyond_everybody_changes_nothing(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    for seed in range(700, 700 + few(40)):
        p = random_problem(np.random.default_rng(seed), most_sites=3)
        everybody = int(p.population.sum())
        enough, huge = (
            solve(replace(p, capacity=np.full(len(p.site_ids), room)), model)
            for room in (everybody, 10**15)
        )
        assert (huge.site_ids, huge.objective, huge.gap) == (
            enough.site_ids, enough.objective, enough.gap,
        ), seed  # fmt: skip


@pytest.mark.slow
def test_units_that_are_all_full_are_proved_to_be_so() -> None:
    """Too many plans to look at and too many pairs for the solver: the room is the bound."""
    rng = np.random.default_rng(4)
    p = SitingProblem(
        rng.uniform(0, 9, (900, 40)), np.full(900, 3), tuple(f"s{n:02}" for n in range(40)),
        capacity=np.full(40, 200), rules=Rules(site_count=8),
    )  # fmt: skip
    found = capacitated_mclp(p, threshold_minutes=10)
    assert (found.status, found.objective, found.gap) == ("optimal", 8 * 200, 0)
