"""Costs of candidate buildings by payer and period, in rupiah."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.domain.contracts import PAYERS, PERIODS

if TYPE_CHECKING:
    from collections.abc import Sequence


def cost_columns() -> dict[str, tuple[str, str]]:
    """Return the columns of costs, each with its period and payer: once first, then a year.

    >>> list(cost_columns())[:2], list(cost_columns())[-1]
    (['city_rupiah', 'village_fund_rupiah'], 'bok_yearly_rupiah')
    """
    marks = {"once": "", "yearly": "_yearly"}
    return {f"{payer}{marks[period]}_rupiah": (period, payer)
            for period in PERIODS for payer in PAYERS}  # fmt: skip


def costs_by_payer(site_ids: Sequence[str], costs: pd.DataFrame | None) -> pd.DataFrame:
    """Return the costs of each building by payer, in rupiah, once and every year.

    Columns: ``site_id``, those of `cost_columns`, and the sums over the payers
    ``once_rupiah`` and ``yearly_rupiah``; missing, never 0, for a building without any row.
    The ``building_id`` of a row of costs is the ``site_id`` of a candidate building.

    Parameters
    ----------
    site_ids
        Buildings, in the order of the result.
    costs
        Rows of ``building_id``, ``payer``, ``period`` and ``rupiah``; None where the study
        has none.
    """
    table = pd.DataFrame({"site_id": pd.Series(list(site_ids), dtype="str")})
    if costs is None:
        costs = pd.DataFrame({"building_id": [], "payer": [], "period": [], "rupiah": []})
    sums = costs.groupby(["building_id", "period", "payer"])["rupiah"].sum()
    is_known = table["site_id"].isin(costs["building_id"])
    for name, (period, payer) in cost_columns().items():
        keys = pd.MultiIndex.from_product([table["site_id"], [period], [payer]])
        known = sums.reindex(keys, fill_value=0).to_numpy()
        table[name] = pd.Series(known).astype("Int64").where(is_known)
    for period in PERIODS:
        names = [name for name, (when, _) in cost_columns().items() if when == period]
        table[f"{period}_rupiah"] = table[names].sum(axis=1, min_count=1).astype("Int64")
    return table
