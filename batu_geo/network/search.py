"""Dijkstra from the facilities, over scipy's compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph

NOWHERE = -9999  # what scipy writes where there is no predecessor


class Arcs(Protocol):
    """What is searched: a `ModeGraph`, or a part of one with its states numbered anew."""

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Metres of each edge."""

    @property
    def outward(self) -> csr_array:
        """Arcs between states as the search follows them, [states, states]."""

    @property
    def arc_edge(self) -> NDArray[np.int32]:
        """Edge of each arc, as in `ModeGraph`."""

    @property
    def state_count(self) -> int:
        """Number of states."""


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Where searches begin, a row for each way into each source, sorted by source.

    Attributes
    ----------
    count
        Number of sources.
    source, state
        Which source, and from which state it is entered.
    ms, metres
        From that state to the door of the source.
    arc
        The arc travelled last, coded as in `ModeGraph.arc_edge`.
    """

    count: int
    source: NDArray[np.int64]
    state: NDArray[np.int64]
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]
    arc: NDArray[np.int64]


def search(
    graph: Arcs, seeds: Seeds, *, is_joint: bool, limit_ms: float = np.inf
) -> NDArray[np.float64]:
    """Return the milliseconds from every state to the sources.

    Parameters
    ----------
    graph, seeds
        The mode, and the facilities as they join it.
    is_joint
        One answer for the nearest source, [1, states], or one row each.
    limit_ms
        States farther than this are left at inf.
    """
    if not seeds.count:
        return np.full((1 if is_joint else 0, graph.state_count), np.inf)
    extended, sources = with_sources(graph, seeds)
    if is_joint:
        found = dijkstra(extended, indices=sources, min_only=True, limit=limit_ms)
        return found[None, : graph.state_count]
    return dijkstra(extended, indices=sources, limit=limit_ms)[:, : graph.state_count]


def with_sources(graph: Arcs, seeds: Seeds) -> tuple[csr_array, NDArray[np.int64]]:
    """Return the outward matrix with one more state a source, and those states."""
    states, arcs = graph.state_count, graph.outward
    extra = np.searchsorted(seeds.source, np.arange(1, seeds.count + 1))
    extended = csr_array(
        (
            np.r_[arcs.data, seeds.ms],
            np.r_[arcs.indices, seeds.state.astype(np.int32)],
            np.r_[arcs.indptr, (arcs.indptr[-1] + extra).astype(np.int32)],
        ),
        shape=(states + seeds.count, states + seeds.count),
    )
    return extended, np.arange(states, states + seeds.count)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Shortest-path trees towards sources.

    Attributes
    ----------
    ms, metres
        From each state to the source, float64 [trees, states].
    following
        Next state on the way, int32 [trees, states]; a source j is
        ``states + j``, negative where there is no way.
    source
        Nearest source of each state, -1 where there is no way, [states]; of a joint tree only.
    """

    ms: NDArray[np.float64]
    metres: NDArray[np.float64]
    following: NDArray[np.int32]
    source: NDArray[np.int32] | None


def search_trees(graph: Arcs, seeds: Seeds, *, is_joint: bool, limit_ms: float = np.inf) -> Trees:
    """Return the trees of a search, with the length of every way; arguments as of `search`."""
    states = graph.state_count
    if not seeds.count:
        nothing = np.full((int(is_joint), states), np.inf)
        return Trees(nothing, nothing, np.full(nothing.shape, NOWHERE, np.int32), None)
    extended, sources = with_sources(graph, seeds)
    source = None
    if is_joint:
        alone, after, nearest = dijkstra(
            extended, indices=sources, min_only=True, return_predecessors=True, limit=limit_ms
        )
        every, following = alone[None], after[None]
        source = np.where(nearest[:states] < 0, -1, nearest[:states] - states).astype(np.int32)
    else:
        every, following = dijkstra(
            extended, indices=sources, return_predecessors=True, limit=limit_ms
        )
    ms, following = every[:, :states], following[:, :states]
    metres = _summed(following, lambda *step: _step_metres(graph, seeds, *step))
    metres[~np.isfinite(ms)] = np.inf
    return Trees(ms, metres, following.astype(np.int32), source)


def _step_metres(
    graph: Arcs, seeds: Seeds, here: NDArray[np.intp], there: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return the length from some states each to the next one."""
    states = graph.state_count
    is_last = there >= states
    metres = np.zeros(len(here))
    arc = graph.arc_edge[arc_positions(graph, there[~is_last], here[~is_last])]
    metres[~is_last] = np.where(arc >= 0, graph.length_m[arc >> 1], 0.0)
    wanted = (there[is_last].astype(np.int64) - states) * states + here[is_last]
    known = seeds.source * states + seeds.state
    metres[is_last] = seeds.metres[np.searchsorted(known, wanted)]
    return metres


def travelled_ms(
    graph: ModeGraph, trees: Trees, is_counted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return what the way from each state spends on some edges, bool [m], without passing nodes.

    Milliseconds as in `Layer.edge_ms`, float64 [trees, states]; 0 where there is no way.
    """

    def step_ms(here: NDArray[np.intp], there: NDArray[np.int32]) -> NDArray[np.float64]:
        inside = np.flatnonzero(there < graph.state_count)
        arc = graph.arc_edge[arc_positions(graph, there[inside], here[inside])].astype(np.int64)
        is_counted_here = (arc >= 0) & is_counted[arc >> 1]
        arc, rows = arc[is_counted_here], inside[is_counted_here]
        step = np.zeros(len(here))
        step[rows] = [
            graph.layers[graph.layer_of(state)].edge_ms[edge, side]
            for state, edge, side in zip(there[rows].tolist(), arc >> 1, arc & 1, strict=True)
        ]
        return step

    return _summed(trees.following, step_ms)


def arc_positions(
    graph: Arcs, target: NDArray[np.int32], state: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return where the arcs from `state` to `target` are stored in the outward matrix."""
    arcs, states = graph.outward, graph.state_count
    row = np.repeat(np.arange(states), np.diff(arcs.indptr))
    key = row * states + arcs.indices
    return np.searchsorted(key, target.astype(np.int64) * states + state)


def _summed(
    following: NDArray[np.int32],
    step_of: Callable[[NDArray[np.intp], NDArray[np.int32]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the sum of the steps from each state to its source, by pointer doubling; 0 without.

    `step_of` measures the steps from some states to the next ones. Only states with a way count.
    """
    tree, here = np.nonzero(following >= 0)
    there = following[tree, here]
    last, states = len(tree), following.shape[1]
    number = np.empty(following.shape, np.int32)
    number[tree, here] = np.arange(last)
    to = np.full(last + 1, last, np.int32)
    inside = np.flatnonzero(there < states)
    to[inside] = number[tree[inside], there[inside]]
    total = np.append(step_of(here, there), 0.0)
    while (to != last).any():
        total += total[to]
        to = to[to]
    found = np.zeros(following.shape)
    found[tree, here] = total[:-1]
    return found
