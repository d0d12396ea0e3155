"""Streets that people live along: each counted once, however often it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.road_audit import drawn_twice
from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

# Two one-way streets of one class against each other, so near and not of different names, are the
# carriageways of one street.
CARRIAGEWAYS_M = 30.0
# Lines that run beside each other differ by at most this angle.
BESIDE = np.cos(np.radians(20))
SAMPLE_M = 20.0


class Stretches(NamedTuple):
    """Stretches of inhabited street.

    Attributes
    ----------
    middle
        A point each, object [k].
    weight_m
        Its metres; half of them where the other carriageway runs beside it, float64 [k].
    """

    middle: NDArray[np.object_]
    weight_m: NDArray[np.float64]


class _Pieces(NamedTuple):
    """Straight pieces of some edges: edge, ends, direction of travel (0 for both)."""

    edge: NDArray[np.intp]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    oneway: NDArray[np.int8]


def inhabited_stretches(
    roads: RoadNetwork, *, spacing_m: float, classes: Sequence[str]
) -> Stretches:
    """Return the stretches of street along which people live, at most `spacing_m` long.

    Nobody lives on a motorway, in a tunnel or on the deck of a bridge, along a driveway or a
    parking aisle, or in water. Of a street that is drawn twice the lower way id is inhabited
    alone; two carriageways share their metres, so that together they count once.
    """
    edges = inhabited_edges(roads, classes)
    count = np.ceil(roads.length_m[edges] / spacing_m).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), count)
    middle = shapely.line_interpolate_point(
        roads.lines(edges)[edge], _shares(count), normalized=True
    )
    metres = roads.length_m[edges][edge] / count[edge] * _shared_with_twins(roads, edges, count)
    on_land = ~in_water(roads, middle)
    return Stretches(middle[on_land], metres[on_land])


def inhabited_edges(roads: RoadNetwork, classes: Sequence[str]) -> NDArray[np.intp]:
    """Return the edges along which people live, by class, structure and use."""
    is_inhabited = np.isin(np.array(roads.classes)[roads.road_class], list(classes))
    is_inhabited &= (roads.length_m > 0) & ~roads.is_out_of_reach
    if roads.houses_nobody is not None:
        is_inhabited &= ~roads.houses_nobody
    one, other = drawn_twice(roads)
    is_inhabited[other[is_inhabited[one] & is_inhabited[other]]] = False
    return np.flatnonzero(is_inhabited)


def in_water(roads: RoadNetwork, points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which points lie inside the outline of a lake or another water."""
    found = np.zeros(len(points), bool)
    outlines = lakes(roads)
    if len(outlines):
        found[shapely.STRtree(outlines).query(points, predicate="within")[0]] = True
    return found


def lakes(roads: RoadNetwork) -> NDArray[np.object_]:
    """Return the outlines of water that close, as polygons."""
    if roads.barrier_is_lake is None:
        return np.zeros(0, dtype=object)
    part = np.repeat(np.arange(len(roads.barrier_is_lake)), np.diff(roads.barrier_start))
    is_lost = ~np.isfinite(roads.barrier_xy).all(axis=1)
    is_kept = roads.barrier_is_lake.copy()
    is_kept[part[is_lost]] = False
    kept = is_kept[part]
    if not kept.any():
        return np.zeros(0, dtype=object)
    ring = np.unique(part[kept], return_inverse=True)[1]
    rings = shapely.linearrings(roads.barrier_xy[kept], indices=ring)
    return np.asarray(shapely.make_valid(shapely.polygons(rings)), dtype=object)


