"""Read the letterhead of an office: `kop.toml`, which a study may have and need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.letterhead import Letterhead
from batu_geo.sources.files.opening import open_input, toml_of
from batu_geo.sources.study.scenarios import validated

if TYPE_CHECKING:
    from pathlib import Path

LETTERHEAD_FILE = "kop.toml"


def read_letterhead(path: Path) -> tuple[Letterhead, str]:
    """Return the letterhead of a TOML file and its SHA-256.

    Raises
    ------
    SourceError
        When the file cannot be read.
    ScenarioError
        When a key is unknown or a value is wrong; all of them at once.
    """
    opened = open_input(path, name=path.name, table="letterhead", suffixes=(".toml",))
    return validated(Letterhead, toml_of(opened), path.name), opened.sha256
