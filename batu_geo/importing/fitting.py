"""Whether the other tables and the scenarios of a study still fit what is brought into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.checking.check_study import read_all
from batu_geo.checking.findings import CheckInProgress
from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.sources.study.scenarios import read_scenario

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batu_geo.domain.scenario import Scenario
    from batu_geo.importing.study_folder import StudyFolder

CHECKED_WITHOUT = "BG-234"
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
    then, now = _read(before), _read(after)
    doubtful = {f.table for f in then.faults if f.is_error or f.problem.code == CHECKED_WITHOUT}
    faults = [f for f in now.faults if f.is_error and f.table not in {*doubtful, *changed}]
    problems = []
    for table in dict.fromkeys(fault.table for fault in faults):
        of_table = [fault.problem for fault in faults if fault.table == table]
        path = getattr(after.study_files.card, table).path
        said = of_table[0].values
        example = said.get("value") or said.get("missing") or "-"
        values = {"table": table, "count": len(of_table), "found": example}
        problems.append(Problem("BG-491", path, values=values))
    if problems:
        raise DataError(problems)
    return list(_scenarios_left_behind(before, _ids(then) - _ids(now)))


def _read(folder: StudyFolder) -> CheckInProgress:
    """Read every table of a study but its roads, which name no other table."""
    state = CheckInProgress()
    read_all(state, folder.study_files, has_roads=False)
    return state


def _ids(state: CheckInProgress) -> set[str]:
    """Return the ids of the facilities and buildings that could be read."""
    columns = {"facilities": "facility_id", "buildings": "building_id"}
    parts = {name: state.parts.get(name) for name in columns}
    return {str(i) for name, part in parts.items() if part is not None for i in part[columns[name]]}


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
