"""Read a sheet of answers: rows of table, id, field, value, source and date, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.domain.asking.answers import (
    ANSWERABLE,
    ANSWERS,
    POSITION,
    Answer,
    cell_column,
    typed_answer,
)
from batu_geo.domain.contracts import PAYERS, PERIODS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.tables import conform
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.cells.dates import plain_dates
from batu_geo.sources.cells.grids import hidden_notice, raw_sheets
from batu_geo.sources.cells.match_columns import code_of_word, synonyms
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.values import is_empty, plain_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.tables import Column
    from batu_geo.sources.cells.cells import Cell, RawSheet
    from batu_geo.sources.files.opening import Opened

SUFFIXES = (".csv", ".xlsx")
FARTHEST_HEADER = 25
# What the columns of a sheet may be called besides their own names.
NAMES = {
    "table": ("tabel",), "id": ("kode", "kode baris"), "field": ("kolom", "isian"),
    "value": ("nilai", "jawaban"), "source": ("sumber",), "date": ("tanggal",),
}  # fmt: skip
# Columns of the form to fill that say what is asked, and are not read.
OF_THE_FORM = ("name", "nama", "now", "sekarang", "evidence", "kepastian", "binds", "mengikat",
               "allowed", "boleh diisi")  # fmt: skip
YES = {"ya": "yes", "ada": "yes", "sudah": "yes", "tidak": "no", "tidak ada": "no", "belum": "no"}
FORMULA_STARTS = ("=", "+", "-", "@")
ASKED = ("value", "source", "date")
NUMBERS = {"integer", "number"}


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """Rows of a sheet that are answers, and what is said of the rest.

    Attributes
    ----------
    answers
        Those without a fault.
    faults
        Of every other row.
    notices
        What is not read, and how many rows are not answered yet.
    """

    answers: tuple[Answer, ...]
    faults: tuple[Problem, ...]
    notices: tuple[Problem, ...]


def read_answers(opened: Opened) -> AnswerSheet:
    """Return the answers of a sheet with every fault of its rows.

    Values may be written as offices do: ``1.234``, ``1,5``, ``baik``, ``ya``, ``22/12/2025``. A
    row without value, source and date is not answered yet.

    Raises
    ------
    SourceError
        When the file cannot be read or has no such header.
    DataError
        When cells of it hold formulas without values, or columns look personal.
    """
    grids, notices = raw_sheets(opened)
    grid, start, places = _with_header(opened, grids)
    unread = [g.name for g in grids if g is not grid and g.rows and g.name]
    if unread:
        values = {"name": grid.name, "found": ", ".join(unread)}
        notices = [*notices, Problem("BG-283", opened.name, values=values)]
    notices += hidden_notice(grid, opened.name)
    notices += _unread_columns(opened.name, grid, start, places)
    records, rows = _records(opened, grid, start, places)
    is_asked = [all(is_empty(record[name]) for name in ASKED) for record in records]
    if any(is_asked):
        notices.append(Problem("BG-817", opened.name, values={"count": sum(is_asked)}))
    given = [(record, row) for record, row, asked in zip(records, rows, is_asked, strict=True)
            if not asked]  # fmt: skip
    answers, faults = _answers([r for r, _ in given], [n for _, n in given], opened.name)
    return AnswerSheet(tuple(answers), tuple(faults), tuple(notices))


def _with_header(opened: Opened, grids: list[RawSheet]) -> tuple[RawSheet, int, dict[str, int]]:
    """Return the first sheet with a row of the six names, the row below it and their places."""
    for grid in grids:
        for number, row in enumerate(grid.rows[:FARTHEST_HEADER], start=1):
            labels = [plain(cell_text(cell)) for cell in row]
            places = {
                name: next((n for n, label in enumerate(labels)
                            if label in {plain(name), *map(plain, others)}), -1)
                for name, others in NAMES.items()
            }  # fmt: skip
            if min(places.values()) >= 0:
                return grid, number, places
    raise opened.error("BG-120", expected=", ".join(NAMES))


def _unread_columns(
    name: str, grid: RawSheet, start: int, places: Mapping[str, int]
) -> Iterator[Problem]:
    known = {plain(label) for label in OF_THE_FORM}
    labels = [cell_text(cell).strip() for cell in grid.rows[start - 1]]
    others = [label for n, label in enumerate(labels)
              if label and n not in places.values() and plain(label) not in known]  # fmt: skip
    if others:
        yield Problem("BG-818", name, values={"columns": ", ".join(others)})


def _records(
    opened: Opened, grid: RawSheet, start: int, places: Mapping[str, int]
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the six cells of each row and its number; refuse formulas without values."""
    records, rows, faults = [], [], []
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        cells = {name: _bare(row[n]) if n < len(row) else "" for name, n in places.items()}
        faults += [Problem("BG-281", opened.name, row=number, column=name)
                   for name, n in places.items() if (number, n) in grid.unknown]  # fmt: skip
        if not all(is_empty(cell) for cell in cells.values()):
            records.append(cells)
            rows.append(number)
    if faults:
        raise DataError(faults)
    return records, rows


