"""How sure it is which villages have no unit, and what their order rests on, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import shown
from batu_geo.domain.tables import EVIDENCE
from batu_geo.render.text.words import code_word, has_word, number, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from batu_geo.domain.errors import Language

SURE, UNNAMED, SCENARIO = EVIDENCE[0], "inferred", "scenario"
MOST_NAMED = 10


def which_villages(gaps: pd.DataFrame, language: Language) -> list[str]:
    """Return which of the ranked villages certainly have no unit, as reported, and which do not.

    Parameters
    ----------
    gaps
        With ``village_name`` and ``unit_evidence``.
    language
        Of the sentences.
    """
    if gaps.empty:
        return []
    known, count = gaps["unit_evidence"], number(len(gaps), language)
    sure = gaps[known == SURE]
    said = [word("which_none_sure", language, all=count)]
    if len(sure):
        own = number(len(sure), language)
        said = [word("which_sure", language, count=own, all=count, names=_names(sure, language))]
    groups = [
        word(
            "which_group",
            language,
            evidence=code_word(kind, language),
            count=number(int((known == kind).sum()), language),
            names=_names(gaps[known == kind], language),
        )
        for kind in EVIDENCE[1:]
        if (known == kind).any()
    ]
    if groups:
        said.append(word("which_unsure", language, groups="; ".join(groups)))
    if (known == UNNAMED).any():
        said.append(word("which_unnamed", language))
    return said


def to_confirm(gaps: pd.DataFrame, language: Language) -> str:
    """Return that somebody must first confirm which villages have no unit; empty where reported."""
    unsure = gaps[gaps["unit_evidence"] != SURE] if len(gaps) else gaps
    if unsure.empty:
        return ""
    count = number(len(gaps), language)
    return word("asked_which", language, count=count, names=_names(unsure, language))


def what_binds(gaps: pd.DataFrame, language: Language) -> str:
    """Return how sure the order is, the inputs that bind it in words, its class without them."""
    if gaps.empty or "rank_evidence_bound_by" not in gaps:
        return ""
    row = gaps.iloc[0]
    evidence, without = str(row["rank_evidence"]), str(row["rank_evidence_without"])
    inputs = input_names(str(row["rank_evidence_bound_by"]), language)
    if evidence == SURE:
        return ""
    key = "order_bound_by_several" if evidence == without else "order_bound"
    words = {
        "evidence": code_word(evidence, language),
        "meaning": word(f"meaning_{evidence}", language),
        "without": code_word(without, language),
        "without_meaning": word(f"meaning_{without}", language),
    }
    return word(key, language, inputs=inputs, **words)


def input_names(bound_by: str, language: Language) -> str:
    """Return inputs that bind a class in words alone, as a document says them.

    >>> input_names("roads scenario.need.a scenario.need.b", "en")
    'road network, need criteria'
    """
    return ", ".join(dict.fromkeys(said for said, _ in _in_words(bound_by, language)))


def input_words(bound_by: str, language: Language) -> str:
    """Return inputs that bind a class in words, each with its id in the register of sources.

    Several settings of one kind stand together under the id of the kind.

    >>> input_words("roads modes.foot", "en")
    'road network (roads), modes.foot'
    >>> input_words("scenario.need.a scenario.need.b", "en")
    'need criteria (scenario.need)'
    """
    pairs = _in_words(bound_by, language)
    return ", ".join(said if said == own else f"{said} ({own})" for said, own in pairs)


def _in_words(bound_by: str, language: Language) -> list[tuple[str, str]]:
    """Return inputs in words with their ids."""
    ids: dict[str, list[str]] = {}
    for name in bound_by.split():
        table, _, field = name.partition(".")
        kind = field.partition(".")[0]
        key = f"setting_{kind}" if table == SCENARIO else f"table_{table}"
        ids.setdefault(key if table == SCENARIO and has_word(key) else name, []).append(name)
    inputs = []
    for key, names in ids.items():
        table = key if key.startswith("setting_") else f"table_{names[0].partition('.')[0]}"
        said = word(table, language) if has_word(table) else names[0]
        own = names[0] if len(names) == 1 else f"{SCENARIO}.{key.removeprefix('setting_')}"
        inputs.append((said, own))
    return inputs


def people_estimated(evidence: pd.Series[str], language: Language) -> str:
    """Return that the numbers of people are no count, by their classes; empty where reported."""
    kinds = [kind for kind in EVIDENCE if kind != SURE and (evidence == kind).any()]
    if not kinds:
        return ""
    listed = ", ".join(code_word(kind, language) for kind in kinds)
    return word("people_not_counted", language, evidence=listed)


def few(names: Sequence[str], language: Language, *, between: str = ", ") -> str:
    """Return the first names of a list, and how many more there are.

    >>> few(["a", "b"], "en"), few([str(n) for n in range(12)], "en")
    ('a, b', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    listed = between.join(names[:MOST_NAMED])
    if len(names) <= MOST_NAMED:
        return listed
    more = number(len(names) - MOST_NAMED, language)
    return word("headline_more", language, names=listed, count=more)


def _names(rows: pd.DataFrame, language: Language) -> str:
    return few([shown(name) for name in rows["village_name"]], language)
