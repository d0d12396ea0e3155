"""Who is within reach of an open unit: per demand point, village and city, to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.domain.travel import Threshold
    from batu_geo.network.travel_times import TravelTimes

GROUPS = ("served", "not_served", "unreachable", "not_snapped")


def coverage(times: TravelTimes, demand: DemandPoints, *, threshold_minutes: float) -> pd.DataFrame:
    """Return for each demand point its nearest unit and the group it falls into.

    Columns: ``demand_id``, ``village_id``, ``population``, ``nearest_id``,
    ``travel_time_min`` and ``travel_distance_m`` (inf where no unit can be
    reached, the latter missing where not measured), ``snap_distance_m``,
    ``is_covered`` (the threshold counts as within), ``is_reachable``,
    ``is_snapped`` and ``group``: one of ``served``, ``not_served``,
    ``unreachable``, ``not_snapped``.
    """
    nearest = times.nearest()
    minutes = nearest["travel_time_min"].to_numpy()
    is_covered = minutes <= threshold_minutes
    is_reachable = np.isfinite(minutes)
    group = np.select(
        [~times.is_snapped, ~is_reachable, is_covered],
        ["not_snapped", "unreachable", "served"],
        default="not_served",
    )
    return pd.DataFrame(
        {
            "demand_id": demand["demand_id"],
            "village_id": demand["village_id"],
            "population": demand["population"],
            "nearest_id": nearest["nearest_id"],
            "travel_time_min": minutes,
            "travel_distance_m": nearest["travel_distance_m"],
            "snap_distance_m": times.origin_snap_m,
            "is_covered": is_covered,
            "is_reachable": is_reachable,
            "is_snapped": times.is_snapped,
            "group": group,
        }
    )


def people_by_village(covered: pd.DataFrame) -> pd.DataFrame:
    """Return people by village (rows) and group (columns), whole and complete.

    The four groups of a row add up to the people of the village.
    """
    people = covered.pivot_table(
        index="village_id",
        columns="group",
        values="population",
        aggfunc="sum",
        fill_value=0,
        observed=False,
    )
    return people.reindex(columns=list(GROUPS), fill_value=0).astype("int64")


def mean_trip(covered: pd.DataFrame) -> pd.DataFrame:
    """Return the population-weighted mean minutes and metres by village.

    Columns as in `coverage`: ``travel_time_min`` and ``travel_distance_m``.
    People who cannot reach any unit make them inf; people whose home joins no
    road have no time and are left out, as they are counted on their own.
    """
    known = covered[covered["is_snapped"]]
    trips = known[["travel_time_min", "travel_distance_m"]]
    by_village = trips.mul(known["population"], axis=0).groupby(known["village_id"])
    # A distance that was not measured stays missing, not zero.
    total = by_village.sum(min_count=1)
    return total.div(known.groupby("village_id")["population"].sum(), axis=0)


def village_coverage(
    villages: Villages,
    times: Mapping[str, TravelTimes],
    demand: DemandPoints,
    thresholds: tuple[Threshold, ...],
) -> pd.DataFrame:
    """Return one row a village, mode and threshold with its people by group.

    Columns: ``village_id``, ``village_name``, ``mode``, ``threshold_minutes``,
    ``population``, the four groups, ``share_served_percent``,
    ``mean_travel_time_min`` and ``mean_travel_distance_m``. Villages come in the
    order of their table.
    """
    parts = []
    for threshold in thresholds:
        covered = coverage(
            times[threshold.mode], demand, threshold_minutes=threshold.threshold_minutes
        )
        table = pd.DataFrame(villages[["village_id", "village_name", "population"]])
        table.insert(2, "mode", threshold.mode)
        table.insert(3, "threshold_minutes", threshold.threshold_minutes)
        table = table.join(people_by_village(covered), on="village_id")
        table[list(GROUPS)] = table[list(GROUPS)].fillna(0).astype("int64")
        people = table["population"].to_numpy(dtype=float)
        served = table["served"].to_numpy(dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            table["share_served_percent"] = 100 * served / people
        mean = mean_trip(covered)
        table["mean_travel_time_min"] = table["village_id"].map(mean["travel_time_min"])
        table["mean_travel_distance_m"] = table["village_id"].map(mean["travel_distance_m"])
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
