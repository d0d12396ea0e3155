"""Programme figures by village: rates, totals, and small counts kept back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.disclosure import hidden_cells, publishable_totals
from batu_geo.domain.contracts import INDICATOR_CARDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.contracts import IndicatorCard
    from batu_geo.domain.tables import Villages

CITY = "kota"
MIDDLE_OF_HIDDEN = 2.5
COLUMNS = (
    "village_id", "village_name", "strategy", "indicator", "count", "is_hidden", "rate",
    "rate_unit", "evidence",
)  # fmt: skip


def indicator_table(villages: Villages, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return programme figures by village with their rates, small counts of people hidden.

    One row a village and figure: ``village_id``, ``village_name``, ``strategy``, ``indicator``,
    ``count`` (missing where hidden or unknown), ``is_hidden``, ``rate`` in ``rate_unit``
    (``percent``, ``per_posyandu`` or ``residents_per_posyandu``; missing where it would tell a
    hidden count or a hidden denominator) and ``evidence``. Totals of
    the districts and of the city follow under their names, without an id; a total that would
    give a hidden count away is hidden too.

    Parameters
    ----------
    villages
        With ``population`` and ``district_name``.
    indicators
        By village id, one column a figure.
    """
    area = villages.set_index("village_id")
    known = indicators.reindex(area.index)
    names = [name for name in INDICATOR_CARDS if name in known.columns]
    if not names:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat([_one_indicator(area, known, name) for name in names], ignore_index=True)


def publishable_indicators(villages: Villages, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the figures as rankings and rates may use them: no hidden count can be read back.

    Each hidden count is replaced by the mean of the hidden ones, which the total of the city
    reveals anyway; where that total is hidden too, by the middle of 1 to 4.
    """
    area = villages.set_index("village_id")
    known = indicators.reindex(area.index)
    published = known.copy()
    for name in (n for n in INDICATOR_CARDS if n in known.columns):
        counts = _counts(known, name)
        groups, _ = _groups(area)
        hidden = _hidden(counts, groups, INDICATOR_CARDS[name])
        if hidden.any():
            is_published = publishable_totals(counts, hidden, groups)[-1]
            mean = counts[hidden].mean() if is_published else MIDDLE_OF_HIDDEN
            published[name] = np.where(hidden, mean, counts)
    return published


def city_totals(villages: Villages, indicators: pd.DataFrame) -> dict[str, float]:
    """Return the total of each figure; NaN where a village lacks it or it may not be published."""
    area = villages.set_index("village_id")
    known = indicators.reindex(area.index)
    groups, _ = _groups(area)
    totals = {}
    for name in (n for n in INDICATOR_CARDS if n in known.columns):
        counts = _counts(known, name)
        hidden = _hidden(counts, groups, INDICATOR_CARDS[name])
        is_published = publishable_totals(counts, hidden, groups)[-1]
        totals[name] = float(counts.sum()) if is_published else float("nan")
    return totals


def _one_indicator(area: pd.DataFrame, known: pd.DataFrame, name: str) -> pd.DataFrame:
    card, counts = INDICATOR_CARDS[name], _counts(known, name)
    groups, labels = _groups(area)
    hidden = _hidden(counts, groups, card)
    published = publishable_totals(counts, hidden, groups)
    evidence = known["evidence"] if "evidence" in known else pd.Series(pd.NA, index=known.index)
    totals = np.array([_total(counts[inside]) for inside in groups])
    is_hidden = [*hidden, *(~np.array(published) & np.isfinite(totals))]
    table = pd.DataFrame(
        {
            "village_id": [*area.index, *("" for _ in labels)],
            "village_name": [*area["village_name"], *labels],
            "strategy": card.strategy,
            "indicator": name,
            "count": [*counts, *totals],
            "is_hidden": np.array(is_hidden, bool),
        }
    )
    table["count"] = table["count"].mask(table["is_hidden"])
    whole = _denominators(area, known, card, counts)
    table["rate"] = _rate(table["count"].to_numpy(dtype=float), whole, card)
    table["rate_unit"] = card.rate_unit
    table["evidence"] = [*evidence, *(pd.NA for _ in labels)]
    return table


def _counts(known: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return np.asarray(known[name].astype(float), dtype=np.float64)


def _groups(area: pd.DataFrame) -> tuple[list[NDArray[np.intp]], list[str]]:
    """Return the rows of each total and its name: the districts, then the city."""
    districts = area["district_name"].fillna("").to_numpy(dtype=object)
    names = sorted(set(districts))
    return [*(np.flatnonzero(districts == d) for d in names), np.arange(len(area))], [*names, CITY]


def _hidden(
    counts: NDArray[np.float64], groups: list[NDArray[np.intp]], card: IndicatorCard
) -> NDArray[np.bool_]:
    """Hide small counts of people; posyandu are places, not people, and are published."""
    return hidden_cells(counts, groups) if card.is_people else np.zeros(len(counts), bool)


def _total(values: NDArray[np.float64]) -> float:
    return float(np.nansum(values)) if np.isfinite(values).any() else float("nan")


def _denominators(
    area: pd.DataFrame, known: pd.DataFrame, card: IndicatorCard, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each village and then each total is divided by, over villages with a count.

    NaN where a rate beside its count would reveal a denominator that is hidden: in its
    village, and in a total over other villages than its own published total.
    """
    groups, _ = _groups(area)
    below, hidden = _denominator(area, known, card, groups)
    is_counted = np.isfinite(counts)
    totals = [_total(np.where(is_counted, below, np.nan)[inside]) for inside in groups]
    published = publishable_totals(below, hidden, groups)
    for number, inside in enumerate(groups):
        is_same = (is_counted == np.isfinite(below))[inside].all()
        if hidden[inside].any() and not (published[number] and is_same):
            totals[number] = np.nan
    return np.asarray(np.r_[np.where(hidden, np.nan, below), totals], dtype=np.float64)


def _denominator(
    area: pd.DataFrame, known: pd.DataFrame, card: IndicatorCard, groups: list[NDArray[np.intp]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the denominator of each village and whether it is a hidden count."""
    nobody = np.zeros(len(area), bool)
    if card.denominator == "population":
        return np.asarray(area["population"], dtype=np.float64), nobody
    if card.denominator not in known:
        return np.full(len(area), np.nan), nobody
    below = _counts(known, card.denominator)
    return below, _hidden(below, groups, INDICATOR_CARDS[card.denominator])


def _rate(
    counts: NDArray[np.float64], whole: NDArray[np.float64], card: IndicatorCard
) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        if card.rate_unit == "residents_per_posyandu":
            return whole / np.where(counts > 0, counts, np.nan)
        ratio = counts / np.where(whole > 0, whole, np.nan)
    return ratio * 100 if card.rate_unit == "percent" else ratio
