"""`batu-geo import`: files as offices have them become the same tables."""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import geopandas as gpd
import openpyxl
import pandas as pd
import pyproj
import pytest
import shapely
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, EnvironmentFault, ScenarioError
from batu_geo.importing.compare_outlines import compare_file
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.tables.boundaries import compare_boundaries
from batu_geo.verbs.init import init

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

EMBEDDED = embedded_study()
BOUNDARIES = {
    "big_kelurahan_35.79.geojson": {"BG-808"},
    "hdx_bps2020_3579.geojson": {"BG-256", "BG-262"},
    "wilayah_boundaries_kel_35.79.sql": {"BG-258", "BG-276"},
}


def bring(file: Path, table: str, into: Path, **rest: Any):
    return import_file(Request(file, table, into, **rest), lambda *_: True)


def codes(done) -> set[str]:
    return {notice.code for notice in done.notices}


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a new study that knows its villages and their outlines."""
    folder = init(tmp_path / "studi")
    bring(EMBEDDED / "population.csv", "population", folder)
    bring(EMBEDDED / "boundaries" / "desa_kelurahan.geojson", "villages", folder)
    return folder


def write_csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def properties(folder: Path, name: str) -> list[dict[str, Any]]:
    return [f["properties"] for f in json.loads((folder / name).read_text())["features"]]


# The same tables in every format


def saved(frame: gpd.GeoDataFrame, kind: str, folder: Path) -> Path:
    if kind == "shp":
        with warnings.catch_warnings(action="ignore"):
            frame.to_file(folder / "layer.shp")
        path = folder / "layer.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob("layer.*"):
                if part.suffix != ".zip":
                    archive.write(part, f"data/{part.name}")
        return path
    path = folder / f"layer.{kind}"
    if kind == "kml":
        path.write_text(kml_of(frame), encoding="utf-8")
    else:
        frame.to_file(path)
    return path


def kml_of(frame: gpd.GeoDataFrame) -> str:
    """Return a layer as the placemarks of a KML file, with heights as Google Earth writes them."""
    marks = []
    for row in frame.to_dict("records"):
        shape = row.pop("geometry")
        data = "".join(
            f'<SimpleData name="{name}">{escape(str(value))}</SimpleData>'
            for name, value in row.items()
            if not pd.isna(value)
        )
        parts = "".join(kml_part(part) for part in shapely.get_parts(shape))
        marks.append(
            f"<Placemark><ExtendedData><SchemaData>{data}</SchemaData></ExtendedData>"
            f"<MultiGeometry>{parts}</MultiGeometry></Placemark>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{''.join(marks)}</Document></kml>"
    )


def kml_part(shape: Any) -> str:
    if shape.geom_type == "Point":
        return f"<Point><coordinates>{shape.x!r},{shape.y!r},0</coordinates></Point>"
    rings = [
        ("outerBoundaryIs", shape.exterior),
        *(("innerBoundaryIs", r) for r in shape.interiors),
    ]
    inner = "".join(
        f"<{name}><LinearRing><coordinates>"
        + " ".join(f"{x!r},{y!r},0" for x, y in ring.coords)
        + f"</coordinates></LinearRing></{name}>"
        for name, ring in rings
    )
    return f"<Polygon>{inner}</Polygon>"


@pytest.mark.parametrize("kind", ["gpkg", "shp", "kml"])
@pytest.mark.parametrize("table", ["villages", "facilities", "buildings"])
def test_every_map_format_gives_the_same_table(
    listed: Path, tmp_path: Path, kind: str, table: str
) -> None:
    name = "boundaries/desa_kelurahan.geojson" if table == "villages" else f"{table}.geojson"
    frame = gpd.read_file(EMBEDDED / name)
    frame = frame.drop(columns=[c for c in frame if "evidence" in c or c.startswith("closed")])
    plain = tmp_path / "plain.geojson"
    frame.to_file(plain)
    bring(plain, table, listed, again=True)
    wanted = (listed / f"{table}.geojson").read_bytes()
    aside = tmp_path / "aside"
    aside.mkdir()
    done = bring(saved(frame, kind, aside), table, listed, again=True)
    assert done.count == len(frame)
    assert (listed / f"{table}.geojson").read_bytes() == wanted


@pytest.mark.parametrize("kind", ["xlsx", "comma", "semicolon", "utf16", "cp1252"])
def test_every_sheet_format_gives_the_same_table(listed: Path, tmp_path: Path, kind: str) -> None:
    frame = gpd.read_file(EMBEDDED / "facilities.geojson")
    table = pd.DataFrame(frame.drop(columns="geometry")).astype(object)
    table = table.where(table.notna(), None)
    table["lon"], table["lat"] = frame.geometry.x, frame.geometry.y
    bring(EMBEDDED / "facilities.geojson", "facilities", listed)
    wanted = properties(listed, "facilities.geojson")
    if kind == "xlsx":
        path = tmp_path / "faskes.xlsx"
        table.to_excel(path, index=False)
    else:
        path = tmp_path / "faskes.csv"
        encoding = {"utf16": "utf-16", "cp1252": "cp1252"}.get(kind, "utf-8-sig")
        sep, decimal = (",", ".") if kind == "comma" else (";", ",")
        table.to_csv(path, index=False, sep=sep, decimal=decimal, encoding=encoding)
    done = bring(path, "facilities", listed, again=True)
    assert properties(listed, "facilities.geojson") == wanted
    assert ("BG-261" in codes(done)) is False, "told before the question, not again"


@pytest.mark.parametrize("name", BOUNDARIES)
def test_real_boundaries_are_recognised(
    shared_data: Callable[[str], Path], study_copy: Path, name: str
) -> None:
    shown: list[str] = []

    def agree(_, notices) -> bool:
        shown.extend(notice.code for notice in notices)
        return True

    request = Request(shared_data(f"boundaries/{name}"), "villages", study_copy, again=True)
    done = import_file(request, agree)
    assert done.count == 24
    assert BOUNDARIES[name] <= codes(done)
    assert ("BG-255" in shown) == name.endswith(".sql")
    assert (study_copy / "other_areas.geojson").exists() == name.startswith("hdx")
    villages = bg.load_study(study_copy).villages
    assert 150 < villages["area_km2"].sum() < 200
    assert villages["village_name"].str.fullmatch("Temas").sum() == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", list(BOUNDARIES)[1:])
def test_real_boundaries_run_the_main_job(
    shared_data: Callable[[str], Path], sparse_copy: Path, tmp_path: Path, name: str
) -> None:
    bring(shared_data(f"boundaries/{name}"), "villages", sparse_copy, again=True)
    run = bg.plan(data=sparse_copy, out=tmp_path / "out")
    assert set(run.gaps["village_name"]) >= {"Tlekung", "Tulungrejo", "Ngaglik"}


# Lists as people type them

FORM = (
    "Timestamp;Nama Faskes;Jenis Fasilitas;Kel/Desa;Koordinat;Nomor HP;Status\n"
    '22/12/2025 10:11:12;Pustu Beji;Puskesmas Pembantu;Ds. Beji;"-7,8925; 112,5591";'
    "081234567890;Buka\n"
    '22/12/2025 10:15:00;Klinik Sehat;klinik pratama;KEL. TEMAS;"-7,8775; 112,5414";'
    "081234567891;Tutup sementara\n"
)


def test_answers_of_a_form_are_read_and_telephone_numbers_dropped(
    listed: Path, tmp_path: Path
) -> None:
    done = bring(write_csv(tmp_path / "form.csv", FORM), "facilities", listed)
    assert "BG-255" not in codes(done), "latitude first is usual in one cell"
    first, second = properties(listed, "facilities.geojson")
    assert (first["kind"], first["status"]) == ("PUSTU", "active")
    assert (second["kind"], second["status"]) == ("KLINIK", "temporarily_closed")
    assert first["village_id"] == "35.79.03.2002"
    assert "0812" not in (listed / "facilities.geojson").read_text()
    point = json.loads((listed / "facilities.geojson").read_text())["features"][1]["geometry"]
    assert point["coordinates"] == [112.5414, -7.8775]


def test_a_title_and_merged_headers_are_seen_through(listed: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["DAFTAR GEDUNG MILIK PEMKOT"])
    sheet.append([])
    sheet.append(["No", "Nama Gedung", "Letak", None, "Luas Bangunan", "Kondisi"])
    sheet.append([None, None, "Bujur", "Lintang", None, None])
    sheet.append([1, 2, 3, 4, 5, 6])
    sheet.append([1, "Balai A", 112.5414, -7.8775, "1.250,5", "Rusak ringan"])
    sheet.append([2, "Balai B", 112.5591, -7.8925, "90", "B"])
    sheet.append(["JUMLAH", None, None, None, "1.340,5", None])
    path = tmp_path / "gedung.xlsx"
    book.save(path)
    done = bring(path, "buildings", listed)
    one, two = properties(listed, "buildings.geojson")
    assert (one["floor_area_m2"], one["condition"]) == (1250.5, "light_damage")
    assert (two["floor_area_m2"], two["owner"]) == (90, "unknown")
    assert {"BG-265"} <= codes(done)


def test_utm_is_read(listed: Path, tmp_path: Path) -> None:
    head = "Nama Faskes,Jenis,Easting,Northing\n"
    good = write_csv(tmp_path / "utm.csv", f"{head}Pustu X,Pustu,669955,9128950\n")
    assert "BG-274" in codes(bring(good, "facilities", listed))
    x, y = json.loads((listed / "facilities.geojson").read_text())["features"][0]["geometry"][
        "coordinates"
    ]
    assert (round(x, 2), round(y, 2)) == (112.54, -7.88)


def test_an_unknown_village_is_refused_with_the_nearest_and_its_row(
    listed: Path, tmp_path: Path
) -> None:
    text = "Nama Faskes,Jenis,Desa\nPustu A,Pustu,Temas\nPustu B,Pustu,Tulungreja\n"
    before = (listed / "facilities.geojson").read_bytes()
    with pytest.raises(DataError) as caught:
        bring(write_csv(tmp_path / "a.csv", text), "facilities", listed)
    (fault,) = caught.value.problems
    assert (fault.code, fault.row) == ("BG-252", 3)
    assert "Tulungrejo (35.79.02.2003)" in fault.line("en")
    assert (listed / "facilities.geojson").read_bytes() == before


def test_code_and_name_that_disagree_are_refused(listed: Path, tmp_path: Path) -> None:
    text = "Nama Faskes,Jenis,Kode Desa,Desa\nPustu A,Pustu,35.79.01.1001,Beji\n"
    with pytest.raises(DataError, match="BG-273"):
        bring(write_csv(tmp_path / "a.csv", text), "facilities", listed)


def test_a_place_nobody_wrote_is_the_village_office_and_says_so(
    listed: Path, tmp_path: Path
) -> None:
    text = "Nama Faskes,Jenis,Desa\nPustu A,Pustu,Temas\nPustu B,Pustu,\n"
    done = bring(write_csv(tmp_path / "a.csv", text), "facilities", listed)
    (record,) = properties(listed, "facilities.geojson")
    assert record["position_evidence"] == "assumed"
    assert "kantor desa" in record["evidence_note"]
    assert {"BG-269", "BG-257"} <= codes(done)


def test_numbers_that_may_mean_two_things_are_refused(listed: Path, tmp_path: Path) -> None:
    text = "Nama Gedung,Desa,Luas\nBalai,Temas,1.234\n"
    with pytest.raises(DataError, match="BG-275"):
        bring(write_csv(tmp_path / "a.csv", text), "buildings", listed)


def test_people_in_indonesian_numbers_by_names_alone(listed: Path, tmp_path: Path) -> None:
    with (EMBEDDED / "population.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [
        f"{n};Ds. {r['village_name'].upper()};{int(r['population']):,}".replace(",", ".")
        for n, r in enumerate(rows, 1)
    ]
    text = "\n".join(["No;Nama Desa/Kelurahan;Jumlah Penduduk", *lines, ";JUMLAH;225.408"])
    done = bring(write_csv(tmp_path / "p.csv", text), "population", listed, again=True)
    assert done.count == 24
    assert int(bg.load_study(EMBEDDED).villages["population"].sum()) == 225_408
    with (listed / "population.csv").open(encoding="utf-8") as file:
        assert sum(int(row["population"]) for row in csv.DictReader(file)) == 225_408


# What is refused, and how it is asked


def test_nothing_is_replaced_or_written_without_consent(listed: Path, tmp_path: Path) -> None:
    path = EMBEDDED / "boundaries" / "desa_kelurahan.geojson"
    with pytest.raises(ScenarioError, match="BG-421"):
        bring(path, "villages", listed)
    before = {p.name: p.read_bytes() for p in listed.glob("*") if p.is_file()}
    form = write_csv(tmp_path / "form.csv", FORM)
    refused = CliRunner().invoke(
        cli, ["import", str(form), "--as", "facilities", "--into", str(listed), "--lang", "en"]
    )
    assert refused.exit_code == 4, refused.output
    assert "BG-422" in refused.stderr
    assert "facility_name" in refused.stdout, "the columns are shown before"
    assert {p.name: p.read_bytes() for p in listed.glob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("answer", "exit_code"),
    [("ya\n", 0), ("Y\n", 0), ("yes\n", 0), ("tidak\n", 4), ("\n", 4), ("apa?\n", 4), ("", 130)],
)
def test_the_columns_are_agreed_to_in_either_language(
    listed: Path, tmp_path: Path, monkeypatch, answer: str, exit_code: int
) -> None:
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("batu_geo.cli.commands.cmd_import.sys", SimpleNamespace(stdin=terminal))
    form = str(write_csv(tmp_path / "form.csv", FORM))
    args = ["import", form, "--as", "facilities", "--into", str(listed)]
    assert CliRunner().invoke(cli, args, input=answer).exit_code == exit_code
    assert len(properties(listed, "facilities.geojson")) == (2 if exit_code == 0 else 0)


def test_a_column_that_is_chosen_is_as_sure_as_can_be(listed: Path, tmp_path: Path) -> None:
    text = "Nama Faskes,Jenis,Tempat\nPustu A,Pustu,Temas\n"
    path = str(write_csv(tmp_path / "a.csv", text))
    args = ["import", path, "--as", "facilities", "--into", str(listed), "--yes"]
    shown = CliRunner().invoke(cli, [*args, "--column", "village_name=Tempat"]).output
    assert "100%" in shown
    assert "101" not in shown


def test_a_card_that_leads_out_of_the_study_is_a_wrong_setting(tmp_path: Path) -> None:
    folder = init(tmp_path / "studi")
    card = folder / "study.toml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace('"population.csv"', '"../rahasia/pop.csv"'), encoding="utf-8")
    with pytest.raises(ScenarioError, match="BG-302"):
        bring(EMBEDDED / "population.csv", "population", folder)


@pytest.mark.parametrize("path", ["../../outside/deep/population.csv", "loop/deep/population.csv"])
def test_a_path_that_leads_out_makes_no_folder_there(tmp_path: Path, path: str) -> None:
    folder = init(tmp_path / "here" / "studi")
    (folder / "loop").symlink_to("loop")
    card = folder / "study.toml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace('"population.csv"', f'"{path}"'), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    args = ["import", str(EMBEDDED / "population.csv"), "--as", "population", "--into", str(folder)]
    done = CliRunner().invoke(cli, [*args, "--yes"])
    assert (done.exit_code, "BG-302" in done.stderr) == (4, True), done.output
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_not_there_yet_is_not_called_faulty(tmp_path: Path) -> None:
    folder = init(tmp_path / "studi")
    text = "Nama Faskes,Jenis,Lintang,Bujur\nPustu A,Pustu,-7.8775,112.5414\n"
    done = bring(write_csv(tmp_path / "a.csv", text), "facilities", folder)
    assert any("population, yang belum ada" in notice.line() for notice in done.notices)


def test_two_columns_that_are_the_same_thing_need_a_word(listed: Path, tmp_path: Path) -> None:
    text = "Nama Faskes,Jenis,Desa,Kelurahan\nPustu A,Pustu,Temas,Beji\n"
    path = write_csv(tmp_path / "a.csv", text)
    with pytest.raises(DataError, match="BG-263"):
        bring(path, "facilities", listed)
    bring(path, "facilities", listed, chosen={"village_name": "Kelurahan"})
    assert properties(listed, "facilities.geojson")[0]["village_id"] == "35.79.03.2002"


def test_a_missing_column_is_named_with_what_there_is(listed: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "Nama Faskes,Desa,Warna\nPustu A,Temas,biru\n")
    with pytest.raises(DataError) as caught:
        bring(path, "facilities", listed)
    (fault,) = caught.value.problems
    assert fault.code == "BG-250"
    assert "Warna" in fault.line()


FAR = (
    "Nama Faskes,Jenis,Lintang,Bujur,Kode Desa\nPustu A,Pustu,-7.8775,112.5414,\n\n"
    "Tanpa letak,Pustu,,,\nPustu Jauh,Pustu,-1.5,110.2,35.79.03.2002\n"
)


def test_what_the_study_refuses_is_named_at_its_row_in_the_file(
    listed: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        bring(write_csv(tmp_path / "jauh.csv", FAR), "facilities", listed)
    (fault,) = caught.value.problems
    assert (fault.code, fault.path, fault.row) == ("BG-215", "jauh.csv", 5)
    assert "F-000" not in fault.line(), "a code nobody but the program gave"
    assert "Pustu Jauh terletak" in fault.line()


def test_outlines_the_study_refuses_are_named_in_the_file(listed: Path, tmp_path: Path) -> None:
    document = json.loads((EMBEDDED / "boundaries" / "desa_kelurahan.geojson").read_text())
    away = document["features"][3]["geometry"]
    away["coordinates"] = shapely.geometry.mapping(shapely.box(95, 5, 95.1, 5.1))["coordinates"]
    away["type"] = "Polygon"
    document["features"].insert(0, document["features"][0] | {
        "properties": {"village_id": "35.79.99.9999", "village_name": "Hutan"},
    })  # fmt: skip
    path = tmp_path / "batas.geojson"
    path.write_text(json.dumps(document))
    with pytest.raises(DataError) as caught:
        bring(path, "villages", listed, again=True)
    assert [(p.code, p.path, p.feature) for p in caught.value.problems] == [
        ("BG-231", "batas.geojson", 5)
    ]


def test_a_repeated_code_names_the_row_it_was_first_used_in(listed: Path, tmp_path: Path) -> None:
    text = "DAFTAR PUSTU,,,\n\nKode,Nama Faskes,Jenis,Desa\nP-1,Pustu A,Pustu,Temas\n"
    path = write_csv(tmp_path / "a.csv", f"{text}P-1,Pustu B,Pustu,Beji\n")
    with pytest.raises(DataError) as caught:
        bring(path, "facilities", listed)
    (fault,) = caught.value.problems
    assert (fault.code, fault.row, fault.values["first"]) == ("BG-206", 5, 4)


def test_a_foreign_datum_is_named(listed: Path, tmp_path: Path) -> None:
    batavia = gpd.GeoDataFrame(
        {"nama": ["Pustu A"], "jenis": ["Pustu"]},
        geometry=[shapely.Point(112.54, -7.87)],
        crs="EPSG:4211",
    )
    path = tmp_path / "batavia.gpkg"
    batavia.to_file(path)
    with pytest.raises(OSError, match=r"BG-254.*Batavia"):
        bring(path, "facilities", listed)


def test_a_city_far_away_gets_its_own_zone(tmp_path: Path) -> None:
    folder = init(tmp_path / "studi", code="11.71")
    text = "Kode Desa,Desa,Jumlah Penduduk\n11.71.01.2001,Contoh A,100\n11.71.01.2002,Contoh B,50\n"
    bring(write_csv(tmp_path / "p.csv", text), "population", folder)
    frame = gpd.GeoDataFrame(
        {"nama": ["Contoh A", "Contoh B"]},
        geometry=[shapely.box(95.3, 5.5, 95.35, 5.55), shapely.box(95.35, 5.5, 95.4, 5.55)],
        crs="EPSG:4326",
    )
    path = tmp_path / "batas.gpkg"
    frame.to_file(path)
    done = bring(path, "villages", folder)
    assert "BG-272" in codes(done)
    assert 'crs = "EPSG:32646"' in (folder / "study.toml").read_text()


# Two editions of the same boundaries


def test_a_moved_border_is_measured(listed: Path, tmp_path: Path) -> None:
    frame = gpd.read_file(EMBEDDED / "boundaries" / "desa_kelurahan.geojson").to_crs("EPSG:32749")
    at = {code: n for n, code in enumerate(frame["village_id"])}
    beji, mojorejo = at["35.79.03.2002"], at["35.79.03.2005"]
    strip = frame.geometry[beji].intersection(frame.geometry[mojorejo].buffer(50))
    frame.loc[beji, "geometry"] = frame.geometry[beji].difference(strip)
    frame.loc[mojorejo, "geometry"] = frame.geometry[mojorejo].union(strip)
    path = tmp_path / "baru.geojson"
    frame.to_crs("EPSG:4326").to_file(path)
    before = (listed / "villages.geojson").read_bytes()
    args = ["import", str(path), "--as", "villages", "--into", str(listed), "--yes", "--compare"]
    result = CliRunner().invoke(cli, [*args, "--lang", "en"])
    assert result.exit_code == 0, result.output
    assert (listed / "villages.geojson").read_bytes() == before, "a comparison writes nothing"
    changes = compare_file(Request(path, "villages", listed), lambda *_: True)
    assert set(changes["village_name"][:2]) == {"Beji", "Mojorejo"}
    rows = changes.set_index("village_name")
    area = strip.area / 1e6
    assert rows.loc["Beji", "lost_km2"] == pytest.approx(area, abs=1e-3)
    assert rows.loc["Mojorejo", "gained_km2"] == pytest.approx(area, abs=1e-3)
    assert rows.loc["Temas", "shared"] == pytest.approx(1, abs=1e-3)
    assert changes["shared"].is_monotonic_increasing


def test_a_village_of_one_edition_shares_nothing() -> None:
    def edition(*codes: str) -> gpd.GeoDataFrame:
        boxes = [shapely.box(1000 * n, 0, 1000 * n + 1000, 1000) for n in range(len(codes))]
        table = {"village_id": list(codes), "village_name": list(codes)}
        return gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:32749")

    changes = compare_boundaries(edition("a", "b"), edition("a")).set_index("village_id")
    assert changes.loc["b", ["old_km2", "new_km2", "lost_km2", "shared"]].tolist() == [1, 0, 1, 0]
    assert changes.loc["a", ["gained_km2", "lost_km2", "shared", "farthest_m"]].tolist() == [
        0, 0, 1, 0,
    ]  # fmt: skip


# Other editions, templates, and what a killed import leaves


def edition(kind: str) -> gpd.GeoDataFrame:
    ours = gpd.read_file(EMBEDDED / "boundaries" / "desa_kelurahan.geojson")
    names, codes, bps = ours["village_name"], ours["village_id"], ours["bps_id"]
    tables = {
        "gadm": {"GID_4": [f"IDN.11.1.{n}_1" for n in range(24)], "NAME_2": "Kota Batu",
                 "NAME_3": ours["district_name"], "NAME_4": names, "CC_4": bps},
        "big": {"NAMOBJ": names, "KDEPUM": codes, "WADMKC": ours["district_name"],
                "WADMKD": names, "SHAPE_Leng": 1.5},
        "bps": {"iddesa": bps, "nmkec": ours["district_name"], "nmdesa": names.str.upper()},
        "osm": {"@id": [f"relation/{n}" for n in range(24)], "admin_level": "7",
                "boundary": "administrative", "name": names},
    }  # fmt: skip
    frame = gpd.GeoDataFrame(tables[kind], geometry=ours.geometry, crs=ours.crs)
    if kind == "osm":
        district = gpd.GeoDataFrame(
            {"@id": ["relation/99"], "admin_level": ["6"], "name": ["Junrejo"]},
            geometry=[shapely.union_all(ours.geometry[-7:].to_numpy())], crs=ours.crs,
        )  # fmt: skip
        return pd.concat([frame, district], ignore_index=True)
    return frame


@pytest.mark.parametrize("kind", ["gadm", "big", "bps", "osm"])
def test_every_edition_of_boundaries_gets_the_same_codes(
    listed: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.geojson"
    edition(kind).to_file(path)
    wanted = {r["village_id"]: r["bps_id"] for r in properties(listed, "villages.geojson")}
    done = bring(path, "villages", listed, again=True)
    found = properties(listed, "villages.geojson")
    assert done.count == 24
    assert {record["village_id"] for record in found} == set(wanted)
    if kind in {"gadm", "bps"}:
        assert {record["village_id"]: record["bps_id"] for record in found} == wanted
        assert "BG-262" in codes(done)


def test_codes_of_bps_stay_where_nothing_maps_them(tmp_path: Path) -> None:
    folder = init(tmp_path / "studi")
    path = tmp_path / "bps.geojson"
    edition("bps").to_file(path)
    bring(path, "villages", folder)
    assert properties(folder, "villages.geojson")[0]["village_id"] == "3579010002"


def test_outlines_without_codes_need_a_list_first(tmp_path: Path) -> None:
    folder = init(tmp_path / "studi")
    path = tmp_path / "osm.geojson"
    edition("osm").to_file(path)
    with pytest.raises(DataError, match="BG-264"):
        bring(path, "villages", folder)


def test_a_filled_template_is_taken_as_it_is(listed: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(listed / "templates" / "facilities.xlsx")
    sheet = book["facilities"]
    at = {cell.value: cell.column for cell in sheet[1]}
    row = {"facility_id": "U-1", "facility_name": "UPKDK Beji", "kind": "UPKDK",
           "village_id": "35.79.03.2002", "status": "active", "lon": 112.5591,
           "lat": -7.8925}  # fmt: skip
    for name, value in row.items():
        sheet.cell(row=2, column=at[name], value=value)
    path = tmp_path / "faskes.xlsx"
    book.save(path)
    assert bring(path, "facilities", listed).count == 1
    (record,) = properties(listed, "facilities.geojson")
    assert record["facility_id"] == "U-1"


def test_what_a_killed_import_left_is_swept_and_a_failed_one_leaves_nothing(
    listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = listed / ".batu-geo-facilities.geojson-99999999.part"
    left.write_text("half")
    bring(write_csv(tmp_path / "form.csv", FORM), "facilities", listed)
    assert not left.exists()
    before = {p.name: p.read_bytes() for p in listed.glob("*") if p.is_file()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("batu_geo.writing.os.fsync", full)
    with pytest.raises(EnvironmentFault, match=r"BG-401.*penyimpanan penuh"):
        bring(write_csv(tmp_path / "form.csv", FORM), "facilities", listed, again=True)
    assert {p.name: p.read_bytes() for p in listed.glob("*") if p.is_file()} == before


def test_indicators_by_name_and_a_facility_before_there_is_a_list(
    listed: Path, tmp_path: Path
) -> None:
    text = "Nama Desa;Jumlah Posyandu;Balita\nKel. Temas;10;1.200\nBeji;7;-\n"
    assert bring(write_csv(tmp_path / "i.csv", text), "indicators", listed).count == 2
    with (listed / "indicators.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["children_under_5"] for row in rows] == ["1200", ""]
    assert '[indicators]\npath = "indicators.csv"' in (listed / "study.toml").read_text()
    empty = init(tmp_path / "kosong")
    head = "Nama Faskes,Jenis,Desa,Bujur,Lintang\n"
    path = write_csv(tmp_path / "f.csv", f"{head}Pustu A,Pustu,Temas,112.54,-7.88\n")
    assert "BG-234" in codes(bring(path, "facilities", empty))
    with pytest.raises(DataError, match="BG-264"):
        bring(write_csv(tmp_path / "g.csv", f"{head}Pustu A,Pustu,Temas,,\n"), "facilities", empty,
              again=True)  # fmt: skip


def test_swapped_columns_are_said(listed: Path, tmp_path: Path) -> None:
    text = "Nama Faskes,Jenis,Bujur,Lintang\nPustu A,Pustu,-7.88,112.54\n"
    assert "BG-255" in codes(bring(write_csv(tmp_path / "f.csv", text), "facilities", listed))


# Map files whose coordinates are something else


def moved(change: Callable[[float, float], tuple[float, float]], only: int | None = None) -> bytes:
    """Return the outlines of the embedded study, all or one of them moved."""
    document = json.loads((EMBEDDED / "boundaries" / "desa_kelurahan.geojson").read_bytes())
    for number, member in enumerate(document["features"]):
        if only in {None, number}:
            shape = shapely.from_geojson(json.dumps(member["geometry"]))
            there = shapely.transform(
                shape, lambda xy: [change(*map(float, place)) for place in xy], include_z=False
            )
            member["geometry"] = json.loads(shapely.to_geojson(there))
    return json.dumps(document).encode()


UTM = pyproj.Transformer.from_crs(4326, 32749, always_xy=True).transform


@pytest.mark.parametrize(
    ("change", "only", "code", "shown"),
    [
        (UTM, None, "BG-236", "49S"),
        (UTM, 3, "BG-236", "49S"),
        (lambda x, y: (x, -y), None, "BG-237", "7.8"),
        (lambda x, y: (x, -y), 3, "BG-237", "7.8"),
        (lambda x, y: (y, x), 3, "BG-208", "[-7.9"),
        (lambda x, y: (x * 1e5, y * 1e5), None, "BG-209", "[11252580, "),
        (lambda x, y: (x - 112, y + 7), None, "BG-253", "0."),
    ],
    ids=["UTM", "one in UTM", "lost minus", "one lost minus", "one swapped", "scaled", "elsewhere"],
)
def test_outlines_elsewhere_are_refused_by_what_they_look_like(
    listed: Path, tmp_path: Path, change, only, code: str, shown: str
) -> None:
    new = init(tmp_path / "baru")
    path = tmp_path / "batas.geojson"
    path.write_bytes(moved(change, only))
    for act in (
        lambda: bring(path, "villages", new),
        lambda: bring(path, "villages", listed, again=True),
        lambda: compare_file(Request(path, "villages", listed), lambda *_: True),
    ):
        with pytest.raises(DataError) as caught:
            act()
        assert {fault.code for fault in caught.value.problems} == {code}
        assert len(caught.value.problems) == (24 if only is None else 1)
        assert shown in caught.value.problems[0].line("en")
        assert caught.value.problems[0].feature == (only or 0) + 1
    assert 'crs = "EPSG:32749"' in (new / "study.toml").read_text()


def pustu_at(path: Path, x: float, y: float) -> Path:
    point = {"type": "Point", "coordinates": [x, y]}
    record = {"nama": "Pustu X", "jenis": "Pustu"}
    member = {"type": "Feature", "properties": record, "geometry": point}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [member]}))
    return path


def test_points_in_metres_are_read_where_outlines_have_settled_the_zone(
    listed: Path, tmp_path: Path
) -> None:
    path = pustu_at(tmp_path / "f.geojson", *UTM(112.54, -7.88))
    assert "BG-274" in codes(bring(path, "facilities", listed))
    with pytest.raises(DataError, match=r"BG-236.*49S.*EPSG:32749"):
        bring(path, "facilities", init(tmp_path / "kosong"))


def test_a_point_that_lost_its_minus_is_named_and_a_swapped_one_is_read(
    listed: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="BG-237"):
        bring(pustu_at(tmp_path / "f.geojson", 112.54, 7.88), "facilities", listed)
    done = bring(pustu_at(tmp_path / "f.geojson", -7.88, 112.54), "facilities", listed)
    assert "BG-255" in codes(done)


def test_outlines_are_no_points(listed: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="BG-217"):
        bring(points_of_villages(tmp_path / "titik.geojson"), "villages", listed, again=True)


def points_of_villages(path: Path) -> Path:
    frame = gpd.read_file(EMBEDDED / "boundaries" / "desa_kelurahan.geojson")
    frame.set_geometry(frame.geometry.representative_point()).to_file(path)
    return path


def test_outlines_of_the_study_with_the_columns_of_big_are_compared(
    listed: Path, tmp_path: Path
) -> None:
    path = listed / "villages.geojson"
    document = json.loads(path.read_text())
    for member in document["features"]:
        province, city, district, village = member["properties"]["village_id"].split(".")
        member["properties"] = {
            "kd_propinsi": province, "kd_dati2": city, "kd_kecamatan": f"0{district}",
            "kd_kelurahan": village[1:], "nm_kelurahan": member["properties"]["village_name"],
        }  # fmt: skip
    new = tmp_path / "baru.geojson"
    new.write_bytes((EMBEDDED / "boundaries" / "desa_kelurahan.geojson").read_bytes())
    path.write_text(json.dumps(document))
    changes = compare_file(Request(new, "villages", listed), lambda *_: True)
    assert len(changes) == 24
    assert changes["shared"].min() > 0.999


def test_a_blank_behind_the_comma_of_a_kml_is_read(listed: Path, tmp_path: Path) -> None:
    path = tmp_path / "f.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>Pustu X</name><ExtendedData>'
        '<Data name="jenis"><value>Pustu</value></Data></ExtendedData><Point><coordinates> '
        "112.54, -7.88, 0 </coordinates></Point></Placemark></kml>"
    )
    bring(path, "facilities", listed)
    (found,) = json.loads((listed / "facilities.geojson").read_text())["features"]
    assert found["geometry"]["coordinates"] == [112.54, -7.88]
