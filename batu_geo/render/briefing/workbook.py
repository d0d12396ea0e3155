"""`tabel.xlsx`: an index with links, one sheet a table in words, and what every code means."""

from __future__ import annotations

import io
import itertools
import math
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from batu_geo.render.briefing.led_sentences import every_led
from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import document_date
from batu_geo.render.briefing.report_tables import in_one_language, input_rows, norm_rows
from batu_geo.render.briefing.sheet_columns import SheetColumn, sheet_columns, totals_of
from batu_geo.render.briefing.sheet_names import (
    LONGEST_SHEET_NAME,
    sheet_name,
    sheet_rows,
    sheets_and_rows,
)
from batu_geo.render.text.column_headings import column_words, plain_text, table_title
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from batu_geo.render.briefing.content import Brief

# What an office works with stands first.
WORKING = ("gaps", "villages", "city", "candidates", "before_after", "actions")
WIDEST, NARROWEST, A4, HEAD_HIGH, PAGE_LETTERS, LINE_HIGH = 60, 9, 9, 45, 190, 15
HEAD = {"bold": True, "font_color": "#1F3D5C", "bg_color": "#E3EBF2", "text_wrap": True,
        "valign": "top"}  # fmt: skip
RIGHT, WRAPPED = {"align": "right"}, {"text_wrap": True, "valign": "top"}
# Text stands off the number in the column before.
TOP, TEXT = {"valign": "top"}, {"indent": 1}
GREY, LINK = {"font_color": "#8A8A8A"}, {"font_color": "#0B5394", "underline": 1}
TOTAL = {"bold": True, "top": 1}
INDEX_WIDTHS, CODE_WIDTHS = (30, 60, 10, 10, 70), (32, 60, 40)
SENTENCE_WIDTHS = (100, 55)
DICTIONARY_WIDTHS = (26, 34, 50, 10)
QUOTED = ("=", "+", "-", "@")


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, *parts: Mapping[str, Any]) -> Any:
        """Return the format of some properties together."""
        joined = {key: value for part in parts for key, value in part.items()}
        key = tuple(sorted(joined.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(joined)
        return self._made[key]


def workbook(brief: Brief) -> bytes:
    """Return the workbook.

    Numbers stay numbers with the decimals of their column; text stays text, also where it
    begins like a formula; an unknown value is empty. Codes are in words, with the code in a grey
    column beside. The only formulas are totals of columns without a gap, with their values.
    """
    import xlsxwriter  # noqa: PLC0415 - heavy

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False})  # fmt: skip
    formats = _Formats(book)
    tables = in_order({**brief.tables, "inputs": input_rows(brief), "norms": norm_rows(brief)})
    tables = {name: in_one_language(table, brief.language) for name, table in tables.items()}
    readme = book.add_worksheet(word("book_readme", brief.language))
    _sentences(book.add_worksheet(word("book_sentences", brief.language)), formats, brief)
    written = {}
    for name, table in tables.items():
        sheet = book.add_worksheet(sheet_name(name, brief.language)[:LONGEST_SHEET_NAME])
        written[name] = sheet_columns(table, brief)
        _sheet(sheet, formats, name, table, written[name])
        wide = sum(map(_width, written[name]))
        _set_up(sheet, brief, sheet_name(name, brief.language), wide=wide)
    _readme(readme, formats, brief, tables)
    codes, dictionary = (word(f"book_{key}", brief.language) for key in ("codes", "dictionary"))
    _listing(book.add_worksheet(codes), formats, _code_table(written.values(), brief))
    _listing(book.add_worksheet(dictionary), formats, _dictionary(tables, brief))
    for title in (codes, dictionary):
        _set_up(book.get_worksheet_by_name(title), brief, title)
    day = document_date(brief.date)
    book.set_properties({"title": plain_text(brief.title("brief_report")), "author": "batu_geo",
                         "created": datetime.combine(day, time(0))})  # fmt: skip
    book.close()
    return reproducible(stream.getvalue(), day=day)


