"""Query Nominatim for the area of a name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.sources.files.opening import Opened, json_of
from batu_geo.sources.osm.osm_servers import cached_answer

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "https://nominatim.openstreetmap.org"
ORIGIN = "OpenStreetMap contributors, Nominatim"


@dataclass(frozen=True, slots=True)
class Area:
    """An area of OpenStreetMap.

    Attributes
    ----------
    name
        Full name, with the areas it lies in.
    element
        Its element in OpenStreetMap: ``relation 7417213``.
    shape
        Its outline, in degrees.
    """

    name: str
    element: str
    shape: shapely.Geometry


def find_area(name: str, server: str, cache: Path, *, again: bool) -> Area:
    """Return the area that best matches a name.

    Raises
    ------
    EnvironmentFault
        When no area matches, or the server sends no usable answer.
    """
    # All matches are requested, as the best one may be a point.
    matches = cached_answer(
        f"place {name}",
        lambda osmnx: osmnx.geocode_to_gdf(name),
        read_answer,
        server=server,
        cache=cache,
        again=again,
    )
    return most_important_area(matches, name)


def most_important_area(matches: list[dict[str, Any]], name: str) -> Area:
    """Return the most important area of an answer.

    Raises
    ------
    EnvironmentFault
        When there is none.
    """
    for row in sorted(matches, key=_importance, reverse=True):
        shape = _polygon(row.get("geojson"))
        if shape is not None:
            element = f"{row.get('osm_type', '')} {row.get('osm_id', '')}"
            return Area(str(row.get("display_name", "")), element, shape)
    raise EnvironmentFault(Problem("BG-435", values={"place": name}))


def _importance(row: dict[str, Any]) -> float:
    value = row.get("importance")
    return value if isinstance(value, int | float) else 0


def _polygon(geometry: Any) -> shapely.Geometry | None:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except shapely.GEOSException:
        return None
    is_area = isinstance(shape, shapely.Polygon | shapely.MultiPolygon) and not shape.is_empty
    return shape if is_area else None


def read_answer(content: bytes) -> list[dict[str, Any]]:
    """Return the matches of a complete answer, which may be empty.

    Raises
    ------
    SourceError
        When the answer is not a list of matches.
    """
    opened = Opened("nominatim.json", content)
    answer = json_of(opened)
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise opened.error("BG-103", found="JSON", expected="Nominatim JSON")
    return answer
