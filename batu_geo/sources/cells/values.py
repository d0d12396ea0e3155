"""Read numbers and hours as people type them; a whole column decides its decimal sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# 1.250 and 1,250 are ambiguous; the next two patterns are unambiguous.
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
    """Return whether a cell is empty or a word for that."""
    return str("" if value is None else value).strip().casefold() in EMPTY


def clock_of(text: str) -> str:
    """Return an hour with a colon.

    >>> clock_of("7.30")
    '07:30'
    """
    match = CLOCK.fullmatch(text.strip())
    return f"{int(match[1]):02d}:{match[2]}" if match else text


def plain_numbers(cells: Sequence[Any], *, is_whole: bool = False) -> list[Any]:
    """Return the numbers of a column, texts with a decimal point and no thousands separator.

    ``1.250`` and ``1,250`` are ambiguous: the unambiguous numbers of the column decide
    whether point or comma separates thousands. Without any, or if they contradict each other,
    the cell is None. In a column of whole numbers a point separates thousands. Cells that are
    no numbers stay as they are.

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
