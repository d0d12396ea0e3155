"""The parts of a Shapefile in a ZIP file, as GDAL reads them, and in which encoding."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem
from batu_geo.sources.files.opening import check_format
from batu_geo.sources.files.shapefile_parts import SHAPE_PARTS, sisters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.sources.files.opening import Opened

# Header of a dBASE file: its length and that of a record, little-endian; then 32 bytes a field.
HEADER, RECORD, FIELD = slice(8, 10), slice(10, 12), 32
TYPE, WIDTH, TEXT = 11, 16, ord("C")
END_OF_FIELDS = b"\r"
LONGEST_LETTER = 4
UTF8, WINDOWS = "UTF-8", "CP1252"
# As a .cpg file names them.
CPG = {UTF8: b"UTF-8", WINDOWS: b"1252"}


def packed_shapefile(
    opened: Opened, members: dict[str, Opened], name: str
) -> tuple[bytes, list[Problem]]:
    """Return a ZIP file with only the parts of one Shapefile, which GDAL reads from memory.

    Where there is no `.cpg`, one is added for the encoding of the texts.

    Parameters
    ----------
    opened, members
        A ZIP file and what is in it.
    name
        Of the member ending in ``.shp``.

    Returns
    -------
    tuple
        The ZIP file, and notices of parts that are missing and may be.

    Raises
    ------
    SourceError
        When a part is missing that must be there, or of another format.
    """
    stem = name[: -len(".shp")].casefold()
    parts = {
        path.suffix.lower(): check_format(member).content
        for path, member in ((PurePosixPath(other), member) for other, member in members.items())
        if path.suffix.lower() in SHAPE_PARTS and str(path.with_suffix("")).casefold() == stem
    }
    if not {".shx", ".dbf"} <= set(parts):
        present = [PurePosixPath(name).stem + suffix for suffix in parts]
        raise opened.error("BG-229", **sisters(PurePosixPath(name).name, present))
    notices = []
    if ".cpg" not in parts and (encoding := encoding_of(parts[".dbf"])):
        parts[".cpg"] = CPG[encoding]
        notices.append(Problem("BG-225", opened.name, values={"encoding": encoding}))
    if ".prj" not in parts:
        notices.append(Problem("BG-226", opened.name))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix, content in parts.items():
            archive.writestr(zipfile.ZipInfo(f"layer{suffix}"), content)  # dated 1980, by any clock
    return packed.getvalue(), notices


def encoding_of(dbf: bytes) -> str:
    """Return the encoding of the texts of a dBASE file: UTF-8 where all are, else CP1252.

    Empty where all are ASCII, so that it does not matter. The number of a code page in the
    header is not looked at, as most programs write a wrong one.
    """
    texts = [text for text in _texts(dbf) if not text.isascii()]
    if not texts:
        return ""
    return UTF8 if all(_is_utf8(text) for text in texts) else WINDOWS


def _texts(dbf: bytes) -> Iterator[bytes]:
    """Yield the names of the fields, and every text, which a full field may have cut off."""
    start, length = (int.from_bytes(dbf[part], "little") for part in (HEADER, RECORD))
    fields, place = [], 1
    for offset in range(FIELD, start - 1, FIELD):
        field = dbf[offset : offset + FIELD]
        if field.startswith(END_OF_FIELDS) or len(field) < FIELD:
            break
        yield field[:TYPE].rstrip(b"\0")
        if field[TYPE] == TEXT:
            fields.append(slice(place, place + field[WIDTH]))
        place += field[WIDTH]
    if length < place:
        return
    for offset in range(start, len(dbf) - length + 1, length):
        record = dbf[offset : offset + length]
        for field_place in fields:
            yield record[field_place]


def _is_utf8(text: bytes) -> bool:
    """Return whether a text is UTF-8, one that is cut off within its last letter too."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return is_cut and error.start > len(text) - LONGEST_LETTER
    return True
