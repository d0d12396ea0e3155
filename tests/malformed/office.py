"""Malformed inputs that only `import` takes: map files of offices, dumps, sheets; made in code.

As in `cases`, with the code that import must end with; `""` where it must be read.
"""

from __future__ import annotations

import copy
import io
import json
import sqlite3
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.malformed.cases import BOMB, Case, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

BOX = [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.8], [112.5, -7.9]]
PUSTU = {"type": "Feature", "properties": {"nama": "Pustu X", "jenis": "Pustu"},
         "geometry": {"type": "Point", "coordinates": [112.54, -7.88]}}  # fmt: skip
VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>"
)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
MARK = (
    "<Placemark><name>Pustu X</name><ExtendedData><Data name='jenis'><value>Pustu</value></Data>"
    "</ExtendedData>{}</Placemark>"
)
HEADER = ["Nama Faskes", "Jenis", "Bujur", "Lintang"]
RINGS = json.dumps([[y, x] for x, y in BOX])


def office_cases() -> list[Case]:
    """Return all cases."""
    return [
        *features(), *systems(), *placemarks(), *dumps(), *packed(), *packages(), *workbooks(),
        *other_formats(), *geodatabases(), *age_tables(),
    ]  # fmt: skip


def features() -> Iterator[Case]:
    """Features of a GeoJSON file that are none, or of no place."""
    geometries: dict[str, tuple[Any, str]] = {
        "coordinates that are texts": ({"type": "Point", "coordinates": ["112.5", "-7.8"]}, "207"),
        "one coordinate": ({"type": "Point", "coordinates": [112.5]}, "207"),
        "null coordinates": ({"type": "Point", "coordinates": [None, None]}, "207"),
        "no coordinates": ({"type": "Point"}, "207"),
        "empty coordinates": ({"type": "Point", "coordinates": []}, "257"),
        "an object as coordinates": ({"type": "Point", "coordinates": {"x": 112.5}}, "207"),
        "coordinates in a list": ({"type": "Point", "coordinates": [[112.5, -7.8]]}, "207"),
        "huge coordinates": ({"type": "Point", "coordinates": [1e300, -7.8]}, "209"),
        "coordinates of 400 digits": ({"type": "Point", "coordinates": [10**400, 1]}, "207"),
        "a text as geometry": ("POINT(112.5 -7.8)", "207"),
        "a list as geometry": ([112.5, -7.8], "207"),
        "a type in lower case": ({"type": "point", "coordinates": [112.5, -7.8]}, "217"),
        "a curve": ({"type": "CircularString", "coordinates": BOX}, "217"),
        "no type": ({"coordinates": [112.5, -7.8]}, "217"),
        "an empty polygon": ({"type": "Polygon", "coordinates": []}, "257"),
        "a ring of two": ({"type": "Polygon", "coordinates": [BOX[:2]]}, "207"),
        "a polygon of points": ({"type": "Polygon", "coordinates": BOX}, "207"),
        "a line of one point": ({"type": "LineString", "coordinates": BOX[:1]}, "207"),
        "an empty collection": ({"type": "GeometryCollection", "geometries": []}, "257"),
        "a collection of null": ({"type": "GeometryCollection", "geometries": [None]}, "207"),
        "a lost minus sign": ({"type": "Point", "coordinates": [112.54, 7.88]}, "237"),
        "microdegrees": ({"type": "Point", "coordinates": [112540000, -7880000]}, "209"),
        "null island": ({"type": "Point", "coordinates": [0, 0]}, "253"),
        "metres of another zone": ({"type": "Point", "coordinates": [339_000, 9_129_000]}, "488"),
        "metres of the zone": ({"type": "Point", "coordinates": [669_955, 9_128_950]}, "274"),
        "latitude first": ({"type": "Point", "coordinates": [-7.88, 112.54]}, "255"),
        "a line through the city": ({"type": "LineString", "coordinates": BOX[:2]}, ""),
        "a bow-tie": ({"type": "Polygon", "coordinates": [[BOX[0], BOX[2], BOX[1], BOX[3]]]}, ""),
    }  # fmt: skip
    for name, (geometry, code) in geometries.items():
        yield _collection(f"{name}, facilities", {**PUSTU, "geometry": geometry}, code)
    members: dict[str, tuple[Any, str]] = {
        "properties that are a list": ({**PUSTU, "properties": [1]}, "110"),
        "properties that are a text": ({**PUSTU, "properties": "x"}, "110"),
        "properties that are a number": ({**PUSTU, "properties": 5}, "110"),
        "null for a feature": (None, "110"),
        "a list for a feature": ([1], "110"),
        "a feature of another type": ({**PUSTU, "type": "Ferature"}, "110"),
        "a list as name": (_named(nama=["Pustu"]), "242"),
        "an object as kind": (_named(jenis={"a": 1}), "205"),
        "nothing but a geometry": ({**PUSTU, "properties": None}, "250"),
        "a village nobody knows": (_named(desa="Bejo"), "252"),
    }  # fmt: skip
    for name, (member, code) in members.items():
        yield _collection(f"{name}, facilities", member, code)
    documents: dict[str, tuple[Any, str]] = {
        "no feature": ({"type": "FeatureCollection", "features": []}, "214"),
        "elements of null": ({"elements": [None]}, "109"),
        "elements without numbers": (
            {"elements": [{"type": "node", "id": 1, "lon": "x", "lat": {}, "tags": {"name": "a"}}]},
            "207",
        ),
        "tags that are a list": (
            {"elements": [{"type": "node", "id": 1, "lon": 1, "lat": 1, "tags": ["a"]}]}, "109",
        ),
    }  # fmt: skip
    for name, (document, code) in documents.items():
        yield Case(f"{name}, facilities", "facilities", "f.json", _json(document), f"BG-{code}")


