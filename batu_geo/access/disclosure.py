"""Disclosure control: suppress small counts so that no published total reveals them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SMALLEST_PUBLISHED = 5


def hidden_cells(
    counts: NDArray[np.float64], groups: Sequence[NDArray[np.intp]]
) -> NDArray[np.bool_]:
    """Return which counts to hide so that no hidden one follows from a total.

    Parameters
    ----------
    counts
        Counts of places, NaN where there is none.
    groups
        Rows of each total that is published beside the counts: the districts, at last the city.

    Returns
    -------
    numpy.ndarray
        True for counts of 1 to 4, and for as many more, smallest first, as keep
        every total from giving one away: in each group at least two are hidden
        and together they exceed the least they could be.
    """
    known = np.isfinite(counts)
    hidden = known & (counts >= 1) & (counts < SMALLEST_PUBLISHED)
    changed = True
    while changed:
        changed = False
        for rows in groups:
            if _is_safe(counts, rows[hidden[rows]]):
                continue
            others = rows[known[rows] & ~hidden[rows] & (counts[rows] > 0)]
            others = others if len(others) else rows[known[rows] & ~hidden[rows]]
            if len(others):
                hidden[others[np.lexsort((others, counts[others]))[0]]] = True
                changed = True
    return hidden


def _gives_away(counts: NDArray[np.float64], inside: NDArray[np.intp]) -> bool:
    """Return whether the sum of the hidden cells, each at least 1, leaves one way only."""
    total = counts[inside].sum()
    return len(inside) < 2 or total <= len(inside)


def publishable_totals(
    counts: NDArray[np.float64], hidden: NDArray[np.bool_], groups: Sequence[NDArray[np.intp]]
) -> list[bool]:
    """Return which totals can be published without revealing a suppressed count.

    The last group is the whole; less the published parts, it must reveal none either.
    """
    parts, whole = groups[:-1], groups[-1]
    left = hidden.copy()
    published = []
    for rows in parts:
        published.append(_is_safe(counts, rows[hidden[rows]]))
        if published[-1]:
            left[rows] = False
    return [*published, _is_safe(counts, whole[left[whole]])]


def _is_safe(counts: NDArray[np.float64], inside: NDArray[np.intp]) -> bool:
    return not len(inside) or not _gives_away(counts, inside)
