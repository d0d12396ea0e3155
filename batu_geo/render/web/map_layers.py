"""One function a map layer; every text from data is escaped here."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.utilities import JsCode

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.label_places import place_labels
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import style
from batu_geo.render.web.tooltips import candidate_tip, facility_tip
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.roads import RoadNetwork

DEGREE_DIGITS = 5
OUTLINE_TOLERANCE_M = 15.0
ROAD_TOLERANCE_M = 5.0
CATCHMENT_TOLERANCE_M = 12.0
ICON_SHIFT_PX = 15
# Sizes on the ground at the scale of a whole city on a screen, about 27 m a pixel.
LETTER_M, LINE_M, SYMBOL_M = 175.0, 430.0, 480.0
BIND_TOOLTIP = JsCode(
    "function (feature, layer) {"
    " if (feature.properties.tip) {layer.bindTooltip(feature.properties.tip, {sticky: true});} }"
)


def geojson_layer(  # noqa: PLR0913 - the options of one folium layer
    geometry: gpd.GeoSeries,
    tips: Sequence[str],
    styles: Sequence[dict[str, Any]],
    *,
    name: str,
    is_base: bool = False,
    is_shown: bool = True,
    pane: str = "overlayPane",
    marker: folium.Marker | None = None,
) -> folium.GeoJson:
    """Return a layer of shapes in degrees with a tooltip and a style each."""
    rounded = degrees(geometry)
    features = [
        {
            "type": "Feature",
            "id": str(row),
            "properties": {"tip": tip},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for row, (shape, tip) in enumerate(zip(rounded, tips, strict=True))
    ]
    if marker is not None:
        marker.options["pane"] = pane  # folium gives the pane of a layer to its lines only
    by_id = {str(row): looks for row, looks in enumerate(styles)}
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=escape_text(name),
        overlay=not is_base,
        show=is_shown,
        style_function=lambda feature: by_id[feature["id"]],
        on_each_feature=BIND_TOOLTIP,
        marker=marker,
        pane=pane,
    )


def degrees(geometry: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return shapes in longitude and latitude, rounded to about a metre."""
    known = geometry.to_crs("EPSG:4326").to_numpy()
    rounded: NDArray[np.object_] = shapely.transform(known, lambda xy: np.round(xy, DEGREE_DIGITS))
    return rounded


def outlines(villages: Villages) -> gpd.GeoSeries:
    """Return the outlines of the villages, simplified together so that no gap opens."""
    shapes = shapely.coverage_simplify(villages.geometry.to_numpy(), OUTLINE_TOLERANCE_M)
    return gpd.GeoSeries(shapes, crs=villages.crs)


def village_layer(
    villages: Villages,
    tips: Sequence[str],
    fills: Sequence[str],
    edges: Sequence[str],
    *,
    name: str,
    is_shown: bool,
    pane: str = "",
) -> folium.GeoJson:
    """Return the villages filled by whatever the map is about.

    They are one of several bases to choose from, or with a pane of their own over the others.
    """
    geometry = outlines(villages)
    styles = [
        {"fillColor": fill, "fillOpacity": 0.85, "color": edge, "weight": 1.3}
        for fill, edge in zip(fills, edges, strict=True)
    ]
    return geojson_layer(
        geometry,
        tips,
        styles,
        name=name,
        is_base=not pane,
        is_shown=is_shown,
        pane=pane or "overlayPane",
    )


def road_lines(roads: RoadNetwork) -> tuple[gpd.GeoSeries, list[dict[str, Any]]]:
    """Return the roads as one line a class group, with the looks of each."""
    classes = np.array(roads.classes, dtype=object)[roads.road_class]
    shapes, styles = [], []
    for _, members, width, colour in reversed(style.ROAD_GROUPS):
        chosen = np.flatnonzero(np.isin(classes, [*members, *(f"{name}_link" for name in members)]))
        if len(chosen):
            merged = shapely.line_merge(shapely.MultiLineString(list(roads.lines(chosen))))
            shapes.append(merged.simplify(ROAD_TOLERANCE_M))
            styles.append({"color": colour, "weight": width, "opacity": 0.9})
    return gpd.GeoSeries(np.array(shapes, dtype=object), crs=roads.crs), styles


def road_layer(roads: RoadNetwork, language: Language) -> folium.GeoJson:
    """Return the roads for orientation."""
    lines, styles = road_lines(roads)
    return geojson_layer(
        lines,
        [""] * len(lines),
        styles,
        name=word("roads", language),
        pane="roads",
    )


def unconnected_layers(
    roads: RoadNetwork, unconnected: NDArray[np.bool_], language: Language
) -> list[folium.GeoJson]:
    """Return the streets that lead to no unit, if there are any."""
    if not unconnected.any():
        return []
    merged = shapely.line_merge(shapely.MultiLineString(list(roads.lines()[unconnected])))
    looks = {"color": style.UNCONNECTED, "weight": 2.2, "dashArray": "5 4"}
    return [
        geojson_layer(
            gpd.GeoSeries([merged.simplify(ROAD_TOLERANCE_M)], crs=roads.crs),
            [""],
            [looks],
            name=word("layer_unconnected", language),
            is_shown=False,
            pane="roads",
        )
    ]