def _named(**values: Any) -> dict[str, Any]:
    return {**PUSTU, "properties": {**PUSTU["properties"], **values}}


def _collection(name: str, member: Any, code: str, **more: Any) -> Case:
    document = {"type": "FeatureCollection", "features": [copy.deepcopy(member)], **more}
    return Case(name, "facilities", "f.geojson", _json(document), f"BG-{code}" if code else "")


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def systems() -> Iterator[Case]:
    """Files that name a system of coordinates."""
    for name, crs, code in (
        ("a system of no meaning", "local", "254"),
        ("a system nobody knows", "EPSG:999999", "254"),
        ("a system of another datum", "urn:ogc:def:crs:EPSG::4211", "254"),
        ("a system that is a path", "/etc/passwd", "254"),
        ("a system of PROJ", "+init=/etc/passwd:root", "254"),
        ("a system that is no text", 32749, "254"),
        ("a system that is true", True, "254"),
    ):  # fmt: skip
        crs_member = {"type": "name", "properties": {"name": crs}}
        yield _collection(name, PUSTU, code, crs=crs_member)
    yield _collection("a system that is a list", PUSTU, "109", crs=[1])
    metres = {**PUSTU, "geometry": {"type": "Point", "coordinates": [1e8, -1e8]}}
    utm = {"type": "name", "properties": {"name": "EPSG:32749"}}
    yield _collection("metres beyond the projection", metres, "207", crs=utm)
    degrees = {"type": "name", "properties": {"name": "EPSG:32749"}}
    yield _collection("degrees called metres", PUSTU, "2", crs=degrees)


def placemarks() -> Iterator[Case]:
    """KML and KMZ files."""
    point = "<Point><coordinates>{}</coordinates></Point>"
    ring = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
    marks = {
        "letters for numbers": (point.format("112.5,x"), "207"),
        "empty coordinates": (point.format(""), "257"),
        "one number": (point.format("112.5"), "207"),
        "four numbers": (point.format("112,5,-7,8"), "207"),
        "infinite numbers": (point.format("inf,nan"), "207"),
        "underscores": (point.format("11_2.5,-7.8"), "207"),
        "a polygon without a ring": ("<Polygon/>", "257"),
        "a ring of one place": (f"<Polygon>{ring.format('112.5,-7.9')}</Polygon>", "207"),
        "an empty line": ("<LineString/>", "257"),
        "nothing in several": ("<MultiGeometry/>", "257"),
        "a blank behind the comma": (point.format("112.54, -7.88, 0"), ""),
    }  # fmt: skip
    for name, (mark, code) in marks.items():
        content = KML.format(MARK.format(mark)).encode()
        yield Case(f"KML: {name}", "facilities", "f.kml", content, f"BG-{code}" if code else "")
    link = "<NetworkLink><Link><href>/etc/passwd</href></Link></NetworkLink>"
    texts = {
        "a link": (KML.format(link), "BG-214"),
        "nothing": (KML.format(""), "BG-214"),
        "a DTD": (f"<!DOCTYPE kml [{BOMB}]><kml>&a9;</kml>", "BG-103"),
        "cut off": (KML.format(MARK.format(point.format("112.5,-7.9")))[:-20], "BG-117"),
        "deep": (KML.format("<Folder>" * 5000), "BG-117"),
        "a VRT": (VRT.decode(), "BG-103"),
    }
    for name, (text, code) in texts.items():
        yield Case(f"KML: {name}", "facilities", "f.kml", text.encode(), code)
        content = zipped({"doc.kml": text.encode()})
        yield Case(
            f"KMZ: {name}", "facilities", "f.kmz", content, "BG-1" if code != "BG-214" else code
        )
    yield Case("KMZ: no KML", "facilities", "f.kmz", zipped({"doc.png": b"x"}), "BG-259")


