"""Village and position of each record: by coordinates, by village office, by outline."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.village_codes import unlisted_name_notices
from batu_geo.render.text.words import word
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.cells.values import is_empty
from batu_geo.sources.geometry.coordinates import (
    NoPosition,
    Position,
    geometry_fault,
    lies_abroad,
    pair_of,
    position_of,
)
from batu_geo.sources.geometry.features import positions_of
from batu_geo.sources.geometry.repair_geometry import repair_geometry
from batu_geo.sources.geometry.study_area import StudyArea, study_area
from batu_geo.sources.tables.boundaries import (
    OUTLINES,
    has_heights,
    is_other_area,
    overlap_notices,
)
from batu_geo.sources.tables.village_list import VillageMatch, code_system

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Villages
    from batu_geo.importing.request import Rows
    from batu_geo.sources.tables.village_list import VillageList

NOTE_COLUMNS: dict[str, Language] = {"evidence_note": "id", "evidence_note_en": "en"}
DEGREES = "EPSG:4326"


def split_other_areas(
    records: list[dict[str, Any]], rows: Rows, not_villages: list[str], name: str
) -> tuple[list[int], list[Problem]]:
    """Return the indices of the villages, and a notice of each other area, such as a forest."""
    kept, notices = [], []
    for index, record in enumerate(records):
        if is_other_area(record, not_villages):
            known = [record.get("village_name"), f"({record.get('village_id')})"]
            values = {"value": " ".join(str(part) for part in known if part)}
            notices.append(Problem("BG-256", name, values=values, **rows.place(index)))
        else:
            kept.append(index)
    return kept, notices


def outline_notices(
    records: list[dict[str, Any]], shapes: list[Any], features: list[Any], name: str, crs: str
) -> list[Problem]:
    """Return notices of outlines: dropped heights, overlaps."""
    villages = gpd.GeoDataFrame(records, geometry=shapes, crs=DEGREES).to_crs(crs)
    notices = [Problem("BG-808", name)] if has_heights(features) else []
    return notices + overlap_notices(villages, name)


def refuse_misplaced(
    rows: Rows, name: str, crs: str, villages: Villages | None, *, allowed: Collection[str]
) -> None:
    """Refuse features of a map file that lie nowhere in the region, naming the likely mistake.

    The region of a study without outlines is Indonesia, unless all positions lie elsewhere.

    Parameters
    ----------
    rows, name
        Rows with geometry, and the name of the file.
    crs, villages
        Projection of the study, and its villages if it has any.
    allowed
        Codes of faults that the importer can read all the same.

    Raises
    ------
    DataError
        With every such feature.
    """
    positions = [(x, y) for g in rows.geometry or [] for x, y, *_ in positions_of(g)]
    is_abroad = villages is None and lies_abroad(positions)
    area = study_area(crs, _bounds(villages), is_abroad=is_abroad)
    each = (
        geometry_fault(geometry, name, rows.place(n), area)
        for n, geometry in enumerate(rows.geometry or [])
    )
    faults = [fault for fault in each if fault and fault.code not in allowed]
    if faults:
        raise DataError(faults)


def locate_records(
    records: list[dict[str, Any]],
    rows: Rows,
    known: VillageList,
    villages: Villages | None,
    name: str,
    crs: str,
) -> tuple[list[shapely.Point | None], list[Problem]]:
    """Return the position of each record and notices; assign village codes in place.

    A record without coordinates gets the position of the office of its village, and is
    marked so; one without a village either has none.

    Raises
    ------
    DataError
        With every faulty coordinate and every unknown village.
    """
    area = study_area(crs, _bounds(villages))
    offices = _offices(villages)
    outlines = None if villages is None else villages.geometry.to_crs(DEGREES).to_numpy()
    kind = code_system(record.get("village_id") for record in records)
    faults: list[Problem] = []
    points: list[shapely.Point | None] = []
    written: Counter[str] = Counter()
    unlisted: list[str] = []
    for index, record in enumerate(records):
        place: dict[str, Any] = {**rows.place(index), "record_id": _label(record)}
        position = _read_position(record, rows, index, area)
        point = None
        if isinstance(position, NoPosition):
            values = position.values
            faults.append(Problem(position.code, name, column="lon/lat", values=values, **place))
        elif position is not None:
            point = shapely.Point(position.x, position.y)
            written[position.how] += 1
        village = _assign_village(record, known, kind, outlines, point)
        unlisted.append(village.unlisted_name)
        if village.fault:
            values = village.values or {}
            faults.append(Problem(village.fault, name, column="village_id", values=values, **place))
        if position is None and record.get("village_id") in offices:
            point = offices[record["village_id"]]
            written["office"] += 1
            _mark_office_position(record)
        points.append(point)
    if faults:
        raise DataError(faults)
    return points, _position_notices(written, name, crs) + unlisted_name_notices(unlisted, name)


def _read_position(
    record: dict[str, Any], rows: Rows, index: int, area: StudyArea
) -> Position | NoPosition | None:
    """Return the position of a record or its fault, None where it has no coordinates."""
    x, y = written_position(record, rows, index)
    if x is None:
        return None
    position = position_of(x, y, area, record.get("zone"))
    if isinstance(position, NoPosition):
        return replace(position, values={"value": _shown(x, y), **position.values})
    # In one cell the latitude usually comes first: that needs no notice.
    is_usual = position.how == "swapped" and record.get("coordinates")
    return replace(position, how="degrees") if is_usual else position


def _position_notices(written: Mapping[str, int], name: str, crs: str) -> list[Problem]:
    """Return a notice of each kind of position that is not plain degrees."""
    codes = {"swapped": "BG-255", "sexagesimal": "BG-486", "utm": "BG-274", "office": "BG-269"}
    return [
        Problem(code, name, values={"count": written[how], "value": written[how], "crs": crs})
        for how, code in codes.items() if written[how]
    ]  # fmt: skip


def _bounds(villages: Villages | None) -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of the villages in degrees."""
    if villages is None:
        return None
    west, south, east, north = map(float, villages.to_crs(DEGREES).total_bounds)
    return west, south, east, north


