"""Read the features of any supported map file as GeoJSON in degrees."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.sources.cells.grids import decode_text
from batu_geo.sources.cells.sql_rows import insert_rows
from batu_geo.sources.files.archives import unpacked, zip_members
from batu_geo.sources.files.geodatabase import TABLE
from batu_geo.sources.files.opening import Opened, check_format, json_of
from batu_geo.sources.geometry.features import Feature, valid_features, without_empty_parts
from batu_geo.sources.geometry.geoparquet import geoparquet_frame
from batu_geo.sources.geometry.gpx import waypoints_of
from batu_geo.sources.geometry.kml import placemarks_of
from batu_geo.sources.geometry.osm_json import overpass_points
from batu_geo.sources.geometry.projections import to_degrees
from batu_geo.sources.geometry.shapefiles import packed_shapefile

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

MAP_SUFFIXES = (
    ".geojson", ".json", ".gpkg", ".fgb", ".gdb", ".parquet", ".zip", ".kml", ".kmz", ".gpx",
    ".sql",
)  # fmt: skip
EPSG = re.compile(r"epsg\b.*?(\d{4,6})$", re.IGNORECASE)
DEEPEST_RING = 4


def read_map_features(
    opened: Opened, kind: str, layer: str = ""
) -> tuple[list[Feature], list[Problem]]:
    """Return the features of a file, and notices.

    Parameters
    ----------
    opened
        GeoJSON, Overpass JSON, GeoPackage, FlatGeobuf, GeoParquet, a ZIP with a Shapefile, KML,
        KMZ, the waypoints of GPX, or the dump of an SQL table whose outlines are JSON texts.
    kind
        ``"polygon"`` or ``"point"``: the geometry type of the layer to read.
    layer
        Its name, where several layers have that type.

    Raises
    ------
    SourceError
        When the file cannot be read, has no such layer, or is in a projection whose datum
        is not WGS 84 or an Indonesian equivalent.
    DataError
        With every member that is no valid feature.
    """
    try:
        members, notices = _read(opened, kind, layer)
        members, count = without_empty_parts(members)
        empty = [Problem("BG-227", opened.name, values={"count": count})] if count else []
        return valid_features(members, opened.name), [*notices, *empty]
    except BatuGeoError:
        raise
    except Exception as error:  # GDAL and pyproj raise many types
        raise opened.unreadable(error) from error


def _read(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    """Read a file or a member of an archive by its suffix after checking its format."""
    return READERS[opened.suffix](check_format(opened), kind, layer)


def _geojson(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    del kind, layer
    document = json_of(opened)
    if not isinstance(document, dict):
        raise opened.error("BG-110", reason="not an object")
    if isinstance(document.get("elements"), list):
        return overpass_points(document["elements"]), []
    if document.get("type") == "Feature":
        return [document], []
    members = document.get("features")
    if not isinstance(members, list):
        raise opened.error("BG-110", reason="no list of features")
    named = (document.get("crs") or {}).get("properties", {}).get("name")
    if named and "CRS84" not in str(named):
        return _reprojected(opened, members, str(named)), []
    return members, []


def _reprojected(opened: Opened, members: list[Feature], named: str) -> list[Feature]:
    import geopandas as gpd  # noqa: PLC0415
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    code = EPSG.search(named)
    try:
        crs = pyproj.CRS.from_epsg(code[1] if code else "")
    except pyproj.exceptions.CRSError as error:
        raise opened.error("BG-254", crs=named) from error
    features = valid_features(members, opened.name)
    shapes = [f["geometry"] and shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
    records = [feature["properties"] for feature in features]
    return _frame_features(opened, gpd.GeoDataFrame(geometry=shapes, crs=crs), records)


def _geopackage(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    return _one_layer(opened, opened.content, kind, layer), []


def _geodatabase(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    with unpacked(opened, zip_members(opened)) as copy:
        return _one_layer(opened, copy, kind, layer), []


def _one_layer(opened: Opened, source: bytes | Path, kind: str, layer: str) -> list[Feature]:
    """Read the layer of a database that is named, or the one of a type of geometry."""
    import pyogrio  # noqa: PLC0415 - heavy

    with warnings.catch_warnings(action="ignore"):
        layers = {str(n): str(g) for n, g in pyogrio.list_layers(source)}
        wanted = [n for n, g in layers.items() if kind.title() in g or g == "Unknown"]
        name = layer or (wanted[0] if len(wanted) == 1 else "")
        if name not in layers:
            raise opened.error("BG-259", found=", ".join(layers) or "-")
        frame = pyogrio.read_dataframe(source, layer=name)
    return _frame_features(opened, frame)


def _zip(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    """Read the one Shapefile, GeoJSON, KML or geodatabase of a ZIP file."""
    members = zip_members(opened)
    if any(name.lower().endswith(TABLE) for name in members):
        return _geodatabase(opened, kind, layer)
    names = [
        n for n in members
        if PurePosixPath(n).suffix.lower() in {".shp", ".geojson", ".kml", ".gpkg"}
        and (not layer or PurePosixPath(n).stem == layer)
        and not PurePosixPath(n).name.startswith(".")
    ]  # fmt: skip
    if len(names) != 1:
        raise opened.error("BG-259", found=", ".join(names) or ", ".join(members) or "-")
    member = members[names[0]]
    if member.suffix != ".shp":
        return _read(member, kind, "")
    return _shapefile(opened, members, names[0])


def _shapefile(
    opened: Opened, members: dict[str, Opened], name: str
) -> tuple[list[Feature], list[Problem]]:
    import pyogrio  # noqa: PLC0415 - heavy

    packed, notices = packed_shapefile(opened, members, name)
    with warnings.catch_warnings(action="ignore"):
        frame = pyogrio.read_dataframe(packed)
    return _frame_features(opened, frame), notices


def _flatgeobuf(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    import pyogrio  # noqa: PLC0415 - heavy

    del kind, layer
    with warnings.catch_warnings(action="ignore"):
        frame = pyogrio.read_dataframe(opened.content)
    return _frame_features(opened, frame), []


def _geoparquet(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    del kind, layer
    return _frame_features(opened, geoparquet_frame(opened)), []


def _gpx(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    del kind, layer
    return waypoints_of(opened)


def _kml(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    del kind, layer
    return placemarks_of(opened), []


def _kmz(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    """Read one KML file of a KMZ file: the one that is asked for, `doc.kml`, or the first."""
    members = zip_members(opened, ".kml")
    names = sorted(members, key=lambda name: (name.lower() != "doc.kml", name.count("/"), name))
    if layer:
        names = sorted(names, key=lambda name: PurePosixPath(name).stem != layer)
    if not names:
        raise opened.error("BG-259", found="-")
    features, notices = _read(members[names[0]], kind, layer)
    if len(names) > 1:
        values = {"name": names[0], "found": ", ".join(names[1:])}
        notices = [*notices, Problem("BG-235", opened.name, values=values)]
    return features, notices


def _sql(opened: Opened, kind: str, layer: str) -> tuple[list[Feature], list[Problem]]:
    """Read the rows of an SQL dump; the outline is the one value that is a nested list."""
    del kind, layer
    text, notices = decode_text(opened)
    return [
        _row_feature(opened, n, row) for n, row in enumerate(insert_rows(opened, text), 1)
    ], notices


def _row_feature(opened: Opened, number: int, row: dict[str, Any]) -> Feature:
    """Return a row of an SQL dump as a feature with the outline in its one nested list."""
    shapes = {n: v for n, v in row.items() if isinstance(v, str) and v.lstrip().startswith("[[")}
    properties = {name: value for name, value in row.items() if name not in shapes}
    if len(shapes) != 1:
        raise opened.error("BG-260", row=number, reason="no outline like [[[lat, lng], ...]]")
    name, value = next(iter(shapes.items()))
    rings = json_of(Opened(f"{opened.name} ({name}, {number})", value.encode()))
    depth = _depth(rings)
    wrapped = {2: [[rings]], 3: [rings], 4: rings}.get(depth)
    if wrapped is None:
        raise opened.error("BG-260", row=number, reason=f"lists in lists {depth} deep")
    geometry = {"type": "MultiPolygon", "coordinates": wrapped}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _depth(value: Any) -> int:
    """Return how many lists are nested around the first number."""
    depth = 0
    while isinstance(value, list) and value and depth <= DEEPEST_RING:
        value, depth = value[0], depth + 1
    return depth


def _frame_features(
    opened: Opened, frame: gpd.GeoDataFrame, records: list[dict[str, Any]] | None = None
) -> list[Feature]:
    """Return a layer as features in degrees with values that JSON can hold."""
    import pandas as pd  # noqa: PLC0415 - heavy
    import shapely  # noqa: PLC0415

    frame = to_degrees(opened, frame)
    if records is None:
        columns = frame.drop(columns=frame.geometry.name)
        records = [
            {str(n): None if pd.isna(v) else _plain_value(v) for n, v in row.items()}
            for row in columns.to_dict("records")
        ]
    return [
        {"type": "Feature", "properties": record,
         "geometry": json.loads(text) if (text := shapely.to_geojson(shape)) else None}
        for shape, record in zip(frame.geometry, records, strict=True)
    ]  # fmt: skip


def _plain_value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


READERS = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpkg": _geopackage,
    ".fgb": _flatgeobuf,
    ".gdb": _geodatabase,
    ".parquet": _geoparquet,
    ".gpx": _gpx,
    ".zip": _zip,
    ".kml": _kml,
    ".kmz": _kmz,
    ".sql": _sql,
}
