"""Who is within reach of an open unit: per demand point, village and city, to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.domain.travel import Threshold
    from batu_geo.network.travel_times import TravelTimes

# Who reaches no unit at all, three states apart.
NO_WAY = ("unreachable", "cut_off", "not_snapped")
GROUPS = ("served", "not_served", *NO_WAY)


def coverage(times: TravelTimes, demand: DemandPoints, *, threshold_minutes: float) -> pd.DataFrame:
    """Return for each demand point its nearest unit and the group it falls into.

    Columns: ``demand_id``, ``village_id``, ``population``, ``nearest_id``,
    ``travel_time_min`` and ``travel_distance_m`` (inf where no unit can be
    reached, the latter missing where not measured), ``snap_distance_m``,
    ``is_covered`` (the threshold counts as within), ``is_reachable``,
    ``is_snapped``, ``is_cut_off`` and ``group``: ``served``, ``not_served`` (a unit is
    farther than the threshold), ``unreachable`` (no unit has a way), ``cut_off`` (one would
    have, but for a closure of the scenario) or ``not_snapped`` (far from any road).

    Examples
    --------
    >>> from batu_geo.network.travel_times import matrix_times
    >>> homes = pd.DataFrame({"demand_id": ["a", "b"], "village_id": "v", "population": [40, 2]})
    >>> found = coverage(matrix_times([[15.0], [np.inf]], ["a", "b"], ["u"]), homes,
    ...                  threshold_minutes=15)
    >>> found["group"].tolist()
    ['served', 'unreachable']
    """
    return _grouped(_trips(times, demand), threshold_minutes)


def _trips(times: TravelTimes, demand: DemandPoints) -> pd.DataFrame:
    """Return the trip of each demand point to its nearest unit."""
    nearest = times.nearest_trip()
    minutes, metres = nearest.minutes, nearest.metres
    if metres is None:
        metres = np.full(len(minutes), np.nan)
    return pd.DataFrame(
        {
            "demand_id": demand["demand_id"],
            "village_id": demand["village_id"],
            "population": demand["population"],
            "nearest_id": pd.array([*times.destination_ids, None], dtype="str").take(
                nearest.column
            ),
            "travel_time_min": minutes,
            "travel_distance_m": metres,
            "snap_distance_m": times.origin_snap_m,
            "is_reachable": np.isfinite(minutes),
            "is_snapped": times.is_snapped,
            "is_cut_off": times.is_cut_off,
        }
    )


def _grouped(trips: pd.DataFrame, threshold_minutes: float) -> pd.DataFrame:
    """Return for each trip whether it is within the threshold, and its group."""
    is_covered = trips["travel_time_min"].to_numpy() <= threshold_minutes
    table = trips.assign(group=np.array(GROUPS)[_group_numbers(trips, threshold_minutes)])
    table.insert(list(trips.columns).index("is_reachable"), "is_covered", is_covered)
    return table


def _group_numbers(trips: pd.DataFrame, threshold_minutes: float) -> NDArray[np.intp]:
    """Return the place of each trip's group in `GROUPS`."""
    beyond = (~(trips["travel_time_min"].to_numpy() <= threshold_minutes)).astype(np.intp)
    is_reachable = trips["is_reachable"].to_numpy()
    states = {
        "not_snapped": ~trips["is_snapped"].to_numpy() & ~is_reachable,
        "cut_off": trips["is_cut_off"].to_numpy(),
        "unreachable": ~is_reachable,
    }
    return np.select(list(states.values()), [GROUPS.index(name) for name in states], beyond)


def people_by_village(covered: pd.DataFrame) -> pd.DataFrame:
    """Return people by village (rows) and group (columns), whole and complete.

    The groups of a row add up to the people of the village.
    """
    village, ids = pd.factorize(covered["village_id"], sort=True)
    group = pd.Categorical(covered["group"], categories=GROUPS).codes
    return _summed(village, ids, group.astype(np.intp), covered["population"])


