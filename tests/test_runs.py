"""Run folders appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from batu_geo.domain.errors import EnvironmentFault
from batu_geo.runs import put_run, run_name


def fill(folder: Path) -> None:
    (folder / "a.txt").write_text("new")


def test_the_name_depends_on_what_went_in_not_on_its_order() -> None:
    assert run_name("x", {"a": 1, "b": 2}) == run_name("x", {"b": 2, "a": 1})
    assert run_name("x", {"a": 1}) != run_name("x", {"a": 2})


def test_a_run_is_put_in_place(tmp_path: Path) -> None:
    folder = put_run(tmp_path / "deep" / "out", "run", fill, again=False)
    assert (folder / "a.txt").read_text() == "new"
    assert [p.name for p in folder.parent.iterdir()] == ["run"]


def test_a_run_that_appeared_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "a.txt").write_text("old")
    put_run(tmp_path, "run", fill, again=False)
    assert (tmp_path / "run" / "a.txt").read_text() == "old"
    put_run(tmp_path, "run", fill, again=True)
    assert (tmp_path / "run" / "a.txt").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_fault_leaves_the_old_run(tmp_path: Path) -> None:
    put_run(tmp_path, "run", fill, again=False)

    def broken(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentFault, match="No space left"):
        put_run(tmp_path, "run", broken, again=True)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["a.txt"]


def test_what_a_killed_run_left_behind_is_swept(tmp_path: Path) -> None:
    dead = tmp_path / ".old-run-999999999.part"
    dead.mkdir(parents=True)
    (dead / "half").write_text("x")
    mine = tmp_path / ".notes.part"
    mine.mkdir()
    put_run(tmp_path, "run", fill, again=False)
    assert {p.name for p in tmp_path.iterdir()} == {"run", ".notes.part"}
