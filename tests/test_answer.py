"""`batu-geo answer`: a form out, answers in, what they change, and back again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.testing import Result

HEAD = "table,id,field,value,source,date\n"
HALF = 2


def answer(*arguments: object, language: str = "en") -> Result:
    return CliRunner().invoke(cli, ["answer", *map(str, arguments), "--lang", language])


def sheet(folder: Path, text: str, name: str = "jawaban.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + text, encoding="utf-8")
    return path


def first_ids(folder: Path) -> tuple[str, str]:
    villages = load_study(folder).villages
    return str(villages["village_id"].iloc[0]), str(villages["village_id"].iloc[1])


@pytest.mark.slow
def test_half_of_a_form_is_answered_and_undone(sparse_copy: Path, tmp_path: Path) -> None:
    form = tmp_path / "tanya.xlsx"
    listed = answer("--list", "--xlsx", form, "--data", sparse_copy, "--json")
    assert listed.exit_code == 0, listed.output
    questions = json.loads(listed.stdout)["questions"]
    assert questions[0]["table"] == "villages"
    assert questions[0]["binds"].startswith("which_villages")
    book = openpyxl.load_workbook(form)
    rows = book["answers"]
    columns = [cell.value for cell in rows[1]]
    assert columns[:3] == ["table", "id", "field"]
    assert columns[-3:] == ["value", "source", "date"]
    assert rows.max_row == len(questions) + 1
    assert all(cell.data_type != "f" for row in rows.iter_rows() for cell in row)
    for row in rows.iter_rows(min_row=2, max_row=1 + len(questions) // HALF):
        known = dict(zip(columns, row, strict=True))
        known["value"].value = known["now"].value or "unknown"
        known["source"].value, known["date"].value = "telepon kantor", "31/01/2026"
    book.save(form)
    before = load_study(sparse_copy)
    done = answer(form, "--data", sparse_copy, "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert (record["new"], record["replaced"]) == (len(questions) // HALF, 0)
    assert {c["conclusion"] for c in record["changed"]} >= {"has_unit"}
    after = load_study(sparse_copy)
    assert len(after.answers) == len(questions) // HALF
    assert "answers" in after.inputs
    left = json.loads(answer("--list", "--data", sparse_copy, "--json").stdout)["questions"]
    assert len(left) <= len(questions) - len(questions) // HALF
    (sparse_copy / "answers.csv").unlink()
    again = load_study(sparse_copy)
    assert again.facilities.equals(before.facilities)
    assert again.villages.equals(before.villages)
    assert again.inputs == before.inputs


@pytest.mark.slow
def test_every_fault_at_once_and_nothing_is_written(sparse_copy: Path, tmp_path: Path) -> None:
    one, other = first_ids(sparse_copy)
    path = sheet(tmp_path, "".join([
        f"villages,{one},has_unit,mungkin,telepon,2026-01-31\n",
        f'population,{one},population,"1,250",,31-02-2026\n',
        f"population,{other},people,3,telepon,2026-01-31\n",
        "facilities,F-99,status,active,telepon,2026-01-31\n",
        "buildings,B-99,condition,baik,Hub. 0812-3456-7890,2026-01-31\n",
        f"villages,{other},has_unit,ya,telepon,2026-01-31\n",
        f"villages,{other},has_unit,tidak,telepon,2026-01-31\n",
        "kartu,x,y,z,telepon,2026-01-31\n",
    ]))  # fmt: skip
    result = answer(path, "--data", sparse_copy)
    assert result.exit_code == 3
    lines = [line for line in result.stderr.splitlines() if line.startswith("BG-")]
    found = {(line[:6], line.partition("row ")[2].split(",")[0].split(" ")[0]) for line in lines}
    assert found >= {("BG-205", "2"), ("BG-275", "3"), ("BG-202", "3"), ("BG-221", "3"),
                     ("BG-205", "4"), ("BG-238", "5"), ("BG-228", "6"), ("BG-206", "8"), ("BG-205", "9")}  # fmt: skip
    assert "0812" not in result.output
    assert not (sparse_copy / "answers.csv").exists()


def test_the_embedded_study_is_never_written_to(tmp_path: Path) -> None:
    path = sheet(tmp_path, "population,35.79.01.1001,population,3,telepon,2026-01-31\n")
    result = answer(path, "--data", embedded_study())
    assert result.exit_code == 4
    assert "BG-444" in result.stderr
    assert "init" in result.stderr
    assert not (embedded_study() / "answers.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("x.csv", "--list"), 2), (("x.csv", "--xlsx", "f.xlsx"), 2),
     (("--list", "--xlsx", "f.pdf"), 4)],
)  # fmt: skip
def test_options_that_do_not_go_together(arguments: Iterable[str], code: int) -> None:
    assert answer(*arguments).exit_code == code


def test_a_form_is_not_written_over(tmp_path: Path) -> None:
    there = sheet(tmp_path, "", "form.csv")
    result = answer("--list", "--xlsx", there)
    assert (result.exit_code, "BG-443" in result.stderr) == (4, True)
    assert there.read_text(encoding="utf-8") == HEAD


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "code"),
    [("id,field,value,source,date\n", "BG-120"), ("", "BG-120"), (HEAD, "BG-239")],
)
def test_sheets_without_header_or_answers(
    sparse_copy: Path, tmp_path: Path, head: str, code: str
) -> None:
    path = sheet(tmp_path, "population,v,population,,,\n", head=head)
    result = answer(path, "--data", sparse_copy)
    assert result.exit_code == 3
    assert code in result.stderr


@pytest.mark.slow
def test_hostile_sources_and_a_second_answer(sparse_copy: Path, tmp_path: Path) -> None:
    one, _ = first_ids(sparse_copy)
    head = "tabel;kode;kolom;nilai;sumber;tanggal;catatan\n"
    for count, name in enumerate(NAMES[9:12]):
        path = tmp_path / f"{count}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(head)
            csv.writer(file, delimiter=";").writerow(
                ["population", one, "population", f"1.{200 + count}", name, "31/01/2026", "x"]
            )
        result = answer(path, "--data", sparse_copy)
        assert result.exit_code == 0, result.output
        assert "BG-818" in result.output
        (kept,) = load_study(sparse_copy).answers
        assert (kept.value, kept.source) == (str(1200 + count), name)
        assert ("0 answers replaced" in result.output) == (count == 0)
    text = (sparse_copy / "answers.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == HEAD.strip()
    assert not any(cell.startswith(("=", "@")) for cell in text.splitlines()[1].split(","))


@pytest.mark.slow
def test_check_reads_answers_and_names_the_rows_that_fit_nothing(sparse_copy: Path) -> None:
    one, _ = first_ids(sparse_copy)
    good = f"population,{one},population,1200,telepon,2026-01-31\n"
    sheet(sparse_copy, good, "answers.csv")
    checked = CliRunner().invoke(cli, ["check", str(sparse_copy), "--lang", "en"])
    assert checked.exit_code == 0, checked.output
    assert "answers of offices" in checked.output
    sheet(sparse_copy, good + "facilities,F-99,status,active,telepon,2026-01-31\n", "answers.csv")
    checked = CliRunner().invoke(cli, ["check", str(sparse_copy), "--lang", "en"])
    assert checked.exit_code == 3
    assert "BG-238 answers.csv, row 3 (F-99)" in checked.output
    sealed = CliRunner().invoke(cli, ["check", str(sparse_copy), "--seal"])
    assert sealed.exit_code == 3
    sheet(sparse_copy, good, "answers.csv")
    CliRunner().invoke(cli, ["check", str(sparse_copy), "--seal"])
    assert "[answers]" not in (sparse_copy / "study.toml").read_text(encoding="utf-8")
    assert load_study(sparse_copy).answers
