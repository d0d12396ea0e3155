"""Names and ground of a page: where each name stands, how large it may be, and who lives where."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import shapely

from batu_geo.render.cartography.hillshade import on_degrees, png_of
from batu_geo.render.cartography.name_places import (
    DISTRICT_STYLE,
    OUTLINE_M,
    district_names,
    name_places,
    name_rooms,
)
from batu_geo.render.cartography.palette import EMPTY_GROUND, STATUS, WATER
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.label_places import label_text
from batu_geo.render.web.map_layers import Features, ShapeLayer, geojson_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import NameLayer

EDGE_PX, WITHOUT_UNIT_PX = 1.0, 2.2
GROUND_STYLE: dict[str, Any] = {
    "fillColor": EMPTY_GROUND.colour, "fillOpacity": 1, "stroke": False, "interactive": False,
}  # fmt: skip
WATER_STYLE: dict[str, Any] = {
    "color": WATER.colour, "weight": 1.5, "fillOpacity": 1, "interactive": False,
}  # fmt: skip


def name_layers(base: BaseMap, layer: NameLayer) -> list[ShapeLayer]:
    """Return the ground without homes, the districts and the names of the villages."""
    villages, ranks = base.villages, base.ranks
    centres = name_places(villages, ranks, layer.clear_of)
    html = []
    for village_id, name, room in zip(
        villages["village_id"], villages["village_name"], name_rooms(villages, ranks, centres),
        strict=True,
    ):  # fmt: skip
        badge = f"<i>{ranks[village_id]}</i>" if village_id in ranks else ""
        said = escape_text(label_text(name))
        html.append(f'<span data-room="{room[0]} {room[1]}">{badge}{said}</span>')
    return [*ground_layers(base), _labels(base, centres, html, base.word("names"))]


def shade_image(base: BaseMap) -> tuple[str, tuple[float, float, float, float]] | None:
    """Return the shade of a map for a page: an address that holds it, and its bounds in degrees."""
    study = base.assessment.study
    if base.shade is None or study.relief is None:
        return None
    shade, bounds = on_degrees(study.relief, base.shade, study.crs)
    return f"data:image/png;base64,{base64.b64encode(png_of(shade)).decode()}", bounds


def shade_layer(base: BaseMap) -> list[folium.raster_layers.ImageOverlay]:
    """Return the shadows of the hills, where the study has heights."""
    found = shade_image(base)
    if found is None:
        return []
    address, (west, south, east, north) = found
    corners = [[south, west], [north, east]]
    name = base.word("map_hillshade")
    return [
        folium.raster_layers.ImageOverlay(
            address, corners, name=name, pane="ground", pixelated=False
        )
    ]


def ground_layers(base: BaseMap) -> list[ShapeLayer]:
    """Return the ground without homes, and the lines and names of the districts, where known."""
    layers = []
    if not shapely.is_empty(base.empty_ground):
        ground = gpd.GeoSeries([base.empty_ground], crs=base.villages.crs)
        layers.append(_drawn(ground, [GROUND_STYLE], base.word("map_empty_ground")))
        edges = [edge_style(state) for state in base.status]
        layers.append(_drawn(base.screen_outlines, edges, base.word("layer_status")))
    if len(base.water):
        layers.append(_drawn(base.water, [WATER_STYLE] * len(base.water), base.word("map_water")))
    if len(base.districts):
        lines = base.districts.simplify(OUTLINE_M)
        styles = [DISTRICT_STYLE] * len(lines)
        layers.append(_drawn(lines, styles, base.word("map_district_line")))
        layers.append(_district_names(base))
    if len(base.landmarks):
        xy = shapely.get_coordinates(base.landmarks.geometry.to_numpy())
        html = [
            f'<span class="landmark {kind}">{escape_text(label_text(text))}</span>'
            for text, kind in zip(base.landmarks["text"], base.landmarks["kind"], strict=True)
        ]
        layers.append(_labels(base, xy, html, base.word("names"), is_listed=False))
    return layers


def edge_style(state: str) -> dict[str, Any]:
    """Return the outline of a village over the ground: thick where there is no unit."""
    weight = WITHOUT_UNIT_PX if state == "none" else EDGE_PX
    colour = STATUS.look_of(state).edge
    return {"fill": False, "color": colour, "weight": weight, "interactive": False}


def _drawn(shapes: gpd.GeoSeries, styles: Sequence[dict[str, Any]], name: str) -> ShapeLayer:
    features = Features(shapes, [""] * len(shapes), styles)
    return geojson_layer(features, name=name, pane="ground", is_listed=False)


def _district_names(base: BaseMap) -> ShapeLayer:
    centres, names, found = district_names(base.districts, base.points(), base.language)
    html = [
        f'<span class="district" data-room="{wide} {high}">{escape_text(name)}</span>'
        for name, (wide, high) in zip(names, found, strict=True)
    ]
    return _labels(base, centres, html, base.word("map_district_line"), is_listed=False)


def _labels(
    base: BaseMap,
    centres: NDArray[np.float64],
    html: Sequence[str],
    name: str,
    *,
    is_listed: bool = True,
) -> ShapeLayer:
    looks = [{"html": text, "iconSize": [0, 0]} for text in html]
    shapes = gpd.GeoSeries(shapely.points(centres), crs=base.villages.crs)
    return geojson_layer(
        Features(shapes, [""] * len(html), looks),
        name=name,
        pane="names",
        is_listed=is_listed,
        marker=folium.Marker(
            icon=folium.DivIcon(class_name="village-name"), keyboard=False, interactive=False
        ),
    )
