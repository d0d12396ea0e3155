"""Equity indices on the toy town of `tests.toy_access`, their laws and known values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.access.equity import (
    concentration_index,
    fgt,
    gini,
    palma,
    palma_by,
    theil,
    theil_between,
    weighted_quantile,
)
from tests.toy_access import INF, PEOPLE, POOR, TOWN

ACCESS = np.array([0.005, 0.005, 0.02, 0, 0])
AMOUNTS = st.lists(st.integers(0, 80).map(lambda n: n / 8), min_size=2, max_size=12)


def ones(values: np.ndarray) -> np.ndarray:
    return np.ones(len(values), np.int64)


def test_the_toy_town() -> None:
    assert gini(ACCESS, PEOPLE) == pytest.approx(7.4 / 13, rel=1e-12)
    expected = 0.2 * math.log(0.65) + 0.8 * math.log(2.6)
    assert theil(ACCESS, PEOPLE) == pytest.approx(expected, rel=1e-12)
    assert math.isnan(palma(ACCESS, PEOPLE))
    assert concentration_index(ACCESS, PEOPLE, POOR) == pytest.approx(-0.2, rel=1e-12)


def test_p90_less_p10_of_the_toy_town() -> None:
    low, high = (weighted_quantile(TOWN.best(), PEOPLE, s) for s in (0.1, 0.9))
    assert (low, high) == (5, 30)
    assert weighted_quantile(TOWN.best(), PEOPLE, 0.95) == INF


@pytest.mark.parametrize(("share", "expected"), [(0.1, 1), (0.11, 2), (0.9, 2), (0.91, 3), (1, 3)])
def test_a_quantile_is_reached_exactly_at_its_share(share: float, expected: float) -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert weighted_quantile(values, np.array([10, 10, 80]), share) == expected


@pytest.mark.parametrize("count", [2, 5, 10, 101])
def test_gini_of_one_to_n_is_known(count: int) -> None:
    """Of 1, 2, ..., n it is (n - 1) / 3n."""
    values = np.arange(1, count + 1, dtype=float)
    assert gini(values, ones(values)) == pytest.approx((count - 1) / (3 * count), rel=1e-12)


def test_one_has_it_all() -> None:
    """Gini 1 - 1/n, Theil ln n: their upper ends for n equal cells."""
    values = np.r_[np.zeros(9), 5.0]
    assert gini(values, ones(values)) == pytest.approx(0.9)
    assert theil(values, ones(values)) == pytest.approx(math.log(10))


def brute_gini(values: np.ndarray, people: np.ndarray) -> float:
    """Return half the mean difference of all pairs of people over the mean."""
    each = np.repeat(values, people)
    if each.sum() == 0:
        return 0.0
    return float(np.abs(each[:, None] - each).mean() / 2 / each.mean())


@given(AMOUNTS, st.data())
@pytest.mark.slow
def test_gini_equals_the_mean_difference_of_all_pairs_of_people(amounts, data) -> None:
    people = data.draw(st.lists(st.integers(1, 9), min_size=len(amounts), max_size=len(amounts)))
    values, weight = np.array(amounts), np.array(people)
    assert gini(values, weight) == pytest.approx(brute_gini(values, weight), abs=1e-12)


@given(AMOUNTS, st.integers(2, 5))
@pytest.mark.slow
def test_gini_and_theil_stay_in_range_and_ignore_scale_and_replication(amounts, times: int) -> None:
    values = np.array(amounts)
    people = ones(values)
    count = len(values)
    assert 0 <= gini(values, people) <= 1 - 1 / count + 1e-12
    assert -1e-12 <= theil(values, people) <= math.log(count) + 1e-12
    for index in (gini, theil):
        once = index(values, people)
        assert index(values * times, people) == pytest.approx(once, abs=1e-12)
        assert index(values, people * times) == pytest.approx(once, abs=1e-12)
        assert index(np.repeat(values, times), np.repeat(people, times)) == pytest.approx(
            once, abs=1e-12
        )


@given(AMOUNTS)
@pytest.mark.slow
def test_equal_shares_are_equal(amounts) -> None:
    same = np.full(len(amounts), 1 + amounts[0])
    assert gini(same, ones(same)) == pytest.approx(0, abs=1e-12)
    assert theil(same, ones(same)) == pytest.approx(0, abs=1e-12)


@given(AMOUNTS, st.data())
@pytest.mark.slow
def test_giving_from_a_richer_to_a_poorer_lowers_both(amounts, data) -> None:
    """Pigou-Dalton: an eighth moves down and the two do not change places."""
    values = np.sort(np.array(amounts))
    poor, rich = sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=2, max_size=2)))
    values[rich] += 0.25
    before = gini(values, ones(values)), theil(values, ones(values))
    values[rich] -= 0.125
    values[poor] += 0.125
    assert gini(values, ones(values)) < before[0]
    assert theil(values, ones(values)) < before[1]


def test_palma_by_hand() -> None:
    """1 to 100: the top tenth has 955, the lower two fifths 820."""
    values = np.arange(1, 101, dtype=float)
    assert palma(values, ones(values)) == pytest.approx(955 / 820, rel=1e-12)


def test_palma_splits_a_cell_that_straddles_a_limit() -> None:
    """50 cells of 2 people: the top tenth is 46 to 50, the lower two fifths 1 to 20."""
    values = np.arange(1, 51, dtype=float)
    assert palma(values, 2 * ones(values)) == pytest.approx(240 / 210, rel=1e-12)
    # 55 cells: 5.5 cells on top (55..51 and half of 50), 22 at the bottom.
    values = np.arange(1, 56, dtype=float)
    assert palma(values, ones(values)) == pytest.approx((265 + 25) / 253, rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_palma_of_cells_is_that_of_their_people_one_by_one(seed: int) -> None:
    """Cells of 0 to 5 people, and amounts far below 1."""
    rng = np.random.default_rng(seed)
    values, people = rng.uniform(0, 0.001, 80), rng.integers(0, 6, 80)
    each = np.repeat(values, people)
    assert palma(values, people.astype(float)) == pytest.approx(palma(each, ones(each)), rel=1e-9)


def test_palma_needs_fifty_cells_and_somebody_with_something() -> None:
    assert math.isnan(palma(np.arange(49.0), np.ones(49)))
    assert palma(np.r_[np.zeros(49), 1.0], np.ones(50)) == INF
    assert math.isnan(palma(np.zeros(50), np.ones(50)))


def test_concentration_by_hand() -> None:
    """Two equal cells, 1 and 3: ranks 1/4 and 3/4, mean 2: C = 2 (1/2 (1)(1/4) + 1/2 (1)(1/4)) / 2 = 1/4."""
    values, people = np.array([1.0, 3.0]), np.array([7, 7])
    assert concentration_index(values, people, np.array([0.0, 1.0])) == pytest.approx(0.25)
    assert concentration_index(values, people, np.array([1.0, 0.0])) == pytest.approx(-0.25)
    assert concentration_index(values, people, np.array([5.0, 5.0])) == pytest.approx(0)


@given(AMOUNTS)
@pytest.mark.slow
def test_concentration_along_itself_is_the_gini_and_along_the_reverse_its_negative(amounts) -> None:
    values = np.array(amounts)
    expected = gini(values, ones(values))
    assert concentration_index(values, ones(values), values) == pytest.approx(expected, abs=1e-9)
    assert concentration_index(values, ones(values), -values) == pytest.approx(-expected, abs=1e-9)


def test_nothing_at_all_is_equal() -> None:
    zero = np.zeros(3)
    assert gini(zero, ones(zero)) == theil(zero, ones(zero)) == 0
    assert concentration_index(zero, ones(zero), np.arange(3.0)) == 0


@pytest.mark.parametrize("odd", [INF, -1.0, math.nan])
@pytest.mark.parametrize(
    "index",
    [
        gini,
        theil,
        palma,
        lambda values, people: palma_by(values, people, people),
        lambda values, people: concentration_index(values, people, people),
        lambda values, people: theil_between(values, people, np.zeros(len(people), np.intp)),
        lambda values, people: fgt(values, people, 1, power=1, is_worse_above=True),
    ],
)
def test_an_index_refuses_what_has_no_meaning_for_it(index, odd: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        index(np.array([1.0, 2.0, odd]), np.array([1, 1, 1]))


def test_theil_between_groups_by_hand_and_the_rest_inside_them() -> None:
    """1 and 3, then 8 and 8: means 2 and 8 of 5; T inside the first is 1/5 of 1/2 of its own T."""
    values, people = np.array([1.0, 3.0, 8.0, 8.0]), ones(np.ones(4))
    groups = np.array([0, 0, 1, 1])
    between = (0.4 * math.log(0.4) + 1.6 * math.log(1.6)) / 2
    assert theil_between(values, people, groups) == pytest.approx(between)
    inside = theil(values[:2], people[:2]) * 0.4 / 2
    assert theil(values, people) == pytest.approx(between + inside)


@pytest.mark.slow
@given(AMOUNTS, st.data())
def test_theil_is_what_lies_between_groups_and_inside_them(amounts, data) -> None:
    values = np.array(amounts)
    groups = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(values),
                                         max_size=len(values))))  # fmt: skip
    people = ones(values)
    inside = sum(
        values[groups == g].sum() / values.sum() * theil(values[groups == g], people[groups == g])
        for g in set(groups.tolist())
        if values.sum() > 0
    )
    assert theil_between(values, people, groups) + inside == pytest.approx(
        theil(values, people), abs=1e-12
    )


@pytest.mark.parametrize(("power", "expected"), [(0, 0.5), (1, 0.375), (2, 0.3125)])
def test_fgt_of_minutes_by_hand(power: int, expected: float) -> None:
    """Line 10: 5 and 10 are within, 15 is half of it beyond, 20 all of it; the line counts within."""
    values, people = np.array([5.0, 10.0, 15.0, 20.0]), np.array([10, 10, 10, 10])
    found = fgt(values, people, 10, power=power, is_worse_above=True)
    assert found == pytest.approx(expected)


def test_fgt_of_staff_looks_below_the_line() -> None:
    """Line 2: nobody 0 of 10, half of it 1 of 30, the line itself 2 of 60."""
    values, people = np.array([0.0, 1.0, 2.0]), np.array([10, 30, 60])
    found = [fgt(values, people, 2, power=p, is_worse_above=False) for p in (0, 1, 2)]
    assert found == pytest.approx([0.4, 0.25, 0.175])


def test_palma_by_income_by_hand() -> None:
    """The richest 10 of 100 have 3 each, the poorest 40 have 1: 30 over 40, whoever they are."""
    values = np.r_[np.full(10, 3.0), np.full(50, 7.0), np.full(40, 1.0)]
    income = np.r_[np.full(10, 900.0), np.full(50, 500.0), np.full(40, 100.0)]
    assert palma_by(values, ones(values), income) == pytest.approx(0.75)
    order = np.random.default_rng(1).permutation(100)
    assert palma_by(values[order], ones(values), income[order]) == pytest.approx(0.75)


def test_of_one_income_the_tenth_has_a_quarter_of_what_two_fifths_have() -> None:
    values = np.arange(1, 101, dtype=float)
    assert palma_by(values, ones(values), np.full(100, 5.0)) == pytest.approx(0.25)
