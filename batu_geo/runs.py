"""Run folders: named by a hash of their inputs, written atomically, checked for changes."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import (
    DataError,
    Language,
    Problem,
    ScenarioError,
    SourceError,
)
from batu_geo.locks import locked
from batu_geo.writing import (
    OLD,
    flush_to_disk,
    naming_write_errors,
    remove_leftovers,
    temporary_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"


class Card(BaseModel):
    """Part of a manifest with the fields that are read again; others are allowed."""

    model_config = ConfigDict(extra="allow")


class ScenarioCard(Card):
    """Name of a scenario and its overridden settings."""

    name: str
    overrides: list[str]


class Made(Card):
    """Study and inputs that a run was made from."""

    study: dict[str, str]
    inputs: dict[str, dict[str, str]]


class Manifest(Made):
    """Manifest of a run, of its maps or of a comparison."""

    batu_geo: str
    language: Language
    scenario: ScenarioCard
    outputs: dict[str, str]
    evidence: str = ""
    notices: list[dict[str, str]] = Field(default_factory=list)
    compared: dict[str, ScenarioCard] = Field(default_factory=dict, min_length=1)
    against: Made = Field(default_factory=Made.model_construct, alias="@against")


def run_name(name: str, ingredients: Mapping[str, Any]) -> str:
    """Return the name of a run: its scenario and a hash of its ingredients."""
    text = json.dumps(ingredients, sort_keys=True, ensure_ascii=False)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def outputs_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder by its path there, sorted by path."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write indented JSON with keys in the order given."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run.

    Raises
    ------
    SourceError
        When the folder has no readable manifest.
    """
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        Manifest.model_validate(manifest)
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(Problem("BG-310", str(path))) from error
    return manifest


def put_run(out: Path, name: str, fill: Callable[[Path], None]) -> Path:
    """Write a run to a temporary folder and rename it into place; on failure nothing changes.

    One process writes at a time; others wait. A run of the same name is replaced.

    Parameters
    ----------
    out
        Folder of all runs; made when missing.
    name
        Name of this run.
    fill
        Writes every file of the run into the folder it is given.

    Raises
    ------
    EnvironmentFault
        When the disk is full, the folder cannot be written, or the lock is not released.
    """
    final = out / name
    with naming_write_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            remove_leftovers(out)
            _put(final, fill)
    return final


def _put(final: Path, fill: Callable[[Path], None]) -> None:
    aside, old = temporary_path(final), temporary_path(final, OLD)
    try:
        aside.mkdir()
        fill(aside)
        flush_to_disk([*sorted(aside.rglob("*")), aside])
        # Two renames: after a kill between them the next start renames the old folder back.
        if final.exists():
            final.rename(old)
        aside.rename(final)
    finally:
        try:
            _clear(aside, old, final)
        except KeyboardInterrupt:  # of clearing up itself: it is done all the same
            _clear(aside, old, final)
            raise


def _clear(aside: Path, old: Path, final: Path) -> None:
    """Leave the new folder or the old one, and nothing beside it."""
    if old.exists() and not final.exists():
        old.rename(final)
    for path in (aside, old):
        shutil.rmtree(path, ignore_errors=True)


def run_of_pack(folder: Path) -> str:
    """Return the run that a briefing pack was made from; "" where the folder is no pack."""
    return str(_read_any(folder).get("run", ""))


def study_of_run(folder: Path) -> str:
    """Return the name of the study that a run was made from; "" where it cannot be read."""
    study = _read_any(folder).get("study")
    return str(study.get("name", "")) if isinstance(study, dict) else ""


def _read_any(folder: Path) -> dict[str, Any]:
    """Return a manifest without validating it; empty where there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def refuse_pack(folder: Path) -> None:
    """Refuse a briefing pack where a run is expected; the error names the run of the pack.

    Raises
    ------
    ScenarioError
        When the folder is a briefing pack.
    """
    run = run_of_pack(folder)
    if run:
        raise ScenarioError(Problem("BG-454", str(folder), values={"run": run}))


def made_by_other_version(folder: Path) -> Problem | None:
    """Return a problem where another version of the program made a folder, else None."""
    manifest, now = _read_any(folder), version("batu_geo")
    then = manifest.get("batu_geo")
    if not isinstance(then, str) or then == now:
        return None
    values = {"then": then, "now": now, "command": _command(manifest)}
    return Problem("BG-309", str(folder), values=values)


def refuse_other_version(folder: Path) -> None:
    """Raise a `DataError` where another version of the program made a folder."""
    problem = made_by_other_version(folder)
    if problem:
        raise DataError(problem)


def _command(manifest: Mapping[str, Any]) -> str:
    """Return the command that makes a folder again, from the names in its manifest."""
    verb = "compare" if "compared" in manifest else "maps" if "pages" in manifest else "plan"
    language = ["--lang", "en"] if manifest.get("language") == "en" else []
    try:
        cards = [*manifest.get("compared", {"": manifest["scenario"]}).values()]
        names = dict.fromkeys(card["name"] for card in cards)
        changes = [part for change in cards[0]["overrides"] for part in ("--set", change)]
        return shlex.join(["batu-geo", verb, *names, *changes, *language])
    except (AttributeError, IndexError, KeyError, TypeError):
        return f"batu-geo {verb}"


def what_is_spoilt(folder: Path) -> list[str]:
    """Return the files of a run that are missing or differ from its manifest."""
    try:
        outputs = read_manifest(folder)["outputs"]
    except SourceError:
        return [MANIFEST]
    return [
        str(name)
        for name, sha in outputs.items()
        if not (folder / name).is_file() or sha256_of(folder / name) != sha
    ]


def _damage(folder: Path) -> Problem | None:
    spoilt = what_is_spoilt(folder)
    return Problem("BG-412", str(folder), values={"reason": spoilt[0]}) if spoilt else None


def changed_inputs(manifest: Mapping[str, Any], hashes: Mapping[str, str]) -> list[str]:
    """Return the tables whose SHA-256 differs from the one in the manifest."""
    then = {table: card.get("sha256") for table, card in manifest["inputs"].items()}
    return sorted(table for table in {*then, *hashes} if then.get(table) != hashes.get(table))


def stale_runs(out: Path, study: str, hashes: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each run of a study whose inputs have changed since.

    Parameters
    ----------
    out
        Folder of all runs.
    study
        Name of the study.
    hashes
        Current SHA-256 of each input by table.
    """
    for path in sorted(out.glob(f"*/{MANIFEST}")):
        folder = path.parent
        if run_of_pack(folder):
            continue
        fault = made_by_other_version(folder) or _damage(folder)
        if fault:
            yield fault
            continue
        manifest = read_manifest(folder)
        changed = changed_inputs(manifest, hashes)
        if manifest["study"].get("name") == study and changed:
            values = {"run": folder.name, "tables": ", ".join(changed)}
            yield Problem("BG-232", str(folder), values=values)
