"""Programme figures by village as a table: counts, totals and rates that may be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.protected import JOIN
from batu_geo.domain.contracts import INDICATOR_CARDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.access.protected import Protected
    from batu_geo.domain.contracts import IndicatorCard
    from batu_geo.domain.tables import Villages

COLUMNS = (
    "village_id", "village_name", "strategy", "indicator", "count", "is_hidden", "rate",
    "rate_unit", "evidence",
)  # fmt: skip


def indicator_table(villages: Villages, protected: Protected) -> pd.DataFrame:
    """Return programme figures by village with their rates, as they may be published.

    One row a village and figure: ``village_id``, ``village_name``, ``strategy``, ``indicator``,
    ``count`` (missing where hidden or unknown), ``is_hidden``, ``rate`` in ``rate_unit``
    (``percent``, ``per_posyandu`` or ``residents_per_posyandu``; missing where count or
    denominator is) and ``evidence``. Totals of the districts and of the city follow under their
    names, without an id; districts that may only be published together have one row more, under
    all their names.

    Parameters
    ----------
    villages
        With ``village_name``.
    protected
        From `batu_geo.access.protected.protect`.
    """
    tables = [_one_indicator(villages, protected, name) for name in protected.figures]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True)


def city_totals(protected: Protected) -> dict[str, float]:
    """Return the total of each figure; NaN where a village lacks it or it may not be published."""
    return {
        name: figure.totals[-1] if figure.is_known.all() else float("nan")
        for name, figure in protected.figures.items()
    }


def _one_indicator(villages: Villages, protected: Protected, name: str) -> pd.DataFrame:
    card, figure = INDICATOR_CARDS[name], protected.figures[name]
    places = dict(zip(villages["village_id"], villages["village_name"], strict=True))
    labels, groups = list(protected.areas), _groups(protected)
    totals, hidden = list(figure.totals), list(figure.is_total_hidden)
    if np.isfinite(figure.joined):
        labels.append(JOIN.join(protected.areas[number] for number in figure.together))
        groups.append(np.concatenate([protected.districts[number] for number in figure.together]))
        totals.append(figure.joined)
        hidden.append(False)
    counts = np.array([*figure.counts, *totals])
    below = _denominators(protected, name, groups)
    nobody = [pd.NA for _ in labels]
    return pd.DataFrame(
        {
            "village_id": [*protected.village_ids, *("" for _ in labels)],
            "village_name": [*(places[v] for v in protected.village_ids), *labels],
            "strategy": card.strategy,
            "indicator": name,
            "count": counts,
            "is_hidden": np.array([*figure.is_hidden, *hidden], bool),
            "rate": _rate(counts, below, card),
            "rate_unit": card.rate_unit,
            "evidence": [*protected.evidence, *nobody],
        }
    )


def _groups(protected: Protected) -> list[NDArray[np.intp]]:
    """Return the rows of each total: the districts, then the city."""
    return [*protected.districts, np.arange(len(protected.village_ids))]


def _denominators(
    protected: Protected, name: str, groups: list[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Return what each village and then each total is divided by, over villages with a count.

    NaN where it does not follow from what is published.
    """
    is_counted = protected.figures[name].is_known
    below = protected.figure(INDICATOR_CARDS[name].denominator)
    inside = [np.isin(np.arange(len(is_counted)), rows) & is_counted for rows in groups]
    if below is None:
        return np.full(len(is_counted) + len(groups), np.nan)
    return np.array([*below.counts, *(below.sum_over(mask) for mask in inside)])


def _rate(
    counts: NDArray[np.float64], whole: NDArray[np.float64], card: IndicatorCard
) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        if card.rate_unit == "residents_per_posyandu":
            return whole / np.where(counts > 0, counts, np.nan)
        ratio = counts / np.where(whole > 0, whole, np.nan)
    return ratio * 100 if card.rate_unit == "percent" else ratio
