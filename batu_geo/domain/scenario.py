"""A scenario: every choice behind a run, frozen, with its unit in its name.

The values live in TOML beside the study, each with its source; nothing here
has a default that changes a number. Precedence when a scenario is read:
the file it extends, then the file itself, then `--set`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from batu_geo.domain import tables

if TYPE_CHECKING:
    from collections.abc import Callable


def _one_of(codes: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in codes:
            raise ValueError(f"{value!r} is not one of {', '.join(codes)}")
        return value

    return check


Vehicle = Literal["foot", "motorcycle", "car"]
CriterionName = Literal[
    "mean_minutes", "people_beyond", "share_beyond_percent", "residents_per_posyandu"
]
Positive = Annotated[float, Field(gt=0)]
Evidence = Annotated[str, AfterValidator(_one_of(tables.EVIDENCE))]
Kind = Annotated[str, AfterValidator(_one_of(tables.FACILITY_KINDS))]
Status = Annotated[str, AfterValidator(_one_of(tables.STATUSES))]
Owner = Annotated[str, AfterValidator(_one_of(tables.OWNERS))]
LandStatus = Annotated[str, AfterValidator(_one_of(tables.LAND_STATUSES))]
Condition = Annotated[str, AfterValidator(_one_of(tables.CONDITIONS))]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Service(_Settings):
    """What counts as a unit that serves people: policy, so not in code."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    """Kinds of facility that are a village health unit."""
    open_statuses: tuple[Status, ...] = Field(min_length=1)
    """States in which a unit serves people."""
    present_statuses: tuple[Status, ...] = Field(min_length=1)
    """States in which a village counts as having a unit, open or not."""
    note: str


class Threshold(_Settings):
    """A mode and the longest trip, inclusive, that counts as within reach."""

    mode: str
    threshold_minutes: Positive


class Mode(_Settings):
    """How people travel: a speed for each road class they may use."""

    vehicle: Vehicle
    """Whose access tags and one-way rules apply."""
    thresholds_minutes: tuple[Positive, ...] = Field(min_length=1)
    """Catchments to draw, in rising order."""
    door_speed_kmh: Positive
    """Walking speed between a door and the road."""
    speeds_kmh: dict[str, Positive] = Field(min_length=1)
    """Speed by OSM highway class; a class without one is not used by this mode."""
    evidence: Evidence
    source: str

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Self:
        if list(self.thresholds_minutes) != sorted(set(self.thresholds_minutes)):
            raise ValueError("thresholds_minutes must rise")
        return self


class Snapping(_Settings):
    """How far a point may lie from the road it joins."""

    warn_m: Positive
    refuse_m: Positive


class Demand(_Settings):
    """Where the people of a village start from."""

    spacing_m: Positive
    """Longest stretch of street that one demand point stands for."""
    inhabited_classes: tuple[str, ...] = Field(min_length=1)
    """OSM highway classes along which people live."""
    evidence: Evidence
    source: str


class Catchment(_Settings):
    """How a catchment is drawn."""

    buffer_m: Positive
    """Half width of the strip drawn along each reached street."""


class Criterion(_Settings):
    """One need criterion between fixed goalposts: 0 at `none_at`, 1 at `worst_at`."""

    name: CriterionName
    weight: Positive
    none_at: float
    worst_at: float
    reason: str

    @model_validator(mode="after")
    def _goalposts_differ(self) -> Self:
        if self.none_at == self.worst_at:
            raise ValueError("none_at and worst_at must differ")
        return self


class CandidateRules(_Settings):
    """Hard rules a building must meet before it is scored."""

    owners: tuple[Owner, ...] = Field(min_length=1)
    land_statuses: tuple[LandStatus, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = Field(min_length=1)
    min_floor_area_m2: Positive
    min_rooms: int = Field(ge=1)
    evidence: Evidence
    source: str


class Scenario(_Settings):
    """Everything a run chooses."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str
    title_en: str = ""
    service: Service
    headline: Threshold
    snapping: Snapping
    demand: Demand
    catchment: Catchment
    modes: dict[str, Mode] = Field(min_length=1)
    need: tuple[Criterion, ...] = Field(min_length=1)
    candidates: CandidateRules

    @model_validator(mode="after")
    def _headline_is_a_threshold(self) -> Self:
        mode = self.modes.get(self.headline.mode)
        if mode is None:
            raise ValueError(f"headline.mode {self.headline.mode!r} is not one of modes")
        if self.headline.threshold_minutes not in mode.thresholds_minutes:
            raise ValueError("headline.threshold_minutes is not a threshold of its mode")
        return self

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every mode and threshold, in the order of the file."""
        return tuple(
            Threshold(mode=name, threshold_minutes=minutes)
            for name, mode in self.modes.items()
            for minutes in mode.thresholds_minutes
        )
