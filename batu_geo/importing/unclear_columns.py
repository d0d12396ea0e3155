"""Refuse missing and ambiguous columns of a file, and list the unused ones."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.rows import DEFAULTS, NUMBERED
from batu_geo.sources.cells.match_columns import EXTRAS
from batu_geo.sources.cells.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.importing.request import Request, Rows
    from batu_geo.sources.cells.match_columns import Match


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
