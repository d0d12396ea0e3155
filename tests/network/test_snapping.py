"""Points join the nearest usable street, part-way along it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from batu_geo.network.graph import mode_graph
from batu_geo.network.snapping import door_walk_ms, entries, snap
from tests.toy import RIDING, WALKING, at, town


def xy(points: object) -> np.ndarray:
    return shapely.get_coordinates(points.geometry.to_numpy())


def test_a_point_joins_part_way_along_the_street() -> None:
    graph = mode_graph(town("A         B", {"AB": "residential"}), WALKING)
    found = snap(graph, xy(at((3, 0.5))), refuse_m=100)
    along = found.fraction[0] if graph.roads.lines()[0].coords[0][0] < 668_500 else 1
    assert along == pytest.approx(0.3)
    assert found.distance_m == pytest.approx([50])
    assert found.is_snapped.tolist() == [True]


def test_a_point_at_the_middle_of_a_long_street_does_not_travel_from_its_end() -> None:
    graph = mode_graph(town("A         B", {"AB": "residential"}), WALKING)
    joined = snap(graph, xy(at((5, 0.01))), refuse_m=100)
    ms, _ = entries(graph, joined, direction="from_facility")
    assert ms[0] == pytest.approx([301_000, 301_000])


def test_a_point_too_far_keeps_its_distance_and_is_not_snapped() -> None:
    graph = mode_graph(town("AB", {"AB": "residential"}), WALKING)
    found = snap(graph, xy(at((0, 2), (0, 1))), refuse_m=100)
    assert found.is_snapped.tolist() == [False, True]
    assert found.distance_m == pytest.approx([200, 100])


def test_the_limit_itself_still_counts() -> None:
    graph = mode_graph(town("AB", {"AB": "residential"}), WALKING)
    distance = snap(graph, xy(at((0.5, 1))), refuse_m=1000).distance_m[0]
    assert snap(graph, xy(at((0.5, 1))), refuse_m=distance).is_snapped[0]


def test_the_nearest_street_that_the_mode_may_use() -> None:
    roads = town("AB\n\nCD", {"AB": "path", "CD": "residential", "AC": "path"})
    near_path = xy(at((0.5, 0.1)))
    walking = snap(mode_graph(roads, WALKING), near_path, refuse_m=500)
    riding = snap(mode_graph(roads, RIDING), near_path, refuse_m=500)
    assert walking.distance_m == pytest.approx([10])
    assert riding.distance_m == pytest.approx([190])


def test_no_street_at_all_leaves_everybody_out() -> None:
    graph = mode_graph(town("AB", {"AB": "footway"}), RIDING)
    found = snap(graph, xy(at((0, 0))), refuse_m=500)
    assert not found.is_snapped.any()
    assert np.isinf(found.distance_m).all()


def test_the_walk_to_the_door_is_timed_at_its_own_speed() -> None:
    graph = mode_graph(town("A B", {"AB": "primary"}), RIDING)
    found = snap(graph, xy(at((1, 0.3))), refuse_m=500)
    assert door_walk_ms(graph, found).tolist() == [30_000]


def test_one_way_streets_are_entered_the_right_way_only() -> None:
    roads = town(
        "A C\n   \nB D",
        {"AC": {"highway": "residential", "oneway": "yes"}, "CDBA": "residential"},
    )
    graph = mode_graph(roads, RIDING)
    joined = snap(graph, xy(at((1, 0))), refuse_m=50)
    leave, nodes = entries(graph, joined, direction="from_facility")
    arrive, _ = entries(graph, joined, direction="to_facility")
    assert np.isfinite(leave).sum() == 1
    assert np.isfinite(arrive).sum() == 1
    assert nodes[np.isfinite(leave)] != nodes[np.isfinite(arrive)]
