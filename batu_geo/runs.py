"""Run folders: named by what went in, built aside, put in place by one rename."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
PART = ".part"
MANIFEST_KEYS = ("batu_geo", "language", "study", "inputs", "scenario", "outputs")


def run_name(name: str, ingredients: Mapping[str, Any]) -> str:
    """Return the name of a run: its scenario and a fingerprint of what went in."""
    return f"{name}-{_fingerprint(ingredients)[:8]}"


def _fingerprint(ingredients: Mapping[str, Any]) -> str:
    text = json.dumps(ingredients, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
        When the disk is full or the folder cannot be written.
    """
    final = out / name
    aside = out / f".{name}-{os.getpid()}{PART}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        aside.mkdir()
        try:
            fill(aside)
            _to_disk(aside)
            _place(aside, final, again=again)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except BatuGeoError:
        raise
    except OSError as error:
        values = {"reason": error.strerror or error}
        raise EnvironmentFault(Problem("BG-401", str(out), values=values)) from error
    return final


def _place(aside: Path, final: Path, *, again: bool) -> None:
    if final.exists() and not again:
        return
    old = final.with_name(f".{final.name}-{os.getpid()}.old{PART}")
    if final.exists():
        final.rename(old)
    aside.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """Flush every file and folder, so that the rename cannot outrun them."""
    for path in [*sorted(folder.rglob("*")), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(out: Path) -> None:
    """Remove what runs that were killed have left behind."""
    for path in out.glob(f".*{PART}"):
        owner = path.name.removesuffix(PART).removesuffix(".old").rpartition("-")[2]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
