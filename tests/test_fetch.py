"""`batu-geo fetch` against a stand-in for Overpass on this machine."""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, EnvironmentFault
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.osm import osm_servers
from batu_geo.sources.osm.osm_servers import Servers
from batu_geo.sources.roads.osm_data import read_osm
from batu_geo.sources.roads.read_roads import read_roads
from batu_geo.sources.roads.reading import RoadReading
from batu_geo.verbs.fetch import CACHE
from batu_geo.verbs.fetch import fetch as fetch_around
from batu_geo.verbs.init import init
from tests.conftest import ROOT
from tests.toy_study import box, point, write_features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
fetch = partial(fetch_around, buffer_km=10.0)

CRS = "EPSG:32749"
Reply = tuple[int, bytes, dict[str, str]]


def near(right: float, down: float) -> dict[str, float]:
    place = point(right, down)
    return {"lon": place.x, "lat": place.y}


ROADS = [
    {"type": "node", "id": 1, **near(0, 0)},
    {"type": "node", "id": 2, **near(5, 0)},
    {"type": "node", "id": 3, **near(5, 5)},
    {"type": "way", "id": 7, "nodes": [1, 2, 3], "tags": {"highway": "residential"}},
]
PLACES = [
    {"type": "node", "id": 4, **near(1, 1),
     "tags": {"amenity": "clinic", "name": "Pustu Contoh", "phone": "081234567890"}},
    {"type": "way", "id": 5, "center": near(2, 2), "tags": {"amenity": "hospital", "name": "RS X"}},
    {"type": "node", "id": 6, **near(3, 3), "tags": {"healthcare": "yoga"}},
]  # fmt: skip
HOUSES = [
    {"type": "way", "id": 8, "nodes": [1, 2, 3, 1], "tags": {"building": "yes"},
     "geometry": [near(1, 1), near(2, 1), near(2, 2), near(1, 1)]},
    {"type": "way", "id": 9, "nodes": [1, 2], "tags": {}, "geometry": [near(1, 1), near(2, 1)]},
]  # fmt: skip


def answer(elements: list[dict[str, Any]]) -> bytes:
    base = {"timestamp_osm_base": "2026-11-01T02:03:04Z"}
    return json.dumps({"version": 0.6, "osm3s": base, "elements": elements}).encode()


def good(query: str) -> Reply:
    topics = {"highway": ROADS, "amenity": PLACES, "building": HOUSES}
    return (
        200,
        answer(next(e for topic, e in topics.items() if re.search(f"['\"]{topic}['\"]", query))),
        {},
    )


# As Nominatim answers, the fields it gives and what the names of places look like.
POINT_OF_BATU = {
    "place_id": 1, "licence": "Data (c) OpenStreetMap contributors, ODbL 1.0",
    "osm_type": "node", "osm_id": 11, "lat": "-7.87", "lon": "112.52", "class": "place",
    "type": "town", "importance": 0.61, "display_name": "Batu, Jawa Timur, Indonesia",
    "boundingbox": ["-7.97", "-7.77", "112.42", "112.62"],
    "geojson": {"type": "Point", "coordinates": [112.52, -7.87]},
}  # fmt: skip
AREA_OF_BATU = {
    **POINT_OF_BATU, "osm_type": "relation", "osm_id": 22, "class": "boundary",
    "type": "administrative", "importance": 0.52,
    "display_name": "Kota Batu\x1b[2J, Jawa Timur, Indonesia",
    "geojson": json.loads(shapely.to_geojson(box(0, 0, 5, 5))),
}  # fmt: skip
ENDLESS = b'[{"geojson": {"type": "Polygon", "coordinates": [[[0,0], [1e999,0], [1,1], [0,0]]]}}]'


def areas(rows: list[dict[str, Any]]) -> Reply:
    return 200, json.dumps(rows).encode(), {}


