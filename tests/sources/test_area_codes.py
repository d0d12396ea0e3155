"""The list of area codes: names, levels and parents by code, 83,000 villages in a second."""

from __future__ import annotations

import time
import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import BatuGeoError
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.tables.area_codes import read_area_codes
from batu_geo.verbs.init import init
from tests.toy_study import box, write_features

if TYPE_CHECKING:
    from pathlib import Path

LIST = (
    "kode,nama\n35,Jawa Timur\n35.09,Kabupaten Jember\n35.09.01,Jombang\n35.09.01.2001,Keting\n"
    "35.09.01.2002,Jombang\n35.79,Kota Batu\n"
)
BPS = "35;JAWA TIMUR\n3509;JEMBER\n3509010;KENCONG\n3509010001;PASEBAN\n"


def codes(text: str):
    return read_area_codes(Opened("kode.csv", text.encode()))[0]


@pytest.mark.parametrize("text", [LIST, LIST.replace(".", ""), LIST.partition("\n")[2]])
def test_names_levels_and_parents_follow_from_the_codes(text: str) -> None:
    found = codes(text)
    assert [found.level(code) for code in found.names] == [1, 2, 3, 4, 4, 2]
    assert found.parents("35.09.01.2001") == ["35", "35.09", "35.09.01"]
    part = found.part("35.09")
    assert [*part.names] == ["35", "35.09", "35.09.01", "35.09.01.2001", "35.09.01.2002"]
    assert next(part.villages()) == {
        "village_id": "35.09.01.2001", "village_name": "Keting", "district_name": "Jombang",
    }  # fmt: skip


def test_the_list_of_bps_has_districts_of_seven_digits() -> None:
    found = codes(BPS)
    assert [found.level(code) for code in found.names] == [1, 2, 3, 4]
    assert next(found.villages())["district_name"] == "KENCONG"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("35.79,Kota Batu\n35.79,Kota Baru\n", [2]),
        ("35.7,X\n35.79\n35,Y\n", [1, 2]),
        ("kode\n", []),
    ],
)
def test_rows_without_code_or_name_are_refused_all_at_once(text: str, rows: list[int]) -> None:
    with pytest.raises(BatuGeoError) as caught:
        codes(text)
    assert [problem.row for problem in caught.value.problems if problem.row] == rows


def test_areas_without_their_parent_are_said() -> None:
    (notice,) = read_area_codes(Opened("kode.csv", b"35.09.01.2001,Keting\n"))[1]
    assert (notice.code, notice.values["count"]) == ("BG-625", 1)


@pytest.mark.slow
def test_83_000_villages_are_read_in_about_a_second() -> None:
    rows = [f"{p}.{k:02}.{d:02}.2{v:03},Desa {v}" for p in range(11, 49) for k in range(1, 14)
            for d in range(1, 15) for v in range(1, 13)]  # fmt: skip
    start = time.process_time()
    found = codes("\n".join(rows))
    assert len(found.names) == 82_992
    assert time.process_time() - start < 5, "about one on a free core"


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    (tmp_path / "kode.csv").write_text(LIST)
    return init(tmp_path / "studi", code="35.09", area_codes=tmp_path / "kode.csv")


@pytest.mark.slow
def test_a_study_begun_by_a_code_knows_its_names(begun: Path, tmp_path: Path) -> None:
    assert tomllib.loads((begun / "study.toml").read_text())["title"] == "Kabupaten Jember"
    outlines = tmp_path / "batas.geojson"
    rows = [
        ({"kode": "3509012001", "desa": None}, box(0, 0, 5, 5)),
        ({"kode": "35.09.01.2003", "desa": "Baru"}, box(5, 0, 9, 5)),
    ]
    write_features(outlines, rows)
    done = import_file(Request(outlines, "villages", begun), lambda *_: True)
    assert "BG-286" in {notice.code for notice in done.notices}, "one that the list does not have"
    found = StudyFolder.at(begun).records("villages")
    assert [(v["village_id"], v.get("village_name"), v.get("district_name")) for v in found] == [
        ("35.09.01.2001", "Keting", "Jombang"), ("35.09.01.2003", "Baru", None),
    ]  # fmt: skip


@pytest.mark.slow
def test_outlines_without_codes_are_matched_by_the_list(begun: Path, tmp_path: Path) -> None:
    outlines = tmp_path / "batas.geojson"
    write_features(outlines, [({"desa": "Keting"}, box(0, 0, 5, 5))])
    import_file(Request(outlines, "villages", begun), lambda *_: True)
    assert StudyFolder.at(begun).records("villages")[0]["village_id"] == "35.09.01.2001"


@pytest.mark.slow
def test_a_code_that_is_not_in_the_list_is_refused_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "kode.csv").write_text(LIST)
    args = [
        "init",
        str(tmp_path / "s"),
        "--code",
        "35.10",
        "--area-codes",
        str(tmp_path / "kode.csv"),
    ]
    refused = CliRunner().invoke(cli, args)
    assert refused.exit_code == 4
    assert "35.09 Kabupaten Jember, 35.79 Kota Batu" in " ".join(refused.stderr.split())
    assert not (tmp_path / "s").exists()
