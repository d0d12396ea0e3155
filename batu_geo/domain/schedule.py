"""Days and hours of presence as offices write them."""

from __future__ import annotations

import re

DAYS, HOURS = 7, 24
WEEKDAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")


def weekdays(text: str) -> tuple[int, ...] | None:
    """Return the days of a text such as 1-5 or 1,3,5 as 0 (Monday) to 6, or None.

    >>> weekdays("1-3,5"), weekdays("Senin"), weekdays("1,5-4")
    ((0, 1, 2, 4), None, None)
    """
    plain = text.replace(" ", "")
    if not WEEKDAYS.fullmatch(plain):
        return None
    days: set[int] = set()
    for part in plain.split(","):
        first, _, last = part.partition("-")
        span = range(int(first) - 1, int(last or first))
        if not span:
            return None
        days |= set(span)
    return tuple(sorted(days))


def clock_hours(text: str) -> float | None:
    """Return a time of day in hours, or None.

    >>> clock_hours("07:30"), clock_hours("7.30"), clock_hours("25:00")
    (7.5, 7.5, None)
    """
    found = CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hours = int(found[1]) + int(found[2]) / 60
    return hours if hours <= HOURS else None
