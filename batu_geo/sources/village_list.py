"""Find the village a row means: by its code, else by its exact name, else not at all."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEMENDAGRI = re.compile(r"\d\d\.\d\d\.\d\d\.[12]\d{3}")
TEN_DIGITS = re.compile(r"(?:id)?(\d{10})", re.IGNORECASE)
KINDS_OF_VILLAGE = "12"
PREFIX = re.compile(r"^(?:upkdk|desa|kelurahan|kel|ds|dsn|kantor)\b[\s.:]*", re.IGNORECASE)
BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
SUGGESTED_FROM = 60
WORD = re.compile(r"[^\W_]+")
VILLAGE_MARKS = ("kel", "kelurahan", "desa", "ds")


def plain(text: Any) -> str:
    r"""Return a name without capitals, blanks, signs and invisible characters.

    >>> plain("Oro-oro\u00a0 Ombo"), plain("SUMBER BRANTAS")
    ('orooroombo', 'sumberbrantas')
    """
    folded = unicodedata.normalize("NFKC", "" if text is None else str(text)).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def plain_village(text: Any) -> str:
    """Return the name of a village without what it is called by.

    >>> plain_village("Kel. Temas"), plain_village("UPKDK Desa Beji (Junrejo)")
    ('temas', 'beji')
    """
    name = BRACKETS.sub("", unicodedata.normalize("NFKC", str(text or ""))).strip()
    while (shorter := PREFIX.sub("", name)) != name and shorter:
        name = shorter
    return plain(name)


def code_kind(values: Iterable[Any]) -> str:
    """Return whose codes a column holds: ``kemendagri``, ``bps`` or an empty text.

    Both have ten digits; the seventh tells desa (2) from kelurahan (1) in those of
    Kemendagri, and is part of the number of the district in those of BPS.

    >>> code_kind(["35.79.01.1001"]), code_kind(["id3579010002"]), code_kind(["3579011001"])
    ('kemendagri', 'bps', 'kemendagri')
    """
    texts = [str(value).strip() for value in values if str(value or "").strip()]
    if not texts:
        return ""
    digits = [match[1] for text in texts if (match := TEN_DIGITS.fullmatch(text))]
    dotted = sum(bool(KEMENDAGRI.fullmatch(text)) for text in texts)
    if 2 * dotted > len(texts):
        return "kemendagri"
    if 2 * len(digits) <= len(texts):
        return ""
    is_ministry = all(text[6] in KINDS_OF_VILLAGE and text[:2] != "id" for text in digits)
    return "kemendagri" if is_ministry else "bps"


@dataclass(frozen=True, slots=True)
class Found:
    """A village, or why there is none: a code of the catalogue with its values."""

    village_id: str = ""
    fault: str = ""
    values: Mapping[str, Any] | None = None


class VillageList:
    """The villages a study knows, to be asked for one by what a row says of it."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self.names: dict[str, str] = {}
        self.by_bps: dict[str, str] = {}
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for record in records:
            code = str(record["village_id"])
            name = str(record.get("village_name") or "")
            self.names[code] = name or code
            district = plain(record.get("district_name"))
            self._by_name.setdefault(plain_village(name), []).append((code, district))
            if record.get("bps_id"):
                self.by_bps[str(record["bps_id"])] = code

    def __len__(self) -> int:
        return len(self.names)

    def find(self, *, code: Any = "", name: Any = "", district: Any = "") -> Found:
        """Return the village of a row.

        Parameters
        ----------
        code
            Of Kemendagri, with or without dots, or of BPS.
        name, district
            As written; a district in brackets behind the name counts too.
        """
        by_code = self._of_code(str(code or "").strip())
        by_name = self._of_name(name, district)
        if by_code and by_name.village_id and by_code != by_name.village_id:
            values = {"value": code, "name": name, "says": self.names[by_code]}
            return Found(fault="BG-273", values=values)
        if by_code:
            return Found(by_code)
        if code and not name:
            return Found(fault="BG-252", values={"value": code, "nearest": self.nearest(code)})
        return by_name

    def _of_code(self, code: str) -> str:
        if code in self.names:
            return code
        match = TEN_DIGITS.fullmatch(code)
        if match is None:
            return ""
        digits = match[1]
        dotted = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
        return self.by_bps.get(digits) or (dotted if dotted in self.names else "")

    def _of_name(self, name: Any, district: Any) -> Found:
        bracket = BRACKETS.search(str(name or ""))
        where = plain(district) or (plain(bracket[1]) if bracket else "")
        known = self._by_name.get(plain_village(name), []) if name else []
        if len(known) > 1 and where:
            known = [(code, place) for code, place in known if place == where]
        if len(known) == 1:
            return Found(known[0][0])
        nearest = ", ".join(code for code, _ in known) or self.nearest(name)
        return Found(fault="BG-252", values={"value": name or "-", "nearest": nearest})

    def nearest(self, text: Any) -> str:
        """Return the village whose name is most like a text, with its code; ``-`` if none is."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only importers need it

        names = {code: plain_village(name) for code, name in self.names.items()}
        found = process.extractOne(plain_village(text), names, scorer=fuzz.ratio,
                                   score_cutoff=SUGGESTED_FROM)  # fmt: skip
        return f"{self.names[found[2]]} ({found[2]})" if found else "-"

    def named_in(self, address: Any) -> str:
        """Return the one village whose name stands in an address, or an empty text."""
        text = _words(address)
        hits = {code: name for code, name in self.names.items() if _words(name) in text}
        marked = {
            code for code, name in hits.items()
            if any(f" {mark}{_words(name)}" in text for mark in VILLAGE_MARKS)
        }  # fmt: skip
        found = marked or set(hits)
        return found.pop() if len(found) == 1 else ""


def _words(text: Any) -> str:
    """Return the words of a text with one blank around each."""
    words = re.findall(WORD, unicodedata.normalize("NFKC", str(text or "")).casefold())
    return f" {' '.join(words)} "
