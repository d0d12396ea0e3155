"""Convert Overpass answers to files of a study: roads to OSM PBF, buildings to outlines."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.sources.osm.osm_tags import is_lake_of_ways

SMALLEST_RING = 4


def roads_pbf(elements: list[dict[str, Any]]) -> bytes:
    """Return nodes, ways and turn restrictions as an ``.osm.pbf`` file, in the order of their ids.

    A ferry that is drawn as a relation is written on its ways, where they say nothing of their
    own. The outline of water stays a relation. Relations keep their members in their order, also
    those that the answer does not hold: who reads the file counts them as broken.

    Raises
    ------
    EnvironmentFault
        When no way is a road.
    """
    import osmium  # noqa: PLC0415 - only this writer needs it

    tags_by_way = _tags_of_members(elements)
    ways = [
        {**e, "tags": e.get("tags") or tags_by_way.get(e["id"], {})}
        for e in elements
        if e["type"] == "way" and len(e.get("nodes", ())) > 1
    ]
    if not any(is_road(way) for way in ways):
        raise EnvironmentFault(Problem("BG-433", values={"reason": "0 highway"}))
    used = {node for way in ways for node in way["nodes"]}
    nodes = [e for e in elements if e["type"] == "node" and e["id"] in used]
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "roads.osm.pbf"
        with osmium.SimpleWriter(str(path)) as writer:
            for node in sorted(nodes, key=lambda e: e["id"]):
                place = (float(node["lon"]), float(node["lat"]))
                writer.add_node(osmium.osm.mutable.Node(id=node["id"], location=place,
                                                        tags=_tags(node)))  # fmt: skip
            for way in sorted(ways, key=lambda e: e["id"]):
                writer.add_way(osmium.osm.mutable.Way(id=way["id"], nodes=way["nodes"],
                                                      tags=_tags(way)))  # fmt: skip
            for relation in sorted(filter(_is_kept, elements), key=lambda e: e["id"]):
                members = [(m["type"][0], m["ref"], m.get("role", ""))
                           for m in relation.get("members", ())]  # fmt: skip
                writer.add_relation(osmium.osm.mutable.Relation(id=relation["id"], members=members,
                                                                tags=_tags(relation)))  # fmt: skip
        return path.read_bytes()


def is_road(element: dict[str, Any]) -> bool:
    """Return whether an element is a way that is a road."""
    return bool(element["type"] == "way" and "highway" in element.get("tags", {}))


def _is_kept(element: dict[str, Any]) -> bool:
    """Return whether an element is a relation to be written: a turn restriction or a lake."""
    tags = element.get("tags", {})
    is_one = tags.get("type") == "restriction" or is_lake_of_ways(tags)
    return bool(element["type"] == "relation" and is_one)


def _tags_of_members(elements: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """Return the tags of ferries by the id of each way that their relation is made of."""
    found: dict[int, dict[str, str]] = {}
    for relation in elements:
        if relation["type"] != "relation":
            continue
        tags = relation.get("tags", {})
        if tags.get("route") == "ferry":
            # How long the whole crossing takes is not how long each part of it does.
            own = {key: text for key, text in tags.items() if key not in ("type", "duration")}
        else:
            continue
        ways = [int(m["ref"]) for m in relation.get("members", ()) if m["type"] == "way"]
        found |= dict.fromkeys(ways, own)
    return found


def _tags(element: dict[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.get("tags", {}).items()}


def building_outlines(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return closed ways as polygon features; invalid polygons are left out."""
    import shapely  # noqa: PLC0415 - heavy

    from batu_geo.domain.tables import geojson_geometry  # noqa: PLC0415 - likewise

    features = []
    for way in elements:
        ring = [[p["lon"], p["lat"]] for p in way.get("geometry") or () if p]
        if len(ring) < SMALLEST_RING or ring[0] != ring[-1]:
            continue
        shape = shapely.Polygon(ring)
        if shape.is_valid and shape.area > 0:
            geometry = geojson_geometry(shape)
            properties = {"id": f"way/{way['id']}"}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features
