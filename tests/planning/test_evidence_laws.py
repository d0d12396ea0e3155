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

from batu_geo.domain.tables import EVIDENCE
from batu_geo.planning.assess import assess
from batu_geo.planning.evidence.bases import gain_basis
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.main_worths import (
    catchments_with_worth,
    with_main_worth,
    with_plan_worth,
)
from batu_geo.planning.evidence.worth import Source, Worth, weakest, worth_of
from batu_geo.planning.tables.health_office_tables import health_office_tables
from tests.how_many import few
from tests.planning.street import IDS, criterion, roster, settings, study

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}
OTHERS = {"pkm-barat": ("PUSKESMAS", 1.0), "rs-1": ("RUMAH_SAKIT", 13.0)}
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
}
# What of a ranked village its rank says, by `rank_evidence`; readiness has a table of its own.
OF_RANK = ("rank", "rank_if_border_closed", "first_share_percent", "rank_share_percent")
SETTINGS = ("modes.toy", "demand", "candidates", "staffing")


def drawn(rng: np.random.Generator) -> Assessment:
    """Return the street with random classes of every row, position and setting."""
    staff = roster(
        ("u0", "nurse", 1, "1,2", "08:00", "12:00"), ("u3", "midwife", 2, None, None, None),
        ("pkm-barat", "doctor", 1, None, None, None),
    )  # fmt: skip
    programme = pd.DataFrame(
        {"village_id": list(IDS), "poor_or_near_poor": [10, 10, 20, 20],
         "evidence": rng.choice(EVIDENCE, len(IDS))}
    )  # fmt: skip
    town = study(UNITS, BUILDINGS, facilities=OTHERS, staffing=staff, indicators=programme)
    for table, column in CELLS.values():
        rows = getattr(town, table)
        rows[column] = pd.array(rng.choice(EVIDENCE, len(rows)), dtype="str")
    return with_settings(
        assess(town, settings(need=NEED)),
        dict(zip(SETTINGS, rng.choice(EVIDENCE, 4), strict=False)),
    )


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


def classes(now: Assessment) -> dict[tuple[str, int], tuple[str, tuple[str, ...], str]]:
    """Return class, what binds it and the class without that of each row of each table."""
    gaps = now.gaps.sort_values("village_id")  # another order is no other village
    mains = {"villages": now.villages, "city": now.city, "gaps": gaps}
    tables = {n: with_main_worth(now, n, t) for n, t in mains.items()} | health_office_tables(now)
    columns = ["evidence", "evidence_bound_by", "evidence_without"]
    found = {
        (name, n): (row[0], row[1].rows, row[2])
        for name, table in tables.items()
        if name != "evidence_register"
        for n, row in enumerate(table[columns].itertuples(index=False, name=None))
    }
    ranks = tables["gaps"][[f"rank_{c}" for c in columns]].itertuples(index=False, name=None)
    return found | {("rank", n): (r[0], r[1].rows, r[2]) for n, r in enumerate(ranks)}


def source_id(now: Assessment, name: str, row: int) -> str:
    ids = {
        "population": ("population.population", "village_id"), "outline": ("villages.outline", "village_id"),
        "unit": ("villages.unit_evidence", "village_id"), "record": ("facilities.record", "facility_id"),
        "position": ("facilities.position", "facility_id"), "building": ("buildings.record", "building_id"),
        "roster": ("staffing", "facility_id"),
    }  # fmt: skip
    prefix, column = ids[name]
    return f"{prefix}:{getattr(now.study, CELLS[name][0])[column].iloc[row]}"


def changed_one(now: Assessment, rng: np.random.Generator, evidence: str) -> tuple[Assessment, str]:
    """Return the assessment with the class of one row, position or setting, and its id."""
    kind = rng.choice([*CELLS, *SETTINGS])
    if kind in SETTINGS:
        return with_settings(now, {str(kind): evidence}), f"scenario.{kind}"
    row = int(rng.integers(len(getattr(now.study, CELLS[str(kind)][0]))))
    return with_cell(now, str(kind), row, evidence), source_id(now, str(kind), row)


