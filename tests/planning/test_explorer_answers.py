"""What the explorer answers about the street, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from batu_geo.access.place_seconds import LONGEST_S, UNREACHABLE, whole_seconds
from batu_geo.domain.tables import Buildings
from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import (
    ExplorerData,
    ExplorerState,
    explorer_answer,
    explorer_data,
    unchanging_criteria,
)
from tests.planning.street import criterion, roster, settings, study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0), "ruin": ("v2", 7.0)}


def explorer(**tables: Any) -> ExplorerData:
    """Return the data of the street; of its three buildings one is refused."""
    town = study(UNITS, BUILDINGS, **tables)
    rooms = town.buildings.assign(rooms=[3, 3, 0])
    return explorer_data(assess(replace(town, buildings=Buildings(rooms)), settings()))


@pytest.fixture(scope="module")
def street() -> ExplorerData:
    return explorer()


@pytest.fixture(scope="module")
def staffed() -> ExplorerData:
    """Return the street with a nurse at 0 on Mondays and Sundays, and nobody at 12."""
    return explorer(staffing=roster(("u0", "nurse", 1, "1,7", "08:00", "12:00")))


def test_seconds_are_whole_and_refused_buildings_are_left_out(street: ExplorerData) -> None:
    """Columns: the units at 0 and 12, then the buildings at 4 and 8; a minute is a block."""
    assert sorted(street.sites["site_id"]) == ["b1", "b2"]
    names, seconds = ["u0", "u3", *street.sites["site_id"]], street.seconds["toy"]
    first = {names[n]: int(60 * seconds.trips(np.array([n])).minutes[0]) for n in range(4)}
    assert first == {"u0": 30, "u3": 690, "b1": 210, "b2": 450}
    assert street.staffed is None


def test_people_served_today_and_gained_by_each_building(street: ExplorerData) -> None:
    answer = explorer_answer(street, ExplorerState("toy", 2))
    assert (answer["served"], answer["served_today"], answer["population"]) == (40, 40, 120)
    assert answer["villages"] == {"v0": 20, "v1": 0, "v2": 0, "v3": 20}
    assert answer["gains"] == {"b1": 40, "b2": 40}
    # The two villages mirror each other and share the first rank.
    assert [row[:2] for row in answer["ranking"]] == [(1, "v1"), (1, "v2")]


def test_a_chosen_building_serves_and_its_village_leaves_the_ranking(street: ExplorerData) -> None:
    answer = explorer_answer(street, ExplorerState("toy", 2, chosen=("b1",)))
    assert (answer["served"], answer["served_today"]) == (80, 40)
    assert answer["villages"] == {"v0": 30, "v1": 30, "v2": 0, "v3": 20}
    assert [row[1] for row in answer["ranking"]] == ["v2"]
    assert answer["gains"] == {"b2": 40}


def test_all_buildings_chosen_leave_nothing_to_gain(street: ExplorerData) -> None:
    answer = explorer_answer(street, ExplorerState("toy", 2, chosen=("b1", "b2")))
    assert (answer["served"], answer["gains"], answer["ranking"]) == (120, {}, [])


@pytest.mark.parametrize(("minutes", "served"), [(1, 20), (2, 40), (3, 60), (6, 120)])
def test_any_whole_number_of_minutes_is_answered(
    street: ExplorerData, minutes: int, served: int
) -> None:
    assert explorer_answer(street, ExplorerState("toy", minutes))["served"] == served


@pytest.mark.parametrize(
    ("weekday", "hour", "chosen", "served", "today"),
    [
        (0, 3, (), 40, 40),  # no particular time: every unit is open
        (1, 8, (), 20, 20),  # Monday at 8: the one at 0 alone
        (1, 12, (), 0, 0),  # the nurse has left
        (2, 8, (), 0, 0),  # Tuesday: nobody
        (7, 11, (), 20, 20),
        (2, 8, ("b1",), 40, 0),  # buildings keep the working hours, Monday and Tuesday 8 to 12
        (7, 8, ("b1",), 20, 20),
    ],
)
@pytest.mark.slow
def test_at_an_hour_only_units_where_somebody_is_serve(
    staffed: ExplorerData, weekday: int, hour: int, chosen: tuple[str, ...], served: int, today: int
) -> None:
    state = ExplorerState("toy", 2, weekday=weekday, hour=hour, chosen=chosen)
    answer = explorer_answer(staffed, state)
    assert (answer["served"], answer["served_today"]) == (served, today)


def test_a_building_gains_nobody_in_hours_it_is_closed(staffed: ExplorerData) -> None:
    def gains(weekday: int, chosen: tuple[str, ...] = ()) -> dict[str, int]:
        state = ExplorerState("toy", 2, weekday=weekday, hour=8, chosen=chosen)
        return dict(explorer_answer(staffed, state)["gains"])

    assert gains(2) == {"b1": 40, "b2": 40}
    assert gains(3) == {"b1": 0, "b2": 0}
    assert gains(3, ("b1",)) == {"b2": 0}


def test_nobody_is_served_where_nobody_is_anywhere(staffed: ExplorerData) -> None:
    answer = explorer_answer(staffed, ExplorerState("toy", 60, weekday=4, hour=0))
    assert answer["served"] == 0
    assert all(np.isinf(row[3]) for row in answer["ranking"])


def test_seconds_round_up_and_no_way_is_told_from_a_long_one() -> None:
    minutes = np.array([[0, 0.5, 1 + 1 / 120, 18 * 60, 10_000, np.inf]])
    assert whole_seconds(minutes).tolist() == [[0, 30, 61, 64_800, LONGEST_S, UNREACHABLE]]


@pytest.mark.slow
def test_criteria_that_no_choice_changes_are_those_of_the_run() -> None:
    need = (criterion("mean_minutes", 9), criterion("poor_percent", 30))
    assessment = assess(study(UNITS), settings(need=need))
    assert list(unchanging_criteria(assessment).columns) == ["poor_percent"]


@pytest.mark.slow
def test_a_roster_beside_no_open_unit_leaves_one_pattern() -> None:
    closed = explorer(staffing=roster(("u0", "nurse", 1, "1", "08:00", "12:00")))
    none = study({}, BUILDINGS, staffing=roster(("x", "nurse", 1, "1", "08:00", "12:00")))
    data = explorer_data(assess(none, settings()))
    assert (len(data.serving), data.pattern_of_hour.tolist()) == (0, [0] * 168)
    assert explorer_answer(data, ExplorerState("toy", 2, weekday=1, hour=9))["served"] == 0
    assert set(closed.pattern_of_hour) == {1, 2}


@pytest.mark.slow
@pytest.mark.parametrize("shift", ["08:00-12:00", "07:00-17:00"])
def test_lean_data_answer_alike(shift: str) -> None:
    """One unit is staffed in some or in all hours of a building, or nobody has a roster."""
    first, last = shift.split("-")
    rosters = [{}, {"staffing": roster(*(("u0", "nurse", 1, "1-7", first, last),))}]
    for tables in rosters:
        town = study(UNITS, BUILDINGS, **tables)
        assessed = assess(town, settings())
        full, lean = explorer_data(assessed), explorer_data(assessed, is_lean=True)
        trips = [len(data.seconds["toy"].home) for data in (full, lean)]
        assert trips[1] <= trips[0]
        for weekday, minutes, chosen in ((0, 2, ()), (1, 5, ("b1",)), (7, 20, ("b1", "b2"))):
            state = ExplorerState("toy", minutes, weekday=weekday, hour=9, chosen=chosen)
            assert explorer_answer(lean, state) == explorer_answer(full, state), (tables, state)
