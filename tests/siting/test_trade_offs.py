"""Order of building and the curves, by hand and against trying every order and every plan."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from batu_geo.siting.analysis import trade_offs
from batu_geo.siting.analysis.trade_offs import budget_curve, building_order, fairness_curve
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from tests.siting.worlds import random_problem


def town(**rules: object) -> SitingProblem:
    """Three places with 100, 60 and 40 people, 30 minutes from a unit, and three sites.

    a serves the first (5 min), b the first and second (14 and 9), c the third (2). Within 15
    minutes: a 100, b 160, c 40. Costs 10, 30 and 20.
    """
    minutes = np.array([[5.0, 14.0, 40.0], [20.0, 9.0, 40.0], [40.0, 40.0, 2.0]])
    return SitingProblem(
        minutes, np.array([100, 60, 40]), ("a", "b", "c"), ("v", "v", "w"),
        existing_minutes=np.full((3, 1), 30.0), existing_ids=("u",),
        costs=np.array([10, 30, 20]), rules=Rules(**rules),
    )  # fmt: skip


def test_the_order_of_building_and_its_regret_by_hand() -> None:
    """Of the plan {a, c}: first a (100), then c (140); the best single site would be b (160)."""
    table = building_order(town(site_count=2, is_exact=False), ("a", "c"), threshold_minutes=15)
    assert table["site_id"].tolist() == ["a", "c"]
    assert table["people_served"].tolist() == [100, 140]
    assert table["people_added"].tolist() == [100, 40]
    assert table["best_possible"].tolist() == [160, 200]
    assert table["regret_people"].tolist() == [60, 60]
    assert table["best_is_proved"].all()


def test_the_budget_curve_by_hand() -> None:
    table = budget_curve(town(), threshold_minutes=15)
    best = {0: 0, 10: 100, 20: 100, 30: 160, 40: 160, 50: 200}
    for row in table.to_dict("records"):
        floor = max(cost for cost in best if cost <= row["budget_rupiah"])
        assert row["people_served"] == best[floor]
        assert row["cost_rupiah"] <= row["budget_rupiah"]
    assert table["people_served"].is_monotonic_increasing
    assert table["people_served"].iloc[-1] == 200


def test_the_fairness_curve_is_the_unbeaten_plans() -> None:
    problem = town(site_count=2, one_per_village=False)
    table = fairness_curve(problem)
    every = []
    for pair in itertools.combinations(range(3), 2):
        best = np.minimum(30.0, problem.minutes.dense()[:, pair].min(axis=1))
        every.append((best @ problem.population / 200, best.max()))
    kept = sorted(
        a for a in set(every) if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in every)
    )
    assert list(
        zip(table["mean_minutes_reached"], table["worst_minutes_reached"], strict=True)
    ) == [(pytest.approx(mean), pytest.approx(worst)) for mean, worst in kept]


def subsets(problem: SitingProblem) -> list[tuple[int, ...]]:
    sites = range(len(problem.site_ids))
    return [plan for size in range(len(sites) + 1) for plan in itertools.combinations(sites, size)]


def served(problem: SitingProblem, plan: tuple[int, ...], threshold: float) -> int:
    best = np.minimum(
        problem.existing_best(), problem.minutes.dense()[:, plan].min(axis=1, initial=np.inf)
    )
    return int(problem.population[best <= threshold].sum())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_the_budget_curve_is_every_plan_that_no_cheaper_one_beats(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed)).with_rules(
        site_count=None, staff_caps=(), must_open=(), must_close=(), min_readiness=None,
        one_per_village=False,
    )  # fmt: skip
    every = {
        (sum(problem.costs[n] for n in plan), served(problem, plan, 2.0))
        for plan in subsets(problem)
    }
    kept = sorted(
        a for a in every if not any(b != a and b[0] <= a[0] and b[1] >= a[1] for b in every)
    )
    table = budget_curve(problem, threshold_minutes=2.0)
    assert list(zip(table["cost_rupiah"], table["people_served"], strict=True)) == kept
    assert set(table["status"]) == {"optimal"}
    for row in table.to_dict("records"):
        plan = tuple(problem.site_ids.index(name) for name in row["sites"].rows)
        assert served(problem, plan, 2.0) == row["people_served"]


@pytest.mark.parametrize("seed", range(20))
def test_where_not_all_plans_can_be_looked_at_budgets_are_spread(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(np.random.default_rng(seed)).with_rules(
        budget=None, site_count=None, must_open=()
    )
    whole = budget_curve(problem, threshold_minutes=2.0)
    monkeypatch.setattr(trade_offs, "is_small", lambda *_: False)
    spread = budget_curve(problem, threshold_minutes=2.0)
    for row in spread.to_dict("records"):
        best = whole.loc[whole["cost_rupiah"] <= row["budget_rupiah"], "people_served"].max()
        assert (row["status"], row["people_served"]) == ("optimal", best)


def test_rules_that_contradict_leave_the_curves_empty() -> None:
    problem = town(must_open=("a",), must_close=("a",))
    assert budget_curve(problem, threshold_minutes=15).empty
    assert fairness_curve(problem).empty


@pytest.mark.slow
@pytest.mark.parametrize("units_per_year", [1, 2, 3])
@pytest.mark.parametrize("seed", range(40))
def test_no_other_order_serves_more_at_the_ends_of_the_years(
    seed: int, units_per_year: int
) -> None:
    problem = random_problem(np.random.default_rng(seed), most_sites=5)
    names = problem.site_ids

    def at_ends(order: tuple[int, ...]) -> int:
        ends = {*range(units_per_year, len(order), units_per_year), len(order)} - {0}
        return sum(served(problem, order[:end], 2.0) for end in ends)

    table = building_order(problem, names, threshold_minutes=2.0, units_per_year=units_per_year)
    order = tuple(names.index(name) for name in table["site_id"])
    assert sorted(order) == list(range(len(names)))
    assert at_ends(order) == max(at_ends(other) for other in itertools.permutations(order))
    assert table["order_is_proved"].all()
    assert (table["regret_people"] >= 0).all()


def test_the_order_looks_further_than_the_next_step() -> None:
    """Of places x, y, u, v with 3, 3, 2 and 2 people a reaches x and y, b x and u, c y and v.

    a, the best of the first year (6, then 8, 10), adds up to 24; b and c before it (5, 10, 10)
    to 25.
    """
    is_near = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]], dtype=bool)
    problem = SitingProblem(np.where(is_near, 5.0, 40.0), np.array([3, 3, 2, 2]), ("a", "b", "c"))
    yearly = building_order(problem, ("a", "b", "c"), threshold_minutes=15)
    assert yearly["site_id"].tolist() == ["b", "c", "a"]
    assert yearly["people_served"].tolist() == [5, 10, 10]
    assert yearly["regret_people"].tolist() == [1, 0, 0]
    paired = building_order(
        problem, ("a", "b", "c"), threshold_minutes=15, units_per_year=2, first_year=2026
    )
    assert paired["year"].tolist() == [2026, 2026, 2027]
    assert paired["people_served"].tolist() == [5, 10, 10]


@pytest.mark.parametrize("ids", [("a", "b", "c"), ("c", "b", "a")])
def test_inside_a_year_the_most_helpful_comes_first_whatever_its_id(ids: tuple[str, ...]) -> None:
    """All three in one year: of places with 100, 60 and 40 people that of 100, then 60, then 40."""
    minutes = np.where(np.eye(3, dtype=bool), 5.0, 40.0)
    problem = SitingProblem(minutes, np.array([100, 60, 40]), ids)
    table = building_order(problem, ids, threshold_minutes=15, units_per_year=3)
    assert table["site_id"].tolist() == list(ids)
    assert table["people_added"].tolist() == [100, 60, 40]
    assert table["regret_people"].tolist() == [0, 0, 0]


def test_the_regret_of_a_year_is_that_at_its_end() -> None:
    """Of {a, c} in one year: 100, then 140; the best pair would serve 200, 60 more."""
    table = building_order(town(), ("a", "c"), threshold_minutes=15, units_per_year=2)
    assert table["regret_people"].tolist() == [60, 60]
    assert table["year_regret_people"].tolist() == [60, 60]
    alone = building_order(town(), ("b", "c"), threshold_minutes=15)
    assert alone["year_regret_people"].tolist() == [0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_no_other_site_of_its_year_would_have_helped_more(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed), most_sites=5)
    table = building_order(problem, problem.site_ids, threshold_minutes=2.0, units_per_year=3)
    order = [problem.site_ids.index(name) for name in table["site_id"]]
    for step, year in enumerate(table["year"]):
        now = served(problem, order[: step + 1], 2.0)
        others = [order[n] for n in range(step + 1, len(order)) if table["year"][n] == year]
        assert all(served(problem, [*order[:step], other], 2.0) <= now for other in others)


def test_many_sites_are_ordered_step_by_step_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade_offs, "MOST_ORDERED", 1)
    table = building_order(town(), ("a", "c"), threshold_minutes=15)
    assert table["site_id"].tolist() == ["a", "c"]
    assert not table["order_is_proved"].any()
