"""Areas drawn with fewer corners are the shapes that simplifying all rings at once gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from batu_geo.render.cartography.base_map import simplified_area

TOLERANCE_M = 12.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_ring_by_ring_is_all_at_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = shapely.linestrings(rng.uniform(0, 2000, (60, 3, 2)))
    area = shapely.union_all(shapely.buffer(lines, 25.0, quad_segs=4))
    simple = simplified_area(area, TOLERANCE_M)
    assert simple.is_valid
    assert shapely.get_num_coordinates(simple) < shapely.get_num_coordinates(area)
    assert simple.equals(shapely.simplify(area, TOLERANCE_M))


def test_where_a_ring_alone_would_cross_another_they_are_simplified_together() -> None:
    bulge = [(0, 0), (100, 0), (100, 50), (60, 50), (50, 58), (40, 50), (0, 50)]
    hole = [(48, 49), (52, 49), (50, 54)]
    area = shapely.Polygon(bulge, [hole])
    alone = shapely.simplify(shapely.get_rings(area), TOLERANCE_M)
    assert not shapely.Polygon(alone[0], [alone[1]]).is_valid
    simple = simplified_area(area, TOLERANCE_M)
    assert simple.is_valid
    assert simple.equals(shapely.simplify(area, TOLERANCE_M))


def test_nothing_stays_nothing() -> None:
    assert simplified_area(shapely.Polygon(), TOLERANCE_M).is_empty
