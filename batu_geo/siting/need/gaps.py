"""Villages without a unit, ranked by need on fixed goalposts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.coverage import mean_trip, people_by_village
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.goalposts import between_goalposts
from batu_geo.domain.need_criteria import need_criteria

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.tables import Villages

TIED_AT = 9


def criterion_values(
    villages: Villages, covered: pd.DataFrame, *, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Return every need criterion by village, in its own unit.

    Parameters
    ----------
    villages
        With ``population``.
    covered
        From `coverage`, at the headline threshold.
    indicators
        Programme figures by village id; columns or villages may be missing.

    Returns
    -------
    pandas.DataFrame
        By ``village_id``: ``mean_minutes`` (inf where people reach no unit),
        ``people_beyond`` (everybody not served), ``share_beyond_percent``, the
        criteria from programme figures (missing where the study has none), and
        beside the minutes ``mean_distance_m``.
    """
    population = villages.set_index("village_id")["population"].astype(float)
    beyond = population - people_by_village(covered)["served"].reindex(population.index).fillna(0)
    known = indicators.reindex(population.index)

    def figure(name: str) -> pd.Series[float]:
        if name == "population":
            return population
        missing = pd.Series(np.nan, index=population.index)
        return known[name].astype(float) if name in known else missing

    mean = mean_trip(covered).reindex(population.index)
    values = {
        "mean_minutes": mean["travel_time_min"],
        "mean_distance_m": mean["travel_distance_m"],
        "people_beyond": beyond,
        "share_beyond_percent": 100 * beyond / population.where(population > 0),
    }
    for criterion in need_criteria().values():
        if criterion.formula:
            part, whole = (figure(name) for name in criterion.columns)
            values[criterion.name] = rate(criterion.formula, part, whole)
    return pd.DataFrame(values)


def rate(formula: str, part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[float]:
    """Return a rate of two figures by its formula; missing where there is nothing to divide by.

    >>> one = pd.Series([30.0, 30.0])
    >>> rate("percent_without", one, pd.Series([40.0, 0.0])).tolist()
    [25.0, nan]
    """
    divisor = whole.where(whole > 0)
    if formula == "per":
        return part / divisor
    share = 100 * part / divisor
    return share if formula == "percent_of" else 100 - share


def rank_gaps(
    villages: Villages,
    values: pd.DataFrame,
    *,
    has_unit: pd.Series[bool],
    criteria: Sequence[Criterion],
) -> pd.DataFrame:
    """Rank the villages without a unit by need.

    Each criterion becomes a value between its goalposts, 0 for no need and 1
    for the worst acceptable, and adds its share of the weights to the score.
    Goalposts are fixed, so leaving a village out never reorders the others.

    Parameters
    ----------
    villages
        With ``population``.
    values
        From `criterion_values`.
    has_unit
        By village id.
    criteria
        Names, weights and goalposts. One that lacks a figure for a ranked
        village is left out for all of them (see `criteria_without_data`).

    Returns
    -------
    pandas.DataFrame
        One row a village without a unit in order of rank; equal scores share a
        rank. ``rank``, ``village_id``, ``village_name``, ``district_name``,
        ``population``, each criterion in its unit, ``value_*`` (0 to 1),
        ``weight_*``, ``contribution_*`` and ``score``, their sum.

    Raises
    ------
    DataError
        When no criterion has a figure for every ranked village.
    """
    without = villages[~villages["village_id"].map(has_unit).to_numpy(bool)]
    kept = [c for c in criteria if c.name not in criteria_without_data(without, values, criteria)]
    if not kept:
        raise DataError(Problem("BG-303"))
    columns = ["village_id", "village_name", "district_name", "population"]
    table = pd.DataFrame(without[columns]).join(values, on="village_id").reset_index(drop=True)
    total = sum(criterion.weight for criterion in kept)
    score = np.zeros(len(table))
    for criterion in kept:
        raw = table[criterion.name].to_numpy(dtype=float)
        table[f"value_{criterion.name}"] = between_goalposts(
            raw, criterion.none_at, criterion.worst_at
        )
        table[f"weight_{criterion.name}"] = criterion.weight / total
        contribution = table[f"value_{criterion.name}"] * criterion.weight / total
        table[f"contribution_{criterion.name}"] = contribution
        score = score + contribution.to_numpy()
    table["score"] = np.round(score, TIED_AT)
    table = table.sort_values(["score", "village_id"], ascending=[False, True])
    table.insert(0, "rank", table["score"].rank(method="min", ascending=False).astype("int64"))
    return table.reset_index(drop=True)


def criteria_without_data(
    without_unit: pd.DataFrame, values: pd.DataFrame, criteria: Sequence[Criterion]
) -> dict[str, list[str]]:
    """Return the criteria that lack a figure, with the villages that lack it."""
    needed = values.loc[without_unit["village_id"]]
    missing = {c.name: needed.index[needed[c.name].isna()].tolist() for c in criteria}
    return {name: villages for name, villages in missing.items() if villages}
