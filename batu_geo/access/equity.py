"""How evenly access is shared out: indices over people, and plain gaps beside them.

`values` are of cells (demand points), `people` their weights. Indices of few
large units hide what happens inside them, so they are computed on cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Numbers


FEWEST_FOR_PALMA = 50


def weighted_quantile(values: Numbers, people: Numbers, share: float) -> float:
    """Return the value at or below which a share of the people live.

    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([10, 80, 10]), 0.9)
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(people[order]) >= share * people.sum() - 1e-9
    return float(values[order][int(np.argmax(reached))])


def gini(values: Numbers, people: Numbers) -> float:
    """Return the population-weighted Gini index, 0 for equal.

    ``G = 1 - sum_i f_i (L_i + L_(i-1))`` over cells in order of their value, with f the
    share of people and L the cumulated share of the total.

    >>> gini(np.array([1.0, 1.0]), np.array([3, 5]))
    0.0
    """
    order = np.argsort(values, kind="stable")
    share = people[order] / people.sum()
    total = np.cumsum(values[order] * share)
    if total[-1] == 0:
        return 0.0
    lorenz = total / total[-1]
    before = np.r_[0.0, lorenz[:-1]]
    return float(max(0.0, 1 - (share * (lorenz + before)).sum()))


def theil(values: Numbers, people: Numbers) -> float:
    """Return Theil's T, population-weighted: 0 for equal, nothing counts as 0 log 0 = 0."""
    share = people / people.sum()
    mean = (values * share).sum()
    if mean == 0:
        return 0.0
    ratio = values / mean
    part = np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1.0)), 0.0)
    return float((share * part).sum())


def palma(values: Numbers, people: Numbers) -> float:
    """Return the share of the best-off tenth over that of the worst-off two fifths.

    NaN for fewer than 50 cells, where a tenth is a handful of places, and where nobody
    has anything; inf where the worst-off alone have nothing.
    """
    if len(values) < FEWEST_FOR_PALMA:
        return float("nan")
    order = np.argsort(values, kind="stable")
    weight = people[order] / people.sum()
    upper = np.cumsum(weight)
    lower = upper - weight
    amount = values[order] * weight
    # A cell that straddles a limit counts on both sides in proportion.
    poor = amount * _part(lower, upper, 0.0, 0.4)
    rich = amount * _part(lower, upper, 0.9, 1.0)
    if poor.sum() > 0:
        return float(rich.sum() / poor.sum())
    return float("inf") if amount.sum() > 0 else float("nan")


def _part(lower: Numbers, upper: Numbers, start: float, stop: float) -> Numbers:
    inside = np.clip(np.minimum(upper, stop) - np.maximum(lower, start), 0, None)
    width = upper - lower
    return np.asarray(np.divide(inside, width, out=np.zeros(len(width)), where=width > 0))


def concentration_index(values: Numbers, people: Numbers, standing: Numbers) -> float:
    """Return the concentration of values along a standing, say the share of poor people.

    ``C = 2 cov(value, rank) / mean`` with the fractional rank from the lowest standing;
    cells of the same standing share the middle of their ranks. Positive: more
    among the high.
    """
    order = np.argsort(standing, kind="stable")
    share = people[order] / people.sum()
    upper = np.cumsum(share)
    rank = upper - share / 2
    level = standing[order]
    for value in np.unique(level):
        tied = level == value
        rank[tied] = np.average(rank[tied], weights=share[tied]) if share[tied].sum() else 0.5
    mean = (values[order] * share).sum()
    if mean == 0:
        return 0.0
    middle = (rank * share).sum()
    covariance = (share * (values[order] - mean) * (rank - middle)).sum()
    return float(2 * covariance / mean)
