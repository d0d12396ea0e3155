"""`nota_dinas.docx` and `telaahan_staf.docx`: letters that an office edits and signs.

What only the office knows (numbers of letters, names, ranks) stays blank: it is never made up.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.content import head_of_region
from batu_geo.render.briefing.first_page import (
    FIRST_ROWS,
    first_rows,
    headline,
    rests_on,
    to_decide,
)
from batu_geo.render.briefing.led_sentences import assumed_led, conclusions, now_led, of_villages
from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import document_date
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    gain_sentence,
    order_sentences,
)
from batu_geo.render.briefing.sheet_names import TOTAL, Led, leads_to, leads_to_rows
from batu_geo.render.text.column_headings import cell, column_words, plain_text
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.letterhead import Signature
    from batu_geo.render.briefing.content import Brief

BLANK = "." * 30
FONT, SIZE, SMALL = "Arial", 11, 9
CENTRE = 1
A4_MM, MARGIN_MM, HEAD_MM = (210, 297), 22, (30, 136)
WIDTHS_MM = (13, 27, 20, 24, 43, 18, 21)
Part = tuple[str, "Sequence[Led]"]


def office_note(brief: Brief) -> bytes:
    """Return the note to the head of government: what is proposed and what that rests on."""
    language = brief.language
    letter = _letter(brief, "letter_note")
    _said(letter, [word("letter_opening", language, place=brief.place), headline(brief)])
    now, gain = now_led(brief)[:2], Led("", "before_after", (TOTAL,))
    _said(letter, [led.text for led in now], leads_to_rows(brief, now))
    _table(letter, brief)
    _said(letter, [gain_sentence(brief)], leads_to_rows(brief, [gain]))
    _part(letter, word("asked_heading", language), to_decide(brief), "List Number")
    _part(letter, word("based_on_heading", language), rests_on(brief), "List Bullet")
    _said(letter, [word("letter_closing", language)])
    return _signed(letter, brief, "letter_note")


def staff_study(brief: Brief) -> bytes:
    """Return the study of the staff in its six parts."""
    language = brief.language
    letter = _letter(brief, "letter_study")
    question = word("letter_question", language, place=brief.place, minutes=brief.minutes,
                    mode=brief.mode)  # fmt: skip
    parts: list[Part] = [
        ("assumptions", assumed_led(brief)),
        ("facts", now_led(brief)),
        ("analysis", of_villages(brief, order_sentences(brief))),
        ("conclusion", conclusions(brief)),
        ("advice", of_villages(brief, asked_sentences(brief))),
    ]  # fmt: skip
    _part(letter, word("letter_problem", language), [question], "List Bullet")
    for key, said in parts:
        _part(letter, word(f"letter_{key}", language), [led.text for led in said],
              "List Number" if key == "advice" else "List Bullet",
              leads_to_rows(brief, said))  # fmt: skip
        if key == "analysis":
            _table(letter, brief)
    return _signed(letter, brief, "letter_study")


def _letter(brief: Brief, title: str) -> Any:
    """Return a letter with its head."""
    from docx import Document  # noqa: PLC0415 - heavy
    from docx.shared import Mm, Pt  # noqa: PLC0415

    letter, language, head = Document(), brief.language, brief.letterhead
    style = letter.styles["Normal"]
    page = letter.sections[0]
    page.page_width, page.page_height = Mm(A4_MM[0]), Mm(A4_MM[1])
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MM)
    style.font.name, style.font.size = FONT, Pt(SIZE)
    for n, line in enumerate(head.lines or (BLANK,)):
        _line(letter, line, bold=n < 2, is_centred=True)
    _line(letter, word(title, language).upper(), bold=True, is_centred=True)
    rows = [
        ("to", head_of_region(brief) or BLANK), ("from", BLANK), ("copy", BLANK),
        ("date", head.place_and_date or BLANK), ("number", head.number or BLANK),
        ("kind", BLANK), ("enclosed", "laporan.pdf, tabel.xlsx"),
        ("about", word("letter_subject", language)),
    ]  # fmt: skip
    table = letter.add_table(rows=0, cols=2)
    for key, text in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = word(f"letter_{key}", language), f": {plain_text(text)}"
    _set_widths(table, HEAD_MM)
    if brief.banner:
        _line(letter, brief.banner, bold=True)
    return letter


def _line(letter: Any, text: str, *, bold: bool = False, is_centred: bool = False) -> None:
    paragraph = letter.add_paragraph()
    paragraph.add_run(plain_text(text)).bold = bold
    if is_centred:
        paragraph.alignment = CENTRE


def _said(letter: Any, sentences: Sequence[str], source: str = "") -> None:
    """Write sentences as a paragraph, and the table that their numbers are from."""
    text = " ".join(map(plain_text, sentences))
    letter.add_paragraph(f"{text} ({source})" if source else text)


def _part(letter: Any, title: str, sentences: Sequence[str], style: str, source: str = "") -> None:
    """Write a part with its title; each sentence is an item."""
    _line(letter, title, bold=True)
    for text in sentences:
        letter.add_paragraph(plain_text(text), style=style)
    if source:
        _line(letter, f"({source})")


def _table(letter: Any, brief: Brief) -> None:
    from docx.shared import Pt  # noqa: PLC0415 - heavy

    language, rows = brief.language, first_rows(brief).to_dict("records")
    if not rows:
        return
    table = letter.add_table(rows=1, cols=len(FIRST_ROWS), style="Table Grid")
    written = [[column_words(name, language).heading for name in FIRST_ROWS]]
    written += [[cell(name, row[name], language) for name in FIRST_ROWS] for row in rows]
    for n, texts in enumerate(written):
        cells = table.rows[0].cells if n == 0 else table.add_row().cells
        for box, text in zip(cells, texts, strict=True):
            run = box.paragraphs[0].add_run(plain_text(text))
            run.bold, run.font.size = n == 0, Pt(SMALL)
    _set_widths(table, WIDTHS_MM)
    _line(letter, f"({leads_to('gaps', language)})")


def _set_widths(table: Any, widths_mm: Sequence[int]) -> None:
    """Set the widths of the columns, which Word reads of cells and LibreOffice of the grid."""
    from docx.shared import Mm, Pt  # noqa: PLC0415 - heavy

    table.autofit = False
    for column, wide in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(wide)
        for box in column.cells:
            box.width = Mm(wide)
            box.paragraphs[0].paragraph_format.space_after = Pt(2)


def _signed(letter: Any, brief: Brief, title: str) -> bytes:
    """Return a letter as a file, with a place for each signature."""
    # Who signs stands with the last words, not on a page alone.
    letter.paragraphs[-1].paragraph_format.keep_with_next = True
    for who in brief.letterhead.signatures or (None,):
        _signature(letter, who)
    properties, day = letter.core_properties, document_date(brief.date)
    properties.title = plain_text(brief.title(title))
    properties.author = properties.last_modified_by = "batu_geo"
    stream = io.BytesIO()
    letter.save(stream)
    return reproducible(stream.getvalue(), day=day)


def _signature(letter: Any, who: Signature | None) -> None:
    role, name, number = (who.role, who.name, who.number) if who else ("", "", "")
    for text in (role or BLANK, "", "", name or BLANK, number or BLANK):
        _line(letter, text)
        letter.paragraphs[-1].paragraph_format.keep_with_next = text != number
