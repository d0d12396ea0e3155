"""Norms as data: value, unit, source, article, date, in force or not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The country of a study that lies here and says no other.
HOME = "Indonesia"
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
    source_en: str = ""
    article_en: str = ""
    country: str = ""
    """The country whose rule it is; empty for any."""
    area: str = ""
    """Beginning of the codes of the villages it is for; empty for the whole country."""

    def is_met(self, value: float) -> bool | None:
        """Return whether a value meets the norm; None for a norm that is not in force.

        >>> norms()["N-POSY-5"].is_met(12.03), norms()["N-POSY-15"].is_met(12.03)
        (True, False)
        """
        if self.status != "in_force" or self.comparison == "none":
            return None
        return value >= self.value if self.comparison == "at_least" else value <= self.value


def is_of(country: str, study_country: str) -> bool:
    """Return whether a rule of a country, of any where that is empty, holds in that of a study.

    >>> is_of("Indonesia", "Republik Indonesia"), is_of("Indonesia", "Comoros"), is_of("", "")
    (True, False, True)
    """
    return country.casefold() in study_country.casefold()


def norms_of(village_ids: Iterable[str], country: str) -> Mapping[str, Norm]:
    """Return the norms of the country and the region of these villages by their ids.

    >>> "N-PERWALI" in norms_of(["35.09.01.2001"], HOME), list(norms_of([], "Comoros"))
    (False, ['N-EMOC'])
    """
    codes = tuple(village_ids)
    return {
        norm_id: norm
        for norm_id, norm in norms().items()
        if is_of(norm.country, country)
        and (not norm.area or any(code.startswith(norm.area) for code in codes))
    }


@cache
def norms() -> Mapping[str, Norm]:
    """Return every norm by its id."""
    text = files("batu_geo.domain").joinpath("norms.toml").read_text(encoding="utf-8")
    return {norm_id: Norm(norm_id, **card) for norm_id, card in tomllib.loads(text).items()}


def english_sources() -> dict[str, str]:
    """Return sources and articles of norms that stand in Indonesian, in English.

    >>> english_sources()["Gambar 4"]
    'figure 4'
    """
    pairs = [
        pair
        for norm in norms().values()
        for pair in ((norm.source, norm.source_en), (norm.article, norm.article_en))
    ]
    return {said: english for said, english in pairs if english}
