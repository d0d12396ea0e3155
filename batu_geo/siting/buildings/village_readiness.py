"""Readiness score of each village for a unit: reported beside the need score, never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.goalposts import between_goalposts
from batu_geo.siting.buildings.building_state import BuildingState
from batu_geo.siting.buildings.candidates import can_open, is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.criteria import FeasibilityCriterion

STATE_VALUE = {
    BuildingState.REFUSED: 0.0, BuildingState.TO_VERIFY: 0.5, BuildingState.WITH_WORKS: 1.0,
    BuildingState.READY: 1.0,
}  # fmt: skip
PROCESS_VALUE = {
    "none": 0.0, "unknown": 0.0, "proposed": 0.25, "in_process": 0.5, "decree": 0.75,
    "handed_over": 1.0,
}  # fmt: skip


def feasibility(
    gaps: pd.DataFrame, sites: pd.DataFrame, *, criteria: Sequence[FeasibilityCriterion]
) -> pd.DataFrame:
    """Return the readiness score of each village without a unit, by its best building.

    Parameters
    ----------
    gaps
        From `rank_gaps`.
    sites
        From `rank_sites`.
    criteria
        Names, weights and goalposts.

    Returns
    -------
    pandas.DataFrame
        By ``village_id``: ``site_id`` of the best building (missing where none is left),
        each criterion with its ``value_*`` and ``contribution_*``, and
        ``feasibility_score``. A village without a building scores 0.
    """
    best = sites[is_best_in_village(sites)].set_index("village_id")
    table = pd.DataFrame({"village_id": gaps["village_id"]})
    rows = best.reindex(gaps["village_id"]).reset_index()
    raw: dict[str, pd.Series[float]] = {
        "building_readiness": rows["building_state"].map(STATE_VALUE),
        "process_stage": rows["process_status"].map(PROCESS_VALUE),
        "people_gained": rows["people_gained"].astype(float),
        "buildings_left": gaps["village_id"].map(
            sites[can_open(sites)].groupby("village_id").size()
        ),
    }
    table["site_id"] = rows["site_id"].to_numpy()
    total = sum(criterion.weight for criterion in criteria)
    score = np.zeros(len(table))
    for criterion in criteria:
        values = raw[criterion.name].fillna(0).to_numpy(dtype=float)
        value = between_goalposts(
            np.asarray(values, np.float64), criterion.none_at, criterion.best_at
        )
        value = np.where(rows["site_id"].isna(), 0.0, value)
        table[criterion.name] = values
        table[f"value_{criterion.name}"] = value
        table[f"contribution_{criterion.name}"] = value * criterion.weight / total
        score = score + value * criterion.weight / total
    table["feasibility_score"] = np.round(score, 9)
    return table
