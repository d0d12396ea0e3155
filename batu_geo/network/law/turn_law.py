"""What a turn restriction forbids, and to whom, from the tags of its relation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.law.time_rules import CONDITIONAL, timed_values

if TYPE_CHECKING:
    from collections.abc import Mapping

FOOT, MOTORCYCLE, CAR, AMBULANCE = (1 << number for number in range(len(VEHICLES)))
MOTOR = MOTORCYCLE | CAR | AMBULANCE
BITS = {
    "": MOTOR,
    "vehicle": MOTOR,
    "motor_vehicle": MOTOR,
    "motorcar": CAR | AMBULANCE,
    "motorcycle": MOTORCYCLE,
    "emergency": AMBULANCE,
    "foot": FOOT,
}


class TurnTag(NamedTuple):
    """One restriction of a relation: mandatory (`only_`) or not, for whom, and when."""

    is_only: bool
    vehicles: int
    condition: str


def turn_tags(tags: Mapping[str, str]) -> tuple[list[TurnTag], list[str]]:
    """Return the restrictions of a relation, and a reason for each that is not used.

    Of ``restriction:motorcycle`` and the like only motorcycles take notice; ``except`` frees
    those it lists. People on foot are bound by ``restriction:foot`` alone.

    >>> turn_tags({"restriction": "no_left_turn", "except": "psv;motorcycle"})[0]
    [TurnTag(is_only=False, vehicles=12, condition='')]
    """
    free = 0
    for word in tags.get("except", "").split(";"):
        free |= BITS.get(word.strip(), 0) if word.strip() else 0
    found: list[TurnTag] = []
    dropped: list[str] = []
    for key, text in tags.items():
        first, _, rest = key.partition(":")
        if first != "restriction":
            continue
        is_timed = key.endswith(CONDITIONAL)
        vehicle = rest.removesuffix("conditional").rstrip(":") if is_timed else rest
        if vehicle not in BITS:
            dropped.append("turn rules of other vehicles")
            continue
        values = timed_values(text) if is_timed else [(text.strip(), "")]
        for value, condition in values:
            if value.endswith("_on_red"):
                dropped.append("turn rules on red")
            elif value.startswith(("no_", "only_")):
                bits = BITS[vehicle] & ~free
                if bits:
                    found.append(TurnTag(value.startswith("only_"), bits, condition))
                else:
                    dropped.append("turn rules of other vehicles")
            else:
                dropped.append("odd turn rules")
        if not values:
            dropped.append("odd turn rules")
    return found, dropped if found or dropped else ["odd turn rules"]
