"""Unpack a ZIP file of large layers to the disk for GDAL: memory does not grow with it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from batu_geo.sources.files.archives import (
    ARCHIVES,
    LARGEST_TOTAL,
    checked_zip,
    folder_of_database,
)
from batu_geo.sources.files.geodatabase import PART
from batu_geo.sources.files.opening import Opened, check_format
from batu_geo.sources.files.recognise import detect_format
from batu_geo.sources.files.shapefile_parts import SHAPE_PARTS, sisters
from batu_geo.sources.files.streaming import HEAD, STREAMED, streamed_input
from batu_geo.sources.geometry.shapefiles import CPG, encoding_of

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

# A part of a Shapefile has at most 2 GiB.
LARGEST_ON_DISK = 6 * 2**30
CHUNK = 2**20
DATABASE = "layers.gdb"
# Bytes of texts by which their encoding is known.
ENOUGH = 2**26


def is_large_zip(opened: Opened) -> bool:
    """Return whether what is in a ZIP file is more than is read into memory.

    Raises
    ------
    SourceError
        When the archive is broken.
    """
    with checked_zip(opened, LARGEST_ON_DISK) as (_, entries):
        return sum(entry.file_size for entry in entries) > LARGEST_TOTAL


@contextmanager
def layers_on_disk(opened: Opened) -> Iterator[list[Path]]:
    """Give copies of the layers of a ZIP file, each under a name of ours.

    Raises
    ------
    SourceError
        When the archive is refused by `zip_members` for more than its size, a member is of another
        format than its suffix, or a part of a Shapefile is missing.
    """
    with tempfile.TemporaryDirectory() as aside:
        room, places = Path(aside), dict[str, Path]()
        with checked_zip(opened, LARGEST_ON_DISK) as (archive, entries):
            names = [entry.filename for entry in entries]
            inside = folder_of_database(opened, names)
            for entry in entries:
                place = _place(room, PurePosixPath(entry.filename), inside, places)
                if place is not None and not entry.is_dir():
                    _copy(opened, archive, entry, place)
        if inside is not None:
            yield [room / DATABASE]
            return
        yield [path for path in sorted(room.iterdir()) if _is_layer(opened, path)]


def _place(
    room: Path, name: PurePosixPath, inside: PurePosixPath | None, places: dict[str, Path]
) -> Path | None:
    """Return where a member is put, None for one that GDAL is not to see."""
    suffix = name.suffix.lower()
    if inside is not None:
        (room / DATABASE).mkdir(exist_ok=True)
        is_part = name.parent == inside and PART.fullmatch(name.name)
        return room / DATABASE / name.name.lower() if is_part else None
    if suffix not in {*SHAPE_PARTS, *STREAMED} or name.name.startswith("."):
        return None
    stem = str(name.with_suffix("")).casefold()
    return places.setdefault(stem, room / f"{len(places):04}").with_suffix(suffix)


def _copy(opened: Opened, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path) -> None:
    """Copy a member, refusing one that is longer than its directory entry states."""
    left = entry.file_size
    with archive.open(entry) as source, place.open("wb") as target:
        while part := source.read(CHUNK):
            if left == entry.file_size and detect_format(part) in ARCHIVES:
                raise opened.error(
                    "BG-116", reason=f"{entry.filename!r} is an archive in an archive"
                )
            left -= len(part)
            if left < 0:
                raise opened.error("BG-116", reason=f"{entry.filename!r} is longer than it says")
            target.write(part)


def _is_layer(opened: Opened, path: Path) -> bool:
    """Check the format of a copy, and return whether it is the file that GDAL opens."""
    name = f"{opened.name}/{path.name}"
    if path.suffix in STREAMED:
        streamed_input(path, name=name)
        return True
    with path.open("rb") as file:
        check_format(Opened(name, file.read(HEAD)))
    beside = {other.suffix for other in path.parent.glob(f"{path.stem}.*")}
    if path.suffix == ".shp" and not {".shx", ".dbf"} <= beside:
        raise opened.error("BG-229", **sisters(path.name, [path.stem + end for end in beside]))
    if path.suffix == ".shp" and ".cpg" not in beside:
        with path.with_suffix(".dbf").open("rb") as file:
            if encoding := encoding_of(file.read(ENOUGH)):
                path.with_suffix(".cpg").write_bytes(CPG[encoding])
    return path.suffix == ".shp"
