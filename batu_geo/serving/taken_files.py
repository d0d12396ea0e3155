"""What a dropped file is taken for, and taking it into a study, never into the package."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import Problem, shown
from batu_geo.domain.frozen import invalid
from batu_geo.importing.import_roads import import_roads, recognise_roads
from batu_geo.importing.import_table import IN_ORDER, import_file, recognise, suffixes_of
from batu_geo.importing.request import Request
from batu_geo.render.terminal.import_report import road_lines
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.column_headings import column_words
from batu_geo.render.text.words import code_word, word
from batu_geo.serving.dropped_files import Dropped
from batu_geo.serving.refusals import ill_formed, lines_of
from batu_geo.sources.cells.match_columns import EXTRAS
from batu_geo.sources.roads.read_roads import READERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Column
    from batu_geo.importing.import_roads import RoadFile

ROADS = "roads"
TABLES = (*IN_ORDER, ROADS)
SAMPLE_ROWS = 5
PERCENT = 100.0


def dropped_file(table: str, suffix: str, content: bytes) -> Dropped:
    """Return a file of a page, whose table and suffix are of our lists.

    Raises
    ------
    Refusal
        When they are not (400).
    """
    known = _suffixes_of(table) if table in TABLES else TABLES
    if table not in TABLES or suffix not in known:
        raise ill_formed(400, invalid("not_one_of", value=shown(suffix), known=", ".join(known)))
    return Dropped(table, suffix, content)


def recognised_record(dropped: Dropped, study: Path, language: Language) -> dict[str, Any]:
    """Return what a file is taken for: columns, fields to choose from, a few rows, notices.

    Words that are no code of their column come with the codes that they may mean. Of roads it is
    what the file holds and where.
    """
    with tempfile.TemporaryDirectory() as place:
        request = _request(dropped, Path(place), study)
        if dropped.table == ROADS:
            return _roads_record(recognise_roads(request), language)
        found = recognise(request)
    contract = CONTRACTS[dropped.table]
    columns_of = {column.name: column for column in contract.columns}
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
        "codes": [
            {"field": field, "label": _label(columns_of[field], language), "value": shown(text),
             "choices": [{"name": code, "label": code_word(code, language)}
                         for code in columns_of[field].codes]}
            for field, text in found.unknown
        ],
        "sample": [
            [shown(row.get(column, "")) for column in columns]
            for row in found.rows.records[:SAMPLE_ROWS]
        ],
        "notices": lines_of([*found.notices, *ties], language),
    }  # fmt: skip


def _roads_record(found: RoadFile, language: Language) -> dict[str, Any]:
    lines = [*road_lines(found.summary, language), *lines_of(found.notices, language)]
    return {"table": ROADS, "count": found.summary.ways, "columns": [], "fields": [], "codes": [],
            "sample": [], "notices": lines}  # fmt: skip


def _suffixes_of(table: str) -> tuple[str, ...]:
    return (*READERS,) if table == ROADS else suffixes_of(table)


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
    dropped: Dropped,
    study: Path,
    chosen: Mapping[str, str],
    meant: Mapping[str, Mapping[str, str]],
    language: Language,
) -> list[str]:
    """Take a file into a study folder, and return what is to know of it as lines.

    Parameters
    ----------
    dropped, study
        The file, and the folder of a study that is not the embedded one.
    chosen
        By column of the file: the field of the table it is meant to be.
    meant
        By field, then by word of the file: the code that it means.
    language
        Of the lines.

    Raises
    ------
    BatuGeoError
        As `import_file`; nothing is written then.
    """
    fields = {field: column for column, field in chosen.items()}
    with tempfile.TemporaryDirectory() as place:
        request = _request(dropped, Path(place), study, fields, meant)
        take = import_roads if dropped.table == ROADS else import_file
        done = take(request, lambda *_: True)
    return lines_of(done.notices, language)


def _request(
    dropped: Dropped,
    place: Path,
    study: Path,
    chosen: Mapping[str, str] | None = None,
    meant: Mapping[str, Mapping[str, str]] | None = None,
) -> Request:
    file = place / f"{dropped.table}{dropped.suffix}"
    file.write_bytes(dropped.content)
    return Request(file, dropped.table, study, again=True, chosen=chosen or None,
                   meant=meant or {})  # fmt: skip
