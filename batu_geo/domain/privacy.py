"""Columns that look like personal data: refused, and what stands in them is never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PERSONAL_NAMES = {
    "NIK": {"nik", "noktp", "ktp", "nomornik", "nokk", "kk"},
    "JKN": {"nojkn", "nobpjs", "nokartu", "nokartubpjs", "nomorjkn"},
    "nama pasien": {"namapasien", "pasien", "namaibu", "namaanak", "namapeserta", "patientname"},
    "telepon": {"telepon", "telp", "notelp", "nohp", "hp", "nomorhp", "phone", "wa", "whatsapp"},
    "tanggal lahir": {"tanggallahir", "tgllahir", "dob", "birthdate", "dateofbirth"},
    "surel": {"email", "surel"},
}
SIXTEEN_DIGITS = re.compile(r"\d{16}")
PHONE = re.compile(r"(?:\+?62|0)8\d{8,11}")


def personal_columns(records: Sequence[dict[str, Any]], path: str) -> Iterator[Problem]:
    """Yield a problem for each column whose name or values look personal.

    >>> rows = [{"village_id": "v", "No. HP": "x"}, {"village_id": "3579012345678901"}]
    >>> [fault.column for fault in personal_columns(rows, "x.csv")]
    ['village_id', 'No. HP']
    """
    found: dict[str, str | None] = {}
    for record in records:
        for name, value in record.items():
            if name not in found:
                found[name] = _by_name(str(name))
            found[name] = found[name] or _by_value(value)
    for name, what in found.items():
        if what:
            yield Problem("BG-220", path, column=str(name), values={"what": what})


def _by_name(name: str) -> str | None:
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((what for what, names in PERSONAL_NAMES.items() if plain in names), None)


def _by_value(value: Any) -> str | None:
    if not isinstance(value, (str, int)):
        return None
    text = str(value).strip()
    if SIXTEEN_DIGITS.fullmatch(text):
        return "NIK"
    return "telepon" if PHONE.fullmatch(re.sub(r"[\s.-]", "", text)) else None
