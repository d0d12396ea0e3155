"""Why something was refused, in Indonesian: libraries and readers say it in English."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

PLACE = re.compile(r"\\\{(\w+)\\\}")


def in_indonesian(reason: str) -> str:
    """Return a reason in Indonesian; one that `reasons.toml` does not know stays as it is.

    >>> in_indonesian("ring 1, position 3: 'x' is not a number")
    "cincin 1, posisi 3: 'x' bukan bilangan"
    >>> in_indonesian("Unclosed array (at line 2, column 9)")
    "daftar tanpa ']' (baris 2, kolom 9)"
    >>> in_indonesian("something new")
    'something new'
    """
    for pattern, words in _known():
        found = pattern.fullmatch(reason)
        if found:
            parts = found.groupdict()
            if "reason" in parts:
                parts["reason"] = in_indonesian(parts["reason"])
            return words.format_map(parts)
    return reason


@cache
def _known() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = files("batu_geo.domain").joinpath("reasons.toml").read_text(encoding="utf-8")
    return tuple((_pattern(reason), words) for reason, words in tomllib.loads(text).items())


def _pattern(reason: str) -> re.Pattern[str]:
    """Return what matches a reason with any words in the place of its braces."""
    return re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(reason)), re.DOTALL)
