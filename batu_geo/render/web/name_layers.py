"""Names and ground of a page: where each name stands, how large it may be, and who lives where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import shapely

from batu_geo.render.cartography.palette import DISTRICT_LINE, EMPTY_GROUND, STATUS
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.label_places import label_lines, label_text, place_labels
from batu_geo.render.web.map_layers import Features, ShapeLayer, geojson_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import NameLayer

# Sizes on the ground at the scale of a whole city on a screen, about 27 m a pixel.
LETTER_M, LINE_M, SYMBOL_M = 175.0, 430.0, 480.0
HALVINGS, LARGEST, OUTLINE_M = 12, 8.0, 15.0
EDGE_PX, WITHOUT_UNIT_PX = 1.0, 2.2
GROUND_STYLE: dict[str, Any] = {
    "fillColor": EMPTY_GROUND.colour, "fillOpacity": 1, "stroke": False, "interactive": False,
}  # fmt: skip
DISTRICT_STYLE: dict[str, Any] = {
    "fill": False, "color": DISTRICT_LINE.colour, "weight": 1.8, "dashArray": "9 3 2 3",
    "interactive": False,
}  # fmt: skip


def name_places(
    villages: Villages, ranks: Mapping[str, int], symbols: gpd.GeoSeries
) -> NDArray[np.float64]:
    """Return where the names of the villages stand beside the symbols, metres [k, 2]."""
    xy = shapely.get_coordinates(symbols.to_numpy())
    boxes = np.hstack([xy - SYMBOL_M / 2, xy + SYMBOL_M / 2])
    return place_labels(villages.geometry.to_numpy(), _sizes(villages, ranks), boxes)


def _sizes(villages: Villages, ranks: Mapping[str, int]) -> list[tuple[float, float]]:
    lines = [label_lines(name) for name in villages["village_name"]]
    return [
        (LETTER_M * (max(map(len, of_one)) + 3 * (village_id in ranks)), LINE_M * len(of_one))
        for village_id, of_one in zip(villages["village_id"], lines, strict=True)
    ]


def name_rooms(
    villages: Villages, ranks: Mapping[str, int], centres: NDArray[np.float64]
) -> list[list[int]]:
    """Return how wide and high a name at its place may be to stay inside its village, metres."""
    sizes = np.array(_sizes(villages, ranks)).reshape(-1, 2)
    return rooms(villages.geometry.to_numpy(), sizes, centres)


def rooms(
    shapes: NDArray[np.object_], sizes: NDArray[np.float64], centres: NDArray[np.float64]
) -> list[list[int]]:
    """Return the largest boxes of given proportions around centres that shapes contain.

    >>> square = np.array([shapely.box(0, 0, 100, 100)])
    >>> rooms(square, np.array([[20.0, 10.0]]), np.array([[50.0, 50.0]]))
    [[100, 50]]
    """
    low, high = np.zeros(len(shapes)), np.full(len(shapes), LARGEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        half = sizes * middle[:, None] / 2
        fits = shapely.contains(shapes, shapely.box(*np.hstack([centres - half, centres + half]).T))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    found: list[list[int]] = (sizes * low[:, None]).astype(int).tolist()
    return found


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


def ground_layers(base: BaseMap) -> list[ShapeLayer]:
    """Return the ground without homes, and the lines and names of the districts, where known."""
    layers = []
    if not shapely.is_empty(base.empty_ground):
        ground = gpd.GeoSeries([base.empty_ground], crs=base.villages.crs)
        layers.append(_drawn(ground, [GROUND_STYLE], base.word("map_empty_ground")))
        edges = [edge_style(state) for state in base.status]
        layers.append(_drawn(base.outlines("screen"), edges, base.word("layer_status")))
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
    shapes = base.districts.to_numpy()
    names = [base.word("map_district", name=name) for name in base.districts.index]
    sizes = [(LETTER_M * len(name), LINE_M) for name in names]
    centres = place_labels(shapes, sizes, np.empty((0, 4)))
    html = [
        f'<span class="district" data-room="{wide} {high}">{escape_text(label_text(name))}</span>'
        for name, (wide, high) in zip(names, rooms(shapes, np.array(sizes), centres), strict=True)
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
