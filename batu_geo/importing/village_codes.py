"""Assign a village code to every record of a table, by code or by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.tables.village_list import KEMENDAGRI, TEN_DIGITS, VillageMatch, code_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.importing.request import Rows
    from batu_geo.sources.tables.village_list import VillageList

MOST_SHOWN = 5


def assign_codes(
    records: list[dict[str, Any]], rows: Rows, known: VillageList, table: str, name: str
) -> list[Problem]:
    """Assign every record the code of its village, in place; return notices.

    A table that is itself the list of villages may have new codes.

    Raises
    ------
    DataError
        With every row whose village is unknown, and the village of the nearest name.
    """
    kind = code_system(record.get("village_id") for record in records)
    begins = table == "villages" and (known.may_grow or not len(known))
    is_the_list = table == "population" or begins
    faults, matches = [], []
    for index, record in enumerate(records):
        written = str(record.get("village_id") or "").strip()
        village = _match_village(record, known, written, kind, is_the_list=is_the_list)
        matches.append(village)
        record["village_id"] = village.village_id
        if village.fault:
            code = village.fault if len(known) or (written and kind) else "BG-264"
            values = dict(village.values or {})
            faults.append(Problem(code, name, column="village_id", values=values,
                                  **rows.place(index)))  # fmt: skip
        if kind == "bps" and table == "villages":
            match = TEN_DIGITS.fullmatch(written)
            record["bps_id"] = match[1] if match else None
    faults = faults or _repeated_codes(records, rows, name)
    if faults:
        raise DataError(faults)
    notices = unlisted_name_notices((village.unlisted_name for village in matches), name)
    if len(known):
        notices += _new_code_notices(records, known, name)
    if kind == "bps":
        mapped = sum(village.village_id in known.names for village in matches)
        notices.append(Problem("BG-262", name, values={"mapped": mapped, "count": len(records)}))
    return notices


def _match_village(
    record: Mapping[str, Any], known: VillageList, written: str, kind: str, *, is_the_list: bool
) -> VillageMatch:
    """Return the village of a record; in a list of villages codes and districts may be new."""
    district = record.get("district_name")
    match = known.find(code=written, name=record.get("village_name"), district=district, kind=kind)
    if is_the_list and match.fault == "BG-285":
        match = known.find(code=written, kind=kind)
        return replace(match, unlisted_name=f"{district} / {known.names[match.village_id]}")
    own = _normalised_code(written, kind) if is_the_list and match.fault == "BG-252" else ""
    return VillageMatch(own) if own else match


def _new_code_notices(
    records: list[dict[str, Any]], known: VillageList, name: str
) -> list[Problem]:
    """Return a notice of the codes that are not in the study's list of villages."""
    new = [
        f"{record['village_id']} ({record.get('village_name') or '-'})"
        for record in records if record["village_id"] not in known.names
    ]  # fmt: skip
    values = {"count": len(new), "found": ", ".join(new[:MOST_SHOWN])}
    return [Problem("BG-286", name, column="village_id", values=values)] if new else []


def unlisted_name_notices(unlisted: Iterable[str], name: str) -> list[Problem]:
    """Return a notice of village names that stand beside a listed code but are not listed."""
    names = list(dict.fromkeys(filter(None, unlisted)))
    values = {"count": len(names), "found": ", ".join(names[:MOST_SHOWN])}
    return [Problem("BG-284", name, column="village_name", values=values)] if names else []


def _repeated_codes(records: list[dict[str, Any]], rows: Rows, name: str) -> list[Problem]:
    """Return a problem for each BPS code that two villages have."""
    first: dict[str, int] = {}
    return [
        Problem("BG-206", name, column="bps_id", **rows.place(index),
                values={"value": code, "first": rows.numbers[first[code]]})
        for index, record in enumerate(records)
        if (code := str(record.get("bps_id") or "")) and first.setdefault(code, index) != index
    ]  # fmt: skip


def _normalised_code(written: str, kind: str) -> str:
    """Return a code of Kemendagri with dots, of BPS as ten digits, empty for any other text."""
    match = TEN_DIGITS.fullmatch(written)
    if KEMENDAGRI.fullmatch(written):
        return written
    if match is None or not kind:
        return ""
    digits = match[1]
    if kind == "bps":
        return digits
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
