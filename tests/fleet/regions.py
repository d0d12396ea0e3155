"""Random worlds of six regions that share borders, streets, units and islands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.criteria import Criterion
from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.network.build_network import build_network
from batu_geo.sources.osm.ways import WayCollector
from tests.planning import street
from tests.toy import CORNER, CRS, RIDING, STEP_M, TO_DEGREES, WALKING, scenario

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study

# Regions side by side, blocks of a region, and villages of it.
ACROSS, DOWN, WIDE, HIGH, VILLAGES = 3, 2, 6, 5, 2
COLUMNS, ROWS = ACROSS * WIDE, DOWN * HIGH
NEED = (
    Criterion(name="mean_minutes", weight=2, none_at=0, worst_at=9, reason="law"),
    Criterion(name="share_beyond_percent", weight=1, none_at=0, worst_at=100, reason="law"),
    Criterion(name="people_beyond", weight=1, none_at=0, worst_at=300, reason="law"),
    Criterion(name="residents_per_posyandu", weight=1, none_at=0, worst_at=99, reason="law"),
)


def settings(seed: int) -> Scenario:
    """Return settings by foot and by motorcycle; the headline is one of them, or walk and ride."""
    walking = WALKING.model_copy(update={"slope": "tobler", "crossing_s": 4.0})
    riding = RIDING.model_copy(update={"turn_s": 3.0})
    pair = (walking, riding) if seed % 2 else (riding, walking)
    found = scenario(pair[0], others={"other": pair[1]})
    return found.model_copy(update={"need": NEED[: 3 + seed % 2]})


def ways(rng: np.random.Generator) -> list[tuple[list[int], dict[str, str]]]:
    """Return streets along and across the whole world, with gaps, one-ways and private ones.

    A way goes on over junctions and borders. One region is an island: no street leads there.
    """
    number = np.arange(COLUMNS * ROWS).reshape(ROWS, COLUMNS)
    island = int(rng.integers(-2, ACROSS))  # of the lower row; often none
    found = []
    for line in (*number, *number.T):
        run = [int(line[0])]
        for node in line[1:].tolist():
            a, b = ((n // COLUMNS >= HIGH) * 10 + n % COLUMNS // WIDE for n in (run[-1], node))
            is_sea = a != b and 10 + island in (a, b)
            if is_sea or rng.random() < 0.2:
                found.append(run)
                run = []
            run.append(node)
        found.append(run)
    tagged = []
    for nodes in (run for run in found if len(run) > 1):
        tags = {"highway": str(rng.choice(["residential", "path", "primary"], p=[0.7, 0.1, 0.2]))}
        tags |= {"oneway": "yes"} if rng.random() < 0.2 else {}
        tags |= {"access": "private"} if rng.random() < 0.06 else {}
        tagged.append((nodes if rng.random() < 0.5 else nodes[::-1], tags))
    return tagged


def roads_of(
    streets: list[tuple[list[int], dict[str, str]]], xy: dict[int, tuple[float, float]]
) -> RoadNetwork:
    """Return a network with heights that follow from the place."""
    found = WayCollector()
    lonlat = {
        n: TO_DEGREES.transform(CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y)
        for n, (x, y) in xy.items()
    }
    for name, (nodes, tags) in enumerate(streets, start=1):
        found.add(name, tags, [(n, *lonlat[n]) for n in nodes])
    roads = build_network(found.ways(), crs=CRS, dropped=found.dropped)
    return replace(roads, line_z=20 * np.sin(roads.line_xy / 90).sum(axis=1))


def world(seed: int) -> tuple[dict[str, Study], RoadNetwork]:
    """Return six studies by code, and their joint roads."""
    rng = np.random.default_rng([28, seed])
    xy = {
        y * COLUMNS + x: (x + float(rng.uniform(-0.2, 0.2)), y + float(rng.uniform(-0.2, 0.2)))
        for x in range(COLUMNS) for y in range(ROWS)
    }  # fmt: skip
    roads = roads_of(ways(rng), xy)
    studies = {
        f"35.{10 * y + x:02d}": _study(rng, roads, x * WIDE, y * HIGH)
        for x in range(ACROSS) for y in range(DOWN)
    }  # fmt: skip
    return studies, roads


def _study(rng: np.random.Generator, roads: RoadNetwork, west: int, north: int) -> Study:
    """Return the study of one region; its units and buildings like to be at its border."""
    ids = [f"v{west}-{north}-{n}" for n in range(VILLAGES)]
    with_unit = [name for name in ids if rng.random() < 0.6]
    place = lambda: (west + float(rng.choice([-0.3, WIDE - 0.7, rng.uniform(0, WIDE - 1)])),  # noqa: E731
                     north + float(rng.uniform(-0.3, HIGH - 0.7)))  # fmt: skip
    units = {f"u-{name}": (name, place()) for name in with_unit}
    sites = {f"s-{name}": (name, place()) for name in ids if name not in with_unit}
    rows, boxes, half = [], [], WIDE / VILLAGES
    for n, name in enumerate(ids):
        x0, x1, y0, y1 = west + half * n, west + half * (n + 1), north, north + HIGH
        # Outlines of regions overlap a little: a street there houses the people of the first.
        boxes.append(shapely.box(*_metres(x0 - 0.5, y1 - 0.3), *_metres(x1 - 0.5, y0 - 0.5)))
        rows.append({"village_id": name, "village_name": f"Desa {name}", "district_name": "D",
                     "population": int(rng.integers(20, 400)), "population_evidence": "reported",
                     "area_km2": 0.1, "puskesmas": None})  # fmt: skip
    base = street.study({name: (v, 0) for name, (v, _) in units.items()},
                        {name: (v, 0) for name, (v, _) in sites.items()})  # fmt: skip
    staffing = street.roster(
        *((name, job, int(rng.integers(1, 5)), "1-5", "08:00", "12:00")
          for name in units for job in ("nurse", "midwife"))
    )  # fmt: skip
    return replace(
        base,
        villages=Villages(gpd.GeoDataFrame(pd.DataFrame(rows), geometry=boxes, crs=CRS)),
        facilities=Facilities(base.facilities.set_geometry(_points(units), crs=CRS)),
        buildings=Buildings(base.buildings.set_geometry(_points(sites), crs=CRS)),
        roads=roads,
        staffing=staffing,
    )


def _metres(x: float, y: float) -> tuple[float, float]:
    return CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y


def _points(things: dict[str, tuple[str, tuple[float, float]]]) -> list[Any]:
    return [shapely.Point(*_metres(*xy)) for _, xy in things.values()]
