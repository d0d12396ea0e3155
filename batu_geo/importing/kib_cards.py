"""Asset cards of a local government: KIB A (land, 14 columns) and KIB C (buildings, 17).

The forms are those of Permendagri 17/2007: merged header rows, a row that counts the
columns, ``-`` for nothing, prices in thousands of rupiah on card A and in rupiah on
card C. Codes are read as text, so that ``02.06.01`` and ``0007`` keep their zeros.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells.cells import cell_text, row_texts
from batu_geo.sources.cells.grids import hidden_notice, raw_sheets
from batu_geo.sources.cells.header_rows import is_total
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.values import is_empty, plain_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.sources.cells.cells import Cell, RawSheet
    from batu_geo.sources.files.opening import Opened

KIB_A = (
    "number", "name", "code", "register", "area_m2", "year", "address", "right",
    "certificate_date", "certificate_number", "use", "origin", "price", "note",
)  # fmt: skip
KIB_C = (
    "number", "name", "code", "register", "condition", "storeys", "concrete", "floor_area_m2",
    "address", "document_date", "document_number", "land_area_m2", "land_status", "land_code",
    "origin", "price", "note",
)  # fmt: skip
RUPIAH_OF_CARD = {KIB_A: 1000, KIB_C: 1}
CODES = ("code", "register", "land_code", "certificate_number", "document_number")
MEASURED = ("area_m2", "floor_area_m2", "land_area_m2", "price")
CODE_COLUMN = 2
ASSET_CODE = re.compile(r"\d{1,2}(\.\d{1,3}){2,}")
ABOUT_MONEY = re.compile(r"^(?:rp|idr)\.?\s*|\s*[,.]-$", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
FARTHEST_HEADER = 30
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Card:
    """The rows of a card, the row number of each in the sheet, and the column headings."""

    records: list[dict[str, Any]]
    rows: list[int]
    headings: list[str]


def read_card(
    opened: Opened, fields: tuple[str, ...], layer: str = ""
) -> tuple[Card, list[Problem]]:
    """Return the rows of a card, and notices.

    Parameters
    ----------
    opened
        An XLSX or CSV file.
    fields
        `KIB_A` or `KIB_C`.
    layer
        The sheet, where several are such a card.

    Raises
    ------
    SourceError
        When no sheet has the columns of the card, or several have: neither a row that counts
        them nor exactly as many columns with asset codes in the third.
    DataError
        When the spreadsheet has turned a code into a date or lacks the value of a formula.
    """
    grids, notices = raw_sheets(opened)
    sheets = {grid.name: (grid, *_columns(grid, len(fields))) for grid in grids}
    cards = {name: card for name, card in sheets.items() if card[1] and layer in {"", name}}
    if len(cards) > 1 or (layer and not cards):
        raise opened.error("BG-259", found=", ".join(cards or sheets))
    for grid, columns, start in cards.values():
        card, more = _card(opened.name, grid, columns, start, fields)
        return card, [*notices, *hidden_notice(grid, opened.name), *more]
    widths = ", ".join(str(max((len(row) for row in grid.rows), default=0)) for grid in grids)
    raise opened.error("BG-270", expected=len(fields), found=widths)


def _columns(grid: RawSheet, count: int) -> tuple[list[int], int]:
    """Return the indices of the columns and of the first row of data; empty for no card."""
    wanted = [str(number) for number in range(1, count + 1)]
    for number, row in enumerate(grid.rows[:FARTHEST_HEADER]):
        filled = {column: text for column, text in enumerate(row_texts(row)) if text}
        if list(filled.values()) == wanted:
            return list(filled), number + 1
    coded = [
        n for n, row in enumerate(grid.rows)
        if len(row) > CODE_COLUMN and ASSET_CODE.fullmatch(row_texts(row)[CODE_COLUMN])
    ]  # fmt: skip
    if coded and max(len(row) for row in grid.rows) == count:
        return list(range(count)), coded[0]
    return [], 0


def _card(
    name: str, grid: RawSheet, columns: list[int], start: int, fields: tuple[str, ...]
) -> tuple[Card, list[Problem]]:
    """Return the rows that are assets, and notices of rows and prices that are left out."""
    records: list[dict[str, Cell]] = []
    rows, without = list[int](), list[int]()
    for number, row in zip(grid.numbers[start:], grid.rows[start:], strict=True):
        cells = [row[column] if column < len(row) else "" for column in columns]
        record = dict(zip(fields, ("" if is_empty(cell) else cell for cell in cells), strict=True))
        if not cell_text(record["name"]).strip() or is_total(row):
            continue
        if cell_text(record["code"]).strip():
            records.append(record)
            rows.append(number)
        else:
            without.append(number)
    _refuse_unreadable(
        records, rows, name, {n: f for f, n in zip(fields, columns, strict=True)}, grid
    )
    prices = rupiah([record["price"] for record in records], fields)
    unread = [
        row for row, record, price in zip(rows, records, prices, strict=True)
        if record["price"] != "" and price is None
    ]  # fmt: skip
    assets: list[dict[str, Any]] = [
        {**{field: _cell_value(field, cell) for field, cell in record.items()}, "price": price}
        for record, price in zip(records, prices, strict=True)
    ]
    notices = [
        Problem(code, name, values={"count": len(left_out), "rows": _listed(left_out)})
        for code, left_out in (("BG-295", without), ("BG-296", unread)) if left_out
    ]  # fmt: skip
    return Card(assets, rows, [_heading(grid, column, start) for column in columns]), notices


def _refuse_unreadable(
    records: list[dict[str, Cell]],
    rows: list[int],
    name: str,
    fields: dict[int, str],
    grid: RawSheet,
) -> None:
    """Refuse codes turned into dates by a spreadsheet (02.06.01), and missing formula values."""
    faults = [
        Problem("BG-280", name, row=row, column=field, values={"value": cell_text(cell)})
        for row, record in zip(rows, records, strict=True)
        for field, cell in record.items()
        if field in CODES and isinstance(cell, dt.datetime | dt.time)
    ]
    faults += [
        Problem("BG-281", name, row=row, column=fields[column])
        for row, column in sorted(grid.unknown) if column in fields and row in rows
    ]  # fmt: skip
    if faults:
        raise DataError(faults)


def _cell_value(field: str, cell: Cell) -> Cell:
    """Return a measured number as it is, any other cell as text."""
    is_number = field in MEASURED and not isinstance(cell, str | dt.datetime | dt.time)
    return cell if is_number else cell_text(cell).strip()


def _listed(rows: list[int]) -> str:
    more = ", ..." if len(rows) > MOST_LISTED else ""
    return ", ".join(map(str, rows[:MOST_LISTED])) + more


def _heading(grid: RawSheet, column: int, start: int) -> str:
    """Return the lowest heading of a column that is not just a number."""
    for row in reversed(grid.rows[:start]):
        cell = " ".join(cell_text(row[column]).split()) if column < len(row) else ""
        if cell and not cell.isdecimal():
            return cell
    return "-"


def rupiah(cells: Sequence[Cell], fields: tuple[str, ...]) -> list[int | float | None]:
    """Return a column of prices in rupiah, card A being in thousands; None for no number.

    >>> rupiah(["1.250.000", "1.250,75", ""], KIB_A), rupiah(["Rp 1.250.000,-", "250,000"], KIB_C)
    ([1250000000, 1250750, None], [1250000, None])
    """
    bare = [ABOUT_MONEY.sub("", cell.strip()) if isinstance(cell, str) else cell for cell in cells]
    numbers = plain_numbers(bare, is_whole=True)
    return [_times(cell_text(number), RUPIAH_OF_CARD[fields]) for number in numbers]


def _times(number: str, unit: int) -> int | float | None:
    if not NUMBER.fullmatch(number):
        return None
    price = Decimal(number) * unit
    return int(price) if price == int(price) else float(price)


def parcel_of(building: dict[str, Any], lands: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the parcel of a building: land code of card C, then the address, must match one.

    >>> lands = [{"code": "01.01", "address": "Jl. A"}, {"code": "01.01", "address": "Jl. B"}]
    >>> parcel_of({"land_code": "01.01", "address": "jl b"}, lands)["address"]
    'Jl. B'
    """
    code = building["land_code"].replace(" ", "")
    parcels = [land for land in lands if code and land["code"].replace(" ", "") == code]
    if len(parcels) > 1:
        parcels = [p for p in parcels if plain(p["address"]) == plain(building["address"])]
    return parcels[0] if len(parcels) == 1 else None


def ledger_row(building: dict[str, Any], land: dict[str, Any] | None) -> dict[str, Any]:
    """Return a row of the ledger: a building joined with its parcel."""
    of_land = land or dict.fromkeys(KIB_A)
    return {
        "building_id": f"{building['code']}/{building['register'] or '-'}",
        **{f"building_{name}": building[name] for name in KIB_C if name not in ("number", "price")},
        "building_price_rupiah": building["price"],
        **{f"parcel_{name}": of_land[name] for name in KIB_A if name not in ("number", "price")},
        "parcel_price_rupiah": of_land["price"],
    }
