"""What counts as service: units, staff and hours, access measures, referral, robustness."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from batu_geo.domain.frozen import (
    Evidence,
    Frozen,
    Kind,
    NotNegative,
    NoTruth,
    Positive,
    Profession,
    Share,
    Status,
    Weekday,
    Whole,
    invalid,
)


class Service(Frozen):
    """What counts as a unit that serves people: policy, so not in code."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    """Kinds of facility that are a village health unit."""
    open_statuses: tuple[Status, ...] = Field(min_length=1)
    """States in which a unit serves people."""
    present_statuses: tuple[Status, ...] = Field(min_length=1)
    """States in which a village counts as having a unit, open or not."""
    count_private: bool
    """Whether a private provider of such a kind counts as well."""
    on_date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The day the scenario is about: closures with dates begin and end by it."""
    note: str
    """The rule in a sentence, for the reader of a report."""


class StaffRules(Frozen):
    """Who keeps a unit open, and when it should be."""

    serving_professions: tuple[Profession, ...] = Field(min_length=1)
    """A unit serves in an hour in which one of these is there."""
    working_days: tuple[Weekday, ...] = Field(min_length=1)
    """Days a unit should be open, 1 is Monday."""
    working_hours: tuple[Whole, Whole]
    """First hour, and the hour after the last one."""
    new_doctors: Annotated[int, Field(ge=0), NoTruth]
    """Doctors to be added, at puskesmas."""
    evidence: Evidence
    """How sure these rules are."""
    source: str
    """Where these rules come from."""

    @model_validator(mode="after")
    def _hours_rise(self) -> Self:
        first, last = self.working_hours
        if not 0 <= first < last <= 24:
            raise invalid("hours_do_not_rise")
        return self


class AccessMeasures(Frozen):
    """Settings of the access measures, computed on the headline mode."""

    zones_minutes: tuple[Positive, ...] = Field(min_length=1)
    """Upper limits of the zones of E2SFCA."""
    zone_weights: tuple[Share, ...] = Field(min_length=1)
    """Weight of each zone of E2SFCA, in the same order, not rising."""
    half_minutes: Positive
    """Gravity: minutes in which the weight of a unit halves."""
    professions: tuple[Profession, ...] = Field(min_length=1)
    """Whose number is the supply of a unit."""
    evidence: Evidence = "assumed"
    """How sure these settings are."""
    source: str
    """Where zones, weights and the halving time come from."""

    @model_validator(mode="after")
    def _zones_have_weights(self) -> Self:
        if len(self.zones_minutes) != len(self.zone_weights):
            raise invalid("zones_and_weights_differ")
        if list(self.zones_minutes) != sorted(set(self.zones_minutes)):
            raise invalid("does_not_rise", key="zones_minutes")
        if list(self.zone_weights) != sorted(self.zone_weights, reverse=True):
            raise invalid("zone_weights_rise")
        return self


class Referral(Frozen):
    """From villages and units to the puskesmas and to a hospital with an emergency unit."""

    mode: str
    """Mode of a referral trip, a key of `modes`."""
    hospital_kinds: tuple[Kind, ...] = Field(min_length=1)
    """Kinds of facility that are a hospital."""
    count_unknown_emergency: bool
    """Whether a hospital of which nobody has published it is taken to have one."""
    limit_minutes: Positive
    """Longest trip, inclusive, that counts as near an emergency unit."""
    evidence: Evidence = "assumed"
    """How sure these settings are."""
    source: str
    """Where these rules come from."""


class Robustness(Frozen):
    """How the order of villages is tried."""

    draws: Annotated[int, Field(ge=100, le=1_000_000), NoTruth]
    """How many random sets of weights are tried."""
    seed: Annotated[int, Field(ge=0), NoTruth]
    """Start of the random numbers: the same seed gives the same draws."""
    population_error: Share
    """Largest error of the people of a village, as a share."""
    evidence: Evidence = "assumed"
    """How sure these settings are."""
    source: str
    """The method, and where the error of the people comes from."""


class Sensitivity(Frozen):
    """What is changed one at a time to see what moves a village."""

    weight_share: NotNegative
    """Each weight up and down by this share."""
    population_share: NotNegative
    """People of the village up and down by this share."""
