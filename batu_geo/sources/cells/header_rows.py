"""Find the header of a sheet, join its two rows, fill merged cells, keep the row numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells.cells import RawSheet, row_texts
from batu_geo.sources.cells.grids import raw_sheets
from batu_geo.sources.cells.match_columns import is_known, names_by_target
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.workbooks import MOST_CELLS, MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from batu_geo.sources.cells.cells import Cell, Merge
    from batu_geo.sources.files.opening import Opened

TABLE_SUFFIXES = (".xlsx", ".csv", ".tsv")
FARTHEST_HEADER = 25
SMALLEST_HEADER = 2
TOTALS = {"jumlah", "total", "jumlahtotal", "grandtotal"}
GROUP_TOTALS = {"jumlah", "jml", "total", "lp", "pl", "lkpr", "lakilakiperempuan"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its header.

    Attributes
    ----------
    columns, records
        Names of the columns, and one mapping per row.
    rows
        Row number of each record.
    filled
        Row and column of cells filled from a cell merged downwards.
    """

    columns: list[str]
    records: list[dict[str, Cell]]
    rows: list[int]
    filled: frozenset[tuple[int, str]] = frozenset()


def read_sheet(
    opened: Opened,
    table: str,
    words: Mapping[str, Any],
    layer: str = "",
    chosen: Collection[str] = (),
) -> tuple[Sheet, list[Problem]]:
    """Return the sheet of a file that has a table, and notices.

    The header is the row, or the pair of rows, with the most known column names of the
    table or names that the user chose; rows above it are titles.

    Raises
    ------
    SourceError
        When no sheet has such a row, or several have it equally.
    """
    grids, notices = raw_sheets(opened)
    names = ", ".join(grid.name for grid in grids if grid.name) or "-"
    known = {name for names in names_by_target(table, words).values() for name in names}
    known |= set(map(plain, filter(None, chosen)))
    headers = [(_header(grid, known), grid) for grid in grids if layer in {"", grid.name}]
    (count, start, labels), grid = max(
        headers, key=lambda pair: pair[0][0], default=((0, 0, []), RawSheet("", [], []))
    )
    if count < min(SMALLEST_HEADER, len(labels) or SMALLEST_HEADER):
        raise opened.error("BG-259", found=names)
    same = [g.name for (n, below, _), g in headers if n == count and len(g.rows) > below]
    if len(same) > 1:
        raise opened.error("BG-259", found=", ".join(same))
    unread = [other.name for other in grids if other is not grid and other.rows and not layer]
    if unread:
        values = {"name": grid.name, "found": ", ".join(unread)}
        notices = [*notices, Problem("BG-283", opened.name, values=values)]
    if len(labels) * len(grid.rows) > MOST_CELLS:
        raise opened.error("BG-279", sheet=grid.name, limit=MOST_ROWS, cells=MOST_CELLS)
    return _sheet_below(opened, grid, start, labels), notices


def _header(grid: RawSheet, known: Collection[str]) -> tuple[int, int, list[str]]:
    """Return the number of known names of the best header, the row below it, and its labels."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    rows = [row_texts(row) for row in grid.rows[: FARTHEST_HEADER + 1]]
    for number, row in enumerate(rows[:FARTHEST_HEADER]):
        count = _count_known(row, known)
        if count > best[0]:
            best = (count, number + 1, row)
        is_title = sum(map(bool, row)) < SMALLEST_HEADER
        lower = [] if is_title or number + 1 == len(rows) else rows[number + 1]
        pair = _joined_labels(row, lower, known)
        # A pair counts where the lower row fills blanks of the upper one.
        fills = any(below and not above for above, below in zip_longest(row, lower, fillvalue=""))
        if _count_known(pair, known) >= max(best[0] + (not fills), 1):
            best = (_count_known(pair, known), number + 2, pair)
    return best


def _count_known(labels: list[str], known: Collection[str]) -> int:
    return sum(is_known(label, known) for label in set(labels) if label)


def _joined_labels(upper: list[str], lower: list[str], known: Collection[str]) -> list[str]:
    """Return the joined labels of two header rows, the upper one merged over several columns.

    A total below a label has the name of the label; a lower label that is a known name
    by itself is not joined.
    """
    labels, over = [], ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        over = above or (over if below else "")
        alone = not over or (plain(below) in known and plain(below) not in GROUP_TOTALS)
        is_sum = bool(over) and plain(below) in GROUP_TOTALS
        label = over if is_sum else below if below and alone else f"{over} {below}"
        labels.append(label.strip())
    return labels


def _sheet_below(opened: Opened, grid: RawSheet, start: int, labels: list[str]) -> Sheet:
    """Return the table below a header; refuse cells outside it and formulas without values."""
    columns = _unique_names([" ".join(label.split()) for label in labels])
    records, rows, filled, faults = [], [], set(), []
    for number, row, again in _rows_with_merges(grid, start):
        cells = [cell.strip() if isinstance(cell, str) else cell for cell in row]
        if any(cell != "" for cell in cells[len(columns) :]):
            faults.append(Problem("BG-111", opened.name, row=number, values={
                "reason": f"{len(cells)} cells under {len(columns)} columns (row {number})"
            }))  # fmt: skip
            continue
        faults += [
            Problem("BG-281", opened.name, row=number, column=column)
            for n, column in enumerate(columns) if column and (number, n) in grid.unknown
        ]  # fmt: skip
        records.append({c: v for c, v in zip_longest(columns, cells, fillvalue="") if c})
        rows.append(number)
        filled |= {(number, columns[n]) for n in again if n < len(columns)}
    if faults:
        raise DataError(faults)
    return Sheet([column for column in columns if column], records, rows, frozenset(filled))


def _rows_with_merges(grid: RawSheet, start: int) -> Iterator[tuple[int, list[Cell], list[int]]]:
    """Yield number, cells and filled columns of each row of data, merged cells filled down."""
    begins: dict[int, list[Merge]] = {}
    for merge in grid.merges:
        begins.setdefault(merge.first, []).append(merge)
    active: dict[int, tuple[int, Cell]] = {}
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        if _is_column_count(row_texts(row)) or is_total(row):
            continue
        cells: dict[int, Cell] = dict(enumerate(row))
        active = {n: kept for n, kept in active.items() if kept[0] >= number}
        again = [n for n in active if cells.get(n, "") == ""]
        cells |= {n: active[n][1] for n in again}
        for merge in begins.get(number, []):
            active[merge.column] = (merge.last, cells.get(merge.column, ""))
        yield number, [cells.get(n, "") for n in range(max(cells) + 1)], again


def _unique_names(columns: list[str]) -> list[str]:
    """Return the names, repeated ones with a number behind them."""
    seen: dict[str, int] = {}
    unique = []
    for column in columns:
        seen[column] = seen.get(column, 0) + 1
        unique.append(f"{column} ({seen[column]})" if column and seen[column] > 1 else column)
    return unique


def _is_column_count(cells: list[str]) -> bool:
    """Return whether a row only numbers its columns, as forms of the ministry do."""
    filled = [cell for cell in cells if cell]
    return len(filled) > SMALLEST_HEADER and filled == [str(n + 1) for n in range(len(filled))]


def is_total(row: list[Cell]) -> bool:
    """Return whether a row is the total of those above it."""
    return plain(next(filter(None, row_texts(row)), "")) in TOTALS
