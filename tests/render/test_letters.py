"""Letters and the story for the room: the numbers of the tables, blanks for what nobody said."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from PIL import Image
from pptx import Presentation

from batu_geo.domain.letterhead import Letterhead, Signature
from batu_geo.render.briefing.content import Brief
from batu_geo.render.briefing.first_page import headline
from batu_geo.render.briefing.letters import office_note, staff_study
from batu_geo.render.briefing.sheet_names import sheet_name
from batu_geo.render.briefing.slide_parts import new_show, new_slide, text_box
from batu_geo.render.briefing.slides import slides
from batu_geo.render.briefing.story import story
from tests.render.test_briefing import brief_of
from tests.slide_cover import covered_share

HEADS = ["I. Persoalan", "II. Praanggapan", "III. Fakta yang memengaruhi", "IV. Analisis",
         "V. Simpulan", "VI. Saran"]  # fmt: skip


@pytest.fixture(scope="module")
def indonesian() -> Brief:
    return replace(brief_of("id"), place="Kota Contoh")


def lines_of(content: bytes) -> list[str]:
    letter = Document(io.BytesIO(content))
    cells = [cell.text for table in letter.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in letter.paragraphs), *cells]


@pytest.mark.slow
def test_a_note_is_addressed_by_the_place_and_makes_up_no_name(indonesian: Brief) -> None:
    lines = lines_of(office_note(indonesian))
    assert "NOTA DINAS" in lines
    assert ": Wali Kota Contoh" in lines
    assert lines.count(f": {'.' * 30}") == 5, "from, copy, date, number and class stay blank"
    nowhere = replace(indonesian, place="Jalan", names={})
    assert lines_of(office_note(nowhere)).count(f": {'.' * 30}") == 6
    head = Letterhead(lines=("PEMERINTAH", "DINAS"), number="1/2026", place_and_date="Contoh, 1",
                      signatures=(Signature(role="Kepala", name="N"),))  # fmt: skip
    own = lines_of(office_note(replace(indonesian, letterhead=head)))
    assert {"PEMERINTAH", "DINAS", ": 1/2026", ": Contoh, 1", "Kepala", "N"} <= set(own)


@pytest.mark.slow
def test_a_letter_says_what_page_one_says_and_where_its_numbers_are(indonesian: Brief) -> None:
    for content in (office_note(indonesian), staff_study(indonesian)):
        written = "\n".join(lines_of(content))
        assert headline(indonesian) in written
        for table in ("city", "gaps", "before_after"):
            assert sheet_name(table, "id") in written
        for name in indonesian.tables["gaps"]["village_name"]:
            assert name in written


@pytest.mark.slow
def test_a_staff_study_has_its_six_parts_in_order(indonesian: Brief) -> None:
    lines = lines_of(staff_study(indonesian))
    assert [line for line in lines if re.match(r"[IV]+\. ", line)] == HEADS


@pytest.mark.slow
def test_letters_and_story_are_the_same_bytes_each_time(indonesian: Brief) -> None:
    makers = (office_note, staff_study, lambda brief: story(brief, {}))
    for make in makers:
        one = make(indonesian)
        assert one == make(indonesian)
        with zipfile.ZipFile(io.BytesIO(one)) as zipped:
            core = zipped.read("docProps/core.xml").decode()
        assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) <= {"2026-01-31T00:00:00Z"}


@pytest.mark.slow
def test_the_story_is_five_slides_from_the_answer_to_the_decision(indonesian: Brief) -> None:
    show = Presentation(io.BytesIO(story(indonesian, {})))
    said = [[s.text_frame.text for s in slide.shapes if s.has_text_frame] for slide in show.slides]
    assert len(said) == 5
    assert headline(indonesian) in said[0]
    assert any("Berdasarkan" in text for text in said[4])
    for slide in show.slides:
        assert len(slide.notes_slide.notes_text_frame.text) > 20
        for shape in slide.shapes:
            assert shape.left + shape.width <= show.slide_width + 1000
            assert shape.top + shape.height <= show.slide_height
    (table,) = [s.table for s in show.slides[2].shapes if s.has_table]
    assert [row.cells[1].text for row in table.rows][1:] == list(
        indonesian.tables["gaps"]["village_name"]
    )


@pytest.mark.parametrize("lines", [0, 5])
def test_an_empty_slide_is_seen_to_be_empty(indonesian: Brief, lines: int) -> None:
    """The law of covered slides fails for a title alone, and for the five lines it once had."""
    show = new_show()
    slide = new_slide(show, indonesian, "Judul")
    text_box(slide, ["Satu baris dari lima tentang studi ini"] * lines, (0.45, 2.2, 12.4, 3.2),
             size=20)  # fmt: skip
    assert covered_share(slide, show) < 1 / 3


@pytest.mark.slow
def test_no_slide_of_a_small_study_is_two_thirds_empty(indonesian: Brief) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (218, 136)).save(stream, "PNG")
    pictures = dict.fromkeys(("map_served", "story_map_served", "story_map_change"),
                             stream.getvalue())  # fmt: skip
    for made in (slides(indonesian, pictures), story(indonesian, pictures)):
        show = Presentation(io.BytesIO(made))
        shares = [covered_share(slide, show) for slide in show.slides]
        assert min(shares) > 1 / 3, [round(share, 2) for share in shares]
