"""Readers of office files: what is in them comes out, and nothing but errors of ours is raised."""

from __future__ import annotations

import datetime as dt
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batu_geo.domain.errors import BatuGeoError
from batu_geo.importing.kib_cards import KIB_C, read_card
from batu_geo.sources.cells.grids import decode_text, raw_sheets
from batu_geo.sources.cells.header_rows import read_sheet
from batu_geo.sources.cells.match_columns import Synonyms, code_of_word, match_columns, synonyms
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.geometry.coordinates import Position, position_of
from batu_geo.sources.geometry.projections import to_degrees
from batu_geo.sources.geometry.study_area import study_area
from batu_geo.sources.geometry.vector_layers import MAP_SUFFIXES, read_map_features
from batu_geo.sources.roads.cutting import cut_roads
from batu_geo.sources.roads.read_roads import read_roads
from batu_geo.sources.tables.village_list import VillageList
from tests.malformed.runner import LONGEST_S, _at_most

WORDS = synonyms()
AREA = study_area("EPSG:32749")
SQUARE = [[[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.9]]]
FEATURE = {"type": "Feature", "properties": {"nama": "Beji"},
           "geometry": {"type": "Polygon", "coordinates": SQUARE}}  # fmt: skip
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>Beji</name><Polygon>'
    "<outerBoundaryIs><LinearRing><coordinates>112.5,-7.9,0 112.6,-7.9,0 112.6,-7.8,0 "
    "112.5,-7.9,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
)
SQL = (
    "/* a dump */\nINSERT INTO `w` (`kode`,`nama`,`path`) VALUES\n"
    "('35.79.03.2002','O''Beji \\'x\\'','[[[-7.9,112.5],[-7.9,112.6],[-7.8,112.6],[-7.9,112.5]]]'),"
    "('35.79.03.2003',NULL,'[[-7.9,112.5],[-7.9,112.6],[-7.8,112.6],[-7.9,112.5]]');"
)
SEEDS = {
    "x.geojson": json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode(),
    "x.kml": KML.encode(),
    "x.sql": SQL.encode(),
    "x.csv": b"Nama Faskes;Jenis;Desa\nPustu;Pustu;Beji\n",
}
LIST = VillageList([
    {"village_id": "35.79.03.2002", "village_name": "Beji", "district_name": "Junrejo",
     "bps_id": "3579020005"},
    {"village_id": "35.79.03.2003", "village_name": "Junrejo", "district_name": "Junrejo"},
    {"village_id": "35.79.01.2005", "village_name": "Sumberejo", "district_name": "Batu"},
    {"village_id": "35.79.02.2004", "village_name": "Sumberejo", "district_name": "Bumiaji"},
])  # fmt: skip


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def read(name: str, content: bytes) -> None:
    opened = Opened(name, content)
    if opened.suffix == ".csv":
        read_sheet(opened, "facilities", WORDS)
        read_card(opened, KIB_C)
    else:
        read_map_features(opened, "polygon")


# Maps


def test_rows_of_sql_keep_quotes_nulls_and_rings_of_either_depth() -> None:
    first, second = read_map_features(Opened("x.sql", SEEDS["x.sql"]), "polygon")[0]
    assert first["properties"] == {"kode": "35.79.03.2002", "nama": "O'Beji 'x'"}
    assert second["properties"]["nama"] is None
    assert first["geometry"] == second["geometry"]


def test_placemarks_keep_names_and_data() -> None:
    (mark,), _ = read_map_features(Opened("x.kml", KML.encode()), "polygon")
    assert mark["properties"] == {"name": "Beji"}
    assert mark["geometry"]["coordinates"][0][1][:2] == [112.6, -7.9]
    (packed,), _ = read_map_features(Opened("x.kmz", zipped(doc_kml=KML.encode())), "polygon")
    assert packed == mark


def test_a_zip_with_two_layers_wants_a_word() -> None:
    content = zipped(a_geojson=SEEDS["x.geojson"], b_geojson=SEEDS["x.geojson"])
    with pytest.raises(BatuGeoError, match=r"BG-259.*a\.geojson, b\.geojson"):
        read_map_features(Opened("x.zip", content), "polygon")
    assert len(read_map_features(Opened("x.zip", content), "polygon", "b")[0]) == 1


