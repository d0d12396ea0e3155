"""Empty tables to fill in, as CSV and XLSX, with the data dictionary beside them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from batu_geo.domain.contracts import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batu_geo.domain.tables import Contract

TO_FILL_IN = ("population", "facilities", "buildings", "indicators", "staffing", "profiles")
PLACE = (
    ("lon", "number", "bujur, 112,5414", "longitude, 112.5414"),
    ("lat", "number", "lintang, -7,8775", "latitude, -7.8775"),
)
DICTIONARY = "kamus"
DICTIONARY_HEADER = (
    "kolom / column", "wajib / required", "jenis / type", "satuan / unit", "kode / codes",
    "arti", "meaning",
)  # fmt: skip
WIDEST = 60


def header(contract: Contract) -> list[str]:
    """Return the columns of a template: those of the contract, and the place of a point.

    >>> header(CONTRACTS["population"])[:2]
    ['village_id', 'village_name']
    """
    place = [name for name, *_ in PLACE] if contract.geometry == "point" else []
    return [*(column.name for column in contract.columns), *place]


def dictionary(contract: Contract) -> Iterator[tuple[str, ...]]:
    """Yield what each column of a table means, a row a column."""
    for column in contract.columns:
        needed = "ya / yes" if column.is_required else ""
        yield (column.name, needed, column.kind, column.unit, ", ".join(column.codes),
               column.meaning_id, column.meaning_en)  # fmt: skip
    if contract.geometry == "point":
        for name, kind, meaning_id, meaning_en in PLACE:
            yield name, "", kind, "degree", "", meaning_id, meaning_en


def write_templates(folder: Path) -> None:
    """Write an empty CSV and XLSX for each table that is typed by hand."""
    for table in TO_FILL_IN:
        contract = CONTRACTS[table]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(header(contract))
        _write_workbook(contract, folder / f"{table}.xlsx")


def _write_workbook(contract: Contract, path: Path) -> None:
    import openpyxl  # noqa: PLC0415 - heavy
    from openpyxl.styles import Font  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = contract.table
    sheet.append(header(contract))
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.number_format = "@"
    meanings = book.create_sheet(DICTIONARY)
    meanings.append(DICTIONARY_HEADER)
    for row in dictionary(contract):
        meanings.append(row)
    meanings.freeze_panes = "A2"
    for page in (sheet, meanings):
        for cells in page.columns:
            longest = max(len(str(cell.value or "")) for cell in cells)
            page.column_dimensions[cells[0].column_letter].width = min(longest, WIDEST) + 2
        for cell in page[1]:
            cell.font = Font(bold=True)
    book.save(path)
