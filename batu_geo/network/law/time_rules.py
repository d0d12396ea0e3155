"""Rules by time: which of them hold at the season, day and hour of a scenario."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONDITIONAL = ":conditional"
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RULE = re.compile(r"\s*([^@;]*?)\s*@\s*(\([^()]*\)|[^;()]*)\s*(?:;|$)")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})(?:,|$)")
HOURS_OF_A_DAY = 24.0


class Moment(NamedTuple):
    """When people travel: months of the season, weekday (`Mo` to `Su`) and hour; None for any."""

    months: frozenset[int] | None = None
    weekday: str | None = None
    hour: float | None = None


class TimedValue(NamedTuple):
    """A value that holds under a condition, as ``no @ (Mo-Fr 07:00-09:00)`` says."""

    value: str
    condition: str


def timed_values(text: str) -> list[TimedValue]:
    """Return the values of a conditional key with their conditions, in order.

    >>> timed_values("no @ (Su 06:00-10:00); destination @ (Sa)")[1]
    TimedValue(value='destination', condition='Sa')
    """
    return [
        TimedValue(found[1].strip(), found[2].strip().strip("()").strip())
        for found in RULE.finditer(text)
        if found[1].strip() and found[2].strip()
    ]


def is_in_force(condition: str, moment: Moment) -> bool | None:
    """Return whether a condition holds at a moment; None where that is unknown.

    A season decides about months only where all of its months are in, or none. A rule of the
    day or hour stays open where the scenario names none, unless it holds all week or all day.

    >>> is_in_force("Mo-Fr 07:00-09:00", Moment(weekday="Tu", hour=8))
    True
    >>> is_in_force("Nov-Mar", Moment(months=frozenset({6, 7})))
    False
    >>> is_in_force("weight>7.5", Moment()) is None
    True
    """
    found = [_part_holds(part, moment) for part in re.split(r"\s+AND\s+", condition)]
    return _all(found)


def is_open_at(opening_hours: str, moment: Moment) -> bool | None:
    """Return whether opening hours are open at a moment; later rules go before earlier ones.

    >>> is_open_at("Mo-Fr 06:00-18:00; Su off", Moment(weekday="Su", hour=9))
    False
    """
    is_open: bool | None = False
    for rule in opening_hours.split(";"):
        words = rule.strip()
        is_off = words.endswith((" off", " closed"))
        here = is_in_force(words.removesuffix(" off").removesuffix(" closed"), moment)
        if here:
            is_open = not is_off
        elif here is None and is_open != (not is_off):
            is_open = None
    return is_open


def _all(found: Iterable[bool | None]) -> bool | None:
    known = list(found)
    if not known or False in known:
        return False if known else None
    return None if None in known else True


def _part_holds(text: str, moment: Moment) -> bool | None:
    words = text.split()
    if not words:
        return None
    if words == ["24/7"]:
        return True
    found: list[bool | None] = []
    for word in words:
        for reader in (_months_hold, _days_hold, _is_open_at):
            known, answer = reader(word.rstrip(":") if reader is _months_hold else word, moment)
            if known:
                found.append(answer)
                break
        else:
            return None
    return _all(found)


def _range_of(word: str, names: tuple[str, ...]) -> set[int] | None:
    """Return the numbers a list of names and ranges means, from 0; None where it is no such list.

    A range may go round the end, as Nov-Mar.
    """
    chosen: set[int] = set()
    for part in word.split(","):
        first, dash, last = part.partition("-")
        if first not in names or (dash and last not in names):
            return None
        low, high = names.index(first), names.index(last) if dash else names.index(first)
        span = high - low if high >= low else high - low + len(names)
        chosen |= {(low + step) % len(names) for step in range(span + 1)}
    return chosen


def _months_hold(word: str, moment: Moment) -> tuple[bool, bool | None]:
    chosen = _range_of(word, MONTHS)
    if chosen is None:
        return False, None
    if len(chosen) == len(MONTHS):
        return True, True
    if not moment.months:
        return True, None
    inside = {month - 1 in chosen for month in moment.months}
    return True, inside.pop() if len(inside) == 1 else None


def _days_hold(word: str, moment: Moment) -> tuple[bool, bool | None]:
    chosen = _range_of(word, WEEKDAYS)
    if chosen is None:
        return False, None
    if len(chosen) == len(WEEKDAYS):
        return True, True
    if moment.weekday is None:
        return True, None
    return True, WEEKDAYS.index(moment.weekday) in chosen


def _is_open_at(word: str, moment: Moment) -> tuple[bool, bool | None]:
    spans, rest = [], word
    while found := CLOCK.match(rest):
        low, high = (int(found[k]) + int(found[k + 1]) / 60 for k in (1, 3))
        spans.append((low, high))
        rest = rest[found.end() :]
    if rest or not spans:
        return False, None
    if any(high - low >= HOURS_OF_A_DAY for low, high in spans):
        return True, True
    if moment.hour is None:
        return True, None
    hour = moment.hour
    inside = [low <= hour < high if low < high else hour >= low or hour < high
              for low, high in spans]  # fmt: skip
    return True, any(inside)


class TagsNow(NamedTuple):
    """Tags as they are at a moment, and how many rules by time were used and were left open."""

    tags: dict[str, str]
    used: int
    open_rules: int


def tags_at(tags: Mapping[str, str], moment: Moment) -> TagsNow:
    """Return the tags of a way at a moment: conditional values laid over the plain ones.

    Of several values whose condition holds the last one counts. Opening hours close a way
    outside them.

    >>> rule = {"motor_vehicle:conditional": "no @ (06:00-18:00)"}
    >>> tags_at(rule, Moment(hour=7)).tags["motor_vehicle"]
    'no'
    """
    now, used, unknown = dict(tags), 0, 0
    for key, text in tags.items():
        if not key.endswith(CONDITIONAL):
            continue
        values = timed_values(text)
        unknown += not values
        for value, condition in values:
            answer = is_in_force(condition, moment)
            unknown += answer is None
            used += answer is not None
            if answer:
                now[key.removesuffix(CONDITIONAL)] = value
    if "opening_hours" in tags:
        answer = is_open_at(tags["opening_hours"], moment)
        unknown += answer is None
        used += answer is not None
        if answer is False:
            now["access"] = "no"
            for key in ("foot", "vehicle", "motor_vehicle", "motorcar", "motorcycle"):
                now.pop(key, None)
    return TagsNow(now, used, unknown)
