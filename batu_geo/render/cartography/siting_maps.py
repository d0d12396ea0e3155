"""Maps of the candidate buildings: what opening them changes, and which meet the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.cartography.legends import (
    building_group,
    facility_group,
    headline_reach_group,
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
    Side,
    TextTable,
)
from batu_geo.render.cartography.map_tips import status_tips
from batu_geo.render.cartography.new_road_layer import new_road_groups, road_layers
from batu_geo.render.cartography.palette import SHARE, STATUS, reach_look
from batu_geo.render.text.words import percent, suitability_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from batu_geo.render.cartography.base_map import BaseMap

SIDES = ("before", "after")


def change_spec(
    base: BaseMap,
    change: pd.DataFrame,
    opened: Sequence[str],
    reach: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> MapSpec:
    """Return the map of before and after a unit is opened in each of some buildings.

    Parameters
    ----------
    change
        From `before_after`.
    opened
        Ids of the buildings.
    reach
        Catchments at the headline threshold, by side; None draws none.
    """
    candidates = base.assessment.candidates
    sites = candidates[candidates["site_id"].isin(opened)].reset_index(drop=True)
    people = {side: int(change[f"served_{side}"].sum()) for side in SIDES}
    places = base.opened(len(sites))
    counts = {side: base.number(count) for side, count in people.items()}
    share = base.word("layer_share", **base.limit)
    what = base.word("map_change_what", count=len(sites), opened=places, **counts, **base.limit)
    return MapSpec(
        question="change",
        title=Label(
            base.word("map_change_title", place=base.place),
            base.word("map_change", opened=places),
        ),
        note=base.note(what),
        layers=(
            *(layer for side in SIDES for layer in _side(base, change, side, reach)),
            *road_layers(base),
            FacilityLayer(),
            BuildingLayer(sites, side="after"),
            NameLayer(base.points(sites.geometry)),
        ),
        legend=(
            share_group(share, base.language, base.villages, is_printed=True),
            headline_reach_group(base, base.word("catchment")),
            *new_road_groups(base),
            facility_group(base),
            building_group(base, sites),
        ),
        sides=tuple(_caption(base, side, people[side], change) for side in SIDES),
        columns=len(SIDES),
        table=_change_table(base, change),
        sites=sites,
    )


def _by_village(base: BaseMap, change: pd.DataFrame) -> pd.DataFrame:
    """Return the people before and after in the order of the villages."""
    return change.set_index("village_id").reindex(base.villages["village_id"])


def _side(
    base: BaseMap,
    change: pd.DataFrame,
    side: str,
    reach: Mapping[str, gpd.GeoDataFrame] | None,
) -> list[AreaLayer | ReachLayer]:
    """Return the villages by the share served on one side, and the catchments."""
    heading = base.word(f"map_{side}")
    shares = tuple(_by_village(base, change)[f"share_{side}_percent"])
    tips = _change_table(base, change).tips
    layers: list[AreaLayer | ReachLayer] = [AreaLayer(heading, SHARE, shares, tips, side=side)]
    if reach is not None:
        name = f"{base.word('layer_catchment', **base.limit)} ({heading})"
        layers.append(_reach_layer(base, reach[side], name, side=side))
    return layers


def _caption(base: BaseMap, side: str, people: int, change: pd.DataFrame) -> Side:
    """Return a side with the share of all people served as its caption, or that nobody lives."""
    everybody = int(change["population"].sum())
    if not everybody:
        return Side(side, base.word(f"print_map_{side}_nobody"))
    share = base.number(100 * people / everybody, 1)
    return Side(side, base.word(f"print_map_{side}", share=share))


def _change_table(base: BaseMap, change: pd.DataFrame) -> TextTable:
    """Return the people served of each village before and after, in words."""
    by_village = _by_village(base, change)
    cells = [_people(base, by_village, side) for side in SIDES]
    return TextTable(
        (base.word("village"), *(base.word(f"map_{side}") for side in SIDES)),
        tuple(zip(base.names, *cells, strict=True)),
    )


def _people(base: BaseMap, by_village: pd.DataFrame, side: str) -> list[str]:
    """Return the people served of each village, and their share, in words."""
    return [
        f"{base.number(people)} {base.word('people')} ({percent(share, base.language)})"
        for people, share in zip(
            by_village[f"served_{side}"], by_village[f"share_{side}_percent"], strict=True
        )
    ]


def _reach_layer(
    base: BaseMap, reach: gpd.GeoDataFrame, name: str, *, side: str = ""
) -> ReachLayer:
    """Return the outlines of catchments at the headline threshold; a page draws them."""
    look = reach_look(base.scenario.headline.mode, 0)
    return ReachLayer(name, reach.geometry, (look,) * len(reach), side=side, only="screen")


def candidate_spec(base: BaseMap, reach: gpd.GeoDataFrame | None = None) -> MapSpec:
    """Return the map of the buildings: ranked, waiting to be verified, refused and why.

    `reach` are the catchments of the best building of each village at the headline threshold.
    """
    sites = base.assessment.candidates
    count = sites["suitability"].value_counts()
    names = {"fit": "fit", "to_verify": "verify", "refused": "refused"}
    counts = {name: int(count.get(key, 0)) for key, name in names.items()}
    area = base.word("map_sites_reach")
    ranked = sites[sites["rank"].notna()].drop(columns="geometry")
    headings = ("building", "rank", "suitability", "people_gained")
    return MapSpec(
        question="sites",
        title=Label(
            base.word("map_sites_title", place=base.place), base.word("map_candidates")
        ),
        note=base.note(base.word("map_sites_what", **counts, **base.limit)),
        layers=(
            AreaLayer(base.word("layer_status"), STATUS, base.status, status_tips(base)),
            *([] if reach is None else [_reach_layer(base, reach, area)]),
            *road_layers(base),
            FacilityLayer(),
            BuildingLayer(sites, is_all_shown=True),
            NameLayer(base.points(sites.geometry)),
        ),
        legend=(
            building_group(base, sites),
            headline_reach_group(base, area),
            status_group(base, is_printed=True),
            *new_road_groups(base),
            facility_group(base),
        ),
        table=TextTable(
            tuple(base.word(key) for key in headings),
            tuple(
                (str(row["building_name"]), str(row["rank"]), suitability_words(row, base.language),
                 base.number(row["people_gained"]))
                for row in ranked.to_dict("records")
            ),
        ),
        sites=sites,
    )  # fmt: skip
