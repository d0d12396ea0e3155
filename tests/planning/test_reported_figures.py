"""Figures the city reports beside what the street adds up to, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.reported_figures import city_figures, contradictions
from batu_geo.planning.study import Study
from batu_geo.planning.study_indicators import indicators_by_village
from tests.planning.street import IDS, roster, settings, study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
STATUS = pd.Series({"v0": "open", "v1": "none", "v2": "closed", "v3": "open"})
COLUMNS = ["figure_id", "meaning", "meaning_en", "value", "unit", "date", "source", "evidence"]


def reported(*rows: tuple[str, float] | tuple[str, float, str]) -> pd.DataFrame:
    """Return figures: id, value and perhaps unit."""
    cells = [
        (row[0], f"arti {row[0]}", f"meaning of {row[0]}", row[1],
         row[2] if len(row) > 2 else "people", "2026-01-01", "Dinkes", "reported")
        for row in rows
    ]  # fmt: skip
    return pd.DataFrame(cells, columns=COLUMNS)


def beside(town: Study, calibration: dict[str, float | str] | None = None, **update: Any) -> Any:
    """Return by figure id what was found and where."""
    table = city_figures(town, settings(**update), unit_status=STATUS, calibration=calibration)
    return {row["figure_id"]: (row["found"], row["found_in"]) for row in table.to_dict("records")}


def with_figures(*rows: Any, **tables: Any) -> Study:
    return study(UNITS, figures=reported(*rows), **tables)


def test_without_figures_the_table_is_empty_but_has_its_columns() -> None:
    table = city_figures(study(UNITS), settings(), unit_status=STATUS, calibration=None)
    assert table.empty
    assert {"figure_id", "reported", "found", "found_in", "difference"} <= set(table.columns)
    assert list(contradictions(table)) == []


def test_villages_people_units_and_area_are_those_of_the_inputs() -> None:
    """Four villages of 30 people and 0.06 km2; three of them have a unit, one of which is closed."""
    town = with_figures(("F-VILLAGES", 4), ("F-POP", 121), ("F-UPKDK", 3), ("F-AREA", 0.2, "km2"))
    assert beside(town) == {
        "F-VILLAGES": (4, "inputs"), "F-POP": (120, "inputs"), "F-UPKDK": (3, "inputs"),
        "F-AREA": (pytest.approx(0.24), "inputs"),
    }  # fmt: skip


def test_a_city_total_that_no_village_table_details_is_said_to_be_so() -> None:
    """Posyandu add up to 10; of cadres one village is not known, of CKG none is."""
    counts = pd.DataFrame(
        {"village_id": list(IDS), "posyandu": [1, 2, 3, 4], "posyandu_cadres": [50, 60, 70, np.nan]}
    )
    town = with_figures(("F-POSYANDU", 11), ("F-CADRE", 2322), ("F-CKG", 60), indicators=counts)
    found = beside(town)
    assert found["F-POSYANDU"] == (10, "inputs")
    assert {where for _, where in (found["F-CADRE"], found["F-CKG"])} == {"no_village_counts"}
    assert np.isnan([found["F-CADRE"][0], found["F-CKG"][0]]).all()


def test_norms_and_doctors_to_be_added_are_found_where_they_are_decided() -> None:
    town = with_figures(("F-NEW-NURSE", 1), ("F-MIN-CADRE", 2), ("F-PKM-MAX", 30_000),
                        ("F-NEW-DOCTORS", 5))  # fmt: skip
    rules = settings().staffing.model_copy(update={"new_doctors": 3})
    assert beside(town, staffing=rules) == {
        "F-NEW-NURSE": (1, "norms"), "F-MIN-CADRE": (2, "norms"), "F-PKM-MAX": (30_000, "norms"),
        "F-NEW-DOCTORS": (3, "scenario"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reported_percent", "expected"),
    [(34.05, "cut_off"), (34.06, "rounded"), (34.1, "rounded"), (34, "rounded"), (34.04, "")],
)
def test_a_share_that_differs_by_its_decimals_says_how(reported_percent, expected: str) -> None:
    """76,763 of 225,408 people are 34.0551 %: 34.05 is cut off, 34.06 rounded, 34.04 neither."""
    town = with_figures(
        ("F-CKG", 76_763), ("F-POP", 225_408), ("F-CKG-PCT", reported_percent, "percent")
    )
    table = city_figures(town, settings(), unit_status=STATUS, calibration=None)
    row = table.set_index("figure_id").loc["F-CKG-PCT"]
    assert row["found"] == pytest.approx(34.0551, abs=1e-4)
    assert row["difference_reason"] == expected


def test_equal_figures_need_no_reason() -> None:
    town = with_figures(("F-VILLAGES", 4), ("F-POP", 121))
    table = city_figures(town, settings(), unit_status=STATUS, calibration=None)
    assert table["difference_reason"].tolist() == ["", ""]


def test_a_share_is_computed_only_where_both_its_figures_are_reported() -> None:
    both = with_figures(("F-CKG", 30), ("F-POP", 120), ("F-CKG-PCT", 20, "percent"))
    assert beside(both)["F-CKG-PCT"] == (25, "computed")
    one = with_figures(("F-CKG", 30), ("F-CKG-PCT", 20, "percent"))
    found, where = beside(one)["F-CKG-PCT"]
    assert np.isnan(found)
    assert where == ""


def test_the_median_speed_of_trips_stands_beside_the_figure_it_is_held_against() -> None:
    town = with_figures(("F-SPEED", 5), ("F-OTHER", 1))
    found = beside(town, {"figure": "F-SPEED", "median_kmh": 6.5})
    assert found["F-SPEED"] == (6.5, "computed")
    assert np.isnan(found["F-OTHER"][0])


def test_people_of_a_puskesmas_by_its_short_name() -> None:
    """Barat has v0 and v1, Timur v2; nobody says whose v3 is."""
    pkm = {"PKM-Barat": ("PUSKESMAS", 1.0), "PKM-Timur": ("PUSKESMAS", 7.0)}
    town = study(UNITS, facilities=pkm,
                 figures=reported(("F-PKM-BARAT", 60), ("F-PKM-TIMUR", 31)))  # fmt: skip
    assert beside(town) == {"F-PKM-BARAT": (60, "inputs"), "F-PKM-TIMUR": (30, "inputs")}


def test_villages_with_a_doctor_are_counted_by_the_roster() -> None:
    """Two doctors at one unit are one village; a unit with none left counts not."""
    figure = ("F-DOCTOR-VILLAGES", 2)
    rows = [
        ("u0", "doctor", 1, None, None, None), ("u0", "doctor", 2, "1", "08:00", "10:00"),
        ("u3", "doctor", 0, None, None, None), ("u3", "nurse", 1, None, None, None),
    ]  # fmt: skip
    found = beside(with_figures(figure, staffing=roster(*rows)))
    assert found["F-DOCTOR-VILLAGES"] == (1, "inputs")
    for staffing in (None, roster(*rows[2:])):
        found = beside(with_figures(figure, staffing=staffing))
        assert np.isnan(found["F-DOCTOR-VILLAGES"][0]), "no roster names a doctor"


def test_programme_figures_add_up_and_unknown_ones_are_missing() -> None:
    rows = pd.DataFrame({"village_id": list(IDS), "posyandu": [1, 2, 3, 4]})
    town = with_figures(("F-POSYANDU", 10), ("F-CKG", 7), indicators=rows)
    found = beside(town)
    assert found["F-POSYANDU"] == (10, "inputs")
    assert np.isnan(found["F-CKG"][0])


def differing(found: float, reported_value: float, unit: str) -> list[str]:
    """Return the remarks where one figure is found to be something."""
    table = reported(("F-POP", reported_value, unit)).assign(
        reported=reported_value, found=found, found_in="inputs", difference=found - reported_value
    )
    return [problem.code for problem in contradictions(table)]


@pytest.mark.parametrize(
    ("found", "value", "unit", "is_told"),
    [
        (120, 120, "people", False), (121, 120, "people", True), (119, 120, "people", True),
        (101, 100, "km2", False), (101.5, 100, "km2", True), (99, 100, "percent", False),
        (98.9, 100, "percent", True), (101, 100, "m2", False),
    ],
)  # fmt: skip
def test_counts_must_agree_and_measures_may_differ_by_one_per_cent(
    found: float, value: float, unit: str, *, is_told: bool
) -> None:
    assert differing(found, value, unit) == (["BG-803"] if is_told else [])


def test_a_contradiction_says_both_values_and_where_the_reported_one_is_from() -> None:
    town = with_figures(("F-POP", 121), ("F-NEW-NURSE", 9))
    table = city_figures(town, settings(), unit_status=STATUS, calibration=None)
    (problem,) = contradictions(table)
    assert problem.record_id == "F-POP"
    assert problem.values == {
        "meaning": "arti F-POP", "meaning_en": "meaning of F-POP", "found": 120.0,
        "reported": 121.0, "source": "Dinkes", "date": "2026-01-01",
    }  # fmt: skip


def test_figures_of_the_programmes_by_village_are_empty_where_there_are_none() -> None:
    told = indicators_by_village(study(UNITS))
    assert told.index.tolist() == list(IDS)
    assert told.columns.empty


def test_hidden_counts_stand_at_their_share_of_what_the_totals_tell() -> None:
    """The 3 of v0 and its cover, the 8 of v1, are 11 of 60 people: 5.5 each."""
    rows = pd.DataFrame({"village_id": list(IDS), "poor_or_near_poor": [3, 8, 12, 14]})
    told = indicators_by_village(study(UNITS, indicators=rows))["poor_or_near_poor"]
    assert told.tolist() == [5.5, 5.5, 12, 14]
