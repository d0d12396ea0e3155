"""Names of the sheets of the workbook, and where in it what is said of numbers stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.render.briefing.sheet_columns import sheet_columns, totals_of
from batu_geo.render.text.words import has_word, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

LONGEST_SHEET_NAME = 31
TOTAL = -1


class Led(NamedTuple):
    """A sentence, the table its numbers are from, and the position of their row.

    The row is `TOTAL` for the sums beneath, and None where a sentence is of the whole table.
    """

    text: str
    table: str
    row: int | None = None


def sheet_name(table: str, language: Language) -> str:
    """Return the name of the sheet of a table; a table nobody has named keeps its own.

    >>> sheet_name("gaps", "id"), sheet_name("my_table", "id")
    ('Urutan prioritas', 'my_table')
    """
    key = f"sheetname_{table}"
    return word(key, language) if has_word(key) else table[:LONGEST_SHEET_NAME]


def leads_to(table: str, language: Language) -> str:
    """Return where the rows of a table stand, to be printed under what is said of them.

    >>> leads_to("city", "en")
    'tabel.xlsx, sheet Reach of the area'
    """
    return word("leads_to", language, places=_place(table, (), language))


def leads_to_rows(brief: Brief, said: Iterable[Led]) -> str:
    """Return the places of sentences with the name of the workbook, to be printed under them."""
    return word("leads_to", brief.language, places=sheets_and_rows(brief, said))


def sheets_and_rows(brief: Brief, said: Iterable[Led]) -> str:
    """Return the places of sentences in words, each sheet once."""
    rows: dict[str, set[int]] = {}
    for led in said:
        row = sheet_row(brief, led)
        rows.setdefault(led.table, set()).update(() if row is None else (row,))
    places = [_place(table, sorted(found), brief.language) for table, found in rows.items()]
    return "; ".join(places)


def _place(table: str, rows: Iterable[int], language: Language) -> str:
    sheet, listed = sheet_name(table, language), ", ".join(map(str, rows))
    if not listed:
        return word("leads_sheet", language, sheet=sheet)
    return word("leads_row", language, sheet=sheet, rows=listed)


def sheet_row(brief: Brief, led: Led) -> int | None:
    """Return the row of a sheet, whose heads are row 1; None for a whole table or no sums."""
    if led.row is None:
        return None
    if led.row != TOTAL:
        return led.row + 2
    table = brief.tables[led.table]
    sums = next(totals_of(led.table, sheet_columns(table, brief), len(table)), None)
    return None if sums is None else len(table) + 2
