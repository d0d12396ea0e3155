"""`jelajah.html`: one page that computes who is served while a person chooses buildings."""

from __future__ import annotations

from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from batu_geo.planning.road_joins import far_from_roads
from batu_geo.render.cartography.base_map import base_map, scenario_title
from batu_geo.render.cartography.legends import ground_entries, rank_groups, share_group
from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import code_word, number, word
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.explorer.explorer_content import (
    LAYERS,
    demand_content,
    dot_looks,
    homes_lon_lat,
    homes_of,
    left_out,
    modes_content,
    scenery,
    whole_content,
)
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import own_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.planning.explorer_data import ExplorerData
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.web.village_facts import Link

SCRIPTS = (
    "map_frame", "map_names", "map_orientation", "map_villages", "map_search", "map_picture",
    "map_dots", "map_card", "explorer_unpack", "explorer_answer", "explorer_state",
    "explorer_map", "explorer_card",
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


class PagePart(NamedTuple):
    """What the page of a part of the study is called, and what it says of itself as HTML."""

    place: str
    said: str


def explorer_page(
    data: ExplorerData,
    language: Language = "id",
    links: Mapping[str, Sequence[Link]] | None = None,
) -> MapPage:
    """Return the explorer of an assessment as one page that needs no network and no server.

    `links` are titles and addresses of further pages by village id, for the cards of villages.
    """
    base = base_map(data.assessment, language)
    people, village = homes_of(data)
    bounds = base.villages.to_crs("EPSG:4326").total_bounds.tolist()
    every = np.arange(len(people))
    content = whole_content(data, base, links or {}) | {
        "modes": modes_content(data, data.seconds, every, language),
        "demand": demand_content(people, village, homes_lon_lat(data), bounds),
        **scenery(base),
    }
    return framed(data, base, content)


def framed(
    data: ExplorerData, base: BaseMap, content: Mapping[str, Any], part: PagePart | None = None
) -> MapPage:
    """Return a page around what its scripts compute from, of the whole study or a part."""
    study, language = data.assessment.study, base.language
    title = word("explore_title", language, place=part.place if part else study.title)
    named = scenario_title(data.assessment.scenario, language)
    subtitle = word("explore_subtitle", language, scenario=named)
    names = ", ".join(code_word(name, language) for name in left_out(data))
    if names:
        subtitle += f" {word('criteria_left_out', language, names=names)}"
    body = Template(asset("explorer.html")).substitute(
        {name: escape_text(word(key, language)) for name, key in FRAME.items()},
        heading=map_elements.heading(title, subtitle),
        tools=map_elements.tools("", language, has_picture=False),
        banner=map_elements.banner(study.inputs, language) + (part.said if part else ""),
        sources=map_elements.sources(study.inputs, language),
        hour_note=escape_text(_hour_note(data, language)),
        legend=map_elements.legend(_key(data, base), language),
        data=escape_json(content),
    )
    scripts = ["explorer_district", *SCRIPTS] if part else SCRIPTS
    modules = [asset(f"{name}.js") for name in scripts]
    script = "(() => {\n" + "\n".join(['"use strict";', *modules, asset("explorer.js")]) + "})();"
    return MapPage(
        own_page(
            title=title,
            language=language,
            body=body,
            styles=asset("explorer.css") + (asset("explorer_district.css") if part else ""),
            script=script,
        )
    )


def _hour_note(data: ExplorerData, language: Language) -> str:
    """Return which hours a chosen building is taken to be open, and what the roster is worth."""
    inputs = data.assessment.study.inputs
    evidence = word(inputs["staffing"]["evidence"], language) if "staffing" in inputs else "-"
    first, last = data.assessment.scenario.staffing.working_hours
    return word("explore_hour_note", language, evidence=evidence, first=first, last=last)


def _key(data: ExplorerData, base: BaseMap) -> tuple[LegendGroup, ...]:
    """Return what dots, colours and symbols mean."""
    demand, language = data.assessment.demand, base.language
    mean_people = round(float(demand["population"].mean())) if len(demand) else 0
    dots = word("explore_dots", language, people=number(mean_people, language))
    names = {"fresh": "new"}
    people = tuple(
        LegendEntry(Label(word(f"explore_dot_{names.get(kind, kind)}", language)), look)
        for kind, look in dot_looks(data).items()
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
    shares = share_group(word("explore_share", language), language, base.villages)
    return (
        replace(shares, entries=(*shares.entries, *ground_entries(base))),
        LegendGroup(Label(dots), people, layers=on["people"]),
        LegendGroup(Label(on["units"][0]), places[:-1], layers=on["units"]),
        LegendGroup(Label(on["buildings"][0]), places[-1:], layers=on["buildings"]),
        *rank_groups(base),
    )
