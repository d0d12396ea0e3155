"""Read the waypoints of a GPX file, as handheld receivers write them, as GeoJSON features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem
from batu_geo.sources.files.safe_xml import tag_of, xml_of
from batu_geo.sources.geometry.features import coordinate_of

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
    points = [_feature(element) for element in root if tag_of(element) == "wpt"]
    lines = sum(tag_of(element) in LINES for element in root)
    notices = [Problem("BG-493", opened.name, values={"count": lines})] if lines else []
    return points, notices


def _feature(waypoint: Element) -> dict[str, Any]:
    texts = {tag_of(child): (child.text or "").strip() for child in waypoint}
    position = [coordinate_of(waypoint.get(name)) for name in ("lon", "lat")]
    return {
        "type": "Feature",
        "properties": {name: texts[name] for name in KEPT if texts.get(name)},
        "geometry": {"type": "Point", "coordinates": position},
    }
