"""Headings and cells of every table a run writes, in the language of the reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.errors import cut, printable
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.words import has_word, mode_word, number, row_words, word

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language

LONGEST_TEXT = 2_000
# Not written of a row that `is_hidden`.
HIDDEN_TOGETHER = ("count", "rate")
# The minutes in the name of a column: `_15_min`, or `_10_20_30_min` of zones.
MINUTES = re.compile(r"_(\d[\d._]*)_min(?![a-z])")
# Decimals of a number in a column that sets none; zeros at the end are dropped.
MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """How a column is headed and its cells are written.

    Attributes
    ----------
    heading
        In the language of the reader.
    digits
        Decimals of a number; None for text.
    prefix
        Where its codes find their words; None for text that stands as it is.
    blank
        Text of a cell where the column does not apply; None where that is no data.
    """

    heading: str
    digits: int | None = None
    prefix: str | None = None
    blank: str | None = None


def plain_text(value: Any) -> str:
    r"""Return text for paper: what cannot be printed is shown as an escape, missing is empty.

    >>> plain_text("Beji" + chr(7))
    'Beji\\x07'
    """
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    # Nothing is withheld: an office prints its telephone and mail over its letters, and
    # the tables of a study were refused with either.
    return cut(printable(str(value)), LONGEST_TEXT)


def table_title(name: str, language: Language) -> str:
    """Return the title of a table; a table nobody has named keeps its own name."""
    known = catalogue()["table_title"].get(name)
    return str(known[language]) if known else name


def column_key(name: str) -> str:
    """Return the name of a column in the catalogue, where N stands for minutes.

    >>> column_key("units_within_15_min"), column_key("population")
    ('units_within_N_min', 'population')
    """
    return MINUTES.sub("_N_min", name)


def column_words(name: str, language: Language) -> ColumnWords:
    """Return the words of a column.

    >>> column_words("people_gained", "id").heading
    'Jiwa baru terlayani'
    >>> column_words("units_within_7.5_min", "en").heading
    'Units within 7.5 minutes'
    """
    columns = catalogue()["column"]
    key = column_key(name)
    if key in columns:
        card = columns[key]
        own = (card.get(part) for part in ("digits", "prefix", "blank"))
        heading = str(card[language])
        return ColumnWords(heading if key == name else _filled(heading, name, language), *own)
    for prefix, card in catalogue()["column_with"].items():
        rest = name.removeprefix(prefix)
        if rest != name and (rest.isdigit() or rest in columns):
            inner = rest if rest.isdigit() else str(columns[rest][language]).lower()
            return ColumnWords(str(card[language]).format(column=inner), card["digits"])
    return ColumnWords(plain_text(name))


def _filled(heading: str, name: str, language: Language) -> str:
    """Return a heading with the minutes in the name of its column."""
    minutes = "".join(MINUTES.findall(name)).split("_")
    written = (number(float(m), language, MOST_DIGITS, is_trimmed=True) for m in minutes)
    return heading.format(minutes="/".join(written))


def cell(column: str, value: Any, language: Language) -> str:
    """Return a cell as the reader writes it; missing values say so.

    >>> cell("people_gained", 10859, "id"), cell("gini", None, "en"), cell("way_id", 10859, "id")
    ('10.859', 'no data', '10859')
    """
    words = column_words(column, language)
    if value is None or (not value if isinstance(value, (str, CellRows)) else pd.isna(value)):
        return words.blank or word("no_data", language)
    if isinstance(value, CellRows):
        return _rows(words.prefix, value, language)
    if isinstance(value, (bool, np.bool_)):
        return word(f"bool_{str(bool(value)).lower()}", language)
    if isinstance(value, str):
        return _code(words.prefix, value, language)
    # An id in digits is a name, no count.
    if column.endswith("_id") or (words.prefix is not None and float(value).is_integer()):
        return _code(words.prefix, str(int(value)), language)
    digits = MOST_DIGITS if words.digits is None else words.digits
    return number(value, language, digits, is_trimmed=words.digits is None)


def _code(prefix: str | None, value: str, language: Language) -> str:
    """Return a code in words; text in a column without a prefix, or without a label, as it is."""
    if prefix == "mode":
        return plain_text(mode_word(value, language))
    key = f"{prefix}{value}"
    return word(key, language) if prefix is not None and has_word(key) else plain_text(value)


def _rows(prefix: str | None, cell_rows: CellRows, language: Language) -> str:
    """Return the rows of a cell in words, codes by the prefix of the column."""
    if prefix is None:
        return plain_text(cell_rows)
    return plain_text(
        "; ".join(
            _code(prefix, row, language) if isinstance(row, str) else row_words(row, language)
            for row in cell_rows.rows
        )
    )
