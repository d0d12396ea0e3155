"""How shapes overlap each other: known once for most of them, and for a few more at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from batu_geo.network.area.crossings import Inside, Outlines, crossings, insides, steps_of
from batu_geo.network.area.rims import Events, Passed, Rim, events_of, rim

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Overlaps(NamedTuple):
    """Shapes, where their outlines cross, and which of them begin inside of others.

    Attributes
    ----------
    outlines, points
        Of the shapes; where they cross.
    events, event_start
        Along each ring in order, and where those of each ring begin.
    inside, inside_start
        Ring by ring, and where those of each ring begin.
    overlap
        Which shapes overlap which, [shapes, shapes].
    on_rim, rim_start, is_covered
        Of the union of all: the numbers of the events on its rim, where those of each ring begin,
        and whether the first corner of a ring is covered.
    """

    outlines: Outlines
    points: NDArray[np.float64]
    events: Events
    event_start: NDArray[np.intp]
    inside: Inside
    inside_start: NDArray[np.intp]
    overlap: sparse.csr_array
    on_rim: NDArray[np.intp]
    rim_start: NDArray[np.intp]
    is_covered: NDArray[np.bool_]


class More(NamedTuple):
    """Some more shapes for unions, each shape for one: these after the first, and what they add.

    ``union`` has by shape of these the number of its union; events and what is inside are by
    union too, with where those of each begin.
    """

    outlines: Outlines
    points: NDArray[np.float64]
    union: NDArray[np.intp]
    events: Events
    event_start: NDArray[np.intp]
    inside: Inside
    inside_start: NDArray[np.intp]


def overlaps_of(outlines: Outlines) -> Overlaps:
    """Return how shapes overlap each other.

    >>> import shapely
    >>> shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    >>> found = overlaps_of(Outlines(shapes, cell_m=1))
    >>> found.points.tolist(), found.event_start.tolist()
    ([[1.0, 2.0], [2.0, 1.0]], [0, 2, 4])
    """
    found = crossings(outlines, outlines, np.not_equal)
    events = events_of(found, outlines, outlines, numbers=(0, 0, 0, 0, 0)).in_order()
    inside = insides(outlines, outlines, np.not_equal)
    order = np.argsort(inside.ring, kind="stable")
    inside = Inside(*(field[order] for field in inside))
    ring = outlines.ring[events.segment]
    covers = np.bincount(inside.ring, minlength=len(outlines.owner))
    cover = covers[ring] + np.cumsum(events.turn, dtype=np.int64)
    on_rim = np.flatnonzero(cover == (events.turn > 0))
    rings = np.arange(len(outlines.owner) + 1)
    starts = [np.searchsorted(of, rings) for of in (ring, inside.ring, ring[on_rim])]
    one = outlines.owner[np.concatenate([ring, inside.ring])]
    other = np.concatenate([events.other, inside.shape])
    both = np.concatenate([one, other]), np.concatenate([other, one])
    size = len(outlines.shapes)
    overlap = sparse.csr_array((np.ones(len(both[0]), np.int32), both), shape=(size, size))
    return Overlaps(outlines, found.xy, events, starts[0], inside, starts[1], overlap,
                    on_rim, starts[2], covers > 0)  # fmt: skip


def with_more(
    known: Overlaps, more: Outlines, union: NDArray[np.intp], is_in: NDArray[np.bool_]
) -> More:
    """Return how more shapes overlap the known ones and each other, where one union has both.

    Parameters
    ----------
    known, more
        The shapes.
    union
        By shape of these, the number of the one union that has it.
    is_in
        Which known shapes each union has, [unions, known].
    """
    first, corners, shapes = known.outlines, len(known.outlines.xy), len(known.outlines.shapes)
    rings = len(first.owner)
    across = crossings(more, first, lambda one, other: is_in[union[one], other])
    among = crossings(more, more, lambda one, other: _is_one(union, one, other))
    numbers = (corners, shapes)
    events = Events.joined([
        events_of(across, more, first, numbers=(*numbers, 0, 0, len(known.points))),
        events_of(among, more, more,
                  numbers=(*numbers, *numbers, len(known.points) + len(across.xy))),
    ])  # fmt: skip
    in_known = insides(more, first, lambda one, other: is_in[union[one], other])
    in_more = insides(first, more, lambda one, other: is_in[union[other], one])
    in_each_other = insides(more, more, lambda one, other: _is_one(union, one, other))
    inside = Inside(
        np.concatenate([in_known.ring + rings, in_more.ring, in_each_other.ring + rings]),
        np.concatenate([in_known.shape, in_more.shape + shapes, in_each_other.shape + shapes]),
    )
    outlines = first.then(more)
    of_event = union[
        np.maximum(outlines.owner[outlines.ring[events.segment]], events.other) - shapes
    ]
    of_inside = union[np.maximum(outlines.owner[inside.ring], inside.shape) - shapes]
    order = np.lexsort([events.along, events.segment, of_event])
    by_union = np.argsort(of_inside, kind="stable")
    unions = np.arange(len(is_in) + 1)
    return More(
        outlines, np.concatenate([known.points, across.xy, among.xy]), union,
        events.take(order), np.searchsorted(of_event[order], unions),
        Inside(*(field[by_union] for field in inside)),
        np.searchsorted(of_inside[by_union], unions),
    )  # fmt: skip


def _is_one(
    union: NDArray[np.intp], one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return whether two shapes that are not the same are of one union."""
    is_one: NDArray[np.bool_] = (one != other) & (union[one] == union[other])
    return is_one


