"""What every map of the city shares, and how layers become a page with tools around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import pandas as pd
import shapely
from folium.utilities import JsCode

from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import map_elements, style
from batu_geo.render.web.map_layers import (
    degrees,
    facility_layers,
    name_layer,
    road_layer,
    village_layer,
)
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import OfflineMap, asset, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.roads import RoadNetwork

IS_PHONE = "window.innerWidth < 640"
PANES = (("before", 405, True), ("after", 406, True), ("catchments", 410, False),
         ("roads", 420, False), ("lines", 430, True), ("names", 640, False))  # fmt: skip
SCRIPTS = ("map_names.js", "map_setup.js", "map_search.js", "map_picture.js")
MAP_WORDS = (
    "no_data", "people", "map_label", "map_zoom_in", "map_zoom_out", "map_layers", "map_found",
    "map_not_found", "map_swipe", "map_before", "map_after", "map_hours_answer",
    "map_reach_answer", "explore_old", *(f"day_{day}" for day in range(1, 8)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The city as each of its maps shows it.

    Attributes
    ----------
    villages, facilities, roads
        Tables and network of the study.
    is_open_unit
        By row of `facilities`: whether a unit is open; missing for others.
    unit_status
        By village id: ``open``, ``closed`` or ``none``.
    ranks
        Rank of need by village id, of those without a unit.
    scenario, place, inputs, language
        For headings, legends, sources and every word.
    """

    villages: Villages
    facilities: Facilities
    roads: RoadNetwork
    is_open_unit: pd.Series[bool]
    unit_status: pd.Series[str]
    ranks: Mapping[str, int]
    scenario: Scenario
    place: str
    inputs: Mapping[str, Mapping[str, str]]
    language: Language = "id"

    @property
    def status(self) -> pd.Series[str]:
        """State of each village in the order of the table."""
        return self.villages["village_id"].map(self.unit_status)

    @property
    def limit(self) -> dict[str, str]:
        """Headline threshold and mode in words."""
        headline = self.scenario.headline
        return {
            "threshold": number(headline.threshold_minutes, self.language),
            "mode": mode_word(headline.mode, self.language),
        }

    def word(self, key: str, **values: object) -> str:
        """Return a label in the language of the map."""
        return word(key, self.language, **values)

    def number(self, value: Any, digits: int = 0) -> str:
        """Return a number as the reader of the map writes it."""
        return number(value, self.language, digits)


@dataclass(frozen=True, slots=True)
class Tool:
    """A part of a map that people work: its controls, its data and the script that joins them.

    `call` runs after `assets`; ``MAP`` stands for the map, ``DATA`` and ``WORDS`` for
    what the page carries.
    """

    assets: tuple[str, ...]
    call: str
    data: Mapping[str, Any]
    controls: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a map for those who read rather than see: columns and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def html(self, title: str) -> str:
        """Return the table, which folds."""
        head = "".join(f'<th scope="col">{escape_text(name)}</th>' for name in self.columns)
        rows = "".join(
            f'<tr><th scope="row">{escape_text(row[0])}</th>'
            f"{''.join(f'<td>{escape_text(cell)}</td>' for cell in row[1:])}</tr>"
            for row in self.rows
        )
        return (
            f'<details class="as-table"><summary>{escape_text(title)}</summary><div>'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
        )


def choropleth(
    b: Backdrop, tips: Sequence[str], fills: Sequence[str], *, name: str, is_shown: bool = True
) -> folium.GeoJson:
    """Return the villages filled by a colour each, edged by their state."""
    edges = [style.STATUS_EDGE[state] for state in b.status]
    return village_layer(b.villages, tips, fills, edges, name=name, is_shown=is_shown)


