"""Terminal output of `assess`: every table of the health office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Group
from rich.text import Text

from batu_geo.access.coverage import NO_WAY
from batu_geo.render.terminal.appraisal_sections import SECTIONS
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.column_headings import (
    HIDDEN_TOGETHER,
    cell,
    column_key,
    column_words,
    table_title,
)
from batu_geo.render.text.plan_words import no_plan_words
from batu_geo.render.text.words import (
    certainty_sentence,
    code_word,
    date_word,
    ferry_words,
    mode_word,
    number,
    states_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

WITHOUT_WAY = (*NO_WAY, "puskesmas_people_without_way", "hospital_people_without_way")


# Trips whose minutes are always known: an empty cell is infinitely many.
OF_A_REFERRAL = ("referral_to_minutes", "referral_back_minutes")
PLAIN_NUMBERS = ("reported", "found", "norm", "value", "objective", "bound")
IN_TWO_LANGUAGES = ("meaning", "title")
OF_A_PLAN = ("plan", "plan_proof", "building_order")
OF_SOME_PLANS = (
    "new_roads",
    "opened_units",
    *OF_A_PLAN,
    "plan_units",
    "plan_villages",
    "still_to_ask",
)


def appraisal(
    tables: Mapping[str, pd.DataFrame], language: Language, *, only: Sequence[str] = ()
) -> RenderableType:
    """Return terminal tables of the health office, all or some of them.

    Parameters
    ----------
    tables
        From `health_office_tables`, by name; those that a study lacks are said to have no data.
    language
        Of titles, headings and codes.
    only
        Names of the tables; all when none is named.
    """
    parts: list[RenderableType] = []
    for section in (s for s in SECTIONS if not only or s.name in only):
        title = table_title(section.name, language)
        table = tables.get(section.name)
        if table is None and section.name in OF_SOME_PLANS:
            continue
        if table is None or table.empty:
            why = word("no_data", language)
            if table is not None and section.name == "plan":
                why = no_plan_words(tables["plan_proof"].to_dict("records")[0], language)
            parts.append(Text(f"\n{title}: {why}", style="bold"))
            continue
        rows = section.rows(table)
        worth = code_word(_weakest_word(table), language)
        parts += [
            Text(f"\n{title} ({worth})", style="bold"),
            shown_table(section.columns.split(), rows, language),
        ]
    return Group(*parts)


def _weakest_word(table: pd.DataFrame) -> str:
    """Return the evidence class of a table: that of all rows, or that it varies."""
    kinds = table["evidence"].dropna().unique()
    return str(kinds[0]) if len(kinds) == 1 else "evidence_varies"


def shown_table(columns: Sequence[str], rows: pd.DataFrame, language: Language) -> FittedTable:
    """Return some columns of a table for a terminal, headed and written for the reader."""
    mine = [n for n in columns if n.removesuffix("_en") not in IN_TWO_LANGUAGES or n[-3:] != "_en"]
    names = [f"{n}_en" if n in IN_TWO_LANGUAGES and language == "en" else n for n in mine]
    own = {column_key(str(column)): str(column) for column in rows.columns}
    words_of = {own[n]: column_words(own[n], language) for n in names if n in own}
    # Columns that are empty in every row are left out, and people without a way where all have one.
    shown = {
        n: w
        for n, w in words_of.items()
        if not (w.blank and rows[n].isna().all()) and not (n in WITHOUT_WAY and not rows[n].any())
    }
    table = FittedTable()
    cells = [[_cell(n, row, language) for n in shown] for row in rows.to_dict("records")]
    for name, words in shown.items():
        is_number = words.digits is not None or name in PLAIN_NUMBERS
        table.add_column(words.heading, "right" if is_number else "left")
    for row in cells:
        table.add_row(*row)
    return table


def _cell(name: str, row: Mapping[Any, Any], language: Language) -> str:
    value = row[name]
    if _is_infinite(name, row):
        return word("infinite", language)
    if name in HIDDEN_TOGETHER and row.get("is_hidden") is True:
        return word("count_hidden", language)
    if name == "date":
        return date_word(value, language)
    return cell(name, value, language)


def _is_infinite(name: str, row: Mapping[Any, Any]) -> bool:
    """Return whether an empty cell of minutes stands for infinitely many: a file has no inf."""
    kind = name.removesuffix("_mean_minutes_reached").removesuffix("_minutes")
    if not pd.isna(row[name]) or "minutes" not in name:
        return False
    if f"{kind}_people_without_way" in row:
        lost = row[f"{kind}_people_without_way"]
        return not pd.isna(lost) and lost > 0
    if name in OF_A_REFERRAL:
        return True
    if name in {"puskesmas_minutes", "hospital_minutes"}:  # of a unit, whose place may be unknown
        return name == "hospital_minutes" or not pd.isna(row["puskesmas_id"])
    if all(state in row for state in NO_WAY):
        return any(row[state] for state in NO_WAY)
    return name.startswith(("minutes_p", "mean_minutes_middle")) and row["population"] > 0


def served_lines(city: pd.DataFrame, language: Language) -> Iterator[str]:
    """Yield the people served in the city, who reaches no unit, and who takes a ferry."""
    for row in city.to_dict("records"):
        yield word(
            "print_served",
            language,
            threshold=number(row["threshold_minutes"], language),
            mode=mode_word(row["mode"], language),
            served=number(row["served"], language),
            population=number(row["population"], language),
            share=number(row["share_served_percent"], language, 1),
        )
    for row in city.drop_duplicates("mode").to_dict("records"):
        states = states_words(row, language)
        if states:
            mode = mode_word(row["mode"], language)
            yield word("print_without_way", language, mode=mode, states=states)
        by_ferry = ferry_words(row, language)
        if by_ferry:
            mode = mode_word(row["mode"], language)
            yield f"{word('by_ferry', language, mode=mode)}: {by_ferry}"


def tie_lines(gaps: pd.DataFrame, language: Language) -> Iterator[str]:
    """Yield the certainty of the ranks that some village ties with."""
    is_tied = [bool(names) and not pd.isna(names) for names in gaps["tied_with"]]
    yield from certainty_lines(gaps[is_tied], language)


def certainty_lines(gaps: pd.DataFrame, language: Language) -> Iterator[str]:
    """Yield for each ranked village the certainty of its rank and the villages it ties with."""
    for gap in gaps.to_dict("records"):
        if pd.isna(gap["rank_share_percent"]):
            continue
        yield certainty_sentence(gap, language)
