"""Cut an OSM file to a box in passes: memory grows with the box, not with the file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from batu_geo.sources.files.safe_xml import check_osm
from batu_geo.sources.osm.osm_tags import is_lake_of_ways

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.osm.overpass import Box

WANTED = ("highway", "waterway", "natural", "route")


def cut_osm(opened: Opened, box: Box) -> tuple[bytes, int, int]:
    """Return the part of an OSM file with a node in a box as OSM PBF.

    Ways are kept whole, and so is water that a relation draws; turn restrictions stay with the
    ways that they name.

    Parameters
    ----------
    opened
        The file, which is read from its path.
    box
        West, south, east and north in degrees.

    Returns
    -------
    content, kept, outside
        The new file, and how many ways with a wanted tag are in it and are left out.
    """
    import osmium  # noqa: PLC0415 - only road files need it

    if opened.suffix == ".osm":
        check_osm(opened)
    path, lakes = opened.path, dict(_lakes(opened.path))
    needed, of_lakes = osmium.IdTracker(), {ref for members in lakes.values() for ref in members}
    wanted = {*_noted(path, osmium.filter.KeyFilter(*WANTED), needed)}
    if of_lakes:
        of_lakes = {*_noted(path, osmium.filter.IdFilter(of_lakes), needed)}
    inside = _ways_inside(path, needed, box)
    kept, wet = inside & wanted, inside & of_lakes
    lakes = {number: members for number, members in lakes.items() if not wet.isdisjoint(members)}
    ways = kept.union(*lakes.values())
    nodes = {n.ref for way in _ways(path, osmium.filter.IdFilter(ways)) for n in way.nodes}
    return _written(path, nodes, ways, {*lakes}), len(kept), len(wanted - kept)


def _noted(path: Path, is_wanted: Any, needed: Any) -> Iterator[int]:
    """Yield the ids of ways, and note them and their nodes as needed."""
    for way in _ways(path, is_wanted):
        needed.add_way(way.id)
        needed.add_references(way)
        yield way.id


def _ways_inside(path: Path, needed: Any, box: Box) -> set[int]:
    """Return which of the needed ways have a node in a box; memory holds their nodes alone."""
    import osmium  # noqa: PLC0415

    places = osmium.NodeLocationsForWays(osmium.index.create_map("sparse_mem_array"))
    places.ignore_errors()
    is_needed = needed.id_filter()
    osmium.apply(osmium.io.Reader(str(path), osmium.osm.NODE), is_needed, places)
    west, south, east, north = (round(side * 1e7) for side in box)
    return {
        way.id
        for way in _ways(path, is_needed, places)
        if any(west <= place.x <= east and south <= place.y <= north
               for place in (node.location for node in way.nodes))
    }  # fmt: skip


def _ways(path: Path, *filters: Any) -> Iterator[Any]:
    import osmium  # noqa: PLC0415

    found: Any = osmium.FileProcessor(str(path), osmium.osm.WAY)
    for one in filters:
        found.with_filter(one)
    yield from found


def _lakes(path: Path) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield the relations that are the outline of water, with their ways."""
    import osmium  # noqa: PLC0415

    found: Any = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    for item in found.with_filter(osmium.filter.TagFilter(("type", "multipolygon"))):
        if is_lake_of_ways(dict(item.tags)):
            yield item.id, frozenset(m.ref for m in item.members if m.type == "w")


def _written(
    path: Path, nodes: Collection[int], ways: Collection[int], lakes: Collection[int]
) -> bytes:
    """Return the named objects of a file and the turn restrictions of its ways as OSM PBF."""
    import osmium  # noqa: PLC0415

    osm, filters = osmium.osm, cast("Any", osmium.filter)
    found: Any = osmium.FileProcessor(str(path))
    found.with_filter(filters.IdFilter(nodes).enable_for(osm.NODE))
    found.with_filter(filters.IdFilter(ways).enable_for(osm.WAY))
    found.with_filter(filters.KeyFilter("type").enable_for(osm.RELATION))
    with tempfile.TemporaryDirectory() as aside:
        target = Path(aside) / "roads.osm.pbf"
        with osmium.SimpleWriter(str(target)) as writer:
            for item in found:
                if not item.is_relation() or _is_kept(item, ways, lakes):
                    writer.add(item)
        return target.read_bytes()


def _is_kept(relation: Any, ways: Collection[int], lakes: Collection[int]) -> bool:
    """Return whether a relation is one of the lakes, or a turn restriction of a way."""
    if relation.id in lakes:
        return True
    is_turn = relation.tags.get("type") == "restriction"
    return is_turn and any(m.type == "w" and m.ref in ways for m in relation.members)
