"""`check FILE`: validate one file as if it were the input of a study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.checking.check_study import NEEDS, warn_of_geometry
from batu_geo.checking.findings import CheckInProgress, CheckResult, with_replaced_input
from batu_geo.planning.study_indicators import public_inputs
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import (
    buildings_of,
    costs_of,
    facilities_of,
    figures_of,
    indicators_of,
    population_of,
    profiles_of,
    staffing_of,
    villages_of,
)
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.sources.study.study_roads import roads_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.sources.files.opening import Opened


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTables:
    """The tables of a study that one file refers to."""

    files: StudyFiles
    parts: dict[str, Any]

    @classmethod
    def of(cls, data: Path | str | None, *tables: str) -> ReferenceTables:
        """Read the named tables of a study, the embedded one by default.

        Raises
        ------
        BatuGeoError
            When one of them is faulty itself.
        """
        files = StudyFiles.at(embedded_study() if data is None else Path(data))
        parts: dict[str, Any] = {}
        if "population" in tables:
            parts["population"] = population_of(files)
        if "villages" in tables:
            parts["villages"] = villages_of(files, parts["population"])[0]
        if "facilities" in tables:
            parts["facilities"] = facilities_of(files, parts["villages"])[0]
        if "buildings" in tables:
            parts["buildings"] = buildings_of(files, parts["villages"])[0]
        return cls(files, parts)


def check_file(
    file: Path | str,
    table: str,
    *,
    data: Path | str | None = None,
    lists: ReferenceTables | None = None,
    given: Opened | None = None,
) -> CheckResult:
    """Check one file as if it were the input of a study.

    Parameters
    ----------
    file
        What to check.
    table
        The table it belongs to, or ``scenario``.
    data
        Folder of the study whose tables it refers to.
    lists
        Those tables, where they are read already.
    given
        The file as opened, or the part of it that is meant.

    Raises
    ------
    BatuGeoError
        When the tables it refers to are faulty.
    """
    path, lists = Path(file), lists or ReferenceTables.of(data, *NEEDS.get(table, ()))
    files = with_replaced_input(lists.files, table, path, given)
    state, parts = CheckInProgress({**lists.parts, table: None}), lists.parts
    readers: dict[str, Callable[[], Any]] = {
        "population": lambda: population_of(files),
        "villages": lambda: villages_of(files, parts["population"]),
        "facilities": lambda: facilities_of(files, parts["villages"]),
        "buildings": lambda: buildings_of(files, parts["villages"]),
        "roads": lambda: roads_of(files, parts["villages"], None),
        "costs": lambda: costs_of(files, parts["buildings"], parts["facilities"]),
        "indicators": lambda: indicators_of(files, parts["population"]),
        "staffing": lambda: staffing_of(files, parts["facilities"]),
        "profiles": lambda: profiles_of(files, parts["facilities"]),
        "figures": lambda: figures_of(files),
        "scenario": lambda: read_scenario(path, study=files.root),
    }
    state.attempt(table, readers[table])
    warn_of_geometry(state, table, str(path))
    ended = state.ended(str(path), files)
    records = {k: n for k, n in ended.records.items() if k == table}
    return replace(ended, records=records, shown_inputs=public_inputs(files.inputs, None))
