"""Headings and cells of every table a run writes, in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.errors import cut, printable
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.words import conflict_words, has_word, mode_word, number, rule_list, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.errors import Language

LONGEST_TEXT = 2_000
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
        What stands where the column does not apply; None where that is no data.
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


def column_words(name: str, language: Language) -> ColumnWords:
    """Return the words of a column.

    >>> column_words("people_gained", "id").heading
    'Jiwa baru terlayani'
    """
    columns = catalogue()["column"]
    if name in columns:
        card = columns[name]
        own = (card.get(key) for key in ("digits", "prefix", "blank"))
        return ColumnWords(str(card[language]), *own)
    for prefix, card in catalogue()["column_with"].items():
        rest = name.removeprefix(prefix)
        if rest != name and (rest.isdigit() or rest in columns):
            inner = rest if rest.isdigit() else str(columns[rest][language]).lower()
            return ColumnWords(str(card[language]).format(column=inner), card["digits"])
    return ColumnWords(plain_text(name))


def cell(column: str, value: Any, language: Language) -> str:
    """Return a cell as the reader writes it; missing values say so.

    >>> cell("people_gained", 10859, "id"), cell("gini", None, "en")
    ('10.859', 'no data')
    """
    words = column_words(column, language)
    if value is None or (not value if isinstance(value, str) else pd.isna(value)):
        return words.blank or word("no_data", language)
    if isinstance(value, (bool, np.bool_)):
        return word(f"bool_{str(bool(value)).lower()}", language)
    if isinstance(value, str):
        return _code(words.prefix, value, language)
    if words.prefix is not None and float(value).is_integer():
        return _code(words.prefix, str(int(value)), language)
    if words.digits is None:
        return number(value, language, MOST_DIGITS, is_trimmed=True)
    return number(value, language, words.digits)


def _code(prefix: str | None, value: str, language: Language) -> str:
    if prefix is None:
        return plain_text(value)
    if prefix in _SPECIAL:
        return plain_text(_SPECIAL[prefix](value, language))
    keys = {part: f"{prefix}{part}" for part in value.split("; ")}
    return "; ".join(
        word(key, language) if has_word(key) else plain_text(part) for part, key in keys.items()
    )


def _missing(text: str, language: Language) -> str:
    """Return what an action lacks: rules, items, or staff such as ``1 nurse``."""
    count, _, profession = text.partition(" ")
    if count.isdigit() and has_word(f"profession_{profession}"):
        return f"{count} {word(f'profession_{profession}', language)}"
    parts = text.split("; ")
    if all(has_word(f"rule_{part}") for part in parts):
        return rule_list(text, language)
    keys = ((f"missing_{part}", part) for part in parts)
    return "; ".join(word(key, language) if has_word(key) else part for key, part in keys)


_SPECIAL: dict[str, Callable[[str, Language], str]] = {
    "mode": mode_word,
    "year": lambda year, _language: year,
    "rules": rule_list,
    "missing": _missing,
    "conflicts": conflict_words,
}
