"""The strip along streets is the union of the strips of its edges, however often it is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.network.strips import CORNER_SEGMENTS, Strips
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
