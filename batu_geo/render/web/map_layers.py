"""The layers of a map as folium draws them; every text from data is escaped here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.utilities import JsCode

from batu_geo.render.cartography.base_map import ROAD_TOLERANCE_M, simplified_area, simplified_lines
from batu_geo.render.cartography.map_spec import (
    AreaLayer,
    BuildingLayer,
    FacilityLayer,
    NameLayer,
    ReachLayer,
    RoadLayer,
    Tip,
    TripLayer,
    UnconnectedLayer,
)
from batu_geo.render.cartography.map_tips import candidate_tip, facility_tip
from batu_geo.render.cartography.name_places import degrees
from batu_geo.render.cartography.palette import STATUS
from batu_geo.render.cartography.symbols import SYMBOL_OF_KIND, UNITS
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.web.shape_texts import named_geometry
from batu_geo.render.web.svg_symbols import candidate_symbol, fill_of, svg_symbol
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import Layer

CATCHMENT_TOLERANCE_M = 12.0
ICON_SHIFT_PX = 15
BIND_TOOLTIP = JsCode(
    "function (feature, layer) {"
    " if (feature.properties.tip) {layer.bindTooltip(feature.properties.tip, {sticky: true});} }"
)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Shapes with the HTML of a tooltip and a style each."""

    geometry: gpd.GeoSeries
    tips: Sequence[str]
    styles: Sequence[dict[str, Any]]


class ShapeLayer(folium.GeoJson):
    """A layer of folium whose coordinates are names; a page writes their texts."""

    texts: dict[str, str]


def geojson_layer(
    features: Features,
    *,
    name: str,
    is_base: bool = False,
    is_shown: bool = True,
    pane: str = "overlayPane",
    marker: folium.Marker | None = None,
    is_listed: bool = True,
) -> ShapeLayer:
    """Return a layer of shapes in degrees."""
    rounded = degrees(features.geometry)
    texts: dict[str, str] = {}
    content = [
        {
            "type": "Feature",
            "id": str(row),
            "properties": {"tip": tip},
            "geometry": named_geometry(shape, texts),
        }
        for row, (shape, tip) in enumerate(zip(rounded, features.tips, strict=True))
    ]
    if marker is not None:
        marker.options["pane"] = pane  # folium gives the pane of a layer to its lines only
    by_id = {str(row): looks for row, looks in enumerate(features.styles)}
    layer = ShapeLayer(
        {"type": "FeatureCollection", "features": content},
        name=escape_text(name),
        overlay=not is_base,
        control=is_listed,
        show=is_shown,
        style_function=lambda feature: by_id[feature["id"]],
        on_each_feature=BIND_TOOLTIP,
        marker=marker,
        pane=pane,
    )
    layer.texts = texts
    return layer


def tooltip(tip: Tip) -> str:
    """Return the HTML of a tooltip; title, labels and values are escaped."""
    lines = "".join(
        f"<tr><th>{escape_text(label)}</th><td>{escape_text(value)}</td></tr>"
        for label, value in tip.rows
        if value
    )
    return f"<b>{escape_text(tip.title)}</b><table>{lines}</table>"


def folium_layers(base: BaseMap, layer: Layer) -> list[ShapeLayer]:
    """Return a layer of a map as layers of a page."""
    match layer:
        case FacilityLayer():
            return _facilities(base)
        case BuildingLayer():
            return _buildings(base, layer)
        case UnconnectedLayer():
            return _unconnected(base, layer)
        case NameLayer():
            return []  # `name_layers` draws them
        case _:
            return [_single(base, layer)]


def _single(base: BaseMap, layer: Layer) -> ShapeLayer:
    """Return a layer of a map that is one layer of a page."""
    match layer:
        case AreaLayer():
            return _areas(base, layer)
        case ReachLayer():
            return _reach(layer)
        case RoadLayer():
            return _roads(base)
        case TripLayer():
            return _trips(layer)
        case _:
            raise TypeError(layer)


def _areas(base: BaseMap, layer: AreaLayer) -> ShapeLayer:
    """Return the villages filled by their class and edged by their state.

    They are one of several bases to choose from, or on one side of the map over the others.
    """
    shapes = base.screen_outlines
    styles = [
        {"fillColor": fill_of(look), "fillOpacity": 1,
         "color": STATUS.look_of(state).edge, "weight": 1.3}
        for look, state in zip(layer.looks, base.status, strict=True)
    ]  # fmt: skip
    tips = [tooltip(tip) for tip in layer.tips] or [""] * len(shapes)
    return geojson_layer(
        Features(shapes, tips, styles),
        name=layer.name,
        is_base=not layer.side,
        is_shown=layer.is_shown,
        pane=layer.side or "overlayPane",
    )


def _reach(layer: ReachLayer) -> ShapeLayer:
    shapes = [simplified_area(shape, CATCHMENT_TOLERANCE_M) for shape in layer.shapes]
    styles = [
        {"fillColor": look.colour, "fillOpacity": layer.opacity, "color": look.colour, "weight": 1}
        | ({"interactive": False} if layer.is_inert else {})
        for look in layer.looks
    ]
    return geojson_layer(
        Features(gpd.GeoSeries(shapes, crs=layer.shapes.crs), [""] * len(shapes), styles),
        name=layer.name,
        is_shown=layer.is_shown,
        pane=layer.side or "catchments",
    )


