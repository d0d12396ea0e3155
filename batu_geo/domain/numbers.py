"""Numbers and dates as an Indonesian or an English reader writes them."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Literal

    import numpy as np
    from babel.numbers import NumberPattern

# A float has at most 309 digits before the point; babel rounds to the precision of `decimal`.
PRECISION = 350
# What a file holds of a computed number: less than sums differ by from machine to machine.
DECIMALS, FIGURES = 6, 10
ISO_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def filed_number(value: float | np.floating[Any]) -> float:
    """Return a computed number as every file holds it; nan and inf stay as they are.

    It has at most 6 decimals, and 10 figures where the whole number has no more: what lies
    beyond depends on the order in which a processor adds up.

    >>> filed_number(0.1 + 0.2), filed_number(166735.12345678), filed_number(12345678901.0)
    (0.3, 166735.1235, 12345678901.0)
    """
    if not math.isfinite(value):
        return float(value)
    if abs(value) >= 10**FIGURES:
        return float(round(value))
    return float(f"{round(float(value), DECIMALS):.{FIGURES}g}")


def filed_numbers(content: Any) -> Any:
    """Return lists and mappings, as JSON has them, whose floats are as every file holds them.

    >>> filed_numbers({"share": [0.1 + 0.2, 3, None, "x"]})
    {'share': [0.3, 3, None, 'x']}
    """
    if isinstance(content, float):
        return filed_number(content)
    if isinstance(content, dict):
        return {key: filed_numbers(value) for key, value in content.items()}
    return [filed_numbers(v) for v in content] if isinstance(content, (list, tuple)) else content


def written_number(
    value: float, language: Literal["id", "en"], digits: int = 0, *, is_trimmed: bool = False
) -> str:
    """Return a finite number with so many decimals, rounded half to even; zero has no sign.

    `is_trimmed` drops the zeros at the end of the decimals.

    >>> written_number(1234.5, "id", 1), written_number(1234.5, "en", 2)
    ('1.234,5', '1,234.50')
    >>> written_number(1234.5, "id", 3, is_trimmed=True), written_number(-0.04, "id", 1)
    ('1.234,5', '0,0')
    """
    # First to the decimals of files: half of the last decimal is half on every machine. Python
    # rounds the binary number exactly; babel would round its shortest decimal form.
    same = round(value, DECIMALS) if digits < DECIMALS else value
    text = f"{same:z.{digits}f}"
    if is_trimmed and digits:
        text = text.rstrip("0").rstrip(".")
    pattern = _pattern(len(text.partition(".")[2]))
    with localcontext(prec=PRECISION):
        return str(pattern.apply(Decimal(text), language))


def written_date(text: str, language: Literal["id", "en"]) -> str | None:
    """Return an ISO date as a reader writes it; None where the text is no date.

    >>> written_date("2025-12-22", "id"), written_date("2025-02-30", "en")
    ('22 Desember 2025', None)
    """
    from babel.dates import format_date  # noqa: PLC0415 - few commands print a date

    if not ISO_DATE.fullmatch(text):
        return None
    try:
        day = date(*(int(part) for part in text.split("-")))
    except ValueError:
        return None
    return format_date(day, "d MMMM y", locale=language)


@cache
def _pattern(digits: int) -> NumberPattern:
    from babel.numbers import parse_pattern  # noqa: PLC0415 - half of the start of the program

    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))
