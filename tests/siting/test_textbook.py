"""The location models over anybody's matrix, against plans that are all looked at."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from batu_geo import siting
from batu_geo.domain.errors import DataError
from batu_geo.network.travel_times import matrix_times
from batu_geo.siting.search import prove_optimum
from batu_geo.siting.textbook import dispersion
from tests.how_many import blocks, few
from tests.siting.flows import least_flow

# Blocks of twenty random problems: 2,000 with --all-worlds.
BLOCKS = blocks(few(100))
EACH = 20


def random_problem(seed: int):
    """Return minutes, weights with up to two decimals, and how many sites: islands and ties too."""
    rng = np.random.default_rng(seed)
    places, sites = int(rng.integers(1, 8)), int(rng.integers(2, 7))
    minutes = rng.integers(0, 12, (places, sites)).astype(float)
    minutes[rng.random(minutes.shape) < 0.2] = np.inf
    weights = rng.integers(0, 900, places) / 10 ** int(rng.integers(0, 3))
    return minutes, weights, int(rng.integers(1, sites + 1)), rng


def plans(sites: int, count: int):
    return [list(plan) for plan in combinations(range(sites), count)]


def best_of(minutes, weights, count, value):
    """Return the best value over all plans, and the plans that have it."""
    values = {
        tuple(plan): value(minutes[:, plan], weights) for plan in plans(minutes.shape[1], count)
    }
    best = max(values.values())
    return best, {plan for plan, found in values.items() if found == best}


def covered(minutes, weights):
    return round(float(weights[(minutes <= 5).any(axis=1)].sum()), 6)


def covered_twice(minutes, weights):
    return round(float(weights[(minutes <= 5).sum(axis=1) >= 2].sum()), 6)


def median(minutes, weights):
    """Fewest without a way first, then least weight x minutes."""
    best = minutes.min(axis=1)
    reached = np.isfinite(best)
    return -round(float(weights[~reached].sum()), 6), -round(
        float(weights[reached] @ best[reached]), 6
    )


def centre(minutes, weights):
    best = minutes.min(axis=1)
    reached = np.isfinite(best)
    far = best[reached & (weights > 0)].max(initial=0.0)
    return -round(float(weights[~reached].sum()), 6), -float(far)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_model_equals_enumeration(block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        every_model_equals_enumeration(seed)


def every_model_equals_enumeration(seed: int) -> None:
    minutes, weights, count, _ = random_problem(seed)
    problem = siting.LocationProblem.from_matrix(minutes, weights)
    for value, solve, sign in (
        (covered, lambda: siting.solve_mclp(problem, count, minutes=5), 1),
        (covered_twice, lambda: siting.solve_backup(problem, count, minutes=5), 1),
        (median, lambda: siting.solve_p_median(problem, count), -1),
        (centre, lambda: siting.solve_p_centre(problem, count), -1),
    ):
        plan = solve()
        best, optima = best_of(minutes, weights, count, value)
        expected = best[1] if isinstance(best, tuple) else best
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(sign * expected)
        assert plan.bound == pytest.approx(plan.objective)
        if isinstance(best, tuple):
            assert plan.unreached == pytest.approx(-best[0])
        listed = {tuple(int(name) for name in names) for names in plan.optima}
        assert listed <= optima
        assert not plan.is_optima_complete or listed == optima


@pytest.mark.parametrize("block", BLOCKS)
def test_fewest_sites_equal_enumeration(block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        fewest_sites_equal_enumeration(seed)


def fewest_sites_equal_enumeration(seed: int) -> None:
    minutes, weights, _, _ = random_problem(seed)
    problem = siting.LocationProblem.from_matrix(minutes, weights)
    plan = siting.solve_lscp(problem, minutes=5)
    lived_in = weights > 0
    fewest = [
        count for count in range(minutes.shape[1] + 1)
        if any((minutes[lived_in][:, p] <= 5).any(axis=1).all() for p in plans(minutes.shape[1], count))
    ]  # fmt: skip
    assert (plan.status == "infeasible") is (not fewest)
    if fewest:
        assert plan.objective == len(plan.site_ids) == fewest[0]
        if fewest[0]:
            tight = siting.solve_lscp(problem, fewest[0] - 1, minutes=5)
            assert tight.status == "infeasible"


@pytest.mark.parametrize("block", BLOCKS)
def test_dispersion_equals_enumeration(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By looking at all plans and, with that forbidden, by the solver."""
    for seed in range(block * EACH, (block + 1) * EACH):
        with monkeypatch.context() as patched:
            dispersion_equals_enumeration(seed, patched)


