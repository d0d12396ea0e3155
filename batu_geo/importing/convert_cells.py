"""Convert the cells of a file to the types of the contract: numbers, dates, hours, codes, texts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.cells.dates import plain_dates
from batu_geo.sources.cells.match_columns import PLACE, code_of_word
from batu_geo.sources.cells.unit_words import (
    bare_number,
    heading_factor,
    is_about,
    multiplied,
)
from batu_geo.sources.cells.values import clock_of, is_empty, plain_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.tables import Column
    from batu_geo.importing.request import Rows
    from batu_geo.sources.cells.match_columns import Match

NUMBERS = {"number", "integer"}
HOURS = {"start", "end"}
FREE_TEXTS = {"evidence_note", "evidence_note_en"}


def convert_records(
    rows: Rows, matches: Sequence[Match], table: str, words: Mapping[str, Any], name: str
) -> list[dict[str, Any]]:
    """Return the records under the column names of the contract, with its numbers and codes.

    Raises
    ------
    DataError
        With every ambiguous cell.
    """
    taken = {match.source: match.target for match in matches if match.target and match.is_sure}
    converted = [
        {target: record.get(source) for source, target in taken.items()} for record in rows.records
    ]
    columns = {column.name: column for column in CONTRACTS[table].columns}
    problems = []
    for source, target in taken.items():
        cells = [record[target] for record in converted]
        factor = heading_factor(source, target)
        column, faults = _convert_column(cells, target, columns.get(target), words, factor)
        if target in columns and columns[target].kind in NUMBERS:
            # A number merged over several rows is not the number of each row.
            merged = [n for n, row in enumerate(rows.numbers) if (row, source) in rows.filled]
            faults += [(n, "BG-282") for n in merged if cells[n] not in {None, ""}]
        for record, value in zip(converted, column, strict=True):
            record[target] = value
        problems += [
            Problem(
                code, name, column=target, values={"value": cell_text(cells[n])}, **rows.place(n)
            )
            for n, code in faults
        ]
    if problems:
        raise DataError(problems)
    return converted


def unknown_words(
    rows: Rows, matches: Sequence[Match], table: str, words: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Return the words of a file that are no code of their column, each with that column."""
    codes = {column.name: column.codes for column in CONTRACTS[table].columns if column.codes}
    return tuple(
        (match.target, text)
        for match in matches
        if match.target in codes
        for text in sorted({cell_text(r.get(match.source)) for r in rows.records
                            if not is_empty(r.get(match.source))})
        if code_of_word(text, match.target, codes[match.target], words) not in codes[match.target]
    )  # fmt: skip


def _convert_column(
    cells: list[Any],
    target: str,
    column: Column | None,
    words: Mapping[str, Any],
    factor: int,
) -> tuple[list[Any], list[tuple[int, str]]]:
    """Return one column in the type of the contract, and number and code of each faulty cell."""
    kind = column.kind if column else "text"
    codes = column.codes if column else ()
    cells = [None if is_empty(cell) and not (codes and cell) else cell for cell in cells]
    if kind in NUMBERS:
        is_whole = kind == "integer" and factor == 1
        numbers = plain_numbers([bare_number(cell) for cell in cells], is_whole=is_whole)
        if factor != 1:
            numbers = [multiplied(number, factor) for number in numbers]
        return numbers, [*_unwanted_dates(cells), *_ambiguous(cells, numbers, "BG-275")]
    if kind == "date":
        dates = plain_dates(cells)
        return dates, _ambiguous(cells, dates, "BG-294")
    if target in HOURS:
        return [_hour(cell) for cell in cells], []
    if target in PLACE:
        return cells, _unwanted_dates(cells)
    if codes:
        # Lists and objects have no code: the contract refuses them.
        texts = {cell_text(cell) for cell in cells if not isinstance(cell, list | dict)}
        meanings = {text: code_of_word(text, target, codes, words) for text in texts}
        values = [meanings[cell_text(cell)] if not isinstance(cell, list | dict) else cell
                   for cell in cells]  # fmt: skip
        return values, _unwanted_dates(cells)
    texts_only = [cell_text(cell) if _is_number_or_date(cell) else cell for cell in cells]
    return texts_only, [] if target in FREE_TEXTS else _unwanted_dates(cells)


def unit_notices(rows: Rows, matches: Sequence[Match], table: str, name: str) -> list[Problem]:
    """Return notices of columns in other units than the contract, and of rounded numbers."""
    numbers = {c.name for c in CONTRACTS[table].columns if c.kind in NUMBERS}
    taken = [m for m in matches if m.target in numbers and m.is_sure]
    notices = []
    for match in taken:
        factor = heading_factor(match.source, match.target)
        if factor != 1:
            values = {"column": match.source, "factor": float(factor)}
            notices.append(Problem("BG-484", name, column=match.target, values=values))
        about = sum(is_about(record.get(match.source)) for record in rows.records)
        if about:
            values = {"count": about}
            notices.append(Problem("BG-485", name, column=match.target, values=values))
    return notices


def _ambiguous(cells: list[Any], converted: list[Any], code: str) -> list[tuple[int, str]]:
    """Return the cells that hold a value whose conversion is ambiguous."""
    return [(n, code) for n, cell in enumerate(cells) if cell is not None and converted[n] is None]


def _unwanted_dates(cells: list[Any]) -> list[tuple[int, str]]:
    """Return the cells that a spreadsheet has turned into dates or hours: 1-2, 02.06."""
    return [
        (n, "BG-280") for n, cell in enumerate(cells) if isinstance(cell, dt.datetime | dt.time)
    ]


def _hour(cell: Any) -> Any:
    """Return an hour as ``HH:MM``; a number is ambiguous and stays one."""
    if isinstance(cell, str):
        return clock_of(cell)
    # 7.25 may be a quarter past seven, or 25 minutes past: with a comma it is refused.
    return cell_text(cell).replace(".", ",") or None


def _is_number_or_date(cell: Any) -> bool:
    return isinstance(cell, (int, float, dt.datetime, dt.time)) and not isinstance(cell, bool)
