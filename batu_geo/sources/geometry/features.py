"""Validate features of any map file: properties are an object, geometry is well formed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FEWEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
# Neither degrees nor metres on a map of the earth are larger.
LARGEST_COORDINATE = 1e8
# The levels of nested lists of each geometry type, from the outermost to the positions.
LEVELS = {
    "Point": (),
    "MultiPoint": ("positions",),
    "LineString": ("positions",),
    "MultiLineString": ("lines", "positions"),
    "Polygon": ("rings", "positions"),
    "MultiPolygon": ("polygons", "rings", "positions"),
}
JSON_NAMES = {
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}

Feature = dict[str, Any]


class FaultyGeometry(ValueError):
    """A feature that breaks RFC 7946: the code of the fault and its values."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values_ = code, values


def valid_features(members: Sequence[Any], name: str) -> list[Feature]:
    """Return GeoJSON features whose properties are an object and whose geometry can be built.

    Rings that are not closed are closed. Which geometry types and positions are allowed, and
    whether outlines cross, is checked by the reader of each table.

    Raises
    ------
    DataError
        With every member that is no feature.

    Examples
    --------
    >>> point = {"type": "Point", "coordinates": [112.5, -7.9]}
    >>> valid_features([{"type": "Feature", "geometry": point}], "x.geojson")[0]["properties"]
    {}
    """
    features, faults = [], []
    for number, member in enumerate(members, start=1):
        try:
            features.append(_valid_feature(member))
        except FaultyGeometry as fault:
            faults.append(Problem(fault.code, name, feature=number, values=fault.values_))
    if faults:
        raise DataError(faults)
    return features


def _valid_feature(member: Any) -> Feature:
    if not isinstance(member, dict) or member.get("type") != "Feature":
        raise FaultyGeometry("BG-110", reason="type is not 'Feature'")
    properties = member.get("properties")
    if not isinstance(properties, dict | None):
        raise FaultyGeometry("BG-110", reason=f"properties are {json_type(properties)}")
    geometry = member.get("geometry")
    valid = None if geometry is None else valid_geometry(geometry, strict=False)
    return {"type": "Feature", "properties": properties or {}, "geometry": valid}


def without_empty_parts(members: Sequence[Any]) -> tuple[list[Any], int]:
    """Return features without empty parts of their geometry, and how many parts there were.

    GeoJSON and WKT may have them (`POLYGON EMPTY`, a hole without positions). A geometry of
    empty parts alone becomes null, as that of a feature without one.

    >>> hole = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]], []]}
    >>> features, count = without_empty_parts([{"type": "Feature", "geometry": hole}])
    >>> len(features[0]["geometry"]["coordinates"]), count
    (1, 1)
    """
    kept, count = [], 0
    for member in members:
        geometry = member.get("geometry") if isinstance(member, dict) else None
        pruned, empty = without_empty(geometry)
        kept.append({**member, "geometry": pruned} if empty else member)
        count += empty
    return kept, count


