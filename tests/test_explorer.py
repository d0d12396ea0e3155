"""The numbers of the explorer are those of a run, and can be worked out by hand on a toy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.access.place_seconds import CUT_OFF, LONGEST_S, UNREACHABLE, whole_seconds
from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import (
    ExplorerState,
    explorer_answer,
    explorer_data,
)
from batu_geo.render.web.explorer.explorer_page import explorer_page
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import find_scenario, read_scenario
from tests.toy_study import write_toy_study

pytestmark = pytest.mark.slow

SETTINGS = ["modes.foot.slope=none", "modes.foot.speeds_kmh={residential=[6, 6, 6]}",
            "modes.motorcycle.speeds_kmh={residential=[12, 12, 12]}",
            "demand.spacing_m=101",
            "modes.foot.thresholds_minutes=[2]", "headline.threshold_minutes=2",
            'demand.inhabited_classes=["residential"]']  # fmt: skip


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """One street of ten blocks of 100 m: a unit at its west end, a building at its east end.

    Each block has 10 people in its middle and takes a minute on foot. The west half is
    village v.1, which has the unit; the east half is v.2.
    """
    folder = write_toy_study(
        tmp_path_factory.mktemp("toy") / "study",
        "A         K",
        {"AK": "residential"},
        villages={"v.1": ((-1, -1, 5, 1), 50), "v.2": ((5, -1, 11, 1), 50)},
        units={"v.1": (0, 0)},
        buildings={"E": (10, 0)},
    )
    study = load_study(folder)
    scenario = read_scenario(find_scenario("baseline", folder), overrides=SETTINGS)
    return explorer_data(assess(study, scenario))


@pytest.mark.parametrize(
    ("mode", "minutes", "chosen", "served", "gain"),
    [("foot", 2, (), 20, 20), ("foot", 2, ("E",), 40, None), ("foot", 3, (), 30, 30),
     ("foot", 7, (), 70, 30), ("motorcycle", 2, (), 40, 40), ("motorcycle", 5, ("E",), 100, None)],
)  # fmt: skip
def test_a_street_by_hand(toy, mode, minutes, chosen, served, gain) -> None:
    """Middles of blocks lie 0.5, 1.5, ... minutes from an end on foot, half of that by motorcycle."""
    answer = explorer_answer(toy, ExplorerState(mode, minutes, chosen=chosen))
    assert answer["served"] == served
    assert answer["population"] == 100
    assert answer["served_today"] == explorer_answer(toy, ExplorerState(mode, minutes))["served"]
    assert answer["gains"] == ({} if gain is None else {"E": gain})


def test_a_village_with_a_chosen_building_leaves_the_ranking(toy) -> None:
    before = explorer_answer(toy, ExplorerState("foot", 2))
    after = explorer_answer(toy, ExplorerState("foot", 2, chosen=("E",)))
    assert [row[1] for row in before["ranking"]] == ["v.2"]
    assert before["ranking"][0][3] == pytest.approx(7.5, abs=0.017)
    assert after["ranking"] == []


def test_without_a_roster_hours_say_nothing_and_the_page_hides_them(toy) -> None:
    assert toy.staffed is None
    at_night = explorer_answer(toy, ExplorerState("foot", 2, weekday=7, hour=3))
    assert at_night["served"] == 20
    assert '"hasHours":false' in explorer_page(toy, "id").html


@pytest.fixture(scope="module")
def data(baseline):
    return explorer_data(baseline)


def test_the_people_are_those_of_the_run_at_every_threshold(data) -> None:
    for row in data.assessment.city.to_dict("records"):
        state = ExplorerState(row["mode"], int(row["threshold_minutes"]))
        answer = explorer_answer(data, state)
        assert answer["served"] == row["served"]
        same = data.assessment.villages[
            (data.assessment.villages["mode"] == row["mode"])
            & (data.assessment.villages["threshold_minutes"] == row["threshold_minutes"])
        ]
        by_village = dict(zip(same["village_id"], same["served"], strict=True))
        assert {k: v for k, v in by_village.items() if k in answer["villages"]} == answer[
            "villages"
        ]


def test_the_ranking_and_the_gains_are_those_of_the_run(data) -> None:
    head = data.assessment.scenario.headline
    answer = explorer_answer(data, ExplorerState(head.mode, int(head.threshold_minutes)))
    gaps = data.assessment.gaps
    assert [row[1] for row in answer["ranking"]] == list(gaps["village_id"])
    for row, gap in zip(answer["ranking"], gaps.to_dict("records"), strict=True):
        assert row[4] == gap["people_beyond"]
        assert 0 <= row[3] - gap["mean_minutes"] <= 1 / 60
    gains = dict(zip(data.sites["site_id"], data.sites["people_gained"], strict=True))
    assert answer["gains"] == gains


def test_an_hour_is_that_of_the_table_of_staff(data) -> None:
    from batu_geo.planning.tables.staff_and_referral import staff_tables

    hours = staff_tables(data.assessment)["staff_hours"]
    head = data.assessment.scenario.headline
    for row in hours.sample(10, random_state=3).to_dict("records"):
        state = ExplorerState(head.mode, int(head.threshold_minutes), row["weekday"], row["hour"])
        assert explorer_answer(data, state)["served"] == row["people"]


def test_a_building_is_open_in_the_working_hours_of_the_scenario(data) -> None:
    chosen = tuple(data.sites["site_id"])
    first, last = data.assessment.scenario.staffing.working_hours
    for hour, is_open in ((first - 1, False), (first, True), (last - 1, True), (last, False)):
        answer = explorer_answer(data, ExplorerState("foot", 15, 1, hour, chosen))
        assert (answer["served"] > answer["served_today"]) == is_open, hour
        gains = explorer_answer(data, ExplorerState("foot", 15, 1, hour))["gains"]
        assert (max(gains.values()) > 0) == is_open


@given(st.floats(0, 1000), st.integers(1, 60))
def test_seconds_rounded_up_change_no_side_of_a_whole_minute(minutes: float, limit: int) -> None:
    """Up to a millisecond, in which trips are counted."""
    exact = np.round(minutes * 60_000) / 60_000
    seconds = int(whole_seconds(np.array([exact]))[0])
    assert (seconds <= 60 * limit) == (exact <= limit)
    assert 0 <= seconds - 60 * exact < 1 + 1e-6


def test_no_way_stays_no_way_and_a_day_is_no_more_than_eighteen_hours() -> None:
    assert whole_seconds(np.array([np.inf, 5000.0])).tolist() == [UNREACHABLE, LONGEST_S]
    assert len({LONGEST_S, CUT_OFF, UNREACHABLE}) == 3, "cut off is a state of its own"


def test_the_page_is_the_same_bytes_each_time_and_small(data) -> None:
    pages = [explorer_page(data, "id").html for _ in range(2)]
    assert pages[0] == pages[1]
    assert len(pages[0].encode()) <= 3_000_000
    assert "Explore the village" in explorer_page(data, "en").html


def test_no_asset_of_the_page_writes_markup_from_text() -> None:
    folder = Path(explorer_page.__code__.co_filename).parents[1] / "assets"
    scripts = [p for p in folder.glob("*.js") if p.name != "leaflet.js"]
    assert len(scripts) > 8
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ):
            assert forbidden not in text, f"{path.name}: {forbidden}"
