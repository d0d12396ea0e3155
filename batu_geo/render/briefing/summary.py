"""`ringkasan.pdf`: two pages for the mayor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from batu_geo.render.briefing.blocks import (
    Block,
    callout,
    heading,
    led_list,
    listed,
    map_block,
    paragraph,
    plain_table,
    table_blocks,
)
from batu_geo.render.briefing.content import head_of_region
from batu_geo.render.briefing.first_page import (
    MOST_ASKED,
    MOST_VILLAGES,
    figure_blocks,
    first_rows,
    headline,
    rests_on,
    to_decide,
)
from batu_geo.render.briefing.led_sentences import assumed_led, now_led, of_villages
from batu_geo.render.briefing.pdf import document
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    order_sentences,
    sites_heading,
    with_interval,
)
from batu_geo.render.briefing.sheet_names import TOTAL, Led, leads_to
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.briefing.content import Brief

MAP_MM, HEAD_LINE_MM, ANSWERED_MM = (186.0, 78.0), 5.0, 9.0
FEW_ROWS, ROW_MM = 6, 4.5
FRAME_SIZE = 7.0
MOST_ROWS = 6
OF_UNITS: Literal["4"] = "4"
ORDER = (
    "rank", "village_name", "unit_evidence", "population", "people_beyond", "share_beyond_percent",
    "mean_minutes", "score", "rank_share_percent", "tied_with",
)  # fmt: skip
BUILDINGS = (
    "village_name", "building_name", "suitability", "evidence", "people_gained", "cost_rupiah",
    "verify",
)  # fmt: skip


def summary(brief: Brief) -> dict[str, Any]:
    """Return the document: what should be done and for whom, then the order of need."""
    head = head_of_region(brief) or word("brief_head_unknown", brief.language)
    title = plain_text(word("brief_summary", brief.language, head=head))
    if not names_place(head, brief.place):
        title = brief.title_of(title)
    blocks = [*_first_page(brief, title), *_second_page(brief), {"kind": "signatures"}]
    return document(brief, title, blocks, has_letterhead=True)


def names_place(head: str, place: str) -> bool:
    """Return whether who leads a region is named with it, so that a title need not name it again.

    >>> names_place("Wali Kota Batu", "Kota Batu"), names_place("Bupati", "Kabupaten Malang")
    (True, False)
    """
    return place.rsplit(maxsplit=1)[-1] in head.split() if place.split() else False


def map_size(
    head: Letterhead, *, is_answered: bool = False, rows: int = FEW_ROWS
) -> tuple[float, float]:
    """Return the size in mm of the map that leaves room for letterhead, answers and villages.

    >>> from batu_geo.domain.letterhead import Letterhead
    >>> map_size(Letterhead(lines=("PEMERINTAH KOTA",)))
    (186.0, 73.0)
    """
    taken = HEAD_LINE_MM * (len(head.lines) + bool(head.number)) + ANSWERED_MM * is_answered
    more = max(0, min(rows, MOST_VILLAGES) - FEW_ROWS)
    return MAP_MM[0], MAP_MM[1] - taken - ROW_MM * more


def _first_page(brief: Brief, title: str) -> list[Block]:
    frame = _frame(brief)
    return [
        heading(title, 1),
        *([paragraph(frame, FRAME_SIZE)] if frame else []),
        *answer_blocks(brief),
    ]


def answer_blocks(brief: Brief) -> list[Block]:
    """Return the page that answers: what should be done, for whom, and what that rests on."""
    language, rows = brief.language, first_rows(brief)
    columns = [name for name in rows if name not in ("building_evidence", "people_gained")
               or rows["building_name"].notna().any()]  # fmt: skip
    table = plain_table(rows[columns], language, names=brief.names,
                        note=leads_to("gaps", language))  # fmt: skip
    return [
        {"kind": "headline", "text": plain_text(headline(brief))},
        *figure_blocks(brief),
        map_block(brief, "map_served", brief.maps["summary"], brief.maps_titles["map_served"],
                  MAP_MM[0]) | {"fills": True},
        heading(word("first_heading", language)),
        *([table] if len(rows) else [paragraph(word("order_none", language))]),
        heading(word("asked_heading", language)),
        led_list(brief, of_villages(brief, to_decide(brief)), numbered=True),
        heading(word("based_on_heading", language)),
        led_list(brief, of_villages(brief, rests_on(brief))),
    ]  # fmt: skip


def _frame(brief: Brief) -> str:
    """Return what the place aims at and the strategy that units serve, as far as it says so."""
    own = brief.frame.strategies.get(OF_UNITS)
    aims = brief.frame.aims(brief.language)
    return " · ".join([*aims, *([own.said(brief.language)] if own else [])])


def _second_page(brief: Brief) -> list[Block]:
    language = brief.language
    gaps = brief.tables["gaps"].head(MOST_ROWS)
    columns = with_interval(gaps, ORDER)
    order = table_blocks(brief, "gaps", gaps, columns, level=0) if len(gaps) else []
    chosen, cost = chosen_sites(brief).head(MOST_ROWS), cost_sentence(brief)
    rest, said = asked_sentences(brief)[MOST_ASKED:], rests_on(brief)
    more = [text for text in order_sentences(brief) if text not in said]
    now = now_led(brief)
    assumed = [*assumed_led(brief), *of_villages(brief, rest)]
    everything = [*now, *of_villages(brief, more), Led("", "before_after", (TOTAL,)), *assumed]
    return [
        heading(word("now_heading", language), new_page=True),
        listed([led.text for led in now]),
        heading(word("order_heading", language)),
        *order,
        listed(more),
        heading(sites_heading(brief)),
        *(table_blocks(brief, "candidates", chosen, BUILDINGS, level=0) if len(chosen) else []),
        paragraph(gain_sentence(brief)),
        *([callout(cost)] if cost else []),
        heading(word("assumed_heading", language)),
        listed([led.text for led in assumed]),
        led_list(brief, everything, is_shown=False),
    ]
