"""What the scripts of the explorer compute from: villages, places, people and times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.coverage import NO_WAY
from batu_geo.access.place_seconds import UNREACHABLE
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.domain.tables import geojson_geometry
from batu_geo.planning.explorer_data import unchanging_criteria
from batu_geo.planning.road_joins import far_from_roads
from batu_geo.planning.situation import need_values
from batu_geo.render.cartography.name_places import degrees, named_villages, orientation
from batu_geo.render.cartography.palette import PEOPLE, SHARE, STATUS, Look
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.words import mode_word, suitability_words, word
from batu_geo.render.web.map_layers import road_styles
from batu_geo.render.web.name_layers import GROUND_STYLE, WATER_STYLE, shade_image
from batu_geo.render.web.packing import packed
from batu_geo.render.web.svg_symbols import candidate_symbol, fill_of, svg_symbol
from batu_geo.render.web.village_facts import village_facts
from batu_geo.siting.need.gaps import unknown_criteria

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.access.place_seconds import PlaceSeconds
    from batu_geo.domain.errors import Language
    from batu_geo.planning.explorer_data import ExplorerData
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.web.village_facts import Link

LANGUAGES: tuple[Language, ...] = ("id", "en")
LAYERS = {
    "roads": "roads", "people": "explore_people", "units": "facility",
    "buildings": "candidates", "names": "names", "shade": "map_hillshade",
}  # fmt: skip
CARD = tuple(f"card_{name}" for name in catalogue()["card"])
WORDS = (
    "no_data", "infinite", "explore_served", "explore_of", "explore_gain", "explore_sentence",
    "explore_minutes", "explore_any", "explore_at", "explore_copied", "explore_not_copied",
    "explore_mean", "explore_old", "explore_hour_lost", "explore_lost", "explore_mean_reached",
    "explore_some_arrive",
    "north", "village", "explore_within",
    "lost_unreachable", "lost_cut_off", "lost_not_snapped", *(f"day_{day}" for day in range(1, 8)),
    "map_zoom_in", "map_zoom_out", "map_found", "map_not_found", "map_close_card", "status",
    "score", "population", *CARD,
)  # fmt: skip


def whole_content(
    data: ExplorerData, base: BaseMap, links: Mapping[str, Sequence[Link]]
) -> dict[str, Any]:
    """Return what the scripts of a page know but times, people and ground of its homes."""
    scenario, language = data.assessment.scenario, base.language
    start_minutes = math.ceil(scenario.headline.threshold_minutes)
    return {
        "language": language,
        "scenario": scenario.name,
        "words": {key: word(key, language) for key in WORDS},
        "titles": {tongue: _title_of_export(tongue) for tongue in LANGUAGES},
        "start": {"mode": scenario.headline.mode, "minutes": start_minutes,
                  "hour": scenario.staffing.working_hours[0]},
        "longest": data.slider_minutes,
        "hasHours": data.staffed is not None,
        "patternOfHour": data.pattern_of_hour.tolist(),
        "modes": [],
        "need": [
            {"name": c.name, "weight": c.weight, "noneAt": c.none_at, "worstAt": c.worst_at,
             "heading": need_criteria()[c.name].heading[language],
             "digits": need_criteria()[c.name].digits}
            for c in scenario.need
            if c.name not in left_out(data)
        ],
        "villages": [
            village | {"says": says}
            for village, says in zip(
                _villages(data, base),
                village_facts(data.assessment, language, links),
                strict=True,
            )
        ],
        "layers": {name: word(key, language) for name, key in LAYERS.items()},
        "places": _places(data, language),
        "demand": {},
        "roads": [],
        "ground": {},
        "water": [],
        "shade": None,
        "orientation": orientation(data.assessment.study, points(data), language),
        "looks": {
            "ground": GROUND_STYLE, "water": WATER_STYLE,
            "edge": {state: look.edge for state, look in STATUS.looks.items()},
            "share": [look.colour for look in SHARE.looks],
            "nobody": fill_of(SHARE.missing),
            "breaks": SHARE.breaks,
            "dots": {kind: look.colour for kind, look in dot_looks(data).items()},
        },
    }  # fmt: skip


def left_out(data: ExplorerData) -> list[str]:
    """Return the criteria that no village has a figure for."""
    situation = data.assessment.situation
    return unknown_criteria(need_values(situation), situation.scenario.need)


def dot_looks(data: ExplorerData) -> dict[str, Look]:
    """Return the looks of people; of those without a way only the states that occur today."""
    city = data.assessment.city
    return {k: v for k, v in PEOPLE.looks.items() if k not in NO_WAY or city[k].any()}


def _title_of_export(language: Language) -> str:
    values = {"count": "{count}", "minutes": "{minutes}", "mode": "{mode}"}
    return word("explore_scenario_title", language, **values)


def modes_content(
    data: ExplorerData,
    seconds: Mapping[str, PlaceSeconds],
    homes: NDArray[np.intp],
    language: Language,
) -> list[dict[str, Any]]:
    """Return each mode with the seconds of some homes, which are rows of all."""
    return [
        {
            "name": name,
            "label": mode_word(name, language),
            "labels": {tongue: mode_word(name, tongue) for tongue in LANGUAGES},
            "thresholds": data.assessment.scenario.modes[name].thresholds_minutes,
            **_seconds(seconds[name]),
            "isSnapped": packed(data.assessment.times[name].is_snapped[homes].astype(np.uint16)),
        }
        for name in data.seconds
    ]


def _seconds(seconds: PlaceSeconds) -> dict[str, Any]:
    """Return the trips place after place, and the nearest unit of each pattern where it is far."""
    return {
        "first": seconds.first.tolist(),
        "homeLow": packed((seconds.home & 0xFFFF).astype(np.uint16)),
        "homeHigh": packed((seconds.home >> 16).astype(np.uint16)),
        "seconds": packed(seconds.seconds),
        "far": [packed(row) for row in seconds.far],
    }


def _villages(data: ExplorerData, base: BaseMap) -> list[dict[str, Any]]:
    """Return name, people, state, outline and place of the name of each village."""
    villages = data.assessment.study.villages
    unit_status = data.assessment.unit_status
    ranked = set(unit_status.index[unit_status == "none"])
    shapes = degrees(base.screen_outlines)
    figures = unchanging_criteria(data.assessment)
    known = figures.reindex(villages["village_id"]).to_dict("records")
    return [
        {
            "id": row["village_id"],
            "name": row["village_name"],
            "population": int(row["population"]),
            "status": unit_status[row["village_id"]],
            "hasUnit": bool(unit_status[row["village_id"]] != "none"),
            "figures": {k: None if pd.isna(v) else float(v) for k, v in values.items()},
            "shape": geojson_geometry(shape),
            **named,
        }
        for row, values, shape, named in zip(
            villages.drop(columns="geometry").to_dict("records"), known, shapes,
            named_villages(villages, ranked, points(data)), strict=True,
        )
    ]  # fmt: skip


def points(data: ExplorerData) -> gpd.GeoSeries:
    """Return the places of the units, then of the buildings."""
    points = [data.serving.geometry, data.sites.geometry]
    crs = data.assessment.study.villages.crs
    return gpd.GeoSeries(pd.concat(points, ignore_index=True), crs=crs)


def _places(data: ExplorerData, language: Language) -> list[dict[str, Any]]:
    """Return the units, then the buildings to choose from, with the hours somebody is there."""
    villages, units, sites = data.assessment.study.villages, data.serving, data.sites
    number_of = {name: n for n, name in enumerate(villages["village_id"])}
    off_road = far_from_roads(data.assessment.joins, "unit")
    note, kept = f" ({word('off_road', language)})", ("unit_open", "")
    looks = dict.fromkeys(off_road, ("unit_off_road", note))
    rows: list[dict[str, Any]] = [
        {"id": row["facility_id"], "isUnit": True,
         "name": row["facility_name"] + looks.get(row["facility_id"], kept)[1],
         "village": number_of.get(row["village_id"]),
         "symbol": svg_symbol(looks.get(row["facility_id"], kept)[0])}
        for row in units.drop(columns="geometry").to_dict("records")
    ] + [
        {"id": row["site_id"], "name": row["building_name"], "isUnit": False,
         "village": number_of.get(row["village_id"]),
         "suitability": suitability_words(row, language),
         "symbol": candidate_symbol(row)}
        for row in sites.drop(columns="geometry").to_dict("records")
    ]  # fmt: skip
    lon_lat = shapely.get_coordinates(degrees(points(data)))
    for row, (lon, lat) in zip(rows, lon_lat, strict=True):
        row |= {"lon": float(lon), "lat": float(lat)}
    if data.staffed is not None:
        # One number a day: bit h says whether somebody is there in hour h.
        bits = data.staffed.astype(np.int64) @ (1 << np.arange(data.staffed.shape[2]))
        for row, days in zip(rows, bits.tolist(), strict=True):
            row["staffed"] = days
    return rows


def homes_lon_lat(data: ExplorerData) -> NDArray[np.float64]:
    """Return longitude and latitude of all homes, [homes, 2]."""
    return shapely.get_coordinates(data.assessment.demand.geometry.to_crs("EPSG:4326").to_numpy())


def demand_content(
    people: NDArray[np.int64],
    village: NDArray[np.intp],
    lon_lat: NDArray[np.float64],
    bounds: Sequence[float],
) -> dict[str, Any]:
    """Return people, number of the village and place of some homes; places to a few metres."""
    west, south, east, north = bounds
    share = (lon_lat - [west, south]) / [east - west, north - south]
    grid = np.round(np.clip(share, 0, 1) * UNREACHABLE)
    return {
        "bounds": [west, south, east, north],
        "village": packed(village.astype(np.uint16)),
        "x": packed(grid[:, 0].astype(np.uint16)),
        "y": packed(grid[:, 1].astype(np.uint16)),
        "peopleLow": packed((people & 0xFFFF).astype(np.uint16)),
        "peopleHigh": packed((people >> 16).astype(np.uint16)),
    }


def homes_of(data: ExplorerData) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the people of each home, and the number of its village."""
    villages, demand = data.assessment.study.villages, data.assessment.demand
    row_of = pd.Series(np.arange(len(villages)), index=villages["village_id"].to_numpy())
    return demand["population"].to_numpy(dtype=np.int64), demand["village_id"].map(row_of).to_numpy(
        dtype=np.intp
    )


def scenery(base: BaseMap) -> dict[str, Any]:
    """Return the roads, the ground without homes, water and shade of a page."""
    lines, looks = road_styles(base)
    ground = degrees(gpd.GeoSeries([base.empty_ground], crs=base.villages.crs))
    return {
        "roads": [
            {"shape": geojson_geometry(shape), "looks": look}
            for shape, look in zip(degrees(lines), looks, strict=True)
        ],
        "ground": geojson_geometry(ground[0]),
        "water": [geojson_geometry(shape) for shape in degrees(base.water)],
        "shade": shade_image(base),
    }
