"""Write an imported table into a study, with its entry in `study.toml`."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.domain.privacy import masked
from batu_geo.importing.fitting import refuse_unfitting
from batu_geo.render.files.write_tables import write_csv, write_geojson
from batu_geo.render.text.words import word
from batu_geo.sources.files.opening import Opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.tables import Contract
    from batu_geo.importing.request import Request, Table
    from batu_geo.importing.study_folder import StudyFolder

EVIDENCE = "reported"


def refuse_existing(folder: StudyFolder, request: Request) -> None:
    """Refuse to replace records that the study has already unless the user asks for it."""
    if not request.again and folder.records(request.table):
        values = {"table": request.table}
        raise ScenarioError(Problem("BG-421", folder.path_of(request.table), values=values))


def staged(folder: StudyFolder, request: Request, table: Table) -> StudyFolder:
    """Return the study as it will be with a table in it; nothing is written."""
    path = folder.path_of(request.table)
    content = _content(table, CONTRACTS[request.table])
    return folder.with_table(request.table, content, input_entry(request, path, {}), table.crs)


def fitted(
    before: StudyFolder, brought: Sequence[tuple[Request, Table]], drop: Sequence[str] = ()
) -> tuple[StudyFolder, list[Problem]]:
    """Return the study as it will be, checked table by table, and notices.

    Parameters
    ----------
    before
        The study as it is.
    brought
        Requests and tables; each may name rows of those before it.
    drop
        Optional tables that leave the study.

    Raises
    ------
    DataError
        When a run would refuse one of them, or another table of the study because of them.
    """
    after, notices = before.without(drop), list[Problem]()
    for request, table in brought:
        after = staged(after, request, table)
        notices += _check_against_study(after, request, table)
    changed = [*drop, *(request.table for request, _ in brought)]
    return after, [*notices, *refuse_unfitting(before, after, changed)]


def write_tables(
    folder: StudyFolder, brought: Sequence[tuple[Request, Table]], drop: Sequence[str] = ()
) -> list[Problem]:
    """Write tables with their entries, or none of them; return notices.

    Raises
    ------
    DataError
        As `fitted` does, of the study as it is once it is locked.
    """
    with folder.edit() as edit:
        for request, _ in brought:
            refuse_existing(edit.study, request)
        after, notices = fitted(edit.study, brought, drop)
        edit.files |= after.study_files.staged
        for request, table in brought:
            edit.files |= table.beside
            edit.entries[request.table] = input_entry(request, after.path_of(request.table), {})
            edit.crs = table.crs or edit.crs
        edit.entries |= dict.fromkeys(drop)
    return notices


def input_entry(request: Request, path: str, metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the entry of `study.toml`: values of the user, else of the file, else defaults.

    Parameters
    ----------
    request
        What is imported, with the values of the user.
    path
        Of the file in the study.
    metadata
        Values the file has of itself: origin, licence, date.
    """
    stamp = dt.datetime.fromtimestamp(request.file.stat().st_mtime, dt.UTC).date().isoformat()
    entry = {
        "path": path,
        "origin": masked(request.file.name),
        "licence": word("import_not_filled_in", "id"),
        "date": stamp,
        "evidence": EVIDENCE,
    }
    for values in (metadata, request.about or {}):
        entry |= {key: value for key, value in values.items() if value}
    return entry


def _check_against_study(after: StudyFolder, request: Request, table: Table) -> list[Problem]:
    """Check a table in the study as it will be with it; return notices not shown before."""
    entry = getattr(after.study_files.card, request.table)
    opened = Opened(entry.path, after.study_files.staged[entry.path])
    shown = {problem.code for problem in table.notices}
    try:
        notices = after.check(request.table, opened, entry.evidence)
    except DataError as error:
        raise DataError(
            _fault_in_source(p, request, table, opened) for p in error.problems
        ) from error
    return [
        _fault_in_source(notice, request, table, opened)
        for notice in notices if notice.code not in shown
    ]  # fmt: skip


def _fault_in_source(problem: Problem, request: Request, table: Table, made: Opened) -> Problem:
    """Return a fault of the written table at its row or feature of the imported file.

    The record is named by its name, as its id may be new.
    """
    if problem.path != made.name:
        return problem
    contract = CONTRACTS[request.table]
    first = 1 if contract.geometry else 2
    ids = [str(record.get(contract.id_column or "")) for record in table.records]
    number = problem.feature if problem.feature is not None else problem.row
    if number is None and problem.record_id not in ids:
        return replace(problem, path=request.file.name)
    index = ids.index(problem.record_id) if number is None else number - first
    names = (table.records[index].get(f"{kind}_name") for kind in ("facility", "building"))
    label = next(filter(None, names), problem.record_id)
    values = dict(problem.values)
    if values.get("value") == problem.record_id:
        values["value"] = label
    place = {"row": None, "feature": None, **table.rows.place(index)}
    return replace(problem, path=request.file.name, record_id=str(label), values=values, **place)


def _content(table: Table, contract: Contract) -> bytes:
    """Return the table as a file of a study: CSV, or GeoJSON in degrees."""
    used = [
        column.name for column in contract.columns
        if column.is_required or any(r.get(column.name) is not None for r in table.records)
    ]  # fmt: skip
    plain = [{name: record.get(name) for name in used} for record in table.records]
    frame = pd.DataFrame(plain, columns=used).astype(object)
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "table"
        if table.shapes is None:
            write_csv(frame, path)
        else:
            write_geojson(gpd.GeoDataFrame(frame, geometry=table.shapes, crs="EPSG:4326"), path)
        return path.read_bytes()
