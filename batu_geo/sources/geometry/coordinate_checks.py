"""Coordinates of map files that are no degrees in Indonesia, and what they look like instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyproj

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.values import LATITUDES, LONGITUDES
from batu_geo.sources.geometry.features import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Box = tuple[float, float, float, float]

# Sabang and Rondo are its northernmost places; beyond them a latitude lost its minus sign.
NORTH_END = 6.5
NEAR_DEGREES = 1.0
EASTINGS = (100_000.0, 900_000.0)
# From the equator northwards, and from 10 000 km down to it in the south.
NORTHINGS = ((0.0, 1_200_000.0), (8_300_000.0, 10_000_000.0))


def misread(x: float, y: float, near: Box | None = None) -> str:
    """Return the code of what is wrong with a position, or an empty text.

    Parameters
    ----------
    x, y
        As they stand in the file.
    near
        West, south, east and north of the study in degrees, where that is known.

    Examples
    --------
    >>> misread(112.5, -7.9), misread(-7.9, 112.5), misread(112.5, 7.9)
    ('', 'BG-208', 'BG-237')
    >>> misread(668_413, 9_129_811), misread(0, 0), misread(112_527_600, -7_869_600)
    ('BG-236', 'BG-253', 'BG-209')
    >>> misread(120.1, 4.2), misread(120.1, 4.2, near=(119.9, -4.5, 120.3, -4.0))
    ('', 'BG-237')
    """
    if _within(y, LONGITUDES) and _within(x, LATITUDES):
        return "BG-208"
    if _within(x, LONGITUDES) and _within(y, LATITUDES):
        is_mirrored = near is not None and _is_in(x, -y, near) and not _is_in(x, y, near)
        return "BG-237" if y > NORTH_END or is_mirrored else ""
    if _within(x, EASTINGS) and any(_within(y, limits) for limits in NORTHINGS):
        return "BG-236"
    return "BG-209" if abs(x) > 180 or abs(y) > 90 else "BG-253"


def misplaced(
    geometry: Mapping[str, Any] | None,
    name: str,
    place: Mapping[str, Any],
    *,
    crs: str,
    near: Box | None = None,
) -> Problem | None:
    """Return the fault of the first position of a geometry that is no place in Indonesia."""
    for x, y, *_ in positions_of(geometry):
        code = misread(x, y, near)
        if code:
            value = f"{x:g} {y:g}" if code == "BG-253" else f"[{x:.9g}, {y:.9g}]"
            values = {"value": value, "crs": crs, "zone": pyproj.CRS(crs).utm_zone or "-"}
            return Problem(code, name, column="geometry", values=values, **place)
    return None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _is_in(x: float, y: float, near: Box) -> bool:
    west, south, east, north = near
    return (
        west - NEAR_DEGREES <= x <= east + NEAR_DEGREES
        and south - NEAR_DEGREES <= y <= north + NEAR_DEGREES
    )
