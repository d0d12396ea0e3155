"""New editions of outlines: codes of BIG in one column, columns carried over from before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import VILLAGES
from batu_geo.domain.errors import Problem
from batu_geo.sources.tables.boundaries import (
    BIG_COLUMNS,
    big_code,
    big_code_as_written,
    codes_by_ends,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.importing.request import Rows
    from batu_geo.sources.tables.village_list import VillageList

CODE_PARTS = BIG_COLUMNS[:4]
# Matched as village_id: what a heading has in brackets is ignored.
JOINED = f"village_id ({' + '.join(CODE_PARTS)})"
# Evidence belongs to the new record and is never carried over.
OF_THE_EDITION = ("evidence", "evidence_note", "evidence_note_en")


def with_joined_codes(rows: Rows, known: VillageList) -> Rows:
    """Return rows with the four code columns of BIG joined into one Kemendagri code.

    A code that the list of villages does not have is joined as written.
    """
    if not set(BIG_COLUMNS) <= set(rows.columns):
        return rows
    codes = codes_by_ends(known.names)
    records = [
        {**record, JOINED: big_code(record, codes) or big_code_as_written(record)}
        for record in rows.records
    ]
    columns = [JOINED, *(column for column in rows.columns if column not in CODE_PARTS)]
    return replace(rows, columns=columns, records=records)


def carry_over_columns(
    records: list[dict[str, Any]], before: Sequence[Mapping[str, Any]], name: str
) -> list[Problem]:
    """Copy columns that a new edition lacks from the villages of the study, in place.

    Returns
    -------
    list of Problem
        A notice naming the copied columns, if there are any.
    """
    older = {str(record.get("village_id")): record for record in before}
    kept = []
    for column in VILLAGES.columns:
        values = [older.get(record["village_id"], {}).get(column.name) for record in records]
        is_there = any(record.get(column.name) is not None for record in records)
        if is_there or column.name in OF_THE_EDITION or all(v is None for v in values):
            continue
        kept.append(column.name)
        for record, value in zip(records, values, strict=True):
            record[column.name] = value
    return [Problem("BG-297", name, values={"found": ", ".join(kept)})] if kept else []
