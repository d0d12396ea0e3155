"""Open inputs safely: suffix and content must agree with the formats a table allows.

No library is left to guess a driver. URLs and virtual file systems are refused before any
file is touched. Text formats are parsed here: strict JSON, CSV with one header, TOML.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem, SourceError
from batu_geo.domain.reasons import Reason, coded_reason, is_of_machine, unread_kind
from batu_geo.domain.tables import composed
from batu_geo.sources.files.geodatabase import is_geodatabase, packed_folder
from batu_geo.sources.files.recognise import detect_format
from batu_geo.sources.files.shapefile_parts import SHAPE_PARTS, beside, sisters

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_MB = 512
LARGEST_SETTINGS_MB = 1
# Of formats that are read into objects of Python, which take about ten times the file.
LARGEST_IN_OBJECTS_MB = 100
IN_OBJECTS = {"JSON", "CSV", "KML", "GPX", "GraphML", "SQL", "XLSX", "XLS", "ODS"}
DEEPEST_JSON = 64
NO_SUFFIX = Reason("(no suffix)", "(tanpa akhiran)")
LARGEST_FIELD = 32_768
# What libtiff says of a directory: that memory is short too, where a tag claims more than there is.
OF_TAGS = re.compile(r"TIFF(Fetch|Read)\w+:")
NOT_BUILT = (LookupError, TypeError, AttributeError, ArithmeticError)
IN_MEMORY = re.compile(r"['\"]?/vsimem/[^'\"\s]*['\"]?")
# As a path, an address keeps only one of its two slashes.
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+:/|^/vsi|^\\\\", re.IGNORECASE)
JSON_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
ODD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})")

FORMATS = {
    ".geojson": "JSON",
    ".json": "JSON",
    ".csv": "CSV",
    ".tsv": "CSV",
    # What a spreadsheet calls Unicode text.
    ".txt": "CSV",
    ".toml": "TOML",
    ".pbf": "OSM PBF",
    ".osm": "OSM XML",
    ".graphml": "GraphML",
    ".gpkg": "GeoPackage",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".gpx": "GPX",
    ".zip": "ZIP",
    # A folder; open_input gives its parts as a ZIP file.
    ".gdb": "GDB",
    ".kml": "KML",
    ".kmz": "KMZ",
    ".xlsx": "XLSX",
    ".xls": "XLS",
    ".ods": "ODS",
    ".tif": "GeoTIFF",
    ".tiff": "GeoTIFF",
    # Cells of an elevation tile and nothing else: any bytes.
    ".hgt": "data",
    ".sql": "SQL",
    # Parts of a Shapefile, which come in a ZIP file.
    ".shp": "Shapefile",
    ".shx": "Shapefile",
    ".dbf": "dBASE",
    ".prj": "WKT",
    ".cpg": "text",
}
# A KMZ is a ZIP file, and a geodatabase may be in one; which of the two its suffix says.
PACKED = ({"ZIP", "KMZ"}, {"ZIP", "GDB"})
# Text formats have no magic number; a file of another format without its own is refused.
TEXT_FORMATS = {"CSV", "TOML", "SQL", "JSON", "WKT", "text"}


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of one input, and its name in messages."""

    name: str
    content: bytes
    path: Path = Path()

    @property
    def suffix(self) -> str:
        """Last suffix of the name, in lower case."""
        return Path(self.name).suffix.lower()

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def error(self, code: str, **values: Any) -> SourceError:
        """Return an error that names this file."""
        return SourceError(Problem(code, self.name, values=values))

    def unreadable(self, error: Exception, code: str = "BG-109") -> SourceError:
        """Return the error of a library that could not read this file.

        Internal errors of the library and its names for bytes in memory are not shown.

        Raises
        ------
        Exception
            The error itself where the machine is short of memory or of open files: that says
            nothing of the file.
        """
        is_of_tags = OF_TAGS.search(str(error)) is not None
        if is_of_machine(error) and not is_of_tags:
            raise error
        if is_of_tags or isinstance(error, NOT_BUILT):
            return self.error(code, reason="its content is not built as it should be")
        if coded := coded_reason(error):
            return self.error(code, reason=coded)
        reason = IN_MEMORY.sub("", str(error).splitlines()[0] if str(error) else "")
        return self.error(code, reason=reason.strip(" .") or type(error).__name__)


def is_address(text: str) -> bool:
    r"""Return whether a path is a URL, a virtual file system of GDAL or a network share.

    >>> is_address("/vsicurl/http://x/a.csv"), is_address("data/a.csv")
    (True, False)
    """
    return ADDRESS.match(text) is not None


def open_input(path: Path, *, name: str, table: str, suffixes: tuple[str, ...]) -> Opened:
    """Read a whole file after checking its suffix, size and format.

    Raises
    ------
    SourceError
        When it is missing, empty, too large, of a suffix the table does not allow, or of
        another format than its suffix.
    """
    refuse = Opened(name, b"").error
    if is_address(str(path)) or is_address(name):
        raise refuse("BG-107")
    if path.suffix.lower() not in suffixes:
        expected = ", ".join(suffixes)
        refused = refuse("BG-106", suffix=path.suffix or NO_SUFFIX, table=table, expected=expected)
        raise _unread(path, refuse) or refused
    try:
        is_packed = path.suffix.lower() == ".gdb" and is_geodatabase(path)
        content = packed_folder(path, refuse) if is_packed else _read_bytes(path, refuse)
    except SourceError:
        raise
    except (OSError, ValueError) as error:
        if is_of_machine(error):
            raise
        raise refuse("BG-109", reason=coded_reason(error) or error) from error
    return check_format(Opened(name, content, path))


