"""The state of a candidate building: one ordered vocabulary, and the codes files have for it.

The tables that are written keep two codes for it: ``suitability`` (whether the hard rules are
met) and ``readiness`` (in the terms of the Indonesian asset ledger). A scenario asks for the
least state by its lower-case name (``siting.least_readiness``).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from batu_geo.domain.tables import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable


class BuildingState(IntEnum):
    """How far a building is from becoming a unit; a higher state is readier."""

    REFUSED = 0
    TO_VERIFY = 1
    WITH_WORKS = 2
    READY = 3


SUITABILITY = {
    BuildingState.REFUSED: "refused",
    BuildingState.TO_VERIFY: "to_verify",
    BuildingState.WITH_WORKS: "fit",
    BuildingState.READY: "fit",
}
READINESS = {
    BuildingState.REFUSED: "tidak",
    BuildingState.TO_VERIFY: UNKNOWN,
    BuildingState.WITH_WORKS: "layak_dengan_rehab",
    BuildingState.READY: "layak",
}
SOUND = "good"


def building_state(*, is_refused: bool, is_unverified: bool, condition: object) -> BuildingState:
    """Return the state of a building by its hard rules and its condition.

    A broken rule refuses a building. One with an unknown field is to be verified. Of the
    others, one in good condition is ready and a damaged one needs works.

    >>> building_state(is_refused=False, is_unverified=False, condition="light_damage").name
    'WITH_WORKS'
    """
    if is_refused:
        return BuildingState.REFUSED
    if is_unverified:
        return BuildingState.TO_VERIFY
    return BuildingState.READY if condition == SOUND else BuildingState.WITH_WORKS


def least_state(code: str) -> BuildingState:
    """Return the state of the setting ``siting.least_readiness``.

    >>> least_state("with_works") is BuildingState.WITH_WORKS
    True
    """
    return BuildingState[code.upper()]


def suitability(states: Iterable[int]) -> list[str]:
    """Return the code of each state in the column ``suitability``.

    >>> suitability([3, 2, 1, 0])
    ['fit', 'fit', 'to_verify', 'refused']
    """
    return [SUITABILITY[BuildingState(state)] for state in states]


def readiness(states: Iterable[int]) -> list[str]:
    """Return the code of each state in the column ``readiness``.

    >>> readiness([3, 2, 1, 0])
    ['layak', 'layak_dengan_rehab', 'unknown', 'tidak']
    """
    return [READINESS[BuildingState(state)] for state in states]
