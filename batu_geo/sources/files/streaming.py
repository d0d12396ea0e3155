"""Open a file that is too large to be read whole: its format is checked, its bytes stay on disk."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from batu_geo.sources.files.geodatabase import LARGEST_FOLDER, is_geodatabase, size_of
from batu_geo.sources.files.opening import (
    FORMATS,
    IN_OBJECTS,
    LARGEST_IN_OBJECTS_MB,
    LARGEST_MB,
    Opened,
)
from batu_geo.sources.files.recognise import detect_format, format_of_database

if TYPE_CHECKING:
    from pathlib import Path

# Formats of which a part can be read without the rest.
STREAMED = (".pbf", ".osm", ".gpkg", ".geojson")
HEAD = 4096


def is_streamed(path: Path) -> bool:
    """Return whether a file is above the limit of its format, and can be read in part.

    >>> from pathlib import Path
    >>> is_streamed(Path("tidak-ada.gpkg"))
    False
    """
    suffix = path.suffix.lower()
    if suffix == ".gdb" and is_geodatabase(path):
        return size_of(path) > LARGEST_FOLDER
    if suffix not in (*STREAMED, ".zip") or not path.is_file():
        return False
    limit = LARGEST_IN_OBJECTS_MB if FORMATS[suffix] in IN_OBJECTS else LARGEST_MB
    return path.stat().st_size > limit * 1_000_000


def streamed_input(path: Path, *, name: str) -> Opened:
    """Return a large file without its bytes, if its format is that of its suffix.

    Raises
    ------
    SourceError
        When the format is another.
    """
    opened = Opened(name, b"", path)
    if opened.suffix == ".gdb":
        return opened
    with path.open("rb") as file:
        found = detect_format(file.read(HEAD))
    if opened.suffix == ".gpkg":
        found = _format_of_database(path)
    if found != (expected := FORMATS[opened.suffix]):
        raise opened.error("BG-103", found=found or "data", expected=expected)
    return opened


def _format_of_database(path: Path) -> str:
    """Return the format of a database by its table of contents, read from the disk."""
    with path.open("rb") as file:
        head = file.read(100)
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return format_of_database(head, database)
    finally:
        database.close()
