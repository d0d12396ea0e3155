"""`ringkasan.pdf`: two pages for the mayor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.blocks import (
    Block,
    callout,
    heading,
    listed,
    map_block,
    paragraph,
    table_blocks,
)
from batu_geo.render.briefing.pdf import document
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
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.briefing.content import Brief

VILLAGE_CODE, FIRST_OF_A_CITY = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}"), 71
MAP_MM, HEAD_LINE_MM = (186.0, 126.0), 5.0
MOST_ROWS = 8
ORDER = (
    "rank", "village_name", "unit_evidence", "population", "people_beyond", "share_beyond_percent",
    "mean_minutes", "score", "rank_share_percent", "tied_with",
)  # fmt: skip
BUILDINGS = (
    "village_name", "building_name", "suitability", "evidence", "people_gained", "cost_rupiah",
    "verify",
)  # fmt: skip


def summary(brief: Brief) -> dict[str, Any]:
    """Return the document: the map, the order and how sure it is, the buildings, the decision."""
    title = brief.title("brief_summary_regency" if is_regency(brief) else "brief_summary")
    blocks = [*_first_page(brief, title), *_second_page(brief), {"kind": "signatures"}]
    return document(brief, title, blocks, has_letterhead=True)


def is_regency(brief: Brief) -> bool:
    """Return whether the study is of a kabupaten, by its codes: those of a kota begin at 71."""
    codes = [name for name in brief.names if VILLAGE_CODE.fullmatch(name)]
    return bool(codes) and int(codes[0][3:5]) < FIRST_OF_A_CITY


def map_size(head: Letterhead) -> tuple[float, float]:
    """Return the size in mm of the map that leaves room for the letterhead.

    >>> from batu_geo.domain.letterhead import Letterhead
    >>> map_size(Letterhead(lines=("PEMERINTAH KOTA",)))
    (186.0, 121.0)
    """
    return MAP_MM[0], MAP_MM[1] - HEAD_LINE_MM * (len(head.lines) + bool(head.number))


def _first_page(brief: Brief, title: str) -> list[Block]:
    language = brief.language
    gaps = brief.tables["gaps"].head(MOST_ROWS)
    columns = with_interval(gaps, ORDER)
    order = table_blocks(brief, "gaps", gaps, columns, level=0) if len(gaps) else []
    return [
        heading(title, 1),
        listed(now_sentences(brief)),
        map_block(brief, "map_served", brief.maps["summary"], brief.maps_titles["map_served"],
                  MAP_MM[0]),
        heading(word("order_heading", language)),
        *order,
        listed(order_sentences(brief)),
    ]  # fmt: skip


def _second_page(brief: Brief) -> list[Block]:
    language = brief.language
    chosen = chosen_sites(brief).head(MOST_ROWS)
    cost = cost_sentence(brief)
    return [
        heading(sites_heading(brief), new_page=True),
        *(table_blocks(brief, "candidates", chosen, BUILDINGS, level=0) if len(chosen) else []),
        paragraph(gain_sentence(brief)),
        *([callout(cost)] if cost else []),
        heading(word("assumed_heading", language)),
        listed(assumed_sentences(brief)),
        heading(word("asked_heading", language)),
        listed(asked_sentences(brief), numbered=True),
    ]
