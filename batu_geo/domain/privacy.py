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
SIXTEEN_DIGITS = re.compile(r"'?\d{16}")
PHONE = re.compile(r"'?(?:\+?62|0)8\d{8,11}")


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
            found[name] = found[name] or looks_personal(value)
    for name, what in found.items():
        if what:
            yield Problem("BG-220", path, column=str(name), values={"what": what})


def _by_name(name: str) -> str | None:
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((what for what, names in PERSONAL_NAMES.items() if plain in names), None)


def looks_personal(value: Any) -> str | None:
    """Return what personal thing a value looks like, or None.

    >>> looks_personal("3579 0123 4567 8901"), looks_personal("35.79.01.2005")
    ('NIK', None)
    """
    text = _as_written(value)
    # Dots stay: a coordinate with its point taken out may have sixteen digits.
    if SIXTEEN_DIGITS.fullmatch(re.sub(r"[\s-]", "", text)):
        return "NIK"
    if PHONE.fullmatch(re.sub(r"[\s.()-]", "", text)):
        return "telepon"
    return None


def _as_written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int)) else ""
