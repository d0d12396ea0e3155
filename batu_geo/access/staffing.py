"""Who is there when: coverage by the hour, and the gap to the norm of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.schedule import DAYS, HOURS, clock_hours, weekdays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.network.travel_times import TravelTimes


def presence(staffing: pd.DataFrame, professions: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Return by facility how many people of some professions are there, [7, 24].

    Somebody counts in an hour only if present for the whole of it. Rows without
    days or hours are staff without a fixed time and count in no hour.
    """
    table: dict[str, NDArray[np.int64]] = {}
    rows = staffing[staffing["profession"].isin(professions)]
    for row in rows.to_dict("records"):
        there = table.setdefault(row["facility_id"], np.zeros((DAYS, HOURS), np.int64))
        if any(pd.isna(row[name]) for name in ("weekdays", "start", "end")):
            continue
        days = weekdays(str(row["weekdays"]))
        start, end = clock_hours(str(row["start"])), clock_hours(str(row["end"]))
        if days is None or start is None or end is None:
            continue
        first, last = int(np.ceil(start)), int(np.floor(end))
        there[np.array(days), first:last] += int(row["count"])
    return table


def staffed_hours(
    facility_ids: Sequence[str], roster: Mapping[str, NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return whether somebody is at each facility in each hour of the week, [facilities, 7, 24].

    Parameters
    ----------
    facility_ids
        The facilities, in order.
    roster
        From `presence`; a facility that is not in it is never staffed.

    Examples
    --------
    >>> staffed_hours(["A", "B"], {"B": np.ones((7, 24), np.int64)}).any(axis=(1, 2)).tolist()
    [False, True]
    """
    nobody = np.zeros((DAYS, HOURS), np.int64)
    staffed = [roster.get(name, nobody) > 0 for name in facility_ids]
    return np.array(staffed, bool).reshape(-1, DAYS, HOURS)


def shift_hours(working_days: Sequence[int], working_hours: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the hours of the week of a shift, [7, 24]; days count from 1, Monday."""
    shift = np.zeros((DAYS, HOURS), bool)
    shift[np.array(working_days) - 1, slice(*working_hours)] = True
    return shift


def covered_by_hour(
    times: TravelTimes,
    population: NDArray[np.int64],
    there: Mapping[str, NDArray[np.int64]],
    *,
    threshold_minutes: float,
) -> NDArray[np.int64]:
    """Return the people within reach of a unit where somebody is, by weekday and hour, [7, 24]."""
    within = times.within(threshold_minutes)
    staffed = staffed_hours(times.destination_ids, there)
    if not len(staffed):
        return np.zeros((DAYS, HOURS), np.int64)
    flat = staffed.reshape(len(staffed), -1)
    # Hours alike in who is there need computing once.
    patterns, which = np.unique(flat, axis=1, return_inverse=True)
    people = np.array(
        [int(population[within @ p > 0].sum()) for p in patterns.T.astype(float)], dtype=np.int64
    )
    found: NDArray[np.int64] = people[which].reshape(DAYS, HOURS)
    return found


def hours_table(covered: NDArray[np.int64], population: int) -> pd.DataFrame:
    """Return the people covered as rows: ``weekday`` (1 is Monday), ``hour``, ``people``, share."""
    day, hour = np.divmod(np.arange(DAYS * HOURS), HOURS)
    people = covered.ravel()
    share = 100 * people / population if population else np.full(len(people), np.nan)
    return pd.DataFrame(
        {"weekday": day + 1, "hour": hour, "people": people, "share_percent": share}
    )


def weekday_table(
    covered: NDArray[np.int64], working_days: Sequence[int], working_hours: tuple[int, int]
) -> pd.DataFrame:
    """Return the people covered on each weekday, and its worst working hour.

    Columns: ``weekday`` (1 is Monday), ``is_working_day``, ``people_hours`` of the whole day,
    ``mean_people``, ``worst_hour`` and ``worst_people`` of the working hours, and ``is_worst``:
    the working day with the least covered hour of the week, the first of equals.
    """
    first, last = working_hours
    part = covered[:, first:last]
    is_working = np.isin(np.arange(DAYS) + 1, working_days)
    worst = part.min(axis=1)
    table = pd.DataFrame(
        {
            "weekday": np.arange(DAYS) + 1,
            "is_working_day": is_working,
            "people_hours": covered.sum(axis=1),
            "mean_people": part.mean(axis=1),
            "worst_hour": first + part.argmin(axis=1),
            "worst_people": worst,
        }
    )
    table["is_worst"] = False
    if is_working.any():
        lowest = int(np.argmin(np.where(is_working, worst, np.iinfo(np.int64).max)))
        table.loc[lowest, "is_worst"] = True
    return table


def present_where_open(
    there: Mapping[str, NDArray[np.int64]], closed_ids: Sequence[str]
) -> dict[str, NDArray[np.int64]]:
    """Return who is there when, with nobody at units that are closed, whatever their roster says.

    >>> int(present_where_open({"A": np.ones((7, 24), np.int64)}, ["A"])["A"].sum())
    0
    """
    return {**there, **{name: np.zeros((DAYS, HOURS), np.int64) for name in closed_ids}}


def unit_hours(facility_ids: Sequence[str], there: Mapping[str, NDArray[np.int64]]) -> pd.DataFrame:
    """Return the days and hours a week in which somebody is at each unit.

    Columns: ``facility_id``, ``open_days`` and ``open_hours``, missing for a unit of which
    no roster speaks.
    """
    known = [there[name] > 0 if name in there else None for name in facility_ids]
    return pd.DataFrame(
        {
            "facility_id": list(facility_ids),
            "open_days": [None if k is None else int(k.any(axis=1).sum()) for k in known],
            "open_hours": [None if k is None else int(k.sum()) for k in known],
        }
    ).astype({"open_days": "Int64", "open_hours": "Int64"})


def one_more(
    times: TravelTimes,
    population: NDArray[np.int64],
    there: Mapping[str, NDArray[np.int64]],
    shift: NDArray[np.int64],
    *,
    threshold_minutes: float,
) -> pd.DataFrame:
    """Return what one more person with a shift [7, 24] would change at each unit.

    Columns: ``facility_id``, ``people_hours_gained`` a week, most first.
    """
    before = covered_by_hour(times, population, there, threshold_minutes=threshold_minutes)
    rows = []
    for name in times.destination_ids:
        more = {**there, name: there.get(name, np.zeros_like(shift)) + shift}
        after = covered_by_hour(times, population, more, threshold_minutes=threshold_minutes)
        rows.append((name, int((after - before).sum())))
    table = pd.DataFrame(rows, columns=["facility_id", "people_hours_gained"])
    order = np.lexsort((table["facility_id"], -table["people_hours_gained"]))
    return table.iloc[order].reset_index(drop=True)


def staff_gaps(
    facility_ids: Sequence[str], staffing: pd.DataFrame, norms: Mapping[str, float | None]
) -> pd.DataFrame:
    """Return staff beside the norm, one row a unit and profession.

    Columns: ``facility_id``, ``profession``, ``present`` (missing where the study has no
    row for the unit), ``norm`` (missing where there is none) and ``gap``,
    ``max(0, norm - present)``.
    """
    counts = staffing.groupby(["facility_id", "profession"])["count"].sum()
    known = set(staffing["facility_id"])
    rows = []
    for facility_id in facility_ids:
        for profession, norm in norms.items():
            present = counts.get((facility_id, profession), 0) if facility_id in known else None
            gap = None if present is None or norm is None else max(0, int(norm - present))
            rows.append((facility_id, profession, present, norm, gap))
    table = pd.DataFrame(rows, columns=["facility_id", "profession", "present", "norm", "gap"])
    return table.astype({"present": "Int64", "norm": "Int64", "gap": "Int64"})
