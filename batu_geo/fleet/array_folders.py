"""Arrays that many workers read a part of: a folder of files, mapped into memory, never loaded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.writing import flush_to_disk, naming_write_errors, temporary_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

# A name of an array may have a slash, that of a file may not.
SLASH = "+"


def put_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays into a folder of their own, all of them or none; an older one is replaced.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "ways"
    >>> put_arrays(folder, {"foot/ms": np.array([1.5]), "ids": np.zeros(0, "U3")})
    >>> {name: array.tolist() for name, array in arrays_in(folder).items()}
    {'foot/ms': [1.5], 'ids': []}
    """
    aside = temporary_path(folder)
    with naming_write_errors(folder):
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        try:
            for name, array in arrays.items():
                path = aside / f"{name.replace('/', SLASH)}.npy"
                np.save(path, array, allow_pickle=False)
            flush_to_disk([*aside.iterdir(), aside])
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def arrays_in(folder: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a folder; of each only what is looked at is read."""
    return {
        path.stem.replace(SLASH, "/"): np.load(path, mmap_mode="r", allow_pickle=False)
        for path in sorted(folder.glob("*.npy"))
    }
