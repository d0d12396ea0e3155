"""Whether the other tables and the scenarios of a study still fit what is brought into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.checking.check_study import read_all
from batu_geo.checking.findings import CheckInProgress, Fault
from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.sources.study.scenarios import read_scenario

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batu_geo.domain.scenario import Scenario
    from batu_geo.importing.study_folder import StudyFolder

UNCHECKED = "BG-234"
# By table: those that name its rows.
NAMING = {
    "population": ("villages", "facilities", "buildings", "indicators", "costs", "staffing",
                   "profiles"),
    "villages": ("facilities", "buildings", "costs", "staffing", "profiles"),
    "facilities": ("costs", "staffing", "profiles"),
    "buildings": ("costs",),
}  # fmt: skip
MOST_NAMES = 5


def refuse_unfitting(
    before: StudyFolder, after: StudyFolder, changed: Collection[str]
) -> list[Problem]:
    """Refuse an import after which another table would be refused by a run.

    Parameters
    ----------
    before, after
        The study as it is, and with what is brought.
    changed
        The tables that are brought or dropped: their own faults are found before.

    Returns
    -------
    list of Problem
        A notice of each scenario that names what the study has no more.

    Raises
    ------
    DataError
        With every table that was sound before and is not any more.
    """
    card = after.study_files.card
    others = {name for table in changed for name in NAMING.get(table, ())} - {*changed}
    others = {name for name in others if getattr(card, name) is not None}
    faults = [f for f in _faults(after) if f.is_error and f.table in others] if others else []
    if faults:
        doubtful = {f.table for f in _faults(before) if f.is_error or f.problem.code == UNCHECKED}
        faults = [fault for fault in faults if fault.table not in doubtful]
    problems = []
    for table in dict.fromkeys(fault.table for fault in faults):
        of_table = [fault.problem for fault in faults if fault.table == table]
        said = of_table[0].values
        example = said.get("value") or said.get("missing") or "-"
        values = {"table": table, "count": len(of_table), "found": example}
        problems.append(Problem("BG-491", getattr(card, table).path, values=values))
    if problems:
        raise DataError(problems)
    gone = _ids(before) - _ids(after) if {"facilities", "buildings"} & {*changed} else set()
    return list(_scenarios_left_behind(before, gone)) if gone else []


def _faults(folder: StudyFolder) -> list[Fault]:
    """Return the faults of every table of a study but its roads, which name no other table."""
    state = CheckInProgress()
    read_all(state, folder.study_files, has_roads=False)
    return state.faults


def _ids(folder: StudyFolder) -> set[str]:
    """Return the ids of the facilities and buildings of a study."""
    columns = {"facilities": "facility_id", "buildings": "building_id"}
    return {
        str(record.get(column))
        for table, column in columns.items()
        for record in folder.records(table)
    }


def _scenarios_left_behind(folder: StudyFolder, gone: Collection[str]) -> Iterator[Problem]:
    """Yield a notice of each scenario that names a facility or building that is gone."""
    for path in sorted((folder.root / "scenarios").glob("*.toml")):
        try:
            scenario = read_scenario(path, study=folder.root)
        except BatuGeoError:
            continue
        names = [name for name in _named(scenario) if name in gone]
        if names:
            values = {"count": len(names), "found": ", ".join(names[:MOST_NAMES])}
            yield Problem("BG-492", f"scenarios/{path.name}", values=values)


def _named(scenario: Scenario) -> list[str]:
    """Return the facilities and buildings that a scenario names."""
    changed = [change.facility_id for change in scenario.facility_changes]
    opened = [unit.unit_id for unit in scenario.new_units]
    rules = scenario.siting
    chosen = [*rules.must_open, *rules.must_close] if rules else []
    return list(dict.fromkeys([*changed, *opened, *chosen]))
