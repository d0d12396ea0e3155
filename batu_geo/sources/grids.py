"""Sheets as they are typed: rows of text from CSV and XLSX, nothing interpreted."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.sources.archives import zip_members
from batu_geo.sources.safe_xml import check_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batu_geo.sources.opening import Opened

SEPARATORS = ",;\t|"
MOST_ROWS = 200_000
MOST_COLUMNS = 400
LONGEST_CELL = 32_768
LEADING_ZEROS = re.compile(r"0+")
LARGEST_WHOLE = 1e15
XML_PARTS = (".xml", ".rels", ".vml")


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its name and its rows of text; row numbers are those a spreadsheet shows."""

    name: str
    rows: list[list[str]]


def grids_of(opened: Opened) -> tuple[list[Grid], list[Problem]]:
    """Return every sheet of a CSV or XLSX file, and notices.

    Raises
    ------
    SourceError
        When the file cannot be read as what its suffix says.
    """
    if opened.suffix == ".xlsx":
        return _workbook(opened), []
    text, notices = decoded(opened)
    return [Grid("", _delimited(opened, text))], notices


def decoded(opened: Opened) -> tuple[str, list[Problem]]:
    """Return the text of a file in UTF-8, UTF-16 (with its mark) or else Windows-1252.

    >>> from batu_geo.sources.opening import Opened
    >>> decoded(Opened("x.csv", "Désa".encode("cp1252")))[0]
    'Désa'
    """
    content = opened.content
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise opened.error("BG-103", found="NUL", expected="text")
        is_usual = encoding == "utf-8-sig"
        values = {"encoding": encoding}
        return text, [] if is_usual else [Problem("BG-261", opened.name, values=values)]
    raise opened.error("BG-108", at="?")


def _delimited(opened: Opened, text: str) -> list[list[str]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise opened.error("BG-111", reason=f"{error} (line {reader.line_num})") from error
    for number, row in enumerate(rows, start=1):
        if row and max(map(len, row)) > LONGEST_CELL:
            raise opened.error("BG-111", reason=f"cell > {LONGEST_CELL} characters (row {number})")
    rows = [_without_tail(row) for row in rows]
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise opened.error("BG-102")
    widths = {len(row) for row in rows if any(cell.strip() for cell in row)}
    if separator != "," and len(widths) > 1:
        _refuse_mixed(opened, rows, max(widths))
    return rows


def _refuse_mixed(opened: Opened, rows: list[list[str]], width: int) -> None:
    """Refuse a body that is separated by something else than its header."""
    for number, row in enumerate(rows, start=1):
        if len(row) == 1 < width and row[0].count(",") >= width - 1:
            raise opened.error("BG-111", reason=f"',' in row {number}, another sign in the header")


def separator_of(text: str) -> str:
    r"""Return the sign that separates cells: the one that stands most often in the first lines.

    >>> separator_of('nama;luas\nBalai;12,5\n')
    ';'
    """
    head = re.sub(r'"[^"]*"', "", "\n".join(text.split("\n")[:10]))
    lines = [line for line in head.split("\n") if line.strip()]

    def steady(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return (sum(count == max(counts) for count in counts) * (max(counts) > 0), max(counts))

    return max(SEPARATORS, key=lambda sign: (*steady(sign), sign == ",")) if lines else ","


def _workbook(opened: Opened) -> list[Grid]:
    """Read the visible sheets; formulas give the values they had when the file was saved."""
    import openpyxl  # noqa: PLC0415 - only this reader needs it

    for member in zip_members(opened, *XML_PARTS).values():
        check_xml(member)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(opened.content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [s for s in workbook.worksheets if s.sheet_state == "visible"]
        return [Grid(sheet.title, list(_rows(opened, sheet))) for sheet in sheets]
    except BatuGeoError:
        raise
    except Exception as error:  # openpyxl raises whatever it meets
        raise opened.unreadable(error) from error


def _rows(opened: Opened, sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            raise opened.error("BG-109", reason=f"rows > {MOST_ROWS}")
        yield _without_tail([_text(cell) for cell in row])


def _text(cell: Any) -> str:
    """Return a cell as it is shown: a code typed as 0007 keeps its zeros."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, (dt.datetime, dt.date)):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        if value.is_integer() and abs(value) < LARGEST_WHOLE:
            value = int(value)
        else:
            # A number is no text that could mean thousands: its comma says so.
            return f"{value:.12f}".rstrip("0").replace(".", ",")
    shown = str(value)
    if isinstance(value, int) and LEADING_ZEROS.fullmatch(str(cell.number_format or "")):
        shown = shown.zfill(len(cell.number_format))
    return shown[:LONGEST_CELL]


def _without_tail(cells: Iterable[str]) -> list[str]:
    row = list(cells)
    while row and not row[-1].strip():
        row.pop()
    return row
