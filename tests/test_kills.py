"""Whatever stops a run, its folder holds the old result or the new one, never half.

By default a few of each; 200 kills, 60 of imports and 50 full disks with ``--all-kills``.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from batu_geo.importing.study_folder import StudyFolder
from batu_geo.verbs.init import init
from tests.conftest import ROOT
from tests.toy_study import write_two_villages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_two_villages(tmp_path_factory.mktemp("toy") / "study")


def ask(verb: str, study: Path, out: Path, count: int) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kills", verb, str(study), str(out), str(count)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


@pytest.mark.slow
def test_kills_leave_the_old_result_or_the_new_one(
    study: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # Side by side in folders of their own: most of a run's time is waiting for the disk.
    folders, count = (4, 50) if request.config.getoption("--all-kills") else (1, 5)
    with ThreadPoolExecutor(folders) as pool:
        outs = [tmp_path / f"{number}" for number in range(folders)]
        list(pool.map(lambda out: killed_again_and_again(study, out, count), outs))


def killed_again_and_again(study: Path, tmp_path: Path, count: int) -> None:
    tmp_path.mkdir()
    other = tmp_path / "other-run"
    other.mkdir()
    (other / "keep.txt").write_text("earlier")
    ask("together", study, tmp_path / "out", 1)
    before = hashes(tmp_path / "out")
    found = ask("kills", study, tmp_path / "out", count)
    assert found["killed"] == count
    assert found.get("half", 0) == found.get("missing", 0) == 0
    assert ask("together", study, tmp_path / "out", 1) == {"exit 0": 1}
    assert hashes(tmp_path / "out") == before, "the same inputs, the same bytes"
    assert [p.name for p in (tmp_path / "out").iterdir()] == [next(iter(before)).split("/")[0]]
    assert (other / "keep.txt").read_text() == "earlier"


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_result(
    study: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    points = 50 if request.config.getoption("--all-kills") else 4
    ask("together", study, tmp_path, 1)
    before = hashes(tmp_path)
    found = ask("full_disks", study, tmp_path, points)
    assert found == {"exit 6": points, "whole": points}
    assert hashes(tmp_path) == before
    assert len(list(tmp_path.iterdir())) == 1, "nothing is left aside"


@pytest.mark.slow
def test_eight_runs_at_once_leave_one_whole_result(study: Path, tmp_path: Path) -> None:
    assert ask("together", study, tmp_path, 8) == {"exit 0": 8}
    [run] = list(tmp_path.iterdir())
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert {k: v for k, v in hashes(run).items() if k != "manifest.json"} == manifest["outputs"]


@pytest.mark.slow
def test_killed_imports_leave_the_old_study_or_the_new_one(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count = 60 if request.config.getoption("--all-kills") else 4
    study = init(tmp_path / "study", code="35.79")
    people = (study / "population.csv").read_bytes()
    (tmp_path / "newer.csv").write_bytes(people.replace(b",12", b",13"))
    with StudyFolder.at(study).edit() as edit:
        edit.entries |= edit.study.inputs()
    before = {path.name for path in study.iterdir()}
    found = ask("import_kills", study, tmp_path / "newer.csv", count)
    assert found["killed"] == count
    assert found.get("half", 0) == 0
    with StudyFolder.at(study).edit():
        pass
    assert {path.name for path in study.iterdir()} == before, "nothing is left aside"
