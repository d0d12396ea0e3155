"""Speeds from door to door, worked out on paper: 100 m a minute, at the door 60 m a minute."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.calibration import trip_speeds_kmh
from tests.toy import RIDING, at, graph, town

LONG = "A         B"


@pytest.mark.slow
def test_between_doors_on_the_street_a_trip_has_the_speed_of_the_street() -> None:
    """1 km in 10 minutes, there and back."""
    net = graph(town(LONG, {"AB": "residential"}))
    found = trip_speeds_kmh(net, at((0, 0), (10, 0)), refuse_m=100)
    assert found.tolist() == pytest.approx([6.0, 6.0], abs=1e-3)


def test_the_walk_at_both_doors_is_part_of_the_trip() -> None:
    """60 m, 1 km and 60 m in 1 + 10 + 1 minutes: 1.12 km in 0.2 h."""
    net = graph(town(LONG, {"AB": "residential"}))
    found = trip_speeds_kmh(net, at((0, 0.6), (10, 0.6)), refuse_m=100)
    assert found.tolist() == pytest.approx([5.6, 5.6], abs=1e-3)


def test_both_ways_of_a_one_way_block_count_each_by_itself() -> None:
    """A to B 200 m; B to A by C and D 600 m: different lengths, one speed."""
    one_way = {"highway": "residential", "oneway": "yes"}
    net = graph(town("A B\n   \nD C", {"AB": one_way, "BCDA": "residential"}), RIDING)
    found = trip_speeds_kmh(net, at((0, 0), (2, 0)), refuse_m=50)
    assert found.tolist() == pytest.approx([12.0, 12.0], abs=1e-3)


def test_no_speed_where_there_is_no_way_no_road_or_no_distance() -> None:
    """Two islands, a place far from any road, and two places at one spot."""
    net = graph(town("A  B\n\n\n\nC  D", {"AB": "residential", "CD": "residential"}))
    apart = trip_speeds_kmh(net, at((0, 0), (0, 4), (1, 2)), refuse_m=100)
    assert apart.tolist() == []
    assert trip_speeds_kmh(net, at((1, 0), (1, 0)), refuse_m=100).tolist() == []


def test_speeds_are_those_of_length_over_time_for_every_pair() -> None:
    """Six places: 30 trips, none of a place to itself."""
    net = graph(town("A B C\n\nD E F", {"ABC": "residential", "DEF": "path", "BE": "path"}))
    places = at((0, 0), (2, 0), (4, 0), (0, 2), (2, 2), (4, 2))
    found = trip_speeds_kmh(net, places, refuse_m=100)
    assert len(found) == 30
    assert np.isclose(found, 6).sum() == 6  # only among A, B and C is all of it street
    assert np.isclose(found, 3).sum() == 12  # among B, D, E and F all of it is path
    assert ((found > 3 - 1e-3) & (found < 6 + 1e-3)).all()
