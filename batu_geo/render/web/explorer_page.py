"""`jelajah.html`: one page that computes who is served while a person chooses buildings."""

from __future__ import annotations

import math
from dataclasses import replace
from string import Template
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
from batu_geo.render.cartography.base_map import BaseMap, base_map, scenario_title
from batu_geo.render.cartography.legends import ground_entries, rank_groups, share_group
from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup
from batu_geo.render.cartography.name_places import degrees, named_villages, orientation
from batu_geo.render.cartography.palette import PEOPLE, SHARE, STATUS, Look
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import code_word, mode_word, number, suitability_words, word
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.map_layers import road_styles
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.name_layers import GROUND_STYLE, WATER_STYLE, shade_image
from batu_geo.render.web.offline import own_page
from batu_geo.render.web.packing import packed
from batu_geo.render.web.svg_symbols import candidate_symbol, fill_of, svg_symbol
from batu_geo.render.web.village_facts import village_facts
from batu_geo.siting.need.gaps import unknown_criteria

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.access.place_seconds import PlaceSeconds
    from batu_geo.domain.errors import Language
    from batu_geo.planning.explorer_data import ExplorerData
    from batu_geo.render.web.village_facts import Link

LANGUAGES: tuple[Language, ...] = ("id", "en")
SCRIPTS = (
    "map_frame", "map_names", "map_orientation", "map_villages", "map_search", "map_picture",
    "map_dots", "map_card", "explorer_unpack", "explorer_answer", "explorer_state",
    "explorer_map", "explorer_card",
)  # fmt: skip
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
FRAME = {
    "map": "explore_map", "loading": "explore_loading", "result": "explore_result",
    "served": "explore_served", "settings": "explore_settings", "threshold": "explore_threshold",
    "mode": "explore_mode", "day": "explore_day", "hour": "explore_hour",
    "ranking": "explore_ranking", "none_left": "explore_none_left", "village": "village",
    "score": "score", "mean": "explore_mean", "beyond": "people_beyond",
    "buildings": "explore_buildings", "clear": "explore_clear", "copy": "explore_copy",
    "download": "explore_download", "exact_note": "explore_exact_note", "card": "map_card",
    "table": "map_table",
}  # fmt: skip


def explorer_page(
    data: ExplorerData,
    language: Language = "id",
    links: Mapping[str, Sequence[Link]] | None = None,
) -> MapPage:
    """Return the explorer of an assessment as one page that needs no network and no server.

    `links` are titles and addresses of further pages by village id, for the cards of villages.
    """
    assessment = data.assessment
    study, scenario = assessment.study, assessment.scenario
    title = word("explore_title", language, place=study.title)
    named = scenario_title(scenario, language)
    subtitle = word("explore_subtitle", language, scenario=named)
    names = ", ".join(code_word(name, language) for name in _left_out(data))
    if names:
        subtitle += f" {word('criteria_left_out', language, names=names)}"
    body = Template(asset("explorer.html")).substitute(
        {name: escape_text(word(key, language)) for name, key in FRAME.items()},
        heading=map_elements.heading(title, subtitle),
        tools=map_elements.tools("", language, has_picture=False),
        banner=map_elements.banner(study.inputs, language),
        sources=map_elements.sources(study.inputs, language),
        hour_note=escape_text(_hour_note(data, language)),
        legend=map_elements.legend(_key(data, language), language),
        data=escape_json(_content(data, language, links or {})),
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


def _content(
    data: ExplorerData, language: Language, links: Mapping[str, Sequence[Link]]
) -> dict[str, Any]:
    """Return what the scripts of the page compute from."""
    base, scenario = base_map(data.assessment, language), data.assessment.scenario
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
        "modes": [_mode(data, name, language) for name in data.seconds],
        "need": [
            {"name": c.name, "weight": c.weight, "noneAt": c.none_at, "worstAt": c.worst_at,
             "heading": need_criteria()[c.name].heading[language],
             "digits": need_criteria()[c.name].digits}
            for c in scenario.need
            if c.name not in _left_out(data)
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
        "demand": _demand(data),
        "roads": _roads(base),
        "ground": _ground(base),
        "water": [geojson_geometry(shape) for shape in degrees(base.water)],
        "shade": shade_image(base),
        "orientation": orientation(data.assessment.study, _points(data), language),
        "looks": {
            "ground": GROUND_STYLE, "water": WATER_STYLE,
            "edge": {state: look.edge for state, look in STATUS.looks.items()},
            "share": [look.colour for look in SHARE.looks],
            "nobody": fill_of(SHARE.missing),
            "breaks": SHARE.breaks,
            "dots": {kind: look.colour for kind, look in _dots(data).items()},
        },
    }  # fmt: skip


def _left_out(data: ExplorerData) -> list[str]:
    """Return the criteria that no village has a figure for."""
    situation = data.assessment.situation
    return unknown_criteria(need_values(situation), situation.scenario.need)


def _dots(data: ExplorerData) -> dict[str, Look]:
    """Return the looks of people; of those without a way only the states that occur today."""
    city = data.assessment.city
    return {k: v for k, v in PEOPLE.looks.items() if k not in NO_WAY or city[k].any()}


def _hour_note(data: ExplorerData, language: Language) -> str:
    """Return which hours a chosen building is taken to be open, and what the roster is worth."""
    inputs = data.assessment.study.inputs
    evidence = word(inputs["staffing"]["evidence"], language) if "staffing" in inputs else "-"
    first, last = data.assessment.scenario.staffing.working_hours
    return word("explore_hour_note", language, evidence=evidence, first=first, last=last)


def _title_of_export(language: Language) -> str:
    values = {"count": "{count}", "minutes": "{minutes}", "mode": "{mode}"}
    return word("explore_scenario_title", language, **values)


def _mode(data: ExplorerData, name: str, language: Language) -> dict[str, Any]:
    return {
        "name": name,
        "label": mode_word(name, language),
        "labels": {tongue: mode_word(name, tongue) for tongue in LANGUAGES},
        "thresholds": data.assessment.scenario.modes[name].thresholds_minutes,
        **_seconds(data.seconds[name]),
        "isSnapped": packed(data.assessment.times[name].is_snapped.astype(np.uint16)),
    }


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
            named_villages(villages, ranked, _points(data)), strict=True,
        )
    ]  # fmt: skip


