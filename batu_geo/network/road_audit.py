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

from batu_geo.network.roads import LONG_PART_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.snapping import Joins

NEAR_M = 1.0
AT_BORDER_M = 25.0
SAME_M = 0.01
PARTS = ("part", "people", "units", "km", "geometry")
GAPS = ("part", "people", "metres", "geometry")


def parts_by_edge(graph: ModeGraph) -> NDArray[np.int64]:
    """Return the part of the roads each edge belongs to, int64 [m]; -1 where it is closed.

    Two edges are of one part where somebody can get from one to the other in either
    direction. Parts are numbered by length, the longest first.
    """
    roads, is_open = graph.roads, graph.layers[0].is_open
    of_edge = _hanging_together(roads, is_open)
    length = np.bincount(
        of_edge[is_open], weights=roads.length_m[is_open], minlength=roads.node_count
    )
    rank = np.empty(len(length), np.int64)
    rank[np.argsort(-length, kind="stable")] = np.arange(len(length))
    return np.where(is_open, rank[of_edge], -1)


def part_metres(roads: RoadNetwork) -> NDArray[np.float64]:
    """Return for each edge the metres of all edges that hang together with it, whoever may go.

    At most `LONG_PART_M`. A part of a larger network knows them from there.
    """
    if roads.hanging_m is not None:
        return roads.hanging_m
    part = _hanging_together(roads, np.ones(roads.edge_count, bool))
    metres = np.bincount(part, weights=roads.length_m)[part]
    return np.asarray(np.minimum(metres, LONG_PART_M), dtype=np.float64)


