"""A page holds the coordinates of its shapes; what only looks like the name of some stays."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.domain.tables import geojson_geometry, geojson_text
from batu_geo.render.web.map_layers import Features, geojson_layer
from batu_geo.render.web.offline import OfflineMap, page
from batu_geo.render.web.shape_texts import named_geometry, with_coordinates

FRAME = {"title": "Peta", "language": "id", "furniture": "", "script": "MAP;"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_text_is_what_json_writes(seed: int) -> None:
    """Number by number the shortest one that reads back as the same."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-180, 180, (4000, 2))
    for digits in (5, 6, 15):
        for shape in (
            shapely.LineString(np.round(xy, digits)),
            shapely.MultiPoint(np.round(xy / 1e5, digits)),
            shapely.box(0, 0, *np.round(xy[0], digits)),
        ):
            text = geojson_text(shape)
            assert text == json.dumps(geojson_geometry(shape), separators=(",", ":"))


def test_names_become_coordinates_and_nothing_else_does() -> None:
    texts: dict[str, str] = {}
    shape = shapely.Point(112.5, -7.9)
    content = {"shape": named_geometry(shape, texts), "name": "shape:" + "0" * 24}
    assert json.loads(with_coordinates(json.dumps(content), texts)) == {
        "shape": geojson_geometry(shape),
        "name": content["name"],
    }
    unknown = '"coordinates": "shape:000000000000000000000000"'
    assert with_coordinates(unknown, texts) == unknown


def test_a_page_holds_the_coordinates_of_every_layer_once() -> None:
    village = shapely.box(112.5, -7.9, 112.6, -7.8).segmentize(0.01)
    rounded = geojson_text(shapely.set_precision(village, 0)).partition('"coordinates":')[2][:-1]
    drawn = OfflineMap(tiles=None)
    for title in ("one", "two"):
        shapes = gpd.GeoSeries([village, shapely.Point(112.51, -7.85)], crs="EPSG:4326")
        tips = ['"coordinates": "shape:000000000000000000000000"', ""]
        geojson_layer(Features(shapes, tips, [{}, {}]), name=title).add_to(drawn)
    html = page(drawn, **FRAME)
    ring = json.loads(rounded)
    assert len(ring[0]) > 20
    assert html.count('"coordinates":SHARED[0]') == 2
    assert html.count('"coordinates":[112.51,-7.85]') == 2
    assert html.count("shape:0000") == 2, "the tips"
    assert html.count("shape:") == 2
