"""Strips along streets, drawn together quickly.

The strip of every edge is the same whoever reaches it, so what neighbouring
edges share is drawn once: edges stand along a Morton curve, eight to a leaf,
four leaves or branches to a branch, and the union of a leaf or branch that is
reached whole is kept for the next catchment that reaches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.network.build_network import morton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

LEAF, FAN = 8, 4
CORNER_SEGMENTS = 2


class Strips:
    """The strips of the edges of a network, with the unions drawn so far.

    Keeping them is all it does: the same calls give the same shapes in any order,
    of whatever modes and facilities.
    """

    def __init__(self, roads: RoadNetwork, *, buffer_m: float) -> None:
        self.roads = roads
        self.buffer_m = buffer_m
        first = roads.line_xy[roads.line_start[:-1]]
        self.edges = np.argsort(morton(first), kind="stable")
        self._drawn: dict[tuple[int, int], shapely.Geometry] = {}

    def union(
        self, is_whole: NDArray[np.bool_], parts: Sequence[shapely.Geometry]
    ) -> shapely.Geometry:
        """Return the strips of whole edges, bool [m], and of parts of others, as one shape."""
        reached = is_whole[self.edges]
        levels = [_all_of(reached, LEAF)]
        while len(levels[-1]) > 1:
            levels.append(_all_of(levels[-1], FAN))
        shapes: list[shapely.Geometry] = []
        above = np.zeros(0, bool)
        for level in range(len(levels) - 1, -1, -1):
            covered = np.repeat(above, FAN)[: len(levels[level])]
            covered = covered if len(covered) else np.zeros(len(levels[level]), bool)
            found = np.flatnonzero(levels[level] & ~covered)
            shapes += [self._branch(level, int(number)) for number in found]
            above = levels[level]
        single = reached & ~np.repeat(levels[0], LEAF)[: len(reached)]
        lines = [*self.roads.lines(self.edges[single]), *parts]
        return shapely.union_all([*shapes, *self._strips(lines)])

    def _strips(self, lines: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
        return list(shapely.buffer(lines, self.buffer_m, quad_segs=CORNER_SEGMENTS))

    def _branch(self, level: int, number: int) -> shapely.Geometry:
        """Return the union of a leaf (level 0) or of the branches below."""
        key = (level, number)
        if key not in self._drawn:
            if level:
                size = LEAF * FAN ** (level - 1)
                below = range(number * FAN, (number + 1) * FAN)
                inside = [n for n in below if n * size < len(self.edges)]
                shapes = [self._branch(level - 1, n) for n in inside]
            else:
                lines = self.roads.lines(self.edges[number * LEAF : (number + 1) * LEAF])
                shapes = self._strips(list(lines))
            self._drawn[key] = shapely.union_all(shapes)
        return self._drawn[key]


def _all_of(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return for each group of neighbours whether all are set."""
    if not len(flags):
        return np.zeros(1, bool)
    return np.logical_and.reduceat(flags, np.arange(0, len(flags), size))
