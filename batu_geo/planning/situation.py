"""A situation, and the one chain that answers it.

The chain is roads > graph > travel times > coverage > criteria > ranks. Each step is
computed once for each situation, when it is first asked for. A variant
(`batu_geo.planning.variants`) is a situation with some parts exchanged; the steps that
do not depend on them are taken over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas.array import from_shapely

from batu_geo.access.coverage import grouped, shared_trips, village_coverage, village_sums
from batu_geo.access.ferry_trips import ferry_minutes, with_ferry_trips
from batu_geo.access.units import is_unit
from batu_geo.domain.criteria import GROWS_WITH_PEOPLE
from batu_geo.network.area.strips import Strips
from batu_geo.network.catchment import catchments
from batu_geo.network.graph import mode_graph
from batu_geo.network.nearby.ends import starts
from batu_geo.network.travel_times import Kept, travel_times
from batu_geo.planning.homes import homes
from batu_geo.planning.once import ByMode, once_for_each
from batu_geo.planning.study_indicators import indicators_by_village
from batu_geo.siting.need.gaps import criterion_values, rank_gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyproj
    import shapely

    from batu_geo.access.coverage import VillageSums
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Starts
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.study import Study


class Unit(NamedTuple):
    """An open health unit: the village it serves and its location."""

    village_id: str
    point: shapely.Geometry


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Situation:
    """What travel, coverage and need follow from.

    Attributes
    ----------
    scenario
        Speeds, closures, thresholds, criteria and every other setting.
    villages, roads
        Outlines with people, and the network.
    units
        By id: the open units.
    closed_villages
        Villages whose unit is present but not open: they have one, and are not ranked.
    demand
        Where people start from.
    indicators
        Programme figures by village, as they may be used.
    graphs
        By mode: the roads as it may use them.
    joined
        By mode: where the demand points join the roads.
    times
        By mode: travel times from the demand points to the units.
    people_factor
        By village: by how much the criteria that grow with people are multiplied.
    assignments
        Under capacities: the people of each demand point by unit, as in a `Plan`; None where
        everybody goes to the nearest open unit.
    """

    scenario: Scenario
    villages: Villages
    roads: RoadNetwork
    units: Mapping[str, Unit]
    closed_villages: frozenset[str]
    demand: DemandPoints
    indicators: pd.DataFrame
    graphs: Mapping[str, ModeGraph]
    joined: Mapping[str, Starts]
    times: Mapping[str, TravelTimes]
    people_factor: Mapping[str, float] = field(default_factory=dict)
    assignments: pd.DataFrame | None = None


def situation_of(study: Study, scenario: Scenario) -> Situation:
    """Return the situation of a study today under a scenario."""
    return with_graphs_anew(situation_before_graphs(study, scenario))


def situation_before_graphs(
    study: Study, scenario: Scenario, *, demand: DemandPoints | None = None
) -> Situation:
    """Return a situation whose graphs and times are still to be computed.

    Where people start from is `demand`, if that was found before.
    """
    facilities, service = study.facilities, scenario.service
    names, places = (facilities[n].to_numpy(dtype=object) for n in ("facility_id", "village_id"))
    points = facilities.geometry.to_numpy()
    serving = is_unit(facilities, service, is_open=True)
    present = is_unit(facilities, service, is_open=False)
    is_open = {names[n]: Unit(places[n], points[n]) for n in np.flatnonzero(serving)}
    return Situation(
        scenario=scenario,
        villages=study.villages,
        roads=study.roads,
        units=is_open,
        closed_villages=frozenset(places[present]) - set(places[serving]),
        demand=homes(study, scenario).demand if demand is None else demand,
        indicators=indicators_by_village(study),
        graphs={},
        joined={},
        times={},
    )


def with_graphs_anew(situation: Situation) -> Situation:
    """Return a situation whose chain begins at the roads: graphs and times are computed again."""
    scenario = situation.scenario
    modes = tuple(name for name, mode in scenario.modes.items() if mode.thresholds_minutes)
    graphs = ByMode(modes, lambda mode: mode_graph(situation.roads, scenario, mode=mode))
    return with_times_anew(replace(situation, graphs=graphs))


def with_times_anew(situation: Situation) -> Situation:
    """Return a situation whose chain begins at the graphs it has: times are computed again."""
    graphs, homes = situation.graphs, situation.demand
    refuse_m = situation.scenario.snapping.refuse_m
    joined = ByMode(tuple(graphs), lambda mode: starts(graphs[mode], homes, refuse_m=refuse_m))
    return with_unit_times_anew(replace(situation, joined=joined))


def with_unit_times_anew(situation: Situation) -> Situation:
    """Return a situation whose chain begins at the joins it has: times to its units are anew."""
    return replace(situation, times=times_to(situation, unit_points(situation)), assignments=None)


def unit_points(situation: Situation) -> gpd.GeoDataFrame:
    """Return the open units as points by ``facility_id``."""
    return points_of(situation.units, situation.villages.crs)


def points_of(units: Mapping[str, Unit], crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    """Return units by id as points by ``facility_id``."""
    points = from_shapely(np.array([unit.point for unit in units.values()], object), crs=crs)
    columns = {"facility_id": pd.array(list(units), dtype="str"), "geometry": points}
    return gpd.GeoDataFrame(columns, geometry="geometry")


def times_to(
    situation: Situation,
    places: gpd.GeoDataFrame,
    *,
    kept: Callable[[str], Kept] | None = None,
    with_metres: bool = True,
) -> Mapping[str, TravelTimes]:
    """Return by mode the travel times from the demand points to some places.

    Kept is what `kept` says by mode; else trips as long as any measure of the mode counts
    (`longest_minutes`), and the nearest of each demand point. Metres are measured where asked for.
    """
    graphs, joined, scenario = situation.graphs, situation.joined, situation.scenario
    by_mode = kept or (lambda mode: Kept(longest_minutes(scenario, mode)))
    return ByMode(
        tuple(graphs),
        lambda mode: travel_times(
            graphs[mode],
            origins=situation.demand,
            destinations=places,
            refuse_m=scenario.snapping.refuse_m,
            with_metres=with_metres,
            joined=joined[mode],
            kept=by_mode(mode),
        ),
    )


def longest_minutes(scenario: Scenario, mode: str) -> float:
    """Return the longest threshold of a mode, at the headline also the longest zone."""
    limits = [*scenario.modes[mode].thresholds_minutes]
    if mode == scenario.headline.mode:
        limits += [scenario.headline.threshold_minutes, *scenario.access.zones_minutes]
    return max(limits)


def villages_reached(situation: Situation) -> pd.DataFrame:
    """Return people by village, mode and threshold; where there is a ferry, who takes it too.

    Columns as from `village_coverage` and, with a ferry, `with_ferry_trips`.
    """
    thresholds, demand = situation.scenario.thresholds, situation.demand
    table = village_coverage(situation.villages, situation.times, demand, thresholds)
    if not situation.roads.is_ferry.any():
        return table
    places, refuse_m = unit_points(situation), situation.scenario.snapping.refuse_m
    aboard = {
        mode: ferry_minutes(
            graph, situation.times[mode],
            joined=situation.joined[mode].joins, destinations=places, refuse_m=refuse_m,
        )
        for mode, graph in situation.graphs.items()
    }  # fmt: skip
    return with_ferry_trips(table, aboard, demand)


@once_for_each
def _strips(situation: Situation) -> Strips:
    return Strips(situation.roads, buffer_m=situation.scenario.catchment.buffer_m)


def catchments_in(
    situation: Situation,
    mode: str,
    facilities: gpd.GeoDataFrame,
    *,
    thresholds_minutes: Sequence[float],
    by: Literal["threshold", "facility"] = "threshold",
) -> gpd.GeoDataFrame:
    """Return the catchments of some places in a mode, as `catchments`.

    What all catchments of a situation share of their streets is drawn once.
    """
    return catchments(
        situation.graphs[mode],
        facilities=facilities,
        thresholds_minutes=thresholds_minutes,
        refuse_m=situation.scenario.snapping.refuse_m,
        buffer_m=situation.scenario.catchment.buffer_m,
        by=by,
        strips=_strips(situation),
    )


def headline_trips(situation: Situation) -> pd.DataFrame:
    """Return by demand point the trip to its nearest unit at the headline, as `nearest_trips`.

    Situations with the same times, such as those of other weights, share it.
    """
    times = situation.times[situation.scenario.headline.mode]
    return shared_trips(times, situation.demand)


@once_for_each
def headline_coverage(situation: Situation) -> pd.DataFrame:
    """Return by demand point its nearest unit and group at the headline, as `coverage`."""
    head = situation.scenario.headline
    return grouped(headline_trips(situation), head.threshold_minutes)


@once_for_each
def headline_sums(situation: Situation) -> VillageSums:
    """Return what trips at the headline come to by village, as `village_sums`."""
    ids = pd.Index(situation.villages["village_id"])
    return village_sums(headline_coverage(situation), ids)


@once_for_each
def need_values(situation: Situation) -> pd.DataFrame:
    """Return every need criterion by village id, from coverage at the headline."""
    values = criterion_values(
        situation.villages,
        headline_coverage(situation),
        indicators=situation.indicators,
        criteria=situation.scenario.need,
        sums=headline_sums(situation),
    )
    for village_id, factor in situation.people_factor.items():
        values.loc[village_id, list(GROWS_WITH_PEOPLE)] *= factor
    return values


@once_for_each
def ranked_villages(situation: Situation) -> pd.DataFrame:
    """Return the villages without a unit, ranked by need."""
    return rank_gaps(
        situation.villages,
        need_values(situation),
        has_unit=has_unit(situation),
        criteria=situation.scenario.need,
    )


def trips(situation: Situation) -> pd.DataFrame:
    """Return who goes how far at the headline: ``village_id``, ``people``, ``travel_time_min``.

    To the nearest unit or, under capacities, to the one that has a place; inf for none.
    """
    homes, assigned = situation.demand, situation.assignments
    if assigned is not None:
        village = assigned["demand_id"].map(homes.set_index("demand_id")["village_id"])
        return pd.DataFrame(
            {"village_id": village, **{n: assigned[n] for n in ("people", "travel_time_min")}}
        )
    minutes = situation.times[situation.scenario.headline.mode].best()
    return pd.DataFrame(
        {
            "village_id": homes["village_id"],
            "people": homes["population"],
            "travel_time_min": minutes,
        }
    )


def need_ranks(situation: Situation) -> pd.Series[int]:
    """Return by village id the rank of each village without a unit."""
    return ranked_villages(situation).set_index("village_id")["rank"]


def has_unit(situation: Situation) -> pd.Series[bool]:
    """Return by village id whether it has a unit, open or not."""
    ids = situation.villages["village_id"]
    serving = {unit.village_id for unit in situation.units.values()}
    return pd.Series(ids.isin(serving | situation.closed_villages).to_numpy(), index=pd.Index(ids))


def served_people(situation: Situation) -> int:
    """Return the people within the headline threshold of an open unit."""
    covered = headline_coverage(situation)
    return int(covered["population"][covered["is_covered"]].sum())
