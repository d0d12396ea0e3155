"""The strip along streets is the union of the strips of its edges, however often it is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.network.strips import CORNER_SEGMENTS, SIDE_M, Strips, cut_to, without_sides
from tests.worlds import random_roads

BUFFER_M = 7.0


def plainly(roads, edges) -> shapely.Geometry:
    lines = roads.lines(np.asarray(edges, dtype=np.int64))
    return shapely.union_all(shapely.buffer(lines, BUFFER_M, quad_segs=CORNER_SEGMENTS))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.slow
def test_the_kept_unions_change_no_shape(seed: int) -> None:
    """Some, then more, then all, then some again: whatever was kept before."""
    rng = np.random.default_rng(seed)
    roads = random_roads(rng, nodes=60)
    edges = np.arange(roads.edge_count)
    strips = Strips(roads, buffer_m=BUFFER_M)
    some = np.zeros(roads.edge_count, bool)
    some[rng.choice(edges, len(edges) // 3, replace=False)] = True
    all_but_one = np.zeros(roads.edge_count, bool)
    all_but_one[edges[1:]] = True
    whole = np.ones(roads.edge_count, bool)
    for flags in (some, all_but_one, whole, some, whole):
        expected = plainly(roads, edges[flags[edges]])
        assert strips.union(flags, []).symmetric_difference(expected).area < 1e-3


def test_parts_of_edges_are_drawn_beside_whole_ones() -> None:
    roads = random_roads(np.random.default_rng(6), nodes=30)
    strips = Strips(roads, buffer_m=BUFFER_M)
    part = shapely.LineString([(667_000, 9_129_000), (667_050, 9_129_000)])
    flags = np.zeros(roads.edge_count, bool)
    alone = strips.union(flags, [part])
    assert alone.area == pytest.approx(
        shapely.buffer(part, BUFFER_M, quad_segs=CORNER_SEGMENTS).area
    )
    flags[4] = True
    both = strips.union(flags, [part])
    assert both.area == pytest.approx(alone.area + plainly(roads, [4]).area)


def test_of_no_edges_there_is_nothing_but_the_parts() -> None:
    roads = random_roads(np.random.default_rng(7), nodes=10)
    strips = Strips(roads, buffer_m=BUFFER_M)
    assert strips.union(np.zeros(roads.edge_count, bool), []).is_empty


def test_a_network_without_streets_has_no_strip() -> None:
    roads = random_roads(np.random.default_rng(8), nodes=10)
    none = replace(roads, edge_node=roads.edge_node[:0], line_start=roads.line_start[:1],
                   line_xy=roads.line_xy[:0])  # fmt: skip
    assert Strips(none, buffer_m=BUFFER_M).union(np.zeros(0, bool), []).is_empty


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_squares_leave_no_trace_however_streets_cross_them(seed: int) -> None:
    """Streets over many squares, one along a side and one through corners, joined in any order."""
    roads = random_roads(np.random.default_rng(seed), nodes=20)
    middle = np.floor(roads.line_xy.mean(axis=0) / SIDE_M) * SIDE_M
    far = middle + (roads.line_xy - roads.line_xy.mean(axis=0)) * 6
    far[:2] = middle + np.array([[0, -1.5], [0, 2]]) * SIDE_M
    far[2:4] = middle + np.array([[-1, -1], [2, 2]]) * SIDE_M
    roads = replace(roads, line_xy=far)
    for buffer_m in (BUFFER_M, 0.25 * SIDE_M):
        strips = Strips(roads, buffer_m=buffer_m)
        for first in (0, 1, 2, 0):
            flags = np.arange(roads.edge_count) >= first
            lines = roads.lines(np.flatnonzero(flags))
            plain = shapely.union_all(shapely.buffer(lines, buffer_m, quad_segs=CORNER_SEGMENTS))
            drawn = strips.union(flags, [])
            assert drawn.is_valid
            assert drawn.symmetric_difference(plain).area < 1e-3
            assert shapely.get_num_geometries(drawn) == shapely.get_num_geometries(plain)
            holes = [sum(len(p.interiors) for p in shapely.get_parts(s)) for s in (drawn, plain)]
            assert holes[0] == holes[1]


def test_a_street_beside_a_side_of_squares_is_drawn_whole() -> None:
    """Its strip ends on the side, which is then a boundary and is kept."""
    roads = random_roads(np.random.default_rng(9), nodes=4)
    side = np.ceil(roads.line_xy[:, 0].max() / SIDE_M) * SIDE_M
    xy = roads.line_xy.copy()
    xy[:2] = [[side - BUFFER_M, 9_129_100], [side - BUFFER_M, 9_131_400]]
    strips = Strips(replace(roads, line_xy=xy), buffer_m=BUFFER_M)
    flags = np.arange(roads.edge_count) == 0
    plain = shapely.buffer(shapely.LineString(xy[:2]), BUFFER_M, quad_segs=CORNER_SEGMENTS)
    assert strips.union(flags, []).symmetric_difference(plain).area < 1e-6


def test_of_what_touches_a_side_from_outside_only_the_area_inside_is_kept() -> None:
    across = shapely.box(900, 400, 1100, 500).union(shapely.box(1000, 0, 1100, 1000))
    beside = shapely.box(1000, 0, 1100, 1000)
    inside, nothing = cut_to(np.array([across, beside]), np.zeros(2, dtype=np.int64))
    assert inside.equals(shapely.box(900, 400, 1000, 500))
    assert nothing.is_empty


def test_pieces_that_do_not_fit_corner_to_corner_are_joined_all_the_same() -> None:
    left = shapely.box(0, 0, 1000, 1000)
    right = shapely.Polygon([(999.9, 100), (1900, 100), (1900, 900), (1000, 900), (1000, 500)])
    assert without_sides([left, right]).equals(shapely.union(left, right))


def test_what_is_forgotten_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batu_geo.network.strips.MOST_KEPT", 3)
    roads = random_roads(np.random.default_rng(10), nodes=30)
    flags = np.ones(roads.edge_count, bool)
    strips = Strips(roads, buffer_m=BUFFER_M)
    expected = plainly(roads, np.arange(roads.edge_count))
    for _ in range(2):
        assert strips.union(flags, []).symmetric_difference(expected).area < 1e-3