class StandIn:
    """Overpass and Nominatim: gives the replies it is told to, then good ones."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.places: list[tuple[str, str]] = []
        self.found: Reply = areas([POINT_OF_BATU, AREA_OF_BATU])
        self.replies: list[Reply] = []
        self.then: Callable[[str], Reply] = good
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                query = parse_qs(body.decode())["data"][0]
                outer.queries.append(query)
                self.send(*(outer.replies.pop(0) if outer.replies else outer.then(query)))

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                outer.places.append((parts.path, parse_qs(parts.query)["q"][0]))
                self.send(*outer.found)

            def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.geocoder = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.url = f"{self.geocoder}/api/interpreter"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End, and free the port."""
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits that would have been made."""
    found: list[float] = []
    monkeypatch.setattr(osm_servers.time, "sleep", lambda s: found.append(s) if s else None)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = init(tmp_path / "studi")
    return outlined(study, tmp_path, box(0, 0, 5, 5))


def outlined(study: Path, tmp_path: Path, shape: Any) -> Path:
    table = tmp_path / "p.csv"
    table.write_text("Kode,Desa,Penduduk\n99.99.01.2001,Contoh,100\n")
    import_file(Request(table, "population", study), lambda *_: True)
    outline = tmp_path / "o.geojson"
    write_features(outline, [({"kode": "99.99.01.2001", "nama": "Contoh"}, shape)])
    import_file(Request(outline, "villages", study), lambda *_: True)
    return study


def test_roads_places_and_houses_come_with_date_and_licence(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    done = fetch(folder, servers=Servers(server.url), buffer_km=1)
    assert {file.what: file.count for file in done} == {
        "roads": 1, "facilities": 3, "footprints": 1,
    }  # fmt: skip
    card = (folder / "study.toml").read_text()
    assert 'licence = "ODbL 1.0"' in card
    assert card.count('date = "2026-11-01"') == 2
    opened = open_input(folder / "roads.osm.pbf", name="r.pbf", table="roads", suffixes=(".pbf",))
    roads = read_roads(Opened("roads.osm.pbf", opened.content), crs=CRS)
    assert float(roads.length_m.sum()) == pytest.approx(1000, rel=1e-3)
    assert len(waits) == 3, "a pause before each question"
    assert "0812" not in (folder / "osm_facilities.geojson").read_text()
    imported = import_file(
        Request(folder / "osm_facilities.geojson", "facilities", folder), lambda *_: True
    )
    kinds = json.loads((folder / "facilities.geojson").read_text())["features"]
    assert [f["properties"]["kind"] for f in kinds] == ["PUSTU", "RUMAH_SAKIT"]
    assert imported.count == 2, "yoga is no facility"


def test_rivers_lakes_and_coasts_come_with_the_roads_and_are_barriers(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    """Beside the street of 1 km lie a river, and a lake whose outline is a relation."""
    water = [
        {"type": "node", "id": 21, **near(2, 1)}, {"type": "node", "id": 22, **near(4, 1)},
        {"type": "node", "id": 23, **near(3, 3)},
        {"type": "way", "id": 31, "nodes": [21, 22], "tags": {"waterway": "river"}},
        {"type": "way", "id": 32, "nodes": [22, 23, 22]},
        {"type": "way", "id": 33, "nodes": [21, 23], "tags": {"highway": "path"}},
        {"type": "relation", "id": 41, "tags": {"natural": "water", "type": "multipolygon"},
         "members": [{"type": "way", "ref": 32, "role": "outer"},
                     {"type": "way", "ref": 33, "role": "outer"}]},
    ]  # fmt: skip
    server.then = lambda _: (200, answer([*ROADS, *water]), {})
    (done,) = fetch(folder, only=["roads"], servers=Servers(server.url), buffer_km=1)
    assert done.count == 2, "ways that are roads"
    for tag in ("waterway.?=.?river", "waterway.?=.?canal", "natural.?=.?water",
                "natural.?=.?coastline", "highway"):  # fmt: skip
        assert re.search(f"way\\[['\"]{tag.replace('.?', '[^a-z]*')}['\"]\\]", server.queries[0]), (
            tag
        )
    assert len(server.queries) == 1
    content = (folder / "roads.osm.pbf").read_bytes()
    roads = read_roads(Opened("roads.osm.pbf", content), crs=CRS)
    assert sorted(set(roads.way_id.tolist())) == [7, 33]
    assert len(roads.barrier_start) - 1 == 3, "a river, an open outline, and the path on its shore"


def test_barriers_turn_restrictions_and_ferries_come_with_the_roads(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    """From way 7 nobody turns into way 8 at node 3, whose gate is private; ferries 34 and 35."""
    del waits
    gate = {"barrier": "gate", "access": "private"}
    turn = {"type": "restriction", "restriction": "no_left_turn"}
    ferry = {"type": "route", "route": "ferry", "foot": "yes", "duration": "00:30"}
    elements = [
        *ROADS[:2], {**ROADS[2], "tags": gate}, ROADS[3],
        {"type": "node", "id": 10, **near(5, 8)}, {"type": "node", "id": 11, **near(5, 9)},
        {"type": "node", "id": 12, **near(5, 10)},
        {"type": "way", "id": 8, "nodes": [3, 10], "tags": {"highway": "tertiary"}},
        {"type": "way", "id": 34, "nodes": [10, 11], "tags": {"route": "ferry", "duration": "5"}},
        {"type": "way", "id": 35, "nodes": [11, 12]},
        {"type": "relation", "id": 41, "tags": ferry,
         "members": [{"type": "way", "ref": 34}, {"type": "way", "ref": 35, "role": ""}]},
        {"type": "relation", "id": 42, "tags": turn,
         "members": [{"type": "way", "ref": 7, "role": "from"},
                     {"type": "node", "ref": 3, "role": "via"},
                     {"type": "way", "ref": 8, "role": "to"}]},
        {"type": "relation", "id": 43, "tags": turn,
         "members": [{"type": "way", "ref": 7, "role": "from"}]},
    ]  # fmt: skip
    server.then = lambda _: (200, answer(elements), {})
    (done,) = fetch(folder, only=["roads"], servers=Servers(server.url), buffer_km=1)
    assert done.count == 2, "ways that are roads"
    for wanted in ("way.*?route.{1,5}ferry", "relation.*?type.{1,5}restriction"):
        assert re.search(wanted, server.queries[0]), wanted
    opened = Opened("roads.osm.pbf", (folder / "roads.osm.pbf").read_bytes())
    reading = RoadReading()
    read_osm(opened, reading)
    found = reading.collector
    assert found.node_tags == {3: gate}
    assert list(found.way_id) == [7, 8, 34, 35]
    assert np.array_equal(found.duration, [np.nan, np.nan, 5, np.nan], equal_nan=True)
    assert [(r.relation_id, r.tags, len(r.members)) for r in found.restrictions] == [
        (42, turn, 3), (43, turn, 1)]  # fmt: skip
    roads = read_roads(opened, crs=CRS)
    assert roads.rules is not None
    assert roads.rules.gate_node.size == 1
    assert set(roads.rules.turn_relation.tolist()) == {42}
    assert roads.dropped["broken turn rules"] == 1


def test_water_alone_is_no_road(folder: Path, server: StandIn, waits: list[float]) -> None:
    river = [*ROADS[:2], {"type": "way", "id": 31, "nodes": [1, 2], "tags": {"waterway": "river"}}]
    server.then = lambda _: (200, answer(river), {})
    with pytest.raises(EnvironmentFault, match="BG-433"):
        fetch(folder, only=["roads"], servers=Servers(server.url), buffer_km=1)


def test_the_study_may_say_what_tags_mean(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    del waits
    fetch(folder, servers=Servers(server.url), only=["facilities"])
    rule = '[[rule]]\nkind = "KLINIK"\ntags = { healthcare = ["yoga"] }\n'
    (folder / "osm_kinds.toml").write_text(rule)
    done = import_file(
        Request(folder / "osm_facilities.geojson", "facilities", folder), lambda *_: True
    )
    assert done.count == 3


@pytest.mark.parametrize(
    "bad",
    [
        (429, b"", {"Retry-After": "7"}),
        (504, b"<html>Gateway Timeout</html>", {}),
        (200, b"<!DOCTYPE html><html>quota</html>", {}),
        (200, answer(ROADS)[:-40], {}),
        (200, answer(ROADS)[:-1] + b', "remark": "runtime error: Query timed out"}', {}),
        (200, answer(ROADS), {"Content-Length": "99999"}),
        (200, answer([*ROADS, {"type": "relation", "id": 9, "members": [{"ref": 7}]}]), {}),
    ],
    ids=["429", "504", "html", "cut", "remark", "short body", "odd member"],
)
def test_a_bad_answer_is_asked_for_again_after_a_wait(
    folder: Path, server: StandIn, waits: list[float], bad: Reply
) -> None:
    server.replies = [bad]
    (roads,) = fetch(folder, servers=Servers(server.url), only=["roads"])
    assert roads.count == 1
    assert len(server.queries) == 2
    assert max(waits) >= 5
    assert (7.0 in waits) == (bad[0] == 429), "as long as the server asks for"


@pytest.mark.parametrize(
    ("reply", "code"),
    [((429, b"", {}), "BG-432"), ((200, b"<html></html>", {}), "BG-433"),
     ((400, b"bad", {}), "BG-433")],
)  # fmt: skip
def test_a_server_that_never_answers_leaves_the_study_as_it_was(
    folder: Path, server: StandIn, waits: list[float], reply: Reply, code: str
) -> None:
    server.then = lambda _: reply
    before = {p.name: p.read_bytes() for p in folder.glob("*") if p.is_file()}
    with pytest.raises(EnvironmentFault, match=code):
        fetch(folder, servers=Servers(server.url))
    assert {p.name: p.read_bytes() for p in folder.glob("*") if p.is_file()} == before
    assert len(server.queries) <= osm_servers.TRIES
    assert sum(waits) < 240


def test_what_came_is_not_asked_for_again(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    del waits
    server.then = lambda query: good(query) if "highway" in query else (504, b"", {})
    with pytest.raises(EnvironmentFault):
        fetch(folder, servers=Servers(server.url))
    server.queries.clear()
    server.then = good
    fetch(folder, servers=Servers(server.url))
    assert not any("highway" in query for query in server.queries)
    for kept in (folder / CACHE).glob("*.json"):
        kept.write_text('{"elements": [')
    server.queries.clear()
    fetch(folder, servers=Servers(server.url))
    assert len(server.queries) == 3, "a spoilt answer is not used"


def test_a_folder_that_cannot_keep_answers_is_said_before_anybody_is_asked(
    folder: Path, server: StandIn
) -> None:
    (folder / ".cache").write_text("a file")
    done = CliRunner().invoke(cli, ["fetch", str(folder), "--server", server.url])
    assert done.exit_code == 6, done.output
    assert done.stderr.splitlines()[-1].startswith("BG-401 ")
    assert not server.queries


def test_half_an_answer_of_a_killed_fetch_is_swept(
    folder: Path, server: StandIn, waits: list[float]
) -> None:
    del waits
    left = folder / CACHE / ".batu-geo-ab.json-999999999.part"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    fetch(folder / "study.toml", servers=Servers(server.url), only=["roads"])
    assert [path.suffix for path in (folder / CACHE).iterdir()] == [".json"]


def test_without_a_network_there_is_one_sentence(folder: Path) -> None:
    closed = StandIn()
    closed.stop()
    args = ["fetch", str(folder), "--server", closed.url, "--lang", "en"]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 6
    (study_line, error) = result.stderr.splitlines()
    assert study_line == f"Study read: {folder}/study.toml"
    assert error.startswith("BG-431 there is no connection to 127.0.0.1.")


@pytest.mark.parametrize(
    ("address", "code", "exit_code"),
    [
        ("http://[::1", "BG-437", 4),
        ("http://127.0.0.1:99999/", "BG-437", 4),
        ("http:///interpreter", "BG-437", 4),
        ("ftp://127.0.0.1/", "BG-437", 4),
        ("overpass", "BG-437", 4),
        ("http://a..b/", "BG-431", 6),
    ],
)
def test_an_odd_address_of_a_server_is_one_sentence(
    folder: Path, address: str, code: str, exit_code: int
) -> None:
    result = CliRunner().invoke(cli, ["fetch", str(folder), "--server", address])
    (_study_line, error) = result.stderr.splitlines()
    assert (result.exit_code, error[:6]) == (exit_code, code)


def test_a_study_without_outlines_says_so_before_going_online(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="BG-434"):
        fetch(init(tmp_path / "kosong"), servers=Servers("http://127.0.0.1:9/"))


def test_outlines_that_are_none_are_named_before_going_online(folder: Path) -> None:
    path = folder / "villages.geojson"
    document = json.loads(path.read_text())
    document["features"][0]["geometry"] = None
    path.write_text(json.dumps(document))
    with pytest.raises(DataError, match="BG-202"):
        fetch(folder, servers=Servers("http://127.0.0.1:1"))


def test_an_area_may_be_named_before_there_are_outlines(
    tmp_path: Path, server: StandIn, waits: list[float]
) -> None:
    study = init(tmp_path / "kosong")
    args = ["fetch", str(study), "--place", "Kota Batu", "--lang", "en"]
    servers = ["--server", server.url, "--geocoder", server.geocoder]
    result = CliRunner().invoke(cli, [*args, *servers])
    assert result.exit_code == 0, result.output
    area, *files = result.stdout.splitlines()
    assert area.startswith("Area: Kota Batu\\x1b[2J, Jawa Timur, Indonesia; its outline is in ")
    assert sum("of OpenStreetMap (2026-11-01, ODbL)" in line for line in files) == 3
    assert server.places == [("/search", "Kota Batu")]
    kept = json.loads((study / "place.geojson").read_text())["features"][0]
    assert kept["properties"]["element"] == "relation 22", "the area, not the point above it"
    assert kept["properties"]["licence"] == "ODbL 1.0"
    CliRunner().invoke(cli, [*args, *servers])
    assert len(server.places) == 1, "what came is not asked for again"
    assert waits[0] == 1, "a pause before the first question"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (areas([]), "BG-435"),
        (areas([POINT_OF_BATU]), "BG-435"),
        (areas([{**AREA_OF_BATU, "geojson": None}]), "BG-435"),
        (areas([{**AREA_OF_BATU, "geojson": {"type": "Polygon", "coordinates": [[[0, "x"]]]}}]),
         "BG-435"),
        (areas([{**AREA_OF_BATU, "importance": "x",
                 "geojson": json.loads(shapely.to_geojson(shapely.box(95, -11, 141, 6)))}]),
         "BG-436"),
        ((200, ENDLESS, {}), "BG-433"),
        ((200, json.dumps({"error": "x"}).encode(), {}), "BG-433"),
        ((200, b"<html>Access blocked</html>", {}), "BG-433"),
        ((200, b'[{"osm_id": 1', {}), "BG-433"),
        ((403, b"<html>Usage policy</html>", {}), "BG-433"),
        ((429, b"", {"Retry-After": "3"}), "BG-432"),
        ((504, b"", {}), "BG-432"),
    ],
    ids=["none", "a point", "no outline", "spoilt outline", "a whole country", "without end",
         "an error", "html", "cut", "forbidden", "429", "504"],
)  # fmt: skip
def test_an_area_that_cannot_be_had_leaves_the_study_as_it_was(
    tmp_path: Path, server: StandIn, waits: list[float], reply: Reply, code: str
) -> None:
    study = init(tmp_path / "kosong")
    before = {p.name: p.read_bytes() for p in study.glob("*") if p.is_file()}
    server.found = reply
    with pytest.raises(EnvironmentFault, match=code):
        fetch(study, place="Kota Batu", servers=Servers(server.url, server.geocoder))
    assert {p.name: p.read_bytes() for p in study.glob("*") if p.is_file()} == before
    assert server.queries == []
    assert len(server.places) <= osm_servers.TRIES
    assert (3.0 in waits) == (reply[0] == 429), "as long as the server asks for"


def test_a_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> None:
        release.wait(30)
        raise OSError

    monkeypatch.setattr(osm_servers.socket, "create_connection", hang)
    monkeypatch.setattr(osm_servers, "LONGEST_CONNECT_S", 0.1)
    with pytest.raises(EnvironmentFault, match="BG-431"):
        osm_servers.check_reachable("https://overpass.example/")
    release.set()


def test_a_real_answer_becomes_the_same_roads(
    shared_data: Callable[[str], Path], tmp_path: Path, server: StandIn, waits: list[float]
) -> None:
    del waits
    real = shared_data("roads/merapi_sleman_overpass.json")
    content = real.read_bytes()
    server.then = lambda _: (200, content, {})
    nodes = [e for e in json.loads(content)["elements"] if e["type"] == "node"]
    middle = nodes[len(nodes) // 2]
    shape = _square(middle["lon"], middle["lat"])
    study = outlined(init(tmp_path / "merapi"), tmp_path, shape)
    (done,) = fetch(study, servers=Servers(server.url), only=["roads"], buffer_km=20)
    assert len(server.queries) > 1, "asked for in parts"
    assert done.date == "2024-06-26"
    wanted = read_roads(Opened("r.json", content), crs=CRS)
    found = read_roads(Opened("r.osm.pbf", (study / "roads.osm.pbf").read_bytes()), crs=CRS)
    assert (found.node_count, found.edge_count) == (wanted.node_count, wanted.edge_count)
    assert float(found.length_m.sum()) == pytest.approx(float(wanted.length_m.sum()), rel=1e-6)


def _square(lon: float, lat: float) -> Any:
    return shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)


def test_one_module_alone_knows_the_network() -> None:
    online = re.compile(
        r"^\s*(?:import|from)\s+(socket|requests|http|urllib\.request|httpx|aiohttp|ftplib)\b",
        re.MULTILINE,
    )
    found = {
        path.name
        for path in (ROOT / "batu_geo").rglob("*.py")
        if online.search(path.read_text(encoding="utf-8"))
    }
    # The other two listen, on this computer alone: `tests/serving` holds them to it.
    assert found == {"osm_servers.py", "listening.py", "open_bench.py"}
