"""What one vehicle may pass: arcs with their times, barriers, turns, first and last legs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.roads import LONG_PART_M
from batu_geo.network.turning.turning_round import arcs_onward, nodes_to_turn_round

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.travel import Vehicle
    from batu_geo.network.road_rules import RoadRules
    from batu_geo.network.roads import RoadNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """The roads for one vehicle, in the direction of the search.

    Arc ``2 e`` runs along edge e, arc ``2 e + 1`` against it.

    Attributes
    ----------
    roads
        The network.
    ms, tail, head
        Milliseconds of each arc (inf where closed), and its nodes, [2 m].
    is_usable
        Arcs the vehicle may use where the scenario closes nothing, bool [2 m].
    tail_ms
        What passing each node costs, [n].
    is_ends
        Arcs for first and last legs only, bool [2 m].
    is_split
        Nodes whose state is the arc that was travelled, bool [n].
    part
        Part of the roads of each arc, as private barriers cut them, int64 [2 m].
    is_shut, is_private
        Nodes that nobody passes, and nodes passed from part to part only, bool [n].
    is_dead_end
        Nodes where the vehicle may turn round, bool [n].
    forbidden
        Pairs of arcs that may not follow each other, each as ``first * 2 m + second``, sorted.
    sequences
        Longer sequences of arcs that may not follow each other.
    cut_short
        Searches for a lawful way back that stopped at their limit.
    """

    roads: RoadNetwork
    ms: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    is_usable: NDArray[np.bool_]
    tail_ms: NDArray[np.float64]
    is_ends: NDArray[np.bool_]
    is_split: NDArray[np.bool_]
    part: NDArray[np.int64]
    is_shut: NDArray[np.bool_]
    is_private: NDArray[np.bool_]
    is_dead_end: NDArray[np.bool_]
    forbidden: NDArray[np.int64]
    sequences: tuple[tuple[int, ...], ...]
    cut_short: int = 0

    def may_turn(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which pairs of arcs that meet at a node may follow each other."""
        node = self.head[first]
        is_back = (first ^ 1) == second
        is_through = ~self.is_shut[node]
        is_through &= ~self.is_private[node] | (self.part[first] != self.part[second])
        may = np.where(is_back, self.is_dead_end[node] | self.is_shut[node], is_through)
        if len(self.forbidden):
            key = first * len(self.ms) + second
            at = np.minimum(np.searchsorted(self.forbidden, key), len(self.forbidden) - 1)
            may &= self.forbidden[at] != key
        return np.asarray(may)


def passage(
    roads: RoadNetwork,
    edge_ms: NDArray[np.float64],
    free_ms: NDArray[np.float64],
    vehicle: Vehicle,
    tail_ms: NDArray[np.float64],
    *,
    is_reversed: bool,
    is_every_turn: bool,
) -> Passage:
    """Return what a vehicle may pass.

    Where one may turn round, which part is the public one and which turns are forbidden follows
    from the roads without the closures of the scenario, so that closing a street helps nobody.

    Parameters
    ----------
    roads
        With rules as they hold in the scenario, from `lawful`.
    edge_ms
        Milliseconds along and against each edge in the direction of the search, [m, 2].
    free_ms
        The same where the scenario closes nothing, [m, 2].
    vehicle
        Whose rules apply.
    tail_ms
        What passing each node costs, [n].
    is_reversed
        Whether the search runs against the way of the vehicle, as for trips from a facility.
    is_every_turn
        Whether the state is an arc at every node, since every turn costs.
    """
    way = _without_rules(roads, edge_ms, free_ms, tail_ms, is_every_turn=is_every_turn)
    if roads.rules is None:
        return way
    ruled, rules = _with_rules(way, roads.rules, vehicle, is_reversed=is_reversed)
    every_ms = [way.ms] if free_ms is edge_ms else [way.ms, np.ascontiguousarray(free_ms).ravel()]
    for ms in every_ms:
        ruled = _without_turning_round(ruled, ms, rules)
    return ruled


def _without_rules(
    roads: RoadNetwork,
    edge_ms: NDArray[np.float64],
    free_ms: NDArray[np.float64],
    tail_ms: NDArray[np.float64],
    *,
    is_every_turn: bool,
) -> Passage:
    """Return the passage of a vehicle that no rule binds but to turn round at dead ends."""
    count, nodes = 2 * roads.edge_count, roads.node_count
    ends = roads.edge_node.astype(np.int64)
    nobody = np.zeros(nodes, bool)
    return Passage(
        roads=roads,
        ms=np.ascontiguousarray(edge_ms).ravel(),
        tail=ends.ravel(),
        head=ends[:, ::-1].ravel(),
        is_usable=np.isfinite(free_ms).ravel(),
        tail_ms=tail_ms,
        is_ends=np.zeros(count, bool),
        is_split=np.full(nodes, is_every_turn),
        part=np.zeros(count, np.int64),
        is_shut=nobody,
        is_private=nobody,
        is_dead_end=_dead_ends(roads, free_ms),
        forbidden=np.zeros(0, np.int64),
        sequences=(),
    )