def _shares(count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the places of the middles of so many equal parts, as shares of the whole.

    >>> _shares(np.array([1, 2])).tolist()
    [0.5, 0.25, 0.75]
    """
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray((step + 0.5) / np.repeat(count, count), dtype=np.float64)


def _shared_with_twins(
    roads: RoadNetwork, edges: NDArray[np.intp], count: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return for each stretch the mean of 1 / (lines of the same street beside it), itself one."""
    if not len(edges):
        return np.zeros(0)
    # A whole number of samples for each stretch, in the order of the stretches.
    each = np.ceil(roads.length_m[edges] / count / SAMPLE_M).astype(np.int64)
    samples = count * each
    edge = np.repeat(np.arange(len(edges)), samples)
    places = shapely.line_interpolate_point(
        roads.lines(edges)[edge], _shares(samples), normalized=True
    )
    pieces = _pieces(roads, edges)
    ends = np.stack([pieces.begin, pieces.end], axis=1)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    tree = shapely.STRtree(lines)
    sample, piece = tree.query(places, predicate="dwithin", distance=CARRIAGEWAYS_M)
    own, other = edge[sample], pieces.edge[piece]
    kept = own != other
    sample, piece, own, other = sample[kept], piece[kept], own[kept], other[kept]
    xy = shapely.get_coordinates(places)[sample]
    nearest = _own_piece(pieces, lines, places, edge)[sample]
    is_twin = _runs_beside(pieces, nearest, piece, xy)
    is_twin &= _is_one_street(roads, edges, pieces, (nearest, piece))
    twins = np.unique(np.column_stack([sample[is_twin], other[is_twin]]), axis=0)
    share = 1 / (1 + np.bincount(twins[:, 0], minlength=len(places)))
    stretch = np.repeat(np.arange(count.sum()), np.repeat(each, count))
    return np.asarray(np.bincount(stretch, share) / np.bincount(stretch), dtype=np.float64)


def _pieces(roads: RoadNetwork, edges: NDArray[np.intp]) -> _Pieces:
    size = roads.line_start[edges + 1] - roads.line_start[edges] - 1
    first = slices(roads.line_start[edges], size)
    bit = np.uint8(1 << VEHICLES.index("car"))
    closed = (roads.closed[edges] & bit) > 0
    oneway = closed[:, 0].astype(np.int8) - closed[:, 1].astype(np.int8)
    number = np.repeat(np.arange(len(edges)), size)
    begin, end = roads.line_xy[first], roads.line_xy[first + 1]
    long = np.hypot(*(end - begin).T) > 0
    return _Pieces(number[long], begin[long], end[long], oneway[number[long]])


def _own_piece(
    pieces: _Pieces,
    lines: NDArray[np.object_],
    places: NDArray[np.object_],
    edge: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Return for each place the piece of its own edge on which it lies."""
    first = np.searchsorted(pieces.edge, edge)
    size = np.searchsorted(pieces.edge, edge, side="right") - first
    candidate = slices(first.astype(np.int64), size.astype(np.int64))
    place = np.repeat(np.arange(len(places)), size)
    far = shapely.distance(places[place], lines[candidate])
    order = np.lexsort((candidate, far, place))
    begins = np.r_[True, np.diff(place[order]) > 0]
    return np.asarray(candidate[order][begins])


def _direction(pieces: _Pieces, piece: NDArray[np.intp]) -> NDArray[np.float64]:
    step = pieces.end[piece] - pieces.begin[piece]
    return np.asarray(step / np.hypot(*step.T)[:, None])


def _runs_beside(
    pieces: _Pieces, own: NDArray[np.intp], other: NDArray[np.intp], xy: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return of each pair whether the other piece passes the place, and runs along it.

    The continuation of a street begins where it ends: it does not pass.
    """
    along = _direction(pieces, other)
    way = ((xy - pieces.begin[other]) * along).sum(axis=1)
    length = np.hypot(*(pieces.end[other] - pieces.begin[other]).T)
    passes = (way >= 0) & (way <= length)
    return np.asarray(passes & (np.abs((_direction(pieces, own) * along).sum(axis=1)) >= BESIDE))


def _is_one_street(
    roads: RoadNetwork,
    edges: NDArray[np.intp],
    pieces: _Pieces,
    pair: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> NDArray[np.bool_]:
    """Return of each pair of pieces whether they are carriageways of one street, by their tags."""
    own, other = pair
    one, two = edges[pieces.edge[own]], edges[pieces.edge[other]]
    name = roads.name[one], roads.name[two]
    may_be = (name[0] == name[1]) | (name[0] == 0) | (name[1] == 0)
    cosine = (_direction(pieces, own) * _direction(pieces, other)).sum(axis=1)
    against = pieces.oneway[own] * pieces.oneway[other] * cosine < 0
    same_class = roads.road_class[one] == roads.road_class[two]
    return np.asarray(may_be & against & same_class)
