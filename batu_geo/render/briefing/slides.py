"""`presentasi.pptx`: pictures and tables for the council room, with notes for the speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.first_page import figure_blocks, headline
from batu_geo.render.briefing.led_sentences import now_sentences
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    chosen_sites,
    cost_sentence,
    finite_means,
    gain_sentence,
    order_sentences,
    sites_heading,
)
from batu_geo.render.briefing.slide_parts import (
    EDGE,
    FOOT_HIGH,
    HIGH,
    PALE,
    TOP,
    WIDE,
    add_figures,
    add_table,
    colour,
    finished,
    fitted,
    flowing,
    new_show,
    new_slide,
    notes,
    table_of,
    text_box,
    text_high,
)
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.render.briefing.content import Brief

MOST_ROWS, LEAST_ROWS, MOST_ACTIONS = 10, 3, 5
LARGE, FIGURE, LISTED, FOOT, LEAST_FOOT = 24, 34, 36, 18, 11
ROOM, BOTTOM, GAP = WIDE - 2 * EDGE, HIGH - FOOT_HIGH - 0.1, 0.25
MAP_WIDE, HEADLINE_HIGH, FIGURES_HIGH, SOURCE_HIGH = 5.6, 1.9, 2.0, 0.9
ORDER = ("rank", "village_name", "unit_evidence", "population", "people_beyond", "mean_minutes",
         "rank_share_percent", "tied_with")  # fmt: skip
BUILDINGS = ("village_name", "building_name", "suitability", "evidence", "people_gained")
CITY = ("mode", "threshold_minutes", "population", "served", "not_served", "share_served_percent")
ACTIONS = ("action", "subject", "missing", "owner")
PICTURES = ("map_served", "map_change", "map_reach", "map_candidates", "map_referral", "map_staff")


def slides(brief: Brief, pictures: Mapping[str, bytes]) -> bytes:
    """Return the presentation.

    Parameters
    ----------
    brief
        What it says.
    pictures
        By name: maps as PNG.
    """
    show = new_show()
    language = brief.language
    _opening(show, brief, pictures)
    _listing(show, brief, "now_heading", now_sentences(brief), CITY, brief.tables["city"])
    _maps(show, brief, pictures, PICTURES[:1])
    order = order_sentences(brief)
    _table(show, brief, word("order_heading", language), brief.tables["gaps"],
           finite_means(brief.tables["gaps"], ORDER),
           foot=order, note=word("slide_order_note", language, text=" ".join(order)))  # fmt: skip
    gain = [text for text in (gain_sentence(brief), cost_sentence(brief)) if text]
    _table(show, brief, sites_heading(brief), chosen_sites(brief), BUILDINGS,
           foot=gain, note=word("slide_building_note", language, text=" ".join(gain)))  # fmt: skip
    _maps(show, brief, pictures, PICTURES[1:])
    _listing(show, brief, "assumed_heading", assumed_sentences(brief))
    _listing(show, brief, "asked_heading", asked_sentences(brief), ACTIONS, brief.tables["actions"])
    return finished(show, brief, "brief_slides")


def _opening(show: Any, brief: Brief, pictures: Mapping[str, bytes]) -> None:
    """Add the answer: the headline, three figures, the map, and what the place aims at."""
    language, title = brief.language, brief.maps_titles["map_served"]
    slide = new_slide(show, brief, word("brief_slides", language))
    wide, top = ROOM - MAP_WIDE - GAP, TOP + 0.15
    room = (EDGE, top, wide, HEADLINE_HIGH)
    flowing(slide, [headline(brief)], room, LARGE, bold=True)
    said = slide.shapes[-1]
    said.fill.solid()
    said.fill.fore_color.rgb = colour(PALE)
    (figures,) = figure_blocks(brief)
    top += HEADLINE_HIGH + GAP
    add_figures(slide, figures["items"], (EDGE, top, wide, FIGURES_HIGH), FIGURE)
    top += FIGURES_HIGH + GAP
    lines = [brief.place, *brief.letterhead.lines, *brief.frame.aims(language), brief.about]
    flowing(slide, lines, (EDGE, top, wide, BOTTOM - top), FOOT)
    if "story_map_served" in pictures:
        at, high = (EDGE + wide + GAP, TOP + 0.15), BOTTOM - TOP - SOURCE_HIGH - 0.15
        end = fitted(slide, pictures["story_map_served"], (*at, MAP_WIDE, high), title)
        under = (at[0], end, MAP_WIDE, BOTTOM - end)
        flowing(slide, [title, brief.map_source("map_served")], under, LEAST_FOOT)
    notes(slide, word("slide_title_note", language, run=brief.run))


def _maps(show: Any, brief: Brief, pictures: Mapping[str, bytes], keys: Sequence[str]) -> None:
    for key in keys:
        if key not in pictures or (key == "map_staff" and "staffing" not in brief.inputs):
            continue
        title = brief.maps_titles[key]
        slide = new_slide(show, brief, title)
        room = (WIDE - 2 * EDGE, HIGH - TOP - FOOT_HIGH - 0.6)
        fitted(slide, pictures[key], (EDGE, TOP, *room), title)
        foot = (EDGE, HIGH - FOOT_HIGH - 0.6, WIDE - 2 * EDGE, 0.6)
        text_box(slide, [brief.map_source(key)], foot, size=7)
        text = " ".join(now_sentences(brief)) if key == "map_served" else gain_sentence(brief)
        notes(slide, word("slide_map_note", brief.language, text=text))


def _listing(
    show: Any, brief: Brief, title: str, items: Sequence[str], columns: Sequence[str] = (),
    rows: pd.DataFrame | None = None,
) -> None:  # fmt: skip
    """Add a list, over the first rows of the table that it is about."""
    slide, is_asked = new_slide(show, brief, word(title, brief.language)), title == "asked_heading"
    shown = [] if rows is None or rows.empty else [rows.head(MOST_ACTIONS)]
    marked = [f"{n}. {text}" if is_asked else f"• {text}" for n, text in enumerate(items, start=1)]
    own = [name for name in columns if rows is not None and name in rows]
    beneath = sum(sum(table_of(brief, part, own)[2]) + 2 * GAP for part in shown)
    top = TOP + 0.2
    end = flowing(slide, marked, (EDGE, top, ROOM, BOTTOM - top - beneath), LISTED)
    for part in shown:
        add_table(slide, brief, part, own, max(end + GAP, TOP + GAP))
    key = "slide_asked_note" if is_asked else "slide_map_note"
    said = {} if is_asked else {"text": " ".join(items)}
    notes(slide, word(key, brief.language, **said))


def _table(
    show: Any, brief: Brief, title: str, rows: pd.DataFrame, columns: Sequence[str],
    *, foot: Sequence[str], note: str,
) -> None:  # fmt: skip
    marked = [f"• {text}" for text in foot]
    under = BOTTOM - TOP - 2 * GAP - text_high(marked, ROOM, LEAST_FOOT)
    counts = range(min(MOST_ROWS, len(rows)), LEAST_ROWS, -1)
    fits = (n for n in counts if sum(table_of(brief, rows.head(n), columns)[2]) <= under)
    shown = rows.head(next(fits, LEAST_ROWS))
    if len(shown) < len(rows):
        part = word("first_of", brief.language, shown=len(shown), count=len(rows))
        title = f"{title} ({part})"
    slide = new_slide(show, brief, title)
    top = add_table(slide, brief, shown, columns)
    flowing(slide, marked, (EDGE, top, ROOM, BOTTOM - top), FOOT)
    notes(slide, note)
