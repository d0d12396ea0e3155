"""Where a bench stands is the same whether it is taken over or found from the start."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import NewUnit
from batu_geo.domain.travel import Closure
from batu_geo.planning.assess import assess
from batu_geo.planning.situation import (
    ranked_villages,
    served_people,
    situation_of,
    villages_reached,
)
from batu_geo.planning.study import Study, as_changed
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.at_rest import at_rest
from batu_geo.workbench.bench import Bench, after, bench_of, scenario_of, undone
from batu_geo.workbench.bench_answer import BenchAnswer, bench_answer
from batu_geo.workbench.edits import (
    ChangeStreet,
    MoveUnit,
    OpenUnit,
    SetCriterion,
    SetMode,
    SetSpeeds,
    SetStatus,
    SetThreshold,
)
from batu_geo.workbench.standing import Standing, measured, standing
from tests.how_many import is_all
from tests.toy_study import point
from tests.workbench.states import compared
from tests.workbench.town import EDITS, TOWN, drawn_step, write_town

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 20
# How many standings are at hand, as on a page with a state A and a state B.
AT_HAND = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town") / "study")


@pytest.fixture(scope="module")
def town(folder: Path) -> Study:
    return load_study(folder)


@pytest.fixture(scope="module")
def bench(town: Study) -> Bench:
    return bench_of(load_scenario("baseline", study=town))


@pytest.fixture(scope="module")
def today(town: Study, bench: Bench) -> BenchAnswer:
    found = bench_answer(standing(town, bench.base))
    villages_reached(found.standing.situation)
    return found


def place(right: float, down: float) -> dict[str, float]:
    return {"lon": point(right, down).x, "lat": point(right, down).y}


def same(found: BenchAnswer, study: Study) -> None:
    """Compare with the chain from the start, in every mode, and with the gains found anew."""
    scenario = found.standing.scenario
    afresh = situation_of(as_changed(study, scenario), scenario)
    pd.testing.assert_frame_equal(
        villages_reached(measured(found.standing)), villages_reached(afresh)
    )
    pd.testing.assert_frame_equal(
        ranked_villages(measured(found.standing)), ranked_villages(afresh)
    )
    pd.testing.assert_frame_equal(
        found.gaps, ranked_villages(afresh).assign(mean_distance_m=np.nan)
    )
    assert found.people_served == served_people(afresh) == found.villages["served"].sum()
    pd.testing.assert_frame_equal(found.gains, bench_answer(standing(study, scenario)).gains)


@pytest.mark.parametrize("block", range(50 if is_all() else 6))
@pytest.mark.slow
def test_whatever_was_done_before_the_numbers_are_those_from_the_start(
    town: Study, bench: Bench, block: int
) -> None:
    """Walks of 20 random steps, some that the study cannot follow; every answer is compared."""
    rng, known, last, met = np.random.default_rng([27, block]), [], None, Counter()
    for _ in range(STEPS):
        before, bench = bench, drawn_step(rng, bench)
        try:
            now = standing(town, scenario_of(bench), after=known)
        except ScenarioError:
            met["refused"] += 1
            bench = undone(before) if before is bench else before
            continue
        last = bench_answer(now, before=last)
        same(last, town)
        known = [now, *(one for one in known if one is not now)][:AT_HAND]
        met["compared"] += 1
    assert met["compared"] >= STEPS / 4


def stand(today: BenchAnswer, bench: Bench, *edits: object) -> Standing:
    town = today.standing.given
    return standing(town, scenario_of(after(bench, *edits)), after=[today.standing])


def test_weights_and_shorter_thresholds_need_no_travel(today: BenchAnswer, bench: Bench) -> None:
    weight = bench.base.need[1].model_copy(update={"weight": 9.0})
    now, old = stand(today, bench, SetCriterion(criterion=weight)), today.standing
    for mode in ("foot", "motorcycle"):
        assert now.situation.times[mode] is old.situation.times[mode]
    shorter = stand(today, bench, SetThreshold(minutes=7))
    assert shorter.situation.times["foot"] is old.situation.times["foot"]
    assert bench_answer(shorter, before=today).sites is today.sites
    longer = stand(today, bench, SetThreshold(minutes=45))
    assert longer.situation.joined["foot"] is old.situation.joined["foot"]
    same(bench_answer(longer, before=today), old.given)


def test_a_unit_is_a_column_on_the_same_graph(today: BenchAnswer, bench: Bench) -> None:
    old, unit = today.standing.situation, OpenUnit(unit=NewUnit(unit_id="b", source="uji"))
    more = stand(today, bench, unit)
    assert more.situation.graphs["foot"] is old.graphs["foot"]
    assert [*more.situation.units] == ["U-v.1", "U-v.4", "b"]
    assert [*more.of_others["foot"].destination_ids] == ["U-v.1", "U-v.4"]
    less = stand(today, bench, SetStatus(unit_id="U-v.1", status="closed"))
    assert [*less.of_others["foot"].destination_ids] == ["U-v.4"]
    for one in (more, less):
        same(bench_answer(one, before=today), one.given)


@pytest.mark.slow
def test_times_to_buildings_hold_while_one_unit_is_dragged(
    today: BenchAnswer, bench: Bench
) -> None:
    known, last, sites = [today.standing], today, []
    for right in range(4, 14):
        moved = after(bench, MoveUnit(unit_id="U-v.1", **place(right, 2.5)))
        now = standing(today.standing.given, scenario_of(moved), after=known)
        last = bench_answer(now, before=last)
        sites.append(last.sites)
        known = [now]
        same(last, now.given)
    assert all(one is sites[0] for one in sites)


def test_closures_and_speeds_leave_the_joins(today: BenchAnswer, bench: Bench) -> None:
    old, at = today.standing.situation, place(2, 0)
    shut = Closure(name="longsor", at=(at["lon"], at["lat"]), source="uji")
    for edit in (ChangeStreet(closure=shut), SetSpeeds(speed_set="slow")):
        now = stand(today, bench, edit)
        assert now.situation.graphs["foot"] is not old.graphs["foot"]
        assert now.situation.joined["foot"] is old.joined["foot"]
        same(bench_answer(now, before=today), now.given)


def test_a_closure_of_one_mode_leaves_the_graph_of_the_other(
    today: BenchAnswer, bench: Bench
) -> None:
    shut = Closure(name="portal", ways=(1,), modes=("motorcycle",), source="uji")
    now, old = stand(today, bench, ChangeStreet(closure=shut)), today.standing.situation
    assert now.situation.times["foot"] is old.times["foot"]
    assert now.situation.graphs["motorcycle"] is not old.graphs["motorcycle"]
    same(bench_answer(now, before=today), now.given)


def test_going_back_is_the_standing_itself(today: BenchAnswer, bench: Bench) -> None:
    old = today.standing
    slow = standing(old.given, scenario_of(after(bench, SetSpeeds(speed_set="slow"))), after=[old])
    assert standing(old.given, bench.base, after=[slow, old]) is old
    weight = bench.base.need[1].model_copy(update={"weight": 9.0})
    back = scenario_of(after(bench, SetCriterion(criterion=weight)))
    now = standing(old.given, back, after=[slow, old])
    assert now.situation.times["foot"] is old.situation.times["foot"]


def test_a_mode_without_thresholds_gets_the_one_of_the_headline(
    today: BenchAnswer, bench: Bench
) -> None:
    now = bench_answer(stand(today, bench, SetMode(mode="car")), before=today)
    assert now.standing.situation.times["foot"] is today.standing.situation.times["foot"]
    assert set(now.villages["mode"]) == {"car"}
    same(now, today.standing.given)


def test_nothing_of_another_study_is_taken_over(
    today: BenchAnswer, bench: Bench, folder: Path
) -> None:
    other = load_study(folder)
    now = standing(other, bench.base, after=[today.standing])
    assert now is not today.standing
    assert now.situation.demand is not today.standing.situation.demand


def test_at_rest_is_what_an_assessment_says(today: BenchAnswer, bench: Bench) -> None:
    moved = stand(today, bench, MoveUnit(unit_id="U-v.4", **place(9, 2)), SetThreshold(minutes=4))
    found, whole = at_rest(moved), assess(moved.given, moved.scenario)
    pd.testing.assert_frame_equal(found.gaps, whole.gaps[[*found.gaps]])
    assert found.served_if_closed == whole.border.served_if_closed
    assert found.served["middle"] == served_people(whole.situation)
    assert found.served["slow"] < found.served["fast"]


@pytest.mark.slow
def test_saved_states_planned_from_their_files_have_the_same_numbers(folder: Path) -> None:
    """People, villages, ranking, gains and costs; with `--all-worlds` see `states.py`."""
    met = compared(folder, TOWN, 500 if is_all() else 25, by_verb=20 if is_all() else 12)
    assert met["differ"] == 0
    assert {*EDITS} - {*met} <= (set() if is_all() else {*EDITS})
    assert met["by the verb"] >= 3
