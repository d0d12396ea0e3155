"""Page 1: what should be done, for whom, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.render.briefing.sentences import (
    asked_sentences,
    basis_sentences,
    chosen_sites,
    has_plan,
    headline_row,
)
from batu_geo.render.briefing.sheet_names import TOTAL, Led, leads_to_rows, linked, places_of
from batu_geo.render.text.column_headings import cell, plain_text
from batu_geo.render.text.plan_words import no_plan_words
from batu_geo.render.text.which_villages import which_villages
from batu_geo.render.text.words import code_word, number, percent, word

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.render.briefing.blocks import Block
    from batu_geo.render.briefing.content import Brief

MOST_VILLAGES, NAMED, MOST_ASKED, MOST_BASES = 10, 3, 4, 2
FIRST_ROWS = (
    "rank", "village_name", "people_beyond", "unit_evidence", "building_name", "people_gained",
    "building_evidence",
)  # fmt: skip


class Gain(NamedTuple):
    """People within reach before and after the buildings are opened, and all people."""

    before: int
    after: int
    people: int


def gain_of(brief: Brief) -> Gain:
    """Return what the buildings of the plan, or the best of each village, change together."""
    table = brief.tables["before_after"]
    columns = ("served_before", "served_after", "population")
    return Gain(*(int(table[name].sum()) for name in columns))


def headline(brief: Brief) -> str:
    """Return the recommendation in one sentence; where there is none, why."""
    language, sites = brief.language, chosen_sites(brief)
    if "plan" in brief.tables and not has_plan(brief):
        return no_plan_words(brief.tables["plan_proof"].to_dict("records")[0], language)
    if brief.tables["gaps"].empty and not has_plan(brief):
        return word("headline_none", language)
    if sites.empty:
        return word("headline_no_building", language)
    names = [plain_text(name) for name in sites["village_name"]]
    listed = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        more = number(len(names) - NAMED, language)
        listed = word("headline_more", language, names=listed, count=more)
    gain = gain_of(brief)
    shares = {
        key: percent(100 * count / gain.people if gain.people else None, language)
        for key, count in (("before", gain.before), ("after", gain.after))
    }
    return word(
        "headline_open", language, count=number(len(sites), language), names=listed,
        minutes=brief.minutes, mode=brief.mode, **shares,
    )  # fmt: skip


def city_row(brief: Brief) -> int:
    """Return the position of the headline threshold in the table of the city."""
    table, head = brief.tables["city"], brief.scenario.headline
    is_head = (table["mode"] == head.mode) & (table["threshold_minutes"] == head.threshold_minutes)
    return is_head.tolist().index(True)


def how_chosen(brief: Brief) -> str:
    """Return whether the buildings are the best together, proved or not, or each by itself."""
    language = brief.language
    if not has_plan(brief):
        return word("chosen_each", language)
    row = brief.tables["plan_proof"].iloc[0]
    if row["plan_status"] == "optimal":
        return word("chosen_proved", language)
    gap = cell("gap_percent", row["gap_percent"], language)
    return word("chosen_unproved", language, gap=gap)


def figure_blocks(brief: Brief) -> list[Block]:
    """Return three figures, each with what it counts and the sheet of the workbook it is from."""
    language, row, gaps = brief.language, headline_row(brief), brief.tables["gaps"]
    kinds = [
        f"{number(count, language)} {code_word(kind, language)}"
        for kind, count in gaps["unit_evidence"].value_counts(sort=False).items()
    ]
    without = word("figure_villages", language) + (f" ({', '.join(kinds)})" if kinds else "")
    gain = gain_of(brief)
    added = word("figure_added", language, count=number(len(chosen_sites(brief)), language))
    shown = [
        (percent(row["share_served_percent"], language),
         word("figure_served", language, served=cell("served", row["served"], language),
              population=cell("population", row["population"], language),
              minutes=brief.minutes, mode=brief.mode), Led("", "city", (city_row(brief),))),
        (number(len(gaps), language), without, Led("", "gaps")),
        (f"+{number(gain.after - gain.before, language)}", added,
         Led("", "before_after", (TOTAL,))),
    ]  # fmt: skip
    items = [
        {
            "value": value,
            "label": plain_text(label),
            "source": leads_to_rows(brief, [led]),
            "led": linked(places_of(brief, [led]), language),
        }
        for value, label, led in shown
    ]
    return [{"kind": "figures", "items": items}]


def first_rows(brief: Brief) -> pd.DataFrame:
    """Return the ranked villages, ten at most, each with its building of the plan or its best."""
    sites = chosen_sites(brief).drop_duplicates("village_id").set_index("village_id")
    rows = brief.tables["gaps"].head(MOST_VILLAGES)
    return rows.assign(
        building_name=rows["village_id"].map(sites["building_name"]),
        people_gained=rows["village_id"].map(sites["people_gained"]),
        building_evidence=rows["village_id"].map(sites["evidence"]),
    )[list(FIRST_ROWS)]


def to_decide(brief: Brief) -> list[str]:
    """Return what is to be decided, the first lines of it."""
    return asked_sentences(brief)[:MOST_ASKED]


def rests_on(brief: Brief) -> list[str]:
    """Return which villages are certain, what the order rests on and how it was chosen."""
    sure = which_villages(brief.tables["gaps"], brief.language)[:1]
    return [*sure, *basis_sentences(brief)[:MOST_BASES], how_chosen(brief)]
