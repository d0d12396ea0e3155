"""Run folders: named by what went in, built aside, put in place by one rename."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
PART = ".part"
MANIFEST_KEYS = ("batu_geo", "language", "study", "inputs", "scenario", "outputs")
OLD = f".old{PART}"
LOCK = ".lock"
LONGEST_WAIT_S = 300.0
WAIT_STEP_S = 0.05


def run_name(name: str, ingredients: Mapping[str, Any]) -> str:
    """Return the name of a run: its scenario and a fingerprint of what went in."""
    return f"{name}-{_fingerprint(ingredients)[:8]}"


def _fingerprint(ingredients: Mapping[str, Any]) -> str:
    text = json.dumps(ingredients, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def outputs_of(folder: Path) -> dict[str, str]:
    """Return the fingerprint of every file in a folder by its path there, in order."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON that a person can read, keys in their own order."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a run says of itself.

    Raises
    ------
    SourceError
        When the folder holds no manifest, or one that cannot be read.
    """
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not set(MANIFEST_KEYS) <= set(found):
            raise ValueError("keys")
    except (OSError, ValueError) as error:
        raise SourceError(Problem("BG-310", str(path))) from error
    return found


def put_run(out: Path, name: str, fill: Callable[[Path], None], *, again: bool) -> Path:
    """Fill a folder aside and put it in place whole, or leave everything as it was.

    One process writes at a time; others wait. A run that appeared meanwhile is
    left alone unless it is to be replaced.

    Parameters
    ----------
    out
        Folder of all runs; made when missing.
    name
        Name of this run.
    fill
        Writes every file of the run into the folder it is given.
    again
        Whether to replace a run of the same name.

    Raises
    ------
    EnvironmentFault
        When the disk is full, the folder cannot be written, or another run does not end.
    """
    final = out / name
    aside = out / f".{name}-{os.getpid()}{PART}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            sweep(out)
            if final.exists() and not again:
                return final
            aside.mkdir()
            try:
                fill(aside)
                _to_disk(aside)
                _place(aside, final)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except BatuGeoError:
        raise
    except OSError as error:
        values = {"reason": error.strerror or error}
        raise EnvironmentFault(Problem("BG-401", str(out), values=values)) from error
    return final


def is_of_another_run(folder: Path) -> bool:
    """Say whether a folder holds maps or a briefing, made from a run that it names."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and "run" in found


def what_is_spoilt(folder: Path) -> list[str]:
    """Return the files of a run that are missing or not what it wrote; empty when whole."""
    try:
        outputs = read_manifest(folder)["outputs"]
    except SourceError:
        return [MANIFEST]
    return [
        str(name)
        for name, sha in outputs.items()
        if not (folder / name).is_file() or sha256_of(folder / name) != sha
    ]


def changed_inputs(manifest: Mapping[str, Any], hashes: Mapping[str, str]) -> list[str]:
    """Return the tables whose input is not, byte for byte, the one a run was made from."""
    then = {table: card["sha256"] for table, card in manifest["inputs"].items()}
    return sorted(table for table in {*then, *hashes} if then.get(table) != hashes.get(table))


def stale_runs(out: Path, study: str, hashes: Mapping[str, str]) -> Iterator[Problem]:
    """Name the runs of a study whose inputs are no longer what they were made from.

    Parameters
    ----------
    out
        Folder of all runs.
    study
        Name of the study.
    hashes
        By table: SHA-256 of the input as it is now.
    """
    for path in sorted(out.glob(f"*/{MANIFEST}")):
        folder = path.parent
        if is_of_another_run(folder):
            continue
        spoilt = what_is_spoilt(folder)
        if spoilt:
            yield Problem("BG-412", str(folder), values={"reason": spoilt[0]})
            continue
        manifest = read_manifest(folder)
        changed = changed_inputs(manifest, hashes)
        if manifest["study"]["name"] == study and changed:
            values = {"run": folder.name, "tables": ", ".join(changed)}
            yield Problem("BG-232", str(folder), values=values)


@contextlib.contextmanager
def locked(out: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Be the only process that writes into a folder; the system frees the lock of a dead one.

    Raises
    ------
    EnvironmentFault
        When another process holds the lock for too long; it is named with its start.
    """
    path = out / LOCK
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
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if _takes(handle):
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(handle), path.stat()):
                    return handle
        os.close(handle)
        if time.monotonic() > ends:
            raise EnvironmentFault(Problem("BG-411", str(path.parent), values=_holder(path)))
        time.sleep(WAIT_STEP_S)


def _takes(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - of that system alone

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(path: Path) -> dict[str, str]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = {}
    return {"owner": str(card.get("process", "?")), "since": str(card.get("since", "?"))}


def _place(aside: Path, final: Path) -> None:
    """Put the new folder where the old one stood.

    A folder cannot replace another in one step. Killed between the two, the
    old one stands aside whole and the next start puts it back.
    """
    old = final.with_name(f".{final.name}-{os.getpid()}{OLD}")
    if final.exists():
        final.rename(old)
    try:
        aside.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """Flush every file and folder, so that the rename cannot outrun them."""
    for path in [*sorted(folder.rglob("*")), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(out: Path) -> None:
    """Put back what a killed run was about to replace and remove what it left behind."""
    for path in out.glob(f".*{OLD}"):
        name, owner = _owner(path.name.removesuffix(OLD))
        if owner and not (out / name).exists():
            path.rename(out / name)
    for path in [*out.glob(f".*{PART}"), *out.glob(f".cache/.*{PART}")]:
        _, owner = _owner(path.name.removesuffix(PART).removesuffix(".old"))
        if owner and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif owner:
            path.unlink(missing_ok=True)


def _owner(name: str) -> tuple[str, int]:
    """Return the run a temporary name is of and the process that made it; 0 while it lives."""
    run, _, owner = name.removeprefix(".").rpartition("-")
    is_dead = owner.isdecimal() and not _is_alive(int(owner))
    return run, int(owner) if is_dead else 0


def _is_alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
