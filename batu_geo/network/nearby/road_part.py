"""A part of a graph: some of its states and the arcs between them, to be searched alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.search import Arcs, Seeds


@dataclass(frozen=True, slots=True, eq=False)
class RoadPart:
    """Some states of a graph, numbered anew in the same order.

    Attributes
    ----------
    length_m
        Metres of each edge that `arc_edge` means.
    outward, arc_edge
        As in `ModeGraph`, of the arcs between these states.
    states
        Number of each state in the whole graph, int64 [states], rising.
    """

    length_m: NDArray[np.float64]
    outward: csr_array
    arc_edge: NDArray[np.int32]
    states: NDArray[np.int64]

    @property
    def state_count(self) -> int:
        """Number of states a search answers for."""
        return len(self.states)

    def only(self, is_kept: NDArray[np.bool_]) -> tuple[RoadPart, NDArray[np.int32]]:
        """Return the part of some of its states, bool [states], and the number of each there.

        A state that is not kept has number -1, as has one that was in no part, at the end.
        """
        kept = np.flatnonzero(is_kept)
        start = self.outward.indptr[kept].astype(np.int64)
        size = self.outward.indptr[kept + 1] - start
        arcs = slices(start, size)
        number = np.full(len(is_kept) + 1, -1, np.int32)
        number[kept] = np.arange(len(kept))
        there = self.outward.indices[arcs]
        inside = is_kept[there]
        row = np.repeat(np.arange(len(kept)), size)[inside]
        indptr = np.searchsorted(row, np.arange(len(kept) + 1)).astype(np.int32)
        indices = number[there[inside]]
        arcs = arcs[inside]
        data = self.outward.data[arcs]
        outward = csr_array((data, indices, indptr), shape=(len(kept), len(kept)))
        return RoadPart(self.length_m, outward, self.arc_edge[arcs], self.states[kept]), number

    def places(self, states: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return where states of the whole graph are in this part, -1 for those that are not."""
        if not len(self.states):
            return np.full(states.shape, -1)
        place = np.minimum(np.searchsorted(self.states, states), len(self.states) - 1)
        return np.asarray(np.where(self.states[place] == states, place, -1), dtype=np.int64)

    def entered(self, seeds: Seeds) -> Seeds:
        """Return the seeds that lie in this part, at its states."""
        place = self.places(seeds.state)
        rows = np.flatnonzero(place >= 0)
        return replace(
            seeds,
            source=seeds.source[rows],
            state=place[rows],
            ms=seeds.ms[rows],
            metres=seeds.metres[rows],
            arc=seeds.arc[rows],
        )


def whole(graph: Arcs) -> RoadPart:
    """Return the whole of a graph as a part."""
    states = np.arange(graph.state_count, dtype=np.int64)
    return RoadPart(graph.length_m, graph.outward, graph.arc_edge, states)
