"""What a turn costs, by the angle between two arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

STRAIGHT_ON = np.radians(20.0)


def turn_costs(
    roads: RoadNetwork,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    right_angle_ms: float,
) -> NDArray[np.float64]:
    """Return the milliseconds of turning from one arc into another.

    `right_angle_ms` for 90 degrees, in proportion, nothing within 20 degrees of straight on
    and nothing for turning back. Arc ``2 e`` runs along edge e, ``2 e + 1`` against it.
    """
    if not right_angle_ms:
        return np.zeros(len(first))
    leaving, arriving = _bearings(roads)
    angle = np.abs((leaving[second] - arriving[first] + np.pi) % (2 * np.pi) - np.pi)
    is_turn = (angle > STRAIGHT_ON) & ((first ^ 1) != second)
    return np.rint(np.where(is_turn, right_angle_ms * angle / (np.pi / 2), 0.0))


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
