"""Several files of a folder change all together or not at all, wherever writing ends."""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.domain.errors import EnvironmentFault
from batu_geo.locks import HOLDER, LOCK, locked, without_locks
from batu_geo.writing import (
    UNDO,
    naming_write_errors,
    remove_leftovers,
    replace_all,
    restore_interrupted,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEFORE = {"a.csv": b"old a", "sub/b.csv": b"old b"}
AFTER = {"a.csv": b"new a", "sub/b.csv": b"new b", "sub/c.json": b"new c", "deep/d.json": b"d"}
CALLS = ("fsync", "replace", "rename")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def write(folder: Path, contents: dict[str, bytes] = AFTER) -> None:
    with naming_write_errors(folder), locked(folder):
        for place in (folder, folder / "sub", folder / "deep"):
            remove_leftovers(place)
        if contents:
            replace_all(folder, contents)


def start_again(folder: Path) -> None:
    restore_interrupted(folder)
    write(folder, {})


def at_each(patch: pytest.MonkeyPatch, names: tuple[str, ...], hit: Callable[[int], None]) -> None:
    """Call `hit` with the number of the call before every call of these functions."""
    count = 0

    def counted(real: Any) -> Any:
        def call(*args: Any, **rest: Any) -> Any:
            nonlocal count
            count += 1
            hit(count)
            return real(*args, **rest)

        return call

    for name in names:
        patch.setattr(os, name, counted(getattr(os, name)))


def test_files_old_and_new_are_written_and_nothing_else_is_left(folder: Path) -> None:
    write(folder)
    assert files(folder) == AFTER


@pytest.mark.parametrize("call", range(1, 28))
@pytest.mark.parametrize("stays", [False, True], ids=["once", "from then on"])
def test_a_call_that_fails_leaves_every_old_file(
    folder: Path, call: int, monkeypatch: pytest.MonkeyPatch, *, stays: bool
) -> None:
    def fails(number: int) -> None:
        if number == call or (stays and number > call):
            raise OSError(28, "No space left on device")

    told = False
    with monkeypatch.context() as patch:
        at_each(patch, CALLS, fails)
        try:
            write(folder)
        except EnvironmentFault as error:
            assert error.problems[0].code == "BG-401"
            told = True
    start_again(folder)
    assert files(folder) == (BEFORE if told else AFTER)
    assert told or call > 12, "what nobody is told of may only be the flush after the last rename"


def killed_at(folder: Path, call: int, write: Callable[[Path], object] = write) -> bool:
    """Write in a process that kills itself before a call; return whether it came to that."""
    pid = os.fork()
    if pid:
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])

    def dies(number: int) -> None:
        if number == call:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        at_each(pytest.MonkeyPatch(), (*CALLS, "mkdir", "unlink", "rmdir"), dies)
        write(folder)
    finally:
        os._exit(0)


@pytest.mark.slow
def test_a_kill_before_any_call_leaves_the_old_files_or_the_new(folder: Path) -> None:
    left = []
    for call in range(1, 100):
        if not killed_at(folder, call):
            break
        start_again(folder)
        left.append(files(folder))
        for name in AFTER:
            (folder / name).unlink(missing_ok=True)
        for name, content in BEFORE.items():
            (folder / name).write_bytes(content)
    assert all(found in (BEFORE, AFTER) for found in left)
    assert BEFORE in left
    assert AFTER in left


def noted(**before: str | None) -> str:
    return json.dumps({n: t and base64.b64encode(t.encode()).decode() for n, t in before.items()})


def test_an_undoing_that_is_killed_goes_on_where_it_was(folder: Path) -> None:
    (folder / UNDO).write_text(noted(**{"a.csv": "old a", "sub/b.csv": "old b", "c.json": None}))
    (folder / "sub" / "b.csv").write_bytes(b"new b")
    (folder / "c.json").write_bytes(b"new c")
    restore_interrupted(folder)
    assert files(folder) == BEFORE


