"""Rosters and profiles: every fault of a file at once, each at its place."""

from __future__ import annotations

import pandas as pd
import pytest

from batu_geo.domain.errors import DataError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.tables.records import (
    read_figures,
    read_indicators,
    read_population,
    read_profiles,
    read_staffing,
)

UNITS = pd.DataFrame({"facility_id": ["U1", "U2"]})
ROSTER = "facility_id,profession,count,weekdays,start,end"
VILLAGES = pd.DataFrame({"village_id": ["35.79.01.1001", "35.79.01.1002"]})


def opened(*lines: str) -> Opened:
    return Opened("berkas.csv", "\n".join(lines).encode() + b"\n")


def staffing(*lines: str, header: str = ROSTER) -> pd.DataFrame:
    return read_staffing(opened(header, *lines), evidence="assumed", facilities=UNITS)


def profiles(*lines: str) -> pd.DataFrame:
    header = "facility_id,services,water"
    return read_profiles(opened(header, *lines), evidence="assumed", facilities=UNITS)


def faults(read, *lines: str) -> list[tuple[str, int | None, str, object]]:
    with pytest.raises(DataError) as caught:
        read(*lines)
    return [(p.code, p.row, p.column, p.values.get("value")) for p in caught.value.problems]


def test_a_roster_is_read_and_sorted() -> None:
    table = staffing('U2,nurse,1,"1,3-5",07:30,14:00', "U1,cadre,2,,,", "U1,nurse,1,1-5,7.30,24:00")
    assert table["facility_id"].tolist() == ["U1", "U1", "U2"]
    assert table["profession"].tolist() == ["cadre", "nurse", "nurse"]
    assert table["weekdays"].isna().tolist() == [True, False, False]
    assert set(table["evidence"]) == {"assumed"}


def test_the_order_of_rows_changes_nothing() -> None:
    rows = ["U1,nurse,1,1-5,07:30,14:00", "U1,nurse,1,6,07:30,12:00", "U2,midwife,1,1,08:00,10:00"]
    pd.testing.assert_frame_equal(staffing(*rows), staffing(*rows[::-1]))


def test_a_row_keeps_its_own_evidence() -> None:
    table = staffing("U1,nurse,1,,,,reported", "U2,nurse,1,,,,", header=f"{ROSTER},evidence")
    assert table["evidence"].tolist() == ["reported", "assumed"]


def test_an_empty_roster_is_a_roster() -> None:
    assert staffing().empty


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("U9,nurse,1,1-5,07:30,14:00", ("BG-222", 2, "facility_id", "U9")),
        ("U1,nurse,1,Senin,07:30,14:00", ("BG-223", 2, "weekdays", "Senin")),
        ('U1,nurse,1,"1,5-4",07:30,14:00', ("BG-223", 2, "weekdays", "1,5-4")),
        ("U1,nurse,1,1-8,07:30,14:00", ("BG-223", 2, "weekdays", "1-8")),
        ("U1,nurse,1,1-5,pagi,14:00", ("BG-223", 2, "start", "pagi")),
        ("U1,nurse,1,1-5,07:30,24:30", ("BG-223", 2, "end", "24:30")),
        ("U1,nurse,1,1-5,20:00,06:00", ("BG-223", 2, "end", "20:00-06:00")),
        ("U1,nurse,1,1-5,08:00,08:00", ("BG-223", 2, "end", "08:00-08:00")),
        ("U1,dukun,1,1-5,07:30,14:00", ("BG-205", 2, "profession", "dukun")),
        ("U1,nurse,-1,1-5,07:30,14:00", ("BG-204", 2, "count", "-1")),
        ("U1,nurse,1.5,1-5,07:30,14:00", ("BG-203", 2, "count", "1.5")),
        (",nurse,1,1-5,07:30,14:00", ("BG-202", 2, "facility_id", None)),
    ],
)
def test_each_fault_of_a_roster(line: str, fault: tuple[object, ...]) -> None:
    assert faults(staffing, line) == [fault]


def test_all_faults_of_a_roster_at_once() -> None:
    found = faults(
        staffing, "U1,nurse,1,1-5,07:30,14:00", "U9,dukun,x,0,pagi,26:00", "U8,nurse,1,,,"
    )
    assert {(code, row, column) for code, row, column, _ in found} == {
        ("BG-222", 3, "facility_id"), ("BG-205", 3, "profession"), ("BG-203", 3, "count"),
        ("BG-223", 3, "weekdays"), ("BG-223", 3, "start"), ("BG-223", 3, "end"),
        ("BG-222", 4, "facility_id"),
    }  # fmt: skip
    assert len(found) == 7


def test_a_roster_without_its_columns_names_each() -> None:
    with pytest.raises(DataError) as caught:
        staffing("x", header="other")
    assert {(p.code, p.column) for p in caught.value.problems} == {
        ("BG-201", name) for name in ("facility_id", "profession", "count")
    }


def test_profiles_are_read_and_sorted() -> None:
    table = profiles("U2,,no", "U1,maternal_child laboratory,yes")
    assert table["facility_id"].tolist() == ["U1", "U2"]
    assert table["services"].isna().tolist() == [False, True]
    assert table["ramp"].isna().all()


def test_all_faults_of_profiles_at_once() -> None:
    found = faults(profiles, "U1,tabib maternal_child laundry,mungkin", "U9,,yes", "U1,,yes")
    assert sorted(found, key=str) == sorted(
        [
            ("BG-205", 2, "services", "tabib"), ("BG-205", 2, "services", "laundry"),
            ("BG-205", 2, "water", "mungkin"), ("BG-222", 3, "facility_id", "U9"),
            ("BG-206", 4, "facility_id", "U1"),
        ],
        key=str,
    )  # fmt: skip


def test_indicators_of_unknown_villages_are_refused_by_name() -> None:
    def read(*lines: str) -> pd.DataFrame:
        return read_indicators(
            opened("village_id,births", *lines), evidence="reported", population=VILLAGES
        )

    assert len(read("35.79.01.1002,5")) == 1
    assert faults(read, "35.79.01.1002,5", "35.07.99.2001,7") == [
        ("BG-211", None, "village_id", "35.07.99.2001")
    ]


def test_population_and_figures_are_sorted_by_their_id() -> None:
    people = read_population(
        opened("village_id,population", "b,1.234", "a,5"), evidence="estimated"
    )
    assert people["village_id"].tolist() == ["a", "b"]
    assert people["population"].tolist() == [5, 1234]
    figures = read_figures(
        opened("figure_id,meaning,value,unit,date,source",
               'F-Z,z,"34,05",percent,2025,berita', "F-A,a,193,posyandu,2025,berita"),
        evidence="reported",
    )  # fmt: skip
    assert figures["figure_id"].tolist() == ["F-A", "F-Z"]
    assert figures["value"].tolist() == [193, 34.05]
