"""States of a layer: where a traveller stands, as far as what may come next depends on it.

A state is a node. Only where that says too little there are more:

- At a node with a barrier or a turn restriction, or with turn penalties at every node, the
  state is the arc that was travelled, so that the turn out of it is known.
- Where streets are open to first and last legs only, a trip has three phases: it leaves such
  streets, travels, and enters such streets. A node there has a state for each phase, and the
  phase never goes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.roads import slices
from batu_geo.network.turning.sequences import followed_sequences
from batu_geo.network.turning.turns import turn_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.turning.passage import Passage

NO_EDGE = -1
LEAVING, TRAVELLING, ENTERING = range(3)


class Turns(NamedTuple):
    """Turns at nodes whose states are arcs, sorted by the arc turned into.

    `arc` and `phase` are turned into from `state`, which costs `ms` beside the arc itself.
    """

    arc: NDArray[np.int64]
    phase: NDArray[np.int64]
    state: NDArray[np.int64]
    ms: NDArray[np.float64]


class States(NamedTuple):
    """States of one layer.

    Attributes
    ----------
    end_state
        State after travelling an edge to its start and to its end, int32 [m, 2].
    entry_state
        State from which an edge is entered at its start and at its end, where a trip ends on
        it, int32 [m, 2]; -1 where `turns` has them.
    turns
        Turns where the state is an arc; None where there is no such node.
    standing_node, standing_state
        States that are arcs by the node they stand at, sorted by node.
    arcs
        From state, to state, milliseconds, twice the edge plus its side, float64 [4, k].
    spare_count
        States beyond one for each node.
    """

    end_state: NDArray[np.int32]
    entry_state: NDArray[np.int32]
    turns: Turns | None
    standing_node: NDArray[np.int64]
    standing_state: NDArray[np.int64]
    arcs: NDArray[np.float64]
    spare_count: int


class _Copies(NamedTuple):
    """Arcs by phase: an arc of a street for first and last legs is there twice."""

    arc: NDArray[np.int64]
    phase: NDArray[np.int64]
    head_state: NDArray[np.int64]


def layer_states(
    way: Passage, *, first: int, spare: int, boards: bool, right_angle_ms: float
) -> States:
    """Return the states of a layer and the arcs between them.

    Parameters
    ----------
    way
        What the vehicle may pass, in the direction of the search.
    first, spare
        Number of the state of node 0, and of the first state that is no node.
    boards
        Whether travellers change into this layer at its nodes.
    right_angle_ms
        What a right angle costs; 0 where turns cost nothing.
    """
    arc, phase = _arcs_by_phase(way)
    nodes, spare_end, links = _phase_states(way, arc, phase, first, spare)
    head, is_split = way.head[arc], way.is_split[way.head[arc]]
    head_state = nodes[head, phase]
    own = np.flatnonzero(is_split)
    head_state[own] = spare_end + np.arange(len(own))
    copies = _Copies(arc, phase, head_state)
    count = spare_end + len(own) - spare
    parts = [links, _from_nodes(way, copies, nodes)]
    turns = None
    if way.is_split.any():
        turns, more, added = _turns(way, copies, own, right_angle_ms, spare + count)
        parts += [more, _from_standing(way, copies, nodes, boards=boards)]
        count += added
        order = np.argsort(head[own], kind="stable")
        standing = (head[own][order], head_state[own][order])
    else:
        standing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    return States(
        end_state=_end_states(way, copies, nodes),
        entry_state=_entry_states(way, nodes),
        turns=turns,
        standing_node=standing[0],
        standing_state=standing[1],
        arcs=np.hstack(parts),
        spare_count=count,
    )


def _arcs_by_phase(way: Passage) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every usable arc, those for first and last legs twice, and the phase of each.

    One that the scenario closes is kept: who walks out of it turns at its end as before.
    """
    arcs = np.flatnonzero(way.is_usable)
    is_ends = way.is_ends[arcs]
    arc = np.concatenate([arcs[~is_ends], arcs[is_ends], arcs[is_ends]])
    phase = np.concatenate(
        [
            np.full(int((~is_ends).sum()), TRAVELLING),
            np.full(int(is_ends.sum()), LEAVING),
            np.full(int(is_ends.sum()), ENTERING),
        ]
    )
    return arc, phase


