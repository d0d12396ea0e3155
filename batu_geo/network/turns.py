"""Turns: when passing a junction costs time, states are arcs instead of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

STRAIGHT_ON = np.radians(20.0)


def turn_transitions(
    roads: RoadNetwork,
    edge_ms: NDArray[np.float64],
    right_angle_ms: float,
    tail_ms: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the states of edge ends and the arcs between them.

    The state of arc ``2 e`` is "came along edge e", of ``2 e + 1`` "came against
    it". Passing from one arc to the next costs the turn between their
    directions (`right_angle_ms` for 90 degrees, in proportion, nothing within
    20 degrees of straight on), what the junction costs, and the next arc's
    impedance. Turning back into the same edge is possible at dead ends only.

    Returns
    -------
    tuple
        End states, int32 [m, 2]; and arcs as rows: from state, to state,
        milliseconds, twice the edge travelled plus its side, float64 [4, k].
    """
    count = roads.edge_count
    start, end = roads.edge_node.T
    tail = np.column_stack([start, end]).ravel()  # of arcs 2e, 2e + 1
    head = np.column_stack([end, start]).ravel()
    arc_ms = edge_ms.ravel()
    leaving, arriving = _bearings(roads)
    order = np.argsort(tail, kind="stable")
    low = np.searchsorted(tail[order], head, side="left")
    high = np.searchsorted(tail[order], head, side="right")
    first = np.repeat(np.arange(2 * count), high - low)
    second = order[slices(low, high - low)]
    is_back = (first ^ 1) == second
    is_dead_end = np.bincount(roads.edge_node.ravel(), minlength=roads.node_count) == 1
    keep = ~is_back | is_dead_end[head[first]]
    first, second = first[keep], second[keep]
    angle = np.abs((leaving[second] - arriving[first] + np.pi) % (2 * np.pi) - np.pi)
    is_turn = (angle > STRAIGHT_ON) & ((first ^ 1) != second)
    turn_ms = np.rint(np.where(is_turn, right_angle_ms * angle / (np.pi / 2), 0.0))
    ms = arc_ms[second] + tail_ms[tail[second]] + turn_ms
    states = np.column_stack([2 * np.arange(count) + 1, 2 * np.arange(count)]).astype(np.int32)
    return states, np.vstack([first, second, ms, second])


def _bearings(roads: RoadNetwork) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the direction of each arc where it leaves and where it arrives, radians."""
    first, last = roads.line_start[:-1], roads.line_start[1:] - 1
    xy = roads.line_xy
    out = _direction(xy[first + 1] - xy[first])
    into = _direction(xy[last] - xy[last - 1])
    leaving = np.column_stack([out, into + np.pi]).ravel()
    arriving = np.column_stack([into, out + np.pi]).ravel()
    return leaving, arriving


def _direction(step: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.arctan2(step[:, 1], step[:, 0])
