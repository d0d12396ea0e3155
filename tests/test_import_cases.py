"""Files as offices have them: each stands for a kind, with what is right beside it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, Problem, SourceError
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Imported, Request
from batu_geo.sources.cells.grids import raw_sheets
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.verbs.check import run_check
from batu_geo.verbs.init import init
from tests.office_study import office_study

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

OF_A_LIST = "ID,Nama,Jenis,Status,Desa"


@pytest.fixture
def bring(tmp_path: Path, office: Path) -> Callable[..., Imported]:
    """Return an import into the study, agreed to, in place of what is there.

    Its notices are those shown before the question, too.
    """

    def brought(name: str, content: Any, table: str, into: Path = office, **rest: Any) -> Imported:
        path = tmp_path / name
        if isinstance(content, openpyxl.Workbook):
            content.save(path)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
        request = Request(path, table, into, again=True, **rest)
        shown: list[Problem] = []
        done = import_file(request, lambda _, notices: shown.extend(notices) is None)
        return replace(done, notices=(*shown, *done.notices))

    return brought


def said(done: Imported) -> dict[str, dict[str, Any]]:
    return {notice.code: dict(notice.values) for notice in done.notices}


def points(done: Imported) -> list[list[float]]:
    features = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    return [feature["geometry"]["coordinates"] for feature in features]


def own_outlines() -> dict[str, Any]:
    """Return the outlines of the embedded study as GeoJSON, free to be changed."""
    path = embedded_study() / "boundaries" / "desa_kelurahan.geojson"
    collection: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return collection


def people_listed() -> list[dict[str, str]]:
    with (embedded_study() / "population.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("head", "cells"),
    {
        "two columns": ("_Titik lokasi_latitude,_Titik lokasi_longitude", "-7.87852,112.54242"),
        "ODK": ("Titik lokasi-Latitude,Titik lokasi-Longitude", "-7.87852,112.54242"),
        "height and accuracy": ("Titik lokasi", "-7.87852 112.54242 871.5 4.9"),
        "sixtieths": ("Lintang,Bujur", '"7°52\'42.672"" LS","112°32\'32.712"" BT"'),
        "sixtieths in one cell": ("Koordinat", '"7°52\'42.672""S 112°32\'32.712""E"'),
        "letters": ("Lintang,Bujur", "7.87852 LS,112.54242 BT"),
    }.values(),
)
def test_the_place_of_a_survey_is_kept(
    bring: Callable[..., Imported], head: str, cells: str
) -> None:
    row = f"X1,Pustu A,PUSTU,active,Temas,{cells}"
    done = bring("survei.csv", f"{OF_A_LIST},{head}\n{row}\n", "facilities")
    ((lon, lat),) = points(done)
    assert (lon, lat) == pytest.approx((112.54242, -7.87852), abs=1e-7)
    assert "BG-269" not in said(done), "not put at the village office"


def test_the_folder_of_a_placemark_is_its_kind(bring: Callable[..., Imported]) -> None:
    place = "<Placemark><name>Pustu A</name><Point><coordinates>112.54242,-7.87852,0</coordinates></Point></Placemark>"
    kml = f"<kml><Document><Folder><name>Pustu</name>{place}</Folder></Document></kml>"
    done = bring("titik.kml", kml, "facilities")
    (feature,) = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["kind"] == "PUSTU"
    assert feature["properties"]["facility_name"] == "Pustu A"


def test_health_points_of_the_topographic_map_have_their_kind_in_the_remark(
    bring: Callable[..., Imported],
) -> None:
    kinds = {
        "Puskesmas": "PUSKESMAS",
        "Puskesmas Pembantu": "PUSTU",
        "Rumah Sakit Umum": "RUMAH_SAKIT",
    }
    features = [
        {"type": "Feature", "properties": {"namobj": None, "remark": kind, "lcode": "X"},
         "geometry": {"type": "Point", "coordinates": [112.54242 + n * 0.003, -7.87852]}}
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features})
    done = bring("rbi.geojson", text, "facilities")
    written = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["kind"] for f in written] == list(kinds.values())
    assert written[0]["properties"]["facility_name"] == "PUSKESMAS F-0001"
    assert said(done)["BG-265"], "names that were filled in are said"


def test_an_empty_column_competes_with_no_other(bring: Callable[..., Imported]) -> None:
    outlines = own_outlines()
    for feature in outlines["features"]:
        own = feature["properties"]
        feature["properties"] = {"namobj": own["village_name"], "wadmkd": None,
                                 "wadmkc": own["district_name"], "kdepum": own["village_id"]}  # fmt: skip
    done = bring("batas.geojson", json.dumps(outlines), "villages")
    assert done.count == 24
    assert "wadmkd" in said(done)["BG-266"]["columns"]


def test_thousands_in_a_heading_are_multiplied_and_said(bring: Callable[..., Imported]) -> None:
    rows = [f"{r['village_id']},{r['village_name']},{int(r['population']) / 1000:.0f}"
            for r in people_listed()]  # fmt: skip
    done = bring("ribu.csv", "\n".join(["kode,desa,Penduduk (ribu jiwa)", *rows]), "population")
    with done.path.open(encoding="utf-8") as file:
        assert next(csv.DictReader(file))["population"] == "18000"
    assert said(done)["BG-484"] == {"column": "Penduduk (ribu jiwa)", "factor": 1000}


def test_hidden_rows_columns_and_sheets_are_said(bring: Callable[..., Imported]) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Kode", "Desa", "Penduduk", "Catatan"])
    for row in people_listed():
        sheet.append([row["village_id"], row["village_name"], int(row["population"]), "x"])
    sheet.row_dimensions[20].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.create_sheet("Lama").sheet_state = "hidden"
    done = bring("penduduk.xlsx", book, "population")
    assert said(done)["BG-482"] == {"count": 2, "found": "20, D"}
    assert said(done)["BG-481"] == {"found": "Lama"}
    assert done.count == 24
    sheet.append(["35.79.04.1001", "Desa Lama", 999, "x"])
    with pytest.raises(DataError, match=re.escape("35.79.04.1001")):
        bring("penduduk.xlsx", book, "population")


def test_words_beside_numbers_sums_and_footers(bring: Callable[..., Imported]) -> None:
    lines = ["Kode,Desa,Penduduk", "Kecamatan Batu,,"]
    for n, row in enumerate(people_listed()):
        people = f"{int(row['population']):,}".replace(",", ".")
        people = (f"{people} jiwa", f"± {people}", people)[n % 3]
        lines.append(f"{row['village_id']},{row['village_name']},{people}")
        if n == 8:
            lines.append("Jumlah Kecamatan Batu,,98.115")
    lines += ["JUMLAH,,225.408", "Sumber: Dinas Kependudukan 2025,,", "Batu, 12 Januari 2026,"]
    done = bring("penduduk.csv", "\n".join(lines), "population")
    with done.path.open(encoding="utf-8") as file:
        people = [int(row["population"]) for row in csv.DictReader(file)]
    assert people == [int(row["population"]) for row in people_listed()]
    assert said(done)["BG-483"]["count"] == 5
    assert said(done)["BG-485"] == {"count": 8}


def test_places_of_one_kind_with_similar_names_side_by_side_are_doubted(
    bring: Callable[..., Imported],
) -> None:
    text = ("Nama,Jenis,Lintang,Bujur\nRS Baptis,RUMAH SAKIT,-7.87852,112.54242\n"
            "RS Baptis Batu,RUMAH SAKIT,-7.87852,112.54252\nRS Hasta,RUMAH SAKIT,-7.87852,112.54262\n")  # fmt: skip
    done = bring("rs.csv", text, "facilities")
    (doubt,) = [notice for notice in done.notices if notice.code == "BG-233"]
    assert (doubt.path, doubt.row, doubt.record_id) == ("rs.csv", 3, "RS Baptis Batu")
    assert doubt.values["metres"] == "11"


def box(west: float, south: float) -> dict[str, Any]:
    """Return a square outline of a hundredth of a degree."""
    east, north = west + 0.01, south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def outlines(rows: list[tuple[str, str, str]], west: float, south: float) -> str:
    """Return outlines of villages in a row, as Badan Informasi Geospasial names their columns."""
    features = [
        {"type": "Feature", "geometry": box(west + n * 0.01, south),
         "properties": {"KDEPUM": code, "WADMKD": name, "WADMKC": district}}
        for n, (code, name, district) in enumerate(rows)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


NAMESAKES = [("35.07.01.2001", "Sidomulyo", "Bantur"), ("35.07.02.2001", "Sidomulyo", "Gedangan"),
             ("35.07.02.2002", "Gedangan", "Gedangan")]  # fmt: skip


def test_namesakes_are_told_apart_by_their_district(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    into = init(tmp_path / "K", code="35.07")
    rows = [f"{code},{name},{district},100" for code, name, district in NAMESAKES]
    bring("p.csv", "\n".join(["Kode,Desa,Kecamatan,Penduduk", *rows]), "population", into)
    bring("v.geojson", outlines(NAMESAKES, 112.5, -8.3), "villages", into)
    done = bring("f.csv", "Nama,Jenis,Desa\nPustu B,PUSTU,Desa Sidomulyo Kec. Gedangan\n",
                 "facilities", into)  # fmt: skip
    (feature,) = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["village_id"] == "35.07.02.2001"
    with pytest.raises(DataError, match=re.escape("35.07.01.2001")):
        bring("g.csv", "Nama,Jenis,Desa\nPustu B,PUSTU,Sidomulyo\n", "facilities", into)


def test_a_boundary_of_the_province_is_cut_to_the_study_and_the_rest_counted(
    bring: Callable[..., Imported],
) -> None:
    own = own_outlines()
    for feature in own["features"]:
        known = feature["properties"]
        feature["properties"] = {"KDEPUM": known["village_id"], "WADMKD": known["village_name"],
                                 "WADMKC": known["district_name"]}  # fmt: skip
    others = [(f"35.07.{1 + n // 20:02}.{2001 + n % 20}", f"Desa {n}", "Lain") for n in range(396)]
    own["features"] += json.loads(outlines(others, 112.0, -8.5))["features"]
    done = bring("provinsi.geojson", json.dumps(own), "villages")
    assert done.count == 24
    assert (said(done)["BG-487"]["count"], said(done)["BG-487"]["outside"]) == (24, 396)


def test_parts_of_a_code_may_be_numbers_under_cut_names(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    frame = gpd.read_file(embedded_study() / "boundaries" / "desa_kelurahan.geojson")
    parts = frame["village_id"].str.split(".", expand=True).astype(int)
    names = dict(enumerate(("kd_propins", "kd_kabupat", "kd_kecamat", "kd_kelurah")))
    layer = gpd.GeoDataFrame(parts.rename(columns=names), geometry=frame.geometry, crs=4326)
    layer["nm_kelurah"] = frame["village_name"]
    done = bring("kel.zip", zipped_shapefile(layer, tmp_path), "villages")
    written = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert {f["properties"]["village_id"] for f in written} == set(frame["village_id"])
    tm3 = zipped_shapefile(layer.to_crs(23836), tmp_path, without=(".prj",))
    with pytest.raises(DataError) as refused:
        bring("tm3.zip", tm3, "villages")
    assert {problem.code for problem in refused.value.problems} == {"BG-490"}
    assert refused.value.problems[0].values["crs"] == "EPSG:23836"


def zipped_shapefile(layer: Any, room: Path, without: tuple[str, ...] = ()) -> bytes:
    """Return a layer as a Shapefile in a ZIP file, some of its parts left out."""
    folder = room / f"shp{len(list(room.iterdir()))}"
    folder.mkdir()
    layer.to_file(folder / "kel.shp")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix not in without:
                archive.write(part, part.name)
    return packed.getvalue()


def test_a_national_list_is_cut_and_other_kinds_are_left_out(
    bring: Callable[..., Imported],
) -> None:
    text = ("Nama,Jenis,Lintang,Bujur\nPuskesmas A,PUSKESMAS,-7.9,112.5\n"
            "Puskesmas B,PUSKESMAS,-2.68,118.88\nDinas,DINAS PROVINSI,-7.9,112.5\n")  # fmt: skip
    done = bring("nasional.csv", text, "facilities")
    assert done.count == 1
    assert (said(done)["BG-487"]["count"], said(done)["BG-487"]["outside"]) == (2, 1)
    assert said(done)["BG-489"] == {"count": 1, "found": "DINAS PROVINSI"}
    with pytest.raises(DataError, match="BG-488"):
        bring("jauh.csv", "Nama,Jenis,Lintang,Bujur\nB,PUSKESMAS,-2.68,118.88\n", "facilities")
    with pytest.raises(DataError, match="BG-205"):
        bring("salah.csv", "Nama,Jenis,Lintang,Bujur\nA,PUSKSMAS,-7.9,112.5\n", "facilities")


def test_the_codes_of_a_facility_list_are_kept_from_edition_to_edition(
    bring: Callable[..., Imported],
) -> None:
    """A second edition has other names, another order and another code of each beside its own."""
    head = "no;kode_satusehat;kode_faskes;nama_faskes;jenis;lintang;bujur\n"
    first = bring("f.csv", head + "1;1000201991;P3579010201;RS Batu;RS;-7.87;112.53\n"
                  "2;1000201992;0012345;Puskesmas Satu;PUSKESMAS;-7.88;112.52\n", "facilities")  # fmt: skip
    assert named(first) == {"P3579010201": "RS Batu", "0012345": "Puskesmas Satu"}
    again = bring("g.csv", head + "1;1000201992;0012345;UPT Puskesmas Satu;PUSKESMAS;-7.88;112.52\n"
                   "2;1000201991;P3579010201;RSUD Kota;RS;-7.87;112.53\n", "facilities")  # fmt: skip
    assert named(again) == {"P3579010201": "RSUD Kota", "0012345": "UPT Puskesmas Satu"}
    index = "kode_sarana;kode_satusehat;nama;jenis_sarana;latitude;longitude\n"
    third = bring("h.csv", index + "0012345;1000201992;Satu;PUSKESMAS;-7.88;112.52\n", "facilities")
    assert named(third) == {"0012345": "Satu"}
    fourth = bring("i.csv", "kode_satusehat;nama;jenis;latitude;longitude\n"
                   "0000201992;Satu;PUSKESMAS;-7.88;112.52\n", "facilities")  # fmt: skip
    assert named(fourth) == {"0000201992": "Satu"}


def test_a_column_of_places_is_seen_whatever_it_is_called(bring: Callable[..., Imported]) -> None:
    head, row = "Nama;Jenis;Desa;Titik\n", "{};PUSTU;Temas;{}\n"
    done = bring("t.csv", head + row.format("A", "-7.87852 112.54242 431 4.2")
                 + row.format("B", "7°52'39\" LS 112°31'48\" BT") + row.format("C", ""), "facilities")  # fmt: skip
    assert points(done)[0] == [112.54242, -7.87852]
    assert points(done)[1] == pytest.approx([112.53, -7.8775], abs=1e-4)
    done = bring("u.csv", head + row.format("A", "12, 4") + row.format("B", "3, 5"), "facilities")
    assert "BG-269" in said(done), "numbers without decimals are no places"


def named(done: Imported) -> dict[str, str]:
    """Return the names of facilities by their codes."""
    features = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    about = [feature["properties"] for feature in features]
    return {each["facility_id"]: each["facility_name"] for each in about}


def test_neighbours_within_reach_stay_and_rows_without_a_place_are_counted(
    bring: Callable[..., Imported],
) -> None:
    """A hospital of the next kabupaten serves people here; a code elsewhere alone is outside."""
    text = ("Nama,Jenis,Kode Desa,Lintang,Bujur\nRS Karangploso,RS,35.07.24.2001,-7.9,112.62\n"
            "Pustu X,PUSTU,35.07.24.2001,,\nPustu Y,PUSTU,,,\n")  # fmt: skip
    done = bring("tetangga.csv", text, "facilities")
    assert points(done) == [[112.62, -7.9]]
    counts = said(done)["BG-487"]
    assert (counts["count"], counts["outside"], counts["unclear"]) == (2, 1, 1)


def test_outlines_of_two_kabupaten_are_cut_by_the_code_of_the_study(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    rows = [("35.09.01.2001", "Aa", "Kencong"), ("35.09.02.2001", "Bb", "Puger"),
            ("35.08.02.2002", "Cc", "Yosowilangun")]  # fmt: skip
    into = init(tmp_path / "J", code="35.09")
    done = bring("v.geojson", outlines(rows, 113.5, -8.3), "villages", into)
    assert (done.count, said(done)["BG-487"]["outside"]) == (2, 1)
    again = bring("v.geojson", outlines(rows, 113.5, -8.3), "villages", into, code="35.09.02")
    assert (again.count, said(again)["BG-487"]["codes"]) == (1, "35.09.02")
    assert bring("v.geojson", outlines(rows, 113.5, -8.3), "villages", into).count == 2


def test_a_study_outside_indonesia_is_read_in_its_own_zone(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    into = init(tmp_path / "C")
    rows = [("99.99.01.2001", "Aa", "Moroni"), ("99.99.01.2002", "Bb", "Moroni")]
    people = "\n".join(["Kode,Desa,Penduduk", *(f"{code},{name},100" for code, name, _ in rows)])
    bring("p.csv", people, "population", into)
    bring("v.geojson", outlines(rows, 43.3, -11.7), "villages", into)
    assert "EPSG:32738" in (into / "study.toml").read_text(encoding="utf-8")
    done = bring(
        "f.csv", "Nama,Jenis,Lintang,Bujur\nPustu,PUSTU,-11.695,43.305\n", "facilities", into
    )
    assert points(done) == [[43.305, -11.695]]
    swapped = bring(
        "g.csv", 'Nama,Jenis,Koordinat\nPustu,PUSTU,"-11.695, 43.305"\n', "facilities", into
    )
    assert points(swapped) == [[43.305, -11.695]]


ONE_UNIT = f"{OF_A_LIST},Lintang,Bujur\nUPKDK-X,UPKDK Temas,UPKDK,active,Temas,-7.87852,112.54242\n"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "utuh"
    shutil.copytree(embedded_study(), folder)
    return folder


def test_an_import_that_leaves_other_tables_behind_is_refused_and_names_them(
    bring: Callable[..., Imported], whole: Path
) -> None:
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    with pytest.raises(DataError) as refused:
        bring("satu.csv", ONE_UNIT, "facilities", whole)
    named = {(problem.code, problem.values["table"]) for problem in refused.value.problems}
    assert named == {("BG-491", "staffing"), ("BG-491", "profiles")}
    assert {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()} == before


def test_tables_that_name_each_other_come_together_or_leave(whole: Path, tmp_path: Path) -> None:
    units, staff = tmp_path / "unit.csv", tmp_path / "petugas.csv"
    units.write_text(ONE_UNIT, encoding="utf-8")
    staff.write_text("Kode Unit,Tenaga,Jumlah,Hari,Mulai,Selesai\nUPKDK-X,Perawat,1,1-5,07.30,14.00\n",
                     encoding="utf-8")  # fmt: skip
    command = ["import", str(units), "--as", "facilities", "--also", f"staffing={staff}",
               "--drop", "profiles", "--into", str(whole), "--yes", "--again"]  # fmt: skip
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    study = load_study(whole)
    assert list(study.facilities["facility_id"]) == ["UPKDK-X"]
    assert study.staffing is not None
    assert list(study.staffing["facility_id"]) == ["UPKDK-X"]
    assert study.profiles is None
    assert "BG-492" in done.output, "a scenario names a unit that is gone"


def test_outlines_of_another_spelling_are_matched_by_the_ground_they_cover(
    bring: Callable[..., Imported],
) -> None:
    own = own_outlines()
    spelt = {"Pesanggrahan": "Pesangrahan", "Beji": "Beji (junrejo)"}
    for feature in own["features"]:
        name = feature["properties"]["village_name"]
        feature["properties"] = {"DESA": spelt.get(name, name),
                                 "KECAMATAN": feature["properties"]["district_name"]}  # fmt: skip
    done = bring("edisi.geojson", json.dumps(own), "villages")
    assert done.count == 24
    assert said(done)["BG-494"] == {
        "count": 1, "found": "Pesangrahan = Pesanggrahan (35.79.01.2008)"
    }  # fmt: skip
    half = own["features"][7]["geometry"]["coordinates"][0]
    half[:] = [[x, min(y, -7.9)] for x, y in half]
    with pytest.raises(DataError, match="Pesangrahan"):
        bring("edisi.geojson", json.dumps(own), "villages")


def test_waypoints_and_flatgeobuf_are_read(bring: Callable[..., Imported], tmp_path: Path) -> None:
    gpx = ('<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><wpt lat="-7.87852" lon="112.54242">'
           "<ele>871</ele><name>Pustu A</name><type>Pustu</type></wpt><trk><trkseg/></trk></gpx>")  # fmt: skip
    done = bring("alat.gpx", gpx, "facilities")
    assert points(done) == [[112.54242, -7.87852]]
    assert said(done)["BG-493"] == {"count": 1}
    layer = gpd.GeoDataFrame({"nama": ["Pustu B"], "jenis": ["Pustu"]},
                             geometry=gpd.points_from_xy([112.55], [-7.88]), crs=4326)  # fmt: skip
    layer.to_file(tmp_path / "x.fgb")
    done = bring("titik.fgb", (tmp_path / "x.fgb").read_bytes(), "facilities")
    assert points(done) == [[112.55, -7.88]]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_workbooks_of_other_programs_are_read_as_xlsx(
    bring: Callable[..., Imported], suffix: str
) -> None:
    """Written by LibreOffice: a title, a merged cell, a hidden row, column and sheet."""
    content = (Path(__file__).parent / "office_files" / f"fasilitas.{suffix}").read_bytes()
    done = bring(f"fasilitas.{suffix}", content, "facilities")
    features = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["facility_id"] for f in features] == ["0007", "0008", "0009"]
    assert [f["properties"]["kind"] for f in features] == ["PUSTU"] * 3
    assert features[0]["geometry"]["coordinates"] == [112.54242, -7.87852]
    assert said(done)["BG-481"] == {"found": "Lama"}
    if suffix == "ods":
        assert said(done)["BG-482"] == {"count": 2, "found": "4, H"}
    else:
        assert "BG-496" in said(done)


def test_a_small_sheet_that_says_it_is_vast_is_refused() -> None:
    row = ('<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string">'
           "<text:p>x</text:p></table:table-cell></table:table-row>")  # fmt: skip
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    text = (f"<office:document-content {namespaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="A">{row}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>")  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
    with pytest.raises(SourceError, match="BG-279"):
        raw_sheets(Opened("x.ods", packed.getvalue()))


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_a_damaged_workbook_is_refused_or_read_and_never_a_fault_of_the_program(
    suffix: str,
) -> None:
    content = (Path(__file__).parent / "office_files" / f"fasilitas.{suffix}").read_bytes()
    rng = np.random.default_rng(7)
    for trial in range(200):
        harmed = bytearray(content)
        if trial % 2:
            del harmed[int(rng.integers(len(harmed))) :]
        for at in rng.integers(len(harmed), size=5) if harmed else ():
            harmed[at] = rng.integers(256)
        with contextlib.suppress(SourceError, DataError):
            raw_sheets(Opened(f"x.{suffix}", bytes(harmed)))


def test_check_takes_what_import_takes_and_says_the_same(office: Path, tmp_path: Path) -> None:
    text = ("Nama,Jenis,Lintang,Bujur\nPuskesmas A,PUSKESMAS,-7.9,112.5\n"
            "Puskesmas B,PUSKESMAS,-2.68,118.88\nDinas,DINAS PROVINSI,-7.9,112.5\n")  # fmt: skip
    files = {"nasional.csv": text.encode(), "salah.csv": text.replace("-7.9", "7.9").encode()}
    books = Path(__file__).parent / "office_files"
    files |= {path.name: path.read_bytes() for path in books.iterdir()}
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        checked = run_check(path, "facilities", data=office).card
        said_by_check = {(f["code"], f["row"]) for f in checked["errors"] + checked["warnings"]}
        assert {path: path.read_bytes() for path in before} == before
        copy = office_study(tmp_path / f"into {name}")
        notices: list[Problem] = []
        request = Request(path, "facilities", copy, again=True)
        try:
            done = import_file(request, lambda _, more: notices.extend(more) is None)  # noqa: B023
        except DataError as refused:
            notices += refused.problems
        else:
            notices += done.notices
        assert said_by_check == {(problem.code, problem.row) for problem in notices}, name


def test_villages_in_pieces_are_joined_and_the_same_ground_twice_is_refused(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    into = init(tmp_path / "K", code="35.07")
    rows = [("35.07.01.2001", "Aa", "Bantur"), ("35.07.01.2001", "Aa", "Bantur"),
            ("35.07.01.2002", "Bb", "Bantur")]  # fmt: skip
    done = bring("v.geojson", outlines(rows, 112.5, -8.3), "villages", into)
    written = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    assert (done.count, said(done)["BG-497"]) == (2, {"count": 2, "villages": 1})
    assert shapely.from_geojson(json.dumps(written[0]["geometry"])).area == pytest.approx(2e-4)
    again = json.loads(outlines(rows, 112.5, -8.3))
    again["features"][1]["geometry"] = again["features"][0]["geometry"]
    with pytest.raises(DataError, match="BG-206"):
        bring("v.geojson", json.dumps(again), "villages", into)


WRITTEN_BY_GDAL = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON", ".kml": "KML",
                   ".gpx": "GPX", ".zip": "ESRI Shapefile", ".parquet": "Parquet"}  # fmt: skip


@pytest.mark.parametrize("suffix", WRITTEN_BY_GDAL)
def test_one_list_in_every_format_of_gdal_becomes_one_table(
    bring: Callable[..., Imported], tmp_path: Path, suffix: str
) -> None:
    """The list of the embedded study, as QGIS would save it: names, kinds and places are the same."""
    frame = gpd.read_file(embedded_study() / "facilities.geojson")
    frame = frame[frame["kind"].isin(["PUSTU", "PUSKESMAS", "RUMAH_SAKIT"])]
    kinds = frame["kind"].str.replace("_", " ").str.title()
    layer = gpd.GeoDataFrame(
        {"name": frame["facility_name"], "type": kinds}, geometry=frame.geometry, crs=4326
    ).reset_index(drop=True)
    if suffix == ".zip":
        content = zipped_shapefile(layer, tmp_path)
    elif suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is an extra")
        layer.to_parquet(tmp_path / "x.parquet")
        content = (tmp_path / "x.parquet").read_bytes()
    else:
        pyogrio.write_dataframe(layer, tmp_path / f"x{suffix}", driver=WRITTEN_BY_GDAL[suffix])
        content = (tmp_path / f"x{suffix}").read_bytes()
    done = bring(f"unit{suffix}", content, "facilities")
    written = json.loads(done.path.read_text(encoding="utf-8"))["features"]
    # FlatGeobuf puts its features in an order of its own.
    known = {
        (name, kind): (point.x, point.y)
        for name, kind, point in zip(
            frame["facility_name"], frame["kind"], frame.geometry, strict=True
        )
    }
    places = {
        (f["properties"]["facility_name"], f["properties"]["kind"]): f["geometry"]["coordinates"]
        for f in written
    }
    assert set(places) == set(known)
    assert np.allclose([places[key] for key in known], list(known.values()), atol=1e-6)


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "csv"])
def test_one_list_in_every_format_of_libreoffice_becomes_one_table(
    bring: Callable[..., Imported], tmp_path: Path, suffix: str
) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not here")
    rows = people_listed()
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Kode", "Nama Desa", "Penduduk"])
    for row in rows:
        sheet.append([row["village_id"], row["village_name"], int(row["population"])])
    book.save(tmp_path / "asal.xlsx")
    (tmp_path / "out").mkdir()
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
               "--convert-to", suffix, "--outdir", "out", "asal.xlsx"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    done = bring(f"p.{suffix}", (tmp_path / "out" / f"asal.{suffix}").read_bytes(), "population")
    with done.path.open(encoding="utf-8") as file:
        people = [(r["village_id"], r["population"]) for r in csv.DictReader(file)]
    assert people == [(r["village_id"], r["population"]) for r in rows]
