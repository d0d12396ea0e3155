"""`batu-geo init`: a study that is whole, or nothing."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shlex
import tomllib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import EnvironmentFault
from batu_geo.sources.osm import osm_servers
from batu_geo.sources.study.edit_study_file import with_crs, with_entry
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import StudyFile
from batu_geo.verbs.init import init
from tests.test_bring_your_own_city import grid_of_roads, make_files
from tests.test_fetch import StandIn

pytestmark = pytest.mark.slow


def test_a_new_study_has_a_valid_card(tmp_path: Path) -> None:
    folder = init(tmp_path / "kota", code="33.07")
    card = StudyFile.model_validate(tomllib.loads((folder / "study.toml").read_text()))
    assert card.name == "studi-33-07"
    assert (folder / card.population.path).is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kota"], "nothing left beside it"


def test_the_scenarios_and_the_readme_name_nothing_of_kota_batu(tmp_path: Path) -> None:
    folder = init(tmp_path / "kota", code="33.07")
    names = set(bg.load_study().villages["village_name"])
    foreign = re.compile(rf"\b(Batu|enam|[Ss]ix|F-[A-Z]+|{'|'.join(sorted(names))})\b")
    for path in [folder / "README.md", folder / "study.toml", *folder.glob("scenarios/*.toml")]:
        assert not foreign.search(path.read_text(encoding="utf-8")), path.name


def test_the_baseline_differs_from_that_of_kota_batu_only_where_the_place_speaks(
    tmp_path: Path,
) -> None:
    new, known = (
        read_scenario(folder / "scenarios" / "baseline.toml").model_dump()
        for folder in (init(tmp_path / "kota"), embedded_study())
    )
    # A new study is in the season of the day on which it is made.
    new["travel"].pop("season"), known["travel"].pop("season")
    assert {key for key in known if new[key] != known[key]} == {
        "title_en", "english", "service", "calibration", "modes", "need", "staffing", "candidates",
    }  # fmt: skip
    assert new["candidates"] == known["candidates"] | {"source": new["candidates"]["source"]}
    for modes in (new["modes"], known["modes"]):
        modes["motorcycle"].pop("source")
    assert new["modes"] == known["modes"]
    assert [c["weight"] for c in new["need"]] == [c["weight"] for c in known["need"]]


@pytest.mark.parametrize(
    ("day", "season"),
    [("2026-01-31", "hujan"), ("2026-04-30", "hujan"), ("2026-05-01", "kemarau"),
     ("2026-10-31", "kemarau"), ("2026-11-01", "hujan"), ("2026-12-22", "hujan")],
)  # fmt: skip
def test_a_new_study_is_in_the_season_of_its_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str, season: str
) -> None:
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.fromisoformat(day).replace(tzinfo=tz)

    monkeypatch.setattr(dt, "datetime", Clock)
    made = read_scenario(init(tmp_path / "kota") / "scenarios" / "baseline.toml")
    assert (made.service.on_date, made.travel.season) == (day, season)
    assert int(day[5:7]) in made.travel.seasons[season], "or BG-851 would come and go"
    assert sorted(m for months in made.travel.seasons.values() for m in months) == [*range(1, 13)]
    assert made.travel.seasons_evidence == "assumed"


@pytest.mark.parametrize("name", ["README.md", "scenarios/baseline.toml"])
def test_the_example_of_a_scenario_is_one(tmp_path: Path, name: str) -> None:
    folder = init(tmp_path / "kota")
    text = (folder / name).read_text(encoding="utf-8")
    if name == "README.md":
        example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    else:
        closure = re.search(r"^# \[\[closures\]\]\n(# .*\n)+", text, re.MULTILINE)[0]
        example = 'extends = "baseline"\nname = "musim-hujan"\n' + closure.replace("# ", "")
    path = folder / "scenarios" / "musim-hujan.toml"
    path.write_text(example, encoding="utf-8")
    found = read_scenario(path)
    assert found.name == path.stem
    assert found.travel.season == "hujan" or found.closures[0].season == "hujan"


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_readme_is_in_one_language_and_names_what_is_there(
    tmp_path: Path, language: str
) -> None:
    folder = tmp_path / "batu"
    done = CliRunner().invoke(cli, ["init", str(folder), "--with-batu", "--lang", language])
    assert done.exit_code == 0, done.output
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "{" not in text
    assert ("Isi folder" in text, "What is here" in text) == (language == "id", language == "en")
    assert ("Tiga unit terbaik" in text) == (language == "id")
    listed = re.findall(r"\| `([^`]+)` \|", text)
    assert len(listed) > 10
    assert all((folder / path).exists() for path in listed)


def test_the_commands_of_the_readme_lead_to_maps_and_a_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(tmp_path / "en", language="en")
    folder = init(tmp_path / "kotaku", code="99.99")
    make_files(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(osm_servers.time, "sleep", lambda _: None)
    server = StandIn()
    server.then = lambda _: (200, grid_of_roads(), {})
    more = {"import": ["--yes"], "fetch": ["--server", server.url]}
    block = re.compile(r"```bash\n(.*?)```", re.DOTALL)
    commands = block.search((folder / "README.md").read_text(encoding="utf-8"))[1]
    assert commands == block.search((tmp_path / "en" / "README.md").read_text())[1]
    for program, *args in map(shlex.split, commands.splitlines()):
        assert program == "batu-geo"
        result = CliRunner().invoke(cli, [*args, *more.get(args[0], [])])
        assert result.exit_code == 0, f"{args}: {result.output}"
    server.stop()
    made = {re.sub(r"-[0-9a-f]{8}.*", "", path.name) for path in (folder / "outputs").iterdir()}
    assert {"baseline", "baseline-peta"} <= made
    assert len(list((folder / "outputs").glob("baseline-*-brief/laporan.pdf"))) == 1
    (placed,) = (folder / "outputs").glob("*/summary.csv")
    with placed.open(encoding="utf-8") as file:
        rows = {row["scenario"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"baseline", "paling-adil", "satu-per-desa", "terbaik"}


@pytest.mark.parametrize("table", ["population", "facilities", "buildings", "staffing"])
def test_a_template_has_every_column_and_a_dictionary(tmp_path: Path, table: str) -> None:
    templates = init(tmp_path / "kota") / "templates"
    with (templates / f"{table}.csv").open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    columns = [column.name for column in CONTRACTS[table].columns]
    assert header[: len(columns)] == columns
    book = openpyxl.load_workbook(templates / f"{table}.xlsx")
    assert book.sheetnames == [table, "kamus"]
    assert [cell.value for cell in book[table][1]] == header
    described = [row[0] for row in book["kamus"].iter_rows(min_row=2, values_only=True)]
    assert described == header


def test_the_code_of_batu_begins_with_the_embedded_study(tmp_path: Path) -> None:
    folder = init(tmp_path / "batu", code="35.79")
    assert int(bg.load_study(folder).villages["population"].sum()) == 225_408


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(EnvironmentFault, match="BG-413"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_an_empty_folder_is_used_and_a_wrong_code_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "kosong"
    folder.mkdir()
    done = CliRunner().invoke(cli, ["init", str(folder), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert (folder / "study.toml").is_file()
    wrong = CliRunner().invoke(cli, ["init", str(tmp_path / "b"), "--code", "Batu"])
    assert wrong.exit_code == 4
    assert "BG-441" in wrong.stderr
    assert not (tmp_path / "b").exists()


def test_the_folder_one_stands_in_becomes_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = CliRunner().invoke(cli, ["init", ".", "--with-batu"])
    assert done.exit_code == 0, done.output
    assert Path("study.toml").is_file()
    assert len(bg.load_study(".").villages) == 24


def test_an_entry_is_replaced_and_everything_around_it_stays() -> None:
    card = '# top\ncrs = "EPSG:32749"  # zone\n\n[a]\npath = "1"\n\n# about b\n[b]\npath = "2"\n'
    changed = with_entry(card, "a", {"path": 'x"y'})
    assert changed == card.replace('path = "1"', 'path = "x\\"y"')
    assert with_entry(changed, "c", {"path": "3"}).endswith('\n\n[c]\npath = "3"\n')
    assert tomllib.loads(with_crs(card, "EPSG:32748"))["crs"] == "EPSG:32748"
