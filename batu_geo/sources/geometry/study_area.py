"""The region of a study: its projection, its extent, and the UTM and TM-3 zones around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pyproj

# Degrees around Indonesia. Sabang and Rondo are its northernmost places: beyond 6.5 degrees a
# latitude has lost its minus sign.
LONGITUDES, LATITUDES = (90.0, 145.0), (-15.0, 10.0)
# UTM between the same latitudes: metres from the equator northwards, and in the south from a
# false northing of 10 000 km down. Places of a neighbouring zone have farther eastings.
EASTINGS, FARTHEST_EASTINGS = (100_000.0, 900_000.0), (-500_000.0, 1_500_000.0)
NORTHINGS = {"S": (8_300_000.0, 10_000_000.0), "N": (0.0, 1_200_000.0)}
ZONES = range(46, 55)
TM3 = tuple(f"EPSG:{code}" for code in range(23830, 23846))
NEAR_DEGREES = 0.25
EPSG = re.compile(r"32([67])(\d\d)")
ZONE = re.compile(r"(?<!\d)(\d\d)(?!\d)\s*([A-Za-z]*)")
HEMISPHERES = {
    **dict.fromkeys(("s", "selatan", "south", "ls", "k", "l", "m"), "S"),
    **dict.fromkeys(("n", "utara", "north", "u", "lu", "p"), "N"),
}


@dataclass(frozen=True, slots=True)
class StudyArea:
    """Projection and extent of a study.

    Attributes
    ----------
    crs, zone
        Its projection and the UTM zone of that (``49S``), empty for any other projection.
    bounds
        West, south, east and north in degrees, None before the study has outlines.
    is_abroad
        Whether it lies outside Indonesia, where the ranges of longitude and latitude overlap.
    """

    crs: str
    zone: str
    bounds: tuple[float, float, float, float] | None = None
    is_abroad: bool = False

    def is_near(self, lon: float, lat: float) -> bool:
        """Return whether a position lies within the bounds or a quarter degree of them."""
        if self.bounds is None:
            return False
        west, south, east, north = self.bounds
        return (
            west - NEAR_DEGREES <= lon <= east + NEAR_DEGREES
            and south - NEAR_DEGREES <= lat <= north + NEAR_DEGREES
        )


def study_area(
    crs: str, bounds: tuple[float, float, float, float] | None = None, *, is_abroad: bool = False
) -> StudyArea:
    """Return the area of a study with this projection and these bounds.

    Parameters
    ----------
    crs
        Its projection.
    bounds
        West, south, east and north in degrees: they tell whether it lies abroad.
    is_abroad
        Whether it does where it has no bounds yet.

    Examples
    --------
    >>> study_area("EPSG:32749").zone
    '49S'
    >>> study_area("EPSG:32738", (43.2, -11.8, 43.4, -11.6)).is_abroad
    True
    """
    if bounds is not None:
        west, south, east, north = bounds
        is_abroad = not (
            within((west + east) / 2, LONGITUDES) and within((south + north) / 2, LATITUDES)
        )
    return StudyArea(crs, pyproj.CRS(crs).utm_zone or "", bounds, is_abroad)


def zone_of_text(stated: str, own: str, hemisphere: str) -> str:
    """Return the UTM zone a row states, that of the study where it states none.

    >>> zone_of_text("WGS 84 / UTM 50", "49S", "S"), zone_of_text("EPSG:32649", "49S", "S")
    ('50S', '49N')
    >>> zone_of_text("UTM", "49S", "S"), zone_of_text("49 L", "49S", "S")
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


def zone_near(easting: float, northing: float, area: StudyArea) -> str:
    """Return the UTM zone in which two numbers lie near the study, empty where none does.

    Written in the zone next to its own, a place has eastings outside 100 to 900 km.
    """
    half = hemisphere_of(easting, northing, FARTHEST_EASTINGS)
    zones = [f"{number}{half}" for number in ZONES] if half and area.bounds else []
    near = [z for z in zones if area.is_near(*degrees_of(easting, northing, crs_of(z)))]
    return near[0] if near else ""


def tm3_near(easting: float, northing: float, area: StudyArea) -> str:
    """Return the TM-3 system of Indonesia in which two numbers lie near the study, else nothing.

    Numbers that lie near it in its own UTM zone are of that.

    >>> batu = study_area("EPSG:32749", (112.4, -8.0, 112.7, -7.7))
    >>> tm3_near(202_844.8, 628_264.5, batu), tm3_near(668_413, 9_129_811, batu)
    ('EPSG:23836', '')
    """
    if area.bounds is None or area.is_near(*degrees_of(easting, northing, area.crs)):
        return ""
    return next((c for c in TM3 if area.is_near(*degrees_of(easting, northing, c))), "")


def hemisphere_of(easting: float, northing: float, eastings: tuple[float, float] = EASTINGS) -> str:
    """Return the hemisphere of an easting and northing, N or S; empty where they are no UTM."""
    if not within(easting, eastings):
        return ""
    return next((half for half, limits in NORTHINGS.items() if within(northing, limits)), "")


def crs_of(zone: str) -> str:
    """Return the projection of a UTM zone.

    >>> crs_of("49S"), crs_of("49N")
    ('EPSG:32749', 'EPSG:32649')
    """
    return f"EPSG:{(32700 if zone.endswith('S') else 32600) + int(zone[:-1])}"


@cache
def _to_degrees(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def degrees_of(easting: float, northing: float, crs: str) -> tuple[float, float]:
    """Return longitude and latitude of metres in a projection."""
    lon, lat = _to_degrees(crs).transform(easting, northing)
    return float(lon), float(lat)


def within(value: float, limits: tuple[float, float]) -> bool:
    """Return whether a value lies between two limits or is one of them."""
    return limits[0] <= value <= limits[1]