def rim_of(known: Overlaps, more: More, number: int, is_in: NDArray[np.bool_]) -> Rim | None:
    """Return the rim of a union of known shapes and more, or None as `rim` does.

    Parameters
    ----------
    known, more
        The shapes.
    number, is_in
        Of the union, and which known shapes it has.
    """
    outlines, old_rings = more.outlines, len(known.outlines.owner)
    is_own = np.append(is_in, more.union == number)
    added = more.events.take(slice(*more.event_start[number : number + 2]))
    begins_in = more.inside.ring[slice(*more.inside_start[number : number + 2])]
    # Of a shape that overlaps as many as in the union of all, the same is on the rim.
    lacks = np.append(known.overlap @ ~is_in > 0, np.zeros(len(more.union), bool))
    lacks[outlines.owner[outlines.ring[added.segment]]] = True
    lacks[outlines.owner[begins_in]] = True
    rings = np.flatnonzero(is_own[outlines.owner])
    old = rings[: np.searchsorted(rings, old_rings)]
    is_anew = lacks[outlines.owner[old]]
    anew, as_before = old[is_anew], old[~is_anew]
    rows = _ranges(known.event_start, anew)
    rows = rows[is_own[known.events.other[rows]]]
    rows = np.sort(np.append(rows, known.on_rim[_ranges(known.rim_start, as_before)]))
    events = _merged(known.events, rows, added)
    rows = _ranges(known.inside_start, anew)
    rows = rows[is_own[known.inside.shape[rows]]]
    begins_in = np.concatenate([
        begins_in, known.inside.ring[rows], as_before[known.is_covered[as_before]]
    ])  # fmt: skip
    covers = np.bincount(begins_in, minlength=len(outlines.owner))
    return rim(outlines, rings, events, covers=covers, points=more.points)


def _merged(known: Events, rows: NDArray[np.intp], added: Events) -> Passed:
    """Return some known events and others, all as one meets them along the rings."""
    segment = known.segment[rows]
    low, high = (np.searchsorted(segment, added.segment, side) for side in ("left", "right"))
    of, step = steps_of(high - low)
    is_before = known.along[rows[low[of] + step]] < added.along[of]
    place = low + np.bincount(of[is_before], minlength=len(low))
    return Passed(
        np.insert(segment, place, added.segment),
        np.insert(known.turn[rows], place, added.turn),
        np.insert(known.point[rows], place, added.point),
    )


def _ranges(start: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the numbers from the start of each row to that of the next."""
    of, step = steps_of(start[rows + 1] - start[rows])
    numbers: NDArray[np.intp] = start[rows][of] + step
    return numbers
