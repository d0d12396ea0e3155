"""What a placement scenario decides: the model, the rules of every plan, what is changed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from batu_geo.domain.frozen import (
    Evidence,
    Frozen,
    Kind,
    NoTruth,
    Profession,
    Status,
    invalid,
)

ModelName = Literal[
    "mclp",
    "lscp",
    "p_median",
    "p_centre",
    "backup_coverage",
    "capacitated_p_median",
    "capacitated_mclp",
    "one_per_village",
]
# Models that would open everything where no number is given.
COUNTED: tuple[ModelName, ...] = (
    "p_median", "p_centre", "backup_coverage", "capacitated_p_median",
)  # fmt: skip
# Settings that mean nothing to the other models, or are set by the model itself.
ONLY_OF: dict[str, tuple[ModelName, ...]] = {
    "people_per_unit": ("capacitated_p_median", "capacitated_mclp"),
    "only_coverable": ("lscp",),
}
SET_BY_ONE_PER_VILLAGE = ("site_count", "is_exact", "one_per_village", "villages")
Count = Annotated[int, Field(ge=0), NoTruth]
Longitude = Annotated[float, Field(ge=-180, le=180), NoTruth]
Latitude = Annotated[float, Field(ge=-90, le=90), NoTruth]
NODE_LIMIT = 1_000


class SiteChoice(Frozen):
    """Which buildings a plan may open, by which model."""

    model: ModelName
    """The location model that chooses."""
    site_count: Count | None = None
    """How many buildings are opened. Where that is left out: as many as money and rules allow, for
    p-median, p-centre and backup coverage at most one for each village without a unit."""
    is_exact: bool = True
    """Whether it must be exactly that many, or at most."""
    budget_rupiah: Count | None = None
    """Of the city's own money: what the village fund or BOK pays is not in it."""
    staff_caps: dict[Profession, Count] = Field(default_factory=dict)
    """Most people of each profession for all new units together."""
    least_readiness: Literal["to_verify", "with_works", "ready"] = "to_verify"
    """The least a building must be: not yet verified, fit after works, or fit as it is."""
    villages: Literal["without_unit", "all"] = "without_unit"
    """Where buildings may be opened; `all` lets a village that has a unit get another."""
    must_open: tuple[str, ...] = ()
    """Buildings that every plan opens, by id."""
    must_close: tuple[str, ...] = ()
    """Buildings that no plan opens, by id."""
    one_per_village: bool = True
    """At most one new unit in a village."""
    only_coverable: bool = False
    """Of LSCP: leave out, and count, the people that no building reaches in time."""
    people_per_unit: Annotated[int, Field(gt=0), NoTruth] | None = None
    """Most people a unit can serve, for the capacitated models."""
    units_per_year: Annotated[int, Field(gt=0), NoTruth] = 1
    """How many units the city can open in a year, for the order of building."""
    first_year: Annotated[int, Field(gt=0), NoTruth] = 1
    """The year of the first one; 1 counts years from the start."""
    node_limit: Count = NODE_LIMIT
    """Branch-and-bound nodes of one solve, or assignments within capacity. A plan not proved
    optimal by then is the best so far, and says so. Not seconds: every computer gives it."""
    evidence: Evidence = "assumed"
    """How sure these rules are."""
    source: str
    """Where these rules come from."""

    @model_validator(mode="after")
    def _has_what_its_model_needs(self) -> Self:
        if self.model.startswith("capacitated") and self.people_per_unit is None:
            raise invalid("needs_people_per_unit", model=self.model)
        changed = {
            key for key, field in type(self).model_fields.items()
            if getattr(self, key) != field.default
        }  # fmt: skip
        for key, models in ONLY_OF.items():
            if key in changed and self.model not in models:
                raise invalid("not_of_this_model", key=key, model=self.model)
        set_twice = sorted(changed.intersection(SET_BY_ONE_PER_VILLAGE))
        if self.model == "one_per_village" and set_twice:
            raise invalid("set_by_the_model", key=set_twice[0])
        both = set(self.must_open) & set(self.must_close)
        if both:
            raise invalid("opened_and_closed", site_id=min(both))
        return self


class NewUnit(Frozen):
    """A unit that this scenario opens: in a building of the ledger, or anywhere."""

    unit_id: str = Field(min_length=1)
    """Without a place the id of a building of the ledger, in which it is opened; with a place an
    id of its own, which nothing in the study has."""
    name: str = ""
    """What it is called; empty: as the building, or by its id."""
    lon: Longitude | None = None
    """Longitude of its place, in degrees; left out, where the building stands."""
    lat: Latitude | None = None
    """Latitude of its place, in degrees; both or neither."""
    village_id: str = ""
    """Village it serves; empty: that of the building, or the one its place is in."""
    cost_rupiah: Count | None = None
    """What a unit with a place of its own costs the city once, in rupiah; left out, not known. Of
    a building the table of costs says it."""
    evidence: Evidence = "assumed"
    """How sure it is that it is there."""
    source: str
    """Who says so, or what is assumed."""

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise invalid("half_a_place")
        if self.lon is None and self.cost_rupiah is not None:
            raise invalid("cost_of_a_building")
        return self


class FacilityChange(Frozen):
    """A facility of another kind, in another state or another place in this scenario."""

    facility_id: str
    """Id of the facility in the study, or of a new unit."""
    status: Status | None = None
    """Its state; left out, it stays as it is."""
    kind: Kind | None = None
    """Its kind, say that of a unit for a polindes that is upgraded; left out, as it is."""
    lon: Longitude | None = None
    """Longitude of its new place, in degrees."""
    lat: Latitude | None = None
    """Latitude of its new place, in degrees; both or neither. It still serves its village."""
    source: str
    """Who says so, or what is assumed."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise invalid("half_a_place")
        if self.status is None and self.kind is None and self.lon is None:
            raise invalid("changes_nothing")
        return self
