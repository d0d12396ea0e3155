"""Extreme but sound studies through the command line: no fault of the program, no warning."""

from __future__ import annotations

import dataclasses
import json
import time
import warnings
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from tests.drawn_towns import Town, Village, drawn_study

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

NODES = {"a": (0.0, 0.0), "b": (600.0, 0.0), "c": (1200.0, 0.0), "d": (1800.0, 0.0)}
TOWN = Town(
    NODES,
    (("abcd", "residential"),),
    (Village("1001", "Satu", 100, (-100, -300, 900, 900)),
     Village("1002", "Dua", 200, (900, -300, 2000, 900))),
    (("U1", "1001", (10.0, 20.0)),),
    (("B1", "1002", (1500.0, 30.0)),),
)  # fmt: skip
NOBODY = dataclasses.replace(
    TOWN, villages=tuple(dataclasses.replace(v, people=0) for v in TOWN.villages)
)
MOTORWAYS = dataclasses.replace(TOWN, ways=(("abcd", "motorway"),))
OTHER = 'extends = "baseline"\nname = "lain"\ntitle = "Lain"\ntitle_en = "Other"\n'
ROSTER = "facility_id,profession,count,weekdays,start,end\nU1,nurse,1,1-5,08:00,14:00\n"
CARD = ('[staffing]\npath = "staffing.csv"\norigin = "drawn"\nlicence = "MIT"\n'
        'date = "2026-01-31"\nevidence = "illustrative"\n')  # fmt: skip


def written(folder: Path, town: Town, *, status: str = "active") -> Path:
    """Write a town with a roster and two scenarios; its units are of one status."""
    study = drawn_study(folder / "study", town)
    for path in (study / "scenarios").glob("*.toml"):
        if path.stem != "baseline":
            path.unlink()
    (study / "scenarios" / "lain.toml").write_text(OTHER, encoding="utf-8")
    (study / "staffing.csv").write_text(ROSTER, encoding="utf-8")
    with (study / "study.toml").open("a", encoding="utf-8") as card:
        card.write(CARD)
    points = study / "facilities.geojson"
    text = points.read_text(encoding="utf-8")
    points.write_text(text.replace('"active"', f'"{status}"'), encoding="utf-8")
    return study


def run(study: Path, *words: str) -> str:
    """Run a verb on a study, hold it to exit code 0 without warnings, return what it prints."""
    out = [] if words[0] == "explain" else ["--out", str(study.parent / "out")]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        result = CliRunner().invoke(cli, [*words, "--data", str(study), "--lang", "en", *out])
    assert result.exit_code == 0, result.output
    return result.stdout


def snaps(study: Path) -> dict[str, dict[str, float | None]]:
    manifest = run(study, "plan", "--quiet").strip()
    text = (study.parent / "out" / manifest.rpartition("/")[2] / "manifest.json").read_text()
    found: dict[str, dict[str, float | None]] = json.loads(text)["snap_distance_m"]
    return found


@pytest.mark.parametrize("status", ["closed", "temporarily_closed"])
def test_maps_where_rosters_stand_beside_no_open_unit(tmp_path: Path, status: str) -> None:
    run(written(tmp_path, TOWN, status=status), "maps")


@pytest.mark.parametrize("verb", ["assess", "maps", "compare"])
def test_a_city_where_nobody_lives(tmp_path: Path, verb: str) -> None:
    run(written(tmp_path, NOBODY), verb)


def test_the_distance_of_nobody_to_the_road_is_missing(tmp_path: Path) -> None:
    found = snaps(written(tmp_path, NOBODY))
    assert found["foot"] == {"median": None, "farthest": None}


def test_no_distance_to_a_road_that_no_mode_may_use(tmp_path: Path) -> None:
    study = written(tmp_path, MOTORWAYS)
    assert snaps(study)["foot"] == {"median": None, "farthest": None}
    run(study, "assess")


def test_roads_that_have_a_road_have_their_distances(tmp_path: Path) -> None:
    found = snaps(written(tmp_path, TOWN))["foot"]
    assert None not in found.values()


def test_roads_without_length_are_imported_without_shares(tmp_path: Path) -> None:
    study = written(tmp_path, TOWN)
    spot = dataclasses.replace(TOWN, nodes=dict.fromkeys(NODES, (100.0, 100.0)))
    file = drawn_study(tmp_path / "other", spot) / "roads.osm"
    words = ["import", str(file), "--as", "roads", "--into", str(study), "--again", "--yes",
             "--origin", "x", "--licence", "x", "--date", "2026-01-31", "--lang", "en"]  # fmt: skip
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert "0.0 km" in result.stdout
    assert "Inside the study" not in result.stdout


def test_a_pack_in_1970_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = written(tmp_path, TOWN)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(0))
    words = ["brief", "--data", str(study), "--lang", "en", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 6, result.output
    assert "BG-418" in result.stderr
    assert "1970" in result.stderr
    assert not (tmp_path / "out").exists()
