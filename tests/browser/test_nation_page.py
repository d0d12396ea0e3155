"""The national page: offline, found by name, by pointer and by keys, on a phone as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from batu_geo.render.nation.nation_page import NationalData, nation_page
from batu_geo.render.nation.shared_arcs import _chains, _segments, shared_arcs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READY = ".nation[data-ready] canvas[data-drawn]"
EVIL = '<img src=x onerror="alert(1)">'


def small_nation() -> NationalData:
    """Three regions of four squares each; one village is named by somebody who means harm."""
    rows = [
        {"village_id": f"35.0{row + 1}.01.{2001 + column}", "village_name": f"Desa {row}{column}",
         "region": f"35.0{row + 1}", "population": 1000 * column, "people_beyond": 300 * column,
         "band": pd.NA if column == 3 else 1 + column,
         "geometry": shapely.box(112 + column / 10, -8 + row / 10, 112.1 + column / 10, -7.9 + row / 10)}
        for row in range(3) for column in range(4)
    ]  # fmt: skip
    rows[1]["village_name"] = EVIL
    regions = pd.DataFrame(
        {"region": f"35.0{n}", "title": f"Kabupaten {n}", "population": 6000, "villages": 4,
         "people_beyond": 1800 - n, "units": 2, "evidence": "reported", "band": n,
         "criteria_lacking": n} for n in (1, 2, 3)
    )  # fmt: skip
    villages = gpd.GeoDataFrame(rows, crs="EPSG:4326")
    links = {"35.02": "regions/35.02/index.html"}
    return NationalData("Jawa <Timur>", "15 menit.", villages, regions, 4, ("35.04",), links)


def test_a_border_is_drawn_once_with_the_village_on_either_side() -> None:
    pair = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    arcs = _chains(*_segments(pair, 0, 1, 0.5))
    assert sorted((left, right) for left, right, _ in arcs) == [(0, -1), (0, 1), (1, -1)]
    assert sum(len(nodes) - 1 for *_, nodes in arcs) == 7, "two squares have seven sides together"
    island = [shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2), shapely.box(1, 1, 2, 2)]
    closed = _chains(*_segments(island, 0, 3, 1))
    assert all(nodes[0] == nodes[-1] for *_, nodes in closed)
    assert len(closed) == 2
    many = [
        shapely.box(x / 50, y / 50, (x + 1) / 50, (y + 1) / 50)
        for x in range(20)
        for y in range(20)
    ]
    assert shared_arcs(many).metres == 50


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_works_offline_by_pointer_keys_and_search(
    tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    file = tmp_path / "index.html"
    nation_page(small_nation()).save(file)
    opened = open_page(file, ready=READY)
    page = opened.page
    assert "3 dari 4 wilayah" in page.inner_text("header.page")
    assert "35.04" in page.inner_text(".banner")
    card = page.locator(".card-box")
    canvas = page.locator("canvas")
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    assert "Kabupaten 2" in card.inner_text()
    assert "Kelompok peringkat" in card.inner_text()
    assert card.locator("a").get_attribute("href") == "regions/35.02/index.html"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.click(".whole")
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] - 3)
    assert not card.is_visible(), "the sea is no village"
    page.fill(".search input", "desa 2")
    page.keyboard.press("Enter")
    assert page.inner_text(".said") == "4 ditemukan"
    page.click(".found button >> nth=3")
    for text in ("35.03.01.2004", "3.000", "900", "30,0%"):
        assert text in card.inner_text()
    page.fill(".search input", "onerror")
    page.keyboard.press("Enter")
    assert card.locator("h2").inner_text() == EVIL
    page.click(".as-table summary")
    first = page.locator("table.villages tbody tr").first
    assert first.locator("th").inner_text() == "Kabupaten 1"
    page.click("table.villages thead button >> nth=7")
    assert page.locator("table.villages th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert page.locator("table.villages tbody tr").first.locator("th").inner_text() == "Kabupaten 3"
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.complaints == []
    assert len(opened.requests) == 1, "the page itself"
