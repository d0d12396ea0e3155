"""Who is within reach of an open unit: per demand point, village and city, to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.domain.travel import Threshold
    from batu_geo.network.travel_times import TravelTimes

# Who reaches no unit at all, three states apart.
NO_WAY = ("unreachable", "cut_off", "not_snapped")
GROUPS = ("served", "not_served", *NO_WAY)
# Columns of `village_coverage` that are means of `VillageSums`.
MEAN_COLUMNS = {
    "mean_travel_time_min": "travel_time_min",
    "mean_travel_distance_m": "travel_distance_m",
    "mean_minutes_reached": "minutes_reached",
}


class VillageSums(NamedTuple):
    """What trips come to by village.

    Attributes
    ----------
    village
        Number of the village of each trip, [trips].
    people
        By group, int64 [villages, groups].
    means
        ``travel_time_min`` and ``travel_distance_m`` as in `coverage`, of everybody and so inf
        where somebody reaches no unit; ``minutes_reached``, the mean minutes of those who reach
        one, missing where nobody does.
    """

    village: NDArray[np.intp]
    people: NDArray[np.int64]
    means: dict[str, NDArray[np.float64]]


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
    return grouped(nearest_trips(times, demand), threshold_minutes)


def nearest_trips(times: TravelTimes, demand: DemandPoints) -> pd.DataFrame:
    """Return the trip of each demand point to its nearest unit: `coverage` without groups."""
    nearest = times.nearest_trip()
    minutes, metres = nearest.minutes, nearest.metres
    if metres is None:
        metres = np.full(len(minutes), np.nan)
    homes = pd.DataFrame(demand)
    return pd.DataFrame(
        {
            "demand_id": homes["demand_id"].array,
            "village_id": homes["village_id"].array,
            "population": homes["population"].array,
            "nearest_id": pd.array([*times.destination_ids, None], dtype="str").take(
                nearest.column
            ),
            "travel_time_min": minutes,
            "travel_distance_m": metres,
            "snap_distance_m": times.origin_snap_m,
            "is_reachable": np.isfinite(minutes),
            "is_snapped": times.is_snapped,
            "is_cut_off": times.is_cut_off,
        },
        index=homes.index,
    )


# By travel times: the demand points, and their trips to the nearest unit.
_TRIPS: WeakKeyDictionary[TravelTimes, tuple[DemandPoints, pd.DataFrame]] = WeakKeyDictionary()


def shared_trips(times: TravelTimes, demand: DemandPoints) -> pd.DataFrame:
    """Return `nearest_trips`, found once for as long as the times live; nobody may change it."""
    of, trips = _TRIPS.get(times, (None, None))
    if of is not demand or trips is None:
        trips = nearest_trips(times, demand)
        _TRIPS[times] = demand, trips
    return trips


def grouped(trips: pd.DataFrame, threshold_minutes: float) -> pd.DataFrame:
    """Return for each of `nearest_trips` whether it is within the threshold, and its group."""
    is_covered = _is_within(trips, threshold_minutes)
    names = pd.array(list(GROUPS), dtype="str")
    table = trips.assign(group=names.take(_group_numbers(trips, is_covered)))
    table.insert(list(trips.columns).index("is_reachable"), "is_covered", is_covered)
    return table


def _is_within(trips: pd.DataFrame, minutes: float) -> NDArray[np.bool_]:
    return np.asarray(trips["travel_time_min"].to_numpy() <= minutes)


def _group_numbers(trips: pd.DataFrame, is_covered: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the place of each trip's group in `GROUPS`."""
    beyond = (~is_covered).astype(np.intp)
    is_reachable = trips["is_reachable"].to_numpy()
    states = {
        "not_snapped": ~trips["is_snapped"].to_numpy() & ~is_reachable,
        "cut_off": trips["is_cut_off"].to_numpy(),
        "unreachable": ~is_reachable,
    }
    return np.select(list(states.values()), [GROUPS.index(name) for name in states], beyond)


def people_by_village(covered: pd.DataFrame) -> pd.DataFrame:
    """Return people by village id (rows) and group (columns), whole and complete.

    The groups of a row add up to the people of the village.
    """
    village, ids = pd.factorize(covered["village_id"], sort=True)
    group = pd.Index(GROUPS).get_indexer(pd.Index(covered["group"]))
    people = _summed(village, len(ids), group, covered["population"].to_numpy())
    return pd.DataFrame(people, index=pd.Index(ids, name="village_id"), columns=list(GROUPS))


