"""The contract of each table: its columns, codes, units and what they mean.

Tables stay plain (Geo)DataFrames. `conform` turns records as they were read
into a typed frame and lists every breach of the contract with its place.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NewType

import geopandas as gpd
import pandas as pd

from batu_geo.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Villages = NewType("Villages", gpd.GeoDataFrame)
Facilities = NewType("Facilities", gpd.GeoDataFrame)
Buildings = NewType("Buildings", gpd.GeoDataFrame)
DemandPoints = NewType("DemandPoints", gpd.GeoDataFrame)

EVIDENCE = ("reported", "estimated", "inferred", "assumed", "illustrative")
FACILITY_KINDS = (
    "UPKDK", "PUSKESMAS", "PUSTU", "POLINDES", "POSKESDES", "PONKESDES", "POSYANDU",
    "RUMAH_SAKIT", "KLINIK", "PRAKTIK_MANDIRI", "APOTEK",
)  # fmt: skip
STATUSES = ("active", "temporarily_closed", "planned", "closed")
OWNERS = ("city", "village", "province", "state", "private", "unknown")
LAND_STATUSES = ("local_government", "state", "customary", "other", "unknown")
CONDITIONS = ("good", "light_damage", "moderate_damage", "heavy_damage", "unknown")
PROCESS_STATUSES = ("none", "proposed", "in_process", "decree", "handed_over", "unknown")
UNKNOWN = "unknown"

PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
INDONESIAN_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
INDONESIAN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, unit, codes and meaning in both languages."""

    name: str
    kind: Literal["text", "integer", "number"]
    meaning_id: str
    meaning_en: str
    unit: str = ""
    is_required: bool = True
    may_be_empty: bool = False
    codes: tuple[str, ...] = ()
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: its name, the column that identifies a row, and its columns."""

    table: str
    id_column: str
    geometry: Literal["polygon", "point"] | None
    columns: tuple[Column, ...]
    may_have_no_rows: bool = False


def _text(name: str, meaning_id: str, meaning_en: str, **rest: Any) -> Column:
    return Column(name, "text", meaning_id, meaning_en, **rest)


_OPTIONAL: dict[str, Any] = {"is_required": False, "may_be_empty": True}
_EVIDENCE = (
    _text("evidence", "seberapa pasti baris ini", "how sure the record is",
          codes=EVIDENCE, **_OPTIONAL),
    _text("evidence_note", "dari mana kepastian itu", "why", **_OPTIONAL),
    _text("evidence_note_en", "catatan dalam bahasa Inggris", "the note in English", **_OPTIONAL),
)  # fmt: skip
_VILLAGE_ID = _text(
    "village_id", "kode Kemendagri desa/kelurahan", "Kemendagri code of the village"
)

VILLAGES = Contract("villages", "village_id", "polygon", (
    _VILLAGE_ID,
    _text("village_name", "nama desa/kelurahan", "name of the village"),
    _text("district_name", "nama kecamatan", "name of the district", **_OPTIONAL),
    _text("kind", "desa atau kelurahan", "desa or kelurahan", **_OPTIONAL),
    _text("bps_id", "kode BPS", "BPS code", **_OPTIONAL),
    Column("office_lon", "number", "bujur kantor desa", "longitude of the village office",
           unit="degree", **_OPTIONAL),
    Column("office_lat", "number", "lintang kantor desa", "latitude of the village office",
           unit="degree", **_OPTIONAL),
    Column("office_elevation_m", "number", "ketinggian kantor desa",
           "elevation of the village office", unit="m", **_OPTIONAL),
    _text("puskesmas", "wilayah kerja puskesmas", "puskesmas work area", **_OPTIONAL),
    _text("unit_evidence", "kepastian ada/tidaknya UPKDK",
          "how sure it is whether the village has a unit", codes=EVIDENCE, **_OPTIONAL),
    _text("unit_evidence_note", "dari mana kepastian itu", "why", **_OPTIONAL),
    _text("unit_evidence_note_en", "catatan dalam bahasa Inggris", "the note in English",
          **_OPTIONAL),
    *_EVIDENCE,
))  # fmt: skip

POPULATION = Contract("population", "village_id", None, (
    _VILLAGE_ID,
    _text("village_name", "nama desa/kelurahan", "name of the village", **_OPTIONAL),
    _text("district_name", "nama kecamatan", "name of the district", **_OPTIONAL),
    Column("population", "integer", "jumlah penduduk", "people", unit="people", minimum=0),
    *_EVIDENCE,
))  # fmt: skip

INDICATORS = Contract("indicators", "village_id", None, (
    _VILLAGE_ID,
    Column("posyandu", "integer", "jumlah posyandu", "number of posyandu",
           unit="posyandu", minimum=0, **_OPTIONAL),
    *_EVIDENCE,
))  # fmt: skip

FACILITIES = Contract("facilities", "facility_id", "point", (
    _text("facility_id", "kode fasilitas", "code of the facility"),
    _text("facility_name", "nama fasilitas", "name of the facility"),
    _text("kind", "jenis fasilitas", "kind of facility", codes=FACILITY_KINDS),
    _text("host", "bentuk tempat unit berjalan (pustu, polindes, poskesdes)",
          "what the unit is run from (pustu, polindes, poskesdes)", **_OPTIONAL),
    _text("village_id", "desa yang dilayani menurut sumber; kosong di luar kota",
          "village it belongs to by its source; empty outside the city", **_OPTIONAL),
    _text("status", "keadaan pelayanan", "state of service", codes=STATUSES),
    _text("position_evidence", "kepastian titiknya", "how sure its point is",
          codes=EVIDENCE, **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

BUILDINGS = Contract("buildings", "building_id", "point", (
    _text("building_id", "kode bangunan", "code of the building"),
    _text("building_name", "nama bangunan", "name of the building"),
    _text("owner", "pemilik", "owner", codes=OWNERS),
    _text("asset_code", "kode barang (KIB C)", "asset code (KIB C)", **_OPTIONAL),
    _text("land_status", "status tanah", "status of the land", codes=LAND_STATUSES),
    _text("condition", "kondisi bangunan", "condition of the building", codes=CONDITIONS),
    Column("floor_area_m2", "number", "luas lantai", "floor area", unit="m²", minimum=0,
           may_be_empty=True),
    Column("rooms", "integer", "jumlah ruang", "number of rooms", unit="rooms", minimum=0,
           may_be_empty=True),
    _text("present_use", "pemakaian sekarang", "present use", **_OPTIONAL),
    _text("process_status", "tahap pemrosesan oleh Pemkot", "stage of the city's process",
          codes=PROCESS_STATUSES, **_OPTIONAL),
    _text("village_id", "desa/kelurahan letak bangunan", "village the building stands in",
          **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

FIGURES = Contract("figures", "figure_id", None, (
    _text("figure_id", "kode angka", "code of the figure"),
    _text("meaning", "arti angka", "what it counts"),
    Column("value", "number", "nilai dilaporkan", "value as reported"),
    _text("unit", "satuan", "unit"),
    _text("date", "tanggal", "date"),
    _text("source", "sumber", "source"),
    *_EVIDENCE,
))  # fmt: skip

CONTRACTS = {
    contract.table: contract
    for contract in (VILLAGES, POPULATION, INDICATORS, FACILITIES, BUILDINGS, FIGURES)
}


def conform(
    records: Sequence[dict[str, Any]], contract: Contract, path: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the records as a typed frame and every breach of the contract.

    Parameters
    ----------
    records
        One mapping a row, values as read.
    contract
        What the table must hold. Columns it does not know are left out.
    path
        Name of the input, for the problems. Features count from 1, rows from 2
        as a spreadsheet shows them under their header.
    """
    if not records:
        nothing = _frame({column.name: [] for column in contract.columns}, contract)
        return nothing, [] if contract.may_have_no_rows else [Problem("BG-214", path)]
    present = {name for record in records for name in record}
    problems = [
        Problem("BG-201", path, column=column.name, values={"column": column.name})
        for column in contract.columns
        if column.is_required and column.name not in present
    ]
    typed: dict[str, list[Any]] = {}
    ids = [str(record.get(contract.id_column) or "") for record in records]
    places = _places(contract, len(records))
    for column in contract.columns:
        if column.name not in present:
            continue
        values = []
        for record, record_id, place in zip(records, ids, places, strict=True):
            value, fault = _typed(record.get(column.name), column)
            values.append(value)
            if fault:
                problems.append(
                    Problem(fault[0], path, *place, record_id, column=column.name, values=fault[1])
                )
        typed[column.name] = values
    problems += _repeated(ids, contract, path, places)
    return _frame(typed, contract), problems


