"""Read roads from an OSM file into a `RoadNetwork`."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.network.roads import RoadNetwork, Ways, build_network
from batu_geo.sources.osm_tags import ROAD_CLASSES, closed_bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from batu_geo.sources.opening import Opened

NOT_A_PLACE = 2**31 - 1
DEGREES = 1e-7


def read_osm_pbf(opened: Opened, *, crs: str) -> RoadNetwork:
    """Return the roads of an `.osm.pbf` extract.

    Raises
    ------
    SourceError
        When the file is cut off or not an OSM file.
    """
    import osmium  # noqa: PLC0415 - only this reader needs it

    found = _Found()
    ways: Any = osmium.FileProcessor(osmium.io.FileBuffer(opened.content, "pbf")).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    ways.with_filter(osmium.filter.KeyFilter("highway"))
    try:
        for way in ways:
            nodes = ((node.ref, node.x, node.y) for node in way.nodes)
            found.add(way.id, dict(way.tags), nodes)
    except RuntimeError as error:
        raise opened.error("BG-109", reason=error) from error
    return build_network(found.ways(), crs=crs, dropped=found.dropped)


@dataclass(slots=True)
class _Found:
    """Ways as they are read, in growing arrays."""

    dropped: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    way_id: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("q"))
    node_id: array[int] = field(default_factory=lambda: array("q"))
    lon: array[int] = field(default_factory=lambda: array("q"))
    lat: array[int] = field(default_factory=lambda: array("q"))
    road_class: array[int] = field(default_factory=lambda: array("h"))
    closed: array[int] = field(default_factory=lambda: array("B"))

    def add(
        self, way_id: int, tags: Mapping[str, str], nodes: Iterable[tuple[int, int, int]]
    ) -> None:
        """Keep a way, or count why not. Nodes are id, longitude and latitude in 1e-7 degrees."""
        reason = self._why_dropped(tags, way_id)
        if reason:
            self.dropped[reason] += 1
            return
        before = len(self.node_id)
        for node_id, lon, lat in nodes:
            self.node_id.append(node_id)
            self.lon.append(lon)
            self.lat.append(lat)
        self.seen.add(way_id)
        self.way_id.append(way_id)
        self.size.append(len(self.node_id) - before)
        self.road_class.append(ROAD_CLASSES.index(tags["highway"]))
        self.closed.extend(closed_bits(tags))

    def _why_dropped(self, tags: Mapping[str, str], way_id: int) -> str | None:
        if tags["highway"] not in ROAD_CLASSES:
            return "ways of a class that is no road"
        if tags.get("area") == "yes":
            return "areas"
        return "repeated ways" if way_id in self.seen else None

    def ways(self) -> Ways:
        """Return what was kept."""
        return Ways(
            way_id=np.array(self.way_id, np.int64),
            start=np.r_[0, np.cumsum(np.array(self.size, np.int64))].astype(np.int64),
            node_id=np.array(self.node_id, np.int64),
            lon=_degrees(self.lon),
            lat=_degrees(self.lat),
            road_class=np.array(self.road_class, np.int16),
            classes=ROAD_CLASSES,
            closed=np.array(self.closed, np.uint8).reshape(-1, 2),
        )


def _degrees(units: array[int]) -> NDArray[np.float64]:
    values = np.array(units, np.float64)
    values[values == NOT_A_PLACE] = np.nan
    return values * DEGREES
