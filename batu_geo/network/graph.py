"""The roads as one mode may use them, ready to be searched from the facilities.

A graph has one layer for a plain mode and two for a mode that changes on the
way (walk, then ride). In a layer each edge has an impedance in both directions
and each of its ends a *state*: the position of a traveller who came along the edge
to that end (`batu_geo.network.turning.states`).

Times are stored as they run towards the facility. For trips *from* the
facility every edge is reversed first, so nothing else need know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.arrays import best_of_each
from batu_geo.network.impedance import (
    MS_PER_HOUR_OVER_KM,
    MS_PER_MINUTE,
    closed_edges,
    impedance,
    is_open_to,
    walkable_edges,
)
from batu_geo.network.nearest_edge import edges_of
from batu_geo.network.rules_in_force import lawful
from batu_geo.network.turning.passage import passage
from batu_geo.network.turning.states import NO_EDGE, layer_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.nearest_edge import EdgeIndex
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.turning.states import States

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
    states
        Where a traveller stands who came along an edge, or against it.
    local_ms
        The same for a trip that begins or ends on the edge: along it by the mode or on
        foot, whichever is quicker, float64 [m, 2]; inf where it is closed to both.
    is_joinable
        Edges that a point beside them may join, whatever the scenario closes, bool [m].
    is_ends
        Edges open to first and last legs only, bool [m].
    board_ms
        Milliseconds before a trip may begin in this layer.
    cut_short
        Turn restrictions that turning round far away might evade, as in `Passage`.
    """

    mode: str
    edge_ms: NDArray[np.float64]
    local_ms: NDArray[np.float64]
    states: States
    is_joinable: NDArray[np.bool_]
    is_ends: NDArray[np.bool_]
    board_ms: float
    cut_short: int = 0

    @property
    def end_state(self) -> NDArray[np.int32]:
        """State after travelling an edge to its start and to its end, int32 [m, 2]."""
        return self.states.end_state

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Edges the mode may travel in one direction at least, bool [m]."""
        return np.asarray(np.isfinite(self.edge_ms).any(axis=1))


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
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
    first_state
        Number of the first state of each layer beyond those that are nodes.
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
    first_state: tuple[int, ...]
    edges: EdgeIndex
    without_closures: ModeGraph | None = None

    @property
    def state_count(self) -> int:
        """Number of states a search answers for."""
        return int(self.outward.shape[0])

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Metres of each edge."""
        return self.roads.length_m

    def __repr__(self) -> str:
        """Return the size in two lines."""
        return (
            f"ModeGraph: {self.state_count:,} states, {self.outward.nnz:,} arcs\n  {self.roads!r}"
        )

    def layer_of(self, state: int) -> int:
        """Return the number of the layer a state belongs to."""
        by_node = len(self.layers) * self.roads.node_count
        if state < by_node:
            return state // self.roads.node_count
        return sum(state >= first for first in self.first_state[1:])


def mode_graph(
    roads: RoadNetwork, scenario: Scenario, *, mode: str, free: ModeGraph | None = None
) -> ModeGraph:
    """Return the network as a mode of a scenario sees it.

    Every edge is kept, however short the part of the network that it belongs to:
    whether a facility can be reached is found by the search.

    Parameters
    ----------
    roads, scenario
        The network; modes, speed set, closures and direction of travel.
    mode
        Name of the mode.
    free
        The same mode of the same roads where the scenario closes nothing, if that is known.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> foot = mode_graph(study.roads, bg.load_scenario("baseline"), mode="foot")
    >>> foot.state_count >= study.roads.node_count
    True
    """
    settings = scenario.modes[mode]
    modes = [mode, settings.then] if settings.then else [mode]
    roads = free.roads if free else lawful(roads, scenario)
    tail_ms = np.where(_degree(roads) >= 3, settings.crossing_s * SECOND_MS, 0.0)
    layers, first_state = list[Layer](), [len(modes) * roads.node_count]
    for number, name in enumerate(modes):
        known = free.layers[number].edge_ms if free else None
        layers.append(_layer(roads, scenario, name, (number, first_state[-1]), tail_ms, known))
        first_state.append(first_state[-1] + layers[-1].states.spare_count)
    arcs = [layer.states.arcs for layer in layers]
    if settings.then:
        layers[1] = replace(layers[1], board_ms=settings.wait_minutes * MS_PER_MINUTE)
        arcs.append(_boarding(roads, layers[1]))
    outward, arc_edge = _fastest(np.hstack(arcs), first_state[-1])
    return ModeGraph(
        roads=roads,
        layers=tuple(layers),
        walk_ms_per_m=MS_PER_HOUR_OVER_KM / settings.door_speed_kmh,
        outward=outward,
        arc_edge=arc_edge,
        tail_ms=tail_ms,
        first_state=tuple(first_state[:-1]),
        edges=edges_of(roads),
        without_closures=_without_closures(roads, scenario, modes, free),
    )


