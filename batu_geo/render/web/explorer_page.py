"""`jelajah.html`: one page that computes who is served while a person chooses buildings."""

from __future__ import annotations

import json
from string import Template
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import map_elements, style
from batu_geo.render.web.map_layers import degrees, name_places, outlines, road_lines
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import asset, own_page
from batu_geo.render.web.packing import packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Facilities, Villages
    from batu_geo.network.roads import RoadNetwork

UNREACHABLE = 65535
LONGEST_MINUTES = 60
SCRIPTS = ("map_names", "explorer_unpack", "explorer_answer", "explorer_state", "explorer_map")
WORDS = (
    "no_data", "unreachable", "explore_served", "explore_of", "explore_gain", "explore_sentence",
    "explore_minutes", "explore_any", "explore_at", "explore_copied", "explore_not_copied",
    "explore_mean", "explore_old", "explore_hour_lost", *(f"day_{day}" for day in range(1, 8)),
)  # fmt: skip
FRAME = {
    "map": "explore_map", "loading": "explore_loading", "result": "explore_result",
    "served": "explore_served", "settings": "explore_settings", "threshold": "explore_threshold",
    "mode": "explore_mode", "day": "explore_day", "hour": "explore_hour",
    "ranking": "explore_ranking", "none_left": "explore_none_left", "village": "village",
    "score": "score", "mean": "explore_mean", "beyond": "people_beyond",
    "buildings": "explore_buildings", "clear": "explore_clear", "copy": "explore_copy",
    "download": "explore_download", "legend": "legend", "exact_note": "explore_exact_note",
}  # fmt: skip


def explorer_page(  # noqa: PLR0913 - everything the page computes from, by name
    villages: Villages,
    *,
    units: Facilities,
    sites: gpd.GeoDataFrame,
    roads: RoadNetwork,
    demand: DemandPoints,
    is_snapped: NDArray[np.bool_],
    seconds: Mapping[str, NDArray[np.uint16]],
    staffed: NDArray[np.bool_] | None,
    unit_status: pd.Series[str],
    figures: pd.DataFrame,
    start_minutes: int,
    scenario: Scenario,
    place: str,
    inputs: Mapping[str, Mapping[str, str]],
    language: Language = "id",
) -> MapPage:
    """Return the explorer as one page that needs no network and no server.

    Parameters
    ----------
    villages, units, sites, roads, demand
        The open units, the buildings to choose from in order of rank, and where people start.
    is_snapped
        Demand points near enough to a road to travel, bool [demand].
    seconds
        By mode: whole seconds from each demand point to each unit, then each building,
        [demand, units + buildings]; `UNREACHABLE` for no way.
    staffed
        When somebody is at each of them, bool [units + buildings, 7, 24]; None hides the hours.
    unit_status
        By village id: ``open``, ``closed`` or ``none``.
    figures
        Criteria of need that no choice changes, by village id; missing where unknown.
    start_minutes
        Threshold the page opens with.
    scenario
        Its modes, goalposts and weights.
    place, inputs, language
        For the heading, the line of sources and every word.
    """
    content = {
        "language": language,
        "scenario": scenario.name,
        "words": {key: word(key, language) for key in WORDS},
        "titles": {tongue: _title_of_export(tongue) for tongue in ("id", "en")},
        "start": {"mode": scenario.headline.mode, "minutes": start_minutes,
                  "hour": scenario.staffing.working_hours[0]},
        "longest": max(LONGEST_MINUTES, start_minutes),
        "hasHours": staffed is not None,
        "modes": [_mode(name, times, scenario, language) for name, times in seconds.items()],
        "need": [
            {"name": c.name, "weight": c.weight, "noneAt": c.none_at, "worstAt": c.worst_at}
            for c in scenario.need
        ],
        "villages": _villages(villages, units, sites, unit_status, figures),
        "places": _places(villages, units, sites, staffed, language),
        "demand": _demand(villages, demand, is_snapped),
        "roads": _roads(roads),
        "looks": {
            "edge": style.STATUS_EDGE, "share": style.SHARE_FILL, "breaks": style.SHARE_BREAKS,
            "dots": style.DOTS,
        },
    }  # fmt: skip
    title = word("explore_title", language, place=place)
    subtitle = word(
        "explore_subtitle", language, scenario=map_elements.scenario_title(scenario, language)
    )
    rules = scenario.staffing
    evidence = word(inputs["staffing"]["evidence"], language) if "staffing" in inputs else "-"
    first, last = rules.working_hours
    note = word("explore_hour_note", language, evidence=evidence, first=first, last=last)
    mean_people = round(float(demand["population"].mean())) if len(demand) else 0
    body = Template(asset("explorer.html")).substitute(
        {name: escape_text(word(key, language)) for name, key in FRAME.items()},
        heading=map_elements.heading(title, subtitle),
        banner=map_elements.banner(inputs, language),
        sources=map_elements.sources(inputs, str(villages.crs), language),
        hour_note=escape_text(note),
        key=_key(mean_people, language),
        data=escape_json(content),
    )
    modules = [asset(f"{name}.js") for name in SCRIPTS]
    script = "(() => {\n" + "\n".join(['"use strict";', *modules, asset("explorer.js")]) + "})();"
    return MapPage(
        own_page(
            title=title,
            language=language,
            body=body,
            styles=asset("explorer.css"),
            script=script,
        )
    )


def _title_of_export(language: Language) -> str:
    values = {"count": "{count}", "minutes": "{minutes}", "mode": "{mode}"}
    return word("explore_scenario_title", language, **values)


