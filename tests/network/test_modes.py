"""Turns, crossings, and a change from walking to riding, worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.catchment import catchments
from batu_geo.network.travel_times import travel_times
from tests.dense import metres_of, minutes_of
from tests.toy import RIDING, WALKING, at, graph, points, town

CROSS = """
  C
A B D
  E
"""
STREETS = {"ABD": "residential", "CBE": "residential"}


def minutes(net, origins, destinations) -> float:
    found = travel_times(net, origins=origins, destinations=destinations, refuse_m=50)
    return float(minutes_of(found)[0, 0])


def test_a_right_angle_costs_a_turn_and_straight_on_does_not() -> None:
    """A to D is 400 m straight on: 2 minutes. A to C is 300 m with one turn."""
    careful = RIDING.model_copy(update={"turn_s": 6})
    net = graph(town(CROSS, STREETS), careful)
    assert minutes(net, points(CROSS, "A"), points(CROSS, "D")) == pytest.approx(2, abs=1e-4)
    assert minutes(net, points(CROSS, "A"), points(CROSS, "C")) == pytest.approx(1.6, abs=1e-4)


def test_a_unit_part_way_along_the_next_street_costs_the_turn_too() -> None:
    careful = RIDING.model_copy(update={"turn_s": 6})
    net = graph(town(CROSS, STREETS), careful)
    # 150 m to B, 50 m up towards C.
    assert minutes(net, at((0.5, 1)), at((2, 0.5))) == pytest.approx(1 + 0.1, abs=1e-4)


def test_no_turn_back_inside_a_street_but_at_its_dead_end() -> None:
    """On a one-way pair the only way back is round the dead end D."""
    careful = RIDING.model_copy(update={"turn_s": 60})
    net = graph(town("A B D", {"AB": "residential", "BD": "residential"}), careful)
    assert minutes(net, at((1, 0)), at((3, 0))) == pytest.approx(1, abs=1e-4)


def test_with_no_cost_of_turning_both_kinds_of_graph_agree() -> None:
    roads = town(CROSS, STREETS)
    plain = graph(roads, RIDING)
    barely = graph(roads, RIDING.model_copy(update={"turn_s": 1e-9}))
    ends = points(CROSS, "ABCDE")
    settings = {"origins": ends, "destinations": ends, "refuse_m": 50, "with_metres": True}
    one, other = travel_times(plain, **settings), travel_times(barely, **settings)
    assert np.array_equal(minutes_of(one), minutes_of(other))
    assert metres_of(one) == pytest.approx(metres_of(other), abs=1e-6)


def test_a_crossing_is_paid_once_when_passed() -> None:
    slow = RIDING.model_copy(update={"crossing_s": 30})
    net = graph(town(CROSS, STREETS), slow)
    assert minutes(net, points(CROSS, "A"), points(CROSS, "D")) == pytest.approx(2.5, abs=1e-4)
    assert minutes(net, at((0, 1)), at((1, 1))) == pytest.approx(0.5, abs=1e-4), "not passed"


def test_crossings_and_turns_shorten_the_reach_alike() -> None:
    slow = RIDING.model_copy(update={"crossing_s": 30, "turn_s": 6})
    net = graph(town(CROSS, STREETS), slow)
    found = catchments(
        net, facilities=points(CROSS, "A"), thresholds_minutes=[1, 1.5, 2], refuse_m=50,
        buffer_m=5,
    )  # fmt: skip
    # 1 min: 200 m to B. 1.5: the crossing eats the half minute. 2: 100 m on, or 80 m after a turn.
    assert found["street_km"].tolist() == pytest.approx([0.2, 0.2, 0.2 + 0.1 + 2 * 0.08], abs=1e-4)


WALK_THEN_RIDE = WALKING.model_copy(update={"then": "ride", "wait_minutes": 1})
ROAD = "A B         C"


def change(drawing: str, streets: dict) -> object:
    return graph(town(drawing, streets), WALK_THEN_RIDE, others={"ride": RIDING})


def test_walk_to_the_road_then_ride() -> None:
    """200 m of path at 50 m a minute, 1 minute of waiting, 1000 m at 600 m a minute."""
    net = change(ROAD, {"AB": "path", "BC": "primary", "AC": "steps"})
    expected = 4 + 1 + 1000 / 600
    assert minutes(net, points(ROAD, "A"), points(ROAD, "C")) == pytest.approx(expected, abs=1e-4)


def test_who_lives_at_the_road_waits_and_rides_at_once() -> None:
    net = change(ROAD, {"AB": "path", "BC": "primary", "AC": "steps"})
    assert minutes(net, at((7, 0)), points(ROAD, "C")) == pytest.approx(1 + 500 / 600, abs=1e-3)


def test_walking_all_the_way_may_be_quicker_than_waiting() -> None:
    net = change("A B C", {"AB": "residential", "BC": "residential"})
    assert minutes(net, at((1, 0)), at((1.5, 0))) == pytest.approx(0.5, abs=1e-4)


def test_a_change_never_takes_longer_than_walking() -> None:
    drawing = "A B C\n\nD E F"
    streets = {"ABC": "residential", "DEF": "residential", "AD": "path", "CF": "path"}
    roads, ends = town(drawing, streets), points(drawing, "ABCDEF")
    settings = {"origins": ends, "destinations": ends, "refuse_m": 50}
    walking = travel_times(graph(roads), **settings)
    changing = travel_times(graph(roads, WALK_THEN_RIDE, others={"ride": RIDING}), **settings)
    assert (minutes_of(changing) <= minutes_of(walking)).all()


def test_the_reach_of_a_change_holds_that_of_walking() -> None:
    roads = town(ROAD, {"AB": "path", "BC": "primary", "AC": "steps"})
    settings = {"facilities": points(ROAD, "C"), "thresholds_minutes": [1, 3], "refuse_m": 50,
                "buffer_m": 5}  # fmt: skip
    changing = catchments(graph(roads, WALK_THEN_RIDE, others={"ride": RIDING}), **settings)
    walking = catchments(graph(roads), **settings)
    for wide, narrow in zip(changing.geometry, walking.geometry, strict=True):
        assert narrow.difference(wide).area < 1e-6
