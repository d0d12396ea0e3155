"""`batu-geo import`: what may mean two things is refused with how to settle it, not guessed."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pytest

from batu_geo.domain.errors import DataError, ScenarioError, SourceError
from batu_geo.importing.import_kib import import_kib
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.geometry.coordinates import Position, position_of
from batu_geo.sources.geometry.study_area import study_area
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.verbs.init import init

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

EMBEDDED = embedded_study()


def bring(file: Path, table: str, into: Path, **rest: Any):
    return import_file(Request(file, table, into, **{"again": True, **rest}), lambda *_: True)


def refused(file: Path, table: str, into: Path, **rest: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(DataError) as caught:
        bring(file, table, into, **rest)
    return [(problem.code, problem.row) for problem in caught.value.problems]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a new study that knows its villages and their outlines."""
    folder = init(tmp_path / "studi")
    bring(EMBEDDED / "population.csv", "population", folder)
    bring(EMBEDDED / "boundaries" / "desa_kelurahan.geojson", "villages", folder)
    return folder


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return a new study that knows its villages by name only: no outlines to fit."""
    folder = init(tmp_path / "daftar")
    bring(EMBEDDED / "population.csv", "population", folder)
    return folder


def typed(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def book(path: Path, *rows: list[Any]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def properties(folder: Path, name: str) -> list[dict[str, Any]]:
    return [f["properties"] for f in json.loads((folder / name).read_text())["features"]]


# Numbers

AREAS = "Nama Gedung;Alamat;Desa;Luas Bangunan;Kondisi\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["85.5", "12,5"], [85.5, 12.5]),
        (["1,234.5", "12,5"], [1234.5, 12.5]),
        (["1.250", "85,5"], [1250, 85.5]),
        (["1,250", "85.5"], [1250, 85.5]),
        (["1.250", "85.5"], [1.25, 85.5]),
        (["1.234.567,5", "1.250"], [1234567.5, 1250]),
    ],
)
def test_each_number_is_read_by_its_own_signs(
    listed: Path, tmp_path: Path, written: list[str], read: list[float]
) -> None:
    lines = [f"Balai {n};Jl. Mawar;Beji;{text};Baik\n" for n, text in enumerate(written)]
    bring(typed(tmp_path / "g.csv", AREAS + "".join(lines)), "buildings", listed)
    assert [r["floor_area_m2"] for r in properties(listed, "buildings.geojson")] == read


@pytest.mark.parametrize(
    "written", [["1,250"], ["1.250"], ["1.250", "85.5", "12,5"], ["90", "1,250"]]
)
def test_thousands_or_fractions_that_nothing_settles_are_refused(
    listed: Path, tmp_path: Path, written: list[str]
) -> None:
    lines = [f"Balai {n};Jl. Mawar;Beji;{text};Baik\n" for n, text in enumerate(written)]
    path = typed(tmp_path / "g.csv", AREAS + "".join(lines))
    row = next(n for n, text in enumerate(written, start=2) if "250" in text)
    assert refused(path, "buildings", listed) == [("BG-275", row)]


def test_people_in_english_thousands_are_not_read_as_one(named: Path, tmp_path: Path) -> None:
    path = typed(tmp_path / "p.csv", 'Nama Desa,Penduduk\nBeji,"1,000"\nTemas,"2,500"\n')
    assert refused(path, "population", named) == [("BG-275", 2), ("BG-275", 3)]
    path = typed(tmp_path / "p.csv", 'Nama Desa,Penduduk\nBeji,"1,000"\nTemas,"1,002,500"\n')
    bring(path, "population", named)
    assert ",Beji,1000\n" in (named / "population.csv").read_text()


def test_numbers_of_a_workbook_are_numbers_beside_texts(listed: Path, tmp_path: Path) -> None:
    path = book(
        tmp_path / "g.xlsx",
        ["Nama Gedung", "Desa", "Luas Bangunan"],
        ["A", "Beji", 12.5],
        ["B", "Beji", "85.5"],
        ["C", "Beji", 1.25],
    )
    bring(path, "buildings", listed)
    found = [r["floor_area_m2"] for r in properties(listed, "buildings.geojson")]
    assert found == [12.5, 85.5, 1.25]


def test_a_code_a_spreadsheet_made_a_date_of_is_refused(listed: Path, tmp_path: Path) -> None:
    day = dt.date(2026, 3, 1)
    head = ["Kode", "Nama Faskes", "Jenis", "Desa", "Keterangan"]
    path = book(tmp_path / "f.xlsx", head, [day, "Pustu A", "Pustu", "Beji", "x"])
    assert refused(path, "facilities", listed) == [("BG-280", 2)]
    path = book(tmp_path / "f.xlsx", head, ["F-1", "Pustu A", "Pustu", "Beji", day])
    bring(path, "facilities", listed)
    (record,) = properties(listed, "facilities.geojson")
    assert record["evidence_note"].startswith("2026-03-01")


# Sheets and columns

PEOPLE = ["No", "Kode Desa", "Nama Desa", "Jumlah Penduduk"]


def sheets(path: Path, **rows: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in rows.items():
        sheet = made.create_sheet(name.replace("_", " "))
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path


def test_one_of_several_equal_sheets_is_not_taken_for_all(named: Path, tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "p.xlsx",
        Kec_Batu=[PEOPLE, [1, "35.79.01.1001", "Temas", 10]],
        Kec_Junrejo=[PEOPLE, [1, "35.79.03.2002", "Beji", 20]],
        Kosong=[PEOPLE],
    )
    with pytest.raises(SourceError, match=r"BG-259.*yang ada: Kec Batu, Kec Junrejo\."):
        bring(path, "population", named)
    with pytest.raises(SourceError, match=r"BG-259.*yang ada: Kec Batu, Kec Junrejo, Kosong\."):
        bring(path, "population", named, layer="Kec. Batuu")
    assert bring(path, "population", named, layer="Kec Junrejo").count == 1


def test_sheets_that_were_not_read_are_said(named: Path, tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "p.xlsx",
        Data=[PEOPLE, [1, "35.79.03.2002", "Beji", 20]],
        Catatan=[["Nama Desa", "Warna"], ["Beji", "biru"]],
    )
    shown: list[Any] = []
    import_file(
        Request(path, "population", named, again=True), lambda _, said: not shown.extend(said)
    )
    assert [(n.code, n.values["found"]) for n in shown] == [("BG-283", "Catatan")]


def test_several_sheets_that_are_cards_need_a_word(office: Path, tmp_path: Path) -> None:
    row = [1, "Gedung", "03.11.01.01.01", "0001", "B", *["-"] * 3, "Desa Beji", *["-"] * 8]
    rows = [list(range(1, 18)), row]
    path = sheets(tmp_path / "c.xlsx", Dinas_A=rows, Dinas_B=rows)
    with pytest.raises(SourceError, match=r"BG-259.*Dinas A, Dinas B"):
        import_kib(Request(path, "kib", office, again=True), None, lambda *_: True)
    request = Request(path, "kib", office, again=True, layer="Dinas B")
    assert import_kib(request, None, lambda *_: True).count == 1


def test_men_are_not_the_people(named: Path, tmp_path: Path) -> None:
    head = "No,Kode Desa,Nama Desa,Penduduk L,Penduduk P,Penduduk L+P\n"
    path = typed(tmp_path / "p.csv", f"{head}1,35.79.03.2002,Beji,10,12,22\n")
    bring(path, "population", named)
    assert ",Beji,22\n" in (named / "population.csv").read_text()
    path = typed(tmp_path / "p.csv", "Kode,Nama Desa,Jumlah L\n35.79.03.2002,Beji,10\n")
    assert refused(path, "population", named) == [("BG-250", None)]


def test_guesses_too_close_to_each_other_are_refused(named: Path, tmp_path: Path) -> None:
    path = typed(tmp_path / "p.csv", "Kode,Desa,Penduduk1,Penduduk2\n35.79.03.2002,Beji,1,12\n")
    assert refused(path, "population", named) == [("BG-263", None)]
    bring(path, "population", named, chosen={"population": "Penduduk2"})
    assert ",Beji,12\n" in (named / "population.csv").read_text()


def test_a_header_is_known_by_the_columns_that_were_named(named: Path, tmp_path: Path) -> None:
    path = typed(tmp_path / "p.csv", "DAFTAR\nKode Desa,Cacah 2025\n35.79.03.2002,10\n")
    with pytest.raises(SourceError, match="BG-259"):
        bring(path, "population", named)
    assert bring(path, "population", named, chosen={"population": "Cacah 2025"}).count == 1


def test_a_column_may_be_put_aside(listed: Path, tmp_path: Path) -> None:
    path = typed(tmp_path / "i.csv", "Kode,Desa,Balita\n99,Beji,7\n")
    assert refused(path, "indicators", listed) == [("BG-252", 2)]
    assert bring(path, "indicators", listed, chosen={"village_id": ""}).count == 1


def test_long_questions_of_a_form_are_known_by_their_first_words(
    listed: Path, tmp_path: Path
) -> None:
    head = (
        "Timestamp;Nama fasilitas kesehatan yang dilaporkan;Jenis fasilitas (pilih satu);"
        "Desa/Kelurahan tempat fasilitas;Titik koordinat fasilitas dari peta;Jumlah penduduk miskin\n"
    )
    row = "22/12/2025 10:11:12;Pustu Beji;Pustu;Beji;-7.8925, 112.5591;7\n"
    bring(typed(tmp_path / "f.csv", head + row), "facilities", listed)
    (record,) = properties(listed, "facilities.geojson")
    assert (record["facility_name"], record["kind"]) == ("Pustu Beji", "PUSTU")
    assert record["village_id"] == "35.79.03.2002"
    assert "position_evidence" not in record, "the point is the one written"


@pytest.mark.parametrize("lower", [["L", "P", "Jumlah"], ["L", "P", "L+P"], ["Lk", "Pr", "Total"]])
def test_the_sum_below_a_merged_heading_is_the_number(
    named: Path, tmp_path: Path, lower: list[str]
) -> None:
    rows = [[*PEOPLE, None, None, "KK", None], [None, None, None, *lower, "L", "Jumlah"],
            [1, "35.79.03.2002", "Beji", 10, 12, 22, 4, 6]]  # fmt: skip
    bring(book(tmp_path / "p.xlsx", ["PENDUDUK"], *rows), "population", named)
    assert ",Beji,22\n" in (named / "population.csv").read_text()


def merged(path: Path, table: list[list[Any]], *cells: str) -> Path:
    made = openpyxl.Workbook()
    for row in table:
        made.active.append(row)
    for some in cells:
        made.active.merge_cells(some)
    made.save(path)
    return path


def test_a_village_merged_over_rows_is_that_of_each(listed: Path, tmp_path: Path) -> None:
    table = [["Nama", "Jenis", "Desa"], ["A", "Pustu", "Beji"], ["B", "Pustu", None],
             ["C", "Pustu", None], [None, None, None]]  # fmt: skip
    path = merged(tmp_path / "f.xlsx", table, "C2:C3", "C4:C5")
    done = bring(path, "facilities", listed)
    assert [r["village_id"] for r in properties(listed, "facilities.geojson")] == [
        "35.79.03.2002"
    ] * 2
    assert [n.values["rows"] for n in done.notices if n.code == "BG-257"] == ["4"]


def test_a_number_merged_over_rows_is_refused(listed: Path, tmp_path: Path) -> None:
    table = [["Nama Desa", "Balita"], ["Beji", 30], ["Temas", None]]
    assert refused(merged(tmp_path / "i.xlsx", table, "B2:B3"), "indicators", listed) == [
        ("BG-282", 3)
    ]


def test_a_formula_without_its_value_is_named(listed: Path, tmp_path: Path) -> None:
    table = [["Nama Desa", "Balita"], ["Beji", "=10+20"], ["Jumlah", "=SUM(B2:B2)"]]
    assert refused(merged(tmp_path / "i.xlsx", table), "indicators", listed) == [("BG-281", 2)]


# Villages


def test_a_row_of_another_place_is_not_taken_by_its_name(listed: Path, tmp_path: Path) -> None:
    head = "Nama Faskes;Jenis;Kode Desa;Desa;Kecamatan\n"
    rows = [
        "Pustu A;Pustu;35.07.21.2007;Sumberejo;Gedangan",
        "Pustu B;Pustu;;Sumberejo;Gedangan",
        "Pustu C;Pustu;35.79.03.9999;Beji;",
        "Pustu D;Pustu;35.79.03.2002;Beji;Bumiaji",
    ]
    path = typed(tmp_path / "f.csv", head + "\n".join(rows))
    assert refused(path, "facilities", listed) == [
        ("BG-252", 3), ("BG-252", 4), ("BG-285", 5),
    ]  # fmt: skip


def test_a_strange_name_beside_a_good_code_is_said(listed: Path, tmp_path: Path) -> None:
    path = typed(tmp_path / "i.csv", "Kode,Desa,Balita\n35.79.03.2002,Pujon Kidul,7\n")
    (notice,) = bring(path, "indicators", listed).notices
    assert (notice.code, notice.values["found"]) == (
        "BG-284", "Pujon Kidul / Beji (35.79.03.2002)",
    )  # fmt: skip


def test_a_village_column_and_an_address_must_agree(listed: Path, tmp_path: Path) -> None:
    head = "Nama Gedung;Alamat;Kecamatan\n"
    rows = "Balai A;Desa Beji;Junrejo\nBalai B;Desa Beji;Bumiaji\nBalai C;Jl. Beji 5;\n"
    done = bring(typed(tmp_path / "g.csv", head + rows), "buildings", listed)
    (record,) = properties(listed, "buildings.geojson")
    assert (record["building_name"], record["village_id"]) == ("Balai A", "35.79.03.2002")
    assert [n.values["rows"] for n in done.notices if n.code == "BG-257"] == ["3, 4"]


def test_corrected_codes_of_the_list_of_villages_stay_and_are_said(
    named: Path, tmp_path: Path
) -> None:
    text = (EMBEDDED / "population.csv").read_text(encoding="utf-8")
    path = typed(tmp_path / "p.csv", text.replace("35.79.03.2007", "35.79.03.2099"))
    done = bring(path, "population", named)
    assert [n.values["found"] for n in done.notices if n.code == "BG-286"] == [
        "35.79.03.2099 (Torongrejo)"
    ]
    assert "35.79.03.2099,Torongrejo" in (named / "population.csv").read_text()
    path = typed(tmp_path / "p.csv", text.replace("35.79.03.2007", "35.79.2007"))
    assert refused(path, "population", named) == [("BG-252", 25)]


def test_bps_codes_that_stand_at_several_villages_are_refused(tmp_path: Path, listed: Path) -> None:
    document = json.loads((EMBEDDED / "boundaries" / "desa_kelurahan.geojson").read_text())
    for feature in document["features"]:
        names = feature["properties"]
        feature["properties"] = {"NAME_4": names["village_name"], "CC_4": "3579010099"}
    path = typed(tmp_path / "gadm.geojson", json.dumps(document))
    assert {code for code, _ in refused(path, "villages", listed)} == {"BG-252"}
    bare = init(tmp_path / "kosong")
    bring(EMBEDDED / "population.csv", "population", bare)
    assert [code for code, _ in refused(path, "villages", bare)] == ["BG-206"] * 23


# Places

SPELLINGS = {
    "degrees without a letter": ('"112°32\'29"""', '"7°52\'39"""', "BG-237"),
    "seventy-five minutes": ('"112°75\'29""E"', '"7°52\'39""S"', "BG-288"),
    "degrees with spaces": ("112 32 29", "7 52 39", "BG-288"),
    "no points": ("112541400", "-78775000", "BG-289"),
    "one point lost": ("112541400", "-7.8775", "BG-289"),
    "points for thousands": ("112.541.400", "-7.877.500", "BG-290"),
    "UTM with points": ("669.955", "9.128.950", "BG-290"),
    "no minus": ("112.5414", "7.8775", "BG-237"),
    "no minus, swapped": ("7.8775", "112.5414", "BG-237"),
    "UTM swapped": ("9128950", "669955", "BG-292"),
    "a link": ("https://maps.app.goo.gl/abc123", "", "BG-293"),
    "neither": ("8955", "5128950", "BG-253"),
    "the northern half": ("669955", "392394", "BG-287"),
    "nothing": ("0", "0", "BG-253"),
    "words": ("dekat pasar", "", "BG-253"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_writings_of_a_place_are_named(listed: Path, tmp_path: Path, spelling: str) -> None:
    x, y, code = SPELLINGS[spelling]
    head = "Nama Faskes,Jenis,Bujur,Lintang\n"
    path = typed(tmp_path / "f.csv", f"{head}Pustu X,Pustu,{x},{y}\n")
    assert refused(path, "facilities", listed) == [(code, 2)]


@pytest.mark.parametrize(
    "link",
    ["https://www.google.com/maps?q=-7.8775,112.5414", "https://maps.google.com/?q=loc:-7.8775,112.5414",
     "https://www.google.com/maps/search/?api=1&query=-7.8775%2C112.5414",
     "https://www.google.com/maps/place/X/@-7.9,112.6,17z/data=!3m1!4b1!8m2!3d-7.8775!4d112.5414"],
)  # fmt: skip
def test_a_link_that_holds_its_place_is_read(listed: Path, tmp_path: Path, link: str) -> None:
    head = "Nama Faskes\tJenis\tLink Google Maps\r\n"
    path = typed(tmp_path / "f.txt", f"{head}Pustu X\tPustu\t{link}\r\n", "utf-16")
    bring(path, "facilities", listed)
    [place] = gpd.read_file(listed / "facilities.geojson").geometry
    assert (place.x, place.y) == (112.5414, -7.8775)


def test_a_link_in_the_one_column_of_places_is_named(listed: Path, tmp_path: Path) -> None:
    head = "Nama Faskes;Jenis;Koordinat\n"
    path = typed(tmp_path / "f.csv", f"{head}Pustu X;Pustu;https://goo.gl/maps/abc\n")
    assert refused(path, "facilities", listed) == [("BG-293", 2)]


@pytest.mark.parametrize("zone", ["50S", "UTM 50 S", "WGS 84 / UTM zone 50S", "EPSG:32750", 50])
def test_a_stated_zone_that_is_not_the_studys_is_refused_by_name(
    listed: Path, tmp_path: Path, zone: str
) -> None:
    head = ["Nama", "Jenis", "Desa", "X", "Y", "Zona"]
    path = book(tmp_path / "f.xlsx", head, ["Pustu", "Pustu", "Sisir", 668413, 9129811, zone])
    with pytest.raises(DataError, match=r"BG-287.*UTM zona 50S.*EPSG:32749"):
        bring(path, "facilities", listed)


@pytest.mark.parametrize("zone", ["49S", "UTM 49 L", "49", "WGS 84", ""])
def test_the_zone_of_the_study_may_be_stated(listed: Path, tmp_path: Path, zone: str) -> None:
    head = "Nama;Jenis;Desa;X;Y;Zona\n"
    path = typed(tmp_path / "f.csv", f"{head}Pustu;Pustu;Sisir;668413;9129811;{zone}\n")
    assert bring(path, "facilities", listed).count == 1


@pytest.mark.parametrize(("x", "y", "zone"), [(7887, 9126338, "50S"), (1333477, 9121417, "48S")])
def test_another_zone_is_known_by_where_it_leads(
    listed: Path, tmp_path: Path, x: int, y: int, zone: str
) -> None:
    path = typed(tmp_path / "f.csv", f"Nama;Jenis;X;Y\nPustu;Pustu;{x};{y}\n")
    with pytest.raises(DataError, match=f"BG-287.*UTM zona {zone}"):
        bring(path, "facilities", listed)


def test_a_study_north_of_the_equator_reads_its_own_zone() -> None:
    area = study_area("EPSG:32647", (98.5, 3.4, 98.8, 3.7))
    found = position_of("461128", "392394", area)
    assert isinstance(found, Position)
    assert (round(found.x, 2), round(found.y, 2)) == (98.65, 3.55)
    assert position_of("461128", "9128950", area).code == "BG-287"
    assert position_of("392394", "461128", area).code == "BG-292"
    assert position_of("98.65", "3.55", area).how == "degrees"


def test_a_column_of_addresses_called_lokasi_is_no_column_of_coordinates(
    listed: Path, tmp_path: Path
) -> None:
    path = typed(tmp_path / "f.csv", "Nama;Jenis;Desa;Lokasi\nPustu;Pustu;Sisir;Jl. Mawar 3\n")
    assert bring(path, "facilities", listed).count == 1


# Dates

CLOSED = "Nama;Jenis;Desa;Tutup sementara mulai\n"


def closings(folder: Path, path: Path, *written: str) -> list[str]:
    lines = [f"Pustu {n};Pustu;Beji;{text}\n" for n, text in enumerate(written)]
    bring(typed(path, CLOSED + "".join(lines)), "facilities", folder)
    return [record["closed_from"] for record in properties(folder, "facilities.geojson")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["1 Nopember 2025", "3 Pebruari 2025"], ["2025-11-01", "2025-02-03"]),
        (["1 Agt 2025", "2 Agust. 2025"], ["2025-08-01", "2025-08-02"]),
        (["22-Des-25", "Senin, 22 Desember 2025"], ["2025-12-22", "2025-12-22"]),
        (["3/4/2025", "22/12/2025"], ["2025-04-03", "2025-12-22"]),
        (["03/04/2025 10:15:00", "22/12/2025 08:00:00"], ["2025-04-03", "2025-12-22"]),
        (["03/04/2025 10:15:00", "12/22/2025 08:00:00"], ["2025-03-04", "2025-12-22"]),
    ],
)
def test_dates_are_read_as_the_column_writes_them(
    listed: Path, tmp_path: Path, written: list[str], read: list[str]
) -> None:
    assert closings(listed, tmp_path / "f.csv", *written) == read


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (["03/04/2025 10:15:00"], "BG-294"),
        (["03/04/2025", "22/12/2025", "12/22/2025"], "BG-294"),
        (["22/12/25"], "BG-221"),
    ],
)
def test_dates_that_may_be_two_are_refused(
    listed: Path, tmp_path: Path, written: list[str], code: str
) -> None:
    with pytest.raises(DataError) as caught:
        closings(listed, tmp_path / "f.csv", *written)
    assert [(problem.code, problem.row) for problem in caught.value.problems] == [(code, 2)]


