"""Coordinates of a region: tell degrees from UTM, read both, and name what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem
from batu_geo.domain.reasons import Reason
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.geometry.features import positions_of
from batu_geo.sources.geometry.sexagesimal import angles_of, decimal_degrees
from batu_geo.sources.geometry.study_area import (
    EASTINGS,
    LATITUDES,
    LONGITUDES,
    NORTHINGS,
    StudyArea,
    degrees_of,
    hemisphere_of,
    tm3_near,
    within,
    zone_near,
    zone_of_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NORTHERNMOST = 6.5
UNKNOWN_ZONE = Reason("(not said)", "(tidak disebut)")
LARGEST_STUDY_DEGREES = 10.0
# Damaged numbers lead to where longitude and latitude are 0, where there is no land.
AT_ZERO = 2.0
SMALLEST_WITHOUT_POINT = 1000

DECIMAL = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,15})?")
PAIR = re.compile(
    r"\(?\s*([+-]?\d{1,3}[.,]\d+)\s*[;,\s]\s*([+-]?\d{1,3}[.,]\d+)\s*\)?"
    r"|([+-]?\d{6,9})\s*[;,\s]\s*([+-]?\d{6,9})"
)
# The place of a survey tool: latitude, longitude, height in metres, accuracy in metres.
GEOPOINT = re.compile(r"([+-]?\d{1,3}\.\d+)\s+([+-]?\d{1,3}\.\d+)(?:\s+[+-]?\d+(?:\.\d+)?){1,2}")
# What a long link to a place on a map says of it; the centre after "@" is only of the view.
LINKED = re.compile(
    r"(?:[?&](?:q|query|destination)=(?:loc:)?|!3d)([+-]?\d{1,3}\.\d+)(?:,|%2C|!4d)\+?([+-]?\d{1,3}\.\d+)",
    re.IGNORECASE,
)
LINK = re.compile(r"https?:|\bmaps\.|goo\.gl|google\.", re.IGNORECASE)
SEXAGESIMAL = re.compile(
    "[\u00b0\u00ba'\u2032\u2019\"\u2033\u201d]"
    r"|\d\s*(?:LS|LU|BT|[NSEWUTB])\b|\b(?:LS|LU|BT|[NSEWUTB])\s*\d|\d\s+\d+\s+\d",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:,\d{3}){2,}(?:\.\d+)?)$")


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


def coordinate_kind(x: float, y: float) -> str:
    """Return what two numbers are: ``degrees``, ``swapped`` degrees, ``utm``, or an empty text.

    The ranges of longitude and latitude in Indonesia do not overlap.

    >>> coordinate_kind(112.5, -7.9), coordinate_kind(-7.9, 112.5)
    ('degrees', 'swapped')
    >>> coordinate_kind(668_413, 9_129_811), coordinate_kind(0, 0)
    ('utm', '')
    """
    if within(x, LONGITUDES) and within(y, LATITUDES):
        return "degrees"
    if within(y, LONGITUDES) and within(x, LATITUDES):
        return "swapped"
    return "utm" if hemisphere_of(x, y) else ""


def kind_in(x: float, y: float, area: StudyArea) -> str:
    """Return what two numbers are in the region of a study, as `coordinate_kind`.

    Outside Indonesia only places near the study can be seen to have the latitude first.

    >>> from batu_geo.sources.geometry.study_area import study_area
    >>> moroni = study_area("EPSG:32738", (43.2, -11.8, 43.4, -11.6))
    >>> kind_in(43.3, -11.7, moroni), kind_in(-11.7, 43.3, moroni), kind_in(0, 0, moroni)
    ('degrees', 'swapped', '')
    """
    if not area.is_abroad:
        return coordinate_kind(x, y)
    if area.is_near(y, x) and not area.is_near(x, y):
        return "swapped"
    if abs(x) <= 180 and abs(y) <= 90:
        return "degrees" if x or y else ""
    return "utm" if within(x, EASTINGS) and within(y, (0.0, NORTHINGS["S"][1])) else ""


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
    >>> from batu_geo.sources.geometry.study_area import study_area
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
    kind = kind_in(x, y, area)
    if kind == "degrees":
        return "BG-237" if _has_lost_minus(x, y, area) else ""
    if kind:
        if kind == "utm" and tm3_near(x, y, area):
            return "BG-490"
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
            near = tm3_near(x, y, area) if code == "BG-490" else area.crs
            values = {"value": value, "crs": near, "zone": area.zone or "-"}
            return Problem(code, name, column="geometry", values=values, **place)
    return None


def _has_lost_minus(lon: float, lat: float, area: StudyArea) -> bool:
    """Return whether a latitude is of the south written without its minus sign."""
    is_mirrored = lat > 0 and not area.is_near(lon, lat) and area.is_near(lon, -lat)
    return is_mirrored or (lat > NORTHERNMOST and not area.is_abroad)


def lies_abroad(positions: Sequence[tuple[float, float]]) -> bool:
    """Return whether positions in degrees are all of one region outside Indonesia.

    >>> lies_abroad([(43.30, -11.70), (43.31, -11.69)]), lies_abroad([(112.5, -7.9), (43.3, -11.7)])
    (True, False)
    """
    if not positions or any(coordinate_kind(x, y) for x, y in positions):
        return False
    xs, ys = zip(*positions, strict=True)
    is_one_region = max(max(xs) - min(xs), max(ys) - min(ys)) <= LARGEST_STUDY_DEGREES
    is_degrees = all(abs(x) <= 180 and abs(y) <= 90 for x, y in positions)
    is_at_zero = any(abs(x) < AT_ZERO and abs(y) < AT_ZERO for x, y in positions)
    return is_degrees and is_one_region and not is_at_zero


def pair_of(cell: Any) -> tuple[str, str] | None:
    """Return the two coordinates of one cell, as written.

    >>> pair_of("-7.8775, 112.5414"), pair_of("(-7,8775; 112,5414)"), pair_of("Balai Desa")
    (('-7.8775', '112.5414'), ('-7,8775', '112,5414'), None)
    >>> pair_of("-7.8775 112.5414 871.5 4.9")
    ('-7.8775', '112.5414')
    >>> pair_of("https://maps.example/?q=-7.8775,112.5414"), pair_of("https://maps.example/a1B2")
    (('-7.8775', '112.5414'), None)
    """
    text = cell_text(cell).strip()
    if linked := LINKED.search(text):
        return linked[1], linked[2]
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
    >>> from batu_geo.sources.geometry.study_area import study_area
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
    kind = kind_in(one, two, area)
    if kind == "utm":
        return _in_zone(one, two, area, cell_text(zone).strip())
    if kind:
        lon, lat = (one, two) if kind == "degrees" else (two, one)
        return NoPosition("BG-237") if _has_lost_minus(lon, lat, area) else Position(lon, lat, kind)
    if other := zone_near(one, two, area):
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
    own = area.zone[-1:]
    hemisphere = own if area.is_abroad else hemisphere_of(easting, northing)
    zone = zone_of_text(stated, area.zone, hemisphere)
    if not area.zone or zone != area.zone:
        return NoPosition("BG-287", {"zone": zone or UNKNOWN_ZONE, "crs": area.crs})
    lon, lat = degrees_of(easting, northing, area.crs)
    if area.bounds and not stated and not area.is_near(lon, lat):
        if other := tm3_near(easting, northing, area):
            return NoPosition("BG-490", {"crs": other})
        if other := zone_near(easting, northing, area):
            return NoPosition("BG-287", {"zone": other, "crs": area.crs})
        is_swapped = hemisphere_of(northing, easting) == hemisphere
        if is_swapped and area.is_near(*degrees_of(northing, easting, area.crs)):
            return NoPosition("BG-292")
    return Position(lon, lat, "utm")


def _mistake(one: float, two: float) -> str:
    """Return the code of two numbers that are neither degrees nor UTM."""
    if hemisphere_of(two, one) == "S":
        return "BG-292"
    for lon, lat in ((one, two), (two, one)):
        if within(lon, LONGITUDES) and within(-lat, LATITUDES):
            return "BG-237"
        if _without_point(lon, LONGITUDES) and _without_point(lat, LATITUDES):
            return "BG-289"
    return "BG-253"


def _without_point(value: float, limits: tuple[float, float]) -> bool:
    """Return whether a number is a coordinate whose decimal point may be missing."""
    is_whole = value.is_integer() and abs(value) >= SMALLEST_WITHOUT_POINT
    shifts = range(1, 9) if is_whole else range(1)
    return any(within(value / 10**n, limits) for n in shifts)
