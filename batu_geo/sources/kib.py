"""Asset cards of a local government: KIB A (land, 14 columns) and KIB C (buildings, 17).

The forms are those of Permendagri 17/2007: merged header rows, a row that counts the
columns, ``-`` for nothing, prices in thousands of rupiah on card A and in rupiah on
card C. Everything is read as text, so that ``02.06.01`` and ``0007`` keep their zeros.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.sources.grids import grids_of
from batu_geo.sources.values import is_empty
from batu_geo.sources.village_list import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.errors import Problem
    from batu_geo.sources.grids import Grid
    from batu_geo.sources.opening import Opened

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
CODE_COLUMN = 2
ASSET_CODE = re.compile(r"\d{1,2}(\.\d{1,3}){2,}")
MONEY = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.IGNORECASE)
FARTHEST_HEADER = 30


@dataclass(frozen=True, slots=True)
class Card:
    """The rows of a card, the row of the sheet each stands in, and how its columns are headed."""

    records: list[dict[str, str]]
    rows: list[int]
    headings: list[str]


def read_card(opened: Opened, fields: tuple[str, ...]) -> tuple[Card, list[Problem]]:
    """Return the rows of a card, and notices.

    Parameters
    ----------
    opened
        XLSX or CSV.
    fields
        `KIB_A` or `KIB_C`.

    Raises
    ------
    SourceError
        When no sheet has the columns of the card: neither a row that counts them nor
        exactly as many columns with asset codes in the third.
    """
    grids, notices = grids_of(opened)
    for grid in grids:
        columns, start = _columns(grid, len(fields))
        if columns:
            return _card(grid, columns, start, fields), notices
    widths = ", ".join(str(max((len(row) for row in grid.rows), default=0)) for grid in grids)
    raise opened.error("BG-270", expected=len(fields), found=widths)


def _columns(grid: Grid, count: int) -> tuple[list[int], int]:
    """Return where the columns stand and the row below their heads; nothing where none do."""
    wanted = [str(number) for number in range(1, count + 1)]
    for number, row in enumerate(grid.rows[:FARTHEST_HEADER]):
        filled = [(column, cell.strip()) for column, cell in enumerate(row) if cell.strip()]
        if [cell for _, cell in filled] == wanted:
            return [column for column, _ in filled], number + 1
    coded = [
        n for n, row in enumerate(grid.rows)
        if len(row) > CODE_COLUMN and ASSET_CODE.fullmatch(row[CODE_COLUMN].strip())
    ]  # fmt: skip
    if coded and max(len(row) for row in grid.rows) == count:
        return list(range(count)), coded[0]
    return [], 0


def _card(grid: Grid, columns: list[int], start: int, fields: tuple[str, ...]) -> Card:
    records, rows = [], []
    for number, row in enumerate(grid.rows[start:], start=start + 1):
        cells = [row[column].strip() if column < len(row) else "" for column in columns]
        record = dict(zip(fields, ("" if is_empty(cell) else cell for cell in cells), strict=True))
        if record["code"] and record["name"]:
            records.append(record)
            rows.append(number)
    heads = [_heading(grid, column, start) for column in columns]
    return Card(records, rows, heads)


def _heading(grid: Grid, column: int, start: int) -> str:
    """Return the lowest head over a column that is no number."""
    for row in reversed(grid.rows[:start]):
        cell = " ".join(row[column].split()) if column < len(row) else ""
        if cell and not cell.isdecimal():
            return cell
    return "-"


def rupiah(text: str, fields: tuple[str, ...]) -> int | None:
    """Return a price in rupiah, whichever unit the card has.

    >>> rupiah("1.250.000", KIB_A), rupiah("Rp 1.250.000.000,00", KIB_C), rupiah("", KIB_C)
    (1250000000, 1250000000, None)
    """
    match = MONEY.fullmatch(text.strip())
    return int(match[1].replace(".", "")) * RUPIAH_OF_CARD[fields] if match else None


def land_of(building: dict[str, str], lands: Sequence[dict[str, str]]) -> dict[str, str] | None:
    """Return the one parcel a building stands on: C.14 is A.3, and the address tells doubles.

    >>> lands = [{"code": "01.01", "address": "Jl. A"}, {"code": "01.01", "address": "Jl. B"}]
    >>> land_of({"land_code": "01.01", "address": "jl b"}, lands)["address"]
    'Jl. B'
    """
    code = building["land_code"].replace(" ", "")
    found = [land for land in lands if code and land["code"].replace(" ", "") == code]
    if len(found) > 1:
        found = [land for land in found if plain(land["address"]) == plain(building["address"])]
    return found[0] if len(found) == 1 else None


def joined(building: dict[str, str], land: dict[str, str] | None) -> dict[str, Any]:
    """Return a row of the ledger: a building with the parcel it stands on."""
    of_land = land or dict.fromkeys(KIB_A, "")
    return {
        "building_id": f"{building['code']}/{building['register'] or '-'}",
        **{f"building_{name}": building[name] for name in KIB_C if name not in ("number", "price")},
        "building_price_rupiah": rupiah(building["price"], KIB_C),
        **{f"parcel_{name}": of_land[name] for name in KIB_A if name not in ("number", "price")},
        "parcel_price_rupiah": rupiah(of_land["price"], KIB_A),
    }
