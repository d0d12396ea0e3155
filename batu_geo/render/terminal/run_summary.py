"""Terminal output of a run: ranked villages, the best building in each, assumed inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.terminal.appraisal import OF_A_PLAN, appraisal, served_lines, tie_lines
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.which_villages import what_binds, which_villages
from batu_geo.render.text.words import code_word, number, score_words, suitability_words, word
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

OF_CRITERIA = ("BG-806", "BG-814")
UNCERTAIN = ("assumed", "illustrative")


def run_summary(
    *,
    gaps: pd.DataFrame,
    candidates: pd.DataFrame,
    city: pd.DataFrame,
    plan: Mapping[str, pd.DataFrame] | None,
    manifest: Mapping[str, Any],
    folder: Path,
    is_new: bool,
) -> RenderableType:
    """Return the summary of a finished run for a terminal, in the language of the run."""
    language: Language = manifest["language"]
    parts: list[RenderableType] = []
    if gaps.empty:
        parts.append(Text(word("print_no_gaps", language)))
    else:
        parts.append(_gap_table(gaps, candidates, language))
        said = [*which_villages(gaps, language), what_binds(gaps, language)]
        parts += [Text(line) for line in (*said, *tie_lines(gaps, language)) if line]
    if plan is not None:
        parts.append(appraisal(plan, language, only=OF_A_PLAN))
    parts += [Text(line) for line in served_lines(city, language)]
    parts.append(Text(_assumed_line(manifest["inputs"], language)))
    parts += notice_lines(manifest.get("notices", ()), language)
    parts.append(Text(f"{word('print_folder', language)}: {folder}", no_wrap=True))
    if not is_new:
        parts.append(Text(word("print_existing", language)))
    return Group(*parts)


def notice_lines(
    notices: Sequence[Mapping[str, str]], language: Language
) -> Iterator[RenderableType]:
    """Yield how many notices there are, and of each kind the first and how many are alike."""
    if not notices:
        return
    alike: dict[str, list[str]] = {}
    # Criteria that lack figures come first: what they decide is on this screen.
    for notice in sorted(notices, key=lambda n: n.get("code") not in OF_CRITERIA):
        alike.setdefault(notice.get("code", ""), []).append(notice.get("text", ""))
    yield Text(word("print_notices", language, count=number(len(notices), language)))
    for texts in alike.values():
        more = len(texts) - 1
        rest = f" ({word('print_alike', language, count=number(more, language))})" if more else ""
        yield Padding(Text(f"{texts[0]}{rest}", style="dim"), (0, 0, 0, 2))


def _gap_table(gaps: pd.DataFrame, candidates: pd.DataFrame, language: Language) -> FittedTable:
    table = FittedTable(word("print_gaps", language, count=len(gaps)), keys=2)
    table.add_column("#", "right")
    table.add_column(word("village", language))
    table.add_column(word("print_has_none", language))
    for key in ("score", "rank_certainty", "population", "people_beyond"):
        table.add_column(word(key, language), "right")
    table.add_column(word("best_building", language))
    table.add_column(word("people_gained", language), "right")
    best = candidates[is_best_in_village(candidates)].set_index("village_id")
    for gap in gaps.to_dict("records"):
        building, gained = word("print_no_building", language), ""
        if gap["village_id"] in best.index:
            site = best.loc[gap["village_id"]]
            building = f"{site['building_name']} ({suitability_words(site, language)})"
            gained = f"+{number(site['people_gained'], language)}"
        table.add_row(
            str(gap["rank"]),
            shown(gap["village_name"]),
            code_word(gap["unit_evidence"], language),
            score_words(gap, language),
            _share(gap["rank_share_percent"], language),
            number(gap["population"], language),
            number(gap["people_beyond"], language),
            shown(building),
            gained,
        )
    return table


def _share(percent: float | None, language: Language) -> str:
    """Return in how many trials a village keeps its rank; nothing where none were made."""
    if pd.isna(percent):
        return ""
    return f"{number(percent, language)}%"


def _assumed_line(inputs: Mapping[str, Mapping[str, str]], language: Language) -> str:
    listed = ", ".join(
        f"{word(f'table_{table}', language)} ({word(card['evidence'], language)})"
        for table, card in inputs.items()
        if card["evidence"] in UNCERTAIN
    )
    return f"{word('print_assumed', language)}: {listed or '-'}"
