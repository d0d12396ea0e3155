"""Read OpenStreetMap files, binary or XML: ways, tagged nodes and turn restrictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.safe_xml import check_osm
from batu_geo.sources.osm.ways import NODE_KEYS, Member
from batu_geo.sources.roads.reading import is_wanted

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.roads.reading import RoadReading

NOT_A_PLACE = 2**31 - 1
DEGREES = 1e-7
MEMBER_KINDS = {"n": "node", "w": "way", "r": "relation"}


def read_osm(opened: Opened, reading: RoadReading) -> None:
    """Read an OSM file with pyosmium.

    Raises
    ------
    SourceError
        When it is XML but not OSM.
    """
    import osmium  # noqa: PLC0415 - only this reader needs it

    kind = "pbf" if opened.suffix == ".pbf" else "osm"
    if kind == "osm":
        check_osm(opened)
    found: Any = osmium.FileProcessor(osmium.io.FileBuffer(opened.content, kind)).with_locations()
    node, way, relation = osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION
    filters: Any = osmium.filter
    key, tag = filters.KeyFilter, filters.TagFilter
    found.with_filter(key("barrier", *NODE_KEYS).enable_for(node))
    found.with_filter(key("highway", "waterway", "natural", "route").enable_for(way))
    found.with_filter(tag(("type", "restriction")).enable_for(relation))
    for item in found:
        tags = dict(item.tags)
        if item.is_node():
            reading.add_node(item.id, tags)
        elif item.is_relation():
            members = (Member(MEMBER_KINDS[m.type], m.ref, m.role) for m in item.members)
            reading.add_restriction(item.id, tags, members)
        elif is_wanted(tags):
            nodes = ((n.ref, _degrees(n.x), _degrees(n.y)) for n in item.nodes)
            reading.add_way(item.id, tags, nodes)


def _degrees(units: int) -> float:
    return float("nan") if units == NOT_A_PLACE else units * DEGREES
