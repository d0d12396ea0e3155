"""Names of the sheets of the workbook, which every printed number refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.words import has_word, word

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language

LONGEST_SHEET_NAME = 31


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
    return word("leads_to", language, sheet=sheet_name(table, language))
