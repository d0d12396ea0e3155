"""Files for machines: plain numbers, no formulas, no inf."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from batu_geo.render.files.excel_csv import excel_csv
from batu_geo.render.files.write_tables import write_csv, write_geojson, write_gpkg
from tests.hostile import NAMES

TABLE = pd.DataFrame(
    {
        "name": pd.Series(["=1+1", "-5", "Beji", None], dtype="str"),
        "minutes": [1.0, np.inf, np.nan, 0.1 + 0.2],
        "rooms": pd.Series([1, None, 3, 4], dtype="Int64"),
        "ok": [True, False, True, False],
    }
)


def test_csv_cells(tmp_path: Path) -> None:
    write_csv(TABLE, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == (
        "name,minutes,rooms,ok\n'=1+1,1,1,true\n'-5,,,false\nBeji,,3,true\n,0.3,4,false\n"
    )


def test_no_figure_of_a_large_whole_number_is_lost(tmp_path: Path) -> None:
    rupiah = [123_456_789_012.0, np.nan, 9_999_999_999.0, 0.0000004]
    write_csv(pd.DataFrame({"rupiah": rupiah, "n": range(4)}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == "rupiah,n\n123456789012,0\n,1\n9999999999,2\n0,3\n"


def test_a_geopackage_holds_the_numbers_of_the_csv(tmp_path: Path) -> None:
    points = [shapely.Point(0, 0)] * 2
    table = gpd.GeoDataFrame({"x": [0.1 + 0.2, 1 / 3]}, geometry=points, crs="EPSG:32749")
    write_gpkg({"a": table}, tmp_path / "x.gpkg", date="2026-01-31")
    assert gpd.read_file(tmp_path / "x.gpkg")["x"].tolist() == [0.3, 0.333333]


def test_a_geopackage_holds_coordinates_to_the_millimetre(tmp_path: Path) -> None:
    line = shapely.LineString([(0.1 + 0.2, 1 / 3), (5, 5.0004)])
    table = gpd.GeoDataFrame({"x": [1]}, geometry=[line], crs="EPSG:32749")
    write_gpkg({"a": table, "b": table.to_crs("EPSG:4326")}, tmp_path / "x.gpkg", date="2026-01-31")
    found = gpd.read_file(tmp_path / "x.gpkg", layer="a").geometry.iloc[0]
    assert list(found.coords) == [(0.3, 0.333), (5, 5)]
    degrees = gpd.read_file(tmp_path / "x.gpkg", layer="b").to_crs("EPSG:32749").geometry.iloc[0]
    assert degrees.hausdorff_distance(line) < 0.01


def test_no_text_of_a_csv_starts_a_formula(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"name": NAMES}), tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert [cell.removeprefix("'") for cell in cells] == [n.removeprefix("'") for n in NAMES]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def layer() -> gpd.GeoDataFrame:
    points = [shapely.Point(668_000 + n, 9_130_000) for n in range(4)]
    return gpd.GeoDataFrame(TABLE, geometry=points, crs="EPSG:32749")


def test_geojson_is_in_degrees_with_null_for_what_is_missing(tmp_path: Path) -> None:
    write_geojson(layer(), tmp_path / "x.geojson")
    found = gpd.read_file(tmp_path / "x.geojson")
    assert found.crs.to_epsg() == 4326
    assert found["minutes"].isna().tolist() == [False, True, True, False]
    assert found["name"].tolist()[:3] == ["=1+1", "-5", "Beji"]
    assert "Infinity" not in (tmp_path / "x.geojson").read_text()


def test_a_geopackage_is_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write_gpkg({"one": layer(), "two": layer()}, tmp_path / name, date="2025-12-22")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    found = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="two")
    assert found["minutes"].isna().tolist() == [False, True, True, False]
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_table_for_excel_in_indonesian_reads_as_the_plain_one(tmp_path: Path) -> None:
    """Read as LibreOffice does under id-ID: separator `;`, decimal comma, no mark of thousands."""
    table = pd.DataFrame(
        {
            "code": ["35.79.01.2006", "0007"], "km": [1286.625, 0.5], "people": [23456, None],
            "day": ["2025-12-31", ""], "text": ["1.5", "tidak; ada"], "tiny": [1e-7, 2.0],
        }
    )  # fmt: skip
    write_csv(table, tmp_path / "x.csv")
    content = excel_csv((tmp_path / "x.csv").read_bytes())
    assert content.startswith(b"\xef\xbb\xbfcode;km;people;day;text;tiny\r\n")
    assert b"1286,625" in content
    (tmp_path / "y.csv").write_bytes(content)
    text = {"code": "str", "day": "str", "text": "str"}
    found = pd.read_csv(tmp_path / "y.csv", sep=";", decimal=",", encoding="utf-8-sig", dtype=text)
    plain = pd.read_csv(tmp_path / "x.csv", dtype=text)
    pd.testing.assert_frame_equal(found, plain)
