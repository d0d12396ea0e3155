"""The files that make a Shapefile together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def beside(path: Path) -> list[str]:
    """Return the names of the files in the folder of one with its stem, itself among them."""
    stem = path.stem.casefold()
    return sorted(other.name for other in path.parent.iterdir() if other.stem.casefold() == stem)


def sisters(name: str, present: Iterable[str]) -> dict[str, str]:
    """Return which parts of a Shapefile are there, and which are missing, for `BG-229`.

    >>> sisters("desa.shp", ["desa.shp", "desa.DBF"])
    {'found': 'desa.shp, desa.DBF', 'missing': 'desa.shx, desa.prj'}
    """
    there = [other for other in present if Path(other).suffix.lower() in SHAPE_PARTS]
    suffixes = {Path(other).suffix.lower() for other in there}
    missing = [Path(name).stem + end for end in SHAPE_PARTS[:4] if end not in suffixes]
    return {"found": ", ".join(there), "missing": ", ".join(missing) or "-"}
