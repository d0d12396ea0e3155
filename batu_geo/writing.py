"""Atomic writes: files and folders appear whole or not at all, even if a process is killed.

New content is written to a temporary path beside its target, named after the process, and
put in place by one rename. One process at a time writes into a folder.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
import os
import shutil
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
# Exists while files of the folder are being replaced, and holds their content before.
UNDO = f"{MARK}undo"
LONGEST_WAIT_S = 300.0
WAIT_STEP_S = 0.05


def temporary_path(path: Path, end: str = PART) -> Path:
    """Return the temporary path next to `path` for this process."""
    return path.with_name(f"{MARK}{path.name}-{os.getpid()}{end}")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: to a temporary path, then renamed."""
    aside = temporary_path(path)
    try:
        write_through(aside, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_through(path: Path, content: bytes) -> None:
    """Write a file and flush it to disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders to disk, so that a later rename cannot overtake their content."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def naming_write_errors(path: Path) -> Iterator[None]:
    """Turn an OSError into one line that names the path.

    Raises
    ------
    EnvironmentFault
        When the disk is full or the path cannot be written.
    """
    try:
        yield
    except BatuGeoError:
        raise
    except OSError as error:
        values = {"reason": coded_reason(error) or error}
        raise EnvironmentFault(Problem("BG-401", str(path), values=values)) from error


@contextlib.contextmanager
def locked(folder: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Take an exclusive lock on a folder; the OS releases it if the process dies.

    Raises
    ------
    EnvironmentFault
        When another process holds the lock for too long; it is named with its start.
    OSError
        When the file system has no locks, or the lock file is a symbolic link.
    """
    import filelock  # noqa: PLC0415 - only writers need it

    path = folder / LOCK
    is_new = not os.path.lexists(path)
    # Readable and writable by all: whoever may write here may take a lock that a kill left.
    lock = filelock.FileLock(
        path, longest_wait_s, mode=0o666, poll_interval=WAIT_STEP_S, fallback_to_soft=False
    )
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise EnvironmentFault(Problem("BG-411", str(folder), values=_holder(path))) from error
    except OSError:
        if is_new:
            path.unlink(missing_ok=True)
        raise
    try:
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        path.write_text(json.dumps({"process": os.getpid(), "since": since}), encoding="utf-8")
        yield
    finally:
        # Removed while still locked, so that nobody locks a file that is about to go.
        path.unlink(missing_ok=True)
        lock.release()


def _holder(path: Path) -> dict[str, str]:
    """Return the process that holds a lock, and since when, as the lock file says."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = {}
    return {"owner": str(card.get("process", "?")), "since": str(card.get("since", "?"))}


def replace_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files of a locked folder: all of them, or none.

    When writing fails, or at the next start after a kill, `undo` restores the old files.
    """
    asides = {folder / name: temporary_path(folder / name) for name in contents}
    try:
        for path, content in zip(asides, contents.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_through(asides[path], content)
        before = {
            name: base64.b64encode(path.read_bytes()).decode() if path.exists() else None
            for name, path in zip(contents, asides, strict=True)
        }
        write_atomically(folder / UNDO, json.dumps(before).encode())
        flush_to_disk([folder])
        for path, aside in asides.items():
            aside.replace(path)
        flush_to_disk({path.parent for path in asides})
        # From here on the new files are valid.
        (folder / UNDO).unlink()
    except BaseException:
        undo(folder)
        raise
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def restore_interrupted(folder: Path) -> None:
    """Restore files a killed process has half replaced; wait for one that is still writing."""
    if os.path.lexists(folder / UNDO):
        with naming_write_errors(folder), locked(folder):
            undo(folder)


def undo(folder: Path) -> None:
    """Restore every file of a folder from the undo file of an unfinished replacement.

    Raises
    ------
    EnvironmentFault
        When the undo file is damaged or names paths outside the folder; then nothing is changed.
    """
    undo_file = folder / UNDO
    if not os.path.lexists(undo_file):
        return
    before = _old_contents(undo_file)
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, content)
    flush_to_disk({path.parent for path in before})
    undo_file.unlink()


def _old_contents(undo_file: Path) -> dict[Path, bytes | None]:
    """Return the old content of each file of an undo file, None for one that did not exist."""
    folder = undo_file.parent
    try:
        # A folder may come from a stranger: only an undo file as we write them is followed.
        if undo_file.is_symlink() or not undo_file.is_file():
            raise ValueError(UNDO)
        before = {
            folder / str(name): None if text is None else base64.b64decode(text, validate=True)
            for name, text in dict(json.loads(undo_file.read_bytes())).items()
        }
        if not all(_is_file_within(path, folder.resolve()) for path in before):
            raise ValueError(UNDO)
    except (TypeError, ValueError, RuntimeError) as error:  # too deep, links in a circle
        raise EnvironmentFault(Problem("BG-415", str(undo_file))) from error
    return before


def _is_file_within(path: Path, root: Path) -> bool:
    """Return whether a path is a file inside a folder, or could be written as one."""
    return path.resolve().is_relative_to(root) and path.parent.is_dir() and not path.is_dir()


def remove_leftovers(folder: Path) -> None:
    """Restore what a killed process was replacing and remove its temporary files.

    For a locked folder and its ``.cache``. Only temporary names of this program are touched,
    and none of a process that is still running.
    """
    for path in [*folder.glob(f"{MARK}*{PART}"), *folder.glob(f".cache/**/{MARK}*{PART}")]:
        target = path.name.removeprefix(MARK).removesuffix(PART).removesuffix(".old")
        name, _, owner = target.rpartition("-")
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
    # The process that sweeps has no temporary files yet; in containers ids are used again.
    return pid != os.getpid()
