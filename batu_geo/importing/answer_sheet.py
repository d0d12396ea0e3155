"""Answers of a sheet put beside those a study has already; written all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.domain.asking.answers import ANSWERS
from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.planning.answering.answered_study import unfitting
from batu_geo.render.files.write_tables import csv_bytes
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import answers_of, tables_of
from batu_geo.sources.study.study_files import ANSWERS_FILE
from batu_geo.sources.tables.answer_rows import SUFFIXES, read_answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batu_geo.domain.asking.answers import Answer
    from batu_geo.planning.study import Study


@dataclass(frozen=True, slots=True)
class AnswerEdit:
    """Answers that a sheet adds to those of a study.

    Attributes
    ----------
    answers
        All of them, in the order of the file: by table, id and field.
    new, replaced
        How many cells had no answer, and how many had another one.
    notices
        What is not read of the sheet.
    """

    answers: tuple[Answer, ...]
    new: int
    replaced: int
    notices: tuple[Problem, ...]


def refuse_embedded(folder: Path) -> None:
    """Refuse the study that comes with the package: no answer is kept in it.

    Raises
    ------
    ScenarioError
        When the folder is that study.
    """
    root = folder if folder.is_dir() else folder.parent
    if root.resolve() == embedded_study().resolve():
        raise ScenarioError(Problem("BG-444", str(folder)))


def read_sheet_for(sheet: Path, study: Study, known: Sequence[Answer]) -> AnswerEdit:
    """Return the answers of a sheet with those a study has; a cell has its last answer.

    Raises
    ------
    SourceError, DataError
        When the sheet cannot be read; every fault of every row, also of rows that fit no row of
        the study, and when none is filled in.
    """
    opened = open_input(sheet, name=sheet.name, table="answers", suffixes=SUFFIXES)
    read = read_answers(opened)
    faults = [*read.faults, *unfitting(tables_of(study), read.answers, opened.name)]
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row or 0))
    if not read.answers:
        raise DataError([*read.notices, Problem("BG-239", opened.name)])
    before = {answer.cell: answer for answer in known}
    said = {answer.cell: answer for answer in read.answers}
    merged = before | said
    return AnswerEdit(
        answers=tuple(merged[cell] for cell in sorted(merged)),
        new=len(said.keys() - before.keys()),
        replaced=sum(cell in before and before[cell] != said[cell] for cell in said),
        notices=read.notices,
    )


def known_answers(folder: Path) -> tuple[Answer, ...]:
    """Return the answers that a study has."""
    return answers_of(StudyFolder.at(folder).study_files)


def write_answers(folder: Path, known: Sequence[Answer], answers: Sequence[Answer]) -> Path:
    """Write the answers of a study; refuse where another process has changed them meanwhile.

    Raises
    ------
    ScenarioError
        When the answers in the study are no longer those that were read.
    EnvironmentFault
        When the folder cannot be written.
    """
    content = answers_file(answers)
    with StudyFolder.at(folder).edit() as edit:
        if answers_of(edit.study.study_files) != tuple(known):
            raise ScenarioError(Problem("BG-414", str(folder)))
        edit.files[ANSWERS_FILE] = content
    return edit.study.root / ANSWERS_FILE


def answers_file(answers: Sequence[Answer]) -> bytes:
    """Return answers as the file of a study has them, the same bytes each time."""
    columns = [column.name for column in ANSWERS.columns]
    rows = [(a.table, a.record_id, a.field, a.value, a.source, a.date) for a in answers]
    return csv_bytes(pd.DataFrame(rows, columns=columns))
