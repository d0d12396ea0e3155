"""The rim of a union: a walk along the outlines of its shapes where no other of them covers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.network.area.crossings import steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.area.crossings import Crossings, Outlines

CRUMB_M = 5e-5
CRUMB_M2 = 1e-6


class Events(NamedTuple):
    """Along rings: where one comes into another shape (turn 1), or leaves it (-1).

    ``segment`` and ``along`` say where on the ring, ``other`` which shape, and ``point`` numbers
    the crossing, which is an event of both outlines.
    """

    segment: NDArray[np.intp]
    along: NDArray[np.float64]
    other: NDArray[np.intp]
    turn: NDArray[np.int8]
    point: NDArray[np.intp]

    def take(self, rows: NDArray[np.intp] | slice) -> Events:
        """Return some of the events."""
        return Events._make(column[rows] for column in self)

    def in_order(self) -> Events:
        """Return the events as one meets them along the rings."""
        return self.take(np.lexsort((self.along, self.segment)))

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        """Return several events as one table."""
        return cls._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


class Passed(NamedTuple):
    """Events as one meets them along the rings, ring by ring."""

    segment: NDArray[np.intp]
    turn: NDArray[np.int8]
    point: NDArray[np.intp]


def events_of(
    found: Crossings, one: Outlines, other: Outlines, *, numbers: tuple[int, int, int, int, int]
) -> Events:
    """Return both events of each crossing of some outlines with others.

    ``numbers`` are of the first corner and the first shape of the one and of the other, and of
    the first crossing.
    """
    corner, shape, other_corner, other_shape, first = numbers
    turn = np.where(found.enters, 1, -1).astype(np.int8)
    point = np.arange(len(turn)) + first
    return Events(
        np.concatenate([found.one + corner, found.other + other_corner]).astype(np.int32),
        np.concatenate([found.along_one, found.along_other]),
        np.concatenate([
            other.owner[other.ring[found.other]] + other_shape,
            one.owner[one.ring[found.one]] + shape,
        ]).astype(np.int32),
        np.concatenate([turn, -turn]),
        np.concatenate([point, point]).astype(np.int32),
    )  # fmt: skip


class Rim(NamedTuple):
    """Corners of closed rings, and of which ring each is; what is inside lies to the left."""

    xy: NDArray[np.float64]
    ring: NDArray[np.intp]


def rim(
    outlines: Outlines,
    rings: NDArray[np.intp],
    events: Passed,
    *,
    covers: NDArray[np.intp],
    points: NDArray[np.float64],
) -> Rim | None:
    """Return the rim of the union of shapes, or None where the outlines lead astray.

    That happens where two outlines lie upon each other, so that rounding decides who covers whom.

    Parameters
    ----------
    outlines, rings
        Of more shapes than these; the rings of these.
    events
        Between these shapes alone, ring by ring and in order.
    covers
        By ring of the outlines, how many of these shapes its first corner lies in.
    points
        Of the crossings that the events number.
    """
    ring = outlines.ring[events.segment]
    cover = covers[ring] + np.cumsum(events.turn, dtype=np.int64)
    firsts = np.flatnonzero(np.append(True, ring[1:] != ring[:-1])[: len(ring)])
    lasts = np.append(firsts[1:], len(ring))[: len(firsts)] - 1
    following = np.arange(1, len(ring) + 1)
    following[lasts] = firsts
    begin = np.flatnonzero((events.turn < 0) & (cover == 0))
    end = following[begin]
    by_begin, by_end = (np.argsort(events.point[rows]) for rows in (begin, end))
    is_astray = (cover < 0).any() or (cover[lasts] != covers[ring[lasts]]).any()
    if is_astray or (events.point[begin][by_begin] != events.point[end][by_end]).any():
        return None
    goes_on = np.empty(len(begin), dtype=np.intp)
    goes_on[by_end] = by_begin
    arc, number = _cycles(goes_on)
    begin, end = begin[arc], end[arc]
    walked = _arcs(outlines, events.segment[begin], events.segment[end], end <= begin,
                   points[events.point[begin]])  # fmt: skip
    is_met = np.zeros(len(covers), bool)
    is_met[ring] = True
    alone = _whole(outlines, rings[~is_met[rings] & (covers[rings] == 0)])
    return Rim(
        np.concatenate([walked.xy, alone.xy]),
        np.concatenate([number[walked.ring], alone.ring + len(begin)]),
    )


def _whole(outlines: Outlines, rings: NDArray[np.intp]) -> Rim:
    """Return whole rings, numbered anew."""
    begin = outlines.start[rings]
    of, step = steps_of(outlines.start[rings + 1] - 1 - begin)
    return Rim(outlines.xy[begin[of] + step], of)


def _cycles(goes_on: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return numbers in the order of who goes on with whom, and of which cycle each is."""
    following: list[int] = goes_on.tolist()
    order: list[int] = []
    ends = []
    for first in range(len(following)):
        number = first
        while (after := following[number]) >= 0:
            following[number] = -1
            order.append(number)
            number = after
        ends.append(len(order))
    end = np.array(ends, dtype=np.intp)
    lengths = end - np.append(0, end)[: len(end)]
    return np.array(order, dtype=np.intp), np.repeat(np.arange(len(ends)), lengths)


