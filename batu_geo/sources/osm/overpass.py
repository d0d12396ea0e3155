"""Query Overpass tile by tile, validate its answers and merge them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import shapely

from batu_geo.sources.files.opening import Opened, json_of
from batu_geo.sources.osm.osm_servers import cached_answer

if TYPE_CHECKING:
    from pathlib import Path

BUFFER_KM = 10.0
FILES = {
    "roads": "roads.osm.pbf",
    "facilities": "osm_facilities.geojson",
    "footprints": "footprints.geojson",
}
ORIGIN = "OpenStreetMap contributors, Overpass API"
TILE_DEGREES = 0.25
KM_PER_DEGREE = 111.2
TYPES = ("node", "way", "relation")
LARGEST_ID = 2**52
# What is asked for by topic: with the roads ferries, turn restrictions with their members, and the
# water that nobody walks across. Nodes of a way come with it, and so the barriers on them.
WANTED: dict[str, dict[str, bool | str | list[str]]] = {
    "roads": {
        "highway": True,
        "route": ["ferry"],
        "type": ["restriction"],
        "waterway": ["river", "canal", "riverbank"],
        "natural": ["water", "coastline"],
    },
    "facilities": {
        "amenity": ["clinic", "hospital", "doctors", "pharmacy"],
        "healthcare": True,
    },
    "footprints": {"building": True},
}
Box = tuple[float, float, float, float]


def buffered_box(box: Box, km: float) -> Box:
    """Return west, south, east and north moved outwards by a distance.

    >>> [round(side, 2) for side in buffered_box((112.5, -8.0, 112.6, -7.7), 11.12)]
    [112.4, -8.1, 112.7, -7.6]
    """
    west, south, east, north = box
    high = km / KM_PER_DEGREE
    wide = high / math.cos(math.radians((south + north) / 2))
    return west - wide, south - high, east + wide, north + high


def tiles_of(box: Box) -> list[Box]:
    """Return the tiles of a box, each a query of its own, so that a download can be resumed."""
    west, south, east, north = box
    columns = max(1, math.ceil((east - west) / TILE_DEGREES))
    rows = max(1, math.ceil((north - south) / TILE_DEGREES))
    width, height = (east - west) / columns, (north - south) / rows
    return [
        (west + c * width, south + r * height, west + (c + 1) * width, south + (r + 1) * height)
        for r in range(rows)
        for c in range(columns)
    ]


def query_tile(what: str, box: Box, server: str, cache: Path, *, again: bool) -> dict[str, Any]:
    """Return the answer of Overpass for one topic in a box.

    Raises
    ------
    EnvironmentFault
        When the server cannot be reached, stays busy, or sends no usable answer.
    """
    area = shapely.box(*box)

    def ask(osmnx: Any) -> object:
        return osmnx.features_from_polygon(area, WANTED[what])

    # Answers kept from before all of this was asked for are answers to another question.
    topic = f"{what}, turns, ferries and water" if what == "roads" else what
    question = f"{topic} {[round(side, 6) for side in box]}"
    return cached_answer(question, ask, read_answer, server=server, cache=cache, again=again)


def read_answer(content: bytes) -> dict[str, Any]:
    """Return a complete answer: JSON with elements and no remark that it was cut short.

    Raises
    ------
    SourceError
        When the answer is incomplete or an element is malformed.
    """
    opened = Opened("overpass.json", content)
    answer = json_of(opened)
    if (
        not isinstance(answer, dict)
        or not isinstance(answer.get("elements"), list)
        or not isinstance(answer.get("osm3s", {}), dict)
    ):
        raise opened.error("BG-103", found="JSON", expected="Overpass JSON")
    if answer.get("remark"):
        raise opened.error("BG-114", remark=answer["remark"])
    for number, element in enumerate(answer["elements"]):
        if not _is_element(element):
            raise opened.error("BG-114", remark=f"elements[{number}]")
    return answer


def _is_element(element: Any) -> bool:
    if not isinstance(element, dict) or element.get("type") not in TYPES:
        return False
    tags, nodes = element.get("tags", {}), element.get("nodes", [])
    outline = element.get("geometry", [])
    if not (isinstance(tags, dict) and isinstance(nodes, list) and isinstance(outline, list)):
        return False
    members = element.get("members", [])
    if not isinstance(members, list) or not all(_is_member(member) for member in members):
        return False
    places = [place for place in outline if place is not None]
    places += [element["center"]] if "center" in element else []
    places += [element] if {"lon", "lat"} & set(element) else []
    return (
        all(isinstance(value, str) for value in tags.values())
        and all(
            isinstance(n, int) and _is_number(n, LARGEST_ID) for n in (element.get("id"), *nodes)
        )
        and all(_is_position(place) for place in places)
    )


def _is_member(member: Any) -> bool:
    return (
        isinstance(member, dict)
        and member.get("type") in TYPES
        and isinstance(member.get("ref"), int)
        and _is_number(member["ref"], LARGEST_ID)
        and isinstance(member.get("role", ""), str)
    )


def _is_position(place: Any) -> bool:
    return (
        isinstance(place, dict)
        and _is_number(place.get("lon"), 180)
        and _is_number(place.get("lat"), 90)
    )


def _is_number(value: Any, largest: int) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= largest


def map_date(answer: dict[str, Any]) -> str:
    """Return the date of the map that an answer is taken from."""
    return str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]


def merge_answers(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the elements of all tiles, each once, in the order of type and id.

    A node may have its tags in one tile only: the longer version of an element is kept.
    """
    elements: dict[tuple[str, int], dict[str, Any]] = {}
    for answer in answers:
        for element in answer["elements"]:
            key = (str(element.get("type")), int(element.get("id", 0)))
            if len(json.dumps(element)) > len(json.dumps(elements.get(key, {}))):
                elements[key] = element
    return _with_geometry([elements[key] for key in sorted(elements)])


def _with_geometry(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add outline and centre to each way, from its nodes."""
    nodes = {e["id"]: e for e in elements if e.get("type") == "node" and "lon" in e}
    for way in elements:
        places = [nodes[n] for n in way.get("nodes", ()) if n in nodes]
        if way.get("type") != "way" or not places:
            continue
        outline = [{"lon": n["lon"], "lat": n["lat"]} for n in places]
        way.setdefault("geometry", outline)
        inner = outline[:-1] if len(outline) > 1 and outline[0] == outline[-1] else outline
        middle = {k: sum(p[k] for p in inner) / len(inner) for k in ("lon", "lat")}
        way.setdefault("center", middle)
    return elements
