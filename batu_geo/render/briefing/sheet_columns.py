"""Columns of a sheet: numbers as numbers, codes in words with the code beside, and totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.numbers import filed_number
from batu_geo.render.text.column_headings import cell, column_words, plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

MOST_MEASURED = 200  # rows that say how wide a column is
# Columns that add up by rows, and shares of two totals.
SUMS = {
    "gaps": ("population", "people_beyond"),
    "before_after": ("population", "served_before", "served_after", "people_added"),
}
SHARES = {
    "before_after": {
        "share_before_percent": ("served_before", "population"),
        "share_after_percent": ("served_after", "population"),
    }
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column as it is written.

    Attributes
    ----------
    name, heading
        Of the column of the table, and the heading above it.
    values
        Plain numbers and texts; None where nothing is known.
    number_format
        How its numbers look.
    is_code
        Whether it holds the codes of the column before.
    language
        Of its words.
    """

    name: str
    heading: str
    values: tuple[Any, ...]
    number_format: Mapping[str, Any] = field(default_factory=dict)
    is_code: bool = False
    language: Language = "id"

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, as far as any is known."""
        known = [value for value in self.values if value is not None]
        return bool(known) and not any(isinstance(value, str) for value in known)

    @property
    def longest(self) -> int:
        """Letters of its longest text or number."""
        return max((len(str(v)) for v in self.values[:MOST_MEASURED] if v is not None), default=0)


def sheet_columns(table: pd.DataFrame, brief: Brief) -> list[SheetColumn]:
    """Return the columns of a sheet; a column of codes is two, words first."""
    columns: list[SheetColumn] = []
    for name in map(str, table.columns):
        words, values = column_words(name, brief.language), table[name].tolist()
        heading = plain_text(brief.names.get(name, words.heading))
        said = tuple(_value(name, value, brief.language) for value in values)
        columns.append(
            SheetColumn(name, heading, said, _format(table[name], words.digits),
                        language=brief.language)
        )  # fmt: skip
        codes = tuple(_code(value) for value in values)
        is_coded = words.prefix is not None and any(
            code is not None and code != text for code, text in zip(codes, said, strict=True)
        )
        if is_coded:
            beside = word("book_code_of", brief.language, heading=heading)
            columns.append(SheetColumn(name, beside, codes, is_code=True, language=brief.language))
    return columns


def _value(name: str, value: Any, language: Language) -> Any:
    """Return a cell: a plain number, a text in words, or nothing; inf is in words."""
    if isinstance(value, (str, CellRows)):
        return plain_text(cell(name, value, language)) if value else None
    if value is None or pd.isna(value):
        return None
    is_flag = isinstance(value, (bool, np.bool_))
    if is_flag or (column_words(name, language).prefix is not None and float(value).is_integer()):
        said = cell(name, value, language)
        return said if is_flag or said != str(int(value)) else int(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return word("infinite", language) if np.isinf(value) else filed_number(value)


def _code(value: Any) -> str | None:
    """Return a code as the tables hold it; nothing for what is no code."""
    if isinstance(value, (bool, np.bool_)) or value is None:
        return None
    if isinstance(value, (str, CellRows)):
        return plain_text(str(value)) or None
    if pd.isna(value) or np.isinf(value):
        return None
    return str(int(value)) if float(value).is_integer() else None


def _format(values: pd.Series[Any], digits: int | None) -> Mapping[str, Any]:
    if digits is None or not pd.api.types.is_numeric_dtype(values.dtype):
        return {}
    return {"num_format": "#,##0" + ("." + "0" * digits if digits else "")}


def totals_of(
    name: str, columns: Sequence[SheetColumn], count: int
) -> Iterator[tuple[int, str, float | str]]:
    """Yield the totals of a sheet: column, formula and its value; the word of the row first.

    A column with a cell that is unknown or hidden has none.
    """
    place = {column.name: n for n, column in enumerate(columns) if not column.is_code}
    whole = [
        key
        for key in SUMS.get(name, ())
        if key in place and count and _are_known(columns[place[key]].values)
    ]
    if not whole:
        return
    sums = {key: sum(columns[place[key]].values) for key in whole}
    label = min(n for n, column in enumerate(columns) if column.name not in sums)
    yield label, "", word("book_total", columns[0].language)
    for key, total in sums.items():
        letter = column_letter(place[key])
        yield place[key], f"=SUBTOTAL(109,{letter}2:{letter}{count + 1})", total
    for key, (part, of) in SHARES.get(name, {}).items():
        if part in sums and of in sums and key in place and sums[of]:
            cells = [f"{column_letter(place[n])}{count + 2}" for n in (part, of)]
            yield place[key], f"=100*{cells[0]}/{cells[1]}", 100 * sums[part] / sums[of]


def _are_known(values: Sequence[Any]) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def column_letter(number: int) -> str:
    """Return the letters of a column, 0 the first.

    >>> column_letter(0), column_letter(25), column_letter(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
