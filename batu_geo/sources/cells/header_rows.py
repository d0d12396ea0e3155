"""Find the header of a sheet, join its two rows, fill merged cells, keep the row numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells.cells import RawSheet, row_texts
from batu_geo.sources.cells.grids import MOST_SHOWN, hidden_notice, raw_sheets
from batu_geo.sources.cells.match_columns import is_known, names_by_target
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.workbooks import MOST_CELLS, MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from batu_geo.sources.cells.cells import Cell, Merge
    from batu_geo.sources.files.opening import Opened

TABLE_SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt")
FARTHEST_HEADER = 25
SMALLEST_HEADER = 2
SUM = re.compile(r"(?:sub\s*-?\s*total|total|jumlah|jml)\b", re.IGNORECASE)
NUMBER = re.compile(r"[\d.,%\s+-]+(?:jiwa|orang)?", re.IGNORECASE)
FOOTER = re.compile(r"(?:\*+|(?:sumber|source|keterangan|ket|catatan|note)\b.*[:.])", re.IGNORECASE)
GROUP = re.compile(r"(?:kecamatan|kec|kabupaten|kab|provinsi)\b", re.IGNORECASE)
LONGEST_SHOWN = 40
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
    left_out
        Totals and footers: row number and first text of each.
    """

    columns: list[str]
    records: list[dict[str, Cell]]
    rows: list[int]
    filled: frozenset[tuple[int, str]] = frozenset()
    left_out: tuple[tuple[int, str], ...] = ()


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
    sheet = _sheet_below(opened, grid, start, labels)
    return sheet, [*notices, *hidden_notice(grid, opened.name), *_left_out(sheet, opened.name)]


def _left_out(sheet: Sheet, name: str) -> list[Problem]:
    """Return a notice of the rows below a header that are no data."""
    shown = "; ".join(f"{text} ({row})" for row, text in sheet.left_out[:MOST_SHOWN])
    values = {"count": len(sheet.left_out), "found": shown}
    return [Problem("BG-483", name, values=values)] if sheet.left_out else []


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
    left_out = _rows_left_out(grid, start, len(list(filter(None, columns))))
    for number, row, again in _rows_with_merges(grid, start, left_out):
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
    said = tuple((number, text) for number, text in left_out.items() if text)
    return Sheet([column for column in columns if column], records, rows, frozenset(filled), said)


def _rows_left_out(grid: RawSheet, start: int, width: int) -> dict[int, str]:
    """Return the rows that are no data by number, with their first text where it is to be said.

    A row that counts the columns, the name of a district alone, totals, and below the data a
    footer: `Sumber: ...`, the rows under it, and rows of one cell under the last total.
    """
    left_out: dict[int, str] = {}
    is_below = is_footer = False
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        texts = list(filter(None, row_texts(row)))
        is_footer = is_footer or (len(texts) == 1 < width and FOOTER.match(texts[0]) is not None)
        if _is_column_count(texts):
            left_out[number] = ""
        elif (
            is_footer
            or is_total(row)
            or (len(texts) == 1 < width and (is_below or GROUP.match(texts[0])))
        ):
            left_out[number] = texts[0][:LONGEST_SHOWN]
        is_below = is_total(row) or (is_below and number in left_out)
    return left_out


def _rows_with_merges(
    grid: RawSheet, start: int, left_out: Collection[int]
) -> Iterator[tuple[int, list[Cell], list[int]]]:
    """Yield number, cells and filled columns of each row of data, merged cells filled down."""
    begins: dict[int, list[Merge]] = {}
    for merge in grid.merges:
        begins.setdefault(merge.first, []).append(merge)
    active: dict[int, tuple[int, Cell]] = {}
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        if number in left_out:
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
    """Return whether a row is the total of those above it, of all or of a part.

    >>> is_total(["", "JUMLAH", "", 98]), is_total(["Jumlah Kecamatan Batu", "", "98.115"])
    (True, True)
    >>> is_total(["Total Sehat", "KLINIK", "Temas"])
    False
    """
    first, *others = list(filter(None, row_texts(row))) or [""]
    if plain(first) in TOTALS:
        return True
    return bool(others) and SUM.match(first) is not None and all(map(NUMBER.fullmatch, others))
