"""Travel times between points over the roads: the origin-destination matrix, sparse.

What is kept are the trips within a limit, those that are nearer than another place, and the
nearest trip of every origin however long. So a table grows with what people can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import Ends, ends, starts
from batu_geo.network.nearby.nearest_trips import nearest_of_states
from batu_geo.network.nearby.shown_times import drawn, size_of
from batu_geo.network.nearby.trip_table import Nearest, TripTable
from batu_geo.network.nearby.trip_ways import Ways
from batu_geo.network.nearby.trips_within import Wanted, direct_trips, trips_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Starts


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class TravelTimes:
    """Minutes and metres of trips from origins to destinations; inf where there is no way.

    Attributes
    ----------
    origin_ids, destination_ids
        Labels of both ends.
    trips
        The trips that are kept, sorted by origin and destination.
    origin_snap_m
        Distance from each origin to the road, float64 [origins].
    is_snapped
        Origins near enough to a road to travel at all, bool [origins].
    limit_minutes
        Every trip that takes at most so long is kept; inf where all are.
    known_to
        No trip of an origin that is neither kept nor its nearest is shorter, minutes, [origins].
    known_nearest
        The nearest destination as far as the trips kept say; `nearest_trip` is sure.
    ways
        What the table was found from; None for one that was given as a matrix.
    has_way
        Of a matrix: origins with a way where the scenario closes nothing, bool [origins].

    Examples
    --------
    >>> times = matrix_times([[5.0, np.inf], [np.inf, np.inf]], ["home", "farm"], ["a", "b"])
    >>> times.best().tolist(), times.nearest_column().tolist()
    ([5.0, inf], [0, -1])
    """

    origin_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    trips: TripTable
    origin_snap_m: NDArray[np.float64]
    is_snapped: NDArray[np.bool_]
    limit_minutes: float
    known_to: NDArray[np.float64]
    known_nearest: Nearest
    ways: Ways | None = None
    has_way: NDArray[np.bool_] | None = None

    @property
    def is_cut_off(self) -> NDArray[np.bool_]:
        """Origins that reach no destination because of a closure of the scenario, [origins]."""
        is_lost, has_way = np.isinf(self.best()), self.has_way
        if self.ways is not None and is_lost.any():
            has_way = self.ways.open_to(is_lost)
        return is_lost & has_way if has_way is not None else np.zeros(len(is_lost), bool)

    def within(self, threshold_minutes: float) -> csr_array:
        """Return 1 for trips that take at most the threshold, which itself counts, sparse.

        >>> times = matrix_times([[15.0, 15.001]], ("a",), ("u", "v"))
        >>> times.within(15).toarray().tolist()
        [[1.0, 0.0]]

        Raises
        ------
        ValueError
            The threshold is beyond the limit of the table.
        """
        if threshold_minutes > self.limit_minutes:
            raise ValueError(f"trips are known to {self.limit_minutes} minutes only")
        is_near = self.trips.minutes <= threshold_minutes
        ones = np.ones(int(is_near.sum()))
        return self.trips.only(is_near).weighted(ones, len(self.destination_ids))

    def to(self, destination_id: str) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return minutes and metres to one destination, [origins]; inf for trips not kept."""
        return self.trips.column_of(self.destination_ids.index(destination_id))

    def without(self, destination_id: str) -> TravelTimes:
        """Return the times as if a destination were not there; who is nearest may be unsure."""
        gone = self.destination_ids.index(destination_id)
        kept = np.delete(np.arange(len(self.destination_ids)), gone)
        rest = self._chosen(kept)
        owner = self.known_nearest.column
        own = self.known_nearest.only(owner != gone)
        moved = replace(own, column=own.column - (own.column > gone))
        return replace(rest, known_nearest=moved.or_else(rest.known_nearest))

    def only(self, *destination_ids: str) -> TravelTimes:
        """Return the times to some destinations alone, in the order named."""
        place = {name: n for n, name in enumerate(self.destination_ids)}
        return self._chosen(np.array([place[name] for name in destination_ids], dtype=np.intp))

    def _chosen(self, columns: NDArray[np.intp]) -> TravelTimes:
        """Return the times to some destinations; their nearest is that of the trips kept."""
        if self.has_way is not None:
            raise ValueError("who has a way to some destinations alone is not known")
        trips = self.trips.chosen(columns, len(self.destination_ids))
        return replace(
            self,
            destination_ids=tuple(self.destination_ids[n] for n in columns),
            trips=trips,
            known_nearest=trips.nearest(),
            ways=None if self.ways is None else self.ways.only(columns),
        )

    def joined(self, more: TravelTimes) -> TravelTimes:
        """Return the times to these destinations and to others, of the same origins."""
        count = len(self.destination_ids)
        ways = self.ways and more.ways and self.ways.and_also(more.ways)
        known = more.known_nearest
        later = replace(known, column=np.where(known.column < 0, -1, known.column + count))
        both = replace(
            self,
            destination_ids=(*self.destination_ids, *more.destination_ids),
            trips=self.trips.and_also(more.trips, count),
            limit_minutes=min(self.limit_minutes, more.limit_minutes),
            known_to=np.minimum(self.known_to, more.known_to),
            known_nearest=self.known_nearest.or_nearer(later),
            ways=ways,
        )
        return both.with_sure_nearest()

    def with_sure_nearest(self) -> TravelTimes:
        """Return the times with the nearest destination of each origin that is sure."""
        nearest = self.nearest_trip()
        known_to = np.maximum(self.known_to, nearest.minutes)
        return replace(self, known_nearest=nearest, known_to=known_to)

    def nearest_trip(self) -> Nearest:
        """Return the nearest destination of each origin, the first of equally near ones."""
        known = self.known_nearest
        is_sure = known.minutes <= self.known_to
        if is_sure.all() or self.ways is None:
            return known
        return self.ways.nearest()

    def nearest_column(self) -> NDArray[np.intp]:
        """Return the number of the nearest destination of each origin; -1 where there is none.

        Of equally near destinations it is the first.
        """
        return self.nearest_trip().column

    def best(self) -> NDArray[np.float64]:
        """Return the minutes to the nearest destination, inf where there is none."""
        return self.nearest_trip().minutes

    def nearest(self, count: int = 1) -> pd.DataFrame:
        """Return the nearest destinations of each origin; unreachable origins stay.

        Columns: ``origin_id``, ``order`` (1 is the nearest), ``nearest_id``
        (missing where there is none), ``travel_time_min`` and
        ``travel_distance_m`` (inf there, missing where not asked for). Of equally
        near destinations the first comes first. Beyond the first, those of the trips kept.
        """
        kept = min(count, max(len(self.destination_ids), 1))
        found = self.trips.nearest_of(kept).with_first(self.nearest_trip())
        ids = np.array([*self.destination_ids, None], dtype=object)
        metres = np.full(found.minutes.shape, np.nan) if found.metres is None else found.metres
        origins = len(self.origin_ids)
        return pd.DataFrame(
            {
                "origin_id": pd.Series(np.repeat(self.origin_ids, kept), dtype="str"),
                "order": np.tile(np.arange(1, kept + 1), origins),
                "nearest_id": pd.Series(ids[found.column.ravel()], dtype="str"),
                "travel_time_min": found.minutes.ravel(),
                "travel_distance_m": metres.ravel(),
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the trips kept: ``origin_id``, ``destination_id``, ``travel_time_min``."""
        return pd.DataFrame(
            {
                "origin_id": np.array(self.origin_ids, dtype=object)[self.trips.origin],
                "destination_id": np.array(self.destination_ids, dtype=object)[self.trips.column],
                "travel_time_min": self.trips.minutes,
            }
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw minutes to the nearest on a map; of a matrix, the share within how many minutes."""
        return drawn(self, ax)

    def __repr__(self) -> str:
        """Return the size in three lines."""
        return size_of(self)


def matrix_times(
    minutes: object,
    origin_ids: Sequence[str] | None = None,
    destination_ids: Sequence[str] | None = None,
    *,
    metres: object = None,
    has_way: NDArray[np.bool_] | None = None,
) -> TravelTimes:
    """Return travel times that were found elsewhere, minutes [origins, destinations].

    Parameters
    ----------
    minutes, metres
        inf where there is no way; metres of the same trips, where they are known.
    origin_ids, destination_ids
        Labels of rows and columns; their numbers where none are named.
    has_way
        Origins that have a way where the scenario closes nothing, bool [origins].

    >>> matrix_times([[5.0, 3.0], [np.inf, np.inf]], ("a", "b"), ("u", "v")).best().tolist()
    [3.0, inf]
    """
    table = np.asarray(minutes, dtype=np.float64)
    rows = range(len(table)) if origin_ids is None else origin_ids
    columns = range(table.shape[1]) if destination_ids is None else destination_ids
    table = table.reshape(len(rows), len(columns))
    origin, column = np.nonzero(np.isfinite(table))
    way = None if metres is None else np.asarray(metres, dtype=np.float64)[origin, column]
    trips = TripTable.of(len(table), origin, column, table[origin, column], way)
    return TravelTimes(
        tuple(map(str, rows)), tuple(map(str, columns)), trips,
        origin_snap_m=np.zeros(len(table)), is_snapped=np.ones(len(table), bool),
        limit_minutes=np.inf, known_to=np.full(len(table), np.inf),
        known_nearest=trips.nearest(), has_way=has_way,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Which trips a table keeps.

    Attributes
    ----------
    limit_minutes
        Longer trips are left out, but for the nearest of each origin; below 0 it is that one alone.
    nearer_than
        Times of the same origins over the same graph to other destinations: trips beyond the
        limit are kept where they are shorter than the nearest of these. Then nobody's nearest
        is looked for beyond the trips kept.
    """

    limit_minutes: float = np.inf
    nearer_than: TravelTimes | None = None


EVERY = Kept()
NEAREST_ALONE = Kept(-1.0)


def travel_times(
    graph: ModeGraph,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    refuse_m: float,
    with_metres: bool = False,
    joined: Starts | Ends | None = None,
    kept: Kept = EVERY,
) -> TravelTimes:
    """Return the minutes of trips from origins to destinations.

    A trip walks from the door to a road, follows the directed roads and walks to the door
    of the unit; of all roads near both doors it takes those that make it quickest. Edges take
    whole milliseconds, so the order of inputs changes no minute. Where the graph was made for
    the direction ``from_facility`` the same trips run the other way.

    Parameters
    ----------
    graph
        The roads of one mode, from `mode_graph`.
    origins, destinations
        Points in any coordinate system (`DataError` without one); their ids are the first column.
    refuse_m
        Points farther than this from a road are not snapped and get no time.
    with_metres
        Whether to measure the trips too.
    joined
        Where the origins join the roads, from `starts`, or both ends do, from `ends`, if known.
    kept
        Which trips are kept beside the nearest of each origin; every one where none is named.
    """
    if not isinstance(joined, Ends):
        here = joined or starts(graph, origins, refuse_m=refuse_m)
        joined = ends(graph, here, destinations, refuse_m=refuse_m)
    ways = Ways(graph, joined, with_metres)
    trips, nearest = _found(ways, kept)
    sure = nearest if kept.nearer_than is None else kept.nearer_than.nearest_trip()
    return TravelTimes(
        joined.ids, tuple(destinations.iloc[:, 0].tolist()), trips,
        origin_snap_m=np.min([joins.nearest_m for joins in joined.here], axis=0),
        is_snapped=np.any([joins.is_snapped for joins in joined.here], axis=0),
        limit_minutes=kept.limit_minutes, known_to=np.maximum(sure.minutes, kept.limit_minutes),
        known_nearest=nearest, ways=ways,
    )  # fmt: skip


def _found(ways: Ways, kept: Kept) -> tuple[TripTable, Nearest]:
    """Return the trips that a table keeps, and the nearest destination of each origin."""
    graph, both, direct = ways.graph, ways.ends, direct_trips(ways.graph, ways.ends)
    # The trips to one destination alone are each the nearest of their origin: one search for both.
    is_alone = len(both.there_xy) == 1 and kept.nearer_than is None
    wanted = Wanted() if is_alone else _wanted(graph, kept)
    found = trips_within(graph, both, wanted, direct, with_metres=ways.with_metres)
    minutes, metres = found.ms / MS_PER_MINUTE, found.metres if ways.with_metres else None
    homes = both.here[0].count
    trips = TripTable.of(homes, found.origin, found.destination, minutes, metres)
    if is_alone:
        return trips.only(minutes <= kept.limit_minutes), trips.nearest()
    is_whole = kept.nearer_than is not None or np.isinf(kept.limit_minutes)
    return trips, trips.nearest() if is_whole else ways.nearest(direct)


def _wanted(graph: ModeGraph, kept: Kept) -> Wanted:
    """Return which trips must be found for a table to keep them, in milliseconds."""
    limit_ms = kept.limit_minutes * MS_PER_MINUTE
    others = kept.nearer_than
    if others is None:
        return Wanted(limit_ms)
    if others.ways is None or others.ways.graph is not graph:
        raise ValueError("nearer than times over another graph")
    before_ms = np.rint(others.best() * MS_PER_MINUTE)
    return Wanted(limit_ms, nearest_of_states(graph, others.ways.ends), before_ms)
