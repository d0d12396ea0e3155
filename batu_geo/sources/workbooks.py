"""Sheets of XLSX files; what the program that saved them worked out, not their formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError
from batu_geo.sources.archives import zip_members
from batu_geo.sources.cells import Cell, Grid, without_tail
from batu_geo.sources.safe_xml import check_xml

if TYPE_CHECKING:
    from batu_geo.sources.opening import Opened

MOST_ROWS, MOST_CELLS = 200_000, 40_000_000
LONGEST_CELL = 32_768
LEADING_ZEROS = re.compile(r"0+")
LARGEST_WHOLE = 1e16
XML_PARTS = (".xml", ".rels", ".vml")


def sheets_of(opened: Opened) -> list[Grid]:
    """Return the visible sheets of a workbook.

    Raises
    ------
    SourceError
        When it cannot be read, or a sheet has more than 200 000 rows or 40 million cells.
    """
    import openpyxl  # noqa: PLC0415 - only this reader needs it

    for member in zip_members(opened, *XML_PARTS).values():
        check_xml(member)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(opened.content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [s for s in workbook.worksheets if s.sheet_state == "visible"]
        return [_grid(opened, sheet) for sheet in sheets]
    except BatuGeoError:
        raise
    except Exception as error:  # openpyxl raises whatever it meets
        raise opened.unreadable(error) from error


def _grid(opened: Opened, sheet: Any) -> Grid:
    rows, numbers, size = list[list[Cell]](), list[int](), 0
    # The size a sheet states may be wrong; rows that are not there are of no width.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        size += len(row)
        if cells := without_tail(_value(cell) for cell in row):
            rows.append(cells)
            numbers.append(number)
        if len(rows) > MOST_ROWS or size > MOST_CELLS:
            raise opened.error("BG-279", sheet=sheet.title, limit=MOST_ROWS, cells=MOST_CELLS)
    return Grid(sheet.title, rows, numbers)


def _value(cell: Any) -> Cell:
    """Return a cell in its type; a number shown as 0007 is the text that keeps its zeros."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
    if isinstance(value, float):
        # As many digits as a spreadsheet shows.
        value = float(f"{value:.15g}")
        if value.is_integer() and abs(value) < LARGEST_WHOLE:
            value = int(value)
    if isinstance(value, int) and LEADING_ZEROS.fullmatch(str(cell.number_format or "")):
        return str(value).zfill(len(cell.number_format))
    if isinstance(value, (int, float, dt.datetime, dt.time)):
        return value
    return str(value)[:LONGEST_CELL]
