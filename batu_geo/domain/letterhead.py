"""Who a briefing is from and who signs it: words the office sets, never made up here."""

from __future__ import annotations

from pydantic import Field

from batu_geo.domain.frozen import Frozen

LINE = Field(max_length=160)


class Signature(Frozen):
    """One who signs: above the line the office, below it name and number."""

    role: str = LINE
    name: str = Field(default="", max_length=160)
    number: str = Field(default="", max_length=80)


class Letterhead(Frozen):
    """The head of the first page and the signatures under the last words.

    Examples
    --------
    >>> Letterhead(lines=("PEMERINTAH KOTA BATU", "DINAS KESEHATAN")).lines[1]
    'DINAS KESEHATAN'
    """

    lines: tuple[str, ...] = Field(default=(), max_length=6)
    number: str = Field(default="", max_length=160)
    place_and_date: str = Field(default="", max_length=160)
    signatures: tuple[Signature, ...] = Field(default=(), max_length=4)
