"""Every malformed input is refused in one line or read with its repair listed, and does no harm."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.errors import messages
from tests.conftest import ROOT
from tests.how_many import is_all, sampled
from tests.malformed.brought import outside_imports, own_imports
from tests.malformed.cases import Case, every_case
from tests.malformed.guard import guarded
from tests.malformed.office import office_cases
from tests.malformed.outside import outside_cases, shared_folder
from tests.malformed.runner import bring, run
from tests.malformed.studies import study_cases

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.slow

CASES = every_case()
OF_OFFICES = office_cases()
# What import says of a file that it reads all the same.
NOTED = {"BG-226", "BG-255", "BG-274"}
FEWEST = 150
DOCUMENT = (ROOT / "docs" / "how_it_is_tested.md").read_text(encoding="utf-8")


def put(folder: Path, case: Case) -> Path:
    path = folder / case.file
    path.write_bytes(case.content)
    return path


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_own_malformed_input(case: Case, tmp_path: Path) -> None:
    end = run(put(tmp_path, case), case.table)
    assert end.faults == []
    if case.code == "":
        assert end.outcome == "read", end.lines
    else:
        assert any(code.startswith(case.code) for code in end.codes), end.lines
    assert [path.name for path in tmp_path.iterdir()] == [case.file], "nothing was written"


@pytest.mark.parametrize("case", OF_OFFICES, ids=[case.name for case in OF_OFFICES])
def test_malformed_input_of_an_office(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "in" / case.file
    path.parent.mkdir()
    path.write_bytes(case.content)
    end = bring(path, case.table, tmp_path)
    assert end.faults == []
    assert (end.outcome == "refused") == (case.code not in {"", *NOTED}), end.lines
    assert any(code.startswith(case.code) for code in end.codes), end.lines
    assert [path.name for path in path.parent.iterdir()] == [case.file], "nothing was written"


def test_own_malformed_inputs_as_imports(tmp_path: Path) -> None:
    are_brought(own_imports(tmp_path), tmp_path, "own files, imported")


def test_malformed_inputs_of_others_as_imports(tmp_path: Path) -> None:
    if not shared_folder().is_dir():
        pytest.skip("real data not here: shared/data/malformed")
    are_brought(outside_imports(tmp_path), tmp_path, "files of others, imported")


def are_brought(inputs: Iterable[tuple[str, Path, str]], room: Path, corpus: str) -> None:
    """Bring a sample, or with `--all-worlds` all, which are counted as the document counts them."""
    every = list(inputs)
    ends = {name: bring(path, table, room) for name, path, table in sampled(every)}
    assert {name: end.faults for name, end in ends.items() if end.faults} == {}
    counts = Counter(end.outcome for end in ends.values())
    row = (len(every), *(counts[outcome] for outcome in ("refused", "noted", "read")))
    assert row == row_of(corpus) if is_all() else row[0] == row_of(corpus)[0]


def row_of(corpus: str) -> tuple[int, ...]:
    """Return a row of the table in the document: all, refused, noted, read."""
    found = re.search(rf"\| {corpus} \|((?: \d+ \|){{4}})", DOCUMENT)
    assert found, f"no row of {corpus}"
    return tuple(int(count) for count in found[1].strip(" |").split("|"))


def test_there_are_enough_cases_of_different_faults() -> None:
    assert len(CASES) + 40 >= FEWEST
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({case.content for case in CASES}) >= FEWEST
    codes = {case.code for case in CASES if case.code in messages()}
    assert len(codes) >= 25


def test_own_malformed_studies(tmp_path: Path) -> None:
    ends = {name: run(study, "study") for name, study, _ in study_cases(tmp_path)}
    assert len(ends) >= 40
    assert {name: end.faults for name, end in ends.items() if end.faults} == {}
    assert {name for name, end in ends.items() if end.outcome != "refused"} == set()


def test_every_fault_of_three_files_comes_at_once(tmp_path: Path) -> None:
    [study] = [s for name, s, _ in study_cases(tmp_path) if "three faults" in name]
    lines = run(study, "study").lines
    named = {re.split(r"[ ,:]", line)[1] for line in lines}
    assert named == {"population.csv", "indicators.csv", "profiles.csv"}


def test_malformed_inputs_of_others(tmp_path: Path) -> None:
    if not shared_folder().is_dir():
        pytest.skip("real data not here: shared/data/malformed")
    ends = {name: run(path, table) for name, path, table in outside_cases(tmp_path)}
    assert {name: end.faults for name, end in ends.items() if end.faults} == {}
    assert len(ends) > 1000
    assert Counter(end.outcome for end in ends.values())["refused"] == len(ends)


def test_bad_geojson_of_others_names_feature_and_place() -> None:
    """Where the JSON itself can be read, the feature and its geometry or column are named."""
    folder = shared_folder() / "geojsonhint" / "bad"
    if not folder.is_dir():
        pytest.skip("real data not here: shared/data/malformed/geojsonhint")
    named = {}
    for path in sorted(folder.glob("*.geojson")):
        end = run(path, "villages")
        if end.codes[0] not in {"BG-104", "BG-110"}:
            named[path.name] = bool(
                re.search(r", fitur \d+.*, geometry: |, village_id: ", end.lines[0])
            )
    assert len(named) >= 25
    assert all(named.values()), named


def test_the_guard_sees_what_must_not_happen(tmp_path: Path) -> None:
    """A guard that saw nothing would prove nothing."""
    import socket

    with guarded(tmp_path) as seen:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
        (tmp_path / "x").write_text("x")
        with Path("/etc/hostname").open() as file:
            file.read()
    assert seen.sockets
    assert any(path.endswith("/x") for path in seen.written)
    assert seen.outside == ["/etc/hostname"]


def test_the_counts_stand_in_the_documents() -> None:
    noted = {"BG-230", "BG-233", "BG-241", "BG-247", "BG-801", "BG-808"}
    assert row_of("own files") == (
        len(CASES),
        sum(case.code not in {"", *noted} for case in CASES),
        sum(case.code in noted for case in CASES),
        sum(case.code == "" for case in CASES),
    )
    read = sum(case.code in {"", *NOTED} for case in OF_OFFICES)
    all_of_them = len(OF_OFFICES)
    assert row_of("files of offices, imported") == (all_of_them, all_of_them - read, read, 0)
