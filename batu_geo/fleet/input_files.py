"""The input files of a fleet: which they are, and their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem, SourceError
from batu_geo.sources.files.opening import FORMATS, open_input
from batu_geo.sources.study.study_files import ANSWERS_FILE, STUDY_FILE, Input, StudyFiles
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

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


def put_road_file(root: Path, file: Path) -> Path:
    """Put a road file into a fleet in place of the one that is there, and return its place.

    Raises
    ------
    SourceError
        When it is none that roads are read from, by suffix or content.
    """
    from batu_geo.sources.roads.read_roads import READERS  # noqa: PLC0415 - heavy

    opened = open_input(file, name=str(file), table=ROADS, suffixes=tuple(READERS))
    folder = root / ROADS
    with naming_write_errors(folder):
        folder.mkdir(exist_ok=True)
        write_atomically(folder / file.name, opened.content)
        for other in folder.iterdir():
            if other.suffix.lower() in FORMATS and other.name != file.name:
                other.unlink()
    return folder / file.name


def input_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each input of a region by its path, but for its own roads.

    A file that is missing has none: reading the region then says so.
    """
    card = StudyFiles.at(folder).card
    entries = [(name, getattr(card, name)) for name in type(card).model_fields if name != ROADS]
    names = [STUDY_FILE, ANSWERS_FILE]
    for _, entry in entries:
        if isinstance(entry, Input):
            names += [entry.path, *getattr(entry, "tiles", ())]
    return {name: file_hash(folder / name) for name in names if (folder / name).is_file()}


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file that is read as an input."""
    return open_input(path, name=path.name, table="fleet", suffixes=(path.suffix.lower(),)).sha256
