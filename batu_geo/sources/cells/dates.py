"""Dates as offices write them; day and month are told apart by the column they stand in."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from batu_geo.sources.cells.cells import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTHS = (
    ("januari", "january"), ("februari", "pebruari", "february"), ("maret", "march"), ("april",),
    ("mei", "may"), ("juni", "june"), ("juli", "july"), ("agustus", "august", "agt", "ags"),
    ("september",), ("oktober", "october"), ("november", "nopember"), ("desember", "december"),
)  # fmt: skip
WEEKDAY = (
    r"(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|"
    r"mon|tues|wednes|thurs|fri|satur|sun)(?:day)?[,\s]+)?"
)
HOUR = r"(?:[ T,]+\d{1,2}[.:]\d\d.*)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d\d?)[-/.](\d\d?){HOUR}")
WITH_NAME = re.compile(
    rf"{WEEKDAY}(\d\d?)[\s./-]+([a-z]{{3,9}})\.?,?[\s./-]*(\d{{4}}|\d\d){HOUR}", re.IGNORECASE
)
YEAR_LAST = re.compile(rf"{WEEKDAY}(\d\d?)[/.-](\d\d?)[/.-](\d{{4}})({HOUR})", re.IGNORECASE)
OLDEST_SHORT_YEAR = 70


def plain_dates(cells: Sequence[Any]) -> list[Any]:
    """Return the dates of a column as year-month-day; what is none stays as it is.

    Where day and month could be each other, those of the column that cannot decide. Without
    any the day comes first, as everywhere in the country; but not beside an hour, which is
    how forms write their timestamps: then the cell is None.

    >>> plain_dates(["22 Nopember 2025", "Senin, 22-Des-25", "3/4/2025", "31/2/2025"])
    ['2025-11-22', '2025-12-22', '2025-04-03', '31/2/2025']
    >>> plain_dates(["3/4/2025 10:15:00", "12/22/2025"]), plain_dates(["3/4/2025 10:15:00"])
    (['2025-03-04', '2025-12-22'], [None])
    """
    texts = [cell_text(cell).strip() for cell in cells]
    orders = [_possible_dates(text) for text in texts]
    settled = {first for found in orders if len(found) == 1 for first in found}
    has_hours = any((match := YEAR_LAST.fullmatch(text)) and match[4] for text in texts)
    usual = "" if has_hours or settled >= {"day", "month"} else "day"
    order = usual if len(settled) != 1 else settled.pop()
    return [_date_of(cell, text, order) for cell, text in zip(cells, texts, strict=True)]


def _date_of(cell: Any, text: str, order: str) -> Any:
    named = _unambiguous_date(text)
    if named:
        return named
    found = _possible_dates(text)
    if not found:
        return cell
    return next(iter(found.values())) if len(set(found.values())) == 1 else found.get(order)


def _unambiguous_date(text: str) -> str:
    """Return a date that says itself which its month is."""
    match = YEAR_FIRST.fullmatch(text)
    if match:
        return _date(match[1], match[2], match[3])
    match = WITH_NAME.fullmatch(text)
    if not match:
        return ""
    word = match[2].casefold()
    months = [n for n, names in enumerate(MONTHS, 1) if any(s.startswith(word) for s in names)]
    year = int(match[3])
    if len(match[3]) == len("25"):
        year += 1900 if year >= OLDEST_SHORT_YEAR else 2000
    return _date(year, months[0], match[1]) if months else ""


def _possible_dates(text: str) -> dict[str, str]:
    """Return the dates a text may mean, by what comes first in it."""
    match = YEAR_LAST.fullmatch(text)
    if match is None:
        return {}
    dates = {
        "day": _date(match[3], match[2], match[1]),
        "month": _date(match[3], match[1], match[2]),
    }
    return {first: date for first, date in dates.items() if date}


def _date(year: Any, month: Any, day: Any) -> str:
    with contextlib.suppress(ValueError):
        return dt.date(int(year), int(month), int(day)).isoformat()
    return ""
