"""Terminal output of `compare`: scenarios side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Group
from rich.text import Text

from batu_geo.access.coverage import NO_WAY
from batu_geo.domain.errors import shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import code_word, difference_word, number, side_title, word
from batu_geo.siting.buildings.building_costs import cost_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

NUMBERS = {
    "people_served": 0, "share_served_percent": 1, "unreachable": 0, "cut_off": 0,
    "not_snapped": 0, "people_without_place": 0,
    "mean_minutes_reached": 1, "p90_minutes": 1, "gini": 3,
    "villages_without_unit": 0, "new_units": 0, "needs_nurse": 0, "needs_midwife": 0,
    "needs_cadre": 0,
}  # fmt: skip
# Rows that are left out where they hold for nobody.
AT_TIMES = (*NO_WAY, "people_without_place")
# Shown even where it is 0.
ALWAYS = ("city_rupiah", "village_fund_rupiah")


def comparison(tables: Mapping[str, pd.DataFrame], language: Language) -> RenderableType:
    """Return the terminal table of a comparison: one column for each scenario.

    Parameters
    ----------
    tables
        Of a `Comparison`: ``summary`` and ``effects``.
    language
        Of headings and numbers.
    """
    parts: list[RenderableType] = []
    rows = tables["summary"].to_dict("records")
    parts.append(_beside(rows, language))
    evidence = {row.get("cost_evidence") for row in rows} - {None, ""}
    evidence_words = ", ".join(sorted(code_word(e, language) for e in evidence)) or word(
        "no_data", language
    )
    parts.append(Text(word("compare_costs", language, evidence=evidence_words)))
    effects = tables["effects"]
    if len(effects):
        title = Text(word("compare_effects", language), style="bold")
        parts += [title, _effects(effects, language)]
    return Group(*parts)


def _beside(rows: list[dict[Any, Any]], language: Language) -> FittedTable:
    table = FittedTable()
    table.add_column("")
    for row in rows:
        table.add_column(side_title(row, language), "right")
    for name, digits in NUMBERS.items():
        cells = [_figure(row.get(name), language, digits) for row in rows]
        if name not in AT_TIMES or any(_is_some(row.get(name)) for row in rows):
            table.add_row(word(f"compare_{name}", language), *cells)
    table.add_row(word("compare_worst", language), *(_worst(row, language) for row in rows))
    for name in cost_columns():
        cells = [_millions(row, name, language) for row in rows]
        if name in ALWAYS or any(_is_some(row.get(name)) for row in rows):
            table.add_row(word(f"compare_{name}", language), *cells)
    table.add_row(word("compare_proof", language), *(_proof(row, language) for row in rows))
    return table


def _figure(value: Any, language: Language, digits: int) -> str:
    return "" if value is None or pd.isna(value) else number(value, language, digits)


def _worst(row: Mapping[Any, Any], language: Language) -> str:
    name, without = shown(row["worst_village"]), row["worst_village_without_way"]
    if without:
        return word("compare_worst_without", language, name=name, people=number(without, language))
    return f"{name} ({number(row['worst_village_minutes'], language, 1)})"


def _is_some(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != 0


def _millions(row: Mapping[Any, Any], name: str, language: Language) -> str:
    """Return a sum in millions, marked as a lower bound where sites have no known cost."""
    value = row.get(name)
    if value is None or pd.isna(value):
        return ""
    text = number(value / 1_000_000, language)
    return f"{text} + ?" if row["sites_without_cost"] else text


def _proof(row: Mapping[Any, Any], language: Language) -> str:
    if not isinstance(row["status"], str) or not row["status"]:
        return ""
    words = code_word(row["status"], language)
    gap = row.get("gap")
    if row["status"] == "best_so_far" and gap is not None:
        words += f" (± {number(100 * gap, language, 2)}%)"
    return words


def _minutes_more(value: float, language: Language) -> str:
    """Return how much longer everybody of a village takes; or that all of them arrive now."""
    if value == float("-inf"):
        return word("compare_all_reach", language)
    return number(value, language, 1)


def _effects(effects: pd.DataFrame, language: Language) -> FittedTable:
    table = FittedTable()
    has_ways = bool(effects["without_way_more"].any())
    for key in (
        "compare_difference",
        "village",
        "compare_minutes_more",
        "compare_served_more",
        *(["compare_without_way_more"] if has_ways else []),
        "rank",
    ):
        table.add_column(word(key, language))
    for row in effects.to_dict("records"):
        before, after = (_figure(row[n], language, 0) for n in ("rank_before", "rank_after"))
        cells = (
            difference_word(row["difference"], language),
            shown(row["village_name"]),
            _minutes_more(row["minutes_more"], language),
            number(row["served_more"], language),
            *([number(row["without_way_more"], language)] if has_ways else []),
            f"{before or '-'} → {after or '-'}" if before or after else "",
        )
        table.add_row(*cells)
    return table
