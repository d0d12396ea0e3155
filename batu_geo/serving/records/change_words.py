"""A change of the list in words, with what it costs and where it has no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.network.impedance import closed_edges
from batu_geo.render.text.words import code_word, has_word, mode_word, number, word
from batu_geo.serving.records.answer_record import COSTS, whole
from batu_geo.serving.records.unit_records import road_joins
from batu_geo.siting.buildings.building_costs import costs_by_payer
from batu_geo.workbench.edits import (
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
    from collections.abc import Callable

    from batu_geo.domain.errors import Language
    from batu_geo.workbench.change_list import Change
    from batu_geo.workbench.edits import Edit
    from batu_geo.workbench.standing import Standing


def change_record(change: Change, standing: Standing, language: Language) -> dict[str, Any]:
    """Return a change as plain values.

    Parameters
    ----------
    change
        Of the list.
    standing
        With every change that is switched on.
    language
        Of the sentence and the warning.
    """
    edit = change.edit
    return {
        "key": change.key,
        "isOn": change.is_on,
        "text": change_text(edit, standing, language),
        "act": edit.model_dump(mode="json", exclude_none=True, exclude={"key"}),
        "cost": _cost(edit, standing),
        "warning": _warning(edit, standing, language) if change.is_on else "",
    }


def change_text(edit: Edit, standing: Standing, language: Language) -> str:
    """Return what a change does as a sentence."""
    key: str = edit.what
    if isinstance(edit, OpenUnit) and edit.unit.lon is None:
        key = "open_building"
    elif isinstance(edit, ChangeStreet):
        factor = edit.closure.speed_factor
        key = "close_street" if not factor else "slow_street" if factor < 1 else "speed_street"
    elif isinstance(edit, SetBudget) and edit.rupiah is None:
        key = "no_budget"
    elif isinstance(edit, SetModel) and edit.site_count is None:
        key = "model_alone"
    elif isinstance(edit, SetCapacity) and edit.people_per_unit is None:
        key = "no_capacity"
    return word(f"did_{key}", language, **_VALUES[type(edit)](edit, standing, language))


def _count(value: int | None, language: Language) -> str:
    return word("serve_no_limit", language) if value is None else number(value, language)


def _season(name: str, language: Language) -> str:
    key = f"season_{name}"
    return word(key, language) if has_word(key) else name


def _criterion(name: str, language: Language) -> str:
    return code_word(name, language) if has_word(f"code_{name}") else name


# By kind of edit: the values of its sentence.
_VALUES: dict[type, Callable[[Any, Standing, Language], dict[str, object]]] = {
    OpenUnit: lambda e, at, _: _named(e.unit.unit_id, e.unit.name, at),
    MoveUnit: lambda e, at, _: _named(e.unit_id, "", at),
    SetStatus: lambda e, at, tongue: {
        **_named(e.unit_id, "", at), "status": word(e.status, tongue)},
    UpgradeUnit: lambda e, at, _: _named(e.facility_id, "", at),
    ChangeStreet: lambda e, _, tongue: {
        "name": e.closure.name, "percent": number(100 * e.closure.speed_factor, tongue)},
    BuildRoad: lambda e, _, __: {"name": e.road.name},
    SetThreshold: lambda e, _, tongue: {
        "minutes": number(e.minutes, tongue, 1, is_trimmed=True)},
    SetMode: lambda e, _, tongue: {"mode": mode_word(e.mode, tongue)},
    SetSpeeds: lambda e, _, tongue: {"speeds": word(f"speeds_{e.speed_set}", tongue)},
    SetSeason: lambda e, _, tongue: {"season": _season(e.season, tongue)},
    SetCriterion: lambda e, _, tongue: {
        "name": _criterion(e.criterion.name, tongue),
        "weight": number(e.criterion.weight, tongue, 2)},
    SetHours: lambda e, _, __: {"first": e.first, "last": e.last},
    SetModel: lambda e, _, tongue: {
        "model": word(f"code_{e.model}", tongue), "count": _count(e.site_count, tongue)},
    SetBudget: lambda e, _, tongue: {"rupiah": _count(e.rupiah, tongue)},
    SetStaffCap: lambda e, _, tongue: {
        "profession": word(f"profession_{e.profession}", tongue),
        "count": _count(e.count, tongue)},
    SetCapacity: lambda e, _, tongue: {"people": _count(e.people_per_unit, tongue)},
}  # fmt: skip


def _named(unit_id: str, name: str, standing: Standing) -> dict[str, object]:
    """Return the name of a facility or building, and that of its village."""
    villages = standing.given.villages.set_index("village_id")["village_name"]
    for table, key, called in (
        (standing.study.facilities, "facility_id", "facility_name"),
        (standing.given.facilities, "facility_id", "facility_name"),
        (standing.given.buildings, "building_id", "building_name"),
    ):
        found = table[table[key] == unit_id]
        if len(found):
            row = found.iloc[0]
            place = str(villages.get(row["village_id"], ""))
            return {"name": name or str(row[called]), "village": place}
    return {"name": name or unit_id, "village": "-"}


def _cost(edit: Edit, standing: Standing) -> dict[str, Any] | None:
    """Return what a change costs whom; None for a change that costs nothing of its own."""
    none: dict[str, int | None] = dict.fromkeys(COSTS)
    if isinstance(edit, BuildRoad):
        cost = edit.road.cost_rupiah
        return {**none, "city": cost, "unknown": cost is None}
    if isinstance(edit, OpenUnit) and edit.unit.lon is not None:
        cost = edit.unit.cost_rupiah
        return {**none, "city": cost, "unknown": cost is None}
    if not isinstance(edit, OpenUnit | UpgradeUnit):
        return None
    name = edit.unit.unit_id if isinstance(edit, OpenUnit) else edit.facility_id
    (row,) = costs_by_payer([name], standing.given.costs).to_dict("records")
    costs = {key: whole(row[column]) for key, column in COSTS.items()}
    return {**costs, "unknown": costs["city"] is None}


def _warning(edit: Edit, standing: Standing, language: Language) -> str:
    """Return why a change has no effect or less than it seems; empty where it has."""
    if isinstance(edit, OpenUnit | MoveUnit):
        name = edit.unit.unit_id if isinstance(edit, OpenUnit) else edit.unit_id
        facilities = standing.study.facilities
        rows = facilities[facilities["facility_id"] == name]
        if not len(rows):
            return ""
        (joined,) = road_joins(standing, [name], rows.geometry.to_numpy())
        far = "-" if joined["metres"] is None else number(joined["metres"], language)
        return "" if joined["isJoined"] else word("serve_off_road", language, metres=far)
    if isinstance(edit, ChangeStreet):
        is_met = bool(closed_edges(standing.study.roads, edit.closure).any())
        return "" if is_met else word("serve_no_street", language)
    built = standing.study.built
    if isinstance(edit, BuildRoad) and built is not None:
        ends = sum(end.name == edit.road.name for end in built.loose)
        return word("serve_loose_ends", language, count=ends) if ends else ""
    return ""
