"""The page of a map without tools: heading, layers, and a list of colours and what they mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import folium

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.render.web.offline import OfflineMap

Bounds = tuple[float, float, float, float]
Heading = tuple[str, str]


def plain_page(
    drawn: OfflineMap,
    bounds: Bounds,
    heading: Heading,
    *,
    listed: tuple[str, Iterable[tuple[str, str]]],
    language: Language,
) -> MapPage:
    """Return a map with its layers as a page.

    Parameters
    ----------
    drawn
        With its layers.
    bounds
        West, south, east and north, in degrees.
    heading
        Title and the line below it.
    listed
        Title of the list, and colour and text of each line.
    language
        Of the page.
    """
    folium.LayerControl(collapsed=False, position="topright").add_to(drawn)
    west, south, east, north = bounds
    corners = json.dumps([[south, west], [north, east]])
    script = f"{asset('map_frame.js')}\n{asset('map_plain.js')}\nsetUpPlain(MAP, {corners});"
    furniture = map_elements.heading(*heading) + _list(*listed)
    title = heading[0]
    return MapPage(page(drawn, title=title, language=language, furniture=furniture, script=script))


def _list(title: str, lines: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<li><span class="swatch" style="background:{colour}"></span>'
        f"<span>{escape_text(text)}</span></li>"
        for colour, text in lines
    )
    return (
        f'<details class="legend" open><summary>{escape_text(title)}</summary>'
        f"<ul>{items}</ul></details>"
    )
