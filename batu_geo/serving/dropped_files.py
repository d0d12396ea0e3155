"""Files dropped on the page: recognised first, then taken into a study, never into the package."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import Problem, shown
from batu_geo.domain.frozen import invalid
from batu_geo.importing.import_table import IN_ORDER, import_file, recognise, suffixes_of
from batu_geo.importing.request import Request
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.column_headings import column_words
from batu_geo.render.text.words import word
from batu_geo.serving.refusals import NO_ADDRESS, Refusal, ill_formed, lines_of
from batu_geo.sources.cells.match_columns import EXTRAS
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Column

STUDIES = "studi"
MOST_FILES, SAMPLE_ROWS = 4, 5
PERCENT = 100.0


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


def dropped_file(table: str, suffix: str, content: bytes) -> Dropped:
    """Return a file of a page, whose table and suffix are of our lists.

    Raises
    ------
    Refusal
        When they are not (400).
    """
    known = suffixes_of(table) if table in IN_ORDER else IN_ORDER
    if table not in IN_ORDER or suffix not in known:
        raise ill_formed(400, invalid("not_one_of", value=shown(suffix), known=", ".join(known)))
    return Dropped(table, suffix, content)


def recognised_record(dropped: Dropped, study: Path, language: Language) -> dict[str, Any]:
    """Return what a file is taken for: columns, fields to choose from, a few rows, notices."""
    with tempfile.TemporaryDirectory() as place:
        found = recognise(_request(dropped, Path(place), study))
    contract = CONTRACTS[dropped.table]
    columns = found.rows.columns
    taken = {match.source: match for match in found.matches}
    ties = [
        Problem("BG-263", column=target, values={"one": one, "other": other, "column": target})
        for target, one, other in found.ties
    ]
    return {
        "table": dropped.table,
        "count": len(found.rows.records),
        "columns": [
            {"column": column, "field": taken[column].target if column in taken else "",
             "score": taken[column].score / PERCENT if column in taken else 0.0,
             "isSure": column in taken and taken[column].is_sure}
            for column in columns
        ],
        "fields": [
            *({"name": column.name, "label": _label(column, language),
               "isRequired": column.is_required} for column in contract.columns),
            *({"name": name, "label": _heading(name, language), "isRequired": False}
              for name in EXTRAS[dropped.table]),
        ],
        "codes": [],
        "sample": [
            [shown(row.get(column, "")) for column in columns]
            for row in found.rows.records[:SAMPLE_ROWS]
        ],
        "notices": lines_of([*found.notices, *ties], language),
    }  # fmt: skip


def _label(column: Column, language: Language) -> str:
    """Return a column of a contract in words: its heading, else what it means."""
    if column.name in catalogue()["column"]:
        return _heading(column.name, language)
    return column.meaning_id if language == "id" else column.meaning_en


def _heading(name: str, language: Language) -> str:
    """Return a field in words: its heading, else the word of a place."""
    if name in catalogue()["column"]:
        return column_words(name, language).heading
    return word(f"field_{name}", language)


def accepted(
    dropped: Dropped, study: Path, chosen: Mapping[str, str], language: Language
) -> list[str]:
    """Take a file into a study folder, and return what is to know of it as lines.

    Parameters
    ----------
    dropped, study
        The file, and the folder of a study that is not the embedded one.
    chosen
        By column of the file: the field of the table it is meant to be.
    language
        Of the lines.

    Raises
    ------
    BatuGeoError
        As `import_file`; nothing is written then.
    """
    fields = {field: column for column, field in chosen.items()}
    with tempfile.TemporaryDirectory() as place:
        request = _request(dropped, Path(place), study, fields)
        done = import_file(request, lambda *_: True)
    return lines_of(done.notices, language)


def own_copy(study: Path, out: Path, name: str) -> Path:
    """Return the folder of a study that may be written: a copy where it is the embedded one."""
    if study.resolve() != embedded_study().resolve():
        return study
    folder = out / STUDIES / name
    if not folder.exists():
        shutil.copytree(study, folder)
    return folder


def _request(
    dropped: Dropped, place: Path, study: Path, chosen: Mapping[str, str] | None = None
) -> Request:
    file = place / f"{dropped.table}{dropped.suffix}"
    file.write_bytes(dropped.content)
    return Request(file, dropped.table, study, again=True, chosen=chosen or None)
