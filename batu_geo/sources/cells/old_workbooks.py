"""Read the sheets of XLS and ODS files: the stored values of formulas, not the formulas."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.reasons import Reason
from batu_geo.sources.cells.cells import Cell, Merge, RawSheet, without_trailing_blanks
from batu_geo.sources.cells.workbooks import (
    MOST_CELLS,
    MOST_ROWS,
    column_letters,
    stored_value,
)
from batu_geo.sources.files.archives import zip_members
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.files.safe_xml import xml_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

CONTENT = "content.xml"
NO_CONTENT = Reason("its part content.xml is missing", "bagian content.xml tidak ada")
XML_PARTS = (".xml", ".rdf")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
UNSEEN = {"collapse", "filter"}
MERGES_PER_SHEET = 100_000
# What these programs store where a formula has no value.
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the values of a sheet of ODS do not say: hidden rows and columns, merged cells."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[Merge, ...] = ()


def old_workbook_sheets(opened: Opened) -> tuple[list[RawSheet], list[str], list[Problem]]:
    """Return the visible sheets of an XLS or ODS file, the names of the hidden ones, and notices.

    Whether rows and columns of an XLS file are hidden cannot be read, and is said.

    Raises
    ------
    SourceError
        When it cannot be read, or a sheet has more than 200 000 rows or 10 million cells.
    """
    import python_calamine  # noqa: PLC0415 - only this reader needs it

    try:
        layouts = dict(_layouts(opened)) if opened.suffix == ".ods" else {}
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(opened.content))
        shown = [s.name for s in book.sheets_metadata if _is_visible(s)]
        hidden = [s.name for s in book.sheets_metadata if not _is_visible(s)]
        sheets = [
            _raw_sheet(opened, book.get_sheet_by_name(name), layouts.get(name)) for name in shown
        ]
    except BatuGeoError:
        raise
    except BaseException as error:  # a fault of its machine code is no ordinary exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise opened.unreadable(ValueError(str(error))) from error
    notices = [] if layouts else [Problem("BG-496", opened.name)]
    return sheets, hidden, notices


def _is_visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith("Visible")


def _raw_sheet(opened: Opened, sheet: Any, layout: Layout | None) -> RawSheet:
    """Return the rows of a sheet, refusing one with too many rows or cells."""
    if sheet.total_height > MOST_ROWS or sheet.total_height * sheet.total_width > MOST_CELLS:
        raise opened.error("BG-279", sheet=sheet.name, limit=MOST_ROWS, cells=MOST_CELLS)
    rows, numbers, unknown = list[list[Cell]](), list[int](), set[tuple[int, int]]()
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        if cells := without_trailing_blanks(map(stored_value, row)):
            rows.append(cells)
            numbers.append(number)
            unknown |= {(number, n) for n, cell in enumerate(cells) if cell in ERRORS}
    width = max(map(len, rows), default=0)
    merges = layout.merges if layout else tuple(_merges(sheet.merged_cell_ranges or ()))
    known = layout or Layout()
    hidden = [str(number) for number in numbers if number in known.hidden_rows]
    hidden += [column_letters(n + 1) for n in range(width) if n in known.hidden_columns]
    return RawSheet(sheet.name, rows, numbers, merges, frozenset(unknown), tuple(hidden))


def _merges(ranges: Any) -> Iterator[Merge]:
    """Yield the cells that are merged downwards, from pairs of row and column, counted from 0."""
    for (first, column), (last, _) in ranges:
        if last > first:
            yield Merge(column, first + 1, last + 1)


def _layouts(opened: Opened) -> Iterator[tuple[str, Layout]]:
    """Yield the layout of each sheet of an ODS file, refusing one that is too large."""
    members = zip_members(opened, *XML_PARTS)
    if CONTENT not in members:
        raise opened.error("BG-109", reason=NO_CONTENT)
    root = xml_of(Opened(f"{opened.name}/{CONTENT}", members[CONTENT].content))
    for table in root.iter(f"{TABLE}table"):
        name = table.get(f"{TABLE}name") or ""
        columns = list(_repeated(table, "table-column"))
        rows, merges, last_row, width = set[int](), list[Merge](), 0, 0
        for first, count, row in _repeated(table, "table-row"):
            if row.get(f"{TABLE}visibility") in UNSEEN:
                rows.update(range(first + 1, min(first + count, MOST_ROWS) + 1))
            cells = [c for c in _repeated(row, "table-cell", "covered-table-cell") if len(c[2])]
            for column, _, cell in cells:
                spanned = int(cell.get(f"{TABLE}number-rows-spanned") or 1)
                if spanned > 1 and len(merges) < MERGES_PER_SHEET:
                    merges.append(Merge(column, first + 1, first + spanned))
            if cells:
                last_row = first + count
                width = max(width, cells[-1][0] + cells[-1][1])
        if last_row > MOST_ROWS or last_row * width > MOST_CELLS:
            raise opened.error("BG-279", sheet=name, limit=MOST_ROWS, cells=MOST_CELLS)
        unseen = {
            column for first, count, about in columns
            if about.get(f"{TABLE}visibility") in UNSEEN
            for column in range(first, min(first + count, width))
        }  # fmt: skip
        yield name, Layout(frozenset(rows), frozenset(unseen), tuple(merges))


def _repeated(parent: Element, *tags: str) -> Iterator[tuple[int, int, Element]]:
    """Yield the parts of a table or row: index of the first, how often it is repeated, element."""
    wanted = {f"{TABLE}{tag}" for tag in tags}
    of = "rows" if "table-row" in tags else "columns"
    index = 0
    for part in parent.iter():
        if part.tag in wanted:
            count = int(part.get(f"{TABLE}number-{of}-repeated") or 1)
            yield index, count, part
            index += count
