"""The contract of each table: its columns, codes, units and what they mean.

Tables stay plain (Geo)DataFrames. `conform` turns records as they were read
into a typed frame and lists every breach of the contract with its place.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NewType

from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.privacy import personal_columns, personal_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd
    import shapely

EVIDENCE = ("reported", "estimated", "inferred", "assumed", "illustrative")
UNKNOWN = "unknown"

# By name: settings, messages and cards are read without the libraries of tables.
Villages = NewType("Villages", "gpd.GeoDataFrame")
Facilities = NewType("Facilities", "gpd.GeoDataFrame")
Buildings = NewType("Buildings", "gpd.GeoDataFrame")
DemandPoints = NewType("DemandPoints", "gpd.GeoDataFrame")

PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
INDONESIAN_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
# Longer than the shortest form of a rounded coordinate.
LONG_NUMBER = re.compile(r"-?[0-9]+\.[0-9]{10,}(?:e[-+]?[0-9]+)?")
LARGEST_NUMBER = 1e300
LARGEST_WHOLE = 2**53
LONGEST_TEXT = 32_768
INDONESIAN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
# 1,000 people are a thousand or one: nobody writes them with three decimals.
FOREIGN_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, unit, codes and meaning in both languages."""

    name: str
    kind: Literal["text", "integer", "number", "date"]
    meaning_id: str
    meaning_en: str
    unit: str = ""
    is_required: bool = True
    may_be_empty: bool = False
    codes: tuple[str, ...] = ()
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: its name, the column that identifies a row (if one does), and its columns."""

    table: str
    id_column: str | None
    geometry: Literal["polygon", "point"] | None
    columns: tuple[Column, ...]
    may_have_no_rows: bool = False


def conform(
    records: Sequence[dict[str, Any]], contract: Contract, path: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the records as a typed frame and every breach of the contract.

    Parameters
    ----------
    records
        One mapping a row, values as read.
    contract
        What the table must hold. Columns it does not know are left out. Text is composed (NFC):
        a letter with its mark is one letter, however the file spells it.
    path
        Name of the input, for the problems. Features count from 1, rows from 2
        as a spreadsheet shows them under their header.
    """
    if not records:
        nothing = _frame({column.name: [] for column in contract.columns}, contract)
        return nothing, [] if contract.may_have_no_rows else [Problem("BG-214", path)]
    present = {name for record in records for name in record}
    personal = personal_columns(records)
    if personal:
        # Cells of such a column are dropped before any other check could show them.
        records = [{n: v for n, v in r.items() if str(n) not in personal} for r in records]
    records = [{name: composed(value) for name, value in r.items()} for r in records]
    problems = [
        Problem("BG-220", path, column=name, values={"what": what})
        for name, what in personal.items()
    ]
    problems += [
        Problem("BG-201", path, column=column.name, values={"column": column.name})
        for column in contract.columns
        if column.is_required and column.name not in present
    ]
    ids = [str(record.get(contract.id_column or "") or "") for record in records]
    places = _places(contract, len(records))
    typed: dict[str, list[Any]] = {}
    for column in (c for c in contract.columns if c.name in present):
        values = [typed_value(record.get(column.name), column) for record in records]
        typed[column.name] = [value for value, _ in values]
        problems += [
            Problem(fault[0], path, *place, record_id, column=column.name, values=fault[1])
            for (_, fault), record_id, place in zip(values, ids, places, strict=True)
            if fault and column.name not in personal
        ]
    problems += _repeated(ids, contract, path, places)
    return _frame(typed, contract), problems


def composed(value: Any) -> Any:
    """Return text whose letters and marks are put together (NFC); anything else as it is.

    >>> composed("Ne" + chr(0x301) + "gori") == "N" + chr(0xE9) + "gori"
    True
    """
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def with_defaults(table: pd.DataFrame, contract: Contract, evidence: str) -> None:
    """Add the optional text columns that a file may leave out; evidence by its input's."""
    import pandas as pd  # noqa: PLC0415 - heavy

    for column in contract.columns:
        if column.name not in table and column.kind in ("text", "date"):
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
            yield Problem("BG-206", path, *place, column=contract.id_column or "", values=values)


Fault = tuple[str, dict[str, Any]]


def typed_value(value: Any, column: Column) -> tuple[Any, Fault | None]:
    """Return the value in the type of its column, or the code of its fault."""
    if isinstance(value, str):
        value = value.strip()
    is_empty = value is None or value == "" or (isinstance(value, float) and math.isnan(value))
    if is_empty or (column.kind != "text" and value == UNKNOWN):
        return None, None if column.may_be_empty else ("BG-202", {})
    if column.kind == "text":
        return _coded(value, column)
    if column.kind == "date":
        date = parse_date(str(value))
        return date, None if date else ("BG-221", {"value": value})
    return _counted(value, column)