def test_a_kml_with_a_dtd_is_refused() -> None:
    bomb = b'<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>'
    with pytest.raises(BatuGeoError, match=r"BG-103.*DTD"):
        read_map_features(Opened("x.kml", bomb), "polygon")


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.slow
def test_a_wrong_byte_or_a_cut_gives_the_same_or_an_error_of_ours(name: str) -> None:
    random = np.random.default_rng(7)
    seed = SEEDS[name]
    for _ in range(150):
        at = int(random.integers(len(seed)))
        changed = bytearray(seed)
        changed[at] = int(random.integers(256))
        for content in (bytes(changed), seed[:at]):
            try:
                read(name, content)
            except BatuGeoError as error:
                assert error.lines()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".sql", ".kml", ".kmz", ".zip", ".gpkg", ".csv"]))
@example(b"INSERT INTO a (b) VALUES ((((", ".sql")
@example(b"PK\x05\x06" + b"\0" * 18, ".zip")
def test_any_bytes_give_features_or_an_error_of_ours(content: bytes, suffix: str) -> None:
    try:
        read(f"x{suffix}", content)
    except BatuGeoError as error:
        assert error.lines("en")


@pytest.mark.parametrize("text", ["\n" * 160_000 + "x", "/* " * 100_000, "--" * 100_000])
def test_a_dump_without_rows_is_refused_in_one_pass(text: str) -> None:
    with _at_most(LONGEST_S), pytest.raises(BatuGeoError, match="BG-260"):
        read_map_features(Opened("x.sql", text.encode()), "polygon")


# Sheets


def test_bytes_that_are_no_utf_8_are_read_with_a_notice() -> None:
    text, notices = decode_text(Opened("x.csv", "Kafé;1".encode("cp1252")))
    assert (text, [notice.code for notice in notices]) == ("Kafé;1", ["BG-261"])
    assert decode_text(Opened("x.csv", "Kafé".encode("utf-16")))[0] == "Kafé"
    with pytest.raises(BatuGeoError, match="BG-103"):
        decode_text(Opened("x.csv", b"a\x00b"))


def test_a_body_with_another_separator_is_named() -> None:
    with pytest.raises(BatuGeoError, match=r"BG-111.*baris 2"):
        raw_sheets(Opened("x.csv", b"a;b;c\n1,2,3\n1;2;3\n"))


def test_a_quote_that_never_ends_is_named_by_its_row() -> None:
    with pytest.raises(BatuGeoError, match=r"BG-111.*32768"):
        raw_sheets(Opened("x.csv", b'a,b\n1,"' + b"x" * 40_000 + b'"\n'))


def test_a_row_longer_than_the_header_is_named() -> None:
    text = b"Nama Faskes,Jenis\nPustu,Pustu,lagi\n"
    with pytest.raises(BatuGeoError, match=r"BG-111 x\.csv, baris 2"):
        read_sheet(Opened("x.csv", text), "facilities", WORDS)


def test_the_header_below_a_title_is_found_and_rows_keep_their_numbers() -> None:
    text = b"DAFTAR FASKES\n\nNo,Nama Faskes,Jenis\n1,Pustu A,Pustu\n\n2,Pustu B,Pustu\n"
    sheet, _ = read_sheet(Opened("x.csv", text), "facilities", WORDS)
    assert sheet.rows == [4, 6]
    assert [record["Nama Faskes"] for record in sheet.records] == ["Pustu A", "Pustu B"]


@pytest.mark.slow
def test_cells_of_a_workbook_keep_their_type_and_its_last_row_costs_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", 1.5, 7.0, dt.date(2025, 12, 22), dt.time(7, 30), True, "0007", 0.1 + 0.2])
    sheet.cell(row=1_048_576, column=1, value="x")
    packed = io.BytesIO()
    book.save(packed)
    ((grid,), _) = raw_sheets(Opened("x.xlsx", packed.getvalue()))
    day = dt.datetime.combine(dt.date(2025, 12, 22), dt.time())
    assert grid.rows == [["a", 1.5, 7, day, dt.time(7, 30), "ya", "0007", 0.3], ["x"]]
    assert grid.numbers == [1, 1_048_576]


def test_a_sheet_with_too_many_rows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batu_geo.sources.cells.workbooks.MOST_ROWS", 2)
    book = openpyxl.Workbook()
    for number in range(3):
        book.active.append([number])
    packed = io.BytesIO()
    book.save(packed)
    with pytest.raises(
        BatuGeoError, match=r"BG-279.*lembar Sheet terlalu besar: lebih dari 2 baris"
    ):
        raw_sheets(Opened("x.xlsx", packed.getvalue()))


