"""Tables of places as a page: any names, offline, in either language."""

from __future__ import annotations

import re
from html import unescape

import geopandas as gpd
import numpy as np
import pytest
import shapely

import batu_geo as bg

HOSTILE = ["{{ 7*7 }}", "<img src=x onerror=alert(1)>", "'; DROP TABLE"]


def clinics(names: list[str]) -> gpd.GeoDataFrame:
    places = [shapely.Point(112.5 + n / 100, -7.9) for n in range(len(names))]
    columns = {
        "name": names,
        "minutes": [5.0, 7.25, np.inf][: len(names)],
        "beds": [1, 2, 3][: len(names)],
    }
    return gpd.GeoDataFrame(columns, geometry=places, crs="EPSG:4326")


def test_a_template_and_a_tag_in_a_name_are_text() -> None:
    html = bg.show({HOSTILE[1]: clinics(HOSTILE)}, title=HOSTILE[0], language="en").html
    assert unescape(html.split("<h1>")[1].split("</h1>")[0]) == HOSTILE[0]
    assert "<img src=x" not in html
    assert "&lt;img src&#61;x" in html


def test_the_page_asks_for_nothing_and_says_numbers_as_its_reader_writes_them() -> None:
    indonesian = bg.show(clinics(["A", "B", "C"]).to_crs(32749), title="Klinik").html
    english = bg.show(clinics(["A", "B", "C"]), title="Clinics", language="en").html
    for html in (indonesian, english):
        assert not re.search(r'src="(https?:)?//', html)
    assert "7,250" in indonesian
    assert "7.250" in english


def test_a_table_without_a_system_or_a_place_is_refused() -> None:
    with pytest.raises(bg.BatuGeoError, match="BG-471"):
        bg.show(clinics(["A"]).set_crs(None, allow_override=True))
    with pytest.raises(bg.BatuGeoError, match="BG-478"):
        bg.show(clinics(["A"]).set_geometry([None], crs="EPSG:4326"))


def test_rows_without_a_place_are_left_out_and_the_layer_says_how_many_are_drawn() -> None:
    some = clinics(["A", "B"]).set_geometry([shapely.Point(112.5, -7.9), None], crs="EPSG:4326")
    assert "Klinik (1)" in unescape(bg.show({"Klinik": some}).html)
