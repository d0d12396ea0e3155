"""`check` says everything that is wrong at once, in words, as JSON and on a map, and repairs copies."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.checking.check_one_file import check_file
from batu_geo.checking.check_study import check_study
from batu_geo.checking.fault_map_data import approximate_place, check_map
from batu_geo.cli import cli
from batu_geo.cli.commands.cmd_check import CHECKED_AS
from batu_geo.domain.errors import SourceError
from batu_geo.sources.geometry.repair_geometry import LARGEST_CHANGE, clean_value, repair_geometry
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from tests.conftest import ROOT
from tests.hostile import NAMES

if TYPE_CHECKING:
    from batu_geo.checking.findings import CheckResult

pytestmark = pytest.mark.slow

FILES = {
    "villages": "boundaries/desa_kelurahan.geojson",
    "facilities": "facilities.geojson",
    "buildings": "buildings.geojson",
    "roads": "roads/jalan_ilustratif.osm.pbf",
    "population": "population.csv",
    "indicators": "indicators.csv",
    "costs": "costs.csv",
    "staffing": "staffing.csv",
    "profiles": "profiles.csv",
    "figures": "facts/city_figures.csv",
    "scenario": "scenarios/baseline.toml",
}


def invoke(*args: object):
    return CliRunner().invoke(cli, ["check", *(str(arg) for arg in args)])


def change(path: Path, spoil: Any) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    spoil(document["features"])
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> CheckResult:
    """Return what is found in the embedded study."""
    return check_study()


def test_the_embedded_study_has_no_errors_and_three_points_outside_their_village(
    found: CheckResult,
) -> None:
    assert found.exit_code == 0
    assert found.errors == ()
    outside = [fault.problem for fault in found.warnings if fault.problem.code == "BG-801"]
    assert sorted(problem.record_id for problem in outside) == [
        "PKM-Beji", "PKM-Junrejo", "PKM-Sisir",
    ]  # fmt: skip
    assert found.records["villages"] == 24
    assert set(found.inputs) == set(FILES) - {"scenario"}


def test_totals_are_held_against_reported_figures(found: CheckResult) -> None:
    codes = [fault.problem for fault in found.warnings if fault.table == "figures"]
    posyandu = next(problem for problem in codes if problem.record_id == "F-POSYANDU")
    assert (posyandu.values["found"], posyandu.values["reported"]) == (191, 193)
    assert ": 191 di tabel, 193 dilaporkan" in posyandu.line()
    people = next(problem for problem in codes if problem.record_id == "F-PKM-BATU")
    assert ": 52.932 di tabel, 51.566 dilaporkan" in people.line("id")
    assert ": 52,932 in the table" in people.line("en")


@pytest.mark.parametrize("table", CHECKED_AS)
def test_each_input_alone(table: str) -> None:
    result = invoke(embedded_study() / FILES[table], "--as", table)
    assert result.exit_code == 0, result.output
    assert "0 galat" in result.stdout


def test_all_faults_of_all_files_come_at_once_and_on_one_line_each(sparse_copy: Path) -> None:
    text = (sparse_copy / "population.csv").read_text(encoding="utf-8")
    (sparse_copy / "population.csv").write_text(text.replace(",18068,", ",-1,"), encoding="utf-8")
    change(sparse_copy / "facilities.geojson",
           lambda m: (m[0]["properties"].update(kind="WARUNG"),
                      m[1]["geometry"]["coordinates"].reverse()))  # fmt: skip
    change(sparse_copy / FILES["villages"], lambda m: m[2]["geometry"].update(coordinates=[]))
    (sparse_copy / "scenarios" / "lain.toml").write_text("x = 1")
    result = invoke("--data", sparse_copy, "--lang", "en")
    assert result.exit_code == 3
    lines = [line for line in result.stdout.splitlines() if line.startswith("error ")]
    codes = [line.split()[1] for line in lines]
    assert set(codes) == {"BG-202", "BG-204", "BG-205", "BG-208", "BG-301", "BG-302"}
    assert all("Fix: " in line for line in lines)
    assert "facilities.geojson, feature 1" in result.stdout
    assert "without villages" in result.stdout, "what could not be held against what is said"


def test_a_file_of_a_study_is_named_by_its_path(sparse_copy: Path) -> None:
    (sparse_copy / "facilities.geojson").unlink()
    result = invoke(sparse_copy, "--json", "--lang", "en")
    assert result.exit_code == 3
    [error] = json.loads(result.stdout)["errors"]
    assert (error["code"], error["path"], error["table"]) == (
        "BG-101", "facilities.geojson", "facilities",
    )  # fmt: skip


def test_json_holds_what_the_report_holds(sparse_study: Path) -> None:
    card = json.loads(invoke("--data", sparse_study, "--json").stdout)
    assert card["inputs"]["villages"]["records"] == 24
    assert len(card["inputs"]["villages"]["sha256"]) == 64
    assert card["errors"] == []
    report = invoke("--data", sparse_study).stdout
    for warning in card["warnings"]:
        assert warning["line"] in report


@pytest.mark.parametrize(
    ("args", "exit_code"),
    [
        (["x.geojson"], 2),
        (["x.geojson", "--as", "nothing"], 2),
        (["x.geojson", "--as", "villages"], 3),
        (["http://127.0.0.1:9/x.geojson", "--as", "villages"], 3),
        (["--data", "/nonexistent"], 3),
    ],
)
def test_mistakes_end_with_their_exit_code(args: list[str], exit_code: int) -> None:
    result = invoke(*args)
    assert result.exit_code == exit_code
    assert "Traceback" not in result.output


def test_every_scenario_is_counted(found: CheckResult) -> None:
    paths = list((embedded_study() / "scenarios").glob("*.toml"))
    assert found.records["scenario"] == len(paths) > 1


def test_a_study_that_is_not_there_is_named_in_full(tmp_path: Path) -> None:
    result = invoke("--data", tmp_path / "tidak ada")
    assert result.exit_code == 3
    assert f"{tmp_path / 'tidak ada' / 'study.toml'}: berkas tidak ditemukan" in result.stderr


def test_a_wrong_card_is_a_setting_and_exits_4(sparse_copy: Path) -> None:
    path = sparse_copy / "study.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("licence", "license"), encoding="utf-8"
    )
    assert invoke(sparse_copy).exit_code == 4


def test_check_writes_nothing_unless_asked(sparse_copy: Path, tmp_path: Path, monkeypatch) -> None:
    (sparse_copy / "facilities.geojson").write_text("{")
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert invoke(sparse_copy).exit_code == 3
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.slow
@pytest.mark.usefixtures("_blank_map")
def test_stale_and_damaged_results_are_named(sparse_copy: Path, tmp_path: Path) -> None:
    run = bg.plan(data=sparse_copy, out=tmp_path / "hasil")
    assert "BG-232" not in invoke(sparse_copy, "--out", tmp_path / "hasil").stdout
    change(sparse_copy / "buildings.geojson", lambda m: m.pop())
    stale = invoke(sparse_copy, "--out", tmp_path / "hasil")
    assert stale.exit_code == 0
    assert f"BG-232 {run.folder}" in stale.stdout
    (run.folder / "city.csv").write_text("x")
    assert "city.csv" in invoke(sparse_copy, "--out", tmp_path / "hasil").stdout


def test_gaps_and_small_overlaps_are_measured(sparse_copy: Path) -> None:
    path = sparse_copy / FILES["villages"]
    document = json.loads(path.read_text(encoding="utf-8"))
    shape = shapely.from_geojson(json.dumps(document["features"][0]["geometry"]))
    side = 10 / 111_000
    x, y = shape.representative_point().coords[0]
    hole = shapely.box(x, y, x + side, y + side)
    document["features"][0]["geometry"] = json.loads(shapely.to_geojson(shape.difference(hole)))
    path.write_text(json.dumps(document), encoding="utf-8")
    [gap] = [f.problem for f in check_file(path, "villages").warnings if f.problem.code == "BG-230"]
    assert 90 < float(gap.values["gap_m2"]) < 110
    assert abs(float(gap.values["lon"]) - x) < 2 * side
    neighbour = next(
        feature for feature in document["features"][1:]
        if shapely.from_geojson(json.dumps(feature["geometry"])).touches(shape)
    )  # fmt: skip
    grown = shapely.union(
        shapely.from_geojson(json.dumps(neighbour["geometry"])),
        shapely.Point(
            shapely.intersection(
                shapely.from_geojson(json.dumps(neighbour["geometry"])), shape
            ).representative_point()
        ).buffer(side / 2),
    )
    neighbour["geometry"] = json.loads(shapely.to_geojson(grown))
    path.write_text(json.dumps(document), encoding="utf-8")
    overlaps = [
        f.problem for f in check_file(path, "villages").warnings if f.problem.code == "BG-218"
    ]
    assert overlaps
    assert all(0 < float(problem.values["overlap_m2"]) < 80 for problem in overlaps)


def test_the_map_shows_hostile_text_as_text_and_every_fault(
    sparse_copy: Path, tmp_path: Path
) -> None:
    def spoil(members: list[Any]) -> None:
        for member, name in zip(members, NAMES, strict=False):
            member["properties"]["kind"] = name
            member["properties"]["facility_id"] = name

    change(sparse_copy / "facilities.geojson", spoil)
    target = tmp_path / "peta" / "temuan.html"
    result = invoke(sparse_copy, "--map", target)
    assert result.exit_code == 3
    html = target.read_text(encoding="utf-8")
    for live in ("<img src=x", "<svg onload", "<script>window.pwned", "${window", "{{7*7}}"):
        assert live not in html
    assert html.count("BG-205") >= len(NAMES)
    assert [path.name for path in target.parent.iterdir()] == ["temuan.html"]
    found = check_study(sparse_copy)
    assert check_map(found, "id").html == check_map(found, "id").html, "the same bytes"


@pytest.mark.parametrize("name", ["population.csv", "study.toml", "notes.html", "map", "link.html"])
def test_a_map_is_not_written_over_an_input_or_another_file(sparse_copy: Path, name: str) -> None:
    (sparse_copy / "notes.html").write_text("my notes")
    (sparse_copy / "link.html").symlink_to(sparse_copy / "population.csv")
    before = {path: path.read_bytes() for path in sparse_copy.rglob("*") if path.is_file()}
    result = invoke(sparse_copy, "--map", sparse_copy / name)
    assert result.exit_code == 4
    assert "BG-442 --map" in result.stderr
    assert {path: path.read_bytes() for path in sparse_copy.rglob("*") if path.is_file()} == before


def test_a_map_is_written_over_an_older_map(sparse_copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "maps" / "peta.HTML"
    for _ in range(2):
        assert invoke(sparse_copy, "--map", target).exit_code == 0
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "peta.HTML", "peta_roads.HTML", "peta_roads.csv", "peta_roads.geojson",
    ]  # fmt: skip


def test_a_map_without_any_place_still_lists_the_faults(tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("{")
    html = check_map(check_file(path, "villages"), "en").html
    assert "BG-104" in html


@pytest.mark.parametrize(
    "geometry",
    [None, 3, [], {}, {"coordinates": None}, {"coordinates": [[]]}, {"coordinates": [["x", 1]]},
     {"coordinates": [10**400, 1]}, {"coordinates": [668000, 9130000]}],
)  # fmt: skip
def test_what_has_no_place_has_none(geometry: Any) -> None:
    assert approximate_place(geometry) is None


def test_repairs_are_new_files_with_a_list_and_pass_the_check(
    sparse_copy: Path, tmp_path: Path
) -> None:
    def spoil(members: list[Any]) -> None:
        members[0]["properties"]["facility_name"] = " UPKDK\u00a0Temas\u200b "
        members[1]["properties"]["status"] = "Active"
        members.append(members[3])
        for member in members:
            member["properties"]["nama_pasien"] = "RAHASIA"

    change(sparse_copy / "facilities.geojson", spoil)
    change(sparse_copy / FILES["villages"],
           lambda m: m[4]["geometry"]["coordinates"][0].pop())  # fmt: skip
    csv_path = sparse_copy / "indicators.csv"
    rows = list(csv.reader(csv_path.read_text(encoding="utf-8").splitlines()))
    with csv_path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [[cell.replace("daftar", "d\xe4ftar") for cell in row] for row in rows]
        )
    before = {p: p.read_bytes() for p in sparse_copy.rglob("*") if p.is_file()}
    result = invoke(sparse_copy, "--fix", tmp_path / "perbaikan", "--lang", "en")
    assert result.exit_code == 3, "the originals are as wrong as before"
    assert {p: p.read_bytes() for p in sparse_copy.rglob("*") if p.is_file()} == before
    written = {
        p.relative_to(tmp_path / "perbaikan").as_posix()
        for p in (tmp_path / "perbaikan").rglob("*") if p.is_file()
    }  # fmt: skip
    assert written == {"facilities.geojson", FILES["villages"], "indicators.csv", "perubahan.csv"}
    shutil.copytree(tmp_path / "perbaikan", sparse_copy, dirs_exist_ok=True)
    assert check_study(sparse_copy).errors == ()
    text = (tmp_path / "perbaikan" / "perubahan.csv").read_text(encoding="utf-8")
    reasons = {row["reason"] for row in csv.DictReader(text.splitlines())}
    assert len(reasons) == 7
    assert "RAHASIA" not in text
    assert "RAHASIA" not in (tmp_path / "perbaikan" / "facilities.geojson").read_text("utf-8")


def test_repairs_never_go_in_place_or_over_files(sparse_copy: Path, tmp_path: Path) -> None:
    change(sparse_copy / "facilities.geojson", lambda m: m[0]["properties"].update(status="ACTIVE"))
    assert "BG-413" in invoke(sparse_copy, "--fix", sparse_copy).stderr
    (tmp_path / "file").write_text("x")
    assert invoke(sparse_copy, "--fix", tmp_path / "file").exit_code == 6
    one = invoke(
        sparse_copy / "facilities.geojson", "--as", "facilities", "--fix", tmp_path / "new"
    )
    assert one.exit_code == 3
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"facilities.geojson", "perubahan.csv"}


def test_a_study_without_faults_gets_no_repairs(sparse_study: Path, tmp_path: Path) -> None:
    result = invoke("--data", sparse_study, "--fix", tmp_path / "new")
    assert result.exit_code == 0
    assert not (tmp_path / "new").exists()


BOX = [[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]
SPIKE = [[0, 0], [100, 0], [100, 100], [60, 100], [40, 100.02], [60, 100.02], [40, 100], [0, 100],
         [0, 0]]  # fmt: skip
BOWTIE = [[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]


@pytest.mark.parametrize(
    ("ring", "reasons"),
    [
        (BOX, []),
        (BOX[:-1], ["ring"]),
        ([[*xy, 5] for xy in BOX], ["heights"]),
        (SPIKE, ["crossing"]),
        (BOWTIE, None),
        (["x"], None),
        ([], None),
    ],
)
def test_a_geometry_is_mended_up_to_a_thousandth_of_its_area(ring: Any, reasons: Any) -> None:
    given = {"type": "Polygon", "coordinates": [ring]}
    mended, found = repair_geometry(given)
    if not reasons:
        assert (mended, found) == (given, [])
        return
    assert [reason for reason, _ in found] == reasons
    shape = shapely.from_geojson(json.dumps(mended))
    assert shape.is_valid
    assert abs(shape.area - 10_000) <= 10_000 * LARGEST_CHANGE


@pytest.mark.parametrize("value", [None, 3, True, [], "Beji", "Oro-oro Ombo"])
def test_what_is_clean_stays(value: Any) -> None:
    assert clean_value(value, None) == (value, "")


GUARDED = """
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)) if event.startswith("socket.") else None)
from batu_geo.cli import cli
try:
    cli(["check", "--lang", "en"])
