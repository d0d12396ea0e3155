"""A scenario with edits: an ordinary scenario, which can be written to a file and planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.frozen import Frozen
from batu_geo.domain.reasons import settings_reason
from batu_geo.domain.site_choice import FacilityChange, SiteChoice
from batu_geo.workbench.edits import (
    TRIED,
    BuildRoad,
    ChangeStreet,
    MoveUnit,
    OpenUnit,
    SetBudget,
    SetCapacity,
    SetCriterion,
    SetHours,
    SetMode,
    SetModel,
    SetSeason,
    SetSpeeds,
    SetStaffCap,
    SetStatus,
    SetThreshold,
    UpgradeUnit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from batu_geo.domain.scenario import Scenario
    from batu_geo.workbench.edits import Edit

Part = TypeVar("Part", bound=Frozen)
Row = TypeVar("Row")
# With a capacity, the model that knows capacities takes the place of the one that does not.
WITH_CAPACITY = {"mclp": "capacitated_mclp", "p_median": "capacitated_p_median"}
SITING = (SetModel, SetBudget, SetStaffCap, SetCapacity)


def fold(scenario: Scenario, edits: Iterable[Edit]) -> Scenario:
    """Return a scenario with edits: of one thing the last edit holds.

    Edits of different things may come in any order, but that new roads join those before them.
    Without edits it is the scenario itself. Where a plan is edited and the scenario has none, the
    model is `mclp`. Whether units and buildings are in the study is for `as_changed` to say.

    Raises
    ------
    ScenarioError
        With every setting that would be wrong (BG-302).

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.edits import SetThreshold
    >>> quick = fold(bg.load_scenario("baseline"), [SetThreshold(minutes=20)])
    >>> quick.headline.threshold_minutes, quick.modes["foot"].thresholds_minutes
    (20.0, (15.0, 20.0, 30.0))
    """
    last = {edit.key: edit for edit in edits}
    if not last:
        return scenario
    chosen = [*last.values()]
    try:
        return _with(
            scenario, **_places(scenario, chosen), **_rules(scenario, chosen),
            siting=_siting(scenario, [e for e in chosen if isinstance(e, SITING)]),
        )  # fmt: skip
    except ValidationError as wrong:
        raise ScenarioError(_problems(wrong, scenario.name)) from wrong


def _with(part: Part, **changes: Any) -> Part:
    """Return a part of a scenario with changes, checked like one that is read."""
    kind = type(part)
    return kind.model_validate({**{n: getattr(part, n) for n in kind.model_fields}, **changes})


def _problems(wrong: ValidationError, name: str) -> Iterator[Problem]:
    for error in wrong.errors():
        key = ".".join(str(part) for part in error["loc"] if part != "[key]")
        values = {"reason": settings_reason({**error}), "key": key or name}
        yield Problem("BG-302", name, column=key, values=values)


def _places(scenario: Scenario, edits: Sequence[Edit]) -> dict[str, Any]:
    """Return units, changed facilities, closures and new roads."""
    units, closures, roads = scenario.new_units, scenario.closures, scenario.new_roads
    changed = scenario.facility_changes
    # An upgrade opens a facility; whether it is closed all the same is said after that.
    for edit in sorted(edits, key=lambda edit: not isinstance(edit, UpgradeUnit)):
        if isinstance(edit, MoveUnit | SetStatus | UpgradeUnit):
            change = _facility_change(edit, scenario)
            others = (known for known in changed if _of_facility(known) != _of_facility(change))
            changed = (*others, change)
    for edit in edits:
        if isinstance(edit, OpenUnit):
            units = _put(units, edit.unit, lambda unit: unit.unit_id)
        elif isinstance(edit, ChangeStreet):
            closures = _put(closures, edit.closure, lambda closure: closure.name)
        elif isinstance(edit, BuildRoad):
            roads = _put(roads, edit.road, lambda road: road.name)
    return {
        "new_units": units, "facility_changes": changed, "closures": closures, "new_roads": roads,
    }  # fmt: skip


def _put(rows: tuple[Row, ...], row: Row, what: Callable[[Row], Any]) -> tuple[Row, ...]:
    """Return the rows with one that takes the place of that of the same thing, else comes last."""
    if not any(what(known) == what(row) for known in rows):
        return (*rows, row)
    return tuple(row if what(known) == what(row) else known for known in rows)


def _facility_change(
    edit: MoveUnit | SetStatus | UpgradeUnit, scenario: Scenario
) -> FacilityChange:
    if isinstance(edit, MoveUnit):
        return FacilityChange(
            facility_id=edit.unit_id, lon=edit.lon, lat=edit.lat, source=edit.source
        )
    if isinstance(edit, SetStatus):
        return FacilityChange(facility_id=edit.unit_id, status=edit.status, source=edit.source)
    kind, status = scenario.service.kinds[0], scenario.service.open_statuses[0]
    return FacilityChange(
        facility_id=edit.facility_id, kind=kind, status=status, source=edit.source
    )


def _of_facility(change: FacilityChange) -> tuple[str, bool, bool, bool]:
    """Return of which facility a change is, and which of its three parts it says."""
    said = (change.status, change.kind, change.lon)
    status, kind, lon = (value is not None for value in said)
    return change.facility_id, status, kind, lon


def _rules(scenario: Scenario, edits: Sequence[Edit]) -> dict[str, Any]:
    """Return headline, travel, criteria of need and staffing."""
    head, travel, need, staff = scenario.headline, scenario.travel, scenario.need, scenario.staffing
    for edit in edits:
        if isinstance(edit, SetThreshold):
            head = _with(head, threshold_minutes=edit.minutes)
        elif isinstance(edit, SetMode):
            head = _with(head, mode=edit.mode)
        elif isinstance(edit, SetSpeeds):
            travel = _with(travel, speed_set=edit.speed_set)
        elif isinstance(edit, SetSeason):
            travel = _with(travel, season=edit.season)
        elif isinstance(edit, SetCriterion):
            need = _put(need, edit.criterion, lambda criterion: criterion.name)
        elif isinstance(edit, SetHours):
            staff = _with(staff, working_hours=(edit.first, edit.last))
    return {"headline": head, "travel": travel, "need": need, "staffing": staff}


def _siting(
    scenario: Scenario, edits: Sequence[SetModel | SetBudget | SetStaffCap | SetCapacity]
) -> SiteChoice | None:
    """Return what a plan may open; it is checked with all edits together, in no order."""
    if not edits:
        return scenario.siting
    known = scenario.siting or SiteChoice(model="mclp", source=TRIED)
    changes: dict[str, Any] = {"staff_caps": dict(known.staff_caps)}
    for edit in edits:
        if isinstance(edit, SetModel):
            changes |= {"model": edit.model, "site_count": edit.site_count}
            changes["only_coverable"] = known.only_coverable and edit.model == "lscp"
        elif isinstance(edit, SetBudget):
            changes["budget_rupiah"] = edit.rupiah
        elif isinstance(edit, SetCapacity):
            changes["people_per_unit"] = edit.people_per_unit
        elif edit.count is None:
            changes["staff_caps"].pop(edit.profession, None)
        else:
            changes["staff_caps"][edit.profession] = edit.count
    model = str(changes.get("model", known.model))
    if changes.get("people_per_unit", known.people_per_unit) is not None:
        changes["model"] = WITH_CAPACITY.get(model, model)
    return _with(known, **changes)
