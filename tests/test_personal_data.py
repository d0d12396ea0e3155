"""Nothing personal that stands in a file reaches a screen, a study or a result."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.verbs.init import init
from tests.domain.test_privacy import INNOCENT, PERSONAL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

NAME = "Siti Rekaan"
PLACE = {"type": "Point", "coordinates": [112.5414, -7.8775]}
PUSTU = {
    "facility_id": "F-1", "facility_name": "Pustu Contoh", "kind": "PUSTU", "status": "active",
    "village_id": "35.79.01.1001",
}  # fmt: skip
HEAD_C = ["no", "nama", "kode", "register", "kondisi", "bertingkat", "beton", "luas", "alamat",
          "tanggal", "nomor", "luas tanah", "status", "kode tanah", "asal", "harga",
          "keterangan"]  # fmt: skip
ASSET = {
    "no": "1", "nama": "Balai", "kode": "03.11.01.01.01", "register": "0007", "kondisi": "B",
    "luas": "120,5", "alamat": "Jl. Mawar, Kel. Temas", "harga": "850.000.000",
}  # fmt: skip


def invoke(*args: object) -> str:
    """Run the program and return all it prints."""
    done = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert done.exit_code != 70, done.output
    return done.output


def bring(file: Path, table: str, into: Path, *more: str) -> str:
    return invoke("import", file, "--as", table, "--into", into, "--yes", "--again", *more)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a new study that knows its villages and their outlines."""
    folder = init(tmp_path / "studi")
    bring(embedded_study() / "population.csv", "population", folder)
    bring(embedded_study() / "boundaries" / "desa_kelurahan.geojson", "villages", folder)
    return folder


