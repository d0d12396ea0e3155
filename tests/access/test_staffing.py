"""Who is there when, on the toy town of `tests.toy_access`.

The midwife who is called to the puskesmas on Tuesdays: unit V has a midwife Monday to Friday 8
to 12 and nobody else, U a nurse Monday only. Within 15 minutes U serves 400 people (a, b, c),
V 200 of them (c). Monday 8 to 12: 400. Wednesday to Friday: 200. Tuesday without the midwife:
0. In the week 4 x 400 + 3 x 4 x 200 = 4,000 people-hours; a nurse at V on Tuesdays adds
4 x 200 = 800, a nurse at U on Tuesdays 4 x 400 = 1,600.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.access.staffing import (
    covered_by_hour,
    hours_table,
    one_more,
    presence,
    staff_gaps,
    unit_hours,
    weekday_table,
)
from batu_geo.access.units import units
from batu_geo.domain.tables import Facilities
from tests.dense import minutes_of
from tests.toy import SERVICE
from tests.toy_access import INF, PEOPLE, TOWN, matrix

NURSES = ("nurse", "midwife")
TUESDAY = 1


def roster(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["facility_id", "profession", "weekdays", "start", "end", "count"]
    return pd.DataFrame(list(rows), columns=columns)


CALLED_AWAY = roster(
    ("U", "nurse", "1", "08:00", "12:00", 1),
    ("V", "midwife", "1,3-5", "08:00", "12:00", 1),
    ("V", "cadre", "1-5", "08:00", "12:00", 2),
)


def covered(staff: pd.DataFrame = CALLED_AWAY) -> np.ndarray:
    return covered_by_hour(TOWN, PEOPLE, presence(staff, NURSES), threshold_minutes=15)


def test_the_midwife_called_to_the_puskesmas_on_tuesdays() -> None:
    by_hour = covered()
    assert by_hour[0].tolist() == [0] * 8 + [400] * 4 + [0] * 12
    assert by_hour[TUESDAY].sum() == 0
    assert by_hour[2].tolist() == [0] * 8 + [200] * 4 + [0] * 12
    assert by_hour.sum() == 4_000


def test_tuesday_is_the_worst_working_day() -> None:
    table = weekday_table(covered(), [1, 2, 3, 4, 5], (8, 12))
    assert table["people_hours"].tolist() == [1600, 0, 800, 800, 800, 0, 0]
    assert table["worst_people"].tolist() == [400, 0, 200, 200, 200, 0, 0]
    assert table.loc[table["is_worst"], "weekday"].tolist() == [2]
    assert table["is_working_day"].tolist() == [True] * 5 + [False] * 2


def test_a_worst_hour_is_the_first_of_equals_within_working_hours() -> None:
    short = roster(("U", "nurse", "1-5", "08:00", "11:00", 1))
    table = weekday_table(covered(short), [1, 2, 3, 4, 5], (8, 14))
    assert set(table["worst_hour"][:5]) == {11}
    assert table["mean_people"][0] == pytest.approx(400 * 3 / 6)
    assert table["is_worst"].tolist() == [True] + [False] * 6


def test_one_more_nurse_on_tuesdays() -> None:
    shift = np.zeros((7, 24), np.int64)
    shift[TUESDAY, 8:12] = 1
    found = one_more(TOWN, PEOPLE, presence(CALLED_AWAY, NURSES), shift, threshold_minutes=15)
    assert found.to_dict("list") == {"facility_id": ["U", "V"], "people_hours_gained": [1600, 800]}


def test_one_more_where_somebody_is_there_already_gains_nothing() -> None:
    shift = np.zeros((7, 24), np.int64)
    shift[0, 8:12] = 1
    found = one_more(TOWN, PEOPLE, presence(CALLED_AWAY, NURSES), shift, threshold_minutes=15)
    assert found["people_hours_gained"].tolist() == [0, 0]


def test_only_serving_professions_keep_a_unit_open() -> None:
    cadres = CALLED_AWAY[CALLED_AWAY["profession"] == "cadre"]
    assert presence(cadres, NURSES) == {}
    assert covered(cadres).sum() == 0


def test_an_hour_counts_only_if_present_for_the_whole_of_it() -> None:
    """07:30 to 14:00 are the hours 8 to 13; half past to half past leaves one."""
    found = presence(roster(("U", "nurse", "1", "07:30", "14:00", 1)), NURSES)
    assert np.flatnonzero(found["U"][0]).tolist() == [8, 9, 10, 11, 12, 13]
    found = presence(roster(("U", "nurse", "1", "07:30", "09:30", 1)), NURSES)
    assert np.flatnonzero(found["U"][0]).tolist() == [8]


def test_shifts_add_up_and_people_without_hours_are_there_in_none() -> None:
    found = presence(
        roster(
            ("U", "nurse", "1", "08:00", "10:00", 1),
            ("U", "midwife", "1", "09:00", "11:00", 2),
            ("U", "nurse", None, None, None, 5),
            ("V", "nurse", "1", None, "10:00", 1),
        ),
        NURSES,
    )
    assert found["U"][0, 8:11].tolist() == [1, 3, 2]
    assert found["V"].sum() == 0


def test_hours_as_a_table() -> None:
    table = hours_table(covered(), int(PEOPLE.sum()))
    assert len(table) == 168
    monday_8 = table[(table["weekday"] == 1) & (table["hour"] == 8)].iloc[0]
    assert monday_8["people"] == 400
    assert monday_8["share_percent"] == pytest.approx(100 * 400 / 650)
    assert hours_table(covered(), 0)["share_percent"].isna().all()


def test_no_unit_serves_nobody() -> None:
    empty = matrix(np.empty((5, 0)))
    assert covered_by_hour(empty, PEOPLE, {}, threshold_minutes=15).tolist() == [[0] * 24] * 7


@given(st.integers(0, 10**6))
def test_hours_equal_counting_each_hour_on_its_own(seed: int) -> None:
    """Brute force: in each hour the people within reach of a unit where somebody is."""
    rng = np.random.default_rng(seed)
    times = matrix(np.where(rng.random((6, 3)) < 0.3, INF, rng.integers(0, 30, (6, 3))))
    people = rng.integers(0, 99, 6)
    there = {name: rng.integers(0, 2, (7, 24)) for name in "UVW" if rng.random() < 0.8}
    found = covered_by_hour(times, people, there, threshold_minutes=15)
    for day, hour in ((0, 0), (1, 8), (3, 12), (6, 23)):
        open_ = [n for n, name in enumerate("UVW") if name in there and there[name][day, hour]]
        reached = (minutes_of(times)[:, open_] <= 15).any(axis=1)
        assert found[day, hour] == people[reached].sum()


def test_a_temporarily_closed_unit_has_no_hours_while_its_closing_lasts() -> None:
    """V is closed in February: then c is served by U alone, on Mondays."""
    table = Facilities(
        pd.DataFrame(
            {
                "facility_id": ["U", "V"],
                "kind": "UPKDK",
                "status": "active",
                "operator": "city",
                "closed_from": pd.Series([None, "2026-02-01"], dtype="str"),
                "closed_until": pd.Series([None, "2026-02-28"], dtype="str"),
            }
        )
    )

    def hours_on(date: str) -> int:
        on_date = SERVICE.model_copy(update={"on_date": date})
        open_ids = units(table, on_date, is_open=True)["facility_id"].tolist()
        there = {name: hours for name, hours in presence(CALLED_AWAY, NURSES).items()
                 if name in open_ids}  # fmt: skip
        return int(covered_by_hour(TOWN, PEOPLE, there, threshold_minutes=15).sum())

    assert hours_on("2026-01-31") == hours_on("2026-03-01") == 4_000
    assert hours_on("2026-02-01") == hours_on("2026-02-28") == 1_600


def test_gaps_to_the_norm_by_hand() -> None:
    """U has the nurse and lacks the rest, V lacks a nurse; of W nobody knows."""
    found = staff_gaps(["U", "V", "W"], CALLED_AWAY, {"nurse": 1, "midwife": 1, "cadre": 2})
    assert found["present"].tolist()[:6] == [1, 0, 0, 0, 1, 2]
    assert found["gap"].tolist()[:6] == [0, 1, 2, 1, 0, 0]
    unknown = found[found["facility_id"] == "W"]
    assert unknown[["present", "gap"]].isna().all().all()


def test_more_than_the_norm_is_no_negative_gap() -> None:
    staff = roster(("U", "nurse", None, None, None, 2), ("U", "nurse", "1", "08:00", "09:00", 1))
    assert staff_gaps(["U"], staff, {"nurse": 1})["gap"].tolist() == [0]
    assert staff_gaps(["U"], staff, {"nurse": 1})["present"].tolist() == [3]


def test_rosters_nobody_can_read_count_in_no_hour() -> None:
    """Days or hours that are no days or hours: the unit is known, its staff has no time."""
    rows = roster(
        ("U", "nurse", "hari pasar", "08:00", "12:00", 1),
        ("U", "nurse", "1", "pagi", "12:00", 1),
        ("V", "nurse", "1", "08:00", "sore", 1),
        ("W", "nurse", "1", "08:00", "12:00", 1),
    )
    there = presence(rows, NURSES)
    assert {name: int(hours.sum()) for name, hours in there.items()} == {"U": 0, "V": 0, "W": 4}


def test_a_week_without_working_days_has_no_worst_day() -> None:
    covered = np.arange(168).reshape(7, 24)
    table = weekday_table(covered, [], (8, 14))
    assert not table["is_working_day"].any()
    assert not table["is_worst"].any()
    assert table["people_hours"].tolist() == covered.sum(axis=1).tolist()


def test_days_and_hours_of_a_unit_are_those_with_somebody_there() -> None:
    """U: Monday 8 to 12 twice over, Tuesday 11 to 13; V a roster without times; W none at all."""
    there = presence(
        roster(
            ("U", "nurse", "1", "08:00", "12:00", 2),
            ("U", "midwife", "1", "08:00", "10:00", 1),
            ("U", "nurse", "2", "11:00", "13:00", 1),
            ("V", "nurse", None, None, None, 1),
        ),
        NURSES,
    )
    table = unit_hours(["W", "U", "V"], there).set_index("facility_id")
    assert table.loc["U"].tolist() == [2, 6]
    assert table.loc["V"].tolist() == [0, 0]
    assert table.loc["W"].isna().all()
