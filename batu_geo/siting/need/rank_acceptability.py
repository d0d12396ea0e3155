"""How sure the order is: ranks over many weightings, speeds and population errors.

SMAA-2 (Lahdelma and Salminen 2001): of seeded random draws of weights and inputs,
in which share does a village come at which rank.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.goalposts import between_goalposts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Numbers


LARGEST_BLOCK = 2_000_000
LARGEST_STEP = 100_000  # of a block, so that what is computed on the way stays small
LAST_RANK = 1_000
LARGEST_DISTANCE = 20
TIED = (0.4, 0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Acceptability:
    """Ranks over the draws.

    Attributes
    ----------
    ids
        Villages.
    rank_share
        Share of draws in which each village has each rank, [villages, ranks]; of more than
        1,000 ranks the first 1,000. Equal scores share their ranks evenly. Rows and columns of
        all ranks sum to 1.
    pairs
        Positions of the villages that are compared two by two, int [pairs, 2]: those at most 20
        places apart by their mean score, the higher first.
    win_share
        Share of draws in which the first of each pair ranks before the second, halves for
        equal, [pairs].
    central_weights
        Mean weights of the draws in which each village comes first, [villages, criteria];
        NaN for one that never does.
    """

    ids: tuple[str, ...]
    rank_share: Numbers
    pairs: NDArray[np.int64]
    win_share: Numbers
    central_weights: Numbers

    def tied_pairs(self) -> list[tuple[str, str]]:
        """Return the pairs whose order is not certain: each wins 40 to 60 per cent."""
        low, high = TIED
        tied = self.pairs[(low <= self.win_share) & (self.win_share <= high)]
        return [(self.ids[a], self.ids[b]) for a, b in np.sort(tied, axis=1).tolist()]


def rank_acceptability(
    ids: Sequence[str],
    raw: Numbers,
    goalposts: Numbers,
    *,
    population_scaled: NDArray[np.bool_],
    population_error: float,
    draws: int,
    seed: int,
) -> Acceptability:
    """Return how often each village has each rank.

    Parameters
    ----------
    ids
        Villages.
    raw
        Criteria at slow, middle and fast speeds, [3, villages, criteria]; inf is the worst.
    goalposts
        Where each criterion is 0 and where it is 1, [criteria, 2].
    population_scaled, population_error
        Criteria that grow with people, and the largest error of a village's, as a share.
    draws, seed
        How many, and from where: the same seed gives the same answer.

    Each draw takes weights evenly from all weightings, a speed evenly between slow and fast
    (criteria in between by linear interpolation), and an error of each village's population.
    Weights and speed come from the seed and the draw alone, the error of a village from seed,
    village and draw: whoever else is ranked, a village is drawn alike.
    """
    villages, criteria = raw.shape[1:]
    villages, criteria = raw.shape[1:]
    error = np.where(population_scaled, population_error, 0.0)
    pairs = _neighbours(_mean_score(raw, goalposts))
    kept = min(villages, LAST_RANK)
    rank_share, wins = np.zeros((villages, kept)), np.zeros(len(pairs))
    central, first_count = np.zeros((villages, criteria)), np.zeros(villages)
    for weights, drawn in _draws(ids, raw, goalposts, error, draws=draws, seed=seed):
        score = np.round(np.einsum("dvc,dc->dv", drawn, weights), 12)
        for some in _steps(len(score), len(pairs)):
            one, other = score[some][:, pairs[:, 0]], score[some][:, pairs[:, 1]]
            wins += (one > other).sum(axis=0) + 0.5 * (one == other).sum(axis=0)
        ranks, first = _ranks(score, kept)
        rank_share += ranks
        central += first.T @ weights
        first_count += first.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = np.where(first_count[:, None] > 0, central / first_count[:, None], np.nan)
    return Acceptability(tuple(ids), rank_share / draws, pairs, wins / draws, central)


def _draws(
    ids: Sequence[str],
    raw: Numbers,
    goalposts: Numbers,
    error: Numbers,
    *,
    draws: int,
    seed: int,
) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield weights [draws, criteria] and scored criteria [draws, villages, criteria] in blocks.

    A figure that a village lacks is drawn evenly between 0 and 1.
    """
    villages, criteria = raw.shape[1:]
    of_weights, of_pace = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    of_errors, of_missing = (_of_villages(seed, stream, ids) for stream in (2, 3))
    lacks = np.isnan(raw[1])
    block = max(1, LARGEST_BLOCK // max(1, villages * criteria))
    for start in range(0, draws, block):
        count = min(block, draws - start)
        weights = of_weights.dirichlet(np.ones(criteria), count)
        pace = of_pace.uniform(-1, 1, count)
        off = np.array([of_village.uniform(-1, 1, count) for of_village in of_errors]).T
        drawn = np.empty((count, villages, criteria))
        for some in _steps(count, villages * criteria):
            drawn[some] = _drawn(raw, goalposts, error, pace[some], off[some])
        for n in np.flatnonzero(lacks.any(axis=1)):
            even = of_missing[n].uniform(0, 1, (count, criteria))
            drawn[:, n] = np.where(lacks[n], even, drawn[:, n])
        yield weights, drawn


def _steps(draws: int, width: int) -> Iterator[slice]:
    """Yield the draws of a block some at a time."""
    step = max(1, LARGEST_STEP // max(1, width))
    yield from (slice(first, first + step) for first in range(0, draws, step))


def _of_villages(seed: int, stream: int, ids: Sequence[str]) -> list[np.random.Generator]:
    """Return a source of random numbers for each village, by its id and whoever else is there."""
    digests = (hashlib.sha256(name.encode()).digest() for name in ids)
    return [
        np.random.default_rng([seed, stream, *np.frombuffer(digest, "<u4").tolist()])
        for digest in digests
    ]


def _mean_score(raw: Numbers, goalposts: Numbers) -> Numbers:
    """Return the score at middle speeds and equal weights; a missing figure counts as a half."""
    score = between_goalposts(raw[1], goalposts[:, 0], goalposts[:, 1])
    mean: Numbers = np.where(np.isnan(score), 0.5, score).mean(axis=1)
    return mean


def _neighbours(score: Numbers) -> NDArray[np.int64]:
    """Return pairs of villages at most 20 places apart by score, higher first, [pairs, 2]."""
    order = np.argsort(-score, kind="stable")
    apart = range(1, min(LARGEST_DISTANCE, len(order) - 1) + 1)
    pairs = [np.column_stack([order[:-n], order[n:]]) for n in apart]
    return np.vstack([np.zeros((0, 2), np.int64), *pairs])


def _drawn(
    raw: Numbers, goalposts: Numbers, error: Numbers, pace: Numbers, off: Numbers
) -> Numbers:
    """Return drawn values between the goalposts, [draws, villages, criteria].

    `error` is the largest share by which each criterion may be off, 0 for those that do not
    grow with people; `pace` [draws] runs from -1 (slow) to 1 (fast), `off` [draws, villages]
    from -1 to 1 of the error. NaN for a figure that a village lacks.
    """
    exact = np.where(np.isinf(raw), goalposts[:, 1], raw)
    pace = pace[:, None, None]
    mixed = exact[1] + np.where(
        pace < 0, -pace * (exact[0] - exact[1]), pace * (exact[2] - exact[1])
    )
    drawn = between_goalposts(
        mixed * (1 + error * off[:, :, None]), goalposts[:, 0], goalposts[:, 1]
    )
    middle = between_goalposts(raw[1], goalposts[:, 0], goalposts[:, 1])
    return np.where(np.isfinite(raw[1]), drawn, middle)


def _ranks(score: Numbers, kept: int) -> tuple[Numbers, Numbers]:
    """Return how often each village has each rank, and its share of first place in each draw.

    One sort a draw; equal scores share their ranks evenly. Shapes [villages, kept] and
    [draws, villages].
    """
    draws, villages = score.shape
    order = np.argsort(-score, axis=1, kind="stable")
    sorted_ = np.take_along_axis(score, order, axis=1)
    is_start = np.column_stack([np.ones(draws, bool), sorted_[:, 1:] != sorted_[:, :-1]])
    run = np.cumsum(is_start.ravel()) - 1  # equal scores of one draw are a run
    start = np.flatnonzero(is_start.ravel())
    length = np.diff(np.r_[start, draws * villages])[run]
    place = (start % villages)[run]
    village = order.ravel()
    counts = np.zeros((villages, kept))
    for size in np.unique(length):  # whole counts for each size, so that halves are exact
        of_size = length == size
        row, first = village[of_size] * (kept + 1), place[of_size]
        begin, end = (
            np.bincount(row + np.minimum(column, kept), minlength=villages * (kept + 1))
            for column in (first, first + size)
        )
        inside = (begin - end).reshape(villages, kept + 1).cumsum(axis=1)
        counts += inside[:, :kept] / size
    share = np.zeros((draws, villages))
    np.put_along_axis(
        share, order, np.where(place == 0, 1 / length, 0.0).reshape(draws, -1), axis=1
    )
    return counts, share
