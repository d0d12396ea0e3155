"""What opening buildings changes, and where somebody is on each weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.staffing import presence
from batu_geo.domain.schedule import DAYS
from batu_geo.planning.what_if import HeldRun, hold, with_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.planning.assessment import Assessment


def before_after(found: Assessment, opened: Sequence[str]) -> pd.DataFrame:
    """Return people served before and after a unit is opened in each of some buildings.

    Columns: ``village_id``, ``village_name``, ``population``, ``served_before``,
    ``served_after``, ``people_added``, ``share_before_percent`` and ``share_after_percent``
    (missing where nobody lives).
    """
    head = found.scenario.headline
    people = found.demand["population"].to_numpy(dtype=np.int64)
    best = found.times[head.mode].best()
    after = np.minimum(best, found.to_sites[head.mode].only(*opened).best())
    served = (
        pd.DataFrame(
            {
                "served_before": people * (best <= head.threshold_minutes),
                "served_after": people * (after <= head.threshold_minutes),
            }
        )
        .groupby(found.demand["village_id"].to_numpy())
        .sum()
    )
    table = pd.DataFrame(found.study.villages[["village_id", "village_name", "population"]])
    table = table.join(served, on="village_id").fillna({"served_before": 0, "served_after": 0})
    table = table.astype({"served_before": "int64", "served_after": "int64"})
    table["people_added"] = table["served_after"] - table["served_before"]
    total = table["population"].where(table["population"] > 0)
    table["share_before_percent"] = 100 * table["served_before"] / total
    table["share_after_percent"] = 100 * table["served_after"] / total
    return table


def staffed_days(found: Assessment, staff_days: pd.DataFrame | None) -> pd.DataFrame:
    """Return by weekday the mean people served and which open units have somebody there.

    Columns: ``weekday`` (1 is Monday), ``mean_people``, ``staffed`` (facility ids). No rows
    where no roster is known.
    """
    columns = ["weekday", "mean_people", "staffed"]
    if found.study.staffing is None or staff_days is None:
        return pd.DataFrame(columns=columns)
    rules = found.scenario.staffing
    there = presence(found.study.staffing, rules.serving_professions)
    first, last = rules.working_hours
    serving = found.times[found.scenario.headline.mode].destination_ids
    is_there: dict[str, Any] = {
        name: (hours[:, first:last] > 0).any(axis=1)
        for name, hours in there.items()
        if name in serving
    }
    mean = staff_days.set_index("weekday")["mean_people"]
    rows = [
        (day + 1, mean[day + 1], tuple(sorted(n for n, is_in in is_there.items() if is_in[day])))
        for day in range(DAYS)
    ]
    return pd.DataFrame(rows, columns=columns)


def with_plan(found: Assessment, site_ids: tuple[str, ...]) -> HeldRun:
    """Return the run with a unit in every site of a plan."""
    held = hold(found)
    for site_id in site_ids:
        held = with_site(held, site_id)
    return held


def villages_after(found: Assessment, after: HeldRun) -> pd.DataFrame:
    """Return people served and mean minutes by village, mode and threshold, before and after."""
    keys = ["village_id", "village_name", "mode", "threshold_minutes", "population"]
    then = after.coverage()
    table = found.villages[[*keys, "served"]].rename(columns={"served": "served_before"})
    table["served_after"] = then["served"].to_numpy()
    table["served_more"] = table["served_after"] - table["served_before"]
    table["mean_minutes_before"] = found.villages["mean_travel_time_min"]
    table["mean_minutes_after"] = then["mean_travel_time_min"].to_numpy()
    return table


def sent_by(trips: pd.DataFrame, column: str, order: pd.Series[str]) -> pd.DataFrame:
    """Return how many people are sent and how far on average, by unit or village, in an order.

    Parameters
    ----------
    trips
        ``people``, ``travel_time_min`` (inf for those without a place) and the column.
    column
        ``facility_id`` or ``village_id``.
    order
        Values of the column, one a row.
    """
    sent = trips[np.isfinite(trips["travel_time_min"])]
    sent = sent.assign(person_minutes=sent["people"] * sent["travel_time_min"])
    sums = sent.groupby(column)[["people", "person_minutes"]].sum()
    sums = sums.reindex(order, fill_value=0).reset_index(drop=True)
    mean = sums["person_minutes"] / sums["people"].where(sums["people"] > 0)
    return pd.DataFrame({"people_sent": sums["people"].astype("int64"), "mean_minutes_sent": mean})
