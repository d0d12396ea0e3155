"""Whom a barrier on a node of a street stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.law.access_law import CLOSED, ENDS, law, said

if TYPE_CHECKING:
    from collections.abc import Mapping

# Vehicles whose width and height a barrier limits.
WIDE = ("car", "ambulance")


class Gate(NamedTuple):
    """A barrier: bits of `VEHICLES` it stops, and of those that may pass to begin or end a trip.

    `by_setting` are stopped only where the scenario says so. `width_m` and `height_m` are what
    it leaves open, NaN where nothing is said.
    """

    kind: str
    closed: int
    ends_only: int
    by_setting: int
    width_m: float
    height_m: float

    @property
    def is_open(self) -> bool:
        """Return whether it stops nobody whatever the scenario says."""
        bits = self.closed | self.ends_only | self.by_setting
        return not bits and self.width_m != self.width_m and self.height_m != self.height_m


def gate_of(
    tags: Mapping[str, str], *, width_m: float = float("nan"), height_m: float = float("nan")
) -> Gate:
    """Return whom a node stops. An access tag goes before what its kind of barrier does.

    >>> gate_of({"barrier": "bollard"}).closed, gate_of({"barrier": "bollard"}).by_setting
    (12, 2)
    >>> gate_of({"barrier": "gate", "access": "private"}).ends_only
    7
    >>> gate_of({"barrier": "bollard", "motor_vehicle": "yes"}).closed
    0
    """
    kind = tags.get("barrier", "")
    rule = law()["barriers"].get(kind, {"stops": []})
    is_locked = tags.get("locked") == "yes"
    closed = ends_only = by_setting = 0
    for number, vehicle in enumerate(VEHICLES):
        bit = 1 << number
        meaning = said(tags, vehicle).meaning
        if meaning == CLOSED or (not meaning and (is_locked or vehicle in rule["stops"])):
            closed |= bit
        elif meaning == ENDS:
            ends_only |= bit
        elif not meaning and vehicle in rule.get("setting", ()):
            by_setting |= bit
    return Gate(kind, closed, ends_only, by_setting, width_m, height_m)


def is_known_barrier(kind: str) -> bool:
    """Return whether the law has a row for a kind of barrier; others let everybody pass."""
    return not kind or kind in law()["barriers"]
