"""Toy towns whose answers can be worked out by hand.

`town` reads a map drawn in letters: each letter is a junction, one step right
or down is 100 m. Streets are words of letters: ``{"ABC": "residential"}``
joins A, B and C. A street may also be a mapping of OSM tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from batu_geo.domain.criteria import CandidateRules, Criterion, FeasibilityCriterion
from batu_geo.domain.health import (
    AccessMeasures,
    Referral,
    Robustness,
    Sensitivity,
    Service,
    StaffRules,
)
from batu_geo.domain.scenario import Scenario
from batu_geo.domain.travel import Catchment, Closure, Demand, Mode, Snapping, Threshold, Travel
from batu_geo.network.build_network import build_network
from batu_geo.network.graph import ModeGraph, mode_graph
from batu_geo.network.roads import RoadNetwork
from batu_geo.sources.osm.ways import WayCollector

if TYPE_CHECKING:
    from collections.abc import Mapping

# The zone of Java is up to 0.1 % off; here a metre drawn is a metre on the ground, to 1e-8.
CRS = "+proj=tmerc +lat_0=-7.87 +lon_0=112.63 +k=1 +x_0=668500 +y_0=9129500 +datum=WGS84 +type=crs"
STEP_M = 100.0
CORNER = (668_000.0, 9_130_000.0)
UTM = "EPSG:32749"
TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

WALKING = Mode(
    vehicle="foot",
    thresholds_minutes=(1, 2),
    door_speed_kmh=3.6,
    speeds_kmh={"residential": (3, 6, 12), "path": (1.5, 3, 6), "steps": (1.5, 1.5, 1.5)},
    evidence="assumed",
    source="100 m a minute, 50 m a minute on paths; 1 m a second from the door",
)
RIDING = Mode(
    vehicle="motorcycle",
    thresholds_minutes=(1, 2),
    door_speed_kmh=3.6,
    speeds_kmh={"residential": (6, 12, 24), "primary": (36, 36, 36)},
    evidence="assumed",
    source="200 m a minute, 600 m a minute on main roads",
)
SERVICE = Service(
    kinds=("UPKDK",),
    open_statuses=("active",),
    present_statuses=("active", "temporarily_closed"),
    count_private=False,
    on_date="2026-01-31",
    note="toy",
)
TRAVEL = Travel(direction="to_facility", speed_set="middle", season="dry")


def scenario(
    mode: Mode = WALKING,
    *,
    closures: tuple[Closure, ...] = (),
    others: Mapping[str, Mode] | None = None,
    **travel: object,
) -> Scenario:
    """Return a scenario whose mode "toy" is the one given."""
    return Scenario(
        name="toy",
        title="Toy",
        service=SERVICE,
        headline=Threshold(mode="toy", threshold_minutes=mode.thresholds_minutes[0]),
        travel=TRAVEL.model_copy(update=travel),
        snapping=Snapping(warn_m=50, refuse_m=100),
        demand=Demand(spacing_m=100, inhabited_classes=("residential",), evidence="assumed",
                      source="toy"),
        catchment=Catchment(buffer_m=10),
        modes={"toy": mode, **(others or {})},
        closures=closures,
        need=(Criterion(name="mean_minutes", weight=1, none_at=0, worst_at=9, reason="toy"),),
        candidates=CandidateRules(owners=("city",), land_statuses=("local_government",),
                                  conditions=("good",), min_floor_area_m2=1, min_rooms=1,
                                  evidence="assumed", source="toy"),
        feasibility=(FeasibilityCriterion(name="building_readiness", weight=1, none_at=0,
                                          best_at=1, reason="toy"),),
        staffing=StaffRules(serving_professions=("nurse", "midwife"), working_days=(1, 2),
                            working_hours=(8, 12), new_doctors=0, evidence="assumed",
                            source="toy"),
        access=AccessMeasures(zones_minutes=(1, 2), zone_weights=(1, 0.5), half_minutes=1,
                              professions=("nurse", "midwife"), source="toy"),
        referral=Referral(mode="toy", hospital_kinds=("RUMAH_SAKIT",),
                          count_unknown_emergency=True, limit_minutes=3, source="toy"),
        robustness=Robustness(draws=1000, seed=1, population_error=0, source="toy"),
        sensitivity=Sensitivity(weight_share=0.5, population_share=0.1),
    )  # fmt: skip


def graph(
    roads: RoadNetwork,
    mode: Mode = WALKING,
    **settings: object,
) -> ModeGraph:
    """Return the roads as the mode of a toy scenario sees them."""
    return mode_graph(roads, scenario(mode, **settings), mode="toy")


def places(drawing: str) -> dict[str, tuple[float, float]]:
    """Return the metres of each letter of a drawing."""
    return {
        letter: (CORNER[0] + STEP_M * column, CORNER[1] - STEP_M * row)
        for row, line in enumerate(drawing.strip("\n").splitlines())
        for column, letter in enumerate(line)
        if letter not in " .-|"
    }


def town(drawing: str, streets: Mapping[str, str | Mapping[str, str]]) -> RoadNetwork:
    """Return the roads of a drawing."""
    where = places(drawing)
    found = WayCollector()
    for number, (word, tags) in enumerate(streets.items(), start=1):
        lon, lat = TO_DEGREES.transform(*np.array([where[letter] for letter in word]).T)
        nodes = [(ord(x), *xy) for x, *xy in zip(word, lon, lat, strict=True)]
        found.add(number, {"highway": tags} if isinstance(tags, str) else tags, nodes)
    return build_network(found.ways(), crs=CRS, dropped=found.dropped)


def points(drawing: str, letters: str, *, aside_m: float = 0.0) -> gpd.GeoDataFrame:
    """Return the places of some letters as points, `aside_m` east of the road."""
    where = places(drawing)
    geometry = [shapely.Point(where[x][0] + aside_m, where[x][1]) for x in letters]
    return gpd.GeoDataFrame({"place_id": list(letters)}, geometry=geometry, crs=CRS)


def at(*xy: tuple[float, float]) -> gpd.GeoDataFrame:
    """Return points given in steps right and down from the first letter."""
    geometry = [shapely.Point(CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y) for x, y in xy]
    ids = [f"p{n}" for n in range(len(xy))]
    return gpd.GeoDataFrame({"place_id": ids}, geometry=geometry, crs=CRS)


def demand(population: list[int], village_ids: list[str] | None = None) -> pd.DataFrame:
    """Return demand points without geometry, one a number of people."""
    return pd.DataFrame(
        {
            "demand_id": [f"d{n}" for n in range(len(population))],
            "village_id": village_ids or ["v"] * len(population),
            "population": population,
        }
    )


def villages(**population: int) -> gpd.GeoDataFrame:
    """Return square villages of 1 km side by side, by id."""
    west, north = CORNER
    squares = [
        shapely.box(west + 1000 * n, north - 1000, west + 1000 * (n + 1), north)
        for n in range(len(population))
    ]
    return gpd.GeoDataFrame(
        {
            "village_id": list(population),
            "village_name": [f"Desa {name}" for name in population],
            "district_name": "Toy",
            "population": list(population.values()),
        },
        geometry=squares,
        crs=CRS,
    )
