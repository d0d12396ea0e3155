"""One door for the features of any map file: behind it nothing is of an odd type or shape."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SMALLEST_RING = 4
FEWEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
# Neither degrees nor metres on a map of the earth are larger.
LARGEST_COORDINATE = 1e8
# What the lists hold around the positions of each type, from the outermost inwards.
LISTS_OF = {
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


def sound_features(members: Sequence[Any], name: str) -> list[Feature]:
    """Return features whose properties are a table and whose geometry, if any, can be built.

    Rings that do not end where they began are closed. What may lie where, and whether
    outlines cross, is for those who know what the features are.

    Raises
    ------
    DataError
        With every feature that is none.

    Examples
    --------
    >>> point = {"type": "Point", "coordinates": [112.5, -7.9]}
    >>> sound_features([{"type": "Feature", "geometry": point}], "x.geojson")[0]["properties"]
    {}
    """
    found, faults = [], []
    for number, member in enumerate(members, start=1):
        try:
            found.append(_sound(member))
        except FaultyGeometry as fault:
            faults.append(Problem(fault.code, name, feature=number, values=fault.values_))
    if faults:
        raise DataError(faults)
    return found


def _sound(member: Any) -> Feature:
    if not isinstance(member, dict) or member.get("type") != "Feature":
        raise FaultyGeometry("BG-110", reason="type is not 'Feature'")
    properties = member.get("properties")
    if not isinstance(properties, dict | None):
        raise FaultyGeometry("BG-110", reason=f"properties are {kind_of(properties)}")
    geometry = member.get("geometry")
    sound = None if geometry is None else sound_geometry(geometry)
    return {"type": "Feature", "properties": properties or {}, "geometry": sound}


def sound_geometry(geometry: Any) -> dict[str, Any]:
    """Return a geometry of lists of numbers, as deep as its type wants, rings closed."""
    if not isinstance(geometry, dict):
        raise FaultyGeometry("BG-207", reason=f"{kind_of(geometry)}, not an object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = listed(geometry.get("geometries"), "geometries")
        return {"type": kind, "geometries": [sound_geometry(part) for part in parts]}
    if not isinstance(kind, str) or kind not in LISTS_OF:
        raise FaultyGeometry("BG-217", found=kind, expected=" / ".join(LISTS_OF))
    return {"type": kind, "coordinates": _nested(geometry.get("coordinates"), kind)}


def _nested(value: Any, kind: str, depth: int = 0) -> list[Any]:
    lists = LISTS_OF[kind][depth:]
    if not lists:
        return _position(value)
    parts = [_nested(part, kind, depth + 1) for part in listed(value, lists[0])]
    return _whole(parts, kind) if lists == ("positions",) else parts


def _whole(positions: list[list[float]], kind: str) -> list[list[float]]:
    """Return a line, or a ring that ends where it began."""
    if "Polygon" in kind and positions[0][:2] != positions[-1][:2]:
        positions = [*positions, positions[0]]
    if len(positions) < FEWEST.get(kind, 1):
        raise FaultyGeometry("BG-207", reason=f"{len(positions)} positions, fewer than needed")
    return positions


def _position(value: Any) -> list[float]:
    """Return longitude or easting, latitude or northing, and the height if there is one."""
    numbers = numbers_of(value)
    if max(map(abs, numbers)) > LARGEST_COORDINATE:
        raise FaultyGeometry("BG-209", value=f"[{numbers[0]:g}, {numbers[1]:g}]")
    return numbers[:3]


def listed(value: Any, what: str) -> list[Any]:
    """Return a list that holds something."""
    if not isinstance(value, list) or not value:
        raise FaultyGeometry("BG-207", reason=f"no list of {what}")
    return value


def numbers_of(value: Any) -> list[float]:
    """Return the numbers of a position, two or more."""
    numbers = [_number(number) for number in value] if isinstance(value, list) else []
    if len(numbers) < 2:
        raise FaultyGeometry("BG-207", reason=f"a position needs two numbers, not {value}")
    return numbers


def _number(value: Any) -> float:
    try:
        if type(value) in {int, float} and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise FaultyGeometry("BG-207", reason=f"{str(value)[:40]!r} is not a number")


def kind_of(value: Any) -> str:
    """Return what JSON calls the type of a value.

    >>> kind_of([1]), kind_of({})
    ('a list', 'an object')
    """
    return JSON_NAMES.get(type(value), "an object")


def positions_of(geometry: Mapping[str, Any] | None) -> Iterator[list[float]]:
    """Yield the positions of an outline, a line or points, as they stand in the file."""
    waiting = [(geometry or {}).get("coordinates", [])]
    while waiting:
        value = waiting.pop()
        if value and isinstance(value[0], float):
            yield value
        else:
            waiting += reversed(value)
