"""What an equal budget buys where: the same number of units in every region, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.siting.buildings.building_state import BuildingState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.network.nearby.trip_table import TripTable

# So many units at most; after ten the first ones are no longer what is decided.
MOST_UNITS = 10


def units_one_by_one(
    part: Mapping[str, NDArray[Any]], trips: TripTable, best: NDArray[np.float64],
    threshold_minutes: float,
) -> pd.DataFrame:  # fmt: skip
    """Return the units that a region would open one after the other, and whom they reach.

    Each is the building that brings most people within the threshold whom neither today's units
    nor those before it reach, wherever they live; of equal ones that with the lower id. One a
    village, and none that a hard rule refuses.

    Parameters
    ----------
    part
        Of the region, from `places`.
    trips, best
        Trips to its buildings, and minutes to the nearest unit of today.
    threshold_minutes
        Of the headline, inclusive.

    Returns
    -------
    pandas.DataFrame
        ``units`` (1 for the first), ``site_id``, ``village_id``, ``people_added`` and
        ``people_gained``, which is their sum so far.
    """
    origin = np.repeat(np.arange(trips.origins), np.diff(trips.first))
    is_new = (trips.minutes <= threshold_minutes) & (best[origin] > threshold_minutes)
    origin, column = origin[is_new], trips.column[is_new]
    waiting, village = part["home_people"].copy(), part["site_village"]
    order = np.argsort(part["site_id"], kind="stable")
    is_open = part["site_state"] > BuildingState.REFUSED
    rows: list[tuple[int, str, str, int, int]] = []
    while len(rows) < MOST_UNITS:
        gain = np.bincount(column, waiting[origin], minlength=len(order)) * is_open
        if not gain.any():
            break
        site = int(order[np.argmax(gain[order])])
        added = int(gain[site])
        total = added + (rows[-1][-1] if rows else 0)
        rows.append((len(rows) + 1, str(part["site_id"][site]), str(village[site]), added, total))
        waiting[origin[column == site]] = 0
        is_open &= village != village[site]
    names = ["units", "site_id", "village_id", "people_added", "people_gained"]
    table = pd.DataFrame(rows, columns=names)
    return table.astype({"site_id": "str", "village_id": "str"})
