"""Sources of the rows that an office has answered: each cell with its own date, as reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.asking.answers import DEFINING, POSITION
from batu_geo.planning.evidence.worth import SURE, Basis, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.asking.answers import Answer

# By table of an answer: the kind of source that its row is.
KINDS = {"villages": "unit", "population": "population"}


def with_answered(
    rows: Mapping[str, Mapping[str, Basis]], answers: Sequence[Answer]
) -> dict[str, dict[str, Basis]]:
    """Return the sources by kind and row; of a row that is answered in part, its cells.

    What is not answered of a row keeps the class of the row, cell by cell; the place of a
    facility is a source of its own.
    """
    found = {kind: dict(known) for kind, known in rows.items()}
    by_row: dict[tuple[str, str], dict[str, Answer]] = {}
    for answer in answers:
        is_place = answer.field == POSITION and answer.table == "facilities"
        kind = "position" if is_place else KINDS.get(answer.table, answer.table)
        by_row.setdefault((kind, answer.record_id), {})[answer.field] = answer
    for (kind, row), said in by_row.items():
        found.setdefault(kind, {})[row] = _basis(kind, row, said, found[kind].get(row, frozenset()))
    return found


def _basis(kind: str, row: str, said: Mapping[str, Answer], known: Basis) -> Basis:
    table = next(iter(said.values())).table
    cells = {POSITION} if kind == "position" else set(DEFINING.get(table, ()))
    answered = frozenset(
        Source(table, SURE, name, row, a.date)
        for name, a in said.items()
        if name in cells or not cells
    )
    if not cells:  # a roster, or costs: the other lines of it stay as sure as they are
        return answered | frozenset(s for s in known if s.evidence != SURE)
    left = cells - said.keys()
    if not left or not answered:
        return answered or known
    return answered | frozenset(
        Source(s.table, s.evidence, name, row, s.date) for s in known for name in left
    )


def origins(answers: Sequence[Answer]) -> dict[tuple[str, str, str], str]:
    """Return who said so, by cell."""
    return {answer.cell: answer.source for answer in answers}
