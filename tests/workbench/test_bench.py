"""Edits and their list, by hand on the scenario of the embedded study."""

from __future__ import annotations

from typing import Any

import pytest

from batu_geo.domain.criteria import Criterion
from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.domain.site_choice import FacilityChange, NewUnit
from batu_geo.domain.travel import Closure, NewRoad
from batu_geo.planning.study import as_changed
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import (
    STEPS_KEPT,
    Bench,
    after,
    bench_of,
    redone,
    scenario_of,
    undone,
    without_ground,
)
from batu_geo.workbench.bench_text import bench_from, bench_text
from batu_geo.workbench.edits import (
    TRIED,
    BuildRoad,
    ChangeStreet,
    MoveUnit,
    OpenUnit,
    Remove,
    SetBudget,
    SetCapacity,
    SetCriterion,
    SetHours,
    SetMode,
    SetModel,
    SetSeason,
    SetSpeeds,
    SetStaffCap,
    SetStatus,
    SetThreshold,
    Switch,
    UpgradeUnit,
)
from batu_geo.workbench.fold import fold
from tests.planning.street import settings, study

PLACE = {"lon": 112.5, "lat": -7.8}
CLOSED = Closure(name="longsor", at=(112.5, -7.8), source="x")
ROAD = NewRoad(name="pintas", line=((112, -7), (113, -7)), road_class="path", source="x")


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario("baseline")


@pytest.fixture
def bench(base: Scenario) -> Bench:
    return bench_of(base)


def opened(unit_id: str, **more: Any) -> OpenUnit:
    return OpenUnit(unit=NewUnit(unit_id=unit_id, source="x", **more))


def keys(bench: Bench) -> list[str]:
    return [change.key for change in bench.changes]


def test_each_edit_changes_its_own_setting_and_nothing_else(base: Scenario) -> None:
    weight = Criterion(name="people_beyond", weight=9, none_at=0, worst_at=10, reason="x")
    head, travel = base.headline, base.travel
    cases: list[tuple[Any, dict[str, Any]]] = [
        (opened("ILU-1"), {"new_units": (NewUnit(unit_id="ILU-1", source="x"),)}),
        (MoveUnit(unit_id="u", **PLACE),
         {"facility_changes": (FacilityChange(facility_id="u", source=TRIED, **PLACE),)}),
        (SetStatus(unit_id="u", status="closed", source="y"),
         {"facility_changes": (FacilityChange(facility_id="u", status="closed", source="y"),)}),
        (UpgradeUnit(facility_id="p"),
         {"facility_changes": (FacilityChange(facility_id="p", status="active", kind="UPKDK", source=TRIED),)}),
        (ChangeStreet(closure=CLOSED), {"closures": (CLOSED,)}),
        (BuildRoad(road=ROAD), {"new_roads": (ROAD,)}),
        (SetThreshold(minutes=30), {"headline": head.model_copy(update={"threshold_minutes": 30.0})}),
        (SetMode(mode="motorcycle"), {"headline": head.model_copy(update={"mode": "motorcycle"})}),
        (SetSpeeds(speed_set="slow"), {"travel": travel.model_copy(update={"speed_set": "slow"})}),
        (SetSeason(season="kemarau"), {"travel": travel.model_copy(update={"season": "kemarau"})}),
        (SetCriterion(criterion=weight), {"need": (base.need[0], weight, *base.need[2:])}),
        (SetHours(first=7, last=12),
         {"staffing": base.staffing.model_copy(update={"working_hours": (7, 12)})}),
    ]  # fmt: skip
    for edit, meant in cases:
        assert fold(base, [edit]) == base.model_copy(update=meant), edit.what
    assert fold(base, []) is base