def check_format(opened: Opened) -> Opened:
    """Return a file, or a member of an archive, if its format is that of its suffix.

    A library that is given bytes detects their format itself: a VRT file named as a
    GeoPackage would make GDAL open other files and addresses.

    Raises
    ------
    SourceError
        When the format is another, or the file larger than what is read of it.
    """
    expected = FORMATS[opened.suffix]
    _refuse_large(len(opened.content), opened.suffix, opened.error)
    detected = detect_format(opened.content)
    if detected is None and expected not in TEXT_FORMATS:
        detected = "data"
    if detected not in (expected, None) and {detected, expected} not in PACKED:
        if about := unread_kind(detected):
            raise opened.error("BG-119", **about)
        raise opened.error("BG-103", found=detected, expected=expected)
    return opened


def _unread(path: Path, refuse: Callable[..., SourceError]) -> SourceError | None:
    """Return the error of a file that no table is read from, by its content; None for another."""
    try:
        if path.suffix.lower() in SHAPE_PARTS and path.is_file():
            return refuse("BG-229", **sisters(path.name, beside(path)))
        if path.is_dir():
            about = unread_kind("GDB") if is_geodatabase(path) else None
        else:
            about = unread_kind(detect_format(_read_bytes(path, refuse)))
    except (OSError, ValueError):
        return None  # what cannot be read is refused by its name
    return refuse("BG-119", **about) if about else None


def _read_bytes(path: Path, refuse: Callable[..., SourceError]) -> bytes:
    """Read a regular file, neither device nor pipe, of at most the size limit."""
    if not path.is_file():
        raise refuse("BG-101")
    size = path.stat().st_size
    if size == 0:
        raise refuse("BG-102")
    _refuse_large(size, path.suffix.lower(), refuse)
    with path.open("rb") as file:
        return file.read(size)


def _refuse_large(size: int, suffix: str, refuse: Callable[..., SourceError]) -> None:
    """Refuse a file, or a member of an archive, above the limit of its format."""
    limit = LARGEST_MB
    if suffix == ".toml":
        limit = LARGEST_SETTINGS_MB
    elif FORMATS.get(suffix) in IN_OBJECTS:
        limit = LARGEST_IN_OBJECTS_MB
    if size > limit * 1_000_000:
        raise refuse("BG-105", size=-(-size // 1_000_000), limit=limit)


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
    """Parse strict JSON: no repeated keys, no NaN or infinity, no deep nesting."""
    text = text_of(opened)
    if _depth(text) > DEEPEST_JSON:
        raise opened.error("BG-104", reason=f"nesting > {DEEPEST_JSON}")
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object_of_pairs,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        _refuse_odd_characters(text, document)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} (at line {error.lineno}, column {error.colno})"
        raise opened.error("BG-104", reason=reason) from error
    except (ValueError, RecursionError) as error:
        raise opened.error("BG-104", reason=error) from error
    return document


def _object_of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"repeated key {_first_repeated([name for name, _ in pairs])!r}")
    return members


def _first_repeated(names: list[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _refuse_odd_characters(text: str, document: Any) -> None:
    """Refuse escapes of characters that UTF-8 text cannot have: NUL and lone surrogates."""
    odd = ODD_ESCAPE.search(text)
    if odd is None:
        return
    if odd[1] == "0000":
        raise ValueError("character NUL")
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(f"half a character: \\u{odd[1]}") from None


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _finite(text: str) -> float:
    """Return a number; one such as 1e400, which would become infinity, is refused."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _depth(text: str) -> int:
    """Return the deepest nesting, brackets inside strings not counted."""
    # An unclosed string extends to the end of the text: searching again from each quote would
    # take quadratic time.
    bare = JSON_STRING.sub("", text)
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def records_of(opened: Opened) -> list[dict[str, Any]]:
    """Parse a CSV file with one header line; values are text."""
    reader = csv.reader(io.StringIO(text_of(opened), newline=""), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise opened.error("BG-111", reason=f"{error} (line {reader.line_num})") from error
    if not lines:
        raise opened.error("BG-102")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        raise opened.error("BG-111", reason=f"column {_first_repeated(header)!r} twice")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            reason = f"{len(line)} cells under {len(header)} columns (row {number})"
            raise opened.error("BG-111", reason=reason)
        if max(map(len, line)) > LARGEST_FIELD:
            raise opened.error("BG-111", reason=f"cell > {LARGEST_FIELD} characters (row {number})")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def header_of(opened: Opened) -> list[str]:
    """Return the names in the first line of a CSV file."""
    lines = csv.reader(io.StringIO(text_of(opened), newline=""))
    return [name.strip() for name in next(lines, [])]


def toml_of(opened: Opened) -> dict[str, Any]:
    """Parse TOML, its text composed as that of tables is; a repeated key is an error of TOML."""
    try:
        return tomllib.loads(composed(text_of(opened)))
    except RecursionError as error:
        # Python's own message ends in another way with the depth at which the parser began.
        raise opened.error("BG-112", reason="maximum recursion depth exceeded") from error
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise opened.error("BG-112", reason=error) from error
