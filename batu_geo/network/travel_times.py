"""Travel times between points over the roads: the origin-destination matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearest_edge import AT_NODE_M, points_xy
from batu_geo.network.search import Seeds, search, search_trees
from batu_geo.network.snapping import Joins, along_one_edge, arrivals, departures, join

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import Layer, ModeGraph

LARGEST_BLOCK = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes:
    """Minutes and metres from each origin to each destination; inf where there is no way.

    Attributes
    ----------
    origin_ids, destination_ids
        Labels of the rows and columns.
    minutes
        float64 [origins, destinations].
    metres
        Length of those trips, or None where it was not asked for.
    origin_snap_m
        Distance from each origin to the road, float64 [origins].
    is_snapped
        Origins near enough to a road to travel at all, bool [origins].
    has_way
        Trips that have a way where the scenario closes nothing, bool [origins, destinations];
        None where it closes nothing anyway.
    """

    origin_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    minutes: NDArray[np.float64]
    metres: NDArray[np.float64] | None
    origin_snap_m: NDArray[np.float64]
    is_snapped: NDArray[np.bool_]
    has_way: NDArray[np.bool_] | None = None

    @property
    def is_cut_off(self) -> NDArray[np.bool_]:
        """Origins that reach no destination because of a closure of the scenario, [origins]."""
        if self.has_way is None:
            return np.zeros(len(self.minutes), bool)
        return np.asarray(self.has_way.any(axis=1) & np.isinf(self.best()))

    def within(self, threshold_minutes: float) -> NDArray[np.bool_]:
        """Return which trips take at most the threshold, which itself counts.

        >>> times = TravelTimes(("a",), ("u", "v"), np.array([[15.0, 15.001]]), None,
        ...                     np.zeros(1), np.ones(1, bool))
        >>> times.within(15).tolist()
        [[True, False]]
        """
        return self.minutes <= threshold_minutes

    def without(self, destination_id: str) -> TravelTimes:
        """Return the times as if a destination were not there."""
        column = self.destination_ids.index(destination_id)
        return replace(
            self,
            destination_ids=tuple(n for n in self.destination_ids if n != destination_id),
            minutes=np.delete(self.minutes, column, axis=1),
            metres=None if self.metres is None else np.delete(self.metres, column, axis=1),
            has_way=None if self.has_way is None else np.delete(self.has_way, column, axis=1),
        )

    def only(self, *destination_ids: str) -> TravelTimes:
        """Return the times to some destinations alone, in the order named."""
        columns = [self.destination_ids.index(name) for name in destination_ids]
        return replace(
            self,
            destination_ids=destination_ids,
            minutes=self.minutes[:, columns],
            metres=None if self.metres is None else self.metres[:, columns],
            has_way=None if self.has_way is None else self.has_way[:, columns],
        )

    def joined(self, more: TravelTimes) -> TravelTimes:
        """Return the times to these destinations and to others, of the same origins."""
        metres = has_way = None
        if self.metres is not None and more.metres is not None:
            metres = np.hstack([self.metres, more.metres])
        if self.has_way is not None and more.has_way is not None:
            has_way = np.hstack([self.has_way, more.has_way])
        return replace(
            self,
            destination_ids=(*self.destination_ids, *more.destination_ids),
            minutes=np.hstack([self.minutes, more.minutes]),
            metres=metres,
            has_way=has_way,
        )

    def nearest_column(self) -> NDArray[np.intp]:
        """Return the column of the nearest destination of each origin; -1 where there is none.

        Of equally near destinations it is the first.
        """
        if not self.destination_ids:
            return np.full(len(self.minutes), -1)
        column = self.minutes.argmin(axis=1)
        return np.where(np.isfinite(self.minutes[np.arange(len(column)), column]), column, -1)

    def best(self) -> NDArray[np.float64]:
        """Return the minutes to the nearest destination, inf where there is none."""
        found: NDArray[np.float64] = self.minutes.min(axis=1, initial=np.inf)
        return found

    def nearest(self, count: int = 1) -> pd.DataFrame:
        """Return the nearest destinations of each origin; unreachable origins stay.

        Columns: ``origin_id``, ``order`` (1 is the nearest), ``nearest_id``
        (missing where there is none), ``travel_time_min`` and
        ``travel_distance_m`` (inf there, missing where not asked for). Of equally
        near destinations the first comes first.
        """
        origins, destinations = self.minutes.shape
        kept = min(count, max(destinations, 1))
        order = np.argsort(self.minutes, axis=1, kind="stable")[:, :kept]
        order = order if destinations else np.zeros((origins, 1), np.int64)
        rows = np.arange(origins)[:, None]
        minutes = self.minutes[rows, order] if destinations else np.full((origins, 1), np.inf)
        metres = np.full(minutes.shape, np.nan)
        if self.metres is not None:
            metres = self.metres[rows, order] if destinations else np.full(minutes.shape, np.inf)
        ids = np.array([*self.destination_ids, None], dtype=object)
        named = ids[np.where(np.isfinite(minutes), order, destinations)]
        return pd.DataFrame(
            {
                "origin_id": pd.Series(np.repeat(self.origin_ids, kept), dtype="str"),
                "order": np.tile(np.arange(1, kept + 1), origins),
                "nearest_id": pd.Series(named.ravel(), dtype="str"),
                "travel_time_min": minutes.ravel(),
                "travel_distance_m": metres.ravel(),
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a trip: ``origin_id``, ``destination_id``, ``travel_time_min``."""
        rows, columns = self.minutes.shape
        return pd.DataFrame(
            {
                "origin_id": np.repeat(np.array(self.origin_ids, dtype=object), columns),
                "destination_id": np.tile(np.array(self.destination_ids, dtype=object), rows),
                "travel_time_min": self.minutes.ravel(),
            }
        )


