"""Where one more unit helps most: the people it would newly serve at every junction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.village_of_points import OUTSIDE, village_rows
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import Ends, Starts, by_place
from batu_geo.network.nearby.junctions import at_junctions, people_within
from batu_geo.network.travel_times import Kept, travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.workbench.standing import Standing


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

    Junctions are nodes in a village from which a street leads that a unit may join. A unit there
    takes the streets that meet at the junction. One that is opened at the same place may be
    reached across to other streets as well: never fewer people, and `gained_at` says how many.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> found = one_more_unit(standing(study, bg.load_scenario("baseline", study=study)))
    >>> len(found.xy) == len(found.people), int(found.people.max()) > 10_000
    (True, True)
    """
    graph, limit, homes, joined = _not_served(standing)
    nodes = np.unique(graph.roads.edge_node[graph.layers[0].is_joinable])
    points = np.asarray(shapely.points(graph.roads.node_xy[nodes]))
    nodes = nodes[village_rows(standing.study.villages, points) != OUTSIDE]
    xy = graph.roads.node_xy[nodes]
    ends = Ends(joined.joins, at_junctions(graph, nodes), joined.by_place, xy, joined.ids)
    people = homes["population"].to_numpy(dtype=np.int64)
    return OneMore(xy, people_within(graph, ends, people, limit * MS_PER_MINUTE))


def gained_at(standing: Standing, xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the people that a unit opened at each of some places would newly serve, int64.

    The numbers are those of the scenario with one more unit that stands there, to the person.

    Parameters
    ----------
    standing
        Where a scenario stands.
    xy
        Metres, float64 [k, 2].

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> today = standing(study, bg.load_scenario("baseline", study=study))
    >>> found = one_more_unit(today)
    >>> bool((gained_at(today, found.xy[:9]) >= found.people[:9]).all())
    True
    """
    graph, limit, homes, joined = _not_served(standing)
    points = gpd.GeoSeries(shapely.points(xy), crs=graph.roads.crs)
    places = gpd.GeoDataFrame({"place": np.arange(len(xy)).astype(str)}, geometry=points)
    times = travel_times(
        graph, origins=homes, destinations=places, joined=joined, kept=Kept(limit),
        refuse_m=standing.scenario.snapping.refuse_m,
    )  # fmt: skip
    gained: NDArray[np.int64] = times.within(limit).T @ homes["population"].to_numpy(np.int64)
    return gained.astype(np.int64)


def _not_served(standing: Standing) -> tuple[ModeGraph, float, gpd.GeoDataFrame, Starts]:
    """Return graph and threshold of the headline, and who is not served, with their joins."""
    situation, head = standing.situation, standing.scenario.headline
    minutes = situation.times[head.mode].best()
    beyond = np.flatnonzero(~(minutes <= head.threshold_minutes))
    joined = _of(situation.joined[head.mode], beyond)
    homes = situation.demand.iloc[beyond]
    return situation.graphs[head.mode], head.threshold_minutes, homes, joined


def _of(every: Starts, points: NDArray[np.intp]) -> Starts:
    """Return where the trips of some points begin."""
    xy = np.asarray(every.by_place.data)[points]
    ids = tuple(every.ids[n] for n in points)
    return Starts(ids, tuple(joins.of(points) for joins in every.joins), by_place(xy))
