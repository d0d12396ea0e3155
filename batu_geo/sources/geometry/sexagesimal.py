"""Degrees, minutes and seconds, and decimal degrees with a letter, as decimal degrees."""

from __future__ import annotations

import re

# Of both languages: S is south and selatan; B alone is barat, BT bujur timur.
SIGNS = {"ls": -1, "s": -1, "selatan": -1, "w": -1, "b": -1, "bb": -1, "barat": -1,
         "lu": 1, "u": 1, "n": 1, "utara": 1, "bt": 1, "t": 1, "e": 1, "timur": 1}  # fmt: skip
LETTERS = "|".join(sorted(SIGNS, key=len, reverse=True))
ANGLE = (
    rf"(?:({LETTERS})\s*)?([+-])?(\d{{1,3}}(?:[.,]\d+)?)\s*(\u00b0|\u00ba|\u02da|derajat)?"
    r"(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*['\u2032\u2019])?"
    r"(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"\u2033\u201d]|''|\u2019\u2019))?"
    rf"(?:\s*({LETTERS}))?"
)
ONE = re.compile(ANGLE, re.IGNORECASE)
TWO = re.compile(rf"\(?\s*({ANGLE})\s*(?:[,;]\s*|\s)({ANGLE})\s*\)?", re.IGNORECASE)
GROUPS = 7
SIXTY = 60


def decimal_degrees(text: str) -> float | None:
    r"""Return the decimal degrees of an angle in sixtieths or with a letter, None for other texts.

    Decimal degrees without a letter are no such text: there is nothing to convert.

    >>> round(decimal_degrees("7\u00b052'42.672\" LS"), 6), decimal_degrees("112,5414 BT")
    (-7.87852, 112.5414)
    >>> decimal_degrees("7 52 39"), decimal_degrees("112.5"), decimal_degrees("7\u00b075'")
    (None, None, None)
    """
    match = ONE.fullmatch(text.strip())
    if match is None:
        return None
    before, sign, degrees, mark, minutes, seconds, after = match.groups()
    parts = [float((part or "0").replace(",", ".")) for part in (degrees, minutes, seconds)]
    if not (mark or before or after) or (before and after) or max(parts[1:]) >= SIXTY:
        return None
    has_sixtieths = bool(minutes or seconds)
    if has_sixtieths and not (mark and parts[0].is_integer()):
        return None
    angle = parts[0] + parts[1] / SIXTY + parts[2] / SIXTY**2
    return angle * SIGNS.get((before or after or "").lower(), 1) * (-1 if sign == "-" else 1)


def angles_of(text: str) -> tuple[str, str] | None:
    r"""Return the two angles of one text, None where it is not two of them.

    >>> [decimal_degrees(one) for one in angles_of("7\u00b030'S, 112\u00b030'E")]
    [-7.5, 112.5]
    """
    match = TWO.fullmatch(text.strip())
    both = (match[1], match[2 + GROUPS]) if match else ("", "")
    return both if all(decimal_degrees(angle) is not None for angle in both) else None
