"""A scenario: every choice behind a run, frozen, with its unit in its name.

The values live in TOML beside the study, each with its source; nothing here
has a default that changes a number. Precedence when a scenario is read:
the file it extends, then the file itself, then `--set`.
"""

from __future__ import annotations

import math
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


SpeedSet = Literal["slow", "middle", "fast"]
SPEED_SETS: tuple[SpeedSet, ...] = ("slow", "middle", "fast")
Vehicle = Literal["foot", "motorcycle", "car"]
CriterionName = Literal[
    "mean_minutes", "people_beyond", "share_beyond_percent", "residents_per_posyandu"
]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
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
    thresholds_minutes: tuple[Positive, ...] = ()
    """Catchments to draw, in rising order; none for a mode used elsewhere."""
    door_speed_kmh: Positive
    """Walking speed between a door and the road."""
    speeds_kmh: dict[str, tuple[Positive, Positive, Positive]] = Field(min_length=1)
    """Slow, middle and fast speed by OSM highway class; a class without is not used."""
    surface_factors: dict[str, Share] = {}
    """What share of that speed a surface leaves."""
    caps_kmh: dict[str, Positive] = {}
    """Legal limits by highway class, `default` for the others; a faster speed is refused."""
    slope: Literal["none", "tobler", "uphill"] = "none"
    """How slopes change the time, where elevations are known."""
    uphill_share_per_percent: Annotated[float, Field(ge=0, le=1)] = 0.0
    """With slope `uphill`: share of time added for each per cent of grade uphill."""
    crossing_s: Annotated[float, Field(ge=0)] = 0.0
    """Seconds lost at each junction of three or more streets that is passed."""
    turn_s: Annotated[float, Field(ge=0)] = 0.0
    """Seconds lost by a right angle; other turns in proportion, straight on none."""
    then: str | None = None
    """Mode to change to once, on the way: walk to the road, then ride."""
    wait_minutes: Annotated[float, Field(ge=0)] = 0.0
    """With `then`: minutes until the ride begins."""
    evidence: Evidence
    source: str

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if list(self.thresholds_minutes) != sorted(set(self.thresholds_minutes)):
            raise ValueError("thresholds_minutes must rise")
        for name, speeds in self.speeds_kmh.items():
            if list(speeds) != sorted(speeds):
                raise ValueError(f"speeds_kmh.{name} must be slow, middle, fast")
            cap = self.caps_kmh.get(name, self.caps_kmh.get("default", math.inf))
            if speeds[-1] > cap:
                raise ValueError(f"speeds_kmh.{name} {speeds[-1]:g} is above the limit of {cap:g}")
        if self.then and self.turn_s:
            raise ValueError("turn_s and then cannot be used together")
        return self

    def speed_kmh(self, road_class: str, speed_set: SpeedSet) -> float:
        """Return the speed of a class, NaN where it is not used."""
        speeds = self.speeds_kmh.get(road_class)
        return speeds[SPEED_SETS.index(speed_set)] if speeds else math.nan


class Travel(_Settings):
    """What holds for every mode."""

    direction: Literal["to_facility", "from_facility"]
    """Whether people travel to the unit or help comes from it."""
    speed_set: SpeedSet
    season: str
    """Closures of this season, and those of every season, hold."""
    smallest_part_km: Annotated[float, Field(ge=0)]
    """Connected parts of the roads shorter than this are never used."""


class Closure(_Settings):
    """Streets closed or slowed, by OSM way or by area."""

    name: str
    season: str = "all"
    ways: tuple[int, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    """Corners in longitude and latitude; every street it touches is meant."""
    modes: tuple[str, ...] = ()
    """Modes it holds for; all when none is named."""
    speed_factor: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """What is left of the speed; 0 closes."""
    source: str

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.ways and len(self.polygon) < 3:
            raise ValueError("a closure needs ways, or a polygon of three corners or more")
        return self


class Calibration(_Settings):
    """A reported speed that trips between village offices are held against."""

    mode: str
    figure: str
    """Id of the figure of the study that reports it, km/h."""


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
    travel: Travel
    snapping: Snapping
    demand: Demand
    catchment: Catchment
    modes: dict[str, Mode] = Field(min_length=1)
    closures: tuple[Closure, ...] = ()
    calibration: Calibration | None = None
    need: tuple[Criterion, ...] = Field(min_length=1)
    candidates: CandidateRules

    @model_validator(mode="after")
    def _headline_is_a_threshold(self) -> Self:
        mode = self.modes.get(self.headline.mode)
        if mode is None:
            raise ValueError(f"headline.mode {self.headline.mode!r} is not one of modes")
        if self.headline.threshold_minutes not in mode.thresholds_minutes:
            raise ValueError("headline.threshold_minutes is not a threshold of its mode")
        if self.calibration and self.calibration.mode not in self.modes:
            raise ValueError(f"calibration.mode {self.calibration.mode!r} is not one of modes")
        for name, settings in self.modes.items():
            if settings.then is not None and settings.then not in self.modes:
                raise ValueError(f"modes.{name}.then {settings.then!r} is not one of modes")
        return self

    def closures_for(self, mode: str) -> tuple[Closure, ...]:
        """Return the closures of the season that hold for a mode."""
        return tuple(
            closure
            for closure in self.closures
            if closure.season in ("all", self.travel.season)
            and (not closure.modes or mode in closure.modes)
        )

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every mode and threshold, in the order of the file."""
        return tuple(
            Threshold(mode=name, threshold_minutes=minutes)
            for name, mode in self.modes.items()
            for minutes in mode.thresholds_minutes
        )
