"""Answers of an office: the cells they change, the classes they raise, what is left to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.domain.asking.answers import DEFINING, Answer, typed_answer
from batu_geo.planning.answering.answered_study import _points, answered, unfitting
from batu_geo.planning.answering.conclusions import changed_conclusions
from batu_geo.planning.answering.open_questions import not_answerable, open_questions
from batu_geo.planning.assess import assess
from batu_geo.planning.evidence.answered_rows import with_answered
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.register import evidence_register
from batu_geo.planning.evidence.worth import Source
from batu_geo.planning.tables.answer_table import still_to_ask
from batu_geo.sources.study.load_study import tables_of
from tests.how_many import RARE, few
from tests.planning.street import IDS, criterion, place, roster, settings, study
from tests.planning.test_assess import with_offices
from tests.planning.test_evidence_laws import BUILDINGS, UNITS, classes, drawn

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

DAY = "2026-01-31"
EACH_WORLD = 20


def said(table: str, record_id: str, field: str, value: str, date: str = DAY) -> Answer:
    return Answer(table, record_id, field, value, "telepon kantor", date)


def street(**tables: object) -> Study:
    town = study(UNITS, BUILDINGS, staffing=tables.pop("staffing", None), **tables)
    town.facilities["position_evidence"] = "assumed"
    town.facilities["evidence"] = "inferred"
    town.buildings["evidence"] = "illustrative"
    town.villages["unit_evidence"] = "inferred"
    return town


def confirmed(now: Assessment, table: str, row: str, field: str) -> Answer:
    """Return an answer that says of a cell what the study says already."""
    facilities = now.study.facilities.set_index("facility_id")
    if table == "villages":
        return said(table, row, field, "yes" if row in set(facilities["village_id"]) else "no")
    if field == "position":
        frame = (
            facilities if table == "facilities" else now.study.buildings.set_index("building_id")
        )
        point = frame.geometry.to_crs("EPSG:4326")[row]
        return said(table, row, field, f"{point.x:.9f} {point.y:.9f}")
    if table == "staffing":
        shifts = {"u0": "1 1,2 08:00-12:00", "u3": "2", "pkm-barat": "1"}
        return said(table, row, field, shifts[row])
    frames = {"population": now.study.villages.set_index("village_id"), "facilities": facilities,
              "buildings": now.study.buildings.set_index("building_id")}  # fmt: skip
    return said(table, row, field, str(frames[table][field][row]))


def asked(now: Assessment) -> list[tuple[str, str, str]]:
    """Return every cell of the street that may be confirmed; of a building its last one."""
    units, rosters = list(now.study.facilities["facility_id"]), ("u0", "u3", "pkm-barat")
    jobs = {"u0": "nurse", "u3": "midwife", "pkm-barat": "doctor"}
    return [
        *(("villages", v, "has_unit") for v in IDS),
        *(("population", v, "population") for v in IDS),
        *(("facilities", f, field) for f in units for field in ("status", "position")),
        *(("buildings", b, "position") for b in BUILDINGS),
        *(("staffing", f, jobs[f]) for f in rosters),
    ]


def source_of(table: str, row: str, field: str) -> str:
    """Return the id of the source that an answer raises, as `evidence_bound_by` has it."""
    if table == "villages":
        return f"villages.unit_evidence:{row}"
    if table == "staffing":
        return f"staffing:{row}"
    name = {"status": "record"}.get(field, field)
    return f"{table}.{name}:{row}"


@pytest.mark.slow
@pytest.mark.parametrize("world", range(few(500 // EACH_WORLD, 2 * RARE)))
def test_what_an_answer_alone_bound_rises_to_the_class_printed_and_nothing_else(world: int) -> None:
    rng = np.random.default_rng(2000 + world)
    now = drawn(rng)
    # Of each building all but the last cell is answered; what is left of it is its position.
    first = [confirmed(now, "buildings", b, field)
             for b in BUILDINGS for field in DEFINING["buildings"] if field != "position"]  # fmt: skip
    before = replace(now, study=answered(now.study, first))
    old, cells = classes(before), asked(before)
    for n in rng.choice(len(cells), min(EACH_WORLD, len(cells)), replace=False):
        answer = confirmed(before, *cells[n])
        new = classes(replace(before, study=answered(before.study, [*first, answer])))
        for key, (evidence, bound_by, without) in old.items():
            is_alone = bound_by == (source_of(*cells[n]),)
            assert new[key][0] == (without if is_alone else evidence), (key, cells[n])


def test_a_value_is_replaced_its_row_reported_and_its_source_kept() -> None:
    then = answered(street(), [said("population", "v1", "population", "45")])
    row = then.villages.set_index("village_id").loc["v1"]
    assert (row["population"], row["population_evidence"]) == (45, "reported")
    assert list(then.villages["population"]) == [30, 45, 30, 30]
    now = assess(then, settings())
    (source,) = ledger_of(now).rows["population"]["v1"]
    assert (source.evidence, source.date) == ("reported", DAY)
    register = evidence_register(now)
    assert "telepon kantor" in set(register["source_origin"])
    # The card of the roads does not say where they are from.
    assert register.set_index("source_input")["source_origin"]["roads"] == ""


def test_the_place_of_a_facility_is_a_source_of_its_own() -> None:
    rows = ledger_of(assess(street(), settings())).rows
    then = with_answered(rows, [said("facilities", "u0", "position", "112.5 -7.9")])
    assert then["position"]["u0"] == {Source("facilities", "reported", "position", "u0", DAY)}
    assert {source.evidence for source in then["facilities"]["u0"]} == {"inferred"}
    assert then["facilities"] == rows["facilities"]


def test_a_building_is_reported_when_every_cell_it_rests_on_is_answered() -> None:
    values = {"owner": "city", "land_status": "local_government", "condition": "good",
              "floor_area_m2": "80.5", "rooms": "4", "position": "112.5 -7.9"}  # fmt: skip
    answers = [said("buildings", "b1", name, value) for name, value in values.items()]
    part = answered(street(), answers[:-1])
    assert list(part.buildings["evidence"]) == ["illustrative", "illustrative"]
    left = ledger_of(assess(part, settings())).rows["buildings"]["b1"]
    assert {s.source_id for s in left if s.evidence != "reported"} == {"buildings.position:b1"}
    whole = answered(street(), answers)
    row = whole.buildings.set_index("building_id").loc["b1"]
    assert (row["evidence"], row["floor_area_m2"], row["rooms"]) == ("reported", 80.5, 4)
    degrees = whole.buildings.to_crs("EPSG:4326").geometry.iloc[0]
    assert (degrees.x, degrees.y) == pytest.approx((112.5, -7.9))


def test_a_village_without_a_unit_loses_its_record_and_one_with_gets_it() -> None:
    staff = roster(("u0", "nurse", 1, None, None, None), ("u3", "midwife", 1, None, None, None))
    answers = [said("villages", "v0", "has_unit", "no"), said("villages", "v1", "has_unit", "yes"),
               said("staffing", "u0", "nurse", "3")]  # fmt: skip
    then = answered(street(staffing=staff), answers)
    assert list(then.facilities["facility_id"]) == ["UPKDK-v1", "u3"]
    new = then.facilities.iloc[0]
    assert (new["village_id"], new["position_evidence"]) == ("v1", "assumed")
    assert then.staffing is not None
    assert list(then.staffing["facility_id"]) == ["u3"]
    sure = then.villages.set_index("village_id")["unit_evidence"]
    assert dict(sure) == {"v0": "reported", "v1": "reported", "v2": "inferred", "v3": "inferred"}
    offices = answered(with_offices(street(), 1, 3.5, None, None), answers[1:2]).facilities
    unit = offices.set_index("facility_id").geometry["UPKDK-v1"]
    assert unit.distance(place(3.5)) < 0.01


def test_a_state_ends_older_dates_of_closing_and_a_roster_its_own_lines() -> None:
    staff = roster(
        ("u0", "nurse", 1, "1-5", "08:00", "12:00"), ("u0", "cadre", 2, None, None, None)
    )
    town = street(staffing=staff.assign(evidence="illustrative"))
    town.facilities["closed_from"] = ["2025-01-01", None]
    then = answered(town, [said("facilities", "u0", "status", "active"),
                           said("staffing", "u0", "nurse", "2 1-3 07:30-14:00; 1 4")])  # fmt: skip
    assert then.facilities["closed_from"].isna().all()
    full = answered(town, [said("facilities", "u0", "people_capacity", "4000")])
    assert full.facilities["people_capacity"].tolist() == [4000, pd.NA]
    assert full.facilities["people_capacity"].dtype == "Int64"
    assert then.staffing is not None
    rows = then.staffing[["profession", "count", "weekdays", "start"]]
    assert [tuple(r) for r in rows.fillna("-").itertuples(index=False)] == [
        ("cadre", 2, "-", "-"), ("nurse", 2, "1-3", "07:30"), ("nurse", 1, "4", "-"),
    ]  # fmt: skip
    assert list(then.staffing["evidence"]) == ["illustrative", "reported", "reported"]


def test_no_answer_is_the_study_itself_and_an_answer_of_no_row_a_fault() -> None:
    town = street()
    assert answered(town, []) is town
    wrong = [said("population", "v9", "population", "3"), said("facilities", "x", "status", "active"),
             said("figures", "F-POP", "value", "3"), said("buildings", "b1", "position", "95.1 5.5"),
             said("villages", "v1", "has_unit", "yes"),
             said("facilities", "UPKDK-v1", "position", "112.5 -7.9")]  # fmt: skip
    codes = [problem.code for problem in unfitting(tables_of(town), wrong, "sheet.csv")]
    assert codes == ["BG-238", "BG-238", "BG-238", "BG-215"]


@pytest.mark.parametrize(
    ("table", "field", "value", "code"),
    [
        ("facilities", "position", "112.5", "BG-244"),
        ("facilities", "position", "112.5 -97.9", "BG-244"),
        ("staffing", "nurse", "two 1-5", "BG-245"),
        ("staffing", "nurse", "2 5-1", "BG-245"),
        ("staffing", "nurse", "2 1-5 14:00-07:30", "BG-245"),
        ("staffing", "nurse", "", "BG-245"),
        ("profiles", "services", "pharmacy dentist", "BG-205"),
        ("population", "population", "-3", "BG-204"),
        ("costs", "works/city/once", "1,5", "BG-203"),
    ],
)
def test_a_value_that_does_not_fit_its_cell(table: str, field: str, value: str, code: str) -> None:
    _, fault = typed_answer(said(table, "x", field, value))
    assert fault is not None
    assert fault[0] == code


def test_a_field_that_no_table_has_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError, match="colour"):
        typed_answer(said("buildings", "b1", "colour", "red"))


def test_profiles_costs_and_figures_take_answers() -> None:
    profiles = pd.DataFrame({"facility_id": ["u0"], "services": ["pharmacy"], "water": ["unknown"],
                             "evidence": "illustrative"})  # fmt: skip
    costs = pd.DataFrame({"building_id": ["b1"], "item": ["works"], "payer": ["city"],
                          "period": ["once"], "rupiah": [5], "evidence": "illustrative"})  # fmt: skip
    figures = pd.DataFrame({"figure_id": ["F-POP"], "value": [1.0], "source": ["berita"],
                            "date": ["2025-12-22"], "evidence": "estimated"})  # fmt: skip
    town = street(profiles=profiles, costs=costs, figures=figures)
    then = answered(town, [
        said("profiles", "u0", "water", "yes"), said("profiles", "u3", "services", "emergency"),
        said("costs", "b1", "works/city/once", "9"), said("costs", "b2", "works/bok/yearly", "2"),
        said("figures", "F-POP", "value", "120"),
    ])  # fmt: skip
    assert then.profiles is not None
    assert then.costs is not None
    assert then.figures is not None
    assert list(then.profiles["water"].fillna("-")) == ["yes", "-"]
    assert list(then.profiles["evidence"]) == ["illustrative", "reported"]
    assert list(then.costs["rupiah"]) == [9, 2]
    assert set(then.costs["evidence"]) == {"reported"}
    (figure,) = then.figures.to_dict("records")
    assert (figure["value"], figure["date"], figure["evidence"]) == (120.0, DAY, "reported")
    assert answered(town, [said("figures", "F-POP", "value", "9")]).profiles is profiles
    one = answered(town, [said("profiles", "u0", "water", "yes")]).profiles
    assert one is not None
    assert one["facility_id"].tolist() == ["u0"]


@pytest.mark.slow
def test_what_is_to_ask_begins_with_the_villages_and_ends_when_all_is_answered() -> None:
    town = street()
    town.villages["population_evidence"] = "estimated"
    now = assess(town, settings(need=(criterion("mean_minutes", 9),)))
    questions = open_questions(now)
    assert list(questions["table"][:4]) == ["villages"] * 4
    assert list(questions["id"][:2]) == ["v1", "v2"]
    assert set(questions["evidence"]) <= {"inferred", "assumed", "illustrative", "estimated"}
    cells = [tuple(c) for c in questions[["table", "id", "field"]].itertuples(index=False)]
    assert len(cells) == len(set(cells))
    assert set(not_answerable(now)) >= {"scenario.modes.toy"}
    answers = [confirmed(now, *cell) for cell in cells]
    then = replace(now, study=answered(town, answers))
    assert open_questions(then).empty


@pytest.mark.slow
def test_conclusions_before_and_after() -> None:
    scenario = settings(need=(criterion("mean_minutes", 9),))
    before = assess(street(), scenario)
    then = answered(street(), [said("villages", "v1", "has_unit", "yes")])
    changed = {(c.conclusion, c.subject): (c.before, c.after)
               for c in changed_conclusions(before, assess(then, scenario))}  # fmt: skip
    assert changed["has_unit", "Desa v1"] == (("none", "inferred"), ("open", "reported"))
    assert changed["rank", "Desa v1"][1] is None
    assert changed_conclusions(before, before) == []


def test_rosters_are_asked_for_and_buildings_bind_the_plan() -> None:
    staff = roster(("u0", "nurse", 1, "1,2", "08:00", "12:00")).assign(evidence="inferred")
    town = street(staffing=staff)
    now = assess(town, settings(need=(criterion("mean_minutes", 9),)))
    questions = open_questions(now)
    assert set(questions["id"][questions["table"] == "staffing"]) == {"u0"}
    of_buildings = questions["binds"][questions["table"] == "buildings"]
    assert {"buildings", "plan"} <= set(of_buildings.iloc[0].rows)
    table = still_to_ask(now).set_index("asked_about")
    counts = table[["rows_certain", "rows_all", "cells_to_ask"]].T.to_dict("list")
    assert counts["unit"] == [0, 4, 4]
    assert counts["population"] == [4, 4, 0]
    assert counts["position"] == [0, 2, 2]
    assert counts["staffing"] == [0, 1, 1]
    assert table["first_to_ask"]["unit"].rows[:2] == ("Desa v1", "Desa v2")
    assert len(table["first_to_ask"]["unit"].rows) == 3


def test_a_village_that_alone_bound_the_order_changes_how_sure_it_is() -> None:
    town = street()
    town.villages["unit_evidence"] = ["reported", "illustrative", "reported", "reported"]
    before = assess(town, settings(need=(criterion("mean_minutes", 9),)))
    after = replace(before, study=answered(town, [said("villages", "v1", "has_unit", "no")]))
    changed = {c.subject: (c.before.evidence, c.after.evidence)
               for c in changed_conclusions(before, after) if c.conclusion == "evidence"}  # fmt: skip
    assert changed["which_villages"] == ("illustrative", "reported")
    assert changed["order"] == ("illustrative", "assumed")


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("43.3 -11.7", []),
        ("-11,7; 43,3", []),
        ("43.3 11.7", ["BG-215"]),
        ("-11.7 -43.3", ["BG-215"]),
    ],
)
def test_outside_indonesia_the_study_says_which_number_is_the_longitude(
    value: str, fault: list[str]
) -> None:
    outline = gpd.GeoDataFrame(
        {"village_id": ["v"]}, geometry=[shapely.box(43.2, -11.8, 43.4, -11.6)], crs="EPSG:4326"
    )
    tables = {
        "villages": outline.to_crs("EPSG:32738"),
        "facilities": pd.DataFrame({"facility_id": ["f"]}),
    }
    answer = said("facilities", "f", "position", value)
    assert [p.code for p in unfitting(tables, [answer], "answers.csv")] == fault
    units = gpd.GeoDataFrame(
        {"facility_id": ["f"]}, geometry=[shapely.Point(43.3, -11.7)], crs="EPSG:4326"
    )
    if not fault:
        (moved,) = _points([answer], units.to_crs("EPSG:32738"))
        (point,) = gpd.GeoSeries([moved], crs="EPSG:32738").to_crs("EPSG:4326")
        assert (point.x, point.y) == pytest.approx((43.3, -11.7))
