"""People whose sites come in the same order, added up.

What a plan costs somebody hangs on the first of their sites that it opens, and everybody with the
same order of sites has the same first one: sums and the longest trip over them need one row.
After Goldengorin and Krushinsky (2011), who reduce the p-median problem by such orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Keys, Numbers
    from batu_geo.siting.problem.pairs import Pairs


class SameOrder(NamedTuple):
    """Tables of sites and orders, inf for no way; the last line is of the units open already.

    Attributes
    ----------
    people
        [orders].
    person_ms
        Person-milliseconds of all with an order if they go to a site, [sites + 1, orders].
    worst_ms
        The longest of their trips, likewise.

    Examples
    --------
    >>> from batu_geo.siting.problem.pairs import Pairs
    >>> ms = Pairs.of([[1.0, 2.0, 9.0], [5.0, 6.0, 3.0]])
    >>> towns = same_order(ms, np.array([9.0, 9.0, 9.0]), np.array([10.0, 20.0, 1.0]))
    >>> towns.person_ms.tolist()
    [[50.0, 9.0], [170.0, 3.0], [270.0, 9.0]]
    >>> towns.ties(np.array([[0], [1]])).tolist(), towns.worst(np.array([[0, 1]])).tolist()
    ([[0, 59], [0, 173]], [3])
    """

    people: Numbers
    person_ms: Numbers
    worst_ms: Numbers

    def ties(self, plans: Columns) -> Keys:
        """Return people who reach nothing and person-milliseconds of the others, [plans, 2]."""
        least = _least(self.person_ms, plans)
        is_out = np.isinf(least)
        least[is_out] = 0
        keys: Keys = np.column_stack([is_out @ self.people, least.sum(axis=1)]).astype(np.int64)
        return keys

    def worst(self, plans: Columns) -> NDArray[np.int64]:
        """Return the longest trip of those who reach a unit, [plans]."""
        least = _least(self.worst_ms, plans)
        least[np.isinf(least)] = 0
        longest: NDArray[np.int64] = least.max(axis=1, initial=0).astype(np.int64)
        return longest


def _least(table: Numbers, plans: Columns) -> Numbers:
    """Return the least of the lines of each plan and of the last line, [plans, orders]."""
    least = np.tile(table[-1], (len(plans), 1))
    for sites in plans.T:
        np.minimum(least, table[sites], out=least)
    return least


def same_order(ms: Pairs, base: Numbers, people: Numbers) -> SameOrder:
    """Add up the rows whose sites come in the same order.

    Parameters
    ----------
    ms
        Milliseconds to the sites that are nearer than `base`, [sites, rows].
    base
        To the nearest unit open already, [rows].
    people
        [rows].
    """
    sites = ms.shape[0]
    order = np.lexsort((ms.line, ms.value, ms.at))
    row, site, value = ms.at[order], ms.line[order], ms.value[order]
    ends = np.searchsorted(row, np.arange(ms.width + 1)).tolist()
    keys = (
        (site[start:end].tobytes(), is_out)
        for start, end, is_out in zip(ends[:-1], ends[1:], np.isinf(base).tolist(), strict=True)
    )
    member, _ = numbered(keys)
    row, site = np.r_[row, np.arange(ms.width)], np.r_[site, np.full(ms.width, sites)]
    value = np.r_[value, base]
    person_ms, worst_ms = (
        np.full((sites + 1, int(member.max(initial=-1)) + 1), np.inf) for _ in range(2)
    )
    cells = site, member[row]
    for table in (person_ms, worst_ms):
        table[cells] = 0
    np.add.at(person_ms, cells, value * people[row])
    np.maximum.at(worst_ms, cells, value)
    totals = np.bincount(member, weights=people).astype(np.float64)
    return SameOrder(totals, person_ms, worst_ms)


def numbered(keys: Iterable[Any]) -> tuple[Columns, Columns]:
    """Return the number of each key, equal ones the same, and where each is met first.

    >>> [part.tolist() for part in numbered("abcab")]
    [[0, 1, 2, 0, 1], [0, 1, 2]]
    """
    place: dict[Any, int] = {}
    number = [place.setdefault(key, len(place)) for key in keys]
    member = np.array(number, dtype=np.intp)
    return member, np.unique(member, return_index=True)[1]
