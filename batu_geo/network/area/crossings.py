"""Where the outlines of many shapes cross, and where the rim of their union runs.

Of shapes that overlap each other much, as strips along streets do, most of a union is to find
where their outlines cross. That depends on no choice among them: it is found once, and every
union of some of them is then a walk along what none of the others covers.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Meets = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.bool_]]

PAIRS_AT_ONCE = 100_000
SEGMENTS_AT_ONCE = 50_000
AROUND_M = 1e-6  # of a segment, so that a crossing is looked for in each cell it may lie in


class Outlines:
    """The rings of shapes, counter-clockwise around what is inside, and the cells they come into.

    Attributes
    ----------
    shapes, owner
        Polygons, or several as one (a strip of sharp bends); by ring, which of them it is of.
    xy, ring
        The corners of all rings, the first of each once more at its end, and by corner its ring.
        A segment has the number of the corner that it begins with.
    start
        Where each ring begins among the corners, and the end.

    >>> Outlines(np.array([shapely.box(0, 0, 1, 1)]), cell_m=1).xy.tolist()[:3]
    [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    >>> both = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    >>> Outlines(np.array([both]), cell_m=1).owner.tolist()
    [0, 0]
    """

    def __init__(self, shapes: NDArray[np.object_], *, cell_m: float) -> None:
        self.shapes = shapely.orient_polygons(shapes)
        parts, of_part = shapely.get_parts(self.shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        self.owner = of_part[part]
        self.xy, self.ring = shapely.get_coordinates(rings, return_index=True)
        self.start = np.searchsorted(self.ring, np.arange(len(rings) + 1))
        self.cell_m = cell_m

    @property
    def first(self) -> NDArray[np.object_]:
        """The first corner of each ring as a point."""
        return np.asarray(shapely.points(self.xy[self.start[:-1]]), dtype=object)

    @cached_property
    def first_tree(self) -> shapely.STRtree:
        """A tree of the first corners."""
        return shapely.STRtree(self.first)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """A tree of the shapes."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def in_cells(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """By cell, and then by segment: which segments may come into which cells."""
        segment = np.delete(np.arange(len(self.xy)), self.start[1:] - 1)
        blocks = range(0, max(1, len(segment)), SEGMENTS_AT_ONCE)
        found = [self._cells_of(segment[first : first + SEGMENTS_AT_ONCE]) for first in blocks]
        cell, segment = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.argsort(cell, kind="stable")
        return cell[order], segment[order]

    def _cells_of(self, segment: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Return pairs of cells and segments in rising order that may come into them."""
        begin, way = self.xy[segment], self.xy[segment + 1] - self.xy[segment]
        pieces = np.ceil(np.hypot(*way.T) / self.cell_m).astype(np.int64).clip(1)
        of, piece = steps_of(pieces)
        step = way[of] / pieces[of, None]
        ends = np.stack([begin[of] + (piece + more)[:, None] * step for more in (0, 1)])
        low = np.floor((ends.min(axis=0) - AROUND_M) / self.cell_m).astype(np.int64)
        across = np.floor((ends.max(axis=0) + AROUND_M) / self.cell_m).astype(np.int64) - low + 1
        of_piece, number = steps_of(across.prod(axis=1))
        more = np.column_stack(np.divmod(number, across[of_piece, 1]))
        cell = cell_number(*(low[of_piece] + more).T)
        row = of[of_piece]
        order = np.lexsort([cell, row])
        cell, row = cell[order], row[order]
        is_new = np.append(True, (np.diff(cell) != 0) | (np.diff(row) != 0))[: len(cell)]
        return cell[is_new], segment[row[is_new]]

    def then(self, other: Outlines) -> Outlines:
        """Return these and other outlines as one, the others numbered after these."""
        both = Outlines(np.array([], dtype=object), cell_m=self.cell_m)
        both.shapes = np.concatenate([self.shapes, other.shapes])
        both.owner = np.concatenate([self.owner, other.owner + len(self.shapes)])
        both.xy = np.concatenate([self.xy, other.xy])
        both.ring = np.concatenate([self.ring, other.ring + len(self.owner)])
        both.start = np.concatenate([self.start, other.start[1:] + len(self.xy)])
        return both


class Crossings(NamedTuple):
    """Places where outlines cross: the two segments, how far along each, and where.

    ``enters`` says whether the first outline comes into the shape of the second there; the
    second leaves that of the first then.
    """

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    along_one: NDArray[np.float64]
    along_other: NDArray[np.float64]
    enters: NDArray[np.bool_]
    xy: NDArray[np.float64]


class Inside(NamedTuple):
    """Rings whose first corner lies inside of a shape, and that shape."""

    ring: NDArray[np.intp]
    shape: NDArray[np.intp]


def crossings(one: Outlines, other: Outlines, meets: Meets) -> Crossings:
    """Return where segments of some outlines cross those of others, or of themselves.

    ``meets`` says for shapes of both whether it is of interest where they cross.

    >>> shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    >>> some = Outlines(shapes, cell_m=1)
    >>> crossings(some, some, np.not_equal).xy.tolist()
    [[1.0, 2.0], [2.0, 1.0]]
    """
    (cell, segment), (other_cell, other_segment) = one.in_cells, other.in_cells
    begin = np.searchsorted(other_cell, cell)
    if one is other:
        begin = np.arange(1, len(cell) + 1)
    counts = np.searchsorted(other_cell, cell, "right") - begin
    total = np.cumsum(counts)
    cuts = np.searchsorted(total, np.arange(0, total[-1:].sum() + PAIRS_AT_ONCE, PAIRS_AT_ONCE))
    corners = [np.ascontiguousarray(side) for side in (*one.xy.T, *other.xy.T)]
    found = []
    for low, high in zip(cuts, np.append(cuts[1:], len(cell)), strict=True):
        of, number = steps_of(counts[low:high])
        first = segment[low:high][of]
        second = other_segment[begin[low:high][of] + number]
        is_met = meets(one.owner[one.ring[first]], other.owner[other.ring[second]])
        rows = np.flatnonzero(is_met)
        here = _crossed(corners, first[rows], second[rows])
        column, row = np.floor(here[1].xy / one.cell_m).astype(np.int64).T
        # A pair that shares several cells crosses in one of them.
        is_here = cell_number(column, row) == cell[low:high][of][rows][here[0]]
        found.append(Crossings(*(field[is_here] for field in here[1])))
    return Crossings(*(np.concatenate(fields) for fields in zip(*found, strict=True)))


def _crossed(
    corners: Sequence[NDArray[np.float64]], one: NDArray[np.intp], other: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Crossings]:
    """Return which of some pairs of segments cross, and where."""
    x, y, x_other, y_other = corners
    begin_x, begin_y = x[one], y[one]
    way_x, way_y = x[one + 1] - begin_x, y[one + 1] - begin_y
    side = [
        way_x * (y_other[end] - begin_y) - way_y * (x_other[end] - begin_x)
        for end in (other, other + 1)
    ]
    rows = np.flatnonzero((side[0] > 0) != (side[1] > 0))
    one, other, side = one[rows], other[rows], [value[rows] for value in side]
    from_x, from_y = x_other[other], y_other[other]
    along_x, along_y = x_other[other + 1] - from_x, y_other[other + 1] - from_y
    own_side = [along_x * (y[end] - from_y) - along_y * (x[end] - from_x) for end in (one, one + 1)]
    is_crossed = (own_side[0] > 0) != (own_side[1] > 0)
    rows, one, other = rows[is_crossed], one[is_crossed], other[is_crossed]
    before, after, own_before, own_after = (value[is_crossed] for value in (*side, *own_side))
    share = own_before / (own_before - own_after)
    xy = [begin_x[rows] + share * way_x[rows], begin_y[rows] + share * way_y[rows]]
    return rows, Crossings(
        one, other, share, before / (before - after), own_after > 0, np.column_stack(xy)
    )


def insides(one: Outlines, other: Outlines, meets: Meets) -> Inside:
    """Return which rings of the first begin inside of which shapes of the second."""
    if len(other.shapes) < len(one.owner):
        shape, ring = one.first_tree.query(other.shapes, predicate="contains_properly")
    else:
        ring, shape = other.tree.query(one.first, predicate="within")
    is_met = meets(one.owner[ring], shape)
    return Inside(ring[is_met], shape[is_met])


def cell_number(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the cell in a column and row of a grid.

    >>> int(cell_number(np.array(1), np.array(-1))) == 2**32 - 1
    True
    """
    return (column << 32) + row


def steps_of(counts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return rows repeated as often as they count, and the number of each within its row.

    >>> [column.tolist() for column in steps_of(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
