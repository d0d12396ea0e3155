"""Names of villages and districts by their codes, where a file has only the codes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.cells.values import is_empty
from batu_geo.sources.tables.area_codes import digits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.importing.request import Request, Rows
    from batu_geo.importing.study_folder import StudyFolder
    from batu_geo.sources.cells.match_columns import Match

NAMES = ("village_name", "district_name")


def with_listed_names(
    rows: Rows, matches: Sequence[Match], folder: StudyFolder, request: Request
) -> tuple[Rows, list[Problem]]:
    """Return rows with the names that they lack from the list of area codes, and a notice.

    Only rows with a code of a village are named.
    """
    taken = {match.target: match.source for match in matches if match.target}
    columns = {column: taken.get(column, column) for column in NAMES}
    codes = folder.area_codes() if "village_id" in taken else None
    if codes is None:
        return rows, []
    known = {digits_of(village["village_id"]): village for village in codes.villages()}
    records, count = [], 0
    for record in rows.records:
        village = known.get(digits_of(cell_text(record.get(taken["village_id"]))), {})
        named = {source: village[column] for column, source in columns.items()
                 if village and is_empty(record.get(source))}  # fmt: skip
        records.append({**record, **named})
        count += bool(named)
    if not count:
        return rows, []
    more = [source for source in columns.values() if source not in rows.columns]
    values = {"count": count, "found": ", ".join(NAMES)}
    rows = replace(rows, columns=[*rows.columns, *more], records=records)
    return rows, [Problem("BG-626", request.file.name, values=values)]
