"""Transform layers with datum WGS 84 or an Indonesian equivalent to degrees, without grid files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from batu_geo.sources.files.opening import Opened

# Datums equal to WGS 84 within a metre; others shift Java by up to hundreds of metres.
DATUMS = (
    "World Geodetic System 1984", "WGS 1984", "Datum Geodesi Nasional 1995",
    "Sistem Referensi Geospasial Indonesia 2013",
)  # fmt: skip
ZONE_WIDTH = 6


def utm_zone_of(shapes: Any) -> str:
    """Return the UTM zone that the middle of some shapes in degrees lies in."""
    import shapely  # noqa: PLC0415 - heavy

    west, south, east, north = shapely.total_bounds(shapes)
    zone = int(((west + east) / 2 + 180) // ZONE_WIDTH) + 1
    return f"EPSG:{32700 + zone if south + north < 0 else 32600 + zone}"


def to_degrees(opened: Opened, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer in longitude and latitude; one without a CRS is returned as it is.

    Raises
    ------
    SourceError
        When its datum is not WGS 84 or an Indonesian equivalent.
    """
    if frame.crs is None:
        return frame
    crs = plain_crs(opened, frame.crs)
    return frame.set_crs(crs, allow_override=True).to_crs("EPSG:4326")


def plain_crs(opened: Opened, crs: pyproj.CRS) -> pyproj.CRS:
    """Return the horizontal part of a CRS, without grid files and other datums.

    Raises
    ------
    SourceError
        When its datum is not WGS 84 or an Indonesian equivalent.
    """
    plain = _without_grids(crs)
    datum = plain.datum.name if plain.datum else ""
    if not any(known in datum.replace("_", " ") for known in DATUMS):
        raise opened.error("BG-254", crs=f"{plain.name} ({datum})" if datum else plain.name)
    return plain


def _without_grids(crs: pyproj.CRS) -> pyproj.CRS:
    """Return a CRS without its vertical part and without a transformation to another datum.

    Such a transformation may name grid files, which PROJ would open wherever they are.
    """
    while crs.is_bound or crs.is_compound:
        crs = next(filter(None, (crs.source_crs, *crs.sub_crs_list)))
    return type(crs).from_json_dict(json.loads(crs.to_json(), object_hook=_without_remarks))


def _without_remarks(part: dict[str, Any]) -> dict[str, Any]:
    """Drop the remarks of a CRS, in which PROJ keeps and reads the names of grid files."""
    return {name: value for name, value in part.items() if name != "remarks"}
