"""Dates, reasons and measured numbers as files and readers write them."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from batu_geo.domain.errors import Problem
from batu_geo.domain.frozen import one_of
from batu_geo.domain.reasons import Reason
from batu_geo.domain.tables import Column, Contract, conform, parse_date
from batu_geo.domain.village_of_points import village_rows


@pytest.mark.slow
@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"])
@given(day=st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_date_is_read_back_however_it_is_written(written: str, day: dt.date) -> None:
    assert parse_date(day.strftime(written)) == day.isoformat()


@pytest.mark.parametrize(
    "text", ["", "2025", "31-02-2025", "2025-13-01", "12/22/2025", "22.12.2025", "hari ini"]
)
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.slow
@given(text=st.text(max_size=12))
def test_any_text_is_a_day_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or dt.date.fromisoformat(found).isoformat() == found


def test_days_of_a_table_become_days_or_faults_with_their_row() -> None:
    days = Contract(
        "notes",
        "note_id",
        None,
        (
            Column("note_id", "text", "kode", "code"),
            Column("day", "date", "hari", "day", may_be_empty=True),
        ),
    )
    records = [
        {"note_id": "a", "day": "22/12/2025"},
        {"note_id": "b", "day": None},
        {"note_id": "c", "day": "31-02-2025"},
    ]
    table, problems = conform(records, days, "notes.csv")
    assert table["day"].tolist()[0] == "2025-12-22"
    assert table["day"].isna().tolist() == [False, True, True]
    assert [(p.code, p.row, p.record_id, p.column) for p in problems] == [("BG-221", 4, "c", "day")]


def test_a_reason_is_english_unless_asked_for() -> None:
    reason = Reason("must be a number", "harus angka")
    assert str(reason) == reason.words("en") == "must be a number"
    assert reason.words("id") == "harus angka"


@pytest.mark.parametrize(
    ("value", "english", "indonesian"),
    [(22075.5, "22,075.5", "22.075,5"), (-0.0, "0", "0"), (3.0, "3", "3"), (0.25, "0.25", "0,25")],
)
def test_measured_numbers_in_a_message_are_written_as_the_reader_writes_them(
    value: float, english: str, indonesian: str
) -> None:
    problem = Problem("BG-204", column="population", values={"value": value, "minimum": 0})
    assert english in problem.line("en")
    assert indonesian in problem.line("id")


def test_a_number_too_small_to_write_out_is_not_written_as_nothing() -> None:
    problem = Problem("BG-204", column="population", values={"value": -1.5e-7, "minimum": 0})
    assert "-1.5e-07" in problem.line("en")
    assert "-1,5e-07" in problem.line("id")


def test_a_text_that_looks_like_a_number_is_copied() -> None:
    problem = Problem("BG-204", column="population", values={"value": "85.5", "minimum": 0})
    assert "85.5" in problem.line("id")


def test_a_code_that_is_none_of_the_known_is_refused_with_those_that_are() -> None:
    pass_on = one_of(("city", "village"))
    assert pass_on("city") == "city"
    with pytest.raises(PydanticCustomError) as caught:
        pass_on("king")
    assert caught.value.type == "not_one_of"
    assert caught.value.context == {"value": "'king'", "known": "city, village"}


def test_a_point_in_the_corner_that_a_village_leaves_out_lies_in_none() -> None:
    """The first village is an angle around the square of the second, which leaves a gap."""
    angle = shapely.Polygon([(0, 0), (3, 0), (3, 1), (1, 1), (1, 3), (0, 3)])
    villages = gpd.GeoDataFrame(geometry=[angle, shapely.box(1, 1, 2, 2)])
    points = shapely.points([[0.5, 2], [1.5, 1.5], [2.5, 2.5], [1.5, 1], [4, 4]])
    found = village_rows(villages, points)
    assert found.tolist() == [0, 1, -1, 0, -1]
    assert found.dtype == np.int64
