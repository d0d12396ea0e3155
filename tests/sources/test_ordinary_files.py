"""Files as offices have them: Shapefiles without their small parts, KMZ, and what is not read."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.reasons import catalogue
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.files.recognise import detect_format
from batu_geo.sources.geometry.features import without_empty_parts
from batu_geo.sources.geometry.shapefiles import encoding_of
from batu_geo.sources.geometry.vector_layers import MAP_SUFFIXES, read_map_features
from batu_geo.sources.roads.read_roads import read_roads

POINT = shapely.Point(112.54, -7.88)
NAME = "Désa Ngagliké €"
SHEETS = (".xlsx", ".csv")
UTM = "EPSG:32749"


def shapefile(
    folder: Path, encoding: str, *, name: str = NAME, crs: Any = 4326, **columns: Any
) -> dict[str, bytes]:
    """Return the parts of a Shapefile as GDAL writes it."""
    frame = gpd.GeoDataFrame({"Nama": [name], **columns}, geometry=[POINT], crs=crs)
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(folder / "f.shp", encoding=encoding)
    return {path.name: path.read_bytes() for path in folder.glob("f.*")}


def zipped(files: dict[str, bytes], *, without: tuple[str, ...] = ()) -> Opened:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            if Path(name).suffix not in without:
                archive.writestr(name, content)
    return Opened("f.zip", packed.getvalue())


def read(opened: Opened, layer: str = "") -> tuple[list[Any], list[str]]:
    features, notices = read_map_features(opened, "point", layer)
    return features, [notice.code for notice in notices]


# Shapefiles


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1252"])
def test_texts_without_a_cpg_are_read_and_the_encoding_is_said(
    tmp_path: Path, encoding: str
) -> None:
    opened = zipped(shapefile(tmp_path, encoding), without=(".cpg",))
    features, notices = read_map_features(opened, "point")
    assert features[0]["properties"]["Nama"] == NAME
    assert [(notice.code, notice.values["encoding"]) for notice in notices] == [
        ("BG-225", encoding)
    ]


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1252", "CP850"])
def test_a_cpg_is_followed_without_a_word(tmp_path: Path, encoding: str) -> None:
    features, codes = read(zipped(shapefile(tmp_path, encoding, name="Désa")))
    assert (features[0]["properties"]["Nama"], codes) == ("Désa", [])


def test_plain_letters_need_no_encoding(tmp_path: Path) -> None:
    parts = shapefile(tmp_path, "UTF-8", name="Desa")
    assert read(zipped(parts, without=(".cpg",)))[1] == []


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_letter_that_a_full_field_cuts_off_is_still_utf_8(cut: int) -> None:
    texts = ["é" * 3 + "x" * cut + "€" * 90, "abc"]
    frames = [dbf(text.encode()[:254]) for text in texts]
    assert [encoding_of(frame) for frame in frames] == ["UTF-8", ""]
    assert encoding_of(dbf("Désa €".encode("cp1252"))) == "CP1252"
    assert encoding_of(dbf("é".encode() + b" \xe9 ")) == "CP1252", "not even half of it is UTF-8"


def dbf(text: bytes) -> bytes:
    """Return a dBASE table with a number and a text."""
    fields = b"".join(
        name.ljust(11, b"\0") + kind + bytes(4) + bytes([width]) + bytes(15)
        for name, kind, width in ((b"NO", b"N", 3), (b"NAMA", b"C", 254))
    )
    header = b"\x03" + bytes(3) + (1).to_bytes(4, "little")
    start, length = 32 + len(fields) + 1, 1 + 3 + 254
    header += start.to_bytes(2, "little") + length.to_bytes(2, "little") + bytes(20)
    return header + fields + b"\r" + b"   7" + text.ljust(254) + b"\x1a"


@pytest.mark.parametrize(
    "content", [b"", b"\x03", b"\x03" * 40, dbf(b"x")[:50], b"\x03" + b"\xff" * 99]
)
def test_a_damaged_table_has_no_encoding_to_tell(content: bytes) -> None:
    assert encoding_of(content) in {"", "CP1252"}


def test_a_missing_prj_is_said(tmp_path: Path) -> None:
    features, codes = read(zipped(shapefile(tmp_path, "UTF-8"), without=(".prj",)))
    assert codes == ["BG-226"]
    assert features[0]["geometry"]["coordinates"] == [112.54, -7.88]


@pytest.mark.parametrize(("scale", "refused"), [(1.0, False), (5000.0, True)])
def test_roads_without_a_prj_are_degrees_or_refused(
    tmp_path: Path, scale: float, *, refused: bool
) -> None:
    line = shapely.LineString([(112.5 * scale, -7.9 * scale), (112.51 * scale, -7.9 * scale)])
    frame = gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[line])
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(tmp_path / "f.shp")
    parts = {path.name: path.read_bytes() for path in tmp_path.glob("f.*")}
    opened = zipped(parts, without=(".prj",))
    if refused:
        with pytest.raises(BatuGeoError, match="BG-226"):
            read_roads(opened, crs=UTM)
    else:
        roads = read_roads(opened, crs=UTM)
        assert roads.edge_count == 1
        assert [doubt.code for doubt in roads.doubts] == ["BG-226"]


def streets(folder: Path, stem: str, encoding: str, name: str) -> dict[str, bytes]:
    """Return the parts of a Shapefile of one street with a name."""
    line = shapely.LineString([(112.52, -7.87), (112.53, -7.87)])
    columns = {"highway": ["residential"], "name": [name]}
    frame = gpd.GeoDataFrame(columns, geometry=[line], crs=4326)
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(folder / f"{stem}.shp", encoding=encoding)
    return {path.name: path.read_bytes() for path in folder.glob(f"{stem}.*")}


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1252"])
def test_names_of_streets_without_a_cpg_are_read_and_the_encoding_is_said(
    tmp_path: Path, encoding: str
) -> None:
    parts = streets(tmp_path, "a", encoding, NAME) | streets(tmp_path, "b", encoding, NAME)
    roads = read_roads(zipped(parts, without=(".cpg",)), crs=UTM)
    assert roads.names == ("", NAME)
    said = [(doubt.code, doubt.path, doubt.values) for doubt in roads.doubts]
    assert said == [("BG-225", "f.zip", {"encoding": encoding})], "once for both layers"
    assert read_roads(zipped(parts), crs=UTM).doubts == (), "a .cpg leaves no doubt"


@pytest.mark.slow
def test_what_was_assumed_of_roads_is_said_by_check(sparse_copy: Path, tmp_path: Path) -> None:
    packed = zipped(streets(tmp_path, "a", "CP1252", NAME), without=(".cpg", ".prj"))
    (sparse_copy / "jalan.zip").write_bytes(packed.content)
    card = sparse_copy / "study.toml"
    before, _, after = card.read_text(encoding="utf-8").partition("[roads]\npath = ")
    text = f'{before}[roads]\npath = "jalan.zip"\n{after.split(chr(10), 1)[1]}'
    card.write_text(text, encoding="utf-8")
    checked = CliRunner().invoke(cli, ["check", "--data", str(sparse_copy), "--lang", "en"])
    said = " ".join(checked.output.split())
    assert "BG-225 jalan.zip: without .cpg; its texts are read as CP1252" in said
    assert "BG-226 jalan.zip: without a coordinate system (.prj)" in said


def test_a_geopackage_of_streets_without_a_system_is_degrees_and_that_is_said(
    tmp_path: Path,
) -> None:
    line = shapely.LineString([(112.52, -7.87), (112.53, -7.87)])
    frame = gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[line])
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(tmp_path / "f.gpkg")
    roads = read_roads(Opened("f.gpkg", (tmp_path / "f.gpkg").read_bytes()), crs=UTM)
    assert roads.edge_count == 1
    assert [doubt.code for doubt in roads.doubts] == ["BG-226"]


def test_empty_parts_of_a_geojson_of_streets_are_counted() -> None:
    lines = [[[112.52, -7.87], [112.53, -7.87]], []]
    street = {"type": "Feature", "properties": {"highway": "residential"},
              "geometry": {"type": "MultiLineString", "coordinates": lines}}  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [street]}).encode()
    roads = read_roads(Opened("f.geojson", content), crs=UTM)
    assert [(doubt.code, doubt.values) for doubt in roads.doubts] == [("BG-227", {"count": 1})]


@pytest.mark.parametrize("without", [".shx", ".dbf"])
def test_a_part_that_a_zip_lacks_is_named(tmp_path: Path, without: str) -> None:
    with pytest.raises(BatuGeoError, match=rf"BG-229.*tidak ada f{without}\."):
        read(zipped(shapefile(tmp_path, "UTF-8"), without=(without,)))


def test_a_bare_shp_is_told_its_sisters(tmp_path: Path) -> None:
    shapefile(tmp_path, "UTF-8")
    (tmp_path / "f.dbf").unlink()
    (tmp_path / "other.dbf").write_bytes(b"")
    with pytest.raises(BatuGeoError) as caught:
        open_input(tmp_path / "f.shp", name="f.shp", table="villages", suffixes=MAP_SUFFIXES)
    [line] = caught.value.lines("en")
    assert "here are f.cpg, f.prj, f.shp, f.shx, missing are f.dbf. Fix: pack .shp" in line


# KMZ

MARK = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>{}</name><Point><coordinates>'
    "112.54,-7.88</coordinates></Point></Placemark></kml>"
)


def kmz(*names: str) -> Opened:
    files = {name: MARK.format(name).encode() for name in names}
    return Opened("f.kmz", zipped({**files, "gambar.png": b"\x89PNG"}).content)


@pytest.mark.parametrize(("names", "layer", "first", "codes"), [
    (("doc.kml",), "", "doc.kml", []),
    (("Peta Desa.kml",), "", "Peta Desa.kml", []),
    (("sub/a.KML",), "", "sub/a.KML", []),
    (("a.kml", "doc.kml"), "", "doc.kml", ["BG-235"]),
    (("sub/a.kml", "z.kml"), "", "z.kml", ["BG-235"]),
    (("a.kml", "doc.kml"), "a", "a.kml", ["BG-235"]),
])  # fmt: skip
def test_a_kmz_of_any_inner_name(
    names: tuple[str, ...], layer: str, first: str, codes: list[str]
) -> None:
    features, found = read(kmz(*names), layer)
    assert ([f["properties"]["name"] for f in features], found) == ([first], codes)


def test_a_zip_with_a_kml_is_read_as_before() -> None:
    assert len(read(Opened("f.zip", kmz("doc.kml").content))[0]) == 1
    assert len(read(Opened("f.zip", kmz("peta.kml").content))[0]) == 1


# Empty parts

RING = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(("wkt", "left", "count"), [
    ("POLYGON EMPTY", None, 1),
    ("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), EMPTY)", [[RING]], 1),
    ("MULTIPOLYGON (EMPTY, EMPTY)", None, 2),
    ("MULTILINESTRING ((0 0, 1 0), EMPTY)", [[[0.0, 0.0], [1.0, 0.0]]], 1),
    ("POINT EMPTY", None, 1),
    ("POLYGON ((0 0, 1 0, 1 1, 0 0))", [RING], 0),
])  # fmt: skip
def test_empty_parts_are_passed_over_and_counted(wkt: str, left: Any, count: int) -> None:
    geometry = json.loads(shapely.to_geojson(shapely.from_wkt(wkt)))
    [feature], found = without_empty_parts([{"type": "Feature", "geometry": geometry}])
    assert (feature["geometry"] and feature["geometry"]["coordinates"], found) == (left, count)


@pytest.mark.parametrize(("coordinates", "left", "count"), [
    ([RING, []], [RING], 1),
    ([[], RING], [[], RING], 0),
    ([[], []], None, 2),
    ("x", "x", 0), ([[["x"]]], [[["x"]]], 0), (None, None, 0),
])  # fmt: skip
def test_a_hole_may_be_empty_and_a_shell_may_not(coordinates: Any, left: Any, count: int) -> None:
    geometry = {"type": "Polygon", "coordinates": coordinates}
    [feature], found = without_empty_parts([{"geometry": geometry}])
    assert (feature["geometry"] and feature["geometry"]["coordinates"], found) == (left, count)


def test_an_empty_point_of_several_is_passed_over() -> None:
    several = {"type": "MultiPoint", "coordinates": [[0.0, 0.0], []]}
    [feature], count = without_empty_parts([{"geometry": several}])
    assert (feature["geometry"]["coordinates"], count) == ([[0.0, 0.0]], 1)


def test_an_empty_geometry_of_a_geopackage_is_counted(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"Nama": ["a", "b", "c"]}, crs=4326,
                             geometry=[POINT, shapely.Point(), None])  # fmt: skip
    frame.to_file(tmp_path / "f.gpkg")
    features, notices = read_map_features(
        Opened("f.gpkg", (tmp_path / "f.gpkg").read_bytes()), "point"
    )
    assert [feature["geometry"] is None for feature in features] == [False, True, True]
    assert [notice.values for notice in notices] == [{"count": 1}]


def test_a_collection_keeps_what_is_not_empty() -> None:
    parts = [{"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [1, 2]}]
    collection = {"type": "GeometryCollection", "geometries": parts}
    [feature], count = without_empty_parts([{"geometry": collection}])
    assert (feature["geometry"]["geometries"], count) == (parts[1:], 1)


def test_import_counts_empty_parts_and_check_reads_past_them(study_copy: Path) -> None:
    path = study_copy / "boundaries" / "desa_kelurahan.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    geometry = document["features"][0]["geometry"]
    rings = (
        geometry["coordinates"][0]
        if geometry["type"] == "MultiPolygon"
        else geometry["coordinates"]
    )
    rings.append([])
    content = json.dumps(document).encode()
    _, notices = read_map_features(Opened("f.geojson", content), "polygon")
    assert [(n.code, n.values["count"]) for n in notices] == [("BG-227", 1)]
    path.write_bytes(content)
    result = CliRunner().invoke(cli, ["check", str(path), "--as", "villages", "--lang", "en"])
    assert result.exit_code == 0, result.output
    assert "1 empty parts" in result.output


# What is not read


def container(stream: str) -> bytes:
    """Return the beginning of an OLE container with a stream of that name in its directory."""
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return (
        start
        + "Root Entry".encode("utf-16-le").ljust(128, b"\0")
        + stream.encode("utf-16-le").ljust(128, b"\0")
    )


def document(kind: str) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
                   "content.xml": b"<x/>"}).content  # fmt: skip


UNREAD = {
    "locked workbook": container("EncryptedPackage"),
    "DOC": container("WordDocument"),
    "PPT": container("PowerPoint Document"),
    "OLE": container("Other"),
    "ODT": document("text"),
    "ODF": document("graphics"),
    "XLSB": zipped({"xl/workbook.bin": b"x"}).content,
    "DOCX": zipped({"word/document.xml": b"x"}).content,
    "PPTX": zipped({"ppt/presentation.xml": b"x"}).content,
    "GDB": zipped({"a.gdb/a00000001.gdbtable": b"x"}).content,
    "MDB": b"\x00\x01\x00\x00Standard ACE DB\x00",
    "SQLite": b"SQLite format 3\x00" + bytes(100),
    "DWG": b"AC1032" + bytes(50),
    "DXF": b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n",
    "MapInfo": b"!table\n!version 300\n",
    "GML": b"<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml'/>",
    "Parquet": b"PAR1",
    "PDF": b"%PDF-1.7",
    "RTF": b"{\\rtf1",
    "PNG": b"\x89PNG",
    "JPEG": b"\xff\xd8\xff\xe0",
    "GIF": b"GIF89a",
    "RAR": b"Rar!\x1a\x07\x01",
    "7Z": b"7z\xbc\xaf\x27\x1c",
    "GZIP": b"\x1f\x8b\x08",
    "BZIP2": b"BZh9",
    "XZ": b"\xfd7zXZ\x00",
}


def test_each_kind_that_has_advice_is_tried() -> None:
    assert set(UNREAD) == set(catalogue()["unread"])


@pytest.mark.parametrize("kind", UNREAD)
@pytest.mark.parametrize("suffix", [".xyz", ".xlsx", ".geojson", ".csv", ""])
def test_what_a_file_is_decides_the_advice_not_its_name(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    assert detect_format(UNREAD[kind]) == kind
    path = tmp_path / f"data{suffix}"
    path.write_bytes(UNREAD[kind])
    words = catalogue()["unread"][kind]
    for file in (path, path):
        with pytest.raises(BatuGeoError) as caught:
            open_input(file, name=path.name, table="facilities", suffixes=(*SHEETS, *MAP_SUFFIXES))
    assert caught.value.lines("en") == [
        f"BG-119 {path.name}: it holds {words['en']}, which is not read. Fix: {words['fix_en']}."
    ]
    assert words["fix_id"] in caught.value.lines("id")[0]


def test_a_geodatabase_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "batas.gdb"
    folder.mkdir()
    (folder / "a00000001.gdbtable").write_bytes(b"\x03\x00\x00\x00")
    opened = open_input(folder, name="batas.gdb", table="villages", suffixes=MAP_SUFFIXES)
    with pytest.raises(BatuGeoError, match="BG-109"):
        read_map_features(opened, "polygon")
    with pytest.raises(BatuGeoError, match=r"BG-119.*geodatabase Esri"):
        open_input(folder, name="batas.gdb", table="population", suffixes=SHEETS)
    (folder / "a00000001.gdbtable").unlink()
    with pytest.raises(BatuGeoError, match="BG-101"):
        open_input(folder, name="batas.gdb", table="villages", suffixes=MAP_SUFFIXES)


def test_another_file_of_an_unknown_type_is_told_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("a,b\n1,2\n")
    for name in ("a.xyz", "nowhere.xyz"):
        with pytest.raises(BatuGeoError, match="BG-106"):
            open_input(tmp_path / name, name=name, table="villages", suffixes=MAP_SUFFIXES)


def test_a_workbook_of_another_program_is_still_one(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    assert detect_format((tmp_path / "a.xlsx").read_bytes()) == "XLSX"


@pytest.mark.parametrize("words", [
    ["check", "{}", "--as", "villages"], ["import", "{}", "--as", "population", "--into", "{study}"],
    ["import", "{}", "--as", "kib", "--into", "{study}"],
    ["import", "{}", "--as", "roads", "--into", "{study}"],
])  # fmt: skip
def test_both_verbs_say_so(words: list[str], tmp_path: Path, study_copy: Path) -> None:
    path = tmp_path / "penduduk.xls"
    path.write_bytes(UNREAD["locked workbook"])
    asked = [word.format(path, study=study_copy) for word in words]
    again = ["--again"] if words[0] == "import" else []
    result = CliRunner().invoke(cli, [*asked, *again, "--lang", "en"])
    assert result.exit_code == 3
    assert "a workbook locked with a password" in result.output


def test_a_value_in_two_languages_is_written_in_that_of_the_reader() -> None:
    problem = Problem("BG-119", values={"found": "x", "reason": "y"})
    assert problem.line("en") == "BG-119 it holds x, which is not read. Fix: y."
