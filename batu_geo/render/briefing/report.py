"""`laporan.pdf`: every measure, norm and source, for the health office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from batu_geo.access.coverage import NO_WAY
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.render.briefing.blocks import (
    Block,
    callout,
    heading,
    led_list,
    listed,
    map_block,
    paragraph,
    plain_table,
    rows_of,
    table_blocks,
    to_table,
)
from batu_geo.render.briefing.first_page import headline, how_chosen
from batu_geo.render.briefing.led_sentences import assumed_led, now_led, of_villages
from batu_geo.render.briefing.methods import method_sentences
from batu_geo.render.briefing.pdf import document
from batu_geo.render.briefing.report_tables import (
    OWN_PAGES,
    SMALL,
    input_rows,
    norm_rows,
    printed_table,
    shares_by_threshold,
    unknown_columns,
)
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    chosen_sites,
    cost_sentence,
    finite_means,
    gain_sentence,
    order_sentences,
    sites_heading,
    with_interval,
)
from batu_geo.render.briefing.sheet_names import TOTAL, Led, leads_to
from batu_geo.render.briefing.sheets import building_card, village_blocks
from batu_geo.render.briefing.summary import BUILDINGS, answer_blocks
from batu_geo.render.text.column_headings import column_words, plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.render.briefing.content import Brief

HALF_PAGE = (186.0, 112.0)
MAP_MM = dict.fromkeys(
    ("map_served", "map_change", "map_staff", "map_reach", "map_candidates", "map_referral"),
    HALF_PAGE,
)
VILLAGE_MM, MOST_VILLAGES, MOST_SITES, MOST_CARDS = 50.0, 12, 40, 32
SURE = (
    "rank", "village_name", "score", "first_share_percent", "rank_share_percent", "tied_with",
    "rank_if_border_closed", "feasibility_score",
)  # fmt: skip
EVERY_SITE = (
    "rank", "building_name", "village_name", "suitability", "people_gained",
    "person_minutes_saved", "verify", "why_not",
)  # fmt: skip
NORMS_SHOWN = ("norm_id", "norm_meaning", "value", "unit", "source", "article", "date", "status",
               "norm_evidence")  # fmt: skip
Number = Literal["1", "2", "3", "4", "5", "6"]
STRATEGIES: tuple[Number, ...] = ("1", "2", "3", "4", "5", "6")
WITHOUT_PLACE = "3"


def report(brief: Brief) -> dict[str, Any]:
    """Return the document: cover, one page of summary, six chapters and the annexes."""
    title = brief.title("brief_report")
    chapters = [_background, _legal_basis, _state, _analysis, _recommendation, _follow_up]
    annexes = [_tables, _villages, _buildings, _comparison, _back_matter]
    blocks = [
        *_cover(brief, title),
        heading(word("report_summary", brief.language), new_page=True),
        *_deeper(answer_blocks(brief), 1),
        *(block for part in (*chapters, *annexes) for block in part(brief)),
        {"kind": "signatures"},
    ]
    return document(brief, title, blocks, has_letterhead=True)


def _cover(brief: Brief, title: str) -> list[Block]:
    language = brief.language
    return [
        heading(title, 1),
        *(paragraph(plain_text(line), 10) for line in brief.frame.aims(language)),
        paragraph(brief.about, 10),
        heading(word("report_contents", language)) | {"is_listed": False},
        {"kind": "contents"},
    ]


def _background(brief: Brief) -> list[Block]:
    language = brief.language
    strategies = [own.said(language) for own in brief.frame.strategies.values()]
    return [
        heading(word("chapter_background", language), new_page=True),
        paragraph(word("background_text", language, place=brief.place, minutes=brief.minutes,
                       mode=brief.mode)),
        *([listed([*brief.frame.aims(language), *strategies])] if strategies else []),
        heading(word("report_how", language), 3),
        paragraph(word("report_how_text", language)),
    ]  # fmt: skip


def _legal_basis(brief: Brief) -> list[Block]:
    language = brief.language
    return [
        heading(word("chapter_legal", language)) | {"label": "norms"},
        paragraph(word("legal_text", language)),
        plain_table(
            norm_rows(brief)[list(NORMS_SHOWN)],
            language,
            names={},
            note=leads_to("norms", language),
        ),
    ]


def _state(brief: Brief) -> list[Block]:
    language = brief.language
    return [
        heading(word("chapter_state", language), new_page=True),
        led_list(brief, now_led(brief)),
        *printed_table(brief, "city", brief.tables["city"]),
        *_map(brief, "map_served"),
        *printed_table(brief, "villages", brief.tables["villages"]),
        *shares_by_threshold(brief),
        *_map(brief, "map_reach"),
        *_map(brief, "map_referral"),
        *(_map(brief, "map_staff") if "staffing" in brief.inputs else []),
    ]


def _analysis(brief: Brief) -> list[Block]:
    language, gaps = brief.language, brief.tables["gaps"]
    unknown = unknown_columns(gaps, [("rank", *_need_columns(brief))], language)
    columns = [name for name in _need_columns(brief) if name not in unknown]
    need = table_blocks(brief, "gaps", gaps, columns) if len(gaps) else []
    heads = "; ".join(column_words(name, language).heading for name in unknown)
    sure = table_blocks(brief, "gaps", gaps, with_interval(gaps, SURE), level=0)
    return [
        heading(word("chapter_analysis", language)),
        *need,
        *([paragraph(word("columns_unknown", language, columns=heads), SMALL)] if unknown else []),
        *(sure if len(gaps) else []),
        led_list(brief, of_villages(brief, order_sentences(brief))),
    ]


def _recommendation(brief: Brief) -> list[Block]:
    language, cost = brief.language, cost_sentence(brief)
    return [
        heading(word("chapter_recommendation", language)),
        {"kind": "headline", "text": plain_text(headline(brief))},
        paragraph(how_chosen(brief)),
        heading(sites_heading(brief), 3),
        *table_blocks(brief, "candidates", chosen_sites(brief), BUILDINGS, level=0),
        led_list(brief, [Led(gain_sentence(brief), "before_after", (TOTAL,))]),
        *([callout(cost)] if cost else []),
        *_map(brief, "map_change"),
        *printed_table(brief, "before_after", brief.tables["before_after"]),
        *_map(brief, "map_candidates"),
    ]


def _follow_up(brief: Brief) -> list[Block]:
    language = brief.language
    return [
        heading(word("chapter_follow_up", language)),
        heading(word("asked_heading", language), 3),
        led_list(brief, of_villages(brief, asked_sentences(brief)), numbered=True),
        *printed_table(brief, "actions", brief.tables["actions"]),
        heading(word("assumed_heading", language), 3),
        led_list(brief, assumed_led(brief)),
    ]


def _need_columns(brief: Brief) -> list[str]:
    """Return the columns of the villages by need: every criterion that ranks, and some beside."""
    ranks = {criterion.name for criterion in brief.scenario.need}
    shown = [c.name for c in need_criteria().values() if c.in_report or c.name in ranks]
    gaps = brief.tables["gaps"]
    beside = ("mean_minutes_reached", *NO_WAY) if gaps["people_without_way"].any() else ()
    own = ("rank", "village_name", "unit_evidence", "population", *finite_means(gaps, shown))
    return list(dict.fromkeys((*own, *(n for n in beside if gaps[n].any()))))


def _map(brief: Brief, key: str) -> list[Block]:
    title = brief.maps_titles[key]
    return [heading(title, 3), map_block(brief, key, brief.maps[key], title, MAP_MM[key][0])]


def _tables(brief: Brief) -> list[Block]:
    """Return every table under the strategy of the place that its rows serve.

    A place without strategies of its own has parts by subject. What has no table is left out.
    """
    key = "report_strategies" if brief.frame.strategies else "report_subjects"
    blocks = [heading(_annex(brief, "a", key))]
    for number in STRATEGIES:
        title, note = _chapter(brief, number)
        answers = _of_strategy(brief, int(number))
        if title and (answers or note):
            blocks.append(heading(title, 3))
            blocks += _deeper(answers, 1) or [paragraph(note)]
    return blocks


def _annex(brief: Brief, letter: str, key: str) -> str:
    """Return the title of an annex."""
    title = word(key, brief.language)
    return word("annex_title", brief.language, letter=letter.upper(), title=title)


def _chapter(brief: Brief, number: Number) -> tuple[str, str]:
    """Return the title of a strategy, and what the place says where it has no table."""
    language, own = brief.language, brief.frame.strategies.get(number)
    if own is None:
        return (word(f"strategy_{number}", language) if number != WITHOUT_PLACE else ""), ""
    note = "" if own.note is None else plain_text(own.note.said(language))
    return plain_text(own.said(language)), note


def _of_strategy(brief: Brief, strategy: int) -> list[Block]:
    blocks: list[Block] = []
    for name, table in brief.tables.items():
        if name in (*OWN_PAGES, "city", "villages") or "strategy" not in table:
            continue
        rows = table[table["strategy"] == strategy]
        if len(rows):
            blocks += printed_table(brief, name, rows)
    return blocks


def _villages(brief: Brief) -> list[Block]:
    """Return half a page for each of the first villages; each has a sheet of its own beside."""
    blocks: list[Block] = []
    gaps = brief.tables["gaps"]
    for n, gap in enumerate(gaps.head(MOST_VILLAGES).to_dict("records")):
        if n == 0:
            blocks.append(heading(_annex(brief, "b", "report_villages")))
            if len(gaps) > MOST_VILLAGES:
                part = word("first_of", brief.language, shown=MOST_VILLAGES, count=len(gaps))
                blocks.append(paragraph(f"{part[0].upper()}{part[1:]}."))
        blocks.append(heading(f"{gap['rank']}. {gap['village_name']}", 3))
        blocks += _deeper(
            village_blocks(brief, gap["village_id"], inset_mm=VILLAGE_MM, is_report=True)
        )
    return blocks


def _deeper(blocks: list[Block], by: int = 2) -> list[Block]:
    """Return blocks whose headings stand some levels lower."""
    deeper = []
    for block in blocks:
        inner = {k: _deeper(block[k], by) for k in ("left", "right") if k in block and block["kind"]
                 == "beside"}  # fmt: skip
        level = {"level": block["level"] + by} if block["kind"] == "heading" else {}
        deeper.append(block | inner | level)
    return deeper


def _buildings(brief: Brief) -> list[Block]:
    """Return the buildings as a table, and the cards of the first, four a page."""
    language = brief.language
    sites = brief.tables["candidates"].assign(
        village_name=brief.tables["candidates"]["village_id"].map(brief.names)
    )
    if sites.empty:
        return []
    cards = [
        building_card(brief, site)
        for site in sites.to_dict("records")
        if f"site-{site['site_id']}" in brief.maps
    ]
    listed_sites = sites.head(MOST_SITES)
    return [
        heading(_annex(brief, "c", "report_buildings")),
        *table_blocks(brief, "candidates", listed_sites, EVERY_SITE),
        to_table("candidates", language),
        {"kind": "cards", "items": cards},
    ]


def _comparison(brief: Brief) -> list[Block]:
    table = brief.tables.get("comparison")
    if table is None:
        return []
    once = table.drop_duplicates("scenario")
    return [
        heading(_annex(brief, "d", "report_comparison")),
        *printed_table(brief, "comparison", table),
        *table_blocks(brief, "comparison", once, ("scenario", "order", "best_sites", "changes"),
                      level=0),
    ]  # fmt: skip


def _back_matter(brief: Brief) -> list[Block]:
    """Return methods, figures, values beside norms, inputs and notices."""
    language = brief.language
    letter = "e" if "comparison" in brief.tables else "d"
    figures, checks = brief.tables["figures"], brief.tables["norm_checks"]
    inputs = input_rows(brief)
    return [
        heading(_annex(brief, letter, "report_methods")),
        listed(method_sentences(brief)),
        *(printed_table(brief, "figures", figures) if len(figures) else []),
        *(printed_table(brief, "norm_checks", checks) if len(checks) else []),
        heading(word("report_evidence", language), 3) | {"label": "inputs"},
        plain_table(
            inputs.drop(columns="path"), language, names={}, note=leads_to("inputs", language)
        )
        | rows_of("inputs", inputs, inputs),
        heading(word("report_notices", language), 3),
        listed(list(brief.notices) or [word("brief_no_rows", language)]),
    ]
