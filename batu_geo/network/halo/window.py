"""The roads around one region, cut from those of all: to place homes on and to join points to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from batu_geo.network.road_audit import part_metres
from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.nearest_edge import Near
    from batu_geo.network.roads import RoadNetwork

    Box = tuple[float, float, float, float] | NDArray[np.float64]

BY_EDGE = ("length_m", "road_class", "surface", "name", "closed", "maxspeed_kmh", "way_id",
           "structure", "houses_nobody", "hanging_m")  # fmt: skip


class Window(NamedTuple):
    """Some of the roads, and the number of each of their edges among all."""

    roads: RoadNetwork
    edges: NDArray[np.intp]

    def in_all(self, near: Near) -> Near:
        """Return pairs of a point and an edge of the window with the edge's number among all."""
        return near._replace(edge=self.edges[near.edge])


def boxes_of(xy: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the west, south, east and north of lines by vertices and offsets, float64 [k, 4].

    >>> boxes_of(np.array([[0.0, 5.0], [2.0, 1.0], [7.0, 7.0]]), np.array([0, 2, 3])).tolist()
    [[0.0, 1.0, 2.0, 5.0], [7.0, 7.0, 7.0, 7.0]]
    """
    if len(start) <= 1:
        return np.zeros((0, 4))
    low, high = (f.reduceat(xy, start[:-1], axis=0) for f in (np.minimum, np.maximum))
    return np.hstack([low, high])


def with_window_facts(roads: RoadNetwork) -> RoadNetwork:
    """Return roads that know of each edge what no window of them shows: how much hangs on it."""
    return replace(roads, hanging_m=part_metres(roads))


def window(roads: RoadNetwork, box: Box, edge_boxes: NDArray[np.float64] | None = None) -> Window:
    """Return every edge, whole, that may come into a box, and what lies in between.

    Homes and joins of points in the box are those on all roads, where it is wider than these by
    as far as they look. Rules of the road are left out: they change no home and no join.

    Parameters
    ----------
    roads
        Of all regions, from `with_window_facts`.
    box
        West, south, east and north.
    edge_boxes
        The box of each edge, where it is known.
    """
    boxes = boxes_of(roads.line_xy, roads.line_start) if edge_boxes is None else edge_boxes
    edges = np.flatnonzero(_meet(boxes, box))
    nodes, ends = np.unique(roads.edge_node[edges], return_inverse=True)
    line_start, vertex = _some(roads.line_start, edges)
    lines = np.flatnonzero(_meet(boxes_of(roads.barrier_xy, roads.barrier_start), box))
    barrier_start, place = _some(roads.barrier_start, lines)
    kept = {"node_xy": nodes, "line_xy": vertex, "barrier_xy": place, "barrier_lake": lines,
            **dict.fromkeys(BY_EDGE, edges)}  # fmt: skip
    cut: dict[str, Any] = {
        name: None if (known := getattr(roads, name)) is None else np.asarray(known[rows])
        for name, rows in kept.items()
    }
    ends = ends.reshape(-1, 2).astype(np.int32)
    cut |= {"edge_node": ends, "line_start": line_start, "barrier_start": barrier_start}
    return Window(replace(roads, **cut, line_z=None, rules=None, node_id=None), edges)


def _meet(boxes: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    first = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    return np.asarray(first & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))


def _some(
    start: NDArray[np.int64], rows: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets of some lines, and where their vertices are."""
    size = start[rows + 1] - start[rows]
    return np.r_[0, np.cumsum(size)].astype(np.int64), slices(start[rows], size)
