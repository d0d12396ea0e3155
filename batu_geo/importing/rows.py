"""Rows of a file: read, freed of personal data, completed and checked against a contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.privacy import masked, personal_columns
from batu_geo.domain.tables import conform
from batu_geo.importing.request import Request, Rows
from batu_geo.sources.cells.header_rows import TABLE_SUFFIXES, read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.tables import Contract
    from batu_geo.importing.request import Request
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.geometry.features import Feature

# Values for columns that files of offices lack; each use is printed.
DEFAULTS: dict[str, dict[str, str]] = {
    "facilities": {"status": "active"},
    "buildings": {
        "owner": "unknown", "land_status": "unknown", "condition": "unknown",
        "floor_area_m2": "", "rooms": "",
    },
}  # fmt: skip
GUESSED = {"status"}
NUMBERED = {"facilities": "F", "buildings": "B"}


def read_rows(
    opened: Opened,
    request: Request,
    words: Mapping[str, Any],
    features: list[Feature] | None,
) -> tuple[Rows, list[Problem]]:
    """Return the rows of a sheet, or of features that are read already, and notices."""
    if features is None and opened.suffix in TABLE_SUFFIXES:
        chosen = (request.chosen or {}).values()
        sheet, notices = read_sheet(opened, request.table, words, request.layer, list(chosen))
        return Rows(sheet.columns, list(sheet.records), sheet.rows, filled=sheet.filled), notices
    members = features or []
    records = [dict(feature["properties"]) for feature in members]
    columns = list(dict.fromkeys(str(name) for record in records for name in record))
    numbers = list(range(1, len(members) + 1))
    return Rows(columns, records, numbers, [feature["geometry"] for feature in members]), []


def without_personal(rows: Rows, name: str) -> tuple[Rows, list[Problem]]:
    """Return the rows without personal columns and texts; the notices show none of them."""
    personal = personal_columns(rows.records)
    kept = [{n: v for n, v in record.items() if str(n) not in personal} for record in rows.records]
    columns = [column for column in rows.columns if column not in personal]
    values = {"columns": ", ".join(sorted(personal))}
    notices = [Problem("BG-267", name, values=values)] if personal else []
    records, masked_texts = without_personal_texts(kept, name)
    return replace(rows, columns=columns, records=records), [*notices, *masked_texts]


def without_personal_texts(
    records: list[dict[str, Any]], name: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the records with personal data masked in their texts, and a notice of the count."""
    clean = [masked(record) for record in records]
    changed = [
        [column for column, value in record.items() if value != before[column]]
        for record, before in zip(clean, records, strict=True)
    ]
    columns = dict.fromkeys(column for columns in changed for column in columns)
    if not columns:
        return records, []
    values = {"count": sum(map(len, changed)), "columns": ", ".join(columns)}
    return clean, [Problem("BG-268", name, values=values)]


def fill_missing(
    records: list[dict[str, Any]], table: str, name: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the records with defaults and ids for missing values, and a notice of each."""
    notices = []
    records = [dict(record) for record in records]
    for column, value in DEFAULTS.get(table, {}).items():
        missing = [record for record in records if record.get(column) is None]
        for record in missing:
            record[column] = value or None
            if column in GUESSED:
                record["evidence"] = "assumed"
        if missing:
            values = {"count": len(missing), "value": value or "-"}
            notices.append(Problem("BG-265", name, column=column, values=values))
    id_column = str(CONTRACTS[table].id_column)
    if table in NUMBERED and not any(record.get(id_column) for record in records):
        for number, record in enumerate(records, start=1):
            record[id_column] = f"{NUMBERED[table]}-{number:04d}"
        values = {"count": len(records), "value": f"{NUMBERED[table]}-0001 ..."}
        notices.append(Problem("BG-265", name, column=id_column, values=values))
    return records, [*notices, *_fill_names(records, table, name)]


def _fill_names(records: list[dict[str, Any]], table: str, name: str) -> list[Problem]:
    """Name the facilities without a name by kind and id, in place; return a notice of how many."""
    nameless = [r for r in records if table == "facilities" and not r.get("facility_name")]
    for record in nameless:
        record["facility_name"] = f"{record.get('kind')} {record.get('facility_id')}"
    if not nameless:
        return []
    values = {"count": len(nameless), "value": str(nameless[0]["facility_name"])}
    return [Problem("BG-265", name, column="facility_name", values=values)]


def conforming_records(
    records: list[dict[str, Any]], contract: Contract, rows: Rows, name: str
) -> list[dict[str, Any]]:
    """Return typed records that meet the contract.

    Raises
    ------
    DataError
        With every fault, at its row or feature of the file.
    """
    frame, problems = conform(records, contract, name)
    if problems:
        offset = 1 if contract.geometry else 2
        raise DataError(_at_source_row(problem, rows, offset) for problem in problems)
    return [
        {str(k): (None if v is None or v != v else v) for k, v in row.items()}  # noqa: PLR0124
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def _at_source_row(problem: Problem, rows: Rows, offset: int) -> Problem:
    """Return a problem of a converted record at the row or feature of the file."""
    number = problem.feature if problem.feature is not None else problem.row
    if number is None:
        return problem
    place: dict[str, Any] = {"row": None, "feature": None, **rows.place(number - offset)}
    values = dict(problem.values)
    if "first" in values:
        values["first"] = rows.numbers[values["first"] - offset]
    return replace(problem, values=values, **place)
