"""Headings of age groups and sexes: `0-4 L`, `Umur 75+ Perempuan`, `Laki-laki 60 tahun ke atas`."""

from __future__ import annotations

import re
from typing import NamedTuple

from batu_geo.sources.cells.match_columns import FEMALE, MALE

TOKEN = re.compile(r"\d+|[^\W\d_]+|[<>≥≤+]")
OLDEST = 120
OPEN_WORDS = {"+", "≥", "atas", "lebih", "plus", "over"}
UNDER, ABOVE = {"<", "kurang", "under"}, {">"}
PLAIN_WORDS = {
    "umur", "usia", "tahun", "th", "thn", "u", "kelompok", "golongan", "ku", "jumlah", "jml",
    "total", "age", "ages", "years", "group", "penduduk", "jiwa", "s", "d", "sd", "sampai", "to",
    "dan", "ke", "dari", "and", "laki",
}  # fmt: skip
BOTH = ""


class AgeGroup(NamedTuple):
    """Years from the first to the last, which is None for all that are older, and the sex."""

    first: int
    last: int | None
    sex: str


def age_group_of(heading: object) -> AgeGroup | None:
    """Return the age group and sex that a heading names, None for any other heading.

    >>> age_group_of("0-4 L"), age_group_of("U_75+_Perempuan")
    (AgeGroup(first=0, last=4, sex='L'), AgeGroup(first=75, last=None, sex='P'))
    >>> age_group_of("Laki-laki 60 tahun ke atas"), age_group_of("10 rumah"), age_group_of("2024")
    (AgeGroup(first=60, last=None, sex='L'), None, None)
    """
    tokens = TOKEN.findall(str(heading or "").casefold())
    years = [int(token) for token in tokens if token.isdecimal()]
    words = {token for token in tokens if not token.isdecimal()}
    signs = OPEN_WORDS | UNDER | ABOVE
    sexes = {"L" if word in MALE else "P" for word in words if word in MALE | FEMALE}
    if (
        not 1 <= len(years) <= 2
        or max(years) > OLDEST
        or words - signs - PLAIN_WORDS - MALE - FEMALE
    ):
        return None
    sex = sexes.pop() if len(sexes) == 1 else BOTH
    if len(years) == 2:
        return AgeGroup(years[0], years[1], sex) if years[0] < years[1] else None
    (year,) = years
    if words & UNDER:
        return AgeGroup(0, year - 1, sex) if year else None
    if words & ABOVE:
        return AgeGroup(year + 1, None, sex)
    return AgeGroup(year, None if words & OPEN_WORDS else year, sex)
