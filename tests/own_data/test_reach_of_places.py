"""Questions of people with tables of their own: any coordinate system, ids by name, nothing silent."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import batu_geo as bg

# A street of 30 minutes on foot at 5 km/h: 2.5 km along the equator; and a place far from it.
EAST = 2500 / 111319.49
FAR = gpd.GeoDataFrame({"name": ["far"]}, geometry=[shapely.Point(112.6, 0.1)], crs="EPSG:4326")


@pytest.fixture(scope="module")
def roads() -> bg.Roads:
    street = shapely.LineString([(112.5, 0), (112.5 + EAST, 0)])
    lines = gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[street], crs="EPSG:4326")
    return bg.roads_from_lines(lines)


def along(*shares: float, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    places = [shapely.Point(112.5 + share * EAST, 0) for share in shares]
    names = [f"p{share:g}" for share in shares]
    people = [10 * n for n in range(1, len(shares) + 1)]
    table = gpd.GeoDataFrame({"name": names, "people": people}, geometry=places, crs="EPSG:4326")
    return table.to_crs(crs)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32649", "EPSG:3857"])
def test_minutes_do_not_depend_on_the_coordinate_system(roads: bg.Roads, crs: str) -> None:
    table = bg.travel_times(
        roads, origins=along(0, 0.5, crs=crs), destinations=along(1.0), mode="foot",
        origin_id="name", destination_id="name",
    ).to_frame()  # fmt: skip
    assert table["origin_id"].tolist() == ["p0", "p0.5"]
    assert table["travel_time_min"].tolist() == pytest.approx([30, 15], abs=0.01)


def test_the_nearest_has_its_id_minutes_and_metres(roads: bg.Roads) -> None:
    found = bg.nearest(
        roads, origins=along(0.2, 0.9), destinations=along(0, 1.0), mode="foot",
        destination_id="name",
    )  # fmt: skip
    assert found["nearest_id"].tolist() == ["p0", "p1"]
    assert found["minutes"].tolist() == pytest.approx([6, 3], abs=0.01)
    assert found["metres"].tolist() == pytest.approx([500, 250], abs=1)
    assert found["people"].tolist() == [10, 20]


def test_a_home_exactly_at_the_threshold_is_served(roads: bg.Roads) -> None:
    homes, units = along(0, 0.25, 0.5), along(1.0)
    limit = float(bg.travel_times(roads, origins=along(0.25), destinations=units,
                                  mode="foot").best()[0])  # fmt: skip
    found = bg.served(roads, homes=homes, facilities=units, minutes=limit, mode="foot")
    assert found["is_served"].tolist() == [False, True, True]
    assert int(found.loc[found["is_served"], "people"].sum()) == 50


@pytest.mark.slow
def test_who_cannot_be_reached_is_said_and_counted(roads: bg.Roads) -> None:
    with pytest.warns(bg.BatuGeoWarning, match=r"BG-477 origins: 1 of 1 places .* 500 m"):
        found = bg.nearest(roads, origins=FAR, destinations=along(0.5))
    assert found["nearest_id"].tolist() == [None]
    assert np.isinf(found[["minutes", "metres"]].to_numpy()).all()
    with pytest.warns(bg.BatuGeoWarning, match="BG-477 destinations"):
        bg.nearest(roads, origins=along(0.5), destinations=FAR)
    with pytest.warns(bg.BatuGeoWarning, match="BG-477 points"):
        bg.isochrones(roads, FAR)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32649"])
def test_isochrones_are_in_the_system_of_their_points(roads: bg.Roads, crs: str) -> None:
    found = bg.isochrones(
        roads, along(0.0, 0.5, crs=crs), minutes=[15, 7.5], mode="foot", point_id="name"
    )
    assert found.crs == crs
    assert found["minutes"].tolist() == [15, 15, 7.5, 7.5]
    assert found["name"].tolist() == ["p0", "p0.5", "p0", "p0.5"]
    assert found["street_km"].tolist() == pytest.approx([1.25, 2.5, 0.625, 1.25], abs=0.01)
    larger, smaller = found.geometry[:2], found.geometry[2:]
    assert all(a.buffer(1e-9).covers(b) for a, b in zip(larger, smaller, strict=True))
    joint = bg.isochrones(roads, along(0.0, 1.0), minutes=[7.5], mode="foot", is_joint=True)
    assert joint["street_km"].tolist() == pytest.approx([1.25], abs=0.01)


FAULTS = {
    "no system": (lambda table: table.set_crs(None, allow_override=True), {}, "BG-471.*set_crs"),
    "no column": (lambda table: table, {"origin_id": "kode"}, "BG-201.*kode"),
    "twice": (lambda table: table.assign(name="x"), {"origin_id": "name"}, "BG-476.*x"),
    "no point": (lambda table: table.set_geometry(table.buffer(1)), {}, "BG-475.*row 1"),
    "empty": (lambda table: table.set_geometry([shapely.Point()] * 2), {}, "BG-475"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
def test_a_table_with_a_fault_is_refused_by_a_line_that_says_how(
    roads: bg.Roads, fault: str
) -> None:
    damaged, more, words = FAULTS[fault]
    with pytest.raises(bg.BatuGeoError) as refused:
        bg.travel_times(roads, origins=damaged(along(0, 0.5)), destinations=along(1.0), **more)
    import re

    assert re.search(words, "\n".join(refused.value.lines("en")), re.DOTALL)


def test_the_engine_reprojects_too_and_refuses_what_has_no_system(roads: bg.Roads) -> None:
    graph = roads.graph("foot")
    here, there = along(0, crs="EPSG:32649"), along(0)
    drawn = [bg.catchments(graph, facilities=table[["name", "geometry"]], thresholds_minutes=[10],
                           refuse_m=500, buffer_m=10) for table in (here, there)]  # fmt: skip
    assert drawn[0]["street_km"].tolist() == pytest.approx(drawn[1]["street_km"].tolist())
    with pytest.raises(bg.BatuGeoError, match="BG-471"):
        bg.catchments(graph, facilities=there.set_crs(None, allow_override=True),
                      thresholds_minutes=[10], refuse_m=500, buffer_m=10)  # fmt: skip