def test_what_is_no_date_is_shown_as_it_was_typed(listed: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"BG-221.*31/02/2025 bukan tanggal"):
        closings(listed, tmp_path / "f.csv", "31/02/2025")


# Outlines


def outlines(path: Path, of: Any) -> Path:
    document = json.loads((EMBEDDED / "boundaries" / "desa_kelurahan.geojson").read_text())
    for feature in document["features"]:
        feature["properties"] = of(feature["properties"])
    return typed(path, json.dumps(document))


def test_a_new_edition_keeps_what_only_the_older_one_says(listed: Path, tmp_path: Path) -> None:
    before = {r["village_id"]: r for r in properties(listed, "villages.geojson")}
    path = outlines(
        tmp_path / "b.geojson", lambda r: {"kode": r["village_id"], "nama": "X" + r["village_name"]}
    )
    done = bring(path, "villages", listed)
    (notice,) = (n for n in done.notices if n.code == "BG-297")
    assert {"office_lon", "office_lat", "puskesmas", "bps_id"} <= set(
        notice.values["found"].split(", ")
    )
    for record in properties(listed, "villages.geojson"):
        old = before[record["village_id"]]
        assert record == {
            **{
                k: v
                for k, v in old.items()
                if k not in {"evidence", "evidence_note", "evidence_note_en"}
            },
            "village_name": "X" + old["village_name"],
        }