def _coded(value: Any, column: Column) -> tuple[str | None, Fault | None]:
    text = str(value)
    if len(text) > LONGEST_TEXT:
        return None, ("BG-240", {"length": len(text), "limit": LONGEST_TEXT})
    what = None if column.codes else personal_part(text)
    if what:
        return None, ("BG-228", {"what": what})
    if column.codes and text not in column.codes:
        return None, ("BG-205", {"value": text, "expected": ", ".join(column.codes)})
    if isinstance(value, (list, dict)):
        return None, ("BG-242", {"value": text})
    return text, None


def _counted(value: Any, column: Column) -> tuple[float | int | None, Fault | None]:
    number = parse_number(value, is_integer=column.kind == "integer")
    if number is None:
        return None, ("BG-203" if column.kind == "integer" else "BG-219", {"value": value})
    if column.minimum is not None and number < column.minimum:
        return None, ("BG-204", {"value": value, "minimum": f"{column.minimum:g}"})
    return number, None


def parse_number(value: Any, *, is_integer: bool) -> float | int | None:
    """Return a number written plainly or the Indonesian way, or None.

    A point followed by three digits separates thousands in whole numbers only, where a
    comma before three digits is not taken for either.

    >>> parse_number("1.234", is_integer=True), parse_number("1.234,5", is_integer=False)
    (1234, 1234.5)
    >>> parse_number("12,5", is_integer=True), parse_number("1,000", is_integer=True)
    (None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        number = float(value) if abs(value) <= LARGEST_NUMBER else math.inf
    elif is_integer and INDONESIAN_THOUSANDS.fullmatch(str(value)):
        number = float(str(value).replace(".", ""))
    elif is_integer and FOREIGN_THOUSANDS.fullmatch(str(value)):
        return None
    elif PLAIN_NUMBER.fullmatch(str(value)):
        number = float(value)
    elif INDONESIAN_NUMBER.fullmatch(str(value)):
        number = float(str(value).replace(".", "").replace(",", "."))
    else:
        return None
    if not math.isfinite(number) or (is_integer and not number.is_integer()):
        return None
    if is_integer and abs(number) > LARGEST_WHOLE:
        return None
    return int(number) if is_integer else number


def parse_date(text: str) -> str | None:
    """Return a date as year-month-day, from that or from day-month-year, or None.

    >>> parse_date("2025-12-22"), parse_date("22/12/2025"), parse_date("31-02-2025")
    ('2025-12-22', '2025-12-22', None)
    """
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


def _frame(typed: dict[str, list[Any]], contract: Contract) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    kinds = {column.name: column.kind for column in contract.columns}
    types = {"text": "str", "integer": "Int64", "number": "float64", "date": "str"}
    return pd.DataFrame(
        {name: pd.Series(values, dtype=types[kinds[name]]) for name, values in typed.items()}
    )


def in_crs(table: gpd.GeoDataFrame, crs: str, *, name: str = "") -> gpd.GeoDataFrame:
    """Return a table in a coordinate system; one that is in it already is returned as it is.

    Raises
    ------
    DataError
        When the table, of this name or of that of its first column, has no coordinate system:
        112.5 may be a degree or a metre.
    """
    if table.crs is None:
        values = {"how": 'set_crs("EPSG:4326")'}
        raise DataError(Problem("BG-471", name or str(table.columns[0]), values=values))
    return table if table.crs == crs else table.to_crs(crs)


def geojson_geometry(shape: shapely.Geometry) -> dict[str, Any]:
    """Return a shape as the ``geometry`` of GeoJSON: exteriors counter-clockwise (RFC 7946, 3.1.6).

    >>> import shapely
    >>> clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1)])
    >>> geojson_geometry(clockwise)["coordinates"]
    [[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
    """
    geometry: dict[str, Any] = json.loads(geojson_text(shape))
    return geometry


def geojson_text(shape: shapely.Geometry) -> str:
    """Return a shape as the text of its `geojson_geometry`, without spaces.

    GEOS does not always find the shortest number that reads back as the same one.

    >>> import shapely
    >>> geojson_text(shapely.Point(112.528022, -7.0))
    '{"type":"Point","coordinates":[112.528022,-7.0]}'
    """
    import shapely  # noqa: PLC0415 - heavy

    wound: shapely.Geometry = shapely.orient_polygons(shape, exterior_cw=False)
    text: str = shapely.to_geojson(wound)
    return LONG_NUMBER.sub(lambda match: repr(float(match[0])), text)
