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
    (b"\xd0\xcf\x11\xe0", "XLS"),
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
# The member by which a ZIP file is recognised as another format.
PACKED_AS = (
    ("xl/workbook.xml", "XLSX"),
    ("word/document.xml", "DOCX"),
    ("ppt/presentation.xml", "PPTX"),
    ("doc.kml", "KMZ"),
)
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
    return "NUL" if b"\x00" in start else None


def _packed_format(name: str, content: bytes) -> str:
    """Return the format inside a ZIP file or SQLite database, any other as it is."""
    if name == "ZIP":
        return _zip_format(content)
    return _sqlite_format(content) if name == "SQLite" else name


def _zip_format(content: bytes) -> str:
    """Return the format of a ZIP file from its directory; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:  # noqa: BLE001 - zipfile raises many types for a broken directory
        return "ZIP"
    return next((kind for member, kind in PACKED_AS if member in names), "ZIP")


def _sqlite_format(content: bytes) -> str:
    """Return whether a database is a GeoPackage without virtual tables.

    Virtual tables other than a spatial index could make GDAL open other files. A table is
    virtual if it has no pages of its own, however its statement is written.
    """
    if content[68:72] not in {b"GPKG", b"GP10", b"GP11"}:
        return "SQLite"
    # A database in write-ahead mode, as QGIS leaves it, cannot be read from memory.
    alone = bytearray(content)
    alone[JOURNAL] = b"\x01\x01"
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(alone)
        virtual = database.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND coalesce(rootpage, 0) = 0"
        ).fetchall()
    except Exception:  # noqa: BLE001 - as above
        return "damaged SQLite"
    finally:
        database.close()
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
