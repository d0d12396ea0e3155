"""`import` of harmed and made-up files ends in its table or in errors of ours, and harms nothing."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from batu_geo.sources.study.embedded import embedded_study
from tests.fuzz import strategies as our
from tests.fuzz.rounds import keep_trying
from tests.malformed.cases import zipped
from tests.malformed.office import KML, MARK, PUSTU, RINGS, sound_workbook, written
from tests.malformed.runner import bring

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

POINT = KML.format(MARK.format("<Point><coordinates>112.54,-7.88,0</coordinates></Point>")).encode()
SQL = f"INSERT INTO w (kode, nama, path) VALUES ('35.79.01.1001', 'Temas', '{RINGS}');".encode()
CARD = (
    ";".join(str(n) for n in range(1, 18))
    + "\n1;Gedung Kantor;03.11.01.01.01;0001;B;Tidak;Beton;250;Jl. A, Kel. Sisir;-;-;500;Hak Pakai;"
    "01.01.11.04.01;APBD;1.250.000.000;-\n"
).encode()
FORM = (
    b"Nama Faskes;Jenis;Kel/Desa;Koordinat;Status\n"
    b'Pustu Beji;Pustu;Ds. Beji;"-7,8925; 112,5591";Buka\n'
)


@cache
def file(name: str) -> bytes:
    return (embedded_study() / name).read_bytes()


HARMED = {
    "outlines": ("villages", "b.geojson", lambda: file("boundaries/desa_kelurahan.geojson")),
    "facilities": ("facilities", "f.geojson", lambda: file("facilities.geojson")),
    "buildings": ("buildings", "b.geojson", lambda: file("buildings.geojson")),
    "kml": ("facilities", "f.kml", lambda: POINT),
    "kmz": ("facilities", "f.kmz", lambda: zipped({"doc.kml": POINT})),
    "sql": ("villages", "w.sql", lambda: SQL),
    "gpkg": ("facilities", "f.gpkg", lambda: written("gpkg")["f.gpkg"]),
    "shp": ("facilities", "f.zip", lambda: zipped(written("shp"))),
    "json in a zip": ("facilities", "f.zip", lambda: zipped({"f.geojson": json.dumps(
        {"type": "FeatureCollection", "features": [PUSTU]}).encode()})),
    "population": ("population", "p.csv", lambda: file("population.csv")),
    "indicators": ("indicators", "i.csv", lambda: file("indicators.csv")),
    "staffing": ("staffing", "s.csv", lambda: file("staffing.csv")),
    "form": ("facilities", "f.csv", lambda: FORM),
    "workbook": ("facilities", "f.xlsx", sound_workbook),
    "card": ("kib", "c.csv", lambda: CARD),
}  # fmt: skip
MADE_UP = {
    "outlines": ("villages", "b.geojson", our.collections),
    "facilities": ("facilities", "f.geojson", our.collections),
    "buildings": ("buildings", "b.geojson", our.collections),
    "anything": ("facilities", "f.json", our.json_values),
    "overpass": ("facilities", "f.json", our.overpass),
}
HEADERS = {
    "facilities": "Nama Faskes,Jenis,Desa,Bujur,Lintang,Tutup sementara mulai",
    "buildings": "Nama Gedung,Alamat,Desa,Luas Bangunan,Kondisi",
    "population": "Kode Desa,Nama Desa,Kecamatan,Jumlah Penduduk",
    "indicators": "Nama Desa,Jumlah Posyandu,Balita",
    "staffing": "Kode Faskes,Profesi,Hari,Mulai,Selesai",
}


@pytest.mark.parametrize("name", HARMED)
def test_a_harmed_file_is_imported(name: str, tmp_path: Path) -> None:
    table, file_name, base = HARMED[name]
    keep_trying(our.harmed(base()), lambda content: put(tmp_path, file_name, table, content))


@pytest.mark.parametrize("name", MADE_UP)
def test_made_up_json_is_imported(name: str, tmp_path: Path) -> None:
    table, file_name, strategy = MADE_UP[name]
    keep_trying(
        strategy,
        lambda document: put(tmp_path, file_name, table, json.dumps(document).encode()),
    )


@pytest.mark.parametrize("table", HEADERS)
def test_made_up_rows_are_imported(table: str, tmp_path: Path) -> None:
    width = HEADERS[table].count(",") + 1
    rows = st.lists(st.lists(our.csv_cells, min_size=width, max_size=width), max_size=4)

    def body(cells: object) -> None:
        lines = [HEADERS[table], *(",".join(row) for row in cells)]
        put(tmp_path, "t.csv", table, "\n".join(lines).encode(errors="replace"))

    keep_trying(rows, body)


def put(room: Path, file_name: str, table: str, content: object) -> None:
    path = room / "in" / file_name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert bring(path, table, room).faults == []


def test_these_files_are_imported_when_they_are_whole(tmp_path: Path) -> None:
    """A base that is refused already would fuzz only its first check."""
    (tmp_path / "in").mkdir()
    for name, (table, file_name, base) in HARMED.items():
        if name != "sql":  # one village of 24
            path = tmp_path / "in" / file_name
            path.write_bytes(base())
            end = bring(path, table, tmp_path)
            assert end.outcome != "refused", (name, end.lines)
