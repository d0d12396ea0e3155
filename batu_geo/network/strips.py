"""Strips along streets, drawn together quickly.

The plane is cut into squares of a fixed size. The strips of the streets in a square are cut to
it and joined once, and what is joined is kept for the next catchment that reaches the same of
them. Squares share nothing but their sides, so their shapes become one by dropping the sides
between them (a coverage union): a catchment costs what it reaches, and joins anew only the
squares that it reaches in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.network.build_network import morton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

SIDE_M = 1000.0
LEAF, FAN = 8, 4
CORNER_SEGMENTS = 2
MOST_KEPT = 400_000  # shapes, about 300 MB
AREA = 2
COLLECTION = 7  # type of shapely


class _Square(NamedTuple):
    """A square: its streets along a Morton curve, and their strips cut to it."""

    edges: NDArray[np.intp]
    pieces: NDArray[np.object_]
    kept: dict[tuple[int, int, bytes], shapely.Geometry]


class _InSquares(NamedTuple):
    """Which lines may lie in which squares: pairs, by square and then by line."""

    line: NDArray[np.intp]
    square: NDArray[np.int64]


class Strips:
    """The strips of the edges of a network, with what was joined of them so far.

    Keeping it is all it does: the same calls give the same shapes in any order,
    of whatever modes and facilities.
    """

    def __init__(self, roads: RoadNetwork, *, buffer_m: float) -> None:
        self.roads = roads
        self.buffer_m = buffer_m
        first = roads.line_xy[roads.line_start[:-1]]
        along = np.argsort(morton(first), kind="stable")
        found = in_squares(roads.lines(along), buffer_m)
        squares, start = np.unique(found.square, return_index=True)
        self._edge = along[found.line]
        self._start = np.append(start, len(found.line))
        by_edge = np.argsort(self._edge, kind="stable")
        self._square_of = np.repeat(np.arange(len(squares)), np.diff(self._start))[by_edge]
        self._of_edge = np.searchsorted(self._edge[by_edge], np.arange(roads.edge_count + 1))
        self._squares = squares
        self._built: dict[int, _Square] = {}
        self._kept_count = 0

    def union(
        self, is_whole: NDArray[np.bool_], parts: Sequence[shapely.Geometry]
    ) -> shapely.Geometry:
        """Return the strips of whole edges, bool [m], and of parts of others, as one shape."""
        return self.unions([(is_whole, parts)])[0]

    def unions(
        self, reached: Sequence[tuple[NDArray[np.bool_], Sequence[shapely.Geometry]]]
    ) -> list[shapely.Geometry]:
        """Return several unions, each as `union`, square by square for all of them."""
        found: list[list[shapely.Geometry]] = [[] for _ in reached]
        more = [self._cut_parts(parts) for _, parts in reached]
        numbers = [set(self._squares_of(is_whole)) for is_whole, _ in reached]
        for number in sorted(set().union(*numbers)):
            square = self._square(number)
            for (is_whole, _), own, pieces, shapes in zip(
                reached, numbers, more, found, strict=True
            ):
                if number in own:
                    left = pieces.pop(int(self._squares[number]), [])
                    shapes.append(self._joined(square, is_whole, left))
        for pieces, shapes in zip(more, found, strict=True):
            shapes += [shapely.union_all(left) for left in pieces.values()]
        return [without_sides(shapes) for shapes in found]

    def _squares_of(self, is_whole: NDArray[np.bool_]) -> list[int]:
        """Return the numbers of the squares in which some edges may have strips."""
        begin = self._of_edge[:-1][is_whole]
        of, step = steps_of(self._of_edge[1:][is_whole] - begin)
        numbers: list[int] = np.unique(self._square_of[begin[of] + step]).tolist()
        return numbers

    def _cut_parts(self, parts: Sequence[shapely.Geometry]) -> dict[int, list[shapely.Geometry]]:
        """Return the strips of some lines by the square that they are cut to."""
        lines = np.array(parts, dtype=object)
        found = in_squares(lines, self.buffer_m)
        pieces = cut_to(self._strips(lines)[found.line], found.square)
        by_square: dict[int, list[shapely.Geometry]] = {}
        for square, piece in zip(found.square.tolist(), pieces, strict=True):
            if not piece.is_empty:
                by_square.setdefault(square, []).append(piece)
        return by_square

    def _strips(self, lines: NDArray[np.object_]) -> NDArray[np.object_]:
        strips: NDArray[np.object_] = shapely.buffer(
            lines, self.buffer_m, quad_segs=CORNER_SEGMENTS
        )
        return strips

    def _square(self, number: int) -> _Square:
        """Return a square, built where it is not kept."""
        known = self._built.get(number)
        if known is not None:
            return known
        edges = self._edge[self._start[number] : self._start[number + 1]]
        strips = self._strips(self.roads.lines(edges))
        pieces = cut_to(strips, np.full(len(edges), self._squares[number]))
        is_there = ~shapely.is_empty(pieces)
        square = _Square(edges[is_there], pieces[is_there], {})
        self._count(len(square.edges))
        self._built[number] = square
        return square

    def _count(self, shapes: int) -> None:
        """Count what is kept, and forget all of it where that becomes too much."""
        self._kept_count += shapes
        if self._kept_count > MOST_KEPT:
            self._kept_count = shapes
            self._built = {}

    def _joined(
        self, square: _Square, is_whole: NDArray[np.bool_], more: list[shapely.Geometry]
    ) -> shapely.Geometry:
        """Return what a square holds of the strips of whole edges and of more pieces."""
        size = LEAF
        while size < len(square.edges):
            size *= FAN
        whole = self._branch(square, is_whole[square.edges], 0, size)
        return shapely.union(whole, shapely.union_all(more)) if more else whole

    def _branch(
        self, square: _Square, flags: NDArray[np.bool_], begin: int, size: int
    ) -> shapely.Geometry:
        """Return the reached strips of some neighbours in a square, joined."""
        inside = flags[begin : begin + size]
        key = (begin, size, inside.tobytes())
        known = square.kept.get(key)
        if known is not None:
            return known
        if size <= LEAF:
            shapes = list(square.pieces[begin : begin + size][inside])
        else:
            below = size // FAN
            starts = range(begin, begin + len(inside), below)
            shapes = [self._branch(square, flags, start, below) for start in starts]
            shapes = [shape for shape in shapes if not shape.is_empty]
        joined = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
        self._count(1)
        square.kept[key] = joined
        return joined


def in_squares(lines: NDArray[np.object_], around_m: float) -> _InSquares:
    """Return the squares that lines may come within some metres of.

    A square is ``column * 2**32 + row`` of its corner, in sides from the origin.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    is_last = np.append(line[1:] != line[:-1], True)[: len(line), None]
    xy_next = np.where(is_last, xy, np.roll(xy, -1, axis=0))
    bits = np.ceil(np.hypot(*(xy_next - xy).T) / SIDE_M).astype(np.int64).clip(1)
    of, bit = steps_of(bits)
    line, begin, step = line[of], xy[of], (xy_next - xy)[of] / bits[of, None]
    ends = np.stack([begin + bit[:, None] * step, begin + (bit[:, None] + 1) * step])
    low = np.floor((ends.min(axis=0) - around_m) / SIDE_M).astype(np.int64)
    high = np.floor((ends.max(axis=0) + around_m) / SIDE_M).astype(np.int64)
    across = high - low + 1
    count = across.prod(axis=1)
    of, number = steps_of(count)
    column = low[of, 0] + number // across[of, 1]
    square = (column << 32) + low[of, 1] + number % across[of, 1]
    order = np.lexsort([line[of], square])
    line, square = line[of][order], square[order]
    is_new = np.append(True, (np.diff(line) != 0) | (np.diff(square) != 0))[: len(line)]
    return _InSquares(line[is_new], square[is_new])