def catchment_layers(
    catchments: gpd.GeoDataFrame, language: Language, *, is_shown: Callable[[str, float], bool]
) -> list[folium.GeoJson]:
    """Return a layer for each mode and threshold, the shortest darkest."""
    layers = []
    for mode, rows in catchments.groupby("mode", sort=False):
        colours = style.catchment_colours(str(mode), len(rows))
        for colour, (_, row) in zip(colours, rows.iterrows(), strict=True):
            minutes = number(row["threshold_minutes"], language)
            how = mode_word(str(mode), language)
            title = word("layer_catchment", language, threshold=minutes, mode=how)
            shape = row["geometry"].simplify(CATCHMENT_TOLERANCE_M)
            layers.append(
                geojson_layer(
                    gpd.GeoSeries([shape], crs=catchments.crs),
                    [""],
                    [{"fillColor": colour, "fillOpacity": 0.28, "color": colour, "weight": 1}],
                    name=title,
                    is_shown=is_shown(str(mode), row["threshold_minutes"]),
                    pane="catchments",
                )
            )
    return layers


def facility_layers(
    facilities: Facilities, is_open_unit: pd.Series[bool], language: Language
) -> list[folium.GeoJson]:
    """Return the units, and every other kind of facility, each as a layer."""
    is_unit = is_open_unit.notna()
    symbol = pd.Series("other", index=facilities.index)
    known = facilities["kind"].isin([k for k in style.SYMBOLS if k.isupper()])
    symbol[known] = facilities["kind"][known]
    symbol[is_unit] = "unit_closed"
    symbol[is_unit & is_open_unit.fillna(value=False).astype(bool)] = "unit_open"
    title = symbol.map(lambda name: f"layer_{name}").where(~is_unit, "layer_units")
    anchors = _anchors(facilities.geometry)
    tips = [facility_tip(row, language) for row in facilities.to_dict("records")]
    layers = []
    for key in dict.fromkeys(["layer_units", *sorted(title[~is_unit].unique())]):
        rows = np.flatnonzero(title == key)
        if not len(rows):
            continue
        looks = [
            {"html": style.SYMBOLS[symbol.iloc[r]], "iconAnchor": anchors[r], "iconSize": [18, 18]}
            for r in rows
        ]
        layers.append(
            geojson_layer(
                gpd.GeoSeries(facilities.geometry.iloc[rows]),
                [tips[r] for r in rows],
                looks,
                name=word(key, language),
                pane="markerPane",
                marker=folium.Marker(icon=folium.DivIcon(class_name="symbol")),
            )
        )
    return layers


def candidate_layers(
    sites: gpd.GeoDataFrame, language: Language, *, pane: str = "markerPane"
) -> list[folium.GeoJson]:
    """Return the buildings that break a rule, the ranked ones, and the best of each village."""
    is_refused = sites["suitability"] == "refused"
    is_best = is_best_in_village(sites)
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
        layers.append(
            geojson_layer(
                rows.geometry,
                [candidate_tip(row, language) for row in records],
                [_candidate_look(row) for row in records],
                name=word(key, language),
                is_shown=key == "layer_best",
                pane=pane,
                marker=folium.Marker(icon=folium.DivIcon(class_name="symbol")),
            )
        )
    return layers


def _candidate_look(row: dict[Any, Any]) -> dict[str, Any]:
    if row["suitability"] == "refused":
        return {"html": style.SYMBOLS["refused"], "iconAnchor": [7, 7], "iconSize": [14, 14]}
    symbol = style.candidate_symbol(
        int(row["rank"]),
        is_certain=row["suitability"] == "fit",
        is_illustrative=row["evidence"] == "illustrative",
    )
    return {"html": symbol, "iconAnchor": [12, 22], "iconSize": [24, 24]}


def name_places(
    villages: Villages, ranks: Mapping[str, int], symbols: gpd.GeoSeries
) -> NDArray[np.float64]:
    """Return where the names of the villages stand beside the symbols, metres [k, 2]."""
    names = villages["village_name"]
    sizes = [
        (LETTER_M * (len(name) + 3 * (village_id in ranks)), LINE_M)
        for village_id, name in zip(villages["village_id"], names, strict=True)
    ]
    xy = shapely.get_coordinates(symbols.to_numpy())
    boxes = np.hstack([xy - SYMBOL_M / 2, xy + SYMBOL_M / 2])
    return place_labels(villages.geometry.to_numpy(), sizes, boxes)


def name_layer(
    villages: Villages, ranks: Mapping[str, int], symbols: gpd.GeoSeries, language: Language
) -> folium.GeoJson:
    """Return the names of the villages beside the symbols, the ranked ones with their rank."""
    centres = name_places(villages, ranks, symbols)
    looks = []
    for village_id, name in zip(villages["village_id"], villages["village_name"], strict=True):
        badge = f"<i>{ranks[village_id]}</i>" if village_id in ranks else ""
        html = f"<span>{badge}{escape_text(name)}</span>"
        looks.append({"html": html, "iconSize": [0, 0]})
    return geojson_layer(
        gpd.GeoSeries(shapely.points(centres), crs=villages.crs),
        [""] * len(villages),
        looks,
        name=word("names", language),
        pane="names",
        marker=folium.Marker(
            icon=folium.DivIcon(class_name="village-name"), keyboard=False, interactive=False
        ),
    )


def _anchors(points: gpd.GeoSeries) -> list[list[int]]:
    """Set symbols that share a point side by side."""
    seen: Counter[tuple[float, float]] = Counter()
    anchors = []
    for x, y in np.round(shapely.get_coordinates(points.to_numpy()), 1).tolist():
        anchors.append([9 - ICON_SHIFT_PX * seen[x, y], 9])
        seen[x, y] += 1
    return anchors
