"""Speeds of trips on the network, for comparison with observed speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from batu_geo.network.travel_times import travel_times

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph

MS_TO_KMH = 3.6
MOST_ENDS = 100


def trip_speeds_kmh(
    graph: ModeGraph, places: gpd.GeoDataFrame, *, refuse_m: float
) -> NDArray[np.float64]:
    """Return the door-to-door speed of every trip between places, length over time.

    Of more than 100 places the trips to 100 of them, evenly chosen in their order.

    Parameters
    ----------
    graph
        The roads of one mode.
    places
        Points in the projection of the roads; their ids are the first column.
    refuse_m
        Places farther than this from a road are left out.

    Returns
    -------
    numpy.ndarray
        km/h of each trip that has a way, both directions, float64.
    """
    chosen = np.unique(np.linspace(0, len(places) - 1, MOST_ENDS).round().astype(np.intp))
    chosen = chosen[: len(places)]
    trips = travel_times(
        graph, origins=places, destinations=places.iloc[chosen], refuse_m=refuse_m,
        with_metres=True,
    ).trips  # fmt: skip
    metres = cast("NDArray[np.float64]", trips.metres)  # measured, as asked for
    is_trip = (trips.minutes > 0) & (chosen[trips.column] != trips.origin)
    kmh: NDArray[np.float64] = metres[is_trip] / (trips.minutes[is_trip] * 60) * MS_TO_KMH
    return kmh
