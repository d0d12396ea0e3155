"""Read the tables without geometry: population, indicators, reported figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.tables import FIGURES, INDICATORS, POPULATION, Contract, conform, with_defaults
from batu_geo.sources.opening import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from batu_geo.sources.opening import Opened


def read_population(opened: Opened, *, evidence: str) -> pd.DataFrame:
    """Return the people by village: the list of villages of the study.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _read(opened, POPULATION, evidence)


def read_indicators(opened: Opened, *, evidence: str, population: pd.DataFrame) -> pd.DataFrame:
    """Return the programme figures by village; villages may be missing, none may be unknown.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    table = _read(opened, INDICATORS, evidence)
    problems = list(_unknown(table, population, opened.name))
    if problems:
        raise DataError(problems)
    return table


def read_figures(opened: Opened, *, evidence: str) -> pd.DataFrame:
    """Return the figures the city reports, each with its date and source.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _read(opened, FIGURES, evidence)


def _read(opened: Opened, contract: Contract, evidence: str) -> pd.DataFrame:
    table, problems = conform(records_of(opened), contract, opened.name)
    if problems:
        raise DataError(problems)
    table = table.sort_values(contract.id_column, ignore_index=True)
    with_defaults(table, contract, evidence)
    return table


def _unknown(table: pd.DataFrame, population: pd.DataFrame, name: str) -> Iterator[Problem]:
    known = population["village_id"].tolist()
    for village_id in table["village_id"]:
        if village_id not in known:
            values = {"value": village_id, "example": known[0]}
            yield Problem("BG-211", name, record_id=village_id, column="village_id", values=values)
