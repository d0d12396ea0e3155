"""Sending people against min-cost flow, and the bounds that prices prove."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.siting.capacity.best_first_search import (
    all_plans_padded,
    cheapest_plan,
    place_of,
    sites_of,
)
from batu_geo.siting.capacity.transport import CostTable, cheapest, filling_price, raised
from batu_geo.siting.problem.rules import choices
from tests.how_many import few
from tests.siting.flows import least_cost
from tests.siting.worlds import all_plans, random_problem


def random_table(rng: np.random.Generator) -> CostTable:
    """Return a table in which costs are often equal, ways missing and room too small."""
    units, rows = int(rng.integers(1, 6)), int(rng.integers(0, 9))
    cost = rng.integers(0, int(rng.choice([3, 40])), (units, rows)).astype(np.float64)
    cost[1:][rng.random((units - 1, rows)) < 0.25] = np.inf
    people, room = rng.integers(0, 9, rows), rng.integers(0, 25, units)
    return CostTable(cost, people.astype(np.float64), room.astype(np.float64))


@pytest.mark.slow
def test_the_cheapest_sending_costs_what_min_cost_flow_finds_and_its_prices_prove_it() -> None:
    impossible = 0
    for seed in range(few(600)):
        rng = np.random.default_rng(seed)
        table = random_table(rng)
        want = least_cost(table)
        start = rng.integers(0, 10, len(table.capacity)) * float(seed % 2)
        found = cheapest(table, start)
        assert (found.bound, found.is_done) == (want, np.isfinite(want)), seed
        if not found.is_done:
            impossible += 1
            continue
        used = found.people > 0
        assert table.cost[used] @ found.people[used] == want, seed
        assert (found.people.sum(axis=0) == table.people).all(), seed
        assert (found.people.sum(axis=1) <= table.capacity).all(), seed
        assert (found.people >= 0).all(), seed
        assert (found.price >= 0).all(), seed
        assert table.bound(found.price) == want, seed
    assert few(60) < impossible < few(300)


@pytest.mark.slow
def test_what_stops_early_has_a_bound_that_holds() -> None:
    for seed in range(few(300)):
        rng = np.random.default_rng(seed)
        table = random_table(rng)
        want, start = least_cost(table), np.zeros(len(table.capacity))
        limit = want - 1 if np.isfinite(want) else 5.0
        found = cheapest(table, start, limit=limit)
        assert not found.is_done, seed
        assert limit < found.bound <= want, seed
        assert table.bound(raised(table, rng.integers(0, 9, len(start)) * 1.0)) <= want, seed


@pytest.mark.slow
@pytest.mark.parametrize("first_of_equal", [True, False])
def test_the_cheapest_of_plans_is_the_one_that_sending_under_each_finds(
    first_of_equal: bool,
) -> None:
    compared = 0
    for seed in range(few(150)):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng)
        allowed = choices(problem)
        if allowed is None or not len(plans := all_plans_padded(allowed)):
            continue
        assert [tuple(sites_of(plan).tolist()) for plan in plans] == all_plans(problem)
        sites, rows = len(problem.site_ids), 6
        cost = rng.integers(0, 5, (sites + 2, rows)).astype(np.float64)
        cost[2:][rng.random((sites, rows)) < 0.2] = np.inf
        room = np.r_[30.0, rng.integers(0, 20, sites + 1)]
        table = CostTable(cost, rng.integers(0, 6, rows).astype(np.float64), room, 2)
        costs = np.array([least_cost(table.of(np.r_[0, 1, 2 + sites_of(p)])) for p in plans])
        start = int(rng.integers(len(plans)))
        outcome, bounds = cheapest_plan(table, plans, start, first_of_equal=first_of_equal)
        cost = np.inf if outcome.plan is None else outcome.plan[1].bound
        assert (cost, outcome.proved) == (costs.min(), True), seed
        assert outcome.bound == bounds.min() == costs.min(), seed
        assert (bounds <= costs).all(), seed
        if first_of_equal:
            place = -1 if outcome.plan is None else outcome.plan[0]
            assert place == (costs.argmin() if np.isfinite(cost) else -1), seed
        _, early = cheapest_plan(table, plans, 0, first_of_equal=first_of_equal, most_solved=1)
        assert (early <= costs).all(), seed
        compared += 1
    assert compared > few(80)


def test_a_listed_plan_is_found_again() -> None:
    allowed = choices(random_problem(np.random.default_rng(3), plain=True))
    plans = all_plans_padded(allowed)
    assert [place_of(plans, sites_of(plan)) for plan in plans] == list(range(len(plans)))


def test_prices_prove_a_bound_by_hand() -> None:
    """10 people pay 5 or 9 elsewhere and 1 or 2 here, where 12 have room at a price of 4 each.

    Without a price 10 and 20 are the least; at 4 they pay 5 and 6, less 4 for each of 12 places.
    """
    two = CostTable(np.array([[1.0, 2], [5, 9]]), np.array([10.0, 10]), np.array([12.0, 99]))
    assert two.bound(np.zeros(2)) == 10 + 20
    assert two.bound(np.array([4.0, 0])) == 10 * 5 + 10 * 6 - 4 * 12
    assert two.bound(raised(two, np.zeros(2))) == 62


def test_prices_are_raised_as_long_as_they_prove_more() -> None:
    """One round sets each price in turn; in some tables a second one proves more."""
    more = 0
    for seed in range(40):
        table = random_table(np.random.default_rng(seed))
        price = np.zeros(len(table.capacity))
        for unit in range(len(price)):
            total = table.cost + price[:, None]
            total[unit] = np.inf
            price[unit] = filling_price(table, unit, total.min(axis=0))
        once, whole = table.bound(price), table.bound(raised(table, np.zeros(len(price))))
        assert whole >= once - 1e-9, seed
        more += whole > once + 1e-9
    assert more > 0
