"""Points join the nearest usable street, part-way along it."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.nearest_edge import points_xy
from batu_geo.network.snapping import Snaps, arrivals, departures, snap
from tests.toy import RIDING, WALKING, at, graph, town

LONG = "A         B"


def joined(net, *places, refuse_m=100) -> Snaps:
    return snap(net, points_xy(at(*places)), refuse_m=refuse_m)[0]


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
    assert found.distance_m == pytest.approx([200, 90])


def test_the_limit_itself_still_counts() -> None:
    net = graph(town("AB", {"AB": "residential"}))
    distance = joined(net, (0.5, 1), refuse_m=1000).distance_m[0]
    assert joined(net, (0.5, 1), refuse_m=distance).is_snapped[0]


def test_the_nearest_street_that_the_mode_may_use() -> None:
    roads = town("AB\n\nCD", {"AB": "path", "CD": "residential", "AC": "path"})
    assert joined(graph(roads), (0.5, 0.1), refuse_m=500).distance_m == pytest.approx([10])
    assert joined(graph(roads, RIDING), (0.5, 0.1), refuse_m=500).distance_m == pytest.approx([190])


def test_no_street_at_all_leaves_everybody_out() -> None:
    found = joined(graph(town("AB", {"AB": "footway"}), RIDING), (0, 0))
    assert not found.is_snapped.any()
    assert np.isinf(found.distance_m).all()


def test_the_walk_to_the_door_is_timed_at_its_own_speed() -> None:
    net = graph(town("A B", {"AB": "primary"}), RIDING)
    assert joined(net, (1, 0.3)).walk_ms.tolist() == [30_000]


def test_one_way_streets_are_left_and_entered_the_right_way_only() -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    net = graph(town("A C\n   \nB D", {"AC": one_way, "CDBA": "residential"}), RIDING)
    place = snap(net, points_xy(at((1, 0))), refuse_m=50)
    leave, states = departures(net.layers[0], place[0])
    seeds = arrivals(net, place)
    assert np.isfinite(leave).sum() == 1
    assert len(seeds.ms) == 1
    assert states[np.isfinite(leave)] != seeds.state


def test_of_equally_near_streets_the_first_is_taken_whatever_the_order() -> None:
    streets = {"AB": "residential", "BC": "path"}
    one = graph(town("ABC", streets))
    other = graph(town("ABC", dict(reversed(streets.items()))))
    assert joined(one, (1, 0)).edge == joined(other, (1, 0)).edge


def test_some_of_the_snaps_and_others_after_them() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = joined(net, (1, 0), (2, 0), (3, 0))
    again = found.take(slice(0, 1)).and_also(found.take(np.array([1, 2])))
    assert np.array_equal(again.fraction, found.fraction)


def test_a_mode_that_changes_joins_each_layer_at_its_own_street() -> None:
    roads = town("AB\n\nCD", {"AB": "path", "CD": "primary", "AC": "path"})
    walk_then_ride = WALKING.model_copy(update={"then": "ride", "wait_minutes": 3})
    net = graph(roads, walk_then_ride, others={"ride": RIDING})
    walking, riding = snap(net, points_xy(at((0.5, 0.1))), refuse_m=500)
    assert walking.distance_m == pytest.approx([10])
    assert riding.distance_m == pytest.approx([190])