def steps_of(counts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return rows repeated as often as they count, and the number of each within its row.

    >>> [column.tolist() for column in steps_of(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)


def cut_to(shapes: NDArray[np.object_], square: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the areas that shapes have in squares, shape by shape; an empty one for none.

    Both sides of a border compute the same crossing, so that pieces of one shape fit together.
    """
    row = ((square + 2**31) % 2**32) - 2**31
    x, y = ((square - row) >> 32) * SIDE_M, row * SIDE_M
    bounds = shapely.bounds(shapes)
    is_inside = (bounds[:, 0] >= x) & (bounds[:, 1] >= y)
    is_inside &= (bounds[:, 2] <= x + SIDE_M) & (bounds[:, 3] <= y + SIDE_M)
    cut = shapes.copy()
    rest = np.flatnonzero(~is_inside)
    boxes = shapely.box(x[rest], y[rest], x[rest] + SIDE_M, y[rest] + SIDE_M)
    cut[rest] = shapely.intersection(shapes[rest], boxes)
    for row_number in rest[shapely.get_dimensions(cut[rest]) < AREA].tolist():
        cut[row_number] = shapely.Polygon()
    for row_number in rest[shapely.get_type_id(cut[rest]) == COLLECTION].tolist():
        areas = [p for p in shapely.get_parts(cut[row_number]) if shapely.get_dimensions(p) == AREA]
        cut[row_number] = shapely.multipolygons(areas)
    return cut


def without_sides(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """Return shapes of squares as one shape.

    Where a side stays for whatever reason, as of a street along it, they are joined as any shapes.
    A line without width, which is all that rounding may leave of two pieces, is no area.

    >>> square = shapely.box(0, 0, 1, 1)
    >>> line = shapely.LineString([(1, 1), (1.0000000001, 1)])
    >>> without_sides([shapely.GeometryCollection([square, line])]).equals(square)
    True
    """
    parts = shapely.get_parts(shapes)
    parts = parts[shapely.get_dimensions(parts) == AREA]
    try:
        whole = shapely.coverage_union_all(parts)
        is_whole = not _has_a_side(whole)
    except shapely.errors.GEOSException:  # rounding has moved a corner of one side of a border
        is_whole = False
    if not is_whole:
        whole = shapely.union_all(parts)
    inside = shapely.get_parts(whole)
    return inside[0] if len(inside) == 1 else whole


def _has_a_side(shape: shapely.Geometry) -> bool:
    """Return whether a part of a boundary lies along the side of a square."""
    xy = shapely.get_coordinates(shape)
    is_along = (np.diff(xy, axis=0) == 0) & (xy[1:] % SIDE_M == 0)
    return bool((is_along.any(axis=1) & (np.diff(xy, axis=0) != 0).any(axis=1)).any())
