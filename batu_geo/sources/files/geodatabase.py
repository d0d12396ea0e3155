"""A File Geodatabase is a folder: its parts as a ZIP file."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PART = re.compile(r"(gdb|timestamps|a[0-9a-f]{8}\.\w{1,24}(\.\w{1,24})?)", re.IGNORECASE)
TABLE = ".gdbtable"
LARGEST_FOLDER = 256 * 2**20


def is_geodatabase(path: Path) -> bool:
    """Return whether a path is a folder with the parts of a geodatabase.

    >>> from pathlib import Path
    >>> is_geodatabase(Path("tidak-ada.gdb"))
    False
    """
    return path.is_dir() and any(part.suffix.lower() == TABLE for part in path.iterdir())


def parts_of(path: Path) -> list[Path]:
    """Return the files of a geodatabase; others of its folder are no part of it."""
    return [p for p in sorted(path.iterdir()) if PART.fullmatch(p.name) and p.is_file()]


def size_of(path: Path) -> int:
    """Return how many bytes a geodatabase has."""
    return sum(part.stat().st_size for part in parts_of(path))


def packed_folder(path: Path, refuse: Callable[..., Exception]) -> bytes:
    """Return the parts of a geodatabase as a ZIP file; refuse one above 256 MiB."""
    if (size := size_of(path)) > LARGEST_FOLDER:
        raise refuse("BG-637", size=size // 2**20, most=LARGEST_FOLDER // 2**20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts_of(path):
            archive.writestr(zipfile.ZipInfo(f"layers.gdb/{part.name}"), part.read_bytes())
    return packed.getvalue()
