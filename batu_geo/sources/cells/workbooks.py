"""Read the sheets of XLSX files: the stored values of formulas, not the formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError
from batu_geo.sources.cells.cells import Cell, Merge, RawSheet, without_trailing_blanks
from batu_geo.sources.files.archives import zip_members
from batu_geo.sources.files.safe_xml import check_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.domain.errors import Problem
    from batu_geo.sources.files.opening import Opened

MOST_ROWS, MOST_CELLS = 200_000, 10_000_000
LONGEST_CELL = 32_768
LEADING_ZEROS = re.compile(r"0+")
LARGEST_WHOLE = 1e16
XML_PARTS = (".xml", ".rels", ".vml")
# openpyxl gives neither merges nor missing values when it reads row by row.
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["'](\w+):(\w+)["']""")
NO_VALUE = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\br=["'](\w+)["'][^<>]*>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<>]*</"""
    rb"""(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
ERROR = "e"
ROW = re.compile(rb"""<(?:\w+:)?row\s([^<>]*)>""")
COLUMNS = re.compile(rb"""<(?:\w+:)?col\s([^<>]*)>""")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
FIRST = re.compile(rb"""\b(?:r|min)=["'](\d+)["']""")
LAST = re.compile(rb"""\bmax=["'](\d+)["']""")


def workbook_sheets(opened: Opened) -> tuple[list[RawSheet], list[str], list[Problem]]:
    """Return the visible sheets of a workbook, the names of the hidden ones, and notices: none.

    Raises
    ------
    SourceError
        When it cannot be read, or a sheet has more than 200 000 rows or 10 million cells.
    """
    import openpyxl  # noqa: PLC0415 - only this reader needs it

    members = zip_members(opened, *XML_PARTS)
    for member in members.values():
        check_xml(member)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(opened.content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [s for s in workbook.worksheets if s.sheet_state == "visible"]
        hidden = [s.title for s in workbook.worksheets if s.sheet_state != "visible"]
        return [_raw_sheet(opened, sheet, members) for sheet in sheets], hidden, []
    except BatuGeoError:
        raise
    except Exception as error:  # openpyxl raises whatever it meets
        raise opened.unreadable(error) from error


def _raw_sheet(opened: Opened, sheet: Any, members: dict[str, Opened]) -> RawSheet:
    """Return the rows of a sheet, refusing one with too many rows or cells."""
    path = sheet._worksheet_path  # noqa: SLF001 - there is no public name
    xml = members[path].content if path in members else b""
    merges = tuple(_merges(xml))
    unknown = {_row_and_column(cell) for cell in NO_VALUE.findall(xml)}
    rows, numbers, size = list[list[Cell]](), list[int](), 0
    # The size a sheet states may be wrong.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        size += len(row)
        if cells := without_trailing_blanks(_value(cell) for cell in row):
            rows.append(cells)
            numbers.append(number)
            unknown |= {(number, n) for n, cell in enumerate(row) if cell.data_type == ERROR}
        if len(rows) > MOST_ROWS or size > MOST_CELLS:
            raise opened.error("BG-279", sheet=sheet.title, limit=MOST_ROWS, cells=MOST_CELLS)
    if sum(min(merge.last - merge.first, len(rows)) for merge in merges) > MOST_CELLS:
        raise opened.error("BG-279", sheet=sheet.title, limit=MOST_ROWS, cells=MOST_CELLS)
    hidden = tuple(_hidden(xml, frozenset(numbers), max(map(len, rows), default=0)))
    return RawSheet(sheet.title, rows, numbers, merges, frozenset(unknown), hidden)


def _hidden(xml: bytes, numbers: frozenset[int], width: int) -> Iterator[str]:
    """Yield the rows with cells, by number, and the columns, by letter, that are not shown."""
    for about in ROW.findall(xml):
        first = FIRST.search(about)
        if HIDDEN.search(about) and first and int(first[1]) in numbers:
            yield first[1].decode()
    for about in COLUMNS.findall(xml):
        first, last = FIRST.search(about), LAST.search(about)
        if HIDDEN.search(about) and first and last:
            for column in range(int(first[1]), min(int(last[1]), width) + 1):
                yield column_letters(column)


def column_letters(number: int) -> str:
    """Return the letters of a column, counted from 1.

    >>> column_letters(2), column_letters(27)
    ('B', 'AA')
    """
    from openpyxl.utils.cell import get_column_letter  # noqa: PLC0415

    letters: str = get_column_letter(number)
    return letters


def _merges(xml: bytes) -> Iterator[Merge]:
    """Yield the cells of a sheet that are merged downwards."""
    for start, end in MERGED.findall(xml):
        (first, column), (last, _) = _row_and_column(start), _row_and_column(end)
        if last > first:
            yield Merge(column, first, last)


def _row_and_column(cell: bytes) -> tuple[int, int]:
    """Return row (from 1) and column (from 0) of a cell such as ``B7``."""
    from openpyxl.utils.cell import coordinate_to_tuple  # noqa: PLC0415

    row, column = coordinate_to_tuple(cell.decode())
    return row, column - 1


def _value(cell: Any) -> Cell:
    """Return the value of a cell; a number formatted as 0007 becomes text with its zeros."""
    value = stored_value("" if cell.value is None else cell.value)
    if isinstance(value, int) and LEADING_ZEROS.fullmatch(str(cell.number_format or "")):
        return str(value).zfill(len(cell.number_format))
    return value


def stored_value(value: Any) -> Cell:
    """Return the value of a cell as any reader of workbooks gives it.

    >>> stored_value(True), stored_value(7.0), stored_value(0.1 + 0.2), stored_value("0007")
    ('ya', 7, 0.3, '0007')
    """
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
    if isinstance(value, float):
        # Fifteen significant digits, as a spreadsheet shows.
        value = float(f"{value:.15g}")
        if value.is_integer() and abs(value) < LARGEST_WHOLE:
            value = int(value)
    if isinstance(value, (int, float, dt.datetime, dt.time)):
        return value
    return str(value)[:LONGEST_CELL]
