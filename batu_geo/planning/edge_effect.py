"""The edge effect: what changes when nobody travels across the border of the study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from batu_geo.domain.tables import Facilities
from batu_geo.network.graph import mode_graph
from batu_geo.network.roads import closed_outside
from batu_geo.planning.headline import headline_coverage, need_ranks

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.planning.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class BorderEffect:
    """The headline with open and with closed border.

    Attributes
    ----------
    people_nearest_outside
        People whose nearest open unit lies outside the study.
    served, served_if_closed
        People within the headline threshold.
    covered_if_closed
        By demand point, as from `coverage`.
    """

    people_nearest_outside: int
    served: int
    served_if_closed: int
    covered_if_closed: pd.DataFrame


def closed_border(
    study: Study,
    scenario: Scenario,
    serving: Facilities,
    demand: DemandPoints,
    covered: pd.DataFrame,
) -> BorderEffect:
    """Compute the headline again with only the roads and units inside the study."""
    city = shapely.union_all(study.villages.geometry.to_numpy())
    is_inside = shapely.intersects(serving.geometry.to_numpy(), city)
    inside = Facilities(serving[is_inside].reset_index(drop=True))
    roads = closed_outside(study.roads, city)
    graph = mode_graph(roads, scenario, mode=scenario.headline.mode, facilities=inside)
    closed = headline_coverage(graph, demand, inside, scenario)
    outside = set(serving["facility_id"]) - set(inside["facility_id"])
    people = covered["population"]
    return BorderEffect(
        people_nearest_outside=int(people[covered["nearest_id"].isin(outside)].sum()),
        served=int(people[covered["is_covered"]].sum()),
        served_if_closed=int(people[closed["is_covered"]].sum()),
        covered_if_closed=closed,
    )


def with_closed_border(
    gaps: pd.DataFrame,
    study: Study,
    status: pd.Series[str],
    border: BorderEffect,
    scenario: Scenario,
) -> pd.DataFrame:
    """Return the ranked villages with the rank each would have if the border were closed."""
    ranks = need_ranks(study, status, border.covered_if_closed, scenario)
    return gaps.assign(rank_if_border_closed=gaps["village_id"].map(ranks).astype("Int64"))
