"""`batu-geo import --as roads`: an extract somebody has becomes the roads of a study."""

from __future__ import annotations

import json
import math
import shutil
import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import geopandas as gpd
import osmium
import pytest
import shapely
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import BatuGeoError, ScenarioError
from batu_geo.importing.import_roads import import_roads
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.importing.scoping.road_reach import road_reach_km
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.osm.osm_files import roads_pbf
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.verbs.init import init
from tests.test_fetch import ROADS, answer, near
from tests.toy_study import box, write_features

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batu_geo.render.terminal.import_report import RoadSummary

pytestmark = pytest.mark.slow

EAST = 4


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a new study of one village, through whose east side the roads lead."""
    study = init(tmp_path / "studi")
    people = tmp_path / "penduduk.csv"
    people.write_text("village_id,village_name,population\n99.99.01.2001,Contoh,1250\n")
    outlines = tmp_path / "batas.geojson"
    write_features(
        outlines, [({"village_id": "99.99.01.2001", "village_name": "Contoh"}, box(0, -1, EAST, 6))]
    )
    for file, table in ((people, "population"), (outlines, "villages")):
        import_file(Request(file, table, study), lambda *_: True)
    return study


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Return roads as Overpass answers them: five steps east, then five south."""
    path = tmp_path / "overpass.json"
    path.write_bytes(answer(ROADS))
    return path


def bring(file: Path, into: Path, **rest: object) -> RoadSummary:
    seen = []
    import_roads(Request(file, "roads", into, **rest), lambda found, _: seen.append(found) or True)
    return seen[0]


def typed(file: Path, into: Path, *rest: str):
    return CliRunner().invoke(
        cli, ["import", str(file), "--as", "roads", "--into", str(into), *rest]
    )


def entry(study: Path) -> dict[str, str]:
    return tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))["roads"]


def everything(study: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in study.rglob("*") if path.is_file()}


def test_an_extract_is_copied_and_its_entry_replaces_the_one_there_was(
    listed: Path, extract: Path
) -> None:
    done = typed(extract, listed, "--yes", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Roads are now taken from" in done.stdout
    assert (listed / "roads.json").read_bytes() == extract.read_bytes()
    assert (listed / "study.toml").read_text(encoding="utf-8").count("[roads]") == 1
    assert entry(listed) == {
        "path": "roads.json",
        "origin": "© OpenStreetMap contributors",
        "licence": "ODbL 1.0",
        "date": "2026-11-01",
        "evidence": "reported",
    }
    assert StudyFolder.at(listed).inputs()["roads"]["path"] == "roads.json"


def test_how_much_lies_in_the_study_and_around_it_is_shown_before_the_question(
    listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = [{"type": "node", "id": 8, **near(0, 150)}, {"type": "node", "id": 9, **near(3, 150)}]
    away = {"type": "way", "id": 70, "nodes": [8, 9], "tags": {"highway": "residential"}}
    across = [{**near(n, 0), "type": "node", "id": 20 + n} for n in range(7)]
    road = {"type": "way", "id": 80, "nodes": [n["id"] for n in across],
            "tags": {"highway": "primary"}}  # fmt: skip
    file = tmp_path / "luas.json"
    file.write_bytes(answer([*across, *far, road, away]))
    found = bring(file, listed)
    assert (found.kind, found.ways) == ("JSON", 2)
    # One road of six steps with its middle inside, one of three more than ten kilometres off.
    assert found.inside == pytest.approx(6 / 9, abs=0.001)
    assert found.near == pytest.approx(6 / 9, abs=0.001)
    before = everything(listed)
    monkeypatch.setattr(
        "batu_geo.cli.commands.cmd_import.sys",
        SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)),
    )
    args = ["import", str(file), "--as", "roads", "--into", str(listed), "--again"]
    asked = CliRunner().invoke(cli, args, input="tidak\n")
    assert asked.exit_code == 4
    assert "BG-422" in asked.stderr
    shown = " ".join(asked.stdout.split())
    assert "Di dalam batas studi: 66,7% Sampai 10 km di luarnya: 66,7%" in shown
    assert "Pakai jalan ini? (ya/tidak):" in shown
    assert everything(listed) == before
    assert CliRunner().invoke(cli, args, input="ya\n").exit_code == 0


def test_what_the_user_says_goes_before_what_the_file_says(listed: Path, extract: Path) -> None:
    said = ("--origin", "Dinas PU", "--licence", "internal", "--date", "2025-01-31")
    assert typed(extract, listed, "--yes", *said, "--evidence", "illustrative").exit_code == 0
    assert list(entry(listed).values())[1:] == [
        "Dinas PU",
        "internal",
        "2025-01-31",
        "illustrative",
    ]


@pytest.mark.parametrize("kind", ["osm.pbf", "osm"])
def test_the_day_of_an_extract_is_that_of_its_header(
    listed: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"daerah.{kind}"
    header = osmium.io.Header()
    if kind == "osm.pbf":
        header.set("osmosis_replication_timestamp", "2026-10-31T21:20:00Z")
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for node in ROADS[:3]:
            place = (node["lon"], node["lat"])
            writer.add_node(osmium.osm.mutable.Node(id=node["id"], location=place))
        tags = {"highway": "residential"}
        writer.add_way(osmium.osm.mutable.Way(id=7, nodes=[1, 2, 3], tags=tags))
    bring(path, listed, about={"licence": "x"})
    assert entry(listed)["path"] == f"roads.{kind}"
    assert (entry(listed)["date"] == "2026-10-31") == (kind == "osm.pbf")


def test_lines_of_anybody_are_not_called_openstreetmap(listed: Path, tmp_path: Path) -> None:
    line = shapely.LineString([tuple(near(n, 1).values()) for n in range(3)])
    path = tmp_path / "jalan_dinas.gpkg"
    frame = gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[line], crs="EPSG:4326")
    frame.to_file(path)
    bring(path, listed)
    assert (entry(listed)["origin"], entry(listed)["licence"]) == (
        "jalan_dinas.gpkg",
        "belum diisi",
    )


