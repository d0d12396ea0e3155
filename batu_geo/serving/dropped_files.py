"""Files dropped on the page: bytes for a table, and the study that takes them in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem
from batu_geo.serving.refusals import NO_ADDRESS, Refusal
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

STUDIES = "studi"
MOST_FILES = 4


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file of a page: bytes for a table."""

    table: str
    suffix: str
    content: bytes


class DroppedFiles:
    """The last few files that pages have dropped, by a name of their own."""

    def __init__(self) -> None:
        self._files: dict[str, Dropped] = {}
        self._count = 0

    def put(self, dropped: Dropped) -> str:
        """Keep a file and return its name."""
        self._count += 1
        name = f"f{self._count}"
        self._files[name] = dropped
        while len(self._files) > MOST_FILES:
            del self._files[next(iter(self._files))]
        return name

    def get(self, name: str) -> Dropped:
        """Return a file.

        Raises
        ------
        Refusal
            When it is none, or no more (404).
        """
        if name not in self._files:
            raise Refusal(404, (Problem(NO_ADDRESS),))
        return self._files[name]


def own_copy(study: Path, out: Path, name: str) -> Path:
    """Return the folder of a study that may be written: a copy where it is the embedded one."""
    if study.resolve() != embedded_study().resolve():
        return study
    folder = out / STUDIES / name
    if not folder.exists():
        shutil.copytree(study, folder)
    return folder
