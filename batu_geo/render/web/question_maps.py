"""A map for each question: status, before and after, buildings, referral, certainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import mode_word, opened_words
from batu_geo.render.web import map_elements, style
from batu_geo.render.web.base_map import Backdrop, Table, Tool, around, choropleth, compose
from batu_geo.render.web.map_layers import (
    CATCHMENT_TOLERANCE_M,
    candidate_layers,
    geojson_layer,
    village_layer,
)
from batu_geo.render.web.referral_layers import referral_layers
from batu_geo.render.web.tooltips import tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium
    import pandas as pd

    from batu_geo.render.web.map_page import MapPage

STATES = ("certainly_within", "depends", "certainly_beyond")


def subtitle(b: Backdrop, what: str) -> str:
    """Return the line under a heading: which scenario, and what is shown."""
    title = map_elements.scenario_title(b.scenario, b.language)
    return b.word("map_scenario", scenario=title, what=what)


def names_of(b: Backdrop) -> list[str]:
    """Return the names of the villages in the order of their table."""
    return [str(name) for name in b.villages["village_name"]]


def status_map(b: Backdrop) -> MapPage:
    """Return the map of who has a unit."""
    state = b.status.to_list()
    words = [b.word(f"status_{s}") for s in state]
    people = [b.number(p) for p in b.villages["population"]]
    ranks = [str(b.ranks.get(v, "")) for v in b.villages["village_id"]]
    labels = (b.word("status"), b.word("population"), b.word("rank"))
    tips = [
        tooltip(name, zip(labels, row, strict=True))
        for name, *row in zip(names_of(b), words, people, ranks, strict=True)
    ]
    roads, facilities, names = around(b)
    fills = [style.STATUS_FILL[s] for s in state]
    layer = choropleth(b, tips, fills, name=b.word("layer_status"))
    counts = {key: b.number(state.count(key)) for key in ("open", "closed", "none")}
    return compose(
        b,
        [layer, roads, *facilities, names],
        title=b.word("map_status_title", place=b.place),
        subtitle=subtitle(b, b.word("map_status_what", **counts)),
        groups=[map_elements.status_group(b.language), map_elements.places_group(b.language)],
        table=Table(
            (b.word("village"), *labels),
            tuple(zip(names_of(b), words, people, ranks, strict=True)),
        ),
    )


def change_map(
    b: Backdrop,
    before: pd.Series[int],
    after: pd.Series[int],
    *,
    opened: gpd.GeoDataFrame,
    reach: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> MapPage:
    """Return the map of before and after, one on each side of a border that moves.

    Parameters
    ----------
    before, after
        People served by village id, today and with a unit in each building opened.
    opened
        Those buildings.
    reach
        Catchments at the headline threshold before and after.
    """
    population = b.villages["population"].to_numpy(dtype=float)
    served = {"before": before, "after": after}
    counts = {s: b.villages["village_id"].map(v).fillna(0).astype(int) for s, v in served.items()}
    shares = {s: 100 * v.to_numpy() / population for s, v in counts.items()}
    layers = []
    for number, side in enumerate(("before", "after")):
        fills = [style.share_colour(share) for share in shares[side]]
        tips = [
            tooltip(name, [(b.word(f"map_{s}"), _people(b, counts[s].iloc[n], shares[s][n]))
                           for s in ("before", "after")])
            for n, name in enumerate(names_of(b))
        ]  # fmt: skip
        edges = [style.STATUS_EDGE[state] for state in b.status]
        layers.append(
            village_layer(
                b.villages, tips, fills, edges, name=b.word(f"map_{side}"), is_shown=True, pane=side
            )
        )
        layers.append(_reach_layer(b, reach[number], side))
    roads, facilities, names = around(b, more=opened.geometry)
    total = {side: b.number(int(count.sum())) for side, count in counts.items()}
    places = opened_words(b.scenario, b.language, count=len(opened))
    what = b.word("map_change_what", count=len(opened), opened=places, **total, **b.limit)
    share = b.word("layer_share", **b.limit)
    best = candidate_layers(opened, b.language, pane="after")
    rows = tuple(
        (name, *(_people(b, counts[s].iloc[n], shares[s][n]) for s in ("before", "after")))
        for n, name in enumerate(names_of(b))
    )
    return compose(
        b,
        [*layers, roads, *facilities, *best, names],
        title=b.word("map_change_title", place=b.place),
        subtitle=subtitle(b, what),
        groups=[
            map_elements.share_group(share, b.language),
            map_elements.group(b.word("catchment"), [_reach_swatch(b)]),
            map_elements.places_group(b.language),
            map_elements.candidates_group(b.language),
        ],
        table=Table((b.word("village"), b.word("map_before"), b.word("map_after")), rows),
        tool=Tool(("map_swipe.js",), "setUpSwipe(MAP, DATA.bounds, WORDS);", {}),
        sites=opened,
    )


def _people(b: Backdrop, people: int, share: float) -> str:
    return f"{b.number(people)} {b.word('people')} ({b.number(share, 1)} %)"


def _reach_swatch(b: Backdrop) -> str:
    return map_elements.swatch(_reach_colour(b), b.word("layer_catchment", **b.limit))


def _reach_colour(b: Backdrop) -> str:
    return style.catchment_colours(b.scenario.headline.mode, 1)[0]


def _reach_layer(b: Backdrop, reach: gpd.GeoDataFrame, pane: str) -> folium.GeoJson:
    """Return the outlines of catchments at the headline threshold."""
    shapes = gpd.GeoSeries(reach.geometry.simplify(CATCHMENT_TOLERANCE_M), crs=reach.crs)
    colour = _reach_colour(b)
    looks = {"fillColor": colour, "fillOpacity": 0.2, "color": colour, "weight": 1}
    title = b.word("layer_catchment", **b.limit)
    name = f"{title} ({b.word(f'map_{pane}')})" if pane in ("before", "after") else title
    return geojson_layer(
        shapes,
        [""] * len(shapes),
        [{**looks, "interactive": False}] * len(shapes),
        name=name,
        pane=pane,
    )


def candidate_map(b: Backdrop, sites: gpd.GeoDataFrame, reach: gpd.GeoDataFrame) -> MapPage:
    """Return the map of the buildings: ranked, waiting to be verified, refused and why.

    Parameters
    ----------
    sites
        From `rank_sites`.
    reach
        Catchments of the best building of each village at the headline threshold.
    """
    tips = [tooltip(name, [(b.word("status"), b.word(f"status_{s}"))])
            for name, s in zip(names_of(b), b.status, strict=True)]  # fmt: skip
    fills = [style.STATUS_FILL[s] for s in b.status]
    buildings = candidate_layers(sites, b.language)
    for layer in buildings[1:]:
        layer.show = True
    roads, facilities, names = around(b, more=sites.geometry)
    area = _reach_layer(b, reach, "catchments")
    area.layer_name = b.word("map_sites_reach")
    count = sites["suitability"].value_counts()
    what = b.word(
        "map_sites_what",
        fit=int(count.get("fit", 0)),
        verify=int(count.get("to_verify", 0)),
        refused=int(count.get("refused", 0)),
        **b.limit,
    )
    ranked = sites[sites["rank"].notna()]
    return compose(
        b,
        [choropleth(b, tips, fills, name=b.word("layer_status")), area, roads, *facilities,
         *buildings, names],
        title=b.word("map_sites_title", place=b.place),
        subtitle=subtitle(b, what),
        groups=[
            map_elements.candidates_group(b.language),
            map_elements.group(b.word("map_sites_reach"), [_reach_swatch(b)]),
            map_elements.status_group(b.language),
            map_elements.places_group(b.language),
        ],
        table=Table(
            (b.word("building"), b.word("rank"), b.word("suitability"), b.word("people_gained")),
            tuple(
                (str(r["building_name"]), str(r["rank"]), b.word(str(r["suitability"])),
                 b.number(r["people_gained"]))
                for r in ranked.drop(columns="geometry").to_dict("records")
            ),
        ),
        sites=sites,
    )  # fmt: skip


def referral_map(b: Backdrop, referral: pd.DataFrame, pairs: pd.DataFrame) -> MapPage:
    """Return the map of where each unit sends people, and how far villages are from help.

    Parameters
    ----------
    referral, pairs
        From `referral_table` and `unit_referral`.
    """
    known = referral.set_index("village_id").reindex(b.villages["village_id"])
    mode = mode_word(b.scenario.referral.mode, b.language)
    to = {kind: known[f"{kind}_minutes"].to_list() for kind in ("hospital", "puskesmas")}
    labels = {kind: b.word(f"map_to_{kind}", mode=mode) for kind in to}
    told = {kind: [b.number(m, 1) for m in minutes] for kind, minutes in to.items()}
    tips = [
        tooltip(name, [(labels[kind], told[kind][n]) for kind in to])
        for n, name in enumerate(names_of(b))
    ]
    fills = {kind: [style.minutes_colour(m) for m in minutes] for kind, minutes in to.items()}
    roads, facilities, names = around(b)
    villages = [
        choropleth(b, tips, fills[kind], name=labels[kind], is_shown=kind == "hospital")
        for kind in to
    ]
    lines = [
        map_elements.line_swatch(
            style.REFERRAL[kind]["color"],
            b.word(f"map_referral_{kind}"),
            is_dashed="dashArray" in style.REFERRAL[kind],
        )
        for kind in ("puskesmas", "hospital")
    ]
    limits = [0, *style.MINUTES_BREAKS]
    steps = [
        map_elements.swatch(colour, f"{b.number(low)}-{b.number(high)} {b.word('minutes')}")
        for colour, low, high in zip(style.MINUTES_FILL, limits, limits[1:], strict=False)
    ]
    last = f"> {b.number(limits[-1])} {b.word('minutes')}"
    return compose(
        b,
        [*villages, roads, *referral_layers(b.facilities, pairs, b.language), *facilities, names],
        title=b.word("map_referral_title", place=b.place),
        subtitle=subtitle(b, b.word("map_referral_what", mode=mode)),
        groups=[
            map_elements.group(b.word("map_referral_title", place="").strip(" ,"), lines),
            map_elements.group(
                labels["hospital"], [*steps, map_elements.swatch(style.MINUTES_FILL[-1], last)]
            ),
            map_elements.places_group(b.language),
        ],
        table=Table(
            (b.word("village"), *labels.values()),
            tuple(zip(names_of(b), *told.values(), strict=True)),
        ),
    )


def certainty_map(b: Backdrop, bands: pd.DataFrame) -> MapPage:
    """Return the map of what stays true whichever speed is right.

    Parameters
    ----------
    bands
        By village: ``state``, ``minutes_p5``, ``minutes_p95`` and people certainly within,
        in between and certainly beyond.
    """
    known = bands.set_index("village_id").reindex(b.villages["village_id"])
    rows: list[dict[Any, Any]] = known.to_dict("records")
    counts = [f"people_{state}" for state in STATES]
    labels = (b.word("map_certainty_layer"), b.word("map_band"),
              *(b.word(f"map_{state}") for state in STATES))  # fmt: skip
    told = [
        (
            b.word(f"map_{row['state']}"),
            f"{b.number(row['minutes_p5'], 1)} - {b.number(row['minutes_p95'], 1)}",
            *(f"{b.number(row[name])} {b.word('people')}" for name in counts),
        )
        for row in rows
    ]
    tips = [
        tooltip(name, zip(labels, values, strict=True))
        for name, values in zip(names_of(b), told, strict=True)
    ]
    fills = [style.CERTAINTY_FILL[row["state"]] for row in rows]
    people = known["population"].where(known["population"] > 0)
    share = (100 * known["people_depends"] / people).fillna(0)
    roads, facilities, names = around(b)
    return compose(
        b,
        [
            choropleth(b, tips, fills, name=b.word("map_certainty_layer")),
            choropleth(b, tips, [style.share_colour(s) for s in share],
                       name=b.word("map_depends_layer"), is_shown=False),
            roads, *facilities, names,
        ],
        title=b.word("map_certainty_title", place=b.place),
        subtitle=subtitle(b, b.word("map_certainty_what", **b.limit)),
        groups=[
            map_elements.group(
                b.word("map_certainty_layer"),
                [map_elements.swatch(style.CERTAINTY_FILL[s], b.word(f"map_{s}")) for s in STATES],
            ),
            map_elements.share_group(b.word("map_depends_layer"), b.language),
            map_elements.places_group(b.language),
        ],
        table=Table(
            (b.word("village"), *labels),
            tuple((name, *values) for name, values in zip(names_of(b), told, strict=True)),
        ),
    )  # fmt: skip


def index_body(b: Backdrop, pages: Sequence[tuple[str, str]]) -> str:
    """Return the list of pages: address and title of each, the latter plain text."""
    items = "".join(
        f'<li><a href="{escape_text(path)}">{escape_text(title)}</a></li>' for path, title in pages
    )
    title = b.word("map_index_title", place=b.place)
    return (
        map_elements.heading(title, subtitle(b, b.word("map_index_what")))
        + map_elements.banner(b.inputs, b.language)
        + f'<main class="index"><ul>{items}</ul></main>'
        + map_elements.sources(b.inputs, str(b.villages.crs), b.language)
    )
