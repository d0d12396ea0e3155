"""Answers of an office to what is still to ask: one cell of a table each, with source and date."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import (
    BUILDINGS,
    FACILITIES,
    FIGURES,
    PERIODS,
    POPULATION,
    PROFESSIONS,
    PROFILES,
    SERVICES,
)
from batu_geo.domain.schedule import clock_hours, weekdays
from batu_geo.domain.tables import Column, Contract, parse_number, typed_value

if TYPE_CHECKING:
    from collections.abc import Mapping

POSITION, HAS_UNIT = "position", "has_unit"
LARGEST_LAT, LARGEST_LON = 90.0, 180.0
SHIFT_PARTS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What an office found out about one cell.

    Attributes
    ----------
    table, record_id, field
        The cell: a table of the study, the id of its row, and what of it.
    value
        As `typed_answer` reads it: a code, a plain number, a place, a roster.
    source, date
        Who said so, and on which day (year-month-day).
    row
        Row of the sheet it stands in, for faults.
    """

    table: str
    record_id: str
    field: str
    value: str
    source: str
    date: str
    row: int = dataclasses.field(default=0, compare=False)

    @property
    def cell(self) -> tuple[str, str, str]:
        """The cell."""
        return self.table, self.record_id, self.field


@dataclass(frozen=True, slots=True)
class Shift:
    """A line of a roster: how many people, on which weekdays, from when until when."""

    count: int
    weekdays: str | None = None
    start: str | None = None
    end: str | None = None


def _columns(contract: Contract, *names: str) -> dict[str, Column]:
    known = {column.name: column for column in contract.columns}
    return {name: known[name] for name in names}


def _place(meaning_id: str, meaning_en: str) -> dict[str, Column]:
    return {POSITION: Column(POSITION, "text", meaning_id, meaning_en)}


_PLACE = _place("bujur lintang, misalnya 112,5414 -7,8775", "longitude latitude: 112.5414 -7.8775")
# By table: the cells that an answer may give, each as a column of its own.
ANSWERABLE: Mapping[str, Mapping[str, Column]] = {
    "villages": {
        HAS_UNIT: Column(HAS_UNIT, "text", "punya unit kesehatan desa/kelurahan",
                         "has a village health unit", codes=("yes", "no"))
    },
    "population": _columns(POPULATION, "population"),
    "facilities": _columns(FACILITIES, "status", "host", "operator", "emergency_unit",
                           "people_capacity", "closed_from", "closed_until") | _PLACE,
    "buildings": _columns(BUILDINGS, "owner", "land_status", "condition", "floor_area_m2", "rooms",
                          "present_use", "hazard", "road_access", "documents", "process_status",
                          "asset_code") | _PLACE,
    "staffing": {
        p: Column(p, "text", "jumlah hari mulai-selesai, misalnya 1 1-5 07:30-14:00",
                  "count days from-until, such as 1 1-5 07:30-14:00")
        for p in PROFESSIONS
    },
    "profiles": _columns(PROFILES, *(c.name for c in PROFILES.columns[1:]
                                     if c.name not in ("evidence", "evidence_note",
                                                       "evidence_note_en"))),
    "costs": {},  # item/payer/period, of the rows the study has
    "figures": _columns(FIGURES, "value"),
}  # fmt: skip
RUPIAH = Column("rupiah", "integer", "biaya", "cost", unit="rupiah", minimum=0)
# The cells a row rests on as a whole: with all of them answered it is reported.
DEFINING: Mapping[str, tuple[str, ...]] = {
    "villages": (HAS_UNIT,),
    "population": ("population",),
    "facilities": ("status",),
    "buildings": ("owner", "land_status", "condition", "floor_area_m2", "rooms", POSITION),
    "profiles": tuple(ANSWERABLE["profiles"]),
    "figures": ("value",),
}

