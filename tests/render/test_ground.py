"""Where a map lies: districts, ground where nobody lives and the middle where most people live."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.ground import (
    AROUND_M,
    districts,
    empty_ground,
    inhabited_middle,
)
from batu_geo.render.cartography.name_places import degrees

CRS = "EPSG:32749"
SQUARES = [shapely.box(3000 * n, 0, 3000 * (n + 1), 3000) for n in range(3)]


def villages(names: list[str], people: tuple[int, ...] = (100, 100, 100)) -> gpd.GeoDataFrame:
    table = {"district_name": names, "population": list(people)}
    return gpd.GeoDataFrame(table, geometry=SQUARES, crs=CRS)


def homes(xy: list[tuple[float, float]], people: list[int]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"population": people}, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), crs=CRS
    )


def test_districts_are_those_that_every_village_names() -> None:
    found = districts(villages(["A", "A", "B"]))
    assert list(found.index) == ["A", "B"]
    assert found["A"].equals(shapely.box(0, 0, 6000, 3000))
    assert not len(districts(villages(["A", "A", "A"])))
    assert not len(districts(villages(["A", "", "B"])))


def test_ground_is_empty_away_from_homes_and_not_where_nobody_is_counted() -> None:
    at = [(500, 500), (4500, 1500), (4600, 1500)]
    ground = empty_ground(villages(["A"] * 3, (100, 100, 0)), homes(at, [100, 99, 1]))
    assert not any(ground.contains(shapely.Point(place)) for place in at)
    assert ground.contains(shapely.Point(1500, 1500))
    assert not ground.intersects(shapely.Point(7500, 1500)), "no data, which has its own pattern"
    far = max(
        shapely.Point(500, 500).distance(shapely.Point(*xy)) for xy in [(500 + AROUND_M, 500)]
    )
    assert ground.distance(shapely.Point(500, 500)) == pytest.approx(far, rel=0.2)
    nobody = homes(at, [0, 0, 0])
    assert empty_ground(villages(["A"] * 3), nobody).is_empty
    assert inhabited_middle(nobody) is None


def test_the_middle_leaves_out_the_outermost_few() -> None:
    xy = [(10.0 * n, 5.0 * n) for n in range(100)]
    west, south, east, north = inhabited_middle(homes(xy, [1] * 100))
    inside = [west <= x <= east and south <= y <= north for x, y in xy]
    assert 90 <= sum(inside) < 100 + AROUND_M
    lone = inhabited_middle(homes([*xy, (90_000.0, 90_000.0)], [1] * 101))
    assert np.allclose(lone, (west, south, east, north), atol=20)


@pytest.mark.slow
def test_what_orients_takes_less_than_100_kb_of_a_page(baseline) -> None:
    base = base_map(baseline)
    assert list(base.districts.index) == ["Batu", "Bumiaji", "Junrejo"]
    shapes = gpd.GeoSeries([base.empty_ground, *base.districts.simplify(15)], crs=CRS)
    assert sum(len(shapely.to_geojson(shape)) for shape in degrees(shapes)) < 100_000
    people = baseline.demand
    at_home = people[people["population"] > 0].geometry.to_numpy()
    shapely.prepare(base.empty_ground)
    assert not shapely.contains(base.empty_ground, at_home).any()
