"""Open `study.toml` and the input files it lists."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.frozen import Evidence
from batu_geo.domain.letterhead import Place
from batu_geo.sources.files.opening import Opened, is_address, open_input, toml_of
from batu_geo.sources.study.file_versions import without_version
from batu_geo.sources.study.scenarios import validated
from batu_geo.writing import UNDO, restore_interrupted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STUDY_FILE = "study.toml"
ANSWERS_FILE = "answers.csv"
LEFT_OUT = ("origin_en", "licence_en", "note_en", "reach_km")


class Input(BaseModel):
    """One input file and what is known of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1)
    origin: str
    origin_en: str = ""
    """What an English pack says in place of `origin`; likewise of licence and note."""
    licence: str
    licence_en: str = ""
    date: str
    evidence: Evidence
    note: str = ""
    note_en: str = ""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")


class RoadInput(Input):
    """Roads, which may have been cut to the study when they were brought."""

    reach_km: str = Field(default="", pattern=r"^(\d+(\.\d+)?)?$")
    """How far beyond the outlines they go; left out, not known."""


class ElevationInput(Input):
    """Elevations, in one raster or in tiles of one grid."""

    tiles: tuple[str, ...] = ()
    """Further files; where they overlap, the first one named gives the height."""


class StudyFile(BaseModel):
    """The contents of `study.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = ""
    """Version of this form; that of a file is looked at before anything else is."""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str
    crs: str = Field(pattern=r"^EPSG:32[67](0[1-9]|[1-5]\d|60)$")
    code: str = Field(default="", pattern=r"^(\d\d(\.\d\d){0,2})?$")
    """Area code that imports are cut to."""
    villages_expected: int | None = Field(default=None, ge=1)
    population: Input
    villages: Input
    facilities: Input
    buildings: Input
    roads: RoadInput
    elevation: ElevationInput | None = None
    indicators: Input | None = None
    costs: Input | None = None
    staffing: Input | None = None
    profiles: Input | None = None
    figures: Input | None = None
    population_raster: Input | None = None
    footprints: Input | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class StudyFiles:
    """The `study.toml` of a study and the input files opened so far.

    Attributes
    ----------
    root
        Folder of the study.
    card
        Contents of `study.toml`.
    inputs
        Entry of each opened input by table, with its SHA-256.
    stamp
        Inode, time and size of `study.toml` when it was opened.
    staged
        Contents by path of files that are about to be written: they stand in for those on disk.
    """

    root: Path
    card: StudyFile
    inputs: dict[str, dict[str, str]]
    stamp: tuple[int, ...] = ()
    staged: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> StudyFiles:
        """Open the `study.toml` of a folder, or at the path itself.

        Writes of an interrupted import are undone first.
        """
        root = folder.parent if folder.name == STUDY_FILE else folder
        restore_interrupted(root)
        path = root / STUDY_FILE
        name = STUDY_FILE if path.is_file() else str(path)
        stamp = _stamp_of(path)
        opened = open_input(path, name=name, table="study", suffixes=(".toml",))
        return cls(
            root,
            validated(StudyFile, without_version(toml_of(opened), STUDY_FILE), STUDY_FILE),
            {},
            stamp,
        )

    def is_written_over(self) -> bool:
        """Return whether another process writes into the study, or has since it was opened."""
        # In this order: a writer that ends between the two checks has replaced study.toml.
        return os.path.lexists(self.root / UNDO) or _stamp_of(self.root / STUDY_FILE) != self.stamp

    def open(self, table: str, *suffixes: str) -> Opened:
        """Open the input of a table and record its hash; it must lie inside the folder."""
        return self.open_all(table, *suffixes)[0]

    def has_answers(self) -> bool:
        """Return whether the study has an `answers.csv`."""
        return (self.root / ANSWERS_FILE).is_file()

    def open_answers(self) -> Opened | None:
        """Open what an office has answered, `answers.csv`; None where the study has no answers."""
        if not self.has_answers():
            return None
        return self._opened("answers", ANSWERS_FILE, (".csv",))

    def open_all(self, table: str, *suffixes: str) -> list[Opened]:
        """Open every file of the input of a table and record one hash of them all."""
        entry: Input = getattr(self.card, table)
        names = [entry.path, *getattr(entry, "tiles", ())]
        files = [self._opened(table, name, suffixes) for name in names]
        sha256 = files[0].sha256
        if len(files) > 1:
            sha256 = hashlib.sha256("\n".join(f.sha256 for f in files).encode()).hexdigest()
        if entry.sha256 not in ("", sha256):
            raise files[0].error("BG-118", key=f"{table}.sha256")
        said = entry.model_dump(exclude={"tiles"})
        known = {key: value for key, value in said.items() if value or key not in LEFT_OUT}
        card = {**known, "path": ", ".join(names), "sha256": sha256}
        self.inputs[table] = card
        return files

    def _opened(self, table: str, name: str, suffixes: tuple[str, ...]) -> Opened:
        if name in self.staged:
            return Opened(name, self.staged[name])
        path, where = self.root / name, f"{table}.path"
        if not is_address(name) and not is_within(path, self.root):
            values = {"reason": "path leads out of the study", "key": where}
            raise ScenarioError(Problem("BG-302", STUDY_FILE, column=where, values=values))
        return open_input(path, name=name, table=table, suffixes=suffixes)


def _stamp_of(path: Path) -> tuple[int, ...]:
    """Return inode, time and size: they differ for a new file of the same bytes."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


def is_within(path: Path, root: Path) -> bool:
    """Return whether a path lies in the folder after symbolic links are resolved."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # loops of links, NUL in the name
        return False
