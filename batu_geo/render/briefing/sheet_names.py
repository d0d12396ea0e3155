"""Names of the sheets of the workbook, and where in it what is said of numbers stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from batu_geo.render.briefing.sheet_columns import sheet_columns, totals_of
from batu_geo.render.text.words import has_word, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

LONGEST_SHEET_NAME = 31
TOTAL = -1


class Led(NamedTuple):
    """A sentence, the table its numbers are from, and the positions of their rows.

    A row is `TOTAL` for the sums beneath; a sentence of the whole table has none.
    """

    text: str
    table: str
    rows: tuple[int, ...] = ()


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
    places = places_of(brief, said)
    return "; ".join(_place(table, rows, brief.language) for table, rows in places.items())


def places_of(brief: Brief, said: Iterable[Led]) -> dict[str, list[int]]:
    """Return the rows of each sheet that sentences lead to; none for a whole table."""
    rows: dict[str, set[int]] = {}
    for led in said:
        rows.setdefault(led.table, set()).update(sheet_rows(brief, led))
    return {table: sorted(found) for table, found in rows.items()}


def linked(places: Mapping[str, Sequence[int]], language: Language) -> list[dict[str, Any]]:
    """Return places for a page, where each row is a link of its own.

    >>> linked({"gaps": [2, 4]}, "en")
    [{'to': 'gaps', 'words': 'tabel.xlsx, sheet Order of priority rows ', 'rows': ['2', '4']}]
    """
    before = word("leads_to", language, places="")
    found = []
    for table, rows in places.items():
        words = _place(table, rows, language).removesuffix(", ".join(map(str, rows)))
        found.append({"to": table, "words": before + words, "rows": [str(row) for row in rows]})
        before = "; "
    return found


def _place(table: str, rows: Sequence[int], language: Language) -> str:
    sheet, listed = sheet_name(table, language), ", ".join(map(str, rows))
    if not listed:
        return word("leads_sheet", language, sheet=sheet)
    return word("leads_row" if len(rows) == 1 else "leads_rows", language, sheet=sheet, rows=listed)


def sheet_rows(brief: Brief, led: Led) -> list[int]:
    """Return the rows of a sheet, whose heads are row 1; none for a whole table or no sums."""
    rows = {row + 2 for row in led.rows if row != TOTAL}
    if TOTAL in led.rows:
        table = brief.tables[led.table]
        if any(totals_of(led.table, sheet_columns(table, brief), len(table))):
            rows.add(len(table) + 2)
    return sorted(rows)
