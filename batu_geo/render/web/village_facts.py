"""What the explorer's card of a village says that no choice on the page changes, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.text.words import number, rows_words, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment

Link = tuple[str, str]


def village_facts(
    assessment: Assessment, language: Language, links: Mapping[str, Sequence[Link]]
) -> list[dict[str, Any]]:
    """Return state, people, wants and links of each village, in the order of their table.

    Each fact says the class of its evidence. `links` are titles and addresses by village id.
    """
    lacks = _lacks(assessment, language)
    return [
        {
            "status": _with_evidence(
                word(f"status_{assessment.unit_status[row['village_id']]}", language),
                row.get("unit_evidence"),
                language,
            ),
            "population": _with_evidence(
                number(row["population"], language), row["population_evidence"], language
            ),
            "lacks": lacks.get(row["village_id"], []),
            "links": list(links.get(row["village_id"], ())),
        }
        for row in assessment.study.villages.drop(columns="geometry").to_dict("records")
    ]


def links_of_villages(
    assessment: Assessment, pages: Sequence[Link], sheets: Mapping[str, Link]
) -> dict[str, list[Link]]:
    """Return for each village its sheet, if there is one, and the pages that open on its card."""
    return {
        village: [*([sheets[village]] if village in sheets else []),
                  *((title, f"{path}#v={quote(village, safe='')}") for title, path in pages)]
        for village in assessment.study.villages["village_id"]
    }  # fmt: skip


def _with_evidence(text: str, evidence: Any, language: Language) -> str:
    is_known = evidence is not None and not pd.isna(evidence)
    return f"{text} ({word(str(evidence), language)})" if is_known else text


def _lacks(assessment: Assessment, language: Language) -> dict[str, list[str]]:
    """Return by village what an office should add or verify there."""
    villages, facilities = assessment.study.villages, assessment.study.facilities
    sites = assessment.candidates
    village_of = {
        **{name: name for name in villages["village_id"]},
        **dict(zip(facilities["facility_id"], facilities["village_id"], strict=True)),
        **dict(zip(sites["site_id"], sites["village_id"], strict=True)),
    }
    found: dict[str, list[str]] = {}
    for row in health_office_tables(assessment)["actions"].to_dict("records"):
        text = f"{row['subject']}: {rows_words(row['missing'], language)}"
        said = _with_evidence(text, row["evidence"], language)
        found.setdefault(village_of.get(row["subject_id"], ""), []).append(said)
    return found
