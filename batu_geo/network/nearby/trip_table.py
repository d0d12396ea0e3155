"""Trips that are kept of an origin-destination matrix: compressed rows, and the nearest of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Places


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest destination of each origin, or several of each, [origins] or [origins, count].

    Attributes
    ----------
    column
        Its number, -1 for none.
    minutes, metres
        inf for none; metres None where not asked for.
    """

    column: NDArray[np.intp]
    minutes: NDArray[np.float64]
    metres: NDArray[np.float64] | None

    def only(self, is_kept: NDArray[np.bool_]) -> Nearest:
        """Return the nearest of some origins, none for all others."""
        return Nearest(
            np.where(is_kept, self.column, -1),
            np.where(is_kept, self.minutes, np.inf),
            None if self.metres is None else np.where(is_kept, self.metres, np.inf),
        )

    def or_else(self, other: Nearest) -> Nearest:
        """Return another one where there is none."""
        return self._with(other, self.column < 0)

    def or_nearer(self, other: Nearest) -> Nearest:
        """Return another one where it is nearer."""
        return self._with(other, other.minutes < self.minutes)

    def _with(self, other: Nearest, is_other: NDArray[np.bool_]) -> Nearest:
        metres = None
        if self.metres is not None and other.metres is not None:
            metres = np.where(is_other, other.metres, self.metres)
        return Nearest(
            np.where(is_other, other.column, self.column),
            np.where(is_other, other.minutes, self.minutes),
            metres,
        )

    def with_first(self, first: Nearest) -> Nearest:
        """Return several nearest, the first of them as it is said."""
        column, minutes, metres = self.column.copy(), self.minutes.copy(), self.metres
        column[:, 0], minutes[:, 0] = first.column, first.minutes
        if metres is not None and first.metres is not None:
            metres = np.column_stack([first.metres, metres[:, 1:]])
        return Nearest(column, minutes, metres)