def travel_times(
    graph: ModeGraph,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    refuse_m: float,
    with_metres: bool = False,
    joined: tuple[Joins, ...] | None = None,
) -> TravelTimes:
    """Return the minutes of every trip from an origin to a destination.

    A trip walks from the door to a road, follows the directed roads and walks to the door
    of the unit; of all roads near both doors it takes those that make it quickest. Edges
    take whole milliseconds, so equal inputs give equal minutes in whatever order they come.
    Where the graph was made for the direction ``from_facility`` the same trips run the other
    way. Destinations are searched in blocks, so that memory stays near that of the answer.

    Parameters
    ----------
    graph
        The roads of one mode, from `mode_graph`.
    origins, destinations
        Points in the projection of the roads; their ids are the first column.
    refuse_m
        Points farther than this from a road are not snapped and get no time.
    with_metres
        Whether to measure the trips too.
    joined
        Where the origins join the roads, from `join`, if that was found before.
    """
    here = joined or join(graph, origins, refuse_m=refuse_m)
    there = join(graph, destinations, refuse_m=refuse_m)
    metres = np.full((len(origins), len(destinations)), np.inf) if with_metres else None
    ms = _door_to_door(graph, here, there, metres)
    _at_one_place(points_xy(origins), points_xy(destinations), ms, metres)
    has_way = None
    if graph.without_closures is not None:
        # Joins are those without closures, so they are valid for this graph too.
        has_way = np.isfinite(_door_to_door(graph.without_closures, here, there, None))
    ms /= MS_PER_MINUTE
    return TravelTimes(
        origin_ids=tuple(origins.iloc[:, 0].tolist()),
        destination_ids=tuple(destinations.iloc[:, 0].tolist()),
        minutes=ms,
        metres=metres,
        origin_snap_m=np.min([joins.nearest_m for joins in here], axis=0),
        is_snapped=np.any([joins.is_snapped for joins in here], axis=0),
        has_way=has_way,
    )