_TEXT: dict[str, Any] = {"kind": "text"}
ANSWERS = Contract("answers", None, None, (
    Column("table", meaning_id="tabel", meaning_en="table", codes=tuple(ANSWERABLE), **_TEXT),
    Column("id", meaning_id="kode baris", meaning_en="id of the row", **_TEXT),
    Column("field", meaning_id="kolom", meaning_en="what of it", **_TEXT),
    Column("value", meaning_id="nilai", meaning_en="value", **_TEXT),
    Column("source", meaning_id="siapa yang mengatakan", meaning_en="who said so", **_TEXT),
    Column("date", "date", "tanggal", "date"),
), may_have_no_rows=True)  # fmt: skip


def cell_column(table: str, name: str) -> Column | None:
    """Return the column of a cell that may be answered; None where there is none of that name.

    >>> cell_column("buildings", "rooms").kind, cell_column("buildings", "building_name")
    ('integer', None)
    """
    if table == "costs":
        parts = name.split("/")
        return RUPIAH if len(parts) == SHIFT_PARTS and parts[-1] in PERIODS else None
    return ANSWERABLE[table].get(name)


def typed_answer(answer: Answer) -> tuple[Any, tuple[str, dict[str, Any]] | None]:
    """Return the value of an answer in its type, or the code of its fault with the values of it.

    A place is longitude and latitude, a roster a tuple of `Shift`.

    >>> typed_answer(Answer("buildings", "B1", "position", "-7,87; 112,54", "phone", "2026-01-31"))
    ((112.54, -7.87), None)
    >>> typed_answer(Answer("staffing", "U1", "nurse", "1 1-5 07:30-14:00", "phone", "2026-01-31"))
    ((Shift(count=1, weekdays='1-5', start='07:30', end='14:00'),), None)
    """
    column = cell_column(answer.table, answer.field)
    if column is None:
        raise KeyError(answer.field)
    if answer.field == POSITION:
        place = _position(answer.value)
        return place, None if place else ("BG-244", {"value": answer.value})
    if answer.table == "staffing":
        shifts = _roster(answer.value)
        return shifts, None if shifts else ("BG-245", {"value": answer.value})
    value, fault = typed_value(answer.value, column)
    if fault is None and answer.field == "services":
        unknown = [s for s in str(value).split() if s not in SERVICES]
        if unknown:
            return None, ("BG-205", {"value": unknown[0], "expected": ", ".join(SERVICES)})
    return value, fault


def _position(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude, in either order where one is beyond 90 degrees.

    Elsewhere they are in the order that they are written in: what the study is near to decides
    which is which when the answer is used.
    """
    parts = text.replace(";", " ").replace(", ", " ").split()
    numbers = [parse_number(part, is_integer=False) for part in parts]
    if len(numbers) != 2 or None in numbers:
        return None
    lon, lat = (float(number) for number in numbers if number is not None)
    if abs(lon) <= LARGEST_LAT < abs(lat):
        lon, lat = lat, lon
    return (lon, lat) if abs(lon) <= LARGEST_LON and abs(lat) <= LARGEST_LAT else None


def _roster(text: str) -> tuple[Shift, ...] | None:
    """Return the shifts of a roster, separated by semicolons; None where one cannot be read."""
    found = [_shift(part.split()) for part in text.split(";")]
    return None if None in found else tuple(shift for shift in found if shift)


def _shift(parts: list[str]) -> Shift | None:
    count = parse_number(parts[0], is_integer=True) if parts else None
    if count is None or count < 0 or len(parts) > SHIFT_PARTS:
        return None
    if len(parts) == 1:
        return Shift(int(count))
    if weekdays(parts[1]) is None:
        return None
    if len(parts) == 2:  # days alone
        return Shift(int(count), parts[1])
    start, _, end = parts[2].partition("-")
    begins, ends = clock_hours(start), clock_hours(end)
    if begins is None or ends is None or ends <= begins:
        return None
    return Shift(int(count), parts[1], start, end)
