"""What a change of one class does to the class of every number.

Lowered, no number computed from it stays stronger; raised, each number that it alone bound rises
to the class printed as the one without it, and no other moves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.domain.site_choice import SiteChoice
from batu_geo.domain.tables import EVIDENCE
from batu_geo.planning.assess import assess
from batu_geo.planning.evidence.bases import gain_basis
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.main_worths import (
    catchments_with_worth,
    with_main_worth,
    with_plan_worth,
)
from batu_geo.planning.evidence.row_evidence import row_worths, with_worth
from batu_geo.planning.evidence.worth import Source, Worth, weakest, worth_of
from batu_geo.planning.study import PeoplePlaces, Study
from batu_geo.planning.tables.health_office_tables import health_office_tables
from tests.how_many import RARE, few
from tests.planning.street import IDS, INPUTS, criterion, place, roster, settings, study

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}
OTHERS = {"pkm-barat": ("PUSKESMAS", 1.0), "pkm-timur": ("PUSKESMAS", 11.0),
          "rs-1": ("RUMAH_SAKIT", 13.0)}  # fmt: skip
NEED = (criterion("mean_minutes", 9), criterion("poor_percent", 50))
# By table: the column of the class of its rows.
CELLS = {
    "population": ("villages", "population_evidence"),
    "outline": ("villages", "evidence"),
    "unit": ("villages", "unit_evidence"),
    "record": ("facilities", "evidence"),
    "position": ("facilities", "position_evidence"),
    "building": ("buildings", "evidence"),
    "roster": ("staffing", "evidence"),
    "profile": ("profiles", "evidence"),
}
# Files whose rows have no class of their own, and where the programme figures have theirs.
FILES = ("roads", "population_raster")
PROGRAMME = {"poor_or_near_poor": [10, 10, 20, 20], "jkn_registered": [20, 25, 15, 30],
             "children_under_5": [10, 12, 14, 16], "posyandu": [1, 2, 3, 4]}  # fmt: skip
# What of a ranked village its rank says, by `rank_evidence`; readiness has a table of its own.
OF_RANK = ("rank", "rank_if_border_closed", "first_share_percent", "rank_share_percent")
# Main tables may have several classes a row: by the begin of its columns, what each is of.
MAINS = {"villages": {"": "villages"}, "city": {"": "city"}, "gaps": {"": "gaps", "rank_": "rank"},
         "candidates": {"gain_": "candidates"}}  # fmt: skip
COLUMNS = ("evidence", "evidence_bound_by", "evidence_without")
EACH_WORLD = 20
SETTINGS = (
    "modes.toy",
    "demand",
    "candidates",
    "staffing",
    "access",
    "referral",
    "robustness",
    "siting",
)


def rosters(nurses: int = 1, last_day: str = "3", doctors: int = 1) -> pd.DataFrame:
    """Return who works at the units, at the one beyond the border and at the puskesmas."""
    return roster(
        ("u0", "nurse", nurses, "1,2", "08:00", "12:00"), ("u3", "midwife", 2, None, None, None),
        ("u9", "nurse", 1, last_day, "08:00", "12:00"), ("pkm-barat", "doctor", doctors, None, None, None),
        ("pkm-timur", "doctor", 1, None, None, None),
    )  # fmt: skip


def raster(weights: tuple[int, ...] = (2, 1, 1, 1, 1, 1, 1, 2)) -> PeoplePlaces:
    """Return two cells a village, a block from its ends."""
    xy = shapely.get_coordinates([place(3 * v + x) for v in range(len(IDS)) for x in (1, 2)])
    return PeoplePlaces(
        xy, np.repeat(np.arange(len(IDS)), 2), np.array(weights, float), "estimated"
    )


def whole_town(**tables: Any) -> Study:
    """Return the street with every table; u9 beyond the border is nobody's nearest."""
    units = {**UNITS, "u9": (None, 12.5)} if "units" not in tables else tables.pop("units")
    programme = {"village_id": list(IDS), **PROGRAMME}
    every = {"staffing": rosters(), "indicators": pd.DataFrame(programme),
             "profiles": profiles(), "homes": {"raster": raster()}}  # fmt: skip
    town = study(units, tables.pop("buildings", BUILDINGS), facilities=OTHERS,
                 inputs={**INPUTS, "population_raster": {"path": "r.tif", "sha256": "r",
                                                         "evidence": "estimated"}},
                 **(every | tables))  # fmt: skip
    town.facilities.loc[town.facilities["facility_id"] == "rs-1", "emergency_unit"] = "yes"
    return town


