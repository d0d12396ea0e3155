"""Costs of candidate buildings by payer and period, in rupiah."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
    columns = cost_columns()
    sums = np.zeros((len(table), len(columns)), dtype=np.int64)
    is_known = np.zeros(len(table), dtype=np.bool_)
    if costs is not None:
        ids = pd.Index(table["site_id"].unique())
        row = ids.get_indexer(pd.Index(costs["building_id"]))
        number = {card: n for n, card in enumerate(columns.values())}
        column = np.array(
            [number[card] for card in zip(costs["period"], costs["payer"], strict=True)], np.intp
        )
        is_meant = row >= 0
        of_ids = np.zeros((len(ids), len(columns)), dtype=np.int64)
        rupiah = costs["rupiah"].to_numpy(dtype=np.int64)
        np.add.at(of_ids, (row[is_meant], column[is_meant]), rupiah[is_meant])
        sums = of_ids[ids.get_indexer(pd.Index(table["site_id"]))]
        is_known = table["site_id"].isin(costs["building_id"]).to_numpy()
    for n, name in enumerate(columns):
        table[name] = pd.arrays.IntegerArray(sums[:, n].copy(), ~is_known)
    for period in PERIODS:
        chosen = [n for n, (when, _) in enumerate(columns.values()) if when == period]
        table[f"{period}_rupiah"] = pd.arrays.IntegerArray(sums[:, chosen].sum(axis=1), ~is_known)
    return table
