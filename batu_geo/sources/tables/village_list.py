"""Find the village of a row by its code, else by its exact name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.sources.cells.plain_text import plain, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEMENDAGRI = re.compile(r"\d\d\.\d\d\.\d\d\.[12]\d{3}")
TEN_DIGITS = re.compile(r"(?:id)?(\d{10})", re.IGNORECASE)
VILLAGE_DIGITS = "12"
PREFIX = re.compile(r"^(?:upkdk|desa|kelurahan|kel|ds|kantor)\b[\s.:]*", re.IGNORECASE)
DISTRICT_PREFIX = re.compile(r"^(?:[\[\]\d.\s]+|(?:kecamatan|kec)\b[\s.:]*)+", re.IGNORECASE)
IN_DISTRICT = re.compile(
    r"(.*\w.*?)[\s,;/(-]+(?:kecamatan|kec)\b[\s.:]*([^,;()]+?)\)?(?:[,;].*)?", re.IGNORECASE
)
BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
SUGGESTED_FROM = 60
VILLAGE_MARKS = ("kel", "kelurahan", "desa", "ds")
DISTRICT_MARKS = ("kec", "kecamatan")


def plain_village(text: Any) -> str:
    """Return the name of a village without prefixes such as `Desa`, plain.

    >>> plain_village("Kel. Temas"), plain_village("UPKDK Desa Beji (Junrejo)")
    ('temas', 'beji')
    """
    name = BRACKETS.sub("", unicodedata.normalize("NFKC", str(text or ""))).strip()
    while (shorter := PREFIX.sub("", name)) != name and shorter:
        name = shorter
    return plain(name)


def plain_district(text: Any) -> str:
    """Return the name of a district without prefixes and without what follows a comma, plain.

    >>> plain_district("Kec. Batu, Kota Batu"), plain_district("[020] JUNREJO")
    ('batu', 'junrejo')
    """
    name = unicodedata.normalize("NFKC", "" if text is None else str(text)).strip()
    return plain(DISTRICT_PREFIX.sub("", name).split(",")[0])


def split_district(name: Any) -> tuple[Any, str]:
    """Return the name of a village, and the district that is written behind it after `Kec.`.

    >>> split_district("Desa Sidomulyo Kec. Gedangan"), split_district("Sidomulyo")
    (('Desa Sidomulyo', 'Gedangan'), ('Sidomulyo', ''))
    """
    match = IN_DISTRICT.fullmatch(name.strip()) if isinstance(name, str) else None
    return (match[1], match[2].strip()) if match else (name, "")


def code_system(values: Iterable[Any]) -> str:
    """Return the code system of a column: ``kemendagri``, ``bps`` or an empty text.

    Both have ten digits. The seventh is 1 (kelurahan) or 2 (desa) in codes of Kemendagri, and
    part of the district number in codes of BPS.

    >>> code_system(["35.79.01.1001"]), code_system(["id3579010002"]), code_system(["3579011001"])
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
    is_ministry = all(text[6] in VILLAGE_DIGITS and text[:2] != "id" for text in digits)
    return "kemendagri" if is_ministry else "bps"


@dataclass(frozen=True, slots=True)
class VillageMatch:
    """The village of a row, or why there is none.

    Attributes
    ----------
    village_id
        Its code, empty where none matches.
    fault, values
        Code of the message catalogue, and its values.
    unlisted_name
        A name beside a known code that the list does not have, and the village of the code.
    """

    village_id: str = ""
    fault: str = ""
    values: Mapping[str, Any] | None = None
    unlisted_name: str = ""