def _shown(x: Any, y: Any) -> str:
    return " ".join(filter(None, (cell_text(x), cell_text(y))))


def _label(record: Mapping[str, Any]) -> str:
    names = ("facility_id", "facility_name", "building_id", "building_name")
    return str(next((record[n] for n in names if record.get(n)), ""))


def written_position(record: Mapping[str, Any], rows: Rows, index: int) -> tuple[Any, Any]:
    """Return the two coordinates of a record as written, (None, None) where it has none."""
    geometry = rows.geometry[index] if rows.geometry is not None else None
    if geometry:
        inner = shapely.from_geojson(json.dumps(geometry)).representative_point()
        return f"{inner.x:.9f}", f"{inner.y:.9f}"
    both = record.get("coordinates")
    if not is_empty(both):
        return pair_of(both) or (both, "")
    x, y = record.get("lon"), record.get("lat")
    return (None, None) if is_empty(x) and is_empty(y) else (x, y)


def _assign_village(
    record: dict[str, Any],
    known: VillageList,
    kind: str,
    outlines: NDArray[np.object_] | None,
    point: shapely.Point | None,
) -> VillageMatch:
    """Assign a record the code of the village it names; outside the study it needs none."""
    code, village = record.get("village_id"), record.get("village_name")
    district = record.get("district_name")
    if is_empty(code) and is_empty(village):
        named = known.named_in(record.get("address")) if point is None else ""
        match = known.find(code=named, district=district) if named else VillageMatch()
        record["village_id"] = match.village_id or None
        return VillageMatch()
    if not len(known):
        # Without a list of villages a position or code is kept, and checked once there is one.
        record["village_id"] = None if is_empty(code) else str(code)
        has_any = point is not None or record["village_id"]
        return VillageMatch() if has_any else VillageMatch(fault="BG-264")
    match = known.find(
        code="" if is_empty(code) else str(code),
        name="" if is_empty(village) else village,
        district="" if is_empty(district) else district,
        kind=kind,
    )
    record["village_id"] = match.village_id or None
    is_outside = point is not None and outlines is not None and not _lies_in_any(point, outlines)
    return VillageMatch() if match.fault and is_outside else match


def _lies_in_any(point: shapely.Point, outlines: NDArray[np.object_]) -> bool:
    return bool(shapely.intersects(outlines, point).any())


def _offices(villages: Villages | None) -> dict[str, shapely.Point]:
    """Return the office of each village, or a point inside where the office is unknown."""
    if villages is None:
        return {}
    inner = villages.geometry.representative_point().to_crs(DEGREES)
    offices = dict(zip(villages["village_id"], inner, strict=True))
    for record in villages.drop(columns="geometry").to_dict("records"):
        lon, lat = record.get("office_lon"), record.get("office_lat")
        if lon is not None and lat is not None and lon == lon:  # noqa: PLR0124 - NaN
            offices[record["village_id"]] = shapely.Point(lon, lat)
    return offices


def _mark_office_position(record: dict[str, Any]) -> None:
    """Mark the position of a record as assumed, with a note in both languages."""
    record["position_evidence"] = "assumed"
    for column, language in NOTE_COLUMNS.items():
        note = word("import_place_assumed", language)
        record[column] = "; ".join(filter(None, [record.get(column), note]))


def repaired_outlines(
    features: list[dict[str, Any]], rows: Rows, name: str
) -> tuple[list[Any], list[Problem]]:
    """Return valid outlines in two dimensions and notices of repairs; refuse larger faults."""
    shapes, faults, notices = [], [], []
    for index, feature in enumerate(features):
        geometry, reasons = repair_geometry(feature["geometry"])
        fault = _outline_fault(geometry)
        if fault:
            faults.append(Problem(fault[0], name, column="geometry", values=fault[1],
                                  **rows.place(index)))  # fmt: skip
            continue
        if any(reason == "crossing" for reason, _ in reasons):
            change = next(text for reason, text in reasons if reason == "crossing")
            notices.append(Problem("BG-271", name, values={"change": change}, **rows.place(index)))
        shapes.append(shapely.force_2d(shapely.from_geojson(json.dumps(geometry))))
    if faults:
        raise DataError(faults)
    return shapes, notices


def _outline_fault(geometry: Any) -> tuple[str, dict[str, Any]] | None:
    """Return code and values of what keeps a geometry from being an outline, or None."""
    if geometry is None:
        return "BG-202", {}
    if geometry["type"] not in OUTLINES:
        return "BG-217", {"found": geometry["type"], "expected": " / ".join(OUTLINES)}
    shape = shapely.from_geojson(json.dumps(geometry))
    if not shape.is_valid:
        return "BG-207", {"reason": shapely.is_valid_reason(shape)}
    return ("BG-207", {"reason": "area 0"}) if shape.area == 0 else None
