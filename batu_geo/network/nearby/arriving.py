"""Who may arrive where: so that nobody, as on an island, is searched for in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

from batu_geo.network.nearby.nearest_trips import has_any_way
from batu_geo.network.nearby.trips_within import seeds_of
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.nearby.trips_within import Found


def who_arrives(
    graph: ModeGraph, both: Ends, direct: Found
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
    """Yield some destinations and the origins that reach one of them, bool [origins].

    Together are those on roads that lead to each other, most of the roads mostly, so that a
    few searches answer for all. `direct` as from `direct_trips`.
    """
    seeds = arrivals(graph, both.there)
    circle = connected_components(graph.outward, connection="strong")[1]
    size, by_seed = np.bincount(circle, minlength=1), circle[seeds.state]
    order = np.lexsort((by_seed, size[by_seed], seeds.source))
    largest = np.full(seeds.count, -1)
    largest[seeds.source[order]] = by_seed[order]
    for one in np.unique(largest):
        names = np.flatnonzero(largest == one)
        there = tuple(joins.of(names) for joins in both.there)
        ms = search(graph, seeds_of(seeds, names), is_joint=True)[0]
        arrives = has_any_way(graph, replace(both, there=there), ms)
        arrives[direct.origin[largest[direct.destination] == one]] = True
        yield names, arrives