def village_sums(covered: pd.DataFrame, village_ids: pd.Index) -> VillageSums:
    """Return people by group and population-weighted means of some villages, in their order.

    Parameters
    ----------
    covered
        From `coverage`; of no other villages.
    village_ids
        Ids of the villages.

    Examples
    --------
    >>> from batu_geo.network.travel_times import matrix_times
    >>> homes = pd.DataFrame({"demand_id": ["a", "b"], "village_id": "v", "population": [40, 2]})
    >>> times = matrix_times([[15.0], [np.inf]], ["a", "b"], ["u"])
    >>> sums = village_sums(coverage(times, homes, threshold_minutes=15), pd.Index(["v"]))
    >>> sums.people.tolist(), float(sums.means["minutes_reached"][0])
    ([[40, 0, 2, 0, 0]], 15.0)
    """
    village, count = village_ids.get_indexer(pd.Index(covered["village_id"])), len(village_ids)
    group = _group_numbers(covered, covered["is_covered"].to_numpy(dtype=bool))
    people = _summed(village, count, group, covered["population"].to_numpy())
    return VillageSums(village, people, _means(covered, village, count))


def _summed(
    village: NDArray[np.intp], villages: int, group: NDArray[np.intp], people: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return people by village and group, from the numbers of both."""
    size = villages * len(GROUPS)
    cells = np.bincount(village * len(GROUPS) + group, weights=people, minlength=size)
    return cells.astype(np.int64).reshape(villages, len(GROUPS))


def served_by_village(covered: pd.DataFrame) -> pd.Series[int]:
    """Return by village id the people within the threshold; columns as from `coverage`."""
    served: pd.Series[int] = (
        (covered["population"] * covered["is_covered"]).groupby(covered["village_id"]).sum()
    )
    return served


def _means(
    trips: pd.DataFrame, village: NDArray[np.intp], villages: int
) -> dict[str, NDArray[np.float64]]:
    """Return the means of `VillageSums`, from the number of each trip's village."""
    people = trips["population"].to_numpy(dtype=float)

    def mean(minutes: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
        # A distance that was not measured stays missing, not zero.
        with np.errstate(invalid="ignore", divide="ignore"):
            weighted = minutes * people
            is_known = ~np.isnan(weighted)
            total = np.bincount(village, np.where(is_known, weighted, 0.0), villages)
            total = np.where(np.bincount(village, is_known, villages) > 0, total, np.nan)
            return np.asarray(total / np.bincount(village, of, villages))

    minutes, metres = (
        trips[name].to_numpy(dtype=float) for name in ("travel_time_min", "travel_distance_m")
    )
    is_reachable = trips["is_reachable"].to_numpy()
    return {
        "travel_time_min": mean(minutes, people),
        "travel_distance_m": mean(metres, people),
        "minutes_reached": mean(np.where(is_reachable, minutes, 0.0), people * is_reachable),
    }


def at_threshold(table: pd.DataFrame, threshold: Threshold) -> pd.DataFrame:
    """Return the rows of a table by mode and threshold that are of one."""
    is_of_it = table["threshold_minutes"].eq(threshold.threshold_minutes)
    return table[is_of_it & table["mode"].eq(threshold.mode)]


def village_coverage(
    villages: Villages,
    times: Mapping[str, TravelTimes],
    demand: DemandPoints,
    thresholds: tuple[Threshold, ...],
    *,
    trips: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Return one row a village, mode and threshold with its people by group.

    Columns: ``village_id``, ``village_name``, ``mode``, ``threshold_minutes``,
    ``population``, the groups, ``share_served_percent``, ``mean_travel_time_min`` and
    ``mean_travel_distance_m`` of everybody (inf where somebody reaches no unit), and
    ``mean_minutes_reached`` of those who reach one. Villages come in the order of their
    table. The trips are those of `nearest_trips` by mode, if they were found before.
    """
    trips = trips or {mode: nearest_trips(found, demand) for mode, found in times.items()}
    count = len(villages)
    village = pd.Index(villages["village_id"]).get_indexer(demand["village_id"])
    lives = demand["population"].to_numpy()
    means = {mode: _means(found, village, count) for mode, found in trips.items()}
    people = [
        _summed(village, count, _group_numbers(found, _is_within(found, minutes)), lives)
        for found, minutes in ((trips[t.mode], t.threshold_minutes) for t in thresholds)
    ]
    return coverage_table(villages, thresholds, people, [means[t.mode] for t in thresholds])


def coverage_table(
    villages: Villages,
    thresholds: Sequence[Threshold],
    people: Sequence[NDArray[np.int64]],
    means: Sequence[Mapping[str, NDArray[np.float64]]],
) -> pd.DataFrame:
    """Return `village_coverage` from the people and means of `VillageSums` at each threshold."""
    count, size = len(villages), len(thresholds)
    rows = np.tile(np.arange(count), size)
    lived, reached = villages["population"].to_numpy()[rows], np.concatenate(people)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * reached[:, 0].astype(float) / lived.astype(float)
    return pd.DataFrame(
        {
            "village_id": villages["village_id"].array.take(rows),
            "village_name": villages["village_name"].array.take(rows),
            "mode": np.repeat([t.mode for t in thresholds], count),
            "threshold_minutes": np.repeat([t.threshold_minutes for t in thresholds], count),
            "population": lived,
            **dict(zip(GROUPS, reached.T, strict=True)),
            "share_served_percent": share,
            **{
                column: np.concatenate([of[name] for of in means])
                for column, name in MEAN_COLUMNS.items()
            },
        }
    )
