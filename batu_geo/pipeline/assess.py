"""`assess`: what a scenario makes of a study, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS, coverage, village_coverage
from batu_geo.access.demand import demand_points, villages_without_streets
from batu_geo.domain.errors import Problem
from batu_geo.domain.tables import EVIDENCE
from batu_geo.network.catchment import catchments
from batu_geo.network.graph import mode_graph
from batu_geo.network.travel_times import travel_times
from batu_geo.siting.candidates import candidate_sites, rank_sites
from batu_geo.siting.gaps import criteria_without_data, criterion_values, rank_gaps, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Facilities
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.sources.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What a scenario makes of a study.

    Attributes
    ----------
    study, scenario
        What was computed on, and how.
    demand
        Where people start from.
    times
        By mode: travel times of the demand points to the open units.
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
    notices
        What is worth saying about the data; not errors.
    """

    study: Study
    scenario: Scenario
    demand: DemandPoints
    times: dict[str, TravelTimes]
    villages: pd.DataFrame
    city: pd.DataFrame
    catchments: gpd.GeoDataFrame
    unit_status: pd.Series[str]
    gaps: pd.DataFrame
    candidates: gpd.GeoDataFrame
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
    serving = units(study.facilities, scenario.service, is_open=True)
    demand = demand_points(study.villages, study.roads, settings=scenario.demand)
    step("step_times")
    refuse_m = scenario.snapping.refuse_m
    graphs = {name: mode_graph(study.roads, mode) for name, mode in scenario.modes.items()}
    times = {
        name: travel_times(graph, origins=demand, destinations=serving, refuse_m=refuse_m)
        for name, graph in graphs.items()
    }
    step("step_catchments")
    reach = _catchments(graphs, serving, scenario)
    step("step_rank")
    now, limit = times[scenario.headline.mode], scenario.headline.threshold_minutes
    status = _unit_status(study, scenario, serving)
    covered = coverage(now, demand, threshold_minutes=limit)
    values = criterion_values(study.villages, covered, _posyandu(study))
    gaps = rank_gaps(study.villages, status != "none", values, criteria=scenario.need)
    sites = candidate_sites(study.buildings, gaps, rules=scenario.candidates)
    to_sites = travel_times(
        graphs[scenario.headline.mode], origins=demand, destinations=sites, refuse_m=refuse_m
    )
    ranked = rank_sites(sites, now=now, to_sites=to_sites, demand=demand, threshold_minutes=limit)
    by_village = village_coverage(study.villages, times, demand, scenario.thresholds)
    notices = [
        *study.notices,
        *_reported_beside(study),
        *_network_notices(study, scenario, graphs, now, demand),
        *_siting_notices(gaps, ranked, criteria_without_data(gaps, values, scenario.need)),
    ]
    return Assessment(
        study=study,
        scenario=scenario,
        demand=demand,
        times=times,
        villages=by_village,
        city=_city(by_village),
        catchments=reach,
        unit_status=status,
        gaps=gaps,
        candidates=ranked,
        notices=tuple(notices),
    )


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


def _posyandu(study: Study) -> pd.Series[float]:
    if study.indicators is None or "posyandu" not in study.indicators:
        return pd.Series(dtype=float)
    return study.indicators.set_index("village_id")["posyandu"].astype(float)


def _city(by_village: pd.DataFrame) -> pd.DataFrame:
    counts = ["population", *GROUPS]
    city = by_village.groupby(["mode", "threshold_minutes"], sort=False)[counts].sum()
    city["share_served_percent"] = 100 * city["served"] / city["population"]
    return city.reset_index()


def _reported_beside(study: Study) -> Iterator[Problem]:
    """Say where the inputs add up to something else than the city reports."""
    if study.figures is None:
        return
    found = {
        "F-VILLAGES": len(study.villages),
        "F-POP": int(study.villages["population"].sum()),
        "F-POSYANDU": int(_posyandu(study).sum()),
        "F-UPKDK": study.facilities.loc[
            study.facilities["kind"] == "UPKDK", "village_id"
        ].nunique(),
    }
    for row in study.figures.to_dict("records"):
        ours = found.get(row["figure_id"])
        if ours and ours != row["value"]:
            values = {
                "found": ours,
                "reported": f"{row['value']:g}",
                "source": row["source"],
                "date": row["date"],
            }
            yield Problem("BG-803", record_id=row["figure_id"], values=values)


def _network_notices(
    study: Study,
    scenario: Scenario,
    graphs: dict[str, ModeGraph],
    now: TravelTimes,
    demand: DemandPoints,
) -> Iterator[Problem]:
    name = study.inputs["roads"]["path"]
    for mode, graph in graphs.items():
        if graph.unconnected:
            yield Problem("BG-805", name, column=mode, values={"count": graph.unconnected})
    far = now.origin_snap_m > scenario.snapping.warn_m
    if far.any():
        values = {
            "count": int(far.sum()),
            "limit": f"{scenario.snapping.warn_m:g}",
            "farthest": f"{now.origin_snap_m.max():.0f}",
        }
        yield Problem("BG-804", name, values=values)
    for village_id in villages_without_streets(demand, study.villages):
        yield Problem("BG-809", name, record_id=village_id, values={"village": village_id})


def _siting_notices(
    gaps: pd.DataFrame, sites: gpd.GeoDataFrame, missing: dict[str, list[str]]
) -> Iterator[Problem]:
    for criterion, villages in missing.items():
        yield Problem("BG-806", values={"name": criterion, "missing": ", ".join(villages)})
    kept = set(sites.loc[sites["suitability"] != "refused", "village_id"])
    for village_id, village_name in zip(gaps["village_id"], gaps["village_name"], strict=True):
        if village_id not in kept:
            yield Problem("BG-807", record_id=village_id, values={"village": village_name})
