"""`batu-geo import --as kib`: convert asset cards to candidate buildings and a ledger."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.contracts import BUILDINGS, CONDITIONS, LAND_STATUSES
from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.domain.tables import UNKNOWN
from batu_geo.importing.import_table import table_of_points
from batu_geo.importing.kib_cards import KIB_A, KIB_C, Card, ledger_row, parcel_of, read_card
from batu_geo.importing.request import Imported, Request, Rows
from batu_geo.importing.rows import without_personal_texts
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.importing.write_table import refuse_existing, write_tables
from batu_geo.render.files.write_tables import write_csv
from batu_geo.render.text.words import word
from batu_geo.sources.cells.header_rows import TABLE_SUFFIXES
from batu_geo.sources.cells.match_columns import SYNONYMS, Match, Synonyms, code_of_word, synonyms
from batu_geo.sources.cells.values import plain_numbers
from batu_geo.sources.files.opening import open_input

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batu_geo.domain.errors import Language

LEDGER = "kib.csv"


def import_kib(request: Request, kib_a: Path | None, confirm: Callable[..., bool]) -> Imported:
    """Read card C, join card A to it, and write the buildings and the ledger of both.

    Parameters
    ----------
    request
        Card C and the study; `table` is ignored.
    kib_a
        Card A; without it the land status is that of card C.
    confirm
        As for `import_file`.

    Raises
    ------
    SourceError, DataError
        When a card cannot be read or a building breaks the contract.
    ScenarioError
        When the study has buildings already, or the user declined.
    EnvironmentFault
        When nothing can be written.
    """
    request = replace(request, table="buildings")
    folder = StudyFolder.at(request.into)
    refuse_existing(folder, request)
    name = request.file.name
    card, notices = _read_card(request.file, KIB_C, request.layer)
    lands, more = _read_card(kib_a, KIB_A) if kib_a else (None, [])
    notices += more
    if not card.records:
        raise DataError(Problem("BG-214", name))
    heads = zip(card.headings, KIB_C, strict=True)
    if not confirm([Match(f"{n}. {head}", field, 100.0)
                    for n, (head, field) in enumerate(heads, 1)], notices):  # fmt: skip
        raise ScenarioError(Problem("BG-422", name))
    words = synonyms(folder.own_table(SYNONYMS, Synonyms))
    areas = _floor_areas([record["floor_area_m2"] for record in card.records], name, card.rows)
    parcels = [parcel_of(record, lands.records if lands else []) for record in card.records]
    records = [
        _building(record, parcel, area, row, words)
        for record, parcel, area, row in zip(card.records, parcels, areas, card.rows, strict=True)
    ]
    alone = sum(parcel is None for parcel in parcels)
    unmatched = [Problem("BG-277", name, values={"count": alone})] if alone else []
    rows = Rows(list(KIB_C), list(card.records), card.rows)
    table = table_of_points(folder, records, rows, BUILDINGS, name, unmatched)
    ledger = [ledger_row(c, a) for c, a in zip(card.records, parcels, strict=True)]
    table = replace(table, beside={LEDGER: _csv(ledger)})
    more = write_tables(folder, [(request, table)])
    path = folder.root / folder.path_of("buildings")
    return Imported("buildings", path, len(table.records), (*table.notices, *more))


def _read_card(path: Path, fields: tuple[str, ...], layer: str = "") -> tuple[Card, list[Problem]]:
    """Return a card without personal data, and notices."""
    opened = open_input(path, name=path.name, table="kib", suffixes=TABLE_SUFFIXES)
    card, notices = read_card(opened, fields, layer)
    records, masked = without_personal_texts(card.records, path.name)
    return replace(card, records=records), [*notices, *masked]


def _floor_areas(cells: list[Any], name: str, rows: list[int]) -> list[Any]:
    """Return floor areas as numbers; ambiguous ones are refused."""
    areas = plain_numbers(cells)
    faults = [
        Problem("BG-275", name, row=row, column="floor_area_m2", values={"value": cell})
        for row, cell, area in zip(rows, cells, areas, strict=True) if area is None
    ]  # fmt: skip
    if faults:
        raise DataError(faults)
    return areas


def _building(
    card: dict[str, Any],
    parcel: dict[str, Any] | None,
    area: Any,
    row: int,
    words: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a building of card C in the columns of the contract.

    Empty fields are `unknown`. The land belongs to the government where card C says so or
    card A has a certificate for the parcel.
    """
    status = code_of_word(card["land_status"], "land_status", LAND_STATUSES, words)
    if status not in LAND_STATUSES and parcel and parcel["certificate_number"]:
        status = code_of_word(parcel["right"], "land_status", LAND_STATUSES, words)
    condition = code_of_word(card["condition"], "condition", CONDITIONS, words)
    return {
        "building_id": f"{card['code']}/{card['register'] or '-'}",
        "building_name": card["name"],
        "owner": "city",
        "asset_code": card["code"],
        "land_status": status if status in LAND_STATUSES else UNKNOWN,
        "condition": condition if condition in CONDITIONS else UNKNOWN,
        "floor_area_m2": None if area == "" else area,
        "rooms": None,
        "present_use": (parcel or {}).get("use") or None,
        "address": card["address"],
        "evidence_note": _note(card, parcel, row, "id"),
        "evidence_note_en": _note(card, parcel, row, "en"),
    }


def _note(card: dict[str, Any], parcel: dict[str, Any] | None, row: int, language: Language) -> str:
    """Return the row of card C, and the certificate of card A, that a building comes from."""
    note = word("import_kib_note", language, row=row, address=card["address"] or "-")
    if not parcel:
        return note
    number = parcel["certificate_number"] or "-"
    return f"{note}; {word('import_kib_certificate', language, number=number)}"


def _csv(records: list[dict[str, Any]]) -> bytes:
    frame = pd.DataFrame(records).astype(object)
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / LEDGER
        write_csv(frame.where(frame.notna(), None), path)
        return path.read_bytes()
