"""People of each age group within the threshold: small children, pregnant women, old people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.demand import largest_remainder
from batu_geo.access.indicators import city_totals
from batu_geo.access.protected import CITY
from batu_geo.planning.situation import headline_coverage
from batu_geo.planning.study_indicators import programme

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

AGE_GROUPS = ("children_under_5", "pregnant_women", "over_60")


def age_group_table(assessment: Assessment) -> pd.DataFrame:
    """Return the people of each age group within the headline threshold, by village and city.

    The people of a group live where all people of their village live: its number is shared out
    over the homes in whole people by largest remainder, so that the columns of a village add up.

    Columns: ``area`` (a village, or the city last), ``age_group``, ``group_people``,
    ``group_within`` and ``group_beyond``; missing where no table gives the number or it may not
    be published, and for the city where one village lacks it or its total may not be. Empty where
    the study counts no age group at all.
    """
    covered = headline_coverage(assessment.situation)
    villages = assessment.study.villages
    names = dict(zip(villages["village_id"], villages["village_name"], strict=True))
    protected = programme(assessment.study)
    totals = city_totals(protected)
    rows: list[dict[str, Any]] = []
    for group in AGE_GROUPS:
        figure = protected.figure(group)
        if figure is None or not figure.is_known.any():
            rows.append({"area": CITY, "age_group": group})
            continue
        published = dict(zip(protected.village_ids, figure.counts, strict=True))
        of_group = [
            _within(covered[covered["village_id"] == village_id], float(published[village_id]))
            for village_id in names
        ]
        # Over every village: with one hidden the sum is missing, and nobody can subtract.
        city = totals[group], sum(within for _, within in of_group)
        area = [*names.values(), CITY]
        for place, (people, within) in zip(area, [*of_group, city], strict=True):
            rows.append({"area": place, "age_group": group, "group_people": people,
                         "group_within": within, "group_beyond": people - within})  # fmt: skip
    columns = ["area", "age_group", "group_people", "group_within", "group_beyond"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(columns[2:], "Int64"))


def _within(homes: pd.DataFrame, people: float) -> tuple[float, float]:
    """Return the people of a group in a village, and those within the threshold; NaN unknown."""
    if np.isnan(people):
        return np.nan, np.nan
    weights = homes["population"].to_numpy(dtype=float)
    if not weights.sum():
        return float(people), 0.0
    shares = largest_remainder(int(people), weights)
    return float(people), float(shares[homes["is_covered"].to_numpy()].sum())
