"""Random worlds for laws and comparisons: one-ways, islands, loops, parallel and zero edges.

Lengths are multiples of an eighth of a minute at toy speed, so that every sum
is exact whatever the order.
"""

from __future__ import annotations

import numpy as np

from batu_geo.network.roads import RoadNetwork
from tests.toy import CORNER, CRS, STEP_M

CLASSES = ("residential", "path", "primary")
EIGHTH_M = 12.5


def random_roads(rng: np.random.Generator, *, nodes: int | None = None) -> RoadNetwork:
    """Return random streets over a square of 10 by 10 steps."""
    count = nodes or int(rng.integers(4, 28))
    xy = np.array(CORNER) + rng.integers(0, 11, (count, 2)) * STEP_M * [1, -1]
    xy = xy + rng.uniform(-5, 5, xy.shape)
    edges = int(count * rng.uniform(0.8, 2.2)) + 1
    start, end = rng.integers(0, count, (2, edges))
    eighths = rng.integers(0, 80, edges)
    return network(xy, np.column_stack([start, end]), eighths * EIGHTH_M, rng)


def network(
    xy: np.ndarray, edge_node: np.ndarray, length_m: np.ndarray, rng: np.random.Generator
) -> RoadNetwork:
    """Return straight edges with lengths of their own choice and random rules."""
    count = len(edge_node)
    one_way = rng.integers(0, 5, count)
    closed = np.zeros((count, 2), np.uint8)
    closed[one_way == 0, 1] = 6
    closed[one_way == 1, 0] = 6
    return RoadNetwork(
        crs=CRS,
        node_xy=xy,
        edge_node=edge_node.astype(np.int32),
        length_m=length_m.astype(float),
        road_class=rng.integers(0, len(CLASSES), count).astype(np.int32),
        classes=CLASSES,
        surface=np.zeros(count, np.int32),
        surfaces=("",),
        name=np.zeros(count, np.int32),
        names=("",),
        closed=closed,
        maxspeed_kmh=np.full(count, np.nan),
        way_id=np.arange(1, count + 1),
        line_start=np.arange(0, 2 * count + 1, 2),
        line_xy=xy[edge_node.ravel()],
        structure=np.zeros(count, np.uint8),
        barrier_start=np.zeros(1, np.int64),
        barrier_xy=np.zeros((0, 2)),
        dropped={},
    )
