"""What people with a GIS open: styled layers with words, a project beside them, rings wound."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.render.cartography.palette import SHARE
from batu_geo.render.files.write_tables import write_geojson
from batu_geo.render.gis.layer_looks import as_rgba
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.geometry.geojson import read_features
from tests.conftest import ROOT
from tests.render.qgis_view import DRAWN

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.verbs.plan import Run

LAYERS = {"villages", "catchments", "unit_catchments", "roads", "demand_points", "candidates",
          "facilities"}  # fmt: skip
SYSTEM_PYTHON = Path("/usr/bin/python3")
OPEN_PROJECT = (
    DRAWN
    + """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.PyQt.QtCore import QLocale
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
QLocale.setDefault(QLocale("id_ID"))
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
found = {
    layer.id(): [layer.isValid(), layer.renderer().type(), layer.featureCount(),
                 [item.label() for item in layer.renderer().legendSymbolItems()],
                 layer.attributeAlias(layer.fields().indexOf("village_id"))]
    for layer in project.mapLayers().values()
}
alone = QgsVectorLayer(sys.argv[1].replace(".qgz", ".gpkg") + "|layername=villages", "v", "ogr")
alone.loadDefaultStyle()
villages = project.mapLayer("layer_villages")
share = villages.fields().indexOf("share_served_percent")
widget = villages.editorWidgetSetup(share)
said = QgsApplication.fieldFormatterRegistry().fieldFormatter(widget.type()).representValue(
    villages, share, widget.config(), None, 90.625)
seen = [node.layer() for node in project.layerTreeRoot().findLayers() if node.isVisible()]
picture = drawn(seen, project.crs(), villages.extent(), 300, 400)
colours = sorted({picture.pixelColor(x, y).name() for x in range(300) for y in range(400)})
print(json.dumps([project.crs().authid(), found, alone.renderer().type(), said, colours]),
      flush=True)
