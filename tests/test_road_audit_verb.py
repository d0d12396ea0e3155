"""The road audit of `check`: each kind in a drawn town with its numbers, its files, its words."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from tests.drawn_towns import Town, Village, degrees, drawn_study
from tests.hostile import NAMES

if TYPE_CHECKING:
    from pathlib import Path

# A street of 1 km from west to east with 100 people and a unit, well inside its village.
MAIN = Village("1001", "Induk", 100, (-500, -900, 1100, 200))
STREET = Town(
    nodes={"A": (0, 0), "B": (1000, 0)}, ways=(("AB", "residential"),),
    villages=(MAIN,), units=(("U1", "1001", (500.0, 0.0)),),
)  # fmt: skip
NO_ROW = {"n": 0, "km": 0.0, "people": 0}


def with_streets(nodes: dict[str, tuple[float, float]], *ways: tuple[str, Any],
                 villages: tuple[Village, ...] = ()) -> Town:  # fmt: skip
    return replace(
        STREET, nodes=STREET.nodes | nodes, ways=STREET.ways + ways,
        villages=STREET.villages + villages,
    )  # fmt: skip


# Two islands without a unit: 200 m beyond the east end 60 people, 300 m north of the street 90.
ISLANDS = with_streets(
    {"P": (1200, 0), "Q": (1400, 0), "R": (0, 300), "S": (300, 300)},
    ("PQ", "residential"), ("RS", "residential"),
    villages=(Village("1003", "Utara", 90, (-500, 200, 1500, 400)),
              Village("1004", "Timur", 60, (1100, -900, 1500, 200))),
)  # fmt: skip
# Each is not inhabited, so that its 100 people stay on the main street.
MISSED = with_streets({"T": (300, -300), "V": (300, -0.5)}, ("TV", "path"))
CROSSED = with_streets({"C": (600, -100), "D": (600, 100)}, ("CD", "path"))
TWICE = with_streets({"E": (0, 0.4), "F": (1000, 0.4)}, ("EF", "path"))
ENDS = replace(STREET, villages=(Village("1001", "Induk", 100, (-10, -900, 1000, 200)),))


def checked(town: Town, folder: Path, *args: object) -> dict[str, Any]:
    path = drawn_study(folder / "study", town)
    result = CliRunner().invoke(cli, ["check", str(path), "--json", *map(str, args)])
    assert result.exit_code == 0, result.output
    card: dict[str, Any] = json.loads(result.stdout)["road_audit"]
    return card


def read_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def audited(town: Town, folder: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    card = checked(town, folder, "--map", folder / "peta.html")
    return card, read_rows(folder / "peta_roads.csv")


@pytest.mark.slow
def test_parts_have_people_units_and_kilometres_and_the_best_gap_comes_first(
    tmp_path: Path,
) -> None:
    card, rows = audited(ISLANDS, tmp_path)
    assert card["counts"]["part"] == {"n": 3, "km": pytest.approx(1.5, abs=1e-3), "people": 250}
    parts = [row for row in rows if row["kind"] == "part"]
    assert [(row["people"], row["units"]) for row in parts] == [
        ("100", "1"),
        ("90", "0"),
        ("60", "0"),
    ]
    gaps = [row for row in rows if row["kind"] == "gap"]
    assert [float(row["metres"]) for row in gaps] == pytest.approx([300, 200], abs=0.1)
    assert [row["people"] for row in gaps] == ["90", "60"]
    lonely = {"n": 2, "km": pytest.approx(0.5, abs=1e-3), "people": 150}
    assert card["counts"]["gap"] == lonely
    assert card["counts"]["without_unit"] == lonely
    assert float(gaps[1]["lon"]) == pytest.approx(degrees((1100, 0))[0], abs=2e-6)


@pytest.mark.parametrize(
    ("kind", "town", "metres", "place", "ways"),
    [
        ("end_near_street", MISSED, 0.5, (300, -0.5), ("2", "1")),
        ("crossing_without_vertex", CROSSED, 0.0, (600, 0), ("2", "1")),
        ("drawn_twice", TWICE, 1000.0, (500, 0), ("1", "2")),
    ],
)
@pytest.mark.slow
def test_a_fault_of_drawing_has_its_place_its_ways_and_its_people(
    kind: str, town: Town, metres: float, place: tuple[float, float], ways: tuple[str, str],
    tmp_path: Path,
) -> None:  # fmt: skip
    card, rows = audited(town, tmp_path)
    expected = {"n": 1, "km": pytest.approx(metres / 1000, abs=1e-3), "people": 100}
    assert card["counts"][kind] == expected
    (row,) = [row for row in rows if row["kind"] == kind]
    assert (row["way_id"], row["other_way_id"]) == ways
    assert float(row["metres"]) == pytest.approx(metres, abs=0.1)
    assert [float(row["lon"]), float(row["lat"])] == pytest.approx(degrees(place), abs=5e-6)
    assert row["village_name"] == "Induk"
    others = {"end_near_street", "crossing_without_vertex", "drawn_twice", "ends_at_border"}
    # Streets drawn twice miss each other at both ends as well.
    if kind != "drawn_twice":
        assert all(card["counts"][other] == NO_ROW for other in others - {kind})


@pytest.mark.slow
def test_roads_that_end_at_the_border_are_listed_with_their_distance(tmp_path: Path) -> None:
    card, rows = audited(ENDS, tmp_path)
    assert card["counts"]["ends_at_border"] == {
        "n": 2, "km": pytest.approx(0.01, abs=1e-3), "people": 100,
    }  # fmt: skip
    ends = [row for row in rows if row["kind"] == "ends_at_border"]
    assert sorted(float(row["metres"]) for row in ends) == pytest.approx([0, 10], abs=0.1)
    assert (card["roads_across"], card["km_outside"]) == (0, pytest.approx(0, abs=1e-3))


@pytest.mark.slow
def test_a_street_without_faults_has_none_and_says_so(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", STREET)
    result = CliRunner().invoke(cli, ["check", str(path), "--lang", "en"])
    assert "No gap: every part with people has an open unit." in result.stdout
    assert result.stdout.count(" none ") == 9
    assert "The roads are made up as an example" in result.stdout
    indonesian = CliRunner().invoke(cli, ["check", str(path)]).stdout
    assert indonesian.count("tidak ditemukan") == 9
    assert "Data jalan: drawn (31 Januari 2026, ilustratif)" in indonesian


def test_reported_roads_are_not_called_made_up(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", STREET)
    card = path / "study.toml"
    before, roads = card.read_text(encoding="utf-8").split("[roads]")
    card.write_text(f"{before}[roads]{roads.replace('illustrative', 'reported')}", "utf-8")
    result = CliRunner().invoke(cli, ["check", str(path), "--lang", "en"])
    assert "made up" not in result.stdout
    assert "Roads: drawn (31 January 2026, reported)" in result.stdout


def test_without_roads_there_is_no_audit_and_it_says_why(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", STREET)
    (path / "roads.osm").unlink()
    target = tmp_path / "peta.html"
    result = CliRunner().invoke(cli, ["check", str(path), "--lang", "en", "--map", str(target)])
    assert result.exit_code == 3
    assert "No road audit was made: road network is missing or cannot be read." in result.stdout
    assert sorted(file.name for file in tmp_path.iterdir()) == ["peta.html", "study"]


@pytest.mark.slow
def test_without_any_unit_no_gap_can_be_named(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", replace(ISLANDS, units=()))
    result = CliRunner().invoke(cli, ["check", str(path), "--lang", "en"])
    assert "No gap can be named: no part of the network has an open unit." in result.stdout


@pytest.mark.slow
def test_the_files_are_the_same_rows_and_the_same_bytes(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", ISLANDS)
    contents = []
    for _ in range(2):
        result = CliRunner().invoke(cli, ["check", str(path), "--map", str(tmp_path / "p.html")])
        assert f"Pemeriksaan jalan: {tmp_path / 'p_roads.html'}" in result.stdout
        files = sorted(tmp_path.glob("p*"))
        assert [file.name for file in files] == [
            "p.html", "p_roads.csv", "p_roads.geojson", "p_roads.html",
        ]  # fmt: skip
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]
    rows = read_rows(tmp_path / "p_roads.csv")
    features = json.loads((tmp_path / "p_roads.geojson").read_text("utf-8"))["features"]
    assert [str(f["properties"]["people"]) for f in features] == [row["people"] for row in rows]
    shapes = {(f["properties"]["kind"], f["geometry"]["type"]) for f in features}
    assert shapes == {("gap", "LineString"), ("part", "MultiLineString"), ("part", "Point")}


@pytest.mark.slow
def test_an_audit_is_not_written_over_another_table_or_layer(tmp_path: Path) -> None:
    path = drawn_study(tmp_path / "study", STREET)
    for name in ("p_roads.csv", "p_roads.geojson"):
        (tmp_path / name).write_text('{"type": "FeatureCollection", "features": [\n{"x": 1}\n]}')
        result = CliRunner().invoke(cli, ["check", str(path), "--map", str(tmp_path / "p.html")])
        assert result.exit_code == 4
        assert "BG-442" in result.stderr
        assert not (tmp_path / "p_roads.html").exists()
        (tmp_path / name).unlink()


@pytest.mark.slow
def test_hostile_names_of_streets_and_villages_stay_text(tmp_path: Path) -> None:
    named = [("AB", {"highway": "residential", "name": name}) for name in NAMES]
    town = replace(STREET, ways=tuple(named))
    path = drawn_study(tmp_path / "study", town)
    result = CliRunner().invoke(cli, ["check", str(path), "--map", str(tmp_path / "p.html")])
    assert result.exit_code == 0, result.output
    html = (tmp_path / "p_roads.html").read_text("utf-8")
    assert html.count("&lt;") > 0
    for live in ("<img src=x", "<svg onload", "<script>window.pwned", "${window", "{{7*7}}"):
        assert live not in html
    cells = [row[key] for row in read_rows(tmp_path / "p_roads.csv") for key in row]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
