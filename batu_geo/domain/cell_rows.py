"""Several rows in one cell of a table: typed until a writer joins them to text, once.

No reader of a table splits such a text again: a `CellRows` has no string methods, and
whoever needs the rows takes `CellRows.rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

Table = TypeVar("Table", bound="pd.DataFrame")

ROAD = "road"
LEGAL_BASIS = "legal_basis"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A hard rule that a candidate building breaks, and the value that breaks it."""

    site_id: str
    rule: str
    value: str

    def __str__(self) -> str:
        """Return the code and the value.

        >>> str(Refusal("B1", "rooms", "1"))
        'rooms=1'
        """
        return f"{self.rule}={self.value}"


@dataclass(frozen=True, slots=True)
class Unverified:
    """A hard rule whose field is unknown, or what else has to be found out about a building.

    That is ``road`` where it joins no road, and ``legal_basis`` for a facility of a village,
    which the city cannot make a unit by itself.
    """

    site_id: str
    rule: str

    def __str__(self) -> str:
        """Return the code of the rule."""
        return self.rule


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule of the smallest set that cannot be kept together; its label is ``rule_<code>``.

    Attributes
    ----------
    code
        `site_count`, `site_count_at_most`, `budget`, `staff`, `readiness`, `must_open`,
        `must_close`, `cost_unknown`, `one_per_village`, `one_in_village`, `cover_all`
        or `cover_coverable`.
    values
        Values for the label.
    """

    code: str
    values: Mapping[str, str | int]

    def __str__(self) -> str:
        """Return the code with its values.

        >>> str(Conflict("staff", {"profession": "nurse", "cap": 3}))
        'staff(profession=nurse, cap=3)'
        """
        return f"{self.code}({', '.join(f'{key}={value}' for key, value in self.values.items())})"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two villages whose order the data leave uncertain, by name."""

    village_name: str
    other_name: str

    def __str__(self) -> str:
        """Return the name of the other village."""
        return self.other_name


@dataclass(frozen=True, slots=True)
class StaffShortage:
    """How many staff of one profession a unit lacks."""

    count: int
    profession: str

    def __str__(self) -> str:
        """Return the count and the code of the profession.

        >>> str(StaffShortage(2, "nurse"))
        '2 nurse'
        """
        return f"{self.count} {self.profession}"


@dataclass(frozen=True, slots=True)
class CellRows:
    """The rows, codes or ids of one cell; false where there are none.

    Attributes
    ----------
    rows
        In the order they are written.
    separator
        Written between them.
    """

    rows: tuple[Any, ...] = ()
    separator: str = "; "

    def __bool__(self) -> bool:
        """Return whether the cell has any row."""
        return bool(self.rows)

    def __str__(self) -> str:
        """Return the rows as a file or a page has them.

        >>> str(CellRows((Refusal("B1", "owner", "village"), Refusal("B1", "rooms", "1"))))
        'owner=village; rooms=1'
        """
        return self.separator.join(map(str, self.rows))


def ids_cell(ids: Iterable[str]) -> CellRows:
    """Return a cell of ids or codes, written with blanks between them.

    >>> str(ids_cell(["KEL-1", "SD-2"]))
    'KEL-1 SD-2'
    """
    return CellRows(tuple(ids), separator=" ")


def rows_column(cells: Iterable[CellRows], table: pd.DataFrame) -> pd.Series[Any]:
    """Return a column for a table, one cell a row."""
    import pandas as pd  # noqa: PLC0415 - heavy

    return pd.Series(list(cells), index=table.index, dtype="object")


def joined(table: Table) -> Table:
    """Return a table with text in place of rows, for a writer that knows only plain values."""
    text = {
        name: [str(value) if isinstance(value, CellRows) else value for value in table[name]]
        for name in table.columns
        if table[name].dtype == object and CellRows in set(map(type, table[name]))
    }
    return table.assign(**text)
