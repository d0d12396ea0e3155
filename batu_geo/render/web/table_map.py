"""Any tables of places as one offline page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from batu_geo.domain.errors import DataError, Problem, shown
from batu_geo.domain.tables import in_crs
from batu_geo.render.cartography.map_spec import Tip
from batu_geo.render.cartography.palette import REACH_OF_OTHER_MODES
from batu_geo.render.text.words import number, word
from batu_geo.render.web.map_layers import Features, geojson_layer, tooltip
from batu_geo.render.web.offline import OfflineMap
from batu_geo.render.web.plain_page import plain_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from batu_geo.domain.errors import Language
    from batu_geo.render.web.map_page import MapPage

COLOURS = ("#08519c", "#b3261e", "#1b7837", "#762a83", "#c77700", "#333333")
LINES = "#777777"
MOST_COLUMNS, DIGITS = 12, 3
# A column whose values shade the shapes: the least stands out most.
SHADED = "minutes"


def table_map(tables: Mapping[str, gpd.GeoDataFrame], *, title: str, language: Language) -> MapPage:
    """Return a page with a layer for each table; a tip says the columns of a row.

    Parameters
    ----------
    tables
        By the name of their layer, in any coordinate system; the first lies lowest.
    title
        Of the page.
    language
        Of the words of the page.

    Raises
    ------
    DataError
        When a table has no coordinate system, or there is no place in any.
    """
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    corners, items = [], []
    for order, (name, table) in enumerate(tables.items()):
        known = _with_places(table, name)
        if not len(known):
            continue
        is_lines = known.geometry.geom_type.str.endswith("LineString").all()
        colours = _colours(known, LINES if is_lines else COLOURS[order % len(COLOURS)])
        looks = [
            _look(colour, shape) for colour, shape in zip(colours, known.geometry, strict=True)
        ]
        tips = [tooltip(tip) for tip in _tips(known, language)]
        marker = folium.CircleMarker(radius=6, fill=True)
        features = Features(known.geometry, tips, looks)
        geojson_layer(features, name=name, marker=marker).add_to(drawn)
        corners.append(known.total_bounds)
        items.append((min(colours), f"{name} ({number(len(known), language)})"))
    if not corners:
        raise DataError(Problem("BG-478"))
    west, south = np.min(corners, axis=0)[:2].tolist()
    east, north = np.max(corners, axis=0)[2:].tolist()
    return plain_page(
        drawn, (west, south, east, north), (title, ""),
        listed=(word("map_layers", language), items), language=language,
    )  # fmt: skip


def _with_places(table: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return the rows that have a place, in degrees."""
    known = in_crs(table, "EPSG:4326", name=name)
    return known[~(known.geometry.isna() | known.geometry.is_empty)]


def _colours(table: gpd.GeoDataFrame, plain: str) -> list[str]:
    """Return a colour a row: shades by minutes where the table has them."""
    if SHADED not in table:
        return [plain] * len(table)
    _, order = np.unique(table[SHADED].to_numpy(dtype=np.float64), return_inverse=True)
    last = len(REACH_OF_OTHER_MODES) - 1
    step = order * last // max(int(order.max()), 1) if len(order) else order
    return [REACH_OF_OTHER_MODES[place] for place in step.tolist()]


def _look(colour: str, shape: Any) -> dict[str, Any]:
    is_line = shape.geom_type.endswith("LineString")
    return {
        "color": colour,
        "fillColor": colour,
        "weight": 1.5 if is_line else 1,
        "fillOpacity": 0.5,
    }


def _tips(table: gpd.GeoDataFrame, language: Language) -> Iterator[Tip]:
    """Yield what the columns of each row say, the first as the title."""
    columns = [name for name in table.columns if name != table.geometry.name][:MOST_COLUMNS]
    texts = [[_text(value, language) for value in table[name].tolist()] for name in columns]
    for row in range(len(table)):
        cells = [(str(name), column[row]) for name, column in zip(columns, texts, strict=True)]
        yield Tip(cells[0][1] if cells else "", tuple(cells[1:]))


def _text(value: Any, language: Language) -> str:
    if isinstance(value, float):
        return number(value, language, DIGITS) if np.isfinite(value) else str(value)
    return shown(value)
