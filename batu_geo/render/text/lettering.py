"""The one font of everything printed, and text in characters it has a picture for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.render.text.column_headings import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

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
    return frozenset(maps[0]).intersection(*maps[1:])


def in_font(character: str) -> bool:
    """Return whether the font has a picture of a character."""
    return ord(character) in _pictures()


def escaped(text: str, is_drawable: Callable[[str], bool] = in_font) -> str:
    r"""Return text whose other characters are shown as escapes.

    >>> escaped("Beji" + chr(0x1F3E5))
    'Beji\\U0001f3e5'
    """
    return "".join(c if is_drawable(c) else ascii(c)[1:-1] for c in text)


def drawn_text(value: Any) -> str:
    """Return text from data as it is drawn on a map."""
    return escaped(plain_text(value))
