"""New editions of outlines: codes of BIG in one column, columns carried over from before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.tables.boundaries import (
    BIG_COLUMNS,
    big_code,
    big_code_as_written,
    codes_by_ends,
)
from batu_geo.sources.tables.village_list import KEMENDAGRI

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.tables import Contract
    from batu_geo.importing.request import Rows
    from batu_geo.sources.tables.village_list import VillageList

CODE_PARTS = BIG_COLUMNS[:4]
PARTS = (
    ("kd_propinsi", "kd_propins", "kd_prov"),
    ("kd_dati2", "kd_kabupaten", "kd_kabupat", "kd_kab"),
    ("kd_kecamatan", "kd_kecamat", "kd_kec"),
    ("kd_kelurahan", "kd_kelurah", "kd_kel", "kd_desa"),
)
# Matched as village_id: what a heading has in brackets is ignored.
JOINED = f"village_id ({' + '.join(CODE_PARTS)})"
# Evidence belongs to the new record and is never carried over.
OF_THE_EDITION = ("evidence", "evidence_note", "evidence_note_en")


def with_joined_codes(rows: Rows, known: VillageList) -> Rows:
    """Return rows with the four columns of an area code joined into one Kemendagri code.

    The columns are those of BIG, also as the DBF part of a Shapefile cuts them, and their parts
    may be numbers, without leading zeros. A code that the list of villages does not have is
    joined as written.
    """
    parts = [next(filter(names.__contains__, rows.columns), "") for names in PARTS]
    if not all(parts):
        return rows
    codes = codes_by_ends(known.names)
    records = []
    for record in rows.records:
        texts = [cell_text(record.get(p)).strip() for p in parts]
        padded = [text.zfill(width) for text, width in zip(texts, (2, 2, 2, 3), strict=True)]
        named = dict(zip(CODE_PARTS, padded if all(texts) else texts, strict=True))
        code = whole_code(padded) or big_code(named, codes) or big_code_as_written(named)
        records.append({**record, JOINED: code})
    columns = [JOINED, *(column for column in rows.columns if column not in parts)]
    return replace(rows, columns=columns, records=records)


def whole_code(parts: Sequence[str]) -> str:
    """Return a code of Kemendagri from its four parts, an empty text where they make none.

    >>> whole_code(["35", "79", "01", "1001"]), whole_code(["35", "79", "001", "001"])
    ('35.79.01.1001', '')
    """
    code = ".".join([*parts[:2], parts[2][-2:], parts[3]])
    return code if KEMENDAGRI.fullmatch(code) else ""


def carry_over_columns(
    records: list[dict[str, Any]],
    before: Sequence[Mapping[str, Any]],
    contract: Contract,
    name: str,
) -> list[Problem]:
    """Copy columns that a new edition lacks from the villages of the study, in place.

    Returns
    -------
    list of Problem
        A notice naming the copied columns, if there are any.
    """
    older = {str(record.get("village_id")): record for record in before}
    kept = []
    for column in contract.columns:
        values = [older.get(record["village_id"], {}).get(column.name) for record in records]
        is_there = any(record.get(column.name) is not None for record in records)
        if is_there or column.name in OF_THE_EDITION or all(v is None for v in values):
            continue
        kept.append(column.name)
        for record, value in zip(records, values, strict=True):
            record[column.name] = value
    return [Problem("BG-297", name, values={"found": ", ".join(kept)})] if kept else []
