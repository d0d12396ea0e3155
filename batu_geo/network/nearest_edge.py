"""The edges near a point: which, how far along, and how far away."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import shapely

from batu_geo.domain.tables import in_crs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

AT_NODE_M = 0.1
MOST_KEPT = 8


def points_xy(points: gpd.GeoDataFrame, crs: str) -> NDArray[np.float64]:
    """Return the metres of points in the projection of the roads, as `in_crs`, float64 [k, 2]."""
    return shapely.get_coordinates(np.asarray(in_crs(points, crs).geometry.array))


class Near(NamedTuple):
    """Pairs of a point and an edge near it, sorted by point and edge.

    `point` and `edge` are their numbers, `fraction` is how far along the edge its nearest
    place lies, 0 to 1, and `distance_m` how far that place is from the point.
    """

    point: NDArray[np.int64]
    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    def only(self, kept: NDArray[np.bool_]) -> Near:
        """Return some of the pairs."""
        return Near(self.point[kept], self.edge[kept], self.fraction[kept], self.distance_m[kept])


class EdgeIndex:
    """The edges of a network by place, whatever is open to whom: built when it is first asked.

    What lies near the points that it was last asked for is kept: the homes of a study are joined
    to the same streets for every mode and direction.
    """

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads
        self._near: dict[tuple[float, bytes], Near] = {}

    @cached_property
    def _lines(self) -> NDArray[np.object_]:
        return self.roads.lines()

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    @cached_property
    def _barriers(self) -> shapely.STRtree:
        return shapely.STRtree(self.roads.barriers())

    def within(self, xy: NDArray[np.float64], limit_m: float, allowed: NDArray[np.bool_]) -> Near:
        """Return every allowed edge that is at most a distance from each point.

        A place within `AT_NODE_M` of an end of its edge is at the node. Edges beyond a
        river, a coast or a motorway are left out.
        """
        key = (limit_m, xy.tobytes())
        near = self._near.get(key)
        if near is None:
            points = np.asarray(shapely.points(xy), dtype=object)
            point, edge = self._tree.query(points, predicate="dwithin", distance=limit_m)
            near = self._measured(points, point, edge)
            near = near.only(~self._is_across(xy, near))
            self._near = dict([*self._near.items(), (key, near)][-MOST_KEPT:])
        return near.only(allowed[near.edge])

    def remember(self, xy: NDArray[np.float64], limit_m: float, near: Near) -> None:
        """Keep what lies near some points, found elsewhere: `within` then says that."""
        self._near[(limit_m, xy.tobytes())] = near

    def nearest_m(self, xy: NDArray[np.float64], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the distance from each point to the nearest allowed edge, inf for none."""
        distance = np.full(len(xy), np.inf)
        edges = np.flatnonzero(allowed)
        if len(edges) and len(xy):
            tree = shapely.STRtree(self._lines[edges])
            point, metres = tree.query_nearest(
                shapely.points(xy), all_matches=False, return_distance=True
            )
            distance[point[0]] = metres
        return distance

    def _measured(
        self, points: NDArray[np.object_], point: NDArray[np.int64], edge: NDArray[np.int64]
    ) -> Near:
        order = np.lexsort((edge, point))
        point, edge = point[order], edge[order]
        lines, place = self._lines[edge], points[point]
        length = shapely.length(lines)
        along = shapely.line_locate_point(lines, place)
        with np.errstate(invalid="ignore", divide="ignore"):
            fraction = np.where(length - along < AT_NODE_M, 1.0, along / length)
        fraction = np.where(along < AT_NODE_M, 0.0, fraction)
        return Near(point, edge, fraction, shapely.distance(lines, place))

    def _is_across(self, xy: NDArray[np.float64], near: Near) -> NDArray[np.bool_]:
        """Return which of the straight walks to the road cross a barrier."""
        is_across: NDArray[np.bool_] = np.zeros(len(near.point), bool)
        # Homes on their own street walk nowhere.
        walks = np.flatnonzero(near.distance_m > AT_NODE_M)
        if not len(walks) or not len(self._barriers.geometries):
            return is_across
        place = shapely.line_interpolate_point(
            self._lines[near.edge[walks]], near.fraction[walks], normalized=True
        )
        ends = np.stack([xy[near.point[walks]], shapely.get_coordinates(place)], axis=1)
        crossing, _ = self._barriers.query(shapely.linestrings(ends), predicate="crosses")
        is_across[walks[crossing]] = True
        return is_across


_KNOWN: WeakValueDictionary[tuple[int, ...], EdgeIndex] = WeakValueDictionary()


def edges_of(roads: RoadNetwork) -> EdgeIndex:
    """Return the index of a network, the one of other networks with the same arrays of lines.

    Networks that differ in what is closed alone, as by a scenario, share it while one of them
    is in use.
    """
    lines = (roads.line_xy, roads.line_start, roads.barrier_xy, roads.barrier_start)
    key = tuple(map(id, (*lines, roads.road_class, roads.classes)))
    index = _KNOWN.get(key)
    if index is None:
        index = _KNOWN[key] = EdgeIndex(roads)
    return index
