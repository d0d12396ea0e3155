"""Numbers, dates and places as people type them, told apart by the column they stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september",
    "oktober", "november", "desember",
)  # fmt: skip
SHORTEST_MONTH = 3
LONG_DATE = re.compile(r"(\d{1,2})[\s-]+([a-z]{3,9})\.?[\s-]+(\d{4})", re.IGNORECASE)
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+\d{1,2}[:.]\d\d.*)?")
ISO_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?|[+-]?\d{1,3}(\.\d{3})*,\d+")
CLOCK = re.compile(r"(\d{1,2})[.:](\d\d)(?::\d\d)?")
DECIMAL = re.compile(r"[+-]?\d{1,8}(?:[.,]\d{1,15})?")
PAIR = re.compile(r"\(?\s*([+-]?\d{1,3}[.,]\d+)\s*[;,\s]\s*([+-]?\d{1,3}[.,]\d+)\s*\)?")
EMPTY = {"", "-", "--", "n/a", "na", "null", "none", "tidak ada data"}

LONGITUDES, LATITUDES = (90.0, 145.0), (-15.0, 10.0)
EASTINGS, NORTHINGS = (100_000.0, 900_000.0), (8_000_000.0, 10_000_000.0)


@dataclass(frozen=True, slots=True)
class Position:
    """Longitude and latitude, or easting and northing, and how they were written."""

    x: float
    y: float
    how: str


def is_empty(value: Any) -> bool:
    """Return whether a cell says nothing."""
    return str("" if value is None else value).strip().casefold() in EMPTY


def date_of(text: str) -> str:
    """Return a date as year-month-day where it is written the Indonesian way.

    >>> date_of("22 Desember 2025"), date_of("1/2/2026 10:15:00"), date_of("kemarin")
    ('2025-12-22', '2026-02-01', 'kemarin')
    """
    text = text.strip()
    if ISO_WITH_TIME.fullmatch(text):
        return text[:10]
    long, short = LONG_DATE.fullmatch(text), DAY_FIRST.fullmatch(text)
    if long:
        start = long[2].casefold()[:SHORTEST_MONTH]
        months = [n for n, name in enumerate(MONTHS, 1) if name[:SHORTEST_MONTH] == start]
        if months:
            return f"{long[3]}-{months[0]:02d}-{int(long[1]):02d}"
    if short:
        return f"{short[3]}-{int(short[2]):02d}-{int(short[1]):02d}"
    return text


def clock_of(text: str) -> str:
    """Return an hour with a colon.

    >>> clock_of("7.30")
    '07:30'
    """
    match = CLOCK.fullmatch(text.strip())
    return f"{int(match[1]):02d}:{match[2]}" if match else text


def decimals_of(values: Iterable[str]) -> str:
    """Return how a column writes its numbers: ``comma``, ``point``, or ``unclear``.

    >>> decimals_of(["85,5", "1.234"]), decimals_of(["85.5", "120"]), decimals_of(["1.234", "90"])
    ('comma', 'point', 'unclear')
    """
    texts = [value.strip() for value in values if not is_empty(value)]
    if any(GROUPS.fullmatch(text) for text in texts):
        return "comma"
    dotted = [text for text in texts if "." in text]
    return "unclear" if dotted and all(ONE_GROUP.fullmatch(text) for text in dotted) else "point"


def plain_numbers(values: Sequence[str], decimals: str) -> list[str]:
    """Return numbers with a decimal point and nothing else.

    >>> plain_numbers(["1.234", "85,5"], "comma")
    ['1234', '85.5']
    """
    if decimals != "comma":
        return [str(value) for value in values]
    return [str(value).replace(".", "").replace(",", ".") for value in values]


def degree_of(text: Any) -> float | None:
    r"""Return one coordinate, with a decimal point or comma, or None.

    >>> degree_of("112,5414"), degree_of("-7.8775"), degree_of("7°52'39\"S")
    (112.5414, -7.8775, None)
    """
    shown = str(text).strip()
    return float(shown.replace(",", ".")) if DECIMAL.fullmatch(shown) else None


def pair_of(text: Any) -> tuple[str, str] | None:
    """Return the two numbers of one cell, as written.

    >>> pair_of("-7.8775, 112.5414"), pair_of("(-7,8775; 112,5414)"), pair_of("Balai Desa")
    (('-7.8775', '112.5414'), ('-7,8775', '112,5414'), None)
    """
    match = PAIR.fullmatch(str(text).strip())
    return (match[1], match[2]) if match else None


def position_of(x: Any, y: Any) -> Position | None:
    """Return the place two numbers mean in Indonesia, or None where they mean none.

    Longitudes and latitudes of the country cannot be taken for each other.

    >>> position_of("-7,8775", "112,5414")
    Position(x=112.5414, y=-7.8775, how='swapped')
    >>> position_of("669955", "9128950").how
    'utm'
    """
    first, second = degree_of(x), degree_of(y)
    if first is None or second is None:
        return None
    if _within(first, LONGITUDES) and _within(second, LATITUDES):
        return Position(first, second, "degrees")
    if _within(second, LONGITUDES) and _within(first, LATITUDES):
        return Position(second, first, "swapped")
    if _within(first, EASTINGS) and _within(second, NORTHINGS):
        return Position(first, second, "utm")
    return None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
