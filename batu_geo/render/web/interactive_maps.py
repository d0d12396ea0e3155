"""Maps that people work: the catchment of one unit, and who is covered in one hour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely

from batu_geo.render.text.words import mode_word
from batu_geo.render.web import map_elements, style
from batu_geo.render.web.base_map import Backdrop, Table, Tool, around, choropleth, compose
from batu_geo.render.web.map_layers import CATCHMENT_TOLERANCE_M, degrees
from batu_geo.render.web.packing import packed_text
from batu_geo.render.web.question_maps import names_of, subtitle
from batu_geo.render.web.tooltips import tooltip

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.domain.travel import Threshold
    from batu_geo.render.web.map_page import MapPage


def reach_map(
    b: Backdrop, reach: gpd.GeoDataFrame, people: NDArray[np.int64], labels: list[str]
) -> MapPage:
    """Return the map of the catchment of each unit at each threshold.

    Parameters
    ----------
    reach
        ``place`` (0 for all units together, then each unit), ``mode``,
        ``threshold_minutes`` and the polygon.
    people
        People within it, [rows of `reach`].
    labels
        Name of each place, the units after the first.
    """
    limits = b.scenario.thresholds
    smooth = reach.geometry.simplify(CATCHMENT_TOLERANCE_M)
    shapes = [json.loads(shapely.to_geojson(shape)) for shape in degrees(smooth)]
    number = {(t.mode, t.threshold_minutes): n for n, t in enumerate(limits)}
    table: list[list[dict[str, object]]] = [[{} for _ in limits] for _ in labels]
    for place, mode, minutes, count, shape in zip(
        reach["place"], reach["mode"], reach["threshold_minutes"], people, shapes, strict=True
    ):
        table[place][number[mode, minutes]] = {"people": int(count), "shape": shape}
    told = [limit_words(b, limit) for limit in limits]
    colours = [
        style.catchment_colours(name, len(mode.thresholds_minutes))[n]
        for name, mode in b.scenario.modes.items()
        for n in range(len(mode.thresholds_minutes))
    ]
    head = b.scenario.headline
    data = {
        "units": labels,
        "limits": [{"label": t, "colour": c} for t, c in zip(told, colours, strict=True)],
        "reach": packed_text(json.dumps(table, separators=(",", ":"))),
        "start": number[head.mode, head.threshold_minutes],
    }
    controls = map_elements.picker("unit", b.word("map_reach_unit")) + map_elements.picker(
        "limit", b.word("map_reach_limit")
    )
    tips = [tooltip(name, [(b.word("status"), b.word(f"status_{s}"))])
            for name, s in zip(names_of(b), b.status, strict=True)]  # fmt: skip
    fills = [style.STATUS_FILL[s] for s in b.status]
    roads, facilities, names = around(b)
    return compose(
        b,
        [choropleth(b, tips, fills, name=b.word("layer_status")), roads, *facilities, names],
        title=b.word("map_reach_title", place=b.place),
        subtitle=subtitle(b, b.word("map_reach_what")),
        groups=[
            map_elements.reach_group(b.scenario, b.language),
            map_elements.status_group(b.language),
            map_elements.places_group(b.language),
        ],
        table=Table(
            (b.word("map_reach_unit"), *told),
            tuple(
                (label, *(b.number(cell.get("people")) for cell in row))
                for label, row in zip(labels, table, strict=True)
            ),
        ),
        tool=Tool(
            ("unpack_text.js", "map_reach.js"), "setUpReach(MAP, DATA.tool, WORDS);", data, controls
        ),
    )


def limit_words(b: Backdrop, limit: Threshold) -> str:
    """Return a mode and threshold in words."""
    minutes = b.number(limit.threshold_minutes)
    return f"{minutes} {b.word('minutes')} {mode_word(limit.mode, b.language)}"


def hours_map(
    b: Backdrop, served: NDArray[np.int64], staffed: NDArray[np.bool_], hours: NDArray[np.intp]
) -> MapPage:
    """Return the map of who is covered in an hour of the week.

    Parameters
    ----------
    served
        People covered by village, [patterns, villages].
    staffed
        Whether somebody is there, of the units in the order of the facilities,
        [patterns, units].
    hours
        The pattern of each hour of the week from Monday 0.00, [168].
    """
    rules = b.scenario.staffing
    population = [int(p) for p in b.villages["population"]]
    data = {
        "patterns": [
            {"served": row.tolist(), "staffed": there.tolist()}
            for row, there in zip(served, staffed, strict=True)
        ],
        "hours": hours.tolist(),
        "people": population,
        "names": names_of(b),
        "fills": style.SHARE_FILL,
        "breaks": style.SHARE_BREAKS,
        "start": [rules.working_days[0], rules.working_hours[0]],
    }
    controls = map_elements.picker("weekday", b.word("explore_day")) + map_elements.picker(
        "hour", b.word("explore_hour")
    )
    layer = choropleth(
        b, [""] * len(b.villages), [style.SHARE_FILL[0]] * len(b.villages),
        name=b.word("map_hours_layer"),
    )  # fmt: skip
    roads, facilities, names = around(b)
    units = facilities[0].get_name()
    evidence = b.word(b.inputs["staffing"]["evidence"])
    total = served.sum(axis=1)[hours].reshape(7, 24)
    shown = range(*rules.working_hours)
    return compose(
        b,
        [layer, roads, *facilities, names],
        title=b.word("map_hours_title", place=b.place),
        subtitle=subtitle(b, b.word("map_hours_what", evidence=evidence, **b.limit)),
        groups=[
            map_elements.share_group(b.word("map_hours_layer"), b.language),
            map_elements.group(
                b.word("facility"),
                [
                    map_elements.sign(style.SYMBOLS["unit_open"], f"UPKDK, {b.word('active')}"),
                    map_elements.sign(
                        f'<span class="symbol asleep">{style.SYMBOLS["unit_open"]}</span>',
                        b.word("explore_unit_closed_now"),
                    ),
                    map_elements.sign(style.SYMBOLS["PUSKESMAS"], b.word("layer_PUSKESMAS")),
                    map_elements.sign(style.SYMBOLS["RUMAH_SAKIT"], b.word("layer_RUMAH_SAKIT")),
                ],
            ),
        ],
        table=Table(
            (b.word("explore_day"), *(f"{hour:02d}.00" for hour in shown)),
            tuple(
                (b.word(f"day_{day + 1}"), *(b.number(total[day, hour]) for hour in shown))
                for day in range(7)
            ),
        ),
        tool=Tool(
            ("map_hours.js",),
            f"setUpHours(MAP, {layer.get_name()}, {units}, DATA.tool, WORDS);",
            data,
            controls,
        ),
    )
