"""Composed maps: which layers, in which order, under which heading and legend."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import pandas as pd
from folium.utilities import JsCode

from batu_geo.render import furniture, style
from batu_geo.render.layers import (
    candidate_layers,
    catchment_layers,
    facility_layers,
    name_layer,
    road_layer,
    unconnected_layers,
    village_layer,
)
from batu_geo.render.offline import OfflineMap, page
from batu_geo.render.tips import village_tips
from batu_geo.render.words import mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.roads import RoadNetwork

IS_PHONE = "window.innerWidth < 640"
# The legend stands on the left and the layers on the right; a phone folds both.
SET_UP = """
MAP.attributionControl.setPrefix(false);
L.control.scale({imperial: false, position: "bottomright"}).addTo(MAP);
var legend = document.querySelector(".legend");
MAP.getContainer().appendChild(legend);
L.DomEvent.disableClickPropagation(legend);
L.DomEvent.disableScrollPropagation(legend);
var isPhone = window.innerWidth < 640;
legend.open = !isPhone;
MAP.fitBounds(BOUNDS, isPhone ? {} : {paddingTopLeft: [270, 8], paddingBottomRight: [320, 8]});
function sizeSymbols() { MAP.getContainer().classList.toggle("far", MAP.getZoom() < 13); }
MAP.on("zoomend", sizeSymbols);
sizeSymbols();
new ResizeObserver(function () { MAP.invalidateSize(); }).observe(MAP.getContainer());
"""


@dataclass(frozen=True, slots=True)
class MapPage:
    """One self-contained HTML page; a notebook shows it in a frame."""

    html: str

    def save(self, path: Path) -> None:
        """Write the page."""
        path.write_text(self.html, encoding="utf-8", newline="\n")

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.html, quote=True)}" '
            'style="width:100%;height:640px;border:1px solid #ccc" '
            'sandbox="allow-scripts"></iframe>'
        )


def gap_map(  # noqa: PLR0913 - everything the map shows, by name
    villages: Villages,
    gaps: pd.DataFrame,
    *,
    facilities: Facilities,
    sites: gpd.GeoDataFrame,
    roads: RoadNetwork,
    catchments: gpd.GeoDataFrame,
    coverage: pd.DataFrame,
    unconnected: NDArray[np.bool_],
    unit_status: pd.Series[str],
    is_open_unit: pd.Series[bool],
    scenario: Scenario,
    place: str,
    inputs: Mapping[str, Mapping[str, str]],
    language: Language = "id",
) -> MapPage:
    """Return the map of villages, units, catchments and ranked buildings.

    Parameters
    ----------
    villages, gaps, facilities, sites, roads, catchments, coverage
        The tables of a run; `coverage` as from `village_coverage`.
    unconnected
        Edges of the roads that lead to no unit, bool [m]; drawn apart.
    unit_status
        By village id: ``open``, ``closed`` or ``none``.
    is_open_unit
        By row of `facilities`: whether a unit is open; missing for others.
    scenario
        Its headline threshold colours the villages.
    place, inputs
        For the heading and the line of sources.
    language
        Of every word on the page.
    """
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    for pane, level in (("catchments", 410), ("roads", 420), ("names", 640)):
        folium.map.CustomPane(pane, z_index=level, pointer_events=False).add_to(drawn)
    headline = scenario.headline
    mode, minutes = mode_word(headline.mode, language), number(headline.threshold_minutes, language)
    at_headline = coverage[
        (coverage["mode"] == headline.mode)
        & (coverage["threshold_minutes"] == headline.threshold_minutes)
    ].set_index("village_id")
    ranks = dict(zip(gaps["village_id"], gaps["rank"].astype(int), strict=True))
    tips = village_tips(
        villages,
        coverage,
        unit_status=unit_status,
        ranks=ranks,
        scenario=scenario,
        language=language,
    )
    status = villages["village_id"].map(unit_status)
    share = villages["village_id"].map(at_headline["share_served_percent"]).fillna(0)
    layers = [
        village_layer(
            villages,
            tips,
            [style.STATUS_FILL[s] for s in status],
            [style.STATUS_EDGE[s] for s in status],
            name=word("layer_status", language),
            is_shown=True,
        ),
        village_layer(
            villages,
            tips,
            [style.share_colour(s) for s in share],
            [style.STATUS_EDGE[s] for s in status],
            name=word("layer_share", language, threshold=minutes, mode=mode),
            is_shown=False,
        ),
        *reversed(
            catchment_layers(
                catchments,
                language,
                is_shown=lambda name, limit: (
                    (name, limit) == (headline.mode, headline.threshold_minutes)
                ),
            )
        ),
        road_layer(roads, language),
        *unconnected_layers(roads, unconnected, language),
        *facility_layers(facilities, is_open_unit, language),
        *candidate_layers(sites, language),
        name_layer(villages, ranks, _symbols(facilities, sites), language),
    ]
    for layer in layers:
        layer.add_to(drawn)
    is_phone: Any = JsCode(IS_PHONE)
    folium.LayerControl(collapsed=is_phone, position="topright").add_to(drawn)
    west, south, east, north = villages.to_crs("EPSG:4326").total_bounds.tolist()
    title = word("title_map", language, place=place)
    subtitle = word(
        "subtitle_map",
        language,
        scenario=furniture.scenario_title(scenario, language),
        threshold=minutes,
        mode=mode,
    )
    around = (
        furniture.heading(title, subtitle)
        + furniture.banner(inputs, language)
        + _legend(scenario, language)
        + furniture.sources(inputs, str(villages.crs), language)
    )
    script = SET_UP.replace("BOUNDS", json.dumps([[south, west], [north, east]]))
    return MapPage(page(drawn, title=title, language=language, furniture=around, script=script))


def _symbols(facilities: Facilities, sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the points whose symbols stand on the map from the start."""
    best = sites.loc[(sites["rank_in_village"] == 1).fillna(value=False), "geometry"]
    return gpd.GeoSeries(pd.concat([facilities.geometry, best], ignore_index=True))


def _legend(scenario: Scenario, language: Language) -> str:
    headline = scenario.headline
    minutes = number(headline.threshold_minutes, language)
    mode = mode_word(headline.mode, language)
    share = word("layer_share", language, threshold=minutes, mode=mode)
    groups = [
        furniture.status_group(language),
        furniture.places_group(language),
        furniture.candidates_group(language),
        furniture.reach_group(scenario, language),
        furniture.share_group(share, language),
    ]
    return furniture.legend(groups, language)
