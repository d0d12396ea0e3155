"""Join points to the roads: part-way along the nearest usable edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import Direction, ModeGraph


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Where points join the network.

    Attributes
    ----------
    edge
        Nearest usable edge, int64 [k]; -1 where there is none.
    fraction
        How far along the edge, 0 to 1.
    distance_m
        From the door to the road; inf where there is no road.
    is_snapped
        Whether that distance is within the limit; other points get no time.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    is_snapped: NDArray[np.bool_]


def snap(graph: ModeGraph, xy: NDArray[np.float64], *, refuse_m: float) -> Snaps:
    """Return where each point, float64 [k, 2] in metres, joins the roads of a mode.

    Of equally near edges the first is taken. A point farther than `refuse_m`
    keeps its distance but is not snapped.
    """
    edges = np.flatnonzero(graph.is_usable)
    count = len(xy)
    if not len(edges) or not count:
        nowhere = np.full(count, np.inf)
        return Snaps(np.full(count, -1), np.zeros(count), nowhere, np.zeros(count, bool))
    lines = graph.roads.lines(edges)
    points = shapely.points(xy)
    (which, nearest), distance = shapely.STRtree(lines).query_nearest(
        points, all_matches=True, return_distance=True
    )
    order = np.lexsort((nearest, which))
    which, nearest, distance = which[order], nearest[order], distance[order]
    first = np.searchsorted(which, np.arange(count))
    nearest, distance = nearest[first], distance[first]
    fraction = shapely.line_locate_point(lines[nearest], points, normalized=True)
    fraction = np.where(np.isfinite(fraction), fraction, 0.0)
    return Snaps(edges[nearest], fraction, distance, distance <= refuse_m)


def entries(
    graph: ModeGraph, snaps: Snaps, *, direction: Direction
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return milliseconds between each point and the two ends of its edge.

    Parameters
    ----------
    graph, snaps
        The mode and the joined points.
    direction
        ``"to_facility"``: from the end of the edge to the point;
        ``"from_facility"``: from the point to the end.

    Returns
    -------
    tuple
        Milliseconds, door walk included, float64 [k, 2], inf where the edge is
        one-way against it or the point is not snapped; and the nodes, [k, 2].
    """
    nodes = graph.roads.edge_node[snaps.edge]
    forward, backward = graph.edge_ms[snaps.edge].T
    share = snaps.fraction
    with np.errstate(invalid="ignore"):
        if direction == "to_facility":
            ms = np.column_stack([share * forward, (1 - share) * backward])
        else:
            ms = np.column_stack([share * backward, (1 - share) * forward])
    ms = np.where(np.isnan(ms), np.inf, np.rint(ms))
    walk = np.where(snaps.is_snapped, door_walk_ms(graph, snaps), np.inf)
    return ms + walk[:, None], nodes


def door_walk_ms(graph: ModeGraph, snaps: Snaps) -> NDArray[np.float64]:
    """Return the walk between door and road in whole milliseconds, [k]."""
    return np.rint(snaps.distance_m * graph.walk_ms_per_m)
