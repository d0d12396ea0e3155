"""The one safe way to open an input.

Nothing here guesses a driver: the suffix says what a file claims to be, its
first bytes say what it is, and both must agree with what the table allows.
URLs and virtual file systems are refused before anything is touched.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batu_geo.domain.errors import Problem, SourceError

LARGEST_MB = 512
DEEPEST_JSON = 64
LARGEST_FIELD = 32_768
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+://|^/vsi|^\\\\", re.IGNORECASE)

FORMATS = {
    ".geojson": "JSON",
    ".json": "JSON",
    ".csv": "CSV",
    ".toml": "TOML",
    ".pbf": "OSM PBF",
    ".osm": "OSM XML",
    ".graphml": "GraphML",
    ".gpkg": "GeoPackage",
    ".tif": "GeoTIFF",
}
XML_ROOTS = {b"osm": "OSM XML", b"graphml": "GraphML", b"kml": "KML", b"html": "HTML"}
PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
ROOT = re.compile(rb"\s*<([A-Za-z_][\w.-]*)")


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of one input, and the name by which problems speak of it."""

    name: str
    content: bytes
    path: Path = Path()

    @property
    def suffix(self) -> str:
        """Last suffix of the name, in lower case."""
        return Path(self.name).suffix.lower()

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def error(self, code: str, **values: Any) -> SourceError:
        """Return the error that names this file."""
        return SourceError(Problem(code, self.name, values=values))


def open_input(path: Path, *, name: str, table: str, suffixes: tuple[str, ...]) -> Opened:
    """Read a file whole after checking what it claims to be and what it is.

    Raises
    ------
    SourceError
        When it is missing, empty, too large, of a type the table does not
        take, or when its content is something else than its suffix says.
    """

    def refuse(code: str, **values: Any) -> SourceError:
        return SourceError(Problem(code, name, values=values))

    if ADDRESS.match(str(path)) or ADDRESS.match(name):
        raise refuse("BG-107")
    if path.suffix.lower() not in suffixes:
        expected = ", ".join(suffixes)
        raise refuse("BG-106", suffix=path.suffix or "?", table=table, expected=expected)
    try:
        if not path.is_file():
            raise refuse("BG-101")
        size = path.stat().st_size
        if size == 0:
            raise refuse("BG-102")
        if size > LARGEST_MB * 1_000_000:
            raise refuse("BG-105", size=size // 1_000_000, limit=LARGEST_MB)
        content = path.read_bytes()
    except SourceError:
        raise
    except (OSError, ValueError) as error:
        raise refuse("BG-109", reason=getattr(error, "strerror", None) or error) from error
    expected = FORMATS[path.suffix.lower()]
    found = what_it_is(content)
    if found not in (expected, None):
        raise refuse("BG-103", found=found, expected=expected)
    return Opened(name, content, path)


def what_it_is(content: bytes) -> str | None:
    """Name what the first bytes show, or None where they could be any text.

    >>> what_it_is(b"<!DOCTYPE html><html>...")
    'HTML'
    """
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    if b"OSMHeader" in content[:32]:
        return "OSM PBF"
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _kind_of_xml(start)
    if start.startswith(b"{"):
        return "JSON"
    return "NUL" if b"\x00" in start else None


def _kind_of_xml(start: bytes) -> str:
    while prologue := PROLOGUE.match(start):
        start = start[prologue.end() :]
    if start.lstrip().lower().startswith(b"<!doctype html"):
        return "HTML"
    if start.lstrip().startswith(b"<!"):
        return "XML with a DTD"
    root = ROOT.match(start)
    name = root[1].lower() if root else b""
    return XML_ROOTS.get(name, f"XML <{name.decode()}>")


_MAGIC = (
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"version https://git-lfs", "Git LFS"),
    (b"II*\x00", "GeoTIFF"),
    (b"MM\x00*", "GeoTIFF"),
)


def text_of(opened: Opened) -> str:
    """Return the content as text, without a byte-order mark."""
    try:
        text = opened.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise opened.error("BG-108", at=error.start) from error
    if "\x00" in text:
        raise opened.error("BG-103", found="NUL", expected="text")
    return text


def json_of(opened: Opened) -> Any:
    """Parse strict JSON: no repeated keys, no NaN, no deep nesting."""
    text = text_of(opened)
    if _depth(text) > DEEPEST_JSON:
        reason = f"nesting > {DEEPEST_JSON}"
        raise opened.error("BG-104", reason=reason, line=1, at=1)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = error.msg
        raise opened.error("BG-104", reason=reason, line=error.lineno, at=error.colno) from error
    except ValueError as error:
        raise opened.error("BG-104", reason=error, line="?", at="?") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"repeated key {repeated!r}")
    return found


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _depth(text: str) -> int:
    """Return the deepest nesting, brackets inside strings not counted."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def records_of(opened: Opened) -> list[dict[str, Any]]:
    """Parse a CSV file with one header line; every value stays text."""
    reader = csv.reader(io.StringIO(text_of(opened), newline=""), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise opened.error("BG-111", reason=f"{error} (line {reader.line_num})") from error
    if not lines:
        raise opened.error("BG-102")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        repeated = next(name for name in header if header.count(name) > 1)
        raise opened.error("BG-111", reason=f"column {repeated!r} twice")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            reason = f"{len(line)} cells under {len(header)} columns (row {number})"
            raise opened.error("BG-111", reason=reason)
        if max(map(len, line)) > LARGEST_FIELD:
            raise opened.error("BG-111", reason=f"cell > {LARGEST_FIELD} characters (row {number})")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def toml_of(opened: Opened) -> dict[str, Any]:
    """Parse TOML; repeated keys are an error of the format itself."""
    try:
        return tomllib.loads(text_of(opened))
    except tomllib.TOMLDecodeError as error:
        raise opened.error("BG-112", reason=error) from error