@dataclass(frozen=True, slots=True, eq=False)
class TripTable:
    """Trips sorted by origin, then destination.

    Attributes
    ----------
    first
        Where the trips of each origin begin, int64 [origins + 1].
    column
        Number of the destination, int32 [trips].
    minutes, metres
        float64 [trips]; metres None where they were not asked for.
    """

    first: NDArray[np.int64]
    column: NDArray[np.int32]
    minutes: NDArray[np.float64]
    metres: NDArray[np.float64] | None

    @classmethod
    def of(
        cls,
        origins: int,
        origin: Places,
        column: Places,
        minutes: NDArray[np.float64],
        metres: NDArray[np.float64] | None,
    ) -> TripTable:
        """Return a table of trips that are sorted by origin, then destination."""
        first = np.searchsorted(origin, np.arange(origins + 1)).astype(np.int64)
        return cls(first, column.astype(np.int32, copy=False), minutes, metres)

    @property
    def origins(self) -> int:
        """Number of origins."""
        return len(self.first) - 1

    @property
    def origin(self) -> NDArray[np.int64]:
        """Number of the origin of each trip, [trips]."""
        return np.repeat(np.arange(self.origins), np.diff(self.first))

    def only(self, is_kept: NDArray[np.bool_]) -> TripTable:
        """Return some of the trips, bool [trips]."""
        rows = np.flatnonzero(is_kept)
        first = np.searchsorted(rows, self.first).astype(np.int64)
        metres = None if self.metres is None else self.metres[rows]
        return TripTable(first, self.column[rows], self.minutes[rows], metres)

    def chosen(self, columns: NDArray[np.intp], destinations: int) -> TripTable:
        """Return the trips to some of all destinations, numbered in the order named."""
        number = np.full(destinations, -1, np.int32)
        number[columns] = np.arange(len(columns), dtype=np.int32)
        kept = self.only(number[self.column] >= 0)
        kept = replace(kept, column=number[kept.column])
        if (np.diff(columns) > 0).all():
            return kept
        order = np.lexsort((kept.column, kept.origin))
        metres = None if kept.metres is None else kept.metres[order]
        return replace(kept, column=kept.column[order], minutes=kept.minutes[order], metres=metres)

    def and_also(self, more: TripTable, destinations: int) -> TripTable:
        """Return these trips and those to more destinations, which are numbered after them."""
        place = np.arange(len(more.column)) + np.repeat(self.first[1:], np.diff(more.first))
        is_new = np.zeros(len(self.column) + len(more.column), bool)
        is_new[place] = True
        metres = None
        if self.metres is not None and more.metres is not None:
            metres = _merged(is_new, self.metres, more.metres)
        return TripTable(
            self.first + more.first,
            _merged(is_new, self.column, more.column + np.int32(destinations)),
            _merged(is_new, self.minutes, more.minutes),
            metres,
        )

    def with_trips(self, nearest: Nearest) -> TripTable:
        """Return these trips and, where it is not one of them, the nearest of each origin."""
        known, lacks = self.nearest(), nearest.column >= 0
        lacks &= known.column != nearest.column
        rows = np.flatnonzero(lacks)
        if not len(rows):
            return self
        origin, column = np.r_[self.origin, rows], np.r_[self.column, nearest.column[rows]]
        order = np.lexsort((column, origin))
        minutes = np.r_[self.minutes, nearest.minutes[rows]][order]
        return TripTable.of(self.origins, origin[order], column[order], minutes, None)

    def weighted(self, weights: NDArray[np.float64], destinations: int) -> csr_array:
        """Return a sparse matrix with a weight for each trip, [origins, destinations]."""
        return csr_array((weights, self.column, self.first), shape=(self.origins, destinations))

    def column_of(self, column: int) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return minutes and metres to one destination, inf where none is kept, [origins]."""
        rows = np.flatnonzero(self.column == column)
        origin = np.searchsorted(self.first, rows, side="right") - 1
        minutes = np.full(self.origins, np.inf)
        minutes[origin] = self.minutes[rows]
        if self.metres is None:
            return minutes, None
        metres = np.full(self.origins, np.inf)
        metres[origin] = self.metres[rows]
        return minutes, metres

    def matrix(self, destinations: int) -> NDArray[np.float64]:
        """Return minutes [origins, destinations], inf for trips that are not kept."""
        minutes = np.full((self.origins, destinations), np.inf)
        minutes[self.origin, self.column] = self.minutes
        return minutes

    def nearest(self) -> Nearest:
        """Return the nearest of the trips kept of each origin, of equal ones the first."""
        several = self.nearest_of(1)
        metres = None if several.metres is None else several.metres[:, 0]
        return Nearest(several.column[:, 0], several.minutes[:, 0], metres)

    def nearest_of(self, count: int) -> Nearest:
        """Return the nearest of the trips kept of each origin, [origins, count]."""
        column = np.full((self.origins, count), -1, np.intp)
        minutes = np.full(column.shape, np.inf)
        metres = None if self.metres is None else np.full(column.shape, np.inf)
        rows, place = self._in_order(count)
        origin = np.searchsorted(self.first, rows, side="right") - 1
        column[origin, place] = self.column[rows]
        minutes[origin, place] = self.minutes[rows]
        if metres is not None and self.metres is not None:
            metres[origin, place] = self.metres[rows]
        return Nearest(column, minutes, metres)

    def _in_order(self, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of the nearest trips of each origin, and which place each takes."""
        if count == 1:
            some = np.flatnonzero(np.diff(self.first))
            if not len(some):
                return some, some
            best = np.minimum.reduceat(self.minutes, self.first[some])
            rows = np.flatnonzero(self.minutes == np.repeat(best, np.diff(self.first)[some]))
            origin = np.searchsorted(self.first, rows, side="right") - 1
            rows = rows[np.r_[True, np.diff(origin) > 0]]
            return rows, np.zeros(len(rows), np.intp)
        order = np.lexsort((self.column, self.minutes, self.origin))
        place = np.arange(len(order)) - self.first[self.origin[order]]
        return order[place < count], place[place < count]


Value = TypeVar("Value", bound=np.generic)


def _merged(is_new: NDArray[np.bool_], old: NDArray[Value], new: NDArray[Value]) -> NDArray[Value]:
    merged = np.empty(len(is_new), old.dtype)
    merged[~is_new], merged[is_new] = old, new
    return merged
