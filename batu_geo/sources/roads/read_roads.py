"""Read roads: one reader a format, chosen by the suffix of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.network.build_network import build_network
from batu_geo.sources.roads.graph_file import read_graph
from batu_geo.sources.roads.line_layers import (
    read_geodatabase,
    read_geojson,
    read_geopackage,
    read_zip,
)
from batu_geo.sources.roads.osm_data import read_osm
from batu_geo.sources.roads.overpass_answer import read_overpass
from batu_geo.sources.roads.reading import RoadReading
from batu_geo.sources.roads.tag_use import tag_counts

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.network.roads import RoadNetwork, Ways
    from batu_geo.sources.files.opening import Opened


def read_roads(opened: Opened, *, crs: str) -> RoadNetwork:
    """Return the roads of a file by its suffix.

    Parameters
    ----------
    opened
        ``.osm.pbf``, ``.osm``, ``.json`` (Overpass), ``.graphml`` (OSMnx), or lines with a
        column of road classes: ``.gpkg``, ``.geojson``, ``.zip`` with a Shapefile.
    crs
        Metric projection to compute in.

    Raises
    ------
    SourceError
        When the file is truncated or of another format.
    DataError
        When it has no usable road.
    """
    return network_of(opened.name, *reading_of(opened), crs=crs)


def reading_of(opened: Opened) -> tuple[RoadReading, Ways]:
    """Return what a road file holds, and its ways.

    Raises
    ------
    SourceError
        When the file is truncated or of another format.
    """
    reading = RoadReading()
    try:
        READERS[opened.suffix](opened, reading)
        return reading, reading.collector.ways()
    except BatuGeoError:
        raise
    except Exception as error:  # osmium, GDAL, networkx and expat raise many types
        raise opened.unreadable(error) from error


def network_of(name: str, reading: RoadReading, ways: Ways, *, crs: str) -> RoadNetwork:
    """Return the network of what was read.

    Raises
    ------
    DataError
        When there is no usable road.
    """
    roads = build_network(ways, crs=crs, dropped=reading.collector.dropped)
    if not roads.edge_count:
        raise DataError(Problem("BG-213", name))
    return replace(roads, tag_counts=tag_counts(reading), doubts=tuple(reading.doubts))


READERS: dict[str, Callable[[Opened, RoadReading], None]] = {
    ".pbf": read_osm,
    ".osm": read_osm,
    ".json": read_overpass,
    ".graphml": read_graph,
    ".gpkg": read_geopackage,
    ".geojson": read_geojson,
    ".gdb": read_geodatabase,
    ".zip": read_zip,
}