def dumps() -> Iterator[Case]:
    """Return dumps of an SQL table."""
    start = "INSERT INTO w (kode, nama, path) VALUES "
    texts = {
        "no insert": ("SELECT 1;", "BG-260"),
        "no columns": ("INSERT INTO w VALUES (1, 2)", "BG-260"),
        "a value too many": (f"{start}('1', 'a', '[[1,2]]', 3)", "BG-260"),
        "an open text": (f"{start}('1', 'a", "BG-260"),
        "an open row": (f"{start}('1', 'a', '[[1,2]]'", "BG-260"),
        "a call": (f"{start}('1', LOAD_FILE('/etc/passwd'), '[[1,2]]')", "BG-260"),
        "no outline": (f"{start}('1', 'a', 'b')", "BG-260"),
        "two outlines": (f"{start}('1', '[[1,2]]', '[[1,2]]')", "BG-260"),
        "an outline cut off": (f"{start}('1', 'a', '[[1,2')", "BG-104"),
        "an outline of nulls": (f"{start}('1', 'a', '[[null,null],[1,2],[3,4]]')", "BG-207"),
        "an outline of texts": (f"{start}('1', 'a', '[[\"x\",1],[1,2],[3,4]]')", "BG-207"),
        "an outline too deep": (f"{start}('1', 'a', '{'[' * 9}1{']' * 9}')", "BG-260"),
        "an outline of one place": (f"{start}('1', 'a', '[[-7.9,112.5]]')", "BG-207"),
        "a code nobody knows": (f"{start}('99.99.99.1999', 'Bejo', '{RINGS}')", "BG-488"),
        "160 000 blank lines": ("\n" * 160_000 + "x", "BG-260"),
        "100 000 comments without an end": ("/* " * 100_000, "BG-260"),
    }  # fmt: skip
    for name, (text, code) in texts.items():
        yield Case(f"SQL: {name}", "villages", "w.sql", text.encode(), code)
    yield Case("SQL: NUL", "villages", "w.sql", b"INSERT\x00", "BG-103")


@cache
def written(kind: str) -> dict[str, bytes]:
    """Return the files of a sound layer of one facility, as GDAL writes it."""
    import geopandas as gpd
    import shapely

    columns = {"Nama": ["Pustu X"], "Jenis": ["Pustu"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(112.54, -7.88)], crs=4326)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(action="ignore"):
        frame.to_file(Path(name) / f"f.{kind}")
        return {path.name: path.read_bytes() for path in Path(name).iterdir()}


def packed() -> Iterator[Case]:
    """ZIP files with a map in them, or something else under its name."""
    sound = written("shp")

    def parts(**changed: bytes | None) -> bytes:
        files = {name: changed.get(name[2:], content) for name, content in sound.items()}
        return zipped({name: content for name, content in files.items() if content is not None})

    point = _json({"type": "FeatureCollection", "features": [PUSTU]})
    files = {
        "a VRT as a GeoPackage": (zipped({"faskes.gpkg": VRT}), "BG-103"),
        "a VRT as a Shapefile": (zipped({"a.shp": VRT, "a.shx": VRT, "a.dbf": VRT}), "BG-103"),
        "a VRT as GeoJSON": (zipped({"a.geojson": VRT}), "BG-103"),
        "a VRT as the index": (parts(shx=VRT), "BG-103"),
        "a VRT as the table": (parts(dbf=VRT), "BG-103"),
        "a VRT as the projection": (parts(prj=VRT), "BG-103"),
        "a Shapefile without its table": (parts(dbf=None), "BG-229"),
        "a Shapefile without its index": (parts(shx=None), "BG-229"),
        "a Shapefile cut off": (parts(shp=sound["f.shp"][:60]), "BG-1"),
        "a table cut off": (parts(dbf=sound["f.dbf"][:20]), "BG-250"),
        "a projection of no meaning": (parts(prj=b"local"), ""),
        "an unknown code page": (parts(cpg=b"KLINGON"), ""),
        "no projection": (parts(prj=None), "BG-226"),
        "two maps": (zipped({"a.geojson": point, "b.geojson": point}), "BG-259"),
        "no map": (zipped({"a.txt": b"x"}), "BG-259"),
        "nothing": (zipped({}), "BG-259"),
        "an empty map": (zipped({"a.geojson": b""}), "BG-104"),
        "a map in a folder": (zipped({"x/y/a.geojson": point}), ""),
    }  # fmt: skip
    for name, (content, code) in files.items():
        yield Case(f"ZIP: {name}", "facilities", "f.zip", content, code)


