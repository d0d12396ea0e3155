"""No reader ends in a traceback, a hang, a socket or a file, whatever it is given.

A few dozen inputs a reader by default; ``BATU_GEO_FUZZ_SECONDS=30`` goes on for
that long with each, from another seed every round.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import strategies as st

from batu_geo.domain.errors import BatuGeoError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.osm import nominatim, overpass
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.tables.elevation import sampled_elevation
from batu_geo.sources.tables.population_places import read_population_raster
from batu_geo.verbs.fetch import FILES, file_of
from tests.fuzz import strategies as our
from tests.fuzz.rounds import keep_trying
from tests.malformed.cases import zipped
from tests.malformed.guard import guarded
from tests.malformed.runner import LONGEST_S, _at_most, run

pytestmark = pytest.mark.slow

NODES = "".join(f'<node id="{n}" lat="-7.8{n}" lon="112.5{n}" version="1"/>' for n in range(1, 5))
OSM = (
    f'<?xml version="1.0"?><osm version="0.6">{NODES}<way id="1" version="1"><nd ref="1"/>'
    '<nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="maxspeed" v="30"/>'
    '<tag k="oneway" v="-1"/></way></osm>'
).encode()
GRAPHML = b"""<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="d1" for="node" attr.name="x" attr.type="string"/>
<key id="d2" for="node" attr.name="y" attr.type="string"/>
<key id="d3" for="edge" attr.name="osmid" attr.type="string"/>
<key id="d4" for="edge" attr.name="highway" attr.type="string"/>
<key id="d5" for="edge" attr.name="geometry" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">112.52</data><data key="d2">-7.87</data></node>
<node id="2"><data key="d1">112.53</data><data key="d2">-7.88</data></node>
<edge source="1" target="2" id="0"><data key="d3">[7, 8]</data>
<data key="d4">['primary', 'path']</data>
<data key="d5">LINESTRING (112.52 -7.87, 112.525 -7.874, 112.53 -7.88)</data></edge>
</graph></graphml>"""
KML = b"""<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark>
<name>Temas</name><Polygon><coordinates>112.5,-7.9 112.6,-7.9</coordinates></Polygon>
</Placemark></kml>"""


@cache
def file(name: str) -> bytes:
    return (embedded_study() / name).read_bytes()


@cache
def package() -> bytes:
    """Return a small GeoPackage of roads."""
    import tempfile

    import geopandas as gpd
    import shapely

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        lines = [shapely.LineString([(112.52, -7.87), (112.53, -7.88), (112.54, -7.87)])]
        gpd.GeoDataFrame({"highway": ["primary"]}, geometry=lines, crs=4326).to_file(path)
        return path.read_bytes()


@cache
def raster() -> bytes:
    """Return a small GeoTIFF over the city."""
    import numpy as np

    rasterio = pytest.importorskip("rasterio")
    with rasterio.MemoryFile() as memory:
        transform = rasterio.transform.from_bounds(112.4, -8.0, 112.7, -7.7, 30, 30)
        with memory.open(driver="GTiff", width=30, height=30, count=1, dtype="float32",
                         crs="EPSG:4326", transform=transform) as image:  # fmt: skip
            image.write(np.arange(900, dtype="float32").reshape(1, 30, 30))
        return memory.read()


HARMED = {
    "villages": ("villages", "b.geojson", lambda: file("boundaries/desa_kelurahan.geojson")),
    "facilities": ("facilities", "f.geojson", lambda: file("facilities.geojson")),
    "buildings": ("buildings", "b.geojson", lambda: file("buildings.geojson")),
    "population": ("population", "p.csv", lambda: file("population.csv")),
    "indicators": ("indicators", "i.csv", lambda: file("indicators.csv")),
    "staffing": ("staffing", "s.csv", lambda: file("staffing.csv")),
    "profiles": ("profiles", "p.csv", lambda: file("profiles.csv")),
    "figures": ("figures", "f.csv", lambda: file("facts/city_figures.csv")),
    "scenario": ("scenario", "s.toml", lambda: file("scenarios/baseline.toml")),
    "pbf": ("roads", "j.osm.pbf", lambda: file("roads/jalan_ilustratif.osm.pbf")),
    "osm": ("roads", "j.osm", lambda: OSM),
    "graphml": ("roads", "j.graphml", lambda: GRAPHML),
    "gpkg": ("roads", "j.gpkg", package),
    "zip": ("zip", "b.zip", lambda: zipped({"desa.csv": b"a,b\n1,2\n", "b/c.csv": b"x" * 999})),
    "kml": ("xml", "b.kml", lambda: KML),
}


@pytest.mark.parametrize("name", HARMED)
def test_a_harmed_file(name: str, tmp_path: Path) -> None:
    table, file_name, base = HARMED[name]
    path = tmp_path / file_name

    def body(content: object) -> None:
        path.write_bytes(content)
        end = run(path, table)
        assert end.faults == []

    keep_trying(our.harmed(base()), body)


def test_made_up_answers_of_overpass() -> None:
    def body(document: object) -> None:
        with contextlib.suppress(BatuGeoError):
            answer = overpass.read_answer(json.dumps(document).encode())
            assert len(overpass.map_date(answer)) <= 10
            for what in FILES:
                file_of(what, overpass.merge_answers([answer]))

    keep_trying(our.overpass, body)


def test_made_up_answers_of_nominatim() -> None:
    def body(document: object) -> None:
        with contextlib.suppress(BatuGeoError):
            place = nominatim.most_important_area(
                nominatim.read_answer(json.dumps(document).encode()), "x"
            )
            assert place.shape.area >= 0

    keep_trying(our.nominatim, body)


MADE_UP = {
    "villages": ("villages", "b.geojson", our.collections),
    "facilities": ("facilities", "f.geojson", our.collections),
    "buildings": ("buildings", "b.geojson", our.collections),
    "anything": ("villages", "b.json", our.json_values),
    "overpass": ("roads", "j.json", our.overpass),
}


@pytest.mark.parametrize("name", MADE_UP)
def test_made_up_json(name: str, tmp_path: Path) -> None:
    table, file_name, strategy = MADE_UP[name]
    path = tmp_path / file_name

    def body(document: object) -> None:
        path.write_text(json.dumps(document), encoding="utf-8")
        end = run(path, table)
        assert end.faults == []

    keep_trying(strategy, body)


@pytest.mark.parametrize("table", ["population", "indicators", "staffing", "profiles", "figures"])
def test_made_up_rows(table: str, tmp_path: Path) -> None:
    name = "facts/city_figures.csv" if table == "figures" else f"{table}.csv"
    header, first, *_ = file(name).decode().splitlines()
    path = tmp_path / "t.csv"
    cells = st.lists(our.csv_cells, min_size=header.count(",") + 1, max_size=header.count(",") + 1)

    def body(rows: object) -> None:
        lines = [header, first, *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8", newline="")
        end = run(path, table)
        assert end.faults == []

    keep_trying(st.lists(cells, max_size=4), body)


@pytest.mark.parametrize("reader", ["elevation", "population"])
def test_a_harmed_raster(reader: str, study, tmp_path: Path) -> None:
    def body(content: object) -> None:
        opened = Opened("r.tif", content)
        with guarded(tmp_path) as seen, _at_most(LONGEST_S):
            try:
                if reader == "elevation":
                    sampled_elevation(study.roads, [opened])
                else:
                    read_population_raster(opened, study.villages)
            except BatuGeoError as error:
                assert len(error.lines()) == 1
        assert (seen.sockets, seen.written, seen.outside) == ([], [], [])

    keep_trying(our.harmed(raster()), body)


def test_a_harmed_study_card(tmp_path: Path) -> None:
    def body(content: object) -> None:
        (tmp_path / "study.toml").write_bytes(content)
        end = run(tmp_path, "study")
        assert end.faults == []

    keep_trying(our.harmed(file("study.toml")), body)


def test_a_harmed_cache_of_roads_is_read_anew(study, tmp_path: Path) -> None:
    from batu_geo.sources.osm.road_cache import cache_roads, read_cached_roads

    path = tmp_path / "roads.npz"
    cache_roads(study.roads, path)
    good = path.read_bytes()

    def body(content: object) -> None:
        path.write_bytes(content)
        found = read_cached_roads(path)
        assert found is None or content == good

    keep_trying(our.harmed(good), body)


def test_these_files_are_whole_to_begin_with(tmp_path: Path) -> None:
    """A base that is refused already would fuzz only its first check."""
    for name, (table, file_name, base) in HARMED.items():
        path = tmp_path / file_name
        path.write_bytes(base())
        assert run(path, table).outcome != "refused", name
    with sqlite3.connect(":memory:") as database:
        database.deserialize(package())
        assert database.execute("SELECT count(*) FROM gpkg_contents").fetchone() == (1,)
    database.close()
    assert zipfile.is_zipfile(tmp_path / "b.zip")
