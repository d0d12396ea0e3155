"""Data passed between the steps of an import: the request, the rows of a file, the table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batu_geo.domain.errors import Problem


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of one file.

    Attributes
    ----------
    columns
        Names of the columns, in the order of the file.
    records
        One per row or feature, under those names.
    numbers
        Number of the row or feature of each record.
    geometry
        GeoJSON of each, or None for a sheet.
    filled
        Row and column of cells filled from a cell merged downwards.
    """

    columns: list[str]
    records: list[dict[str, Any]]
    numbers: list[int]
    geometry: list[Any] | None = field(default=None)
    filled: frozenset[tuple[int, str]] = frozenset()

    def place(self, index: int) -> dict[str, Any]:
        """Return the row or feature number of a record, for a `Problem`."""
        return {"row" if self.geometry is None else "feature": self.numbers[index]}


def only_rows(rows: Rows, kept: list[int]) -> Rows:
    """Return some rows of a file, with their geometries and numbers."""
    geometry = None if rows.geometry is None else [rows.geometry[n] for n in kept]
    return replace(rows, records=[rows.records[n] for n in kept],
                   numbers=[rows.numbers[n] for n in kept], geometry=geometry)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What to import into which study, with the options of the user.

    Attributes
    ----------
    file, table, into
        The file, the table it becomes, and the folder of the study.
    again
        Whether to replace records that the study has already.
    code
        Area code to cut the file to; that of the study where it is empty.
    layer
        Sheet or layer, where a file has several.
    chosen
        By column of the contract: the column of the file the user chose.
    meant
        By column of the contract, then by word of the file: the code that it means.
    about
        ``origin``, ``licence``, ``date`` and ``evidence`` for `study.toml`.
    """

    file: Path
    table: str
    into: Path
    again: bool = False
    code: str = ""
    layer: str = ""
    chosen: Mapping[str, str] | None = None
    meant: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be written.

    Attributes
    ----------
    records
        Meeting the contract.
    shapes
        Outline or point of each record in degrees, None for a table without geometry.
    notices
        To be shown to the user.
    beside
        Contents of further files by name.
    rows
        The rows of the file, one per record.
    crs
        New projection of the study, empty to keep the present one.
    """

    records: list[dict[str, Any]]
    shapes: list[Any] | None
    notices: list[Problem]
    beside: Mapping[str, bytes]
    rows: Rows
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: table, path, number of records, notices."""

    table: str
    path: Path
    count: int
    notices: tuple[Problem, ...]
