"""Tools of pages: the border to swipe, the catchment of one unit, the hour of the week."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd

from batu_geo.render.cartography.base_map import simplified_area
from batu_geo.render.cartography.legends import limit_words
from batu_geo.render.cartography.name_places import degrees
from batu_geo.render.cartography.palette import SHARE, reach_look
from batu_geo.render.web import map_elements
from batu_geo.render.web.map_layers import CATCHMENT_TOLERANCE_M
from batu_geo.render.web.packing import packed_text
from batu_geo.render.web.page_painter import Tool
from batu_geo.render.web.shape_texts import named_geometry, with_coordinates
from batu_geo.render.web.svg_symbols import fill_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.planning.tables.reach_and_hours import CoveredHours, ReachByUnit
    from batu_geo.render.cartography.base_map import BaseMap

SWIPE = Tool(("map_swipe.js",), "setUpSwipe(MAP, DATA.bounds, WORDS);", {})


def reach_people(base: BaseMap, reach: ReachByUnit) -> list[list[int | None]]:
    """Return the people within reach of each place, all units first, at each threshold."""
    limits = {(t.mode, t.threshold_minutes): n for n, t in enumerate(base.scenario.thresholds)}
    people: list[list[int | None]] = [[None] * len(limits) for _ in (0, *reach.names)]
    areas = reach.areas
    for place, mode, minutes, count in zip(
        areas["place"], areas["mode"], areas["threshold_minutes"], reach.people, strict=True
    ):
        people[place][limits[mode, minutes]] = int(count)
    return people


def reach_tool(base: BaseMap, reach: ReachByUnit, places: Sequence[str]) -> Tool:
    """Return the choice of a unit and a threshold, which draws its catchment."""
    limits, head = base.scenario.thresholds, base.scenario.headline
    number = {(t.mode, t.threshold_minutes): n for n, t in enumerate(limits)}
    areas = reach.areas
    smooth = gpd.GeoSeries(
        [simplified_area(shape, CATCHMENT_TOLERANCE_M) for shape in areas.geometry], crs=areas.crs
    )
    texts: dict[str, str] = {}
    shapes = [named_geometry(shape, texts) for shape in degrees(smooth)]
    cells: list[list[dict[str, object]]] = [[{} for _ in limits] for _ in places]
    for place, mode, minutes, count, shape in zip(
        areas["place"], areas["mode"], areas["threshold_minutes"], reach.people, shapes, strict=True
    ):
        cells[place][number[mode, minutes]] = {"people": int(count), "shape": shape}
    colours = [
        reach_look(name, order).colour
        for name, mode in base.scenario.modes.items()
        for order in range(len(mode.thresholds_minutes))
    ]
    data = {
        "units": list(places),
        "limits": [
            {"label": limit_words(base, limit), "colour": colour}
            for limit, colour in zip(limits, colours, strict=True)
        ],
        "reach": packed_text(with_coordinates(json.dumps(cells, separators=(",", ":")), texts)),
        "start": number[head.mode, head.threshold_minutes],
    }
    controls = map_elements.picker("unit", base.word("map_reach_unit")) + map_elements.picker(
        "limit", base.word("map_reach_limit")
    )
    assets = ("unpack_text.js", "map_reach.js")
    return Tool(assets, "setUpReach(MAP, DATA.tool, WORDS);", data, controls)


def hours_tool(base: BaseMap, hours: CoveredHours) -> Tool:
    """Return the choice of a weekday and an hour, which colours villages and units."""
    rules = base.scenario.staffing
    data = {
        "patterns": [
            {"served": row.tolist(), "staffed": there.tolist()}
            for row, there in zip(hours.served, hours.staffed, strict=True)
        ],
        "hours": hours.pattern_of_hour.tolist(),
        "people": [int(count) for count in base.villages["population"]],
        "names": list(base.names),
        "fills": [look.colour for look in SHARE.looks],
        "missing": fill_of(SHARE.missing),
        "breaks": SHARE.breaks,
        "start": [rules.working_days[0], rules.working_hours[0]],
    }
    controls = map_elements.picker("weekday", base.word("explore_day")) + map_elements.picker(
        "hour", base.word("explore_hour")
    )
    call = "setUpHours(MAP, AREAS, UNITS, DATA.tool, WORDS);"
    return Tool(("map_hours.js",), call, data, controls)
