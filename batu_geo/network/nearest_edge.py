"""The nearest of some edges to each point."""

from __future__ import annotations

from functools import cached_property
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


class EdgeIndex:
    """Some edges of a network, to be asked for the nearest; the index is built when first asked."""

    def __init__(self, roads: RoadNetwork, is_usable: NDArray[np.bool_]) -> None:
        self.roads = roads
        self.edges = np.flatnonzero(is_usable)

    @cached_property
    def _lines(self) -> NDArray[np.object_]:
        return self.roads.lines(self.edges)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    def nearest(
        self, xy: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return for each point the nearest edge, how far along it, and the distance.

        Of equally near edges the first is taken; where there is none, edge -1 at
        infinite distance. A place within `AT_NODE_M` of an end of its edge is at the
        node: which of the streets that meet there is named makes no difference then.
        """
        count = len(xy)
        if not len(self.edges) or not count:
            return np.full(count, -1), np.zeros(count), np.full(count, np.inf)
        points = shapely.points(xy)
        (which, nearest), distance = self._tree.query_nearest(
            points, all_matches=True, return_distance=True
        )
        order = np.lexsort((nearest, which))
        which, nearest, distance = which[order], nearest[order], distance[order]
        first = np.searchsorted(which, np.arange(count))
        nearest, distance = nearest[first], distance[first]
        length = shapely.length(self._lines[nearest])
        along = shapely.line_locate_point(self._lines[nearest], points)
        with np.errstate(invalid="ignore", divide="ignore"):
            fraction = np.where(length - along < AT_NODE_M, 1.0, along / length)
        fraction = np.where(along < AT_NODE_M, 0.0, fraction)
        return self.edges[nearest], fraction, distance
