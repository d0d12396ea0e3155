"""Runs, packs and imports end well where Windows refuses what Linux allows (imitated here)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.locks import LOCK, MARK, locked
from batu_geo.runs import what_is_spoilt
from batu_geo.writing import flush_to_disk
from tests.toy_study import write_two_villages
from tests.windows import imitate_windows


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_two_villages(tmp_path / "study")


def run(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(f"{MARK}*")]


def test_the_imitation_refuses_what_windows_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a"
    file.write_text("a")
    refused = imitate_windows(monkeypatch)
    with pytest.raises(PermissionError):
        os.open(tmp_path, os.O_RDONLY)
    handle = os.open(file, os.O_RDONLY)
    for refuses in (
        lambda: os.fsync(handle), file.unlink, lambda: file.rename(tmp_path / "b"),
        lambda: file.replace(tmp_path / "b"),
    ):  # fmt: skip
        with pytest.raises(OSError, match=r"Windows|descriptor"):
            refuses()
    os.close(handle)
    file.replace(tmp_path / "b")
    with locked(tmp_path), pytest.raises(PermissionError):
        (tmp_path / LOCK).read_text()
    assert set(refused) == {"open", "fsync", "unlink", "rename", "replace", "a second handle"}


def test_files_and_folders_are_flushed_or_passed_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("a")
    refused = imitate_windows(monkeypatch)
    flush_to_disk([tmp_path / "a", tmp_path])
    assert refused == ["open"]


@pytest.mark.slow
def test_plan_brief_and_import_end_well(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("village_id,village_name,population\nv.1,Desa 1,510\nv.2,Desa 2,300\n")
    refused = imitate_windows(monkeypatch)
    out = tmp_path / "out"
    first = Path(run("plan", "--data", study, "--out", out, "--quiet"))
    assert what_is_spoilt(first) == []
    again = Path(run("plan", "--data", study, "--out", out, "--quiet", "--again"))
    assert again == first
    pack = Path(run("brief", first, "--data", study, "--out", out, "--quiet"))
    assert (pack / "manifest.json").is_file()
    run("import", people, "--as", "population", "--into", study, "--again", "--yes")
    assert "510" in (study / "penduduk.csv").read_text()
    assert left(tmp_path) == []
    assert set(refused) == {"open", "unlink"}, "folders and the lock alone, and these are passed by"
