"""Notebook display of results: plain HTML, every text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import shown
from batu_geo.render.terminal.appraisal import certainty_lines, served_lines
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import code_word, number, score_words, side_title, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from batu_geo.domain.errors import Language


def run_html(gaps: pd.DataFrame, city: pd.DataFrame, *, evidence: str, language: Language) -> str:
    """Return HTML of the ranked villages, their certainty, and the people served.

    Parameters
    ----------
    gaps, city
        Tables of a run.
    evidence
        Evidence class of the weakest input; "" where it is unknown.
    language
        Language of the run.
    """
    rows = [
        (
            str(gap["rank"]),
            gap["village_name"],
            score_words(gap, language),
            number(gap["population"], language),
            number(gap["people_beyond"], language),
        )
        for gap in gaps.to_dict("records")
    ]
    keys = ("rank", "village", "score", "population", "people_beyond")
    parts = [table_html([word(key, language) for key in keys], rows)]
    parts += [f"<p>{escape_text(line)}</p>" for line in certainty_lines(gaps, language)]
    parts += [f"<p>{escape_text(line)}</p>" for line in served_lines(city, language)]
    worth = f"{word('evidence', language)}: {code_word(evidence or 'unknown', language)}"
    return "".join([*parts, f"<p><b>{escape_text(worth)}</b></p>"])


def comparison_html(summary: pd.DataFrame, language: Language) -> str:
    """Return an HTML table of scenarios: people served, minutes, new units, proof."""
    keys = ("people_served", "share_served_percent", "mean_minutes_reached", "new_units")
    digits: Mapping[str, int] = {"share_served_percent": 1, "mean_minutes_reached": 1}
    head = ["", *(word(f"compare_{key}", language) for key in keys),
            word("compare_proof", language)]  # fmt: skip
    rows = [
        (
            side_title(row, language),
            *(number(row[key], language, digits.get(key, 0)) for key in keys),
            code_word(row["status"], language) if row["status"] else "",
        )
        for row in summary.to_dict("records")
    ]
    return table_html(head, rows)


def table_html(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return an HTML table with escaped texts.

    >>> table_html(["a"], [["<b>"]])
    '<table><tr><th>a</th></tr><tr><td>&lt;b&gt;</td></tr></table>'
    """
    cells = "".join(f"<th>{escape_text(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape_text(shown(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{cells}</tr>{body}</table>"
