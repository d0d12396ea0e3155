"""What a planner should know of a road network: its parts, its gaps, its drawing faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.snapping import Joins

NEAR_M = 1.0
AT_BORDER_M = 25.0
PARTS = ("part", "people", "units", "km", "geometry")
GAPS = ("part", "people", "metres", "geometry")


def parts_by_edge(graph: ModeGraph) -> NDArray[np.int64]:
    """Return the part of the roads each edge belongs to, int64 [m]; -1 where it is closed.

    Two edges are of one part where somebody can get from one to the other in either
    direction. Parts are numbered by length, the longest first.
    """
    roads, is_open = graph.roads, graph.layers[0].is_open
    start, end = roads.edge_node[is_open].T
    size = (roads.node_count, roads.node_count)
    links = coo_array((np.ones(len(start)), (start, end)), shape=size).tocsr()
    _, label = connected_components(links, directed=False)
    of_edge = label[roads.edge_node[:, 0]]
    length = np.bincount(of_edge[is_open], weights=roads.length_m[is_open], minlength=size[0])
    rank = np.empty(len(length), np.int64)
    rank[np.argsort(-length, kind="stable")] = np.arange(len(length))
    return np.where(is_open, rank[of_edge], -1)


def part_of_points(part: NDArray[np.int64], joins: Joins) -> NDArray[np.int64]:
    """Return the part of the nearest open edge each point joins, int64 [points]; -1 for none."""
    found = np.full(joins.count, -1)
    of_open = joins.only(part[joins.edge] >= 0)
    rows = of_open.nearest_rows()
    found[of_open.point[rows]] = part[of_open.edge[rows]]
    return found


def parts_table(
    graph: ModeGraph, homes: Joins, people: NDArray[np.int64], units: Joins
) -> gpd.GeoDataFrame:
    """Return the parts of the roads, those with most people first.

    Parameters
    ----------
    graph
        The roads of one mode.
    homes, people
        Where the demand points join them, and how many people each stands for.
    units
        Where the open units join them.

    Returns
    -------
    geopandas.GeoDataFrame
        ``part``, ``people``, ``units``, ``km`` and its streets, one row a part.
    """
    part = parts_by_edge(graph)
    count = int(part.max(initial=-1)) + 1
    at_home, at_unit = part_of_points(part, homes), part_of_points(part, units)
    is_home, is_open = at_home >= 0, part >= 0
    table = pd.DataFrame(
        {
            "part": np.arange(count),
            "people": np.bincount(at_home[is_home], weights=people[is_home], minlength=count),
            "units": np.bincount(at_unit[at_unit >= 0], minlength=count),
            "km": np.bincount(
                part[is_open], weights=graph.roads.length_m[is_open], minlength=count
            ) / 1000,
        }
    ).astype({"people": "int64", "units": "int64"})  # fmt: skip
    lines = graph.roads.lines()
    streets = [shapely.MultiLineString(list(lines[part == number])) for number in range(count)]
    found = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(streets, dtype="geometry"))
    found = found.set_crs(graph.roads.crs)
    return found.sort_values(["people", "part"], ascending=[False, True], ignore_index=True)


def gaps_to_close(parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the shortest gap from each part with people and no unit to a part that has one.

    The gap whose closing connects most people comes first. Columns: ``part``, ``people``,
    ``metres`` and the straight line across it. Empty where every part has a unit, or none.
    """
    has_unit = parts["units"] > 0
    lonely = parts[~has_unit & (parts["people"] > 0)]
    if lonely.empty or not has_unit.any():
        return gpd.GeoDataFrame(columns=list(GAPS), geometry="geometry", crs=parts.crs)
    served = shapely.get_parts(np.asarray(parts.geometry[has_unit].array))
    tree = shapely.STRtree(served)
    links = []
    for streets in lonely.geometry:
        own = np.asarray(shapely.get_parts(streets), dtype=object)
        (mine, other), metres = tree.query_nearest(own, return_distance=True)
        best = int(np.lexsort((other, mine, metres))[0])
        links.append(shapely.shortest_line(own[mine[best]], served[other[best]]))
    gaps = lonely[["part", "people"]].assign(metres=shapely.length(np.array(links)))
    found = gpd.GeoDataFrame(gaps, geometry=list(links), crs=parts.crs)
    order = ["people", "metres", "part"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)


