"""Maps of the villages: who has a unit, who is served and needs one most, what is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from batu_geo.access.coverage import at_threshold
from batu_geo.planning.evidence.main_worths import unit_evidence
from batu_geo.planning.road_joins import edges_cut_off, edges_without_way
from batu_geo.planning.situation import need_values
from batu_geo.render.cartography.base_map import scenario_title
from batu_geo.render.cartography.legends import (
    building_group,
    facility_group,
    kinds_group,
    reach_group,
    share_group,
    status_group,
)
from batu_geo.render.cartography.map_spec import (
    AreaLayer,
    BuildingLayer,
    FacilityLayer,
    Label,
    MapSpec,
    NameLayer,
    ReachLayer,
    TextTable,
    UnconnectedLayer,
)
from batu_geo.render.cartography.map_tips import village_tips
from batu_geo.render.cartography.new_road_layer import new_road_groups, road_layers
from batu_geo.render.cartography.palette import CERTAINTY, CLOSED_OFF, SHARE, STATUS, reach_look
from batu_geo.render.cartography.programme_layers import programme_groups, programme_layers
from batu_geo.render.text.which_villages import which_villages
from batu_geo.render.text.words import code_word, percent
from batu_geo.siting.buildings.candidates import is_best_in_village
from batu_geo.siting.need.gaps import unknown_criteria

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.render.cartography.base_map import BaseMap


NOBODY = "nobody"  # state of a village where nobody lives


def status_spec(base: BaseMap) -> MapSpec:
    """Return the map of who has a unit."""
    words = [base.word(f"status_{state}") for state in base.status]
    people = [base.number(count) for count in base.villages["population"]]
    ranks = [str(base.ranks.get(i, "")) for i in base.villages["village_id"]]
    columns = tuple(base.word(key) for key in ("village", "status", "population", "rank"))
    table = TextTable(columns, tuple(zip(base.names, words, people, ranks, strict=True)))
    counts = {key: base.number(base.status.count(key)) for key in STATUS.looks}
    what = [base.word("map_status_what", **counts)]
    if "off_road" in base.status:
        what.append(base.word("map_status_off_road", count=counts["off_road"]))
    return MapSpec(
        question="status",
        title=Label(base.word("map_status_title", place=base.place)),
        note=base.note(" ".join(what)),
        layers=(
            AreaLayer(base.word("layer_status"), STATUS, base.status, table.tips),
            *road_layers(base),
            FacilityLayer(),
            NameLayer(base.points()),
        ),
        legend=(status_group(base), *new_road_groups(base), facility_group(base)),
        table=table,
    )


def gap_spec(base: BaseMap) -> MapSpec:
    """Return the map of who is served today, what is within reach and where the need is."""
    assessment, headline = base.assessment, base.scenario.headline
    served = at_threshold(assessment.villages, headline).set_index("village_id")
    share = base.word("layer_share", **base.limit)
    tips, sites = village_tips(base), assessment.candidates
    cut_off = edges_cut_off(assessment.situation)[headline.mode]
    unconnected = edges_without_way(assessment.situation)[headline.mode] & ~cut_off
    title = scenario_title(base.scenario, base.language)
    unknown = unknown_criteria(need_values(assessment.situation), base.scenario.need)
    names = ", ".join(code_word(name, base.language) for name in unknown)
    left_out = [base.word("criteria_left_out", names=names)] if unknown else []
    classes = assessment.gaps["village_id"].map(unit_evidence(assessment))
    which = which_villages(assessment.gaps.assign(unit_evidence=classes), base.language)
    return MapSpec(
        question="gaps",
        title=Label(
            base.word("title_map", place=base.place), base.word("map_served", **base.limit)
        ),
        note=" ".join([base.word("subtitle_map", scenario=title, **base.limit), *which, *left_out]),
        layers=(
            AreaLayer(base.word("layer_status"), STATUS, base.status, tips, only="screen"),
            AreaLayer(share, SHARE, shares_served(base), tips, is_shown=False),
            *programme_layers(base),
            *reversed(_catchments(base)),
            *road_layers(base),
            UnconnectedLayer(unconnected, only="screen"),
            UnconnectedLayer(cut_off, "layer_cut_off", CLOSED_OFF, only="screen"),
            FacilityLayer(),
            BuildingLayer(sites, only="screen"),
            NameLayer(base.points(sites.loc[is_best_in_village(sites), "geometry"])),
        ),
        legend=(
            status_group(base),
            *new_road_groups(base),
            facility_group(base),
            building_group(base, sites, is_printed=False),
            reach_group(base),
            share_group(share, base.language, base.villages, is_printed=True),
            *programme_groups(base),
        ),
        table=_gap_table(base, served),
        sites=sites,
    )


def shares_served(base: BaseMap) -> tuple[float, ...]:
    """Return the share of people within reach today of each village, in percent."""
    served = at_threshold(base.assessment.villages, base.scenario.headline)
    shares = served.set_index("village_id")["share_served_percent"]
    return tuple(base.villages["village_id"].map(shares))


def _gap_table(base: BaseMap, served: pd.DataFrame) -> TextTable:
    """Return state, people and rank of every village."""
    columns = ("village", "status", "population", "layer_share", "map_share", "rank")
    heads = tuple(base.word(key, **(base.limit if key == "layer_share" else {})) for key in columns)
    rows = [
        (
            str(village["village_name"]),
            base.word(f"status_{state}"),
            base.number(village["population"]),
            base.number(served["served"][village["village_id"]]),
            percent(served["share_served_percent"][village["village_id"]], base.language),
            str(base.ranks.get(village["village_id"], "")),
        )
        for village, state in zip(base.villages.to_dict("records"), base.status, strict=True)
    ]
    return TextTable(heads, tuple(rows))


def _catchments(base: BaseMap) -> list[ReachLayer]:
    """Return a layer for each mode and threshold, the shortest darkest."""
    areas, headline = base.assessment.catchments, base.scenario.headline
    layers = []
    for mode, rows in areas.groupby("mode", sort=False):
        for order, (_, row) in enumerate(rows.iterrows()):
            minutes = row["threshold_minutes"]
            limit = base.limit_of(str(mode), minutes)
            layers.append(
                ReachLayer(
                    base.word("layer_catchment", **limit),
                    gpd.GeoSeries([row["geometry"]], crs=areas.crs),
                    (reach_look(str(mode), order),),
                    opacity=0.28,
                    is_inert=False,
                    is_shown=(mode, minutes) == (headline.mode, headline.threshold_minutes),
                    only="screen",
                )
            )
    return layers


def certainty_spec(base: BaseMap) -> MapSpec:
    """Return the map of what stays true whichever speed is right.

    From the bands of the assessment: by village the state, the minutes of the slowest and
    fastest twentieth, and the people certainly within, in between and certainly beyond.
    """
    bands = base.assessment.robust.bands.set_index("village_id")
    known = bands.reindex(base.villages["village_id"])
    states = {state: base.word(f"map_{state}") for state in CERTAINTY.looks}
    of_people = {state: text for state, text in states.items() if state != NOBODY}
    met = {s: look for s, look in CERTAINTY.looks.items() if s in {*of_people, *known["state"]}}
    layer, depends_name = base.word("map_certainty_layer"), base.word("map_depends_layer")
    rows = tuple(
        (
            name,
            states[row["state"]],
            f"{base.number(row['minutes_p5'], 1)} - {base.number(row['minutes_p95'], 1)}",
            *(f"{base.number(row[f'people_{s}'])} {base.word('people')}" for s in of_people),
        )
        for name, row in zip(base.names, known.to_dict("records"), strict=True)
    )
    columns = (base.word("village"), layer, base.word("map_band"), *of_people.values())
    table = TextTable(columns, rows)
    people = known["population"].where(known["population"] > 0)
    depends = 100 * known["people_depends"] / people
    return MapSpec(
        question="certainty",
        title=Label(base.word("map_certainty_title", place=base.place)),
        note=base.note(base.word("map_certainty_what", **base.limit)),
        layers=(
            AreaLayer(layer, CERTAINTY, tuple(known["state"]), table.tips),
            AreaLayer(depends_name, SHARE, tuple(depends), table.tips, is_shown=False),
            *road_layers(base),
            FacilityLayer(),
            NameLayer(base.points()),
        ),
        legend=(
            kinds_group(layer, met, states),
            share_group(depends_name, base.language, base.villages),
            *new_road_groups(base),
            facility_group(base),
        ),
        table=table,
    )
