"""How sure the order is, as tables: ranks over all draws, and by source of where people live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.access.demand import demand_from_places
from batu_geo.domain.names import names_by_id
from batu_geo.planning.situation import need_ranks
from batu_geo.planning.variants import with_demand

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment


def acceptability_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return who comes at which rank, who comes before whom, and which weights put one first."""
    tried = assessment.robust.acceptability
    if tried is None:
        return {}
    names = names_by_id(assessment.study.villages, "village")
    ids = list(tried.ids)
    label = {"village_id": ids, "village_name": [names[i] for i in ids]}
    ranks = pd.DataFrame(tried.rank_share, columns=[f"rank_{n}" for n in range(1, len(ids) + 1)])
    wins = pd.DataFrame(tried.wins, columns=ids)
    criteria = [c.name for c in assessment.scenario.need if f"value_{c.name}" in assessment.gaps]
    central = pd.DataFrame(tried.central_weights, columns=criteria)
    return {
        "rank_acceptability": pd.concat([pd.DataFrame(label), ranks], axis=1),
        "pairwise_wins": pd.concat([pd.DataFrame(label), wins], axis=1),
        "central_weights": pd.concat([pd.DataFrame(label), central], axis=1),
    }


def demand_sources(assessment: Assessment) -> pd.DataFrame:
    """Return the rank of each village by every source of where people live."""
    table = assessment.gaps[["village_id", "village_name", "rank"]].rename(
        columns={"rank": "rank_streets"}
    )
    for name, places in assessment.study.homes.items():
        demand = demand_from_places(
            assessment.study.villages, places.xy, places.village, places.weight,
            evidence=places.evidence,
        )  # fmt: skip
        table[f"rank_{name}"] = table["village_id"].map(
            need_ranks(with_demand(assessment.situation, demand))
        )
    return table
