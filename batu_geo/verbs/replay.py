"""`replay` computes a run again from its manifest and compares; `status` names stale runs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, DataError, Problem, ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.planning.study_indicators import together
from batu_geo.runs import (
    MANIFEST,
    changed_inputs,
    made_by_other_version,
    read_manifest,
    refuse_other_version,
    refuse_pack,
    run_of_pack,
    what_is_spoilt,
)
from batu_geo.sources.study.load_study import CACHE, load_study
from batu_geo.sources.study.scenarios import load_scenario, validated
from batu_geo.verbs.compare import AGAINST, COMPARED, compare_sides, save, sides_of
from batu_geo.verbs.maps import PAGES, draw_maps
from batu_geo.verbs.plan import run_scenario
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batu_geo.planning.study import Study


@dataclass(frozen=True, slots=True)
class RunState:
    """A run folder and why it is stale: kind of reason and its object; empty when fresh."""

    folder: Path
    reasons: tuple[tuple[str, str], ...]


def status(out: Path | str = "outputs", *, data: Path | str | None = None) -> list[RunState]:
    """Return every run folder with the reasons why it is stale, in order of name.

    Reasons: another ``version`` of the program made it, ``unreadable`` manifest, ``other_study``,
    ``input``, ``card`` of the study or ``scenario`` changed, ``file`` changed or missing.
    """
    study = read_study(data, cache=Path(out) / CACHE)
    every = (path.parent for path in sorted(Path(out).glob(f"*/{MANIFEST}")))
    folders = [folder for folder in every if not run_of_pack(folder)]
    return [RunState(folder, tuple(_reasons(folder, study))) for folder in folders]


def _reasons(folder: Path, study: Study) -> Iterator[tuple[str, str]]:
    older = made_by_other_version(folder)
    if older:
        yield "version", older.values["then"]
        return
    try:
        manifest = read_manifest(folder)
    except BatuGeoError:
        yield "unreadable", MANIFEST
        return
    if manifest["study"].get("name") != study.name:
        yield "other_study", manifest["study"].get("name", "?")
        return
    for table in sorted({*manifest["inputs"], *study.inputs}):
        if manifest["inputs"].get(table) != study.inputs.get(table):
            yield "input", table
    if manifest["study"] != {"name": study.name, "title": study.title, "crs": study.crs}:
        yield "card", "study.toml"
    compared = manifest.get(COMPARED, {})
    scenarios = [compared[name] for name in compared if not name.endswith(AGAINST)]
    for settings in scenarios or [manifest["scenario"]]:
        if _scenario_changed(settings, study):
            yield "scenario", settings["name"]
    for name in what_is_spoilt(folder):
        yield "file", name


def _scenario_changed(settings: dict[str, Any], study: Study) -> bool:
    """Return whether the scenario of that name in the study differs from these settings."""
    try:
        now = load_scenario(settings["name"], overrides=settings["overrides"], study=study)
    except BatuGeoError:
        return False
    return now.model_dump(mode="json") != settings


def replay(
    folder: Path | str,
    *,
    data: Path | str | None = None,
    against: Path | str | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[str]:
    """Compute a run again from its manifest, and return which files differ; it writes nothing.

    Parameters
    ----------
    folder
        Of a run, of maps or of a comparison.
    data, against
        Folder of the study; that of the other study of a comparison of two.
    progress
        Called with the label of each step as it begins.

    Raises
    ------
    DataError, SourceError
        When another version made the run (BG-309), for every input that has changed since
        (BG-308), or without a readable manifest.
    ScenarioError
        When a comparison of two studies lacks `against` (BG-314), or of a briefing pack (BG-454).

    Examples
    --------
    >>> import tempfile
    >>> from batu_geo import plan
    >>> replay(plan(out=tempfile.mkdtemp()).folder)
    []
    """
    folder = Path(folder)
    refuse_pack(folder)
    refuse_other_version(folder)
    manifest = read_manifest(folder)
    if AGAINST in manifest and against is None:
        raise ScenarioError(Problem("BG-314", str(folder)))
    study = read_study(data)
    other = load_study(against) if AGAINST in manifest and against is not None else None
    if other is not None:
        study, other = together(study, other)
    _refuse_changed_inputs(manifest, study, other)
    with tempfile.TemporaryDirectory() as aside:
        again = _computed(manifest, study, other, Path(aside), progress)
        outputs = read_manifest(again)["outputs"]
    before = manifest["outputs"]
    differ = [name for name in {*before, *outputs} if before.get(name) != outputs.get(name)]
    return sorted({*differ, *what_is_spoilt(folder)})


def _refuse_changed_inputs(manifest: Mapping[str, Any], study: Study, other: Study | None) -> None:
    """Refuse studies whose inputs differ from those of the manifest."""
    problems = list(_changed_inputs(manifest, study))
    if other is not None:
        problems += _changed_inputs(manifest[AGAINST], other)
    if problems:
        raise DataError(problems)


def _changed_inputs(manifest: Mapping[str, Any], study: Study) -> Iterator[Problem]:
    """Yield a problem for each input that differs from the one in the manifest."""
    for table in changed_inputs(manifest, study.hashes):
        path = study.inputs.get(table, {}).get("path", table)
        yield Problem("BG-308", path, values={"table": table})


def _computed(
    manifest: Mapping[str, Any],
    study: Study,
    other: Study | None,
    out: Path,
    progress: Callable[[str], None] | None,
) -> Path:
    """Compute the run, maps or comparison of a manifest into `out`; return its folder."""
    language = manifest["language"]
    if COMPARED in manifest:
        sides = sides_of(manifest, study, other)
        return save(compare_sides(sides, progress=progress), out, language=language)
    scenario = validated(Scenario, manifest["scenario"], MANIFEST)
    compute = draw_maps if PAGES in manifest else run_scenario
    return compute(study, scenario, out=out, language=language, progress=progress)
