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

    Numbers = NDArray[np.float64]

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
        """Return the pairs that cannot be told apart: each wins 40 to 60 per cent."""
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
        Criteria under slow, middle and fast speeds, float64 [3, villages, criteria];
        inf counts as the worst.
    goalposts
        Where each criterion is 0 and where it is 1, [criteria, 2].
    population_scaled
        Criteria that grow with the number of people.
    population_error
        Largest error of a village's population as a share; each draw takes one evenly.
    draws, seed
        How many, and from where: the same seed gives the same answer.

    Each draw takes weights evenly from all weightings, a speed evenly between slow
    and fast (criteria in between by linear interpolation), and an error of each
    village's population.
    """
    rng = np.random.default_rng(seed)
    _, villages, criteria = raw.shape
    value = between_goalposts(raw, goalposts[:, 0], goalposts[:, 1])
    exact = np.where(np.isfinite(raw), raw, goalposts[:, 1])
    rank_share = np.zeros((villages, villages))
    wins = np.zeros((villages, villages))
    central = np.zeros((villages, criteria))
    first_count = np.zeros(villages)
    for start in range(0, draws, BLOCK):
        count = min(BLOCK, draws - start)
        weights = rng.dirichlet(np.ones(criteria), count)
        pace = rng.uniform(-1, 1, count)[:, None, None]
        error = rng.uniform(-population_error, population_error, (count, villages))[:, :, None]
        mixed = exact[1] + np.where(
            pace < 0, -pace * (exact[0] - exact[1]), pace * (exact[2] - exact[1])
        )
        noisy = np.where(population_scaled, mixed * (1 + error), mixed)
        drawn = between_goalposts(noisy, goalposts[:, 0], goalposts[:, 1])
        drawn = np.where(np.isfinite(raw[1]), drawn, value[1])
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
    return Acceptability(
        ids=tuple(ids),
        rank_share=rank_share / draws,
        wins=wins / draws,
        central_weights=central,
    )


def _ranks(score: Numbers) -> Numbers:
    """Return how often each village has each rank; equal scores share theirs evenly."""
    villages = score.shape[1]
    higher = (score[:, None, :] > score[:, :, None]).sum(axis=2)
    same = (score[:, None, :] == score[:, :, None]).sum(axis=2)
    found = np.zeros((villages, villages))
    for rank in range(villages):
        inside = (higher <= rank) & (rank < higher + same)
        found[:, rank] = (inside / same).sum(axis=0)
    return found
