"""`presentasi.pptx`: pictures and tables for the council room, with notes for the speaker."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import document_date
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    now_sentences,
    order_sentences,
    sites_heading,
)
from batu_geo.render.text.column_headings import cell, column_words, plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.render.briefing.content import Brief

# Inches, 16 to 9.
WIDE, HIGH, EDGE = 13.333, 7.5, 0.45
TITLE_HIGH, FOOT_HIGH, BANNER_HIGH = 0.75, 0.32, 0.34
BLANK = 6
MOST_ROWS = 10
LONG_TITLE = 55
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
    from pptx import Presentation  # noqa: PLC0415 - heavy
    from pptx.util import Inches  # noqa: PLC0415

    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
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
    day = document_date(brief.date)
    show.core_properties.title = plain_text(brief.title("brief_slides"))
    show.core_properties.author = "batu_geo"
    show.core_properties.last_modified_by = "batu_geo"
    stream = io.BytesIO()
    show.save(stream)
    return reproducible(stream.getvalue(), day=day)


def _opening(show: Any, brief: Brief) -> None:
    slide = _slide(show, brief, word("brief_slides", brief.language))
    text = word("brief_scenario", brief.language, scenario=brief.scenario_title,
                date=brief.date, run=brief.run)  # fmt: skip
    aims = brief.frame.aims(brief.language)
    lines = [brief.place, *brief.letterhead.lines, *aims, text]
    _text(slide, lines, (EDGE, 2.2, WIDE - 2 * EDGE, 3.2), size=20)
    _notes(slide, word("slide_title_note", brief.language, run=brief.run))


def _maps(show: Any, brief: Brief, pictures: Mapping[str, bytes], keys: Sequence[str]) -> None:
    from PIL import Image  # noqa: PLC0415 - heavy

    for key in keys:
        if key not in pictures:
            continue
        title = brief.maps_titles[key]
        slide = _slide(show, brief, title)
        top = TITLE_HIGH + BANNER_HIGH + 0.1
        room = (WIDE - 2 * EDGE, HIGH - top - FOOT_HIGH - 0.6)
        with Image.open(io.BytesIO(pictures[key])) as picture:
            wide, high = picture.size
        scale = min(room[0] / wide, room[1] / high)
        size = (wide * scale, high * scale)
        _picture(slide, pictures[key], ((WIDE - size[0]) / 2, top, *size), title)
        _text(slide, [brief.map_source(key)], (EDGE, HIGH - FOOT_HIGH - 0.6, WIDE - 2 * EDGE, 0.6),
              size=7)  # fmt: skip
        text = " ".join(now_sentences(brief)) if key == "map_served" else gain_sentence(brief)
        _notes(slide, word("slide_map_note", brief.language, text=text))


def _listing(show: Any, brief: Brief, title: str, items: Sequence[str], note: str) -> None:
    slide = _slide(show, brief, title)
    letters = sum(map(len, items))
    size = next((points for most, points in SIZES if letters < most), SMALLEST)
    top = TITLE_HIGH + BANNER_HIGH + 0.3
    marked = [f"{n}. {item}" if note == "slide_asked_note" else f"• {item}"
              for n, item in enumerate(items, start=1)]  # fmt: skip
    _text(slide, marked,
          (EDGE, top, WIDE - 2 * EDGE, HIGH - top - FOOT_HIGH - 0.1), size=size)  # fmt: skip
    _notes(slide, word(note, brief.language, text=" ".join(items)) if note != "slide_asked_note"
           else word(note, brief.language))  # fmt: skip


def _table(
    show: Any, brief: Brief, title: str, rows: pd.DataFrame, columns: Sequence[str],
    *, foot: str, note: str,
) -> None:  # fmt: skip
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    slide = _slide(show, brief, title)
    language = brief.language
    shown = rows.head(MOST_ROWS).to_dict("records")
    top = TITLE_HIGH + BANNER_HIGH + 0.2
    if shown:
        height = 0.42 * (len(shown) + 1)
        frame = slide.shapes.add_table(len(shown) + 1, len(columns), Inches(EDGE), Inches(top),
                                       Inches(WIDE - 2 * EDGE), Inches(height))  # fmt: skip
        for n, name in enumerate(columns):
            _cell(frame.table.cell(0, n), column_words(name, language).heading, bold=True)
            for r, row in enumerate(shown, start=1):
                value = row.get(name)
                text = cell(name, value, language)
                _cell(frame.table.cell(r, n), text, bold=False)
        top += height + 0.25
    _text(slide, [foot], (EDGE, top, WIDE - 2 * EDGE, HIGH - top - FOOT_HIGH - 0.1), size=12)
    _notes(slide, note)


def _slide(show: Any, brief: Brief, title: str) -> Any:
    """Return a slide with its title, what is made up, and a foot."""
    slide = show.slides.add_slide(show.slide_layouts[BLANK - 1])
    heading = slide.shapes.title
    _place(heading, (EDGE, 0.1, WIDE - 2 * EDGE, TITLE_HIGH))
    _fill(heading.text_frame, [title], size=24 if len(title) < LONG_TITLE else 17, bold=True)
    if brief.banner:
        box = _text(slide, [brief.banner], (EDGE, TITLE_HIGH + 0.06, WIDE - 2 * EDGE, BANNER_HIGH),
                    size=9, bold=True)  # fmt: skip
        box.fill.solid()
        box.fill.fore_color.rgb = _rgb("FFF0B3")
    foot = word("brief_scenario", brief.language, scenario=brief.scenario_title,
                date=brief.date, run=brief.run)  # fmt: skip
    _text(slide, [foot], (EDGE, HIGH - FOOT_HIGH, WIDE - 2 * EDGE, FOOT_HIGH), size=8)
    return slide


def _text(
    slide: Any, lines: Sequence[str], box: tuple[float, float, float, float],
    *, size: float, bold: bool = False,
) -> Any:  # fmt: skip
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape = slide.shapes.add_textbox(*(Inches(value) for value in box))
    _fill(shape.text_frame, lines, size=size, bold=bold)
    return shape


def _place(shape: Any, box: tuple[float, float, float, float]) -> None:
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape.left, shape.top, shape.width, shape.height = (Inches(value) for value in box)


def _fill(frame: Any, lines: Sequence[str], *, size: float, bold: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN  # noqa: PLC0415 - heavy
    from pptx.util import Pt  # noqa: PLC0415

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size / 3)
        run = paragraph.add_run()
        run.text = plain_text(line)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.name = "DejaVu Sans"


def _cell(cell_shape: Any, text: str, *, bold: bool) -> None:
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    cell_shape.margin_top = cell_shape.margin_bottom = Inches(0.03)
    _fill(cell_shape.text_frame, [text], size=11, bold=bold)


def _picture(slide: Any, png: bytes, box: tuple[float, float, float, float], title: str) -> None:
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape = slide.shapes.add_picture(io.BytesIO(png), *(Inches(value) for value in box))
    # What a screen reader says in place of the picture.
    shape._element.nvPicPr.cNvPr.set("descr", plain_text(title))  # noqa: SLF001 - no public way


def _notes(slide: Any, text: str) -> None:
    slide.notes_slide.notes_text_frame.text = plain_text(text)


def _rgb(code: str) -> Any:
    from pptx.dml import color  # noqa: PLC0415 - heavy

    make: Any = color.RGBColor
    return make.from_string(code)
