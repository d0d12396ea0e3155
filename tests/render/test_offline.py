"""A page carries everything in itself and is the same bytes each time."""

from __future__ import annotations

import folium
import pytest

from batu_geo.domain.errors import EnvironmentFault
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.offline import OfflineMap, page

FURNITURE = {"title": "Peta", "language": "id", "furniture": "<p>Legenda</p>", "script": "MAP;"}


def drawn() -> OfflineMap:
    found = OfflineMap(tiles=None)
    folium.Circle([-7.9, 112.5], radius=10).add_to(found)
    return found


def test_two_pages_are_the_same_bytes() -> None:
    assert page(drawn(), **FURNITURE) == page(drawn(), **FURNITURE)


def test_a_page_names_nothing_outside_itself() -> None:
    html = page(drawn(), **FURNITURE)
    assert "cdn" not in html.replace("window.cdn", "")
    assert "default-src 'none'" in html
    assert '<html lang="id">' in html
    assert "L.map(" in html


def test_a_map_that_asks_for_tiles_is_refused() -> None:
    found = OfflineMap(tiles=None)
    marker = folium.Marker([0, 0], icon=folium.CustomIcon("http://example.com/x.png"))
    marker.add_to(found)
    found.get_root().header.add_child(
        folium.Element('<script src="https://a.example/x.js"></script>')
    )
    with pytest.raises(EnvironmentFault, match="BG-402"):
        page(found, **FURNITURE)


def test_other_maps_of_the_process_stay_as_they_are() -> None:
    page(drawn(), **FURNITURE)
    assert any("leaflet" in name for name, _ in folium.Map.default_js)


def test_a_name_that_looks_like_an_element_keeps_its_digits() -> None:
    name = "0123456789abcdef0123456789abcdef"
    found = drawn()
    folium.Circle([0, 0], tooltip=name).add_to(found)
    assert name in page(found, **FURNITURE)


def test_a_missing_asset_is_named() -> None:
    with pytest.raises(EnvironmentFault, match=r"nothing\.js"):
        asset("nothing.js")
