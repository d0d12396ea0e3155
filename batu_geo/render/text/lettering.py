"""The one font of everything printed, and text in characters it has a picture for."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import printable
from batu_geo.render.text.column_headings import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# No text of a tagged PDF may hold the first three (ISO 14289-1, 7.21.7), whatever a font has for
# them. N'Ko, a Lao vowel and Tifinagh are drawn by pictures that stand for no letter.
BARRED = frozenset((0, 0xFEFF, 0xFFFE, *range(0x07C0, 0x0800), 0x0EB3, *range(0x2D30, 0x2D80)))
# Letters and signs that no font puts together: Latin, Greek, Cyrillic, punctuation, arithmetic.
FAMILIAR = (range(0x0590), range(0x1E00, 0x2300))
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


def font_folder() -> Path:
    """Return the fonts that come with matplotlib, whatever else the machine has."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _pictures() -> frozenset[int]:
    """Return the characters that every style of the font has."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - heavy

    maps = [FT2Font(str(font_folder() / name)).get_charmap() for name in FONT_FILES]
    return frozenset(maps[0]).intersection(*maps[1:]) - BARRED


def in_font(character: str) -> bool:
    """Return whether the font has a picture of a character in any company.

    A mark that joins the letter before it has none: together they may be a picture that stands
    for no text, which a tagged PDF may not hold. Text of tables is composed (NFC), so that the
    letters of living languages with their usual marks are one character each.
    """
    return ord(character) in _pictures() and unicodedata.category(character)[0] != "M"


def escaped(text: str, is_drawable: Callable[[str], bool] = in_font) -> str:
    r"""Return text whose other characters are shown as escapes.

    >>> escaped("Beji" + chr(0x1F3E5))
    'Beji\\U0001f3e5'
    """
    return "".join(c if is_drawable(c) else ascii(c)[1:-1] for c in text)


def is_familiar(character: str) -> bool:
    """Return whether a character is in the font, and of a script whose letters stand apart."""
    return in_font(character) and any(ord(character) in block for block in FAMILIAR)


def not_in_font(texts: Iterable[str]) -> list[str]:
    """Return the texts, each once, with a character that is drawn as an escape.

    >>> not_in_font(["Beji", "Desa " + chr(0x1F3E5), "Beji"]) == ["Desa " + chr(0x1F3E5)]
    True
    """
    return [text for text in dict.fromkeys(texts) if escaped(printable(text)) != text]


def drawn_text(value: Any) -> str:
    """Return text from data as it is drawn on a map."""
    return escaped(plain_text(value))