def in_order(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables, those an office works with first."""
    first = [name for name in WORKING if name in tables]
    return {name: tables[name] for name in (*first, *(n for n in tables if n not in WORKING))}


def _readme(
    sheet: Any, formats: _Formats, brief: Brief, tables: Mapping[str, pd.DataFrame]
) -> None:
    language = brief.language
    lines = (brief.title("brief_report"), brief.about, brief.banner, word("book_note", language))
    for row, line in enumerate(lines):
        _text(sheet, row, 0, line, formats({"bold": row == 0}))
    at = len(lines) + 1
    heads = [word(f"book_{key}", language) for key in ("sheet", "table", "rows")]
    heads += [column_words("strategy", language).heading, word("book_rests_on", language)]
    _heads(sheet, formats, at, heads)
    for row, (name, table) in enumerate(tables.items(), start=at + 1):
        known: list[Any] = (
            table["strategy"].dropna().unique().tolist() if "strategy" in table else []
        )
        own = sheet_name(name, language)[:LONGEST_SHEET_NAME]
        sheet.write_url(row, 0, f"internal:'{own}'!A1", formats(LINK, TOP), own)
        _text(sheet, row, 1, table_title(name, language), formats(WRAPPED))
        sheet.write_number(row, 2, len(table), formats(TOP))
        _text(sheet, row, 3, ", ".join(str(int(v)) for v in sorted(known)), formats(TEXT, TOP))
        rests_on = brief.rests_on_list(name)
        _text(sheet, row, 4, rests_on, formats(WRAPPED))
        _high(sheet, row, {rests_on: INDEX_WIDTHS[4], table_title(name, language): INDEX_WIDTHS[1]})
    _widths(sheet, INDEX_WIDTHS)
    sheet.freeze_panes(at + 1, 1)
    _set_up(sheet, brief, "")


def _sentences(sheet: Any, formats: _Formats, brief: Brief) -> None:
    """Write every sentence of the pack with numbers, each with a link to its row."""
    _heads(sheet, formats, 0, [word(f"book_{key}", brief.language) for key in ("said", "row")])
    for n, led in enumerate(every_led(brief), start=1):
        _text(sheet, n, 0, led.text, formats(WRAPPED))
        own = sheet_name(led.table, brief.language)[:LONGEST_SHEET_NAME]
        rows = sheet_rows(brief, led) or [1]
        place = f"internal:'{own}'!A{rows[0]}" + (f":A{rows[-1]}" if rows[1:] else "")
        place_words = sheets_and_rows(brief, [led])
        sheet.write_url(n, 1, place, formats(LINK, WRAPPED), place_words)
        _high(sheet, n, {led.text: SENTENCE_WIDTHS[0], place_words: SENTENCE_WIDTHS[1]})
    _widths(sheet, SENTENCE_WIDTHS)
    sheet.freeze_panes(1, 0)
    _set_up(sheet, brief, word("book_sentences", brief.language))


def _sheet(
    sheet: Any, formats: _Formats, name: str, table: pd.DataFrame, columns: Sequence[SheetColumn]
) -> None:
    """Write a table: heads, cells, widths, filters, and the totals beneath."""
    _heads(sheet, formats, 0, [column.heading for column in columns],
           [n for n, column in enumerate(columns) if column.is_number])  # fmt: skip
    for row in range(len(table)):
        _high(sheet, row + 1, {str(c.values[row]): WIDEST for c in columns if not c.is_number})
    for n, column in enumerate(columns):
        is_long = column.longest > WIDEST and not column.is_number
        look = {**TOP, **column.number_format, **(GREY if column.is_code else {}),
                **({} if column.is_number else TEXT), **(WRAPPED if is_long else {})}  # fmt: skip
        for row, value in enumerate(column.values, start=1):
            _cell(sheet, row, n, value, look, formats)
        sheet.set_column(n, n, _width(column))
    for n, formula, value in totals_of(name, columns, len(table)):
        look = formats(columns[n].number_format, TOTAL)
        if isinstance(value, str):
            _text(sheet, len(table) + 1, n, value, look)
        else:
            sheet.write_formula(len(table) + 1, n, formula, look, value)
    sheet.freeze_panes(1, 2 if len(columns) > 4 else 0)
    if columns:
        sheet.autofilter(0, 0, max(1, len(table)), len(columns) - 1)


def _width(column: SheetColumn) -> float:
    """Return how wide a column stands, in letters."""
    return min(WIDEST, max(NARROWEST, column.longest, len(column.heading) * 0.7) + 2)


class Listing(NamedTuple):
    """A plain list: its heads, rows and widths."""

    heads: list[str]
    rows: list[list[Any]]
    widths: tuple[int, ...]


def _code_table(written: Iterable[Sequence[SheetColumn]], brief: Brief) -> Listing:
    """Return every code of a workbook once, its words, and the heading of its column."""
    found = {
        (str(code), str(said), words.heading)
        for columns in written
        for words, codes in itertools.pairwise(columns)
        if codes.is_code
        for code, said in zip(codes.values, words.values, strict=True)
        if code is not None and code != said
    }
    heads = [word(f"book_{key}", brief.language) for key in ("code", "meaning", "column")]
    return Listing(heads, [list(row) for row in sorted(found)], CODE_WIDTHS)


def _dictionary(tables: Mapping[str, pd.DataFrame], brief: Brief) -> Listing:
    keys = ("sheet", "column", "heading", "decimals")
    heads = [word(f"book_{key}", brief.language) for key in keys]
    return Listing(heads, list(dictionary_rows(tables, brief)), DICTIONARY_WIDTHS)


def dictionary_rows(tables: Mapping[str, pd.DataFrame], brief: Brief) -> Iterator[list[Any]]:
    """Yield every column of every table with its heading and decimals."""
    for name, table in tables.items():
        for column in table.columns:
            words = column_words(str(column), brief.language)
            heading = brief.names.get(str(column), words.heading)
            yield [sheet_name(name, brief.language), str(column), heading, words.digits]


def _listing(sheet: Any, formats: _Formats, listing: Listing) -> None:
    _heads(sheet, formats, 0, listing.heads)
    for row, values in enumerate(listing.rows, start=1):
        for n, value in enumerate(values):
            _cell(sheet, row, n, value, WRAPPED, formats)
        _high(sheet, row, dict(zip(map(str, values), listing.widths, strict=True)))
    _widths(sheet, listing.widths)
    sheet.freeze_panes(1, 0)


def _heads(
    sheet: Any, formats: _Formats, row: int, heads: Sequence[str], right: Sequence[int] = ()
) -> None:
    """Write heads; those of numbers stand over them, to the right."""
    sheet.set_row(row, HEAD_HIGH)
    for n, text in enumerate(heads):
        _text(sheet, row, n, text, formats(HEAD, RIGHT if n in right else TEXT))


def _high(sheet: Any, row: int, texts: Mapping[str, float]) -> None:
    """Make a row as high as its wrapped texts, each with the width of its column, need."""
    lines = max((math.ceil(len(text) / wide) for text, wide in texts.items()), default=1)
    if lines > 1:
        sheet.set_row(row, LINE_HIGH * lines)


def _cell(
    sheet: Any, row: int, column: int, value: Any, look: Mapping[str, Any], formats: _Formats
) -> None:
    """Write one cell: nothing, a number, or text whatever it begins with."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        quoted = {"quote_prefix": True} if value.startswith(QUOTED) else {}
        _text(sheet, row, column, value, formats(look, quoted))
    else:
        sheet.write_number(row, column, value, formats(look))


def _text(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    if text:
        sheet.write_string(row, column, plain_text(text), look)


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width)


def _set_up(sheet: Any, brief: Brief, title: str, *, wide: float = 0.0) -> None:
    """Set a sheet for paper: A4 on its side, as many pages wide as it takes to be read.

    Heads stand on each page, the first two columns on the pages beside the first.
    """
    pages = max(1, math.ceil(wide / PAGE_LETTERS))
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.repeat_columns(0, 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if title:
        sheet.repeat_rows(0)
    place = plain_text(brief.place).replace("&", "&&")
    sheet.set_footer(f"&L{place}&C{title}&R&P / &N")
