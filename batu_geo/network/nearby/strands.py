"""Strands: edges that go straight on into each other within a cell, as one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.network.build_network import morton

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

# Cell that a strand does not leave: far roads do not move where it ends.
STRAND_M = 500.0


def strands(
    roads: RoadNetwork,
) -> tuple[NDArray[np.object_], NDArray[np.intp], NDArray[np.intp]]:
    """Return strands as lines along a Morton curve, the strand of each edge, and edges in order.

    The third are the ends by which edges begin, in the order of the strands.

    >>> import batu_geo as bg
    >>> roads = bg.load_study().roads
    >>> lines, strand_of, ends = strands(roads)
    >>> roads.edge_count, len(set(ends >> 1)), len(lines)
    (10422, 10422, 3141)
    """
    partner = straight_on(roads)
    along = np.argsort(morton(roads.line_xy[roads.line_start[:-1]]), kind="stable")
    every = (2 * along[:, None] + [0, 1]).ravel()
    begins = [*every[partner[every] < 0].tolist(), *(2 * along).tolist()]  # then those in a circle
    onward, number = partner.tolist(), [-1] * len(along)
    ends, count = [], 0
    for begin in begins:
        end = begin
        while end >= 0 and number[end >> 1] < 0:
            number[end >> 1] = count
            ends.append(end)
            end = onward[end ^ 1]
        count += number[begin >> 1] == count
    in_order, strand_of = np.array(ends, dtype=np.intp), np.array(number, dtype=np.intp)
    joined = end_to_end(roads, in_order, strand_of[in_order >> 1])
    first = shapely.get_coordinates(shapely.get_point(joined, 0))
    place = np.argsort(morton(first), kind="stable")
    return joined[place], np.argsort(place)[strand_of], in_order


def end_to_end(
    roads: RoadNetwork, ends: NDArray[np.intp], number: NDArray[np.intp]
) -> NDArray[np.object_]:
    """Return edges as lines, those of one number end to end; each begins at the end named.

    >>> import batu_geo as bg
    >>> roads = bg.load_study().roads
    >>> [line] = end_to_end(roads, np.array([1]), np.array([0]))
    >>> line.equals(roads.lines(np.array([0]))[0])
    True
    """
    lines, is_turned = roads.lines(ends >> 1), (ends & 1).astype(bool)
    lines[is_turned] = shapely.reverse(lines[is_turned])
    xy, of = shapely.get_coordinates(lines, return_index=True)
    return np.asarray(shapely.linestrings(xy, indices=number[of]), dtype=object)


def straight_on(roads: RoadNetwork) -> NDArray[np.intp]:
    """Return by end of an edge (twice its number, one more at its last) the end it goes on into.

    Two ends at a node and in a cell go on into each other if each is the straightest way for the
    other; -1 for none.

    >>> import batu_geo as bg
    >>> goes_on = straight_on(bg.load_study().roads)
    >>> bool((goes_on[goes_on[goes_on >= 0]] == np.flatnonzero(goes_on >= 0)).all())
    True
    """
    first, last = roads.line_start[:-1], roads.line_start[1:] - 1
    at, inner = (np.stack(two, axis=1).ravel() for two in ((first, last), (first + 1, last - 1)))
    xy = roads.line_xy[at]
    out = roads.line_xy[inner] - xy
    out /= np.hypot(*out.T).clip(1e-9)[:, None]
    cell = np.repeat(np.floor(roads.line_xy[first] / STRAND_M), 2, axis=0)
    place = np.column_stack([xy, cell])
    node = roads.edge_node.ravel()
    by_node = np.argsort(node, kind="stable")
    low, high = (np.searchsorted(node[by_node], node, side) for side in ("left", "right"))
    end, step = steps_of(high - low)
    other = by_node[low[end] + step]
    may = (end >> 1 != other >> 1) & (place[end] == place[other]).all(axis=1)
    end, other = end[may], other[may]
    order = np.lexsort([other, (out[end] * out[other]).sum(axis=1), end])
    end, other = end[order], other[order]
    best = np.full(len(node), -1, dtype=np.intp)
    is_first = np.diff(end, prepend=-1) != 0
    best[end[is_first]] = other[is_first]
    is_mutual = (best >= 0) & (best[best] == np.arange(len(node)))
    return np.where(is_mutual, best, -1)


def steps_of(counts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return rows repeated as often as they count, and the number of each within its row.

    >>> [column.tolist() for column in steps_of(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
