"""What `fleet run` shows: the regions in order, how many there are, and why some are missing."""

from __future__ import annotations

import json
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
    from batu_geo.fleet.run_fleet import FleetRun
    from batu_geo.fleet.tasks import Count

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
    import pandas as pd  # noqa: PLC0415 - heavy

    table = pd.read_parquet(tables / "regions.parquet")
    rows: list[dict[str, Any]] = json.loads(
        table.sort_values(["rank", "region"]).to_json(orient="records")
    )
    return rows


def fleet_run_report(
    run: FleetRun, rows: Sequence[Mapping[str, Any]], language: Language
) -> Iterator[RenderableType]:
    """Yield the regions of a run, those that are missing, and how many there are.

    >>> from batu_geo.fleet.run_fleet import FleetRun
    >>> run = FleetRun((), 1, {"35.79": {"en": "BG-101 x"}})
    >>> [str(line) for line in fleet_run_report(run, [], "en")]
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
    for region, said in run.failed.items():
        yield Text(f"{region}: {said.get(language, '')}")
    count, total = (number(n, language) for n in (len(run.regions), run.total))
    yield Text(word("fleet_in_tables", language, count=count, total=total), style="bold")
    if run.tables is not None:
        yield Text(word("fleet_tables", language, folder=str(run.tables)))


class Shown:
    """Shows how far a run is, where that has changed, and what has been running for longest.

    >>> from batu_geo.fleet.tasks import Count
    >>> show = Shown(print, "en")
    >>> for ended in (2, 2, 3):
    ...     show(Count(ended, 38, slowest="measures-35.79-00ff", slowest_s=4))
    region 35.79 has been running for 4 seconds
    region 35.79 has been running for 4 seconds
    """

    def __init__(self, progress: Callable[[str], None] | None, language: Language) -> None:
        self._progress, self._language = progress, language
        self._last = (-1, -1)

    def __call__(self, count: Count) -> None:
        """Show a count."""
        if self._progress is None or self._last == (count.ended, count.total):
            return
        self._last = (count.ended, count.total)
        seconds = number(round(count.slowest_s), self._language)
        about = {"region": count.slowest.partition("-")[2].rpartition("-")[0], "seconds": seconds}
        key = "fleet_slowest" if count.slowest else "fleet_step_done"
        self._progress(Step(word(key, self._language, **about), count.ended, count.total))
