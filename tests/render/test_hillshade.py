"""Hills, the square and water of a study that has them, on a page and on paper; no data in QGIS."""

from __future__ import annotations

import base64
import json
import re
import struct
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import matplotlib.colors
import numpy as np
import pytest
import shapely
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch

from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.planning.study import Relief
from batu_geo.render.cartography.base_map import BaseMap, base_map
from batu_geo.render.cartography.ground import water
from batu_geo.render.cartography.hillshade import LEVELS, hillshade, png_of
from batu_geo.render.cartography.legends import ground_entries
from batu_geo.render.cartography.palette import WATER
from batu_geo.render.cartography.village_maps import gap_spec, status_spec
from batu_geo.render.gis.layer_looks import share_look
from batu_geo.render.gis.qml import qml
from batu_geo.render.paper.print_style import printed
from batu_geo.render.paper.sheet_painter import paint_sheet
from batu_geo.render.web.explorer.explorer_page import explorer_page
from batu_geo.render.web.page_painter import paint_page
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from tests.render.qgis_view import DRAWN
from tests.toy import CORNER, CRS
from tests.toy_study import TABLE, point, write_toy_study

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.planning.assessment import Assessment

SYSTEM_PYTHON = "/usr/bin/python3"
LANDMARK = '\n[[place.landmarks]]\nid = "{text}"\nkind = "{kind}"\nlon = {lon}\nlat = {lat}\n'


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseMap:
    """Return the map of two villages with people and one without, hills, a square and a pond."""
    rasterio = pytest.importorskip("rasterio")
    study = write_toy_study(
        tmp_path_factory.mktemp("hilly") / "study",
        "A         K",
        {"AK": "residential"},
        villages={"v.1": ((-15, -15, 5, 15), 50), "v.2": ((5, -15, 25, 15), 50),
                  "v.3": ((25, -15, 35, 15), 0)},
        units={"v.1": (0, 0)},
    )  # fmt: skip
    ridge = 900 - 5 * np.abs(np.add.outer(np.arange(60), np.arange(80)) - 40.0)
    to_crs = rasterio.Affine(100, 0, CORNER[0] - 2500, 0, -100, CORNER[1] + 2500)
    with rasterio.open(study / "dem.tif", "w", driver="GTiff", height=60, width=80, count=1,
                       dtype="float32", crs=CRS, transform=to_crs) as file:  # fmt: skip
        file.write(ridge.astype("float32"), 1)
    places = {"square": ("Alun-alun Mainan", point(2, 1)), "water": ("Telaga", point(-10, 10))}
    with (study / "study.toml").open("a") as card:
        card.write(TABLE.format(table="elevation", path="dem.tif"))
        for kind, (text, at) in places.items():
            card.write(LANDMARK.format(text=text, kind=kind, lon=at.x, lat=at.y))
    given = load_study(study)
    corner = given.villages.total_bounds[:2] + 1_000
    river = [corner + np.array([-400.0, y]) for y in (-500.0, 500.0)]
    lake, pond = (
        shapely.get_coordinates(shapely.box(0, 0, side, side)) + corner + 200 for side in (300, 20)
    )
    roads = replace(
        given.roads, barrier_start=np.cumsum([0, 2, 5, 5, 2]), barrier_lake=np.array([-1, 0, 1, -1]),
        barrier_xy=np.vstack([river, lake, pond, [corner, (np.inf, np.inf)]]),
    )  # fmt: skip
    given = replace(given, roads=roads)
    return base_map(assess(given, load_scenario("baseline", study=given)))


def test_slopes_away_from_the_light_are_dark_where_nobody_lives() -> None:
    # A roof along the diagonal: one side faces north-west, the other south-east.
    heights = -np.abs(np.add.outer(np.arange(40.0), np.arange(40.0)) - 39) * 5
    relief = Relief(0.0, 400.0, 10.0, heights)
    shade = hillshade(relief, shapely.box(0, 0, 400, 200))
    lit, dark = shade[25, 5], shade[25, 30]
    assert (lit, dark > 0) == (0, True)
    assert shade.max() < LEVELS
    assert not shade[:19].any(), "people live there"
    flat = Relief(0.0, 400.0, 10.0, np.where(heights < -100, np.nan, 0.0))
    assert not hillshade(flat, shapely.box(0, 0, 400, 400)).any()


