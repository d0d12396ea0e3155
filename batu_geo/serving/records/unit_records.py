"""The units that a standing has otherwise than the study: where they are, which road they join."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from batu_geo.network.snapping import snap
from batu_geo.serving.records.answer_record import rounded, village_numbers

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.workbench.standing import Standing

DIGITS = 6


def changed_units(standing: Standing) -> list[dict[str, Any]]:
    """Return the facilities that were opened, moved, closed or upgraded, as plain values.

    An open one says how far it is from the road that it joins, or that it joins none.
    """
    before, now = standing.given.facilities, standing.study.facilities
    if now is before:
        return []
    changed = np.flatnonzero(_is_changed(before, now))
    if not len(changed):
        return []
    old = dict(zip(before["facility_id"].tolist(), before.geometry.to_numpy(), strict=True))
    names = ("facility_id", "facility_name", "village_id")
    rows = list(zip(*(now[name].array.take(changed).tolist() for name in names), strict=True))
    points, crs = now.geometry.to_numpy()[changed], str(now.crs)
    number, units = village_numbers(standing.study.villages), standing.situation.units
    is_open = np.array([row[0] in units for row in rows])
    joins = iter(road_joins(standing, [row[0] for row in rows if row[0] in units], points[is_open]))
    moved = [
        _moved_from(old.get(row[0]), point, crs) for row, point in zip(rows, points, strict=True)
    ]
    return [
        {
            "id": str(row[0]), "name": str(row[1]), "lon": lon, "lat": lat,
            "village": number.get(row[2]), "isOpen": opens, "isNew": row[0] not in old,
            "isMoved": moved_from is not None, "from": moved_from,
            "join": next(joins) if opens else None,
        }
        for row, (lon, lat), opens, moved_from in zip(
            rows, degrees(points, crs), is_open.tolist(), moved, strict=True)
    ]  # fmt: skip


def _is_changed(before: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which rows are new, or differ in state, kind or place, bool [rows]."""
    if before.empty:
        return np.ones(len(now), bool)
    row_of = pd.Index(before["facility_id"]).get_indexer(pd.Index(now["facility_id"]))
    is_old = row_of >= 0
    changed = ~is_old
    for column in ("status", "kind"):
        old = before[column].to_numpy(dtype=object)[row_of]
        changed |= old != now[column].to_numpy(dtype=object)
    old_places = before.geometry.to_numpy()[row_of]
    return np.asarray(changed | ~shapely.equals_exact(old_places, now.geometry.to_numpy()))


def _moved_from(
    old: shapely.Geometry | None, point: shapely.Geometry, crs: str
) -> list[float] | None:
    """Return where a facility was before, None for one that stands where it did or is new."""
    if old is None or shapely.equals_exact(old, point):
        return None
    return degrees(np.array([old]), crs)[0]


def lon_lat(points: gpd.GeoSeries) -> list[list[float]]:
    """Return degrees of points, to a tenth of a metre."""
    return degrees(points.to_numpy(), str(points.crs))


@cache
def _to_degrees(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def degrees(points: NDArray[np.object_], crs: str) -> list[list[float]]:
    """Return degrees of points of a projection, to a tenth of a metre."""
    xy = shapely.get_coordinates(points)
    lon_lat_of = np.column_stack(_to_degrees(crs).transform(*xy.T))
    rows: list[list[float]] = np.round(lon_lat_of, DIGITS).tolist()
    return rows


def road_joins(
    standing: Standing, names: list[str], points: NDArray[np.object_]
) -> list[dict[str, Any]]:
    """Return of facilities at some points the road nearest that the headline mode may join."""
    situation, mode = standing.situation, standing.scenario.headline.mode
    graph, times = situation.graphs[mode], situation.times[mode]
    place = {name: n for n, name in enumerate(times.destination_ids)}
    row = [place.get(name, -1) for name in names]
    if times.ways is not None and -1 not in row:  # joined already: trips lead there
        joins = times.ways.ends.there[0].of(np.array(row, dtype=np.intp))
    else:
        refuse_m = situation.scenario.snapping.refuse_m
        joins = snap(graph, shapely.get_coordinates(points), refuse_m=refuse_m)[0]
    rows = joins.nearest_rows()
    lines = graph.roads.lines(joins.edge[rows])
    spots = shapely.line_interpolate_point(lines, joins.fraction[rows], normalized=True)
    found = degrees(spots, graph.roads.crs) if len(rows) else []
    at = dict(zip(joins.point[rows].tolist(), found, strict=True))
    return [
        {"metres": rounded(metres, 1), "lon": at[n][0] if n in at else None,
         "lat": at[n][1] if n in at else None, "isJoined": n in at}
        for n, metres in enumerate(joins.nearest_m.tolist())
    ]  # fmt: skip
