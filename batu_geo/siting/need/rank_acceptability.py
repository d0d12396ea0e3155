"""How sure the order is: ranks over many weightings, speeds and population errors.

SMAA-2 (Lahdelma and Salminen 2001): of seeded random draws of weights and inputs,
in which share does a village come at which rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.goalposts import between_goalposts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Numbers


BLOCK = 1_000
TIED = (0.4, 0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Acceptability:
    """Ranks over the draws.

    Attributes
    ----------
    ids
        Villages.
    rank_share
        Share of draws in which each village has each rank, [villages, ranks]; rows and
        columns sum to 1. Equal scores share their ranks evenly.
    wins
        Share of draws in which the row ranks before the column, halves for equal, [v, v].
    central_weights
        Mean weights of the draws in which each village comes first, [v, criteria];
        NaN for one that never does.
    """

    ids: tuple[str, ...]
    rank_share: Numbers
    wins: Numbers
    central_weights: Numbers

    def tied_pairs(self) -> list[tuple[str, str]]:
        """Return the pairs whose order is not certain: each wins 40 to 60 per cent."""
        low, high = TIED
        count = len(self.ids)
        return [
            (self.ids[a], self.ids[b])
            for a in range(count)
            for b in range(a + 1, count)
            if low <= self.wins[a, b] <= high
        ]


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
    """
    rng = np.random.default_rng(seed)
    _, villages, criteria = raw.shape
    error = np.where(population_scaled, population_error, 0.0)
    rank_share, wins = np.zeros((villages, villages)), np.zeros((villages, villages))
    central, first_count = np.zeros((villages, criteria)), np.zeros(villages)
    for start in range(0, draws, BLOCK):
        count = min(BLOCK, draws - start)
        weights = rng.dirichlet(np.ones(criteria), count)
        drawn = _drawn(rng, raw, goalposts, error, count)
        score = np.round(np.einsum("dvc,dc->dv", drawn, weights), 12)
        before = (score[:, :, None] > score[:, None, :]).sum(axis=0)
        equal = (score[:, :, None] == score[:, None, :]).sum(axis=0)
        wins += before + 0.5 * equal
        rank_share += _ranks(score)
        is_first = score == score.max(axis=1, keepdims=True)
        share = is_first / is_first.sum(axis=1, keepdims=True)
        central += share.T @ weights
        first_count += share.sum(axis=0)
    np.fill_diagonal(wins, 0.5 * draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = np.where(first_count[:, None] > 0, central / first_count[:, None], np.nan)
    return Acceptability(tuple(ids), rank_share / draws, wins / draws, central)


def _drawn(
    rng: np.random.Generator, raw: Numbers, goalposts: Numbers, error: Numbers, count: int
) -> Numbers:
    """Return drawn values between the goalposts, [draws, villages, criteria].

    `error` is the largest share by which each criterion may be off, 0 for those that do not
    grow with people. A figure that a village lacks is drawn evenly between 0 and 1.
    """
    villages = raw.shape[1]
    exact = np.where(np.isinf(raw), goalposts[:, 1], raw)
    pace = rng.uniform(-1, 1, count)[:, None, None]
    largest = float(error.max(initial=0.0))
    off = rng.uniform(-largest, largest, (count, villages))[:, :, None] * (error > 0)
    mixed = exact[1] + np.where(
        pace < 0, -pace * (exact[0] - exact[1]), pace * (exact[2] - exact[1])
    )
    drawn = between_goalposts(mixed * (1 + off), goalposts[:, 0], goalposts[:, 1])
    middle = between_goalposts(raw[1], goalposts[:, 0], goalposts[:, 1])
    drawn = np.where(np.isfinite(raw[1]), drawn, middle)
    if np.isnan(raw).any():
        drawn = np.where(np.isnan(raw[1]), rng.uniform(0, 1, drawn.shape), drawn)
    return drawn


def _ranks(score: Numbers) -> Numbers:
    """Return how often each village has each rank; equal scores share theirs evenly."""
    villages = score.shape[1]
    higher = (score[:, None, :] > score[:, :, None]).sum(axis=2)
    same = (score[:, None, :] == score[:, :, None]).sum(axis=2)
    counts = np.zeros((villages, villages))
    for rank in range(villages):
        inside = (higher <= rank) & (rank < higher + same)
        counts[:, rank] = (inside / same).sum(axis=0)
    return counts
