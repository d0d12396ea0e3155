"""Coordinates in Indonesia: tell degrees from UTM, read both, and name what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pyproj

from batu_geo.domain.errors import Problem
from batu_geo.domain.reasons import Reason
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.geometry.features import positions_of
from batu_geo.sources.geometry.sexagesimal import angles_of, decimal_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

# Degrees around Indonesia. Sabang and Rondo are its northernmost places: beyond 6.5 degrees a
# latitude has lost its minus sign.
LONGITUDES, LATITUDES = (90.0, 145.0), (-15.0, 10.0)
NORTHERNMOST = 6.5
# UTM between the same latitudes: metres from the equator northwards, and in the south from a
# false northing of 10 000 km down. Places of a neighbouring zone have farther eastings.
EASTINGS, FARTHEST_EASTINGS = (100_000.0, 900_000.0), (-500_000.0, 1_500_000.0)
NORTHINGS = {"S": (8_300_000.0, 10_000_000.0), "N": (0.0, 1_200_000.0)}
ZONES = range(46, 55)
NEAR_DEGREES = 0.25
UNKNOWN_ZONE = Reason("(not said)", "(tidak disebut)")
SMALLEST_WITHOUT_POINT = 1000

DECIMAL = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,15})?")
PAIR = re.compile(
    r"\(?\s*([+-]?\d{1,3}[.,]\d+)\s*[;,\s]\s*([+-]?\d{1,3}[.,]\d+)\s*\)?"
    r"|([+-]?\d{6,9})\s*[;,\s]\s*([+-]?\d{6,9})"
)
# The place of a survey tool: latitude, longitude, height in metres, accuracy in metres.
GEOPOINT = re.compile(r"([+-]?\d{1,3}\.\d+)\s+([+-]?\d{1,3}\.\d+)(?:\s+[+-]?\d+(?:\.\d+)?){1,2}")
LINK = re.compile(r"https?:|\bmaps\.|goo\.gl|google\.", re.IGNORECASE)
SEXAGESIMAL = re.compile(
    "[\u00b0\u00ba'\u2032\u2019\"\u2033\u201d]"
    r"|\d\s*(?:LS|LU|BT|[NSEWUTB])\b|\b(?:LS|LU|BT|[NSEWUTB])\s*\d|\d\s+\d+\s+\d",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:,\d{3}){2,}(?:\.\d+)?)$")
EPSG = re.compile(r"32([67])(\d\d)")
ZONE = re.compile(r"(?<!\d)(\d\d)(?!\d)\s*([A-Za-z]*)")
HEMISPHERES = {
    **dict.fromkeys(("s", "selatan", "south", "ls", "k", "l", "m"), "S"),
    **dict.fromkeys(("n", "utara", "north", "u", "lu", "p"), "N"),
}


@dataclass(frozen=True, slots=True)
class Position:
    """Longitude and latitude, and how they were written.

    ``degrees``, ``swapped``, ``sexagesimal`` or ``utm``.
    """

    x: float
    y: float
    how: str


@dataclass(frozen=True, slots=True)
class NoPosition:
    """Why two numbers are no position: a code of the message catalogue and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StudyArea:
    """Projection and extent of a study.

    Attributes
    ----------
    crs, zone
        Its projection and the UTM zone of that (``49S``), empty for any other projection.
    bounds
        West, south, east and north in degrees, None before the study has outlines.
    """

    crs: str
    zone: str
    bounds: tuple[float, float, float, float] | None = None

    def is_near(self, lon: float, lat: float) -> bool:
        """Return whether a position lies within the bounds or a quarter degree of them."""
        if self.bounds is None:
            return False
        west, south, east, north = self.bounds
        return (
            west - NEAR_DEGREES <= lon <= east + NEAR_DEGREES
            and south - NEAR_DEGREES <= lat <= north + NEAR_DEGREES
        )


def study_area(crs: str, bounds: tuple[float, float, float, float] | None = None) -> StudyArea:
    """Return the area of a study with this projection and these bounds.

    >>> study_area("EPSG:32749").zone
    '49S'
    """
    return StudyArea(crs, pyproj.CRS(crs).utm_zone or "", bounds)


def coordinate_kind(x: float, y: float) -> str:
    """Return what two numbers are: ``degrees``, ``swapped`` degrees, ``utm``, or an empty text.

    The ranges of longitude and latitude in Indonesia do not overlap.

    >>> coordinate_kind(112.5, -7.9), coordinate_kind(-7.9, 112.5)
    ('degrees', 'swapped')
    >>> coordinate_kind(668_413, 9_129_811), coordinate_kind(0, 0)
    ('utm', '')
    """
    if _within(x, LONGITUDES) and _within(y, LATITUDES):
        return "degrees"
    if _within(y, LONGITUDES) and _within(x, LATITUDES):
        return "swapped"
    return "utm" if _hemisphere(x, y) else ""


