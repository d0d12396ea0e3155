"""Run folders appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import batu_geo as bg
from batu_geo.domain.errors import EnvironmentFault
from batu_geo.locks import HOLDER, LOCK, locked
from batu_geo.runs import put_run, run_name, stale_runs
from batu_geo.verbs.plan import open_run
from batu_geo.writing import OLD, put_new, restore_interrupted, temporary_path
from tests.test_writing import at_each, files, killed_at

pytestmark = pytest.mark.slow


def fill(folder: Path) -> None:
    (folder / "a.txt").write_text("new")


def test_the_name_depends_on_what_went_in_not_on_its_order() -> None:
    assert run_name("x", {"a": 1, "b": 2}) == run_name("x", {"b": 2, "a": 1})
    assert run_name("x", {"a": 1}) != run_name("x", {"a": 2})


@pytest.mark.parametrize("moment", ["fill", "first rename", "second rename", "clearing up"])
def test_an_interrupt_at_any_moment_leaves_one_whole_run(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one or the new one, and nothing beside it."""
    put_run(tmp_path, "a", lambda folder: (folder / "x").write_text("old"))
    rename, rmtree, steps = Path.rename, shutil.rmtree, []

    def once(name: str) -> None:
        steps.append(name)
        if moment == name and steps.count(name) == 1:
            raise KeyboardInterrupt

    def renamed(path: Path, target: Path) -> Path:
        done = rename(path, target)
        once("first rename" if target.name.endswith(".old.part") else "second rename")
        return done

    def removed(path: Path, **how: bool) -> None:
        once("clearing up")
        rmtree(path, **how)

    def fill(folder: Path) -> None:
        (folder / "x").write_text("new")
        once("fill")

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(shutil, "rmtree", removed)
    with pytest.raises(KeyboardInterrupt):
        put_run(tmp_path, "a", fill)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["a"]
    expected = "old" if moment in {"fill", "first rename"} else "new"
    assert (tmp_path / "a" / "x").read_text() == expected


def test_a_run_is_put_in_place(tmp_path: Path) -> None:
    folder = put_run(tmp_path / "deep" / "out", "run", fill)
    assert (folder / "a.txt").read_text() == "new"
    assert [p.name for p in folder.parent.iterdir()] == ["run"]


