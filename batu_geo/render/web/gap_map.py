"""Composed maps: which layers, in which order, under which heading and legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from batu_geo.access.coverage import at_threshold
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import map_elements, style
from batu_geo.render.web.base_map import Backdrop, compose
from batu_geo.render.web.map_layers import (
    candidate_layers,
    catchment_layers,
    facility_layers,
    name_layer,
    road_layer,
    unconnected_layers,
    village_layer,
)
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.tooltips import village_tips
from batu_geo.siting.buildings.candidates import is_best_in_village

__all__ = ["MapPage", "gap_map"]

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.roads import RoadNetwork


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
    headline = scenario.headline
    mode, minutes = mode_word(headline.mode, language), number(headline.threshold_minutes, language)
    at_headline = at_threshold(coverage, headline).set_index("village_id")
    ranks = dict(zip(gaps["village_id"], gaps["rank"].astype(int), strict=True))
    tips = village_tips(
        villages,
        coverage,
        unit_status=unit_status,
        ranks=ranks,
        certainty=_certainty(gaps, language),
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
    title = word("title_map", language, place=place)
    subtitle = word(
        "subtitle_map",
        language,
        scenario=map_elements.scenario_title(scenario, language),
        threshold=minutes,
        mode=mode,
    )
    backdrop = Backdrop(
        villages=villages,
        facilities=facilities,
        roads=roads,
        is_open_unit=is_open_unit,
        unit_status=unit_status,
        ranks=ranks,
        scenario=scenario,
        place=place,
        inputs=inputs,
        language=language,
    )
    return compose(
        backdrop,
        layers,
        title=title,
        subtitle=subtitle,
        groups=_legend(scenario, language),
        sites=sites,
    )


def _symbols(facilities: Facilities, sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the points whose symbols stand on the map from the start."""
    best = sites.loc[is_best_in_village(sites), "geometry"]
    return gpd.GeoSeries(pd.concat([facilities.geometry, best], ignore_index=True))


def _legend(scenario: Scenario, language: Language) -> list[str]:
    headline = scenario.headline
    minutes = number(headline.threshold_minutes, language)
    share = word(
        "layer_share", language, threshold=minutes, mode=mode_word(headline.mode, language)
    )
    return [
        map_elements.status_group(language),
        map_elements.places_group(language),
        map_elements.candidates_group(language),
        map_elements.reach_group(scenario, language),
        map_elements.share_group(share, language),
    ]


def _certainty(gaps: pd.DataFrame, language: Language) -> dict[str, str]:
    """Return how sure the rank of each village is, where that was tried."""
    if "rank_share_percent" not in gaps:
        return {}
    return {
        str(row["village_id"]): word(
            "rank_certainty_short", language, share=number(row["rank_share_percent"], language)
        )
        for row in gaps[gaps["rank_share_percent"].notna()].to_dict("records")
    }