def written(folder: Path) -> str:
    """Return every text below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def spoken_of(text: str, *more: str) -> list[str]:
    return [value for value in (*PERSONAL, *more) if value in text]


def collection(path: Path, records: list[dict[str, Any]], geometry: Any = PLACE) -> Path:
    features = [{"type": "Feature", "properties": r, "geometry": geometry} for r in records]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("form", ["{}", f"NIK {{}} {NAME}"])
@pytest.mark.parametrize(
    "column",
    ["facility_id", "facility_name", "kind", "closed_from", "village_id", "evidence_note", "x"],
)
def test_check_shows_none_in_lines_json_or_map(tmp_path: Path, column: str, form: str) -> None:
    records = [PUSTU | {column: form.format(value)} for value in PERSONAL]
    file = collection(tmp_path / f"f {PERSONAL[0]}.geojson", records)
    said = invoke("check", file, "--as", "facilities", "--map", tmp_path / "peta.html",
                  "--fix", tmp_path / "usul")  # fmt: skip
    said += invoke("check", file, "--as", "facilities", "--json")
    said += (tmp_path / "peta.html").read_text(encoding="utf-8")
    assert spoken_of(said, NAME) == []
    assert spoken_of(written(tmp_path / "usul")) == []


@pytest.mark.parametrize("value", PERSONAL)
def test_check_shows_none_in_places_numbers_and_headers(tmp_path: Path, value: str) -> None:
    spoilt = {"type": "Point", "coordinates": [f"NIK {value} {NAME}", -7.8]}
    said = invoke("check", collection(tmp_path / "f.geojson", [PUSTU], spoilt), "--as",
                  "facilities")  # fmt: skip
    table = tmp_path / "p.csv"
    table.write_text(f"village_id,population,{value},{value}\n35.79.01.1001,{NAME} {value},1,2\n")
    said += invoke("check", table, "--as", "population")
    table.write_text(f"village_id,population\n35.79.01.1001,{NAME} {value}\n{value},2\n")
    said += invoke("check", table, "--as", "population")
    assert spoken_of(said, NAME) == []


def test_a_list_of_people_without_a_header_is_refused_unseen(listed: Path, tmp_path: Path) -> None:
    table = tmp_path / "ibu.csv"
    table.write_text("\n".join(f"{value};{NAME};Hamil" for value in PERSONAL), encoding="utf-8")
    said = bring(table, "population", listed)
    assert "BG-259" in said
    assert spoken_of(said, NAME, "Hamil") == []


def test_a_torn_dump_is_refused_unseen(listed: Path, tmp_path: Path) -> None:
    dump = tmp_path / "a.sql"
    for value in PERSONAL:
        dump.write_text(f"INSERT INTO a (kode, nama) VALUES ('1', {NAME} {value}', 1);")
        said = bring(dump, "villages", listed)
        assert "BG-260" in said
        assert spoken_of(said, NAME) == []


def test_import_keeps_none_in_the_study(listed: Path, tmp_path: Path) -> None:
    head = ["Kode", "Nama", "Jenis", "Desa", "Keterangan", "Nama Ibu Hamil", PERSONAL[0]]
    with (tmp_path / f"data {PERSONAL[0]}.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(head)
        for number, value in enumerate(PERSONAL):
            note = f"Hub. bidan, {value}"
            rows.writerow([f"F-{number}", "Pustu", "Pustu", "Temas", note, NAME, "x"])
    said = bring(tmp_path / f"data {PERSONAL[0]}.csv", "facilities", listed)
    assert {"BG-267", "BG-268"} <= set(said.split())
    assert spoken_of(said + written(listed), NAME) == []
    assert "Hub. bidan, ***" in (listed / "facilities.geojson").read_text(encoding="utf-8")


def test_import_of_outlines_keeps_none_in_what_is_set_apart(listed: Path, tmp_path: Path) -> None:
    document = json.loads((listed / "villages.geojson").read_text(encoding="utf-8"))
    for feature in document["features"]:
        feature["properties"]["surveyor"] = {"kontak": [f"{NAME}, {value}" for value in PERSONAL]}
    document["features"][0]["properties"]["village_name"] = "Hutan"
    file = tmp_path / "batas.geojson"
    file.write_text(json.dumps(document), encoding="utf-8")
    said = bring(file, "villages", listed)
    assert spoken_of(said + written(listed)) == []


def test_a_number_of_sixteen_digits_in_a_workbook_is_a_nik(listed: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kode", "Nama", "Jenis", "Desa"])
    book.active.append([3.579012345678901e15, "Pustu", "Pustu", "Temas"])
    book.save(tmp_path / "f.xlsx")
    said = bring(tmp_path / "f.xlsx", "facilities", listed)
    assert "BG-267" in said
    assert spoken_of(said + written(listed)) == []


def cards(path: Path, values: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEAD_C)
        rows.writerow(range(1, len(HEAD_C) + 1))
        for number, value in enumerate(values):
            asset = ASSET | {
                "register": f"{number:04d}", "alamat": f"{ASSET['alamat']}; {value}",
                "keterangan": f"Hub. {value}",
            }  # fmt: skip
            rows.writerow([asset.get(name, "-") for name in HEAD_C])
    return path


def test_asset_cards_keep_none(listed: Path, tmp_path: Path) -> None:
    said = bring(cards(tmp_path / "kib_c.csv", PERSONAL), "kib", listed)
    assert "BG-268" in said
    assert spoken_of(said + written(listed)) == []
    assert "Hub. ***" in (listed / "kib.csv").read_text(encoding="utf-8")


def test_codes_prices_and_dates_of_asset_cards_are_kept(listed: Path, tmp_path: Path) -> None:
    said = bring(cards(tmp_path / "kib_c.csv", INNOCENT), "kib", listed)
    assert "BG-268" not in said
    with (listed / "kib.csv").open(encoding="utf-8") as file:
        ledger = list(csv.DictReader(file))
    assert [row["building_note"] for row in ledger] == [f"Hub. {value}" for value in INNOCENT]
    assert {row["building_price_rupiah"] for row in ledger} == {"850000000"}
    assert ledger[7]["building_id"] == "03.11.01.01.01/0007"


def test_codes_prices_and_dates_of_lists_are_kept(listed: Path, tmp_path: Path) -> None:
    records = [
        PUSTU | {"facility_id": f"F-{number}", "facility_name": f"Pustu {value}",
                 "evidence_note": value}
        for number, value in enumerate(INNOCENT)
    ]  # fmt: skip
    file = collection(tmp_path / "f.geojson", records)
    assert "BG-2" not in invoke("check", file, "--as", "facilities").replace("BG-233", "")
    assert "BG-268" not in bring(file, "facilities", listed)
    features = json.loads((listed / "facilities.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["evidence_note"] for f in features] == list(INNOCENT)


def test_points_of_single_patients_do_not_leave_the_import(listed: Path, tmp_path: Path) -> None:
    """A list with a row a patient and where each lives: no place and no name is written."""
    path = tmp_path / "pasien.csv"
    path.write_text(
        "kode desa,nama pasien,lat,lon,balita stunting\n"
        f"35.79.01.1001,{NAME},-7.871234,112.527654,1\n"
        f"35.79.01.1002,{NAME},-7.879876,112.531357,1\n",
        encoding="utf-8",
    )
    said = bring(path, "indicators", listed)
    kept = (listed / "indicators.csv").read_text(encoding="utf-8")
    assert "35.79.01.1001" in kept
    for secret in ("871234", "527654", "879876", "531357", NAME):
        assert secret not in said
        assert secret not in written(listed)
