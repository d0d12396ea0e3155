"""Where a map lies: districts, inhabited ground and its middle, from the tables of the study."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.inhabited import lakes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Landmark
    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork

# Ground is inhabited within this of a place with people; places are taken to cells first.
AROUND_M, CELL_M, SIMPLER_M = 150.0, 100.0, 15.0
# The middle holds all but this share of the people on each of its four sides.
LEFT_OUT = 0.05
# Water is drawn so far beyond the villages, and that simply; smaller lakes are not.
WATER_BEYOND_M, WATER_SIMPLER_M, SMALLEST_LAKE_M2 = 2_000.0, 20.0, 10_000.0


def districts(villages: Villages) -> gpd.GeoSeries:
    """Return the outlines of the districts by name; none where there is one or none is known."""
    names = villages["district_name"].fillna("")
    if names.nunique() < 2 or (names == "").any():
        return gpd.GeoSeries([], crs=villages.crs)
    return villages[["geometry"]].dissolve(by=names).geometry


def landmarks(known: Iterable[Landmark], crs: str, language: Language) -> gpd.GeoDataFrame:
    """Return the landmarks of a place in its projection, with text and kind."""
    rows = [(mark.said(language), mark.kind, mark.lon, mark.lat) for mark in known]
    table = pd.DataFrame(rows, columns=["text", "kind", "lon", "lat"])
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(table[["text", "kind"]], geometry=points).to_crs(crs)


def empty_ground(villages: Villages, demand: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the ground of the villages where nobody lives; nothing where nobody is placed.

    Villages without people are left out: what they are filled with says so already.
    """
    lived_in = villages[villages["population"] > 0].geometry.to_numpy()
    places = demand.loc[demand["population"] > 0, "geometry"].to_numpy()
    if not len(places):
        return shapely.Polygon()
    cells = np.unique(np.round(shapely.get_coordinates(places) / CELL_M), axis=0) * CELL_M
    homes = shapely.union_all(shapely.buffer(shapely.points(cells), AROUND_M, quad_segs=2))
    return shapely.simplify(shapely.difference(shapely.union_all(lived_in), homes), SIMPLER_M)


def water(roads: RoadNetwork, villages: Villages) -> gpd.GeoSeries:
    """Return the water of a road file about the villages: rivers and coasts as lines, lakes whole.

    None where the file brings none; nothing is drawn that it does not have.
    """
    lines, (rings, lake) = roads.water_lines(), lakes(roads)
    if roads.barrier_lake is not None:
        lines = lines[roads.barrier_lake < 0]
    lines = lines[np.isfinite(shapely.bounds(lines)).all(axis=1)]
    areas = [
        reduce(shapely.symmetric_difference, of_one)
        for _, of_one in pd.Series(rings, dtype=object).groupby(lake)
    ]
    large = [area for area in areas if area.area >= SMALLEST_LAKE_M2]
    frame = shapely.box(*villages.total_bounds).buffer(WATER_BEYOND_M, join_style="mitre")
    found = shapely.intersection(np.array([*lines, *large], dtype=object), frame)
    simple = shapely.simplify(found, WATER_SIMPLER_M)
    return gpd.GeoSeries(simple[~shapely.is_empty(simple)], crs=roads.crs)


def inhabited_middle(demand: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """Return the bounds of the middle where most people live; None where nobody is placed."""
    people = demand["population"].to_numpy(dtype=np.float64)
    if not people.sum():
        return None
    xy = shapely.get_coordinates(demand.geometry.to_numpy())
    (west, east), (south, north) = (_middle(axis, people) for axis in xy.T)
    return west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M


def _middle(axis: NDArray[np.float64], people: NDArray[np.float64]) -> tuple[float, float]:
    """Return between which places on an axis all but the outermost people live."""
    order = np.argsort(axis, kind="stable")
    share = np.cumsum(people[order]) / people.sum()
    low, high = np.searchsorted(share, (LEFT_OUT, 1 - LEFT_OUT))
    return float(axis[order[low]]), float(axis[order[min(high, len(order) - 1)]])
