"""Strips along streets, and unions of some of them at the cost of their rim.

Where the outlines of the strips cross is found once for the streets, and kept. Each union is then
what of the outlines no other strip of it covers. Two strips along one straight road would have
sides upon each other, and rounding would decide between them: so each strip is narrower than said
by a part of its own of a hundredth of a millimetre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.network.area.crossings import Outlines, steps_of
from batu_geo.network.area.overlaps import More, Overlaps, overlaps_of, rim_of, with_more
from batu_geo.network.area.rims import Rim, as_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

CORNER_SEGMENTS = 2
NARROWER_M = 1e-5
FRAME_M = 100_000.0  # coordinates count from a corner of such a square: rounding is less there
ALL_FROM = 1 / 3  # of the streets: where so many are wanted, the rest is drawn with them
AT_ONCE = 64
SPREAD = np.array([0.618033988749895, 0.754877666246693, 0.569840290998053, 0.819172513396164])


class Wanted(NamedTuple):
    """What a union is of: whole edges, bool [m], and parts of others as lines.

    ``of`` has for each part the edge that it is of, and -1 for what is along no edge.
    """

    is_whole: NDArray[np.bool_]
    parts: NDArray[np.object_]
    of: NDArray[np.intp]


class Strips:
    """The strips of the edges of a network, with what is known of their outlines so far.

    Keeping it is all it does: the same calls give the same shapes in any order,
    of whatever modes and facilities.
    """

    def __init__(self, roads: RoadNetwork, *, buffer_m: float) -> None:
        self.roads = roads
        self.buffer_m = buffer_m
        low = roads.line_xy.min(axis=0) if len(roads.line_xy) else np.zeros(2)
        self._origin = np.floor(low / FRAME_M) * FRAME_M
        self._narrower = np.append(_own_shares(roads), 0.0)  # the last for what is along no edge
        self._known: tuple[NDArray[np.intp], Overlaps] | None = None

    def unions(self, wanted: Sequence[Wanted]) -> list[shapely.Geometry]:
        """Return the strips of whole edges and of parts as one shape, for each union wanted."""
        if not wanted:
            return []
        edges, known = self._overlaps(np.any([one.is_whole for one in wanted], axis=0))
        more = self._with_parts(known, wanted, edges)
        rims = (rim_of(known, more, n, one.is_whole[edges]) for n, one in enumerate(wanted))
        return [
            self._joined(one) if found is None else as_shape(Rim(self._back(found.xy), found.ring))
            for found, one in zip(rims, wanted, strict=True)
        ]

    def _joined(self, wanted: Wanted) -> shapely.Geometry:
        """Return a union as any shapes are joined, which takes much longer."""
        whole = self.roads.lines(np.flatnonzero(wanted.is_whole))
        strips = self._strips(np.append(whole, wanted.parts), 0.0)
        return shapely.transform(shapely.union_all(strips), self._back)

    def _back(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return xy + self._origin

    def _overlaps(self, is_wanted: NDArray[np.bool_]) -> tuple[NDArray[np.intp], Overlaps]:
        """Return edges that hold all those wanted, and how their strips overlap."""
        is_there = np.zeros(len(is_wanted), bool)
        if self._known is not None:
            is_there[self._known[0]] = True
            if is_there[is_wanted].all():
                return self._known
        is_there |= is_wanted
        if is_there.sum() > ALL_FROM * len(is_there):
            is_there[:] = True
        edges = np.flatnonzero(is_there)
        outlines = Outlines(
            self._strips(self.roads.lines(edges), self._narrower[edges]), cell_m=self.buffer_m
        )
        self._known = edges, overlaps_of(outlines)
        return self._known

    def _with_parts(
        self, known: Overlaps, wanted: Sequence[Wanted], edges: NDArray[np.intp]
    ) -> More:
        """Return how the strips of the parts of some unions overlap the others."""
        lines = np.concatenate([one.parts for one in wanted])
        edge = np.concatenate([one.of for one in wanted])
        union = np.repeat(np.arange(len(wanted)), [len(one.parts) for one in wanted])
        is_other = (edge[1:] != edge[:-1]) | (union[1:] != union[:-1])
        begin = np.flatnonzero(np.append(True, is_other)[: len(edge)])
        again = steps_of(np.diff(np.append(begin, len(edge))))[1]
        # Each part is narrower than any whole edge, and than no other part of its own edge.
        shares = 1 + (self._narrower[edge] + again * SPREAD[0]) % 1
        strips = Outlines(self._strips(lines, shares), cell_m=self.buffer_m)
        return with_more(known, strips, union, np.array([one.is_whole[edges] for one in wanted]))

    def _strips(
        self, lines: NDArray[np.object_], narrower: NDArray[np.float64] | float
    ) -> NDArray[np.object_]:
        """Return the strips of lines, in coordinates from the origin."""
        near = shapely.transform(lines, lambda xy: xy - self._origin)
        width = self.buffer_m - NARROWER_M * np.asarray(narrower)
        strips: NDArray[np.object_] = shapely.buffer(near, width, quad_segs=CORNER_SEGMENTS)
        return strips


def _own_shares(roads: RoadNetwork) -> NDArray[np.float64]:
    """Return by edge a number below 1 that follows from where it lies, and is no other's."""
    ends = roads.line_xy[np.column_stack([roads.line_start[:-1], roads.line_start[1:] - 1])]
    share: NDArray[np.float64] = ends.reshape(-1, 4) @ SPREAD % 1
    order = np.argsort(share, kind="stable")
    begin = np.flatnonzero(np.append(True, np.diff(share[order]) != 0)[: len(share)])
    share[order] += steps_of(np.diff(np.append(begin, len(share))))[1] * SPREAD[0]
    share %= 1
    return share
