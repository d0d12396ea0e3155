"""How sure it is which villages have no unit, and what their order rests on, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import shown
from batu_geo.domain.tables import EVIDENCE
from batu_geo.render.text.words import code_word, has_word, number, word

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.domain.errors import Language

SURE, UNNAMED = EVIDENCE[0], "inferred"


def which_villages(gaps: pd.DataFrame, language: Language) -> list[str]:
    """Return which of the ranked villages are reported to have no unit, and which are not.

    Parameters
    ----------
    gaps
        With ``village_name`` and ``unit_evidence``.
    language
        Of the sentences.
    """
    if gaps.empty:
        return []
    known = gaps["unit_evidence"]
    groups = [
        word(
            "which_group",
            language,
            evidence=code_word(kind, language),
            count=number(int((known == kind).sum()), language),
            names=_names(gaps[known == kind]),
        )
        for kind in EVIDENCE
        if (known == kind).any()
    ]
    said = [word("which_villages", language, groups="; ".join(groups))]
    if (known == UNNAMED).any():
        said.append(word("which_unnamed", language))
    return said


def to_confirm(gaps: pd.DataFrame, language: Language) -> str:
    """Return that somebody must first confirm which villages have no unit; empty where reported."""
    unsure = gaps[gaps["unit_evidence"] != SURE] if len(gaps) else gaps
    if unsure.empty:
        return ""
    count = number(len(gaps), language)
    return word("asked_which", language, count=count, names=_names(unsure))


def what_binds(gaps: pd.DataFrame, language: Language) -> str:
    """Return how sure the order is, the inputs that bind it, and its class without them."""
    if gaps.empty or "rank_evidence_bound_by" not in gaps:
        return ""
    row = gaps.iloc[0]
    evidence, without = str(row["rank_evidence"]), str(row["rank_evidence_without"])
    inputs = input_words(str(row["rank_evidence_bound_by"]), language)
    if evidence == SURE:
        return ""
    key = "order_bound_by_several" if evidence == without else "order_bound"
    words = {"evidence": code_word(evidence, language), "without": code_word(without, language)}
    return word(key, language, inputs=inputs, **words)


def input_words(bound_by: str, language: Language) -> str:
    """Return inputs that bind a class in words, each with its id in the register of sources.

    >>> input_words("roads modes.foot", "en")
    'road network (roads), modes.foot'
    """
    inputs = []
    for name in bound_by.split():
        table = f"table_{name.partition('.')[0]}"
        said = word(table, language) if has_word(table) else name
        inputs.append(said if said == name else f"{said} ({name})")
    return ", ".join(inputs)


def people_estimated(evidence: pd.Series[str], language: Language) -> str:
    """Return that the numbers of people are no count, by their classes; empty where reported."""
    kinds = [kind for kind in EVIDENCE if kind != SURE and (evidence == kind).any()]
    if not kinds:
        return ""
    listed = ", ".join(code_word(kind, language) for kind in kinds)
    return word("people_not_counted", language, evidence=listed)


def _names(rows: pd.DataFrame) -> str:
    return ", ".join(shown(name) for name in rows["village_name"])
