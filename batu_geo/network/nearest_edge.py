"""The nearest of some edges to each point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

AT_NODE_M = 0.1


def points_xy(points: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the metres of points, float64 [k, 2]."""
    return shapely.get_coordinates(np.asarray(points.geometry.array))


def nearest_edges(
    roads: RoadNetwork, is_usable: NDArray[np.bool_], xy: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return for each point the nearest edge, how far along it, and the distance.

    A place within `AT_NODE_M` of an end of its edge is at the node: which of the
    streets that meet there is named makes no difference then.
    """
    edges, count = np.flatnonzero(is_usable), len(xy)
    if not len(edges) or not count:
        return np.full(count, -1), np.zeros(count), np.full(count, np.inf)
    lines = roads.lines(edges)
    points = shapely.points(xy)
    (which, nearest), distance = shapely.STRtree(lines).query_nearest(
        points, all_matches=True, return_distance=True
    )
    order = np.lexsort((nearest, which))
    which, nearest, distance = which[order], nearest[order], distance[order]
    first = np.searchsorted(which, np.arange(count))
    nearest, distance = nearest[first], distance[first]
    length = shapely.length(lines[nearest])
    along = shapely.line_locate_point(lines[nearest], points)
    with np.errstate(invalid="ignore", divide="ignore"):
        fraction = np.where(length - along < AT_NODE_M, 1.0, along / length)
    fraction = np.where(along < AT_NODE_M, 0.0, fraction)
    return edges[nearest], fraction, distance
