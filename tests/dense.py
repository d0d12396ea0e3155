"""Origin-destination matrices as dense tables: of a sparse table, and an oracle that keeps all.

The oracle searches the whole graph from each destination and puts every trip into a matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearest_edge import AT_NODE_M, points_xy
from batu_geo.network.search import search_trees
from batu_geo.network.snapping import along_one_edge, arrivals, departures, join

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.travel_times import TravelTimes


def minutes_of(times: TravelTimes) -> NDArray[np.float64]:
    """Return minutes [origins, destinations], inf for trips that are not kept."""
    return filled(times, times.trips.minutes)


def metres_of(times: TravelTimes) -> NDArray[np.float64] | None:
    """Return metres [origins, destinations], inf for trips that are not kept."""
    return None if times.trips.metres is None else filled(times, times.trips.metres)


def filled(times: TravelTimes, values: NDArray[np.float64]) -> NDArray[np.float64]:
    table = np.full((len(times.origin_ids), len(times.destination_ids)), np.inf)
    table[times.trips.origin, times.trips.column] = values
    return table


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Every trip: milliseconds and metres [origins, destinations], inf where there is no way."""

    ms: NDArray[np.float64]
    metres: NDArray[np.float64]

    @property
    def minutes(self) -> NDArray[np.float64]:
        """Return minutes."""
        return self.ms / MS_PER_MINUTE


def every_trip(
    graph: ModeGraph, homes: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, refuse_m: float
) -> Dense:
    """Return all trips, by one search of the whole graph a destination."""
    here, there = (join(graph, points, refuse_m=refuse_m) for points in (homes, units))
    trees = search_trees(graph, arrivals(graph, there), is_joint=False)
    ms = np.full((len(homes), len(units)), np.inf)
    metres = ms.copy()
    for layer, joins in zip(graph.layers, here, strict=True):
        leave, state = departures(layer, joins)
        for row, home in enumerate(joins.point.tolist()):
            share = (joins.fraction[row], 1 - joins.fraction[row])
            length = graph.roads.length_m[joins.edge[row]]
            before, ways = ms[home].copy(), []
            for side in (0, 1):
                total = trees.ms[:, state[row, side]] + leave[row, side]
                way = trees.metres[:, state[row, side]] + share[side] * length
                ways.append((total, way + joins.distance_m[row]))
            is_end = ways[1][0] < ways[0][0]
            total = np.where(is_end, ways[1][0], ways[0][0])
            way = np.where(is_end, ways[1][1], ways[0][1])
            is_better = total < before
            is_shorter = (total == before) & (way < metres[home]) & (layer is graph.layers[0])
            metres[home] = np.where(is_better | is_shorter, way, metres[home])
            ms[home] = np.minimum(before, total)
    for layer, from_, to in zip(graph.layers, here, there, strict=True):
        for o, d, _, _, time, way in zip(*along_one_edge(graph, layer, from_, to), strict=True):
            if time < ms[o, d]:
                ms[o, d], metres[o, d] = time, way
    near = cKDTree(points_xy(homes, graph.roads.crs)).sparse_distance_matrix(
        cKDTree(points_xy(units, graph.roads.crs)), AT_NODE_M, output_type="ndarray"
    )
    ms[near["i"], near["j"]] = metres[near["i"], near["j"]] = 0.0
    metres[np.isinf(ms)] = np.inf
    return Dense(ms, metres)
