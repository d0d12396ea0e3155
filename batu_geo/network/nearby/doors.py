"""The doors of origins: the ways from each to the two ends of the edges it joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from batu_geo.network.snapping import departures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Joins

MOST_KEPT = 200_000


class Doors(NamedTuple):
    """The ways from origins to the two ends of their edges, in one layer, [rows] or [rows, 2].

    States are numbered as in a part of the roads, -1 for one that is not in it.
    """

    layer: int
    point: NDArray[np.int64]
    state: NDArray[np.int32]
    leave_ms: NDArray[np.float64]
    metres: NDArray[np.float64]

    def beside(self, number: NDArray[np.int32]) -> Doors:
        """Return the doors from which a state of a smaller part is reached, by number there."""
        doors = self._replace(state=number[self.state])
        return doors.only(np.asarray((doors.state >= 0).any(axis=1)))

    def only(self, is_kept: NDArray[np.bool_]) -> Doors:
        """Return some of the doors, bool [rows]."""
        rows = np.flatnonzero(is_kept)
        return Doors(
            self.layer, self.point[rows], self.state[rows], self.leave_ms[rows], self.metres[rows]
        )


_KNOWN: WeakKeyDictionary[ModeGraph, WeakKeyDictionary[Joins, Doors]] = WeakKeyDictionary()


def doors_of(graph: ModeGraph, here: tuple[Joins, ...], *, with_metres: bool) -> list[Doors]:
    """Return the doors of each layer that any origin joins."""
    return [
        _doors(graph, number, joins, with_metres=with_metres)
        for number, joins in enumerate(here)
        if len(joins.edge)
    ]


def _doors(graph: ModeGraph, number: int, joins: Joins, *, with_metres: bool) -> Doors:
    """Return the doors of a layer; few without metres are found once for graph and joins."""
    if with_metres or len(joins.edge) > MOST_KEPT:
        return _new_doors(graph, number, joins, with_metres=with_metres)
    known = _KNOWN.setdefault(graph, WeakKeyDictionary())
    if joins not in known:
        known[joins] = _new_doors(graph, number, joins, with_metres=False)
    return known[joins]


def _new_doors(graph: ModeGraph, number: int, joins: Joins, *, with_metres: bool) -> Doors:
    layer = graph.layers[number]
    leave_ms, state = departures(layer, joins)
    metres = np.zeros(leave_ms.shape)
    if with_metres:
        metres = np.column_stack([departure_metres(graph, joins, side) for side in (0, 1)])
    return Doors(number, joins.point, state, leave_ms, metres)


def departure_metres(graph: ModeGraph, joins: Joins, side: int) -> NDArray[np.float64]:
    """Return metres from each door to the start (0) or end (1) of its edge."""
    share = joins.fraction if side == 0 else 1 - joins.fraction
    return share * graph.roads.length_m[joins.edge] + joins.distance_m