os._exit(0)
"""
)


def rings_of(geometry: dict) -> list[list]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    return {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])


def is_wound(geometry: dict) -> bool:
    """Return whether exteriors turn to the left and holes to the right."""
    return all(
        shapely.LinearRing(ring).is_ccw == (n == 0)
        for rings in rings_of(geometry)
        for n, ring in enumerate(rings)
    )


def styles_of(path: Path) -> list[tuple[str, ET.Element, int]]:
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT f_table_name, styleQML, useAsDefault FROM layer_styles ORDER BY id"
        ).fetchall()
    return [(name, ET.fromstring(text), is_default) for name, text, is_default in rows]


def column(path: Path, layer: str, name: str) -> list:
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute(f'SELECT "{name}" FROM "{layer}"')]


# --- winding --------------------------------------------------------------------------------


def test_every_outline_of_the_study_is_wound_as_the_standard_says() -> None:
    paths = sorted((ROOT / "data" / "boundaries").glob("*.geojson"))
    assert len(paths) == 3
    for path in paths:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert features
        assert all(is_wound(feature["geometry"]) for feature in features), path.name


def test_what_is_written_is_wound_whichever_way_it_was(tmp_path: Path) -> None:
    hole = shapely.box(1, 1, 2, 2).exterior.coords
    outer = shapely.box(0, 0, 3, 3).exterior.coords
    shapes = [shapely.Polygon(o, [h]) for o in (outer, outer[::-1]) for h in (hole, hole[::-1])]
    shapes.append(shapely.MultiPolygon([shapes[0], shapely.box(5, 5, 6, 6)]))
    table = gpd.GeoDataFrame({"n": range(5)}, geometry=shapes, crs="EPSG:4326")
    write_geojson(table, tmp_path / "x.geojson")
    features = json.loads((tmp_path / "x.geojson").read_text())["features"]
    assert [is_wound(feature["geometry"]) for feature in features] == [True] * 5
    for feature, shape in zip(features, shapes, strict=True):
        assert shapely.from_geojson(json.dumps(feature["geometry"])).equals(shape)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_either_winding_reads_as_the_same_outlines(seed: int) -> None:
    """Rings turned about and begun elsewhere are the same village, to the last bit."""
    random = np.random.default_rng(seed)
    text = (ROOT / "data" / "boundaries" / "desa_kelurahan.geojson").read_text(encoding="utf-8")
    document = json.loads(text)
    for feature in document["features"]:
        for rings in rings_of(feature["geometry"]):
            for n, ring in enumerate(rings):
                turned = ring[::-1] if random.integers(2) else ring
                start = int(random.integers(len(turned) - 1))
                rings[n] = [*turned[start:-1], *turned[: start + 1]]
    given = Opened("a.geojson", json.dumps(document).encode())
    plain, _ = read_features(Opened("a.geojson", text.encode()), geometry="polygon",
                             id_column="village_id")  # fmt: skip
    found, problems = read_features(given, geometry="polygon", id_column="village_id")
    assert problems == []
    assert shapely.to_wkb(found.geometry).tolist() == shapely.to_wkb(plain.geometry).tolist()


@pytest.mark.slow
def test_the_layers_of_a_run_are_wound(baseline_run: Run) -> None:
    text = (baseline_run.folder / "catchments.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    assert len(features) == 5
    assert all(is_wound(feature["geometry"]) for feature in features)


# --- layers ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_layer_has_one_default_style_and_a_title_for_every_column(baseline_run: Run) -> None:
    path = baseline_run.folder / "coverage.gpkg"
    styles = styles_of(path)
    assert {name for name, _, is_default in styles if is_default} == LAYERS
    assert sum(is_default for *_, is_default in styles) == len(LAYERS)
    for name, style, _ in styles:
        columns = set(gpd.read_file(path, layer=name, rows=1).columns) - {"geometry"}
        titles = {alias.get("field"): alias.get("name") for alias in style.iter("alias")}
        assert set(titles) == columns, name
        assert [column for column, title in titles.items() if title == column] == [], name


@pytest.mark.slow
def test_every_value_of_a_layer_falls_in_a_class_of_its_styles(baseline_run: Run) -> None:
    path = baseline_run.folder / "coverage.gpkg"
    looked_at = 0
    for name, style, _ in styles_of(path):
        renderer = style.find("renderer-v2")
        attribute = renderer.get("attr")
        if attribute is None:
            continue
        values = [value for value in column(path, name, attribute) if value is not None]
        ranges = [(float(r.get("lower")), float(r.get("upper"))) for r in renderer.iter("range")]
        codes = {category.get("value") for category in renderer.iter("category")}
        for value in values:
            in_range = any(low <= value <= high for low, high in ranges) if ranges else False
            assert in_range or str(value) in codes, (name, attribute, value)
        looked_at += len(values)
    assert looked_at > 10_000


@pytest.mark.slow
def test_the_colours_of_shares_are_those_of_the_maps(baseline_run: Run) -> None:
    (style, *_) = (s for n, s, d in styles_of(baseline_run.folder / "coverage.gpkg")
                   if n == "villages" and d)  # fmt: skip
    drawn = [
        next(o.get("value") for o in symbol.iter("Option") if o.get("name") == "color")
        for symbol in style.iter("symbol")
    ]
    assert drawn == [as_rgba(look.colour) for look in SHARE.looks]


@pytest.mark.slow
def test_codes_have_words_in_the_forms(baseline_run: Run) -> None:
    path = baseline_run.folder / "coverage.gpkg"
    style = next(s for n, s, d in styles_of(path) if n == "candidates" and d)
    words = {
        option.get("value"): option.get("name")
        for field in style.iter("field")
        for option in field.iter("Option")
        if field.get("name") == "suitability" and option.get("type") == "QString"
    }
    assert words == {"fit": "memenuhi aturan", "to_verify": "perlu verifikasi",
                     "refused": "tidak memenuhi aturan"}  # fmt: skip


@pytest.mark.slow
def test_the_layers_hold_roads_units_and_every_threshold(
    baseline_run: Run, baseline: Assessment
) -> None:
    path = baseline_run.folder / "coverage.gpkg"
    assert len(column(path, "roads", "way_id")) == baseline.study.roads.edge_count
    units = column(path, "unit_catchments", "facility_id")
    assert sorted(units) == sorted(baseline.situation.units)
    head = baseline.scenario.headline
    for limit in baseline.scenario.thresholds:
        name = f"share_served_percent_{limit.mode}_{limit.threshold_minutes:g}"
        name = "share_served_percent" if limit == head else name
        at = baseline.villages[
            (baseline.villages["mode"] == limit.mode)
            & (baseline.villages["threshold_minutes"] == limit.threshold_minutes)
        ].set_index("village_id")["share_served_percent"]
        found = dict(zip(column(path, "villages", "village_id"), column(path, "villages", name),
                         strict=True))  # fmt: skip
        assert found == pytest.approx(at.to_dict(), abs=1e-5)


@pytest.mark.slow
def test_the_project_names_its_layers_beside_it(baseline_run: Run) -> None:
    with zipfile.ZipFile(baseline_run.folder / "coverage.qgz") as zipped:
        (name,) = zipped.namelist()
        project = ET.fromstring(zipped.read(name))
    sources = {layer.findtext("datasource") for layer in project.iter("maplayer")}
    assert sources == {f"./coverage.gpkg|layername={layer}" for layer in LAYERS}
    assert project.findtext("properties/Paths/Absolute") == "false"
    assert project.findtext("projectCrs/spatialrefsys/authid") == "EPSG:32749"
    order = [layer.get("id") for layer in project.iter("layer-tree-layer")]
    assert order[-1] == "layer_villages"
    assert len(order) == len(LAYERS)


@pytest.mark.slow
def test_qgis_opens_the_project_from_another_folder(baseline_run: Run, tmp_path: Path) -> None:
    """Only where Debian's python3-qgis is installed."""
    has_qgis = (
        SYSTEM_PYTHON.is_file()
        and not subprocess.run(
            [SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False
        ).returncode
    )
    if not has_qgis:
        pytest.skip("needs python3-qgis")
    for name in ("coverage.gpkg", "coverage.qgz"):
        shutil.copyfile(baseline_run.folder / name, tmp_path / name)
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", OPEN_PROJECT, str(tmp_path / "coverage.qgz")],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    crs, layers, alone, said, colours = json.loads(done.stdout.splitlines()[-1])
    assert crs == "EPSG:32749"
    assert {f"layer_{name}" for name in LAYERS} == set(layers)
    assert all(valid and count for valid, _, count, *_ in layers.values())
    assert layers["layer_villages"][1:] == [
        "graduatedSymbol", 24, ["0-20%", "20-40%", "40-60%", "60-80%", "80-100%"], "Kode wilayah"
    ]  # fmt: skip
    assert alone == "graduatedSymbol"
    assert said == "90,625"
    assert {look.colour.lower() for look in SHARE.looks} <= set(colours)
