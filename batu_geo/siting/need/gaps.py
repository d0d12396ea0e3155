"""Villages without a unit, ranked by need on fixed goalposts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.coverage import NO_WAY, mean_trip, people_by_village
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.goalposts import between_goalposts
from batu_geo.domain.need_criteria import need_criteria

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.tables import Villages

TIED_AT = 9
# Criteria in minutes: scored person by person, not by the mean of a village.
BY_PERSON = ("mean_minutes",)


def criterion_values(
    villages: Villages,
    covered: pd.DataFrame,
    *,
    indicators: pd.DataFrame,
    criteria: Sequence[Criterion],
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
    criteria
        Their goalposts, for those that are scored person by person.

    Returns
    -------
    pandas.DataFrame
        By ``village_id``: ``mean_minutes`` of everybody (inf where somebody reaches no
        unit), ``mean_minutes_reached`` of those who reach one, ``people_without_way`` (all
        others) and of these ``unreachable``, ``cut_off`` and ``not_snapped``, ``people_beyond``
        (everybody not served), ``share_beyond_percent``, the criteria from programme figures
        (missing where the study has none), beside the minutes ``mean_distance_m``, and
        ``score_*`` (0 to 1) of each criterion in minutes.
    """
    ids = pd.Index(villages["village_id"])
    population = pd.Series(villages["population"].to_numpy(dtype=float), index=ids)
    groups = people_by_village(covered, ids)
    beyond = population - groups["served"]
    mean = mean_trip(covered, ids)
    without_way = groups[list(NO_WAY)]
    values = {
        "mean_minutes": mean["travel_time_min"],
        "mean_minutes_reached": mean["minutes_reached"],
        "people_without_way": without_way.sum(axis=1),
        **without_way,
        "mean_distance_m": mean["travel_distance_m"],
        "people_beyond": beyond,
        "share_beyond_percent": 100 * beyond / population.where(population > 0),
        **_programme_rates(population, indicators),
    }
    for criterion in (c for c in criteria if c.name in BY_PERSON):
        score = _scored_by_person(covered, criterion)
        values[f"score_{criterion.name}"] = score.reindex(population.index)
    return pd.DataFrame(values)


def _scored_by_person(covered: pd.DataFrame, criterion: Criterion) -> pd.Series[float]:
    """Return by village the mean over its people of each one's minutes between the goalposts.

    Whoever reaches no unit is at the worst, so that one person weighs one person.
    """
    minutes = covered["travel_time_min"].to_numpy(dtype=float)
    score = np.where(
        np.isfinite(minutes), between_goalposts(minutes, criterion.none_at, criterion.worst_at), 1.0
    )
    people = covered["population"].to_numpy(dtype=float)
    village, ids = pd.factorize(covered["village_id"])
    with np.errstate(invalid="ignore"):
        mean = np.bincount(village, people * score) / np.bincount(village, people)
    return pd.Series(mean, index=ids)


