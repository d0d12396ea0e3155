"""The list of area codes of an office: names, levels and parents of every area, by code alone.

The list of the Ministry of Home Affairs (Kemendagri) has codes of 2, 4, 6 and 10 digits, with dots
or without; that of BPS has 2, 4, 7 and 10. What an area lies in is the beginning of its code.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.cells.grids import decode_text, separator_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.sources.files.opening import Opened

AREA_CODES = "area_codes.csv"
DOTTED = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
# Digits up to the end of each level: province, kabupaten or kota, district, village.
LEVELS = {"kemendagri": (2, 4, 6, 10), "bps": (2, 4, 7, 10)}
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class AreaCodes:
    """Areas by code.

    Attributes
    ----------
    names
        Of each code: with dots where the list is of Kemendagri.
    system
        ``kemendagri`` or ``bps``.
    """

    names: Mapping[str, str]
    system: str

    def level(self, code: str) -> int:
        """Return 1 for a province, 2 for a kabupaten or kota, 3 for a district, 4 for a village."""
        return LEVELS[self.system].index(len(code.replace(".", ""))) + 1

    def parent(self, code: str) -> str:
        """Return the code of the area that one lies in, in the list or not.

        >>> AreaCodes({}, "kemendagri").parent("35.79.01"), AreaCodes({}, "bps").parent("3579010")
        ('35.79', '3579')
        """
        if self.system == "kemendagri":
            return code.rpartition(".")[0]
        return code[: max((size for size in LEVELS["bps"] if size < len(code)), default=0)]

    def parents(self, code: str) -> list[str]:
        """Return the codes of the areas that one lies in, the largest first.

        >>> AreaCodes({"35": "Jawa Timur", "35.79": "Kota Batu"}, "kemendagri").parents("35.79")
        ['35']
        """
        above = self.parent(code)
        return [*self.parents(above), *([above] if above in self.names else [])] if above else []

    def part(self, code: str) -> AreaCodes:
        """Return an area with what it lies in and what lies in it."""
        above = {*self.parents(code), code}
        names = {c: n for c, n in self.names.items() if c in above or c.startswith(code)}
        return AreaCodes(names, self.system)

    def villages(self) -> Iterator[dict[str, str]]:
        """Yield code, name and district of each village."""
        for code, name in self.names.items():
            if self.level(code) == len(LEVELS[self.system]):
                district = self.names.get(self.parent(code), "")
                yield {"village_id": code, "village_name": name, "district_name": district}

    def content(self) -> bytes:
        """Return the list as the table of a study."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([("code", "name"), *self.names.items()])
        return text.getvalue().encode()


def digits_of(code: str) -> str:
    """Return a code without dots and blanks.

    >>> digits_of(" 35.79.01.2001")
    '3579012001'
    """
    return code.strip().replace(".", "")


def dotted(digits: str) -> str:
    """Return the digits of a code of Kemendagri with its dots.

    >>> dotted("35"), dotted("357901"), dotted("3579012001")
    ('35', '35.79.01', '35.79.01.2001')
    """
    ends = [0, *(size for size in LEVELS["kemendagri"] if size <= len(digits))]
    return ".".join(digits[a:b] for a, b in pairwise(ends))


def read_area_codes(opened: Opened) -> tuple[AreaCodes, list[Problem]]:
    """Read a CSV file of codes and names, with a header or without, in the order of the codes.

    Columns after the first two are not read.

    Returns
    -------
    codes, notices
        The list, and a notice of areas whose parent is not in it.

    Raises
    ------
    DataError
        With the rows that have no code, no name, or a code with another name before.
    """
    text, notices = decode_text(opened)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    rows = [(number, line) for number, line in enumerate(reader, start=1) if any(line)]
    if rows and not any(character.isdigit() for character in rows[0][1][0]):
        rows = rows[1:]
    codes = [line[0].strip() for _, line in rows]
    kind = "bps" if any(len(code) == 7 and code.isdecimal() for code in codes) else "kemendagri"
    names: dict[str, str] = {}
    faults: list[Problem] = []
    for code, (number, line) in zip(codes, rows, strict=True):
        name = line[1].strip() if len(line) > 1 else ""
        known = _normal(code, kind)
        if not known or not name or names.setdefault(known, name) != name:
            value = ", ".join(line[:2])
            faults.append(Problem("BG-624", opened.name, row=number, values={"value": value}))
    if faults or not names:
        raise DataError(faults[:MOST_FAULTS] or Problem("BG-214", opened.name))
    found = AreaCodes(dict(sorted(names.items())), kind)
    lost = [code for code in names if (above := found.parent(code)) and above not in names]
    if lost:
        values = {"count": len(lost), "found": ", ".join(lost[:5])}
        notices = [*notices, Problem("BG-625", opened.name, values=values)]
    return found, notices


def _normal(code: str, kind: str) -> str:
    """Return a code as the list writes it, an empty text for what is none."""
    if kind == "bps":
        return code if code.isdecimal() and len(code) in LEVELS["bps"] else ""
    if DOTTED.fullmatch(code):
        return code
    is_one = code.isdecimal() and len(code) in LEVELS["kemendagri"]
    return dotted(code) if is_one else ""
