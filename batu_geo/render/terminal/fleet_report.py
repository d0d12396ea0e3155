"""Reports of many regions for a terminal: what was made, what is wrong, what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from batu_geo.domain.errors import MOST_LINES, shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language, Problem

Row = tuple[str, str, int, "Sequence[Problem]", "Sequence[Problem]"]
StageRow = tuple[str, int, int, "Mapping[str, Mapping[str, str]]"]


def rows_by_region(rows: Mapping[str, Mapping[str, int]], language: Language) -> FittedTable:
    """Return how many rows of each table each region has.

    >>> len(rows_by_region({"35.79": {"villages": 24}}, "id").rows)
    1
    """
    tables = list(dict.fromkeys(table for of in rows.values() for table in of))
    table = FittedTable()
    table.add_column(word("fleet_region", language))
    for name in tables:
        table.add_column(word(f"table_{name}", language), "right")
    for region, of in rows.items():
        table.add_row(region, *(number(of.get(name, 0), language) for name in tables))
    return table


def region_checks(rows: Sequence[Row], language: Language) -> Iterator[RenderableType]:
    """Yield the table of regions and then every fault, region by region.

    Parameters
    ----------
    rows
        Code, title, villages, errors and warnings of each region.
    language
        Of the words.
    """
    table = FittedTable(keys=2)
    table.add_column(word("fleet_region", language))
    table.add_column(word("fleet_name", language))
    for key in ("fleet_villages", "check_errors", "check_warnings"):
        table.add_column(word(key, language), "right")
    for code, title, villages, wrong, doubtful in rows:
        sizes = (number(n, language) for n in (villages, len(wrong), len(doubtful)))
        table.add_row(code, shown(title), *sizes)
    yield table
    for code, _, _, wrong, doubtful in rows:
        for problems, key in ((wrong, "check_error"), (doubtful, "check_warning")):
            start = f"{code} {word(key, language)} "
            yield from (Text(start + p.line(language)) for p in problems[:MOST_LINES])
            if len(problems) > MOST_LINES:
                rest = number(len(problems) - MOST_LINES, language)
                yield Text(f"{code} {word('check_more', language, count=rest)}")
    sound = number(sum(not row[3] for row in rows), language)
    total = number(len(rows), language)
    yield Text(word("fleet_sound", language, count=sound, total=total), style="bold")
    errors = number(sum(len(row[3]) for row in rows), language)
    warnings = number(sum(len(row[4]) for row in rows), language)
    yield Text(word("check_counts", language, errors=errors, warnings=warnings), style="bold")


def stages_report(stages: Sequence[StageRow], language: Language) -> Iterator[RenderableType]:
    """Yield what is there of each stage, and what failed with its message.

    Parameters
    ----------
    stages
        Name, results that are there, results wanted, and the message of each that failed.
    language
        Of the words.
    """
    if not stages:
        yield Text(word("fleet_never_run", language))
    table = FittedTable()
    table.add_column(word("fleet_stage", language))
    for key in ("fleet_there", "fleet_wanted", "fleet_failed"):
        table.add_column(word(key, language), "right")
    for name, there, wanted, failed in stages:
        counts = (number(n, language) for n in (there, wanted, len(failed)))
        table.add_row(word(f"fleet_stage_{name}", language), *counts)
    if stages:
        yield table
    for _, _, _, failed in stages:
        for key, said in failed.items():
            yield Text(f"{key}: {said.get(language, '')}")
