"""Roads cut to a study: the same travel times within the thresholds, and no more memory than that."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pytest
import shapely

from batu_geo.domain.errors import BatuGeoError
from batu_geo.network.travel_times import travel_times
from batu_geo.sources.files import streaming
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.files.streaming import is_streamed, streamed_input
from batu_geo.sources.geometry import large_archives
from batu_geo.sources.roads.cutting import cut_roads
from batu_geo.sources.roads.read_roads import read_roads
from tests.how_many import few
from tests.malformed.cases import zipped
from tests.toy import CRS, RIDING, TO_DEGREES, WALKING, graph, scenario

if TYPE_CHECKING:
    from batu_geo.domain.travel import Mode

STEP, SIDE = 200.0, 24
MIDDLE = (668_000.0 + STEP * SIDE / 2, 9_130_000.0)
TAGS = ({"highway": "residential"}, {"highway": "primary", "oneway": "yes"}, {"highway": "path"},
        {"highway": "residential", "bridge": "yes"}, {"route": "ferry", "duration": "00:05"})  # fmt: skip


def degrees(x: float, y: float) -> tuple[float, float]:
    lon, lat = TO_DEGREES.transform(x, y)
    return float(lon), float(lat)


def world(path: Path, seed: int) -> Path:
    """Write a random town of 5 by 5 km: streets of several steps, barriers, turns and a lake."""
    rng = np.random.default_rng(seed)
    xy = [(668_000 + STEP * (c + rng.uniform(-0.3, 0.3)), 9_130_000 + STEP * (r + rng.uniform(-0.3, 0.3)))
          for r in range(-SIDE // 2, SIDE // 2) for c in range(SIDE)]  # fmt: skip
    ways = []
    for start in rng.integers(0, len(xy), 260).tolist():
        nodes = [start]
        for step in rng.choice([1, -1, SIDE, -SIDE], int(rng.integers(1, 9))).tolist():
            following = nodes[-1] + step
            is_beside = abs(following % SIDE - nodes[-1] % SIDE) <= 1
            if 0 <= following < len(xy) and is_beside and following not in nodes:
                nodes.append(following)
        if len(nodes) > 1:
            ways.append((nodes, TAGS[int(rng.choice(5, p=[0.5, 0.2, 0.1, 0.15, 0.05]))]))
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(xy):
            tags = {"barrier": "gate", "access": "no"} if rng.random() < 0.02 else {}
            writer.add_node(mutable.Node(id=number + 1, location=degrees(*place), tags=tags))
        for number, (nodes, tags) in enumerate(ways):
            ids = [node + 1 for node in nodes]
            writer.add_way(mutable.Way(id=number + 1, nodes=ids, tags=tags))
        corner = int(rng.integers(SIDE, SIDE * (SIDE - 9)))
        ring = [corner, corner + 1, corner + SIDE + 1, corner + SIDE, corner]
        for number, half in ((9001, ring[:3]), (9002, ring[2:])):
            writer.add_way(mutable.Way(id=number, nodes=[n + 1 for n in half]))
        water = {"type": "multipolygon", "natural": "water"}
        members = [("w", 9001, "outer"), ("w", 9002, "outer")]
        writer.add_relation(mutable.Relation(id=1, members=members, tags=water))
        for number, (nodes, _) in enumerate(ways):
            after = [
                n for n, (other, _) in enumerate(ways) if other[0] == nodes[-1] and n != number
            ]
            if after and rng.random() < 0.3:
                turn = [
                    ("w", number + 1, "from"),
                    ("n", nodes[-1] + 1, "via"),
                    ("w", after[0] + 1, "to"),
                ]
                tags = {"type": "restriction", "restriction": "no_left_turn"}
                writer.add_relation(mutable.Relation(id=number + 2, members=turn, tags=tags))
    return path


def places(rng: np.random.Generator, far_m: float, count: int) -> gpd.GeoDataFrame:
    x, y = (middle + rng.uniform(-far_m, far_m, count) for middle in MIDDLE)
    return gpd.GeoDataFrame(
        {"place_id": [f"p{n}" for n in range(count)]}, geometry=gpd.points_from_xy(x, y), crs=CRS
    )


def box_km(km: float) -> tuple[float, float, float, float]:
    """Return the study of 600 m, and some kilometres around it."""
    (x, y), half = MIDDLE, 300 + km * 1000
    return *degrees(x - half, y - half), *degrees(x + half, y + half)


def minutes(content: bytes, seed: int, mode: Mode) -> np.ndarray:
    rng = np.random.default_rng(seed + 1)
    roads = read_roads(Opened("roads.osm.pbf", content), crs=CRS)
    net = graph(roads, mode, speed_set="fast")
    homes, units = places(rng, 300, 12), places(rng, 2_000, 20)
    found = travel_times(net, origins=homes, destinations=units, refuse_m=300)
    return found.trips.matrix(len(units))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(few(40)))
def test_times_within_the_thresholds_are_those_of_the_whole_file(seed: int, tmp_path: Path) -> None:
    path = world(tmp_path / "pulau.osm.pbf", seed)
    km = scenario(RIDING, others={"foot": WALKING}).reach_km
    cut = cut_roads(Opened(path.name, path.read_bytes(), path), box_km(km))
    assert cut is not None
    assert cut.kept
    assert cut.outside
    for mode in (WALKING, RIDING):
        whole = minutes(path.read_bytes(), seed, mode)
        part = minutes(cut.opened.content, seed, mode)
        is_within = whole <= mode.thresholds_minutes[-1]
        assert np.array_equal(is_within, part <= mode.thresholds_minutes[-1])
        assert np.array_equal(whole[is_within], part[is_within])


@pytest.mark.slow
def test_lines_are_cut_as_ways_are(tmp_path: Path) -> None:
    lines = [shapely.LineString([degrees(MIDDLE[0] + x, MIDDLE[1]), degrees(MIDDLE[0] + x + 90, MIDDLE[1])])
             for x in (0, 1_500, 40_000)]  # fmt: skip
    names = ["dekat", "tepi", "jauh"]
    frame = gpd.GeoDataFrame(
        {"highway": ["path"] * 3, "name": names}, geometry=lines, crs="EPSG:4326"
    )
    for suffix in ("gpkg", "geojson", "shp.zip"):
        path = tmp_path / f"jalan.{suffix}"
        frame.to_crs("EPSG:32749" if suffix == "gpkg" else "EPSG:4326").to_file(path)
        for opened in (Opened(path.name, path.read_bytes(), path), Opened(path.name, b"", path)):
            if suffix == "shp.zip" and not opened.content:
                continue
            cut = cut_roads(opened, box_km(1.3))
            assert cut is not None
            assert (cut.kept, cut.outside) == (2, 1)
            assert cut.opened.content == cut_roads(opened, box_km(1.3)).opened.content
            roads = read_roads(cut.opened, crs=CRS)
            assert [name for name in roads.names if name] == ["dekat", "tepi"]
        whole = cut_roads(Opened(path.name, path.read_bytes(), path), box_km(100))
        assert whole is None, "what lies in the box is left as it is"


def test_a_graph_of_osmnx_is_cut_as_lines_are() -> None:
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for number, x in enumerate((0, 400, 1_500, 40_000, 40_090)):
        lon, lat = degrees(MIDDLE[0] + x, MIDDLE[1])
        graph.add_node(number, x=lon, y=lat)
    for start, end in ((0, 1), (1, 0), (1, 2), (3, 4)):
        graph.add_edge(
            start, end, osmid=7 + start, highway="path", motor_vehicle="no", oneway=False
        )
    bent = shapely.LineString([degrees(MIDDLE[0] + x, MIDDLE[1]) for x in (1_500, 0, 40_000)])
    graph.add_edge(2, 3, osmid=99, highway="path", motor_vehicle="no", geometry=bent.wkt)
    opened = Opened("kota.graphml", "\n".join(nx.generate_graphml(graph)).encode())
    cut = cut_roads(opened, box_km(0.5))
    assert cut is not None
    assert (cut.kept, cut.outside) == (4, 1)
    whole, part = (read_roads(one, crs=CRS) for one in (opened, cut.opened))
    assert len(part.way_id) == len(whole.way_id) - 1
    assert set(part.way_id.tolist()) == set(whole.way_id.tolist()) - {10}
    assert cut_roads(opened, box_km(100)) is None, "what lies in the box is left as it is"


@pytest.mark.parametrize("form", ["two.shp", "RBI.gdb", "map.gpkg", "folder"])
def test_layers_above_the_limit_of_memory_are_cut_on_the_disk(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = shapely.LineString([degrees(MIDDLE[0], MIDDLE[1]), degrees(MIDDLE[0] + 90, MIDDLE[1])])
    frame = gpd.GeoDataFrame(
        {"REMARK": ["Jalan Lokal", "Jalan Lain"], "NAMOBJ": ["Jalan Café", "-"]},
        geometry=[line, shapely.transform(line, lambda xy: xy + 1)], crs="EPSG:4326",
    )  # fmt: skip
    name, room = ("RBI.gdb" if form == "folder" else form), tmp_path / "in"
    room.mkdir()
    drivers = {".gdb": "OpenFileGDB", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
    frame.to_file(room / name.replace("two", "satu"), driver=drivers[Path(name).suffix])
    if form == "two.shp":
        frame.to_file(room / "DUA.shp", encoding="ISO-8859-1")
        (room / "DUA.SHX").write_bytes((room / "DUA.shx").read_bytes())
        (room / "DUA.shx").unlink()
        (room / "DUA.cpg").unlink()
        (room / "baca.txt").write_text("x")
    monkeypatch.setattr(streaming, "LARGEST_FOLDER", 1)
    path = room / name
    if form != "folder":
        path = tmp_path / "jalan.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in sorted(room.rglob("*")):
                packed.write(part, part.relative_to(room))
    whole = cut_roads(Opened(path.name, path.read_bytes(), path) if form != "folder" else
                      open_input(path, name=path.name, table="roads", suffixes=(".gdb",)), box_km(1))  # fmt: skip
    monkeypatch.setattr(large_archives, "LARGEST_TOTAL", 1)
    opened = streamed_input(path, name=path.name)
    cut = cut_roads(opened, box_km(1))
    assert cut is not None
    assert whole is not None
    assert (cut.kept, cut.outside) == (whole.kept, whole.outside)
    said, other = (read_roads(one.opened, crs=CRS) for one in (cut, whole))
    assert said.way_id.tolist() == other.way_id.tolist()
    assert set(said.names) == set(other.names) == {"", "Jalan Café"}


@pytest.mark.parametrize("members", [
    {"jalan.shp": b"x"}, {"a.shp": b"\0\0\x27\n", "a.shx": b"\0\0\x27\n"}, {"a.gpkg": b"<OGRVRTDataSource/>"},
    {"../a.gpkg": b"x"}, {"a.gdb/a00000001.gdbtable": b"x", "b.gdb/a00000001.gdbtable": b"x"},
    {"dalam.zip": b"x"}, {"a.geojson": b"PK\x03\x04"}, {"a.geojson": b" " * 2_000_000},
])  # fmt: skip
def test_a_large_archive_is_refused_as_a_small_one_is(
    members: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_archives, "LARGEST_TOTAL", 0)
    path = tmp_path / "jalan.zip"
    path.write_bytes(zipped(members))
    with pytest.raises(BatuGeoError, match=r"BG-(103|116|229|259)"):
        cut_roads(streamed_input(path, name=path.name), box_km(1))


def test_a_file_above_the_limit_is_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LARGEST_MB", 0.001)
    path = world(tmp_path / "pulau.osm.pbf", 1)
    assert is_streamed(path)
    assert not is_streamed(tmp_path / "tidak-ada.osm.pbf")
    opened = streamed_input(path, name="pulau.osm.pbf")
    assert opened.content == b""
    cut = cut_roads(opened, box_km(1.3))
    whole = cut_roads(Opened(path.name, path.read_bytes(), path), box_km(1.3))
    assert cut is not None
    assert whole is not None
    assert cut.opened.content == whole.opened.content
    with pytest.raises(BatuGeoError, match="BG-620"):
        cut_roads(opened, (10.0, 10.0, 11.0, 11.0))


@pytest.mark.parametrize("name", ["jalan.gpkg", "jalan.osm.pbf", "jalan.osm"])
def test_what_is_no_such_file_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(BatuGeoError, match="BG-103"):
        streamed_input(path, name=name)


def test_xml_and_nodes_that_are_not_dense_are_cut_to_the_same_roads(tmp_path: Path) -> None:
    path = world(tmp_path / "pulau.osm.pbf", 2)
    cut = cut_roads(Opened(path.name, path.read_bytes(), path), box_km(1.0))
    assert cut is not None
    for form, suffix in (("pbf,pbf_dense_nodes=false", "osm.pbf"), ("osm", "osm")):
        other = tmp_path / f"lain.{suffix}"
        with osmium.SimpleWriter(osmium.io.File(str(other), form)) as writer:
            for item in osmium.FileProcessor(str(path)):
                writer.add(item)
        again = cut_roads(Opened(other.name, other.read_bytes(), other), box_km(1.0))
        assert again is not None
        assert again.opened.content == cut.opened.content


@pytest.mark.parametrize("content", [b"\0\1\0\1", b"\0\0\0\x02\x18\xff", b"\0\0\0\x01\x1c"])
def test_a_damaged_block_is_refused(content: bytes, tmp_path: Path) -> None:
    path = world(tmp_path / "pulau.osm.pbf", 3)
    path.write_bytes(path.read_bytes() + content)
    with pytest.raises(BatuGeoError, match="BG-1"):
        cut_roads(Opened(path.name, path.read_bytes(), path), box_km(1.0))


def test_an_answer_of_overpass_is_cut_to_an_answer_of_overpass() -> None:
    places = [degrees(MIDDLE[0] + x, MIDDLE[1]) for x in (0, 90, 40_000, 40_090)]
    nodes = [{"type": "node", "id": n, "lon": x, "lat": y} for n, (x, y) in enumerate(places, 1)]
    ways = [{"type": "way", "id": n, "nodes": nodes_, "tags": {"highway": "path"}}
            for n, nodes_ in ((7, [1, 2]), (8, [3, 4]))]  # fmt: skip
    content = json.dumps({"osm3s": {}, "elements": [*nodes, *ways]}).encode()
    cut = cut_roads(Opened("overpass.json", content), box_km(1.0))
    assert cut is not None
    assert (cut.kept, cut.outside) == (1, 1)
    assert read_roads(cut.opened, crs=CRS).way_id.tolist() == [7]
