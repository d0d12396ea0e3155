"""`brief`: one folder of documents and maps from one run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, EnvironmentFault, Problem, ScenarioError
from batu_geo.domain.letterhead import Letterhead
from batu_geo.domain.scenario import Scenario
from batu_geo.planning.assess import ASSESS_STEPS, assess
from batu_geo.render.text.steps import Steps
from batu_geo.render.text.words import number, word
from batu_geo.runs import MANIFEST, changed_inputs, put_run, run_name, what_is_spoilt
from batu_geo.sources.study.load_study import CACHE
from batu_geo.sources.study.read_letterhead import LETTERHEAD_FILE, read_letterhead
from batu_geo.sources.study.scenarios import load_scenario, validated
from batu_geo.verbs.pack_files import PACK_STEPS, PackSource, fill_pack, font_notices
from batu_geo.verbs.plan import ingredients, open_run, plan, write_run
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study
    from batu_geo.verbs.plan import Run

SUFFIX = "brief"
FIRST_ZIP_YEAR = 1980  # no older date fits into a ZIP, which XLSX and PPTX are


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished briefing pack.

    Attributes
    ----------
    folder
        Folder of the pack.
    files
        Paths inside the folder, sorted.
    language
        Language of every page.
    notices
        What is to know of its letters: names the font cannot draw.
    """

    folder: Path
    files: tuple[str, ...]
    language: Language
    notices: tuple[Problem, ...] = ()

    @property
    def summary(self) -> str:
        """Lines that a terminal shows for the pack."""
        size = sum((self.folder / name).stat().st_size for name in self.files) / 1e6
        line = word(
            "print_pack", self.language, folder=self.folder,
            count=len(self.files), size=number(size, self.language, 1),
        )  # fmt: skip
        return "\n".join([line, *(notice.line(self.language) for notice in self.notices)])


def brief(
    scenario: str | Sequence[str] = "baseline",
    *,
    data: Path | str | None = None,
    out: Path | str = "outputs",
    language: Language = "id",
    overrides: Iterable[str] = (),
    letterhead: Path | str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Pack:
    """Write the briefing pack of one run atomically.

    Parameters
    ----------
    scenario
        Name of a scenario, path of a TOML file, or the folder of a finished run; of several
        the pack is made of the first and compares the others with it.
    data, out, language, progress
        As in `plan`.
    overrides
        Settings of the first scenario as ``key=value``, applied last; not for a finished run.
    letterhead
        TOML file of the letterhead; `kop.toml` of the study by default.

    Raises
    ------
    BatuGeoError
        With every problem of the faulty input; nothing is written.
    """
    steps = Steps(progress)

    def step(name: str) -> None:
        steps(word(name, language))

    _refuse_old_clock()
    first, *compared = [scenario] if isinstance(scenario, str) else scenario
    out = Path(out)
    step("step_read")
    study = read_study(data, cache=out / CACHE)
    run, settings = _finished(first, study, tuple(overrides))
    head, fingerprint = _letterhead(study, letterhead)
    steps.expect(bool(compared) + len(ASSESS_STEPS) + len(PACK_STEPS))
    if compared:
        step("step_compare")
    others = [plan(name, data=data, out=out, language=language) for name in compared]
    assessment = assess(study, settings, progress=step)
    if run is None:
        run = _run(assessment, out=out, language=language)
    source = PackSource(run, assessment, tuple(others), head, fingerprint, language)
    return _write_pack(out, source, step)


def _refuse_old_clock() -> None:
    """Refuse to begin a pack whose office files could not be dated."""
    year = time.localtime().tm_year
    if year < FIRST_ZIP_YEAR:
        raise EnvironmentFault(Problem("BG-418", values={"year": str(year)}))


def _write_pack(out: Path, source: PackSource, progress: Callable[[str], None]) -> Pack:
    """Write the folder of a pack, replacing an existing one."""
    language = source.language
    name = f"{source.run.folder.name}-{SUFFIX}" + ("-en" if language == "en" else "")
    folder = put_run(out, name, lambda aside: fill_pack(aside, source, progress))
    paths = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    odd = tuple(font_notices(source.assessment))
    return Pack(folder, tuple(sorted(paths)), language, odd)


def _finished(
    scenario: str, study: Study, overrides: tuple[str, ...]
) -> tuple[Run | None, Scenario]:
    """Return run and scenario of a run folder; None and the scenario for a scenario name."""
    folder = Path(scenario)
    if not folder.is_dir():
        return None, load_scenario(scenario, overrides=overrides, study=study)
    if not (folder / MANIFEST).is_file():
        raise ScenarioError(Problem("BG-452", scenario))
    if overrides:
        raise ScenarioError(Problem("BG-453", scenario, values={"settings": overrides}))
    run = open_run(folder)
    _same_inputs(run, study)
    return run, validated(Scenario, run.manifest["scenario"], MANIFEST)


def _run(assessment: Assessment, *, out: Path, language: Language) -> Run:
    """Return the run of an assessment; write it where it is missing or damaged."""
    made_of = ingredients(assessment.study, assessment.scenario, language)
    folder = out / run_name(assessment.scenario.name, made_of)
    if what_is_spoilt(folder):
        write_run(assessment, out=out, language=language)
    return open_run(folder)


def _same_inputs(run: Run, study: Study) -> None:
    """Refuse a run whose study has changed since."""
    changed = changed_inputs(run.manifest, study.hashes)
    if changed:
        raise DataError(
            Problem("BG-451", str(run.folder), column=table, values={"table": table})
            for table in changed
        )


def _letterhead(study: Study, path: Path | str | None) -> tuple[Letterhead, str]:
    """Return the letterhead and its SHA-256; an empty one where the study has none."""
    own = study.folder / LETTERHEAD_FILE
    if path is None and not own.is_file():
        return Letterhead(), ""
    return read_letterhead(own if path is None else Path(path))
