"""The same street, whatever the format: closures, directions, classes and limits agree."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from batu_geo.domain.errors import BatuGeoError
from batu_geo.domain.travel import VEHICLES
from batu_geo.network.build_network import build_network
from batu_geo.network.roads import RoadNetwork
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.roads.reading import RoadReading
from tests.road_files import (
    WRITERS,
    Drawn,
    flat_lines,
    town,
    with_keys,
    write_gdal_geopackage,
    write_graphml,
    write_osmnx_geopackage,
    write_shapes,
    write_xml,
    zip_of,
)
from tests.toy import UTM

if TYPE_CHECKING:
    from pathlib import Path

CAR = 1 << VEHICLES.index("car")
MOTORCYCLE = 1 << VEHICLES.index("motorcycle")
FOOT = 1 << VEHICLES.index("foot")
AMBULANCE = 1 << VEHICLES.index("ambulance")


def reading_of(path: Path) -> RoadReading:
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    reading = RoadReading()
    READERS[opened.suffix](opened, reading)
    return reading


def network(path: Path) -> RoadNetwork:
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    return read_roads(opened, crs=UTM)


def rules(roads: RoadNetwork) -> dict[tuple, tuple]:
    """Return what each street by its ends is: class, closures, limit, surface, legs, length."""
    assert roads.rules is not None
    found = {}
    for edge in range(roads.edge_count):
        ends = [tuple(np.round(roads.node_xy[n]).tolist()) for n in roads.edge_node[edge]]
        closed = [int(bits) for bits in roads.closed[edge]]
        legs = [int(bits) for bits in roads.rules.ends_only[edge]]
        if ends[0] > ends[1]:
            ends, closed, legs = ends[::-1], closed[::-1], legs[::-1]
        limit = roads.maxspeed_kmh[edge]
        found[tuple(ends)] = (
            roads.classes[roads.road_class[edge]], *closed,
            None if np.isnan(limit) else float(limit), roads.surfaces[roads.surface[edge]],
            int(roads.structure[edge]), *legs, int(roads.rules.opened[edge]), round(float(roads.length_m[edge])),
        )  # fmt: skip
    return found


def built(reading: RoadReading) -> RoadNetwork:
    return build_network(reading.collector.ways(), crs=UTM, dropped=reading.collector.dropped)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.slow
def test_the_same_street_whatever_the_format(name: str, tmp_path: Path) -> None:
    drawn = town(bollard=True, turn=True)
    reading = reading_of(WRITERS[name](tmp_path, drawn))
    same = town(bollard=reading.holds_nodes, turn=True)
    reference = network(write_xml(tmp_path, with_keys(same, reading.keys)))
    found = rules(built(reading))
    assert len(found) == 15 + reading.holds_nodes, "a bollard cuts the street it stands on"
    assert found == rules(reference)


HOLDS = {
    "OSM XML": (True, True), "OSM PBF": (True, True), "Overpass JSON": (True, True),
    "GraphML of osmnx": (False, False), "GeoPackage of osmnx": (False, False),
    "GeoPackage of GDAL": (True, False), "Shapefile": (False, False), "GeoJSON": (False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
@pytest.mark.slow
def test_what_stands_on_nodes_and_turns_comes_from_the_formats_that_hold_it(
    name: str, tmp_path: Path
) -> None:
    reading = reading_of(WRITERS[name](tmp_path, town(bollard=True, turn=True)))
    assert (reading.holds_nodes, reading.holds_turns) == HOLDS[name]
    barriers = [tags.get("barrier") for tags in reading.collector.node_tags.values()]
    assert barriers == ["bollard"] * reading.holds_nodes
    assert len(reading.collector.restrictions) == reading.holds_turns


def closed_by_way(roads: RoadNetwork) -> dict[int, tuple[int, int]]:
    return {
        int(way): (int(f), int(b)) for way, (f, b) in zip(roads.way_id, roads.closed, strict=True)
    }


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.slow
def test_rules_by_hand(name: str, tmp_path: Path) -> None:
    """Way 1001 is one-way to the east, 1002 to the west; 1004 is closed to vehicles, 2004 to feet.

    OSMnx draws 1002 the other way round: forward is as it may be driven.
    """
    closed = closed_by_way(network(WRITERS[name](tmp_path, town())))
    driven = MOTORCYCLE | CAR | AMBULANCE
    assert closed[1000] == (0, 0)
    assert closed[1001] == (0, driven)
    assert closed[1002] == ((0, driven) if "osmnx" in name else (driven, 0))
    assert closed[1004] == (driven, driven)
    assert closed[2004] == (FOOT, FOOT)
    assert closed[2005] == (CAR | AMBULANCE, CAR | AMBULANCE)


def test_a_key_whose_name_was_cut_is_used_where_it_can_be_one_only(tmp_path: Path) -> None:
    reading = reading_of(WRITERS["Shapefile"](tmp_path, town()))
    assert {"motor_vehicle", "motorcycle", "smoothness"} <= (reading.keys or set())
    assert "oneway:motorcycle" not in (reading.keys or set())
    assert list(reading.unclear.values()) == [
        ("oneway:motor_vehicle", "oneway:motorcar", "oneway:motorcycle")
    ]


def one_street(**columns: object) -> gpd.GeoDataFrame:
    """Return two streets that cross, the first with these columns; the second is two-way."""
    lines = [shapely.LineString([(112.5, -7.9), (112.502, -7.9)]),
             shapely.LineString([(112.502, -7.9), (112.504, -7.9)])]  # fmt: skip
    rows = [{"highway": "residential", **columns},
            {"highway": "residential", **{k: other(v) for k, v in columns.items()}}]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=lines, crs="EPSG:4326")


def other(value: object) -> object:
    return type(value)() if isinstance(value, bool | int | float) else None


@pytest.mark.parametrize("value", [True, 1, 1.0, "yes", "True", "1", "T"])
def test_a_one_way_street_by_every_way_of_writing_it(value: object, tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    one_street(oneway=value).to_file(path, layer="jalan")
    closed = rules(network(path))
    assert [row[1:3] for _, row in sorted(closed.items())] == [(0, 14), (0, 0)]


@pytest.mark.parametrize(("value", "limit"), [(5, 5.0), (30.0, 30.0), ("30", 30.0), (0, None)])
def test_a_speed_limit_by_every_way_of_writing_it(
    value: object, limit: float | None, tmp_path: Path
) -> None:
    path = tmp_path / "x.gpkg"
    one_street(maxspeed=value).to_file(path, layer="jalan")
    assert sorted(rules(network(path)).items())[0][1][3] == limit


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_lines_in_metres_lie_where_those_in_degrees_do(suffix: str, tmp_path: Path) -> None:
    drawn = town()
    path = tmp_path / f"x{suffix}"
    flat_lines(drawn).to_crs(UTM).to_file(path)
    assert rules(network(path)) == rules(network(WRITERS["GeoJSON"](tmp_path, drawn)))


@pytest.mark.slow
def test_a_geopackage_that_was_open_in_qgis_is_read(tmp_path: Path) -> None:
    """QGIS leaves the header of write-ahead mode behind, which SQLite cannot read from memory."""
    path = write_gdal_geopackage(tmp_path, town())
    content = bytearray(path.read_bytes())
    content[18:20] = b"\x02\x02"
    path.write_bytes(content)
    assert network(path).edge_count == 15


def test_one_way_streets_of_an_extract_say_f_t_and_b(tmp_path: Path) -> None:
    lines = [shapely.LineString([(112.5 + n / 500, -7.9), (112.502 + n / 500, -7.9)])
             for n in range(4)]  # fmt: skip
    frame = gpd.GeoDataFrame(
        {
            "osm_id": ["1", "2", "3", "4"],
            "code": [5122, 5122, 5122, 5144],
            "fclass": ["residential", "residential", "unknown", "track_grade3"],
            "oneway": ["F", "T", "B", "B"],
            "maxspeed": [30, 0, 0, 0],
            "bridge": ["F", "F", "T", "F"],
            "tunnel": ["F", "F", "F", "F"],
        },
        geometry=lines,
        crs="EPSG:4326",
    )
    write_shapes(frame, tmp_path / "gis_osm_roads_free_1.shp")
    reading = reading_of(zip_of(tmp_path, "gis_osm_roads_free_1"))
    roads = built(reading)
    assert closed_by_way(roads) == {1: (0, 14), 2: (14, 0), 3: (0, 0), 4: (0, 0)}
    by_way = dict(zip(roads.way_id.tolist(), range(4), strict=True))
    names = [roads.classes[roads.road_class[by_way[n]]] for n in (1, 2, 3, 4)]
    assert names == ["residential", "residential", "road", "track"]
    assert float(roads.maxspeed_kmh[by_way[1]]) == 30
    assert np.isnan(roads.maxspeed_kmh[by_way[2]])
    assert [int(roads.structure[by_way[n]]) for n in (1, 3)] == [0, 1]
    assert reading.ways["tracktype", "grade3"] == 1


def test_other_tags_are_tags(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    text = '"oneway"=>"yes","surface"=>"mud","name:id"=>"Gang \\"B\\""'
    one_street(other_tags=text).to_file(path, layer="lines")
    first = sorted(rules(network(path)).items())[0][1]
    assert first[1:5] == (0, 14, None, "mud")


@pytest.mark.slow
def test_no_two_way_street_of_osmnx_is_two_streets(tmp_path: Path) -> None:
    """Ten streets are two-way and have two edges each; five are one-way."""
    path = write_osmnx_geopackage(tmp_path, town())
    edges = pyogrio.read_dataframe(path, layer="edges")
    assert len(edges) > 20
    roads = network(path)
    assert roads.edge_count == 15
    assert np.count_nonzero((roads.closed & CAR).sum(axis=1) == CAR) == 3


def test_a_graph_obeys_the_keys_of_every_vehicle(tmp_path: Path) -> None:
    import osmnx

    graph = osmnx.graph_from_xml(write_xml(tmp_path, town()), simplify=False, retain_all=True)
    for _, _, data in graph.edges(data=True):
        if data["osmid"] == 1000:
            data["motor_vehicle"] = "no"
    path = tmp_path / "x.graphml"
    osmnx.save_graphml(graph, path)
    assert closed_by_way(network(path))[1000] == (14, 14)


def test_streets_merged_into_one_edge_keep_the_strictest_rule(tmp_path: Path) -> None:
    import osmnx

    graph = osmnx.graph_from_xml(write_xml(tmp_path, town()), simplify=False, retain_all=True)
    for _, _, data in graph.edges(data=True):
        if data["osmid"] == 1000:
            data |= {"osmid": [1000, 999], "highway": ["residential", "service"],
                     "access": ["yes", "no"], "maxspeed": ["50", "30"]}  # fmt: skip
    path = tmp_path / "x.graphml"
    osmnx.save_graphml(graph, path)
    roads = network(path)
    edge = int(np.flatnonzero(roads.way_id == 999)[0])
    assert roads.classes[roads.road_class[edge]] == "service"
    assert roads.closed[edge].tolist() == [15, 15]
    assert float(roads.maxspeed_kmh[edge]) == 30


@pytest.mark.slow
def test_points_that_stand_on_no_road_are_counted(tmp_path: Path) -> None:
    path = write_gdal_geopackage(tmp_path, town(bollard=True))
    gates = gpd.GeoDataFrame(
        {"barrier": ["gate"]}, geometry=[shapely.Point(112.6, -7.8)], crs="EPSG:4326"
    )
    pyogrio.write_dataframe(gates, path, layer="gates", driver="GPKG", append=True)
    assert network(path).dropped["barriers on no road"] == 1


def test_nodes_of_several_layers_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    one_street().to_file(path, layer="a")
    far = one_street()
    far.geometry = far.geometry.translate(0, 0.01)
    far.to_file(path, layer="b", mode="a")
    roads = network(path)
    assert roads.node_count == 6
    assert roads.length_m.max() < 250


RBI = ("Jalan Arteri", "Jalan Kolektor", "JALAN LOKAL", "Jalan Lain", "Jalan Setapak",
       "Jalan Tol", "Jalan Lingkungan", "Titian", None)  # fmt: skip


@pytest.mark.parametrize("column", ["REMARK", "kelas"])
def test_road_layers_of_rbi_are_read_by_their_kind(column: str, tmp_path: Path) -> None:
    lines = [shapely.LineString([(112.5 + n / 500, -7.9), (112.502 + n / 500, -7.9)])
             for n in range(len(RBI))]  # fmt: skip
    frame = gpd.GeoDataFrame(
        {"NAMRJL": [f"Ruas {n}" for n in range(len(RBI))], column: RBI, "LCODE": "BA03"},
        geometry=lines, crs="EPSG:9470",
    ).set_crs("EPSG:4326", allow_override=True)  # fmt: skip
    write_shapes(frame, tmp_path / "JALAN_LN_25K.shp")
    reading = reading_of(zip_of(tmp_path, "JALAN_LN_25K"))
    roads = built(reading)
    order = np.argsort(roads.way_id)
    assert [roads.classes[c] for c in roads.road_class[order]] == [
        "primary", "secondary", "tertiary", "unclassified", "path", "motorway", "residential",
    ]  # fmt: skip
    assert "Ruas 0" in roads.names
    assert roads.closed[roads.is_motorway].tolist()[0][0] == roads.closed[
        roads.is_motorway].tolist()[0][1], "lines of RBI have no direction"  # fmt: skip
    assert reading.classes == {"Titian": 1}


def test_a_zip_with_layers_of_other_things_gives_the_roads(tmp_path: Path) -> None:
    write_shapes(flat_lines(town()), tmp_path / "a_roads.shp")
    rivers = one_street().drop(columns="highway").assign(NAMOBJ="Brantas", REMARK="Sungai")
    write_shapes(rivers, tmp_path / "b_rivers.shp")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for part in sorted(tmp_path.glob("?_*.*")):
            archive.write(part, f"data/{part.name}")
    assert network(tmp_path / "all.zip").edge_count == 15


REFUSED = {
    "no class.geojson": (
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"lebar": 3},
             "geometry": {"type": "LineString", "coordinates": [[112.5, -7.9], [112.6, -7.9]]}}]},
        "BG-201"),
    "empty.geojson": ({"type": "FeatureCollection", "features": []}, "BG-201"),
    "answer.geojson": ({"elements": []}, "BG-201"),
    "points.geojson": (
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"highway": "bus_stop"},
             "geometry": {"type": "Point", "coordinates": [112.5, -7.9]}}]},
        "BG-201"),
    "faulty.geojson": (
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"highway": "path"},
             "geometry": {"type": "LineString", "coordinates": [[112.5, "x"], [112.6, -7.9]]}}]},
        "BG-207"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_lines_that_are_no_roads_are_refused_in_one_line(name: str, tmp_path: Path) -> None:
    document, code = REFUSED[name]
    path = tmp_path / name
    path.write_text(json.dumps(document))
    with pytest.raises(BatuGeoError) as caught:
        network(path)
    assert len(caught.value.lines("en")) == 1
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.txt": b"x"}, "BG-259"),
        ({"a.shp": b"\x00\x00\x27\x0a" + bytes(96)}, "BG-229"),
        ({"a.shp": b"no", "a.shx": b"no", "a.dbf": b"no"}, "BG-103"),
        ({"a.gpkg": b"no"}, "BG-103"),
    ],
)
def test_a_zip_without_a_whole_shapefile_is_refused(
    members: dict[str, bytes], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(BatuGeoError) as caught:
        network(path)
    assert caught.value.problems[0].code == code


def test_the_graph_of_a_drawn_town_names_the_keys_it_holds(tmp_path: Path) -> None:
    keys = reading_of(write_graphml(tmp_path, town())).keys
    assert keys is not None
    assert {"motorcar", "foot", "vehicle", "oneway:motorcycle"} <= keys
    assert "toll" not in keys


def test_the_reference_town_has_fifteen_rules() -> None:
    drawn: Drawn = town()
    assert len({tuple(sorted(tags.items())) for _, tags in drawn.ways.values()}) == 15