def coordinate_fault(x: float, y: float, area: StudyArea) -> str:
    """Return the code of what is wrong with a position of a map in degrees, or an empty text.

    Parameters
    ----------
    x, y
        As the file has them.
    area
        The study: where it lies tells a latitude that has lost its minus sign.

    Examples
    --------
    >>> java = study_area("EPSG:32749")
    >>> coordinate_fault(112.5, -7.9, java), coordinate_fault(-7.9, 112.5, java)
    ('', 'BG-208')
    >>> coordinate_fault(668_413, 9_129_811, java), coordinate_fault(112.5, 7.9, java)
    ('BG-236', 'BG-237')
    >>> coordinate_fault(0, 0, java), coordinate_fault(112_527_600, -7_869_600, java)
    ('BG-253', 'BG-209')
    >>> sulawesi = study_area("EPSG:32751", (119.9, -4.5, 120.3, -4.0))
    >>> coordinate_fault(120.1, 4.2, java), coordinate_fault(120.1, 4.2, sulawesi)
    ('', 'BG-237')
    """
    kind = coordinate_kind(x, y)
    if kind == "degrees":
        return "BG-237" if _has_lost_minus(x, y, area) else ""
    if kind:
        return {"swapped": "BG-208", "utm": "BG-236"}[kind]
    return "BG-209" if abs(x) > 180 or abs(y) > 90 else "BG-253"


def geometry_fault(
    geometry: Mapping[str, Any] | None, name: str, place: Mapping[str, Any], area: StudyArea
) -> Problem | None:
    """Return the fault of the first position of a geometry that is no position in Indonesia."""
    for x, y, *_ in positions_of(geometry):
        code = coordinate_fault(x, y, area)
        if code:
            value = f"{x:g} {y:g}" if code == "BG-253" else f"[{x:.9g}, {y:.9g}]"
            values = {"value": value, "crs": area.crs, "zone": area.zone or "-"}
            return Problem(code, name, column="geometry", values=values, **place)
    return None


def _has_lost_minus(lon: float, lat: float, area: StudyArea) -> bool:
    """Return whether a latitude is of the south written without its minus sign."""
    is_mirrored = lat > 0 and not area.is_near(lon, lat) and area.is_near(lon, -lat)
    return lat > NORTHERNMOST or is_mirrored


def pair_of(cell: Any) -> tuple[str, str] | None:
    """Return the two coordinates of one cell, as written.

    >>> pair_of("-7.8775, 112.5414"), pair_of("(-7,8775; 112,5414)"), pair_of("Balai Desa")
    (('-7.8775', '112.5414'), ('-7,8775', '112,5414'), None)
    >>> pair_of("-7.8775 112.5414 871.5 4.9")
    ('-7.8775', '112.5414')
    """
    text = cell_text(cell).strip()
    if point := GEOPOINT.fullmatch(text):
        return point[1], point[2]
    if angles := angles_of(text):
        return angles
    match = PAIR.fullmatch(text)
    return (match[1] or match[3], match[2] or match[4]) if match else None


def position_of(x: Any, y: Any, area: StudyArea, zone: Any = "") -> Position | NoPosition:
    """Return the position in Indonesia that two cells mean, or why they mean none.

    Parameters
    ----------
    x, y
        Degrees with a decimal point or comma, in either order, or easting and northing.
    area
        The study: metres are read in its UTM zone alone.
    zone
        UTM zone that the row itself states.

    Examples
    --------
    >>> position_of("-7,8775", "112,5414", study_area("EPSG:32749"))
    Position(x=112.5414, y=-7.8775, how='swapped')
    >>> position_of("669955", "9128950", study_area("EPSG:32749"), "50S").code
    'BG-287'
    """
    texts = [cell_text(cell).strip() for cell in (x, y)]
    first, second = map(decimal_degrees, texts)
    if first is not None and second is not None:
        found = position_of(f"{first:.9f}", f"{second:.9f}", area)
        return replace(found, how="sexagesimal") if isinstance(found, Position) else found
    if not all(DECIMAL.fullmatch(text) for text in texts):
        return NoPosition(_spelling(texts))
    one, two = (float(text.replace(",", ".")) for text in texts)
    kind = coordinate_kind(one, two)
    if kind == "utm":
        return _in_zone(one, two, area, cell_text(zone).strip())
    if kind:
        lon, lat = (one, two) if kind == "degrees" else (two, one)
        return NoPosition("BG-237") if _has_lost_minus(lon, lat, area) else Position(lon, lat, kind)
    if other := _zone_near(one, two, area):
        return NoPosition("BG-287", {"zone": other, "crs": area.crs})
    return NoPosition(_mistake(one, two))


