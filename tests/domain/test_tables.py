"""Contracts find every breach and type what is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.domain.contracts import BUILDINGS, CONTRACTS, FACILITIES, INDICATORS, POPULATION
from batu_geo.domain.tables import conform, parse_number

UNIT = {
    "facility_id": "U1",
    "facility_name": "UPKDK Toy",
    "kind": "UPKDK",
    "status": "active",
}
HOUSE = {
    "building_id": "B1",
    "building_name": "Balai",
    "owner": "city",
    "land_status": "unknown",
    "condition": "good",
    "floor_area_m2": 80,
    "rooms": "3",
}


def codes(records: list[dict[str, object]], contract: object) -> list[tuple[str, str]]:
    _, problems = conform(records, contract, "f")
    return [(problem.code, problem.column) for problem in problems]


def test_a_good_row_has_no_problem_and_the_right_types() -> None:
    table, problems = conform([HOUSE], BUILDINGS, "f")
    assert problems == []
    assert table["floor_area_m2"].tolist() == [80.0]
    assert table["rooms"].tolist() == [3]


def test_a_letter_and_its_mark_are_one_letter_however_they_are_spelt() -> None:
    apart, together = "Ne\u0301gori", "N\u00e9gori"
    table, problems = conform([{**UNIT, "facility_name": apart}], FACILITIES, "f")
    assert problems == []
    assert table["facility_name"].tolist() == [together]
    twice = [{**UNIT, "facility_id": apart}, {**UNIT, "facility_id": together}]
    assert codes(twice, FACILITIES) == [("BG-206", "facility_id")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "WARUNG"}, ("BG-205", "kind")),
        ({"status": ""}, ("BG-202", "status")),
        ({"facility_name": None}, ("BG-202", "facility_name")),
        ({"evidence": "certain"}, ("BG-205", "evidence")),
        ({"facility_name": ["Pustu"]}, ("BG-242", "facility_name")),
        ({"facility_id": {"a": 1}}, ("BG-242", "facility_id")),
    ],
)
def test_each_breach_is_named(change: dict[str, object], expected: tuple[str, str]) -> None:
    assert codes([{**UNIT, **change}], FACILITIES) == [expected]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("-5", "BG-204"),
        ("12.5", "BG-203"),
        ("n/a", "BG-203"),
        ("1e4", "BG-203"),
        ("", "BG-202"),
        (True, "BG-203"),
        (float("nan"), "BG-202"),
        (float("inf"), "BG-203"),
        ("12.34.567", "BG-203"),
    ],
)
def test_people_are_whole_and_not_negative(value: object, code: str) -> None:
    assert codes([{"village_id": "v", "population": value}], POPULATION) == [(code, "population")]


def test_all_breaches_of_a_file_come_at_once() -> None:
    rows = [{**UNIT, "kind": "X"}, {**UNIT, "status": "Y"}, {"facility_id": "U3"}]
    found = codes(rows, FACILITIES)
    assert ("BG-205", "kind") in found
    assert ("BG-205", "status") in found
    assert ("BG-206", "facility_id") in found
    assert ("BG-202", "facility_name") in found


def test_a_missing_column_is_named_once_not_once_a_row() -> None:
    rows = [{"village_id": "a"}, {"village_id": "b"}]
    assert codes(rows, POPULATION) == [("BG-201", "population")]


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    _, problems = conform([{"village_id": "a", "population": "x"}], POPULATION, "f.csv")
    assert problems[0].row == 2
    _, problems = conform([{**UNIT, "kind": "x"}], FACILITIES, "f.geojson")
    assert problems[0].feature == 1


def test_no_rows_at_all_is_a_problem() -> None:
    assert codes([], POPULATION) == [("BG-214", "")]


def test_unknown_is_no_number_and_no_zero() -> None:
    table, problems = conform([{**HOUSE, "rooms": "unknown"}], BUILDINGS, "f")
    assert problems == []
    assert table["rooms"].isna().all()


def test_codes_keep_their_zeros() -> None:
    table, _ = conform([{**HOUSE, "asset_code": "02.06.01"}], BUILDINGS, "f")
    assert table["asset_code"].tolist() == ["02.06.01"]


@given(st.integers(min_value=0, max_value=10**9))
def test_whole_numbers_read_the_same_plain_and_with_thousands(value: int) -> None:
    assert parse_number(str(value), is_integer=True) == value
    assert parse_number(f"{value:,}".replace(",", "."), is_integer=True) == value


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_every_column_says_what_it_means_in_both_languages(contract: object) -> None:
    for column in contract.columns:
        assert column.meaning_id
        assert column.meaning_en


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("is_integer", [True, False])
def test_yes_and_no_are_no_numbers(value: bool, is_integer: bool) -> None:
    assert parse_number(value, is_integer=is_integer) is None


@given(st.integers(1, 999), st.integers(0, 999))
def test_a_comma_before_three_digits_is_no_whole_number_and_is_decimals_of_any_other(
    whole: int, rest: int
) -> None:
    """1,000 people are a thousand or one; as a measure it is 1 with three decimals."""
    text = f"{whole},{rest:03d}"
    assert parse_number(text, is_integer=True) is None
    assert parse_number(text, is_integer=False) == float(f"{whole}.{rest:03d}")
    assert parse_number(text.replace(",", "."), is_integer=True) == 1000 * whole + rest


@pytest.mark.parametrize("is_integer", [True, False])
def test_whole_numbers_are_exact_or_refused(is_integer: bool) -> None:
    """From 2**53 on, two whole numbers can be one and the same float."""
    largest = 2**53
    assert parse_number(largest, is_integer=is_integer) == largest
    assert parse_number(-largest, is_integer=is_integer) == -largest
    beyond = parse_number(largest + 2, is_integer=is_integer)
    assert beyond == (None if is_integer else largest + 2)


def test_a_text_may_be_as_long_as_a_cell_of_a_workbook_and_no_longer() -> None:
    assert codes([UNIT | {"facility_name": "x" * 32_768}], FACILITIES) == []
    assert codes([UNIT | {"facility_name": "x" * 32_769}], FACILITIES) == [
        ("BG-240", "facility_name")
    ]


def test_columns_have_the_type_of_their_kind_also_where_all_is_missing() -> None:
    """Nobody knows the floor area, the rooms or the notes of the only building."""
    known = {**HOUSE, "floor_area_m2": None, "rooms": None}
    for records in ([known], []):
        table, _ = conform(records, BUILDINGS, "f")
        types = {name: str(table[name].dtype) for name in table.columns}
        assert {
            types[c.name] for c in BUILDINGS.columns if c.name in types and c.kind == "text"
        } == {"str"}
        assert table.dtypes.astype(str)[["floor_area_m2", "rooms"]].tolist() == ["float64", "Int64"]


def test_a_count_of_people_or_things_is_a_whole_number_of_zero_or_more_or_unknown() -> None:
    """Each with its unit and what it counts in both languages."""
    counts = [c for c in INDICATORS.columns if c.name in {"births", "over_60", "posyandu"}]
    assert [(c.name, c.unit) for c in counts] == [
        ("posyandu", "posyandu"), ("births", "people"), ("over_60", "people"),
    ]  # fmt: skip
    for count in counts:
        assert (count.kind, count.minimum, count.may_be_empty) == ("integer", 0, True)
    assert [(c.meaning_id, c.meaning_en) for c in counts][1:] == [
        ("kelahiran setahun", "births in a year"),
        ("penduduk 60 tahun ke atas", "people of 60 years and over"),
    ]