def around(
    b: Backdrop, *, more: gpd.GeoSeries | None = None
) -> tuple[folium.GeoJson, list[folium.GeoJson], folium.GeoJson]:
    """Return the roads, the facilities, and the names that keep clear of them and of `more`."""
    points = [b.facilities.geometry] if more is None else [b.facilities.geometry, more]
    symbols = gpd.GeoSeries(pd.concat(points, ignore_index=True))
    names = name_layer(b.villages, b.ranks, symbols, b.language)
    facilities = facility_layers(b.facilities, b.is_open_unit, b.language)
    return road_layer(b.roads, b.language), facilities, names


def compose(  # noqa: PLR0913 - the parts of a page, by name
    b: Backdrop,
    layers: Iterable[folium.GeoJson],
    *,
    title: str,
    subtitle: str,
    groups: Iterable[str],
    table: Table | None = None,
    tool: Tool | None = None,
    sites: gpd.GeoDataFrame | None = None,
) -> MapPage:
    """Return layers as one page: heading, search, print, PNG, legend, sources.

    Parameters
    ----------
    b
        The city.
    layers
        From the lowest to the highest.
    title, subtitle
        Plain text.
    groups
        Of the legend, escaped already.
    table
        The figures of the map.
    tool
        What else people work on the map.
    sites
        Buildings to be found by the search.
    """
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    for pane, level, is_live in PANES:
        folium.map.CustomPane(pane, z_index=level, pointer_events=is_live).add_to(drawn)
    for layer in layers:
        layer.add_to(drawn)
    is_phone: Any = JsCode(IS_PHONE)
    folium.LayerControl(collapsed=is_phone, position="topright").add_to(drawn)
    west, south, east, north = b.villages.to_crs("EPSG:4326").total_bounds.tolist()
    content = {
        "bounds": [[south, west], [north, east]],
        "places": _places(b, sites),
        "words": {key: word(key, b.language) for key in MAP_WORDS}
        | {"locale": "id-ID" if b.language == "id" else "en-GB",
           "clock": "." if b.language == "id" else ":"},
        "tool": tool.data if tool else {},
    }  # fmt: skip
    html = (
        map_elements.heading(title, subtitle)
        + map_elements.tools(tool.controls if tool else "", b.language)
        + map_elements.banner(b.inputs, b.language)
        + map_elements.legend(groups, b.language)
        + (table.html(b.word("map_table")) if table else "")
        + map_elements.sources(b.inputs, str(b.villages.crs), b.language)
        + f'<script id="data" type="application/json">{escape_json(content)}</script>'
    )
    return MapPage(
        page(drawn, title=title, language=b.language, furniture=html, script=_script(tool))
    )


def _script(tool: Tool | None) -> str:
    """Return what runs when the map is made."""
    scripts = [asset(name) for name in (*SCRIPTS, *(tool.assets if tool else ()))]
    calls = [
        'const DATA = JSON.parse(document.getElementById("data").textContent), WORDS = DATA.words;',
        "setUpMap(MAP, DATA.bounds, WORDS);",
        "setUpSearch(MAP, DATA.places, WORDS);",
        "setUpPrint(MAP, DATA.bounds);",
        "setUpPicture(MAP, document.title);",
        tool.call if tool else "",
    ]
    return "(() => {\n" + "\n".join(['"use strict";', *scripts, *calls]) + "\n})();"


def _places(b: Backdrop, sites: gpd.GeoDataFrame | None) -> list[dict[str, Any]]:
    """Return the names that can be searched for, with their places."""
    inside = gpd.GeoSeries(b.villages.geometry.representative_point(), crs=b.villages.crs)
    named = [(b.villages["village_name"], inside), (b.facilities["facility_name"],
             b.facilities.geometry)]  # fmt: skip
    if sites is not None:
        named.append((sites["building_name"], sites.geometry))
    found = []
    for names, points in named:
        lon_lat = shapely.get_coordinates(degrees(gpd.GeoSeries(points, crs=b.villages.crs)))
        for name, (lon, lat) in zip(names, lon_lat.tolist(), strict=True):
            found.append({"name": str(name), "lon": lon, "lat": lat})
    return found
