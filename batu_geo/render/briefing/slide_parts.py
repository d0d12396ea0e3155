"""The parts slides are made of: titles, texts, tables and pictures, in inches, 16 to 9."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import document_date
from batu_geo.render.text.column_headings import cell, column_words, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.render.briefing.content import Brief

WIDE, HIGH, EDGE = 13.333, 7.5, 0.45
TITLE_HIGH, FOOT_HIGH, BANNER_HIGH = 0.75, 0.32, 0.34
TOP = TITLE_HIGH + BANNER_HIGH + 0.1
BLANK, LONG_TITLE, ROW_HIGH, LEAST_LETTERS = 6, 55, 0.42, 13
# Of letters in points: how wide one is, how high a line, the gap between paragraphs; margins.
LETTER_WIDE, BOLD_WIDER, LINE_HIGH, BETWEEN, INSET, SMALLEST = 0.6, 1.2, 1.2, 1 / 3, 0.1, 8
PER_INCH, PALE, LABEL, CELL = 72, "E3EBF2", 17, 11


def new_show() -> Any:
    """Return a presentation without slides."""
    from pptx import Presentation  # noqa: PLC0415 - heavy
    from pptx.util import Inches  # noqa: PLC0415

    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    return show


def finished(show: Any, brief: Brief, title: str) -> bytes:
    """Return a presentation as a file, the same bytes each time."""
    show.core_properties.title = plain_text(brief.title(title))
    show.core_properties.author = "batu_geo"
    show.core_properties.last_modified_by = "batu_geo"
    stream = io.BytesIO()
    show.save(stream)
    return reproducible(stream.getvalue(), day=document_date(brief.date))


def text_high(lines: Sequence[str], wide: float, size: float, *, bold: bool = False) -> float:
    """Return how high lines stand in a box so wide, in inches.

    >>> text_high(["a" * 100], 5.2, 12) > text_high(["a" * 10], 5.2, 12) > 0.2
    True
    """
    letter = size * LETTER_WIDE * (BOLD_WIDER if bold else 1)
    letters = max(1.0, (wide - 2 * INSET) * PER_INCH / letter)
    points = sum(
        math.ceil(len(line) / letters) * size * LINE_HIGH + size * BETWEEN for line in lines
    )
    return points / PER_INCH + INSET


def flowing(
    slide: Any, lines: Sequence[str], box: tuple[float, float, float, float], largest: int,
    *, bold: bool = False,
) -> float:  # fmt: skip
    """Put lines into a box in the largest letters that fit, and return where they end."""
    left, top, wide, high = box
    sizes = range(largest, SMALLEST, -1)
    size = next((s for s in sizes if text_high(lines, wide, s, bold=bold) <= high), SMALLEST)
    own = min(high, text_high(lines, wide, size, bold=bold))
    text_box(slide, lines, (left, top, wide, own), size=size, bold=bold)
    return top + own


def add_figures(
    slide: Any, items: Sequence[Mapping[str, Any]], box: tuple[float, float, float, float],
    size: int,
) -> None:  # fmt: skip
    """Put figures beside each other, each over what it counts and where that stands."""
    left, top, wide, high = box
    own, line = wide / len(items), text_high("1", wide, size)
    for n, item in enumerate(items):
        at = left + n * own
        flowing(slide, [item["value"]], (at, top, own, line), size, bold=True)
        flowing(slide, [item["label"], item["source"]],
                (at, top + line, own - INSET, high - line), LABEL)  # fmt: skip


def table_of(
    brief: Brief, rows: pd.DataFrame, columns: Sequence[str]
) -> tuple[list[list[str]], list[float], list[float]]:
    """Return a table in words, heads first, the widths of its columns and heights of its rows."""
    written = [[column_words(name, brief.language).heading for name in columns]]
    written += [[cell(name, row.get(name), brief.language) for name in columns]
                for row in rows.to_dict("records")]  # fmt: skip
    shares = [max(LEAST_LETTERS, *map(len, texts)) for texts in zip(*written[1:], strict=True)]
    wides = [(WIDE - 2 * EDGE) * share / sum(shares) for share in shares]
    highs = [
        max(ROW_HIGH, *(text_high([text], wide, CELL, bold=n == 0)
                        for text, wide in zip(texts, wides, strict=True)))
        for n, texts in enumerate(written)
    ]  # fmt: skip
    return written, wides, highs


def add_table(
    slide: Any, brief: Brief, rows: pd.DataFrame, columns: Sequence[str], top: float = TOP + 0.1
) -> float:
    """Put a table on a slide and return where it ends."""
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    if rows.empty:
        return top
    written, wides, highs = table_of(brief, rows, columns)
    table = slide.shapes.add_table(len(written), len(columns), Inches(EDGE), Inches(top),
                                   Inches(sum(wides)), Inches(sum(highs))).table  # fmt: skip
    for n, wide in enumerate(wides):
        table.columns[n].width = Inches(wide)
    for r, texts in enumerate(written):
        table.rows[r].height = Inches(highs[r])
        for n, text in enumerate(texts):
            fill_cell(table.cell(r, n), text, bold=r == 0)
    return top + sum(highs) + 0.25


def fitted(slide: Any, png: bytes, box: tuple[float, float, float, float], title: str) -> float:
    """Put a picture into a box, as large as it fits, in the middle; return where it ends."""
    from PIL import Image  # noqa: PLC0415 - heavy

    left, top, wide, high = box
    with Image.open(io.BytesIO(png)) as image:
        size = image.size
    scale = min(wide / size[0], high / size[1])
    own = (size[0] * scale, size[1] * scale)
    picture(slide, png, (left + (wide - own[0]) / 2, top, *own), title)
    return top + own[1]


def new_slide(show: Any, brief: Brief, title: str) -> Any:
    """Return a slide with its title, what is made up, and a foot."""
    slide = show.slides.add_slide(show.slide_layouts[BLANK - 1])
    heading = slide.shapes.title
    place(heading, (EDGE, 0.1, WIDE - 2 * EDGE, TITLE_HIGH))
    fill(heading.text_frame, [title], size=24 if len(title) < LONG_TITLE else 17, bold=True)
    if brief.banner:
        room = (EDGE, TITLE_HIGH + 0.06, WIDE - 2 * EDGE, BANNER_HIGH)
        box = text_box(slide, [brief.banner], room, size=9, bold=True)
        box.fill.solid()
        box.fill.fore_color.rgb = colour("FFF0B3")
    text_box(slide, [brief.about], (EDGE, HIGH - FOOT_HIGH, WIDE - 2 * EDGE, FOOT_HIGH), size=8)
    return slide


def text_box(
    slide: Any, lines: Sequence[str], box: tuple[float, float, float, float],
    *, size: float, bold: bool = False,
) -> Any:  # fmt: skip
    """Put lines of text into a box of a slide, and return it."""
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape = slide.shapes.add_textbox(*(Inches(value) for value in box))
    fill(shape.text_frame, lines, size=size, bold=bold)
    return shape


def place(shape: Any, box: tuple[float, float, float, float]) -> None:
    """Set where a shape stands and its size."""
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape.left, shape.top, shape.width, shape.height = (Inches(value) for value in box)


def fill(frame: Any, lines: Sequence[str], *, size: float, bold: bool) -> None:
    """Write lines into a frame, one paragraph each."""
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


def fill_cell(cell_shape: Any, text: str, *, bold: bool) -> None:
    """Write a cell of a table."""
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    cell_shape.margin_top = cell_shape.margin_bottom = Inches(0.03)
    fill(cell_shape.text_frame, [text], size=CELL, bold=bold)


def picture(slide: Any, png: bytes, box: tuple[float, float, float, float], title: str) -> None:
    """Put a picture on a slide with what a screen reader says."""
    from pptx.util import Inches  # noqa: PLC0415 - heavy

    shape = slide.shapes.add_picture(io.BytesIO(png), *(Inches(value) for value in box))
    # What a screen reader says in place of the picture.
    shape._element.nvPicPr.cNvPr.set("descr", plain_text(title))  # noqa: SLF001 - no public way


def notes(slide: Any, text: str) -> None:
    """Write what the speaker says."""
    slide.notes_slide.notes_text_frame.text = plain_text(text)


def colour(code: str) -> Any:
    """Return a colour of six digits."""
    from pptx.dml import color  # noqa: PLC0415 - heavy

    make: Any = color.RGBColor
    return make.from_string(code)