def test_edits_of_a_plan_begin_one_where_the_scenario_has_none(base: Scenario) -> None:
    rules = [SetBudget(rupiah=5), SetStaffCap(profession="nurse", count=2)]
    found = fold(base, rules).siting
    assert found is not None
    assert (found.model, found.budget_rupiah, dict(found.staff_caps)) == ("mclp", 5, {"nurse": 2})
    assert found.source == TRIED
    freed = [SetBudget(rupiah=None), SetStaffCap(profession="nurse", count=None)]
    again = fold(fold(base, rules), freed).siting
    assert again == found.model_copy(update={"budget_rupiah": None, "staff_caps": {}})


@pytest.mark.parametrize(
    ("model", "meant"), [("mclp", "capacitated_mclp"), ("p_median", "capacitated_p_median")]
)
def test_a_capacity_asks_for_the_model_that_knows_it_in_any_order(
    base: Scenario, model: Any, meant: str
) -> None:
    edits = [SetModel(model=model, site_count=2), SetCapacity(people_per_unit=900)]
    for order in (edits, edits[::-1]):
        found = fold(base, order).siting
        assert found is not None
        assert (found.model, found.site_count, found.people_per_unit) == (meant, 2, 900)
    with pytest.raises(ScenarioError, match=r"people_per_unit tidak berarti"):
        fold(base, [SetModel(model="lscp"), SetCapacity(people_per_unit=900)])


def test_another_model_leaves_out_what_is_of_lscp_alone(base: Scenario) -> None:
    covering = fold(base, [SetModel(model="lscp")])
    siting = covering.siting
    assert siting is not None
    lscp = covering.model_copy(
        update={"siting": siting.model_copy(update={"only_coverable": True})}
    )
    kept, left = fold(lscp, [SetBudget(rupiah=1)]), fold(lscp, [SetModel(model="mclp")])
    assert kept.siting is not None
    assert left.siting is not None
    assert (kept.siting.only_coverable, left.siting.only_coverable) == (True, False)


def test_the_edits_of_an_upgrade_do_not_depend_on_their_order(base: Scenario) -> None:
    edits = [SetStatus(unit_id="p", status="closed"), UpgradeUnit(facility_id="p"),
             MoveUnit(unit_id="p", **PLACE)]  # fmt: skip
    found = fold(base, edits).facility_changes
    assert [(change.kind, change.status) for change in found] == [
        ("UPKDK", "active"), (None, "closed"), (None, None),
    ]  # fmt: skip
    assert fold(base, [edits[1], edits[0], edits[2]]).facility_changes == found


def test_what_a_scenario_says_already_is_said_once(base: Scenario) -> None:
    edits = [opened("ILU-1"), SetStatus(unit_id="u", status="closed"), ChangeStreet(closure=CLOSED)]
    once = fold(base, edits)
    assert fold(once, edits) == once
    wider = CLOSED.model_copy(update={"speed_factor": 2.0})
    assert fold(once, [ChangeStreet(closure=wider)]).closures == (wider,)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (SetMode(mode="perahu"), "BG-302"),
        (SetSeason(season="semi"), "BG-302"),
        (SetHours(first=12, last=9), "BG-302"),
        (Remove(of="threshold"), "BG-321"),
        (Switch(of="threshold", is_on=False), "BG-321"),
    ],
)
def test_a_refused_step_leaves_the_bench_as_it_was(bench: Bench, edit: Any, code: str) -> None:
    before = after(bench, SetSpeeds(speed_set="slow"))
    with pytest.raises(ScenarioError, match=code):
        after(before, opened("ILU-1"), edit)
    assert keys(before) == ["speeds"]


def test_every_weight_at_0_is_refused_and_so_is_switching_off_the_last(bench: Bench) -> None:
    def weight(name: str, value: float) -> SetCriterion:
        known = next(c for c in bench.base.need if c.name == name)
        return SetCriterion(criterion=known.model_copy(update={"weight": value}))

    names = [criterion.name for criterion in bench.base.need]
    alone = after(bench, *(weight(name, 0) for name in names[1:]))
    with pytest.raises(ScenarioError, match="setiap bobot need adalah 0"):
        after(alone, weight(names[0], 0))