def packages() -> Iterator[Case]:
    """GeoPackages that were changed by hand."""
    sound = next(iter(written("gpkg").values()))

    def changed(*statements: str) -> bytes:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "f.gpkg"
            path.write_bytes(sound)
            database = sqlite3.connect(path)
            for statement in ("PRAGMA writable_schema = 1", *statements):
                database.execute(statement).fetchall()
            database.commit()
            database.close()
            return path.read_bytes()

    hidden = "'CREATE/**/VIRTUAL TABLE x USING VirtualOGR(''/etc/passwd'')'"
    nothing = "DELETE FROM gpkg_contents"
    files = {
        "a hidden virtual table": (
            changed(f"INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, {hidden})"), "BG-103",
        ),
        "no layer": (changed(nothing, "DELETE FROM gpkg_geometry_columns", "DROP TABLE f"), "BG-1"),
        "a table that is gone": (changed("DELETE FROM sqlite_master WHERE name = 'f'"), "BG-"),
        "blobs that are no geometry": (
            changed("DROP TRIGGER rtree_f_geom_update6", "DROP TRIGGER rtree_f_geom_update7",
                    "DROP TRIGGER rtree_f_geom_update2", "DROP TRIGGER rtree_f_geom_update4",
                    "DROP TRIGGER rtree_f_geom_update5", "UPDATE f SET geom = x'00ff'"), "BG-",
        ),
        "closed by QGIS": (changed("PRAGMA journal_mode = wal"), ""),
        "cut off": (sound[:30_000], "BG-1"),
    }  # fmt: skip
    for name, (content, code) in files.items():
        yield Case(f"GeoPackage: {name}", "facilities", "f.gpkg", content, code)


def book(*rows: list[Any]) -> bytes:
    """Return a workbook of one sheet."""
    import openpyxl

    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@cache
def sound_workbook() -> bytes:
    """Return a workbook of one facility."""
    return book(HEADER, ["Pustu X", "Pustu", 112.54, -7.88])


