"""What ranks villages and buildings: criteria with fixed goalposts, hard rules."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from batu_geo.domain.frozen import (
    Condition,
    Evidence,
    Frozen,
    Hazard,
    Kind,
    LandStatus,
    NotNegative,
    NoTruth,
    Number,
    Owner,
    Positive,
    invalid,
    one_of,
)
from batu_geo.domain.need_criteria import need_criteria

CriterionName = Annotated[
    str,
    AfterValidator(one_of(tuple(need_criteria()))),
    Field(json_schema_extra={"enum": list(need_criteria())}),
]
# Criteria that grow with the people of a village, for the error of their number.
GROWS_WITH_PEOPLE = tuple(c.name for c in need_criteria().values() if c.grows_with_people)
FeasibilityName = Literal["building_readiness", "process_stage", "people_gained", "buildings_left"]


class Criterion(Frozen):
    """One need criterion between fixed goalposts: 0 at `none_at`, 1 at `worst_at`."""

    name: CriterionName
    """The criterion, one of those that `need_criteria.toml` defines."""
    weight: NotNegative
    """0: shown, and decides nothing."""
    none_at: Number
    """Value at which there is no need, in the unit of the criterion."""
    worst_at: Number
    """Value from which need is full, in the unit of the criterion."""
    reason: str
    """Why these goalposts, for the reader of the ranking."""
    evidence: Evidence = "assumed"
    """How sure weight and goalposts are."""

    @model_validator(mode="after")
    def _goalposts_differ(self) -> Self:
        if self.none_at == self.worst_at:
            raise invalid("goalposts_equal", one="none_at", other="worst_at")
        return self


class FeasibilityCriterion(Frozen):
    """One sign of readiness between fixed goalposts: 0 at `none_at`, 1 at `best_at`."""

    name: FeasibilityName
    """The sign of readiness."""
    weight: NotNegative
    """0: shown, and decides nothing."""
    none_at: Number
    """Value at which nothing is ready, in the unit of the sign."""
    best_at: Number
    """Value from which readiness is full, in the unit of the sign."""
    reason: str
    """Why these goalposts, for the reader of the ranking."""
    evidence: Evidence = "assumed"
    """How sure weight and goalposts are."""

    @model_validator(mode="after")
    def _goalposts_differ(self) -> Self:
        if self.none_at == self.best_at:
            raise invalid("goalposts_equal", one="none_at", other="best_at")
        return self


class CandidateRules(Frozen):
    """Hard rules a building must meet before it is scored."""

    owners: tuple[Owner, ...] = Field(min_length=1)
    """Owners whose buildings may become a unit."""
    land_statuses: tuple[LandStatus, ...] = Field(min_length=1)
    """Statuses of land on which a unit may stand."""
    conditions: tuple[Condition, ...] = Field(min_length=1)
    """Conditions in which a building may be taken."""
    min_floor_area_m2: Positive
    """Smallest floor area, in square metres."""
    min_rooms: Annotated[int, Field(ge=1), NoTruth]
    """Two: one for services and one for cadres."""
    hazards: tuple[Hazard, ...] = ()
    """Hazards a building may lie in; where none is named, nobody asks."""
    needs_road_access: bool = False
    """Whether a building must be reached by a road that carries a car."""
    upgrade_kinds: tuple[Kind, ...] = ()
    """Kinds of facilities, say POLINDES, that may be made a unit where they stand."""
    evidence: Evidence
    """How sure these rules are."""
    source: str
    """Where these rules come from."""
