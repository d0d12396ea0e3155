"""Live layers: where one more unit helps most, and which stretch cuts off most once it is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.serving.records.study_record import frame_of, on_grid, packed_whole
from batu_geo.serving.records.unit_records import lon_lat
from batu_geo.workbench.lost_stretches import lost_stretches
from batu_geo.workbench.one_more_unit import one_more_unit

if TYPE_CHECKING:
    from batu_geo.planning.study import Study
    from batu_geo.workbench.standing import Standing


def layer_record(study: Study, now: Standing, layer: str) -> dict[str, Any]:
    """Return a layer by its name as plain values."""
    return _one_more(study, now) if layer == "one_more" else _cut_off(now)


def _one_more(study: Study, now: Standing) -> dict[str, Any]:
    """Return the people that a unit at each junction would newly serve, and the best junction."""
    found = one_more_unit(now)
    is_some = found.people > 0
    points = gpd.GeoSeries(shapely.points(found.xy[is_some]), crs=study.roads.crs)
    people = found.people[is_some]
    best = None
    if len(people):
        most = int(people.argmax())
        (place,) = lon_lat(gpd.GeoSeries(points.iloc[[most]]))
        best = {"lon": place[0], "lat": place[1], "people": int(people[most])}
    frame = frame_of(study, now.situation.demand)
    low_high = packed_whole(people, "people")
    return {
        "layer": "one_more", "count": len(people), "bounds": list(frame),
        **on_grid(points, frame), "people": low_high["peopleLow"],
        "peopleHigh": low_high["peopleHigh"], "best": best,
    }  # fmt: skip


def _cut_off(now: Standing) -> dict[str, Any]:
    """Return the stretches whose loss cuts off most people, with a point to close each at."""
    lost, roads = lost_stretches(now), now.study.roads
    lines = roads.lines(lost.edge)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    places = lon_lat(gpd.GeoSeries(middles, crs=roads.crs)) if len(lines) else []
    degrees = gpd.GeoSeries(lines, crs=roads.crs).to_crs("EPSG:4326").to_numpy()
    shapes = list(shapely.transform(degrees, lambda xy: np.round(xy, 6)))
    return {
        "layer": "cut_off",
        "stretches": [
            {"lon": lon, "lat": lat, "name": roads.names[roads.name[edge]],
             "class": roads.classes[roads.road_class[edge]], "people": int(people),
             "homes": int(homes), "shape": json.loads(shapely.to_geojson(shape))}
            for (lon, lat), edge, people, homes, shape in zip(
                places, lost.edge.tolist(), lost.people, lost.homes, shapes, strict=True)
        ],
    }  # fmt: skip