def workbooks() -> Iterator[Case]:
    """Workbooks that were changed by hand, and sheets without a table."""
    sound = sound_workbook()

    def repacked(old: str, new: str, member: str = "xl/worksheets/sheet1.xml") -> bytes:
        with zipfile.ZipFile(io.BytesIO(sound)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        assert old.encode() in members[member]
        members[member] = members[member].replace(old.encode(), new.encode(), 1)
        return zipped(members)

    files = {
        "a DTD": (repacked("<worksheet", f"<!DOCTYPE x [{BOMB}]><worksheet"), "BG-117"),
        "a cell of no type": (repacked('t="n"', 't="klingon"'), ""),
        "a cell of no place": (repacked('r="A2"', 'r="ÄÄ"'), "BG-"),
        "a text that is not there": (repacked('t="n"><v>', 't="s"><v>999'), "BG-1"),
        "cut off": (repacked("</row></sheetData>", ""), "BG-1"),
        "no rows": (book(HEADER), "BG-214"),
        "no header": (book(["a", "b"], ["c", "d"]), "BG-259"),
        "nothing": (book(), "BG-259"),
        "the mark of a workbook alone": (zipped({"xl/workbook.xml": b"<x/>"}), "BG-1"),
        "errors for values": (book(HEADER, ["#REF!", "Pustu", "#N/A", "#DIV/0!"]), "BG-2"),
        "an enormous number": (book(HEADER, ["Pustu X", "Pustu", 1e300, -1e300]), "BG-2"),
    }  # fmt: skip
    for name, (content, code) in files.items():
        yield Case(f"XLSX: {name}", "facilities", "f.xlsx", content, code)


def other_formats() -> Iterator[Case]:
    """Damaged files of the formats that LibreOffice, GDAL and receivers write beside the usual."""
    books = Path(__file__).parents[1] / "office_files"
    xls, ods = ((books / f"fasilitas.{kind}").read_bytes() for kind in ("xls", "ods"))
    with zipfile.ZipFile(io.BytesIO(ods)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    dtd = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    bare = {name: part for name, part in parts.items() if name != "content.xml"}
    point = '<gpx version="1.1"><wpt lat="{}" lon="{}"><name>P</name><type>Pustu</type></wpt></gpx>'
    files = {
        "XLS: cut off": ("f.xls", xls[: len(xls) // 2], "BG-1"),
        "XLS: a head alone": ("f.xls", xls[:512], "BG-1"),
        "XLS: a CSV file of that name": ("f.xls", b"Nama,Jenis\nA,Pustu\n", "BG-103"),
        "ODS: without its content": ("f.ods", zipped(bare), "BG-109"),
        "ODS: content with a DTD": (
            "f.ods", zipped({**parts, "content.xml": dtd + parts["content.xml"]}), "BG-1"),
        "ODS: content cut off": (
            "f.ods", zipped({**parts, "content.xml": parts["content.xml"][:-80]}), "BG-1"),
        "ODS: repeated more often than a number": (
            "f.ods", zipped({**parts, "content.xml": parts["content.xml"].replace(
                b'number-columns-repeated="7"', b'number-columns-repeated="x"')}), "BG-109"),
        "GPX: a DTD": ("f.gpx", dtd + point.format(-7.9, 112.5).encode(), "BG-103"),
        "GPX: a place in words": ("f.gpx", point.format("selatan", 112.5).encode(), "BG-2"),
        "GPX: no waypoint": ("f.gpx", b'<gpx version="1.1"><trk/></gpx>', "BG-214"),
        "FlatGeobuf: a head alone": ("f.fgb", b"fgb\x03fgb\x00" + bytes(20), "BG-1"),
    }  # fmt: skip
    for name, (file, content, code) in files.items():
        yield Case(name, "facilities", file, content, code)


def geodatabases() -> Iterator[Case]:
    """Geodatabases with parts that are gone, cut off or of another kind."""
    sound = _geodatabase()

    def parts(part: str, content: bytes | None) -> bytes:
        files = {n: content if n.endswith(part) else c for n, c in sound.items()}
        return zipped({f"f.gdb/{n}": c for n, c in files.items() if c is not None})

    twice = {f"{folder}.gdb/{n}": c for folder in "ab" for n, c in sound.items()}
    files = {
        "sound": (parts("nothing", b""), ""),
        "without its catalogue": (parts("a00000001.gdbtable", None), "BG-1"),
        "a VRT as its catalogue": (parts("a00000001.gdbtable", VRT), "BG-1"),
        "every table cut off": (parts(".gdbtable", b"\x03\0\0\0"), "BG-1"),
        "every index cut off": (parts(".gdbtablx", b"\x03"), "BG-"),
        "two of them": (zipped(twice), "BG-259"),
    }
    for name, (content, code) in files.items():
        yield Case(f"GDB: {name}", "facilities", "f.zip", content, code)


@cache
def _geodatabase() -> dict[str, bytes]:
    import geopandas as gpd
    import shapely

    columns = {"Nama": ["Pustu X"], "Jenis": ["Pustu"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(112.54, -7.88)], crs=4326)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(action="ignore"):
        folder = Path(name) / "f.gdb"
        frame.to_file(folder, driver="OpenFileGDB")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def age_tables() -> Iterator[Case]:
    """People by age whose groups cannot be added up."""
    row = "35.79.01.1001,Temas"
    for name, head, cells in (
        ("a gap", "0-4,10-14,75+", "1,2,3"),
        ("an overlap", "0-14,10-74,75+", "1,2,3"),
        ("one sex", "0-4 L,5-74 L,75+ L", "1,2,3"),
        ("no oldest", "0-4,5-9,10-14", "1,2,3"),
    ):
        text = f"kode,desa,{head}\n{row},{cells}\n".encode()
        yield Case(f"ages: {name}", "population", "u.csv", text, "BG-628")
