"""Read roads from layers of lines: GeoPackage, a ZIP with a Shapefile, GeoJSON.

Vertices at the same place are one node. Points at a vertex are objects on that node.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.files.archives import unpacked, zip_members
from batu_geo.sources.files.geodatabase import TABLE
from batu_geo.sources.files.opening import check_format
from batu_geo.sources.geometry.projections import to_degrees
from batu_geo.sources.geometry.shapefiles import packed_shapefile
from batu_geo.sources.geometry.vector_layers import read_map_features
from batu_geo.sources.osm.ways import NODE_KEYS
from batu_geo.sources.roads.line_tags import has_classes, tags_of_rows
from batu_geo.sources.roads.normal_tags import BAG_KEYS, is_absent, listed
from batu_geo.sources.roads.osmnx_streets import Edge, add_streets, edge_of
from batu_geo.sources.roads.tag_keys import columns_by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.roads.reading import RoadReading

DIGITS = 7
LARGEST_DEGREE = 180
IDS = ("osm_id", "osmid", "osm_way_id", "@id", "id", "full_id")
ENDS = ("u", "v")
LINES = ("LineString", "MultiLineString")
ON_NODES = {"barrier", *NODE_KEYS, *BAG_KEYS}
Place = tuple[float, float]


@dataclass(slots=True)
class Layer:
    """A layer: the values of each column, and its shapes in degrees."""

    cells: dict[str, list[Any]]
    shapes: NDArray[np.object_]


def read_geopackage(opened: Opened, reading: RoadReading) -> None:
    """Read every layer of lines with classes of roads, and the points on them."""
    # GDAL gets the bytes, not a path from which it could open other files.
    _read_database(opened, opened.content, reading)


def read_geodatabase(opened: Opened, reading: RoadReading) -> None:
    """Read the layers of a File Geodatabase, as of a GeoPackage."""
    with unpacked(opened, zip_members(opened)) as copy:
        _read_database(opened, copy, reading)


def _read_database(opened: Opened, source: bytes | Path, reading: RoadReading) -> None:
    import pyogrio  # noqa: PLC0415 - only these readers need it

    layers = []
    with warnings.catch_warnings(action="ignore"):
        for name, _ in pyogrio.list_layers(source):
            about = pyogrio.read_info(source, layer=name)
            if about["geometry_type"] and may_matter(dict.fromkeys(about["fields"])):
                frame = pyogrio.read_dataframe(source, layer=name)
                layers.append(layer_of(opened, frame, reading))
    add_layers(opened, layers, reading)


def read_zip(opened: Opened, reading: RoadReading) -> None:
    """Read the Shapefiles, or the one GeoPackage, GeoJSON or geodatabase, of a ZIP file."""
    import pyogrio  # noqa: PLC0415

    members = zip_members(opened)
    if any(name.lower().endswith(TABLE) for name in members):
        return read_geodatabase(opened, reading)
    for name, member in members.items():
        if member.suffix in {".gpkg", ".geojson"} and not is_hidden(name):
            read = read_geopackage if member.suffix == ".gpkg" else read_geojson
            return read(check_format(member), reading)
    layers = []
    for name in sorted(members):
        if members[name].suffix == ".shp" and not is_hidden(name):
            packed, notices = packed_shapefile(opened, members, name)
            with warnings.catch_warnings(action="ignore"):
                if may_matter(dict.fromkeys(pyogrio.read_info(packed)["fields"])):
                    reading.doubt(notices)
                    layers.append(layer_of(opened, pyogrio.read_dataframe(packed), reading))
    if not layers and not any(member.suffix == ".shp" for member in members.values()):
        raise opened.error("BG-259", found=", ".join(members) or "-")
    return add_layers(opened, layers, reading)


def read_geojson(opened: Opened, reading: RoadReading) -> None:
    """Read the lines of a FeatureCollection, and the points on them."""
    import shapely  # noqa: PLC0415 - heavy

    features, notices = read_map_features(opened, "line")
    reading.doubt(notices)
    records = [_with_id(feature) for feature in features]
    columns = dict.fromkeys(name for record in records for name in record)
    cells = {name: [record.get(name) for record in records] for name in columns}
    shapes = [f["geometry"] and shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
    add_layers(opened, [Layer(cells, np.array(shapes, dtype=object))], reading)


def _with_id(feature: Mapping[str, Any]) -> dict[str, Any]:
    record = dict(feature.get("properties") or {})
    return {"id": feature["id"], **record} if "id" in feature else record


def is_hidden(name: str) -> bool:
    """Return whether a member of a ZIP file is one of those that macOS adds.

    >>> is_hidden("__MACOSX/._jalan.shp"), is_hidden("peta/jalan.shp")
    (True, False)
    """
    return name.startswith("__MACOSX") or name.rsplit("/", 1)[-1].startswith(".")


def may_matter(cells: Mapping[str, None]) -> bool:
    """Return whether a layer with these columns may hold roads, or objects on their nodes.

    >>> may_matter({"highway": None}), may_matter({"luas_ha": None})
    (True, False)
    """
    return has_classes(cells) or bool(ON_NODES & {name.casefold() for name in cells})


def layer_of(opened: Opened, frame: gpd.GeoDataFrame, reading: RoadReading) -> Layer:
    """Return a table as a layer in degrees.

    Raises
    ------
    SourceError
        When its places are metres and its coordinate system is not said, or of another datum.
    """
    degrees = to_degrees(opened, frame)
    bounds = degrees.total_bounds
    if frame.crs is None:
        if np.isfinite(bounds).all() and np.abs(bounds).max() > LARGEST_DEGREE:
            raise opened.error("BG-226")
        reading.doubt([Problem("BG-226", opened.name)])
    columns = [name for name in degrees.columns if name != degrees.geometry.name]
    cells = {str(name): degrees[name].tolist() for name in columns}
    return Layer(cells, np.asarray(degrees.geometry, dtype=object))


def add_layers(opened: Opened, layers: Sequence[Layer], reading: RoadReading) -> None:
    """Hand over the streets of all layers, then the objects on their nodes.

    Raises
    ------
    DataError
        When no layer has a column with the classes of roads.
    """
    reading.keys, reading.holds_nodes, reading.holds_turns = set(), False, False
    number: dict[Place, int] = {}
    roads = [layer for layer in layers if has_classes(layer.cells) and _has_lines(layer.shapes)]
    if not roads:
        raise DataError(Problem("BG-201", opened.name, column="highway",
                                values={"column": "highway"}))  # fmt: skip
    for layer in roads:
        tags = tags_of_rows(layer.cells, reading)
        if {"u", "v"} <= set(layer.cells):
            add_streets(reading, _edges(layer, tags, number))
            continue
        for way_id, tag, shape in zip(_ids(layer.cells), tags, layer.shapes, strict=True):
            for line in _lines(shape):
                reading.add_way(way_id, tag, _nodes(line, number), may_repeat=True)
    _add_points(layers, reading, number)


def _has_lines(shapes: NDArray[np.object_]) -> bool:
    return any(shape is not None and shape.geom_type in LINES for shape in shapes)


def _lines(shape: Any) -> Iterator[list[Place]]:
    """Yield the places of each line of a shape; other shapes have none."""
    import shapely  # noqa: PLC0415

    if shape is None or shape.geom_type not in LINES:
        return
    for part in shapely.get_parts(shape):
        xy = np.round(shapely.get_coordinates(part), DIGITS).tolist()
        yield [(lon, lat) for lon, lat in xy]


def _nodes(line: Sequence[Place], number: dict[Place, int]) -> list[tuple[int, float, float]]:
    return [(number.setdefault(place, len(number)), *place) for place in line]


def _edges(
    layer: Layer, tags: Sequence[dict[str, str]], number: dict[Place, int]
) -> Iterator[Edge]:
    """Yield the edges of a layer saved by OSMnx; nodes are known by their places."""
    names = [name for name in ("reversed", "osmid") if name in layer.cells]
    for row, shape in enumerate(layer.shapes):
        attributes: dict[str, Any] = {name: layer.cells[name][row] for name in names}
        attributes["osmid"] = _whole(attributes.get("osmid"), row)
        for line in _lines(shape):
            ends = _nodes([line[0], line[-1]], number)
            yield edge_of((ends[0][0], ends[1][0]), tuple(line), tags[row], attributes)


def _ids(cells: Mapping[str, Sequence[Any]]) -> list[int]:
    """Return the id of each row: its OpenStreetMap id, else its number."""
    names = [name for name in IDS if name in cells]
    count = len(next(iter(cells.values()), ()))
    rows = ([cells[name][row] for name in names] for row in range(count))
    return [
        next((whole for value in values if (whole := _whole(value, 0))), row)
        for row, values in enumerate(rows, start=1)
    ]


def _whole(value: Any, other: int) -> int:
    """Return the number in a cell such as `7`, `7.0`, `"way/7"` or `"[7, 9]"`, the least of many.

    >>> _whole("way/12", 0), _whole("[9, 7]", 0), _whole(None, 3)
    (12, 7, 3)
    """
    texts = [
        str(v).rsplit("/", 1)[-1].removesuffix(".0") for v in listed(value) if not is_absent(v)
    ]
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal()]
    return min((n for n in numbers if n < 2**62), default=other)


def _add_points(layers: Sequence[Layer], reading: RoadReading, number: Mapping[Place, int]) -> None:
    """Hand over the points that stand on a node of a road; others are counted."""
    for layer in layers:
        is_point = [shape is not None and shape.geom_type == "Point" for shape in layer.shapes]
        rows = [row for row, found in enumerate(is_point) if found]
        named = set(columns_by_key(layer.cells)[0]) | {name.casefold() for name in layer.cells}
        if not rows or not ON_NODES & named:
            continue
        reading.holds_nodes = True
        keys = reading.keys
        tags = tags_of_rows(layer.cells, reading)
        reading.keys = keys
        for row in rows:
            place = tuple(np.round(layer.shapes[row].coords[0][:2], DIGITS).tolist())
            if not tags[row] or not (set(tags[row]) & {"barrier", *NODE_KEYS}):
                continue
            if place in number:
                reading.add_node(number[place], tags[row])
            else:
                reading.collector.dropped["barriers on no road"] += 1
