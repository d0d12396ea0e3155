"""`check FILE` of a file as an office has it: what `import` would say, with nothing written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batu_geo.checking.check_one_file import check_file
from batu_geo.checking.findings import CheckResult, Fault
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.importing.import_roads import cut_to_study, opened_roads
from batu_geo.importing.import_table import IN_ORDER, prepare_table
from batu_geo.importing.request import Request
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.importing.write_table import fitted
from batu_geo.sources.files.opening import header_of, json_of, open_input
from batu_geo.sources.roads.cutting import CUTTERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OWN_SUFFIXES = {".csv", ".geojson", ".json"}


def is_of_a_study(file: Path, table: str) -> bool:
    """Return whether a file is checked as it stands: it has the columns of a study.

    What cannot be read at all counts too: the check says why.
    """
    may_be_cut = table == "roads" and file.suffix.lower() in CUTTERS
    if not file.exists() or table not in IN_ORDER:
        return not (may_be_cut and file.exists())
    if file.suffix.lower() not in OWN_SUFFIXES:
        return False
    contract = CONTRACTS[table]
    needed = {column.name for column in contract.columns if column.is_required}
    suffixes = (".geojson", ".json") if contract.geometry else (".csv",)
    if file.suffix.lower() not in suffixes:
        return False
    try:
        opened = open_input(file, name=file.name, table=table, suffixes=suffixes)
        if not contract.geometry:
            return needed <= {*header_of(opened)}
        features = json_of(opened)["features"]
        return not features or bool(needed & {*features[0]["properties"]})
    except (BatuGeoError, LookupError, TypeError, AttributeError, ValueError):
        return True


def checked_import(file: Path, table: str, data: Path) -> CheckResult:
    """Return what an import of a file into a study would find, replacing what is there.

    Parameters
    ----------
    file, table
        The file, and the table that it would become.
    data
        Folder of the study, of which nothing is changed.

    Examples
    --------
    >>> from batu_geo.sources.study.embedded import embedded_study
    >>> own = embedded_study()
    >>> checked_import(own / "population.csv", "population", own).records
    {'population': 24}
    """
    if table == "roads":
        return _checked_roads(file, data)
    folder, shown = StudyFolder.at(data), list[Problem]()
    request = Request(file, table, folder.root, again=True)

    def agreed(_: object, notices: Iterable[Problem]) -> bool:
        shown.extend(notices)
        return True

    faults, records, exit_code = list[Fault](), dict[str, int](), 0
    try:
        made = prepare_table(folder, request, agreed)
        records[table] = len(made.records)
        shown += [*made.notices, *fitted(folder, [(request, made)])[1]]
    except EnvironmentFault:
        raise
    except BatuGeoError as error:
        exit_code = error.exit_code
        faults = [Fault(table, problem, is_error=True) for problem in error.problems]
    warnings = [Fault(table, problem, is_error=False) for problem in shown]
    return CheckResult(str(file), (*faults, *warnings), records, {}, exit_code, {}, {})


def _checked_roads(file: Path, data: Path) -> CheckResult:
    """Return what a check finds in roads as an import would cut them, and what is left out."""
    folder = StudyFolder.at(data)
    opened = opened_roads(folder, file)
    cut, _, notices = cut_to_study(folder, opened)
    found = check_file(file, "roads", data=data, given=cut.opened if cut else opened)
    noticed = (Fault("roads", notice, is_error=False) for notice in notices)
    return replace(found, faults=(*found.faults, *noticed))
