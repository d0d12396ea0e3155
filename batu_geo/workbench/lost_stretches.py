"""Which single stretch of road, once lost, cuts off most people: of all stretches, at once.

Where all ways of a home to the units lead through one stretch, that stretch dominates the home
(Lengauer and Tarjan 1979; Cooper, Harvey and Kennedy 2001). One tree of dominators from the units
answers for every stretch, where closing one after the other would take a search each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np

from batu_geo.network.snapping import join
from batu_geo.planning.situation import unit_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Joins
    from batu_geo.workbench.standing import Standing

ROOT = -1


class Lost(NamedTuple):
    """What the loss of stretches cuts off.

    Attributes
    ----------
    edge
        Stretches by their number in the network, most people first, int64 [k].
    people, homes
        Who reaches a unit today and none without the stretch, and at how many demand points,
        int64 [k].
    """

    edge: NDArray[np.int64]
    people: NDArray[np.int64]
    homes: NDArray[np.int64]


def lost_stretches(standing: Standing, *, most: int = 20) -> Lost:
    """Return the stretches whose loss cuts off most people, by the headline mode.

    A stretch is closed to everybody from junction to junction, people who live along it included.
    Where turns are forbidden, a way that only a forbidden turn would open counts as one, so that
    fewer people may be found than are cut off; never more.

    Parameters
    ----------
    standing
        Where a scenario stands; what it closes already stays closed.
    most
        How many stretches.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> lost = lost_stretches(standing(study, bg.load_scenario("baseline", study=study)), most=3)
    >>> len(lost.edge), bool((np.diff(lost.people) <= 0).all())
    (3, True)
    """
    situation = standing.situation
    mode, refuse_m = situation.scenario.headline.mode, situation.scenario.snapping.refuse_m
    graph = situation.graphs[mode]
    states, edges = graph.state_count, graph.roads.edge_count
    ways = nx.DiGraph(_arcs(graph, states))
    units = join(graph, unit_points(situation), refuse_m=refuse_m)
    ways.add_edges_from((ROOT, states + edge) for edge in _joined(units, graph))
    homes, first = situation.joined[mode].joins, states + edges
    ways.add_edges_from(_doors(homes, graph, states, first))
    ways.add_node(ROOT)
    above = nx.immediate_dominators(ways, ROOT)
    below = _summed(above, first, situation.demand["population"].to_numpy(dtype=np.int64))
    people, count = (part[states:first] for part in below)
    order = np.lexsort((np.arange(edges), -count, -people))[:most]
    order = order[people[order] > 0]
    return Lost(order, people[order], count[order])


def _arcs(graph: ModeGraph, states: int) -> Iterator[tuple[int, int]]:
    """Yield the arcs from the units on, each over its stretch: state, stretch, state."""
    outward = graph.outward
    tail = np.repeat(np.arange(states), np.diff(outward.indptr)).tolist()
    for start, end, arc in zip(
        tail, outward.indices.tolist(), graph.arc_edge.tolist(), strict=True
    ):
        if arc < 0:
            yield start, end
        else:
            stretch = states + (arc >> 1)
            yield start, stretch
            yield stretch, end


def _joined(joins: tuple[Joins, ...], graph: ModeGraph) -> set[int]:
    """Return the stretches that some points join and that are open."""
    return {
        edge
        for layer, of_layer in zip(graph.layers, joins, strict=True)
        for edge in of_layer.edge[layer.is_open[of_layer.edge]].tolist()
    }


def _doors(
    joins: tuple[Joins, ...], graph: ModeGraph, states: int, first: int
) -> Iterator[tuple[int, int]]:
    """Yield the steps from each stretch to the homes along it."""
    for layer, of_layer in zip(graph.layers, joins, strict=True):
        is_open = np.isfinite(of_layer.local_ms(layer)).any(axis=1)
        edges, points = of_layer.edge[is_open], of_layer.point[is_open]
        yield from zip((states + edges).tolist(), (first + points).tolist(), strict=True)


def _summed(above: dict[int, int], first: int, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return people and homes below each node of the tree of dominators, int64 [2, nodes]."""
    sums = np.zeros((2, first + len(people)), np.int64)
    tree = nx.DiGraph((parent, node) for node, parent in above.items() if node != ROOT)
    for node in nx.dfs_postorder_nodes(tree, ROOT) if ROOT in tree else ():
        if node >= first:
            sums[:, node] += people[node - first], 1
        parent = above.get(node)
        if node != ROOT and parent is not None and parent != ROOT:
            sums[:, parent] += sums[:, node]
    return sums
