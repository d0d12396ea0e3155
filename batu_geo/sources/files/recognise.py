"""Detect the format of a file from its content, independent of its name."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile

XML_ROOTS = {
    b"osm": "OSM XML",
    b"osmchange": "OSM change file",
    b"graphml": "GraphML",
    b"kml": "KML",
    b"html": "HTML",
    b"ogrvrtdatasource": "GDAL VRT",
    b"vrtdataset": "GDAL VRT",
    b"gdal_wms": "GDAL WMS",
    b"gpx": "GPX",
    b"featurecollection": "GML",
}
PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
ROOT = re.compile(rb"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
MAGIC = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\xd0\xcf\x11\xe0", "OLE"),
    (b"\x00\x01\x00\x00Standard Jet DB", "MDB"),
    (b"\x00\x01\x00\x00Standard ACE DB", "MDB"),
    (b"AC10", "DWG"),
    (b"AutoCAD Binary DXF", "DXF"),
    (b"!table", "MapInfo"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"PAR1", "Parquet"),
    (b"version https://git-lfs", "Git LFS"),
    (b"II*\x00", "GeoTIFF"),
    (b"MM\x00*", "GeoTIFF"),
    (b"II+\x00", "GeoTIFF"),
    (b"MM\x00+", "GeoTIFF"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"\x80\x04\x95", "Python pickle"),
    (b"\x80\x05\x95", "Python pickle"),
    (b"\x03", "dBASE"),
    (b"\x83", "dBASE"),
)
RTREE = re.compile(
    r"""create virtual table\s+["'\[`]?rtree_\w+["'\]`]?\s+using rtree\s*\(.*""",
    re.IGNORECASE | re.DOTALL,
)
# Bytes 18 and 19 of an SQLite header: write and read version, 2 with a write-ahead log.
JOURNAL = slice(18, 20)
# The stream of an OLE container by which it is recognised, in UTF-16 as its directory has it.
CONTAINED = (
    ("EncryptedPackage", "locked workbook"),
    ("WordDocument", "DOC"),
    ("PowerPoint Document", "PPT"),
    ("Workbook", "XLS"),
    ("Book", "XLS"),
)
DXF = re.compile(rb"\s*(?:999\s[^\r\n]*\r?\n\s*)*0\r?\n\s*SECTION")
MIF = re.compile(rb"version\s+\d+\s+charset", re.IGNORECASE)
DRAWINGS = ((DXF, "DXF"), (MIF, "MapInfo"))
ODF = "application/vnd.oasis.opendocument."
ODF_KINDS = {"spreadsheet": "ODS", "text": "ODT"}
# The member by which a ZIP file is recognised as another format.
PACKED_AS = (
    ("xl/workbook.xml", "XLSX"),
    ("word/document.xml", "DOCX"),
    ("ppt/presentation.xml", "PPTX"),
    ("xl/workbook.bin", "XLSB"),
)
LONGEST_KIND = 200
# What makes a ZIP file with a KML file in it one of several maps.
MAPS = (".shp", ".geojson", ".gpkg")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def detect_format(content: bytes) -> str | None:
    """Return the format of some bytes, or None where they may be any text.

    >>> detect_format(b"<!DOCTYPE html><html>...")
    'HTML'
    """
    for magic, name in MAGIC:
        if content.startswith(magic):
            return _packed_format(name, content)
    if b"OSMHeader" in content[:32]:
        return "OSM PBF"
    if content.startswith(UTF16_MARKS):
        return None
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _xml_format(start)
    if start.startswith(b"{"):
        return "JSON"
    drawn = next((kind for pattern, kind in DRAWINGS if pattern.match(start)), None)
    return "NUL" if drawn is None and b"\x00" in start else drawn


def _packed_format(name: str, content: bytes) -> str:
    """Return the format inside a ZIP file, a database or a container, any other as it is."""
    if name == "ZIP":
        return _zip_format(content)
    if name == "OLE":
        # An old file opened with this password is of another kind; which cannot be recognised.
        named = (kind for stream, kind in CONTAINED if stream.encode("utf-16-le") in content)
        return next(named, "OLE")
    return _sqlite_format(content) if name == "SQLite" else name


def _zip_format(content: bytes) -> str:
    """Return the format of a ZIP file from its directory; of its members only the kind is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            kind = ""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < LONGEST_KIND:
                kind = archive.read("mimetype").decode("ascii", "replace")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - zipfile raises many types for a broken directory
        return "ZIP"
    if kind.startswith(ODF):
        return ODF_KINDS.get(kind.removeprefix(ODF).strip(), "ODF")
    if any(".gdb/" in name.lower() or name.lower().endswith(".gdbtable") for name in names):
        return "GDB"
    is_kmz = not any(name.lower().endswith(MAPS) for name in names) and any(
        name.lower().endswith(".kml") for name in names
    )
    packed = (kind for member, kind in PACKED_AS if member in names)
    return next(packed, "KMZ" if is_kmz else "ZIP")


def _sqlite_format(content: bytes) -> str:
    """Return whether the bytes of a database are a GeoPackage without virtual tables."""
    # A database in write-ahead mode, as QGIS leaves it, cannot be read from memory.
    alone = bytearray(content)
    alone[JOURNAL] = b"\x01\x01"
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(alone)
        return format_of_database(content, database)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above
        return "damaged SQLite"
    finally:
        database.close()


def format_of_database(head: bytes, database: sqlite3.Connection) -> str:
    """Return whether a database is a GeoPackage without virtual tables.

    Virtual tables other than a spatial index could make GDAL open other files. A table is
    virtual if it has no pages of its own, however its statement is written.

    >>> format_of_database(b"SQLite format 3", sqlite3.connect(":memory:"))
    'SQLite'
    """
    if head[68:72] not in {b"GPKG", b"GP10", b"GP11"}:
        return "SQLite"
    try:
        virtual = database.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND coalesce(rootpage, 0) = 0"
        ).fetchall()
    except sqlite3.Error:
        return "damaged SQLite"
    odd = [sql for (sql,) in virtual if not RTREE.fullmatch(str(sql))]
    return "SQLite with virtual tables" if odd else "GeoPackage"


def _xml_format(start: bytes) -> str:
    while prologue := PROLOGUE.match(start):
        start = start[prologue.end() :]
    if start.lstrip().lower().startswith(b"<!doctype html"):
        return "HTML"
    if start.lstrip().startswith(b"<!"):
        return "XML with a DTD"
    root = ROOT.match(start)
    name = root[1].lower() if root else b""
    return XML_ROOTS.get(name, f"XML <{name.decode()}>")
