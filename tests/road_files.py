"""One drawn town as the programs that people use would write it: eight files of seven formats.

A spine of eight streets runs east, seven streets leave it to the south; each has rules of its
own. OpenStreetMap XML is written by hand; osmnx, pyosmium and GDAL write the rest from it.
"""

from __future__ import annotations

import json
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import osmium
import pyogrio
import pyproj
import shapely

from batu_geo.sources.roads.tag_keys import known_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

CORNER = (668_000.0, 9_130_000.0)
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:32749", "EPSG:4326", always_xy=True)
STEP_M = 400.0
SPINE: tuple[dict[str, str], ...] = (
    {"highway": "residential", "name": "Jalan Satu"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "residential", "oneway": "-1"},
    {"highway": "tertiary", "oneway": "yes", "oneway:motorcycle": "no"},
    {"highway": "residential", "motor_vehicle": "no"},
    {"highway": "service", "access": "private"},
    {"highway": "residential", "maxspeed": "30", "oneway": "no"},
    {"highway": "secondary", "maxspeed": "50", "surface": "asphalt"},
)
RUNGS: tuple[dict[str, str], ...] = (
    {"highway": "footway", "motorcycle": "yes"},
    {"highway": "path", "surface": "mud"},
    {"highway": "residential", "bridge": "yes", "layer": "1"},
    {"highway": "residential", "foot": "no"},
    {"highway": "residential", "motorcar": "no"},
    {"highway": "track", "tracktype": "grade4", "smoothness": "bad"},
    {"highway": "residential", "vehicle": "no", "motorcycle": "yes"},
)
Way = tuple[list[int], dict[str, str]]


@dataclass(frozen=True)
class Drawn:
    """Nodes by id with place and tags, ways by id, and turn restrictions."""

    nodes: dict[int, tuple[float, float, dict[str, str]]]
    ways: dict[int, Way]
    turns: tuple[tuple[int, int, int, str], ...] = ()


def town(*, bollard: bool = False, turn: bool = False) -> Drawn:
    """Return the town, with a bollard on its first street and a turn that is forbidden."""
    nodes: dict[int, tuple[float, float, dict[str, str]]] = {}

    def node(number: int, east: float, north: float, **tags: str) -> int:
        lon, lat = TO_DEGREES.transform(CORNER[0] + STEP_M * east, CORNER[1] + STEP_M * north)
        nodes[number] = (round(lon, 7), round(lat, 7), tags)
        return number

    ways: dict[int, Way] = {}
    for i, tags in enumerate(SPINE):
        ends = [node(100 + i, i, 0), node(200 + i, i + 0.5, 0.1), node(101 + i, i + 1, 0)]
        ways[1000 + i] = (ends, tags)
    for i, tags in enumerate(RUNGS, start=1):
        ways[2000 + i] = ([100 + i, node(300 + i, i + 0.2, -0.5), node(400 + i, i, -1)], tags)
    if bollard:
        node(200, 0.5, 0.1, barrier="bollard")
    turns = ((1000, 101, 1001, "no_straight_on"),) if turn else ()
    return Drawn(nodes, ways, turns)


def with_keys(drawn: Drawn, keys: Iterable[str] | None) -> Drawn:
    """Return the same town with only some keys on its ways; all where None."""
    if keys is None:
        return drawn
    kept = set(keys)
    ways = {
        n: (nodes, {k: v for k, v in tags.items() if k in kept})
        for n, (nodes, tags) in drawn.ways.items()
    }
    return Drawn(drawn.nodes, ways, drawn.turns)


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def write_xml(folder: Path, drawn: Drawn) -> Path:
    """Write OpenStreetMap XML."""
    parts = ['<?xml version="1.0"?><osm version="0.6">']
    for number, (lon, lat, tags) in sorted(drawn.nodes.items()):
        parts.append(f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>')
    for number, (nodes, tags) in drawn.ways.items():
        refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
        parts.append(f'<way id="{number}">{refs}{_tags(tags)}</way>')
    for number, (start, via, end, rule) in enumerate(drawn.turns, start=1):
        members = "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>'
            for kind, ref, role in (
                ("way", start, "from"), ("node", via, "via"), ("way", end, "to"),
            )
        )  # fmt: skip
        rules = _tags({"type": "restriction", "restriction": rule})
        parts.append(f'<relation id="{number}">{members}{rules}</relation>')
    path = folder / "town.osm"
    path.write_text("".join([*parts, "</osm>"]), encoding="utf-8")
    return path


def write_pbf(folder: Path, drawn: Drawn) -> Path:
    """Write a binary extract with pyosmium."""
    path = folder / "town.osm.pbf"
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for item in osmium.FileProcessor(str(write_xml(folder, drawn))):
            writer.add(item)
    return path


