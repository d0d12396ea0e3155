"""How evenly minutes, and staff per person, are shared out, in the city and each district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access import equity
from batu_geo.access.coverage import NO_WAY
from batu_geo.access.protected import CITY
from batu_geo.planning.situation import headline_coverage, need_values
from batu_geo.planning.tables.access_table import PER_PEOPLE, e2sfca_per_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.planning.assessment import Assessment

INDICES = (
    "gini", "theil", "theil_between_villages", "theil_between_districts", "palma",
    "palma_by_income", "fgt_gap", "fgt_severity",
)  # fmt: skip
PERCENTILES = ("p10_minutes", "p90_minutes", "p90_minus_p10_minutes")
OF_STAFF = (
    "staff_gini", "staff_theil", "staff_theil_between_villages", "staff_theil_between_districts",
    "staff_palma", "staff_palma_by_income", "staff_fgt_gap", "staff_fgt_severity",
)  # fmt: skip


def equity_table(assessment: Assessment) -> pd.DataFrame:
    """Return how evenly minutes are shared out: a burden, so that the top are the worst-off.

    Indices are of those who reach a unit, beside how many do not, by state; the line of
    FGT is the headline threshold. Percentiles are of everybody: who reaches no unit is
    infinitely far.
    """
    covered = headline_coverage(assessment.situation)
    minutes = covered["travel_time_min"].to_numpy(dtype=float)
    groups = _groups(assessment)
    people = groups["people"].to_numpy(dtype=float)
    poor = _by_village(assessment, need_values(assessment.situation)["poor_percent"])
    limit = assessment.scenario.headline.threshold_minutes
    is_in = {state: covered["group"].eq(state).to_numpy(dtype=bool) for state in NO_WAY}
    rows: list[dict[str, Any]] = []
    for name, inside in _areas(groups):
        row = {
            "area": name,
            "people": int(people[inside].sum()),
            "people_beyond": int(people[inside[~(minutes[inside] <= limit)]].sum()),
        }
        row |= {state: int(people[inside[of[inside]]].sum()) for state, of in is_in.items()}
        known = inside[np.isfinite(minutes[inside])]
        row |= _percentiles(minutes[inside], people[inside])
        row |= _indices(minutes, groups, known, line=limit, is_worse_above=True)
        if people[known].sum() and np.isfinite(poor[known]).all():
            row["concentration_by_poverty"] = equity.concentration_index(
                minutes[known], people[known], poor[known]
            )
        rows.append(row)
    columns = ["area", "people", "people_beyond", *NO_WAY, *INDICES, *PERCENTILES]
    return pd.DataFrame(rows, columns=[*columns, "concentration_by_poverty"])


def equity_of_staff(assessment: Assessment) -> pd.DataFrame:
    """Return how evenly staff per person (E2SFCA) are shared out: the top are the best-off.

    Of everybody: who reaches no unit has none. The line of FGT is an even share of the staff
    that somebody reaches. Missing without a roster.
    """
    groups = _groups(assessment)
    people = groups["people"].to_numpy(dtype=float)
    has = e2sfca_per_person(assessment)
    even = float(has @ people / people.sum()) if people.sum() else 0.0
    is_known = assessment.study.staffing is not None and even > 0
    rows: list[dict[str, Any]] = []
    for name, inside in _areas(groups):
        row: dict[str, Any] = {"area": name, "people": int(people[inside].sum())}
        if is_known:
            row |= {
                "even_staff_per_5000": even * PER_PEOPLE,
                "people_below_even": int(people[inside[has[inside] < even]].sum()),
                "people_without_staff": int(people[inside[has[inside] == 0]].sum()),
            }
            found = _indices(has, groups, inside, line=even, is_worse_above=False)
            row |= {f"staff_{index}": value for index, value in found.items()}
        rows.append(row)
    columns = ["area", "people", "even_staff_per_5000", "people_below_even"]
    return pd.DataFrame(rows, columns=[*columns, "people_without_staff", *OF_STAFF])


def _groups(assessment: Assessment) -> pd.DataFrame:
    """Return people, village, district and income (missing where unknown) of each cell."""
    study, area = assessment.study, assessment.demand["village_id"]
    villages = study.villages.set_index("village_id")
    return pd.DataFrame(
        {
            "people": assessment.demand["population"].to_numpy(dtype=float),
            "village": area.to_numpy(dtype=object),
            "district": area.map(villages["district_name"]).to_numpy(dtype=object),
            "income": (
                _by_village(assessment, villages["mean_income_rupiah"])
                if "mean_income_rupiah" in villages
                else np.nan
            ),
        }
    )


def _by_village(assessment: Assessment, values: pd.Series[Any]) -> NDArray[np.float64]:
    return assessment.demand["village_id"].map(values).to_numpy(dtype=float)


def _areas(groups: pd.DataFrame) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield the city and its districts with the numbers of their cells."""
    yield CITY, np.arange(len(groups))
    of, names = pd.factorize(groups["district"], sort=True)
    cells = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[cells], np.arange(len(names) + 1))
    for number, name in enumerate(names):
        yield str(name), cells[ends[number] : ends[number + 1]]


def _percentiles(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> dict[str, float]:
    """Return how far the nearest and the farthest tenth of all people are at least."""
    if not people.sum():
        return {}
    low, high = (equity.weighted_quantile(minutes, people, share) for share in (0.1, 0.9))
    apart = high - low if np.isfinite(low) else np.nan
    return {"p10_minutes": low, "p90_minutes": high, "p90_minus_p10_minutes": apart}


def _indices(
    values: NDArray[np.float64],
    groups: pd.DataFrame,
    inside: NDArray[np.intp],
    *,
    line: float,
    is_worse_above: bool,
) -> dict[str, float]:
    """Return the indices of some cells; none where nobody lives on them."""
    part, values = groups.iloc[inside], values[inside]
    people, income = part["people"].to_numpy(), part["income"].to_numpy(dtype=float)
    if not people.sum():
        return {}
    found = {
        "gini": equity.gini(values, people),
        "theil": equity.theil(values, people),
        "palma": equity.palma(values, people),
        "fgt_gap": equity.fgt(values, people, line, power=1, is_worse_above=is_worse_above),
        "fgt_severity": equity.fgt(values, people, line, power=2, is_worse_above=is_worse_above),
    }
    if np.isfinite(income).all():
        found["palma_by_income"] = equity.palma_by(values, people, income)
    for name in ("village", "district"):
        numbers, kinds = pd.factorize(part[name])
        if (numbers >= 0).all() and (name == "village" or len(kinds) > 1):
            found[f"theil_between_{name}s"] = equity.theil_between(values, people, numbers)
    return found