def test_a_run_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "b.txt").write_text("old")
    put_run(tmp_path, "run", fill)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["a.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_fault_leaves_the_old_run(tmp_path: Path) -> None:
    put_run(tmp_path, "run", fill)

    def broken(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentFault, match="penyimpanan penuh"):
        put_run(tmp_path, "run", broken)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["a.txt"]


def test_what_a_killed_run_left_behind_is_swept(tmp_path: Path) -> None:
    dead = tmp_path / ".batu-geo-old-run-999999999.part"
    dead.mkdir(parents=True)
    (dead / "half").write_text("x")
    put_run(tmp_path, "run", fill)
    assert {p.name for p in tmp_path.iterdir()} == {"run"}


FOREIGN = (".notes.part", ".film-999999999.part", ".archive-999999999.old.part", ".lock")


def test_what_other_programs_left_is_not_touched(tmp_path: Path) -> None:
    for name in FOREIGN[:3]:
        (tmp_path / name).mkdir()
    (tmp_path / FOREIGN[3]).write_text("theirs")
    put_run(tmp_path, "run", fill)
    assert {p.name for p in tmp_path.iterdir()} == {"run", *FOREIGN}
    assert (tmp_path / ".lock").read_text() == "theirs"


def fill_deep(folder: Path) -> None:
    fill(folder)
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text("new")


DEEP = {"a.txt": b"new", "sub/b.txt": b"new"}


def test_an_empty_folder_is_filled_where_it_is_and_nothing_is_done_beside_it(
    tmp_path: Path,
) -> None:
    (tmp_path / ".batu-geo-mine-999999999.part").mkdir()
    folder = tmp_path / "mine"
    folder.mkdir()
    before = folder.stat().st_ino, tmp_path.stat().st_mtime_ns
    assert put_new(folder, fill_deep) == folder
    assert (folder.stat().st_ino, tmp_path.stat().st_mtime_ns) == before
    assert files(folder) == DEEP


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("hit", range(1, 10))
def test_a_new_folder_that_fails_is_as_it_was(
    tmp_path: Path, hit: int, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    folder = tmp_path / "mine"
    if is_there:
        folder.mkdir()

    def fails(number: int) -> None:
        if number == hit:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        at_each(patch, ("fsync", "replace"), fails)
        with pytest.raises(EnvironmentFault, match="BG-401"):
            put_new(folder, fill_deep)
    assert files(tmp_path) == {}
    assert folder.exists() == is_there
    put_new(folder, fill_deep)
    assert files(folder) == DEEP


@pytest.mark.slow
def test_a_new_folder_whose_maker_was_killed_is_undone_and_filled_by_the_next(
    tmp_path: Path,
) -> None:
    for call in range(1, 100):
        folder = tmp_path / f"{call}"
        if not killed_at(folder, call, lambda folder: put_new(folder, fill_deep)):
            break
        if folder.exists():
            restore_interrupted(folder)
        shown = {name for name in files(tmp_path) if ".batu-geo-" not in name}
        assert shown in (set(), {f"{call}/{name}" for name in DEEP}), call
        if shown:
            with pytest.raises(EnvironmentFault, match="BG-413"):
                put_new(folder, fill_deep)
        else:
            put_new(folder, fill_deep)
        assert files(folder) == DEEP
        shutil.rmtree(folder)
    assert call > 15


def test_a_folder_with_files_is_not_filled(tmp_path: Path) -> None:
    put_new(tmp_path / "mine", fill)
    for _ in range(2):
        with pytest.raises(EnvironmentFault, match="BG-413"):
            put_new(tmp_path / "mine", fill)
    with pytest.raises(EnvironmentFault, match="BG-413"):
        put_new(tmp_path / "mine" / "a.txt", fill)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "a.txt"]


def test_a_process_of_the_same_number_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    put_run(tmp_path, "run", fill)
    for path in (temporary_path(tmp_path / "run"), temporary_path(tmp_path / "run", OLD)):
        path.mkdir()
        (path / "half").write_text("x")
    put_run(tmp_path, "run", fill)
    assert [p.name for p in tmp_path.rglob("*")] == ["run", "a.txt"]


def test_killed_between_two_renames_the_old_run_is_put_back(
    tmp_path: Path,
) -> None:
    put_run(tmp_path, "run", fill)
    (tmp_path / "run").rename(tmp_path / ".batu-geo-run-999999999.old.part")
    put_run(tmp_path, "other", fill)
    assert {p.name for p in tmp_path.iterdir()} == {"run", "other"}
    assert (tmp_path / "run" / "a.txt").read_text() == "new"


def test_when_the_new_run_cannot_be_placed_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_run(tmp_path, "run", fill)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name.endswith(".part") and ".old" not in self.name:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(EnvironmentFault, match="BG-401"):
        put_run(tmp_path, "run", fill)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_the_files_of_a_living_process_are_not_swept(tmp_path: Path) -> None:
    mine = tmp_path / f".batu-geo-run-{os.getppid()}.part"
    mine.mkdir()
    put_run(tmp_path, "other", fill)
    assert mine.exists()


def test_stray_files_of_what_is_kept_are_swept(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "overpass"
    cache.mkdir(parents=True)
    (cache.parent / ".batu-geo-roads-ab.npz-999999999.part").write_text("half")
    (cache / ".batu-geo-ab.json-999999999.part").write_text("half")
    (cache / "ab.part").write_text("theirs")
    put_run(tmp_path, "run", fill)
    assert [p.name for p in (tmp_path / ".cache").rglob("*")] == ["overpass", "ab.part"]


def test_a_second_writer_waits_and_is_then_told_who_writes(tmp_path: Path) -> None:
    with locked(tmp_path):
        with (
            pytest.raises(EnvironmentFault, match="BG-411") as caught,
            locked(tmp_path, longest_wait_s=0.1),
        ):
            pass
        line = caught.value.lines("en")[0]
        assert f"({os.getpid()})" in line
        assert json.loads((tmp_path / HOLDER).read_text())["since"] in line
    with locked(tmp_path, longest_wait_s=0):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text('{"process": 1, "since": "2026-01-01"}')
    with locked(tmp_path, longest_wait_s=0):
        pass


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(EnvironmentFault, match="BG-401"):
        put_run(tmp_path / "out", "run", fill)
    assert (tmp_path / "out").read_text() == "x"


@pytest.mark.slow
@pytest.mark.usefixtures("_blank_map")
def test_a_damaged_run_is_computed_anew_and_a_stale_one_named(
    sparse_study: Path, tmp_path: Path
) -> None:
    run = bg.plan(data=sparse_study, out=tmp_path)
    assert list(stale_runs(tmp_path, "kota-batu", hashes_of(run.manifest))) == []
    good = (run.folder / "gaps.csv").read_bytes()
    (run.folder / "gaps.csv").write_bytes(good.replace(b"1", b"2", 1))
    with pytest.raises(EnvironmentFault, match=r"BG-412 .*gaps\.csv"):
        open_run(run.folder)
    [problem] = stale_runs(tmp_path, "kota-batu", hashes_of(run.manifest))
    assert problem.code == "BG-412"
    again = bg.plan(data=sparse_study, out=tmp_path)
    assert again.is_new
    assert (run.folder / "gaps.csv").read_bytes() == good
    changed = hashes_of(run.manifest) | {"roads": "0" * 64}
    [problem] = stale_runs(tmp_path, "kota-batu", changed)
    assert problem.code == "BG-232"
    assert problem.values["tables"] == "roads"
    assert list(stale_runs(tmp_path, "other-study", changed)) == []
    (run.folder / "manifest.json").write_text("{")
    assert bg.plan(data=sparse_study, out=tmp_path).is_new


def hashes_of(manifest: dict) -> dict[str, str]:
    return {table: card["sha256"] for table, card in manifest["inputs"].items()}
