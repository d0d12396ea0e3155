"""The input files of a fleet: which they are, and their hashes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem, SourceError
from batu_geo.sources.files.opening import FORMATS, open_input
from batu_geo.sources.files.streaming import is_streamed, streamed_input
from batu_geo.sources.study.study_files import ANSWERS_FILE, STUDY_FILE, Input
from batu_geo.writing import naming_write_errors, temporary_path, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.study.study_files import StudyFile

ROADS = "roads"


def road_file(root: Path) -> Path:
    """Return the one road file of a fleet, in its folder ``roads``.

    Raises
    ------
    SourceError
        When there is none, or several (BG-635).
    """
    found = [path for path in sorted((root / ROADS).glob("*")) if path.suffix.lower() in FORMATS]
    if len(found) != 1:
        raise SourceError(Problem("BG-635", str(root / ROADS), values={"count": len(found)}))
    return found[0]


def opened_roads(file: Path) -> Opened:
    """Open a road file; of one that is too large to be read whole the bytes stay on disk.

    Raises
    ------
    SourceError
        When it is none that roads are read from, by suffix or content.
    """
    from batu_geo.sources.roads.read_roads import READERS  # noqa: PLC0415 - heavy

    if file.suffix.lower() == ".pbf" and is_streamed(file):
        return streamed_input(file, name=file.name)
    return open_input(file, name=file.name, table=ROADS, suffixes=tuple(READERS))


def put_road_file(root: Path, file: Path) -> Path:
    """Put a road file into a fleet in place of the one that is there, and return its place.

    Raises
    ------
    SourceError
        When it is none that roads are read from, by suffix or content.
    """
    opened_roads(file)
    folder = root / ROADS
    placed = folder / file.name
    with naming_write_errors(folder):
        folder.mkdir(exist_ok=True)
        aside = temporary_path(placed)
        try:
            shutil.copyfile(file, aside)
            aside.replace(placed)
        finally:
            aside.unlink(missing_ok=True)
        for other in folder.iterdir():
            if other.suffix.lower() in FORMATS and other.name != file.name:
                other.unlink()
    return placed


class KnownHashes:
    """The SHA-256 of files, computed again only of those whose size, times or place changed.

    Parameters
    ----------
    file
        Where they are kept.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_text("kode,nama")
    >>> known = KnownHashes(folder / "hashes.json")
    >>> known.of(folder / "a.csv")[:8]
    '37334322'
    >>> known.keep()
    >>> KnownHashes(folder / "hashes.json").of(folder / "a.csv")[:8]
    '37334322'
    """

    def __init__(self, file: Path) -> None:
        self._file, self._found = file, dict[str, list[Any]]()
        self._known: dict[str, list[Any]] = {}
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(file.read_bytes())

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file that is read as an input."""
        found = path.stat()
        stamp = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
        known = self._known.get(str(path), [])
        sha256 = known[-1] if known[:-1] == stamp else _hashed(path)
        self._found[str(path)] = [*stamp, sha256]
        return str(sha256)

    def keep(self) -> None:
        """Write what was asked for, where it is not what is there."""
        if self._found != self._known:
            with naming_write_errors(self._file):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self._file, json.dumps(self._found).encode())


def _hashed(path: Path) -> str:
    if is_streamed(path):
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return open_input(path, name=path.name, table="fleet", suffixes=(path.suffix.lower(),)).sha256


def input_hashes(root: Path, card: StudyFile, known: KnownHashes) -> dict[str, str]:
    """Return the SHA-256 of each input of a region by its path, but for its own roads.

    A file that is missing has none: reading the region then says so.
    """
    entries = [(name, getattr(card, name)) for name in type(card).model_fields if name != ROADS]
    names = [STUDY_FILE, ANSWERS_FILE]
    for _, entry in entries:
        if isinstance(entry, Input):
            names += [entry.path, *getattr(entry, "tiles", ())]
    return {name: known.of(root / name) for name in names if (root / name).is_file()}