@pytest.mark.slow
@pytest.mark.parametrize("world", range(few(20)))
def test_lowered_nothing_computed_from_it_stays_stronger(world: int) -> None:
    rng = np.random.default_rng(world)
    before = drawn(rng)
    after, name = changed_one(before, rng, "illustrative")
    old, new = classes(before), classes(after)
    assert old.keys() == new.keys()
    used = 0
    for key, (evidence, bound_by, _) in new.items():
        assert EVIDENCE.index(evidence) >= EVIDENCE.index(old[key][0]), (key, name)
        ids = {*bound_by, *(b.partition(":")[0] for b in bound_by)}
        used += name in ids or name.partition(":")[0] in ids
    assert used, name


@pytest.mark.slow
@pytest.mark.parametrize("world", range(few(20)))
def test_raised_what_it_alone_bound_rises_to_the_class_printed_and_nothing_else(world: int) -> None:
    rng = np.random.default_rng(1000 + world)
    before = drawn(rng)
    after, name = changed_one(before, rng, "reported")
    old, new = classes(before), classes(after)
    for key, (evidence, bound_by, without) in old.items():
        expected = without if bound_by == (name,) else evidence
        assert new[key][0] == expected, (key, name)


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


def sure(people: tuple[int, ...] = (30, 30, 30, 30), unit_at: float = 12.0, nurses: int = 1,
         poor: int = 10, speed: float = 6) -> Assessment:  # fmt: skip
    """Return the street with every row reported, and one thing of it other than it is."""
    staff = roster(
        ("u0", "nurse", nurses, "1,2", "08:00", "12:00"), ("u3", "midwife", 2, None, None, None)
    )
    programme = pd.DataFrame({"village_id": list(IDS), "poor_or_near_poor": [10, 10, poor, 20],
                              "evidence": "reported"})  # fmt: skip
    units = {"u0": ("v0", 0.0), "u3": ("v3", unit_at)}
    town = study(units, BUILDINGS, people=people, facilities=OTHERS,
                 staffing=staff.assign(evidence="reported"), indicators=programme)  # fmt: skip
    for table, column in CELLS.values():
        getattr(town, table)[column] = "reported"
    chosen = settings(need=NEED)
    mode = chosen.modes["toy"]
    speeds = mode.speeds_kmh | {"residential": (3, speed, 12)}
    modes = {"toy": mode.model_copy(update={"speeds_kmh": speeds})}
    return assess(town, chosen.model_copy(update={"modes": modes}))


def numbers(now: Assessment) -> dict[tuple[str, int], tuple[object, ...]]:
    """Return the numbers of each row of each table."""
    of_rank = [*OF_RANK, *(c for c in now.gaps if c.startswith("rank_"))]
    gaps = now.gaps.sort_values("village_id")
    rank = gaps[list(dict.fromkeys(of_rank))]
    need = gaps.drop(columns=[*rank, "feasibility_score"])
    mains = {"villages": now.villages, "city": now.city, "gaps": need, "rank": rank}
    found = {}
    for name, table in (mains | health_office_tables(now)).items():
        shown = table.select_dtypes("number").drop(columns="strategy", errors="ignore")
        for n, row in enumerate(shown.round(9).fillna(-1).itertuples(index=False, name=None)):
            found[name, n] = row
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "kind", "row"),
    [
        ({"people": (30, 30, 36, 30)}, "population", 2),
        ({"unit_at": 12.25}, "position", 1),
        ({"nurses": 3}, "roster", 0),
        ({"speed": 7}, "modes.toy", 0),
    ],
    ids=["people", "position", "roster", "speed"],
)
def test_every_number_that_moves_with_an_input_rests_on_it(
    changed: dict[str, Any], kind: str, row: int
) -> None:
    before = sure()
    lowered = (
        with_settings(before, {kind: "illustrative"})
        if kind in SETTINGS
        else with_cell(before, kind, row, "illustrative")
    )
    worth, old, new = classes(lowered), numbers(before), numbers(sure(**changed))
    moved = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    assert moved
    strong = {key for key in moved if worth[key][0] != "illustrative"}
    assert strong == set()