@pytest.mark.parametrize("text", [
    "", "[]", "{", "[" * 100_000, "5", "[5]", '{"a": 5}', '{"a": "x"}', '{"a": {}}', '{"\\u0000": null}',
    noted(**{"../a.csv": None}), noted(**{"../a.csv": "theirs"}), noted(**{"out/a.csv": None}),
    noted(**{"b.csv": None, "../a.csv": "theirs"}), '{"b.csv": "@@@"}', '{"b.csv": "dGhlaXJz\\n@"}',
    noted(**{"l1/x": None}), noted(**{"b.csv": None, "l1/x": None}),
    noted(**{"b.csv": None, "scenarios": None}), noted(**{"b.csv": "theirs", "scenarios": "x"}),
    noted(**{"b.csv": None, "": None}), noted(**{"b.csv": None, "nowhere/x": None}),
    noted(**{"b.csv": "theirs", "kept.csv/x": "x"}),
])  # fmt: skip
def test_a_damaged_undoing_touches_nothing_here_or_elsewhere(folder: Path, text: str) -> None:
    study = folder / "sub"
    (study / "out").symlink_to(folder)
    (study / "l1").symlink_to("l2")
    (study / "l2").symlink_to("l1")
    (study / "scenarios").mkdir()
    (study / "kept.csv").touch()
    (study / UNDO).write_text(text)
    if text == "[]":
        restore_interrupted(study)
    else:
        for _ in range(2):
            with pytest.raises(EnvironmentFault, match=f"BG-415.*{UNDO}"):
                restore_interrupted(study)
    assert (folder / "a.csv").read_bytes() == b"old a"
    assert (study / "b.csv").read_bytes() == b"old b"


def test_a_lock_that_is_a_link_empties_nothing(folder: Path) -> None:
    (folder / "sub" / LOCK).symlink_to(folder / "a.csv")
    with pytest.raises(EnvironmentFault, match="BG-401"):
        write(folder / "sub", {"x.csv": b"x"})
    assert (folder / "a.csv").read_bytes() == b"old a"


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.EINVAL])
@pytest.mark.parametrize("left", [False, True], ids=["new", "left by another"])
def test_where_there_are_no_locks_it_is_said_at_once(
    folder: Path, code: int, monkeypatch: pytest.MonkeyPatch, *, left: bool
) -> None:
    asked = []

    def refuses(handle: int, *_: object) -> None:
        asked.append(handle)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuses)
    if left:
        (folder / LOCK).write_text("{}")
    with (
        pytest.raises(EnvironmentFault, match=r"BG-419.*--no-lock"),
        naming_write_errors(folder),
        locked(folder, longest_wait_s=0),
    ):
        pass
    assert files(folder) == BEFORE | ({LOCK: b"{}"} if left else {})
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(asked[0])


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_where_there_are_no_locks_one_may_write_without(
    folder: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuses)
    with without_locks():
        write(folder)
    assert files(folder) == AFTER
    with pytest.raises(EnvironmentFault, match="BG-419"):
        write(folder)


def test_another_fault_of_a_lock_is_not_taken_for_a_file_system_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", refuses)
    with without_locks(), pytest.raises(EnvironmentFault, match="BG-401"):
        write(folder)
    assert files(folder) == BEFORE


def test_who_holds_the_lock_is_written_into_no_link(folder: Path) -> None:
    (folder / "sub" / HOLDER).symlink_to(folder / "a.csv")
    with locked(folder / "sub"):
        pass
    assert files(folder) == BEFORE


def test_whoever_may_write_into_the_folder_may_take_a_lock_that_was_left(folder: Path) -> None:
    mask = os.umask(0o077)
    try:
        with locked(folder):
            assert (folder / LOCK).stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(mask)
    (folder / LOCK).write_text("{}")
    (folder / LOCK).chmod(0o600)
    with locked(folder):
        assert (folder / LOCK).stat().st_mode & 0o777 == 0o600, "theirs is left as it is"


@pytest.mark.parametrize("make", [
    lambda path: path.mkdir(), lambda path: path.symlink_to("elsewhere"), os.mkfifo,
])  # fmt: skip
def test_an_undoing_is_a_file(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / UNDO)
    with pytest.raises(EnvironmentFault, match="BG-415"):
        restore_interrupted(folder)
    assert os.path.lexists(folder / UNDO)
