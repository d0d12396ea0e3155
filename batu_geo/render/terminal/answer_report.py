"""Terminal output of `answer`: what answers change, and what is still to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import shown
from batu_geo.planning.evidence.worth import Worth
from batu_geo.render.files.answer_form import form_table
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.which_villages import input_words
from batu_geo.render.text.words import code_word, mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from rich.console import RenderableType

    from batu_geo.domain.errors import Language
    from batu_geo.planning.answering.conclusions import Changed

# Columns of the form that are shown; without a heading of its own by their name in a sheet.
SHOWN = {
    "table": "", "id": "", "field": "", "name": "names_of_rows", "now": "value_now",
    "evidence": "evidence", "binds": "conclusions_bound",
}  # fmt: skip
MOST_ROWS = 60


def changes_report(
    changed: Sequence[Changed], language: Language, *, new: int, replaced: int, path: object
) -> Iterator[RenderableType]:
    """Yield how many answers were kept and where, and each conclusion before and after."""
    counts = {"new": number(new, language), "replaced": number(replaced, language)}
    yield word("answer_kept", language, path=shown(path, longest=400), **counts)
    if not changed:
        yield word("answer_nothing_changed", language)
        return
    table = FittedTable()
    for key in ("answer_conclusion", "answer_subject", "answer_before", "answer_after"):
        table.add_column(word(key, language))
    for change in changed:
        cells = (
            word(f"concluded_{change.conclusion}", language),
            _subject(change, language),
            _value(change.conclusion, change.before, language),
            _value(change.conclusion, change.after, language),
        )
        table.add_row(*cells)
    yield table


def _subject(change: Changed, language: Language) -> str:
    if change.conclusion == "evidence":
        return word(f"conclusion_{change.subject}", language)
    if change.conclusion == "people_served":
        mode, _, minutes = change.subject.rpartition(" ")
        within = f"{number(float(minutes), language)} {word('minutes', language)}"
        return f"{within} {mode_word(mode, language)}"
    return shown(change.subject)


def _value(conclusion: str, value: Any, language: Language) -> str:
    if value is None:
        return "-"
    if isinstance(value, Worth):
        return _worth(value, language)
    if conclusion == "has_unit":
        status, evidence = value
        return f"{word(f'status_{status}', language)} ({code_word(evidence, language)})"
    if conclusion == "best_building":
        return f"{shown(value[0])} ({code_word(value[1], language)})"
    return number(value, language)


def _worth(worth: Worth, language: Language) -> str:
    evidence = code_word(worth.evidence, language)
    if not worth.bound_by:
        return evidence
    inputs = input_words(" ".join(worth.bound_by), language)
    return word("answer_bound", language, evidence=evidence, inputs=inputs)


def questions_report(
    questions: pd.DataFrame, elsewhere: Sequence[str], language: Language
) -> Iterator[RenderableType]:
    """Yield what is still to ask, most binding first, and what no answer can give."""
    yield word("answer_to_ask", language, count=number(len(questions), language))
    form = form_table(questions.head(MOST_ROWS), language)
    table = FittedTable()
    for name, key in SHOWN.items():
        table.add_column(word(key, language) if key else name)
    for row in form[list(SHOWN)].itertuples(index=False, name=None):
        table.add_row(*(shown(cell) for cell in row))
    yield table
    more = len(questions) - MOST_ROWS
    if more > 0:
        yield word("answer_more", language, count=number(more, language))
    if elsewhere:
        yield word("answer_elsewhere", language, inputs=input_words(" ".join(elsewhere), language))
