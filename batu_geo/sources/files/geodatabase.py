"""A File Geodatabase is a folder: its parts as a ZIP file."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def packed_folder(path: Path) -> bytes:
    """Return the parts of a geodatabase as a ZIP file; other files of the folder are left.

    Raises
    ------
    ValueError
        When it is larger than 256 MiB.
    """
    parts = [p for p in sorted(path.iterdir()) if PART.fullmatch(p.name) and p.is_file()]
    total = sum(part.stat().st_size for part in parts)
    if total > LARGEST_FOLDER:
        raise ValueError(f"{total // 2**20} MiB > {LARGEST_FOLDER // 2**20} MiB")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts:
            archive.writestr(zipfile.ZipInfo(f"layers.gdb/{part.name}"), part.read_bytes())
    return packed.getvalue()
