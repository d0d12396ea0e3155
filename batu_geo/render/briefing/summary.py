"""`ringkasan.pdf`: two pages for the mayor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

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
    basis_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    now_sentences,
    sites_heading,
    with_interval,
)
from batu_geo.render.text.which_villages import which_villages
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.briefing.content import Brief

VILLAGE_CODE, FIRST_OF_A_CITY = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}"), 71
MAP_MM, HEAD_LINE_MM, ANSWERED_MM = (186.0, 104.0), 5.0, 9.0
FRAME_SIZE = 7.0
MOST_ROWS = 8
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
    """Return the document: the map, the order and how sure it is, the buildings, the decision."""
    title = brief.title("brief_summary_regency" if is_regency(brief) else "brief_summary")
    blocks = [*_first_page(brief, title), *_second_page(brief), {"kind": "signatures"}]
    return document(brief, title, blocks, has_letterhead=True)


def is_regency(brief: Brief) -> bool:
    """Return whether the study is of a kabupaten, by its codes: those of a kota begin at 71."""
    codes = [name for name in brief.names if VILLAGE_CODE.fullmatch(name)]
    return bool(codes) and int(codes[0][3:5]) < FIRST_OF_A_CITY


def map_size(head: Letterhead, *, is_answered: bool = False) -> tuple[float, float]:
    """Return the size in mm of the map that leaves room for the letterhead, and for answers.

    >>> from batu_geo.domain.letterhead import Letterhead
    >>> map_size(Letterhead(lines=("PEMERINTAH KOTA",)))
    (186.0, 99.0)
    """
    taken = HEAD_LINE_MM * (len(head.lines) + bool(head.number)) + ANSWERED_MM * is_answered
    return MAP_MM[0], MAP_MM[1] - taken


def _first_page(brief: Brief, title: str) -> list[Block]:
    language = brief.language
    gaps = brief.tables["gaps"].head(MOST_ROWS)
    columns = with_interval(gaps, ORDER)
    order = table_blocks(brief, "gaps", gaps, columns, level=0) if len(gaps) else []
    frame, which = _frame(brief), which_villages(gaps, language)
    return [
        heading(title, 1),
        *([paragraph(frame, FRAME_SIZE)] if frame else []),
        listed(now_sentences(brief)),
        map_block(brief, "map_served", brief.maps["summary"], brief.maps_titles["map_served"],
                  MAP_MM[0]),
        heading(word("order_heading", language)),
        *([listed(which)] if which else []),
        *order,
        listed(basis_sentences(brief)),
    ]  # fmt: skip


def _frame(brief: Brief) -> str:
    """Return what the place aims at and the strategy that units serve, as far as it says so."""
    own = brief.frame.strategies.get(OF_UNITS)
    aims = brief.frame.aims(brief.language)
    return " · ".join([*aims, *([own.said(brief.language)] if own else [])])


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
