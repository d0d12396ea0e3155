"""Villages without a unit, ranked by need on fixed goalposts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS, NO_WAY, village_sums
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.goalposts import between_goalposts
from batu_geo.domain.need_criteria import need_criteria

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.access.coverage import VillageSums
    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.tables import Villages

TIED_AT = 9
# Criteria in minutes: scored person by person, not by the mean of a village.
BY_PERSON = ("mean_minutes",)
INNER = frozenset(f"score_{name}" for name in BY_PERSON)
NAMED = ("village_id", "village_name", "district_name", "population")


def criterion_values(
    villages: Villages,
    covered: pd.DataFrame,
    *,
    indicators: pd.DataFrame,
    criteria: Sequence[Criterion],
    sums: VillageSums | None = None,
) -> pd.DataFrame:
    """Return every need criterion by village, in its own unit.

    Parameters
    ----------
    villages
        With ``population``.
    covered, sums
        From `coverage`, at the headline threshold, and its `village_sums` if they are known.
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
    population = villages["population"].to_numpy(dtype=float)
    sums = sums or village_sums(covered, ids)
    groups = dict(zip(GROUPS, sums.people.T, strict=True))
    beyond = population - groups["served"]
    without_way = {name: groups[name] for name in NO_WAY}
    values = {
        "mean_minutes": sums.means["travel_time_min"],
        "mean_minutes_reached": sums.means["minutes_reached"],
        "people_without_way": sum(without_way.values()),
        **without_way,
        "mean_distance_m": sums.means["travel_distance_m"],
        "people_beyond": beyond,
        "share_beyond_percent": rate("percent_of", beyond, population),
        **_programme_rates(population, indicators.reindex(ids)),
    }
    for criterion in (c for c in criteria if c.name in BY_PERSON):
        values[f"score_{criterion.name}"] = _scored_by_person(covered, criterion, sums.village, ids)
    return pd.DataFrame(values, index=ids)


def _scored_by_person(
    covered: pd.DataFrame, criterion: Criterion, village: NDArray[np.intp], ids: pd.Index
) -> NDArray[np.float64]:
    """Return by village the mean over its people of each one's minutes between the goalposts.

    Whoever reaches no unit is at the worst, so that one person weighs one person.
    """
    minutes = covered["travel_time_min"].to_numpy(dtype=float)
    score = np.where(
        np.isfinite(minutes), between_goalposts(minutes, criterion.none_at, criterion.worst_at), 1.0
    )
    people = covered["population"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        total = np.bincount(village, people * score, len(ids))
        return np.asarray(total / np.bincount(village, people, len(ids)))


def _programme_rates(
    population: NDArray[np.float64], known: pd.DataFrame
) -> dict[str, NDArray[np.float64]]:
    """Return the criteria from programme figures by name, missing where there is no figure."""

    def figure(name: str) -> NDArray[np.float64]:
        if name == "population":
            return population
        return known[name].to_numpy(float, na_value=np.nan) if name in known else missing

    missing = np.full(len(population), np.nan)
    return {
        criterion.name: rate(criterion.formula, *map(figure, criterion.columns))
        for criterion in need_criteria().values()
        if criterion.formula
    }


def rate(
    formula: str, part: NDArray[np.float64], whole: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a rate of two figures by its formula; missing where there is nothing to divide by.

    >>> rate("percent_without", np.array([30.0, 30.0]), np.array([40.0, 0.0])).tolist()
    [25.0, nan]
    """
    divisor = np.where(whole > 0, whole, np.nan)
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
    kept = [c for c in criteria if not np.isnan(values[c.name].to_numpy(float)).all()]
    ids = pd.Index(villages["village_id"])
    rows = np.flatnonzero(~has_unit.reindex(ids).to_numpy(bool))
    row = values.index.get_indexer(ids[rows])
    table: dict[str, Any] = {name: villages[name].array.take(rows) for name in NAMED}
    table |= {str(name): values[name].array.take(row) for name in values}
    table |= _scores(table, kept, len(rows))
    order = np.lexsort((np.asarray(table["village_id"], dtype=object), -table["score"]))
    score = -table["score"][order]
    columns = {name: table[name].take(order) for name in table if name not in INNER}
    return pd.DataFrame({"rank": np.searchsorted(score, score) + 1, **columns})


def _scores(
    table: Mapping[str, Any], criteria: Sequence[Criterion], villages: int
) -> dict[str, NDArray[np.float64]]:
    """Return the value, weight and contribution of each criterion of some villages, and scores.

    A village without a figure shares its weight out over the criteria it has one for.
    """
    value = np.array([scored(table, criterion) for criterion in criteria])
    value = value.reshape(len(criteria), villages)
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
    return scores


def scored(table: Mapping[str, Any] | pd.DataFrame, criterion: Criterion) -> NDArray[np.float64]:
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
        return np.asarray(table[f"score_{criterion.name}"], dtype=float)
    raw = np.asarray(table[criterion.name], dtype=float)
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
