"""Which stretches cut off most people once they are lost, as plain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.serving.records.unit_records import lon_lat
from batu_geo.workbench.lost_stretches import lost_stretches

if TYPE_CHECKING:
    from batu_geo.workbench.standing import Standing


def cut_off_record(now: Standing) -> dict[str, Any]:
    """Return the stretches whose loss cuts off most people, with a point to close each at."""
    lost, roads = lost_stretches(now), now.study.roads
    lines = roads.lines(lost.edge)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    places = lon_lat(gpd.GeoSeries(middles, crs=roads.crs)) if len(lines) else []
    degrees = gpd.GeoSeries(lines, crs=roads.crs).to_crs("EPSG:4326").to_numpy()
    shapes = list(shapely.transform(degrees, lambda xy: np.round(xy, 6)))
    return {
        "stretches": [
            {"lon": lon, "lat": lat, "name": roads.names[roads.name[edge]],
             "class": roads.classes[roads.road_class[edge]], "people": int(people),
             "homes": int(homes), "shape": json.loads(shapely.to_geojson(shape))}
            for (lon, lat), edge, people, homes, shape in zip(
                places, lost.edge.tolist(), lost.people, lost.homes, shapes, strict=True)
        ],
    }  # fmt: skip
