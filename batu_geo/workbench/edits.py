"""Edits: each thing a planner may do to a scenario by hand, as a frozen value.

An edit speaks of one thing, named by its `key`. A later edit of the same thing takes its place, so
that a slider which is turned ten times is one change. Edits are made of the parts of a scenario
(`NewUnit`, `Closure`, `NewRoad`, `Criterion`), with their limits.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from batu_geo.domain.criteria import Criterion
from batu_geo.domain.frozen import Frozen, NoTruth, Positive, Profession, Status, Whole
from batu_geo.domain.site_choice import Count, Latitude, Longitude, ModelName, NewUnit
from batu_geo.domain.travel import Closure, NewRoad, SpeedSet

# The source of what somebody tries at the workbench and gives no other source for.
TRIED = "dicoba di meja kerja"


class OpenUnit(Frozen):
    """Open a unit in a building of the ledger, or anywhere."""

    what: Literal["open_unit"] = "open_unit"
    unit: NewUnit
    """The unit, with its place unless it is in a building."""

    @property
    def key(self) -> str:
        """The unit, by its id."""
        return unit_key(self.unit.unit_id)


class MoveUnit(Frozen):
    """Move a unit to another place; it still serves its village."""

    what: Literal["move_unit"] = "move_unit"
    unit_id: str
    """Id of a facility, or of a unit that was opened anywhere."""
    lon: Longitude
    """Degrees."""
    lat: Latitude
    """Degrees."""
    source: str = TRIED
    """Who says so."""

    @property
    def key(self) -> str:
        """The place of that unit."""
        return f"place:{self.unit_id}"


class SetStatus(Frozen):
    """Close a unit, for a time or for good, or let it serve again."""

    what: Literal["set_status"] = "set_status"
    unit_id: str
    """Id of a facility, or of a unit that was opened."""
    status: Status
    """Its state from now on."""
    source: str = TRIED
    """Who says so."""

    @property
    def key(self) -> str:
        """The state of that unit."""
        return f"status:{self.unit_id}"


class UpgradeUnit(Frozen):
    """Make a facility of another kind, say a polindes, a unit where it stands."""

    what: Literal["upgrade_unit"] = "upgrade_unit"
    facility_id: str
    """Id of the facility."""
    source: str = TRIED
    """Who says so."""

    @property
    def key(self) -> str:
        """The kind of that facility."""
        return f"kind:{self.facility_id}"


class ChangeStreet(Frozen):
    """Close, slow or improve a street."""

    what: Literal["change_street"] = "change_street"
    closure: Closure
    """Which street, and the factor of its speed; 0 closes it."""

    @property
    def key(self) -> str:
        """The closure, by its name."""
        return f"street:{self.closure.name}"


class BuildRoad(Frozen):
    """Build a road."""

    what: Literal["build_road"] = "build_road"
    road: NewRoad
    """The road as it was drawn."""

    @property
    def key(self) -> str:
        """The road, by its name."""
        return f"road:{self.road.name}"


class SetThreshold(Frozen):
    """Choose the longest trip of the headline."""

    what: Literal["set_threshold"] = "set_threshold"
    minutes: Positive
    """Inclusive."""
    key: Literal["threshold"] = "threshold"


class SetMode(Frozen):
    """Choose how people travel in the headline."""

    what: Literal["set_mode"] = "set_mode"
    mode: str
    """A mode of the scenario."""
    key: Literal["mode"] = "mode"


class SetSpeeds(Frozen):
    """Choose which of the three speeds of each road class is used."""

    what: Literal["set_speeds"] = "set_speeds"
    speed_set: SpeedSet
    """Slow, middle or fast."""
    key: Literal["speeds"] = "speeds"


class SetSeason(Frozen):
    """Choose the season whose closures hold."""

    what: Literal["set_season"] = "set_season"
    season: str
    """A season of the scenario."""
    key: Literal["season"] = "season"


class SetCriterion(Frozen):
    """Give a criterion of need another weight or other goalposts, or add it to the scenario."""

    what: Literal["set_criterion"] = "set_criterion"
    criterion: Criterion
    """The whole criterion; with weight 0 it is shown and decides nothing."""

    @property
    def key(self) -> str:
        """The criterion, by its name."""
        return f"criterion:{self.criterion.name}"


class SetHours(Frozen):
    """Choose from when to when a unit should be staffed."""

    what: Literal["set_hours"] = "set_hours"
    first: Whole
    """First hour of the day."""
    last: Whole
    """The hour after the last one."""
    key: Literal["hours"] = "hours"


class SetModel(Frozen):
    """Choose the location model that looks for buildings, and how many it opens."""

    what: Literal["set_model"] = "set_model"
    model: ModelName
    """Where a capacity is chosen too, its sister that knows capacities is meant."""
    site_count: Count | None = None
    """How many buildings; left out, as many as money and rules allow."""
    key: Literal["model"] = "model"


class SetBudget(Frozen):
    """Choose how much of the city's own money a plan may spend."""

    what: Literal["set_budget"] = "set_budget"
    rupiah: Count | None
    """None for no limit."""
    key: Literal["budget"] = "budget"


class SetStaffCap(Frozen):
    """Choose how many people of a profession all new units together may need."""

    what: Literal["set_staff_cap"] = "set_staff_cap"
    profession: Profession
    """Of the norms of a unit."""
    count: Count | None
    """None for no limit."""

    @property
    def key(self) -> str:
        """The cap of that profession."""
        return f"cap:{self.profession}"


class SetCapacity(Frozen):
    """Choose how many people a unit can serve that does not say it itself."""

    what: Literal["set_capacity"] = "set_capacity"
    people_per_unit: Annotated[int, Field(gt=0), NoTruth] | None
    """None for no limit."""
    key: Literal["capacity"] = "capacity"


Edit: TypeAlias = (
    OpenUnit | MoveUnit | SetStatus | UpgradeUnit | ChangeStreet | BuildRoad | SetThreshold
    | SetMode | SetSpeeds | SetSeason | SetCriterion | SetHours | SetModel | SetBudget
    | SetStaffCap | SetCapacity
)  # fmt: skip


class Remove(Frozen):
    """Take one change out of the list."""

    what: Literal["remove"] = "remove"
    of: str
    """Key of the change."""


class Switch(Frozen):
    """Switch one change off, or on again; it keeps its place in the list."""

    what: Literal["switch"] = "switch"
    of: str
    """Key of the change."""
    is_on: bool
    """Whether it holds from now on."""


Act: TypeAlias = Annotated[Edit | Remove | Switch, Field(discriminator="what")]


def unit_key(unit_id: str) -> str:
    """Return the key of the edit that opens a unit.

    >>> OpenUnit(unit=NewUnit(unit_id="ILU-1", source=TRIED)).key == unit_key("ILU-1")
    True
    """
    return f"unit:{unit_id}"
