"""Rules that stand on nodes and relations, each with its place, its tags and why it is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.law.barrier_law import gate_of, is_known_barrier
from batu_geo.network.law.time_rules import CONDITIONAL
from batu_geo.network.law.turn_law import turn_tags
from batu_geo.network.road_rules import RuleNote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from batu_geo.sources.osm.restrictions import Restriction

# Why a turn restriction is not used, by what its drop is counted as.
WHY_NOT = {
    "turn rules of other vehicles": "other_vehicles",
    "turn rules on red": "on_red",
    "odd turn rules": "odd",
}
NOWHERE = (None, None)
SHOWN = ("barrier", "access", "foot", "vehicle", "motor_vehicle", "motorcar", "motorcycle",
         "emergency", "locked", "opening_hours", "restriction", "except", "width", "maxwidth",
         "height", "maxheight", "oneway")  # fmt: skip
Place = tuple[float | None, float | None]


def tag_text(tags: Mapping[str, str]) -> str:
    """Return the tags that bear on a rule as OpenStreetMap writes them.

    >>> tag_text({"type": "restriction", "restriction": "no_u_turn", "note": "x"})
    'restriction=no_u_turn'
    """
    kept = [key for key in tags if key.partition(":")[0] in SHOWN]
    order = sorted(kept, key=lambda key: (SHOWN.index(key.partition(":")[0]), key))
    return "; ".join(f"{key}={tags[key]}" for key in order)


def places_of(
    wanted: set[int], node_id: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> dict[int, Place]:
    """Return the longitude and latitude of those nodes that are there, by id."""
    rows = np.flatnonzero(np.isin(node_id, np.array(sorted(wanted), np.int64)))
    found = zip(node_id[rows].tolist(), lon[rows].tolist(), lat[rows].tolist(), strict=True)
    return {number: (x, y) for number, x, y in found if abs(x) <= 180 and abs(y) <= 90}


def barrier_notes(
    node_tags: Mapping[int, Mapping[str, str]], places: Mapping[int, Place]
) -> Iterator[RuleNote]:
    """Yield a note for each barrier on a node of a road, and for each of its rules by time."""
    for number, tags in sorted(node_tags.items()):
        if number not in places:
            continue
        gate = gate_of(tags)
        is_narrow = any(key in tags for key in ("width", "maxwidth", "height", "maxheight"))
        why = "stops_nobody" if gate.is_open and not is_narrow else ""
        if why and not is_known_barrier(gate.kind):
            why = "unknown_kind"
        text = tag_text(tags)
        yield RuleNote("barrier", number, text, why, *places[number], -1)
        if "opening_hours" in tags or any(key.endswith(CONDITIONAL) for key in tags):
            yield RuleNote("time_rule", number, text, "time_of_barrier", *places[number], -1)


def turn_notes(
    restrictions: Iterable[Restriction], places: Mapping[int, Place]
) -> Iterator[RuleNote]:
    """Yield a note for each turn restriction, with why all of it is not used."""
    for relation in restrictions:
        found, reasons = turn_tags(relation.tags)
        why = next((WHY_NOT[reason] for reason in reasons if not found), "")
        if found and not relation.is_whole:
            why = "broken"
        place = places.get(relation.via_node or 0, NOWHERE)
        way = next(iter(relation.ways("from")), -1)
        tag = tag_text(relation.tags)
        yield RuleNote("turn_rule", relation.relation_id, tag, why, *place, way)