@pytest.mark.slow
def test_a_picture_of_the_hills_is_small(base: BaseMap) -> None:
    assert base.shade is not None
    assert base.shade.any()
    assert max(base.shade.shape) == 360
    noise = np.random.default_rng(7).integers(0, LEVELS, (360, 360)).astype(np.uint8)
    png = png_of(noise)
    assert len(png) < 100_000
    assert struct.unpack(">II", png[16:24]) == (360, 360)


@pytest.mark.slow
def test_water_of_the_road_file_is_drawn_and_no_pond(base: BaseMap) -> None:
    assert base.water.geom_type.tolist() == ["LineString", "Polygon"]
    said = [entry.label.paper for entry in ground_entries(base)]
    assert base.word("map_water") in said
    assert base.word("map_water") in paint_page(base, status_spec(base)).html
    assert explorer_page(explorer_data(base.assessment)).html.count(WATER.colour) > 1
    with printed():
        figure = paint_sheet(base, gap_spec(base), (250, 180))
    blue = matplotlib.colors.to_rgba(WATER.colour)
    drawn = [p for p in figure.findobj(PathPatch) if p.get_edgecolor() == blue]
    assert {p.get_fill() and p.get_facecolor() == blue for p in drawn} == {True, False}
    nothing = replace(
        base.assessment.study.roads,
        barrier_start=np.zeros(1, int),
        barrier_xy=np.zeros((0, 2)),
        barrier_lake=None,
    )
    assert water(nothing, base.villages).empty


def test_a_page_has_hills_square_and_water_and_a_switch(base: BaseMap) -> None:
    html = paint_page(base, status_spec(base)).html
    (image,) = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)\\?\"?,\s*\[\[", html)
    assert base64.b64decode(image).startswith(b"\x89PNG")
    assert f'"{base.word("map_hillshade")}" :' in html, "in the list of layers"
    assert 'class=\\"landmark square\\"' in html
    assert 'class=\\"landmark water\\"' in html


def test_a_sheet_has_hills_square_and_water(base: BaseMap) -> None:
    with printed():
        figure = paint_sheet(base, gap_spec(base), (250, 180))
    images = figure.findobj(AxesImage)
    assert images
    assert all(image.get_array().shape[2] == 4 for image in images)
    axes = [one for one in figure.axes if one.images]
    said = {text.get_text() for one in axes for text in one.texts}
    assert {"Alun-alun Mainan", "Telaga"} <= said
    signs = {line.get_marker() for one in axes for line in one.lines}
    assert {"s", "o"} <= signs


@pytest.mark.slow
def test_without_heights_nothing_is_made_up(baseline: Assessment) -> None:
    given = base_map(baseline)
    assert baseline.study.relief is None
    assert given.shade is None
    assert all(entry.label.screen != given.word("map_hillshade") for entry in ground_entries(given))


DRAW = (
    DRAWN
    + """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1], "v", "ogr")
layer.loadNamedStyle(sys.argv[2])
picture = drawn([layer], layer.crs(), layer.extent(), 200, 100)
halves = [sorted({picture.pixelColor(x, y).name() for x in xs for y in range(20, 80)})
          for xs in (range(20, 80), range(120, 180))]
print(json.dumps([[i.label() for i in layer.renderer().legendSymbolItems()], halves]), flush=True)
os._exit(0)
"""
)


@pytest.mark.slow
def test_qgis_draws_a_pattern_where_nobody_lives(tmp_path: Path) -> None:
    look = share_look("share", "Bagian", "tanpa penduduk")
    (tmp_path / "v.qml").write_text(qml(look, {"village_name": "Desa", "share": "Bagian"}, {}))
    shapes = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
    table: dict[str, Any] = {"village_name": ["", ""], "share": [90.0, None]}
    gpd.GeoDataFrame(table, geometry=shapes, crs=CRS).to_file(tmp_path / "v.gpkg")
    line = [SYSTEM_PYTHON, "-c", DRAW, str(tmp_path / "v.gpkg"), str(tmp_path / "v.qml")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if "No module named 'qgis'" in done.stderr or "No such file" in done.stderr:
        pytest.skip("needs python3-qgis")
    labels, (known, unknown) = json.loads(done.stdout.splitlines()[-1])
    assert labels[-1] == "tanpa penduduk"
    assert known == [look.classes[4].colour]
    assert {"#ffffff", look.classes[5].colour} <= set(unknown)
    assert look.classes[4].colour not in unknown