class VillageList:
    """The villages of a study, searched by code, name and district.

    A list that `may_grow` is of another office: the study may have villages that it lacks.
    """

    def __init__(self, records: Iterable[Mapping[str, Any]], *, may_grow: bool = False) -> None:
        self.may_grow = may_grow
        self.names: dict[str, str] = {}
        self.by_bps: dict[str, str] = {}
        self._districts: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        for record in records:
            code = str(record["village_id"])
            name = str(record.get("village_name") or "")
            self.names[code] = name or code
            self._districts[code] = plain_district(record.get("district_name"))
            self._by_name.setdefault(plain_village(name), []).append(code)
            if record.get("bps_id"):
                self.by_bps[str(record["bps_id"])] = code

    def __len__(self) -> int:
        return len(self.names)

    def districts(self) -> set[str]:
        """Return the names of the districts of the villages, plain."""
        return set(self._districts.values()) - {""}

    def has(self, name: Any) -> bool:
        """Return whether a village of the list has this name, in whatever district."""
        return plain_village(split_district(name)[0]) in self._by_name

    def find(
        self, *, code: Any = "", name: Any = "", district: Any = "", kind: str = ""
    ) -> VillageMatch:
        """Return the village of a row; code, name and district must agree.

        Parameters
        ----------
        code
            Of Kemendagri, with or without dots, or of BPS. An unknown code is a fault whatever
            the name, unless it is of BPS and the list has no codes of BPS.
        name, district
            As written; a district behind the name, after `Kec.` or known and in brackets,
            counts too.
        kind
            Code system of the column, from `code_system`.
        """
        name, said = split_district(name)
        district = district or said
        code = str(code or "").strip()
        kind = kind or code_system([code])
        where = self._district_of(name, district)
        of_code, of_name = self._of_code(code, kind), self._of_name(name, where)
        if not of_code and (not code or (name and kind == "bps" and not self.by_bps)):
            return of_name
        if not of_code:
            nearest = self._label(of_name.village_id) or self.nearest(name or code)
            return VillageMatch(fault="BG-252", values={"value": code, "nearest": nearest})
        namesakes = self._by_name.get(plain_village(name), [])
        if name and namesakes and of_code not in namesakes:
            values = {"value": code, "name": name, "says": self.names[of_code]}
            return VillageMatch(fault="BG-273", values=values)
        if not self._lies_in(of_code, where):
            values = {"value": code, "name": self.names[of_code], "district": district or name}
            return VillageMatch(fault="BG-285", values=values)
        is_named = not name or namesakes or self.names[of_code] == of_code
        return VillageMatch(
            of_code, unlisted_name="" if is_named else f"{name} / {self._label(of_code)}"
        )

    def _district_of(self, name: Any, district: Any) -> str:
        bracket = BRACKETS.search(str(name or ""))
        inside = plain_district(bracket[1]) if bracket else ""
        return plain_district(district) or (inside if inside in self._districts.values() else "")

    def _lies_in(self, code: str, district: str) -> bool:
        return not district or not self._districts[code] or self._districts[code] == district

    def _label(self, code: str) -> str:
        return f"{self.names[code]} ({code})" if code else ""

    def _of_code(self, code: str, kind: str) -> str:
        if code in self.names:
            return code
        match = TEN_DIGITS.fullmatch(code)
        if match is None:
            return ""
        digits = match[1]
        dotted = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
        # Kemendagri and BPS may give the same ten digits to different villages.
        if kind != "bps" and dotted in self.names:
            return dotted
        return self.by_bps.get(digits, "")

    def _of_name(self, name: Any, where: str) -> VillageMatch:
        known = self._by_name.get(plain_village(name), []) if name else []
        there = [code for code in known if self._lies_in(code, where)]
        if len(there) == 1:
            return VillageMatch(there[0])
        value = f"{name} ({where})" if known and where else name or "-"
        nearest = ", ".join(map(self._label, there or known)) or self.nearest(name)
        return VillageMatch(fault="BG-252", values={"value": value, "nearest": nearest})

    def nearest(self, text: Any) -> str:
        """Return the village with the most similar name and its code, ``-`` if none is."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only importers need it

        names = {code: plain_village(name) for code, name in self.names.items()}
        nearest = process.extractOne(plain_village(text), names, scorer=fuzz.ratio,
                                   score_cutoff=SUGGESTED_FROM)  # fmt: skip
        return self._label(nearest[2]) if nearest else "-"

    def named_in(self, address: Any) -> str:
        """Return the one village an address names after `Desa` or `Kelurahan`, else an empty text.

        Streets, hamlets and districts may have the name of a village.
        """
        text = words_of(address)
        hits = [
            code for code, name in self.names.items()
            if any(f" {mark}{words_of(name)}" in text for mark in VILLAGE_MARKS)
            or (text == words_of(name) and plain(name) not in self._districts.values())
        ]  # fmt: skip
        possible = [code for code in hits if self._may_lie_in(code, text)]
        return possible[0] if len(possible) == 1 else ""

    def _may_lie_in(self, code: str, address: str) -> bool:
        """Return whether every district that an address names is that of the village."""
        after = [address.split(f" {mark} ")[1:] for mark in DISTRICT_MARKS]
        named = [part.split() for parts in after for part in parts]
        starts = [{"".join(words[:n]) for n in range(1, len(words) + 1)} for words in named]
        return not self._districts[code] or all(self._districts[code] in s for s in starts)