def _arcs(
    outlines: Outlines,
    segment: NDArray[np.intp],
    last: NDArray[np.intp],
    is_round: NDArray[np.bool_],
    crossing: NDArray[np.float64],
) -> Rim:
    """Return the corners of stretches from a crossing to the segment of the next, by stretch.

    Where it is round, the next crossing comes after the first corner of the ring.
    """
    first = outlines.start[outlines.ring[segment]]
    corners = outlines.start[outlines.ring[segment] + 1] - 1 - first
    of, step = steps_of(last - segment + np.where(is_round, corners, 0) + 1)
    corner = first[of] + (segment[of] - first[of] + step) % corners[of]
    return Rim(np.where((step == 0)[:, None], crossing[of], outlines.xy[corner]), of)


def as_shape(found: Rim) -> shapely.Geometry:
    """Return what a rim surrounds: nothing, a polygon, or several.

    Corners that rounding alone sets apart are one, and a ring around nothing is none.

    >>> square = Rim(np.array([(0.0, 0.0), (1, 0), (1, 1), (0, 1)]), np.zeros(4, dtype=int))
    >>> as_shape(square).area
    1.0
    """
    xy, ring = found
    begin = np.flatnonzero(np.append(True, ring[1:] != ring[:-1])[: len(ring)])
    before = np.roll(xy, 1, axis=0)
    before[begin] = xy[np.append(begin[1:], len(xy))[: len(begin)] - 1]
    is_apart = np.hypot(*(xy - before).T) > CRUMB_M
    xy, ring = xy[is_apart], ring[is_apart]
    _, ring, corners = np.unique(ring, return_inverse=True, return_counts=True)
    is_ring = corners[ring] > 2
    _, ring = np.unique(ring[is_ring], return_inverse=True)
    rings = shapely.linearrings(xy[is_ring], indices=ring)
    rings = rings[shapely.area(shapely.polygons(rings)) > CRUMB_M2]
    is_shell = shapely.is_ccw(rings)
    shells, holes = rings[is_shell], rings[~is_shell]
    whose = np.concatenate([np.arange(len(shells)), _homes(holes, shells)])
    order = np.argsort(whose, kind="stable")
    parts = _polygons(np.concatenate([shells, holes])[order], whose[order])
    if len(parts) == 1:
        only: shapely.Geometry = parts[0]
        return only
    return shapely.MultiPolygon(parts.tolist()) if len(parts) else shapely.GeometryCollection()


def _polygons(rings: NDArray[np.object_], of: NDArray[np.intp]) -> NDArray[np.object_]:
    """Return polygons of rings, the first of each around its others."""
    return np.asarray(shapely.polygons(rings, indices=of), dtype=object)


def _homes(holes: NDArray[np.object_], shells: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return by hole the smallest shell that it lies in."""
    homes = np.zeros(len(holes), dtype=np.intp)
    if len(shells) > 1:
        around = _polygons(shells, np.arange(len(shells)))
        corner = shapely.get_point(holes, 0)
        shell, hole = shapely.STRtree(corner).query(around, predicate="intersects")
        order = np.lexsort([-shapely.area(around)[shell], hole])
        homes[hole[order]] = shell[order]
    return homes
