"""`paparan.pptx`: five slides for the room: the answer, today, for whom, what changes, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.first_page import (
    FIRST_ROWS,
    figure_blocks,
    first_rows,
    headline,
    rests_on,
    to_decide,
)
from batu_geo.render.briefing.led_sentences import conclusions, now_led, of_villages
from batu_geo.render.briefing.sheet_names import Led, leads_to_rows
from batu_geo.render.briefing.slide_parts import (
    EDGE,
    FOOT_HIGH,
    HIGH,
    TOP,
    WIDE,
    add_figures,
    add_table,
    finished,
    fitted,
    flowing,
    new_show,
    new_slide,
    notes,
    text_box,
)
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.render.briefing.content import Brief

ROOM, MAP_WIDE, GAP = WIDE - 2 * EDGE, 8.6, 0.3
MOST_ROWS, FIGURE, LARGE, MIDDLE = 9, 54, 32, 18
BOTTOM, HALF = HIGH - FOOT_HIGH - 0.1, 3.0


def story(brief: Brief, pictures: Mapping[str, bytes]) -> bytes:
    """Return five slides; `pictures` are maps as PNG by name, ``story_`` before it."""
    show, language = new_show(), brief.language
    _answer(show, brief)
    _, chosen, gain = conclusions(brief)
    _map(show, brief, pictures, "map_served", now_led(brief))
    slide = new_slide(show, brief, word("first_heading", language))
    top = add_table(slide, brief, first_rows(brief).head(MOST_ROWS), FIRST_ROWS)
    order = of_villages(brief, rests_on(brief)[:2])
    lines = [*(led.text for led in order), leads_to_rows(brief, order)]
    flowing(slide, lines, (EDGE, top, ROOM, BOTTOM - top), MIDDLE + 1)
    notes(slide, word("slide_order_note", language, text=" ".join(lines)))
    _map(show, brief, pictures, "map_change",
         [gain, chosen])  # fmt: skip
    slide = new_slide(show, brief, word("asked_heading", language))
    asked = [f"{n}. {text}" for n, text in enumerate(to_decide(brief), start=1)]
    end = flowing(slide, asked, (EDGE, TOP + 0.1, ROOM, HALF), MIDDLE + 2)
    base = [word("based_on_heading", language), *(f"• {text}" for text in rests_on(brief))]
    flowing(slide, base, (EDGE, end + GAP, ROOM, BOTTOM - end - GAP), MIDDLE)
    notes(slide, word("slide_asked_note", language))
    return finished(show, brief, "brief_story")


def _answer(show: Any, brief: Brief) -> None:
    slide = new_slide(show, brief, word("brief_slides", brief.language))
    flowing(slide, [headline(brief)], (EDGE, TOP + 0.3, ROOM, 2.5), LARGE, bold=True)
    (figures,) = figure_blocks(brief)
    add_figures(slide, figures["items"], (EDGE, TOP + 3.1, ROOM, BOTTOM - TOP - 3.1), FIGURE)
    notes(slide, word("slide_map_note", brief.language, text=headline(brief)))


def _map(
    show: Any, brief: Brief, pictures: Mapping[str, bytes], key: str, said: Sequence[Led]
) -> None:
    """Add a map with what it shows beside it."""
    title = brief.maps_titles[key]
    slide = new_slide(show, brief, title)
    high = HIGH - TOP - FOOT_HIGH - 0.6
    if f"story_{key}" in pictures:
        fitted(slide, pictures[f"story_{key}"], (EDGE, TOP, MAP_WIDE, high), title)
    left, texts = EDGE + MAP_WIDE + GAP, [*(led.text for led in said), leads_to_rows(brief, said)]
    flowing(slide, texts, (left, TOP + 0.2, WIDE - EDGE - left, high - 0.2), MIDDLE)
    text_box(slide, [brief.map_source(key)], (EDGE, HIGH - FOOT_HIGH - 0.6, ROOM, 0.6), size=7)
    notes(slide, word("slide_map_note", brief.language, text=" ".join(led.text for led in said)))
