"""Roads from every kind of file, and what is wrong with a file told in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from batu_geo.domain.errors import BatuGeoError
from batu_geo.network.roads import RoadNetwork
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.roads.read_roads import READERS, read_roads
from tests.toy import CRS, TO_DEGREES, places
from tests.toy_study import write_osm

if TYPE_CHECKING:
    from collections.abc import Callable

DRAWING = "A B C\n\nD E F"
STREETS = {
    "ABC": {"highway": "residential", "name": "Jalan Satu"},
    "DEF": {"highway": "tertiary", "oneway": "yes", "maxspeed": "30"},
    "AD": {"highway": "path", "surface": "mud"},
    "BE": {"highway": "residential", "oneway": "-1"},
    "CF": "residential",
}


def read(path: Path) -> RoadNetwork:
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    return read_roads(opened, crs=CRS)


@pytest.fixture
def pbf(tmp_path: Path) -> Path:
    path = tmp_path / "x.osm.pbf"
    write_osm(path, DRAWING, STREETS)
    return path


def summary(roads: RoadNetwork) -> list[tuple]:
    """Return the edges by their ends, class, rules and length: what every format must agree on."""
    rows = []
    for edge in range(roads.edge_count):
        ends = [tuple(np.round(roads.node_xy[n], 0).tolist()) for n in roads.edge_node[edge]]
        closed = tuple(roads.closed[edge].tolist())
        if ends[0] > ends[1]:
            ends, closed = ends[::-1], closed[::-1]
        name = roads.classes[roads.road_class[edge]]
        rows.append((*ends, name, closed, round(roads.length_m[edge])))
    return sorted(rows)


def test_an_osm_file_binary_and_xml(pbf: Path, tmp_path: Path) -> None:
    roads = read(pbf)
    assert (roads.node_count, roads.edge_count) == (6, 7)
    assert roads.names == ("", "Jalan Satu")
    assert roads.surfaces == ("", "mud")
    assert np.nanmax(roads.maxspeed_kmh) == 30
    xml = tmp_path / "x.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for item in osmium.FileProcessor(str(pbf)):
            writer.add(item)
    assert summary(read(xml)) == summary(roads)


def overpass(pbf: Path, *, with_geometry: bool) -> dict:
    nodes, elements = {}, []
    for item in osmium.FileProcessor(str(pbf)):
        if item.is_node():
            nodes[item.id] = {"lon": item.location.lon, "lat": item.location.lat}
            if not with_geometry:
                elements.append({"type": "node", "id": item.id, **nodes[item.id]})
        else:
            refs = [n.ref for n in item.nodes]
            way = {"type": "way", "id": item.id, "nodes": refs, "tags": dict(item.tags)}
            if with_geometry:
                way["geometry"] = [nodes[ref] for ref in refs]
            elements.append(way)
    return {"version": 0.6, "elements": elements}


@pytest.mark.parametrize("with_geometry", [True, False])
def test_an_overpass_answer(pbf: Path, tmp_path: Path, with_geometry: bool) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(overpass(pbf, with_geometry=with_geometry)))
    assert summary(read(path)) == summary(read(pbf))


def test_a_graph_saved_by_osmnx(pbf: Path, tmp_path: Path) -> None:
    import osmnx

    xml = tmp_path / "x.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for item in osmium.FileProcessor(str(pbf)):
            writer.add(item)
    graph = osmnx.graph_from_xml(xml, simplify=True, retain_all=True, bidirectional=False)
    path = tmp_path / "x.graphml"
    osmnx.save_graphml(graph, path)
    found, expected = read(path), read(pbf)
    assert found.length_m.sum() == pytest.approx(expected.length_m.sum(), abs=0.1)
    closed_ways = [np.count_nonzero(r.closed[:, :] & 2) for r in (found, expected)]
    assert closed_ways[0] >= 2, "one-way streets stay one-way"


def test_lines_of_a_geopackage(pbf: Path, tmp_path: Path) -> None:
    where = places(DRAWING)
    rows, shapes = [], []
    for word, tags in STREETS.items():
        tags = {"highway": tags} if isinstance(tags, str) else tags
        rows.append({"highway": tags["highway"], "oneway": tags.get("oneway")})
        shapes.append(shapely.LineString([TO_DEGREES.transform(*where[x]) for x in word]))
    path = tmp_path / "x.gpkg"
    gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326").to_file(path, layer="jalan")
    assert summary(read(path)) == summary(read(pbf))


def test_repeated_ways_and_areas_are_counted_and_left_out(tmp_path: Path) -> None:
    answer = {
        "elements": [
            {"type": "node", "id": 1, "lon": 112.5, "lat": -7.9},
            {"type": "node", "id": 2, "lon": 112.501, "lat": -7.9},
            {"type": "way", "id": 7, "nodes": [1, 2], "tags": {"highway": "residential"}},
            {"type": "way", "id": 7, "nodes": [1, 2], "tags": {"highway": "residential"}},
            {
                "type": "way",
                "id": 8,
                "nodes": [1, 2],
                "tags": {"highway": "pedestrian", "area": "yes"},
            },
            {"type": "way", "id": 9, "nodes": [1, 2], "tags": {"highway": "construction"}},
            {
                "type": "way",
                "id": 10,
                "nodes": [1, 3],
                "tags": {"highway": "path", "maxspeed": "x"},
            },
            {"type": "way", "id": 11, "nodes": [1, 2], "tags": {"waterway": "river"}},
        ]
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(answer))
    assert dict(read(path).dropped) == {
        "repeated ways": 1,
        "areas": 1,
        "ways of a class that is no road": 1,
        "odd maxspeed tags": 1,
        "missing nodes": 1,
        "ways with less than two nodes": 1,
    }


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content)


BAD = {
    "cut.osm.pbf": (lambda p: p.write_bytes(p.with_name("x.osm.pbf").read_bytes()[:90]), "BG-109"),
    "page.osm.pbf": (text("<!DOCTYPE html><p>Too many requests</p>"), "BG-103"),
    "page.osm": (text("<html><body>502</body></html>"), "BG-103"),
    "page.json": (text("<html>504 Gateway Timeout</html>"), "BG-103"),
    "doctype.osm": (text("<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'b'>]><osm/>"), "BG-103"),
    "vrt.gpkg": (text("<OGRVRTDataSource/>"), "BG-103"),
    "remark.json": (text('{"elements": [], "remark": "runtime error: Query timed out"}'), "BG-114"),
    "other.json": (text('{"type": "FeatureCollection", "features": []}'), "BG-103"),
    "odd.json": (text('{"elements": [{"type": "way", "tags": {"highway": "path"}}]}'), "BG-109"),
    "list.json": (text('{"elements": 3}'), "BG-103"),
    "none.json": (text('{"elements": []}'), "BG-213"),
    "none.osm": (text("<?xml version='1.0'?><osm version='0.6'></osm>"), "BG-213"),
    "broken.osm": (text("<?xml version='1.0'?><osm version='0.6'><way id='1'>"), "BG-117"),
    "none.graphml": (text("<graphml></graphml>"), "BG-109"),
    "fake.gpkg": (lambda p: p.write_bytes(b"SQLite format 3\x00" + b"x" * 200), "BG-119"),
    "x.shp": (text("x"), "BG-229"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_network_is_refused_in_one_line(name: str, pbf: Path) -> None:
    spoil, code = BAD[name]
    path = pbf.with_name(name)
    spoil(path)
    with pytest.raises(BatuGeoError) as caught:
        read(path)
    lines = caught.value.lines("en")
    assert len(lines) == 1
    assert lines[0].startswith(f"{code} {name}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "edges"),
    [
        ("merapi_sleman.osm.pbf", 4419),
        ("merapi_sleman_overpass.json", 4419),
        ("dieng_banjarnegara.osm.pbf", 3000),
        ("jember_lumajang.osm.pbf", 2400),
        ("simpl_balikpapan_kota_drive.graphml", 1400),
    ],
)
def test_real_networks_are_read(shared_data: Callable[[str], Path], name: str, edges: int) -> None:
    roads = read(shared_data(f"roads/{name}"))
    assert roads.edge_count >= edges
    assert np.isfinite(roads.length_m).all()


def test_the_osm_test_files_are_read_or_refused(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    """`result` says of each whether it is valid; an invalid one may never be read as roads."""
    folder = shared_data("malformed/osm_testdata/xml/data")
    found = {}
    for case in sorted(folder.iterdir()):
        for source in case.glob("data.osm"):
            path = tmp_path / f"{case.name}.osm"
            path.write_bytes(source.read_bytes())
            try:
                read(path)
                found[case.name] = "read"
            except BatuGeoError as error:
                assert len(error.lines()) == 1
                found[case.name] = error.problems[0].code
    assert len(found) >= 20
    assert "read" not in found.values(), "none of these files holds a road"


@pytest.mark.slow
def test_the_osm_geometry_grid_is_read_with_counts(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shared_data("malformed/osm_testdata/grid/data")
    outcomes = {"read": 0, "refused": 0}
    for source in sorted(folder.rglob("data.osm")):
        content = source.read_text(encoding="utf-8")
        path = tmp_path / "grid.osm"
        path.write_text(
            content.replace(
                'k="test:section"', 'k="highway" v="residential"/><tag k="test:section"'
            ),
            encoding="utf-8",
        )
        try:
            roads = read(path)
            assert np.isfinite(roads.length_m).all()
            outcomes["read"] += 1
        except BatuGeoError as error:
            assert len(error.lines()) == 1
            outcomes["refused"] += 1
    assert sum(outcomes.values()) > 50
