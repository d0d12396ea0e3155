"""Nodes at which turning round would evade a turn restriction."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    MayTurn = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]

FARTHEST = 5_000


def nodes_to_turn_round(
    ms: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    tail_ms: NDArray[np.float64],
    *,
    may_turn: MayTurn,
    pairs: Sequence[tuple[int, ...]],
) -> NDArray[np.bool_]:
    """Return the nodes whose state must be an arc so that nobody turns round to evade a rule.

    Where ``i`` to ``k`` is forbidden, a vehicle might leave by another street ``j``, turn round
    and come back to ``k``. Round the block or by a dead end that is lawful, and takes a certain
    time; all nodes that are nearer than that along ``j`` are returned. Turning round farther
    out than the lawful way back is never the quickest, so no other node needs more states.

    Parameters
    ----------
    ms, tail, head, tail_ms
        Milliseconds and nodes of each arc, and what passing a node costs.
    may_turn
        Which pairs of arcs may follow each other, turning round at dead ends alone.
    pairs
        Pairs of arcs that may not.
    """
    is_near = np.zeros(len(tail_ms), bool)
    if not pairs:
        return is_near
    order = np.argsort(tail, kind="stable")
    low = np.searchsorted(tail[order], np.arange(len(tail_ms) + 1))

    def onward(arc: int) -> list[int]:
        node = int(head[arc])
        out = order[low[node] : low[node + 1]]
        out = out[np.isfinite(ms[out])]
        allowed = may_turn(np.full(len(out), arc), out)
        return [int(next_arc) for next_arc in out[allowed]]

    searched: set[int] = set()
    for first, last in pairs:
        for arc in onward(first):
            back = arc ^ 1
            if arc in searched or np.isinf(ms[back]) or back == first or last not in onward(back):
                continue
            searched.add(arc)
            is_near[_nearer_than_the_way_back(arc, onward, ms, head, tail_ms)] = True
    return is_near


def _nearer_than_the_way_back(
    arc: int,
    onward: Callable[[int], list[int]],
    ms: NDArray[np.float64],
    head: NDArray[np.int64],
    tail_ms: NDArray[np.float64],
) -> list[int]:
    """Return the nodes reached by an arc before the vehicle can be back by the same street."""
    found: list[int] = []
    done: set[int] = set()
    queue = [(float(ms[arc]), arc)]
    while queue and len(done) < FARTHEST:
        spent, here = heapq.heappop(queue)
        if here in done:
            continue
        done.add(here)
        if here == arc ^ 1:
            break
        node = int(head[here])
        found.append(node)
        for after in onward(here):
            if after not in done:
                heapq.heappush(queue, (spent + float(ms[after]) + float(tail_ms[node]), after))
    return found
