"""The trips of groups of origins to destinations chosen for each group, however far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import ends, starts
from batu_geo.network.nearby.trip_table import TripTable
from batu_geo.network.nearby.trip_ways import Ways
from batu_geo.network.nearby.trips_within import (
    Among,
    Wanted,
    direct_trips,
    together,
    trips_within,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.trips_within import Found

# How far is searched first and then, for groups of which not everybody is there.
LIMITS_MINUTES = (90.0, 240.0, np.inf)


def chosen_trips(
    graph: ModeGraph,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    among: Among,
    refuse_m: float,
) -> TripTable:
    """Return the trips of each origin to the destinations chosen for its group.

    Parameters
    ----------
    graph, origins, destinations, refuse_m
        As in `travel_times`.
    among
        The group of each origin, and the destinations of each group.
    """
    both = ends(graph, starts(graph, origins, refuse_m=refuse_m), destinations, refuse_m=refuse_m)
    direct = direct_trips(graph, both)
    # Whoever reaches no destination at all, as on an island, is waited for by nobody.
    arrives = np.isfinite(Ways(graph, both, with_metres=False).nearest(direct).minutes)
    groups, count = among.allowed.shape
    left = among.allowed.copy()
    waited = np.bincount(among.group[arrives & (among.group >= 0)], minlength=groups)
    found = [direct.only(np.arange(0))]
    for limit in LIMITS_MINUTES:
        if not left.any():
            break
        wanted = Wanted(limit * MS_PER_MINUTE, among=Among(among.group, left))
        trips = trips_within(graph, both, wanted, direct, with_metres=False)
        pair = among.group[trips.origin] * count + trips.destination
        there = np.bincount(pair, minlength=groups * count).reshape(groups, count)
        is_done = (there >= waited[:, None]) | np.isinf(limit)
        found.append(trips.only((left & is_done).ravel()[pair]))
        left &= ~is_done
    return _table(together(found), len(origins))


def _table(found: Found, origins: int) -> TripTable:
    order = np.lexsort((found.destination, found.origin))
    rows = found.only(order)
    return TripTable.of(origins, rows.origin, rows.destination, rows.ms / MS_PER_MINUTE, None)
