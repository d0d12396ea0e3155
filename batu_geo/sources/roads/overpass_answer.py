"""Read the JSON of an Overpass answer, with its nodes or with `out geom`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.opening import json_of
from batu_geo.sources.osm.osm_tags import is_barrier, is_lake_of_ways
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.roads.normal_tags import value_of

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.roads.reading import RoadReading

NOWHERE = (float("nan"), float("nan"))


def read_overpass(opened: Opened, reading: RoadReading) -> None:
    """Read an Overpass answer.

    Raises
    ------
    SourceError
        When it is other JSON, or was cut short.
    """
    answer = json_of(opened)
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        raise opened.error("BG-103", found="JSON", expected="Overpass JSON")
    if answer.get("remark"):
        raise opened.error("BG-114", remark=answer["remark"])
    places = {
        element["id"]: (float(element["lon"]), float(element["lat"]))
        for element in elements
        if element["type"] == "node"
    }
    # `out geom` of ways alone leaves the nodes out, and their barriers with them.
    reading.holds_nodes = bool(places)
    lakes = _lakes(elements)
    places_of: dict[int, list[tuple[int, float, float]]] = {
        ref: [] for members in lakes for ref in members
    }
    for element in elements:
        if element["type"] == "way" and element["id"] in places_of:
            places_of[element["id"]] = _nodes(element, places)
        known = element.get("tags")
        if not isinstance(known, dict):
            continue
        number, kind = int(element["id"]), element["type"]
        tags = {str(k): text for k, v in known.items() if (text := value_of(str(k), v))}
        if kind == "node":
            reading.add_node(number, tags)
        elif kind == "way" and not (number in places_of and is_barrier(tags)):
            reading.add_way(number, tags, _nodes(element, places))
        elif kind == "relation" and tags.get("type") == "restriction":
            turn = (
                Member(str(m["type"]), int(m["ref"]), str(m.get("role", "")))
                for m in element["members"]
            )
            reading.add_restriction(number, tags, turn)
    for members in lakes:
        reading.add_lake({ref: places_of[ref] for ref in members})


def _lakes(elements: list[dict[str, Any]]) -> list[tuple[int, ...]]:
    """Return the ways of every relation that is the outline of water, by the id of the relation."""
    found = {
        int(e["id"]): tuple(sorted({int(m["ref"]) for m in e["members"] if m["type"] == "way"}))
        for e in elements
        if e["type"] == "relation" and is_lake_of_ways(e.get("tags") or {})
    }
    return [found[number] for number in sorted(found)]


def _nodes(
    way: dict[str, Any], places: dict[int, tuple[float, float]]
) -> list[tuple[int, float, float]]:
    if "geometry" in way:
        return [
            (node, float(place["lon"]), float(place["lat"])) if place else (node, *NOWHERE)
            for node, place in zip(way["nodes"], way["geometry"], strict=True)
        ]
    return [(int(node), *places.get(node, NOWHERE)) for node in way["nodes"]]
