"""Edges become whole milliseconds by class, surface, limit, slope, closure and direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.domain.travel import Closure
from batu_geo.network.impedance import closed_edges, edge_speed_kmh, impedance, slope_factor
from batu_geo.network.law.access_law import access_of
from batu_geo.network.law.surfaces import surface_factor
from batu_geo.sources.osm.osm_tags import maxspeed_kmh
from tests.toy import CORNER, RIDING, TO_DEGREES, WALKING, town


def ms(roads, mode=WALKING, speed_set="middle", **rest):
    return impedance(roads, mode, speed_set=speed_set, **rest)


def test_time_is_length_over_the_speed_of_the_class() -> None:
    roads = town("ABC", {"AB": "residential", "BC": "path"})
    assert sorted(ms(roads)[:, 0]) == [60_000, 120_000]


@pytest.mark.parametrize(("speed_set", "minutes"), [("slow", 2), ("middle", 1), ("fast", 0.5)])
def test_three_sets_of_speeds(speed_set: str, minutes: float) -> None:
    assert ms(town("AB", {"AB": "residential"}), speed_set=speed_set)[0, 0] == minutes * 60_000


def test_times_are_whole_milliseconds() -> None:
    roads = town("A B\n C", {"AC": "residential", "CB": "residential"})
    assert np.array_equal(ms(roads), np.rint(ms(roads)))
    assert ms(roads)[0, 0] == round(roads.length_m[0] * 600)


def test_a_class_without_a_speed_is_closed() -> None:
    roads = town("ABC", {"AB": "residential", "BC": "path"})
    assert np.isinf(ms(roads, RIDING)).any(axis=1).sum() == 1


def test_a_one_way_street_is_open_forward_only_to_vehicles() -> None:
    roads = town("AB", {"AB": {"highway": "residential", "oneway": "yes"}})
    assert np.isfinite(ms(roads, RIDING)).tolist() == [[True, False]]
    assert np.isfinite(ms(roads)).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("tags", "foot", "motorcycle", "car"),
    [
        ({}, "both", "both", "both"),
        ({"oneway": "yes"}, "both", "forward", "forward"),
        ({"oneway": "-1"}, "both", "backward", "backward"),
        ({"oneway": "no", "junction": "roundabout"}, "both", "both", "both"),
        ({"junction": "roundabout"}, "both", "forward", "forward"),
        ({"highway": "motorway"}, "none", "none", "forward"),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, "both", "both", "forward"),
        ({"oneway:foot": "yes"}, "forward", "both", "both"),
        ({"access": "private"}, "both", "both", "both"),
        ({"access": "agricultural", "foot": "yes"}, "both", "none", "none"),
        ({"motor_vehicle": "no"}, "both", "none", "none"),
        ({"motor_vehicle": "no", "motorcycle": "yes"}, "both", "both", "none"),
        ({"motorcar": "no"}, "both", "both", "none"),
        ({"foot": "no"}, "none", "both", "both"),
        ({"access": "destination"}, "both", "both", "both"),
        ({"oneway": "reversible"}, "both", "none", "none"),
    ],
)
def test_access_and_one_way_tags(
    tags: dict[str, str], foot: str, motorcycle: str, car: str
) -> None:
    forward, backward = access_of({"highway": "residential", **tags}).closed
    names = {(0, 0): "both", (0, 1): "forward", (1, 0): "backward", (1, 1): "none"}
    found = [names[(forward >> bit) & 1, (backward >> bit) & 1] for bit in range(3)]
    assert found == [foot, motorcycle, car]


@pytest.mark.parametrize(
    ("value", "kmh", "is_odd"),
    [
        (None, np.nan, False),
        ("30", 30, False),
        ("30 km/h", 30, False),
        ("30 mph", 48.28032, False),
        ("none", np.nan, False),
        ("fast", np.nan, True),
        ("0", np.nan, True),
        ("-30", np.nan, True),
        ("1e999", np.nan, True),
        ("30 mph;50", np.nan, True),
        ("RM:urban", np.nan, True),
        ("999", np.nan, True),
    ],
)
def test_speed_limits_and_odd_ones(value: str | None, kmh: float, is_odd: bool) -> None:
    found, odd = maxspeed_kmh(value)
    assert (found == pytest.approx(kmh, nan_ok=True), odd) == (True, is_odd)


def test_a_limit_only_caps_and_only_vehicles() -> None:
    roads = town(
        "ABC",
        {
            "AB": {"highway": "primary", "maxspeed": "18"},
            "BC": {"highway": "residential", "maxspeed": "90"},
        },
    )
    riding = edge_speed_kmh(roads, RIDING, speed_set="middle")
    assert sorted(riding) == [12, 18]
    walking = edge_speed_kmh(roads, WALKING, speed_set="middle")
    assert np.nanmax(walking) == 6
    odd = town("AB", {"AB": {"highway": "primary", "maxspeed": "fast"}})
    assert odd.dropped["odd maxspeed tags"] == 1
    assert edge_speed_kmh(odd, RIDING, speed_set="middle").tolist() == [36]


def test_a_surface_slows() -> None:
    roads = town("ABC", {"AB": {"highway": "residential", "surface": "mud"}, "BC": "residential"})
    muddy = RIDING.model_copy(update={"surface_factors": {"mud": 0.5}})
    assert sorted(edge_speed_kmh(roads, muddy, speed_set="middle")) == [6, 12]


def test_tobler_is_signed_and_known() -> None:
    """6 exp(-3.5 |s + 0.05|): values of Tobler (1993), relative to level ground."""
    tobler = WALKING.model_copy(update={"slope": "tobler"})
    slope = np.array([-0.3, -0.05, 0.0, 0.1, 0.3])
    speed = 6 * np.exp(-3.5 * np.abs(slope + 0.05))
    assert speed.round(3).tolist() == [2.501, 6.0, 5.037, 3.549, 1.763]
    assert slope_factor(slope, tobler) == pytest.approx(5.0368 / speed, rel=1e-4)


def test_uphill_takes_longer_than_downhill() -> None:
    roads = town("A B", {"AB": "residential"})
    hill = replace(roads, line_z=np.where(roads.line_xy[:, 0] > 668_100, 120.0, 100.0))
    tobler = WALKING.model_copy(update={"slope": "tobler"})
    up, down = ms(hill, tobler)[0]
    first = roads.line_xy[0, 0] < 668_100
    up, down = (up, down) if first else (down, up)
    level = 120_000
    assert up == pytest.approx(level * np.exp(3.5 * 0.15) / np.exp(3.5 * 0.05), abs=2)
    assert down == pytest.approx(level * np.exp(3.5 * 0.05) / np.exp(3.5 * 0.05), abs=2)
    assert ms(hill)[0].tolist() == [level, level], "slope none"


def test_motor_slope_penalty_is_off_unless_chosen() -> None:
    roads = town("A B", {"AB": "residential"})
    hill = replace(roads, line_z=np.where(roads.line_xy[:, 0] > 668_100, 120.0, 100.0))
    assert ms(hill, RIDING)[0].tolist() == [60_000, 60_000]
    steep = RIDING.model_copy(update={"slope": "uphill", "uphill_share_per_percent": 0.02})
    assert sorted(ms(hill, steep)[0]) == [60_000, 72_000]


def test_unknown_elevations_count_as_flat() -> None:
    roads = town("A B", {"AB": "residential"})
    void = replace(roads, line_z=np.full(len(roads.line_xy), np.nan))
    tobler = WALKING.model_copy(update={"slope": "tobler"})
    assert ms(void, tobler)[0].tolist() == [120_000, 120_000]


def test_closures_by_way_and_by_area() -> None:
    roads = town("A B\n\nC D", {"AB": "residential", "CD": "residential"})
    first = int(roads.way_id[0])
    by_way = Closure(name="x", ways=(first,), source="toy")
    assert closed_edges(roads, by_way).tolist() == [True, False]
    x, y = CORNER
    corners = [(x - 50, y + 50), (x + 250, y + 50), (x + 250, y - 50), (x - 50, y - 50)]
    lonlat = tuple(TO_DEGREES.transform(*corner) for corner in corners)
    by_area = Closure(name="x", polygon=lonlat, source="toy")
    hit = closed_edges(roads, by_area)
    assert shapely.get_coordinates(roads.lines()[hit])[:, 1].round().tolist() == [y, y]
    assert np.isinf(ms(roads, closures=[by_way])[0]).all()
    slowed = by_way.model_copy(update={"speed_factor": 0.5})
    assert ms(roads, closures=[slowed])[0].tolist() == [240_000, 240_000]


def at(right_m: float, down_m: float, **more: float) -> Closure:
    place = TO_DEGREES.transform(CORNER[0] + right_m, CORNER[1] - down_m)
    return Closure(name="x", at=place, source="toy", **more)


def test_a_closure_at_a_point_is_the_nearest_street_from_junction_to_junction() -> None:
    """One way of two edges, cut at B where another begins, 200 m each."""
    roads = town("A B C\n\n  D", {"ABC": "residential", "BD": "residential"})
    ends = [(shapely.get_coordinates(e)[:, 0] - CORNER[0]).round().tolist() for e in roads.lines()]
    places = {(20, 0): [0, 200], (250, 25): [200, 400], (190, 9): [0, 200], (225, 60): [200, 200]}
    for place, meant in places.items():
        (edge,) = np.flatnonzero(closed_edges(roads, at(*place)))
        assert ends[edge] == meant


def test_a_point_closes_nothing_farther_than_its_limit_which_is_inclusive() -> None:
    roads = town("A B", {"AB": "residential"})
    assert not closed_edges(roads, at(50, 30.01)).any()
    assert closed_edges(roads, at(50, 29.99)).all()
    assert closed_edges(roads, at(50, 90, at_most_m=91)).all()
    assert not closed_edges(roads, at(50, 90, at_most_m=89)).any()
    assert not closed_edges(town("A", {}), at(0, 0)).any()


def test_at_a_junction_the_first_street_of_the_network_is_meant() -> None:
    roads = town("A B C", {"AB": "residential", "BC": "residential"})
    assert closed_edges(roads, at(200, 0)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("vehicle", "words", "factor"),
    [
        ("foot", "cobblestone", 1.0),
        ("motorcycle", "cobblestone", 0.9),
        ("car", "cobblestone", 0.8),
        ("ambulance", "cobblestone", 0.8),
        ("motorcycle", "asphalt", 1.0),
        ("motorcycle", "asphalt;cobblestone", 0.9),
        ("motorcycle", "lava", 0.7),
        ("ambulance", "lava", 0.6),
        ("car", "", 1.0),
        ("car", "mud", 0.5),
    ],
)
def test_a_surface_slows_by_its_table_unless_the_scenario_says_otherwise(
    vehicle: str, words: str, factor: float
) -> None:
    """An ambulance is a car; of several words the worst counts, and an unknown one as unpaved."""
    mode = RIDING.model_copy(update={"vehicle": vehicle, "surface_factors": {"mud": 0.5}})
    assert surface_factor(mode, words) == factor
