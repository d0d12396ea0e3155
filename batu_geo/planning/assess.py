"""`assess`: what a scenario makes of a study, in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS, coverage, village_coverage
from batu_geo.access.demand import demand_points
from batu_geo.access.referral import work_areas
from batu_geo.access.units import units
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.tables import Facilities
from batu_geo.network.calibration import trip_speeds_kmh
from batu_geo.network.catchment import catchments
from batu_geo.network.graph import mode_graph
from batu_geo.network.nearest_edge import points_xy
from batu_geo.network.snapping import snap
from batu_geo.network.travel_times import travel_times
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.edge_effect import closed_border, with_closed_border
from batu_geo.planning.headline import need_values
from batu_geo.planning.notices import health_notices, network_notices, siting_notices
from batu_geo.planning.reported_figures import city_figures, contradictions
from batu_geo.planning.sensitivity import try_order, with_certainty
from batu_geo.siting.buildings.candidates import candidate_sites, rank_sites, with_upgrades
from batu_geo.siting.buildings.village_readiness import feasibility
from batu_geo.siting.need.gaps import criteria_without_data, rank_gaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.study import Study


def assess(
    study: Study, scenario: Scenario, *, progress: Callable[[str], None] | None = None
) -> Assessment:
    """Compute coverage, need and candidate buildings.

    Parameters
    ----------
    study, scenario
        What to compute on, and how.
    progress
        Called with the name of each step as it begins.
    """

    def step(name: str) -> None:
        if progress:
            progress(name)

    step("step_demand")
    study = _as_changed(study, scenario)
    serving = units(study.facilities, scenario.service, is_open=True)
    demand = demand_points(study.villages, study.roads, settings=scenario.demand)
    step("step_times")
    head = scenario.headline
    graphs = {
        name: mode_graph(study.roads, scenario, mode=name, facilities=serving)
        for name, mode in scenario.modes.items()
        if mode.thresholds_minutes
    }
    homes, refuse_m = points_xy(demand), scenario.snapping.refuse_m
    joined = {name: snap(graph, homes, refuse_m=refuse_m) for name, graph in graphs.items()}

    def times_to(places: gpd.GeoDataFrame) -> dict[str, TravelTimes]:
        return {
            name: travel_times(
                graph, origins=demand, destinations=places, refuse_m=refuse_m, with_metres=True,
                joined=joined[name],
            )
            for name, graph in graphs.items()
        }  # fmt: skip

    times = times_to(serving)
    step("step_catchments")
    reach = _catchments(graphs, serving, scenario)
    step("step_rank")
    status = _unit_status(study, scenario, serving)
    covered = coverage(times[head.mode], demand, threshold_minutes=head.threshold_minutes)
    values = need_values(study, covered)
    gaps = rank_gaps(study.villages, values, has_unit=status != "none", criteria=scenario.need)
    rules = scenario.candidates
    ledger = with_upgrades(study.buildings, study.facilities, rules.upgrade_kinds)
    sites = candidate_sites(ledger, gaps, rules=rules)
    to_sites = times_to(sites)
    ranked = rank_sites(
        sites,
        now=times[head.mode],
        to_sites=to_sites[head.mode],
        demand=demand,
        threshold_minutes=head.threshold_minutes,
    )
    by_village = village_coverage(study.villages, times, demand, scenario.thresholds)
    border = closed_border(study, scenario, serving, demand, covered)
    gaps = with_closed_border(gaps, study, status, border, scenario)
    step("step_robust")
    robust = try_order(study, scenario, serving, demand, gaps)
    gaps = with_certainty(gaps, robust)
    ready = feasibility(gaps, ranked, criteria=scenario.feasibility)
    gaps = gaps.merge(ready[["village_id", "feasibility_score"]], on="village_id")
    calibration = _calibration(study, scenario)
    figures = city_figures(study, scenario, unit_status=status, calibration=calibration)
    notices = [
        *study.notices,
        *contradictions(figures),
        *network_notices(study, scenario, graphs, times[head.mode], demand),
        *health_notices(study, serving, work_areas(study.villages, study.facilities)),
        *siting_notices(gaps, ranked, criteria_without_data(gaps, values, scenario.need)),
    ]
    return Assessment(
        study=study,
        scenario=scenario,
        demand=demand,
        graphs=graphs,
        joined=joined,
        times=times,
        to_sites=to_sites,
        villages=by_village,
        city=_city(by_village),
        catchments=reach,
        unit_status=status,
        gaps=gaps,
        candidates=ranked,
        covered=covered,
        feasibility=ready,
        border=border,
        robust=robust,
        calibration=calibration,
        figures=figures,
        notices=tuple(notices),
    )


def _as_changed(study: Study, scenario: Scenario) -> Study:
    """Return the study with the facilities in the states the scenario gives them."""
    if not scenario.facility_changes:
        return study
    facilities = study.facilities.copy()
    for change in scenario.facility_changes:
        is_meant = facilities["facility_id"] == change.facility_id
        if not is_meant.any():
            values = {"key": "facility_changes", "value": change.facility_id}
            raise ScenarioError(Problem("BG-306", scenario.name, values=values))
        facilities.loc[is_meant, "status"] = change.status
        facilities.loc[is_meant, ["closed_from", "closed_until"]] = None
    return replace(study, facilities=Facilities(facilities))


def _catchments(
    graphs: dict[str, ModeGraph], serving: Facilities, scenario: Scenario
) -> gpd.GeoDataFrame:
    parts = []
    for name, graph in graphs.items():
        part = catchments(
            graph,
            facilities=serving,
            thresholds_minutes=scenario.modes[name].thresholds_minutes,
            refuse_m=scenario.snapping.refuse_m,
            buffer_m=scenario.catchment.buffer_m,
        )
        part.insert(0, "mode", name)
        parts.append(part)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=serving.crs)


def _unit_status(study: Study, scenario: Scenario, serving: Facilities) -> pd.Series[str]:
    """Return by village id whether a unit is open, only present, or missing."""
    ids = study.villages["village_id"]
    present = units(study.facilities, scenario.service, is_open=False)
    status = np.select(
        [ids.isin(serving["village_id"]), ids.isin(present["village_id"])],
        ["open", "closed"],
        default="none",
    )
    return pd.Series(status, index=ids.to_numpy(), dtype="str")


def _city(by_village: pd.DataFrame) -> pd.DataFrame:
    counts = ["population", *GROUPS]
    city = by_village.groupby(["mode", "threshold_minutes"], sort=False)[counts].sum()
    city["share_served_percent"] = 100 * city["served"] / city["population"]
    return city.reset_index()


def _calibration(study: Study, scenario: Scenario) -> dict[str, float | str] | None:
    """Hold trips between village offices against the speed the study reports."""
    wanted = scenario.calibration
    if wanted is None or study.figures is None:
        return None
    known = study.figures.set_index("figure_id")
    offices = village_offices(study)
    if wanted.figure not in known.index or offices is None:
        return None
    graph = mode_graph(study.roads, scenario, mode=wanted.mode)
    speeds = trip_speeds_kmh(graph, offices, refuse_m=scenario.snapping.refuse_m)
    if not len(speeds):
        return None
    low, median, high = np.percentile(speeds, [25, 50, 75])
    return {
        "mode": wanted.mode,
        "figure": wanted.figure,
        "reported_kmh": float(known["value"][wanted.figure]),
        "median_kmh": round(float(median), 2),
        "quartile_1_kmh": round(float(low), 2),
        "quartile_3_kmh": round(float(high), 2),
        "trips": len(speeds),
    }


def village_offices(study: Study) -> gpd.GeoDataFrame | None:
    """Return the village offices as points, or None where the study has none."""
    if not {"office_lon", "office_lat"} <= set(study.villages.columns):
        return None
    known = study.villages.dropna(subset=["office_lon", "office_lat"])
    points = gpd.points_from_xy(known["office_lon"], known["office_lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(
        {"village_id": known["village_id"].to_numpy()}, geometry=points.to_crs(study.crs)
    )
