"""Edges become whole milliseconds, by class, mode and direction."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.graph import impedance, mode_graph
from batu_geo.sources.osm_tags import closed_bits
from tests.toy import RIDING, WALKING, town

LINE = "ABC"


def test_time_is_length_over_the_speed_of_the_class() -> None:
    roads = town(LINE, {"AB": "residential", "BC": "path"})
    by_class = dict(zip(roads.road_class.tolist(), impedance(roads, WALKING), strict=True))
    assert sorted(ms[0] for ms in by_class.values()) == [60_000, 120_000]


def test_times_are_whole_milliseconds() -> None:
    roads = town("A B\n C", {"AC": "residential", "CB": "residential"})
    ms = impedance(roads, WALKING)
    assert np.array_equal(ms, np.rint(ms))
    assert ms[0, 0] == round(roads.length_m[0] * 600)


def test_a_class_without_a_speed_is_closed() -> None:
    roads = town(LINE, {"AB": "residential", "BC": "path"})
    assert np.isinf(impedance(roads, RIDING)).any(axis=1).sum() == 1


def test_a_one_way_street_is_open_forward_only_to_vehicles() -> None:
    roads = town("AB", {"AB": {"highway": "residential", "oneway": "yes"}})
    assert np.isfinite(impedance(roads, RIDING)).tolist() == [[True, False]]
    assert np.isfinite(impedance(roads, WALKING)).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("tags", "foot", "motorcycle", "car"),
    [
        ({}, "both", "both", "both"),
        ({"oneway": "yes"}, "both", "forward", "forward"),
        ({"oneway": "-1"}, "both", "backward", "backward"),
        ({"oneway": "no", "junction": "roundabout"}, "both", "both", "both"),
        ({"junction": "roundabout"}, "both", "forward", "forward"),
        ({"highway": "motorway"}, "both", "forward", "forward"),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, "both", "both", "forward"),
        ({"oneway:foot": "yes"}, "forward", "both", "both"),
        ({"access": "private"}, "none", "none", "none"),
        ({"access": "private", "foot": "yes"}, "both", "none", "none"),
        ({"motor_vehicle": "no"}, "both", "none", "none"),
        ({"motor_vehicle": "no", "motorcycle": "yes"}, "both", "both", "none"),
        ({"motorcar": "no"}, "both", "both", "none"),
        ({"foot": "no"}, "none", "both", "both"),
        ({"access": "destination"}, "both", "both", "both"),
        ({"oneway": "reversible"}, "both", "both", "both"),
    ],
)
def test_access_and_one_way_tags(
    tags: dict[str, str], foot: str, motorcycle: str, car: str
) -> None:
    forward, backward = closed_bits({"highway": "residential", **tags})
    names = {(0, 0): "both", (0, 1): "forward", (1, 0): "backward", (1, 1): "none"}
    found = [names[(forward >> bit) & 1, (backward >> bit) & 1] for bit in range(3)]
    assert found == [foot, motorcycle, car]


def test_of_parallel_streets_the_fastest_counts() -> None:
    drawing = "A B\n C "
    streets = {"AB": "primary", "ACB": "residential", "BA": "residential"}
    graph = mode_graph(town(drawing, streets), RIDING)
    assert sorted(graph.arcs.data.tolist()) == [20_000, 20_000]


def test_streets_apart_from_the_largest_part_are_counted_and_not_used() -> None:
    roads = town("ABC\n\nD E", {"ABC": "residential", "DE": "residential", "BA": "path"})
    graph = mode_graph(roads, WALKING)
    assert graph.unconnected == 1
    assert graph.is_usable.sum() == roads.edge_count - 1


def test_a_one_way_trap_is_not_used() -> None:
    """From C nobody gets out again."""
    streets = {"AB": "residential", "BC": {"highway": "residential", "oneway": "yes"}}
    graph = mode_graph(town(LINE, streets), RIDING)
    assert graph.is_usable.sum() == 1
    assert graph.unconnected == 1


def test_a_mode_without_any_street_uses_none() -> None:
    graph = mode_graph(town("AB", {"AB": "footway"}), RIDING)
    assert not graph.is_usable.any()
    assert graph.arcs.nnz == 0
