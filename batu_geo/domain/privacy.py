"""Personal data: known by the names of columns and by their form, shown and kept nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MASK = "***"

NO = r"\b(?:no|nomor|nomer|number)"
PEOPLE = (
    r"pasien|ibu(?! ?kota)|anak|balita|bayi|bumil|peserta|penduduk|warga|lansia|suami|istri|ayah|"
    r"kepala ?keluarga|kk|orang ?tua|pegawai|petugas|kader|responden|pelapor"
)
# Within a name written plain, its words apart. A count (`jkn aktif`, `jumlah kk`) is none.
NAMES = {
    "NIK": rf"\b(?:nik|nkk)\b|induk ?kependudukan|^(?:e ?)?ktp$|"
    rf"{NO} ?(?:nik|kk|(?:e ?)?ktp|kartu ?keluarga|kartu ?tanda)\b",
    "NIP": rf"\bnip\b|{NO} ?induk ?pegawai",
    "JKN": rf"{NO} ?(?:jkn|bpjs|kis|kartu|peserta)",
    "nama pasien": rf"\bnama ?(?:lengkap ?)?(?:{PEOPLE})\b|^nama ?lengkap$|^pasien$|patient ?name",
    "telepon": rf"(?:^|{NO} ?|\b(?:contact|kontak) )"
    r"(?:telepon|telpon|telp|tel$|tlp|hp|wa|whats ?app|handphone|ponsel|phone)\b|"
    r"^kontak\b|contact ?person",
    "tanggal lahir": r"\b(?:tempat|tanggal|tgl) ?(?:(?:tanggal|tgl) ?)?lahir\b|^ttl$|^dob$|"
    r"birth ?(?:date|day)|date ?of ?birth",
    "surel": r"\be ?mail\b|\bsurel\b",
    "rekam medis": rf"{NO} ?(?:rekam ?medi[sk]|rm)\b|^rekam ?medi[sk]$|medical ?record|^diagnos",
}
BY_NAME = {what: re.compile(pattern) for what, pattern in NAMES.items()}
HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# The part of a longer number, of a decimal or of a hexadecimal code is no number of a person.
ALONE = r"(?<!\d)(?<![0-9a-f]{2})"
BETWEEN = r"[\s.\-\u2013]{1,3}"
# Groups as people write them: 16, 4-4-4-4 (but not four years or registers) and 6-6-4 with
# its parts. Codes of assets and places are written in pairs with dots, decimals have one dot.
NIK = (
    rf"{ALONE}(?<!\d\.)(?:\d{{16}}|\d[.,]\d{{15}}[eE]\+?15|"
    rf"(?!0|(?:(?:19|20)\d\d{BETWEEN}){{3}})\d{{4}}(?:{BETWEEN}\d{{4}}){{3}}|"
    rf"(?:\d\d{BETWEEN}\d\d{BETWEEN}\d\d|\d{{6}})(?:{BETWEEN})?\d{{6}}(?:{BETWEEN})?\d{{4}}|"
    rf"(?:\d\d[\s-]){{6}}\d{{4}})(?!\d)"
)
JKN = rf"{ALONE}(?<!\d[.,])000(?:\d{{10}}|\d{BETWEEN}\d{{4}}{BETWEEN}\d{{5}})(?!\d)"
# Without 0 or + only in one piece: 628512 9129811 is a place in UTM.
MOBILE = r"8[1235789]"
PHONE = (
    rf"{ALONE}(?<!\d[.,])(?:(?:\(?\+62\)?[\s.-]{{0,2}}(?:\(0\))?|\(?0){MOBILE}"
    rf"(?:[\s.()-]{{0,3}}\d){{7,10}}|62-?{MOBILE}(?:-?\d){{7,10}}|"
    rf"62\s{MOBILE}(?:[\s-]?\d){{7,10}})(?!\d)"
)
MAIL = r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}"
# What an address on the web ends in counts its pages, unless it calls somebody.
PERSONAL = re.compile(
    rf"(?P<address>https?://(?!wa\.me|api\.whatsapp)[^\s@]{{1,500}}+(?!@))|"
    rf"(?P<NIK>{NIK})|(?P<JKN>{JKN})|(?P<telepon>{PHONE})|(?P<surel>{MAIL})"
)
POSSIBLE = re.compile(r"@|\d(?:\D{0,3}\d){9}")
PHRASE_ENDS = re.compile(r"([,;:|'\"()\[\]/\n])")


def personal_columns(records: Iterable[Mapping[Any, Any]]) -> dict[str, str]:
    """Return the columns whose name or a whole value of which is personal, and what it is.

    >>> personal_columns([{"village_id": "v", "No. HP": "x"}, {"village_id": "3579012345678901"}])
    {'village_id': 'NIK', 'No. HP': 'telepon'}
    """
    found: dict[str, str | None] = {}
    for record in records:
        for name, value in record.items():
            if name not in found:
                found[name] = _by_name(str(name))
            found[name] = found[name] or looks_personal(value)
    return {str(name): what for name, what in found.items() if what}


def _by_name(name: str) -> str | None:
    # A list without a header has its first person there.
    if personal_part(name):
        return personal_part(name)
    words = " ".join(re.findall("[a-z]+", HUMPS.sub(" ", name).lower()))
    return next((what for what, pattern in BY_NAME.items() if pattern.search(words)), None)


def looks_personal(value: Any) -> str | None:
    """Return what personal thing a value is as a whole, or None.

    >>> looks_personal("3579 0123 4567 8901"), looks_personal("35.79.01.2005")
    ('NIK', None)
    """
    text = _as_written(value)
    if not POSSIBLE.search(text):
        return None
    # A sheet puts an apostrophe before a number kept as text, and .0 behind one that is not.
    found = PERSONAL.fullmatch(re.sub(r"[.,]0*$", "", text.strip(" '\t\n")))
    return None if found is None or found["address"] else found.lastgroup


def _as_written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int)) else ""


def personal_part(text: str) -> str | None:
    """Return what personal thing stands anywhere in a text, or None.

    >>> personal_part("Hub. 0812-3456-7890"), personal_part("Rp 250.000.000, reg. 0007")
    ('telepon', None)
    """
    found = PERSONAL.finditer(text) if POSSIBLE.search(text) else ()
    return next((match.lastgroup for match in found if not match["address"]), None)


def masked(value: Any) -> Any:
    """Return a value without the personal things in its texts.

    >>> masked({"note": ["Hub. 0812-3456-7890", 7]})
    {'note': ['Hub. ***', 7]}
    """
    if isinstance(value, str):
        return PERSONAL.sub(_mask, value) if personal_part(value) else value
    if isinstance(value, dict):
        return {name: masked(part) for name, part in value.items()}
    return [masked(part) for part in value] if isinstance(value, list) else value


def withheld(text: str) -> str:
    """Return a text for showing, without the phrases a personal thing stands in.

    >>> withheld("'NIK 3579012345678901 Siti' is not a number")
    "'***' is not a number"
    """
    if not personal_part(text):
        return text
    # The mark, which nothing shows, keeps the brackets of a telephone number in one phrase.
    parts = PHRASE_ENDS.split(PERSONAL.sub(lambda m: m[0] if m["address"] else "\0", text))
    return "".join(MASK if "\0" in part else part for part in parts)


def _mask(match: re.Match[str]) -> str:
    return match[0] if match["address"] else MASK
