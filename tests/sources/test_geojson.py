"""GeoJSON is read strictly; each fault names its feature."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from batu_geo.domain.errors import DataError, SourceError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.geometry.geojson import read_features

SQUARE = [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.9]]


def read(document: Any, geometry: str = "polygon"):
    opened = Opened("x.geojson", json.dumps(document).encode())
    return read_features(opened, geometry=geometry, id_column="id")


def collection(*geometries: Any, **members: Any) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"id": f"F{n}"}, "geometry": geometry}
        for n, geometry in enumerate(geometries, start=1)
    ]
    return {"type": "FeatureCollection", "features": features, **members}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def point(*xy: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(xy)}


def test_good_features_come_through() -> None:
    found, problems = read(collection(polygon(SQUARE), polygon(SQUARE)))
    assert problems == []
    assert [r["id"] for r in found.records] == ["F1", "F2"]
    assert not found.has_heights


def test_heights_are_dropped_and_said() -> None:
    found, _ = read(collection(point(112.5, -7.9, 900)), "point")
    assert found.has_heights
    assert not found.geometry[0].has_z


@pytest.mark.parametrize(
    ("geometry", "code", "reason"),
    [
        (None, "BG-202", ""),
        (point(1, 2), "BG-217", "Point"),
        (polygon(), "BG-202", ""),
        (polygon(SQUARE[:-1]), "BG-207", "not closed"),
        (polygon([SQUARE[0], SQUARE[0]]), "BG-207", "2 positions"),
        (polygon([[112.5, -7.9], [112.6, -7.8], [112.6, -7.9], [112.5, -7.8], [112.5, -7.9]]),
         "BG-207", "Self-intersection"),
        (polygon([*SQUARE[:2], [112.55, -7.9], SQUARE[0]]), "BG-207", ""),
        (polygon([[1, "2"], *SQUARE]), "BG-207", "'2' is not a number"),
        (polygon([[1], *SQUARE]), "BG-207", "two numbers"),
        (polygon([[y, x] for x, y in SQUARE]), "BG-208", "[-7.9, 112.5]"),
        (polygon([[668_000.0, 9_130_000.0], *SQUARE]), "BG-209", "668000"),
        ({"type": "LineString", "coordinates": SQUARE}, "BG-217", "LineString"),
        ("text", "BG-202", ""),
    ],
)  # fmt: skip
def test_each_fault_names_its_feature(geometry: Any, code: str, reason: str) -> None:
    _, problems = read(collection(polygon(SQUARE), geometry))
    assert [(p.code, p.feature, p.record_id) for p in problems] == [(code, 2, "F2")]
    assert reason in problems[0].line("en")


@pytest.mark.parametrize("value", [1e400, -1e400])
def test_numbers_beyond_all_bounds_are_refused(value: float) -> None:
    text = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
    text += (
        f'"geometry": {{"type": "Point", "coordinates": [{"-" if value < 0 else ""}1e999, 1]}}}}]}}'
    )
    with pytest.raises(SourceError, match="BG-104"):
        read_features(Opened("x", text.encode()), geometry="point", id_column="id")


def test_a_whole_number_too_long_for_a_float_is_refused() -> None:
    _, problems = read(collection(point(10**400, 1)), "point")
    assert [p.code for p in problems] == ["BG-207"]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"type": "Topology"},
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": {}},
        collection(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32749"}}),
    ],
)
def test_what_is_no_collection_in_degrees_is_refused(document: Any) -> None:
    with pytest.raises(DataError, match="BG-110"):
        read(document)


def test_the_old_crs_member_is_fine_when_it_says_degrees() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    found, problems = read(collection(polygon(SQUARE), crs=crs))
    assert (len(found.records), problems) == (1, [])


@pytest.mark.parametrize("feature", [None, 3, "x", {"type": "Point"}])
def test_a_member_that_is_no_feature_is_named(feature: Any) -> None:
    _, problems = read({"type": "FeatureCollection", "features": [feature]})
    assert [(p.code, p.feature) for p in problems] == [("BG-110", 1)]


def test_several_polygons_make_one_village() -> None:
    other = [[x + 1, y] for x, y in SQUARE]
    shape = {"type": "MultiPolygon", "coordinates": [[SQUARE], [other]]}
    found, problems = read(collection(shape))
    assert problems == []
    assert np.isclose(found.geometry[0].area, 0.01)