# Columns and names


def test_a_column_that_is_only_likely_is_not_used() -> None:
    (match,), _ = match_columns(["Nama Faskesnya ini"], "facilities", WORDS)
    assert match.target == "facility_name"
    assert not match.is_sure


def test_a_study_may_add_words_of_its_own() -> None:
    own = {"columns": {"facilities": {"kind": ["Golongan"]}}, "values": {"kind": {"PUSTU": ["PP"]}}}
    words = synonyms(Synonyms.model_validate(own))
    (match,), _ = match_columns(["golongan"], "facilities", words)
    assert (match.target, match.is_sure) == ("kind", True)
    assert code_of_word("pp", "kind", ("PUSTU",), words) == "PUSTU"
    assert code_of_word("pp", "kind", ("PUSTU",), WORDS) == "pp"


@pytest.mark.parametrize(
    ("asked", "village_id", "fault"),
    [
        ({"code": "35.79.03.2002"}, "35.79.03.2002", ""),
        ({"code": "3579032002"}, "35.79.03.2002", ""),
        ({"code": "id3579020005"}, "35.79.03.2002", ""),
        ({"name": "KEL. BEJI (Junrejo)"}, "35.79.03.2002", ""),
        ({"name": "Be\u00a0ji"}, "35.79.03.2002", ""),
        ({"name": "Sumberejo"}, "", "BG-252"),
        ({"name": "Sumberejo", "district": "Bumiaji"}, "35.79.02.2004", ""),
        ({"name": "B\u0435ji"}, "", "BG-252"),
        ({"name": "Bejo"}, "", "BG-252"),
        ({"code": "35.79.03.2003", "name": "Beji"}, "", "BG-273"),
        ({"code": "35.99.03.2003"}, "", "BG-252"),
        ({"code": "35.07.21.2007", "name": "Beji"}, "", "BG-252"),
        ({"code": "3579029999", "name": "Beji"}, "", "BG-252"),
        ({"name": "Beji", "district": "Gedangan"}, "", "BG-252"),
        ({"name": "Beji", "district": "[020] Kec. JUNREJO, Kota Batu"}, "35.79.03.2002", ""),
        ({"name": "Beji (Batu)"}, "", "BG-252"),
        ({"name": "Beji (pusat)"}, "35.79.03.2002", ""),
        ({"code": "35.79.03.2002", "district": "Bumiaji"}, "", "BG-285"),
        ({"code": "35.79.01.2005", "name": "Sumberejo"}, "35.79.01.2005", ""),
        ({"code": "35.79.03.2002", "name": "Sumberejo"}, "", "BG-273"),
        ({"code": "35.79.03.2002", "name": "Pujon Kidul"}, "35.79.03.2002", ""),
        ({"name": "Dsn. Beji"}, "", "BG-252"),
        ({}, "", "BG-252"),
    ],
)
def test_a_village_is_found_by_code_then_by_exact_name(asked, village_id, fault) -> None:
    found = LIST.find(**asked)
    assert (found.village_id, found.fault) == (village_id, fault)


def test_a_name_the_list_does_not_have_beside_a_known_code_is_a_doubt() -> None:
    found = LIST.find(code="35.79.03.2002", name="Pujon Kidul")
    assert found.unlisted_name == "Pujon Kidul / Beji (35.79.03.2002)"
    assert LIST.find(code="35.79.01.2005", name="Desa Sumberejo").unlisted_name == ""


def test_the_same_ten_digits_are_read_as_the_column_writes_codes() -> None:
    both = VillageList([
        {"village_id": "35.79.02.1005", "village_name": "Satu", "bps_id": "3579010001"},
        {"village_id": "35.79.02.1006", "village_name": "Dua", "bps_id": "3579021005"},
    ])  # fmt: skip
    assert both.find(code="3579021005", kind="kemendagri").village_id == "35.79.02.1005"
    assert both.find(code="3579021005", kind="bps").village_id == "35.79.02.1006"


@pytest.mark.parametrize(
    ("address", "village_id"),
    [
        ("Jl. Mawar 3, Kel. Beji, Kec. Junrejo", "35.79.03.2002"),
        ("Desa Sumberejo, Kec. Bumiaji, Kota Batu", "35.79.02.2004"),
        ("Beji", "35.79.03.2002"),
        ("Desa Beji, Kec. Gedangan", ""),
        ("Desa Sumberejo", ""),
        ("Jl. Beji, Junrejo", ""),
        ("Jl. Beji 5 Kota Batu", ""),
        ("Dsn. Beji RT 3", ""),
        ("Jl. Mawar No. 3, Kec. Junrejo, Kota Batu", ""),
        ("Kecamatan Junrejo", ""),
        ("Junrejo", ""),
        ("Jl. Bejirejo", ""),
    ],
)
def test_an_address_names_a_village_only_when_one_is_meant(address: str, village_id: str) -> None:
    assert LIST.named_in(address) == village_id


