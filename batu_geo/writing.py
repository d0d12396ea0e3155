"""Writing so that files and folders are there whole or not at all, whoever writes or is killed.

Whatever is being made stands beside its place under a name of ours, with the number of
the process, until one rename puts it there. One process at a time writes into a folder.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import errno
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.domain.reasons import coded_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

MARK = ".batu-geo-"
PART = ".part"
OLD = f".old{PART}"
LOCK = f"{MARK}lock"
# While this stands, files of the folder are being replaced: it holds what they were before.
UNDO = f"{MARK}undo"
LONGEST_WAIT_S = 300.0
WAIT_STEP_S = 0.05
# What the systems answer when another process holds a lock.
HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)


def aside_of(path: Path, end: str = PART) -> Path:
    """Return where this process makes what is to stand at a path, or keeps what stood there."""
    return path.with_name(f"{MARK}{path.name}-{os.getpid()}{end}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    aside = aside_of(path)
    try:
        write_through(aside, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_through(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders, so that a rename cannot outrun them."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def writing_into(place: Path) -> Iterator[None]:
    """Turn what the system refuses into one line that names the place.

    Raises
    ------
    EnvironmentFault
        When the disk is full or the place cannot be written.
    """
    try:
        yield
    except BatuGeoError:
        raise
    except OSError as error:
        values = {"reason": coded_reason(error) or error}
        raise EnvironmentFault(Problem("BG-401", str(place), values=values)) from error


@contextlib.contextmanager
def locked(folder: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Be the only process that writes into a folder; the system frees the lock of a dead one.

    Raises
    ------
    EnvironmentFault
        When another process holds the lock for too long; it is named with its start.
    """
    path = folder / LOCK
    handle = _lock_of(path, longest_wait_s)
    try:
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"process": os.getpid(), "since": since}).encode())
        yield
    finally:
        # Away while still held, so that nobody locks a file that is about to go.
        path.unlink(missing_ok=True)
        os.close(handle)


def _lock_of(path: Path, longest_wait_s: float) -> int:
    """Return the handle of the lock file, locked and still in its place."""
    ends = time.monotonic() + longest_wait_s
    while True:
        handle, is_new = _opened(path)
        try:
            if _takes(handle):
                with contextlib.suppress(OSError):
                    if os.path.samestat(os.fstat(handle), path.stat()):
                        return handle
        except OSError:
            os.close(handle)
            if is_new:
                path.unlink(missing_ok=True)
            raise
        os.close(handle)
        if time.monotonic() > ends:
            raise EnvironmentFault(Problem("BG-411", str(path.parent), values=_holder(path)))
        time.sleep(WAIT_STEP_S)


def _opened(path: Path) -> tuple[int, bool]:
    """Return a handle of the lock file, and whether it was made for it."""
    # A folder may come from a stranger: what a link of this name leads to is not ours to empty.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags | os.O_EXCL, 0o666)
    except FileExistsError:
        return os.open(path, flags, 0o666), False
    if sys.platform != "win32":
        # Left by a process that was killed, it is for everybody who may write here to take.
        with contextlib.suppress(OSError):
            os.fchmod(handle, 0o666)
    return handle, True


def _takes(handle: int) -> bool:
    """Return whether the lock is ours now; false only when another process holds it.

    Raises
    ------
    OSError
        When the file system knows no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - of that system alone

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in HELD:
            return False
        raise
    return True


def _holder(path: Path) -> dict[str, str]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = {}
    return {"owner": str(card.get("process", "?")), "since": str(card.get("since", "?"))}


def replace_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files of a folder whose lock is held: all of them, or none.

    When something fails here, or at the next start after a kill, `undo` makes the folder
    what it was.
    """
    asides = {folder / name: aside_of(folder / name) for name in contents}
    try:
        for path, content in zip(asides, contents.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_through(asides[path], content)
        before = {
            name: base64.b64encode(path.read_bytes()).decode() if path.exists() else None
            for name, path in zip(contents, asides, strict=True)
        }
        write_whole(folder / UNDO, json.dumps(before).encode())
        to_disk([folder])
        for path, aside in asides.items():
            aside.replace(path)
        to_disk({path.parent for path in asides})
        # From here on the new files are the ones that count.
        (folder / UNDO).unlink()
    except BaseException:
        undo(folder)
        raise
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Undo what a killed process has half replaced; wait for one that is still at it."""
    if os.path.lexists(folder / UNDO):
        with writing_into(folder), locked(folder):
            undo(folder)


def undo(folder: Path) -> None:
    """Put back every file of a folder whose replacing was begun and not finished.

    Raises
    ------
    EnvironmentFault
        When what is noted cannot be followed to the end; then nothing is touched.
    """
    noted = folder / UNDO
    if not os.path.lexists(noted):
        return
    before = _before(noted)
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, content)
    to_disk({path.parent for path in before})
    noted.unlink()


def _before(noted: Path) -> dict[Path, bytes | None]:
    """Return what the files of a folder were, None for one that was not there."""
    folder = noted.parent
    try:
        # A folder may come from a stranger: what it notes is held against what we write.
        if noted.is_symlink() or not noted.is_file():
            raise ValueError(UNDO)
        before = {
            folder / str(name): None if text is None else base64.b64decode(text, validate=True)
            for name, text in dict(json.loads(noted.read_bytes())).items()
        }
        if not all(_is_file_within(path, folder.resolve()) for path in before):
            raise ValueError(UNDO)
    except (TypeError, ValueError, RuntimeError) as error:  # too deep, links in a circle
        raise EnvironmentFault(Problem("BG-415", str(noted))) from error
    return before


def _is_file_within(path: Path, root: Path) -> bool:
    """Return whether a file stands at a path, or could be written there."""
    return path.resolve().is_relative_to(root) and path.parent.is_dir() and not path.is_dir()


def sweep(folder: Path) -> None:
    """Put back what a killed process was about to replace and remove what it left behind.

    The lock of the folder is held; its ``.cache`` is swept too. Nothing is touched that has
    no name of ours, nor what a living process is making.
    """
    for path in [*folder.glob(f"{MARK}*{PART}"), *folder.glob(f".cache/**/{MARK}*{PART}")]:
        made = path.name.removeprefix(MARK).removesuffix(PART).removesuffix(".old")
        name, _, owner = made.rpartition("-")
        if not owner.isdecimal() or _is_alive(int(owner)):
            continue
        if path.name.endswith(OLD) and not (folder / name).exists():
            path.rename(folder / name)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    # Whoever sweeps has begun nothing; in a container every process may have this number.
    return pid != os.getpid()
