"""Read the sheets of CSV and XLSX files without interpreting their cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.cells import Cell, RawSheet, without_trailing_blanks
from batu_geo.sources.cells.old_workbooks import old_workbook_sheets
from batu_geo.sources.cells.workbooks import LONGEST_CELL, workbook_sheets

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened

WORKBOOKS = {
    ".xlsx": workbook_sheets,
    ".xls": old_workbook_sheets,
    ".ods": old_workbook_sheets,
}
SEPARATORS = ",;\t|"
MOST_SHOWN = 10


def raw_sheets(opened: Opened) -> tuple[list[RawSheet], list[Problem]]:
    """Return every sheet of a CSV, XLSX, XLS or ODS file, and notices.

    Raises
    ------
    SourceError
        When the file cannot be read in the format of its suffix.
    """
    if opened.suffix in WORKBOOKS:
        sheets, hidden, notices = WORKBOOKS[opened.suffix](opened)
        if hidden:
            values = {"found": ", ".join(hidden)}
            notices = [*notices, Problem("BG-481", opened.name, values=values)]
        return sheets, notices
    text, notices = decode_text(opened)
    rows = _csv_rows(opened, text)
    numbers = [number for number, row in enumerate(rows, start=1) if row]
    return [RawSheet("", [row for row in rows if row], numbers)], notices


def hidden_notice(grid: RawSheet, name: str) -> list[Problem]:
    """Return a notice of the rows and columns of a sheet that are read though not shown."""
    shown = ", ".join(grid.hidden[:MOST_SHOWN])
    values = {"count": len(grid.hidden), "found": shown}
    return [Problem("BG-482", name, values=values)] if grid.hidden else []


def decode_text(opened: Opened) -> tuple[str, list[Problem]]:
    """Return the text of a file in UTF-8, UTF-16 (with its mark) or else Windows-1252.

    >>> from batu_geo.sources.files.opening import Opened
    >>> decode_text(Opened("x.csv", "Désa".encode("cp1252")))[0]
    'Désa'
    """
    content = opened.content
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    wrong: int | None = None
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            wrong = error.start if wrong is None else wrong
            continue
        if "\x00" in text:
            raise opened.error("BG-103", found="NUL", expected="text")
        is_usual = encoding == "utf-8-sig"
        values = {"encoding": encoding}
        return text, [] if is_usual else [Problem("BG-261", opened.name, values=values)]
    raise opened.error("BG-108", at=wrong)


def _csv_rows(opened: Opened, text: str) -> list[list[Cell]]:
    """Return the rows of a delimited text; blank rows are empty lists."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise opened.error("BG-111", reason=f"{error} (line {reader.line_num})") from error
    for number, row in enumerate(lines, start=1):
        if row and max(map(len, row)) > LONGEST_CELL:
            raise opened.error("BG-111", reason=f"cell > {LONGEST_CELL} characters (row {number})")
    rows = [without_trailing_blanks(line) for line in lines]
    widths = {len(row) for row in rows if row}
    if not widths:
        raise opened.error("BG-102")
    if separator != "," and len(widths) > 1:
        _refuse_mixed(opened, rows, max(widths))
    return rows


def _refuse_mixed(opened: Opened, rows: list[list[Cell]], width: int) -> None:
    """Refuse rows that are separated by commas under a header that is not."""
    for number, row in enumerate(rows, start=1):
        if len(row) == 1 < width and str(row[0]).count(",") >= width - 1:
            raise opened.error("BG-111", reason=f"',' in row {number}, another sign in the header")


def separator_of(text: str) -> str:
    r"""Return the delimiter: the sign that occurs most steadily in the first ten lines.

    >>> separator_of('nama;luas\nBalai;12,5\n')
    ';'
    """
    head = re.sub(r'"[^"]*"', "", "\n".join(text.split("\n")[:10]))
    lines = [line for line in head.split("\n") if line.strip()]

    def steadiness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return (sum(count == max(counts) for count in counts) * (max(counts) > 0), max(counts))

    return max(SEPARATORS, key=lambda sign: (*steadiness(sign), sign == ",")) if lines else ","