def _summed(
    village: NDArray[np.intp], ids: pd.Index, group: NDArray[np.intp], people: pd.Series[int]
) -> pd.DataFrame:
    """Return people by village and group, from the numbers of both."""
    size = len(ids) * len(GROUPS)
    cells = np.bincount(village * len(GROUPS) + group, weights=people, minlength=size)
    table = cells.astype(np.int64).reshape(len(ids), len(GROUPS))
    return pd.DataFrame(table, index=pd.Index(ids, name="village_id"), columns=list(GROUPS))


def served_by_village(covered: pd.DataFrame) -> pd.Series[int]:
    """Return by village id the people within the threshold; columns as from `coverage`."""
    served: pd.Series[int] = (
        (covered["population"] * covered["is_covered"]).groupby(covered["village_id"]).sum()
    )
    return served


def mean_trip(covered: pd.DataFrame) -> pd.DataFrame:
    """Return the population-weighted mean minutes and metres by village.

    Columns: ``travel_time_min`` and ``travel_distance_m`` as in `coverage`, of everybody and
    so inf where somebody reaches no unit; ``minutes_reached``, the mean minutes of those who
    reach one, missing where nobody does.
    """
    trips = covered[["travel_time_min", "travel_distance_m"]].astype(float)
    people = covered["population"]
    reached = trips["travel_time_min"].where(covered["is_reachable"], 0.0)
    village = covered["village_id"]
    # A distance that was not measured stays missing, not zero.
    total = trips.mul(people, axis=0).groupby(village).sum(min_count=1)
    means = total.div(people.groupby(village).sum(), axis=0)
    known = people.where(covered["is_reachable"], 0).groupby(village).sum()
    minutes = (reached * people).groupby(village).sum()
    return means.assign(minutes_reached=minutes / known.where(known > 0))


def at_threshold(table: pd.DataFrame, threshold: Threshold) -> pd.DataFrame:
    """Return the rows of a table by mode and threshold that are of one."""
    is_of_it = table["threshold_minutes"].eq(threshold.threshold_minutes)
    return table[is_of_it & table["mode"].eq(threshold.mode)]


def village_coverage(
    villages: Villages,
    times: Mapping[str, TravelTimes],
    demand: DemandPoints,
    thresholds: tuple[Threshold, ...],
) -> pd.DataFrame:
    """Return one row a village, mode and threshold with its people by group.

    Columns: ``village_id``, ``village_name``, ``mode``, ``threshold_minutes``,
    ``population``, the groups, ``share_served_percent``, ``mean_travel_time_min`` and
    ``mean_travel_distance_m`` of everybody (inf where somebody reaches no unit), and
    ``mean_minutes_reached`` of those who reach one. Villages come in the order of their
    table.
    """
    trips = {mode: _trips(found, demand) for mode, found in times.items()}
    means = {mode: mean_trip(found) for mode, found in trips.items()}
    plain = pd.DataFrame(villages[["village_id", "village_name", "population"]])
    population = plain["population"].to_numpy(dtype=float)
    village, ids = pd.factorize(demand["village_id"], sort=True)
    parts = []
    for threshold in thresholds:
        group = _group_numbers(trips[threshold.mode], threshold.threshold_minutes)
        people = _summed(village, ids, group, demand["population"])
        table = plain.assign(
            **people.reindex(plain["village_id"], fill_value=0).reset_index(drop=True)
        )
        table.insert(2, "mode", threshold.mode)
        table.insert(3, "threshold_minutes", threshold.threshold_minutes)
        with np.errstate(invalid="ignore", divide="ignore"):
            table["share_served_percent"] = 100 * table["served"].to_numpy(float) / population
        mean = means[threshold.mode].reindex(plain["village_id"])
        table["mean_travel_time_min"] = mean["travel_time_min"].to_numpy()
        table["mean_travel_distance_m"] = mean["travel_distance_m"].to_numpy()
        table["mean_minutes_reached"] = mean["minutes_reached"].to_numpy()
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
