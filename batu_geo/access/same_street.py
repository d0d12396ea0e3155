"""Lines that are one street: drawn twice a few metres apart, or its two carriageways."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

# Two one-way streets against each other, so near, of one class or name and not of different names,
# are the carriageways of one street.
CARRIAGEWAYS_M = 30.0
# Two lines so near, of one class or name and not of different names, are two drawings of one street
# where they run beside each other over most of the shorter.
DRAWINGS_M = 8.0
MOST = 0.75
# A line that hangs together with less of the roads than this share of another line's leads nowhere.
LEADS_NOWHERE = 0.5
# Lines that run beside each other differ by at most this angle.
BESIDE = np.cos(np.radians(20))
SAMPLE_M = 20.0
TOGETHER = 100_000  # places


class _Pieces(NamedTuple):
    """Straight pieces of some edges: edge, ends, direction of travel (0 for both)."""

    edge: NDArray[np.intp]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    oneway: NDArray[np.int8]


class _Pairs(NamedTuple):
    """Places on streets, each with a piece of its own edge and one of another beside it."""

    sample: NDArray[np.intp]
    own: NDArray[np.intp]
    other: NDArray[np.intp]


def share_of_its_street(
    roads: RoadNetwork,
    edges: NDArray[np.intp],
    count: NDArray[np.int64],
    part_metres: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what a metre of each stretch counts where lines of the same street lie beside it.

    The mean, over places at most 20 m apart, of 1 / (lines of the street there, itself one).
    A line that hangs together with less than half the metres of roads of another counts for none.

    Parameters
    ----------
    roads, edges
        The edges along which people live.
    count
        Into how many equal stretches each is cut.
    part_metres
        Metres of roads that hang together with each.
    """
    if not len(edges):
        return np.zeros(0)
    # A whole number of samples for each stretch, in the order of the stretches.
    each = np.ceil(roads.length_m[edges] / count / SAMPLE_M).astype(np.int64)
    samples = count * each
    edge = np.repeat(np.arange(len(edges)), samples)
    pieces = _pieces(roads, edges)
    found, metres = _pairs_beside(pieces, roads.lines(edges), edge, middles(samples))
    is_twin = _are_carriageways(roads, edges, pieces, found)
    is_near = _may_be_one(roads, edges, pieces, found) & (metres <= DRAWINGS_M)
    is_twin |= _over_most(pieces, found, is_near, samples)
    beside = np.column_stack([found.sample, pieces.edge[found.other]])
    place, twin = np.unique(beside[is_twin], axis=0).T
    longest = part_metres[edge]
    np.maximum.at(longest, place, part_metres[twin])
    counts = LEADS_NOWHERE * longest <= part_metres[edge]
    of_twin = LEADS_NOWHERE * longest[place] <= part_metres[twin]
    share = counts / (1 + np.bincount(place[of_twin], minlength=len(edge)))
    stretch = np.repeat(np.arange(count.sum()), np.repeat(each, count))
    return np.asarray(np.bincount(stretch, share) / np.bincount(stretch), dtype=np.float64)


def middles(count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the places of the middles of so many equal parts, as shares of the whole.

    >>> middles(np.array([1, 2])).tolist()
    [0.5, 0.25, 0.75]
    """
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray((step + 0.5) / np.repeat(count, count), dtype=np.float64)


def _pairs_beside(
    pieces: _Pieces,
    streets: NDArray[np.object_],
    edge: NDArray[np.intp],
    at: NDArray[np.float64],
) -> tuple[_Pairs, NDArray[np.float64]]:
    """Return what other edges run beside each place, and how many metres from it.

    A place lies on the street of its edge, at a share of it. Points of some at a time: those of
    all the streets of a province would take the most memory of a run.
    """
    ends = np.stack([pieces.begin, pieces.end], axis=1)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    tree = shapely.STRtree(lines)
    none = np.zeros(0, np.intp)
    found, metres = [_Pairs(none, none, none)], [np.zeros(0)]
    for start in range(0, len(edge), TOGETHER):
        own = edge[start : start + TOGETHER]
        places = shapely.line_interpolate_point(
            streets[own], at[start : start + TOGETHER], normalized=True
        )
        beside, far = _beside(pieces, (lines, tree), places, own)
        found.append(beside._replace(sample=beside.sample + start))
        metres.append(far)
    return _Pairs(*map(np.concatenate, zip(*found, strict=True))), np.concatenate(metres)


def _beside(
    pieces: _Pieces,
    drawn: tuple[NDArray[np.object_], shapely.STRtree],
    places: NDArray[np.object_],
    edge: NDArray[np.intp],
) -> tuple[_Pairs, NDArray[np.float64]]:
    """Return the pairs of some places, numbered from 0, and the metres between them."""
    lines, tree = drawn
    sample, piece = tree.query(places, predicate="dwithin", distance=CARRIAGEWAYS_M)
    is_other = edge[sample] != pieces.edge[piece]
    sample, piece = sample[is_other], piece[is_other]
    own = _own_piece(pieces, lines, places, edge)[sample]
    is_beside = _runs_beside(pieces, own, piece, shapely.get_coordinates(places)[sample])
    found = _Pairs(sample[is_beside], own[is_beside], piece[is_beside])
    metres = shapely.distance(places[found.sample], lines[found.other])
    return found, np.asarray(metres, dtype=np.float64)


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


def _may_be_one(
    roads: RoadNetwork, edges: NDArray[np.intp], pieces: _Pieces, found: _Pairs
) -> NDArray[np.bool_]:
    """Return of each pair whether it may be one street: of one class or name, by no two names."""
    one, two = edges[pieces.edge[found.own]], edges[pieces.edge[found.other]]
    name, other = roads.name[one], roads.name[two]
    is_named_alike = (name == other) & (name != 0)
    is_one_class = roads.road_class[one] == roads.road_class[two]
    return np.asarray(is_named_alike | (is_one_class & ((name == 0) | (other == 0))))


def _are_carriageways(
    roads: RoadNetwork, edges: NDArray[np.intp], pieces: _Pieces, found: _Pairs
) -> NDArray[np.bool_]:
    """Return of each pair whether it is one street whose lines lead against each other."""
    own, other = found.own, found.other
    cosine = (_direction(pieces, own) * _direction(pieces, other)).sum(axis=1)
    against = pieces.oneway[own] * pieces.oneway[other] * cosine < 0
    return np.asarray(_may_be_one(roads, edges, pieces, found) & against)


def _over_most(
    pieces: _Pieces, found: _Pairs, is_near: NDArray[np.bool_], samples: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which near pairs are of two edges that are near over most of the shorter."""
    own, other = pieces.edge[found.own].astype(np.int64), pieces.edge[found.other].astype(np.int64)
    size = len(samples)
    # A place may be near several pieces of one other edge.
    seen = np.unique(np.column_stack([own * size + other, found.sample])[is_near], axis=0)[:, 0]
    pair, near = np.unique(seen, return_counts=True)
    share = near / samples[pair // size]
    back = pair % size * size + pair // size
    at = np.minimum(np.searchsorted(pair, back), len(pair) - 1)
    of_other = np.where(pair[at] == back, share[at], 0.0) if len(pair) else share
    kept = pair[np.maximum(share, of_other) >= MOST]
    return np.asarray(is_near & np.isin(own * size + other, kept))
