"""Catchments cover the streets reached, cut where the time runs out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.network.catchment import catchments, door_walks
from batu_geo.network.snapping import join
from tests.toy import RIDING, WALKING, at, graph, town

LONG = "A         B"


def reach(net: object, places: gpd.GeoDataFrame, *minutes: float, **rest: object):
    settings = {"refuse_m": 100, "buffer_m": 10, **rest}
    return catchments(net, facilities=places, thresholds_minutes=minutes, **settings)


def test_a_street_is_cut_where_the_time_runs_out() -> None:
    """From the middle of 1 km, two minutes reach 200 m each way."""
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    found = reach(net, at((5, 0)), 2)
    assert found["street_km"].tolist() == pytest.approx([0.4], abs=1e-5)
    west, _, east, _ = found.total_bounds
    assert (west, east) == pytest.approx((668_290, 668_710), abs=0.2)


def test_time_spent_at_the_door_shortens_the_reach() -> None:
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    assert reach(net, at((5, 0.6)), 2)["street_km"].tolist() == pytest.approx([0.2], abs=1e-4)


def test_reach_from_two_ends_that_overlap_is_the_whole_street() -> None:
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    found = reach(net, at((0, 0), (10, 0)), 4, 6)
    assert found["street_km"].tolist() == pytest.approx([0.8, 1.0], abs=1e-4)


def test_overlapping_reach_of_two_units_on_one_street_counts_once() -> None:
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    found = reach(net, at((4, 0), (5, 0)), 2)
    assert found["street_km"].tolist() == pytest.approx([0.5], abs=1e-4)


def test_towards_the_unit_the_one_way_street_is_reached_from_upstream() -> None:
    """Downstream only as far as people walk back: 60 m in the minute, 0 where they may not."""
    streets = {
        "AB": {"highway": "residential", "oneway": "yes", "foot": "no"}, "BCDA": "residential"
    }  # fmt: skip
    walked = {**streets, "AB": {"highway": "residential", "oneway": "yes"}}
    drawing = "A    B\n\n\n\n\nD    C"
    back = reach(graph(town(drawing, walked), RIDING), at((2.5, 0)), 1)
    assert back.total_bounds[2] == pytest.approx(668_320, abs=1)
    roads = town("A    B\n\n\n\n\nD    C", streets)
    to_unit = reach(graph(roads, RIDING), at((2.5, 0)), 1)
    from_unit = reach(graph(roads, RIDING, direction="from_facility"), at((2.5, 0)), 1)
    assert to_unit.total_bounds[2] == pytest.approx(668_260, abs=1)
    assert from_unit.total_bounds[0] == pytest.approx(668_240, abs=1)


def test_a_longer_threshold_contains_the_shorter() -> None:
    net = graph(town("A B C\n\nD E F", {"ABCFED": "residential", "BE": "path"}), WALKING)
    shapes = reach(net, at((2, 0)), 0.5, 1, 2, 3, 5).geometry.to_list()
    for inner, outer in zip(shapes, shapes[1:], strict=False):
        # Strips are narrower by up to two hundredths of a millimetre, each by its own part of it.
        assert shapely.difference(inner, outer).area < 1e-3


def test_holes_stay_open() -> None:
    """Round a block of 400 m nothing inside is reached."""
    net = graph(town("A   B\n\n\n\nD   C", {"ABCDA": "residential"}), WALKING)
    shape = reach(net, at((0, 0)), 30).geometry.iloc[0]
    assert len(shape.interiors) == 1
    assert not shape.contains(shapely.Point(668_200, 9_129_800))


def test_no_open_unit_reaches_nothing() -> None:
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    found = reach(net, at(), 5, 10)
    assert found.geometry.is_empty.all()
    assert found["street_km"].tolist() == [0, 0]


def test_every_shape_is_valid() -> None:
    net = graph(town("A B C\n\nD E F", {"ABCFED": "residential", "BE": "path"}), WALKING)
    assert reach(net, at((1, 0), (4, 2)), 0.1, 1, 9).is_valid.all()


def test_a_unit_off_the_road_lies_inside_its_own_catchment() -> None:
    """It stands 60 m away: a minute on foot; in half a minute one gets half-way to the road."""
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    unit = at((5, 0.6))
    found = reach(net, unit, 0.5, 2)
    assert found.geometry.intersects(unit.geometry.iloc[0]).all()
    assert found["street_km"].tolist() == pytest.approx([0, 0.2], abs=1e-4)


def test_a_unit_farther_from_any_road_than_people_walk_has_no_catchment() -> None:
    net = graph(town(LONG, {"AB": "residential"}), WALKING)
    assert reach(net, at((5, 9)), 2).geometry.is_empty.all()


def test_who_comes_out_of_the_door_walks_to_the_nearest_place_of_the_street() -> None:
    """50 m from a street of 1 km, 300 m from its end, and one at the street itself."""
    net = graph(town(LONG, {"AB": "residential"}))
    units = at((3, 0.5), (7, 0))
    (walk,) = door_walks(net, units, join(net, units, refuse_m=100)[0])
    assert walk.facility == 0
    door, road = at((3, 0.5), (3, 0)).get_coordinates().to_numpy()
    assert np.array(walk.line.coords) == pytest.approx(np.array([door, road]), abs=0.01)
    assert walk.line.length == pytest.approx(50, abs=0.01)


def test_each_facility_has_a_catchment_of_its_own() -> None:
    """2 minutes are 200 m each way; the last two share 100 m, and the first has one way."""
    net = graph(town(LONG, {"AB": "residential"}))
    units = at((0, 0), (5, 0), (8, 0))
    found = reach(net, units, 1, 2, by="facility")
    assert found["facility_id"].tolist() == [name for name in units.iloc[:, 0] for _ in range(2)]
    assert found["threshold_minutes"].tolist() == [1, 2] * 3
    own = [0.1, 0.2, 0.2, 0.4, 0.2, 0.4]
    assert found["street_km"].tolist() == pytest.approx(own, abs=1e-4)
    together = reach(net, units, 2)
    assert together["street_km"].tolist() == pytest.approx([0.9], abs=1e-4)
