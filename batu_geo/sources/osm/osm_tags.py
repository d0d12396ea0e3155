"""Class, speed limit, width, surface and structure of an OSM way, from its tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROAD_CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link",
    "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
    "residential", "living_street", "road", "service", "pedestrian", "footway",
    "cycleway", "path", "track", "bridleway", "steps",
    "ferry",
)  # fmt: skip

# Water that people do not wade through; streams and drains they step over.
WATERWAYS = {"river", "canal", "tidal_channel", "riverbank"}
WATER = {"water", "coastline", "bay", "strait"}
# Outlines of water, where a line closes; the ring of a coast is an island.
LAKES = WATER - {"coastline"}
# Ways to one door, or along parking spaces: nobody lives along them.
DRIVEWAYS = {"driveway", "parking_aisle"}
NOT_A_TUNNEL = {"no", "culvert", "building_passage", "covered"}

MAXSPEED = re.compile(r"(\d{1,3})(?:\s*(km/h|kmh|kph|mph))?")
KMH_PER_MPH = 1.609344
FASTEST_KMH = 150.0
M_PER_FOOT = 0.3048
METRES = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*m?")
FEET = re.compile(r"(\d{1,3})'(?:(\d{1,2})\")?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
ISO_DURATION = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?")
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


def width_m(tags: Mapping[str, str]) -> tuple[float, bool]:
    """Return the width a way or barrier leaves in metres, NaN for none, and whether it is odd.

    The smaller of ``maxwidth`` and ``width``.

    >>> width_m({"width": "3", "maxwidth": "1.2 m"}), width_m({"width": "narrow"})
    ((1.2, False), (nan, True))
    """
    return _metres(tags, ("maxwidth:physical", "maxwidth", "width"))


def height_m(tags: Mapping[str, str]) -> tuple[float, bool]:
    """Return the height a barrier leaves in metres, as `width_m` does.

    >>> height_m({"maxheight": "1.9"})
    (1.9, False)
    """
    return _metres(tags, ("maxheight:physical", "maxheight"))


def _metres(tags: Mapping[str, str], keys: tuple[str, ...]) -> tuple[float, bool]:
    best, is_odd = float("nan"), False
    for key in keys:
        if key not in tags or tags[key] in WITHOUT_A_LIMIT | {"default", "below_default"}:
            continue
        text = tags[key].strip().lower()
        found = METRES.fullmatch(text)
        feet = FEET.fullmatch(text)
        if found:
            best = min(float(found[1].replace(",", ".")), best if best == best else float("inf"))  # noqa: PLR0124
        elif feet:
            metres = int(feet[1]) * M_PER_FOOT + int(feet[2] or 0) * M_PER_FOOT / 12
            best = min(metres, best if best == best else float("inf"))  # noqa: PLR0124
        else:
            is_odd = True
    return best, is_odd


def duration_minutes(tags: Mapping[str, str]) -> tuple[float, bool]:
    """Return how long a ferry takes in minutes, NaN for none, and whether the tag is odd.

    >>> duration_minutes({"route": "ferry", "duration": "01:10"})
    (70.0, False)
    >>> duration_minutes({"route": "ferry", "duration": "long"})
    (nan, True)
    """
    text = tags.get("duration", "").strip() if tags.get("route") == "ferry" else ""
    if not text:
        return float("nan"), False
    clock, iso = CLOCK.fullmatch(text), ISO_DURATION.fullmatch(text)
    minutes = 0.0
    if text.isdecimal():
        minutes = float(text)
    elif clock:
        minutes = 60.0 * int(clock[1]) + int(clock[2]) + int(clock[3] or 0) / 60
    elif iso:
        minutes = 60.0 * int(iso[1] or 0) + int(iso[2] or 0)
    return (minutes, False) if minutes > 0 else (float("nan"), True)


def surface_words(tags: Mapping[str, str]) -> str:
    """Return the words of tags on the surface: its values, tracktype and smoothness, by ``;``.

    >>> surface_words({"surface": "Gravel; sand", "tracktype": "grade3"})
    'gravel;sand;tracktype=grade3'
    """
    words = [part.strip().lower() for part in tags.get("surface", "").split(";")]
    words += [f"{key}={tags[key].strip().lower()}" for key in ("tracktype", "smoothness")
              if tags.get(key)]  # fmt: skip
    return ";".join(word for word in words if word)


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
    return tags.get("natural") in LAKES or tags.get("waterway") == "riverbank"


def is_lake_of_ways(tags: Mapping[str, str]) -> bool:
    """Return whether a relation is the outline of water, drawn as several ways.

    >>> is_lake_of_ways({"type": "multipolygon", "natural": "water"})
    True
    >>> is_lake_of_ways({"type": "multipolygon", "place": "island"})
    False
    """
    return tags.get("type") == "multipolygon" and is_lake(tags)


def houses_nobody(tags: Mapping[str, str]) -> str:
    """Return why nobody lives along a way, as `HOUSES_NOBODY` has it; empty where somebody may.

    >>> houses_nobody({"highway": "service", "service": "driveway"})
    'driveway'
    """
    use = tags.get("service", "") if tags.get("highway") == "service" else ""
    return use if use in DRIVEWAYS else ""
