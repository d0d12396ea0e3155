"""Run folders: named by what went in, built aside, put in place by one rename; new folders."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shlex
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import (
    DataError,
    EnvironmentFault,
    Language,
    Problem,
    ScenarioError,
    SourceError,
)
from batu_geo.writing import (
    MARK,
    OLD,
    flush_to_disk,
    locked,
    naming_write_errors,
    remove_leftovers,
    replace_all,
    temporary_path,
    undo,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MANIFEST = "manifest.json"


class Card(BaseModel):
    """Part of a manifest: what is read of it again; there may be more."""

    model_config = ConfigDict(extra="allow")


class ScenarioCard(Card):
    """Which scenario."""

    name: str
    overrides: list[str]


class Made(Card):
    """What something was made from."""

    study: dict[str, str]
    inputs: dict[str, dict[str, str]]


class Manifest(Made):
    """What a run, its maps or a comparison say of themselves."""

    batu_geo: str
    language: Language
    scenario: ScenarioCard
    outputs: dict[str, str]
    evidence: str = ""
    notices: list[dict[str, str]] = Field(default_factory=list)
    compared: dict[str, ScenarioCard] = Field(default_factory=dict, min_length=1)
    against: Made = Field(default_factory=Made.model_construct, alias="@against")


def run_name(name: str, ingredients: Mapping[str, Any]) -> str:
    """Return the name of a run: its scenario and a fingerprint of what went in."""
    text = json.dumps(ingredients, sort_keys=True, ensure_ascii=False)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        Manifest.model_validate(found)
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(Problem("BG-310", str(path))) from error
    return found


def put_run(out: Path, name: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder aside and put it in place whole, or leave everything as it was.

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
        When the disk is full, the folder cannot be written, or another run does not end.
    """
    final = out / name
    with naming_write_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            remove_leftovers(out)
            _put(final, fill)
    return final


def put_new(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Write the files of a folder of the user's, new or empty: all of them, or none.

    The folder itself stays where it is, as a shell may stand in it. What a killed process
    has begun there is undone first.

    Parameters
    ----------
    folder
        Made when missing, and removed again when nothing comes of it.
    fill
        Writes every file into the folder it is given.

    Raises
    ------
    EnvironmentFault
        When the folder holds files already or cannot be written.
    """
    folder = folder.resolve()
    with naming_write_errors(folder), _made(folder), locked(folder):
        undo(folder)
        if any(_is_a_file_of_others(path) for path in folder.rglob("*")):
            raise EnvironmentFault(Problem("BG-413", str(folder)))
        contents = _contents(fill)
        for place in {(folder / name).parent for name in contents}:
            remove_leftovers(place)
        replace_all(folder, contents)
    return folder


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder where there is none; take it away again when what follows fails."""
    is_there = folder.exists()
    if is_there and not folder.is_dir():
        raise EnvironmentFault(Problem("BG-413", str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in () if is_there else sorted([folder, *folder.rglob("*")], reverse=True):
            with contextlib.suppress(OSError):  # of what holds something, by now another's
                path.rmdir()
        raise


def _is_a_file_of_others(path: Path) -> bool:
    """Return whether a path is more than a name of ours or a folder that was left empty."""
    return not path.name.startswith(MARK) and (path.is_symlink() or not path.is_dir())


def _contents(fill: Callable[[Path], None]) -> dict[str, bytes]:
    """Return what is filled into a folder, by its path there."""
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        fill(aside)
        files = (path for path in sorted(aside.rglob("*")) if path.is_file())
        return {path.relative_to(aside).as_posix(): path.read_bytes() for path in files}


def _put(final: Path, fill: Callable[[Path], None]) -> None:
    aside = temporary_path(final)
    aside.mkdir()
    try:
        fill(aside)
        flush_to_disk([*sorted(aside.rglob("*")), aside])
        _place(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def run_of_pack(folder: Path) -> str:
    """Return the run that a briefing pack names as its own; empty where a folder is none."""
    return str(_read_any(folder).get("run", ""))


def study_of_run(folder: Path) -> str:
    """Return the name of the study that a run was made from; empty where it cannot be read."""
    study = _read_any(folder).get("study")
    return str(study.get("name", "")) if isinstance(study, dict) else ""


def _read_any(folder: Path) -> dict[str, Any]:
    """Return a manifest of whatever form; empty where there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def refuse_pack(folder: Path) -> None:
    """Refuse a briefing pack where a run is wanted, and name the run it was made from.

    Raises
    ------
    ScenarioError
        When the folder is one.
    """
    run = run_of_pack(folder)
    if run:
        raise ScenarioError(Problem("BG-454", str(folder), values={"run": run}))


def made_by_other_version(folder: Path) -> Problem | None:
    """Return that another version made a folder; its manifest may have another form."""
    manifest, now = _read_any(folder), version("batu_geo")
    then = manifest.get("batu_geo")
    if not isinstance(then, str) or then == now:
        return None
    values = {"then": then, "now": now, "command": _command(manifest)}
    return Problem("BG-309", str(folder), values=values)


def refuse_other_version(folder: Path) -> None:
    """Raise a `DataError` where another version made a folder."""
    problem = made_by_other_version(folder)
    if problem:
        raise DataError(problem)


def _command(manifest: Mapping[str, Any]) -> str:
    """Return the command that makes a folder anew, as far as its manifest tells."""
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


def _damage(folder: Path) -> Problem | None:
    spoilt = what_is_spoilt(folder)
    return Problem("BG-412", str(folder), values={"reason": spoilt[0]}) if spoilt else None


def changed_inputs(manifest: Mapping[str, Any], hashes: Mapping[str, str]) -> list[str]:
    """Return the tables whose input is not, byte for byte, the one a run was made from."""
    then = {table: card.get("sha256") for table, card in manifest["inputs"].items()}
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


def _place(aside: Path, final: Path) -> None:
    """Put the new folder where the old one stood.

    A folder cannot replace another in one step. Killed between the two, the
    old one stands aside whole and the next start puts it back.
    """
    old = temporary_path(final, OLD)
    if final.exists():
        final.rename(old)
    try:
        aside.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)