def test_a_slider_leaves_one_change_and_every_turn_can_be_taken_back(bench: Bench) -> None:
    for minutes in (10, 12, 14):
        bench = after(bench, SetThreshold(minutes=minutes))
    assert keys(bench) == ["threshold"]
    assert scenario_of(bench).headline.threshold_minutes == 14
    assert scenario_of(undone(bench)).headline.threshold_minutes == 12
    assert redone(undone(bench)) == bench
    assert undone(undone(undone(undone(bench)))) == undone(undone(undone(bench)))
    assert redone(bench) == bench


def test_a_new_step_forgets_what_was_taken_back(bench: Bench) -> None:
    first = after(bench, SetThreshold(minutes=10))
    other = after(undone(after(first, SetSpeeds(speed_set="slow"))), SetSeason(season="kemarau"))
    assert redone(other) == other
    assert keys(other) == ["threshold", "season"]


def test_a_step_of_several_acts_is_taken_back_at_once(bench: Bench) -> None:
    plan = after(bench, opened("ILU-1"), opened("ILU-2"), opened("ILU-3"))
    assert len(scenario_of(plan).new_units) == 3
    assert scenario_of(undone(plan)) == bench.base


def test_a_change_that_is_switched_off_keeps_its_place(bench: Bench) -> None:
    three = after(bench, SetThreshold(minutes=10), SetSpeeds(speed_set="slow"), opened("ILU-1"))
    off = after(three, Switch(of="speeds", is_on=False))
    assert [(c.key, c.is_on) for c in off.changes] == [
        ("threshold", True), ("speeds", False), ("unit:ILU-1", True),
    ]  # fmt: skip
    assert scenario_of(off).travel == bench.base.travel
    assert scenario_of(after(off, Switch(of="speeds", is_on=True))) == scenario_of(three)
    again = after(off, SetSpeeds(speed_set="fast"))
    assert keys(again) == keys(three)
    assert scenario_of(again).travel.speed_set == "fast"


def test_a_change_taken_out_is_as_if_it_had_never_been(bench: Bench) -> None:
    both = after(bench, SetThreshold(minutes=10), SetSpeeds(speed_set="slow"))
    left = after(both, Remove(of="threshold"))
    assert scenario_of(left) == scenario_of(after(bench, SetSpeeds(speed_set="slow")))
    assert scenario_of(undone(left)) == scenario_of(both)


def test_a_unit_opened_here_is_moved_and_closed_in_the_same_change(bench: Bench) -> None:
    moved = after(after(bench, opened("baru", lon=112, lat=-7)), MoveUnit(unit_id="baru", **PLACE))
    assert keys(moved) == ["unit:baru"]
    (unit,) = scenario_of(moved).new_units
    assert (unit.lon, unit.lat) == (112.5, -7.8)
    assert keys(after(moved, SetStatus(unit_id="baru", status="temporarily_closed"))) == []
    off = after(moved, Switch(of="unit:baru", is_on=False))
    assert scenario_of(after(off, SetStatus(unit_id="baru", status="active"))).new_units == (unit,)
    with pytest.raises(ScenarioError, match="BG-306"):
        after(moved, UpgradeUnit(facility_id="baru"))


def test_a_unit_in_a_building_stays_where_the_building_is(bench: Bench) -> None:
    with pytest.raises(ScenarioError, match="BG-322"):
        after(after(bench, opened("ILU-1")), MoveUnit(unit_id="ILU-1", **PLACE))


@pytest.mark.slow
def test_the_oldest_steps_become_one_and_no_change_is_lost(bench: Bench) -> None:
    bench = after(bench, opened("ILU-1"), ChangeStreet(closure=CLOSED))
    bench = after(bench, Switch(of="street:longsor", is_on=False))
    whole = bench
    for n in range(2 * STEPS_KEPT):
        bench = after(bench, SetThreshold(minutes=10 + n))
    assert len(bench.steps) <= 2 * STEPS_KEPT
    assert [(c.key, c.is_on) for c in bench.changes] == [
        *((c.key, c.is_on) for c in whole.changes), ("threshold", True),
    ]  # fmt: skip
    while undone(bench) != bench:
        bench = undone(bench)
    assert bench.done == 0


