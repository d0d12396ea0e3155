"""Where one more unit helps most, as plain values: a number of people at every junction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.network.nearest_edge import points_xy
from batu_geo.serving.records.study_record import on_grid, packed_whole
from batu_geo.serving.records.unit_records import lon_lat
from batu_geo.workbench.one_more_unit import gained_at, one_more_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.workbench.standing import Standing

# Junctions whose exact gain is found to name the best of them.
PROMISING = 32


def surface_record(now: Standing) -> dict[str, Any]:
    """Return the people that a unit at each junction would newly serve, and the best place.

    The best place is the best of the most promising junctions by what a unit opened there gains.
    """
    found = one_more_unit(now)
    is_some = found.people > 0
    points = gpd.GeoSeries(shapely.points(found.xy[is_some]), crs=now.study.roads.crs)
    people = found.people[is_some]
    bounds = points.to_crs("EPSG:4326").total_bounds if len(people) else np.zeros(4)
    west, south, east, north = bounds.tolist()
    frame = (west, south, east, north)
    low_high = packed_whole(people, "people")
    return {
        "count": len(people), "bounds": list(frame), **on_grid(points, frame),
        "people": low_high["peopleLow"], "peopleHigh": low_high["peopleHigh"],
        "best": _best(now, points, people),
    }  # fmt: skip


def _best(
    now: Standing, points: gpd.GeoSeries, people: NDArray[np.int64]
) -> dict[str, float] | None:
    """Return where a unit gains most, in the degrees that are opened, and how many people."""
    if not len(people):
        return None
    promising = gpd.GeoSeries(points.iloc[np.argsort(-people, kind="stable")[:PROMISING]])
    lon, lat = np.transpose(lon_lat(promising)).tolist()
    opened = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))
    gained = gained_at(now, points_xy(opened, now.study.roads.crs))
    most = int(gained.argmax())
    return {"lon": lon[most], "lat": lat[most], "people": int(gained[most])}