def profiles(of_u3: str = "laboratory") -> pd.DataFrame:
    """Return what two units offer."""
    return pd.DataFrame(
        {"facility_id": ["u0", "u3"], "services": ["pharmacy", of_u3], "evidence": "reported"}
    )


def drawn(rng: np.random.Generator) -> Assessment:
    """Return the street with random classes of every row, position, file and setting."""
    programme = pd.DataFrame({"village_id": list(IDS), **PROGRAMME,
                              "evidence": rng.choice(EVIDENCE, len(IDS))})  # fmt: skip
    town = whole_town(indicators=programme)
    for table, column in CELLS.values():
        rows = getattr(town, table)
        rows[column] = pd.array(rng.choice(EVIDENCE, len(rows)), dtype="str")
    for name in FILES:
        town = with_file(town, name, str(rng.choice(EVIDENCE)))
    return with_settings(
        assess(town, chosen()),
        dict(zip(SETTINGS, rng.choice(EVIDENCE, len(SETTINGS)), strict=True)),
    )


def chosen(**update: Any) -> Scenario:
    """Return the settings: a new doctor, and the rest as the street has it."""
    plain = settings(need=NEED)
    staffing = plain.staffing.model_copy(update={"new_doctors": 1})
    siting = SiteChoice(model="capacitated_mclp", people_per_unit=40, site_count=1, source="toy")
    return plain.model_copy(update={"staffing": staffing, "siting": siting, **update})


def with_file(town: Study, name: str, evidence: str) -> Study:
    """Return the study with the class of a whole file changed."""
    return replace(town, inputs={**town.inputs, name: {**town.inputs[name], "evidence": evidence}})


def with_settings(now: Assessment, classes: dict[str, Any]) -> Assessment:
    scenario = now.scenario
    parts: dict[str, Any] = {
        name: getattr(scenario, name).model_copy(update={"evidence": str(classes[name])})
        for name in SETTINGS[1:]
        if name in classes
    }
    if "modes.toy" in classes:
        mode = scenario.modes["toy"].model_copy(update={"evidence": str(classes["modes.toy"])})
        parts["modes"] = {**scenario.modes, "toy": mode}
    return now.with_scenario(scenario.model_copy(update=parts))


def with_cell(now: Assessment, name: str, row: int, evidence: str) -> Assessment:
    """Return the assessment with one class changed: no number of it depends on a class."""
    table, column = CELLS[name]
    rows = getattr(now.study, table).copy()
    rows.iloc[row, rows.columns.get_loc(column)] = evidence
    changed: Study = replace(now.study, **{table: rows})
    return replace(now, study=changed)


def with_programme(now: Assessment, row: int, evidence: str) -> Assessment:
    """Return the assessment with the class of the figures of one village changed."""
    known = now.study.indicators
    assert known is not None
    classes_of_rows = known.evidence.copy()
    classes_of_rows.iloc[row] = evidence
    changed = replace(known, evidence=classes_of_rows)
    return replace(now, study=replace(now.study, indicators=changed))


def source_id(now: Assessment, name: str, row: int) -> str:
    ids = {
        "population": ("population.population", "village_id"), "outline": ("villages.outline", "village_id"),
        "unit": ("villages.unit_evidence", "village_id"), "record": ("facilities.record", "facility_id"),
        "position": ("facilities.position", "facility_id"), "building": ("buildings.record", "building_id"),
        "roster": ("staffing", "facility_id"), "profile": ("profiles", "facility_id"),
    }  # fmt: skip
    prefix, column = ids[name]
    return f"{prefix}:{getattr(now.study, CELLS[name][0])[column].iloc[row]}"


def changed_one(now: Assessment, rng: np.random.Generator, evidence: str) -> tuple[Assessment, str]:
    """Return the assessment with the class of one row, position or setting, and its id."""
    kind = rng.choice([*CELLS, *SETTINGS, *FILES, "programme"])
    if kind in SETTINGS:
        return with_settings(now, {str(kind): evidence}), f"scenario.{kind}"
    if kind in FILES:
        return replace(now, study=with_file(now.study, str(kind), evidence)), str(kind)
    if kind == "programme":
        row = int(rng.integers(len(IDS)))
        return with_programme(now, row, evidence), f"indicators:{IDS[row]}"
    row = int(rng.integers(len(getattr(now.study, CELLS[str(kind)][0]))))
    return with_cell(now, str(kind), row, evidence), source_id(now, str(kind), row)


def tables_of(now: Assessment) -> dict[str, pd.DataFrame]:
    """Return every table of a run by its name."""
    sites = now.candidates.sort_values("site_id")
    gaps = now.gaps.sort_values("village_id")  # another order is no other village
    mains = {"villages": now.villages, "city": now.city, "gaps": gaps, "candidates": sites}
    tables = mains | health_office_tables(now)
    return {name: table for name, table in tables.items() if name != "evidence_register"}


