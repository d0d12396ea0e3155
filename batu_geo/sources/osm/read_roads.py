"""Read roads: OpenStreetMap files, Overpass answers, OSMnx graphs, GeoPackage lines."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.network.roads import RoadNetwork, build_network
from batu_geo.sources.files.opening import Opened, json_of, text_of
from batu_geo.sources.files.safe_xml import check_osm, check_xml
from batu_geo.sources.geometry.projections import to_degrees
from batu_geo.sources.osm.osm_tags import is_barrier
from batu_geo.sources.osm.ways import WayCollector

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_A_PLACE = 2**31 - 1
DEGREES = 1e-7
DIGITS = 7


def read_roads(opened: Opened, *, crs: str) -> RoadNetwork:
    """Return the roads of a file by its suffix.

    Parameters
    ----------
    opened
        ``.osm.pbf``, ``.osm``, ``.json`` (Overpass), ``.graphml`` (OSMnx) or
        ``.gpkg`` (lines with a column ``highway``).
    crs
        Metric projection to compute in.

    Raises
    ------
    SourceError
        When the file is truncated or of another format.
    DataError
        When it has no usable road.
    """
    collector = WayCollector()
    try:
        READERS[opened.suffix](opened, collector)
        ways = collector.ways()
    except BatuGeoError:
        raise
    except Exception as error:  # osmium, GDAL, networkx and expat raise many types
        raise opened.unreadable(error) from error
    roads = build_network(ways, crs=crs, dropped=collector.dropped)
    if not roads.edge_count:
        raise DataError(Problem("BG-213", opened.name))
    return roads


def _read_osm(opened: Opened, collector: WayCollector) -> None:
    """Read an OSM file, binary or XML, with pyosmium."""
    import osmium  # noqa: PLC0415 - only this reader needs it

    kind = "pbf" if opened.suffix == ".pbf" else "osm"
    if kind == "osm":
        check_osm(opened)
    ways: Any = osmium.FileProcessor(osmium.io.FileBuffer(opened.content, kind))
    ways.with_locations().with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    ways.with_filter(osmium.filter.KeyFilter("highway", "waterway", "natural"))
    for way in ways:
        if not ("highway" in way.tags or is_barrier(dict(way.tags))):
            continue
        nodes = ((node.ref, _degrees(node.x), _degrees(node.y)) for node in way.nodes)
        collector.add(way.id, dict(way.tags), nodes)


def _degrees(units: int) -> float:
    return float("nan") if units == NOT_A_PLACE else units * DEGREES


def _read_overpass(opened: Opened, collector: WayCollector) -> None:
    """Read the JSON of an Overpass answer, with its nodes or `out geom`."""
    answer = json_of(opened)
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        raise opened.error("BG-103", found="JSON", expected="Overpass JSON")
    if answer.get("remark"):
        raise opened.error("BG-114", remark=answer["remark"])
    places = {
        element["id"]: (float(element["lon"]), float(element["lat"]))
        for element in elements
        if element["type"] == "node"
    }
    for way in elements:
        known = way.get("tags")
        if way["type"] != "way" or not isinstance(known, dict):
            continue
        tags = {str(key): str(value) for key, value in known.items()}
        if "highway" in tags or is_barrier(tags):
            collector.add(int(way["id"]), tags, _overpass_nodes(way, places))


def _overpass_nodes(
    way: dict[str, Any], places: dict[int, tuple[float, float]]
) -> list[tuple[int, float, float]]:
    nowhere = (float("nan"), float("nan"))
    if "geometry" in way:
        return [
            (node, float(place["lon"]), float(place["lat"])) if place else (node, *nowhere)
            for node, place in zip(way["nodes"], way["geometry"], strict=True)
        ]
    return [(int(node), *places.get(node, nowhere)) for node in way["nodes"]]


def _read_graphml(opened: Opened, collector: WayCollector) -> None:
    """Read a graph saved by OSMnx, in which a two-way street has two edges."""
    # Not by osmnx itself: importing it opens a socket and writes a settings folder.
    import networkx as nx  # noqa: PLC0415 - only this reader needs them
    import shapely  # noqa: PLC0415

    check_xml(opened)
    graph = nx.parse_graphml(text_of(opened), node_type=int, force_multigraph=True)
    if str(graph.graph.get("crs", "")).lower() not in {"epsg:4326", "wgs84"}:
        raise opened.error("BG-115", crs=graph.graph.get("crs"))
    places = {node: (float(d["x"]), float(d["y"])) for node, d in graph.nodes(data=True)}
    both_ways: set[tuple[Any, ...]] = set()
    shape_id = -1
    for start, end, data in sorted(graph.edges(data=True), key=lambda edge: edge[:2]):
        ids = _listed(data.get("osmid", 0))
        is_oneway = str(data.get("oneway")) in {"True", "1", "yes"}
        if not is_oneway:
            street = (*sorted((start, end)), str(ids), round(float(data.get("length", 0)), 3))
            if street in both_ways:
                continue
            both_ways.add(street)
        line = shapely.from_wkt(data["geometry"]) if "geometry" in data else None
        inner = line.coords[1:-1] if line is not None else []
        nodes = [(start, *places[start])]
        for lon, lat in inner:
            nodes.append((shape_id, lon, lat))
            shape_id -= 1
        nodes.append((end, *places[end]))
        collector.add(min(map(int, ids)), _graph_tags(data, is_oneway=is_oneway), nodes,
                  may_repeat=True)  # fmt: skip


def _listed(value: Any) -> list[Any]:
    """Return the values of an attribute: OSMnx writes several as the text of a list."""
    if isinstance(value, str) and value.startswith("["):
        value = ast.literal_eval(value)
    return value if isinstance(value, list) else [value]


def _graph_tags(data: dict[str, Any], *, is_oneway: bool) -> dict[str, str]:
    """Return the tags of an OSMnx edge; of merged streets the first value."""
    names = ("highway", "name", "ref", "surface", "maxspeed", "access", "junction",
             "bridge", "tunnel")  # fmt: skip
    tags = {}
    for name in names:
        value = next(iter(_listed(data.get(name))), None)
        if value is not None and value == value:  # noqa: PLR0124 - NaN is not itself
            tags[name] = str(value)
    # OSMnx reverses one-way streets tagged -1 and drops `junction` rules.
    return {**tags, "oneway": "yes" if is_oneway else "no"}


def _read_lines(opened: Opened, collector: WayCollector) -> None:
    """Read lines of a GeoPackage; vertices at the same place are one node."""
    import pyogrio  # noqa: PLC0415 - only this reader needs it
    import shapely  # noqa: PLC0415

    # GDAL gets the bytes, not a path from which it could open other files.
    with warnings.catch_warnings(action="ignore"):
        layers = [n for n, kind in pyogrio.list_layers(opened.content) if "Line" in str(kind)]
        tables = [pyogrio.read_dataframe(opened.content, layer=name) for name in layers]
    tables = [table for table in tables if "highway" in table]
    if not tables:
        raise DataError(Problem("BG-201", opened.name, column="highway",
                                values={"column": "highway"}))  # fmt: skip
    for table in tables:
        degrees = to_degrees(opened, table)
        number: dict[tuple[float, float], int] = {}
        columns = [name for name in degrees.columns if name != degrees.geometry.name]
        for row, (shape, record) in enumerate(
            zip(degrees.geometry, degrees[columns].to_dict("records"), strict=True), start=1
        ):
            tags = {str(k): str(v) for k, v in record.items() if isinstance(v, str) and v}
            for line in shapely.get_parts(shape):
                places = [tuple(xy) for xy in np.round(line.coords, DIGITS)[:, :2].tolist()]
                nodes = [(number.setdefault(xy, len(number)), *xy) for xy in places]
                digits = str(record.get("osm_id") or record.get("osmid") or "")
                way_id = int(digits) if digits.isdecimal() else row
                collector.add(way_id, tags, nodes, may_repeat=True)


READERS: dict[str, Callable[[Opened, WayCollector], None]] = {
    ".pbf": _read_osm,
    ".osm": _read_osm,
    ".json": _read_overpass,
    ".graphml": _read_graphml,
    ".gpkg": _read_lines,
}
