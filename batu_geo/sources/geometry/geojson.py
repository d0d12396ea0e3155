"""Read GeoJSON strictly (RFC 7946): each fault is named with its feature and its reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.privacy import looks_personal
from batu_geo.sources.files.opening import json_of
from batu_geo.sources.geometry.features import (
    FaultyGeometry,
    json_type,
    positions_of,
    valid_geometry,
    without_empty_parts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.sources.files.opening import Opened

KINDS = {"polygon": ("Polygon", "MultiPolygon"), "point": ("Point",)}
GEOMETRIES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip
CRS84 = ("CRS84", "4326")


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one file.

    Attributes
    ----------
    records, geometry
        Properties, and geometry in degrees.
    has_heights
        Whether any position had one.
    empty_parts
        How many empty parts were passed over.
    """

    records: list[dict[str, Any]]
    geometry: NDArray[np.object_]
    has_heights: bool
    empty_parts: int = 0


def read_features(
    opened: Opened, *, geometry: str, id_column: str
) -> tuple[Features, list[Problem]]:
    """Return the features of a FeatureCollection and every fault of their geometry.

    Parameters
    ----------
    opened
        The file.
    geometry
        ``"polygon"`` or ``"point"``: what every feature must be.
    id_column
        Property by which problems name a feature.

    Raises
    ------
    SourceError
        When the file is not JSON.
    DataError
        When it is JSON but not a FeatureCollection in degrees.
    """
    document = json_of(opened)
    features, empty_parts = without_empty_parts(_members(document, opened.name))
    records, shapes, problems, has_heights = [], [], [], False
    for number, feature in enumerate(features, start=1):
        is_mapping = isinstance(feature, dict)
        properties = feature.get("properties") if is_mapping else None
        record = properties if isinstance(properties, dict) else {}
        records.append(record)
        shape: shapely.Geometry = shapely.Point()
        try:
            if not is_mapping or feature.get("type") != "Feature":
                raise FaultyGeometry("BG-110", reason="type is not 'Feature'")
            shape, is_high = _shape(feature.get("geometry"), KINDS[geometry])
            has_heights |= is_high
        except FaultyGeometry as fault:
            record_id = _shown_id(record.get(id_column, ""))
            problems.append(
                Problem(fault.code, opened.name, feature=number, record_id=record_id,
                        column="geometry", values=fault.values_)
            )  # fmt: skip
        shapes.append(shape)
    # Rings begin and turn in one way, whichever way a file has them.
    alike = shapely.normalize(np.array(shapes, dtype=object))
    return Features(records, alike, has_heights, empty_parts), problems


def _shown_id(value: Any) -> str:
    """Return the id as text, or nothing where it looks like personal data."""
    return "" if looks_personal(value) else str(value)


def _members(document: Any, name: str) -> list[Any]:
    def refuse(reason: str) -> DataError:
        return DataError(Problem("BG-110", name, values={"reason": reason}))

    if not isinstance(document, dict):
        raise refuse(f"{json_type(document)}, not an object")
    kind = document.get("type")
    if kind == "Feature":
        document = {"features": [document]}
    elif kind in GEOMETRIES:
        document = {"features": [{"type": "Feature", "properties": {}, "geometry": document}]}
    elif kind != "FeatureCollection":
        raise refuse(f"type is {kind!r}, not 'FeatureCollection'" if kind else "no type")
    if not isinstance(document.get("features"), list):
        raise refuse("no list of features")
    crs = document.get("crs")
    if crs is not None and not any(known in str(crs) for known in CRS84):
        raise refuse(f"crs {crs}")
    members: list[Any] = document["features"]
    return members


def _shape(geometry: Any, kinds: tuple[str, ...]) -> tuple[shapely.Geometry, bool]:
    """Return a geometry in two dimensions, and whether it had heights."""
    if not isinstance(geometry, dict):
        raise FaultyGeometry("BG-202")
    kind = geometry.get("type")
    if kind not in kinds:
        raise FaultyGeometry("BG-217", found=kind, expected=" / ".join(kinds))
    valid = valid_geometry(geometry, strict=True)
    has_heights = any(len(position) > 2 for position in positions_of(valid))
    flat = shapely.force_2d(shapely.from_geojson(json.dumps(valid)))
    if kind != "Point" and not flat.is_valid:
        raise FaultyGeometry("BG-207", reason=shapely.is_valid_reason(flat))
    if kind != "Point" and flat.area == 0:
        raise FaultyGeometry("BG-207", reason="area 0")
    return flat, has_heights
