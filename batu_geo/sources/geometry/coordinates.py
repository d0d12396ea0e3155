"""Places as people type them: degrees and UTM are read, whatever else it is is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pyproj

from batu_geo.sources.cells.cells import text_of
from batu_geo.sources.cells.values import LATITUDES, LONGITUDES

if TYPE_CHECKING:
    from collections.abc import Mapping

NORTHERNMOST = 6.5
EASTINGS, FARTHEST_EASTINGS = (100_000.0, 900_000.0), (-500_000.0, 1_500_000.0)
NORTHINGS = {"S": (8_000_000.0, 10_000_000.0), "N": (0.0, 1_200_000.0)}
ZONES = range(46, 55)
NEAR_DEGREES = 0.25
SMALLEST_WITHOUT_POINT = 1000

DECIMAL = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,15})?")
PAIR = re.compile(
    r"\(?\s*([+-]?\d{1,3}[.,]\d+)\s*[;,\s]\s*([+-]?\d{1,3}[.,]\d+)\s*\)?"
    r"|([+-]?\d{6,9})\s*[;,\s]\s*([+-]?\d{6,9})"
)
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
    """Longitude and latitude, and how they were written."""

    x: float
    y: float
    how: str


@dataclass(frozen=True, slots=True)
class NoPosition:
    """Why two numbers are no place: a code of the catalogue and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a study lies.

    Attributes
    ----------
    crs, zone
        Its projection and the zone of UTM that is (``49S``), empty where it is another.
    bounds
        West, south, east and north in degrees, None while there are no outlines.
    """

    crs: str
    zone: str
    bounds: tuple[float, float, float, float] | None = None

    def is_near(self, lon: float, lat: float) -> bool:
        """Return whether a place lies in or around the study."""
        if self.bounds is None:
            return False
        west, south, east, north = self.bounds
        return (
            west - NEAR_DEGREES <= lon <= east + NEAR_DEGREES
            and south - NEAR_DEGREES <= lat <= north + NEAR_DEGREES
        )


def ground_of(crs: str, bounds: tuple[float, float, float, float] | None = None) -> Ground:
    """Return where a study with this projection and these bounds lies."""
    return Ground(crs, pyproj.CRS(crs).utm_zone or "", bounds)


def pair_of(cell: Any) -> tuple[str, str] | None:
    """Return the two numbers of one cell, as written.

    >>> pair_of("-7.8775, 112.5414"), pair_of("(-7,8775; 112,5414)"), pair_of("Balai Desa")
    (('-7.8775', '112.5414'), ('-7,8775', '112,5414'), None)
    """
    match = PAIR.fullmatch(text_of(cell).strip())
    return (match[1] or match[3], match[2] or match[4]) if match else None


def position_of(x: Any, y: Any, ground: Ground, zone: Any = "") -> Position | NoPosition:
    """Return the place two cells mean in Indonesia, or why they mean none.

    Longitudes and latitudes of the country cannot be taken for each other.

    Parameters
    ----------
    x, y
        Degrees with a decimal point or comma, in either order, or easting and northing.
    ground
        Of the study: its zone of UTM is the one that is read.
    zone
        What the row itself says of its zone.

    Examples
    --------
    >>> position_of("-7,8775", "112,5414", ground_of("EPSG:32749"))
    Position(x=112.5414, y=-7.8775, how='swapped')
    >>> position_of("669955", "9128950", ground_of("EPSG:32749"), "50S").code
    'BG-287'
    """
    texts = [text_of(cell).strip() for cell in (x, y)]
    if not all(DECIMAL.fullmatch(text) for text in texts):
        return NoPosition(_spelling(texts))
    one, two = (float(text.replace(",", ".")) for text in texts)
    if _within(one, LONGITUDES) and _within(two, LATITUDES):
        return _signed(Position(one, two, "degrees"), ground)
    if _within(two, LONGITUDES) and _within(one, LATITUDES):
        return _signed(Position(two, one, "swapped"), ground)
    if _hemisphere(one, two):
        return _in_zone(one, two, ground, text_of(zone).strip())
    if other := _zone_near(one, two, ground):
        return NoPosition("BG-287", {"zone": other, "crs": ground.crs})
    return NoPosition(_mistake(one, two))


def _spelling(texts: list[str]) -> str:
    """Return the code of what two texts are that are no plain numbers."""
    for pattern, code in ((LINK, "BG-293"), (SEXAGESIMAL, "BG-288"), (THOUSANDS, "BG-290")):
        if any(pattern.search(text) for text in texts):
            return code
    return "BG-253"


def _signed(position: Position, ground: Ground) -> Position | NoPosition:
    """Return the position, unless its latitude has lost its minus."""
    lon, lat = position.x, position.y
    if ground.bounds is None:
        has_lost = lat > NORTHERNMOST
    else:
        has_lost = lat > 0 and not ground.is_near(lon, lat) and ground.is_near(lon, -lat)
    return NoPosition("BG-237") if has_lost else position


def _in_zone(easting: float, northing: float, ground: Ground, stated: str) -> Position | NoPosition:
    """Return the place in the zone of the study, or name the zone it is in instead."""
    hemisphere = _hemisphere(easting, northing)
    zone = _zone_of_text(stated, ground.zone, hemisphere)
    if not ground.zone or zone != ground.zone:
        return NoPosition("BG-287", {"zone": zone or "?", "crs": ground.crs})
    lon, lat = _degrees(easting, northing, ground.crs)
    if ground.bounds and not stated and not ground.is_near(lon, lat):
        if other := _zone_near(easting, northing, ground):
            return NoPosition("BG-287", {"zone": other, "crs": ground.crs})
        turned = _hemisphere(northing, easting) == hemisphere
        if turned and ground.is_near(*_degrees(northing, easting, ground.crs)):
            return NoPosition("BG-292")
    return Position(lon, lat, "utm")


def _zone_of_text(stated: str, own: str, hemisphere: str) -> str:
    """Return the zone a row says it is in, that of the study where it says none.

    >>> _zone_of_text("WGS 84 / UTM 50", "49S", "S"), _zone_of_text("EPSG:32649", "49S", "S")
    ('50S', '49N')
    >>> _zone_of_text("UTM", "49S", "S"), _zone_of_text("49 L", "49S", "S")
    ('49S', '49S')
    """
    epsg = EPSG.search(stated)
    if epsg:
        return f"{int(epsg[2])}{'S' if epsg[1] == '7' else 'N'}"
    found = [(int(n), word) for n, word in ZONE.findall(stated) if int(n) in ZONES]
    if len(found) == 1:
        number, word = found[0]
        return f"{number}{HEMISPHERES.get(word.casefold(), hemisphere)}"
    says_another = bool(found) or re.search(r"\d", stated.replace("84", ""))
    return stated if says_another else own and f"{own[:-1]}{hemisphere}"


def _zone_near(easting: float, northing: float, ground: Ground) -> str:
    """Return the zone in which two numbers lie in or around the study, if any is.

    Beyond its own zone a place has eastings that no map of that zone has.
    """
    half = _hemisphere(easting, northing, FARTHEST_EASTINGS)
    zones = [f"{number}{half}" for number in ZONES] if half and ground.bounds else []
    near = [z for z in zones if ground.is_near(*_degrees(easting, northing, _crs_of(z)))]
    return near[0] if near else ""


def _hemisphere(easting: float, northing: float, eastings: tuple[float, float] = EASTINGS) -> str:
    """Return the half of the earth two numbers of UTM lie in; empty for other numbers."""
    if not _within(easting, eastings):
        return ""
    return next((half for half, limits in NORTHINGS.items() if _within(northing, limits)), "")


def _mistake(one: float, two: float) -> str:
    """Return the code of what two numbers are that are neither degrees nor UTM."""
    if _hemisphere(two, one) == "S":
        return "BG-292"
    for lon, lat in ((one, two), (two, one)):
        if _within(lon, LONGITUDES) and _within(-lat, LATITUDES):
            return "BG-237"
        if _without_point(lon, LONGITUDES) and _without_point(lat, LATITUDES):
            return "BG-289"
    return "BG-253"


def _without_point(value: float, limits: tuple[float, float]) -> bool:
    """Return whether a number is a coordinate, or would be with a decimal point in it."""
    is_whole = value.is_integer() and abs(value) >= SMALLEST_WITHOUT_POINT
    shifts = range(1, 9) if is_whole else range(1)
    return any(_within(value / 10**n, limits) for n in shifts)


def _crs_of(zone: str) -> str:
    return f"EPSG:{(32700 if zone.endswith('S') else 32600) + int(zone[:-1])}"


@cache
def _from(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _degrees(easting: float, northing: float, crs: str) -> tuple[float, float]:
    lon, lat = _from(crs).transform(easting, northing)
    return float(lon), float(lat)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
