"""Atomic writes: files and folders appear whole or not at all, even if a process is killed.

New content is written to a temporary path beside its target, named after the process, and
put in place by one rename. One process at a time writes into a folder.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.domain.reasons import coded_reason, is_of_machine
from batu_geo.locks import MARK, is_alive, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PART = ".part"
OLD = f".old{PART}"
# Exists while files of the folder are being replaced, and holds their content before.
UNDO = f"{MARK}undo"


@contextlib.contextmanager
def gdal_dated(date: str) -> Iterator[None]:
    """Let GDAL write a day into what it makes instead of the time, so that bytes stay the same."""
    import pyogrio  # noqa: PLC0415 - only who writes by GDAL needs it

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


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
    """Flush files and folders to disk, so that a later rename cannot overtake their content.

    Windows flushes a file through a handle that may write, and opens no folder: there a folder
    is flushed by the file system alone.
    """
    for path in paths:
        is_folder = path.is_dir()
        try:
            handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
        except PermissionError:
            if is_folder:
                continue
            raise
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
    OSError
        When the machine is short of memory or of open files: another folder would not help.
    """
    try:
        yield
    except BatuGeoError:
        raise
    except OSError as error:
        if is_of_machine(error):
            raise
        values = {"reason": coded_reason(error) or error}
        raise EnvironmentFault(Problem("BG-401", str(path), values=values)) from error


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


def put_new(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Write all files of a new or empty folder of the user, or none of them.

    The folder itself is not renamed, as it may be the current folder of a shell. Writes of an
    interrupted process are undone first.

    Parameters
    ----------
    folder
        Made when missing, and removed again on failure.
    fill
        Writes every file into the folder it is given.

    Raises
    ------
    EnvironmentFault
        When the folder holds files already or cannot be written.
    """
    folder = folder.resolve()
    with naming_write_errors(folder), _new_folder(folder), locked(folder):
        undo(folder)
        if any(_is_foreign(path) for path in folder.rglob("*")):
            raise EnvironmentFault(Problem("BG-413", str(folder)))
        contents = _contents(fill)
        for place in {(folder / name).parent for name in contents}:
            remove_leftovers(place)
        replace_all(folder, contents)
    return folder


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """Make a folder where there is none; remove it again when the block fails."""
    is_there = folder.exists()
    if is_there and not folder.is_dir():
        raise EnvironmentFault(Problem("BG-413", str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in () if is_there else sorted([folder, *folder.rglob("*")], reverse=True):
            with contextlib.suppress(OSError):  # not empty: another process has written into it
                path.rmdir()
        raise


def _is_foreign(path: Path) -> bool:
    """Return whether a path is neither a temporary file of this program nor an empty folder."""
    return not path.name.startswith(MARK) and (path.is_symlink() or not path.is_dir())


def _contents(fill: Callable[[Path], None]) -> dict[str, bytes]:
    """Return the content of each file that `fill` writes, by its path in the folder."""
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        fill(aside)
        files = (path for path in sorted(aside.rglob("*")) if path.is_file())
        return {path.relative_to(aside).as_posix(): path.read_bytes() for path in files}


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
        if not owner.isdecimal() or is_alive(int(owner)):
            continue
        if path.name.endswith(OLD) and not (folder / name).exists():
            path.rename(folder / name)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
