"""A table for a terminal of any width: no word is cut, what is too wide is continued below."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

Justify = Literal["left", "right"]
# Of the box: a space at each end of the table, one after each cell and one between two.
AT_ENDS, BESIDE = 2, 2


@dataclass(slots=True)
class FittedTable:
    """Columns and rows of text; data are shown as they are, never as markup.

    Where the longest words of all columns do not fit side by side, the table is continued below
    with its first columns again. A word is cut only where it alone is wider than the terminal.

    Attributes
    ----------
    title
        Printed above; empty for none.
    keys
        How many of the first columns say what a row is about.

    Examples
    --------
    >>> from rich.console import Console
    >>> table = FittedTable()
    >>> for heading in ("Desa/kelurahan", "Penduduk", "Puskesmas"):
    ...     table.add_column(heading)
    >>> table.add_row("Oro-oro Ombo", "10.293", "Batu")
    >>> with (console := Console(width=30)).capture() as printed:
    ...     console.print(table)
    >>> [line.split() for line in printed.get().splitlines() if line.strip(" ─")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [['Desa/kelurahan', 'Penduduk'], ['Oro-oro', 'Ombo', '10.293'],
     ['Desa/kelurahan', 'Puskesmas'], ['Oro-oro', 'Ombo', 'Batu']]
    """

    title: str = ""
    keys: int = 1
    headings: list[Text] = field(default_factory=list)
    justify: list[Justify] = field(default_factory=list)
    rows: list[tuple[Text, ...]] = field(default_factory=list)

    def add_column(self, heading: str, justify: Justify = "left") -> None:
        """Add a column to the right."""
        self.headings.append(Text(heading))
        self.justify.append(justify)

    def add_row(self, *cells: str | Text) -> None:
        """Add a row below, a cell for each column."""
        self.rows.append(tuple(cell if isinstance(cell, Text) else Text(cell) for cell in cells))

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Table]:
        """Yield the table, in as many parts as the width makes necessary."""
        width = options.max_width - AT_ENDS
        columns = [(self.headings[n], *(row[n] for row in self.rows)) for n in self._numbers]
        least = [min(max(map(_longest_word, cells)), width) for cells in columns]
        most = [max(map(_longest_line, cells)) for cells in columns]
        title = self.title
        for part in _parts(least, self.keys, width):
            room = width - BESIDE * len(part)
            widths = _widths([least[n] for n in part], [most[n] for n in part], room)
            yield self._drawn(part, widths, title)
            title = ""

    @property
    def _numbers(self) -> range:
        return range(len(self.headings))

    def _drawn(self, part: Sequence[int], widths: Sequence[int], title: str) -> Table:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
        if title:
            table.title = Text(title, style="bold")
        for n, width in zip(part, widths, strict=True):
            table.add_column(
                self.headings[n], justify=self.justify[n], width=width, overflow="fold"
            )
        for row in self.rows:
            table.add_row(*(row[n] for n in part))
        return table


def _longest_word(cell: Text) -> int:
    return max((cell_len(word) for word in cell.plain.split()), default=0)


def _longest_line(cell: Text) -> int:
    return max((cell_len(line) for line in cell.plain.splitlines()), default=0)


def _parts(least: Sequence[int], keys: int, width: int) -> list[list[int]]:
    """Return the columns of each part of a table, in every one as many of its first as may be."""
    while keys and sum(least[:keys]) + max(least[keys:], default=0) + BESIDE * (keys + 1) > width:
        keys -= 1
    always = list(range(min(keys, len(least))))
    parts, room = [always], width - sum(least[n] + BESIDE for n in always)
    left = room
    for n in range(len(always), len(least)):
        if left < least[n] + BESIDE and len(parts[-1]) > len(always):
            parts.append(always)
            left = room
        parts[-1] = [*parts[-1], n]
        left -= least[n] + BESIDE
    return parts


def _widths(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns that have some room together, each from least to most."""
    widths = list(least)
    left = room - sum(least)
    by_need = sorted(range(len(least)), key=lambda n: most[n] - least[n])
    for place, n in enumerate(by_need):
        more = max(0, min(most[n] - least[n], left // (len(by_need) - place)))
        widths[n] += more
        left -= more
    return widths
