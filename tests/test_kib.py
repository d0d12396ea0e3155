"""Asset cards as the forms are: merged headers, dashes, thousands and leading zeros."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from batu_geo.domain.errors import DataError, SourceError
from batu_geo.importing.import_kib import import_kib
from batu_geo.importing.kib_cards import KIB_A, KIB_C, read_card
from batu_geo.importing.request import Request
from batu_geo.sources.files.opening import open_input

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LAND = [
    [1, "Tanah Bangunan Kantor", "01.01.11.04.01", "0007", "350", "1998", "Jl. Mawar, Kel. Temas",
     "Hak Pakai", "01-02-1999", "12.07.01.4.00017", "Kantor", "Pembelian", "1.250.000", "-"],
    [2, "Tanah Bangunan Balai", "01.01.11.04.02", "0001", "200", "-", "Desa Beji", "-", "-", "-",
     "-", "Hibah", "90.000", "-"],
]  # fmt: skip
BUILDINGS = [
    [1, "Bangunan Gedung Kantor", "03.11.01.01.01", "0007", "B", "Tidak", "Beton", "120,5",
     "Jl. Mawar, Kel. Temas", "01-02-1999", "-", "350", "-", "01.01.11.04.01", "Pembelian",
     "850.000.000", "-"],
    [2, "Balai Pertemuan", "03.11.01.10.01", "0001", "RB", "Tidak", "Beton", "80", "Desa Beji",
     "-", "-", "200", "Tanah Negara", "01.01.11.04.02", "Hibah", "50.000.000", "-"],
    [3, "Rumah Pompa", "03.11.02.01.01", "0002", "KB", "Tidak", "Tidak", "-", "-", "-", "-", "-",
     "-", "99.99", "-", "-", "-"],
]  # fmt: skip
HEAD_C = [
    ["No Urut", "Jenis Barang", "Nomor", "", "Kondisi Bangunan", "Konstruksi", "", "Luas Lantai"],
    ["", "", "Kode Barang", "Register", "", "Bertingkat/Tidak", "Beton/Tidak", ""],
]


def card(path: Path, rows: list[list[object]], columns: int, *, counted: bool = True) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["KARTU INVENTARIS BARANG"])
    sheet.append(["Pemerintah Kota Contoh (data buatan)"])
    for head in HEAD_C:
        sheet.append([*head, *[""] * (columns - len(head))])
    sheet.merge_cells("C3:D3")
    if counted:
        sheet.append(list(range(1, columns + 1)))
    for row in rows:
        sheet.append(row)
    sheet.append(["", "JUMLAH", *[""] * (columns - 3), ""])
    book.save(path)
    return path


def test_cards_are_joined_into_buildings_and_a_ledger(office: Path, tmp_path: Path) -> None:
    c = card(tmp_path / "kib_c.xlsx", BUILDINGS, 17)
    a = card(tmp_path / "kib_a.xlsx", LAND, 14)
    done = import_kib(Request(c, "kib", office, again=True), a, lambda *_: True)
    features = json.loads((office / "buildings.geojson").read_text())["features"]
    ward, hall = (feature["properties"] for feature in features)
    assert ward["building_id"] == "03.11.01.01.01/0007"
    assert ward["land_status"] == "local_government", "a certificate of Hak Pakai"
    assert (ward["floor_area_m2"], ward["condition"]) == (120.5, "good")
    assert ward["village_id"] == "35.79.01.1001"
    assert "kantor desa" in ward["evidence_note"], "no card has coordinates"
    assert (hall["land_status"], hall["condition"]) == ("state", "heavy_damage")
    codes = {notice.code for notice in done.notices}
    assert {"BG-257", "BG-269", "BG-277"} <= codes, "the pump house has no address and no land"
    with (office / "kib.csv").open(encoding="utf-8") as file:
        ledger = list(csv.DictReader(file))
    assert len(ledger) == 3, "nothing is lost from the ledger"
    assert ledger[0]["parcel_price_rupiah"] == "1250000000", "card A is in thousands"
    assert ledger[0]["building_price_rupiah"] == "850000000"
    assert ledger[0]["parcel_register"] == "0007"
    assert ledger[2]["building_price_rupiah"] == ""


def test_a_card_without_the_counting_row_is_known_by_its_codes(tmp_path: Path) -> None:
    path = card(tmp_path / "c.xlsx", BUILDINGS, 17, counted=False)
    opened = open_input(path, name=path.name, table="kib", suffixes=(".xlsx",))
    found, _ = read_card(opened, KIB_C)
    assert [record["register"] for record in found.records] == ["0007", "0001", "0002"]
    with pytest.raises(SourceError, match="BG-270"):
        read_card(opened, KIB_A)


def test_numbers_formatted_with_zeros_keep_them(tmp_path: Path) -> None:
    path = card(tmp_path / "c.xlsx", BUILDINGS, 17)
    book = openpyxl.load_workbook(path)
    cell = book.active.cell(row=6, column=4)
    cell.value, cell.number_format = 7, "0000"
    book.save(path)
    opened = open_input(path, name=path.name, table="kib", suffixes=(".xlsx",))
    assert read_card(opened, KIB_C)[0].records[0]["register"] == "0007"


def seen(path: Path, fields: tuple[str, ...]):
    opened = open_input(path, name=path.name, table="kib", suffixes=(".xlsx",))
    found, notices = read_card(opened, fields)
    return found, [(notice.code, notice.values["rows"]) for notice in notices]


def test_rows_without_an_asset_code_are_listed(tmp_path: Path) -> None:
    without = [4, "Balai Tanpa Kode", "-", *BUILDINGS[0][3:]]
    found, notices = seen(card(tmp_path / "c.xlsx", [*BUILDINGS, without], 17), KIB_C)
    assert len(found.records) == 3
    assert notices == [("BG-295", "9")]


def test_prices_are_read_in_full_or_listed(tmp_path: Path) -> None:
    prices = ["1.250,75", "90.000", "sekitar 5 juta", 12.5]
    lands = [[*LAND[0][:12], price, "-"] for price in prices]
    found, notices = seen(card(tmp_path / "a.xlsx", lands, 14), KIB_A)
    assert [land["price"] for land in found.records] == [1_250_750, 90_000_000, None, 12_500]
    assert notices == [("BG-296", "8")]


def test_an_asset_code_that_became_a_date_is_refused(tmp_path: Path) -> None:
    spoilt = [1, "Gedung", dt.date(2006, 6, 2), *BUILDINGS[0][3:]]
    with pytest.raises(DataError, match="BG-280"):
        seen(card(tmp_path / "c.xlsx", [spoilt], 17), KIB_C)


def test_floor_areas_keep_their_fractions_and_doubts_are_refused(
    office: Path, tmp_path: Path
) -> None:
    def areas(*written: object) -> list[float]:
        rows = [
            [n, "Gedung", "03.11.01.01.01", f"000{n}", *BUILDINGS[0][4:7], area, "Desa Beji",
             *BUILDINGS[0][9:]]
            for n, area in enumerate(written)
        ]  # fmt: skip
        path = card(tmp_path / "c.xlsx", rows, 17)
        import_kib(Request(path, "kib", office, again=True), None, lambda *_: True)
        features = json.loads((office / "buildings.geojson").read_text())["features"]
        return [feature["properties"]["floor_area_m2"] for feature in features]

    assert areas("90.5", "85,5", 7.25) == [90.5, 85.5, 7.25]
    with pytest.raises(DataError, match=r"BG-275.*baris 6, floor_area_m2: 1,250"):
        areas("1,250")
