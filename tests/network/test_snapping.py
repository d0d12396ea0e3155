"""Points join the nearest usable street, part-way along it."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.nearest_edge import EdgeIndex, points_xy
from batu_geo.network.snapping import Joins, arrivals, departures, snap
from tests.toy import CRS, RIDING, WALKING, at, graph, town

LONG = "A         B"


def joined(net, *places, refuse_m=100) -> Joins:
    return snap(net, points_xy(at(*places), net.roads.crs), refuse_m=refuse_m)[0]


def test_a_point_joins_part_way_along_the_street() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = joined(net, (3, 0.5))
    is_west_first = net.roads.lines()[0].coords[0][0] < 668_500
    assert found.fraction[0] == pytest.approx(0.3 if is_west_first else 0.7)
    assert found.distance_m == pytest.approx([50])
    assert found.is_snapped.tolist() == [True]


def test_a_point_at_the_middle_of_a_long_street_does_not_travel_from_its_end() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    ms, _ = departures(net.layers[0], joined(net, (5, 0.01)))
    assert ms[0] == pytest.approx([301_000, 301_000])


def test_a_point_too_far_keeps_its_distance_and_is_not_snapped() -> None:
    net = graph(town("AB", {"AB": "residential"}))
    found = joined(net, (0, 2), (0, 0.9))
    assert found.is_snapped.tolist() == [False, True]
    assert found.nearest_m == pytest.approx([200, 90])


def test_the_limit_itself_still_counts() -> None:
    net = graph(town("AB", {"AB": "residential"}))
    distance = joined(net, (0.5, 1), refuse_m=1000).distance_m[0]
    assert joined(net, (0.5, 1), refuse_m=distance).is_snapped[0]


def test_every_street_that_the_mode_may_use_or_people_may_walk_is_joined() -> None:
    """The path beside the door is walked to its end; a motorway is joined by nobody."""
    streets = {"AB": "path", "CD": "residential", "EF": "motorway"}
    roads = town("AB\n\nCD\nEF", streets)
    for mode in (WALKING, RIDING):
        found = joined(graph(roads, mode), (0.5, 0.1), refuse_m=500)
        assert sorted(found.distance_m) == pytest.approx([10, 190])


def test_nobody_joins_the_deck_of_a_bridge_or_a_tunnel() -> None:
    for tag in ("bridge", "tunnel"):
        roads = town("AB\n\nCD", {"AB": {"highway": "residential", tag: "yes"},
                                   "CD": "residential"})  # fmt: skip
        found = joined(graph(roads), (0.5, 0.1), refuse_m=500)
        assert found.distance_m == pytest.approx([190])


def test_nobody_walks_across_a_river_or_a_motorway() -> None:
    for tags in ({"waterway": "river"}, {"natural": "coastline"}, {"highway": "motorway"}):
        streets = {"AB": "residential", "CD": tags, "EF": "residential"}
        net = graph(town("AB\n\nCD\n\nEF", streets))
        found = joined(net, (0.5, 2.5), refuse_m=500)
        assert found.distance_m == pytest.approx([150]), "EF, not AB beyond the barrier"
    stream = graph(town("AB\n\nCD\n\nEF", {**streets, "CD": {"waterway": "stream"}}))
    assert sorted(joined(stream, (0.5, 2.5), refuse_m=500).distance_m) == pytest.approx([150, 250])


def test_no_street_at_all_leaves_everybody_out() -> None:
    found = joined(graph(town("AB", {"AB": "motorway"})), (0, 0))
    assert not found.is_snapped.any()
    assert np.isinf(found.nearest_m).all()


def test_the_walk_to_the_door_is_timed_at_its_own_speed() -> None:
    net = graph(town("A B", {"AB": "primary"}), RIDING)
    assert joined(net, (1, 0.3)).walk_ms.tolist() == [30_000]


def test_one_way_streets_are_left_and_entered_the_right_way_only() -> None:
    one_way = {"highway": "residential", "oneway": "yes", "foot": "no"}
    net = graph(town("A C\n   \nB D", {"AC": one_way, "CDBA": "residential"}), RIDING)
    place = snap(
        net, points_xy(at((1, 0)), net.roads.crs), refuse_m=50, is_on_street=np.ones(1, bool)
    )
    leave, states = departures(net.layers[0], place[0])
    seeds = arrivals(net, place)
    assert np.isfinite(leave).sum() == 1
    assert len(seeds.ms) == 1
    assert states[np.isfinite(leave)] != seeds.state


def test_a_point_at_a_junction_joins_every_street_there_whatever_the_order() -> None:
    streets = {"AB": "residential", "BC": "path"}
    one = graph(town("ABC", streets))
    other = graph(town("ABC", dict(reversed(streets.items()))))
    home = {"refuse_m": 50, "is_on_street": np.ones(1, bool)}
    for net in (one, other):
        found = snap(net, points_xy(at((1, 0)), net.roads.crs), **home)[0]
        assert found.edge.tolist() == [0, 1]
        assert found.distance_m == pytest.approx([0, 0], abs=1e-6)


def test_a_home_joins_its_own_street_though_it_is_closed_to_everybody() -> None:
    closed = {"highway": "residential", "access": "no"}
    net = graph(town("AB\n\nCD", {"AB": closed, "CD": "residential"}))
    found = snap(
        net, points_xy(at((0.5, 0)), net.roads.crs), refuse_m=500, is_on_street=np.ones(1, bool)
    )[0]
    assert found.is_snapped.tolist() == [True]
    assert np.isinf(net.layers[0].local_ms[found.edge]).all()


def test_some_of_the_snaps_and_others_after_them() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = joined(net, (1, 0), (2, 0), (3, 0))
    again = found.take(0, 1).and_also(found.take(1, 3))
    assert np.array_equal(again.fraction, found.fraction)
    assert np.array_equal(again.point, found.point)
    assert found.without(1).is_snapped.tolist() == [True, False, True]


def test_a_mode_that_changes_joins_each_layer_at_its_own_streets() -> None:
    roads = town("AB\n\nCD", {"AB": "path", "CD": "primary", "AC": "steps"})
    walk_then_ride = WALKING.model_copy(update={"then": "ride", "wait_minutes": 3})
    net = graph(roads, walk_then_ride, others={"ride": RIDING})
    walking, riding = snap(net, points_xy(at((0.5, 0.1)), net.roads.crs), refuse_m=500)
    assert sorted(walking.distance_m) == pytest.approx([10, 50])
    assert riding.distance_m == pytest.approx([190])


def test_a_place_as_far_from_two_streets_has_one_distance() -> None:
    """Half way between two parallel streets 200 m apart; where no street may be used it is inf."""
    index = EdgeIndex(town("A B\n\nC D", {"AB": "residential", "CD": "residential"}))
    places = points_xy(at((1, 1), (1, 0)), CRS)
    assert index.nearest_m(places, np.ones(2, bool)) == pytest.approx([100, 0], abs=0.1)
    assert np.isinf(index.nearest_m(places, np.zeros(2, bool))).all()
