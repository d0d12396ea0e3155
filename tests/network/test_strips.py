"""The strip along streets is the union of the strips of its edges, however often it is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.network.area.crossings import Outlines
from batu_geo.network.area.overlaps import overlaps_of, rim_of, with_more
from batu_geo.network.area.rims import as_shape
from batu_geo.network.area.strips import CORNER_SEGMENTS, Strips, Wanted
from tests.how_many import few
from tests.worlds import random_roads

BUFFER_M = 7.0
NOTHING = np.array([], dtype=object)


def union(strips: Strips, flags, parts=()) -> shapely.Geometry:
    wanted = Wanted(flags, np.array(list(parts), dtype=object), np.full(len(parts), -1))
    return strips.unions([wanted])[0]


def plainly(roads, flags, buffer_m: float = BUFFER_M) -> shapely.Geometry:
    lines = roads.lines(np.flatnonzero(flags))
    return shapely.union_all(shapely.buffer(lines, buffer_m, quad_segs=CORNER_SEGMENTS))


def assert_near(drawn: shapely.Geometry, plain: shapely.Geometry) -> None:
    """Assert that rims lie within two hundredths of a millimetre."""
    assert drawn.is_valid
    assert shapely.difference(drawn, plain).area < 1e-3
    assert shapely.difference(plain, drawn).area < 2e-5 * plain.length + 1e-3


def assert_same(drawn: shapely.Geometry, plain: shapely.Geometry) -> None:
    """Assert that rims are near each other, and of as many parts and holes."""
    assert_near(drawn, plain)
    assert shapely.get_num_geometries(drawn) == shapely.get_num_geometries(plain)
    holes = [shapely.get_num_interior_rings(shapely.get_parts(s)).sum() for s in (drawn, plain)]
    assert holes[0] == holes[1]


def lattice(rng: np.random.Generator, side: int):
    """Streets at right angles and slantwise, straight on, twice, round a block, of no length."""
    roads = random_roads(rng, nodes=side)
    step = rng.choice([3.0, 10.0, 14.0, 40.0])
    xy = roads.line_xy[0].round() + rng.integers(0, side, roads.line_xy.shape) * step
    first = rng.integers(0, len(xy) // 2)
    xy[2 * first : 2 * first + 2] = xy[:2]
    return replace(roads, line_xy=xy)


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_unions_change_no_shape(seed: int) -> None:
    """Some, then more, then all, then some again: whatever was kept before."""
    rng = np.random.default_rng(seed)
    roads = random_roads(rng, nodes=40)
    edges = np.arange(roads.edge_count)
    strips = Strips(roads, buffer_m=BUFFER_M)
    few_edges, some = edges == 3, rng.random(len(edges)) < 0.3
    for flags in (few_edges, some, edges > 0, edges >= 0, some):
        assert_same(union(strips, flags), plainly(roads, flags))


@pytest.mark.parametrize("seed", range(few(180)))
def test_streets_upon_and_beside_each_other_are_drawn_all_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    roads = lattice(rng, int(rng.integers(3, 12)))
    strips = Strips(roads, buffer_m=BUFFER_M)
    for share in (0.5, 1.0):
        flags = rng.random(roads.edge_count) < share
        assert_near(union(strips, flags), plainly(roads, flags))


def test_unions_drawn_at_once_are_those_drawn_one_by_one() -> None:
    rng = np.random.default_rng(5)
    roads = random_roads(rng, nodes=30)
    parts = roads.lines(np.arange(3))
    wanted = [
        Wanted((rng.random(roads.edge_count) < 0.6) & (np.arange(roads.edge_count) > 2),
               parts[:count], np.arange(count))
        for count in (3, 0, 1, 2)
    ]  # fmt: skip
    at_once = Strips(roads, buffer_m=BUFFER_M).unions(wanted)
    for shape, one in zip(at_once, wanted, strict=True):
        (alone,) = Strips(roads, buffer_m=BUFFER_M).unions([one])
        assert alone.equals(shape)
        is_whole = one.is_whole.copy()
        is_whole[one.of] = True
        assert_same(shape, plainly(roads, is_whole))


def test_parts_of_edges_are_drawn_beside_whole_ones() -> None:
    roads = random_roads(np.random.default_rng(6), nodes=30)
    strips = Strips(roads, buffer_m=BUFFER_M)
    part = shapely.LineString([(667_000, 9_129_000), (667_050, 9_129_000)])
    flags = np.zeros(roads.edge_count, bool)
    alone = union(strips, flags, [part])
    assert_same(alone, shapely.buffer(part, BUFFER_M, quad_segs=CORNER_SEGMENTS))
    flags[4] = True
    both = union(strips, flags, [part])
    assert both.area == pytest.approx(alone.area + plainly(roads, flags).area, abs=1e-2)


def test_two_parts_of_one_street_that_overlap_are_one_shape() -> None:
    roads = random_roads(np.random.default_rng(6), nodes=10)
    (x, y), _ = roads.line_xy[:2]
    ends = np.array([(0, 60), (40, 100), (200, 220)])
    lines = np.array([shapely.LineString([(x + low, y), (x + high, y)]) for low, high in ends])
    wanted = Wanted(np.zeros(roads.edge_count, bool), lines, np.zeros(3, dtype=int))
    (drawn,) = Strips(roads, buffer_m=BUFFER_M).unions([wanted])
    plain = shapely.union_all(shapely.buffer(lines, BUFFER_M, quad_segs=CORNER_SEGMENTS))
    assert shapely.difference(plain, drawn).area < 0.02
    assert shapely.get_num_geometries(drawn) == 2


def test_of_no_edges_there_is_nothing_but_the_parts() -> None:
    roads = random_roads(np.random.default_rng(7), nodes=10)
    strips = Strips(roads, buffer_m=BUFFER_M)
    assert union(strips, np.zeros(roads.edge_count, bool)).is_empty
    assert strips.unions([]) == []


def test_a_network_without_streets_has_no_strip() -> None:
    roads = random_roads(np.random.default_rng(8), nodes=10)
    none = replace(roads, edge_node=roads.edge_node[:0], line_start=roads.line_start[:1],
                   line_xy=roads.line_xy[:0])  # fmt: skip
    assert union(Strips(none, buffer_m=BUFFER_M), np.zeros(0, bool)).is_empty


def test_where_rounding_would_decide_the_strips_are_joined_plainly(monkeypatch) -> None:
    """Streets upon each other, without what keeps their sides apart."""
    monkeypatch.setattr("batu_geo.network.area.strips.NARROWER_M", 0.0)
    roads = random_roads(np.random.default_rng(9), nodes=4)
    corner, along = roads.line_xy[0].round(), np.array([[0, 0], [300, 0]])
    xy = np.tile(corner + along, (roads.edge_count, 1))
    xy[-2:] += [150, 0]
    roads = replace(roads, line_xy=xy)
    flags = np.ones(roads.edge_count, bool)
    assert_same(union(Strips(roads, buffer_m=BUFFER_M), flags), plainly(roads, flags))


def boxes(*corners: tuple[float, ...]) -> Outlines:
    return Outlines(np.array([shapely.box(*four) for four in corners]), cell_m=1.0)


def test_an_island_in_a_hole_of_an_island_has_its_own_holes() -> None:
    """Two frames, one within the other, and a box between them and one inside of both."""
    frame = [(0, 0, 9, 1), (0.1, 8, 9.1, 9), (-0.1, 0.1, 1, 8.9), (8, 0.2, 8.9, 8.8)]
    small = [tuple(np.array(four) / 3 + 3) for four in frame]
    shapes = boxes(*frame, *small, (1.5, 1.5, 2, 2), (4, 4, 5, 5))
    known = overlaps_of(shapes)
    none = with_more(known, Outlines(NOTHING, cell_m=1.0), np.zeros(0, int), np.ones((1, 10), bool))
    drawn = as_shape(rim_of(known, none, 0, np.ones(10, bool)))
    assert_same(drawn, shapely.union_all(shapes.shapes))
    assert shapely.get_num_geometries(drawn) == 4


def test_of_shapes_inside_of_others_only_the_outer_ones_are_on_the_rim() -> None:
    """Kept ones in kept ones, more in kept ones, kept ones in more, and more in more."""
    known = overlaps_of(boxes((0, 0, 4, 4), (1, 1, 2, 2), (10, 10, 11, 11)))
    more = boxes((1, 2.5, 1.5, 3), (9, 9, 12, 12), (9.5, 9.5, 9.8, 9.8), (0.9, 0.8, 30, 30))
    is_in = np.ones((2, 3), bool)
    found = with_more(known, more, np.array([0, 0, 0, 1]), is_in)
    first, second = (as_shape(rim_of(known, found, number, is_in[number])) for number in (0, 1))
    assert_same(first, shapely.union_all([shapely.box(0, 0, 4, 4), shapely.box(9, 9, 12, 12)]))
    assert_same(second, shapely.union_all([shapely.box(0, 0, 4, 4), shapely.box(0.9, 0.8, 30, 30)]))
