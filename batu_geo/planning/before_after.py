"""What opening buildings changes, and which units are staffed on each weekday."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.coverage import NO_WAY, served_by_village
from batu_geo.access.staffing import presence, staffed_hours
from batu_geo.domain.schedule import DAYS
from batu_geo.planning.situation import headline_coverage
from batu_geo.planning.what_if import add_units, what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.what_if import WhatIf


def before_after(assessment: Assessment, opened: Sequence[str]) -> pd.DataFrame:
    """Return people served before and after a unit is opened in each of some buildings.

    Columns: ``village_id``, ``village_name``, ``population``, ``served_before``,
    ``served_after``, ``people_added``, ``share_before_percent`` and ``share_after_percent``
    (missing where nobody lives).
    """
    now, after = assessment.situation, with_plan(assessment, opened).situation
    served = pd.DataFrame(
        {
            "served_before": served_by_village(headline_coverage(now)),
            "served_after": served_by_village(headline_coverage(after)),
        }
    )
    table = pd.DataFrame(assessment.study.villages[["village_id", "village_name", "population"]])
    table = table.join(served, on="village_id").fillna({"served_before": 0, "served_after": 0})
    table = table.astype({"served_before": "int64", "served_after": "int64"})
    table["people_added"] = table["served_after"] - table["served_before"]
    total = table["population"].where(table["population"] > 0)
    table["share_before_percent"] = 100 * table["served_before"] / total
    table["share_after_percent"] = 100 * table["served_after"] / total
    return table


def staffed_days(assessment: Assessment, staff_days: pd.DataFrame | None) -> pd.DataFrame:
    """Return by weekday the mean people served and which open units have somebody there.

    Columns: ``weekday`` (1 is Monday), ``mean_people``, ``staffed`` (facility ids). No rows
    where no roster is known.
    """
    columns = ["weekday", "mean_people", "staffed"]
    if assessment.study.staffing is None or staff_days is None:
        return pd.DataFrame(columns=columns)
    rules = assessment.scenario.staffing
    serving = sorted(assessment.situation.units)
    roster = presence(assessment.study.staffing, rules.serving_professions)
    first, last = rules.working_hours
    is_staffed = np.any(staffed_hours(serving, roster)[:, :, first:last], axis=2)
    mean = staff_days.set_index("weekday")["mean_people"]
    rows = [
        (day + 1, mean[day + 1], tuple(compress(serving, is_staffed[:, day])))
        for day in range(DAYS)
    ]
    return pd.DataFrame(rows, columns=columns)


def with_plan(assessment: Assessment, site_ids: Sequence[str]) -> WhatIf:
    """Return the run with a unit in every site of a plan."""
    return add_units(what_if(assessment), site_ids)


def villages_after(assessment: Assessment, after: WhatIf) -> pd.DataFrame:
    """Return people served and mean minutes by village, mode and threshold, before and after.

    The mean is of everybody, inf where somebody reaches no unit; ``unreachable``, ``cut_off``
    and ``not_snapped`` say who does not, each before and after too.
    """
    keys = ["village_id", "village_name", "mode", "threshold_minutes", "population"]
    then = after.coverage()
    table = assessment.villages[[*keys, "served"]].rename(columns={"served": "served_before"})
    table["served_after"] = then["served"].to_numpy()
    table["served_more"] = table["served_after"] - table["served_before"]
    table["mean_minutes_before"] = assessment.villages["mean_travel_time_min"]
    table["mean_minutes_after"] = then["mean_travel_time_min"].to_numpy()
    for state in NO_WAY:
        table[f"{state}_before"] = assessment.villages[state]
        table[f"{state}_after"] = then[state].to_numpy()
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
