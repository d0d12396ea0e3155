"""Where trips begin and end: the joins of both to the roads, and where the points lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from scipy.spatial import cKDTree

from batu_geo.network.nearest_edge import points_xy
from batu_geo.network.snapping import join

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Joins


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Starts:
    """Where trips begin.

    Attributes
    ----------
    ids
        Labels of the points.
    joins
        Where the points join each layer of a graph.
    by_place
        The points, in metres.
    """

    ids: tuple[str, ...]
    joins: tuple[Joins, ...]
    by_place: cKDTree


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Ends:
    """Where trips begin and end.

    Attributes
    ----------
    here, there
        Where origins and destinations join each layer of the graph.
    here_by_place
        The origins, in metres.
    there_xy
        Metres of the destinations, float64 [points, 2].
    ids
        Labels of the origins.
    """

    here: tuple[Joins, ...]
    there: tuple[Joins, ...]
    here_by_place: cKDTree
    there_xy: NDArray[np.float64]
    ids: tuple[str, ...]


# By number of points: where trips began that are still in use.
_KNOWN: WeakValueDictionary[int, Starts] = WeakValueDictionary()


def starts(graph: ModeGraph, points: gpd.GeoDataFrame, *, refuse_m: float) -> Starts:
    """Return where trips from some points begin, whose ids are the first column.

    No point is joined to a road farther than `refuse_m`. What is the same for the same points by
    another mode or at another speed, most of it, is in memory once.
    """
    joins = join(graph, points, refuse_m=refuse_m)
    ids, xy = tuple(points.iloc[:, 0].tolist()), points_xy(points, graph.roads.crs)
    known = _KNOWN.get(len(ids))
    if known is not None and known.ids == ids and np.array_equal(known.by_place.data, xy):
        as_known = [new.sharing(old) for new, old in zip(joins, known.joins, strict=False)]
        return Starts(known.ids, (*as_known, *joins[len(as_known) :]), known.by_place)
    _KNOWN[len(ids)] = found = Starts(ids, joins, by_place(xy))
    return found


def ends(
    graph: ModeGraph, here: Starts, destinations: gpd.GeoDataFrame, *, refuse_m: float
) -> Ends:
    """Return the ends of trips from known starts to some destinations."""
    there = join(graph, destinations, refuse_m=refuse_m)
    there_xy = points_xy(destinations, graph.roads.crs)
    return Ends(here.joins, there, here.by_place, there_xy, here.ids)


def by_place(xy: NDArray[np.float64]) -> cKDTree:
    """Return points, in metres, as a tree that is asked a few times: cheap to make."""
    return cKDTree(xy, balanced_tree=False, compact_nodes=False)
