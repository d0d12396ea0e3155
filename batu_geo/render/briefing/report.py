"""`laporan.pdf`: every measure, norm and source, for the health office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from batu_geo.access.coverage import NO_WAY
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.domain.norms import norms
from batu_geo.render.briefing.blocks import (
    Block,
    callout,
    heading,
    listed,
    map_block,
    paragraph,
    plain_table,
    table_blocks,
)
from batu_geo.render.briefing.methods import method_sentences
from batu_geo.render.briefing.pdf import document
from batu_geo.render.briefing.report_tables import (
    OWN_PAGES,
    printed_table,
    shares_by_threshold,
)
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    now_sentences,
    order_sentences,
    sites_heading,
    with_interval,
)
from batu_geo.render.briefing.sheets import building_blocks, village_blocks
from batu_geo.render.briefing.summary import BUILDINGS
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.render.briefing.content import Brief

MAP_MM = {
    "map_served": (186.0, 225.0),
    "map_change": (186.0, 120.0),
    "map_staff": (186.0, 140.0),
    "map_reach": (186.0, 225.0),
    "map_candidates": (186.0, 225.0),
    "map_referral": (186.0, 225.0),
}
SURE = (
    "rank", "village_name", "score", "first_share_percent", "rank_share_percent", "tied_with",
    "rank_if_border_closed", "feasibility_score",
)  # fmt: skip
EVERY_SITE = (
    "rank", "building_name", "village_name", "suitability", "people_gained",
    "person_minutes_saved", "verify", "why_not",
)  # fmt: skip
NORM_COLUMNS = ("norm_id", "norm_meaning", "value", "unit", "scope", "comparison", "source",
                "article", "date", "status", "norm_evidence")  # fmt: skip
Number = Literal["1", "2", "3", "4", "5", "6"]
STRATEGIES: tuple[Number, ...] = ("1", "2", "3", "4", "5", "6")
WITHOUT_PLACE = "3"


def report(brief: Brief) -> dict[str, Any]:
    """Return the document."""
    title = brief.title("brief_report")
    blocks = [
        heading(title, 1),
        *(paragraph(plain_text(line)) for line in brief.frame.aims(brief.language)),
        *_opening(brief),
        *_maps(brief),
        *_strategies(brief),
        *_villages(brief),
        *_buildings(brief),
        *_comparison(brief),
        *_back_matter(brief),
        {"kind": "signatures"},
    ]
    return document(brief, title, blocks, has_letterhead=True)


def _opening(brief: Brief) -> list[Block]:
    language, gaps = brief.language, brief.tables["gaps"]
    cost = cost_sentence(brief)
    return [
        heading(word("report_how", language)),
        paragraph(word("report_how_text", language)),
        heading(word("report_contents", language)),
        {"kind": "contents"},
        heading(word("now_heading", language), new_page=True),
        listed(now_sentences(brief)),
        *printed_table(brief, "city", brief.tables["city"]),
        heading(word("order_heading", language)),
        *(table_blocks(brief, "gaps", gaps, _need_columns(brief), level=0) if len(gaps) else []),
        *(
            table_blocks(brief, "gaps", gaps, with_interval(gaps, SURE), level=0)
            if len(gaps)
            else []
        ),
        listed(order_sentences(brief)),
        heading(sites_heading(brief)),
        *table_blocks(brief, "candidates", chosen_sites(brief), BUILDINGS, level=0),
        paragraph(gain_sentence(brief)),
        *printed_table(brief, "before_after", brief.tables["before_after"]),
        *([callout(cost)] if cost else []),
        heading(word("assumed_heading", language)),
        listed(assumed_sentences(brief)),
        heading(word("asked_heading", language)),
        listed(asked_sentences(brief), numbered=True),
    ]


def _need_columns(brief: Brief) -> list[str]:
    """Return the columns of the villages by need: every criterion that ranks, and some beside."""
    ranks = {criterion.name for criterion in brief.scenario.need}
    shown = [c.name for c in need_criteria().values() if c.in_report or c.name in ranks]
    gaps = brief.tables["gaps"]
    beside = ("mean_minutes_reached", *NO_WAY) if gaps["people_without_way"].any() else ()
    return [
        "rank",
        "village_name",
        "unit_evidence",
        "population",
        *shown,
        *(n for n in beside if gaps[n].any()),
    ]


def _maps(brief: Brief) -> list[Block]:
    blocks: list[Block] = []
    for n, key in enumerate(MAP_MM):
        title = brief.maps_titles[key]
        first = [heading(word("report_maps", brief.language), new_page=True)] if n == 0 else []
        blocks += [
            *first,
            heading(title, 3, new_page=n > 0),
            map_block(brief, key, brief.maps[key], title, MAP_MM[key][0]),
        ]
    return blocks


def _strategies(brief: Brief) -> list[Block]:
    """Return every table under the strategy of the place that its rows serve.

    A place without strategies of its own has chapters by subject.
    """
    language = brief.language
    key = "report_strategies" if brief.frame.strategies else "report_subjects"
    blocks = [heading(word(key, language), new_page=True)]
    for number in STRATEGIES:
        title, note = _chapter(brief, number)
        answers = _of_strategy(brief, int(number))
        if not title and not answers:
            continue
        blocks.append(heading(title, new_page=number == "4"))
        blocks += answers or [paragraph(note)]
    return blocks


def _chapter(brief: Brief, number: Number) -> tuple[str, str]:
    """Return the title of a chapter and what it says where it has no table."""
    language, own = brief.language, brief.frame.strategies.get(number)
    empty = word("strategy_empty", language)
    if own is None:
        return (word(f"strategy_{number}", language) if number != WITHOUT_PLACE else ""), empty
    note = empty if own.note is None else plain_text(own.note.said(language))
    return plain_text(own.said(language)), note


def _of_strategy(brief: Brief, strategy: int) -> list[Block]:
    blocks: list[Block] = []
    for name, table in brief.tables.items():
        if name in (*OWN_PAGES, "city") or "strategy" not in table:
            continue
        rows = table[table["strategy"] == strategy]
        if len(rows):
            blocks += printed_table(brief, name, rows)
            if name == "villages":
                blocks += shares_by_threshold(brief)
    return blocks


def _villages(brief: Brief) -> list[Block]:
    blocks = []
    for n, gap in enumerate(brief.tables["gaps"].to_dict("records")):
        if n == 0:
            blocks.append(heading(word("report_villages", brief.language), new_page=True))
        name = f"{gap['rank']}. {gap['village_name']}"
        blocks.append(heading(name, 2, new_page=n > 0))
        blocks += _deeper(village_blocks(brief, gap["village_id"]))
    return blocks


def _deeper(blocks: list[Block]) -> list[Block]:
    """Return blocks whose headings stand one level lower."""
    deeper = []
    for block in blocks:
        inner = {k: _deeper(block[k]) for k in ("left", "right") if k in block and block["kind"]
                 == "beside"}  # fmt: skip
        level = {"level": block["level"] + 1} if block["kind"] == "heading" else {}
        deeper.append(block | inner | level)
    return deeper


def _buildings(brief: Brief) -> list[Block]:
    language = brief.language
    sites = brief.tables["candidates"].copy()
    sites["village_name"] = sites["village_id"].map(brief.names)
    blocks = [
        heading(word("report_buildings", language), new_page=True),
        *table_blocks(brief, "candidates", sites, EVERY_SITE, level=0),
    ]
    for site in sites.to_dict("records"):
        if f"site-{site['site_id']}" in brief.maps:
            blocks += building_blocks(brief, site, new_page=True)
    return blocks


def _comparison(brief: Brief) -> list[Block]:
    language = brief.language
    blocks = [heading(word("report_comparison", language), new_page=True)]
    table = brief.tables.get("comparison")
    if table is None:
        return [*blocks, paragraph(word("report_no_comparison", language))]
    once = table.drop_duplicates("scenario")
    return [
        *blocks,
        *printed_table(brief, "comparison", table),
        *table_blocks(brief, "comparison", once, ("scenario", "order", "best_sites", "changes"),
                      level=0),
    ]  # fmt: skip


def _back_matter(brief: Brief) -> list[Block]:
    """Return methods, figures, norms, evidence register and notices."""
    language = brief.language
    figures, checks = brief.tables["figures"], brief.tables["norm_checks"]
    return [
        heading(word("report_methods", language)),
        listed(method_sentences(brief)),
        heading(word("report_figures", language), new_page=True),
        *printed_table(brief, "figures", figures),
        heading(word("report_norms", language), new_page=True),
        plain_table(norm_rows(brief), language, names={}),
        *printed_table(brief, "norm_checks", checks),
        heading(word("report_evidence", language), new_page=True),
        plain_table(input_rows(brief), language, names={}),
        heading(word("report_notices", language)),
        listed(list(brief.notices) or [word("brief_no_rows", language)]),
    ]


def norm_rows(brief: Brief) -> pd.DataFrame:
    """Return every norm as a row."""
    rows = [
        {
            "norm_id": norm.norm_id,
            "norm_meaning": norm.meaning_en if brief.language == "en" else norm.meaning_id,
            "value": norm.value,
            "unit": norm.unit,
            "scope": norm.scope,
            "comparison": norm.comparison,
            "source": norm.source,
            "article": norm.article,
            "date": norm.date,
            "status": norm.status,
            "norm_evidence": norm.evidence,
        }
        for norm in norms().values()
    ]
    return pd.DataFrame(rows, columns=list(NORM_COLUMNS))


def input_rows(brief: Brief) -> pd.DataFrame:
    """Return every input as a row: origin, licence, date, evidence, note and fingerprint."""
    keys = ("path", "origin", "licence", "date", "evidence", "note", "sha256")
    rows = [
        {"input": name, **{key: card.get(key, "") for key in keys}}
        for name, card in brief.inputs.items()
    ]
    return pd.DataFrame(rows, columns=["input", *keys])
