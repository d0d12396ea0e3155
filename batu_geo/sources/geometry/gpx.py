"""Read the waypoints of a GPX file, as handheld receivers write them, as GeoJSON features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem
from batu_geo.sources.files.safe_xml import xml_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from batu_geo.sources.files.opening import Opened

KEPT = ("name", "type", "sym", "desc", "cmt", "time")
LINES = ("trk", "rte")


def waypoints_of(opened: Opened) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return one feature per waypoint with its texts, and a notice of tracks and routes.

    Raises
    ------
    SourceError
        When the file is not well-formed, or carries a DTD or entities.
    """
    root = xml_of(opened)
    points = [_feature(element) for element in root if _tag(element) == "wpt"]
    lines = sum(_tag(element) in LINES for element in root)
    notices = [Problem("BG-493", opened.name, values={"count": lines})] if lines else []
    return points, notices


def _feature(waypoint: Element) -> dict[str, Any]:
    texts = {_tag(child): (child.text or "").strip() for child in waypoint}
    position = [_number(waypoint.get(name)) for name in ("lon", "lat")]
    return {
        "type": "Feature",
        "properties": {name: texts[name] for name in KEPT if texts.get(name)},
        "geometry": {"type": "Point", "coordinates": position},
    }


def _number(text: str | None) -> Any:
    """Return a number; any other text is kept, to be refused with its feature."""
    try:
        return text if not text or "_" in text else float(text)
    except ValueError:
        return text


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
