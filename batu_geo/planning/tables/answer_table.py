"""What offices have answered and what is still to ask, by kind of cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.domain.cell_rows import CellRows
from batu_geo.planning.answering.open_questions import KINDS, open_questions
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.worth import SURE

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

COLUMNS = ("asked_about", "rows_certain", "rows_all", "cells_to_ask", "first_to_ask")
MOST_NAMED = 3
# By table and field of an open question: the kind it is of; else by table alone.
KIND_OF = {("villages", "has_unit"): "unit", ("facilities", "position"): "position"}


def still_to_ask(assessment: Assessment) -> pd.DataFrame:
    """Return one row a kind of cell: how many of its rows are reported, and what is to ask.

    Columns: ``asked_about`` (``unit``: whether a village has one; ``position``: where a facility
    stands; else a table), ``rows_certain`` and ``rows_all``, ``cells_to_ask``, and
    ``first_to_ask``: names of the first rows, most binding first, at most three.
    """
    ledger, questions = ledger_of(assessment), open_questions(assessment)
    pairs = zip(questions["table"], questions["field"], strict=True)
    kinds = pd.Series([KIND_OF.get(pair, pair[0]) for pair in pairs], index=questions.index)
    rows = []
    for kind in KINDS:
        known = ledger.rows.get(kind, {})
        if not known:
            continue
        certain = sum(all(s.evidence == SURE for s in basis) for basis in known.values())
        open_rows = questions[kinds == kind]
        names = dict.fromkeys(str(n) for n in open_rows["name"])
        first = CellRows(tuple(names)[:MOST_NAMED])
        rows.append((kind, certain, len(known), len(open_rows), first))
    return pd.DataFrame(rows, columns=list(COLUMNS))
