"""Sparse tables of a location problem: values of the pairs of line and row that have one.

Sites and demand points far apart have no pair, so a table grows with what can be reached and
not with sites times demand points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Flags, Numbers
    from batu_geo.network.nearby.trip_table import TripTable

# Pairs looked at together, so that what is made of them on the way stays small.
BLOCK_PAIRS = 1_000_000


class Several(NamedTuple):
    """Pairs as three arrays: number of the line, row, value, [pairs]."""

    line: Columns
    at: NDArray[np.int32]
    value: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Values of some pairs of a line and a row, by line, then by row.

    Attributes
    ----------
    first
        Where the pairs of each line begin, [lines + 1].
    at
        Row of each pair, int32 [pairs].
    value
        [pairs].
    width
        How many rows there are.
    otherwise
        Value of every other pair; no value kept is larger, but for flags.

    Examples
    --------
    >>> table = Pairs.of([[5.0, np.inf], [np.inf, 2.0]])
    >>> table.at.tolist(), table.value.tolist(), table.shape
    ([0, 1], [5.0, 2.0], (2, 2))
    >>> table.turned().least(np.array([9.0, 1.0])).tolist()
    [5.0, 1.0]
    """

    first: Columns
    at: NDArray[np.int32]
    value: NDArray[Any]
    width: int
    otherwise: float = np.inf

    @classmethod
    def of(cls, table: Any, otherwise: float = np.inf) -> Pairs:
        """Return the pairs of a dense table [lines, rows] that differ from `otherwise`."""
        dense = np.asarray(table)
        line, at = np.nonzero(dense != otherwise)
        first = np.searchsorted(line, np.arange(len(dense) + 1))
        return cls(first, at.astype(np.int32), dense[line, at], dense.shape[1], otherwise)

    @classmethod
    def of_trips(cls, trips: TripTable, destinations: int) -> Pairs:
        """Return the minutes of trips by origin, [origins, destinations]; inf for no trip."""
        return cls(trips.first, trips.column, trips.minutes, destinations)

    @classmethod
    def by_line(cls, lines: int, pairs: Several, width: int) -> Pairs:
        """Return a table of so many lines from pairs in their order."""
        return cls(np.searchsorted(pairs.line, np.arange(lines + 1)), *pairs[1:], width)

    @property
    def shape(self) -> tuple[int, int]:
        """Lines and rows."""
        return len(self.first) - 1, self.width

    @property
    def cells(self) -> int:
        """Lines times rows: how large the table would be with every pair."""
        return self.shape[0] * self.width

    @property
    def line(self) -> Columns:
        """Number of the line of each pair, [pairs]."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.first))

    @property
    def sparse(self) -> csr_array:
        """The table as SciPy holds it, without `otherwise`."""
        return csr_array((self.value, self.at, self.first), shape=self.shape)

    def dense(self) -> NDArray[Any]:
        """Return the table with every pair, [lines, rows]."""
        table = np.full(self.shape, self.otherwise)
        table[self.line, self.at] = self.value
        return table

    def pairs_of(self, line: int) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Return rows and values of one line."""
        part = slice(self.first[line], self.first[line + 1])
        return self.at[part], self.value[part]

    def several(self, lines: Columns) -> Several:
        """Return the pairs of some lines, which are numbered in the order given."""
        size = np.diff(self.first)[lines]
        pairs = slices(self.first[lines], size)
        return Several(np.repeat(np.arange(len(lines)), size), self.at[pairs], self.value[pairs])

    def blocks(self) -> Iterator[Several]:
        """Yield all pairs, whole lines at a time."""
        for lines in self.parts():
            pairs = slice(self.first[lines.start], self.first[lines.stop])
            size = np.diff(self.first[lines.start : lines.stop + 1])
            line = np.repeat(np.arange(lines.start, lines.stop), size)
            yield Several(line, self.at[pairs], self.value[pairs])

    def parts(self, most: int = BLOCK_PAIRS, most_lines: int = BLOCK_PAIRS) -> list[slice]:
        """Return the lines in parts of at most so many pairs, but for lines with more."""
        parts, start, lines = [], 0, self.shape[0]
        while start < lines:
            full = int(np.searchsorted(self.first, self.first[start] + most, side="right")) - 1
            stop = min(max(full, start + 1), start + most_lines, lines)
            parts.append(slice(start, stop))
            start = stop
        return parts

    def kept(self, is_kept: Flags) -> Pairs:
        """Return the table with some of the pairs, bool [pairs]."""
        before = np.r_[0, np.cumsum(is_kept)]
        return Pairs(
            before[self.first], self.at[is_kept], self.value[is_kept], self.width, self.otherwise
        )

    def of_lines(self, is_kept: Flags) -> Pairs:
        """Return the table with no pair in other lines, bool [lines]."""
        return self.kept(np.repeat(is_kept, np.diff(self.first)))

    def of_rows(self, is_kept: Flags) -> Pairs:
        """Return the table with some of the rows only, which are numbered anew, bool [rows]."""
        number = np.cumsum(is_kept, dtype=np.int32) - np.int32(1)
        some = self.kept(is_kept[self.at])
        return Pairs(some.first, number[some.at], some.value, int(is_kept.sum()), self.otherwise)

    def chosen(self, rows: Columns) -> Pairs:
        """Return the table with some rows only, in the order named."""
        is_kept = np.zeros(self.width, bool)
        is_kept[rows] = True
        some = self if is_kept.all() else self.of_rows(is_kept)
        if (np.diff(rows) > 0).all():
            return some
        by_row, order = some.turned(), np.searchsorted(np.sort(rows), rows)
        return Pairs.by_line(len(rows), by_row.several(order), by_row.width).turned()

    def with_values(self, value: NDArray[Any], otherwise: float) -> Pairs:
        """Return the table with other values."""
        return Pairs(self.first, self.at, value, self.width, otherwise)

    def turned(self) -> Pairs:
        """Return the table with rows as lines."""
        by_row = self.sparse.tocsc()
        at = by_row.indices.astype(np.int32, copy=False)
        first = by_row.indptr.astype(np.intp)
        return Pairs(first, at, by_row.data, self.shape[0], self.otherwise)

    def count(self) -> Columns:
        """Return how many pairs each row has, [rows]."""
        return np.bincount(self.at, minlength=self.width)

    def least(self, base: Numbers) -> Numbers:
        """Return the least value of each row and of `base`, [rows]."""
        least = base.copy()
        np.minimum.at(least, self.at, self.value)
        return least

    def lowered(self, base: Numbers, plans: Columns) -> Numbers:
        """Return the least value of each row over the lines of each plan, [plans, rows].

        Parameters
        ----------
        base
            What every plan has, [rows].
        plans
            Lines, [plans, lines each].
        """
        best = np.tile(base, (len(plans), 1))
        for number, plan in enumerate(plans.tolist()):
            row = best[number]
            for line in plan:
                at, value = self.pairs_of(line)
                row[at] = np.minimum(row[at], value)
        return best