def without_empty(geometry: Any) -> tuple[Any, int]:
    """Return a geometry without its empty parts, None where nothing is left, and their number."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        return _collection_without_empty(geometry)
    if not isinstance(kind, str) or kind not in LEVELS or "coordinates" not in geometry:
        return geometry, 0
    value, count = _pruned(geometry["coordinates"], LEVELS[kind], kind)
    return (None if value == [] else {**geometry, "coordinates": value}), count


def _collection_without_empty(geometry: dict[str, Any]) -> tuple[Any, int]:
    members = geometry.get("geometries")
    if not isinstance(members, list):
        return geometry, 0
    pruned = [without_empty(member) for member in members]
    kept = [part for part, empty in pruned if part is not None or not empty]
    count = sum(empty for _, empty in pruned) + (not members)
    return ({**geometry, "geometries": kept} if kept else None), count


def _pruned(value: Any, levels: Sequence[str], kind: str) -> tuple[Any, int]:
    """Return coordinates without empty lists, and how many there were."""
    if value == []:
        return value, 1
    is_deep = levels and (levels[0] != "positions" or kind == "MultiPoint")
    if not isinstance(value, list) or not is_deep:
        return value, 0
    pruned = [_pruned(member, levels[1:], kind) for member in value]
    parts, count = [part for part, _ in pruned], sum(empty for _, empty in pruned)
    if levels[0] == "rings" and parts[0] == [] and any(parts):
        return value, 0  # holes of nothing are a fault
    return [part for part in parts if part != []], count


def valid_geometry(geometry: Any, *, strict: bool) -> dict[str, Any]:
    """Return a geometry of lists of numbers, nested as deeply as its type asks.

    Parameters
    ----------
    geometry
        Of a GeoJSON feature.
    strict
        Whether positions must be degrees and rings closed (RFC 7946). If not, positions may
        be metres of any projection, and open rings are closed.

    Raises
    ------
    FaultyGeometry
        With the first fault and where it is.
    """
    if not isinstance(geometry, dict):
        raise FaultyGeometry("BG-207", reason=f"{json_type(geometry)}, not an object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        members = _nonempty(geometry.get("geometries"), "geometries")
        parts = [valid_geometry(member, strict=strict) for member in members]
        return {"type": kind, "geometries": parts}
    if not isinstance(kind, str) or kind not in LEVELS:
        raise FaultyGeometry("BG-217", found=kind, expected=" / ".join(LEVELS))
    nested = _nested(geometry.get("coordinates"), kind, strict=strict)
    return {"type": kind, "coordinates": nested}


def _nested(value: Any, kind: str, depth: int = 0, number: int = 0, *, strict: bool) -> Any:
    """Return the coordinates below one level; `number` is that of the ring or line."""
    levels = LEVELS[kind][depth:]
    if not levels:
        return _position(value, strict=strict)
    members = _nonempty(value, levels[0])
    if levels != ("positions",):
        return [
            _nested(member, kind, depth + 1, n, strict=strict) for n, member in enumerate(members)
        ]
    positions = [
        _position_of(member, kind, number, n, strict=strict) for n, member in enumerate(members)
    ]
    if "Polygon" in kind and positions[0][:2] != positions[-1][:2]:
        if strict:
            raise FaultyGeometry("BG-207", reason=f"ring {number} is not closed")
        positions = [*positions, positions[0]]
    if len(positions) < FEWEST.get(kind, 1):
        count = f"{len(positions)} positions"
        reason = (
            f"ring {number} has {count}" if "Polygon" in kind else f"{count}, fewer than needed"
        )
        raise FaultyGeometry("BG-207", reason=reason)
    return positions


def _position_of(value: Any, kind: str, ring: int, number: int, *, strict: bool) -> list[float]:
    """Return a position of a line or ring; a fault in a ring names both numbers."""
    try:
        return _position(value, strict=strict)
    except FaultyGeometry as fault:
        reason = fault.values_.get("reason")
        if reason is None or "Polygon" not in kind:
            raise
        where = f"ring {ring}, position {number}: {reason}"
        raise FaultyGeometry(fault.code, reason=where) from fault


def _position(value: Any, *, strict: bool) -> list[float]:
    """Return longitude or easting, latitude or northing, and the height if there is one."""
    numbers = [_number(number) for number in value] if isinstance(value, list) else []
    if len(numbers) < 2:
        raise FaultyGeometry("BG-207", reason=f"a position needs two numbers, not {value}")
    x, y = numbers[:2]
    if strict and abs(y) > 90 and abs(x) <= 90:
        raise FaultyGeometry("BG-208", value=f"[{x:g}, {y:g}]")
    if max(map(abs, numbers)) > LARGEST_COORDINATE or (strict and (abs(x) > 180 or abs(y) > 90)):
        raise FaultyGeometry("BG-209", value=f"[{x:g}, {y:g}]")
    return numbers[:3]


def _nonempty(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise FaultyGeometry("BG-207", reason=f"no list of {what}")
    return value


def _number(value: Any) -> float:
    try:
        if type(value) in {int, float} and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise FaultyGeometry("BG-207", reason=f"{str(value)[:40]!r} is not a number")


def coordinate_of(text: str | None) -> Any:
    """Return a number of a text format; any other text is kept, to be refused with its feature.

    >>> coordinate_of("112.5"), coordinate_of("selatan"), coordinate_of("1_2")
    (112.5, 'selatan', '1_2')
    """
    try:
        return text if not text or "_" in text else float(text)
    except ValueError:
        return text


def json_type(value: Any) -> str:
    """Return the JSON name of the type of a value.

    >>> json_type([1]), json_type({})
    ('a list', 'an object')
    """
    return JSON_NAMES.get(type(value), "an object")


def positions_of(geometry: Mapping[str, Any] | None) -> Iterator[list[float]]:
    """Yield the positions of a geometry in the order of the file."""
    waiting = [(geometry or {}).get("coordinates", [])]
    while waiting:
        value = waiting.pop()
        if value and isinstance(value[0], float):
            yield value
        else:
            waiting += reversed(value)