def _dead_ends(roads: RoadNetwork, free_ms: NDArray[np.float64]) -> NDArray[np.bool_]:
    is_open = np.isfinite(free_ms).any(axis=1)
    degree = np.bincount(roads.edge_node[is_open].ravel(), minlength=roads.node_count)
    return np.asarray(degree == 1)


def _with_rules(
    way: Passage, rules: RoadRules, vehicle: Vehicle, *, is_reversed: bool
) -> tuple[Passage, list[tuple[int, ...]]]:
    """Lay barriers, turn restrictions and streets for first and last legs on a passage.

    Also the last two arcs of each turn restriction.
    """
    bit = np.uint8(1 << VEHICLES.index(vehicle))
    ends = (rules.ends_only & bit).astype(bool)
    is_ends = (ends[:, ::-1] if is_reversed else ends).ravel()
    is_shut, is_private = way.is_shut.copy(), way.is_private.copy()
    is_shut[rules.gate_node[(rules.gate_closed & bit).astype(bool)]] = True
    is_private[rules.gate_node[(rules.gate_ends_only & bit).astype(bool)]] = True
    part = way.part
    if is_private.any():
        part, is_behind = _parts(way, is_shut | is_private, is_shut)
        is_ends = is_ends | is_behind
    pairs, sequences = _turns_for(way, rules, bit, is_reversed=is_reversed)
    is_split = way.is_split | is_shut | is_private
    for arcs in (*pairs, *sequences):
        is_split[way.head[np.array(arcs[:-1])]] = True
    keys = np.array(sorted(a * len(way.ms) + b for a, b in pairs), np.int64)
    ruled = replace(
        way, is_ends=np.asarray(is_ends), is_split=is_split, part=part, is_shut=is_shut,
        is_private=is_private, forbidden=keys, sequences=tuple(sequences),
    )  # fmt: skip
    return ruled, [*pairs, *(arcs[-2:] for arcs in sequences)]


def _without_turning_round(
    way: Passage, ms: NDArray[np.float64], last: list[tuple[int, ...]]
) -> Passage:
    """Split the nodes at which turning round would evade a turn restriction, by these times."""
    last = [pair for pair in last if np.isfinite(ms[list(pair)]).all()]
    if not last or way.is_split.all():
        return way
    onward = arcs_onward(
        ms, way.tail, way.head,
        may_turn=way.may_turn, is_ruled=way.is_split, is_dead_end=way.is_dead_end,
    )  # fmt: skip
    is_near, cut_short = nodes_to_turn_round(
        ms, way.head, way.tail_ms, is_ends=way.is_ends, onward=onward, pairs=last
    )
    return replace(way, is_split=way.is_split | is_near, cut_short=max(way.cut_short, cut_short))


def _turns_for(
    way: Passage, rules: RoadRules, bit: np.uint8, *, is_reversed: bool
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return the pairs and the longer sequences of arcs that a vehicle may not follow."""
    pairs: set[tuple[int, ...]] = set()
    longer: set[tuple[int, ...]] = set()
    for row in np.flatnonzero(rules.turn_vehicles & bit).tolist():
        arcs = rules.turn_arc[rules.turn_start[row] : rules.turn_start[row + 1]]
        arcs = arcs[::-1] ^ 1 if is_reversed else arcs
        if way.is_usable[arcs].all():
            (pairs if len(arcs) == 2 else longer).add(tuple(arcs.tolist()))
    return sorted(pairs), sorted(longer)


def _parts(
    way: Passage, is_cut: NDArray[np.bool_], is_shut: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the part of each arc as barriers cut the roads, and which lie behind a private one.

    Of the parts that private barriers join, those of `LONG_PART_M` and the longest are public;
    the streets of the others serve first and last legs.
    """
    roads = way.roads
    is_open = np.asarray(way.is_usable.reshape(-1, 2).any(axis=1))
    label = _labels(roads, is_open, is_cut)
    whole = _labels(roads, is_open, is_shut)
    length = np.bincount(label[is_open], weights=roads.length_m[is_open], minlength=1)
    size = np.where(is_open, length[label], -1.0)
    order = np.lexsort((label, -size, whole))
    is_first = np.ones(len(order), bool)
    is_first[1:] = np.diff(whole[order]) != 0
    longest = np.zeros(int(whole.max(initial=0)) + 1, np.int64)
    longest[whole[order[is_first]]] = label[order[is_first]]
    is_behind = is_open & (label != longest[whole]) & (size < LONG_PART_M)
    return np.repeat(label, 2), np.repeat(is_behind, 2)


def _labels(
    roads: RoadNetwork, is_open: NDArray[np.bool_], is_cut: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the component of each edge where some nodes join nothing; -1 where it is closed."""
    nodes, edges = roads.node_count, roads.edge_count
    ends = roads.edge_node.astype(np.int64)
    apart = nodes + np.arange(2 * edges).reshape(-1, 2)
    ends = np.where(is_cut[ends], apart, ends)[is_open]
    size = nodes + 2 * edges
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, label = connected_components(links.tocsr(), directed=False)
    found = np.full(edges, -1, np.int64)
    _, found[is_open] = np.unique(label[ends[:, 0]], return_inverse=True)
    return found
