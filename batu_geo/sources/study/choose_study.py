"""Which study a verb of the command line reads when none, or one, is named."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.study_files import STUDY_FILE

if TYPE_CHECKING:
    from pathlib import Path

Source = Literal["study_named", "study_here", "study_embedded"]
# Of the current folder: the study itself, or that of a clone of the project.
PLACES = ("", "data")


def chosen_study(data: Path | None, *, here: Path, name: str = "") -> tuple[Path, Source]:
    """Return the folder of a study, and how it was chosen.

    The one that is named; else `study.toml` or `data/study.toml` of the current folder; else the
    embedded one. Python functions such as `load_study` do not look into the current folder.

    Parameters
    ----------
    data
        The folder that is named.
    here
        The current folder.
    name
        Name of the study a run was made from. Of a study here and the embedded one, the first
        of that name is taken; the first of all when none has it.
    """
    if data is not None:
        return data, "study_named"
    found: list[tuple[Path, Source]] = [
        (here / place, "study_here") for place in PLACES if _is_file(here / place / STUDY_FILE)
    ]
    found.append((embedded_study(), "study_embedded"))
    same = [choice for choice in found if name and _name_of(choice[0]) == name]
    return (same or found)[0]


def _is_file(path: Path) -> bool:
    with suppress(OSError):  # a folder of others that may not be looked into
        return path.is_file()
    return False


def _name_of(folder: Path) -> str:
    """Return the name in a `study.toml`; empty where it cannot be read."""
    try:
        text = (folder / STUDY_FILE).read_text(encoding="utf-8-sig")
        return str(tomllib.loads(text).get("name", ""))
    except (OSError, ValueError):
        return ""
