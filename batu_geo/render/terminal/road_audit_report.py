"""The road audit of `batu-geo check`: a line a kind, and the gap to close first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.road_audit_words import COUNTED, audit_notes, not_made
from batu_geo.render.text.words import mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language
    from batu_geo.planning.road_findings import RoadFindings


def road_audit_report(
    findings: RoadFindings | None,
    missing: tuple[str, ...],
    source: Mapping[str, str],
    language: Language,
) -> RenderableType:
    """Return the road audit for a terminal.

    Parameters
    ----------
    findings
        What was found; None where the audit could not be made.
    missing
        The tables without which it was not made.
    source
        What `study.toml` says of the roads.
    language
        Language of the report.
    """
    if findings is None:
        return Text(not_made(missing, language))
    mode = mode_word(findings.mode, language)
    lines: list[RenderableType] = [Text(word("audit_title", language, mode=mode), style="bold")]
    lines += [Text(line) for line in audit_notes(findings, source, language)]
    return Group(*lines, _counts_table(findings, language))


def _counts_table(findings: RoadFindings, language: Language) -> FittedTable:
    table = FittedTable()
    table.add_column(word("audit_kind", language))
    for key in ("audit_n", "audit_km", "audit_people"):
        table.add_column(word(key, language), "right")
    for kind in COUNTED:
        row = findings.counts.loc[kind]
        name = word(f"road_{kind}", language)
        if not row["n"]:
            table.add_row(name, word("audit_none", language), "", "")
            continue
        table.add_row(
            name, number(row["n"], language), number(row["km"], language, 3),
            number(row["people"], language),
        )  # fmt: skip
    return table


def road_audit_card(
    findings: RoadFindings | None, missing: tuple[str, ...], source: Mapping[str, str]
) -> dict[str, Any]:
    """Return the content of `road_audit_report` for JSON."""
    evidence = source.get("evidence", "")
    if findings is None:
        return {"missing": list(missing), "evidence": evidence}
    counts = {
        kind: {"n": int(row["n"]), "km": round(float(row["km"]), 6), "people": int(row["people"])}
        for kind, row in findings.counts.iterrows()
    }
    return {
        "mode": findings.mode, "evidence": evidence, "counts": counts,
        "roads_across": findings.roads_across, "km_outside": round(findings.km_outside, 6),
    }  # fmt: skip
