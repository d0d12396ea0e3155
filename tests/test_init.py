"""`batu-geo init`: a study that is whole, or nothing."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import EnvironmentFault
from batu_geo.pipeline.init import init
from batu_geo.sources.desk import StudyFile
from batu_geo.sources.study_card import with_crs, with_entry


def test_a_new_study_has_a_valid_card_templates_and_general_scenarios(tmp_path: Path) -> None:
    folder = init(tmp_path / "kota", code="33.07")
    card = StudyFile.model_validate(tomllib.loads((folder / "study.toml").read_text()))
    assert card.name == "studi-33-07"
    assert (folder / card.population.path).is_file()
    names = {path.stem for path in (folder / "scenarios").glob("*.toml")}
    assert "baseline" in names
    assert "torongrejo-buka" not in names, "it names a village of Kota Batu"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kota"], "nothing left beside it"


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


def test_an_entry_is_replaced_and_everything_around_it_stays() -> None:
    card = '# top\ncrs = "EPSG:32749"  # zone\n\n[a]\npath = "1"\n\n# about b\n[b]\npath = "2"\n'
    changed = with_entry(card, "a", {"path": 'x"y'})
    assert changed == card.replace('path = "1"', 'path = "x\\"y"')
    assert with_entry(changed, "c", {"path": "3"}).endswith('\n\n[c]\npath = "3"\n')
    assert tomllib.loads(with_crs(card, "EPSG:32748"))["crs"] == "EPSG:32748"
