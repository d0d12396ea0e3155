"""The roads as one mode may use them, ready to be searched from the facilities.

A graph has one layer for a plain mode and two for a mode that changes on the
way (walk, then ride). In a layer each edge has an impedance in both directions
and each of its ends a *state*: the position of a traveller who came along the edge
to that end. Without turn penalties the state is the node; with them it is the
arc that was travelled, so that the turn out of it is known.

Times are stored as they run towards the facility. For trips *from* the
facility every edge is reversed first, so nothing else need know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.impedance import (
    MS_PER_HOUR_OVER_KM,
    MS_PER_MINUTE,
    closed_edges,
    impedance,
    is_open_to,
    walkable_edges,
)
from batu_geo.network.nearest_edge import EdgeIndex
from batu_geo.network.turns import turn_transitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.roads import RoadNetwork

NO_EDGE = -1
SECOND_MS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One way of moving: its impedances and where they lead.

    Attributes
    ----------
    mode
        Name of the mode.
    edge_ms
        Milliseconds along each edge and against it, towards the facility,
        float64 [m, 2]; inf where closed.
    end_state
        State after travelling an edge to its start and to its end, int32 [m, 2].
    local_ms
        The same for a trip that begins or ends on the edge: along it by the mode or on
        foot, whichever is quicker, float64 [m, 2]; inf where it is closed to both.
    is_joinable
        Edges that a point beside them may join, whatever the scenario closes, bool [m].
    board_ms
        Milliseconds before a trip may begin in this layer.
    """

    mode: str
    edge_ms: NDArray[np.float64]
    local_ms: NDArray[np.float64]
    end_state: NDArray[np.int32]
    is_joinable: NDArray[np.bool_]
    board_ms: float

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Edges the mode may travel in one direction at least, bool [m]."""
        return np.asarray(np.isfinite(self.edge_ms).any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class ModeGraph:
    """One mode on the roads.

    Attributes
    ----------
    roads
        The network whose edges are meant.
    layers
        One, or two for a mode that changes on the way.
    walk_ms_per_m
        Milliseconds a metre on foot between a door and the road.
    outward
        Arcs between states as a search from the facilities follows them,
        against the way of the traveller; data are milliseconds.
    arc_edge
        For each stored arc twice its edge, plus one where the traveller goes
        against it; -1 where no edge is travelled, int32.
    tail_ms
        Milliseconds lost on passing each node, float64 [n].
    has_turns
        Whether states are arcs.
    edges
        Every edge, to be searched by place.
    without_closures
        The same mode where the scenario closes nothing; None where it closes nothing anyway.
    """

    roads: RoadNetwork
    layers: tuple[Layer, ...]
    walk_ms_per_m: float
    outward: csr_array
    arc_edge: NDArray[np.int32]
    tail_ms: NDArray[np.float64]
    has_turns: bool
    edges: EdgeIndex
    without_closures: ModeGraph | None = None

    @property
    def state_count(self) -> int:
        """Number of states a search answers for."""
        return int(self.outward.shape[0])


def mode_graph(roads: RoadNetwork, scenario: Scenario, *, mode: str) -> ModeGraph:
    """Return the network as a mode of a scenario sees it.

    Every edge is kept, however short the part of the network that it belongs to:
    whether a facility can be reached is found by the search.

    Parameters
    ----------
    roads
        The network.
    scenario
        Its modes, speed set, closures and direction of travel.
    mode
        Name of the mode.
    """
    settings = scenario.modes[mode]
    modes = [mode, settings.then] if settings.then else [mode]
    tail_ms = np.where(_degree(roads) >= 3, settings.crossing_s * SECOND_MS, 0.0)
    both = [_layer(roads, scenario, name, number, tail_ms) for number, name in enumerate(modes)]
    layers, arcs = tuple(layer for layer, _ in both), [between for _, between in both]
    if len(layers) > 1:
        board_ms = settings.wait_minutes * MS_PER_MINUTE
        layers = (layers[0], replace(layers[1], board_ms=board_ms))
        arcs.append(_boarding(roads, layers[1]))
    states = 2 * roads.edge_count if settings.turn_s else len(layers) * roads.node_count
    outward, arc_edge = _fastest(np.hstack(arcs), states)
    return ModeGraph(
        roads=roads,
        layers=layers,
        walk_ms_per_m=MS_PER_HOUR_OVER_KM / settings.door_speed_kmh,
        outward=outward,
        arc_edge=arc_edge,
        tail_ms=tail_ms,
        has_turns=bool(settings.turn_s),
        edges=EdgeIndex(roads),
        without_closures=_without_closures(roads, scenario, modes),
    )


def _without_closures(
    roads: RoadNetwork, scenario: Scenario, modes: Sequence[str]
) -> ModeGraph | None:
    """Return a mode where the scenario closes nothing, None where it closes nothing anyway."""
    closures = {
        *scenario.closures_for_walkers,
        *(c for m in modes for c in scenario.closures_for(m)),
    }
    if not closures:
        return None
    return mode_graph(roads, scenario.model_copy(update={"closures": ()}), mode=modes[0])


def _layer(
    roads: RoadNetwork,
    scenario: Scenario,
    mode: str,
    number: int,
    tail_ms: NDArray[np.float64],
) -> tuple[Layer, NDArray[np.float64]]:
    """Return a layer of a graph and the arcs between its states."""
    settings = scenario.modes[mode]
    edge_ms = _edge_ms(roads, scenario, mode)
    if settings.turn_s:
        state, arcs = turn_transitions(roads, edge_ms, settings.turn_s * SECOND_MS, tail_ms)
    else:
        state, arcs = _node_arcs(roads, edge_ms, tail_ms, number)
    # Who changes on the way walks in the first layer already.
    on_foot = number > 0 or settings.vehicle == "foot"
    walk_ms_per_m = np.inf if on_foot else MS_PER_HOUR_OVER_KM / settings.door_speed_kmh
    local_ms, is_joinable = _on_own_street(roads, scenario, mode, edge_ms, walk_ms_per_m)
    return Layer(mode, edge_ms, local_ms, state, is_joinable, board_ms=0.0), arcs


def _edge_ms(roads: RoadNetwork, scenario: Scenario, mode: str) -> NDArray[np.float64]:
    """Return the impedance of each edge along it and against it, towards the facility."""
    edge_ms = impedance(
        roads,
        scenario.modes[mode],
        speed_set=scenario.travel.speed_set,
        closures=scenario.closures_for(mode),
    )
    return edge_ms[:, ::-1] if scenario.travel.direction == "from_facility" else edge_ms


def _on_own_street(
    roads: RoadNetwork,
    scenario: Scenario,
    mode: str,
    edge_ms: NDArray[np.float64],
    walk_ms_per_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the times of trips that begin or end on an edge, and the edges points may join.

    Everybody may walk along the own street to its ends unless it is closed to walkers:
    one that is one-way or closed to the vehicle serves nobody worse than on foot. Joins
    are made before closures, so that closing a street moves nobody to another one.
    """
    is_lawful = is_open_to(roads, scenario.modes[mode])
    if np.isinf(walk_ms_per_m):
        return edge_ms, is_lawful & ~roads.is_out_of_reach
    is_walkable = walkable_edges(roads)
    on_foot = np.where(is_walkable, np.rint(roads.length_m * walk_ms_per_m), np.inf)
    for closure in scenario.closures_for_walkers:
        on_foot[closed_edges(roads, closure)] = np.inf
    is_joinable = (is_lawful | is_walkable) & ~roads.is_out_of_reach
    return np.minimum(edge_ms, on_foot[:, None]), is_joinable