@given(st.floats(95, 141), st.floats(-11, 6))
def test_longitude_and_latitude_are_told_apart_everywhere_in_the_country(
    lon: float, lat: float
) -> None:
    x, y = f"{lon:.7f}", f"{lat:.7f}"
    right, turned = position_of(x, y, AREA), position_of(y, x, AREA)
    assert isinstance(right, Position)
    assert isinstance(turned, Position)
    assert (right.x, right.y) == (turned.x, turned.y) == (float(x), float(y))
    assert (right.how, turned.how) == ("degrees", "swapped")


# Projections


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:32749",
        "EPSG:32749+5773",
        "+proj=utm +zone=49 +south +datum=WGS84 +towgs84=0,0,0,0,0,0,0 +type=crs",
        "+proj=utm +zone=49 +south +datum=WGS84 +nadgrids=/nowhere.gsb +type=crs",
        "EPSG:3857",
    ],
)
def test_a_projection_on_wgs_84_is_taken_without_its_way_to_another_datum(crs: str) -> None:
    places = gpd.GeoSeries([shapely.Point(112.53, -7.87)], crs=4326)
    there = places.to_crs("EPSG:3857" if "3857" in crs else "EPSG:32749").to_numpy()
    back = to_degrees(Opened("x.gpkg", b""), gpd.GeoDataFrame(geometry=there, crs=crs))
    assert shapely.distance(back.geometry.iloc[0], places.iloc[0]) < 1e-9


@pytest.mark.parametrize("crs", ["EPSG:4211", "+proj=longlat +ellps=bessel +type=crs"])
def test_another_datum_is_named(crs: str) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(112.53, -7.87)], crs=crs)
    with pytest.raises(BatuGeoError, match="BG-254"):
        to_degrees(Opened("x.gpkg", b""), frame)


def test_a_geopackage_that_qgis_closed_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "faskes.gpkg"
    gpd.GeoDataFrame({"nama": ["a"]}, geometry=[shapely.Point(112.5, -7.8)], crs=4326).to_file(path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = wal")
    database.execute("SELECT * FROM gpkg_contents").fetchall()
    database.close()
    assert path.read_bytes()[18:20] == b"\x02\x02"
    opened = open_input(path, name=path.name, table="facilities", suffixes=(".gpkg",))
    assert read_map_features(opened, "point")[0][0]["properties"] == {"nama": "a"}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["folder", "zip", "zip with the folder"])
def test_a_geodatabase_is_read_as_gdal_wrote_it(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "RBI.gdb"
    ring = shapely.from_geojson(json.dumps(FEATURE["geometry"]))
    outline = gpd.GeoDataFrame({"WADMKD": ["Beji"]}, geometry=[ring], crs="EPSG:4326")
    streets = gpd.GeoDataFrame(
        {"REMARK": ["Jalan Lokal"]}, geometry=[ring.boundary], crs="EPSG:4326"
    )
    outline.to_file(folder, layer="ADMINISTRASIDESA_AR", driver="OpenFileGDB")
    streets.to_crs("EPSG:32749").to_file(folder, layer="JALAN_LN", driver="OpenFileGDB")
    (folder / "lain.vrt").write_text("<OGRVRTDataSource/>")
    path = folder
    if form != "folder":
        path = tmp_path / "RBI.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.iterdir():
                beside = "RBI.gdb/" if "folder" in form else ""
                archive.write(part, f"{beside}{part.name}")
    opened = open_input(path, name=path.name, table="villages", suffixes=MAP_SUFFIXES)
    (feature,), _ = read_map_features(opened, "polygon")
    assert feature["properties"]["WADMKD"] == "Beji"
    with pytest.raises(BatuGeoError, match="BG-259"):
        read_map_features(opened, "point")
    roads = read_roads(opened, crs="EPSG:32749")
    assert roads.edge_count == 1
    cut = cut_roads(opened, (112.59, -7.81, 112.7, -7.7))
    assert cut is None, "it lies in the box whole"
