"""What opening buildings on the street changes, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.before_after import (
    before_after,
    sent_by,
    staffed_days,
    villages_after,
    with_plan,
)
from batu_geo.planning.tables.staff_and_referral import staff_tables
from tests.planning.street import roster, settings, study


@pytest.fixture(scope="module")
def street() -> Assessment:
    town = study({"u0": ("v0", 0), "u3": ("v3", 12)}, {"b1": ("v1", 4), "b2": ("v2", 8)})
    return assess(town, settings())


@pytest.mark.slow
def test_people_served_before_and_after_by_village(street: Assessment) -> None:
    """A unit at 4 brings within 2 minutes: 2.5 of v0 and all of v1."""
    table = before_after(street, ["b1"])
    assert table["served_before"].tolist() == [20, 0, 0, 20]
    assert table["served_after"].tolist() == [30, 30, 0, 20]
    assert table["people_added"].tolist() == [10, 30, 0, 0]
    assert table["share_before_percent"].tolist() == pytest.approx([200 / 3, 0, 0, 200 / 3])
    assert table["share_after_percent"].tolist() == pytest.approx([100, 100, 0, 200 / 3])


def test_opening_nothing_adds_nobody(street: Assessment) -> None:
    table = before_after(street, [])
    assert table["people_added"].eq(0).all()
    assert table["served_before"].sum() == 40


@pytest.mark.slow
def test_a_village_where_nobody_lives_has_no_share() -> None:
    town = study({"u0": ("v0", 0), "u1": ("v1", 3)}, {"b2": ("v2", 8)}, people=(30, 0, 30, 30))
    table = before_after(assess(town, settings()), ["b2"]).set_index("village_id")
    empty = table.loc["v1"]
    assert (empty["served_before"], empty["served_after"]) == (0, 0)
    assert np.isnan(empty["share_before_percent"])
    assert np.isnan(empty["share_after_percent"])
    assert table["people_added"].tolist() == [0, 0, 30, 10]


def test_every_mode_and_threshold_before_and_after(street: Assessment) -> None:
    table = villages_after(street, with_plan(street, ["b1", "b2"]))
    assert table["served_more"].tolist() == [10, 30, 30, 10, 0, 20, 20, 0]
    assert (table["served_before"] + table["served_more"] == table["served_after"]).all()
    first = table[table["threshold_minutes"] == 2].set_index("village_id")
    assert first["mean_minutes_before"].tolist() == pytest.approx([1.5, 4.5, 4.5, 1.5])
    # Homes of v1 are 0.5, 0.5 and 1.5 minutes from 4; the third of v0 is 1.5 from it.
    assert first["mean_minutes_after"].tolist() == pytest.approx(
        [3.5 / 3, 2.5 / 3, 2.5 / 3, 3.5 / 3]
    )


def test_people_sent_and_how_far_leave_out_those_without_a_place() -> None:
    trips = pd.DataFrame(
        {
            "village_id": ["v0", "v0", "v1", "v2"],
            "people": [10, 30, 5, 7],
            "travel_time_min": [2.0, 6.0, 4.0, np.inf],
        }
    )
    table = sent_by(trips, "village_id", pd.Series(["v2", "v0", "v1", "v3"]))
    assert table["people_sent"].tolist() == [0, 40, 5, 0]
    assert table["mean_minutes_sent"].tolist()[1:3] == [5.0, 4.0]
    assert table["mean_minutes_sent"].isna().tolist() == [True, False, False, True]


def test_people_sent_of_no_trips_are_none() -> None:
    nothing = pd.DataFrame({"village_id": pd.Series([], dtype="str"),
                            "people": pd.Series([], dtype="int64"),
                            "travel_time_min": pd.Series([], dtype="float64")})  # fmt: skip
    assert sent_by(nothing, "village_id", pd.Series(["v0"]))["people_sent"].tolist() == [0]


def test_units_are_staffed_on_the_days_of_the_roster(street: Assessment) -> None:
    """Working hours are 8 to 12: a nurse from 13 staffs no working hour."""
    staffing = roster(
        ("u0", "nurse", 1, "1,3", "08:00", "12:00"),
        ("u3", "midwife", 1, "3-4", "10:00", "11:00"),
        ("u3", "nurse", 1, "5", "13:00", "15:00"),
        ("u3", "cadre", 5, "1-7", "08:00", "12:00"),
    )
    town = replace(street, study=replace(street.study, staffing=staffing))
    days = staffed_days(town, staff_tables(town)["staff_days"])
    assert days["weekday"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert days["staffed"].tolist() == [("u0",), (), ("u0", "u3"), ("u3",), (), (), ()]
    # Each serves 20 within 2 minutes; u3 for one hour of four on days 3 and 4.
    assert days["mean_people"].tolist() == [20, 0, 25, 5, 0, 0, 0]


def test_without_a_roster_no_day_is_known(street: Assessment) -> None:
    columns = ["weekday", "mean_people", "staffed"]
    staffing = roster(("u0", "nurse", 1, "1", "08:00", "12:00"))
    known = replace(street, study=replace(street.study, staffing=staffing))
    for table in (staffed_days(street, None), staffed_days(known, None)):
        assert table.empty
        assert list(table.columns) == columns
