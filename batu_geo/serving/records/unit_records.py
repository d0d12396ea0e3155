"""The units that a standing has otherwise than the study: where they are, which road they join."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from batu_geo.network.snapping import join
from batu_geo.serving.records.answer_record import rounded, village_numbers

if TYPE_CHECKING:
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
    rows = now.iloc[changed][["facility_id", "facility_name", "village_id", "geometry"]]
    number, units = village_numbers(standing.study.villages), standing.situation.units
    places = lon_lat(rows.geometry)
    joins = road_joins(standing, rows)
    return [
        {
            "id": str(row["facility_id"]), "name": str(row["facility_name"]),
            "lon": lon, "lat": lat, "village": number.get(row["village_id"]),
            "isOpen": row["facility_id"] in units, "isNew": row["facility_id"] not in old,
            "isMoved": moved_from is not None, "from": moved_from,
            "join": joined if row["facility_id"] in units else None,
        }
        for row, (lon, lat), joined, moved_from in zip(
            _plain_rows(rows), places, joins,
            _old_places(old, rows), strict=True,
        )
    ]  # fmt: skip


def _plain_rows(rows: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    names = ("facility_id", "facility_name", "village_id")
    columns = (rows[name].tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


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


def _old_places(
    old: dict[str, shapely.Geometry], rows: gpd.GeoDataFrame
) -> list[list[float] | None]:
    """Return where each row was before, None for one that stands where it did or is new."""
    places: list[list[float] | None] = []
    for name, point in zip(rows["facility_id"], rows.geometry, strict=True):
        was = old.get(name)
        is_same = was is None or bool(shapely.equals_exact(was, point))
        places.append(None if is_same else degrees(np.array([was]), str(rows.crs))[0])
    return places


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


def road_joins(standing: Standing, points: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return of each point the road nearest to it that the headline mode may join."""
    situation = standing.situation
    graph = situation.graphs[situation.scenario.headline.mode]
    refuse_m = situation.scenario.snapping.refuse_m
    joins = join(graph, gpd.GeoDataFrame(geometry=points.geometry), refuse_m=refuse_m)[0]
    rows = joins.nearest_rows()
    lines = graph.roads.lines(joins.edge[rows])
    spots = shapely.line_interpolate_point(lines, joins.fraction[rows], normalized=True)
    found = degrees(spots, str(points.crs)) if len(rows) else []
    at = dict(zip(joins.point[rows].tolist(), found, strict=True))
    return [
        {"metres": rounded(metres, 1), "lon": at[n][0] if n in at else None,
         "lat": at[n][1] if n in at else None, "isJoined": n in at}
        for n, metres in enumerate(joins.nearest_m.tolist())
    ]  # fmt: skip
