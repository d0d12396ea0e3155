"""The malformed files of others, each with the table it is checked as."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.malformed.guard import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

AS = {
    ".geojson": "villages",
    ".json": "facilities",
    ".csv": "population",
    ".osm": "roads",
    ".xml": "roads",
    ".txt": "population",
    ".gz": "roads",
    ".osc": "roads",
    ".xsd": "roads",
    ".wkt": "villages",
    ".md": "population",
    ".result": "villages",
    "": "population",
}


def shared_folder() -> Path:
    """Return where the malformed files of others are, if they are here."""
    folder = Path(os.environ.get("BATU_GEO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    return folder / "malformed"


def outside_cases(copies: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield name, path and table of every file; XML again under the names of formats we read."""
    folder = shared_folder()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        suffix = path.suffix.lower()
        yield name, path, AS.get(suffix, "population")
        if suffix == ".xml":
            for other, table in ((".osm", "roads"), (".graphml", "roads"), (".kml", "xml")):
                copy = copies / name.replace("/", "-")
                copy = copy.with_suffix(other)
                shutil.copyfile(path, copy)
                yield f"{name} as {other}", copy, table
        elif path.parent.name in {"geojsonhint", "bad", "good"} and suffix == ".geojson":
            yield f"{name} as facilities", path, "facilities"
