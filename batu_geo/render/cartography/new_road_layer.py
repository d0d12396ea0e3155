"""The roads that a scenario builds, as a layer of their own on every map that has roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from batu_geo.render.cartography.map_spec import (
    Label,
    LegendEntry,
    LegendGroup,
    RoadLayer,
    Tip,
    TripLayer,
)
from batu_geo.render.cartography.palette import NEW_ROAD

if TYPE_CHECKING:
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import Medium


def road_layers(base: BaseMap, *, only: Medium | None = None) -> tuple[RoadLayer | TripLayer, ...]:
    """Return the roads, and over them those that the scenario builds, if it builds any."""
    if not base.scenario.new_roads:
        return (RoadLayer(only=only),)
    name = base.word("layer_new_roads")
    layer = TripLayer(name, _lines(base), NEW_ROAD, _tips(base), only=only)
    return RoadLayer(only=only), layer


def new_road_groups(base: BaseMap, *, is_printed: bool = True) -> tuple[LegendGroup, ...]:
    """Return the group of the legend for roads to be built; none where there are none."""
    if not base.scenario.new_roads:
        return ()
    text = base.word("layer_new_roads")
    title, label = (Label(t, t if is_printed else "") for t in (base.word("roads"), text))
    return (LegendGroup(title, (LegendEntry(label, NEW_ROAD, is_line=True),)),)


def _lines(base: BaseMap) -> gpd.GeoSeries:
    """Return the line of each new road with the pieces that join its ends, in their order."""
    roads = base.roads
    edges = []
    for number, road in enumerate(base.scenario.new_roads, start=1):
        is_named = roads.name == roads.names.index(road.name)
        # A later road that joins this one adds pieces of it after it.
        edges.append(int(np.flatnonzero(roads.is_added & is_named & (roads.way_id == -number))[0]))
    return gpd.GeoSeries(roads.lines(np.array(edges, dtype=np.intp)), crs=roads.crs)


def _tips(base: BaseMap) -> tuple[Tip, ...]:
    built = base.assessment.study.built
    metres = built.metres if built is not None else ()
    return tuple(
        Tip(
            road.name,
            (
                (base.word("road_class"), road.road_class),
                (base.word("metres"), base.number(length)),
                (base.word("cost"), _cost(base, road.cost_rupiah)),
            ),
        )
        for road, length in zip(base.scenario.new_roads, metres, strict=True)
    )


def _cost(base: BaseMap, rupiah: int | None) -> str:
    return base.word("no_data") if rupiah is None else f"Rp {base.number(rupiah)}"
