"""Rules by time against a weekday, an hour and the months of a season."""

from __future__ import annotations

import pytest

from batu_geo.network.law.time_rules import (
    Moment,
    is_in_force,
    is_open_at,
    tags_at,
    timed_values,
)
from batu_geo.network.rules_in_force import moment_of
from tests.toy import TRAVEL

ANY = Moment()
RAIN = frozenset({11, 12, 1, 2, 3})
TUESDAY_8 = Moment(weekday="Tu", hour=8)


@pytest.mark.parametrize(
    ("condition", "moment", "holds"),
    [
        ("24/7", ANY, True),
        ("Mo-Fr", TUESDAY_8, True),
        ("Sa,Su", TUESDAY_8, False),
        ("Fr-Tu", TUESDAY_8, True),
        ("Mo-Su", ANY, True),
        ("Mo-Fr", ANY, None),
        ("07:00-09:00", TUESDAY_8, True),
        ("08:00-09:00", TUESDAY_8, True),
        ("07:00-08:00", TUESDAY_8, False),
        ("07:00-07:30,07:45-08:15", TUESDAY_8, True),
        ("22:00-05:00", Moment(hour=23), True),
        ("22:00-05:00", Moment(hour=4.9), True),
        ("22:00-05:00", Moment(hour=5), False),
        ("00:00-24:00", ANY, True),
        ("07:00-09:00", ANY, None),
        ("Nov-Mar", Moment(months=RAIN), True),
        ("Nov-Dec", Moment(months=RAIN), None),
        ("Jun", Moment(months=RAIN), False),
        ("Jan-Dec", ANY, True),
        ("Nov-Mar", ANY, None),
        ("Nov-Mar: Mo-Fr 07:00-09:00", Moment(RAIN, "Tu", 8), True),
        ("Mo-Fr 07:00-09:00", Moment(weekday="Su"), False),
        ("Mo-Fr 07:00-09:00", Moment(weekday="Mo"), None),
        ("Mo-Fr AND 07:00-09:00", TUESDAY_8, True),
        ("Mo-Fr AND wet", TUESDAY_8, None),
        ("Su AND wet", TUESDAY_8, False),
        ("wet", TUESDAY_8, None),
        ("Mo-Xx", TUESDAY_8, None),
        ("07:00", TUESDAY_8, None),
        ("", TUESDAY_8, None),
    ],
)
def test_whether_a_condition_holds(condition: str, moment: Moment, holds: bool | None) -> None:
    assert is_in_force(condition, moment) is holds


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        ("Mo-Fr 06:00-18:00", TUESDAY_8, True),
        ("Mo-Fr 06:00-18:00; Tu off", TUESDAY_8, False),
        ("24/7; Tu 07:00-09:00 closed", TUESDAY_8, False),
        ("Su 06:00-18:00", TUESDAY_8, False),
        ("06:00-18:00", Moment(weekday="Tu"), None),
        ("Su off; Mo-Fr 06:00-18:00", Moment(weekday="Mo"), None),
        ("24/7; 07:00-09:00", Moment(weekday="Tu"), True),
        ("dawn-dusk", TUESDAY_8, None),
    ],
)
def test_whether_opening_hours_are_open(hours: str, moment: Moment, is_open: bool | None) -> None:
    """A later rule goes before an earlier one; an open question stays one where it matters."""
    assert is_open_at(hours, moment) is is_open


def test_values_without_a_condition_or_a_value_are_left_out() -> None:
    assert timed_values("no @ ; @ (Mo); yes @ (Tu)") == [("yes", "Tu")]
    assert timed_values("no") == []


def test_of_several_values_the_last_that_holds_counts_and_each_is_counted() -> None:
    tags = {"highway": "service", "access:conditional": "no @ (Tu); private @ (07:00-09:00)"}
    now = tags_at(tags, TUESDAY_8)
    assert now.tags == {**tags, "access": "private"}
    assert (now.used, now.open_rules) == (2, 0)
    now = tags_at(tags, Moment(weekday="Tu"))
    assert now.tags["access"] == "no"
    assert (now.used, now.open_rules) == (1, 1)
    assert tags_at({"access:conditional": "no"}, TUESDAY_8) == (
        {"access:conditional": "no"}, 0, 1,
    )  # fmt: skip


def test_opening_hours_close_a_street_to_everybody_outside_them() -> None:
    tags = {"foot": "yes", "motorcar": "yes", "opening_hours": "Mo-Fr 06:00-18:00"}
    assert tags_at(tags, TUESDAY_8).tags == tags
    closed = tags_at(tags, Moment(weekday="Su", hour=8))
    assert closed.tags == {"access": "no", "opening_hours": "Mo-Fr 06:00-18:00"}
    assert (closed.used, closed.open_rules) == (1, 0)
    assert tags_at(tags, ANY) == (tags, 0, 1)


def test_every_value_that_may_hold_is_counted_wherever_it_stands() -> None:
    """Two that nobody can decide before one that holds, in one tag and over two."""
    wet = {"access:conditional": "no @ wet; yes @ snow; private @ (Tu)"}
    assert tags_at(wet, TUESDAY_8)[1:] == (1, 2)
    hours = {"foot:conditional": "no @ wet", "opening_hours": "Mo-Fr 06:00-18:00"}
    assert tags_at(hours, TUESDAY_8)[1:] == (1, 1)
    both = {"foot:conditional": "no @ wet", "access:conditional": "no @ snow; yes @ (Tu)"}
    assert tags_at(both, TUESDAY_8)[1:] == (1, 2)


def test_the_months_are_those_of_the_season_of_the_trips() -> None:
    seasons = {"rain": (11, 12, 1, 2, 3), "dry": (6, 7)}
    travel = TRAVEL.model_copy(
        update={"season": "rain", "seasons": seasons, "weekday": "Tu", "hour": 8}
    )
    assert moment_of(travel) == Moment(RAIN, "Tu", 8)
    assert moment_of(travel.model_copy(update={"season": "dry"})).months == {6, 7}
    assert moment_of(travel.model_copy(update={"season": "haze"})).months is None