def with_defaults(table: pd.DataFrame, contract: Contract, evidence: str) -> None:
    """Add the optional text columns that a file may leave out; evidence by its input's."""
    for column in contract.columns:
        if column.name not in table and column.kind == "text":
            table[column.name] = pd.Series(pd.NA, index=table.index, dtype="str")
    table["evidence"] = table["evidence"].fillna(evidence)


def _places(contract: Contract, count: int) -> list[tuple[int | None, int | None]]:
    """Return row and feature number of each record; one of the two is None."""
    if contract.geometry:
        return [(None, number) for number in range(1, count + 1)]
    return [(number, None) for number in range(2, count + 2)]


def _repeated(
    ids: list[str], contract: Contract, path: str, places: list[tuple[int | None, int | None]]
) -> Iterator[Problem]:
    first: dict[str, tuple[int | None, int | None]] = {}
    for record_id, place in zip(ids, places, strict=True):
        if record_id and first.setdefault(record_id, place) != place:
            values = {"value": record_id, "first": first[record_id][0] or first[record_id][1]}
            yield Problem("BG-206", path, *place, column=contract.id_column, values=values)


def _typed(value: Any, column: Column) -> tuple[Any, tuple[str, dict[str, Any]] | None]:
    """Return the value in the type of its column, or the code of its fault."""
    if isinstance(value, str):
        value = value.strip()
    is_empty = value is None or value == "" or (isinstance(value, float) and math.isnan(value))
    if is_empty or (column.kind != "text" and value == UNKNOWN):
        return None, None if column.may_be_empty else ("BG-202", {})
    if column.kind == "text":
        text = str(value)
        if column.codes and text not in column.codes:
            return None, ("BG-205", {"value": text, "expected": ", ".join(column.codes)})
        return text, None
    number = parse_number(value, is_integer=column.kind == "integer")
    if number is None:
        return None, ("BG-203" if column.kind == "integer" else "BG-219", {"value": value})
    if column.minimum is not None and number < column.minimum:
        return None, ("BG-204", {"value": value, "minimum": f"{column.minimum:g}"})
    return number, None


def parse_number(value: Any, *, is_integer: bool) -> float | int | None:
    """Return a number written plainly or the Indonesian way, or None.

    A point followed by three digits separates thousands in whole numbers only.

    >>> parse_number("1.234", is_integer=True), parse_number("1.234,5", is_integer=False)
    (1234, 1234.5)
    >>> parse_number("12,5", is_integer=True) is None
    True
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        number = float(value)
    elif is_integer and INDONESIAN_THOUSANDS.fullmatch(str(value)):
        number = float(str(value).replace(".", ""))
    elif PLAIN_NUMBER.fullmatch(str(value)):
        number = float(value)
    elif INDONESIAN_NUMBER.fullmatch(str(value)):
        number = float(str(value).replace(".", "").replace(",", "."))
    else:
        return None
    if not math.isfinite(number) or (is_integer and not number.is_integer()):
        return None
    return int(number) if is_integer else number


def _frame(typed: dict[str, list[Any]], contract: Contract) -> pd.DataFrame:
    kinds = {column.name: column.kind for column in contract.columns}
    types = {"text": "str", "integer": "Int64", "number": "float64"}
    return pd.DataFrame(
        {name: pd.Series(values, dtype=types[kinds[name]]) for name, values in typed.items()}
    )
