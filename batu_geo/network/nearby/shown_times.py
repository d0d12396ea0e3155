"""What a table of travel times says of itself, where its places are, and how it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.nearby.trip_table import Nearest, TripTable
    from batu_geo.network.nearby.trip_ways import Ways


class Times(Protocol):
    """What of a table of travel times is looked at."""

    @property
    def origin_ids(self) -> tuple[str, ...]:
        """Labels of the origins."""

    @property
    def destination_ids(self) -> tuple[str, ...]:
        """Labels of the destinations."""

    @property
    def trips(self) -> TripTable:
        """The trips that are kept."""

    @property
    def limit_minutes(self) -> float:
        """Every trip of at most so long is kept."""

    @property
    def known_nearest(self) -> Nearest:
        """The nearest destination of each origin as far as the trips kept say."""

    @property
    def ways(self) -> Ways | None:
        """What the table was found from."""

    def nearest_trip(self) -> Nearest:
        """Return the nearest destination of each origin."""


def size_of(times: Times) -> str:
    """Return the size of a table, which trips it keeps and who has a way, in three lines."""
    has_way = times.known_nearest.column >= 0
    minutes = times.known_nearest.minutes[has_way]
    limit = times.limit_minutes
    kept = "all" if np.isinf(limit) else f"within {limit:g} min, and the nearest of each origin"
    reach = f", nearest {minutes.min():.1f} to {minutes.max():.1f} min" if has_way.any() else ""
    return (
        f"TravelTimes: {len(times.origin_ids):,} origins, "
        f"{len(times.destination_ids):,} destinations\n"
        f"  {len(times.trips.minutes):,} trips kept: {kept}\n"
        f"  {int(has_way.sum()):,} origins have a way{reach}"
    )


def origin_places(times: Times) -> gpd.GeoDataFrame | None:
    """Return where the origins are, with their nearest destination; None of a matrix.

    Columns: ``origin_id``, ``nearest_id`` (missing where there is none), ``minutes`` (inf there).
    """
    if times.ways is None:
        return None
    trip = times.nearest_trip()
    columns = {
        "origin_id": list(times.origin_ids),
        "nearest_id": np.array([*times.destination_ids, None], dtype=object)[trip.column],
        "minutes": trip.minutes,
    }
    return _points(columns, times.ways.ends.here_by_place.data, times.ways)


def destination_places(times: Times) -> gpd.GeoDataFrame | None:
    """Return where the destinations are, by ``destination_id``; None of a matrix."""
    if times.ways is None:
        return None
    columns = {"destination_id": list(times.destination_ids)}
    return _points(columns, times.ways.ends.there_xy, times.ways)


def _points(columns: dict[str, Any], xy: NDArray[np.float64], ways: Ways) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*xy.T), crs=ways.graph.roads.crs)


def drawn(times: Times, ax: Any) -> Any:
    """Draw minutes to the nearest destination: on a map, or a curve where no place is known."""
    origins, destinations = origin_places(times), destination_places(times)
    if origins is None or destinations is None:
        minutes = times.nearest_trip().minutes
        return curve(minutes, np.ones(len(minutes)), ax)
    axes = shaded(origins, ax)
    if len(destinations):
        destinations.plot(ax=axes, color="#b3261e", marker="^", markersize=30)
    return axes


def shaded(places: gpd.GeoDataFrame, ax: Any) -> Any:
    """Draw places shaded by ``minutes``, those without a way as grey crosses."""
    has_way = np.isfinite(places["minutes"].to_numpy(dtype=np.float64))
    if has_way.any():
        ax = places[has_way].plot(
            ax=ax, column="minutes", cmap="viridis_r", markersize=9, legend=True,
            legend_kwds={"label": "minutes"},
        )  # fmt: skip
    if not has_way.all():
        ax = places[~has_way].plot(ax=ax, color="#777777", marker="x", markersize=16)
    return ax


def curve(minutes: NDArray[np.float64], weight: NDArray[np.float64], ax: Any) -> Any:
    """Draw which share of the weight is within how many minutes; who has no way is never."""
    has_way = np.isfinite(minutes)
    order = np.argsort(minutes[has_way], kind="stable")
    reached = np.r_[0.0, np.cumsum(weight[has_way][order])]
    share = 100 * reached / max(weight.sum(), 1e-9)
    # A table begins a picture of its own, where one column would join the last.
    return pd.DataFrame({"share": share}, index=np.r_[0.0, minutes[has_way][order]]).plot(
        ax=ax, drawstyle="steps-post", legend=False, ylim=(0, 105), xlabel="minutes",
        ylabel="% within",
    )  # fmt: skip
