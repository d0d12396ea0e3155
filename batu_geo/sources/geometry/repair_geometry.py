"""Repairs of single values and outlines that are small enough to be made without asking."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.errors import ShapelyError

if TYPE_CHECKING:
    from batu_geo.domain.tables import Column

LARGEST_CHANGE = 0.001
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\r\n]+")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a repair: its place, old and new value, and reason (a key of the labels).

    `record` is the number of the row or feature, 0 for the whole file.
    """

    file: str
    record: int
    record_id: str
    column: str
    before: str
    after: str
    reason: str


def clean_value(value: Any, column: Column | None) -> tuple[Any, str]:
    r"""Return a value without invisible characters and with codes in lower case, and the reason.

    >>> clean_value(" Desa\u00a0Beji ", None)
    ('Desa Beji', 'blanks')
    """
    if not isinstance(value, str):
        return value, ""
    cleaned = BLANKS.sub(" ", INVISIBLE.sub("", value)).strip()
    if column is not None and column.codes and cleaned not in column.codes:
        plain = re.sub(r"[\s_-]+", "_", cleaned).casefold()
        same = [code for code in column.codes if code.casefold() == plain]
        if len(same) == 1:
            return same[0], "code"
    return (cleaned, "blanks") if cleaned != value else (value, "")


def repair_geometry(geometry: Any) -> tuple[Any, list[tuple[str, str]]]:
    """Return a polygon with closed rings, two dimensions and no crossings, and the repairs made.

    A repair that changes more than 0.1% of the area is not made; then the geometry is
    returned as it is.

    >>> repair_geometry({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]})[1]
    [('ring', '')]
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        return geometry, []
    reasons: list[tuple[str, str]] = []
    try:
        polygons = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
        flat = [[[position[:2] for position in ring] for ring in rings] for rings in polygons]
        closed = [
            [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings] for rings in flat
        ]
        shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in closed])
        has_heights = flat != [[list(ring) for ring in rings] for rings in polygons]
        valid = shape if shape.is_valid else shapely.make_valid(shape, method="structure",
                                                                keep_collapsed=False)  # fmt: skip
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return geometry, []
    if not shape.is_valid:
        change = abs(valid.area - shape.area) / shape.area if shape.area else 1.0
        is_same_kind = valid.geom_type in {"Polygon", "MultiPolygon"} and not valid.is_empty
        if (
            change > LARGEST_CHANGE
            or not is_same_kind
            or _changed_share(shape, valid) > LARGEST_CHANGE
        ):
            return geometry, []
        reasons.append(("crossing", f"{100 * change:.4f}%"))
    if closed != flat:
        reasons.append(("ring", ""))
    if has_heights:
        reasons.append(("heights", ""))
    if not reasons:
        return geometry, []
    if isinstance(valid, shapely.MultiPolygon) and len(valid.geoms) == 1:
        valid = valid.geoms[0]
    return json.loads(shapely.to_geojson(valid)), reasons


def _changed_share(before: shapely.Geometry, after: shapely.Geometry) -> float:
    """Return the area in only one of two shapes as a share of the area of the second."""
    even_odd = shapely.make_valid(before)
    return float(
        shapely.area(shapely.symmetric_difference(even_odd, after))
        / max(shapely.area(after), 1e-300)
    )
