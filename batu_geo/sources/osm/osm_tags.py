"""Access, direction and speed of an OSM way for foot, motorcycle and car, from its tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batu_geo.network.roads import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping

ROAD_CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link",
    "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
    "residential", "living_street", "road", "service", "pedestrian", "footway",
    "cycleway", "path", "track", "bridleway", "steps",
)  # fmt: skip

ACCESS_KEYS = {
    "foot": ("foot", "access"),
    "motorcycle": ("motorcycle", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
ONEWAY_KEYS = {
    "foot": ("oneway:foot",),
    "motorcycle": ("oneway:motorcycle", "oneway:motor_vehicle", "oneway"),
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway"),
}
CLOSED_VALUES = {"no", "private", "agricultural", "forestry", "military", "emergency"}
FORWARD_VALUES = {"yes", "true", "1"}
BACKWARD_VALUES = {"-1", "reverse"}
TWO_WAY_VALUES = {"no", "false", "0"}

# Water that people do not wade through; streams and drains they step over.
WATERWAYS = {"river", "canal", "tidal_channel"}
WATER = {"water", "coastline", "bay", "strait"}
# Outlines of water, where a line closes; the ring of a coast is an island.
LAKES = WATER - {"coastline"}
# Ways to one door, or along parking spaces: nobody lives along them.
DRIVEWAYS = {"driveway", "parking_aisle"}
NOT_A_TUNNEL = {"no", "culvert", "building_passage", "covered"}

MAXSPEED = re.compile(r"(\d{1,3})(?:\s*(km/h|kmh|kph|mph))?")
KMH_PER_MPH = 1.609344
FASTEST_KMH = 150.0
WITHOUT_A_LIMIT = {"none", "signals", "variable"}


def maxspeed_kmh(value: str | None) -> tuple[float, bool]:
    """Return a tagged speed limit in km/h, NaN for none, and whether the tag is invalid.

    >>> maxspeed_kmh("30"), maxspeed_kmh("20 mph")
    ((30.0, False), (32.18688, False))
    >>> maxspeed_kmh("fast")
    (nan, True)
    """
    if value is None or value in WITHOUT_A_LIMIT:
        return float("nan"), False
    found = MAXSPEED.fullmatch(value.strip())
    speed = float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1.0) if found else 0.0
    return (speed, False) if 0 < speed <= FASTEST_KMH else (float("nan"), True)


def closed_bits(tags: Mapping[str, str]) -> tuple[int, int]:
    """Return the vehicles that may not go forward, and backward, as bits of `VEHICLES`.

    Examples
    --------
    A one-way street closes the way back to vehicles, not to people on foot:

    >>> closed_bits({"highway": "residential", "oneway": "yes"})
    (0, 6)
    """
    forward = backward = 0
    for number, vehicle in enumerate(VEHICLES):
        bit = 1 << number
        if _first(tags, ACCESS_KEYS[vehicle]) in CLOSED_VALUES:
            forward |= bit
            backward |= bit
            continue
        direction = _direction(tags, vehicle)
        if direction > 0:
            backward |= bit
        elif direction < 0:
            forward |= bit
    return forward, backward


def _direction(tags: Mapping[str, str], vehicle: str) -> int:
    """Return 1 for one-way along the way, -1 for one-way against it, 0 for both directions."""
    value = _first(tags, ONEWAY_KEYS[vehicle])
    if value in FORWARD_VALUES:
        return 1
    if value in BACKWARD_VALUES:
        return -1
    is_implied = vehicle != "foot" and (
        tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    )
    return 1 if is_implied and value not in TWO_WAY_VALUES else 0


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((tags[key] for key in keys if key in tags), "")


def structure(tags: Mapping[str, str]) -> str:
    """Return whether a way runs on a ``bridge``, in a ``tunnel`` or on the ``ground``.

    >>> structure({"bridge": "viaduct"}), structure({"tunnel": "culvert"})
    ('bridge', 'ground')
    """
    if tags.get("bridge", "no") != "no":
        return "bridge"
    return "ground" if tags.get("tunnel", "no") in NOT_A_TUNNEL else "tunnel"


def is_barrier(tags: Mapping[str, str]) -> bool:
    """Return whether a way is water that nobody walks across: a river, a lake or the coast.

    >>> is_barrier({"waterway": "river"}), is_barrier({"waterway": "stream"})
    (True, False)
    """
    if "highway" in tags:
        return False
    return tags.get("waterway") in WATERWAYS or tags.get("natural") in WATER


def is_lake(tags: Mapping[str, str]) -> bool:
    """Return whether a closed way is the outline of water.

    >>> is_lake({"natural": "water"}), is_lake({"natural": "coastline"})
    (True, False)
    """
    return tags.get("natural") in LAKES


def is_driveway(tags: Mapping[str, str]) -> bool:
    """Return whether a way leads to one door or along parking spaces.

    >>> is_driveway({"highway": "service", "service": "driveway"})
    True
    """
    return tags.get("highway") == "service" and tags.get("service") in DRIVEWAYS
