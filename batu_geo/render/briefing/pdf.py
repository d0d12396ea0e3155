"""Set a document as PDF: tagged (PDF/UA-1), fonts inside, the same bytes each time."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.lettering import escaped, font_folder, in_font, is_familiar
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.briefing.blocks import Block
    from batu_geo.render.briefing.content import Brief

TEMPLATE = "document.typ"
STANDARD: Literal["ua-1"] = "ua-1"
PAPER = {"A4": "a4", "A3": "a3"}


def document(
    brief: Brief,
    title: str,
    blocks: Sequence[Block],
    *,
    paper: str = "A4",
    flipped: bool = False,
    has_letterhead: bool = False,
) -> dict[str, Any]:
    """Return a document as the template reads it."""
    day = document_date(brief.date)
    before, _, rest = word("brief_page", brief.language, page="\0", pages="\1").partition("\0")
    between, _, after = rest.partition("\1")
    return {
        "title": plain_text(title),
        "language": brief.language,
        "date": [day.year, day.month, day.day],
        "paper": PAPER[paper],
        "flipped": flipped,
        "banner": plain_text(brief.banner),
        "footer": plain_text(brief.about),
        "page_words": [before, between, after],
        "letterhead": _letterhead(brief.letterhead, is_headed=has_letterhead),
        "blocks": list(blocks),
    }


def document_date(text: str) -> date:
    """Return the day of a date of an input, which may be a year or a month alone.

    >>> document_date("2024"), document_date("2025-12-22")
    (datetime.date(2024, 1, 1), datetime.date(2025, 12, 22))
    """
    parts = text[:10].split("-")
    filled = [*parts, *["01"] * (3 - len(parts))]
    try:
        return date.fromisoformat("-".join(filled))
    except ValueError:
        return date(1980, 1, 1)


def _letterhead(head: Letterhead, *, is_headed: bool) -> dict[str, Any]:
    return {
        "lines": [plain_text(line) for line in head.lines] if is_headed else [],
        "number": plain_text(head.number) if is_headed else "",
        "place_and_date": plain_text(head.place_and_date),
        "signatures": [
            {key: plain_text(value) for key, value in who.model_dump().items()}
            for who in head.signatures
        ],
    }


def as_pdf(content: dict[str, Any]) -> bytes:
    """Set a document. Its text goes in as data, never as markup.

    A character the font has no picture for is shown as an escape: a tagged PDF may not
    hold text that cannot be seen.
    """
    import typst  # noqa: PLC0415 - heavy

    with suppress(typst.TypstError):
        return _set(_with_text(content, in_font))
    # Letters that the font has, but not in this company: neither in the text nor on its maps.
    with suppress(typst.TypstError):
        return _set(_with_text(_with_letters(content, is_familiar), is_familiar))
    return _set(_with_text(_with_letters(content, str.isascii), str.isascii))


def _set(content: dict[str, Any]) -> bytes:
    import typst  # noqa: PLC0415 - heavy

    folder = Path(str(files("batu_geo.render.briefing")))
    day = datetime.combine(date(*content["date"]), time(0), tzinfo=UTC)
    pdf: bytes = typst.compile(
        str(folder / TEMPLATE),
        root=str(folder),
        sys_inputs={"document": json.dumps(content, ensure_ascii=False, allow_nan=False)},
        font_paths=_fonts(),
        timestamp=int(day.timestamp()),
        pdf_standards=[STANDARD],
    )
    return pdf


def _with_text(value: Any, is_drawable: Callable[[str], bool]) -> Any:
    """Return a document whose every text holds drawable characters alone; pictures stay."""
    if isinstance(value, str):
        return escaped(value, is_drawable)
    if isinstance(value, dict):
        return {k: v if k == "svg" else _with_text(v, is_drawable) for k, v in value.items()}
    return [_with_text(v, is_drawable) for v in value] if isinstance(value, list) else value


def _with_letters(content: Any, is_drawable: Callable[[str], bool]) -> Any:
    """Return a document whose drawings hold drawable characters alone."""
    if isinstance(content, dict):
        return {
            key: escaped(value, is_drawable) if key == "svg" else _with_letters(value, is_drawable)
            for key, value in content.items()
        }
    return (
        [_with_letters(v, is_drawable) for v in content] if isinstance(content, list) else content
    )


@cache
def _fonts() -> Any:
    """Return the fonts that come with matplotlib, whatever else the machine has."""
    import typst  # noqa: PLC0415 - heavy

    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
