"""Read placemarks of a KML file as GeoJSON features, without DTD or links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.safe_xml import tag_of, xml_of
from batu_geo.sources.geometry.features import coordinate_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from batu_geo.sources.files.opening import Opened

FOLDER = "Folder"
AFTER_COMMA = re.compile(r",\s+")
LONGEST_POSITION = 3


def placemarks_of(opened: Opened) -> list[dict[str, Any]]:
    """Return one feature per placemark with its name, data and geometry.

    Raises
    ------
    SourceError
        When the file is not well-formed, or carries a DTD or entities.
    """
    root = xml_of(opened)
    return [_feature(element, folder) for element, folder in _placemarks(root, "")]


def _placemarks(element: Element, folder: str) -> Iterator[tuple[Element, str]]:
    """Yield the placemarks below an element, each with the name of the folder it stands in."""
    if tag_of(element) == "Folder":
        folder = next((c.text or "" for c in element if tag_of(c) == "name"), "").strip() or folder
    for child in element:
        if tag_of(child) == "Placemark":
            yield child, folder
        else:
            yield from _placemarks(child, folder)


def _feature(placemark: Element, folder: str) -> dict[str, Any]:
    properties: dict[str, Any] = {FOLDER: folder} if folder else {}
    geometries = []
    for child in placemark:
        tag = tag_of(child)
        if tag in ("name", "description") and child.text and child.text.strip():
            properties[tag] = child.text.strip()
        elif tag == "ExtendedData":
            properties.update(_data(child))
        else:
            geometries += list(_geometries(child))
    return {"type": "Feature", "properties": properties, "geometry": _joined(geometries)}


def _data(extended: Element) -> Iterator[tuple[str, str]]:
    for element in extended.iter():
        name = element.get("name")
        if tag_of(element) == "SimpleData" and name:
            yield name, (element.text or "").strip()
        elif tag_of(element) == "Data" and name:
            value = next((e for e in element if tag_of(e) == "value"), None)
            yield name, ((value.text if value is not None else "") or "").strip()


def _geometries(element: Element) -> Iterator[dict[str, Any]]:
    tag = tag_of(element)
    if tag == "Point":
        positions = _positions(element)
        yield {"type": "Point", "coordinates": positions[0] if positions else []}
    elif tag == "Polygon":
        rings = [_positions(e) for e in element.iter() if tag_of(e) == "LinearRing"]
        yield {"type": "Polygon", "coordinates": rings}
    elif tag == "MultiGeometry":
        for child in element:
            yield from _geometries(child)
    elif tag == "LineString":
        yield {"type": "LineString", "coordinates": _positions(element)}


def _positions(element: Element) -> list[list[Any]]:
    """Return the positions as numbers; any other text is kept, to be refused with its feature."""
    texts = [e.text or "" for e in element.iter() if tag_of(e) == "coordinates"]
    # Typed by hand, a comma is often followed by a blank.
    return [_position(place) for place in AFTER_COMMA.sub(",", " ".join(texts)).split()]


def _position(text: str) -> list[Any]:
    parts = text.split(",")
    return [coordinate_of(part) for part in parts] if len(parts) <= LONGEST_POSITION else [text]


def _joined(geometries: list[dict[str, Any]]) -> dict[str, Any] | None:
    if len(geometries) < 2:
        return geometries[0] if geometries else None
    if {g["type"] for g in geometries} == {"Polygon"}:
        parts = [g["coordinates"] for g in geometries]
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": "GeometryCollection", "geometries": geometries}
