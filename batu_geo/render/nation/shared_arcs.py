"""Borders of many villages, each drawn once: arcs on a grid, with the village on either side."""

from __future__ import annotations

import base64
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0
# Coarser until the borders fit; a page of 5 MB has room for so much of them.
GRIDS_M = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
MOST_BYTES = 2_200_000


@dataclass(frozen=True, slots=True)
class Arcs:
    """Borders as text, and how to place them.

    Attributes
    ----------
    text
        Base64 of deflated varints: left village, right village, number of points, steps.
    west, north, step
        Degrees of the corner of the grid, and of one step of it.
    metres
        Size of a step: borders are that exact.
    """

    text: str
    west: float
    north: float
    step: float
    metres: float


def shared_arcs(shapes: Sequence[Any], grids: Sequence[float] = GRIDS_M) -> Arcs:
    """Return the borders of outlines in degrees, coarser until they fit into a page.

    >>> pair = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> shared_arcs(pair).metres
    50.0
    """
    polygons = np.asarray(shapes, dtype=object)
    west, _, _, north = shapely.total_bounds(polygons).tolist()
    for metres in grids:
        step = metres / METRES_A_DEGREE
        with warnings.catch_warnings(action="ignore"):
            polygons = shapely.coverage_simplify(polygons, step)
        # A point is of two villages and takes a byte and more.
        if int(shapely.get_num_coordinates(polygons).sum()) > 2 * MOST_BYTES and metres < grids[-1]:
            continue
        content = _varints(_chains(*_segments(polygons, west, north, step)))
        text = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
        if len(text) <= MOST_BYTES:
            break
    return Arcs(text, west, north, step, metres)


def _segments(
    shapes: NDArray[np.object_], west: float, north: float, step: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return ends of each different piece of border, and the villages left and right of it.

    An end is one number: row and column of the grid.
    """
    width = 2**24
    rings, polygon_of = shapely.get_rings(
        shapely.orient_polygons(shapely.get_parts(shapes)), return_index=True
    )
    _, village_of = shapely.get_parts(shapes, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    column = np.rint((xy[:, 0] - west) / step).astype(np.int64)
    row = np.rint((north - xy[:, 1]) / step).astype(np.int64)
    node = row * width + column
    same = (ring_of[1:] == ring_of[:-1]) & (node[1:] != node[:-1])
    start, end = node[:-1][same], node[1:][same]
    village = village_of[polygon_of[ring_of[:-1][same]]]
    low, high, is_forward = np.minimum(start, end), np.maximum(start, end), start < end
    order = np.lexsort((high, low))
    low, high, is_forward, village = (a[order] for a in (low, high, is_forward, village))
    is_new = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
    number = np.cumsum(is_new) - 1
    left, right = np.full(is_new.sum(), -1), np.full(is_new.sum(), -1)
    left[number[is_forward]] = village[is_forward]
    right[number[~is_forward]] = village[~is_forward]
    kept = left != right
    return low[is_new][kept], high[is_new][kept], left[kept], right[kept]


def _chains(
    low: NDArray[np.int64], high: NDArray[np.int64], left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> list[tuple[int, int, list[int]]]:  # fmt: skip
    """Return left village, right village and ends of each arc: pieces joined while both stay."""
    begins: dict[tuple[int, int, int], list[int]] = {}
    pieces = []
    for a, b, of_left, of_right in zip(
        low.tolist(), high.tolist(), left.tolist(), right.tolist(), strict=True
    ):
        # The smaller village is on the left of its arc: pieces of one border run the same way.
        if of_left < 0 or 0 <= of_right < of_left:
            pieces.append((b, a, of_right, of_left))
        else:
            pieces.append((a, b, of_left, of_right))
    for number, (a, _, one, other) in enumerate(pieces):
        begins.setdefault((one, other, a), []).append(number)
    ended = {(one, other, b) for _, b, one, other in pieces}
    used = bytearray(len(pieces))
    # Those that begin where no piece of their border ends come first: the rest are closed.
    order = sorted(range(len(pieces)), key=lambda n: (pieces[n][2:], _at(pieces[n]) in ended))
    arcs = []
    for first in order:
        if used[first]:
            continue
        here, nodes = first, [pieces[first][0]]
        one, other = pieces[first][2:]
        while here >= 0:
            used[here] = 1
            nodes.append(pieces[here][1])
            free = (n for n in begins.get((one, other, nodes[-1]), ()) if not used[n])
            here = next(free, -1)
        arcs.append((one, other, nodes))
    return arcs


def _at(piece: tuple[int, int, int, int]) -> tuple[int, int, int]:
    return piece[2], piece[3], piece[0]


def _varints(arcs: list[tuple[int, int, list[int]]]) -> bytes:
    """Return arcs as bytes: seven bits a byte, small steps either way as small numbers."""
    width, numbers, before = 2**24, list[int](), (0, 0, 0)
    for one, other, nodes in arcs:
        village, x, y = before
        numbers += [_zigzag(one - village), _zigzag(other - one), len(nodes)]
        for node in nodes:
            row, column = divmod(node, width)
            numbers += [_zigzag(column - x), _zigzag(row - y)]
            x, y = column, row
        before = (one, x, y)
    content = bytearray()
    for value in numbers:
        rest = value
        while rest > 127:
            content.append(rest & 127 | 128)
            rest >>= 7
        content.append(rest)
    return bytes(content)


def _zigzag(value: int) -> int:
    """Return a step as a number that is not negative.

    >>> [_zigzag(n) for n in (0, -1, 1, -2)]
    [0, 1, 2, 3]
    """
    return value * 2 if value >= 0 else -value * 2 - 1
