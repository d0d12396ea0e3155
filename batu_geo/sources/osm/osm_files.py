"""Convert Overpass answers to files of a study: roads to OSM PBF, buildings to outlines."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from batu_geo.domain.errors import EnvironmentFault, Problem

SMALLEST_RING = 4


def roads_pbf(elements: list[dict[str, Any]]) -> bytes:
    """Return nodes and ways as an ``.osm.pbf`` file, in the order of their ids.

    Raises
    ------
    EnvironmentFault
        When there are no ways.
    """
    import osmium  # noqa: PLC0415 - only this writer needs it

    ways = [e for e in elements if e["type"] == "way" and len(e.get("nodes", ())) > 1]
    if not ways:
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
        return path.read_bytes()


def _tags(element: dict[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.get("tags", {}).items()}


def building_outlines(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return closed ways as polygon features; invalid polygons are left out."""
    import shapely  # noqa: PLC0415 - heavy

    features = []
    for way in elements:
        ring = [[p["lon"], p["lat"]] for p in way.get("geometry") or () if p]
        if len(ring) < SMALLEST_RING or ring[0] != ring[-1]:
            continue
        shape = shapely.Polygon(ring)
        if shape.is_valid and shape.area > 0:
            geometry = {"type": "Polygon", "coordinates": [ring]}
            properties = {"id": f"way/{way['id']}"}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features
