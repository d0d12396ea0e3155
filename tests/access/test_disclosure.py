"""No hidden count can be worked out from what is told.

The attack knows every told count and total and that hidden counts are whole and not negative.
It takes differences of totals (city less the told districts), the row space of the equations
and bounds passed to and fro until nothing moves. On small tables it tries every solution.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.disclosure import SMALLEST_PUBLISHED, hidden_cells, publishable_totals
from batu_geo.access.indicators import city_totals, indicator_table, publishable_indicators
from tests.toy import villages

TABLES = 10_000


def groups_of(sizes: list[int]) -> list[np.ndarray]:
    """Return the rows of districts of some sizes, and of the city."""
    ends = np.cumsum(sizes)
    return [*(np.arange(e - n, e) for n, e in zip(sizes, ends, strict=True)), np.arange(ends[-1])]


def random_table(rng: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return counts of up to 24 villages, many of them small, some none, some unknown."""
    sizes = rng.integers(1, 9, rng.integers(1, 4)).tolist()
    top = rng.choice([3, 6, 12, 60, 2_000])
    counts = rng.integers(0, top, sum(sizes)).astype(float)
    counts[rng.random(len(counts)) < rng.choice([0, 0.3, 0.8])] = 0
    counts[rng.random(len(counts)) < rng.choice([0, 0, 0.2])] = np.nan
    return counts, groups_of(sizes)


def equations(
    counts: np.ndarray, hidden: np.ndarray, groups: list[np.ndarray], told: list[bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the told totals less the told counts, and the city less the told districts."""
    cells = np.flatnonzero(hidden)
    rest = np.where(hidden, counts, 0)
    sums = [(np.isin(cells, inside).astype(float), rest[inside].sum()) for inside in groups]
    parts = [pair for pair, is_told in zip(sums, told[:-1], strict=False) if is_told]
    found = list(parts)
    if told[-1]:
        city, total = sums[-1]
        found += [(city, total), *((city - row, total - left) for row, left in parts)]
        found.append((city - sum(row for row, _ in parts), total - sum(left for _, left in parts)))
    table = np.array([row for row, _ in found]).reshape(len(found), len(cells))
    return table, np.array([left for _, left in found])


def recovered(table: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return which cells are known: alone in the row space, or their bounds have met."""
    count = table.shape[1]
    if not count or not len(table):
        return np.zeros(count, bool)
    space = np.linalg.pinv(table) @ table
    is_fixed = np.isclose(np.diag(space), 1)
    low, high = np.zeros(count), np.full(count, np.inf)
    for _ in range(2 * count):
        before = low.copy(), high.copy()
        for row, rest in zip(table.astype(bool), left, strict=True):
            high[row] = np.minimum(high[row], rest - (low[row].sum() - low[row]))
            if np.isfinite(high[row]).all():
                low[row] = np.maximum(low[row], rest - (high[row].sum() - high[row]))
        if (low == before[0]).all() and (high == before[1]).all():
            break
    return is_fixed | (low == high)


def told_by(counts: np.ndarray, groups: list[np.ndarray]) -> tuple[np.ndarray, list[bool]]:
    hidden = hidden_cells(counts, groups)
    return hidden, publishable_totals(counts, hidden, groups)


def test_the_attack_finds_what_is_badly_hidden() -> None:
    """One hidden cell falls to its total; two that add up to 0 fall to their bounds."""
    groups = groups_of([3])
    alone = equations(np.array([3.0, 9, 9]), np.array([True, False, False]), groups, [True, True])
    assert recovered(*alone).tolist() == [True]
    zeros = equations(np.array([0.0, 0, 9]), np.array([True, True, False]), groups, [True, True])
    assert recovered(*zeros).tolist() == [True, True]
    pair = equations(np.array([3.0, 7, 9]), np.array([True, True, False]), groups, [True, True])
    assert recovered(*pair).tolist() == [False, False]


def test_the_attack_takes_the_districts_from_the_city() -> None:
    """District 2 is not told, but the city less district 1 tells it."""
    counts, hidden = np.array([8.0, 9, 3]), np.array([False, False, True])
    found = equations(counts, hidden, groups_of([2, 1]), [True, False, True])
    assert recovered(*found).tolist() == [True]


@pytest.mark.slow
def test_of_ten_thousand_tables_no_small_count_is_recovered() -> None:
    rng = np.random.default_rng(20251222)
    small = leaks = 0
    for _ in range(TABLES):
        counts, groups = random_table(rng)
        hidden, told = told_by(counts, groups)
        is_small = (counts >= 1) & (counts < SMALLEST_PUBLISHED)
        assert hidden[is_small].all()
        found = recovered(*equations(counts, hidden, groups, told))
        leaks += int((found & is_small[hidden]).sum())
        small += int(is_small.sum())
    assert leaks == 0
    assert small > TABLES


def test_without_complements_the_same_attack_recovers_many() -> None:
    """The test above can fail: hiding small counts alone does not do."""
    rng = np.random.default_rng(20251222)
    leaks = 0
    for _ in range(300):
        counts, groups = random_table(rng)
        hidden = (counts >= 1) & (counts < SMALLEST_PUBLISHED)
        found = recovered(*equations(counts, hidden, groups, [True] * len(groups)))
        leaks += int(found.sum())
    assert leaks > 100


def test_every_solution_of_small_tables_is_tried() -> None:
    """For each small count there are two ways to fill the hidden cells that differ in it."""
    rng = np.random.default_rng(7)
    tried = 0
    for _ in range(400):
        sizes = rng.integers(1, 4, rng.integers(1, 3)).tolist()
        counts, groups = rng.integers(0, 6, sum(sizes)).astype(float), groups_of(sizes)
        hidden, told = told_by(counts, groups)
        cells = np.flatnonzero(hidden)
        table, left = equations(counts, hidden, groups, told)
        if not 0 < len(cells) < 5:
            continue
        every = np.array(list(itertools.product(range(9), repeat=len(cells))))
        ways = every[(every @ table.T == left).all(axis=1)]
        assert (ways == counts[cells]).all(axis=1).any()
        is_small = (counts[cells] >= 1) & (counts[cells] < SMALLEST_PUBLISHED)
        assert (np.ptp(ways, axis=0)[is_small] > 0).all()
        tried += int(is_small.sum())
    assert tried > 300


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([3, 7, 50], [True, True, False]),  # 7 is the smallest that covers for 3
        ([1, 1, 9], [True, True, True]),  # two ones add up to 2, which can only be two ones
        ([2, 2, 9], [True, True, False]),
        ([0, 5, 9], [False, False, False]),
        ([4, 0, 0], [True, True, False]),  # a zero covers where there is nothing else
        ([2, np.nan, 9], [True, False, True]),
    ],
)
def test_what_is_hidden_by_hand(counts: list[float], expected: list[bool]) -> None:
    table = np.array(counts, dtype=float)
    assert hidden_cells(table, groups_of([3])).tolist() == expected


