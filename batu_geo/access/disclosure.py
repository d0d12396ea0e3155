"""Disclosure control: which counts of people are hidden so that none follows from the rest.

The rule is public, and so is everything it looks at beside the totals: which cells are small, to
which class the others belong, and how many people live where. It never compares hidden values
with each other. `docs/methods/disclosure.md` has the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Rule(NamedTuple):
    """The two numbers of the rule.

    Attributes
    ----------
    limit
        Counts of people from 1 to one less are small, and so are differences to a whole.
    roomy
        Covers are taken where at least so many stand on both sides, if there is such a cell.
    """

    limit: int = 5
    roomy: int = 20


RULE = Rule()


class Cells(NamedTuple):
    """The counts of one indicator with what everybody may know of them.

    Attributes
    ----------
    counts
        By village, NaN where unknown, float64 [n].
    is_small
        Whether a count, or what it lacks of its whole, must not be published, bool [n].
    cover
        2 for a roomy cover, 1 for a tight one, 0 for what can be none, int64 [n].
    low, high
        The class of the cell: a hidden one may be anything between, float64 [n].
    """

    counts: NDArray[np.float64]
    is_small: NDArray[np.bool_]
    cover: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Hidden(NamedTuple):
    """What is not published of one indicator.

    Attributes
    ----------
    cells
        Hidden villages, bool [n].
    parts
        Which totals of parts (districts) are published, bool [k].
    is_whole_public
        Whether the total of everything is.
    together
        Parts that have no total of their own; where the whole is published, one of them all.
    """

    cells: NDArray[np.bool_]
    parts: NDArray[np.bool_]
    is_whole_public: bool
    together: tuple[int, ...]


def classes(
    counts: NDArray[np.float64],
    whole_low: NDArray[np.float64],
    whole_high: NDArray[np.float64],
    rule: Rule = RULE,
) -> Cells:
    """Return the class of each count: small, a possible cover, or neither.

    Parameters
    ----------
    counts
        By village, NaN where unknown.
    whole_low, whole_high
        What each is a part of: equal where it is published, the class of the whole where that is
        hidden, inf where it is a part of nothing.

    >>> whole = np.array([100.0, 100.0, 100.0, 100.0])
    >>> classes(np.array([0.0, 3.0, 98.0, 60.0]), whole, whole).is_small.tolist()
    [False, True, True, False]
    """
    limit, roomy = rule
    is_exact = whole_low == whole_high
    near_low = np.maximum(1, whole_low - limit + 1)
    near_high = np.where(is_exact, whole_low - 1, whole_high)
    is_full = is_exact & (counts >= whole_low) & (counts >= limit)
    is_low = (counts >= 1) & (counts < limit)
    is_near = (counts >= near_low) & (counts >= 1) & ~is_full
    is_small = np.isfinite(counts) & (is_low | is_near)
    top = np.minimum(limit - 1, whole_high)
    is_joint = near_low < limit  # so few in all that both are one class
    low = np.where(is_joint | is_low, 1, near_low)
    high = np.where(is_joint, np.maximum(top, near_high), np.where(is_low, top, near_high))
    is_middle = is_exact & (counts >= limit) & (counts <= whole_low - limit) & ~is_small
    is_roomy = is_middle & (counts >= roomy) & (counts <= whole_low - roomy)
    is_few, is_narrow = counts < roomy, whole_low < 2 * roomy
    near_top = ~is_narrow & ~is_few
    cover_low = np.where(is_roomy, roomy, np.where(near_top, whole_low - roomy + 1, limit))
    below = np.where(~is_narrow & is_few, roomy - 1, whole_low - limit)
    cover_high = np.where(is_roomy, whole_low - roomy, below)
    return Cells(
        counts=counts,
        is_small=is_small,
        cover=np.where(is_roomy, 2, np.where(is_middle, 1, 0)),
        low=np.where(is_small, low, np.where(is_middle, cover_low, counts)),
        high=np.where(is_small, np.maximum(high, counts), np.where(is_middle, cover_high, counts)),
    )


def fit_for_parts(cells: Cells, parts: Sequence[NDArray[np.float64]], limit: int) -> Cells:
    """Keep as covers only villages whose parts stay published and are far from small beside them.

    A part of nobody is; any other must be no small count, and less than the cover by a limit.
    """
    cover, low = cells.cover.copy(), cells.low.copy()
    for part in parts:
        nobody = ~(part > 0)
        is_far = (part >= limit) & (cells.counts - part >= limit)
        cover[~(nobody | is_far)] = 0
        is_raised = is_far & (cover > 0)
        low[is_raised] = np.maximum(low, part + limit)[is_raised]
    return cells._replace(cover=cover, low=low)


class _Sums(NamedTuple):
    """Sums over hidden cells: their total, and the least and most of small ones and covers."""

    total: float
    small_low: float
    small_high: float
    cover_low: float = 0.0
    cover_high: float = 0.0

    def with_cover(self, cells: Cells, row: int) -> _Sums:
        """Return the sums with a cover more."""
        return self._replace(
            total=self.total + cells.counts[row],
            cover_low=self.cover_low + cells.low[row],
            cover_high=self.cover_high + cells.high[row],
        )

    def leaves_room(self, cells: Cells, row: int) -> bool:
        """Return whether one more cover can take up whatever the small cells are.

        The other covers then stand all at their least, or all at their most, where the rule
        did not find room either; so nothing follows from its having gone on.
        """
        total, low, high = self.total + cells.counts[row], cells.low[row], cells.high[row]
        return any(
            others + low + self.small_high < total < others + high + self.small_low
            for others in (self.cover_low, self.cover_high)
        )


def hide(
    cells: Cells,
    weight: NDArray[np.float64],
    parts: Sequence[NDArray[np.intp]],
    *,
    may_stand_bare: bool = True,
) -> Hidden:
    """Return what to hide so that every small count may be anything its class allows.

    Parameters
    ----------
    cells
        From `classes`.
    weight
        Published people of each village: of the possible covers that of the fewest is taken.
    parts
        Rows of the parts that have totals of their own, the districts; the whole is all of them.
    may_stand_bare
        Whether small cells may do without a cover where their sum alone leaves each its choice.
    """
    order = np.lexsort((weight, -cells.cover))
    ranked = [int(k) for k in order if cells.cover[k]]
    hidden = cells.is_small.copy()
    failed: list[tuple[int, _Sums]] = []
    for number, rows in enumerate(parts):
        small = rows[cells.is_small[rows]]
        sums = _Sums(*(float(v[small].sum()) for v in (cells.counts, cells.low, cells.high)))
        if not len(small) or (may_stand_bare and _is_between(cells, small)):
            continue
        inside = set(rows.tolist())
        cover = next((k for k in ranked if k in inside), None)
        if cover is not None:
            hidden[cover] = True
            if sums.leaves_room(cells, cover):
                continue
            sums = sums.with_cover(cells, cover)
        failed.append((number, sums))
    if not failed:
        return Hidden(hidden, np.ones(len(parts), bool), is_whole_public=True, together=())
    return _joined(cells, hidden, [k for k in ranked if cells.cover[k] == 2], parts, failed)


def _joined(
    cells: Cells,
    hidden: NDArray[np.bool_],
    roomy: Sequence[int],
    parts: Sequence[NDArray[np.intp]],
    failed: Sequence[tuple[int, _Sums]],
) -> Hidden:
    """Join the parts that found no cover with one that lends them a cell."""
    numbers = [number for number, _ in failed]
    sums = _Sums(*(float(sum(column)) for column in zip(*(s for _, s in failed), strict=True)))
    own = {int(row) for number in numbers for row in parts[number]}
    lent = next((k for k in roomy if k not in own and not hidden[k]), None)
    is_whole_public = False
    if lent is not None:
        hidden[lent] = True
        numbers += [n for n, rows in enumerate(parts) if lent in rows]
        is_whole_public = sums.leaves_room(cells, lent)
    public = ~np.isin(np.arange(len(parts)), numbers)
    return Hidden(hidden, public, is_whole_public, tuple(sorted(numbers)))


def _is_between(cells: Cells, small: NDArray[np.intp]) -> bool:
    """Return whether with a known sum each small cell may still be anything in its class."""
    low, high = cells.low[small], cells.high[small]
    widest, total = (high - low).max(), cells.counts[small].sum()
    return bool(low.sum() + widest <= total <= high.sum() - widest)
