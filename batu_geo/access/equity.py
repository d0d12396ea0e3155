"""How evenly access is shared out: indices over people, and plain gaps beside them.

`values` are of cells (demand points), `people` their weights. Indices of few
large units hide what happens inside them, so they are computed on cells. A value is finite
and not negative: those who reach nothing are counted beside an index of minutes, and have 0 of
an index of supply. An index does not know whether more is better: the top of minutes are
the worst-off, the top of staff per person the best-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Numbers


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

    Raises
    ------
    ValueError
        As every index here, for a value that is infinite, negative or missing.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0]), np.array([3, 5]))
    0.0
    """
    _checked(values)
    order = np.argsort(values, kind="stable")
    share = people[order] / people.sum()
    total = np.cumsum(values[order] * share)
    if total[-1] == 0:
        return 0.0
    lorenz = total / total[-1]
    before = np.r_[0.0, lorenz[:-1]]
    return float(max(0.0, 1 - (share * (lorenz + before)).sum()))


def theil(values: Numbers, people: Numbers) -> float:
    """Return Theil's T, population-weighted: 0 for equal, nothing counts as 0 log 0 = 0.

    Examples
    --------
    >>> theil(np.array([1.0, 1.0]), np.array([3, 5])), round(theil(np.array([0.0, 2.0]),
    ...                                                              np.array([1, 1])), 4)
    (0.0, 0.6931)
    """
    _checked(values)
    share = people / people.sum()
    mean = (values * share).sum()
    if mean == 0:
        return 0.0
    ratio = values / mean
    part = np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1.0)), 0.0)
    return float((share * part).sum())


def theil_between(values: Numbers, people: Numbers, groups: Columns) -> float:
    """Return the part of Theil's T that lies between groups; the rest lies inside them.

    ``T_between = sum_g f_g r_g log r_g`` with f the share of people of a group and r its mean over
    the mean of all (Theil 1967): T as if everybody had the mean of their group.

    Parameters
    ----------
    values, people
        Of cells.
    groups
        The number of the group of each cell, from 0.

    Examples
    --------
    >>> values, people = np.array([1.0, 3.0, 2.0]), np.array([1, 1, 2])
    >>> theil_between(values, people, np.array([0, 0, 1]))
    0.0
    """
    _checked(values)
    count = np.asarray(np.bincount(groups, weights=people), float)
    total = np.bincount(groups, weights=people * values)
    mean = np.divide(total, count, out=np.zeros(len(count)), where=count > 0)
    return theil(mean, count)


def fgt(
    values: Numbers, people: Numbers, line: float, *, power: int, is_worse_above: bool
) -> float:
    """Return how far those beyond a line are from it (Foster, Greer and Thorbecke 1984).

    The mean over all people of ``g ** power``, with ``g = (line - value) / line`` for those
    below the line of something that is good to have, and ``(value - line) / line`` for those
    above it of a burden such as minutes; 0 for the others, and on the line. Power 0 is the
    share of people beyond, 1 how far they are on average, 2 weighs the farthest most.

    >>> fgt(np.array([10.0, 30.0]), np.array([1, 1]), 15, power=1, is_worse_above=True)
    0.5
    """
    _checked(values)
    gap = (values - line if is_worse_above else line - values) / line
    beyond = np.where(gap > 0, np.where(gap > 0, gap, 1.0) ** power, 0.0)
    return float((beyond * people).sum() / people.sum())


def palma(values: Numbers, people: Numbers) -> float:
    """Return the share of the total of the top tenth over that of the lower two fifths, by value.

    Of minutes the top tenth are those who live farthest, of staff per person those who have
    most. NaN for fewer than 50 cells, where a tenth is a handful of places, and where nobody
    has anything; inf where the lower alone have nothing.

    Examples
    --------
    >>> round(palma(np.ones(50), np.ones(50, dtype=int)), 6)
    0.25
    """
    return palma_by(values, people, values)


def palma_by(values: Numbers, people: Numbers, standing: Numbers) -> float:
    """Return the share of the total of the tenth of highest standing, say income, over the lowest.

    As `palma`, with cells in order of their standing; cells of one standing have the mean of
    their values.

    Examples
    --------
    >>> round(palma_by(np.ones(50), np.ones(50, dtype=int), np.arange(50.0)), 6)
    0.25
    """
    _checked(values)
    if len(values) < FEWEST_FOR_PALMA:
        return float("nan")
    level, which = np.unique(standing, return_inverse=True)
    amount = np.asarray(values * people, float)
    people = np.asarray(np.bincount(which, weights=people, minlength=len(level)), float)
    total = np.bincount(which, weights=amount, minlength=len(level))
    values = np.divide(total, people, out=np.zeros(len(level)), where=people > 0)
    weight = people / people.sum()
    upper = np.cumsum(weight)
    lower = upper - weight
    amount = values * weight
    # A cell that straddles a limit counts on both sides in proportion.
    lowest = amount * _part(lower, upper, 0.0, 0.4)
    top = amount * _part(lower, upper, 0.9, 1.0)
    if lowest.sum() > 0:
        return float(top.sum() / lowest.sum())
    return float("inf") if amount.sum() > 0 else float("nan")


def _checked(values: Numbers) -> None:
    """Refuse values that an index has no meaning for: it would be 0 with an infinite total."""
    if not (np.isfinite(values) & (values >= 0)).all():
        text = "values must be finite and not negative; count those who reach nothing beside"
        raise ValueError(text)


def _part(lower: Numbers, upper: Numbers, start: float, stop: float) -> Numbers:
    inside = np.clip(np.minimum(upper, stop) - np.maximum(lower, start), 0, None)
    width = upper - lower
    return np.asarray(np.divide(inside, width, out=np.zeros(len(width)), where=width > 0))


def concentration_index(values: Numbers, people: Numbers, standing: Numbers) -> float:
    """Return the concentration of values along a standing, say the share of poor people.

    ``C = 2 cov(value, rank) / mean`` with the fractional rank from the lowest standing;
    cells of the same standing share the middle of their ranks. Positive: more
    among the high.

    Examples
    --------
    >>> poor_first = np.array([1.0, 2.0])
    >>> concentration_index(np.array([0.0, 1.0]), np.array([5, 5]), poor_first)
    0.5
    """
    _checked(values)
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
