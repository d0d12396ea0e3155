"""Parts of the roads, the gaps between them, and how they are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.network.build_network import build_network
from batu_geo.network.road_audit import (
    crossings_without_node,
    ends_at_border,
    ends_near_streets,
    gaps_to_close,
    km_outside,
    parts_by_edge,
    parts_table,
    roads_across,
    streets_drawn_twice,
)
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.snapping import join
from batu_geo.sources.osm.ways import WayCollector
from tests.toy import CORNER, CRS, STEP_M, TO_DEGREES, WALKING, at, graph, town

ISLANDS = "A    B C  D\n\n\nE F"
STREETS = {"AB": "residential", "CD": "residential", "EF": "residential"}


def audited(drawing: str, streets, homes, people, units):
    net = graph(town(drawing, streets), WALKING)
    join_of = [join(net, places, refuse_m=100)[0] for places in (homes, units)]
    return parts_table(net, join_of[0], np.array(people), join_of[1])


def test_parts_have_their_people_units_and_length() -> None:
    table = audited(ISLANDS, STREETS, at((0, 0), (8, 0), (0, 3)), [70, 200, 30], at((5, 0)))
    assert table["people"].tolist() == [200, 70, 30]
    assert table["units"].tolist() == [0, 1, 0]
    assert table["km"].tolist() == pytest.approx([0.3, 0.5, 0.2], abs=1e-4)


def test_the_gap_that_connects_most_people_comes_first() -> None:
    table = audited(ISLANDS, STREETS, at((0, 0), (8, 0), (0, 3)), [70, 200, 30], at((5, 0)))
    gaps = gaps_to_close(table)
    assert gaps["people"].tolist() == [200, 30]
    assert gaps["metres"].tolist() == pytest.approx([200, 300], abs=0.1)
    assert gaps.geometry.length.tolist() == pytest.approx(gaps["metres"].tolist())


def test_without_any_unit_or_with_one_everywhere_there_is_no_gap_to_close() -> None:
    homes = at((0, 0), (8, 0))
    assert gaps_to_close(audited(ISLANDS, STREETS, homes, [1, 1], at())).empty
    everywhere = at((0, 0), (8, 0), (0, 3))
    assert gaps_to_close(audited(ISLANDS, STREETS, homes, [1, 1], everywhere)).empty


def test_a_street_closed_to_the_mode_is_of_no_part() -> None:
    net = graph(town("AB C", {"AB": "residential", "BC": "motorway"}), WALKING)
    assert sorted(parts_by_edge(net).tolist()) == [-1, 0]


def test_an_end_that_misses_a_street_by_less_than_a_metre_is_named() -> None:
    """Letters stand 100 m apart, so the miss of half a metre is made by hand."""
    roads = town("A  B\n C \n D ", {"AB": "residential", "CD": "residential"})
    assert ends_near_streets(roads).empty
    xy = roads.line_xy.copy()
    node = roads.node_xy.copy()
    top = int(np.argmin(np.hypot(*(node - node_at(1, 1)).T)))
    node[top] = node_at(1, 0.005)
    xy[np.hypot(*(xy - node_at(1, 1)).T) < 1] = node[top]
    found = ends_near_streets(replace(roads, node_xy=node, line_xy=xy))
    assert found[["way_id", "other_way_id"]].values.tolist() == [[2, 1]]
    assert found["metres"].tolist() == pytest.approx([0.5], abs=0.01)


def drawn_in_metres(ways, structures=None) -> RoadNetwork:
    """Return streets by their corners in metres; nodes are one where they are the same."""
    collector = WayCollector()
    number = {xy: n for n, xy in enumerate(dict.fromkeys(xy for way in ways for xy in way))}
    for way_id, way in enumerate(ways, start=1):
        lon, lat = TO_DEGREES.transform(*(np.array(way, float) + CORNER).T)
        tags = {"highway": "residential", **(structures or {}).get(way_id, {})}
        collector.add(way_id, tags, zip([number[xy] for xy in way], lon, lat, strict=True))
    return build_network(collector.ways(), crs=CRS)


def test_two_ends_that_miss_each_other_are_one_fault_and_other_places_stay() -> None:
    """Streets 1 and 2 miss each other by 0.6 m at one place; 2 also ends 0.8 m short of 1."""
    apart = drawn_in_metres([[(0, 0), (100, 0)], [(100.6, 0), (300, 0)]])
    found = ends_near_streets(apart)
    assert found[["way_id", "other_way_id"]].values.tolist() == [[1, 2]]
    bent = drawn_in_metres(
        [[(0, 0), (100, 0)], [(100.6, 0), (100.6, 50), (40, 50), (40, 0.8)]]
    )  # fmt: skip
    found = ends_near_streets(bent)
    assert found[["way_id", "other_way_id"]].values.tolist() == [[1, 2], [2, 1]]
    assert found["metres"].tolist() == pytest.approx([0.6, 0.8], abs=0.01)


def test_an_end_near_the_joint_of_two_streets_is_one_row() -> None:
    roads = drawn_in_metres([[(0, 0), (50, 0)], [(50, 0), (100, 0)], [(50, 90), (50, 0.5)]])
    assert len(ends_near_streets(roads)) == 1


def test_what_ends_below_a_deck_misses_nothing() -> None:
    ways = [[(0, 0), (100, 0)], [(50, 90), (50, 0.5)]]
    assert len(ends_near_streets(drawn_in_metres(ways))) == 1
    assert ends_near_streets(drawn_in_metres(ways, {1: {"bridge": "yes"}})).empty
    assert len(ends_near_streets(drawn_in_metres(ways, {2: {"bridge": "yes"}}))) == 1


def test_streets_of_one_junction_may_cross_elsewhere_and_rings_meet_at_theirs() -> None:
    loop = [[(0, 0), (100, 0)], [(0, 0), (0, 50), (50, 50), (50, -50)]]
    found = crossings_without_node(drawn_in_metres(loop))
    assert [(p.x, p.y) for p in found.geometry] == [
        pytest.approx((CORNER[0] + 50, CORNER[1]), abs=0.01)
    ]
    rings = [
        [(0, 0), (50, 10), (50, -10), (0, 0)], [(0, 0), (-50, 10), (-50, -10), (0, 0)],
        [(0, 0), (10, 50), (-10, 50), (0, 0)],
    ]  # fmt: skip
    assert crossings_without_node(drawn_in_metres(rings)).empty


def test_two_streets_that_cross_twice_are_two_places() -> None:
    roads = drawn_in_metres([[(0, 0), (100, 0)], [(20, -50), (20, 50), (60, 50), (60, -50)]])
    assert len(crossings_without_node(roads)) == 2


def test_a_bridge_over_its_street_is_not_drawn_twice() -> None:
    ways = [[(0, 0), (100, 0)], [(0, 0.3), (100, 0.3)]]
    assert streets_drawn_twice(drawn_in_metres(ways))["metres"].tolist() == pytest.approx([100])
    assert streets_drawn_twice(drawn_in_metres(ways, {2: {"bridge": "yes"}})).empty


def test_roads_that_go_on_beyond_the_border_are_counted_apart_from_those_that_end() -> None:
    """The first goes 300 m beyond it, the second stops 10 m beyond, the third 10 m before."""
    roads = drawn_in_metres(
        [[(0, 0), (500, 0)], [(0, 40), (210, 40)], [(0, 80), (190, 80)]]
    )  # fmt: skip
    study = shapely.box(CORNER[0] - 100, CORNER[1] - 100, CORNER[0] + 200, CORNER[1] + 200)
    ends = ends_at_border(roads, study)
    assert ends["way_id"].tolist() == [2, 3]
    assert ends["metres"].tolist() == pytest.approx([10, 10], abs=0.01)
    assert roads_across(roads, study) == 1
    assert km_outside(roads, study) == pytest.approx(0.31, abs=1e-4)


def node_at(x: float, y: float) -> np.ndarray:
    return np.array(CORNER) + STEP_M * np.array([x, -y])


def test_streets_that_cross_without_a_vertex_are_named_unless_one_is_a_bridge() -> None:
    drawing = "  A  \nB   C\n  D  "
    roads = town(drawing, {"AD": "residential", "BC": "residential"})
    found = crossings_without_node(roads)
    assert {*found["way_id"], *found["other_way_id"]} == {1, 2}
    assert len(found) == 1
    bridge = {"highway": "residential", "bridge": "yes"}
    assert crossings_without_node(town(drawing, {"AD": "residential", "BC": bridge})).empty
    joined = town("  A  \nB E C\n  D  ", {"AED": "residential", "BEC": "residential"})
    assert crossings_without_node(joined).empty


def test_a_street_drawn_twice_is_named_once() -> None:
    roads = town("A   B\nC   D", {"AB": "residential", "BA": "residential", "CD": "residential"})
    assert streets_drawn_twice(roads)[["way_id", "other_way_id"]].values.tolist() == [[1, 2]]


def test_roads_that_end_at_the_border_of_the_study_are_counted() -> None:
    roads = town("A           B", {"AB": "residential"})
    west, north = CORNER
    study = shapely.box(west, north - 100, west + 1200, north + 100)
    assert len(ends_at_border(roads, study)) == 2
    assert km_outside(roads, study) == pytest.approx(0, abs=1e-6)
    smaller = shapely.box(west + 200, north - 100, west + 900, north + 100)
    assert ends_at_border(roads, smaller).empty
    assert km_outside(roads, smaller) == pytest.approx(0.5, abs=1e-4)


def test_gaps_lie_in_the_projection_of_the_roads() -> None:
    table = audited(ISLANDS, STREETS, at((0, 0), (8, 0), (0, 3)), [70, 200, 30], at((5, 0)))
    assert gaps_to_close(table).crs == table.crs == CRS
