"""Numbers and hours as people type them, told apart by the column they stand in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# 1.250 and 1,250 are thousands or fractions; what follows is one or the other by itself.
EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
DECIMAL_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+,\d+)"
)
DECIMAL_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d+)"
)
CLOCK = re.compile(r"(\d{1,2})[.:](\d\d)(?::\d\d)?")
EMPTY = {"", "-", "--", "n/a", "na", "null", "none", "tidak ada data"}


def is_empty(value: Any) -> bool:
    """Return whether a cell says nothing."""
    return str("" if value is None else value).strip().casefold() in EMPTY


def clock_of(text: str) -> str:
    """Return an hour with a colon.

    >>> clock_of("7.30")
    '07:30'
    """
    match = CLOCK.fullmatch(text.strip())
    return f"{int(match[1]):02d}:{match[2]}" if match else text


def plain_numbers(cells: Sequence[Any], *, is_whole: bool = False) -> list[Any]:
    """Return the numbers of a column, those of texts with a decimal point and nothing else.

    Most texts are clear by themselves. ``1.250`` and ``1,250`` are what the others say of
    points and commas, and None where they say nothing, or both. Whole numbers have no three
    decimals, and a point alone means thousands. What is no number stays as it is.

    >>> plain_numbers(["1.250", "85,5"]), plain_numbers(["1,250", "85.5", "1,234.5"])
    (['1250', '85.5'], ['1250', '85.5', '1234.5'])
    >>> plain_numbers(["1.250", 90]), plain_numbers(["1.250", "85.5", "12,5"])
    ([None, 90], [None, '85.5', '12.5'])
    >>> plain_numbers(["1.250", "1,250", "kosong"], is_whole=True)
    ['1250', None, 'kosong']
    """
    cells = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    clear = [cell for cell in cells if isinstance(cell, str) and not EITHER.fullmatch(cell)]
    has_commas = any(DECIMAL_COMMA.fullmatch(text) for text in clear)
    has_points = any(DECIMAL_POINT.fullmatch(text) for text in clear)
    thousands = "." if is_whole else None
    if has_commas or has_points:
        thousands = None if has_commas and has_points else "." if has_commas else ","

    def plain(text: str) -> str | None:
        if EITHER.fullmatch(text):
            if thousands and thousands in text:
                return text.replace(thousands, "")
            return None if is_whole or not thousands else text.replace(",", ".")
        if DECIMAL_COMMA.fullmatch(text):
            return text.replace(".", "").replace(",", ".")
        return text.replace(",", "") if DECIMAL_POINT.fullmatch(text) else text

    return [plain(cell) if isinstance(cell, str) else cell for cell in cells]
