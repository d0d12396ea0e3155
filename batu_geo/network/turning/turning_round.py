"""Nodes at which turning round would evade a turn restriction."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.roads import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    MayTurn = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]

FARTHEST = 5_000


class _Town(NamedTuple):
    """The arcs of a vehicle: what follows each, its time, head, and which streets it is of."""

    onward: Callable[[int], list[int]]
    ms: Sequence[float]
    head: Sequence[int]
    tail_ms: Sequence[float]
    is_ends: Sequence[bool]
    is_through: Sequence[bool]


class _Reached(NamedTuple):
    """Nodes that an arc reaches, when it is back (else the limit), and whether more are left."""

    nodes: list[int]
    back_ms: float
    is_cut_short: bool


def nodes_to_turn_round(
    ms: NDArray[np.float64],
    head: NDArray[np.int64],
    tail_ms: NDArray[np.float64],
    *,
    is_ends: NDArray[np.bool_],
    onward: Callable[[int], list[int]],
    pairs: Sequence[tuple[int, ...]],
) -> tuple[NDArray[np.bool_], int]:
    """Return the nodes whose state must be an arc so that nobody turns round to evade a rule.

    Where ``i`` to ``k`` is forbidden, a vehicle might leave by another street ``j``, turn round
    and come back to ``k``. Round the block or by a dead end that is lawful, and takes a certain
    time; all nodes that are nearer than that along ``j`` are returned. Turning round farther
    out than the lawful way back is never the quickest, so no other node needs more states. A
    search stops after `FARTHEST` arcs; how many did is returned too: beyond those arcs a vehicle
    may turn round on them.

    Parameters
    ----------
    ms, head, tail_ms
        Milliseconds of each arc, the node it leads to, and what passing a node costs.
    is_ends
        Arcs for first and last legs only.
    onward
        From an arc to the arcs that may follow it, from `arcs_onward`.
    pairs
        Pairs of arcs that may not.
    """
    is_near = np.zeros(len(tail_ms), bool)
    town = _Town(
        onward, ms.tolist(), head.tolist(), tail_ms.tolist(), is_ends.tolist(), (~is_ends).tolist()
    )
    searched: set[int] = set()
    cut_short = 0
    for first, last in pairs:
        for arc in onward(first):
            back = arc ^ 1
            if arc in searched or np.isinf(ms[back]) or back == first or last not in onward(back):
                continue
            searched.add(arc)
            found = _nearer_than_the_way_back(arc, town)
            is_near[found.nodes] = True
            cut_short += found.is_cut_short
    return is_near, cut_short


def arcs_onward(
    ms: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    *,
    may_turn: MayTurn,
    is_ruled: NDArray[np.bool_],
    is_dead_end: NDArray[np.bool_],
) -> Callable[[int], list[int]]:
    """Return the function from an open arc to the open arcs that may follow it.

    Parameters
    ----------
    ms, tail, head
        Milliseconds of each arc (inf where closed), and its nodes.
    may_turn
        Which pairs of arcs may follow each other at a node with barriers or rules.
    is_ruled
        Those nodes; at the others every arc may follow but the one back.
    is_dead_end
        Nodes where the one back may follow too.
    """
    is_open = np.isfinite(ms)
    order = np.flatnonzero(is_open)
    order = order[np.argsort(tail[order], kind="stable")]
    low = np.searchsorted(tail[order], np.arange(len(is_ruled) + 1))
    into = np.flatnonzero(is_ruled[head] & is_open)
    count = low[head[into] + 1] - low[head[into]]
    first, second = np.repeat(into, count), order[slices(low[head[into]], count)]
    allowed = may_turn(first, second)
    at_rules: dict[int, list[int]] = {arc: [] for arc in into.tolist()}
    for arc, after in zip(first[allowed].tolist(), second[allowed].tolist(), strict=True):
        at_rules[arc].append(after)
    starts, leaving, node_of = low.tolist(), order.tolist(), head.tolist()
    turns_round = is_dead_end.tolist()

    def onward(arc: int) -> list[int]:
        if arc in at_rules:
            return at_rules[arc]
        node, back = node_of[arc], arc ^ 1
        out = leaving[starts[node] : starts[node + 1]]
        return out if turns_round[node] else [after for after in out if after != back]

    return onward


def _nearer_than_the_way_back(arc: int, town: _Town) -> _Reached:
    """Return the nodes reached by an arc before the vehicle can be back by the same street.

    It cannot be back through streets for first and last legs only, unless it is on one: then
    all of them serve, and it may turn round on any street nearer than that.
    """
    is_same = town.is_ends if town.is_ends[arc] else town.is_through
    found = _reached(arc, town, is_same, math.inf)
    if not town.is_ends[arc]:
        return found
    nearer = _reached(arc, town, None, found.back_ms)
    return nearer._replace(is_cut_short=nearer.is_cut_short or found.is_cut_short)


def _reached(arc: int, town: _Town, is_kept: Sequence[bool] | None, limit: float) -> _Reached:
    """Return the nodes reached by an arc within a limit or before it is back."""
    ms, head, tail_ms = town.ms, town.head, town.tail_ms
    found: list[int] = []
    done: set[int] = set()
    queue = [(ms[arc], arc)]
    while queue and queue[0][0] <= limit and len(done) < FARTHEST:
        spent, here = heapq.heappop(queue)
        if here in done:
            continue
        done.add(here)
        if here == arc ^ 1:
            return _Reached(found, spent, is_cut_short=False)
        node = head[here]
        found.append(node)
        for after in town.onward(here):
            if after not in done and (is_kept is None or is_kept[after]):
                heapq.heappush(queue, (spent + ms[after] + tail_ms[node], after))
    is_cut_short = bool(queue) and queue[0][0] <= limit
    return _Reached(found, limit, is_cut_short)
