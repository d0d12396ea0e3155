"""A scenario: every choice behind a run, frozen, with its unit in its name.

The values live in TOML beside the study, each with its source; nothing here
has a default that changes a number. Precedence when a scenario is read: the file it
`extends`, then the file itself over it, then `--set` over both.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from batu_geo.domain.criteria import CandidateRules, Criterion, FeasibilityCriterion
from batu_geo.domain.frozen import Frozen, invalid
from batu_geo.domain.health import (
    AccessMeasures,
    Referral,
    Robustness,
    Sensitivity,
    Service,
    StaffRules,
)
from batu_geo.domain.site_choice import FacilityChange, NewUnit, SiteChoice
from batu_geo.domain.travel import (
    Calibration,
    Catchment,
    Closure,
    Demand,
    Mode,
    NewRoad,
    Snapping,
    Threshold,
    Travel,
)

# A fast ferry; one that says nothing of its duration is far slower.
FERRY_KMH = 40.0


class Scenario(Frozen):
    """Everything a run chooses."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    """Short name: small letters, digits and hyphens; it is in the name of every run."""
    title: str
    """Title in Indonesian, on maps and reports."""
    title_en: str = ""
    """Title in English; empty: that in Indonesian."""
    english: dict[str, str] = Field(default_factory=dict)
    """What an English pack says instead of a source or reason, by its text as it stands."""
    service: Service
    """What counts as a unit that serves people."""
    headline: Threshold
    """The threshold of the sentence that is quoted."""
    travel: Travel
    """Direction, speed, season and hour of every trip."""
    snapping: Snapping
    """Distances from points to roads."""
    demand: Demand
    """Where trips of people start from."""
    catchment: Catchment
    """How wide a catchment is drawn."""
    modes: dict[str, Mode] = Field(min_length=1)
    """Modes of travel by name."""
    closures: tuple[Closure, ...] = ()
    """Streets closed, slowed or improved."""
    new_roads: tuple[NewRoad, ...] = ()
    """Roads to be built."""
    calibration: Calibration | None = None
    """A reported speed to compare with; left out, nothing is compared."""
    need: tuple[Criterion, ...] = Field(min_length=1)
    """Criteria by which villages without a unit are ranked."""
    feasibility: tuple[FeasibilityCriterion, ...] = Field(min_length=1)
    """Signs of readiness of a village; never mixed with need."""
    candidates: CandidateRules
    """Hard rules a building must meet."""
    staffing: StaffRules
    """Who keeps a unit open, and when."""
    access: AccessMeasures
    """Settings of the access measures."""
    referral: Referral
    """Trips to puskesmas and hospital."""
    robustness: Robustness
    """How the order of villages is tried by random weights."""
    sensitivity: Sensitivity
    """What is changed one at a time."""
    new_units: tuple[NewUnit, ...] = ()
    """Units opened in buildings of the ledger or anywhere."""
    facility_changes: tuple[FacilityChange, ...] = ()
    """Facilities of another kind, in another state or place than in the study."""
    siting: SiteChoice | None = None
    """Which buildings a plan may open; left out, nothing is planned."""
    overrides: SkipJsonSchema[tuple[str, ...]] = ()
    """What was laid over the files on the command line; no file may hold it."""

    @model_validator(mode="after")
    def _modes_exist(self) -> Self:
        named = {"headline.mode": self.headline.mode, "referral.mode": self.referral.mode}
        if self.calibration:
            named["calibration.mode"] = self.calibration.mode
        for name, mode in self.modes.items():
            if mode.then is not None:
                named[f"modes.{name}.then"] = mode.then
        for key, value in named.items():
            if value not in self.modes:
                raise invalid("not_one_of", value=f"{key} {value!r}", known="modes")
        seasons = self.travel.seasons
        if seasons and self.travel.season not in seasons:
            raise invalid("not_one_of", value=f"travel.season {self.travel.season!r}",
                          known=", ".join(seasons))  # fmt: skip
        for key, criteria in (("need", self.need), ("feasibility", self.feasibility)):
            if not any(criterion.weight for criterion in criteria):
                raise invalid("no_weight", key=key)
        return self

    @model_validator(mode="before")
    @classmethod
    def _headline_is_a_threshold(cls, settings: Any) -> Any:
        """Add the headline's threshold to those of its mode, where it is none of them."""
        return with_headline_threshold(settings)

    def said(self, text: str, language: Literal["id", "en"]) -> str:
        """Return a source or reason in a language; in English as it stands where none is given."""
        return self.english.get(text, text) if language == "en" else text

    def closures_for(self, mode: str) -> tuple[Closure, ...]:
        """Return the closures of the season that hold for a mode."""
        return tuple(
            closure
            for closure in self.closures
            if closure.season in ("all", self.travel.season)
            and (not closure.modes or mode in closure.modes)
        )

    @property
    def closures_for_walkers(self) -> tuple[Closure, ...]:
        """Closures of the season that close streets to people on foot too."""
        return tuple(
            closure
            for closure in self.closures
            if closure.season in ("all", self.travel.season)
            and not closure.speed_factor
            and (not closure.modes or any(self._is_on_foot(name) for name in closure.modes))
        )

    def _is_on_foot(self, mode: str) -> bool:
        return mode in self.modes and self.modes[mode].vehicle == "foot"

    def __repr__(self) -> str:
        """Return the name, the modes and the question of siting in two lines."""
        siting = self.siting and self.siting.model
        modes = ", ".join(self.modes)
        return f"Scenario: {self.name} ({self.title})\n  modes: {modes}; siting: {siting}"

    __str__ = __repr__

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every mode and threshold, in the order of the file."""
        return tuple(
            Threshold(mode=name, threshold_minutes=minutes)
            for name, mode in self.modes.items()
            for minutes in mode.thresholds_minutes
        )

    @property
    def reach_km(self) -> float:
        """How far anybody may get within the longest threshold of a mode, in a straight line.

        At the fastest of its speeds, downhill where slopes count, on a street that the scenario
        improves, or on a ferry of 40 km/h: no trip within a threshold goes farther.
        """
        improved = max((1.0, *(closure.speed_factor for closure in self.closures)))
        return max(
            (
                minutes / 60 * max(self._top_kmh(mode) * improved, FERRY_KMH)
                for mode in self.modes.values()
                for minutes in mode.thresholds_minutes
            ),
            default=0.0,
        )

    def _top_kmh(self, mode: Mode) -> float:
        legs = [mode, *([self.modes[mode.then]] if mode.then else [])]
        return max(leg.top_kmh for leg in legs)


def with_headline_threshold(settings: Any) -> Any:
    """Return the settings of a scenario with the headline among the thresholds of its mode.

    What is not built as settings are is returned as it is, for the checks that follow.

    >>> walk = {"thresholds_minutes": [15]}
    >>> head = {"mode": "foot", "threshold_minutes": 20}
    >>> with_headline_threshold({"headline": head, "modes": {"foot": walk}})["modes"]
    {'foot': {'thresholds_minutes': [15, 20]}}
    """
    head, modes = (_plain(settings).get(key) for key in ("headline", "modes"))
    head, name = _plain(head), _plain(head).get("mode")
    mode = _plain(_plain(modes).get(name)) if isinstance(name, str) else {}
    minutes, known = head.get("threshold_minutes"), mode.get("thresholds_minutes", ())
    numbers = [minutes, *known] if isinstance(known, list | tuple) else [None]
    if not mode or any(type(number) not in {int, float} for number in numbers):
        return settings
    if minutes in known or list(known) != sorted(known):
        return settings
    wider = {**mode, "thresholds_minutes": sorted([*known, minutes])}
    return {**_plain(settings), "modes": {**_plain(modes), name: wider}}


def _plain(part: Any) -> dict[str, Any]:
    """Return a table of settings, whether read or checked already; empty for anything else."""
    if isinstance(part, Frozen):
        return {name: getattr(part, name) for name in part.model_fields_set}
    return part if isinstance(part, dict) else {}


def scenario_schema() -> dict[str, Any]:
    """Return the JSON schema of scenario files: whole ones, and those that extend another."""
    schema = Scenario.model_json_schema()
    required = schema.pop("required")
    pattern = schema["properties"]["name"]["pattern"]
    extends = {"type": "string", "pattern": pattern, "description": "Scenario to start from."}
    schema["properties"] = {"extends": extends, **schema["properties"]}
    schema["anyOf"] = [{"required": ["extends", "name"]}, {"required": required}]
    return schema
