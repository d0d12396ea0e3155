"""Read the members of a ZIP file into memory under limits; of a geodatabase GDAL gets a copy."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from batu_geo.sources.files.geodatabase import PART, TABLE
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.files.recognise import detect_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_ENTRIES = 200
# A geodatabase has up to twenty files a layer.
MOST_PARTS = 4_000
LARGEST_TOTAL = 256 * 2**20
LARGEST_RATIO = 100
SMALLEST_BOMB = 2**20
ENCRYPTED = 0x1
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ARCHIVE_SUFFIXES = {".zip", ".kmz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz"}
ARCHIVES = {"ZIP", "KMZ", "XLSX", "DOCX", "PPTX", "GZIP", "BZIP2", "XZ", "7Z", "RAR"}


def zip_members(opened: Opened, *suffixes: str) -> dict[str, Opened]:
    """Return the members of a ZIP file by name, read into memory.

    Parameters
    ----------
    opened
        A ZIP, KMZ or XLSX file.
    suffixes
        Of the members to read, by default all. The whole directory is always checked.

    Raises
    ------
    SourceError
        When the archive is broken, has more than 200 entries, 256 MiB or a compression ratio
        above 100, or has links, archives, encrypted members, repeated names or names that
        lead out of it.

    Examples
    --------
    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive:
    ...     archive.writestr("desa.csv", "a,b")
    >>> list(zip_members(Opened("x.zip", packed.getvalue()), ".csv"))
    ['desa.csv']
    """
    with checked_zip(opened, LARGEST_TOTAL) as (archive, entries):
        wanted = [e for e in entries if not e.is_dir() and _has_suffix(e, suffixes)]
        contents = {entry.filename: _read_entry(opened, archive, entry) for entry in wanted}
    return {name: Opened(f"{opened.name}/{name}", content) for name, content in contents.items()}


@contextmanager
def checked_zip(
    opened: Opened, largest: int
) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """Open a ZIP file whose directory has no fault; a file without its bytes is read from its path.

    Raises
    ------
    SourceError
        When the archive is broken, at fault, or what is in it is larger than may be.
    """
    try:
        with zipfile.ZipFile(
            io.BytesIO(opened.content) if opened.content else opened.path
        ) as archive:
            entries = archive.infolist()
            for reason in _archive_faults(entries):
                raise opened.error("BG-116", reason=reason)
            total = sum(entry.file_size for entry in entries)
            if total > largest:
                raise opened.error("BG-637", size=total // 2**20, most=largest // 2**20)
            yield archive, entries
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, KeyError) as error:
        raise opened.unreadable(error, "BG-116") from error
    except Exception as error:
        if isinstance(error, OSError) and getattr(error, "problems", None):
            raise
        raise opened.unreadable(error, "BG-116") from error


def _has_suffix(entry: zipfile.ZipInfo, suffixes: tuple[str, ...]) -> bool:
    return not suffixes or PurePosixPath(entry.filename).suffix.lower() in suffixes


def _archive_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the reasons to refuse an archive, from its directory."""
    is_database = any(entry.filename.lower().endswith(TABLE) for entry in entries)
    most = MOST_PARTS if is_database else MOST_ENTRIES
    if len(entries) > most:
        yield f"{len(entries)} entries > {most}"
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if name.casefold() in seen:
            yield f"{name!r} twice"
        seen.add(name.casefold())
        yield from _entry_faults(entry, name)


def _entry_faults(entry: zipfile.ZipInfo, name: str) -> Iterator[str]:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or not name.strip("/"):
        yield f"name {name!r} leads elsewhere"
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield f"{name!r} is a link or device"
    if entry.flag_bits & ENCRYPTED:
        yield f"{name!r} is encrypted"
    if entry.compress_type not in PACKINGS:
        yield f"{name!r} is packed in an unknown way"
    if entry.file_size > max(SMALLEST_BOMB, LARGEST_RATIO * entry.compress_size):
        yield f"{name!r} packs {entry.file_size} bytes into {entry.compress_size}"
    if PurePosixPath(name).suffix.lower() in ARCHIVE_SUFFIXES:
        yield f"{name!r} is an archive in an archive"


def _read_entry(opened: Opened, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read a member, refusing one longer than its directory entry states."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) > entry.file_size:
        raise opened.error("BG-116", reason=f"{entry.filename!r} is longer than it says")
    if detect_format(content) in ARCHIVES:
        raise opened.error("BG-116", reason=f"{entry.filename!r} is an archive in an archive")
    return content


def folder_of_database(opened: Opened, names: Iterable[str]) -> PurePosixPath | None:
    """Return the folder of the one geodatabase among the members of a ZIP file, None of none.

    Raises
    ------
    SourceError
        When there are several.
    """
    folders = {PurePosixPath(name).parent for name in names if name.lower().endswith(TABLE)}
    if len(folders) > 1:
        raise opened.error("BG-259", found=", ".join(sorted(map(str, folders))))
    return folders.pop() if folders else None


@contextmanager
def unpacked(opened: Opened, members: Mapping[str, Opened]) -> Iterator[Path]:
    """Give a copy of the one geodatabase of a ZIP file, for as long as GDAL reads it.

    It holds the parts of the geodatabase and nothing else that GDAL could open.

    Raises
    ------
    SourceError
        When the file has several.
    """
    inside = folder_of_database(opened, members)
    if inside is None:
        raise opened.error("BG-259", found="-")
    with tempfile.TemporaryDirectory(suffix=".gdb") as aside:
        copy = Path(aside)
        for name, member in members.items():
            part = PurePosixPath(name)
            if part.parent == inside and PART.fullmatch(part.name):
                (copy / part.name.lower()).write_bytes(member.content)
        yield copy