def _spelling(texts: list[str]) -> str:
    """Return the code of two texts that are no plain numbers: a link, sexagesimal, thousands."""
    for pattern, code in ((LINK, "BG-293"), (SEXAGESIMAL, "BG-288"), (THOUSANDS, "BG-290")):
        if any(pattern.search(text) for text in texts):
            return code
    return "BG-253"


def _in_zone(
    easting: float, northing: float, area: StudyArea, stated: str
) -> Position | NoPosition:
    """Return the position in the UTM zone of the study, or name the zone it is in instead."""
    hemisphere = _hemisphere(easting, northing)
    zone = _zone_of_text(stated, area.zone, hemisphere)
    if not area.zone or zone != area.zone:
        return NoPosition("BG-287", {"zone": zone or UNKNOWN_ZONE, "crs": area.crs})
    lon, lat = _degrees(easting, northing, area.crs)
    if area.bounds and not stated and not area.is_near(lon, lat):
        if other := _zone_near(easting, northing, area):
            return NoPosition("BG-287", {"zone": other, "crs": area.crs})
        is_swapped = _hemisphere(northing, easting) == hemisphere
        if is_swapped and area.is_near(*_degrees(northing, easting, area.crs)):
            return NoPosition("BG-292")
    return Position(lon, lat, "utm")


def _zone_of_text(stated: str, own: str, hemisphere: str) -> str:
    """Return the UTM zone a row states, that of the study where it states none.

    >>> _zone_of_text("WGS 84 / UTM 50", "49S", "S"), _zone_of_text("EPSG:32649", "49S", "S")
    ('50S', '49N')
    >>> _zone_of_text("UTM", "49S", "S"), _zone_of_text("49 L", "49S", "S")
    ('49S', '49S')
    """
    epsg = EPSG.search(stated)
    if epsg:
        return f"{int(epsg[2])}{'S' if epsg[1] == '7' else 'N'}"
    zones = [(int(n), word) for n, word in ZONE.findall(stated) if int(n) in ZONES]
    if len(zones) == 1:
        number, word = zones[0]
        return f"{number}{HEMISPHERES.get(word.casefold(), hemisphere)}"
    is_another = bool(zones) or re.search(r"\d", stated.replace("84", ""))
    return stated if is_another else own and f"{own[:-1]}{hemisphere}"


def _zone_near(easting: float, northing: float, area: StudyArea) -> str:
    """Return the UTM zone in which two numbers lie near the study, empty where none does.

    Written in the zone next to its own, a place has eastings outside 100 to 900 km.
    """
    half = _hemisphere(easting, northing, FARTHEST_EASTINGS)
    zones = [f"{number}{half}" for number in ZONES] if half and area.bounds else []
    near = [z for z in zones if area.is_near(*_degrees(easting, northing, _crs_of(z)))]
    return near[0] if near else ""


def _hemisphere(easting: float, northing: float, eastings: tuple[float, float] = EASTINGS) -> str:
    """Return the hemisphere of an easting and northing, N or S; empty where they are no UTM."""
    if not _within(easting, eastings):
        return ""
    return next((half for half, limits in NORTHINGS.items() if _within(northing, limits)), "")


def _mistake(one: float, two: float) -> str:
    """Return the code of two numbers that are neither degrees nor UTM."""
    if _hemisphere(two, one) == "S":
        return "BG-292"
    for lon, lat in ((one, two), (two, one)):
        if _within(lon, LONGITUDES) and _within(-lat, LATITUDES):
            return "BG-237"
        if _without_point(lon, LONGITUDES) and _without_point(lat, LATITUDES):
            return "BG-289"
    return "BG-253"


def _without_point(value: float, limits: tuple[float, float]) -> bool:
    """Return whether a number is a coordinate whose decimal point may be missing."""
    is_whole = value.is_integer() and abs(value) >= SMALLEST_WITHOUT_POINT
    shifts = range(1, 9) if is_whole else range(1)
    return any(_within(value / 10**n, limits) for n in shifts)


def _crs_of(zone: str) -> str:
    return f"EPSG:{(32700 if zone.endswith('S') else 32600) + int(zone[:-1])}"


@cache
def _to_degrees(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _degrees(easting: float, northing: float, crs: str) -> tuple[float, float]:
    lon, lat = _to_degrees(crs).transform(easting, northing)
    return float(lon), float(lat)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
