"""`tabel.xlsx`: one sheet a table, a data dictionary, and not one formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.numbers import filed_number, filed_numbers
from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import document_date
from batu_geo.render.briefing.report import input_rows, norm_rows
from batu_geo.render.text.column_headings import column_words, plain_text, table_title
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

WIDEST, NARROWEST = 60, 9
HEAD_FILL, HEAD_INK = "FFE3EBF2", "FF1F3D5C"
LONGEST_SHEET_NAME = 31
MOST_MEASURED = 200  # rows that say how wide a column is


def workbook(brief: Brief) -> bytes:
    """Return the workbook.

    Numbers stay numbers with the decimals of their column; text stays text, also where it
    begins like a formula; an unknown value is empty.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - heavy

    book = Workbook()
    readme = book.active
    assert readme is not None  # noqa: S101 - a new workbook has a sheet
    readme.title = word("book_readme", brief.language)
    tables = {
        **brief.tables,
        "inputs": input_rows(brief),
        "norms": norm_rows(brief),
    }
    _readme(readme, brief, tables)
    for name, table in tables.items():
        _sheet(book, name, table, brief)
    _dictionary(book, tables, brief)
    day = document_date(brief.date)
    book.properties.creator = "batu_geo"
    book.properties.title = plain_text(brief.title("brief_report"))
    stream = io.BytesIO()
    book.save(stream)
    return reproducible(stream.getvalue(), day=day)


def _readme(sheet: Worksheet, brief: Brief, tables: dict[str, pd.DataFrame]) -> None:
    language = brief.language
    scenario = word("brief_scenario", language, scenario=brief.scenario_title, date=brief.date,
                    run=brief.run)  # fmt: skip
    lines = (brief.title("brief_report"), scenario, brief.banner, word("book_note", language))
    for row, line in enumerate(lines, start=1):
        _write_row(sheet, row, [line])
    at = len(lines) + 2
    heads = [word(f"book_{key}", language) for key in ("sheet", "table", "rows")]
    heads += [column_words("strategy", language).heading, word("book_rests_on", language)]
    _write_row(sheet, at, heads)
    _dress(sheet, at, len(heads))
    for row, (name, table) in enumerate(tables.items(), start=at + 1):
        known: list[Any] = (
            table["strategy"].dropna().unique().tolist() if "strategy" in table else []
        )
        strategies = ", ".join(str(int(value)) for value in sorted(known))
        inputs = brief.rests_on_text(name)
        _write_row(sheet, row, [name, table_title(name, language), len(table), strategies, inputs])
    for column, width in zip("ABCDE", (26, 60, 10, 10, 70), strict=True):
        sheet.column_dimensions[column].width = width


def _sheet(book: Workbook, name: str, table: pd.DataFrame, brief: Brief) -> None:
    sheet = book.create_sheet(name[:LONGEST_SHEET_NAME])
    words = [column_words(str(c), brief.language) for c in table.columns]
    heads = [brief.names.get(str(c), w.heading) for c, w in zip(table.columns, words, strict=True)]
    _write_row(sheet, 1, heads)
    for number, row in enumerate(table.itertuples(index=False, name=None), start=2):
        _write_row(sheet, number, [_value(value, brief.language) for value in row])
    for n, (column, shown) in enumerate(zip(table.columns, words, strict=True), start=1):
        _format(sheet, n, table[column], shown.digits)
    _dress(sheet, 1, len(heads))
    sheet.freeze_panes = "C2" if len(heads) > 4 else "A2"
    if heads:
        sheet.auto_filter.ref = sheet.dimensions


def _dictionary(book: Workbook, tables: dict[str, pd.DataFrame], brief: Brief) -> None:
    language = brief.language
    sheet = book.create_sheet(word("book_dictionary", language))
    keys = ("book_table", "book_column", "book_heading", "book_decimals")
    _write_row(sheet, 1, [word(key, language) for key in keys])
    for number, row in enumerate(dictionary_rows(tables, brief), start=2):
        _write_row(sheet, number, row)
    _dress(sheet, 1, len(keys))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCD", (26, 34, 50, 10), strict=True):
        sheet.column_dimensions[column].width = width


def dictionary_rows(tables: dict[str, pd.DataFrame], brief: Brief) -> Iterator[list[Any]]:
    """Yield every column of every table with its heading and decimals."""
    for name, table in tables.items():
        for column in table.columns:
            words = column_words(str(column), brief.language)
            heading = brief.names.get(str(column), words.heading)
            yield [name, str(column), heading, words.digits]


def _value(value: Any, language: Language) -> Any:
    """Return a cell for Excel: a plain number, a plain text, or nothing; inf is in words."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return word("infinite", language) if np.isinf(value) else filed_number(value)
    return plain_text(value)


def _write_row(sheet: Worksheet, row: int, values: Sequence[Any]) -> None:
    """Write a row; text goes in as text whatever it begins with."""
    for column, value in enumerate(values, start=1):
        if value is None or value == "":
            continue
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            text = plain_text(value)
            cell.value = text
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
        else:
            cell.value = value


def _format(sheet: Worksheet, column: int, values: pd.Series[Any], digits: int | None) -> None:
    letter = sheet.cell(1, column).column_letter
    filed = filed_numbers(values.head(MOST_MEASURED).tolist())
    longest = max((len(str(value)) for value in filed), default=0)
    head = len(str(sheet.cell(1, column).value or ""))
    width = max(longest, head * 0.7) + 2
    sheet.column_dimensions[letter].width = float(min(WIDEST, max(NARROWEST, width)))
    if digits is None or not pd.api.types.is_numeric_dtype(values.dtype):
        return
    shown = "#,##0" + ("." + "0" * digits if digits else "")
    for row in range(2, len(values) + 2):
        sheet.cell(row, column).number_format = shown


def _dress(sheet: Worksheet, row: int, count: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - heavy

    for column in range(1, count + 1):
        cell = sheet.cell(row, column)
        cell.font = Font(bold=True, color=HEAD_INK)
        cell.fill = PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
