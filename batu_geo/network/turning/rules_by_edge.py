"""Rules of ways and nodes laid on the edges and nodes of a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.road_rules import RoadRules
from batu_geo.network.turning.turn_rules import resolved_turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.road_rules import Numbering, WayRules
    from batu_geo.network.roads import RoadNetwork


def with_rules(
    roads: RoadNetwork, rules: WayRules, numbering: Numbering, counts: dict[str, int]
) -> RoadNetwork:
    """Return a network with the rules of its ways and nodes; count what binds nothing here."""
    way = numbering.way
    ids = np.array(sorted(rules.gates), np.int64)
    node = numbering.of(ids)
    ids, node = ids[node >= 0], node[node >= 0]
    gates = [rules.gates[number] for number in ids.tolist()]
    turns = resolved_turns(roads, rules.turns, numbering, counts)
    ferry_kmh = _ferry_kmh(roads, rules.duration_min, way)
    found = RoadRules(
        ends_only=rules.ends_only[way],
        opened=rules.opened[way],
        width_m=rules.width_m[way],
        gate_node=node,
        gate_closed=np.array([gate.closed for gate in gates], np.uint8),
        gate_ends_only=np.array([gate.ends_only for gate in gates], np.uint8),
        gate_by_setting=np.array([gate.by_setting for gate in gates], np.uint8),
        gate_width_m=np.array([gate.width_m for gate in gates], np.float64),
        gate_height_m=np.array([gate.height_m for gate in gates], np.float64),
        gate_kind=tuple(gate.kind for gate in gates),
        turn_start=np.r_[0, np.cumsum([len(turn.arcs) for turn in turns])].astype(np.int64),
        turn_arc=np.array([arc for turn in turns for arc in turn.arcs], np.int64),
        turn_vehicles=np.array([turn.vehicles for turn in turns], np.uint8),
        turn_relation=np.array([turn.relation_id for turn in turns], np.int64),
        turn_condition=tuple(turn.condition for turn in turns),
        timed={str(number): dict(tags) for number, tags in sorted(rules.timed.items())},
        notes=rules.notes,
    )
    maxspeed = np.where(np.isfinite(ferry_kmh), ferry_kmh, roads.maxspeed_kmh)
    return replace(roads, rules=found, maxspeed_kmh=maxspeed)


def _ferry_kmh(
    roads: RoadNetwork, duration_min: NDArray[np.float64], way: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the speed at which a ferry keeps its duration, by edge; NaN elsewhere."""
    metres = np.bincount(way, weights=roads.length_m, minlength=len(duration_min))
    with np.errstate(invalid="ignore", divide="ignore"):
        kmh = metres / 1000 / (duration_min / 60)
    return np.asarray(kmh[way])
