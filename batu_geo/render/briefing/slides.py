"""`presentasi.pptx`: pictures and tables for the council room, with notes for the speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.led_sentences import now_sentences
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    order_sentences,
    sites_heading,
)
from batu_geo.render.briefing.slide_parts import (
    EDGE,
    FOOT_HIGH,
    HIGH,
    TOP,
    WIDE,
    add_table,
    finished,
    fitted,
    new_show,
    new_slide,
    notes,
    text_box,
)
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.render.briefing.content import Brief

MOST_ROWS = 10
SIZES = ((420, 20), (900, 16), (1800, 12))  # letters of a list, and their size in points
SMALLEST = 9
ORDER = ("rank", "village_name", "unit_evidence", "population", "people_beyond", "mean_minutes",
         "rank_share_percent", "tied_with")  # fmt: skip
BUILDINGS = ("village_name", "building_name", "suitability", "evidence", "people_gained")
DAYS = ("weekday", "is_working_day", "mean_people", "worst_people")
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
    _opening(show, brief)
    _listing(show, brief, word("now_heading", language), now_sentences(brief), "slide_map_note")
    _maps(show, brief, pictures, PICTURES[:1])
    order = " ".join(order_sentences(brief))
    _table(show, brief, word("order_heading", language), brief.tables["gaps"], ORDER,
           foot=order, note=word("slide_order_note", language, text=order))  # fmt: skip
    gain = " ".join(filter(None, (gain_sentence(brief), cost_sentence(brief))))
    _table(show, brief, sites_heading(brief), chosen_sites(brief), BUILDINGS,
           foot=gain, note=word("slide_building_note", language, text=gain))  # fmt: skip
    _maps(show, brief, pictures, PICTURES[1:])
    assumed = assumed_sentences(brief)
    _listing(show, brief, word("assumed_heading", language), assumed, "slide_map_note")
    asked = asked_sentences(brief)
    _listing(show, brief, word("asked_heading", language), asked, "slide_asked_note")
    return finished(show, brief, "brief_slides")


def _opening(show: Any, brief: Brief) -> None:
    slide = new_slide(show, brief, word("brief_slides", brief.language))
    text = word("brief_scenario", brief.language, scenario=brief.scenario_title,
                date=brief.date, run=brief.run)  # fmt: skip
    aims = brief.frame.aims(brief.language)
    lines = [brief.place, *brief.letterhead.lines, *aims, text]
    text_box(slide, lines, (EDGE, 2.2, WIDE - 2 * EDGE, 3.2), size=20)
    notes(slide, word("slide_title_note", brief.language, run=brief.run))


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


def _listing(show: Any, brief: Brief, title: str, items: Sequence[str], note: str) -> None:
    slide = new_slide(show, brief, title)
    letters = sum(map(len, items))
    size = next((points for most, points in SIZES if letters < most), SMALLEST)
    top = TOP + 0.2
    marked = [f"{n}. {item}" if note == "slide_asked_note" else f"• {item}"
              for n, item in enumerate(items, start=1)]  # fmt: skip
    text_box(slide, marked,
          (EDGE, top, WIDE - 2 * EDGE, HIGH - top - FOOT_HIGH - 0.1), size=size)  # fmt: skip
    notes(slide, word(note, brief.language, text=" ".join(items)) if note != "slide_asked_note"
           else word(note, brief.language))  # fmt: skip


def _table(
    show: Any, brief: Brief, title: str, rows: pd.DataFrame, columns: Sequence[str],
    *, foot: str, note: str,
) -> None:  # fmt: skip
    slide = new_slide(show, brief, title)
    top = add_table(slide, brief, rows.head(MOST_ROWS), columns)
    text_box(slide, [foot], (EDGE, top, WIDE - 2 * EDGE, HIGH - top - FOOT_HIGH - 0.1), size=12)
    notes(slide, note)
