"""Travel times between points over the roads: the origin-destination matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from batu_geo.network.graph import MS_PER_MINUTE, Direction, ModeGraph, search
from batu_geo.network.roads import slices
from batu_geo.network.snapping import Snaps, door_walk_ms, entries, snap

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

LARGEST_BLOCK = 32_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes:
    """Minutes from each origin to each destination; inf where there is no way.

    Attributes
    ----------
    origin_ids, destination_ids
        Labels of the rows and columns.
    minutes
        float64 [origins, destinations].
    origin_snap_m
        Distance from each origin to the road, float64 [origins].
    is_snapped
        Origins near enough to a road to travel at all, bool [origins].
    """

    origin_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    minutes: NDArray[np.float64]
    origin_snap_m: NDArray[np.float64]
    is_snapped: NDArray[np.bool_]

    def within(self, threshold_minutes: float) -> NDArray[np.bool_]:
        """Say which trips take at most the threshold, which itself counts.

        >>> times = TravelTimes(("a",), ("u", "v"), np.array([[15.0, 15.001]]),
        ...                     np.zeros(1), np.ones(1, bool))
        >>> times.within(15).tolist()
        [[True, False]]
        """
        return self.minutes <= threshold_minutes

    def nearest(self) -> pd.DataFrame:
        """Return the nearest destination of each origin; unreachable origins stay.

        Columns: ``origin_id``, ``nearest_id`` (missing where there is none) and
        ``travel_time_min`` (inf there). Of equally near ones the first is named.
        """
        best = self.best()
        if len(self.destination_ids):
            ids = np.array(self.destination_ids, dtype=object)[self.minutes.argmin(axis=1)]
        else:
            ids = np.full(len(best), None, dtype=object)
        ids[~np.isfinite(best)] = None
        return pd.DataFrame(
            {
                "origin_id": pd.Series(self.origin_ids, dtype="str"),
                "nearest_id": pd.Series(ids, dtype="str"),
                "travel_time_min": best,
            }
        )

    def best(self) -> NDArray[np.float64]:
        """Return the minutes to the nearest destination, inf where there is none."""
        found: NDArray[np.float64] = self.minutes.min(axis=1, initial=np.inf)
        return found

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
    direction: Direction = "to_facility",
) -> TravelTimes:
    """Return the minutes of every trip from an origin to a destination.

    A trip walks from the door to the road, follows the directed roads and walks
    to the door of the unit. Edges take whole milliseconds, so equal inputs give
    equal minutes in whatever order they come.

    Parameters
    ----------
    graph
        The roads of one mode, from `mode_graph`.
    origins, destinations
        Points in the projection of the roads; their ids are the first column.
    refuse_m
        Points farther than this from a road are not snapped and get no time.
    direction
        Search from the destinations (``"to_facility"``), or the same trips run
        the other way (``"from_facility"``).
    """
    here = snap(graph, _xy(origins), refuse_m=refuse_m)
    there = snap(graph, _xy(destinations), refuse_m=refuse_m)
    away: Direction = "from_facility" if direction == "to_facility" else "to_facility"
    leave_ms, leave_node = entries(graph, here, direction=away)
    arrive_ms, arrive_node = entries(graph, there, direction=direction)
    ms = np.empty((len(origins), len(destinations)))
    block = max(1, LARGEST_BLOCK // max(1, graph.roads.node_count, len(origins)))
    for start in range(0, len(destinations), block):
        part = slice(start, start + block)
        to_node = search(
            graph, arrive_ms[part], arrive_node[part], direction=direction, is_joint=False
        )
        for side in (0, 1):
            by_side = to_node[:, leave_node[:, side]].T + leave_ms[:, side, None]
            ms[:, part] = by_side if side == 0 else np.minimum(ms[:, part], by_side)
    _along_one_edge(graph, here, there, ms, direction=direction)
    ms /= MS_PER_MINUTE
    return TravelTimes(
        origin_ids=tuple(origins.iloc[:, 0]),
        destination_ids=tuple(destinations.iloc[:, 0]),
        minutes=ms,
        origin_snap_m=here.distance_m,
        is_snapped=here.is_snapped,
    )


def _along_one_edge(
    graph: ModeGraph, here: Snaps, there: Snaps, ms: NDArray[np.float64], *, direction: Direction
) -> None:
    """Let trips that begin and end on the same edge follow it directly."""
    rows, columns = _pairs_on_one_edge(here, there)
    ahead = there.fraction[columns] - here.fraction[rows]
    if direction == "from_facility":
        ahead = -ahead
    forward, backward = graph.edge_ms[here.edge[rows]].T
    with np.errstate(invalid="ignore"):
        along = np.where(ahead >= 0, ahead * forward, -ahead * backward)
    along = np.where(ahead == 0, 0, np.rint(along))
    walk = door_walk_ms(graph, here)[rows] + door_walk_ms(graph, there)[columns]
    ms[rows, columns] = np.minimum(ms[rows, columns], along + walk)


def _pairs_on_one_edge(here: Snaps, there: Snaps) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the snapped origins and destinations that share an edge, pair by pair."""
    origins = np.flatnonzero(here.is_snapped)
    origins = origins[np.argsort(here.edge[origins], kind="stable")]
    targets = np.flatnonzero(there.is_snapped)
    low = np.searchsorted(here.edge[origins], there.edge[targets], side="left")
    high = np.searchsorted(here.edge[origins], there.edge[targets], side="right")
    return origins[slices(low, high - low)], np.repeat(targets, high - low)


def _xy(points: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return shapely.get_coordinates(np.asarray(points.geometry.array))