def _mode(
    name: str, seconds: NDArray[np.uint16], scenario: Scenario, language: Language
) -> dict[str, Any]:
    tongues: tuple[Language, Language] = ("id", "en")
    return {
        "name": name,
        "label": mode_word(name, language),
        "labels": {tongue: mode_word(name, tongue) for tongue in tongues},
        "thresholds": scenario.modes[name].thresholds_minutes,
        "seconds": packed(seconds.T),
    }


def _villages(
    villages: Villages,
    units: Facilities,
    sites: gpd.GeoDataFrame,
    unit_status: pd.Series[str],
    figures: pd.DataFrame,
) -> list[dict[str, Any]]:
    points = gpd.GeoSeries(pd.concat([units.geometry, sites.geometry], ignore_index=True))
    ranked = {str(name): 1 for name in unit_status.index[unit_status == "none"]}
    spots = gpd.GeoSeries(shapely.points(name_places(villages, ranked, points)), crs=villages.crs)
    lon_lat = shapely.get_coordinates(degrees(spots))
    shapes = degrees(outlines(villages))
    known = figures.reindex(villages["village_id"]).to_dict("records")
    return [
        {
            "id": row["village_id"],
            "name": row["village_name"],
            "population": int(row["population"]),
            "status": unit_status[row["village_id"]],
            "hasUnit": bool(unit_status[row["village_id"]] != "none"),
            "figures": {k: None if pd.isna(v) else float(v) for k, v in values.items()},
            "shape": json.loads(shapely.to_geojson(shape)),
            "lon": lon,
            "lat": lat,
        }
        for row, values, shape, (lon, lat) in zip(
            villages.drop(columns="geometry").to_dict("records"), known, shapes,
            lon_lat.tolist(), strict=True,
        )
    ]  # fmt: skip


def _places(
    villages: Villages,
    units: Facilities,
    sites: gpd.GeoDataFrame,
    staffed: NDArray[np.bool_] | None,
    language: Language,
) -> list[dict[str, Any]]:
    number_of = {name: n for n, name in enumerate(villages["village_id"])}
    rows: list[dict[str, Any]] = [
        {"id": row["facility_id"], "name": row["facility_name"], "isUnit": True,
         "village": number_of.get(row["village_id"]), "symbol": style.SYMBOLS["unit_open"]}
        for row in units.drop(columns="geometry").to_dict("records")
    ] + [
        {"id": row["site_id"], "name": row["building_name"], "isUnit": False,
         "village": number_of.get(row["village_id"]),
         "suitability": word(str(row["suitability"]), language),
         "symbol": style.candidate_symbol(
             int(row["rank"]), is_certain=row["suitability"] == "fit",
             is_illustrative=row["evidence"] == "illustrative")}
        for row in sites.drop(columns="geometry").to_dict("records")
    ]  # fmt: skip
    points = gpd.GeoSeries(
        pd.concat([units.geometry, sites.geometry], ignore_index=True), crs=villages.crs
    )
    for row, (lon, lat) in zip(rows, shapely.get_coordinates(degrees(points)), strict=True):
        row |= {"lon": float(lon), "lat": float(lat)}
    if staffed is not None:
        # One number a day: bit h says whether somebody is there in hour h.
        bits = staffed.astype(np.int64) @ (1 << np.arange(staffed.shape[2]))
        for row, days in zip(rows, bits.tolist(), strict=True):
            row["staffed"] = days
    return rows


def _demand(
    villages: Villages, demand: DemandPoints, is_snapped: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return people, village and place of each demand point; places to a few metres."""
    row_of = pd.Series(np.arange(len(villages)), index=villages["village_id"].to_numpy())
    people = demand["population"].to_numpy(dtype=np.int64)
    xy = shapely.get_coordinates(demand.geometry.to_crs("EPSG:4326").to_numpy())
    west, south, east, north = villages.to_crs("EPSG:4326").total_bounds.tolist()
    share = (xy - [west, south]) / [east - west, north - south]
    grid = np.round(np.clip(share, 0, 1) * UNREACHABLE)
    return {
        "bounds": [west, south, east, north],
        "village": packed(demand["village_id"].map(row_of).to_numpy(dtype=np.uint16)),
        "x": packed(grid[:, 0].astype(np.uint16)),
        "y": packed(grid[:, 1].astype(np.uint16)),
        "isSnapped": packed(is_snapped.astype(np.uint16)),
        "peopleLow": packed((people & 0xFFFF).astype(np.uint16)),
        "peopleHigh": packed((people >> 16).astype(np.uint16)),
    }


def _roads(roads: RoadNetwork) -> list[dict[str, Any]]:
    lines, looks = road_lines(roads)
    return [
        {"shape": json.loads(shapely.to_geojson(shape)), "looks": look}
        for shape, look in zip(degrees(lines), looks, strict=True)
    ]


def _key(mean_people: int, language: Language) -> str:
    """Return what dots, colours and symbols mean."""
    dots = [
        map_elements.swatch(style.DOTS[key], word(f"explore_dot_{name}", language))
        for key, name in (("served", "served"), ("fresh", "new"), ("beyond", "beyond"))
    ]
    signs = [
        map_elements.sign(style.SYMBOLS["unit_open"], f"UPKDK, {word('active', language)}"),
        map_elements.sign(
            style.candidate_symbol(1, is_certain=True, is_illustrative=False),
            word("explore_not_chosen", language),
        ),
    ]
    people = number(mean_people, language)
    return (
        map_elements.group(word("explore_dots", language, people=people), dots)
        + map_elements.group(word("facility", language), signs)
        + map_elements.share_group(word("explore_share", language), language)
    )
