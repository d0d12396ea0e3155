"""Read dates as offices write them; the order of day and month is decided by the whole column."""

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
    """Return the dates of a column as ISO 8601 dates; cells that are no dates stay as they are.

    Where day and month could be exchanged, the unambiguous dates of the column decide. If
    there are none, the day comes first, as is usual in Indonesia. Beside an hour neither
    order is usual, as online forms write the month first: such a cell is None.

    >>> plain_dates(["22 Nopember 2025", "Senin, 22-Des-25", "3/4/2025", "31/2/2025"])
    ['2025-11-22', '2025-12-22', '2025-04-03', '31/2/2025']
    >>> plain_dates(["3/4/2025 10:15:00", "12/22/2025"]), plain_dates(["3/4/2025 10:15:00"])
    (['2025-03-04', '2025-12-22'], [None])
    """
    texts = [cell_text(cell).strip() for cell in cells]
    orders = [_possible_dates(text) for text in texts]
    certain = {first for dates in orders if len(dates) == 1 for first in dates}
    has_hours = any((match := YEAR_LAST.fullmatch(text)) and match[4] for text in texts)
    usual = "" if has_hours or certain >= {"day", "month"} else "day"
    order = usual if len(certain) != 1 else certain.pop()
    return [_date_of(cell, text, order) for cell, text in zip(cells, texts, strict=True)]


def _date_of(cell: Any, text: str, order: str) -> Any:
    """Return the date of a cell, read in an order of day and month where both are possible."""
    date = _unambiguous_date(text)
    if date:
        return date
    dates = _possible_dates(text)
    if not dates:
        return cell
    return next(iter(dates.values())) if len(set(dates.values())) == 1 else dates.get(order)


def _unambiguous_date(text: str) -> str:
    """Return a date with the year first or the month as a word, else an empty text."""
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
    """Return the possible dates of a text: with the ``day`` first, with the ``month`` first."""
    match = YEAR_LAST.fullmatch(text)
    if match is None:
        return {}
    dates = {
        "day": _date(match[3], match[2], match[1]),
        "month": _date(match[3], match[1], match[2]),
    }
    return {first: date for first, date in dates.items() if date}


def _date(year: Any, month: Any, day: Any) -> str:
    """Return an ISO 8601 date, empty where there is no such day."""
    with contextlib.suppress(ValueError):
        return dt.date(int(year), int(month), int(day)).isoformat()
    return ""
