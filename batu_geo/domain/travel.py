"""How people travel: modes, speeds, closures, and how points join the roads."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from batu_geo.domain.frozen import (
    Evidence,
    Frozen,
    NotNegative,
    NoTruth,
    Number,
    Positive,
    Share,
    Whole,
    invalid,
)

SpeedSet = Literal["slow", "middle", "fast"]
SPEED_SETS: tuple[SpeedSet, ...] = ("slow", "middle", "fast")
Vehicle = Literal["foot", "motorcycle", "car", "ambulance"]
VEHICLES: tuple[Vehicle, ...] = ("foot", "motorcycle", "car", "ambulance")
DemandSource = Literal["streets", "raster", "footprints"]
RoadClass = Literal[
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "service", "pedestrian", "footway", "cycleway", "path", "track", "steps",
]  # fmt: skip

# 6 km/h downhill by 5 % where the flat has 5.04 (Tobler 1993).
TOBLER_DOWNHILL = 1.2


class Threshold(Frozen):
    """A mode and the longest trip, inclusive, that counts as within reach."""

    mode: str
    """The mode, a key of `modes`."""
    threshold_minutes: Positive
    """Longest trip, inclusive, in minutes."""


class Mode(Frozen):
    """How people travel: a speed for each road class they may use."""

    vehicle: Vehicle
    """Whose access tags and one-way rules apply."""
    thresholds_minutes: tuple[Positive, ...] = ()
    """Catchments to draw, in rising order; none for a mode used elsewhere."""
    door_speed_kmh: Positive
    """Walking speed between a door and the road."""
    speeds_kmh: dict[str, tuple[Positive, Positive, Positive]] = Field(min_length=1)
    """Slow, middle and fast speed by OSM highway class; a class without is not used."""
    surface_factors: dict[str, Share] = Field(default_factory=dict)
    """What share of that speed a surface leaves; others as in the table of surfaces."""
    caps_kmh: dict[str, Positive] = Field(default_factory=dict)
    """Legal limits by highway class, `default` for the others; a faster speed is refused."""
    slope: Literal["none", "tobler", "uphill"] = "none"
    """How slopes change the time, where elevations are known."""
    uphill_share_per_percent: Share = 0.0
    """With slope `uphill`: share of time added for each per cent of grade uphill."""
    steepest_percent: Positive = 50.0
    """Steeper stretches count as this steep: the steepest streets known reach 35 to 40 %."""
    crossing_s: NotNegative = 0.0
    """Seconds lost at each junction of three or more streets that is passed."""
    turn_s: NotNegative = 0.0
    """Seconds lost by a right angle; other turns in proportion, straight on none."""
    then: str | None = None
    """Mode to change to once, on the way: walk to the road, then ride."""
    wait_minutes: NotNegative = 0.0
    """With `then`: minutes until the ride begins."""
    evidence: Evidence
    """How sure these speeds are."""
    source: str
    """Where these speeds come from."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if list(self.thresholds_minutes) != sorted(set(self.thresholds_minutes)):
            raise invalid("does_not_rise", key="thresholds_minutes")
        for name, speeds in self.speeds_kmh.items():
            if list(speeds) != sorted(speeds):
                raise invalid("not_slow_middle_fast", key=f"speeds_kmh.{name}")
            cap = self.caps_kmh.get(name, self.caps_kmh.get("default", math.inf))
            if speeds[-1] > cap:
                too_fast = f"speeds_kmh.{name} {speeds[-1]:g}"
                raise invalid("above_the_limit", key=too_fast, limit=f"{cap:g}")
        if self.then and self.turn_s:
            raise invalid("turns_and_change")
        return self

    @property
    def top_kmh(self) -> float:
        """The fastest of its speeds; of walkers on slopes that of Tobler downhill, 6 for 5 km/h."""
        downhill = TOBLER_DOWNHILL if self.slope == "tobler" else 1.0
        return downhill * max(self.door_speed_kmh, *(fast for *_, fast in self.speeds_kmh.values()))

    def speed_kmh(self, road_class: str, speed_set: SpeedSet) -> float:
        """Return the speed of a class, NaN where it is not used."""
        speeds = self.speeds_kmh.get(road_class)
        return speeds[SPEED_SETS.index(speed_set)] if speeds else math.nan