def ends_near_streets(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return dead ends within 1 m of a street they do not join: ``way_id``, ``other_way_id``."""
    degree = np.bincount(roads.edge_node.ravel(), minlength=roads.node_count)
    ends = np.flatnonzero(degree == 1)
    points = np.asarray(shapely.points(roads.node_xy[ends]), dtype=object)
    point, edge = shapely.STRtree(roads.lines()).query(points, "dwithin", distance=NEAR_M)
    is_other = ~(roads.edge_node[edge] == ends[point][:, None]).any(axis=1)
    point, edge = point[is_other], edge[is_other]
    own = np.flatnonzero(np.isin(roads.edge_node, ends).any(axis=1))
    way = {int(node): int(roads.way_id[e]) for e in own for node in roads.edge_node[e]}
    here = [way[int(node)] for node in ends[point]]
    return _pairs(roads, here, roads.way_id[edge].tolist(), points[point])


def crossings_without_node(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return places where two streets at ground level cross without a common vertex.

    Columns: ``way_id``, ``other_way_id`` and the place.
    """
    ground = np.flatnonzero(roads.structure == 0)
    lines = roads.lines(ground)
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    first = one < other
    one, other = one[first], other[first]
    ends = roads.edge_node[ground]
    is_apart = ~(ends[one][:, :, None] == ends[other][:, None, :]).any(axis=(1, 2))
    one, other = one[is_apart], other[is_apart]
    place = shapely.centroid(shapely.intersection(lines[one], lines[other]))
    ways = roads.way_id[ground]
    return _pairs(roads, ways[one].tolist(), ways[other].tolist(), place)


def streets_drawn_twice(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return edges that lie within 1 m of another all along: ``way_id``, ``other_way_id``."""
    one, other = drawn_twice(roads)
    lines = roads.lines()
    return _pairs(roads, roads.way_id[one].tolist(), roads.way_id[other].tolist(), lines[one])


def drawn_twice(roads: RoadNetwork) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of edges within 1 m of each other all along, of the lower way id first."""
    kept = np.flatnonzero(roads.length_m > 0)
    lines = roads.lines(kept)
    # Lines that near have bounds that near, so no pair is missed.
    near = cKDTree(shapely.bounds(lines)).query_pairs(NEAR_M, p=np.inf, output_type="ndarray")
    near.sort(axis=1)
    by_way = np.argsort(roads.way_id[kept][near], axis=1, kind="stable")
    one, other = np.take_along_axis(near, by_way, axis=1).T
    is_alike = np.abs(roads.length_m[kept[one]] - roads.length_m[kept[other]]) <= 2 * NEAR_M
    one, other = one[is_alike], other[is_alike]
    is_same = shapely.hausdorff_distance(lines[one], lines[other]) <= NEAR_M
    return kept[one[is_same]], kept[other[is_same]]


def ends_at_border(roads: RoadNetwork, area: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the dead ends at the border of an area, where the extract may have been cut.

    Columns: ``way_id`` and the place. Within 25 m of the border.
    """
    degree = np.bincount(roads.edge_node.ravel(), minlength=roads.node_count)
    ends = np.flatnonzero(degree == 1)
    points = np.asarray(shapely.points(roads.node_xy[ends]), dtype=object)
    is_near = shapely.dwithin(points, shapely.boundary(area), AT_BORDER_M)
    edge = [int(np.flatnonzero((roads.edge_node == node).any(axis=1))[0]) for node in ends[is_near]]
    table = pd.DataFrame({"way_id": roads.way_id[np.array(edge, dtype=np.intp)]})
    return gpd.GeoDataFrame(table, geometry=list(points[is_near]), crs=roads.crs)


def km_outside(roads: RoadNetwork, area: shapely.Geometry) -> float:
    """Return the kilometres of street outside an area."""
    outside = shapely.difference(shapely.union_all(roads.lines()), area)
    return float(shapely.length(outside)) / 1000


def _pairs(
    roads: RoadNetwork, here: Sequence[int], there: Sequence[int], places: NDArray[np.object_]
) -> gpd.GeoDataFrame:
    table = pd.DataFrame({"way_id": here, "other_way_id": there}, dtype="int64")
    found = gpd.GeoDataFrame(table, geometry=list(places), crs=roads.crs)
    return found.sort_values(["way_id", "other_way_id"], ignore_index=True)
