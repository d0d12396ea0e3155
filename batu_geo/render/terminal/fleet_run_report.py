"""What `fleet run` shows: the regions in order, how many there are, and why some are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.steps import Step
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

# Column, heading and digits.
SHOWN = (
    ("villages", "fleet_villages", 0),
    ("population", "fleet_people", 0),
    ("people_beyond", "fleet_beyond", 0),
    ("share_beyond_percent", "fleet_share", 1),
    ("villages_without_unit", "fleet_without_unit", 0),
    ("criteria_lacking", "fleet_lacking", 0),
    ("band", "fleet_band", 0),
)


def regions_of(tables: Path | None) -> list[dict[str, Any]]:
    """Return the rows of the regions of a run, the worst first; none without tables."""
    if tables is None:
        return []
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    # Not `read_table`, which takes half a second to be imported.
    file = parquet.ParquetFile(tables / "regions.parquet")
    rows: list[dict[str, Any]] = file.read().to_pylist()
    return sorted(rows, key=lambda row: (row["rank"], row["region"]))


def fleet_run_report(
    rows: Sequence[Mapping[str, Any]],
    failed: Mapping[str, Mapping[str, str]],
    total: int,
    folder: str,
    language: Language,
) -> Iterator[RenderableType]:
    """Yield the regions of a run, those that are missing, and how many there are.

    Parameters
    ----------
    rows
        From `regions_of`.
    failed
        By region and language: why it is not among them.
    total
        How many regions there are.
    folder
        Of the tables; empty for none.
    language
        Of the words.

    >>> lines = fleet_run_report([], {"35.79": {"en": "BG-101 x"}}, 1, "", "en")
    >>> [str(line) for line in lines]
    ['35.79: BG-101 x', '0 of 1 regions are in the tables']
    """
    if rows:
        table = FittedTable()
        table.add_column(word("fleet_region", language))
        for _, heading, _ in SHOWN:
            table.add_column(word(heading, language), "right")
        for row in rows:
            cells = (number(row[name], language, digits) for name, _, digits in SHOWN)
            table.add_row(str(row["region"]), *cells)
        yield table
    for region, said in failed.items():
        yield Text(f"{region}: {said.get(language, '')}")
    here, wanted = (number(n, language) for n in (len(rows), total))
    yield Text(word("fleet_in_tables", language, count=here, total=wanted), style="bold")
    if folder:
        yield Text(word("fleet_tables", language, folder=folder))


class Shown:
    """Shows how far a run is, where that has changed, and what has been running for longest.

    >>> show = Shown(print, "en")
    >>> for ended in (2, 2, 3):
    ...     show(ended, 38, "measures-35.79-00ff", 4)
    region 35.79 has been running for 4 seconds
    region 35.79 has been running for 4 seconds
    """

    def __init__(self, progress: Callable[[str], None] | None, language: Language) -> None:
        self._progress, self._language = progress, language
        self._last = (-1, -1)

    def __call__(self, ended: int, total: int, slowest: str, slowest_s: float) -> None:
        """Show how many tasks have ended, and the key of the slowest; empty for none."""
        if self._progress is None or self._last == (ended, total):
            return
        self._last = (ended, total)
        seconds = number(round(slowest_s), self._language)
        about = {"region": slowest.partition("-")[2].rpartition("-")[0], "seconds": seconds}
        key = "fleet_slowest" if slowest else "fleet_step_done"
        self._progress(Step(word(key, self._language, **about), ended, total))
