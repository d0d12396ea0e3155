"""Ways become nodes and edges; what cannot be used is counted."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.build_network import build_network, morton
from batu_geo.network.impedance import impedance
from batu_geo.network.road_rules import Numbering
from batu_geo.network.roads import TagCount, Ways, closed_outside
from batu_geo.sources.osm.ways import WayCollector
from tests.toy import CRS, TO_DEGREES, WALKING, places, town

CROSSING = """
  C
A B D
  E
"""


def raw_ways(ways: list[list[tuple[int, float, float]]]) -> Ways:
    """Return ways from lists of node id and metres."""
    found = WayCollector()
    for number, way in enumerate(ways, start=1):
        nodes = [
            (node, *TO_DEGREES.transform(x + 668_000, y + 9_130_000))
            if np.isfinite(x)
            else (node, np.nan, np.nan)
            for node, x, y in way
        ]
        found.add(number, {"highway": "residential"}, nodes)
    return found.ways()


def test_ways_are_split_where_they_share_a_node() -> None:
    roads = town(CROSSING, {"ABD": "residential", "CBE": "residential"})
    assert roads.node_count == 5
    assert roads.edge_count == 4
    assert roads.length_m == pytest.approx([200, 200, 100, 100], abs=1e-5) or sorted(
        roads.length_m
    ) == pytest.approx([100, 100, 200, 200], abs=1e-5)


def test_a_bend_is_no_junction_but_stays_in_the_line() -> None:
    roads = town("A B\n  C", {"ABC": "residential"})
    assert roads.node_count == 2
    assert roads.edge_count == 1
    assert shapely.get_num_coordinates(roads.lines()[0]) == 3
    assert roads.length_m[0] == pytest.approx(300, abs=1e-5)


def test_crossing_lines_without_a_shared_node_do_not_meet() -> None:
    roads = town(" C \nA D\n E ", {"AD": "residential", "CE": "residential"})
    assert roads.edge_count == 2
    assert roads.node_count == 4


def test_a_loop_onto_itself_is_split_at_the_meeting() -> None:
    roads = town("ABC\n ED", {"ABCDEB": "residential"})
    assert roads.edge_count == 2
    assert sorted(roads.length_m) == pytest.approx([100, 400], abs=1e-5)


def test_lengths_are_those_on_the_ellipsoid() -> None:
    """A degree of the equator is 111,319.491 m, the first of a meridian 110,574.389 m."""
    found = WayCollector()
    found.add(1, {"highway": "residential"}, [(1, 112.0, 0.0), (2, 112.5, 0.0), (3, 113.0, 0.0)])
    found.add(2, {"highway": "residential"}, [(4, 112.0, 0.0), (5, 112.0, 1.0)])
    roads = build_network(found.ways(), crs=CRS)
    by_way = roads.length_m[np.argsort(roads.way_id)]
    assert by_way.tolist() == pytest.approx([111_319.491, 110_574.389], abs=1e-3)
    assert shapely.length(roads.lines()).max() > by_way.max() - 50


@pytest.mark.parametrize("lon", [108.2, 111.0, 113.9])
def test_lengths_are_the_same_in_every_projection(lon: float) -> None:
    """A street of Java drawn in zone 50 is up to 0.5 % longer than in its own."""
    found = WayCollector()
    path = [(n, lon + 0.001 * n, -7.9 + 0.0004 * n * n) for n in range(12)]
    for number in range(4):
        found.add(number + 1, {"highway": "residential"}, path[3 * number : 3 * number + 3])
    zones = [build_network(found.ways(), crs=f"EPSG:{zone}") for zone in (32748, 32749, 32750)]
    lengths = [roads.length_m[np.argsort(roads.way_id)].tolist() for roads in zones]
    assert lengths[0] == lengths[1] == lengths[2]
    drawn = np.array([np.sort(shapely.length(roads.lines())) for roads in zones])
    assert np.ptp(drawn, axis=0).max() > 0.1


def test_lines_are_those_of_the_edges_named() -> None:
    roads = town(CROSSING, {"ABD": "residential", "CBE": "residential"})
    chosen = np.array([2, 0])
    assert shapely.equals(roads.lines(chosen), roads.lines()[chosen]).all()


def test_the_order_of_the_ways_does_not_matter() -> None:
    streets = {"ABD": "residential", "CBE": "path"}
    one = town(CROSSING, streets)
    other = town(CROSSING, dict(reversed(streets.items())))
    for name in ("node_xy", "edge_node", "length_m", "road_class", "closed", "line_xy"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_missing_repeated_and_lonely_nodes_are_counted() -> None:
    ways = raw_ways(
        [
            [(1, 0, 0), (2, 100, 0), (2, 100, 0), (3, 200, 0)],
            [(3, 200, 0), (4, float("nan"), 0)],
            [(5, 0, 50)],
        ]
    )
    roads = build_network(ways, crs=CRS)
    assert dict(roads.dropped) == {
        "missing nodes": 1,
        "repeated nodes": 1,
        "ways with less than two nodes": 2,
    }
    assert roads.edge_count == 1


def test_no_ways_make_an_empty_network() -> None:
    roads = build_network(raw_ways([]), crs=CRS)
    assert (roads.node_count, roads.edge_count) == (0, 0)


def test_neighbours_are_numbered_close_together() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    roads = town(letters, {letters: "residential", **dict.fromkeys(letters[1:-1], "path")})
    assert np.abs(np.diff(roads.edge_node, axis=1)).max() <= 2
    assert places(letters)["B"][0] - places(letters)["A"][0] == 100


def test_outside_an_area_every_street_is_closed_and_one_that_touches_it_is_not() -> None:
    """AB lies inside, BC leaves the area at B, CD lies beyond."""
    roads = town("A B C D", {"AB": "residential", "BC": "residential", "CD": "residential"})
    where = places("A B C D")
    area = shapely.box(
        where["A"][0] - 10, where["A"][1] - 10, where["B"][0] + 10, where["A"][1] + 9
    )
    fenced = closed_outside(roads, area)
    assert (roads.closed == 0).all()
    is_open = ~fenced.closed.any(axis=1)
    inside = [line.intersects(area) for line in roads.lines()]
    assert is_open.tolist() == inside
    assert sum(inside) == 2
    for vehicle in VEHICLES:
        mode = WALKING.model_copy(update={"vehicle": vehicle})
        ms = impedance(fenced, mode, speed_set="middle")
        assert np.isinf(ms[~is_open]).all(), vehicle
        assert np.isfinite(ms[is_open]).all(), vehicle


def test_lines_of_some_edges_come_in_the_order_asked_for() -> None:
    roads = town("A B\nC D", {"ABDC": "residential", "AC": "path", "AD": "path"})
    some = np.array([2, 0, 2])
    asked = roads.lines(some)
    every = roads.lines()
    assert [line.wkt for line in asked] == [every[n].wkt for n in some]
    assert len(roads.lines(np.zeros(0, np.int64))) == 0


def test_of_no_ways_there_is_a_network_without_anything() -> None:
    roads = build_network(WayCollector().ways(), crs=CRS)
    assert (roads.node_count, roads.edge_count, len(roads.lines())) == (0, 0, 0)


def test_places_without_an_answer_of_the_projection_count_as_missing() -> None:
    """On the other side of the Earth the zone of Java has no metres."""
    found = WayCollector()
    here = [(n, *TO_DEGREES.transform(668_000 + 100 * n, 9_130_000)) for n in (1, 2, 3)]
    found.add(1, {"highway": "residential"}, [*here, (9, 21.0, 0.0)])
    found.add(2, {"highway": "residential"}, [(9, 21.0, 0.0), (10, 21.0, 0.0)])
    roads = build_network(found.ways(), crs=CRS, dropped={"no roads": 4})
    assert roads.length_m.tolist() == pytest.approx([200], abs=1e-5)
    assert roads.dropped["missing nodes"] == 3
    assert roads.dropped["ways with less than two nodes"] == 1
    assert roads.dropped["no roads"] == 4


def test_a_tag_that_is_counted_is_written_with_its_value_or_as_its_key() -> None:
    counted = (TagCount("access", "no", 2), TagCount("name", "*", 1), TagCount("turn_restrictions"))
    assert [row.tag for row in counted] == ["access=no", "name=*", "turn_restrictions"]


def test_junctions_are_numbered_along_a_curve_whatever_their_ids() -> None:
    """Near ones first: the corners of a cell of 2 by 2 metres, then those of the next cell."""
    cell = np.array([(x, y) for y in range(4) for x in range(4)], float)
    order = morton(cell).argsort().tolist()
    assert [tuple(cell[n].astype(int)) for n in order] == [
        (x + 2 * right, y + 2 * up)
        for up in (0, 1) for right in (0, 1) for y in (0, 1) for x in (0, 1)
    ]  # fmt: skip
    drawing = "A B C D\n\nE F G H"
    streets = {"HDCBA": "residential", "AEFGH": "residential", "BF": "path", "CG": "path"}
    roads = town(drawing, streets)
    assert roads.node_count > 2
    assert (np.diff(morton(roads.node_xy).astype(np.int64)) > 0).all()


def test_a_node_of_no_network_has_no_junction() -> None:
    """Nodes 3 and 7 stand in the ways, 7 in their middle; 5 stands in none."""
    numbered = Numbering(np.zeros(0, int), np.array([3, 7]), np.array([0, -1]))
    assert numbered.of(np.array([3, 5, 7, 9])).tolist() == [0, -1, -1, -1]
    empty = Numbering(np.zeros(0, int), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert empty.of(np.array([3, 5])).tolist() == [-1, -1]