except SystemExit as end:
    assert end.code == 0
print("sockets:", [s for s in seen if s[0] != "socket.__new__"])
"""


@pytest.mark.slow
def test_the_command_opens_no_socket_from_its_first_import_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "sockets: []", done.stdout[-500:] + done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was written at home either"


def test_a_sealed_study_keeps_its_card_and_refuses_a_changed_digit(
    sparse_copy: Path, tmp_path: Path
) -> None:
    card = sparse_copy / "study.toml"
    before = card.read_text(encoding="utf-8")
    args = ["check", "--seal", "--out", str(tmp_path), "--lang", "en"]
    result = CliRunner().invoke(cli, [*args, "--data", str(sparse_copy)])
    assert result.exit_code == 0, result.output
    assert "fingerprints of 10 inputs are noted in" in " ".join(result.output.split())
    now = card.read_text(encoding="utf-8")
    kept = [line for line in now.splitlines() if not line.startswith("sha256")]
    assert [line for line in kept if line] == [line for line in before.splitlines() if line]
    load_study(sparse_copy)
    people = sparse_copy / "population.csv"
    people.write_text(people.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    with pytest.raises(SourceError, match="BG-118"):
        load_study(sparse_copy)
    result = CliRunner().invoke(cli, [*args, "--data", str(card)])
    assert result.exit_code == 3
    assert "No fingerprint was noted" in result.output
    assert card.read_text(encoding="utf-8") == now


def test_the_embedded_study_is_not_sealed_by_mistake() -> None:
    result = CliRunner().invoke(cli, ["check", "--seal"])
    assert result.exit_code == 2
    assert "--seal --data DIR" in result.stderr
