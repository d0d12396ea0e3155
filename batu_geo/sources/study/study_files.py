"""Open `study.toml` and the input files it lists."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.frozen import Evidence
from batu_geo.sources.files.opening import is_address, open_input, toml_of
from batu_geo.sources.study.scenarios import validated
from batu_geo.writing import UNDO, restore_interrupted

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.sources.files.opening import Opened

STUDY_FILE = "study.toml"


class Input(BaseModel):
    """One input file and what is known of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1)
    origin: str
    licence: str
    date: str
    evidence: Evidence
    note: str = ""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")


class StudyFile(BaseModel):
    """The contents of `study.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str
    crs: str = Field(pattern=r"^EPSG:32[67](0[1-9]|[1-5]\d|60)$")
    villages_expected: int | None = Field(default=None, ge=1)
    population: Input
    villages: Input
    facilities: Input
    buildings: Input
    roads: Input
    elevation: Input | None = None
    indicators: Input | None = None
    costs: Input | None = None
    staffing: Input | None = None
    profiles: Input | None = None
    figures: Input | None = None
    population_raster: Input | None = None
    footprints: Input | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A study being read.

    Attributes
    ----------
    root
        Its folder.
    card
        What its `study.toml` says.
    inputs
        By table: what is known of each file opened so far, with its SHA-256.
    stamp
        Which file the card was when it was opened.
    """

    root: Path
    card: StudyFile
    inputs: dict[str, dict[str, str]]
    stamp: tuple[int, ...] = ()

    @classmethod
    def at(cls, folder: Path) -> Desk:
        """Open the card of a study, named by its folder or by the card itself.

        What a killed import has half written there is undone first.
        """
        root = folder.parent if folder.name == STUDY_FILE else folder
        restore_interrupted(root)
        path = root / STUDY_FILE
        name = STUDY_FILE if path.is_file() else str(path)
        stamp = _stamp_of(path)
        opened = open_input(path, name=name, table="study", suffixes=(".toml",))
        return cls(root, validated(StudyFile, toml_of(opened), STUDY_FILE), {}, stamp)

    def is_written_over(self) -> bool:
        """Return whether somebody writes into the study, or has since its card was opened."""
        # In this order: who is done before the second look has put a card of theirs in place.
        return os.path.lexists(self.root / UNDO) or _stamp_of(self.root / STUDY_FILE) != self.stamp

    def open(self, table: str, *suffixes: str) -> Opened:
        """Open the input of a table, which must stand inside the folder, and note its hash."""
        entry: Input = getattr(self.card, table)
        path, where = self.root / entry.path, f"{table}.path"
        if not is_address(entry.path) and not is_within(path, self.root):
            values = {"reason": "path leads out of the study", "key": where}
            raise ScenarioError(Problem("BG-302", STUDY_FILE, column=where, values=values))
        opened = open_input(path, name=entry.path, table=table, suffixes=suffixes)
        if entry.sha256 not in ("", opened.sha256):
            raise opened.error("BG-118", key=f"{table}.sha256")
        self.inputs[table] = {**entry.model_dump(), "sha256": opened.sha256}
        return opened


def _stamp_of(path: Path) -> tuple[int, ...]:
    """Return what tells a file from one of the same bytes put in its place."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def is_within(path: Path, root: Path) -> bool:
    """Return whether a path stays in the folder, whatever links stand in it."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # loops of links, NUL in the name
        return False
