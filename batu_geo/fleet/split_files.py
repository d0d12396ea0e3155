"""One file of many regions, as an office has it, in parts: each as if a region had sent it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.locate_places import written_position
from batu_geo.importing.request import only_rows
from batu_geo.importing.rows import NUMBERED
from batu_geo.sources.geometry.coordinates import Position, position_of
from batu_geo.sources.geometry.projections import utm_zone_of
from batu_geo.sources.geometry.study_area import study_area
from batu_geo.sources.tables.area_codes import digits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batu_geo.importing.import_table import Recognised
    from batu_geo.importing.request import Rows

OF_REGION = 4
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines of the villages of all regions.

    Attributes
    ----------
    shapes
        In degrees.
    regions
        Code of the region of each.
    """

    shapes: np.ndarray[Any, np.dtype[np.object_]]
    regions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a file that are of one region.

    Attributes
    ----------
    content, suffix
        A file that has them.
    rows
        With their numbers in the whole file.
    """

    content: bytes
    suffix: str
    rows: Rows

    def in_whole(self, problem: Problem, region: str) -> Problem:
        """Return a problem of the part at its row of the whole file, with the region.

        >>> from batu_geo.importing.request import Rows
        >>> part = Part(b"", ".csv", Rows(["a"], [{"a": 1}], [41]))
        >>> part.in_whole(Problem("BG-204", "p.csv", row=2), "35.79").row
        41
        """
        place: dict[str, Any] = {"path": f"{region}: {problem.path}"}
        for name, offset in (("feature", 1), ("row", 2)):
            number = getattr(problem, name)
            if number is not None and 0 <= number - offset < len(self.rows.numbers):
                place[name] = self.rows.numbers[number - offset]
        return replace(problem, **place)


def regions_in(known: Recognised) -> list[str]:
    """Return the codes of the regions that the rows of a file name."""
    codes = {digits[:OF_REGION] for digits in _digits(known) if len(digits) >= OF_REGION}
    return sorted(f"{code[:2]}.{code[2:]}" for code in codes)


def split(
    known: Recognised, table: str, regions: Sequence[str], name: str, outlines: Outlines | None
) -> tuple[dict[str, Part], list[Problem]]:
    """Return the part of each region, and a notice of the rows that are of none.

    A row belongs to the region of its area code, without one to that in whose villages it lies.

    Raises
    ------
    DataError
        When no row belongs to a region.
    """
    of_digits = {digits_of(region): region for region in regions}
    found = [of_digits.get(digits[:OF_REGION], "") for digits in _digits(known)]
    if outlines is not None and CONTRACTS[table].geometry == "point":
        found = _by_place(known, found, outlines)
    nowhere = [known.rows.numbers[n] for n, region in enumerate(found) if not region]
    listed = ", ".join(map(str, nowhere[:MOST_SHOWN]))
    values = {"count": len(nowhere), "rows": listed or "-"}
    notices = [Problem("BG-649", name, values=values)] if nowhere else []
    if len(nowhere) == len(found):
        raise DataError(notices)
    parts = {}
    for region in sorted({*found} - {""}):
        rows = only_rows(known.rows, [n for n, own in enumerate(found) if own == region])
        parts[region] = _part(_numbered(rows, known, table, region))
    return parts, notices


def outlines_of(parts: dict[str, Part]) -> Outlines:
    """Return the outlines of the parts of a file of villages."""
    shapes, regions = [], []
    for region, part in parts.items():
        for geometry in part.rows.geometry or []:
            if geometry:
                shapes.append(shapely.make_valid(shapely.from_geojson(json.dumps(geometry))))
                regions.append(region)
    return Outlines(np.array(shapes, dtype=object), regions)


def _digits(known: Recognised) -> Iterator[str]:
    """Yield the area code of each row as digits, empty where it has none."""
    source = _column(known, "village_id")
    for record in known.rows.records:
        yield digits_of(str(record.get(source) or "")) if source else ""


def _column(known: Recognised, target: str) -> str:
    """Return the column of the file that is one of the table, empty for none."""
    return next((m.source for m in known.matches if m.target == target and m.is_sure), "")


def _by_place(known: Recognised, found: list[str], outlines: Outlines) -> list[str]:
    """Return the regions, those that no code says by the village that a place lies in."""
    area = study_area(utm_zone_of(outlines.shapes), _bounds(outlines))
    taken = {m.target: m.source for m in known.matches if m.target and m.is_sure}
    numbers, points = [], []
    for index, region in enumerate(found):
        record = {to: known.rows.records[index].get(source) for to, source in taken.items()}
        x, y = written_position(record, known.rows, index)
        position = None if region or x is None else position_of(x, y, area, record.get("zone"))
        if isinstance(position, Position):
            numbers.append(index)
            points.append(shapely.Point(position.x, position.y))
    found = list(found)
    places = np.array(points, dtype=object)  # of none, too
    pairs = shapely.STRtree(outlines.shapes).query(places, predicate="intersects")
    for point, outline in pairs.T.tolist():
        found[numbers[point]] = outlines.regions[outline]
    return found


def _bounds(outlines: Outlines) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(outlines.shapes).tolist()
    return west, south, east, north


def _numbered(rows: Rows, known: Recognised, table: str, region: str) -> Rows:
    """Return rows with ids that no other region gives, where the file has none."""
    column = str(CONTRACTS[table].id_column)
    if table not in NUMBERED or _column(known, column):
        return rows
    start = f"{NUMBERED[table]}-{digits_of(region)}"
    records = [r | {column: f"{start}-{n:04d}"} for n, r in enumerate(rows.records, start=1)]
    return replace(rows, columns=[*rows.columns, column], records=records)


def _part(rows: Rows) -> Part:
    if rows.geometry is None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows.columns)
        writer.writerows(
            ["" if (v := record.get(c)) is None else v for c in rows.columns]
            for record in rows.records
        )
        return Part(text.getvalue().encode(), ".csv", rows)
    features = [
        {"type": "Feature", "properties": record, "geometry": geometry}
        for record, geometry in zip(rows.records, rows.geometry, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features}
    return Part(json.dumps(document, ensure_ascii=False, default=str).encode(), ".geojson", rows)