def _phase_states(
    way: Passage, arc: NDArray[np.int64], phase: NDArray[np.int64], first: int, spare: int
) -> tuple[NDArray[np.int64], int, NDArray[np.float64]]:
    """Return the state of each node and phase, int64 [n, 3], and the arcs from phase to phase."""
    count = len(way.is_split)
    nodes = np.repeat(first + np.arange(count)[:, None], 3, axis=1)
    if not way.is_ends.any():
        return nodes, spare, np.zeros((4, 0))
    touched = np.zeros(count, bool)
    is_ends = phase != TRAVELLING
    touched[way.head[arc[is_ends]]] = touched[way.tail[arc[is_ends]]] = True
    extra = np.flatnonzero(touched & ~way.is_split)
    nodes[extra, LEAVING] = spare + np.arange(len(extra))
    nodes[extra, ENTERING] = spare + len(extra) + np.arange(len(extra))
    free = np.zeros(2 * len(extra))
    links = np.vstack(
        [
            np.r_[nodes[extra, LEAVING], nodes[extra, TRAVELLING]],
            np.r_[nodes[extra, TRAVELLING], nodes[extra, ENTERING]],
            free,
            free + NO_EDGE,
        ]
    )
    return nodes, spare + 2 * len(extra), links


def _from_nodes(way: Passage, copies: _Copies, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the arcs that leave nodes whose state is the node."""
    kept = ~way.is_split[way.tail[copies.arc]]
    arc, phase = copies.arc[kept], copies.phase[kept]
    tail = way.tail[arc]
    ms = way.ms[arc] + way.tail_ms[tail]
    return np.vstack([nodes[tail, phase], copies.head_state[kept], ms, arc])


def _from_standing(
    way: Passage, copies: _Copies, nodes: NDArray[np.int64], *, boards: bool
) -> NDArray[np.float64]:
    """Return the arcs of travellers who did not arrive by the vehicle: they may go any way."""
    is_wanted = np.full(len(way.is_split), boards)
    is_wanted[way.head[~way.is_usable]] = True
    tail = way.tail[copies.arc]
    kept = (way.is_split & is_wanted)[tail]
    arc, tail = copies.arc[kept], tail[kept]
    ms = way.ms[arc] + way.tail_ms[tail]
    return np.vstack([nodes[tail, TRAVELLING], copies.head_state[kept], ms, arc])


def _turns(
    way: Passage, copies: _Copies, own: NDArray[np.intp], right_angle_ms: float, spare: int
) -> tuple[Turns, NDArray[np.float64], int]:
    """Return the turns at nodes whose states are arcs, and the arcs they make."""
    into = np.flatnonzero(way.is_split[way.tail[copies.arc]])
    into = into[np.argsort(way.tail[copies.arc[into]], kind="stable")]
    tail, head = way.tail[copies.arc[into]], way.head[copies.arc[own]]
    low, high = np.searchsorted(tail, head, "left"), np.searchsorted(tail, head, "right")
    one, other = np.repeat(own, high - low), into[slices(low, high - low)]
    may_follow = copies.phase[one] <= copies.phase[other]
    may_follow &= way.may_turn(copies.arc[one], copies.arc[other])
    one, other = one[may_follow], other[may_follow]
    first, second = copies.arc[one], copies.arc[other]
    extra = way.tail_ms[way.tail[second]] + turn_costs(way.roads, first, second, right_angle_ms)
    table = np.vstack(
        [copies.head_state[one], copies.head_state[other], extra, first, second,
         copies.phase[one], copies.phase[other]]
    )  # fmt: skip
    table, added = followed_sequences(table, way.sequences, spare)
    from_state, to_state, extra, _, second, _, phase = table
    arc = second.astype(np.int64)
    order = np.argsort(arc, kind="stable")
    turns = Turns(
        arc=arc[order],
        phase=phase[order].astype(np.int64),
        state=from_state[order].astype(np.int64),
        ms=extra[order],
    )
    return turns, np.vstack([from_state, to_state, extra + way.ms[arc], second]), added


def _end_states(way: Passage, copies: _Copies, nodes: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the state after each arc, as a traveller who begins a trip on it gets there."""
    state = nodes[way.head, LEAVING]  # on foot where the street is closed to the vehicle
    starts = np.flatnonzero(copies.phase != ENTERING)
    arc = copies.arc[starts]
    state[arc] = copies.head_state[starts]
    # Against the edge one gets to its start, along it to its end.
    return np.asarray(state.reshape(-1, 2)[:, ::-1], np.int32)


def _entry_states(way: Passage, nodes: NDArray[np.int64]) -> NDArray[np.int32]:
    phase = np.where(way.is_ends, ENTERING, TRAVELLING)
    state = np.where(way.is_split[way.tail], -1, nodes[way.tail, phase])
    return np.asarray(state.reshape(-1, 2), np.int32)
