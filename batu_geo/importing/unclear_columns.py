"""Refuse missing and ambiguous columns of a file, and list the unused ones."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.rows import DEFAULTS, NUMBERED
from batu_geo.sources.cells.match_columns import EXTRAS, LIKELY, PLACE, Match
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.values import is_empty
from batu_geo.sources.geometry.coordinates import pair_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batu_geo.importing.request import Request, Rows

# Of a place, not of a count or a share: three decimals, or minutes of a degree.
EXACT_DEGREES = re.compile(r"\d[.,]\d{3}|°")


def refuse_unclear(
    matches: Sequence[Match],
    ties: Sequence[tuple[str, str, str]],
    request: Request,
    rows: Rows,
    name: str,
) -> None:
    """Refuse columns that are missing, ambiguous or chosen by a wrong name.

    Raises
    ------
    DataError
        With every one of them.
    """
    problems = _missing_columns(matches, request.table, rows, name)
    for target, one, other in ties:
        if all(plain(record.get(one)) == plain(record.get(other)) for record in rows.records):
            continue
        values = {"one": one, "other": other, "column": target}
        problems.append(Problem("BG-263", name, column=target, values=values))
    known = [*(c.name for c in CONTRACTS[request.table].columns), *EXTRAS[request.table]]
    for target, source in (request.chosen or {}).items():
        if target not in known:
            near = difflib.get_close_matches(target, known, n=1) or known[:1]
            values = {"value": target, "expected": ", ".join([*near, *known][:8])}
            problems.append(Problem("BG-278", name, column=target, values=values))
        if source and source not in rows.columns:
            columns = ", ".join(rows.columns[:20])
            values = {"found": columns, "nearest": source, "column": target}
            problems.append(Problem("BG-250", name, column=target, values=values))
    if problems:
        raise DataError(problems)


def seen_places(matches: Sequence[Match], rows: Rows, request: Request) -> tuple[Match, ...]:
    """Return the matches, with a column that holds places and nothing else whatever its name.

    Only where no other column has places, and the user has chosen none.
    """
    taken = {match.target for match in matches} | {*(request.chosen or {})}
    if "coordinates" not in EXTRAS.get(request.table, ()) or not taken.isdisjoint(PLACE):
        return tuple(matches)
    free = [match.source for match in matches if not match.target]
    seen = [
        source for source in free if _holds_places(record.get(source) for record in rows.records)
    ]
    if len(seen) != 1:
        return tuple(matches)
    found = Match(seen[0], "coordinates", LIKELY)
    return tuple(found if match.source == seen[0] else match for match in matches)


def _holds_places(cells: Iterable[Any]) -> bool:
    filled = [cell for cell in cells if not is_empty(cell)]
    pairs = [pair_of(cell) for cell in filled]
    return bool(pairs) and all(pair and all(map(EXACT_DEGREES.search, pair)) for pair in pairs)


def unused_columns_notice(matches: Sequence[Match], name: str) -> list[Problem]:
    """Return a notice of the columns that are not used."""
    out = [match.source for match in matches if not match.target or not match.is_sure]
    return [Problem("BG-266", name, values={"columns": ", ".join(out)})] if out else []


def _missing_columns(matches: Sequence[Match], table: str, rows: Rows, name: str) -> list[Problem]:
    """Return a problem for each required column without a match."""
    taken = {match.target for match in matches if match.is_sure}
    unsure = {match.target: match.source for match in matches if not match.is_sure}
    contract = CONTRACTS[table]
    optional = {*DEFAULTS.get(table, {}), "village_id", *EXTRAS[table]}
    if table in NUMBERED:
        optional.add(str(contract.id_column))
    columns = ", ".join(rows.columns[:20])
    return [
        Problem("BG-250", name, column=column.name,
                values={"found": columns, "nearest": unsure.get(column.name, "-"),
                        "column": column.name})
        for column in contract.columns
        if column.is_required and column.name not in taken and column.name not in optional
    ]  # fmt: skip
