"""What opening buildings changes, and where somebody is on each weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.staffing import presence
from batu_geo.domain.schedule import DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.planning.assess import Assessment


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
