"""People by age and sex: the sums that a study has, whatever the form of the headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.importing.import_table import import_file, import_files
from batu_geo.importing.request import Request
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.cells.age_words import AgeGroup, age_group_of
from batu_geo.verbs.init import init

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = [*(f"{first}-{first + 4}" for first in range(0, 75, 5)), "75+"]
CODES = {"99.99.01.2001": "Contoh", "99.99.01.2002": "Kedua"}


@pytest.mark.parametrize(
    ("heading", "group"),
    [
        ("0-4", (0, 4, "")), ("U0_4_L", (0, 4, "L")), ("00 - 04 Laki-laki", (0, 4, "L")),
        ("Perempuan 5 s/d 9", (5, 9, "P")), ("Umur 75+ (jiwa)", (75, None, "")),
        (">75 L", (76, None, "L")), ("< 1", (0, 0, "")), ("60 tahun ke atas", (60, None, "")),
        ("Jumlah 10 - 14 P", (10, 14, "P")), ("3", (3, 3, "")), ("2024", None), ("RT 1-3", None),
        ("4-0", None), ("1 2 3", None), ("< 0", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_headings_of_age_groups(heading: object, group: tuple[int, int | None, str] | None) -> None:
    assert age_group_of(heading) == (AgeGroup(*group) if group else None)


def people(village: int, group: int, sex: str) -> int:
    return 100 * village + 10 * group + (3 if sex == "L" else 4)


def expected(village: int) -> tuple[int, int, int]:
    by_group = [sum(people(village, n, sex) for sex in "LP") for n in range(len(GROUPS))]
    return sum(by_group), by_group[0], sum(by_group[12:])


def wide(path: Path, style: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if style == "two rows":
        sheet.append(["Kode", "Desa", *(text for g in GROUPS for text in (g, None))])
        sheet.append([None, None, *("L" if n % 2 == 0 else "P" for n in range(2 * len(GROUPS)))])
    else:
        sheet.append(["Kode", "Desa", *(style.format(g, s) for g in GROUPS for s in "LP")])
    for number, (code, name) in enumerate(CODES.items()):
        counts = [people(number, n, s) for n in range(len(GROUPS)) for s in "LP"]
        sheet.append([code, name, *counts])
    book.save(path)
    return path


def long(path: Path) -> Path:
    lines = ["kode,desa,kelompok umur,jenis kelamin,jumlah"]
    lines += [f"{code},{name},{g},{'Laki-laki' if s == 'L' else 'Perempuan'},{people(v, n, s)}"
              for v, (code, name) in enumerate(CODES.items()) for n, g in enumerate(GROUPS)
              for s in "LP"]  # fmt: skip
    path.write_text("\n".join(lines))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("style", ["{} {}", "U{}_{}", "two rows", "long"])
def test_one_table_gives_people_and_indicators(tmp_path: Path, style: str) -> None:
    study = init(tmp_path / "studi")
    path = long(tmp_path / "p.csv") if style == "long" else wide(tmp_path / "p.xlsx", style)
    said: list[Problem] = []
    requests = [Request(path, table, study) for table in ("population", "indicators")]
    import_files(requests, lambda _, notices: said.extend(notices) or True)
    assert [n.values["found"] for n in said if n.code == "BG-629"] == [
        "population", "children_under_5, over_60",
    ]  # fmt: skip
    folder = StudyFolder.at(study)
    for number, (one, two) in enumerate(
        zip(folder.records("population"), folder.records("indicators"), strict=True)
    ):
        found = (one["population"], two["children_under_5"], two["over_60"])
        assert tuple(map(int, found)) == expected(number)


@pytest.mark.slow
def test_headings_of_the_user_and_what_cannot_be_added_up(tmp_path: Path) -> None:
    study = init(tmp_path / "studi")
    file = tmp_path / "umur.csv"

    def brought(head: str) -> None:
        file.write_text(f'kode,desa,{head}\n99.99.01.2001,Contoh,10,"1.200",30\n')
        import_file(Request(file, "population", study, again=True), lambda *_: True)

    for head, found in (("0-4,10-59,60+", "0-4 / 10-59"), ("0-14,10-59,60+", "0-14 / 10-59"),
                        ("0-4 L,5-59 L,60+ L", "0-4"), ("5-9,10-59,60+", "5-9"),
                        ("0-4,5-59,60-64", "60-64")):  # fmt: skip
        with pytest.raises(BatuGeoError, match=f"BG-628.*{found}"):
            brought(head)
    (study / "synonyms.toml").write_text('[ages]\n"0-4" = ["balita"]\n"60+" = ["lansia"]\n')
    brought("Balita,5-59,Lansia")
    assert StudyFolder.at(study).records("population")[0]["population"] == "1240"


@pytest.mark.slow
def test_figures_that_an_age_table_lacks_stay(tmp_path: Path) -> None:
    study = init(tmp_path / "studi")
    path = wide(tmp_path / "p.xlsx", "{} {}")
    figures = tmp_path / "i.csv"
    figures.write_text("kode,posyandu\n99.99.01.2001,3\n99.99.01.2002,4\n")
    import_file(Request(path, "population", study), lambda *_: True)
    import_file(Request(figures, "indicators", study), lambda *_: True)
    done = import_file(Request(path, "indicators", study, again=True), lambda *_: True)
    assert "posyandu" in next(n for n in done.notices if n.code == "BG-297").values["found"]
    assert [row["posyandu"] for row in StudyFolder.at(study).records("indicators")] == ["3", "4"]
