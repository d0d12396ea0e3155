"""Where one more unit helps most: the people it would newly serve at every junction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.network.nearby.ends import Starts, by_place
from batu_geo.network.travel_times import Kept, travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.workbench.standing import Standing

# Junctions searched together: as many rows of states are in memory at once.
TOGETHER = 512


class OneMore(NamedTuple):
    """What a unit would gain at some junctions.

    Attributes
    ----------
    xy
        Metres, float64 [k, 2].
    people
        Newly within the headline threshold, int64 [k].
    """

    xy: NDArray[np.float64]
    people: NDArray[np.int64]


def one_more_unit(standing: Standing) -> OneMore:
    """Return the people that a unit at each junction of the headline mode would newly serve.

    Junctions are nodes from which a street leads that a unit may join. The numbers are those of
    the scenario with one more unit that stands there, to the person.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> found = one_more_unit(standing(study, bg.load_scenario("baseline", study=study)))
    >>> len(found.xy) == len(found.people), int(found.people.max()) > 10_000
    (True, True)
    """
    situation = standing.situation
    head = situation.scenario.headline
    graph, limit = situation.graphs[head.mode], head.threshold_minutes
    beyond = np.flatnonzero(~(situation.times[head.mode].best() <= limit))
    homes = situation.demand.iloc[beyond]
    people = homes["population"].to_numpy(dtype=np.int64)
    joined = _of(situation.joined[head.mode], beyond)
    nodes = np.unique(graph.roads.edge_node[graph.layers[0].is_joinable])
    xy = graph.roads.node_xy[nodes]
    gained = np.zeros(len(nodes), np.int64)
    for start in range(0, len(nodes), TOGETHER):
        part = slice(start, start + TOGETHER)
        points = gpd.GeoSeries(shapely.points(xy[part]), crs=graph.roads.crs)
        places = gpd.GeoDataFrame({"node": nodes[part].astype(str)}, geometry=points)
        times = travel_times(
            graph, origins=homes, destinations=places,
            refuse_m=situation.scenario.snapping.refuse_m, joined=joined, kept=Kept(limit),
        )  # fmt: skip
        gained[part] = times.within(limit).T @ people
    return OneMore(xy, gained)


def _of(every: Starts, points: NDArray[np.intp]) -> Starts:
    """Return where the trips of some points begin."""
    xy = np.asarray(every.by_place.data)[points]
    ids = tuple(every.ids[n] for n in points)
    return Starts(ids, tuple(joins.of(points) for joins in every.joins), by_place(xy))
