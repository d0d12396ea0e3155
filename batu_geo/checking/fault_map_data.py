"""Locate the faults of a check on the ground and draw them on a map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError
from batu_geo.render.web.fault_map import Marked, fault_map
from batu_geo.sources.files.opening import json_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.checking.findings import CheckResult, Fault
    from batu_geo.domain.errors import Language
    from batu_geo.render.web.map_page import MapPage
    from batu_geo.sources.files.opening import Opened

MOST_POSITIONS = 100_000


def check_map(result: CheckResult, language: Language) -> MapPage:
    """Return a map page of every fault of a check, each at its position where it has one."""
    finders = {table: _FeaturePlaces.of(opened, table) for table, opened in result.opened.items()}
    villages = result.parts.get("villages")
    inner: dict[str, tuple[float, float]] = {}
    outlines = None
    if villages is not None:
        points = gpd.GeoSeries(villages.geometry.representative_point(), crs=villages.crs)
        degrees = points.to_crs("EPSG:4326").get_coordinates().to_numpy().tolist()
        inner = {i: (x, y) for i, (x, y) in zip(villages["village_id"], degrees, strict=True)}
        outlines = villages.geometry
    marked = [
        Marked(
            fault.problem, fault.is_error, _place_of_fault(fault, finders.get(fault.table), inner)
        )
        for fault in result.faults
    ]
    return fault_map(marked, outlines, title=result.title, language=language)


def _place_of_fault(
    fault: Fault, places: _FeaturePlaces | None, villages: dict[str, tuple[float, float]]
) -> tuple[float, float] | None:
    """Return the longitude and latitude of a fault, of its feature, or of its village."""
    problem = fault.problem
    if {"lon", "lat"} <= set(problem.values):
        return float(problem.values["lon"]), float(problem.values["lat"])
    if places is not None:
        record_id = problem.record_id or str(problem.values.get("names", "")).split(", ")[0]
        place = places.by_number.get(problem.feature or 0) or places.by_id.get(record_id)
        if place:
            return place
    return villages.get(problem.record_id)


class _FeaturePlaces:
    """Approximate positions of the features of a GeoJSON file, faulty or not, by number and id."""

    def __init__(self) -> None:
        self.by_number: dict[int, tuple[float, float]] = {}
        self.by_id: dict[str, tuple[float, float]] = {}

    @classmethod
    def of(cls, opened: Opened, table: str) -> _FeaturePlaces:
        """Read as many positions of a file as can be read, whatever else is wrong with it."""
        places = cls()
        if opened.suffix not in {".geojson", ".json"} or table not in CONTRACTS:
            return places
        try:
            document = json_of(opened)
        except BatuGeoError:
            return places
        features = document.get("features") if isinstance(document, dict) else None
        for number, feature in enumerate(features if isinstance(features, list) else [], start=1):
            place = approximate_place(
                feature.get("geometry") if isinstance(feature, dict) else None
            )
            if place is None:
                continue
            places.by_number[number] = place
            properties = feature.get("properties")
            if isinstance(properties, dict):
                places.by_id[str(properties.get(str(CONTRACTS[table].id_column)))] = place
        return places


def approximate_place(geometry: Any) -> tuple[float, float] | None:
    """Return the centre of the bounding box of a geometry's readable positions, or None.

    >>> approximate_place({"coordinates": [[[112, -8], [113, -7], [112, "x"]]]})
    (112.5, -7.5)
    """
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    xs, ys = [], []
    for x, y in _positions(coordinates):
        xs.append(x)
        ys.append(y)
        if len(xs) >= MOST_POSITIONS:
            break
    if not xs:
        return None
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _positions(value: Any) -> Iterator[tuple[float, float]]:
    """Yield the positions in degrees of nested lists, skipping what is none."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, list):
            continue
        numbers = value[:2]
        if len(numbers) == 2 and all(_is_number(number) for number in numbers):
            x, y = float(numbers[0]), float(numbers[1])
            if abs(x) <= 180 and abs(y) <= 90:
                yield x, y
        else:
            waiting += value


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and abs(value) < 1e9 and math.isfinite(value)