def road_styles(base: BaseMap) -> tuple[gpd.GeoSeries, list[dict[str, Any]]]:
    """Return the roads as one line a look, and their styles."""
    lines = base.screen_roads
    shapes = np.array([road.lines for road in lines], dtype=object)
    styles = [{"color": r.colour, "weight": r.width, "opacity": 0.9} for r in lines]
    return gpd.GeoSeries(shapes, crs=base.roads.crs), styles


def _roads(base: BaseMap) -> ShapeLayer:
    """Return the roads for orientation."""
    shapes, styles = road_styles(base)
    tips = [""] * len(shapes)
    return geojson_layer(Features(shapes, tips, styles), name=base.word("roads"), pane="roads")


def _unconnected(base: BaseMap, layer: UnconnectedLayer) -> list[ShapeLayer]:
    """Return the streets that lead to no unit, if there are any."""
    if not layer.is_unconnected.any():
        return []
    roads = base.roads
    lines = simplified_lines(roads.lines()[layer.is_unconnected], ROAD_TOLERANCE_M["screen"])
    shapes = gpd.GeoSeries([lines], crs=roads.crs)
    looks = {"color": layer.look.colour, "weight": 2.2, "dashArray": "5 4"}
    return [
        geojson_layer(
            Features(shapes, [""], [looks]),
            name=base.word(layer.name),
            is_shown=False,
            pane="roads",
        )
    ]


def _trips(layer: TripLayer) -> ShapeLayer:
    looks = {"color": layer.look.colour, "weight": 3, "opacity": 0.9}
    if layer.look.is_dashed:
        looks["dashArray"] = "7 6"
    tips = [tooltip(tip) for tip in layer.tips]
    return geojson_layer(
        Features(layer.lines, tips, [looks] * len(tips)), name=layer.name, pane="lines"
    )


def _facilities(base: BaseMap) -> list[ShapeLayer]:
    """Return the units, and every other kind of facility, each as a layer."""
    facilities = base.facilities
    symbol = base.facility_symbols
    is_unit = symbol.isin(UNITS)
    kinds = facilities["kind"].where(facilities["kind"].isin(SYMBOL_OF_KIND), "other")
    title = ("layer_" + kinds.astype(object)).where(~is_unit, "layer_units")
    anchors = _anchors(facilities.geometry)
    status = facilities["status"].astype(object).where(symbol != "unit_off_road", "off_road")
    rows_of_tips = facilities.assign(status=status).to_dict("records")
    tips = [tooltip(facility_tip(row, base.language)) for row in rows_of_tips]
    layers = []
    for key in dict.fromkeys(["layer_units", *sorted(title[~is_unit].unique())]):
        rows = np.flatnonzero(title == key)
        if not len(rows):
            continue
        looks = [
            {"html": svg_symbol(symbol.iloc[r]), "iconAnchor": anchors[r], "iconSize": [18, 18]}
            for r in rows
        ]
        points = gpd.GeoSeries(facilities.geometry.iloc[rows])
        layers.append(
            geojson_layer(
                Features(points, [tips[r] for r in rows], looks),
                name=base.word(key),
                pane="markerPane",
                marker=folium.Marker(icon=folium.DivIcon(class_name="symbol")),
            )
        )
    return layers


def _buildings(base: BaseMap, layer: BuildingLayer) -> list[ShapeLayer]:
    """Return the buildings that break a rule, the ranked ones, and the best of each village.

    A page opens with the best, or with all but those that break a rule.
    """
    sites = layer.sites
    is_refused, is_best = sites["suitability"] == "refused", is_best_in_village(sites)
    groups = {
        "layer_refused": is_refused,
        "layer_candidates": ~is_refused & ~is_best,
        "layer_best": is_best,
    }
    layers = []
    for key, chosen in groups.items():
        rows = sites[chosen]
        if rows.empty:
            continue
        records = rows.to_dict("records")
        tips = [tooltip(candidate_tip(row, base.language)) for row in records]
        layers.append(
            geojson_layer(
                Features(rows.geometry, tips, [_building_style(row) for row in records]),
                name=base.word(key),
                is_shown=key == "layer_best" or (layer.is_all_shown and key != "layer_refused"),
                pane=layer.side or "markerPane",
                marker=folium.Marker(icon=folium.DivIcon(class_name="symbol")),
            )
        )
    return layers


def _building_style(row: dict[Any, Any]) -> dict[str, Any]:
    if row["suitability"] == "refused":
        return {"html": svg_symbol("refused"), "iconAnchor": [7, 7], "iconSize": [14, 14]}
    return {"html": candidate_symbol(row), "iconAnchor": [12, 22], "iconSize": [24, 24]}


def _anchors(points: gpd.GeoSeries) -> list[list[int]]:
    """Set symbols that share a point side by side."""
    seen: Counter[tuple[float, float]] = Counter()
    anchors = []
    for x, y in np.round(shapely.get_coordinates(points.to_numpy()), 1).tolist():
        anchors.append([9 - ICON_SHIFT_PX * seen[x, y], 9])
        seen[x, y] += 1
    return anchors