def write_overpass(folder: Path, drawn: Drawn) -> Path:
    """Write the answer of Overpass to `out body; >; out skel`, with tags of nodes."""
    elements: list[dict[str, Any]] = []
    for number, (lon, lat, tags) in sorted(drawn.nodes.items()):
        elements.append({"type": "node", "id": number, "lat": lat, "lon": lon}
                        | ({"tags": tags} if tags else {}))  # fmt: skip
    for number, (nodes, tags) in drawn.ways.items():
        elements.append({"type": "way", "id": number, "nodes": nodes, "tags": tags})
    for number, (start, via, end, rule) in enumerate(drawn.turns, start=1):
        members = [{"type": "way", "ref": start, "role": "from"},
                   {"type": "node", "ref": via, "role": "via"},
                   {"type": "way", "ref": end, "role": "to"}]  # fmt: skip
        elements.append({"type": "relation", "id": number, "members": members,
                         "tags": {"type": "restriction", "restriction": rule}})  # fmt: skip
    path = folder / "town.json"
    path.write_text(json.dumps({"version": 0.6, "elements": elements}))
    return path


def osmnx_graph(folder: Path, drawn: Drawn, *, simplify: bool = True) -> Any:
    """Return the graph that osmnx makes of the town, with every key that has to do with rules."""
    import osmnx

    before = osmnx.settings.useful_tags_way, osmnx.settings.useful_tags_node
    osmnx.settings.useful_tags_way = sorted(known_keys())
    osmnx.settings.useful_tags_node = ["highway", "ref", "barrier", "access"]
    try:
        return osmnx.graph_from_xml(write_xml(folder, drawn), simplify=simplify, retain_all=True)
    finally:
        osmnx.settings.useful_tags_way, osmnx.settings.useful_tags_node = before


def write_graphml(folder: Path, drawn: Drawn) -> Path:
    """Write the graph of osmnx as GraphML."""
    import osmnx

    path = folder / "town.graphml"
    osmnx.save_graphml(osmnx_graph(folder, drawn), path)
    return path


def write_osmnx_geopackage(folder: Path, drawn: Drawn) -> Path:
    """Write the graph of osmnx as a GeoPackage with layers of nodes and edges."""
    import osmnx

    path = folder / "osmnx.gpkg"
    osmnx.save_graph_geopackage(osmnx_graph(folder, drawn), path, directed=True)
    return path


def gdal_layers(folder: Path, drawn: Drawn) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers that GDAL's OSM driver makes of the binary extract."""
    source = write_pbf(folder, drawn)
    names = ("points", "lines", "other_relations")
    return {name: pyogrio.read_dataframe(source, layer=name) for name in names}


def write_gdal_geopackage(folder: Path, drawn: Drawn) -> Path:
    """Write the layers of GDAL's OSM driver as they are: other keys are in `other_tags`."""
    path = folder / "gdal.gpkg"
    path.unlink(missing_ok=True)
    for name, frame in gdal_layers(folder, drawn).items():
        if len(frame):
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists())
    return path


def flat_lines(drawn: Drawn) -> gpd.GeoDataFrame:
    """Return the ways as a table with a column for each key."""
    keys = sorted({key for _, tags in drawn.ways.values() for key in tags})
    rows = [{"osm_id": str(n)} | {k: tags.get(k) for k in keys}
            for n, (_, tags) in drawn.ways.items()]  # fmt: skip
    lines = [shapely.LineString([drawn.nodes[n][:2] for n in nodes])
             for nodes, _ in drawn.ways.values()]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=lines, crs="EPSG:4326")


def zip_of(folder: Path, stem: str) -> Path:
    """Return a ZIP file with the parts of a Shapefile in the folder."""
    path = folder / f"{stem}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.glob(f"{stem}.*")):
            if part.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
                archive.write(part, part.name)
    return path


def write_shapes(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a Shapefile, whose names GDAL cuts to ten letters."""
    with warnings.catch_warnings(action="ignore"):
        pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile")


def write_shapefile(folder: Path, drawn: Drawn) -> Path:
    """Write a ZIP file with a Shapefile."""
    write_shapes(flat_lines(drawn), folder / "lines.shp")
    return zip_of(folder, "lines")


def write_geojson(folder: Path, drawn: Drawn) -> Path:
    """Write GeoJSON lines."""
    path = folder / "town.geojson"
    pyogrio.write_dataframe(flat_lines(drawn), path, driver="GeoJSON")
    return path


WRITERS: dict[str, Callable[[Path, Drawn], Path]] = {
    "OSM XML": write_xml,
    "OSM PBF": write_pbf,
    "Overpass JSON": write_overpass,
    "GraphML of osmnx": write_graphml,
    "GeoPackage of osmnx": write_osmnx_geopackage,
    "GeoPackage of GDAL": write_gdal_geopackage,
    "Shapefile": write_shapefile,
    "GeoJSON": write_geojson,
}
