"""Rules of the road beyond what is closed: first and last legs, barriers, turns, times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.network.law.barrier_law import Gate


class TurnRule(NamedTuple):
    """A restriction by ids: from one way to another at a node, or over ways between them."""

    relation_id: int
    from_way: int
    to_way: int
    via_node: int | None
    via_ways: tuple[int, ...]
    is_only: bool
    vehicles: int
    condition: str


class RuleNote(NamedTuple):
    """A rule as a file has it; `kind` is ``barrier``, ``turn_rule`` or ``time_rule``.

    `osm_id` is that of its node, relation or way, `tag` its tags, `why_not` why it is not used
    (empty where it is), `way_id` a way that it binds (-1 for none); None where it has no place.
    """

    kind: str
    osm_id: int
    tag: str
    why_not: str
    lon: float | None
    lat: float | None
    way_id: int


@dataclass(frozen=True, slots=True, eq=False)
class WayRules:
    """Rules as a reader found them, by way and by node id.

    Attributes
    ----------
    ends_only
        Bits of `VEHICLES` that may only begin or end a trip there, forward and backward,
        uint8 [w, 2].
    opened
        Bits of vehicles that a tag lets onto a class not made for them, uint8 [w].
    width_m, duration_min
        Tagged width, and how long a ferry takes, float64 [w]; NaN where nothing is said.
    gates
        By node id: barriers that stop somebody.
    turns
        Turn restrictions.
    timed
        By way id: the tags of ways that have a rule by time.
    notes
        Every barrier and turn restriction, used or not, and reversible lanes.
    """

    ends_only: NDArray[np.uint8]
    opened: NDArray[np.uint8]
    width_m: NDArray[np.float64]
    duration_min: NDArray[np.float64]
    gates: Mapping[int, Gate]
    turns: tuple[TurnRule, ...]
    timed: Mapping[int, Mapping[str, str]]
    notes: tuple[RuleNote, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RoadRules:
    """The same by edge and node of a network.

    Attributes
    ----------
    ends_only, opened, width_m
        As in `WayRules`, by edge.
    gate_node
        Nodes with a barrier, int64 [g]; the other ``gate_`` fields are theirs, as in `Gate`.
    turn_start, turn_arc
        Arcs of forbidden sequence k are ``turn_arc[turn_start[k]:turn_start[k + 1]]``, each
        twice its edge, plus one against it.
    turn_vehicles, turn_relation, turn_condition
        Whom each binds as bits, the relation it comes from, and when it holds (empty: always).
    timed
        By way id, as text: the tags of ways with a rule by time.
    notes
        As in `WayRules`.
    """

    ends_only: NDArray[np.uint8]
    opened: NDArray[np.uint8]
    width_m: NDArray[np.float64]
    gate_node: NDArray[np.int64]
    gate_closed: NDArray[np.uint8]
    gate_ends_only: NDArray[np.uint8]
    gate_by_setting: NDArray[np.uint8]
    gate_width_m: NDArray[np.float64]
    gate_height_m: NDArray[np.float64]
    gate_kind: tuple[str, ...]
    turn_start: NDArray[np.int64]
    turn_arc: NDArray[np.int64]
    turn_vehicles: NDArray[np.uint8]
    turn_relation: NDArray[np.int64]
    turn_condition: tuple[str, ...]
    timed: Mapping[str, Mapping[str, str]]
    notes: tuple[RuleNote, ...] = ()


class Numbering(NamedTuple):
    """How a network was numbered: the way of each edge, node ids, and their junction or -1."""

    way: NDArray[np.intp]
    node_id: NDArray[np.int64]
    junction: NDArray[np.int64]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the junction of each node id, -1 where it is none."""
        at = np.searchsorted(self.node_id, ids)
        at = np.minimum(at, max(len(self.node_id) - 1, 0))
        if not len(self.node_id):
            return np.full(len(ids), -1)
        return np.where(self.node_id[at] == ids, self.junction[at], -1)