def classes(
    now: Assessment, tables: dict[str, pd.DataFrame] | None = None
) -> dict[tuple[str, int], tuple[str, tuple[str, ...], str]]:
    """Return class, what binds it and the class without that of each row of each table.

    Of tables of the same numbers, since no number depends on a class; else of its own.
    """
    found = {}
    for name, table in (tables or tables_of(now)).items():
        if name in MAINS:
            marked = with_main_worth(now, name, table)
        else:
            marked = with_worth(table, row_worths(now, name, table))
        for prefix, of in MAINS.get(name, {"": name}).items():
            rows = marked[[f"{prefix}{c}" for c in COLUMNS]].itertuples(index=False, name=None)
            found |= {(of, n): (row[0], row[1].rows, row[2]) for n, row in enumerate(rows)}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("world", range(few(500 // EACH_WORLD, RARE)))
def test_lowered_nothing_computed_from_it_stays_stronger(world: int) -> None:
    rng = np.random.default_rng(world)
    before = drawn(rng)
    tables, old = tables_of(before), classes(before)
    for _ in range(EACH_WORLD):
        after, name = changed_one(before, rng, "illustrative")
        new = classes(after, tables)
        assert old.keys() == new.keys()
        used = 0
        for key, (evidence, bound_by, _) in new.items():
            assert EVIDENCE.index(evidence) >= EVIDENCE.index(old[key][0]), (key, name)
            ids = {*bound_by, *(b.partition(":")[0] for b in bound_by)}
            used += name in ids or name.partition(":")[0] in ids
        assert used, name


@pytest.mark.slow
@pytest.mark.parametrize("world", range(few(500 // EACH_WORLD, RARE)))
def test_raised_what_it_alone_bound_rises_to_the_class_printed_and_nothing_else(world: int) -> None:
    rng = np.random.default_rng(1000 + world)
    before = drawn(rng)
    tables, old = tables_of(before), classes(before)
    for _ in range(EACH_WORLD):
        after, name = changed_one(before, rng, "reported")
        new = classes(after, tables)
        for key, (evidence, bound_by, without) in old.items():
            expected = without if bound_by == (name,) else evidence
            assert new[key][0] == expected, (key, name)


@pytest.mark.slow
def test_tables_have_the_classes_that_are_compared() -> None:
    now = drawn(np.random.default_rng(5))
    changed, _ = changed_one(now, np.random.default_rng(6), "illustrative")
    assert classes(changed, tables_of(now)) == classes(changed)
    for name, table in health_office_tables(now).items():
        if name != "evidence_register":
            assert [w.evidence for w in row_worths(now, name, table)] == table["evidence"].to_list()


def test_two_inputs_of_one_class_bind_together() -> None:
    a, b = Source("roads", "assumed"), Source("scenario", "assumed", "modes.foot")
    worth = worth_of(frozenset([a, b]))
    assert worth.bound_by == ("roads", "scenario.modes.foot")
    assert worth.without == "assumed"
    assert weakest(["inferred", "estimated", "reported"]) == "inferred"


def test_what_is_reported_is_bound_by_nothing_and_the_oldest_date_stands() -> None:
    rows = [Source("population", "estimated", "population", v, d)
            for v, d in (("v0", "2025-12-22"), ("v1", "2019-12-31"))]  # fmt: skip
    assert worth_of(frozenset(rows)).date == "2019-12-31"
    assert worth_of(frozenset([Source("figures", "reported", row="F")])).bound_by == ()


def test_a_number_that_rests_on_nothing_is_a_choice() -> None:
    assert worth_of(frozenset()) == Worth("assumed")


def test_a_building_and_a_village_rest_on_their_own_rows() -> None:
    """At 8 are b2 and within two minutes the homes of v2, 6.5 to 8.5, and of v3, 9.5."""
    now = assess(study(UNITS, BUILDINGS, facilities=OTHERS), settings())
    basis = gain_basis(now, "b2")
    assert {source.row for source in basis if source.table == "buildings"} == {"b2"}
    assert {source.row for source in basis if source.table == "population"} == {"v2", "v3"}
    of_v1 = ledger_of(now).people(["v1"])
    assert {source.row for source in of_v1 if source.table in {"population", "villages"}} == {"v1"}
    reach = catchments_with_worth(now)
    assert set(reach["evidence"]) == {"assumed"}
    assert {bound.rows for bound in reach["evidence_bound_by"]} == {("scenario.modes.toy",)}
    plan = with_plan_worth(now, now.city)
    assert len(plan) == len(now.city)
    assert {bound.rows for bound in plan["evidence_bound_by"]} == {("costs",)}


def sure(people: tuple[int, ...] = (30, 30, 30, 30), speed: float = 6, new_doctors: int = 1,
         programme: dict[str, list[int]] | None = None, **tables: Any) -> Assessment:  # fmt: skip
    """Return the street with every row reported, and one thing of it other than it is."""
    figures = pd.DataFrame({"village_id": list(IDS), **PROGRAMME, **(programme or {}),
                            "evidence": "reported"})  # fmt: skip
    tables["staffing"] = tables.get("staffing", rosters()).assign(evidence="reported")
    town = whole_town(people=people, indicators=figures, **tables)
    for table, column in CELLS.values():
        getattr(town, table)[column] = "reported"
    scenario = chosen()
    mode = scenario.modes["toy"]
    speeds = mode.speeds_kmh | {"residential": (3, speed, 12)}
    staffing = scenario.staffing.model_copy(update={"new_doctors": new_doctors})
    modes = {"toy": mode.model_copy(update={"speeds_kmh": speeds})}
    return assess(
        with_file(town, "population_raster", "reported"),
        scenario.model_copy(update={"modes": modes, "staffing": staffing}),
    )


def numbers(now: Assessment) -> dict[tuple[str, int], tuple[object, ...]]:
    """Return the numbers of each row of each table."""
    of_rank = [*OF_RANK, *(c for c in now.gaps if c.startswith("rank_"))]
    gaps = now.gaps.sort_values("village_id")
    rank = gaps[list(dict.fromkeys(of_rank))]
    need = gaps.drop(columns=[*rank, "feasibility_score"])
    mains = {
        "villages": now.villages,
        "city": now.city,
        "gaps": need,
        "rank": rank,
        "candidates": now.candidates.sort_values("site_id")[["people_gained"]],
    }
    found = {}
    for name, table in (mains | health_office_tables(now)).items():
        shown = table.select_dtypes("number").drop(columns="strategy", errors="ignore")
        for n, row in enumerate(shown.round(9).fillna(-1).itertuples(index=False, name=None)):
            found[name, n] = row
    return found


@pytest.fixture(scope="module")
def all_sure() -> Assessment:
    """Return the street with every row reported."""
    return sure()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "kind", "row"),
    [
        ({"people": (30, 30, 36, 30)}, "population", 2),
        ({"units": {**UNITS, "u3": ("v3", 12.25), "u9": (None, 12.5)}}, "position", 1),
        ({"units": {**UNITS, "u9": (None, 12.75)}}, "position", 2),
        ({"staffing": rosters(nurses=3)}, "roster", 0),
        ({"staffing": rosters(last_day="4")}, "roster", 2),
        ({"staffing": rosters(doctors=2)}, "roster", 3),
        ({"programme": {"jkn_registered": [20, 25, 25, 30]}}, "programme", 2),
        ({"programme": {"children_under_5": [10, 12, 14, 21]}}, "programme", 3),
        ({"profiles": profiles("laboratory pharmacy")}, "profile", 1),
        ({"homes": {"raster": raster((3, 1, 1, 1, 1, 1, 1, 2))}}, "population_raster", 0),
        ({"buildings": {"b1": ("v1", 4.0), "b2": ("v2", 9.0)}}, "building", 1),
        ({"new_doctors": 2}, "staffing", 0),
        ({"speed": 7}, "modes.toy", 0),
    ],
    ids=[
        "people",
        "position",
        "unit_beyond",
        "roster",
        "roster_beyond",
        "doctors",
        "jkn",
        "children",
        "services",
        "raster",
        "building",
        "new_doctors",
        "speed",
    ],
)
def test_every_number_that_moves_with_an_input_rests_on_it(
    all_sure: Assessment, changed: dict[str, Any], kind: str, row: int
) -> None:
    lowered = with_one(all_sure, kind, row)
    worth, old, new = classes(lowered), numbers(all_sure), numbers(sure(**changed))
    moved = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    assert moved
    strong = {key for key in moved if worth[key][0] != "illustrative"}
    assert strong == set()


def with_one(now: Assessment, kind: str, row: int) -> Assessment:
    """Return the assessment with one row, file or setting illustrative."""
    if kind in SETTINGS:
        return with_settings(now, {kind: "illustrative"})
    if kind in FILES:
        return replace(now, study=with_file(now.study, kind, "illustrative"))
    if kind == "programme":
        return with_programme(now, row, "illustrative")
    return with_cell(now, kind, row, "illustrative")
