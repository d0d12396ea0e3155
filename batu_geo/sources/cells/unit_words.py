"""Units written beside numbers: in a heading (``ribu jiwa``), or in each cell (``1.234 jiwa``)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

# Of people and things a heading may count thousands; of areas it may have other units.
COUNTED = {"jiwa": 1, "orang": 1, "kk": 1, "unit": 1, "buah": 1, "ribu": 1_000, "ribuan": 1_000,
           "000": 1_000, "1000": 1_000, "thousand": 1_000, "thousands": 1_000, "juta": 1_000_000,
           "million": 1_000_000}  # fmt: skip
AREAS = {"m2": 1, "m\u00b2": 1, "are": 100, "ha": 10_000, "hektar": 10_000, "hektare": 10_000,
         "hectare": 10_000, "km2": 1_000_000, "km\u00b2": 1_000_000}  # fmt: skip
AREA_COLUMNS = "_m2"
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
WORD = re.compile(r"[^\W_]+")
ABOUT = re.compile(
    r"^(?:\u00b1|\+/-|\+-|~|\u2248|kurang lebih|lebih kurang|sekitar|kl\.?|ca\.?)\s*(?=\d)",
    re.IGNORECASE,
)
BEHIND = re.compile(
    r"(?<=\d)\s*(?:jiwa|orang|org|kk|unit|buah|ruang|m2|m\u00b2)\.?$", re.IGNORECASE
)


def heading_factor(heading: str, column: str) -> int:
    """Return how many units of a column of the contract one of a heading in brackets is.

    >>> heading_factor("Penduduk (ribu jiwa)", "population"), heading_factor("Luas (ha)", "area_m2")
    (1000, 10000)
    >>> heading_factor("Penduduk (2024)", "population"), heading_factor("Luas (ribu m2)", "area_m2")
    (1, 1000)
    """
    known = {**COUNTED, **AREAS} if column.endswith(AREA_COLUMNS) else COUNTED
    factor = 1
    for inside in IN_BRACKETS.findall(heading):
        words = [word.casefold() for word in WORD.findall(inside)]
        if words and all(word in known for word in words):
            for word in words:
                factor *= known[word]
    return factor


def multiplied(number: Any, factor: int) -> Any:
    """Return a number in text or as stored times a factor; what is no number stays as it is.

    >>> multiplied("18.07", 1000), multiplied(13, 1000), multiplied("banyak", 1000)
    ('18070', '13000', 'banyak')
    """
    try:
        product = Decimal(str(number)) * factor
    except InvalidOperation:
        return number
    return f"{product.normalize():f}" if product.is_finite() else number


def bare_number(cell: Any) -> Any:
    """Return a cell without a word that counts behind its number or a sign of roundness before it.

    >>> bare_number("1.234 jiwa"), bare_number("\u00b1 1.200"), bare_number("12 kamar")
    ('1.234', '1.200', '12 kamar')
    """
    return BEHIND.sub("", ABOUT.sub("", cell.strip())) if isinstance(cell, str) else cell


def is_about(cell: Any) -> bool:
    """Return whether a cell says that its number is rounded.

    >>> is_about("\u00b1 1.200"), is_about("1.200")
    (True, False)
    """
    return isinstance(cell, str) and ABOUT.match(cell.strip()) is not None
