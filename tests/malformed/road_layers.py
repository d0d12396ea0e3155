"""Malformed road files of the formats that hold lines: GeoJSON, Shapefile, GeoPackage, GraphML."""

from __future__ import annotations

import io
import json
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pyogrio
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

# Inside the embedded study.
WEST, EAST, LAT = 112.52, 112.53, -7.87
LINE = [[WEST, LAT], [EAST, LAT]]
Row = tuple[str, str, bytes, str]


def road_layer_cases() -> Iterator[Row]:
    """Yield name, file name, bytes and the code each must end with."""
    yield from _geojson()
    yield from _zips()
    yield from _geopackages()
    yield from _graphs()


def _collection(properties: Any, coordinates: Any, kind: str = "LineString") -> bytes:
    geometry = None if kind == "null" else {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def _geojson() -> Iterator[Row]:
    road = {"highway": "residential"}
    rows: dict[str, tuple[bytes, str]] = {
        "no features": (b'{"type": "FeatureCollection", "features": []}', "BG-201"),
        "no list of features": (b'{"type": "FeatureCollection"}', "BG-110"),
        "a list": (b"[1, 2]", "BG-110"),
        "cut short": (_collection(road, LINE)[:-9], "BG-104"),
        "no column of classes": (_collection({"lebar": 3}, LINE), "BG-201"),
        "properties null": (_collection(None, LINE), "BG-201"),
        "no geometry": (_collection(road, LINE, "null"), "BG-201"),
        "a point": (_collection(road, [WEST, LAT], "Point"), "BG-201"),
        "a place of text": (_collection(road, [[WEST, "x"], LINE[1]]), "BG-207"),
        "one place": (_collection(road, LINE[:1]), "BG-207"),
        "a place beyond the pole": (_collection(road, [[WEST, -97], LINE[1]]), "BG-213"),
        "a class that is no road": (_collection({"highway": "proposed"}, LINE), "BG-213"),
        "a class that is a number": (_collection({"highway": 7}, LINE), "BG-213"),
        "a class that is a list": (_collection({"highway": ["path", {"a": 1}]}, LINE), "BG-247"),
        "a class that is an object": (_collection({"highway": {"a": 1}}, LINE), "BG-213"),
        "tags that are no tags": (_collection({**road, "other_tags": '"a'}, LINE), "BG-247"),
        "tags that are deep JSON": (
            _collection({**road, "other_tags": "{" + '"a":{' * 2000}, LINE), "BG-247"),
        "an endless list": (_collection({**road, "access": "[" * 9000}, LINE), "BG-247"),
        "an id beyond numbers": (_collection({**road, "osm_id": "9" * 400}, LINE), "BG-247"),
        "elsewhere": (_collection(road, [[2.35, 48.86], [2.36, 48.86]]), "BG-212"),
    }  # fmt: skip
    for name, (content, code) in rows.items():
        yield f"road lines: {name}", "j.geojson", content, code


def _shapefile(**columns: Any) -> dict[str, bytes]:
    frame = gpd.GeoDataFrame(
        {name: [value] for name, value in columns.items()},
        geometry=[shapely.LineString(LINE)], crs="EPSG:4326",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        pyogrio.write_dataframe(frame, Path(folder) / "jalan.shp", driver="ESRI Shapefile")
        return {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}


def _packed(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _zips() -> Iterator[Row]:
    good = _shapefile(highway="residential", oneway="B", fclass="residential")
    without = {name: {n: c for n, c in good.items() if not n.endswith(name)}
               for name in (".dbf", ".shx", ".shp")}  # fmt: skip
    rows = {
        "a whole Shapefile": (good, "BG-247"),
        "no .dbf": (without[".dbf"], "BG-229"),
        "no .shx": (without[".shx"], "BG-229"),
        "no .shp": (without[".shp"], "BG-259"),
        "a text only": ({"baca.txt": b"x"}, "BG-259"),
        "a .shp that is HTML": ({**good, "jalan.shp": b"<html></html>"}, "BG-103"),
        "no column of classes": (_shapefile(lebar=3), "BG-201"),
        "a kind that RBI does not have": (_shapefile(REMARK="Sungai"), "BG-201"),
        "a GeoPackage that is none": ({"a.gpkg": b"SQLite format 3\x00"}, "BG-119"),
        "an archive inside": ({"a.zip": _packed(good)}, "BG-116"),
        "a name that leads out": ({"../jalan.shp": good["jalan.shp"]}, "BG-116"),
    }
    for name, (members, code) in rows.items():
        yield f"road shapefile: {name}", "j.zip", _packed(members), code


def _geopackage(frame: gpd.GeoDataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        pyogrio.write_dataframe(frame, path, layer="edges", driver="GPKG")
        return path.read_bytes()


def _geopackages() -> Iterator[Row]:
    def frame(**columns: Any) -> gpd.GeoDataFrame:
        cells = {name: [value] for name, value in columns.items()}
        return gpd.GeoDataFrame(cells, geometry=[shapely.LineString(LINE)], crs="EPSG:4326")

    points = gpd.GeoDataFrame(
        {"highway": ["crossing"]}, geometry=[shapely.Point(LINE[0])], crs="EPSG:4326"
    )
    rows = {
        "no column of classes": (frame(lebar=3), "BG-201"),
        "points only": (points, "BG-201"),
        "edges without ids": (frame(highway="path", u=1, v=2), "BG-247"),
        "edges with ids of text": (frame(highway="path", u="a", v="b", osmid="x"), "BG-247"),
        "edges with a list that is none": (frame(highway="path", u=1, v=2, osmid="[1, "), "BG-247"),
        "one-way of an odd text": (frame(highway="path", oneway="mungkin"), "BG-247"),
    }
    for name, (layer, code) in rows.items():
        yield f"road geopackage: {name}", "j.gpkg", _geopackage(layer), code


def _graphs() -> Iterator[Row]:
    def graph(crs: str, edge: str, node: str = "") -> bytes:
        places = "".join(
            f'<node id="{n}"><data key="x">{lon}</data><data key="y">{LAT}</data>{node}</node>'
            for n, lon in ((1, WEST), (2, EAST))
        )
        names = "".join(f'<key id="{k}" for="{kind}" attr.name="{k}" attr.type="string"/>'
                        for kind, keys in (("node", "x y"), ("graph", "crs"),
                                           ("edge", "highway oneway geometry osmid reversed"))
                        for k in keys.split())  # fmt: skip
        return (
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
            f'{names}<graph edgedefault="directed"><data key="crs">{crs}</data>{places}'
            f'<edge source="1" target="2">{edge}</edge></graph></graphml>'
        ).encode()

    road = '<data key="highway">path</data>'
    rows = {
        "no attributes but the class": (graph("epsg:4326", road), "BG-247"),
        "no class": (graph("epsg:4326", '<data key="oneway">True</data>'), "BG-213"),
        "in metres": (graph("epsg:32749", road), "BG-115"),
        "a line that is none": (
            graph("epsg:4326", road + '<data key="geometry">LINE(</data>'), "BG-109"),
        "an id of letters": (graph("epsg:4326", road + '<data key="osmid">x</data>'), "BG-109"),
        "a list that is none": (graph("epsg:4326", road + '<data key="osmid">[1</data>'), "BG-109"),
        "reversed of an odd text": (
            graph("epsg:4326", road + '<data key="reversed">[True, ?]</data>'), "BG-247"),
    }  # fmt: skip
    for name, (content, code) in rows.items():
        yield f"road graph: {name}", "j.graphml", content, code