def test_before_there_are_outlines_it_is_said_that_nothing_was_held_against_them(
    tmp_path: Path, extract: Path
) -> None:
    study = init(tmp_path / "kosong")
    done = typed(extract, study, "--yes")
    assert done.exit_code == 0, done.output
    assert "BG-234" in done.stdout
    assert "batas studi" not in done.stdout
    assert entry(study)["path"] == "roads.json"


def test_roads_there_are_stay_unless_asked_for_again(listed: Path, extract: Path) -> None:
    bring(extract, listed)
    (listed / "roads.osm").write_text("mine")
    before = everything(listed)
    with pytest.raises(ScenarioError, match=r"BG-421 roads\.json"):
        bring(extract, listed)
    assert everything(listed) == before
    bring(extract, listed, again=True)


def test_a_file_that_stands_in_the_study_already_is_not_copied(listed: Path, extract: Path) -> None:
    (listed / "unduhan").mkdir()
    there = listed / "unduhan" / "kota.json"
    shutil.copyfile(extract, there)
    names = sorted(everything(listed))
    bring(there, listed)
    assert sorted(everything(listed)) == names
    assert entry(listed)["path"] == "unduhan/kota.json"
    bring(there, listed, about={"origin": "x"})
    assert entry(listed)["origin"] == "x", "the same file is no other"


FAULTS = {
    "far.json": (
        "BG-212",
        answer([{**e, "lon": e["lon"] - 3} if "lon" in e else e for e in ROADS]),
    ),
    "empty.json": ("BG-213", answer(ROADS[:3])),
    "cut.osm.pbf": ("BG-103", b"\x00\x00\x00"),
    "sheet.csv": ("BG-106", b"a,b\n1,2\n"),
    "remark.json": ("BG-114", json.dumps({"elements": [], "remark": "timed out"}).encode()),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_check_refuses_is_refused_and_nothing_is_written(
    listed: Path, tmp_path: Path, name: str
) -> None:
    code, content = FAULTS[name]
    file = tmp_path / name
    file.write_bytes(content)
    before = everything(listed)
    with pytest.raises(BatuGeoError, match=code):
        bring(file, listed)
    assert everything(listed) == before


def test_roads_have_no_columns_and_no_layers(listed: Path, extract: Path) -> None:
    refused = typed(extract, listed, "--yes", "--column", "highway=jalan")
    assert refused.exit_code == 2
    assert "BG-461" in refused.stderr


def test_a_real_extract_is_taken_as_check_takes_it(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    real = shared_data("roads/merapi_sleman.osm.pbf")
    study = init(tmp_path / "merapi")
    found = bring(real, study)
    assert (study / "roads.osm.pbf").read_bytes() == real.read_bytes()
    assert found.kind == "OSM PBF"
    assert found.ways > 1000


def test_roads_of_an_island_are_cut_to_the_study_and_it_says_so(
    listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = [{"type": "node", "id": 8, **near(0, 4000)}, {"type": "node", "id": 9, **near(3, 4000)}]
    away = {"type": "way", "id": 70, "nodes": [8, 9], "tags": {"highway": "residential"}}
    path = tmp_path / "pulau.osm.pbf"
    path.write_bytes(roads_pbf([*ROADS, *far, away]))
    monkeypatch.setattr("batu_geo.sources.files.streaming.LARGEST_MB", 0.0001)
    empty = init(tmp_path / "kosong")
    refused = typed(path, empty, "--yes")
    assert refused.exit_code == 6
    assert "BG-621" in refused.stderr
    done = typed(path, listed, "--yes", "--lang", "en")
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert "cut to the study plus 25 km" in said
    assert "taken 1, outside 1" in said
    assert entry(listed)["reach_km"] == "25"
    assert StudyFolder.at(listed).inputs()["roads"]["reach_km"] == "25"


def test_fetch_takes_roads_as_far_as_an_extract_is_cut(listed: Path) -> None:
    folder = StudyFolder.at(listed)
    assert road_reach_km(folder) == 25, "facilities that far belong to the study"
    walk = (listed / "scenarios/baseline.toml").read_text(encoding="utf-8")
    longer = walk.replace("thresholds_minutes = [5, 10, 15]", "thresholds_minutes = [5, 10, 90]")
    assert longer != walk
    (listed / "scenarios/jauh.toml").write_text(
        longer.replace('name = "baseline"', 'name = "jauh"')
    )
    top = read_scenario(listed / "scenarios/jauh.toml", study=listed).modes["motorcycle"].top_kmh
    assert road_reach_km(folder) == math.ceil(1.5 * max(top, 40))


def test_check_says_of_roads_what_import_says(listed: Path, tmp_path: Path) -> None:
    far = [{"type": "node", "id": 8, **near(0, 4000)}, {"type": "node", "id": 9, **near(3, 4000)}]
    away = {"type": "way", "id": 70, "nodes": [8, 9], "tags": {"highway": "residential"}}
    path = tmp_path / "pulau.osm.pbf"
    path.write_bytes(roads_pbf([*ROADS, *far, away]))
    before = everything(listed)
    args = ["check", str(path), "--as", "roads", "--data", str(listed), "--lang", "en"]
    done = CliRunner().invoke(cli, args)
    assert "taken 1, outside 1" in " ".join(done.output.split()), done.output
    assert everything(listed) == before
