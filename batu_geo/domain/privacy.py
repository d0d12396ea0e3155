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
    names = dict.fromkeys(name for record in records for name in record)
    for name in names:
        what = _by_name(str(name)) or _by_value(record.get(name) for record in records)
        if what:
            yield Problem("BG-220", path, column=str(name), values={"what": what})


def _by_name(name: str) -> str | None:
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((what for what, names in PERSONAL_NAMES.items() if plain in names), None)


def _by_value(values: Iterator[Any]) -> str | None:
    for value in values:
        text = re.sub(r"[\s.-]", "", str(value)) if isinstance(value, (str, int)) else ""
        if isinstance(value, (str, int)) and SIXTEEN_DIGITS.fullmatch(str(value).strip()):
            return "NIK"
        if PHONE.fullmatch(text):
            return "telepon"
    return None
