"""The painter of pages: a map specification as one HTML page with tools around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import shapely

from batu_geo.render.cartography.legends import rank_groups
from batu_geo.render.cartography.map_spec import AreaLayer, FacilityLayer, NameLayer
from batu_geo.render.cartography.name_places import degrees
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import CLOCK
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.map_layers import folium_layers
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.name_layers import name_layers, shade_layer
from batu_geo.render.web.offline import OfflineMap, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import LegendGroup, MapSpec, TextTable

PANES = (("before", 405, True), ("after", 406, True), ("ground", 408, False),
         ("catchments", 410, False), ("roads", 420, False), ("lines", 430, True),
         ("names", 640, False))  # fmt: skip
NAMED_LAYERS: dict[type, str] = {AreaLayer: "AREAS", FacilityLayer: "UNITS"}
FORMS = {
    "id": {"locale": "id-ID", "clock": CLOCK["id"]},
    "en": {"locale": "en-GB", "clock": CLOCK["en"]},
}
SCRIPTS = (
    "map_frame.js", "map_names.js", "map_setup.js", "map_search.js", "map_picture.js",
    "map_card.js", "map_pinned.js",
)  # fmt: skip
MAP_WORDS = (
    "no_data", "people", "map_label", "map_zoom_in", "map_zoom_out", "map_card",
    "map_close_card", "map_found",
    "map_not_found", "map_swipe", "map_before", "map_after", "map_hours_answer",
    "map_reach_answer", "explore_old", "north", *(f"day_{day}" for day in range(1, 8)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tool:
    """A part of a map that people work: its controls, its data and the script that joins them.

    `call` runs after `assets`; ``MAP`` stands for the map, ``AREAS`` and ``UNITS`` for its
    first layers of villages and of facilities, ``DATA`` and ``WORDS`` for what the page carries.
    """

    assets: tuple[str, ...]
    call: str
    data: Mapping[str, Any]
    controls: str = ""


def table_html(table: TextTable, title: str) -> str:
    """Return the figures of a map as a table that folds."""
    head = "".join(f'<th scope="col">{escape_text(name)}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape_text(row[0])}</th>'
        f"{''.join(f'<td>{escape_text(cell)}</td>' for cell in row[1:])}</tr>"
        for row in table.rows
    )
    return (
        f'<details class="as-table"><summary>{escape_text(title)}</summary>'
        f'<div tabindex="0" role="region" aria-label="{escape_text(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def paint_page(base: BaseMap, spec: MapSpec, tool: Tool | None = None) -> MapPage:
    """Return a map as a page: heading, search, print, PNG, layers, legend, figures, sources."""
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    for pane, level, is_live in PANES:
        folium.map.CustomPane(pane, z_index=level, pointer_events=is_live).add_to(drawn)
    names = _add_layers(drawn, base, spec)
    folium.LayerControl(collapsed=False, position="topright").add_to(drawn)
    title = spec.title.screen
    html = (
        map_elements.heading(title, spec.note)
        + map_elements.tools(tool.controls if tool else "", base.language)
        + map_elements.banner(base.inputs, base.language)
        + map_elements.legend(_legend(base, spec), base.language)
        + (table_html(spec.table, base.word("map_table")) if spec.table else "")
        + map_elements.sources(base.inputs, base.language)
        + f'<script id="data" type="application/json">{_content(base, spec, tool)}</script>'
    )
    script = _script(tool, names)
    return MapPage(page(drawn, title=title, language=base.language, furniture=html, script=script))


def _legend(base: BaseMap, spec: MapSpec) -> list[LegendGroup]:
    """Return the groups of a page; the classes of an area go with the layer of their title."""
    areas = {layer.name for layer in spec.layers_on("screen") if isinstance(layer, AreaLayer)}
    groups = [*spec.legend_on("screen"), *rank_groups(base)]
    return [
        replace(group, layers=(group.title.screen,)) if group.title.screen in areas else group
        for group in groups
    ]


def _add_layers(drawn: OfflineMap, base: BaseMap, spec: MapSpec) -> dict[str, str]:
    """Add the layers; return the names that scripts call the first areas and facilities by."""
    names: dict[str, str] = {}
    for layer in spec.layers_on("screen"):
        if isinstance(layer, NameLayer):
            parts: list[folium.map.Layer] = [*name_layers(base, layer), *shade_layer(base)]
        else:
            parts = [*folium_layers(base, layer)]
        for part in parts:
            part.add_to(drawn)
        key = NAMED_LAYERS.get(type(layer))
        if key and parts:
            names.setdefault(key, parts[0].get_name())
    return names


def _content(base: BaseMap, spec: MapSpec, tool: Tool | None) -> str:
    """Return what the scripts of a page read, as JSON."""
    west, south, east, north = base.villages.to_crs("EPSG:4326").total_bounds.tolist()
    words = {key: base.word(key) for key in MAP_WORDS} | FORMS[base.language]
    return escape_json(
        {
            "bounds": [[south, west], [north, east]],
            "places": _places(base, spec.sites),
            "words": words,
            "tool": tool.data if tool else {},
        }
    )


def _script(tool: Tool | None, names: Mapping[str, str]) -> str:
    """Return what runs when the map is made."""
    scripts = [asset(name) for name in (*SCRIPTS, *(tool.assets if tool else ()))]
    call = tool.call if tool else ""
    for key in NAMED_LAYERS.values():  # a layer without anything to draw is not on the map
        call = call.replace(key, names.get(key, "L.layerGroup()"))
    calls = [
        'const DATA = JSON.parse(document.getElementById("data").textContent), WORDS = DATA.words;',
        "setUpMap(MAP, DATA.bounds, WORDS);",
        "setUpCards(MAP, WORDS, (open) => setUpSearch(DATA.places, WORDS, open));",
        "setUpPrint(MAP, DATA.bounds);",
        "setUpPicture(MAP, document.title);",
        call,
    ]
    return "(() => {\n" + "\n".join(['"use strict";', *scripts, *calls]) + "\n})();"


def _places(base: BaseMap, sites: gpd.GeoDataFrame | None) -> list[dict[str, Any]]:
    """Return the names that can be searched for, with their places."""
    villages, facilities = base.villages, base.facilities
    inside = gpd.GeoSeries(villages.geometry.representative_point(), crs=villages.crs)
    named = [
        (villages["village_name"], villages["village_id"], inside),
        (facilities["facility_name"], facilities["facility_id"], facilities.geometry),
    ]
    if sites is not None:
        named.append((sites["building_name"], sites["site_id"], sites.geometry))
    places = []
    for names, ids, points in named:
        lon_lat = shapely.get_coordinates(degrees(gpd.GeoSeries(points, crs=villages.crs)))
        for name, code, (lon, lat) in zip(names, ids, lon_lat.tolist(), strict=True):
            places.append({"name": str(name), "id": str(code), "lon": lon, "lat": lat})
    return places
