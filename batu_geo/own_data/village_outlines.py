"""Outlines of villages, or of any areas, as GeoPandas reads them but in any form offices have."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoWarning
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.geometry.vector_layers import MAP_SUFFIXES, read_map_features
from batu_geo.sources.tables.boundaries import (
    BIG_COLUMNS,
    big_code_as_written,
    longitude_first,
    village_polygons,
)

if TYPE_CHECKING:
    import os

    import geopandas as gpd


def load_villages(path: str | os.PathLike[str], *, layer: str = "") -> gpd.GeoDataFrame:
    """Return the outlines of a file in degrees, with its columns.

    Outlines of Badan Informasi Geospasial get ``village_id`` and ``village_name`` beside their own
    columns; of the levels of OpenStreetMap the villages are taken; latitude first is put
    right. What was put right or passed over is said by a `BatuGeoWarning`.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, a zipped Shapefile, KML, KMZ or an SQL dump.
    layer
        Its name, where several layers have polygons.

    Raises
    ------
    SourceError
        When the file is missing or not what its suffix says.
    DataError
        With every feature that is none.

    Examples
    --------
    >>> import batu_geo as bg
    >>> villages = load_villages(bg.load_study().folder / "boundaries" / "desa_kelurahan.geojson")
    >>> len(villages), villages.crs.to_string()
    (24, 'EPSG:4326')
    """
    import geopandas as gpd  # noqa: PLC0415 - heavy
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    path = Path(path)
    opened = open_input(path, name=path.name, table="villages", suffixes=MAP_SUFFIXES)
    features, notices = read_map_features(opened, "polygon", layer)
    features, more = longitude_first(village_polygons(features), opened.name)
    for notice in (*notices, *more):
        warnings.warn(BatuGeoWarning(notice.line("en")), stacklevel=2)
    records = [dict(feature["properties"] or {}) for feature in features]
    for record in records:
        if all(name in record for name in BIG_COLUMNS):
            record["village_id"] = big_code_as_written(record)
            record["village_name"] = record["nm_kelurahan"]
    shapes: list[object] = [
        None
        if feature["geometry"] is None
        else shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in features
    ]
    return gpd.GeoDataFrame(records, geometry=np.array(shapes, dtype=object), crs="EPSG:4326")
