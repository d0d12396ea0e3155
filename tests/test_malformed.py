"""Bad input ends in coded lines and an exit code, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

LOGIN = "<!DOCTYPE html><html><title>Masuk</title></html>"


def features(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the features of a GeoJSON file in place."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document["features"])
    path.write_text(json.dumps(document), encoding="utf-8")


def villages(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Path], None]:
    return lambda study: features(study / "boundaries" / "desa_kelurahan.geojson", change)


def facilities(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Path], None]:
    return lambda study: features(study / "facilities.geojson", change)


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(study: Path) -> None:
        path = study / name
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def swap(members: list[dict[str, Any]]) -> None:
    for member in members:
        member["geometry"]["coordinates"].reverse()


def bowtie(members: list[dict[str, Any]]) -> None:
    ring = [[112.5, -7.9], [112.6, -7.8], [112.6, -7.9], [112.5, -7.8], [112.5, -7.9]]
    members[6]["geometry"] = {"type": "Polygon", "coordinates": [ring]}


def set_property(number: int, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda members: members[number]["properties"].update(values)


CASES: dict[str, tuple[Callable[[Path], Any], str, int, str]] = {
    "missing file": (lambda s: (s / "facilities.geojson").unlink(), "BG-101", 3, "facilities"),
    "empty file": (lambda s: (s / "population.csv").write_text(""), "BG-102", 3, "population.csv"),
    "login page as geojson": (
        lambda s: (s / "facilities.geojson").write_text(LOGIN), "BG-103", 3, "HTML",
    ),
    "login page as pbf": (
        lambda s: (s / "roads" / "jalan_ilustratif.osm.pbf").write_text(LOGIN), "BG-103", 3, "HTML",
    ),
    "cut-off geojson": (
        lambda s: (s / "facilities.geojson").write_text(
            (s / "facilities.geojson").read_text()[:3000]
        ),
        "BG-104", 3, "line",
    ),
    "cut-off pbf": (
        lambda s: (s / "roads" / "jalan_ilustratif.osm.pbf").write_bytes(
            (s / "roads" / "jalan_ilustratif.osm.pbf").read_bytes()[:40_000]
        ),
        "BG-109", 3, "jalan_ilustratif",
    ),
    "swapped coordinates": (facilities(swap), "BG-208", 3, "feature 1"),
    "23 of 24 villages": (villages(lambda m: m.pop(3)), "BG-210", 3, "Sisir"),
    "23 villages everywhere": (
        lambda s: (villages(lambda m: m.pop(3))(s), drop_line(s / "population.csv", "Sisir"),
                   drop_line(s / "indicators.csv", "35.79.01.1004"),
                   facilities(lambda m: m.__setitem__(slice(None), m[8:9]))(s),
                   features(s / "buildings.geojson", lambda m: m.clear())),
        "BG-216", 3, "23",
    ),
    "duplicate village ids": (
        villages(set_property(1, village_id="35.79.01.1001")), "BG-206", 3, "feature 2",
    ),
    "duplicate facility ids": (
        facilities(set_property(1, facility_id="PKM-Dau")), "BG-206", 3, "PKM-Dau",
    ),
    "unknown facility kind": (facilities(set_property(4, kind="WARUNG")), "BG-205", 3, "WARUNG"),
    "unknown village of a facility": (
        facilities(set_property(4, village_id="35.79.09.9999")), "BG-211", 3, "35.79.09.9999",
    ),
    "negative population": (
        text("population.csv", ",18068,", ",-18068,"), "BG-204", 3, "row 2",
    ),
    "population with a fraction": (
        text("population.csv", ",18068,", ",18068.5,"), "BG-203", 3, "18068.5",
    ),
    "self-crossing village": (villages(bowtie), "BG-207", 3, "feature 7"),
    "overlapping villages": (
        villages(lambda m: m[1].update(geometry=m[0]["geometry"])), "BG-218", 3, "m²",
    ),
    "points for polygons": (
        villages(lambda m: m[0].update(geometry={"type": "Point", "coordinates": [112.5, -7.9]})),
        "BG-217", 3, "Point",
    ),
    "facility in another country": (
        facilities(lambda m: m[0]["geometry"].update(coordinates=[103.8, 1.3])), "BG-215", 3, "km",
    ),
    "metres as degrees": (
        facilities(lambda m: m[0]["geometry"].update(coordinates=[668_000.0, 9_130_000.0])),
        "BG-209", 3, "668000",
    ),
    "roads elsewhere": (
        text("study.toml", 'path = "roads/jalan_ilustratif', 'path = "roads/jauh'), "BG-212", 3, "km",
    ),
    "roads without roads": (
        text("study.toml", 'path = "roads/jalan_ilustratif', 'path = "roads/kosong'), "BG-213", 3, "",
    ),
    "a path out of the study": (
        text("study.toml", 'path = "population.csv"', 'path = "../../etc/passwd"'),
        "BG-302", 4, "population.path",
    ),
    "an address as path": (
        text("study.toml", 'path = "population.csv"', 'path = "http://127.0.0.1/population.csv"'),
        "BG-107", 3, "",
    ),
    "unknown key": (text("study.toml", "licence", "license"), "BG-301", 4, "license"),
    "broken toml": (text("study.toml", "[roads]", "[roads"), "BG-112", 3, "line"),
    "unknown indicator village": (
        text("indicators.csv", "35.79.01.1001", "35.79.01.9999"), "BG-211", 3, "35.79.01.9999",
    ),
    "no study here": (lambda s: (s / "study.toml").unlink(), "BG-101", 3, "study.toml"),
    "unknown scenario key": (
        text("scenarios/baseline.toml", "refuse_m", "refuse_metres"), "BG-301", 4, "refuse_m?",
    ),
}  # fmt: skip


def drop_line(path: Path, mark: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if mark not in line), encoding="utf-8")


def far_roads(path: Path, *, highway: str) -> None:
    """Write a tiny OSM file near Jakarta."""
    import osmium

    with osmium.SimpleWriter(str(path)) as writer:
        for number in (1, 2):
            location = (106.8 + number / 1000, -6.2)
            writer.add_node(osmium.osm.mutable.Node(id=number, location=location))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags={"highway": highway}))


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_in_one_line(case: str, study_copy: Path, tmp_path: Path) -> None:
    spoil, code, exit_code, shown = CASES[case]
    far_roads(study_copy / "roads" / "jauh.osm.pbf", highway="primary")
    far_roads(study_copy / "roads" / "kosong.osm.pbf", highway="bus_stop")
    spoil(study_copy)
    out = tmp_path / "hasil"
    result = CliRunner().invoke(
        cli, ["plan", "--data", str(study_copy), "--out", str(out), "--lang", "en"]
    )
    lines = result.stderr.splitlines()
    assert result.exit_code == exit_code, result.output
    assert any(line.startswith(code) and shown in line for line in lines), lines
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert not out.exists()


def test_all_faults_of_a_file_come_at_once(study_copy: Path, tmp_path: Path) -> None:
    def spoil(members: list[dict[str, Any]]) -> None:
        members[0]["properties"]["kind"] = "WARUNG"
        members[1]["properties"]["status"] = "buka"
        members[2]["geometry"]["coordinates"].reverse()
        del members[3]["properties"]["facility_name"]

    features(study_copy / "facilities.geojson", spoil)
    result = CliRunner().invoke(cli, ["plan", "--data", str(study_copy), "--out", str(tmp_path)])
    assert [line[:6] for line in result.stderr.splitlines()[1:]] == [
        "BG-208", "BG-202", "BG-205", "BG-205",
    ]  # fmt: skip


def test_debug_shows_the_traceback(study_copy: Path) -> None:
    (study_copy / "population.csv").unlink()
    result = CliRunner().invoke(cli, ["--debug", "plan", "--data", str(study_copy)])
    assert "BG-101" in str(result.exception)
