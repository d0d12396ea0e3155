"""Read OpenStreetMap files, binary or XML: ways, tagged nodes, turn restrictions and lakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.safe_xml import check_osm
from batu_geo.sources.osm.osm_tags import is_barrier, is_lake_of_ways
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.osm.ways import NODE_KEYS
from batu_geo.sources.roads.reading import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    lakes = _lakes(opened, kind)
    of_lakes = {ref for members in lakes for ref in members}
    found: Any = osmium.FileProcessor(_file(opened, kind)).with_locations()
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
        elif is_wanted(tags) and not (item.id in of_lakes and is_barrier(tags)):
            reading.add_way(item.id, tags, _places(item))
    if lakes:
        _add_lakes(opened, kind, lakes, reading)


def _file(opened: Opened, kind: str) -> Any:
    """Return what osmium reads: the bytes of a file, or those on disk where it is a large one."""
    import osmium  # noqa: PLC0415 - only this reader needs it

    if opened.content:
        return osmium.io.FileBuffer(opened.content, kind)
    return osmium.io.File(str(opened.path), kind)


def _lakes(opened: Opened, kind: str) -> list[tuple[int, ...]]:
    """Return the ways of every relation that is the outline of water, by the id of the relation."""
    import osmium  # noqa: PLC0415

    filters: Any = osmium.filter
    found: Any = osmium.FileProcessor(_file(opened, kind), osmium.osm.RELATION)
    found.with_filter(filters.TagFilter(("type", "multipolygon")))
    lakes = {
        item.id: tuple(sorted({m.ref for m in item.members if m.type == "w"}))
        for item in found
        if is_lake_of_ways(dict(item.tags))
    }
    return [lakes[number] for number in sorted(lakes)]


def _add_lakes(
    opened: Opened, kind: str, lakes: Sequence[tuple[int, ...]], reading: RoadReading
) -> None:
    """Hand over lakes: the places of their ways, and of no other, are read once more."""
    import osmium  # noqa: PLC0415

    entities = osmium.osm.NODE | osmium.osm.WAY
    filters: Any = osmium.filter
    found: Any = osmium.FileProcessor(_file(opened, kind), entities).with_locations()
    found.with_filter(filters.EntityFilter(osmium.osm.WAY))
    found.with_filter(filters.IdFilter({ref for members in lakes for ref in members}))
    places = {item.id: list(_places(item)) for item in found}
    for members in lakes:
        # A way that the extract does not hold is a gap in the outline.
        reading.add_lake({ref: places.get(ref, []) for ref in members})


def _places(way: Any) -> Iterator[tuple[int, float, float]]:
    return ((n.ref, _degrees(n.x), _degrees(n.y)) for n in way.nodes)


def _degrees(units: int) -> float:
    return float("nan") if units == NOT_A_PLACE else units * DEGREES
