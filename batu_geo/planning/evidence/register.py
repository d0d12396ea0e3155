"""The register of sources and assumptions: where the id beside a class leads to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.planning.evidence.answered_rows import origins
from batu_geo.planning.evidence.ledger import SCENARIO, ledger_of
from batu_geo.siting.buildings.instruments import instruments

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.evidence.worth import Source

COLUMNS = ("source_input", "evidence", "source_rows", "date", "source_origin")


def evidence_register(assessment: Assessment) -> pd.DataFrame:
    """Return one row an input and class: its id, how many rows have it, its date and its origin.

    The id is that of ``evidence_bound_by``, without the row behind its colon.
    """
    said = origins(assessment.study.answers)
    counts = Counter(
        (
            source.input_id,
            source.evidence,
            source.date,
            said.get((source.table, source.row, source.field)) or _origin(assessment, source),
        )
        for source in ledger_of(assessment).sources()
    )
    rows = [
        (name, evidence, count, date, origin)
        for (name, evidence, date, origin), count in sorted(counts.items())
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _origin(assessment: Assessment, source: Source) -> str:
    """Return where an input is from: what the study says of its file, or the scenario of itself."""
    study, scenario = assessment.study, assessment.scenario
    if source.table == "instruments":
        return str(instruments()[source.row]["source"])
    if source.table != SCENARIO:
        return str(study.inputs.get(source.table, {}).get("origin", ""))
    kind, _, name = source.field.partition(".")
    reasons: dict[str, str] = {c.name: c.reason for c in scenario.need}
    reasons |= {c.name: c.reason for c in scenario.feasibility}
    if kind == "modes":
        return str(scenario.modes[name].source)
    if kind in ("need", "feasibility"):
        return reasons[name]
    if kind in ("new_roads", "new_units"):
        return "; ".join(part.source for part in getattr(scenario, kind))
    part = getattr(scenario, kind)
    return "" if part is None else str(part.source)