def test_the_four_columns_of_a_code_are_shown_as_the_code(listed: Path, tmp_path: Path) -> None:
    def of_big(record: dict[str, Any]) -> dict[str, str]:
        province, city, district, village = record["village_id"].split(".")
        return {"kd_propinsi": province, "kd_dati2": city, "kd_kecamatan": f"0{district}",
                "kd_kelurahan": village[1:], "nm_kelurahan": record["village_name"]}  # fmt: skip

    path = outlines(tmp_path / "big.geojson", of_big)
    shown: list[Any] = []
    request = Request(path, "villages", listed, again=True)
    import_file(request, lambda matches, _: not shown.extend(matches))
    assert [(m.source, m.target, m.score) for m in shown] == [
        ("village_id (kd_propinsi + kd_dati2 + kd_kecamatan + kd_kelurahan)", "village_id", 100.0),
        ("nm_kelurahan", "village_name", 100.0),
    ]


# OpenStreetMap


def osm_points(path: Path, *tags: dict[str, str]) -> Path:
    point = {"type": "Point", "coordinates": [112.5591, -7.8925]}
    features = [
        {"type": "Feature", "properties": {"@id": f"node/{n}", **some}, "geometry": point}
        for n, some in enumerate(tags)
    ]
    return typed(path, json.dumps({"type": "FeatureCollection", "features": features}))


