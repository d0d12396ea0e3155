"""Tables as people type them: find the header, join its merged rows, keep the row numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells import Cell, Grid, texts_of
from batu_geo.sources.columns import names_of
from batu_geo.sources.grids import grids_of
from batu_geo.sources.village_list import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from batu_geo.sources.opening import Opened

TABLE_SUFFIXES = (".xlsx", ".csv", ".tsv")
FARTHEST_HEADER = 25
SMALLEST_HEADER = 2
TOTALS = {"jumlah", "total", "jumlahtotal", "grandtotal"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its columns, its records and the row each stands in."""

    name: str
    columns: list[str]
    records: list[dict[str, Cell]]
    rows: list[int]


def sheet_of(
    opened: Opened, table: str, words: Mapping[str, Any], layer: str = ""
) -> tuple[Sheet, list[Problem]]:
    """Return the sheet of a file that holds a table, and notices.

    The header is the row, or the pair of rows, in which most cells are names of columns
    of the table; what stands above it is a title.

    Raises
    ------
    SourceError
        When no sheet has such a row.
    """
    grids, notices = grids_of(opened)
    if layer:
        grids = [grid for grid in grids if grid.name == layer]
    known = {name for names in names_of(table, words).values() for name in names}
    ranked = [(_header(grid, known), grid) for grid in grids]
    (count, start, labels), grid = max(
        ranked, key=lambda pair: pair[0][0], default=((0, 0, []), Grid("", [], []))
    )
    if count < min(SMALLEST_HEADER, len(labels) or SMALLEST_HEADER):
        first = next((texts_of(row) for g in grids for row in g.rows), [])
        raise opened.error("BG-259", found=", ".join(filter(None, first)) or "-")
    return _sheet(opened, grid, start, labels), notices


def _header(grid: Grid, known: Collection[str]) -> tuple[int, int, list[str]]:
    """Return how many known names the best header has, the row below it, and its labels."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    rows = [texts_of(row) for row in grid.rows[: FARTHEST_HEADER + 1]]
    for number, row in enumerate(rows[:FARTHEST_HEADER]):
        pair = _joined(row, rows[number + 1], known) if number + 1 < len(rows) else []
        for labels, below in ((row, number + 1), (pair, number + 2)):
            count = sum(plain(label) in known for label in set(labels) if label.strip())
            if count > best[0]:
                best = (count, below, labels)
    return best


def _joined(upper: list[str], lower: list[str], known: Collection[str]) -> list[str]:
    """Return the labels of two rows, the upper one merged over several columns.

    A lower label that means something alone stands alone.
    """
    labels, over = [], ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        over = above or (over if below else "")
        alone = not over or plain(below) in known
        labels.append(below if below and alone else f"{over} {below}".strip())
    return labels


def _sheet(opened: Opened, grid: Grid, start: int, labels: list[str]) -> Sheet:
    columns = _unlike([" ".join(label.split()) for label in labels])
    records, rows, faults = [], [], []
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        cells = [cell.strip() if isinstance(cell, str) else cell for cell in row]
        if _numbers_columns(texts_of(row)) or is_total(row):
            continue
        if any(cell != "" for cell in cells[len(columns) :]):
            faults.append(Problem("BG-111", opened.name, row=number, values={
                "reason": f"{len(cells)} cells under {len(columns)} columns (row {number})"
            }))  # fmt: skip
            continue
        records.append({c: v for c, v in zip_longest(columns, cells, fillvalue="") if c})
        rows.append(number)
    if faults:
        raise DataError(faults)
    return Sheet(grid.name, [column for column in columns if column], records, rows)


def _unlike(columns: list[str]) -> list[str]:
    """Return the names with a number behind each that stands there again."""
    seen: dict[str, int] = {}
    found = []
    for column in columns:
        seen[column] = seen.get(column, 0) + 1
        found.append(f"{column} ({seen[column]})" if column and seen[column] > 1 else column)
    return found


def _numbers_columns(cells: list[str]) -> bool:
    """Return whether a row only counts its columns, as forms of the ministry do."""
    filled = [cell for cell in cells if cell]
    return len(filled) > SMALLEST_HEADER and filled == [str(n + 1) for n in range(len(filled))]


def is_total(row: list[Cell]) -> bool:
    """Return whether a row sums up those above it."""
    return plain(next(filter(None, texts_of(row)), "")) in TOTALS
