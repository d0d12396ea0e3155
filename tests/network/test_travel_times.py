"""Minutes that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.nearby.trip_table import TripTable
from batu_geo.network.search import search_trees
from batu_geo.network.snapping import arrivals, join
from batu_geo.network.travel_times import matrix_times, travel_times
from tests.dense import minutes_of
from tests.toy import RIDING, WALKING, at, graph, points, town

LADDER = """
A B C
  |
  D E
"""
STREETS = {"ABC": "residential", "BDE": "residential"}


def minutes(drawing: str, streets: dict[str, object], origins: str, to: str, mode=WALKING) -> list:
    net = graph(town(drawing, streets), mode)
    found = travel_times(
        net, origins=points(drawing, origins), destinations=points(drawing, to), refuse_m=50
    )
    return minutes_of(found).round(9).tolist()


def test_a_walk_along_the_streets() -> None:
    assert minutes(LADDER, STREETS, "ABCDE", "C") == [[4], [2], [0], [4], [6]]


def test_a_path_is_slower_than_a_street() -> None:
    assert minutes("AB", {"AB": "path"}, "A", "B") == [[2]]


def test_towards_the_unit_a_one_way_street_counts_in_its_own_direction() -> None:
    """A to B along the one-way street 200 m; B back to A by C and D 600 m."""
    streets = {"AB": {"highway": "residential", "oneway": "yes"}, "BCDA": "residential"}
    drawing = "A B\n   \nD C"
    assert minutes(drawing, streets, "A", "B", RIDING) == [[1]]
    assert minutes(drawing, streets, "B", "A", RIDING) == [[3]]


def test_both_directions_of_a_trip_mirror_each_other() -> None:
    streets = {"AB": {"highway": "residential", "oneway": "yes"}, "BCDA": "residential"}
    drawing = "A B\n   \nD C"
    roads, ends = town(drawing, streets), points(drawing, "ABCD")
    settings = {"origins": ends, "destinations": ends, "refuse_m": 50}
    there = travel_times(graph(roads, RIDING), **settings)
    back = travel_times(graph(roads, RIDING, direction="from_facility"), **settings)
    assert np.array_equal(minutes_of(there), minutes_of(back).T)


def test_door_walks_are_part_of_the_trip() -> None:
    """30 m to the street, 200 m along it, 60 m to the unit."""
    net = graph(town("A   B", {"AB": "residential"}), WALKING)
    found = travel_times(net, origins=at((1, 0.3)), destinations=at((3, -0.6)), refuse_m=100)
    assert minutes_of(found)[0, 0] == pytest.approx(0.5 + 2 + 1, abs=1e-4)


def test_two_places_on_one_street_meet_along_it() -> None:
    net = graph(town("A         B", {"AB": "residential"}), WALKING)
    found = travel_times(net, origins=at((2, 0), (6, 0)), destinations=at((5, 0)), refuse_m=50)
    assert minutes_of(found).ravel() == pytest.approx([3, 1], abs=1e-4)


def test_against_a_one_way_street_the_way_goes_round() -> None:
    """On a one-way street from A to B that is closed to walkers, back is round the block."""
    one_way = {"highway": "residential", "oneway": "yes", "foot": "no"}
    streets = {"AB": one_way, "BCDA": "residential"}
    net = graph(town("A B\n   \nD C", streets), RIDING)
    found = travel_times(net, origins=at((1.5, 0)), destinations=at((0.5, 0)), refuse_m=50)
    assert minutes_of(found)[0, 0] == pytest.approx((50 + 600 + 50) / 200, abs=1e-4)


def test_along_the_own_one_way_street_people_walk_where_that_is_quicker() -> None:
    """100 m back on foot at 60 m a minute, in place of 700 m round the block."""
    streets = {"AB": {"highway": "residential", "oneway": "yes"}, "BCDA": "residential"}
    net = graph(town("A B\n   \nD C", streets), RIDING)
    home = at((1.5, 0)).assign(is_on_street=True)
    found = travel_times(net, origins=home, destinations=at((0.5, 0)), refuse_m=50)
    assert minutes_of(found)[0, 0] == pytest.approx(100 / 60, abs=1e-4)


def test_from_a_path_people_walk_to_the_street_and_ride_on() -> None:
    """A path is closed to the motorcycle: 50 m on foot, then 100 m at 200 m a minute."""
    net = graph(town("ABC", {"AB": "path", "BC": "residential"}), RIDING)
    homes = at((0.5, 0)).assign(is_on_street=True)
    found = travel_times(net, origins=homes, destinations=at((2, 0)), refuse_m=50)
    assert minutes_of(found)[0, 0] == pytest.approx(50 / 60 + 100 / 200, abs=1e-4)
    back = travel_times(net, origins=at((2, 0)), destinations=homes, refuse_m=50)
    assert np.isinf(minutes_of(back)[0, 0]), "only along the own street people walk"


def test_of_all_roads_near_a_door_the_quickest_trip_is_taken() -> None:
    """The path beside the door is nearer, the street behind it is quicker."""
    streets = {"AB": "path", "CD": "residential", "BD": "residential"}
    net = graph(town("A         B\nC         D", streets), WALKING)
    home, unit = at((0, 0.1)), at((10, 1))
    found = travel_times(net, origins=home, destinations=unit, refuse_m=100)
    assert minutes_of(found)[0, 0] == pytest.approx(90 / 60 + 10, abs=1e-3)
    near = travel_times(net, origins=home, destinations=unit, refuse_m=50)
    assert minutes_of(near)[0, 0] == pytest.approx(10 / 60 + 20 + 1, abs=1e-3)


def test_a_home_joins_its_own_street_and_no_other() -> None:
    streets = {"AB": "path", "CD": "residential", "BD": "residential"}
    net = graph(town("A         B\nC         D", streets), WALKING)
    home = at((0, 0)).assign(is_on_street=True)
    found = travel_times(net, origins=home, destinations=at((10, 1)), refuse_m=500)
    assert minutes_of(found)[0, 0] == pytest.approx(20 + 1, abs=1e-3)


def test_a_unit_where_somebody_lives_serves_them_far_from_any_road_too() -> None:
    net = graph(town("AB", {"AB": "residential"}), WALKING)
    found = travel_times(net, origins=at((0, 9)), destinations=at((0, 9)), refuse_m=100)
    assert minutes_of(found).tolist() == [[0.0]]
    assert found.is_snapped.tolist() == [False]


def test_standing_at_the_unit_takes_no_time_even_on_a_one_way_street() -> None:
    streets = {"AB": {"highway": "residential", "oneway": "yes"}, "BCDA": "residential"}
    net = graph(town("A B\n   \nD C", streets), RIDING)
    found = travel_times(net, origins=at((1, 0)), destinations=at((1, 0)), refuse_m=50)
    assert minutes_of(found)[0, 0] == 0


def test_no_way_is_infinite_and_the_place_stays() -> None:
    """DE is a street of its own: who lives there has a road, and no way to the unit."""
    streets = {"AB": "residential", "BC": "residential", "DE": "path"}
    net = graph(town("ABC\n\n\n\n\n\n\nDE", streets), WALKING)
    found = travel_times(net, origins=at((0, 0), (0, 7)), destinations=at((2, 0)), refuse_m=100)
    assert minutes_of(found)[0, 0] == pytest.approx(2)
    assert np.isinf(minutes_of(found)[1, 0])
    assert found.is_snapped.tolist() == [True, True]
    nearest = found.nearest()
    assert nearest["nearest_id"].isna().tolist() == [False, True]
    assert len(nearest) == 2


def test_no_destination_at_all_leaves_every_origin_unreachable() -> None:
    net = graph(town("AB", {"AB": "residential"}), WALKING)
    found = travel_times(net, origins=at((0, 0)), destinations=at(), refuse_m=50)
    assert minutes_of(found).shape == (1, 0)
    assert np.isinf(found.best()).all()
    assert found.nearest()["nearest_id"].isna().all()


def test_a_unit_far_from_any_road_serves_nobody() -> None:
    net = graph(town("AB", {"AB": "residential"}), WALKING)
    found = travel_times(net, origins=at((0, 0)), destinations=at((0, 9)), refuse_m=500)
    assert np.isinf(minutes_of(found)).all()


def test_the_threshold_itself_is_within() -> None:
    times = matrix_times([[15.0]], ("a",), ("u",))
    assert times.within(15).toarray().all()
    assert not times.within(14.999).toarray().any()


def test_of_equally_near_units_the_first_is_named() -> None:
    net = graph(town("ABC", {"ABC": "residential"}), WALKING)
    found = travel_times(
        net, origins=points("ABC", "B"), destinations=points("ABC", "CA"), refuse_m=50
    )
    assert found.nearest()["nearest_id"].tolist() == ["C"]


def test_the_long_table_has_a_row_a_trip() -> None:
    net = graph(town("ABC", {"ABC": "residential"}), WALKING)
    found = travel_times(
        net, origins=points("ABC", "AB"), destinations=points("ABC", "BC"), refuse_m=50
    )
    assert found.to_frame().round(6).values.tolist() == [
        ["A", "B", 1], ["A", "C", 2], ["B", "B", 0], ["B", "C", 1],
    ]  # fmt: skip


def test_blocks_do_not_change_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    net = graph(town(LADDER, STREETS), WALKING)
    ends = points(LADDER, "ABCDE")
    whole = travel_times(net, origins=ends, destinations=ends, refuse_m=50)
    monkeypatch.setattr("batu_geo.network.nearby.trips_within.LARGEST_BLOCK", 1)
    assert np.array_equal(
        minutes_of(travel_times(net, origins=ends, destinations=ends, refuse_m=50)),
        minutes_of(whole),
    )


def test_the_nearest_of_several_is_known_where_there_is_a_way() -> None:
    """From the island of E and F nobody comes to the units at A and D, and none is theirs."""
    streets = dict.fromkeys(("AB", "BC", "CD", "EF"), "residential")
    net = graph(town("AB  CD\n\nE F", streets))
    joined = join(net, at((0, 0), (5, 0)), refuse_m=50)
    trees = search_trees(net, arrivals(net, joined), is_joint=True)
    has_way = np.isfinite(trees.ms[0])
    assert trees.source is not None
    assert set(trees.source[has_way]) == {0, 1}
    assert set(trees.source[~has_way]) == {-1}


def test_times_and_metres_to_one_destination_are_a_column() -> None:
    """Two destinations, of which the second is out of reach of the last origin."""
    table = TripTable.of(
        2, np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2, 3]), np.array([10.0, 20, 30])
    )
    assert [part.tolist() for part in table.column_of(0)] == [[1, 3], [10, 30]]
    assert [part.tolist() for part in table.column_of(1)] == [[2, np.inf], [20, np.inf]]


def test_a_table_without_metres_has_none_of_a_column() -> None:
    table = TripTable.of(2, np.array([0]), np.array([0]), np.array([3.0]), None)
    minutes, metres = table.column_of(0)
    assert (minutes.tolist(), metres) == ([3.0, np.inf], None)
