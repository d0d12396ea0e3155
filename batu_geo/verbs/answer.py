"""`answer`: take what an office found out into a study, and say what it changes; what is to ask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.cell_rows import joined
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.importing.answer_sheet import (
    known_answers,
    read_sheet_for,
    refuse_embedded,
    write_answers,
)
from batu_geo.planning.answering.conclusions import Changed, changed_conclusions
from batu_geo.planning.answering.open_questions import not_answerable, open_questions
from batu_geo.planning.assess import assess
from batu_geo.planning.evidence.worth import Worth
from batu_geo.render.files.answer_form import form_file
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.errors import Language

FORMS = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Answers taken into a study.

    Attributes
    ----------
    path
        The file they are kept in.
    new, replaced
        How many cells had no answer before, and how many had another.
    changed
        The conclusions they change.
    notices
        What is not read of the sheet.
    """

    path: Path
    new: int
    replaced: int
    changed: tuple[Changed, ...]
    notices: tuple[Problem, ...]

    @property
    def record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        changed = [
            {**asdict(c), "before": _plain(c.before), "after": _plain(c.after)}
            for c in self.changed
        ]
        return {"file": str(self.path), "new": self.new, "replaced": self.replaced,
                "changed": changed}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """What is still to ask, from `open_questions`, and inputs that no answer can give, by id."""

    table: pd.DataFrame
    elsewhere: tuple[str, ...]

    @property
    def record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        table = joined(self.table)
        rows = [{**row, "now": None if pd.isna(row["now"]) else str(row["now"])}
                for row in table.to_dict("records")]  # fmt: skip
        return {"questions": rows, "elsewhere": list(self.elsewhere)}


def answer(
    sheet: Path,
    *,
    data: Path | str | None = None,
    scenario: str = "baseline",
    progress: Callable[[str], None] | None = None,
) -> Answered:
    """Take the rows of a sheet into a study: nothing is written when one of them is at fault.

    Parameters
    ----------
    sheet
        CSV or XLSX with the columns ``table``, ``id``, ``field``, ``value``, ``source``, ``date``.
    data
        Folder of a study, never the embedded one. The rows are kept in its `answers.csv`, one
        line an answer: without a line the study is as it was before.
    scenario
        By which the conclusions are drawn.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    SourceError, DataError
        When the sheet is at fault: every fault of every row at once.
    ScenarioError
        When the study is the embedded one.
    EnvironmentFault
        When the folder cannot be written.
    """
    folder = embedded_study() if data is None else Path(data)
    refuse_embedded(folder)
    known, study = known_answers(folder), load_study(folder)
    edit = read_sheet_for(sheet, study, known)
    settings = load_scenario(scenario, study=study)
    before = assess(study, settings, progress=progress)
    then = load_study(folder, answers=edit.answers)
    after = assess(then, settings, progress=progress, like=before.situation)
    path = write_answers(folder, known, edit.answers)
    changed = tuple(changed_conclusions(before, after))
    return Answered(path, edit.new, edit.replaced, changed, edit.notices)


def still_to_ask(
    *,
    data: Path | str | None = None,
    scenario: str = "baseline",
    progress: Callable[[str], None] | None = None,
) -> Questions:
    """Return the cells that are not reported and can be answered, most binding first."""
    study = load_study(data)
    now = assess(study, load_scenario(scenario, study=study), progress=progress)
    return Questions(open_questions(now), tuple(not_answerable(now)))


def write_form(questions: Questions, path: Path, *, language: Language = "id") -> Path:
    """Write what is still to ask as a form to fill in.

    Raises
    ------
    ScenarioError
        When the path is neither XLSX nor CSV, or a file is there already (BG-443).
    EnvironmentFault
        When it cannot be written.
    """
    refuse_form(path)
    content = form_file(questions.table, path.suffix.lower(), language)
    with naming_write_errors(path):
        write_atomically(path, content)
    return path


def refuse_form(path: Path) -> None:
    """Refuse a path for a form that is of another kind, or there already."""
    if path.suffix.lower() not in FORMS:
        values = {"suffix": path.suffix, "table": "answers", "expected": ", ".join(FORMS)}
        raise ScenarioError(Problem("BG-106", str(path), values=values))
    if path.exists():
        raise ScenarioError(Problem("BG-443", str(path)))


def _plain(value: Any) -> Any:
    if isinstance(value, Worth):
        return {"evidence": value.evidence, "bound_by": list(value.bound_by),
                "without": value.without}  # fmt: skip
    return list(value) if isinstance(value, tuple) else value
