"""How sure the order is, as tables: ranks over all draws, and by source of where people live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.coverage import served_by_village
from batu_geo.domain.names import names_by_id
from batu_geo.planning.evidence.compared_homes import compared_homes
from batu_geo.planning.situation import headline_coverage, need_ranks

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.siting.need.rank_acceptability import Acceptability


def acceptability_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return who comes at which rank, who comes before whom, and which weights put one first."""
    tried = assessment.robust.acceptability
    if tried is None:
        return {}
    names = names_by_id(assessment.study.villages, "village")
    ids = list(tried.ids)
    label = {"village_id": ids, "village_name": [names[i] for i in ids]}
    columns = [f"rank_{n}" for n in range(1, tried.rank_share.shape[1] + 1)]
    ranks = pd.DataFrame(tried.rank_share, columns=columns)
    criteria = [c.name for c in assessment.scenario.need if f"value_{c.name}" in assessment.gaps]
    central = pd.DataFrame(tried.central_weights, columns=criteria)
    return {
        "rank_acceptability": pd.concat([pd.DataFrame(label), ranks], axis=1),
        "pairwise_wins": _pairwise_wins(tried, names),
        "central_weights": pd.concat([pd.DataFrame(label), central], axis=1),
    }


def _pairwise_wins(tried: Acceptability, names: pd.Series[str]) -> pd.DataFrame:
    """Return how often the first village of each pair ranks before the second."""
    one, other = ([tried.ids[n] for n in column] for column in tried.pairs.T)
    return pd.DataFrame(
        {
            "village_id": one,
            "village_name": [names[name] for name in one],
            "other_village_id": other,
            "other_village_name": [names[name] for name in other],
            "share_before": tried.win_share,
        }
    )


def demand_sources(assessment: Assessment) -> pd.DataFrame:
    """Return the rank of each village by every source of where people live."""
    table = assessment.gaps[["village_id", "village_name"]].copy()
    for source, (situation, _) in compared_homes(assessment).items():
        table[f"rank_{source}"] = table["village_id"].map(need_ranks(situation))
    return table


def homes_compared(assessment: Assessment) -> pd.DataFrame:
    """Return people within the headline threshold of each village by every source of homes.

    Columns: ``village_id``, ``village_name``, ``population``, ``raster_people`` (what the raster
    itself counts in the village, before it is scaled), ``within_*`` by source, and ``side_*``:
    how many people are on another side of the threshold than by streets, at least. Empty where
    the study knows the streets alone.
    """
    study = assessment.study
    columns = ["village_id", "village_name", "population"]
    table = pd.DataFrame(study.villages[columns]).reset_index(drop=True)
    if not study.homes:
        return table.iloc[:0]
    if "raster" in study.homes:
        cells = study.homes["raster"]
        table["raster_people"] = np.bincount(
            cells.village, cells.weight, minlength=len(table)
        ).round(1)
    for source, (situation, _) in compared_homes(assessment).items():
        served = served_by_village(headline_coverage(situation))
        within = table["village_id"].map(served).fillna(0).astype("int64")
        table[f"within_{source}"] = within
        if source != "streets":
            table[f"side_{source}"] = (within - table["within_streets"]).abs()
    return table
