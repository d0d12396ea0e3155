"""Minutes explained: every part of a trip named, summing to the total."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from batu_geo.network.graph import mode_graph
from batu_geo.network.travel_times import travel_times
from batu_geo.network.trips import explain_trips, mean_parts
from tests.dense import minutes_of
from tests.toy import RIDING, WALKING, at, points, scenario, town

STREETS = {"ABC": {"highway": "residential", "name": "Jalan Raya"}, "CD": "path"}
DRAWING = "A B C\n\n    D"


def explained(roads, mode, origins, destinations, **settings):
    toy = scenario(mode, **settings)
    net = mode_graph(roads, toy, mode="toy")
    trips = explain_trips(net, toy, origins=origins, destinations=destinations, refuse_m=100)
    times = travel_times(
        net, origins=origins, destinations=destinations, refuse_m=100, with_metres=True
    )
    return trips, times


def test_the_parts_of_a_walk() -> None:
    """40 m from the door, 350 m of street, 150 m of path, 30 m to the unit."""
    roads = town(DRAWING, STREETS)
    (trip,), _ = explained(roads, WALKING, at((0.5, 0.4)), at((4.3, 1.5)))
    parts = trip.parts.groupby("part", sort=False)[["metres", "minutes"]].sum()
    assert parts.loc["door"].tolist() == pytest.approx([40, 40 / 60], abs=1e-3)
    assert parts.loc["unit"].tolist() == pytest.approx([30, 30 / 60], abs=1e-3)
    assert parts.loc["road"].tolist() == pytest.approx([500, 3.5 + 3], abs=1e-3)
    by_class = trip.parts[trip.parts["part"] == "road"].groupby("road_class")["minutes"].sum()
    assert by_class.to_dict() == pytest.approx({"path": 3, "residential": 3.5}, abs=1e-3)
    assert trip.minutes == pytest.approx(trip.parts["minutes"].sum(), abs=1e-12)
    assert trip.metres == pytest.approx(trip.parts["metres"].sum())
    assert set(trip.parts["name"]) >= {"Jalan Raya"}
    assert trip.line.length == pytest.approx(500, abs=1e-3)


def test_every_part_names_the_input_behind_it() -> None:
    (trip,), _ = explained(town(DRAWING, STREETS), WALKING, at((0.5, 0.4)), at((4.3, 1.5)))
    sources = dict(zip(trip.parts["part"], trip.parts["source"], strict=True))
    assert sources["door"] == "modes.toy.door_speed_kmh"
    assert "roads way" in sources["road"]
    assert "modes.toy.speeds_kmh" in sources["road"]


def test_slope_stands_apart_and_the_sum_is_exact() -> None:
    roads = town(DRAWING, STREETS)
    hill = replace(roads, line_z=(roads.line_xy[:, 0] - 668_000) / 10)
    tobler = WALKING.model_copy(update={"slope": "tobler"})
    (up,), times = explained(hill, tobler, at((0.5, 0)), at((4, 0.5)))
    slope = up.parts.loc[up.parts["part"] == "slope", "minutes"].sum()
    assert slope == pytest.approx(3.5 * (np.exp(0.35) - 1), rel=1e-3)
    assert up.minutes == minutes_of(times)[0, 0]
    (down,), _ = explained(hill, tobler, at((4, 0.5)), at((0.5, 0)))
    # Downhill at 10 %: |-0.1 + 0.05| is as far from the best slope as level ground.
    assert down.parts.loc[down.parts["part"] == "slope", "minutes"].sum() == pytest.approx(
        0, abs=1e-3
    )


def test_crossings_and_turns_stand_apart() -> None:
    cross = "  C\nA B D\n  E"
    careful = RIDING.model_copy(update={"turn_s": 6, "crossing_s": 30})
    roads = town(cross, {"ABD": "residential", "CBE": "residential"})
    (trip,), times = explained(roads, careful, points(cross, "A"), points(cross, "C"))
    assert trip.parts.loc[trip.parts["part"] == "crossing", "minutes"].sum() == pytest.approx(0.6)
    assert trip.minutes == minutes_of(times)[0, 0]


def test_waiting_stands_apart() -> None:
    change = WALKING.model_copy(update={"then": "ride", "wait_minutes": 1})
    road = "A B         C"
    roads = town(road, {"AB": "path", "BC": "primary", "AC": "steps"})
    (trip,), times = explained(
        roads, change, points(road, "A"), points(road, "C"), others={"ride": RIDING}
    )
    assert trip.parts["part"].tolist() == ["road", "wait", "road"]
    assert trip.parts["mode"].tolist() == ["toy", "ride", "ride"]
    assert trip.minutes == minutes_of(times)[0, 0]
    (at_road,), again = explained(
        roads, change, at((7, 0)), points(road, "C"), others={"ride": RIDING}
    )
    assert at_road.parts["part"].tolist() == ["wait", "road"]
    assert at_road.minutes == minutes_of(again)[0, 0]


def test_neighbours_on_one_street_have_a_trip_of_one_part() -> None:
    (trip,), times = explained(town(DRAWING, STREETS), WALKING, at((0.5, 0)), at((1.5, 0)))
    assert trip.parts["part"].tolist() == ["road"]
    assert trip.minutes == minutes_of(times)[0, 0] == pytest.approx(1, abs=1e-4)


def test_no_way_has_no_parts() -> None:
    trips, _ = explained(town(DRAWING, STREETS), WALKING, at((0, 9), (0, 0)), at((2, 0)))
    assert trips[0].destination_id is None
    assert np.isinf(trips[0].minutes)
    assert trips[0].parts.empty
    assert trips[0].line.is_empty
    assert trips[1].destination_id == "p0"


def test_every_trip_equals_the_matrix_in_minutes_and_metres() -> None:
    drawing = "A B C D\n\nE F G H\n\nI J K L"
    streets = {
        "ABCD": "residential", "EFGH": "residential", "IJKL": "path", "AEI": "path",
        "BF": {"highway": "residential", "oneway": "yes"}, "GK": "residential", "DHL": "path",
    }  # fmt: skip
    rng = np.random.default_rng(3)
    homes = at(*rng.uniform(-0.3, 6.3, (40, 2)).tolist())
    units = at(*rng.uniform(0, 6, (4, 2)).tolist())
    trips, times = explained(town(drawing, streets), WALKING, homes, units)
    nearest = times.nearest()
    for trip, row in zip(trips, nearest.to_dict("records"), strict=True):
        assert trip.minutes == row["travel_time_min"]
        if np.isfinite(trip.minutes):
            assert trip.destination_id == row["nearest_id"]
            assert trip.metres == pytest.approx(row["travel_distance_m"])


def test_the_parts_of_an_average_trip_sum_to_the_mean() -> None:
    trips, times = explained(town(DRAWING, STREETS), WALKING, at((0, 0), (3, 0.2)), at((4, 1.5)))
    people = [30, 10]
    parts = mean_parts(trips, people)
    mean = np.average(minutes_of(times)[:, 0], weights=people)
    assert parts["minutes"].sum() == pytest.approx(mean)
    assert parts["part"].tolist()[0] == "door"
    assert mean_parts([], []).empty
