"""Tables as people type them: find the header, join its merged rows, keep the row numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.columns import names_of
from batu_geo.sources.grids import Grid, grids_of
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
    """A table of text: its columns, its records and the row each stands in."""

    name: str
    columns: list[str]
    records: list[dict[str, str]]
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
        ranked, key=lambda pair: pair[0][0], default=((0, 0, []), Grid("", []))
    )
    if count < min(SMALLEST_HEADER, len(labels) or SMALLEST_HEADER):
        # Never the cells: without a header the first row is about somebody.
        raise opened.error("BG-259", found=", ".join(filter(None, (g.name for g in grids))) or "-")
    return _sheet(opened, grid, start, labels), notices


def _header(grid: Grid, known: Collection[str]) -> tuple[int, int, list[str]]:
    """Return how many known names the best header has, the row below it, and its labels."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    for number, row in enumerate(grid.rows[:FARTHEST_HEADER]):
        for labels, below in ((row, number + 1), (_joined(grid, number, known), number + 2)):
            count = sum(plain(label) in known for label in set(labels) if label.strip())
            if count > best[0]:
                best = (count, below, labels)
    return best


def _joined(grid: Grid, number: int, known: Collection[str]) -> list[str]:
    """Return the labels of two rows, the upper one merged over several columns.

    A lower label that means something alone stands alone.
    """
    if number + 1 >= len(grid.rows):
        return []
    upper, lower = grid.rows[number], grid.rows[number + 1]
    labels, over = [], ""
    for column in range(max(len(upper), len(lower))):
        above = upper[column].strip() if column < len(upper) else ""
        below = lower[column].strip() if column < len(lower) else ""
        over = above or (over if below else "")
        alone = not over or plain(below) in known
        labels.append(below if below and alone else f"{over} {below}".strip())
    return labels


def _sheet(opened: Opened, grid: Grid, start: int, labels: list[str]) -> Sheet:
    columns = _unlike([" ".join(label.split()) for label in labels])
    records, rows, faults = [], [], []
    for number, row in enumerate(grid.rows[start:], start=start + 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or _numbers_columns(cells) or _is_total(cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            faults.append(Problem("BG-111", opened.name, row=number, values={
                "reason": f"{len(cells)} cells under {len(columns)} columns (row {number})"
            }))  # fmt: skip
            continue
        padded = cells + [""] * (len(columns) - len(cells))
        records.append({c: v for c, v in zip(columns, padded, strict=False) if c})
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


def _is_total(cells: list[str]) -> bool:
    return plain(next(filter(None, cells), "")) in TOTALS
