"""The answer of a scenario on a study: every table and time that drawers and writers take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.domain.tables import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from batu_geo.domain.errors import Problem
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Snaps
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.edge_effect import BorderEffect
    from batu_geo.planning.sensitivity import Robust
    from batu_geo.planning.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What a scenario makes of a study.

    Attributes
    ----------
    study, scenario
        What was computed on, and how.
    demand
        Where people start from.
    graphs
        By mode: the roads as it may use them.
    joined
        By mode: where the demand points join the roads.
    times, to_sites
        By mode: travel times of the demand points to the open units, and to every building.
    villages
        By village, mode and threshold: people by group.
    city
        The same for all villages together.
    catchments
        By mode and threshold: the streets within reach.
    unit_status
        By village id: ``open``, ``closed`` or ``none``.
    gaps
        Villages without a unit, ranked by need.
    candidates
        Buildings, screened and ranked.
    covered
        By demand point: nearest open unit and group at the headline threshold.
    feasibility
        How ready each village without a unit is, by its best building.
    robust
        How sure the order is.
    border
        What changes when nobody travels across the border of the study.
    calibration
        Speed of trips between village offices beside the reported one.
    figures
        Every figure the city reports, and what was found beside it.
    notices
        What is worth saying about the data; not errors.
    """

    study: Study
    scenario: Scenario
    demand: DemandPoints
    graphs: dict[str, ModeGraph]
    joined: dict[str, tuple[Snaps, ...]]
    times: dict[str, TravelTimes]
    to_sites: dict[str, TravelTimes]
    villages: pd.DataFrame
    city: pd.DataFrame
    catchments: gpd.GeoDataFrame
    unit_status: pd.Series[str]
    gaps: pd.DataFrame
    candidates: gpd.GeoDataFrame
    covered: pd.DataFrame
    feasibility: pd.DataFrame
    border: BorderEffect
    robust: Robust
    calibration: dict[str, float | str] | None
    figures: pd.DataFrame
    notices: tuple[Problem, ...]

    @property
    def evidence(self) -> str:
        """What every computed number is worth: as much as the weakest input."""
        return weakest(card["evidence"] for card in self.study.inputs.values())


def weakest(evidence: Iterable[str]) -> str:
    """Return the least certain of several kinds of evidence.

    >>> weakest(["reported", "assumed", "inferred"])
    'assumed'
    """
    return max(evidence, key=EVIDENCE.index)