def _door_to_door(
    graph: ModeGraph,
    here: tuple[Joins, ...],
    there: tuple[Joins, ...],
    metres: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return the milliseconds of every trip, and put its length into a matrix if there is one."""
    seeds = arrivals(graph, there)
    ms = np.full((here[0].count, seeds.count), np.inf)
    widest = max(1, graph.state_count, *(len(joins.edge) for joins in here))
    block = max(1, LARGEST_BLOCK // widest)
    for start in range(0, seeds.count, block):
        stop = min(start + block, seeds.count)
        _fill(graph, here, seeds.part(start, stop), slice(start, stop), ms, metres)
    for layer, from_, to in zip(graph.layers, here, there, strict=True):
        _along_one_edge(graph, layer, from_, to, ms, metres)
    return ms


def _fill(
    graph: ModeGraph,
    here: tuple[Joins, ...],
    seeds: Seeds,
    columns: slice,
    ms: NDArray[np.float64],
    metres: NDArray[np.float64] | None,
) -> None:
    """Put the trips to some destinations into the matrices."""
    length: NDArray[np.float64] | None = None
    if metres is None:
        to_state = search(graph, seeds, is_joint=False)
    else:
        trees = search_trees(graph, seeds, is_joint=False)
        to_state, length = trees.ms, trees.metres
    for layer, joins in zip(graph.layers, here, strict=True):
        if not len(joins.edge):
            continue
        trip, way = _by_join(graph, layer, joins, to_state, length)
        points, first = np.unique(joins.point, return_index=True)
        best = np.minimum.reduceat(trip, first, axis=1)
        target = np.ix_(points, np.arange(columns.start, columns.stop))
        if metres is not None and way is not None:
            is_best = trip == np.repeat(best, np.diff(np.r_[first, len(joins.point)]), axis=1)
            shortest = np.minimum.reduceat(np.where(is_best, way, np.inf), first, axis=1)
            metres[target] = np.where(ms[target] > best.T, shortest.T, metres[target])
        ms[target] = np.minimum(ms[target], best.T)


def _by_join(
    graph: ModeGraph,
    layer: Layer,
    joins: Joins,
    to_state: NDArray[np.float64],
    length: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return milliseconds and metres from each join to each destination, [destinations, joins].

    By the end of the edge that is quicker.
    """
    leave_ms, state = departures(layer, joins)
    start, end = (to_state[:, state[:, side]] + leave_ms[:, side] for side in (0, 1))
    if length is None:
        return np.minimum(start, end), None
    by_start, by_end = (
        length[:, state[:, side]] + departure_metres(graph, joins, side) for side in (0, 1)
    )
    return np.minimum(start, end), np.where(end < start, by_end, by_start)


def departure_metres(graph: ModeGraph, joins: Joins, side: int) -> NDArray[np.float64]:
    """Return metres from each door to the start (0) or end (1) of its edge."""
    share = joins.fraction if side == 0 else 1 - joins.fraction
    return share * graph.roads.length_m[joins.edge] + joins.distance_m


def _along_one_edge(
    graph: ModeGraph,
    layer: Layer,
    here: Joins,
    there: Joins,
    ms: NDArray[np.float64],
    metres: NDArray[np.float64] | None,
) -> None:
    """Let trips that begin and end on the same edge follow it directly."""
    trips = along_one_edge(graph, layer, here, there)
    is_better = trips.ms < ms[trips.origin, trips.destination]
    pairs = trips.origin[is_better], trips.destination[is_better]
    ms[pairs] = trips.ms[is_better]
    if metres is not None:
        metres[pairs] = trips.metres[is_better]


def _at_one_place(
    origins: NDArray[np.float64],
    destinations: NDArray[np.float64],
    ms: NDArray[np.float64],
    metres: NDArray[np.float64] | None,
) -> None:
    """Set the time of demand points at a destination to 0, also far from a road."""
    if not len(origins) or not len(destinations):
        return
    near = cKDTree(origins).sparse_distance_matrix(
        cKDTree(destinations), AT_NODE_M, output_type="ndarray"
    )
    ms[near["i"], near["j"]] = 0.0
    if metres is not None:
        metres[near["i"], near["j"]] = 0.0