def _degree(roads: RoadNetwork) -> NDArray[np.int64]:
    return np.bincount(roads.edge_node.ravel(), minlength=roads.node_count)


def _node_arcs(
    roads: RoadNetwork, edge_ms: NDArray[np.float64], tail_ms: NDArray[np.float64], layer: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the states of edge ends, which are nodes, and the arcs between them.

    Arcs are rows: from state, to state, milliseconds, twice the edge plus side.
    """
    state = (roads.edge_node + layer * roads.node_count).astype(np.int32)
    start, end = state.T
    tail = tail_ms[roads.edge_node]
    edge = 2 * np.arange(roads.edge_count)
    forward = np.vstack([start, end, edge_ms[:, 0] + tail[:, 0], edge])
    backward = np.vstack([end, start, edge_ms[:, 1] + tail[:, 1], edge + 1])
    return state, np.hstack([forward, backward])


def _boarding(roads: RoadNetwork, ride: Layer) -> NDArray[np.float64]:
    """Return the arcs on which a traveller changes from walking to riding."""
    nodes = np.unique(roads.edge_node[ride.is_open])
    return np.vstack(
        [
            nodes,
            nodes + roads.node_count,
            np.full(len(nodes), ride.board_ms),
            np.full(len(nodes), NO_EDGE),
        ]
    )


def _fastest(arcs: NDArray[np.float64], states: int) -> tuple[csr_array, NDArray[np.int32]]:
    """Return the outward matrix, of parallel arcs the fastest, and the edge of each arc."""
    arcs = arcs[:, np.isfinite(arcs[2])]
    here, there, ms, edge = arcs
    arcs = arcs[:, np.lexsort((edge, ms, here, there))]
    is_first = np.ones(arcs.shape[1], bool)
    is_first[1:] = (arcs[:2, 1:] != arcs[:2, :-1]).any(axis=0)
    here, there, ms, edge = arcs[:, is_first]
    indptr = np.searchsorted(there, np.arange(states + 1)).astype(np.int32)
    matrix = csr_array((ms, here.astype(np.int32), indptr), shape=(states, states))
    return matrix, edge.astype(np.int32)
