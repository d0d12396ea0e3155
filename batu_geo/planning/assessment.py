"""The answer of a scenario on a study: every table and time that drawers and writers take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from batu_geo.planning.once import once_for_each
from batu_geo.planning.situation import catchments_in, unit_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Problem
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.border_effect import BorderEffect
    from batu_geo.planning.sensitivity import Sensitivity
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

# Villages named in the words of a result.
MOST_NAMES = 10


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class PlanInputs:
    """The part of an `Assessment` that its plan follows from; its fields are described there."""

    study: Study
    situation: Situation
    to_sites: Mapping[str, TravelTimes]
    gaps: pd.DataFrame
    candidates: gpd.GeoDataFrame

    @property
    def scenario(self) -> Scenario:
        """The settings."""
        return self.situation.scenario

    @property
    def demand(self) -> DemandPoints:
        """Where people start from."""
        return self.situation.demand

    @property
    def times(self) -> Mapping[str, TravelTimes]:
        """By mode: travel times of the demand points to the open units."""
        return self.situation.times


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class Assessment(PlanInputs):
    """What a scenario makes of a study.

    Attributes
    ----------
    study
        What was computed on, with the facilities in the states the scenario gives them.
    situation
        Units, demand, roads and travel times of today, on which need and ranks rest.
    to_sites
        By mode: travel times of the demand points to every building.
    villages
        By village, mode and threshold: people by group.
    city
        The same for all villages together.
    joins
        Where every point of every role joins the roads.
    unit_status
        By village id: ``open``, ``off_road`` (open, but no open unit of it joins a road),
        ``closed`` or ``none``.
    gaps
        Villages without a unit, ranked by need.
    candidates
        Buildings, screened and ranked.
    feasibility
        How ready each village without a unit is, by its best building.
    robust
        How ranks and minutes vary with speeds and people.
    border
        What changes when nobody travels across the border of the study.
    calibration
        Speed of trips between village offices beside the reported one, if any.
    figures
        Every figure the city reports, and what the inputs add up to beside it.
    notices
        Remarks on the data; not errors.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> answer = bg.assess(study, bg.load_scenario("baseline", study=study))
    >>> len(answer.gaps), answer.gaps["village_name"][0]
    (6, 'Oro-oro Ombo')
    """

    villages: pd.DataFrame
    city: pd.DataFrame
    joins: pd.DataFrame
    unit_status: pd.Series[str]
    feasibility: pd.DataFrame
    border: BorderEffect
    robust: Sensitivity
    calibration: dict[str, float | str] | None
    figures: pd.DataFrame
    notices: tuple[Problem, ...]

    @property
    def graphs(self) -> Mapping[str, ModeGraph]:
        """By mode: the roads as it may use them."""
        return self.situation.graphs

    @property
    def catchments(self) -> gpd.GeoDataFrame:
        """By mode and threshold: the streets within reach, drawn when first asked for."""
        return _joint_catchments(self.situation)

    def with_scenario(self, scenario: Scenario) -> Assessment:
        """Return the same answer under a scenario that differs in its siting alone."""
        return replace(self, situation=replace(self.situation, scenario=scenario))

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the ranked villages and the open units with matplotlib, and return the axes."""
        return draw_need(self.situation, self.gaps, ax)

    def __repr__(self) -> str:
        """Return the study, the scenario and the villages in order of need, in four lines."""
        names = ", ".join(self.gaps["village_name"].head(MOST_NAMES))
        return (
            f"Assessment: {self.study.title}, scenario {self.scenario.name}\n"
            f"  {len(self.gaps)} villages without a unit, by need: {names}\n"
            f"  {len(self.demand):,} demand points, {len(self.situation.units)} open units, "
            f"{len(self.candidates)} buildings\n"
            f"  modes: {', '.join(self.times)}; {len(self.notices)} notices"
        )


@once_for_each
def _joint_catchments(situation: Situation) -> gpd.GeoDataFrame:
    scenario, serving = situation.scenario, unit_points(situation)
    parts = []
    for name in situation.graphs:
        thresholds = scenario.modes[name].thresholds_minutes
        part = catchments_in(situation, name, serving, thresholds_minutes=thresholds)
        part.insert(0, "mode", name)
        parts.append(part)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=serving.crs)


def draw_need(situation: Situation, gaps: pd.DataFrame, ax: Any) -> Any:
    """Draw villages without a unit shaded by their score, all others plain, and open units."""
    villages = situation.villages
    ax = villages.plot(ax=ax, color="#f2f2f2", edgecolor="#999999")
    ranked = villages.merge(gaps[["village_id", "score"]], on="village_id")
    if len(ranked):
        ranked.plot(ax=ax, column="score", cmap="OrRd", edgecolor="#666666", legend=True)
    xy = shapely.get_coordinates([unit.point for unit in situation.units.values()])
    ax.scatter(*xy.T, marker="^", color="#1b7837")
    return ax