def _programme_rates(
    population: pd.Series[float], indicators: pd.DataFrame
) -> dict[str, pd.Series[float]]:
    """Return the criteria from programme figures by name, missing where there is no figure."""
    known = indicators.reindex(population.index)
    missing = pd.Series(np.nan, index=population.index)

    def figure(name: str) -> pd.Series[float]:
        if name == "population":
            return population
        return known[name].astype(float) if name in known else missing

    return {
        criterion.name: rate(criterion.formula, *map(figure, criterion.columns))
        for criterion in need_criteria().values()
        if criterion.formula
    }


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

    Each criterion becomes a value between its goalposts, 0 for no need and 1 for the worst
    acceptable; criteria in minutes person by person. Goalposts are fixed and no village
    decides the method of another, so leaving one out never reorders the rest.

    Parameters
    ----------
    villages
        With ``population``.
    values
        From `criterion_values`.
    has_unit
        By village id.
    criteria
        Names, weights and goalposts; one that no village has a figure for is left out.

    Returns
    -------
    pandas.DataFrame
        One row a village without a unit in order of rank; equal scores share a
        rank. ``rank``, ``village_id``, ``village_name``, ``district_name``,
        ``population``, each criterion in its unit, ``value_*`` (0 to 1),
        ``weight_*``, ``contribution_*`` and ``score``, their sum over the criteria that the
        village has a figure for; ``score_low`` and ``score_high`` where the missing ones
        are 0 and 1.

    Raises
    ------
    DataError
        When a ranked village has a figure for no criterion.
    """
    unknown = unknown_criteria(values, criteria)
    kept = [c for c in criteria if c.name not in unknown]
    plain = pd.DataFrame(villages)[["village_id", "village_name", "district_name", "population"]]
    without = plain[~plain["village_id"].map(has_unit).to_numpy(bool)]
    table = without.join(values, on="village_id").reset_index(drop=True)
    table = _with_scores(table, kept)
    table = table.drop(columns=[f"score_{name}" for name in BY_PERSON if f"score_{name}" in table])
    table = table.sort_values(["score", "village_id"], ascending=[False, True])
    table.insert(0, "rank", table["score"].rank(method="min", ascending=False).astype("int64"))
    return table.reset_index(drop=True)


def _with_scores(table: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Return the villages with the value, weight and contribution of each criterion, and scores.

    A village without a figure shares its weight out over the criteria it has one for.
    """
    value = np.array([scored(table, criterion) for criterion in criteria])
    value = value.reshape(len(criteria), len(table))
    total = sum(c.weight for c in criteria)
    share = np.array([c.weight for c in criteria]) / (total or 1.0)
    known = np.where(np.isnan(value), 0.0, share.reshape(-1, 1))
    if (known.sum(axis=0) <= 0).any() or not criteria:
        raise DataError(Problem("BG-303"))
    weight = known / known.sum(axis=0)
    contribution = np.nan_to_num(value) * weight
    certain = (np.nan_to_num(value) * known).sum(axis=0)
    scores: dict[str, NDArray[np.float64]] = {}
    for number, criterion in enumerate(criteria):
        scores[f"value_{criterion.name}"] = value[number]
        scores[f"weight_{criterion.name}"] = weight[number]
        scores[f"contribution_{criterion.name}"] = contribution[number]
    scores["score"] = np.round(contribution.sum(axis=0), TIED_AT)
    scores["score_low"] = np.round(certain, TIED_AT)
    scores["score_high"] = np.round(certain + 1 - known.sum(axis=0), TIED_AT)
    return table.join(pd.DataFrame(scores, index=table.index))


def scored(table: pd.DataFrame, criterion: Criterion) -> NDArray[np.float64]:
    """Return the values of a criterion, 0 for no need to 1 for the worst; NaN where unknown.

    Parameters
    ----------
    table
        Rows of `criterion_values`; one that lacks ``score_*`` of a criterion in minutes is
        scored by its mean.
    criterion
        Its name and goalposts.
    """
    if f"score_{criterion.name}" in table:
        return table[f"score_{criterion.name}"].to_numpy(dtype=float)
    raw = table[criterion.name].to_numpy(dtype=float)
    return between_goalposts(raw, criterion.none_at, criterion.worst_at)


def unknown_criteria(values: pd.DataFrame, criteria: Sequence[Criterion]) -> list[str]:
    """Return the criteria that no village of the study has a figure for."""
    return [c.name for c in criteria if values[c.name].isna().all()]


def criteria_without_data(
    without_unit: pd.DataFrame, values: pd.DataFrame, criteria: Sequence[Criterion]
) -> dict[str, list[str]]:
    """Return the criteria that lack a figure for a ranked village, with those villages."""
    needed = values.loc[without_unit["village_id"]]
    missing = {c.name: needed.index[needed[c.name].isna()].tolist() for c in criteria}
    return {name: villages for name, villages in missing.items() if villages}
