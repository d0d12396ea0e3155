"""Ranks over draws: a case solved with a pencil, and the laws of SMAA.

Two villages, two criteria between 0 and 1, no noise. Village a stands at (1, 0), b at (0, c).
With weights (w, 1 - w) and w even on 0 to 1, a comes first where w > c (1 - w), so in
1 / (1 + c) of the weightings: 2/3 for c = 1/2. Where a comes first w is even on 1/3 to 1,
in the mean 2/3; where b does, 1/6.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.siting.need.rank_acceptability import Acceptability, rank_acceptability

DRAWS = 10_000
SAMPLING = 0.02  # four standard errors of a share in 10,000 draws


def tried(
    values: object,
    *,
    slow: object = None,
    fast: object = None,
    error: float = 0.0,
    scaled: object = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Acceptability:
    """Return the ranks of villages v0, v1, ... by criteria between 0 and 1."""
    middle = np.asarray(values, dtype=float)
    raw = np.array([middle if slow is None else slow, middle, middle if fast is None else fast])
    criteria = middle.shape[1]
    return rank_acceptability(
        [f"v{n}" for n in range(len(middle))],
        raw,
        np.tile([0.0, 1.0], (criteria, 1)),
        population_scaled=np.zeros(criteria, bool) if scaled is None else np.asarray(scaled),
        population_error=error,
        draws=draws,
        seed=seed,
    )


def wins(found: Acceptability) -> np.ndarray:
    """Return the share of draws in which the row ranks before the column, NaN if not compared."""
    matrix = np.full((len(found.ids), len(found.ids)), np.nan)
    np.fill_diagonal(matrix, 0.5)
    one, other = found.pairs.T
    matrix[one, other], matrix[other, one] = found.win_share, 1 - found.win_share
    return matrix


def random_values(seed: int, villages: int = 6, criteria: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, (villages, criteria))


@pytest.mark.parametrize("c", [0.25, 0.5, 0.8])
def test_two_villages_by_the_pencil(c: float) -> None:
    found = tried([[1, 0], [0, c]])
    share = 1 / (1 + c)
    assert found.rank_share[0, 0] == pytest.approx(share, abs=SAMPLING)
    assert wins(found)[0, 1] == pytest.approx(share, abs=SAMPLING)
    low = c / (1 + c)
    assert found.central_weights[0, 0] == pytest.approx((low + 1) / 2, abs=SAMPLING)
    assert found.central_weights[1, 0] == pytest.approx(low / 2, abs=SAMPLING)


def test_three_alike_corners_come_first_a_third_each() -> None:
    """Villages at the corners of three criteria: each leads where its weight is the largest."""
    found = tried(np.eye(3))
    assert found.rank_share == pytest.approx(np.full((3, 3), 1 / 3), abs=SAMPLING)
    # The largest of three even weights has the mean (1 + 1/2 + 1/3) / 3 = 11/18.
    assert np.diag(found.central_weights) == pytest.approx(np.full(3, 11 / 18), abs=SAMPLING)


def test_speeds_between_slow_and_fast_by_the_pencil() -> None:
    """One criterion: v0 moves 1 to 0.5 to 0.3, v1 stays at 0.75: first on half of slow."""
    found = tried([[0.5], [0.75]], slow=[[1.0], [0.75]], fast=[[0.3], [0.75]])
    assert found.rank_share[0, 0] == pytest.approx(0.25, abs=SAMPLING)
    # The other way round it passes 0.6 a fifth of the way to fast: first on 0.8 of that half.
    found = tried([[0.5], [0.6]], slow=[[0.3], [0.6]], fast=[[1.0], [0.6]])
    assert found.rank_share[0, 0] == pytest.approx(0.4, abs=SAMPLING)


def test_errors_of_population_by_the_pencil() -> None:
    """0.50 (1 + e) beats 0.52 (1 + f), e and f even within 10 %.

    That is e > 0.04 + 1.04 f. Over the square of side 0.2 the share is the mean over f of
    (0.1 - 0.04 - 1.04 f) / 0.2 cut to 0..1: f runs from -0.134... (cut at -0.1) to 0.0577.
    """
    f = (np.arange(100_000) + 0.5) / 100_000 * 0.2 - 0.1
    expected = np.clip((0.1 - 0.04 - 1.04 * f) / 0.2, 0, 1).mean()
    found = tried([[0.50], [0.52]], error=0.1, scaled=[True])
    assert found.rank_share[0, 0] == pytest.approx(expected, abs=SAMPLING)
    assert tried([[0.50], [0.52]], error=0.1, scaled=[False]).rank_share[0, 0] == 0


def test_an_unreachable_village_stands_at_the_worst_whatever_the_speed() -> None:
    """It stands at 1; the other, 0.99 with an error of half, above it in no draw."""
    found = tried([[np.inf], [0.99]], error=0.5, scaled=[True], seed=3)
    assert wins(found)[0, 1] >= wins(found)[1, 0]
    assert tried([[np.inf], [0.99]], error=0, scaled=[True]).rank_share[0, 0] == 1


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    values = random_values(1)
    one, two, other = (tried(values, error=0.05, scaled=[True] * 4, seed=s) for s in (5, 5, 6))
    for name in ("rank_share", "pairs", "win_share", "central_weights"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    assert one.win_share.tobytes() != other.win_share.tobytes()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.slow
def test_doubling_the_draws_moves_no_index_by_more_than_a_fiftieth(seed: int) -> None:
    values = random_values(seed, 8, 5)
    settings_ = {"slow": values * 1.2, "fast": values * 0.8, "error": 0.05, "scaled": [True] * 5}
    once, twice = (tried(values, draws=n, seed=seed, **settings_) for n in (DRAWS, 2 * DRAWS))
    assert np.abs(once.rank_share - twice.rank_share).max() <= 0.02
    assert np.abs(wins(once) - wins(twice)).max() <= 0.02


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 7), st.integers(1, 5))
def test_rows_and_columns_sum_to_one_and_wins_mirror(seed: int, villages: int, count: int) -> None:
    """Values on a coarse grid, so that many villages are equal."""
    values = np.round(random_values(seed, villages, count) * 4) / 4
    found = tried(values, draws=300, seed=seed)
    assert found.rank_share.sum(axis=0) == pytest.approx(np.ones(villages))
    assert found.rank_share.sum(axis=1) == pytest.approx(np.ones(villages))
    assert wins(found) + wins(found).T == pytest.approx(np.ones((villages, villages)))


def test_equal_villages_share_their_ranks() -> None:
    """v0 and v1 are alike and ahead of v2: each is first in half of the draws, to the bit."""
    found = tried([[0.9, 0.9], [0.9, 0.9], [0.1, 0.2]])
    assert found.rank_share.tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert found.tied_pairs() == [("v0", "v1")]
    assert np.isnan(found.central_weights[2]).all()


def test_a_pair_is_tied_from_40_to_60_per_cent() -> None:
    """C = 2/3 gives 60 per cent less or more the draws; c = 1/2 gives 67: told apart."""
    assert tried([[1, 0], [0, 0.9]]).tied_pairs() == [("v0", "v1")]
    assert tried([[1, 0], [0, 0.5]]).tied_pairs() == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_village_beaten_on_every_criterion_never_comes_first(seed: int) -> None:
    values = random_values(seed)
    values[1] = values[0] * 0.99
    found = tried(values, draws=300, seed=seed)
    assert found.rank_share[1, 0] == 0
    assert wins(found)[0, 1] == 1


def test_a_criterion_alike_for_all_changes_no_order_of_a_pair() -> None:
    """A constant adds the same to everybody in each draw; the rest of the weights stay even."""
    values = random_values(2, 5, 3)
    constant = np.column_stack([values, np.full(5, 0.4)])
    assert wins(tried(constant)) == pytest.approx(wins(tried(values)), abs=2 * SAMPLING)


def test_dropping_a_village_moves_no_pair_beyond_sampling() -> None:
    """Pairs are compared by their own values: who else is ranked plays no part."""
    values = random_values(4)
    whole = wins(tried(values))
    for gone in range(len(values)):
        rest = np.delete(values, gone, axis=0)
        expected = np.delete(np.delete(whole, gone, axis=0), gone, axis=1)
        assert wins(tried(rest)) == pytest.approx(expected, abs=SAMPLING)


def test_draws_that_fill_no_block_count_too() -> None:
    found = tried([[1, 0], [0, 0.5]], draws=1_234)
    assert found.rank_share.sum(axis=1) == pytest.approx([1, 1])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_a_village_is_drawn_alike_in_any_company(seed: int, lacks: bool) -> None:
    """Of two villages the shares of their pair are the same to the bit, whoever else is ranked."""
    values = random_values(seed)
    if lacks:
        values[1, 2] = np.nan
    both = {"error": 0.2, "scaled": [True, False, True, True], "draws": 300, "seed": seed}
    whole, alone = tried(values, **both), tried(values[:2], **both)
    assert wins(alone)[0, 1] == wins(whole)[0, 1]


def test_ranks_by_one_sort_are_those_of_counting() -> None:
    """Many ties, against the definition: of r that are as good, each has each rank 1/r of a time."""
    values = np.round(random_values(3, 30, 2) * 3) / 3
    found = tried(values, draws=200)
    weights = np.random.default_rng([1, 0]).dirichlet(np.ones(2), 200)
    expected = np.zeros((30, 30))
    for drawn in weights:
        score = np.round((values * drawn).sum(axis=1), 12)
        for village, own in enumerate(score):
            first, same = (score > own).sum(), (score == own).sum()
            expected[village, first : first + same] += 1 / same / 200
    assert found.rank_share == pytest.approx(expected)


def test_villages_far_apart_are_not_compared_and_all_others_are() -> None:
    found = tried(np.linspace(1, 0, 50)[:, None], draws=10)
    apart = found.pairs[:, 1] - found.pairs[:, 0]
    assert sorted(set(apart.tolist())) == list(range(1, 21))
    assert len(found.pairs) == sum(50 - n for n in range(1, 21))
