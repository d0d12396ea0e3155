"""Cells of a sheet: text as typed, or a number, date or hour as stored in the file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Cell = str | int | float | dt.datetime | dt.time


@dataclass(frozen=True, slots=True)
class Merge:
    """A cell merged downwards: its column (from 0), first and last row (from 1)."""

    column: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as stored, without its blank rows.

    Attributes
    ----------
    name, rows
        Name of the sheet, and the cells of each row.
    numbers
        Number of each row, as a spreadsheet shows it.
    merges
        Cells merged downwards.
    unknown
        Row and column of formulas whose values are not stored in the file.
    hidden
        Rows, as numbers, and columns, as letters, that a spreadsheet does not show.
    """

    name: str
    rows: list[list[Cell]]
    numbers: list[int]
    merges: tuple[Merge, ...] = ()
    unknown: frozenset[tuple[int, int]] = frozenset()
    hidden: tuple[str, ...] = ()


def cell_text(cell: Any) -> str:
    """Return a cell as text, as a person would type it; empty for an empty cell.

    >>> cell_text(85.5), cell_text(7.0), cell_text(dt.datetime(2025, 12, 22)), cell_text("0007")
    ('85.5', '7', '2025-12-22', '0007')
    """
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M")
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def row_texts(row: list[Cell]) -> list[str]:
    """Return the cells of a row as stripped texts."""
    return [cell_text(cell).strip() for cell in row]


def without_trailing_blanks(cells: Iterable[Cell]) -> list[Cell]:
    """Return a row without the blank cells at its end, empty for a blank row."""
    row = list(cells)
    while row and isinstance(row[-1], str) and not row[-1].strip():
        row.pop()
    return row
