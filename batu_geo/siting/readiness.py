"""Whether a building is ready, and what it would cost whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.contracts import PAYERS
from batu_geo.domain.tables import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

READY, WITH_WORKS, NOT = "layak", "layak_dengan_rehab", "tidak"


def readiness(sites: pd.DataFrame) -> list[str]:
    """Return by building ``layak``, ``layak_dengan_rehab``, ``tidak`` or ``unknown``.

    A building that breaks a hard rule is not ready; a good one is, a damaged one is with
    works; where a field of the rules is unknown, so is the readiness.

    Examples
    --------
    >>> readiness(pd.DataFrame({"suitability": ["fit", "fit", "refused", "to_verify"],
    ...                         "condition": ["good", "light_damage", "good", "good"]}))
    ['layak', 'layak_dengan_rehab', 'tidak', 'unknown']
    """
    return [
        NOT
        if suitability == "refused"
        else UNKNOWN
        if suitability == "to_verify"
        else READY
        if condition == "good"
        else WITH_WORKS
        for suitability, condition in zip(sites["suitability"], sites["condition"], strict=True)
    ]


def costs_by_payer(site_ids: Sequence[str], costs: pd.DataFrame | None) -> pd.DataFrame:
    """Return what each building costs whom, in rupiah.

    Columns: ``site_id``, one a payer (``city_rupiah``, ``village_fund_rupiah``,
    ``bok_rupiah``) and ``total_rupiah``; missing, never 0, for a building without any row.

    Parameters
    ----------
    site_ids
        Buildings, in the order of the result.
    costs
        Rows of ``building_id``, ``payer`` and ``rupiah``; None where the study has none.
    """
    columns = [f"{payer}_rupiah" for payer in PAYERS]
    table = pd.DataFrame({"site_id": pd.Series(list(site_ids), dtype="str")})
    if costs is None:
        costs = pd.DataFrame({"building_id": [], "payer": [], "rupiah": []})
    sums = costs.pivot_table(
        index="building_id", columns="payer", values="rupiah", aggfunc="sum", fill_value=0
    )
    known = sums.reindex(columns=list(PAYERS), fill_value=0).reindex(table["site_id"])
    for payer in PAYERS:
        table[f"{payer}_rupiah"] = known[payer].to_numpy()
    table["total_rupiah"] = np.asarray(known.sum(axis=1, min_count=1))
    return table.astype(dict.fromkeys([*columns, "total_rupiah"], "Int64"))
