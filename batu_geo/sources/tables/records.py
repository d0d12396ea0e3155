"""Read the tables without geometry: population, indicators, staffing, costs, reported figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.contracts import (
    COSTS,
    FIGURES,
    INDICATORS,
    POPULATION,
    PROFILES,
    SERVICES,
    STAFFING,
)
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.schedule import clock_hours, weekdays
from batu_geo.domain.tables import Contract, conform, with_defaults
from batu_geo.sources.files.opening import header_of, records_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.tables import Buildings, Facilities
    from batu_geo.sources.files.opening import Opened

OTHER_SEPARATORS = {";": "';'", "\t": "tab", "|": "'|'"}


def read_population(opened: Opened, *, evidence: str) -> pd.DataFrame:
    """Return the population by village, which is the study's list of villages.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _read(opened, POPULATION, evidence)


def read_indicators(opened: Opened, *, evidence: str, population: pd.DataFrame) -> pd.DataFrame:
    """Return the programme indicators by village; villages may be missing, but not unknown.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    table = _read(opened, INDICATORS, evidence)
    problems = list(_unknown_village_faults(table, population, opened.name))
    if problems:
        raise DataError(problems)
    return table


def read_staffing(opened: Opened, *, evidence: str, facilities: Facilities) -> pd.DataFrame:
    """Return the staff of each facility with weekdays and hours.

    Raises
    ------
    DataError
        With every fault of the file: unknown facilities, invalid days or hours, and hours
        that end before they begin (a night shift is two rows).
    """
    table, problems = _facility_rows(opened, STAFFING, evidence, facilities)
    for number, row in enumerate(table.to_dict("records"), start=2):
        problems += _time_faults(row, opened, number)
    if problems:
        raise DataError(problems)
    order = ["facility_id", "profession", "weekdays", "start", "end", "count"]
    return table.sort_values(order, ignore_index=True)


def read_profiles(opened: Opened, *, evidence: str, facilities: Facilities) -> pd.DataFrame:
    """Return the services of each unit and the facility standards it meets.

    Raises
    ------
    DataError
        With every fault of the file: unknown facilities or services.
    """
    table, problems = _facility_rows(opened, PROFILES, evidence, facilities)
    for number, row in enumerate(table.to_dict("records"), start=2):
        for service in "" if pd.isna(row["services"]) else str(row["services"]).split():
            if service not in SERVICES:
                values = {"value": service, "expected": ", ".join(SERVICES)}
                problems.append(
                    Problem("BG-205", opened.name, row=number, column="services", values=values)
                )
    if problems:
        raise DataError(problems)
    return table.sort_values("facility_id", ignore_index=True)


def _facility_rows(
    opened: Opened, contract: Contract, evidence: str, facilities: Facilities
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a table about facilities and its faults, among them the unknown facilities."""
    table, problems = conforming_rows(opened, contract)
    with_defaults(table, contract, evidence)
    known = set(facilities["facility_id"])
    for number, facility_id in enumerate(table["facility_id"], start=2):
        if not pd.isna(facility_id) and facility_id not in known:
            problems.append(_cell_fault("BG-222", opened, number, "facility_id", facility_id))
    return table, problems


def _time_faults(row: Mapping[Any, Any], opened: Opened, number: int) -> Iterator[Problem]:
    read: dict[str, Any] = {}
    for column, reads in (("weekdays", weekdays), ("start", clock_hours), ("end", clock_hours)):
        if pd.isna(row[column]):
            continue
        read[column] = reads(str(row[column]))
        if read[column] is None:
            yield _cell_fault("BG-223", opened, number, column, row[column])
    start, end = read.get("start"), read.get("end")
    if start is not None and end is not None and end <= start:
        yield _cell_fault("BG-223", opened, number, "end", f"{row['start']}-{row['end']}")


def _cell_fault(code: str, opened: Opened, number: int, column: str, value: Any) -> Problem:
    return Problem(code, opened.name, row=number, column=column, values={"value": value})


def read_costs(
    opened: Opened, *, evidence: str, buildings: Buildings, facilities: Facilities
) -> pd.DataFrame:
    """Return the costs of making a building or facility a unit, by item and payer.

    Raises
    ------
    DataError
        With every fault of the file, among them unknown buildings and facilities.
    """
    table, problems = conforming_rows(opened, COSTS)
    with_defaults(table, COSTS, evidence)
    known = {*buildings["building_id"], *facilities["facility_id"]}
    for number, row in enumerate(table.to_dict("records"), start=2):
        if not pd.isna(row["building_id"]) and row["building_id"] not in known:
            problems.append(
                _cell_fault("BG-224", opened, number, "building_id", row["building_id"])
            )
    if problems:
        raise DataError(problems)
    order = ["building_id", "payer", "period", "item", "rupiah"]
    return table.sort_values(order, ignore_index=True)


def read_figures(opened: Opened, *, evidence: str) -> pd.DataFrame:
    """Return the figures the city reports, each with its date and source.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _read(opened, FIGURES, evidence)


def conforming_rows(opened: Opened, contract: Contract) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of a CSV file and the faults against the contract, header included.

    Raises
    ------
    DataError
        When the header is separated by another sign than a comma.
    """
    header = re.split(r"[\r\n]", text_of(opened), maxsplit=1)[0]
    other = next((sign for sign in OTHER_SEPARATORS if sign in header), "")
    if other and "," not in header:
        raise DataError(Problem("BG-299", opened.name, values={"sign": OTHER_SEPARATORS[other]}))
    records = records_of(opened)
    table, problems = conform(records, contract, opened.name)
    if not records:
        header = header_of(opened)
        problems += [
            Problem("BG-201", opened.name, column=column.name, values={"column": column.name})
            for column in contract.columns
            if column.is_required and column.name not in header
        ]
    return table, problems


def _read(opened: Opened, contract: Contract, evidence: str) -> pd.DataFrame:
    table, problems = conforming_rows(opened, contract)
    if problems:
        raise DataError(problems)
    table = table.sort_values(contract.id_column or contract.columns[0].name, ignore_index=True)
    with_defaults(table, contract, evidence)
    return table


def _unknown_village_faults(
    table: pd.DataFrame, population: pd.DataFrame, name: str
) -> Iterator[Problem]:
    known = population["village_id"].tolist()
    for village_id in table["village_id"]:
        if village_id not in known:
            values = {"value": village_id, "example": known[0]}
            yield Problem("BG-211", name, record_id=village_id, column="village_id", values=values)
