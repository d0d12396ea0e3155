"""Days and hours as offices write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.domain.schedule import DAYS, HOURS, clock_hours, weekdays


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-5", (0, 1, 2, 3, 4)),
        ("1", (0,)),
        ("7", (6,)),
        ("1,3-5", (0, 2, 3, 4)),
        ("1, 3 - 5", (0, 2, 3, 4)),
        ("5,1", (0, 4)),
        ("1-3,2-4", (0, 1, 2, 3)),
        ("3-3", (2,)),
        ("1-7", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days(text: str, expected: tuple[int, ...]) -> None:
    assert weekdays(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0", "8", "1-8", "5-1", "1,5-4", "1-", "-5", "1,,2", "1;2", "Senin", "1-2-3", "12"]
)
def test_what_is_no_days(text: str) -> None:
    assert weekdays(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("07:30", 7.5), ("7.30", 7.5), (" 7:45 ", 7.75), ("0:00", 0), ("24:00", 24), ("23:59", 23 + 59 / 60)],
)  # fmt: skip
def test_hours(text: str, expected: float) -> None:
    assert clock_hours(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "7", "24:01", "25:00", "7:60", "7:5", "-1:00", "07:30:00", "pagi"]
)
def test_what_is_no_hour(text: str) -> None:
    assert clock_hours(text) is None


@given(st.sets(st.integers(1, DAYS), min_size=1))
@pytest.mark.slow
def test_any_list_of_days_is_read_back(days: set[int]) -> None:
    assert weekdays(",".join(map(str, days))) == tuple(sorted(d - 1 for d in days))


@given(st.integers(0, HOURS - 1), st.integers(0, 59))
def test_any_minute_of_the_day_is_read_back(hour: int, minute: int) -> None:
    assert clock_hours(f"{hour:02}:{minute:02}") == pytest.approx(hour + minute / 60)


@pytest.mark.slow
@given(st.text(max_size=12))
def test_any_text_gives_days_and_hours_or_none(text: str) -> None:
    days, hours = weekdays(text), clock_hours(text)
    assert days is None or set(days) <= set(range(DAYS))
    assert hours is None or 0 <= hours <= HOURS
