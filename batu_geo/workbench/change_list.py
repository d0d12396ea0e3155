"""The list of changes that some steps of a planner come to.

A step is what one movement of the hand does: one act or several. An edit of a thing that was edited
before takes the place of that one. A unit that was opened here and is moved or closed here leaves
no second change: its opening has another place then, or is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from batu_geo.access.units import SERVING
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.workbench.edits import (
    Act,
    Edit,
    MoveUnit,
    OpenUnit,
    Remove,
    SetStatus,
    Switch,
    UpgradeUnit,
    unit_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Step: TypeAlias = tuple[Act, ...]


class Change(NamedTuple):
    """One change of the list: the edit, and whether it holds."""

    edit: Edit
    is_on: bool = True

    @property
    def key(self) -> str:
        """What it is a change of."""
        return self.edit.key


def changes_after(steps: Iterable[Step]) -> tuple[Change, ...]:
    """Return the changes after some steps, in the order in which each thing was changed first.

    Raises
    ------
    ScenarioError
        When a step takes out or switches what is not in the list (BG-321), moves a unit that was
        opened in a building (BG-322), or upgrades a unit that was opened (BG-306).

    Examples
    --------
    >>> from batu_geo.workbench.edits import SetThreshold
    >>> quick, slow = SetThreshold(minutes=10), SetThreshold(minutes=20)
    >>> [change.edit.minutes for change in changes_after([(quick,), (slow,)])]
    [20.0]
    >>> changes_after([(quick,), (Remove(of="threshold"),)])
    ()
    """
    listed: dict[str, Change] = {}
    for step in steps:
        for act in step:
            _follow(act, listed)
    return tuple(listed.values())


def as_step(changes: Iterable[Change]) -> Step:
    """Return one step that comes to some changes: as a start of a shorter list of steps."""
    known = tuple(changes)
    off = tuple(Switch(of=change.key, is_on=False) for change in known if not change.is_on)
    return (*(change.edit for change in known), *off)


def _follow(act: Act, listed: dict[str, Change]) -> None:
    """Do an act to a list of changes by key."""
    if isinstance(act, Remove | Switch):
        if act.of not in listed:
            raise ScenarioError(Problem("BG-321", values={"value": act.of}))
        if isinstance(act, Remove):
            del listed[act.of]
        else:
            listed[act.of] = listed[act.of]._replace(is_on=act.is_on)
        return
    opened = _opened_by(act, listed)
    if opened is None:
        listed[act.key] = Change(act)
    elif isinstance(act, MoveUnit):
        listed[opened.key] = Change(_moved(opened, act))
    elif isinstance(act, SetStatus) and act.status in SERVING:
        listed[opened.key] = Change(opened)
    elif isinstance(act, SetStatus):
        del listed[opened.key]
    else:
        values = {"key": "upgrade_unit", "value": opened.unit.unit_id}
        raise ScenarioError(Problem("BG-306", values=values))


def _opened_by(act: Edit, listed: dict[str, Change]) -> OpenUnit | None:
    """Return the opening in the list of the unit that an edit changes, or None."""
    if isinstance(act, MoveUnit | SetStatus):
        unit_id = act.unit_id
    elif isinstance(act, UpgradeUnit):
        unit_id = act.facility_id
    else:
        return None
    change = listed.get(unit_key(unit_id))
    return change.edit if change and isinstance(change.edit, OpenUnit) else None


def _moved(opened: OpenUnit, move: MoveUnit) -> OpenUnit:
    if opened.unit.lon is None:
        raise ScenarioError(Problem("BG-322", values={"value": move.unit_id}))
    return OpenUnit(unit=opened.unit.model_copy(update={"lon": move.lon, "lat": move.lat}))
