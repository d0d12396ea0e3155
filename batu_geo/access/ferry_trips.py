"""Minutes by boat: how long those who take a ferry to the nearest unit are aboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.search import search_trees, travelled_ms
from batu_geo.network.snapping import arrivals, departures, join

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.domain.tables import DemandPoints
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Joins
    from batu_geo.network.travel_times import TravelTimes

PEOPLE, MINUTES = "people_by_ferry", "mean_ferry_minutes"


def ferry_minutes(
    graph: ModeGraph,
    times: TravelTimes,
    *,
    joined: tuple[Joins, ...],
    destinations: gpd.GeoDataFrame,
    refuse_m: float,
) -> NDArray[np.float64]:
    """Return the minutes by boat of the trip of each origin to its nearest destination, [origins].

    Waiting at the landing included; 0 where the trip takes no ferry, and where there is none. Of
    several ways that are equally quick it is the one that is aboard for the shortest time.

    Parameters
    ----------
    graph
        The roads of one mode, from `mode_graph`.
    times
        Travel times over it from the origins to the destinations.
    joined
        Where the origins join the roads, from `join`.
    destinations, refuse_m
        As in `travel_times`.
    """
    is_ferry, best = graph.roads.is_ferry, times.best()
    if not is_ferry.any() or not len(destinations):
        return np.zeros(len(best))
    seeds = arrivals(graph, join(graph, destinations, refuse_m=refuse_m))
    trees = search_trees(graph, seeds, is_joint=True)
    aboard_ms = travelled_ms(graph, trees, is_ferry)[0]
    found = np.full(len(best), np.inf)
    for layer, joins in zip(graph.layers, joined, strict=True):
        leave_ms, state = departures(layer, joins)
        minutes = (leave_ms + trees.ms[0][state]) / MS_PER_MINUTE
        quickest = best[joins.point][:, None]
        is_quickest = np.isfinite(quickest) & (minutes == quickest)
        aboard = np.where(is_quickest, aboard_ms[state], np.inf).min(axis=1)
        np.minimum.at(found, joins.point, aboard)
    return np.where(np.isfinite(found), found / MS_PER_MINUTE, 0.0)


def with_ferry_trips(
    villages: pd.DataFrame, aboard: Mapping[str, NDArray[np.float64]], demand: DemandPoints
) -> pd.DataFrame:
    """Return the coverage of villages with who travels by ferry and for how long.

    Adds ``people_by_ferry``, the people whose quickest trip to a unit takes a ferry, and
    ``mean_ferry_minutes``, their mean minutes by boat, missing where there are none.

    Parameters
    ----------
    villages
        From `village_coverage`.
    aboard
        By mode: minutes by boat of each demand point, from `ferry_minutes`.
    demand
        The demand points.
    """
    found = villages.assign(**{PEOPLE: 0, MINUTES: np.nan})
    for mode, minutes in aboard.items():
        people = demand["population"].where(minutes > 0, 0).groupby(demand["village_id"]).sum()
        sums = (demand["population"] * minutes).groupby(demand["village_id"]).sum()
        is_mode = found["mode"] == mode
        ids = found.loc[is_mode, "village_id"]
        found.loc[is_mode, PEOPLE] = ids.map(people).fillna(0).astype("int64")
        found.loc[is_mode, MINUTES] = ids.map(sums / people.where(people > 0))
    return found


def ferry_trips_of_all(villages: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the two columns of `with_ferry_trips` for all villages together, by some columns."""
    sums = (villages[PEOPLE] * villages[MINUTES].fillna(0.0)).groupby(
        [villages[name] for name in by], sort=False
    )
    people = villages.groupby(by, sort=False)[PEOPLE].sum()
    return pd.DataFrame({PEOPLE: people, MINUTES: sums.sum() / people.where(people > 0)})
