"""What passes between the steps of an import: the request, the rows of a file, the table."""

from __future__ import annotations

from dataclasses import dataclass, field
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
        One a row or feature, under those names.
    numbers
        Row or feature each is.
    geometry
        GeoJSON of each, or None for a sheet.
    filled
        Row and column of cells that stand there because they were merged downwards.
    """

    columns: list[str]
    records: list[dict[str, Any]]
    numbers: list[int]
    geometry: list[Any] | None = field(default=None)
    filled: frozenset[tuple[int, str]] = frozenset()

    def place(self, index: int) -> dict[str, Any]:
        """Return where a record stands, for a problem."""
        return {"row" if self.geometry is None else "feature": self.numbers[index]}


@dataclass(frozen=True, slots=True)
class Request:
    """What to import, into which study, and what the user says of it.

    Attributes
    ----------
    file, table, into
        The file, what it is, and the folder of the study.
    again
        Whether to replace records the study has already.
    layer
        Sheet or layer, where a file has several.
    chosen
        By column of the contract: the column of the file.
    about
        ``origin``, ``licence``, ``date`` and ``evidence`` for the study card.
    """

    file: Path
    table: str
    into: Path
    again: bool = False
    layer: str = ""
    chosen: Mapping[str, str] | None = None
    about: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be written: records that keep the contract, outlines or points.

    `rows` are those of the file it was made from, one a record.
    """

    records: list[dict[str, Any]]
    shapes: list[Any] | None
    notices: list[Problem]
    beside: Mapping[str, bytes]
    rows: Rows
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written where, and what is worth saying of it."""

    table: str
    path: Path
    count: int
    notices: tuple[Problem, ...]