def _hanging_together(roads: RoadNetwork, is_used: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return a number for each edge, equal where its start hangs together over the edges used."""
    start, end = roads.edge_node[is_used].T
    size = (roads.node_count, roads.node_count)
    links = coo_array((np.ones(len(start)), (start, end)), shape=size).tocsr()
    label = connected_components(links, directed=False)[1]
    return np.asarray(label[roads.edge_node[:, 0]], dtype=np.int32)


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
        Where the demand points join them, and how many people each represents.
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
    by_part = np.flatnonzero(is_open)[np.argsort(part[is_open], kind="stable")]
    streets = shapely.multilinestrings(graph.roads.lines(by_part), indices=part[by_part])
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
    own, row = shapely.get_parts(np.asarray(lonely.geometry.array), return_index=True)
    (mine, other), metres = shapely.STRtree(served).query_nearest(own, return_distance=True)
    nearest = np.lexsort((other, mine, metres, row[mine]))
    best = nearest[np.r_[True, np.diff(row[mine[nearest]]) != 0]]
    links = shapely.shortest_line(own[mine[best]], served[other[best]])
    gaps = lonely[["part", "people"]].assign(metres=shapely.length(links))
    found = gpd.GeoDataFrame(gaps, geometry=list(links), crs=parts.crs)
    order = ["people", "metres", "part"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)


def ends_near_streets(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return dead ends within 1 m of a street that they do not join.

    Two ends that miss each other are one row. What ends below the deck of a bridge or above
    a tunnel misses nothing.

    Returns
    -------
    geopandas.GeoDataFrame
        ``edge``, ``way_id``, ``other_edge``, ``other_way_id`` (the nearest street), ``metres``
        and the end as a point, one row an end.
    """
    ends, own = _dead_ends(roads)
    points = np.asarray(shapely.points(roads.node_xy[ends]), dtype=object)
    lines = roads.lines()
    point, edge = shapely.STRtree(lines).query(points, "dwithin", distance=NEAR_M)
    is_other = ~(roads.edge_node[edge] == ends[point][:, None]).any(axis=1)
    is_other &= (roads.structure[edge] == 0) | (
        roads.structure[edge] == roads.structure[own[point]]
    )
    point, edge = point[is_other], edge[is_other]
    metres = shapely.distance(points[point], lines[edge])
    order = np.lexsort((edge, metres, point))
    order = order[np.r_[True, np.diff(point[order]) != 0]] if len(order) else order
    point, edge, metres = point[order], edge[order], metres[order]
    kept = _once_each(own[point], edge, points[point])
    point, edge, metres = point[kept], edge[kept], metres[kept]
    return _pairs(roads, own[point], edge, metres, points[point])


def _once_each(
    here: NDArray[np.intp], there: NDArray[np.intp], places: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Return which pairs to keep where two dead ends miss each other, bool [k]: one of both."""
    found = list(zip(here.tolist(), there.tolist(), places, strict=True))
    named: dict[tuple[int, int], list[shapely.Geometry]] = {}
    for one, other, place in found:
        named.setdefault((one, other), []).append(place)

    def is_kept(one: int, other: int, place: shapely.Geometry) -> bool:
        back = named.get((other, one), ()) if other < one else ()
        return not any(shapely.dwithin(place, end, NEAR_M) for end in back)

    return np.array([is_kept(*pair) for pair in found], dtype=bool)


def _dead_ends(roads: RoadNetwork) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the nodes at which a single edge ends, and that edge."""
    degree = np.bincount(roads.edge_node.ravel(), minlength=roads.node_count)
    edge_of = np.zeros(roads.node_count, np.intp)
    edge_of[roads.edge_node.ravel()] = np.repeat(np.arange(roads.edge_count), 2)
    ends = np.flatnonzero(degree == 1)
    return ends, edge_of[ends]


def crossings_without_node(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return places where two streets at ground level cross without a common vertex.

    Columns as in `ends_near_streets`, the place as a point; ``metres`` is 0.
    """
    ground = np.flatnonzero(roads.structure == 0)
    lines = roads.lines(ground)
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    first = one < other
    one, other = one[first], other[first]
    places, pair = shapely.get_parts(
        shapely.intersection(lines[one], lines[other]), return_index=True
    )
    places = shapely.centroid(places)
    one, other = ground[one[pair]], ground[other[pair]]
    # Rings cross at the node where they begin; there they have a common vertex.
    xy = shapely.get_coordinates(places)
    shared = roads.edge_node[one][:, :, None] == roads.edge_node[other][:, None, :]
    away = roads.node_xy[roads.edge_node[one]] - xy[:, None, :]
    is_apart = ~(shared.any(axis=2) & (np.hypot(*away.T).T <= SAME_M)).any(axis=1)
    return _pairs(roads, one[is_apart], other[is_apart], np.zeros(is_apart.sum()), places[is_apart])


def streets_drawn_twice(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return edges that lie within 1 m of another of the same level all along.

    Columns as in `ends_near_streets`, the street as a line; ``metres`` is its length.
    """
    one, other = drawn_twice(roads)
    is_level = roads.structure[one] == roads.structure[other]
    one, other = one[is_level], other[is_level]
    return _pairs(roads, one, other, roads.length_m[one], roads.lines(one))


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
    """Return the dead ends within 25 m of the border of an area, where an extract may be cut.

    Columns: ``edge``, ``way_id``, ``metres`` from the border, and the end as a point.
    """
    ends, edge = _dead_ends(roads)
    border = shapely.boundary(area)
    shapely.prepare(border)
    points = np.asarray(shapely.points(roads.node_xy[ends]), dtype=object)
    is_near = shapely.dwithin(border, points, AT_BORDER_M)
    points, edge = points[is_near], edge[is_near]
    metres = shapely.distance(border, points)
    table = pd.DataFrame({"edge": edge, "way_id": roads.way_id[edge], "metres": metres})
    return gpd.GeoDataFrame(table, geometry=list(points), crs=roads.crs)


def roads_across(roads: RoadNetwork, area: shapely.Geometry) -> int:
    """Return how many edges go on for more than 25 m beyond the border of an area."""
    border = shapely.boundary(area)
    shapely.prepare(border)
    lines = roads.lines()
    at_border = lines[shapely.intersects(border, lines)]
    beyond_m = shapely.length(shapely.difference(at_border, area))
    return int((beyond_m > AT_BORDER_M).sum())


def km_outside(roads: RoadNetwork, area: shapely.Geometry) -> float:
    """Return the kilometres of street outside an area."""
    shapely.prepare(area)
    lines = roads.lines()
    beyond = np.flatnonzero(~shapely.covers(area, lines))
    drawn = shapely.length(lines[beyond])
    inside = shapely.length(shapely.intersection(lines[beyond], area))
    outside = np.divide(drawn - inside, drawn, out=np.ones(len(drawn)), where=drawn > 0)
    return float((roads.length_m[beyond] * outside).sum()) / 1000


def _pairs(
    roads: RoadNetwork,
    here: NDArray[np.intp],
    there: NDArray[np.intp],
    metres: NDArray[np.float64],
    places: NDArray[np.object_],
) -> gpd.GeoDataFrame:
    columns = {
        "edge": here, "way_id": roads.way_id[here],
        "other_edge": there, "other_way_id": roads.way_id[there], "metres": metres,
    }  # fmt: skip
    found = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=list(places), crs=roads.crs)
    return found.sort_values(["way_id", "other_way_id", "edge", "other_edge"], ignore_index=True)
