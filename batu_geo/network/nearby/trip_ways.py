"""The ways a table of times was found from, so that more can be found on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.nearest_trips import (
    has_any_way,
    nearest_of_states,
    nearest_trips,
)
from batu_geo.network.nearby.trip_table import Nearest
from batu_geo.network.nearby.trips_within import direct_trips

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.nearby.trips_within import Found


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """What a table was found from, so that more can be found: the roads and both ends of trips."""

    graph: ModeGraph
    ends: Ends
    with_metres: bool

    def only(self, columns: NDArray[np.intp]) -> Ways:
        """Return the ways to some destinations, in an order."""
        there = tuple(joins.of(columns) for joins in self.ends.there)
        ends = replace(self.ends, there=there, there_xy=self.ends.there_xy[columns])
        return replace(self, ends=ends)

    def and_also(self, more: Ways) -> Ways:
        """Return the ways to these destinations and to others, of the same origins and roads."""
        pairs = zip(self.ends.there, more.ends.there, strict=True)
        there_xy = np.vstack([self.ends.there_xy, more.ends.there_xy])
        ends = replace(
            self.ends, there=tuple(old.and_also(new) for old, new in pairs), there_xy=there_xy
        )
        return replace(self, ends=ends, with_metres=self.with_metres and more.with_metres)

    def nearest(self, direct: Found | None = None) -> Nearest:
        """Return the nearest destination of every origin, from one search for all of them.

        `direct` are the trips that need no search, where they are known already.
        """
        known = direct_trips(self.graph, self.ends) if direct is None else direct
        trips = nearest_trips(self.graph, self.ends, known, with_metres=self.with_metres)
        metres = trips.metres if self.with_metres else None
        return Nearest(trips.destination, trips.ms / MS_PER_MINUTE, metres)

    def open_to(self, is_meant: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which of some origins have a way where the scenario closes nothing, [origins]."""
        found, free = np.zeros(len(is_meant), bool), self.graph.without_closures
        if free is not None:
            # Joins are those without closures, so they are valid for this graph too.
            here = tuple(joins.of(np.flatnonzero(is_meant)) for joins in self.ends.here)
            ms = nearest_of_states(free, self.ends)
            found[is_meant] = has_any_way(free, replace(self.ends, here=here), ms)
        return found
