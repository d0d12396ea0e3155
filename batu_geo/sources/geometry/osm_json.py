"""Elements of an Overpass answer as point features."""

from __future__ import annotations

from typing import Any

from batu_geo.domain.privacy import masked

KEPT_TAGS = ("name", "amenity", "healthcare", "emergency", "disused:", "abandoned:", "was:")


def overpass_points(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tagged elements as point features, ways and relations at their centre.

    Only tags in `KEPT_TAGS` are kept, with personal data masked.
    """
    features = []
    for element in elements:
        place = element.get("center", element)
        if element.get("tags") and "lon" in place and "lat" in place:
            tags = {k: masked(v) for k, v in element["tags"].items() if k.startswith(KEPT_TAGS)}
            tags["osm_id"] = f"{element['type']}/{element['id']}"
            point = {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
            features.append({"type": "Feature", "properties": tags, "geometry": point})
    return features