def test_objects_without_a_rule_are_counted_by_their_tags(listed: Path, tmp_path: Path) -> None:
    other = [{"healthcare": "laboratory"}, {"amenity": "dentist"}, {"amenity": "dentist"}]
    path = osm_points(tmp_path / "osm.geojson", {"amenity": "clinic", "name": "A"}, *other)
    shown: list[Any] = []
    request = Request(path, "facilities", listed, again=True)
    done = import_file(request, lambda _, said: not shown.extend(said))
    assert done.count == 1
    assert [(n.code, n.values["found"]) for n in shown] == [
        ("BG-298", "amenity=dentist (2), healthcare=laboratory (1)")
    ]
    path = osm_points(tmp_path / "osm.geojson", *other)
    assert [code for code, _ in refused(path, "facilities", listed)] == ["BG-298", "BG-214"]


# What the study itself says


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("synonyms.toml", '[columns]\nshared = "x"', "BG-302 synonyms.toml, columns.shared: "),
        ("synonyms.toml", "[columns.facilities]\nfacility_name = 5", "BG-302 .*facility_name: "),
        ("synonyms.toml", '[columns.facilities]\nfacility_name = "zzz"', "BG-302 .*harus daftar"),
        ("synonyms.toml", '[columns.fasilitas]\nkind = ["a"]', "BG-302 .*columns.fasilitas: .*fac"),
        ("synonyms.toml", '[values]\nkind = ["a"]', "BG-302 .*values.kind: harus tabel"),
        ("synonyms.toml", "[values.kind]\nPUSTU = 7", "BG-302 .*values.kind.PUSTU: "),
        ("synonyms.toml", '[areas]\nnot_villages = "danau"', "BG-302 .*areas.not_villages: "),
        ("synonyms.toml", "[kolom]\na = 1", "BG-301 synonyms.toml, kolom"),
        ("osm_kinds.toml", "rule = 3", "BG-302 osm_kinds.toml, rule: harus daftar"),
        ("osm_kinds.toml", 'rule = ["x"]', "BG-302 .*rule.0: harus tabel"),
        ("osm_kinds.toml", '[[rule]]\nkind = "KLINIK"\ntags = 3', "BG-302 .*rule.0.tags: "),
        ("osm_kinds.toml", '[[rule]]\nname = ["x"]', "BG-302 .*rule.0.kind: wajib diisi"),
        ("osm_kinds.toml", '[[rule]]\nkind = "KLINIKK"', "BG-302 .*rule.0.kind: .*KLINIK"),
        ("osm_kinds.toml", '[[rule]]\nkind = "KLINIK"\ntags = { amenity = 7 }', "BG-302 .*amenity"),
        ("osm_kinds.toml", '[[rule]]\nkind = "KLINIK"\ntags = { amenity = "x" }', "BG-302 .*amenity"),
        ("osm_kinds.toml", '[[aturan]]\nkind = "KLINIK"', "BG-301 .*aturan"),
    ],
)  # fmt: skip
def test_words_of_the_study_that_are_written_wrongly_are_named(
    listed: Path, tmp_path: Path, name: str, text: str, line: str
) -> None:
    typed(listed / name, text)
    file = osm_points(tmp_path / "o.geojson", {"amenity": "clinic", "name": "K", "id": "node/1"})
    with pytest.raises(ScenarioError, match=line):
        bring(file, "facilities", listed)


def test_inputs_of_the_study_without_codes_are_as_if_they_were_not_there(
    listed: Path, tmp_path: Path
) -> None:
    typed(listed / "population.csv", "kode,penduduk\n35.79.01.1001,5\n")
    path = listed / StudyFolder.at(listed).path_of("villages")
    outlines = json.loads(path.read_text())
    outlines["features"][0]["properties"] = [1]
    path.write_text(json.dumps(outlines))
    file = typed(tmp_path / "f.csv", "Nama;Jenis;Desa;X;Y\nPustu Sisir;Pustu;Sisir;112.53;-7.87\n")
    for odd in (path.read_text(), "[]", '{"features": 5}', '{"features": [5]}'):
        path.write_text(odd)
        done = bring(file, "facilities", listed)
        assert "BG-234" in {problem.code for problem in done.notices}