class Travel(Frozen):
    """Settings of every mode."""

    direction: Literal["to_facility", "from_facility"]
    """Whether people travel to the unit or help comes from it."""
    speed_set: SpeedSet
    """Which of the three speeds of `speeds_kmh` is used."""
    season: str
    """Closures of this season, and those of every season, hold."""
    seasons: dict[str, tuple[Whole, ...]] = Field(default_factory=dict)
    """Months of each season, 1 to 12: rules by month hold by them."""
    seasons_evidence: Evidence | None = None
    """How sure the months of the seasons are."""
    seasons_source: str = ""
    """Where the months of the seasons come from."""
    weekday: Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] | None = None
    """Day of the trips; left out, rules of some days are not used and counted."""
    hour: Annotated[float, Field(ge=0, lt=24), NoTruth] | None = None
    """Hour of the trips, 13.5 for half past one; left out, rules of some hours are not used."""
    bollards_stop_motorcycles: bool = False
    """Whether a bollard, block, chain or bar stops motorcycles as it stops cars."""
    car_width_m: Positive = 2.0
    """Narrower streets and barriers are closed to cars."""
    car_height_m: Positive = 2.0
    """Lower barriers stop cars."""
    ferry_wait_minutes: NotNegative = 0.0
    """Minutes at a landing until a ferry leaves."""
    ferry_kmh: Positive = 5.0
    """Speed of a ferry that says nothing of its duration (OSRM: 5 km/h)."""


class Closure(Frozen):
    """Streets closed, slowed or improved: by OSM way, by area, or the stretch at a point."""

    name: str
    """What the closure is called in reports."""
    season: str = "all"
    """Season it holds in, a key of `travel.seasons`; `all`: always."""
    ways: tuple[Whole, ...] = ()
    """Ids of the OSM ways that are meant."""
    polygon: tuple[tuple[Number, Number], ...] = ()
    """Corners in longitude and latitude; every street it touches is meant."""
    at: tuple[Number, Number] | None = None
    """A point in longitude and latitude: the nearest street is meant, from junction to junction."""
    at_most_m: Positive = 30.0
    """How far that street may lie from the point."""
    modes: tuple[str, ...] = ()
    """Modes it holds for; all when none is named."""
    speed_factor: Annotated[float, Field(ge=0, le=3), NoTruth] = 0.0
    """What the speed is multiplied by; 0 closes, above 1 the street is improved, up to the legal
    limits of the mode."""
    source: str
    """Who says so, or what is assumed."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.ways and len(self.polygon) < 3 and self.at is None:
            raise invalid("closes_nothing")
        return self


class NewRoad(Frozen):
    """A road to be built: nobody lives along it, and streets are joined at its ends alone."""

    name: str
    """What the road is called in reports."""
    line: tuple[tuple[Number, Number], ...] = Field(min_length=2)
    """Corners in longitude and latitude, in the order they are travelled."""
    road_class: RoadClass
    """OSM highway class: it decides the speed."""
    open_to: tuple[Vehicle, ...] = Field(default=("foot", "motorcycle", "car"), min_length=1)
    """Who may use it."""
    surface: str = ""
    """Its OSM surface, for `surface_factors`; empty: not known."""
    join_m: Positive = 30.0
    """How far an end may lie from the street it is joined to, by a straight piece of road."""
    cost_rupiah: Annotated[int, Field(ge=0), NoTruth] | None = None
    """What it costs to build, in rupiah; left out, not known."""
    evidence: Evidence = "assumed"
    """How sure these settings are."""
    source: str
    """Who says so, or what is assumed."""


class Calibration(Frozen):
    """A reported speed that trips between village offices are compared with."""

    mode: str
    """The mode whose trips are compared, a key of `modes`."""
    figure: str
    """Id of the figure of the study that reports it, km/h."""


class Snapping(Frozen):
    """How far a point may lie from the road it joins."""

    warn_m: Positive
    """A point farther than this from any road it may join is named in a notice."""
    refuse_m: Positive
    """A point farther than this from any road joins none and counts as far from roads."""


class Demand(Frozen):
    """Where the people of a village start from."""

    by: DemandSource = "streets"
    """Along streets, by the cells of a population raster, or by building footprints."""
    spacing_m: Positive
    """Longest stretch of street that one demand point represents."""
    inhabited_classes: tuple[str, ...] = Field(min_length=1)
    """OSM highway classes along which people live."""
    footprint_m2: tuple[NotNegative, NotNegative] | None = None
    """By footprints: smallest and largest area of a building that people live in."""
    footprint_uses: tuple[str, ...] = ()
    """By footprints: uses (`use` or `building` of the file) that people live in; all if empty."""
    evidence: Evidence
    """How sure the places of homes are."""
    source: str
    """Where the places of homes come from."""


class Catchment(Frozen):
    """How a catchment is drawn."""

    buffer_m: Positive
    """Half width of the strip drawn along each reached street."""
