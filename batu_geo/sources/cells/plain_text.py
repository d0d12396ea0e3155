"""Normalise texts for comparison: no capitals, blanks, punctuation or invisible characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

WORD = re.compile(r"[^\W_]+")


def plain(text: Any) -> str:
    r"""Return a name in lower case without blanks, punctuation and invisible characters.

    >>> plain("Oro-oro\u00a0 Ombo"), plain("SUMBER BRANTAS")
    ('orooroombo', 'sumberbrantas')
    """
    folded = unicodedata.normalize("NFKC", "" if text is None else str(text)).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def words_of(text: Any) -> str:
    """Return the words of a text in lower case with one blank around each."""
    words = re.findall(WORD, unicodedata.normalize("NFKC", str(text or "")).casefold())
    return f" {' '.join(words)} "
