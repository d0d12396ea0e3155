"""Shapes that stand in a page as text: written once, where only their name is handed on.

The coordinates of a page are most of it. folium and JSON pass on a name in their place, made of
what they are, and the finished page has the text itself.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from batu_geo.domain.tables import geojson_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import shapely

HEAD = '"coordinates":'
# Only the page's own JSON has a bare quote before it; in text from data it is escaped.
NAMED = re.compile(r'"coordinates": ?"(shape:[0-9a-f]{24})"')


def named_geometry(shape: shapely.Geometry, texts: dict[str, str]) -> dict[str, Any]:
    """Return a shape as GeoJSON with a name for its coordinates, whose text is added to `texts`.

    A collection has no coordinates of its own and stays as it is: an empty one, where nothing
    was left of a shape.

    >>> import shapely
    >>> texts: dict[str, str] = {}
    >>> named_geometry(shapely.Point(112, -7), texts)["type"], list(texts.values())
    ('Point', ['[112.0,-7.0]'])
    >>> named_geometry(shapely.GeometryCollection(), texts)
    {'type': 'GeometryCollection', 'geometries': []}
    """
    text = geojson_text(shape)
    kind, found, rest = text.partition(f",{HEAD}")
    if not found:
        whole: dict[str, Any] = json.loads(text)
        return whole
    coordinates = rest.removesuffix("}")
    name = f"shape:{blake2b(coordinates.encode(), digest_size=12).hexdigest()}"
    texts[name] = coordinates
    return {"type": kind.split('"')[3], "coordinates": name}


def with_coordinates(text: str, texts: Mapping[str, str]) -> str:
    """Return JSON with the coordinates in place of their names."""
    return NAMED.sub(lambda match: written(match, texts), text)


def written(match: re.Match[str], texts: Mapping[str, str]) -> str:
    """Return the text of a page for a match: coordinates, where it is a name of some."""
    text = texts.get(match[1] or "")
    return match[0] if text is None else f"{HEAD}{text}"