def _bare(cell: Cell) -> Cell:
    """Return a text without the apostrophe that keeps it from being a formula."""
    is_kept = isinstance(cell, str) and cell.startswith(tuple(f"'{s}" for s in FORMULA_STARTS))
    return cell[1:] if is_kept and isinstance(cell, str) else cell


def _answers(
    records: list[dict[str, Any]], rows: list[int], name: str
) -> tuple[list[Answer], list[Problem]]:
    """Return the answers and the faults of all rows, in the order of the rows."""
    dates = plain_dates([record["date"] for record in records])
    words = synonyms()
    values = [_plain_value(record, words) for record in records]
    texts: list[dict[str, str]] = [
        {**{k: cell_text(v).strip() for k, v in record.items()}, "value": value,
         "date": "" if date is None else cell_text(date).strip()}
        for record, (value, _), date in zip(records, values, dates, strict=True)
    ]  # fmt: skip
    _, faults = conform(texts, ANSWERS, name)
    faults = [_at_row(fault, rows) for fault in faults]
    faults += [
        Problem("BG-275", name, row=row, record_id=text["id"], column="value",
                values={"value": cell_text(record["value"])})
        for (_, is_clear), record, text, row in zip(values, records, texts, rows, strict=True)
        if not is_clear
    ]  # fmt: skip
    broken = {fault.row for fault in faults}
    answers: list[Answer] = []
    first: dict[tuple[str, str, str], int] = {}
    for text, row in zip(texts, rows, strict=True):
        if row in broken:
            continue
        answer = Answer(text["table"], text["id"], text["field"], text["value"], text["source"],
                        text["date"], row)  # fmt: skip
        fault = _fault_of(answer, first.setdefault(answer.cell, row))
        if fault is None:
            answers.append(answer)
        else:
            column, code, about = fault
            faults.append(Problem(code, name, row=row, record_id=answer.record_id, column=column,
                                  values=about))  # fmt: skip
    return answers, sorted(faults, key=lambda fault: fault.row or 0)


def _at_row(fault: Problem, rows: list[int]) -> Problem:
    """Return a fault of a record at the row of the sheet."""
    row = None if fault.row is None else rows[fault.row - 2]
    return Problem(fault.code, fault.path, row, None, fault.record_id, fault.column, fault.values)


def _fault_of(answer: Answer, first: int) -> tuple[str, str, dict[str, Any]] | None:
    """Return column, code and values of what is wrong with an answer; None for nothing."""
    if cell_column(answer.table, answer.field) is None:
        known = tuple(ANSWERABLE[answer.table]) or (f"ITEM/{'|'.join(PAYERS)}/{'|'.join(PERIODS)}",)
        return "field", "BG-205", {"value": answer.field, "expected": ", ".join(known)}
    if first != answer.row:
        return "field", "BG-206", {"value": f"{answer.record_id} {answer.field}", "first": first}
    _, fault = typed_answer(answer)
    return None if fault is None else ("value", *fault)


def _plain_value(record: Mapping[str, Any], words: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the value as a code, plain number or text, and whether it means one thing alone."""
    cell, table = record["value"], cell_text(record["table"]).strip()
    if is_empty(cell) or table not in ANSWERABLE:
        return ("" if is_empty(cell) else cell_text(cell).strip()), True
    name = cell_text(record["field"]).strip()
    column = cell_column(table, name)
    if column is None or name == POSITION or table == "staffing":
        return cell_text(cell).strip(), True
    if column.kind in NUMBERS:
        (number,) = plain_numbers([cell], is_whole=column.kind == "integer")
        return cell_text(cell if number is None else number), number is not None
    if column.kind == "date":
        (date,) = plain_dates([cell])
        return cell_text(cell if date is None else date), date is not None
    return _coded(cell_text(cell).strip(), column, words), True


def _coded(text: str, column: Column, words: Mapping[str, Any]) -> str:
    """Return the code of a word of an office; other text as it is.

    >>> _coded("Rusak ringan", cell_column("buildings", "condition"), synonyms())
    'light_damage'
    """
    if not column.codes:
        return text
    found = str(code_of_word(text, column.name, column.codes, words) or "")
    if found not in column.codes:
        found = YES.get(text.casefold(), found)
    return found