def test_settings_of_the_command_line_are_settings_like_any_other() -> None:
    bench = bench_of(load_scenario("baseline", overrides=["snapping.warn_m=77"]))
    assert (bench.base.overrides, bench.base.snapping.warn_m) == ((), 77)


def test_a_bench_survives_being_written(bench: Bench) -> None:
    bench = after(
        bench, opened("baru", **PLACE), SetBudget(rupiah=None), ChangeStreet(closure=CLOSED)
    )
    bench = undone(after(bench, Switch(of="street:longsor", is_on=False)))
    text = bench_text(bench)
    assert bench_from(text) == bench
    assert bench_text(bench_from(text.encode())) == text


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text[: len(text) // 2],
        lambda _text: "",
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace('"done": 1', '"done": 2'),
        lambda text: text.replace('"done": 1', '"done": -1'),
        lambda text: text.replace('"done": 1', '"done": true'),
        lambda text: text.replace('"set_threshold"', '"set_thresholds"'),
        lambda text: text.replace('"minutes": 10.0', '"minutes": "NaN"'),
        lambda text: text.replace('"minutes": 10.0', '"minutes": 10.0, "x": 1'),
        lambda text: "\x00" + text,
    ],
)
def test_a_text_that_is_spoilt_is_refused_with_one_message(bench: Bench, spoilt: Any) -> None:
    text = bench_text(after(bench, SetThreshold(minutes=10)))
    assert spoilt(text) != text
    with pytest.raises(ScenarioError, match=r"BG-323 meja\.json"):
        bench_from(spoilt(text), "meja.json")


def test_what_is_wrong_with_a_text_is_said_in_words(bench: Bench) -> None:
    text = bench_text(after(bench, SetThreshold(minutes=10)))
    with pytest.raises(ScenarioError, match="teksnya bukan JSON yang utuh"):
        bench_from("[" * 100_000)
    with pytest.raises(ScenarioError, match="ubah bukan salah satu dari"):
        bench_from(text.replace('"set_threshold"', '"ubah"'))
    with pytest.raises(ScenarioError, match=r"2 langkah berlaku, padahal hanya ada 1"):
        bench_from(text.replace('"done": 1', '"done": 2'))


def test_a_text_whose_steps_lead_nowhere_is_refused(bench: Bench) -> None:
    text = bench_text(after(bench, SetThreshold(minutes=10)))
    with pytest.raises(ScenarioError, match="BG-302"):
        bench_from(text.replace('"set_threshold"', '"set_mode"').replace('"minutes": 10.0', '"mode": "x"')
                   .replace('"key": "threshold"', '"key": "mode"'))  # fmt: skip
    one = Bench(bench.base, ((Remove(of="speeds"),),), 0)
    with pytest.raises(ScenarioError, match="BG-321"):
        bench_from(bench_text(one))


def test_changes_that_a_study_cannot_follow_are_named_with_the_reason() -> None:
    town = study({"u0": ("v0", 0.0)}, {"b1": ("v1", 4.0)})
    bench = after(
        bench_of(settings()), opened("b1"), opened("b2"), SetStatus(unit_id="u0", status="closed"),
        SetStatus(unit_id="u9", status="closed"), MoveUnit(unit_id="u0", lon=0, lat=0),
    )  # fmt: skip
    bench = after(bench, Switch(of="unit:b2", is_on=False))
    found = without_ground(bench, town)
    assert {key: [p.code for p in problems] for key, problems in found.items()} == {
        "unit:b2": ["BG-307"], "status:u9": ["BG-306"], "place:u0": ["BG-316"],
    }  # fmt: skip
    kept = after(bench, *(Remove(of=key) for key in found))
    assert as_changed(town, scenario_of(kept)).facilities["status"].tolist() == ["closed", "active"]