def _points(data: ExplorerData) -> gpd.GeoSeries:
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
    lon_lat = shapely.get_coordinates(degrees(_points(data)))
    for row, (lon, lat) in zip(rows, lon_lat, strict=True):
        row |= {"lon": float(lon), "lat": float(lat)}
    if data.staffed is not None:
        # One number a day: bit h says whether somebody is there in hour h.
        bits = data.staffed.astype(np.int64) @ (1 << np.arange(data.staffed.shape[2]))
        for row, days in zip(rows, bits.tolist(), strict=True):
            row["staffed"] = days
    return rows


def _demand(data: ExplorerData) -> dict[str, Any]:
    """Return people, village and place of each demand point; places to a few metres."""
    villages, demand = data.assessment.study.villages, data.assessment.demand
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
        "peopleLow": packed((people & 0xFFFF).astype(np.uint16)),
        "peopleHigh": packed((people >> 16).astype(np.uint16)),
    }


def _ground(base: BaseMap) -> dict[str, Any]:
    """Return the ground without homes."""
    shapes = degrees(gpd.GeoSeries([base.empty_ground], crs=base.villages.crs))
    return geojson_geometry(shapes[0])


def _roads(base: BaseMap) -> list[dict[str, Any]]:
    lines, looks = road_styles(base)
    return [
        {"shape": geojson_geometry(shape), "looks": look}
        for shape, look in zip(degrees(lines), looks, strict=True)
    ]


def _key(data: ExplorerData, language: Language) -> tuple[LegendGroup, ...]:
    """Return what dots, colours and symbols mean."""
    demand = data.assessment.demand
    mean_people = round(float(demand["population"].mean())) if len(demand) else 0
    dots = word("explore_dots", language, people=number(mean_people, language))
    names = {"fresh": "new"}
    people = tuple(
        LegendEntry(Label(word(f"explore_dot_{names.get(kind, kind)}", language)), look)
        for kind, look in _dots(data).items()
    )
    off_road = far_from_roads(data.assessment.joins, "unit")
    units = [("active", "unit_open"), *([("off_road", "unit_off_road")] if off_road else [])]
    places = (
        *(
            LegendEntry(Label(f"UPKDK, {word(key, language)}"), symbol=symbol)
            for key, symbol in units
        ),
        LegendEntry(Label(word("explore_not_chosen", language)), symbol="fit", number=1),
    )
    on = {name: (word(key, language),) for name, key in LAYERS.items()}
    base = base_map(data.assessment, language)
    shares = share_group(word("explore_share", language), language, base.villages)
    return (
        replace(shares, entries=(*shares.entries, *ground_entries(base))),
        LegendGroup(Label(dots), people, layers=on["people"]),
        LegendGroup(Label(on["units"][0]), places[:-1], layers=on["units"]),
        LegendGroup(Label(on["buildings"][0]), places[-1:], layers=on["buildings"]),
        *rank_groups(base),
    )