def test_a_total_that_gives_a_count_away_is_not_told() -> None:
    """District 1 is one village: its total is its count, and so is the city less district 2."""
    counts, groups = np.array([3.0, 20, 30]), groups_of([1, 2])
    hidden, told = told_by(counts, groups)
    assert hidden.tolist() == [True, True, True]
    assert told == [False, True, False]


def test_a_city_of_one_small_village_is_not_told() -> None:
    assert told_by(np.array([2.0]), groups_of([1]))[1] == [False, False]


# Through the table that is written.


def figures(area: pd.DataFrame, **columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=area["village_id"].tolist())


def test_a_rate_does_not_tell_a_hidden_denominator() -> None:
    """Children 3, 20, 90: 20 covers for 3. Stunted 10 of 20 would be told as 50 per cent."""
    area = villages(a=100, b=100, c=100)
    table = indicator_table(
        area, figures(area, children_under_5=[3, 20, 90], stunted_children=[0, 10, 9])
    )
    stunted = table[table["indicator"] == "stunted_children"]
    assert stunted["count"].iloc[:3].tolist() == [0, 10, 9]
    assert stunted["rate"].isna().tolist() == [True, True, False, False, False]


def test_a_rate_of_a_total_over_fewer_villages_does_not_tell_the_rest() -> None:
    """Stunting known in a and b: 10 of their 23 would leave 90 for c and 3 for nobody but a."""
    area = villages(a=100, b=100, c=100)
    table = indicator_table(
        area, figures(area, children_under_5=[3, 20, 90], stunted_children=[0, 10, np.nan])
    )
    assert table[table["indicator"] == "stunted_children"]["rate"].isna().all()


@pytest.mark.slow
def test_written_tables_with_rates_tell_no_small_count() -> None:
    """Counts, totals, and denominators read back from the rates feed the same attack."""
    rng = np.random.default_rng(3)
    small = 0
    for _ in range(150):
        area = villages(**{f"v{n}": int(p) for n, p in enumerate(rng.integers(50, 900, 8))})
        area["district_name"] = ["x"] * 3 + ["y"] * 4 + ["z"]
        groups = groups_of([3, 4, 1])
        below = rng.integers(0, rng.choice([6, 30]), 8).astype(float)
        part = np.floor(below * rng.random(8))
        table = indicator_table(area, figures(area, children_under_5=below, stunted_children=part))
        children, stunted = (
            table[table["indicator"] == n].reset_index(drop=True)
            for n in ("children_under_5", "stunted_children")
        )
        ratio = 100 * stunted["count"] / stunted["rate"]
        read_back = children["count"].fillna(ratio.where(stunted["count"] > 0))
        hidden = read_back.iloc[:8].isna().to_numpy()
        told = read_back.iloc[8:].notna().tolist()
        found = recovered(*equations(below, hidden, groups, told))
        is_small = (below >= 1) & (below < SMALLEST_PUBLISHED)
        assert hidden[is_small].all()
        assert not (found & is_small[hidden]).any()
        small += int(is_small.sum())
    assert small > 100


def test_rankings_use_the_mean_of_what_is_hidden() -> None:
    """3 and 7 are hidden and the city tells 60: both stand at 5, and the sum stays."""
    area = villages(a=100, b=100, c=100)
    told = publishable_indicators(area, figures(area, births=[3, 7, 50]))
    assert told["births"].tolist() == [5, 5, 50]
    assert city_totals(area, figures(area, births=[3, 7, 50])) == {"births": 60}


def test_where_the_city_is_hidden_too_rankings_use_the_middle() -> None:
    area = villages(a=100)
    assert publishable_indicators(area, figures(area, births=[3]))["births"].tolist() == [2.5]
    assert np.isnan(city_totals(area, figures(area, births=[3]))["births"])