def dispersion_equals_enumeration(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes, weights, _, rng = random_problem(seed)
    sites = minutes.shape[1]
    count = int(rng.integers(2, sites + 1))
    between = rng.integers(0, 9, (sites, sites)).astype(float)
    problem = siting.LocationProblem.from_matrix(minutes, weights, site_minutes=between)
    apart = np.minimum(between, between.T)
    best = max(min(apart[a, b] for a, b in combinations(p, 2)) for p in plans(sites, count))
    assert siting.solve_p_dispersion(problem, count).objective == best
    monkeypatch.setattr(dispersion, "FEW_PLANS", 0)
    plan = siting.solve_p_dispersion(problem, count)
    chosen = [int(name) for name in plan.site_ids]
    assert (plan.objective, plan.proof, len(chosen)) == (best, "milp", count)
    assert min(apart[a, b] for a, b in combinations(chosen, 2)) == best


@pytest.mark.parametrize("block", BLOCKS)
def test_capacitated_models_equal_enumeration(block: int) -> None:
    """With the people of every plan sent by a min-cost flow; no bound is beyond the optimum."""
    for seed in range(block * EACH, (block + 1) * EACH):
        capacitated_models_equal_enumeration(seed)


def capacitated_models_equal_enumeration(seed: int) -> None:
    minutes, _, count, rng = random_problem(seed)
    people = rng.integers(0, 12, len(minutes))
    room = rng.integers(0, 30, minutes.shape[1])
    problem = siting.LocationProblem.from_matrix(minutes, people, capacity=room)
    for limit, solve in (
        (np.inf, lambda: siting.solve_capacitated(problem, count)),
        (5, lambda: siting.solve_capacitated(problem, count, minutes=5)),
    ):
        best = max(sent(minutes[:, plan], people, room[plan], limit)
                   for plan in plans(minutes.shape[1], count))  # fmt: skip
        found = solve()
        assert found.status == "optimal"
        placed, spent = best
        assert found.unreached == people.sum() - placed
        assert found.objective == (-spent if np.isinf(limit) else placed)
        assert found.bound == found.objective


def sent(minutes, people, room, limit):
    """Return how many people find a place within the limit, and minus their least minutes."""
    cost = np.where(minutes <= limit, minutes, np.inf).T
    placed, spent = least_flow(cost, people, room)
    return placed, -spent


def test_capacity_is_rounded_down_and_weights_are_scaled() -> None:
    """Ten and a half at one door, two sites of 4.25 and 9: one leaves 1.5 without a place."""
    town = siting.LocationProblem.from_matrix([[5.0, 6.0]], [10.5], ["a", "b"], capacity=[4.25, 9])
    one = siting.solve_capacitated(town, 1)
    assert (one.site_ids, one.objective, one.unreached) == (("b",), 54.0, 1.5)
    two = siting.solve_capacitated(town, 2, minutes=5)
    assert two.objective == 4.2  # of 4.25, in the tenths that the weights are in


def test_units_open_already_count() -> None:
    times, today = matrix_times([[9.0, 9.0], [9.0, 1.0]]), matrix_times([[2.0], [np.inf]])
    town = siting.LocationProblem.from_travel_times(times, [5, 3], existing=today)
    plan = siting.solve_mclp(town, 1, minutes=2)
    assert (plan.site_ids, plan.objective) == (("1",), 8.0)
    assert "8" in repr(plan)
    assert "<b>mclp: 1</b>" in plan._repr_html_()


@pytest.mark.parametrize(
    ("weights", "line"),
    [
        ([1, -2.5], "BG-204 row 2, people: -2.5 is below 0"),
        ([np.nan, 1], "BG-219 row 1, people: nan is not a number"),
        ([np.inf, 1], "BG-219 row 1, people: inf is not a number"),
        ([1, 1 / 3], "BG-479 row 2, people: weights have more than 6 decimals"),
    ],
)
def test_a_weight_that_has_no_proof_is_refused(weights: list[float], line: str) -> None:
    with pytest.raises(DataError) as refused:
        siting.LocationProblem.from_matrix([[1.0], [2.0]], weights)
    assert [words.split(". Fix")[0] for words in refused.value.lines("en")] == [line]


@pytest.mark.parametrize("column", ["minutes", "capacity", "site_minutes", "existing_minutes"])
def test_every_other_number_is_named_by_its_row_and_value(column: str) -> None:
    good = {"minutes": [[1.0], [2.0]], "people": [1.5, 1], "capacity": [3],
            "site_minutes": [[0.0]], "existing_minutes": [[1.0], [2.0]]}  # fmt: skip
    said = {"existing_minutes": "minutes"}.get(column, column)
    for value, words in ((-7.0, "-7 is below 0"), (np.nan, "nan is not a number")):
        table = np.array(good[column], dtype=float)
        table[(0,) * table.ndim] = value
        with pytest.raises(DataError) as refused:
            siting.LocationProblem.from_matrix(**{**good, column: table})
        assert f"row 1, {said}: {words}" in refused.value.lines("en")[0]


def test_what_cannot_be_is_said() -> None:
    town = siting.LocationProblem.from_matrix([[1.0, 2.0]], [3], site_minutes=[[0, 1], [1, 0]])
    assert siting.solve_mclp(town, 3, minutes=5).status == "infeasible"
    assert siting.solve_p_dispersion(town, 3).status == "infeasible"
    with pytest.raises(ValueError, match="at least two"):
        siting.solve_p_dispersion(town, 1)
    with pytest.raises(ValueError, match="site_minutes"):
        siting.solve_p_dispersion(siting.LocationProblem.from_matrix([[1.0]], [1]), 2)
    assert repr(siting.solve_mclp(town, 3, minutes=5)).splitlines()[1] == (
        "  objective no plan, bound -, gap -"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("largest", "stopped"), [(1, "size"), (150_000, "steps")])
def test_why_a_search_ended_is_said(
    largest: int, stopped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove_optimum, "LARGEST_MEDIAN", largest)
    rng = np.random.default_rng(3)
    town = siting.LocationProblem.from_matrix(rng.uniform(0, 30, (80, 60)), rng.integers(1, 99, 80))
    bounded = siting.solve_p_median(town, 12, node_limit=0)
    assert (bounded.status, bounded.stopped) == ("best_so_far", stopped)
    assert bounded.bound < bounded.objective
    assert bounded.optima == ()
    assert not bounded.is_optima_complete


def test_the_room_names_its_models() -> None:
    assert dir(siting) == sorted(siting.__all__) == siting.__all__
    assert all(getattr(siting, name).__doc__ for name in siting.__all__)
    with pytest.raises(AttributeError, match="frobnicate"):
        siting.frobnicate  # noqa: B018 - reading it is the test