def _without_closures(
    roads: RoadNetwork, scenario: Scenario, modes: Sequence[str], free: ModeGraph | None
) -> ModeGraph | None:
    """Return a mode where the scenario closes nothing, None where it closes nothing anyway."""
    closures = {
        *scenario.closures_for_walkers,
        *(c for m in modes for c in scenario.closures_for(m)),
    }
    if not closures:
        return None
    if free is not None:
        return free
    return mode_graph(roads, scenario.model_copy(update={"closures": ()}), mode=modes[0])


def _layer(
    roads: RoadNetwork,
    scenario: Scenario,
    mode: str,
    numbers: tuple[int, int],
    tail_ms: NDArray[np.float64],
    free_ms: NDArray[np.float64] | None,
) -> Layer:
    """Return a layer of a graph by its number, and that of its first state beyond nodes.

    `free_ms` are its impedances where the scenario closes nothing, if they are known.
    """
    settings, (number, spare) = scenario.modes[mode], numbers
    if free_ms is None:
        free_ms = _edge_ms(roads, scenario.model_copy(update={"closures": ()}), mode)
    edge_ms = free_ms
    if closures := scenario.closures_for(mode):
        if any(closure.speed_factor for closure in closures):
            edge_ms = _edge_ms(roads, scenario, mode)
        else:
            is_shut = np.any([closed_edges(roads, closure) for closure in closures], axis=0)
            edge_ms = np.where(is_shut[:, None], np.inf, free_ms)
    way = passage(
        roads, edge_ms, free_ms, settings.vehicle, tail_ms,
        is_reversed=scenario.travel.direction == "from_facility",
        is_every_turn=bool(settings.turn_s),
    )  # fmt: skip
    states = layer_states(
        way, first=number * roads.node_count, spare=spare, boards=number > 0,
        right_angle_ms=settings.turn_s * SECOND_MS,
    )  # fmt: skip
    # Who changes on the way walks in the first layer already.
    on_foot = number > 0 or settings.vehicle == "foot"
    walk_ms_per_m = np.inf if on_foot else MS_PER_HOUR_OVER_KM / settings.door_speed_kmh
    local_ms, is_joinable = _on_own_street(roads, scenario, mode, edge_ms, walk_ms_per_m)
    is_ends = np.asarray(way.is_ends.reshape(-1, 2).any(axis=1))
    return Layer(
        mode, edge_ms, local_ms, states, is_joinable, is_ends, board_ms=0.0,
        cut_short=way.cut_short,
    )  # fmt: skip


def _edge_ms(roads: RoadNetwork, scenario: Scenario, mode: str) -> NDArray[np.float64]:
    """Return the impedance of each edge along it and against it, towards the facility."""
    edge_ms = impedance(
        roads,
        scenario.modes[mode],
        speed_set=scenario.travel.speed_set,
        closures=scenario.closures_for(mode),
        ferry_wait_minutes=scenario.travel.ferry_wait_minutes,
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
    here, there, ms, edge = arcs[:, best_of_each((there * states + here).astype(int), ms, edge)]
    indptr = np.searchsorted(there, np.arange(states + 1)).astype(np.int32)
    matrix = csr_array((ms, here.astype(np.int32), indptr), shape=(states, states))
    return matrix, edge.astype(np.int32)
