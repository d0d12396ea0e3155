"""Norms as data: value, unit, source, article, date, in force or not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Comparison = Literal["at_least", "at_most", "none"]
# By profession: how many of it each unit must have.
STAFF_NORMS = {"nurse": "N-SDM-NURSE", "midwife": "N-SDM-MIDWIFE", "cadre": "N-SDM-CADRE"}


@dataclass(frozen=True, slots=True)
class Norm:
    """One norm. A comparison with it cites its id."""

    norm_id: str
    meaning_id: str
    meaning_en: str
    value: float
    unit: str
    scope: str
    comparison: Comparison
    source: str
    article: str
    date: str
    status: Literal["in_force", "draft", "superseded"]
    evidence: Literal["seen", "second_hand", "memory"]
    conflicts_with: str = ""
    area: str = ""
    """Beginning of the codes of the villages it is for; empty for the whole country."""

    def is_for(self, village_ids: Iterable[str]) -> bool:
        """Return whether the norm is one of the region of these villages.

        >>> norms()["N-PERWALI"].is_for(["35.09.01.2001"]), norms()["N-POSY-5"].is_for([])
        (False, True)
        """
        return not self.area or any(code.startswith(self.area) for code in village_ids)

    def is_met(self, value: float) -> bool | None:
        """Return whether a value meets the norm; None for a norm that is not in force.

        >>> norms()["N-POSY-5"].is_met(12.03), norms()["N-POSY-15"].is_met(12.03)
        (True, False)
        """
        if self.status != "in_force" or self.comparison == "none":
            return None
        return value >= self.value if self.comparison == "at_least" else value <= self.value


@cache
def norms() -> Mapping[str, Norm]:
    """Return every norm by its id."""
    text = files("batu_geo.domain").joinpath("norms.toml").read_text(encoding="utf-8")
    return {norm_id: Norm(norm_id, **card) for norm_id, card in tomllib.loads(text).items()}
