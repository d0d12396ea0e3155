"""Every letter that is taken to be in the font can be set, as text and on a map, in any company."""

from __future__ import annotations

import random
from typing import Any
from xml.sax.saxutils import escape

import pytest
import typst

from batu_geo.render.briefing.pdf import as_pdf
from batu_geo.render.text.lettering import escaped, in_font, is_familiar, not_in_font

pytestmark = pytest.mark.slow
ODD = (
    "A\u0300\u0323\u0335\u0360B",
    "1\ufe0f\u20e3",
    "\u0301",
    "\u2d4f\u2d54",
    "\u07f8\u07ca",
    "\u0eb3",
    "\ufeff",
)


def document(texts: list[str], *, drawn: list[str]) -> dict[str, Any]:
    lines = "".join(
        f'<text x="5" y="{12 * n}" style="font: {weight} 8px \'DejaVu Sans\'">{escape(text)}</text>'
        for n, text in enumerate(drawn, start=1)
        for weight in ("normal", "bold")
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="4000">{lines}</svg>'
    blocks = [{"kind": "heading", "level": 1, "text": "Nama", "new_page": False},
              {"kind": "map", "svg": svg, "alt": "peta", "note": "", "width": 100},
              *({"kind": "paragraph", "text": text, "size": 8.5} for text in texts)]  # fmt: skip
    return {"title": "t", "language": "id", "date": [2025, 1, 1], "paper": "a4", "flipped": False,
            "banner": "", "footer": "", "page_words": ["", "", ""], "blocks": blocks,
            "letterhead": {"lines": [], "number": "", "place_and_date": "", "signatures": []}}  # fmt: skip


def test_letters_of_the_font_are_set_in_any_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first attempt: nothing but what the font lacks is drawn as an escape."""
    letters = [c for c in map(chr, range(0x20000)) if in_font(c) and c.isprintable()]
    choice = random.Random(1)
    mixed = ["".join(choice.choices(letters, k=8)) for _ in range(1500)]
    attempts = []
    compiled = typst.compile

    def counted(*words: Any, **settings: Any) -> bytes:
        attempts.append(words)
        return compiled(*words, **settings)

    monkeypatch.setattr(typst, "compile", counted)
    as_pdf(document(letters, drawn=mixed))
    assert len(attempts) == 1
    assert len(letters) > 4000


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_a_name_that_no_font_draws_stops_nothing(name: str) -> None:
    """Also where a map was drawn with it by somebody else."""
    assert as_pdf(document([name], drawn=[escaped(name)]))[:5] == b"%PDF-"
    assert as_pdf(document([name], drawn=[name.replace("\ufeff", "")]))[:5] == b"%PDF-"
    assert not_in_font([name, "Beji"]) == [name]


def test_letters_of_indonesian_names_are_drawn_as_they_are() -> None:
    for text in ("Négöri", "Desa Oro-oro Ombo", "15 menit, 20 °C, 5 km²", "Ñ ç ß"):
        assert escaped(text) == text
        assert all(map(is_familiar, text))
