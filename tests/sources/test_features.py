"""Behind the one door for features nothing is of an odd type; what is refused is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from hypothesis import given, settings

from batu_geo.domain.errors import BatuGeoError, DataError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.geometry.features import valid_features
from batu_geo.sources.geometry.vector_layers import read_map_features
from tests.fuzz.strategies import collections

SQUARE = [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.8], [112.5, -7.9]]


def feature(geometry: Any, **rest: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"nama": "x"}, "geometry": geometry, **rest}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("member", "code", "reason"),
    [
        (None, "BG-110", "type is not 'Feature'"),
        ([], "BG-110", "type is not 'Feature'"),
        (feature(None, type="feature"), "BG-110", "type is not 'Feature'"),
        (feature(None, properties=[1]), "BG-110", "properties are a list"),
        (feature(None, properties="x"), "BG-110", "properties are a text"),
        (feature("POINT(112.5 -7.9)"), "BG-207", "a text, not an object"),
        (feature({"coordinates": [112.5, -7.9]}), "BG-217", "None"),
        (feature({"type": ["Point"], "coordinates": [112.5, -7.9]}), "BG-217", "Point"),
        (feature({"type": "point", "coordinates": [112.5, -7.9]}), "BG-217", "point"),
        (feature({"type": "Point"}), "BG-207", "two numbers"),
        (feature({"type": "Point", "coordinates": [112.5]}), "BG-207", "two numbers"),
        (feature({"type": "Point", "coordinates": ["112.5", "-7.9"]}), "BG-207", "'112.5'"),
        (feature({"type": "Point", "coordinates": [None, None]}), "BG-207", "'None'"),
        (feature({"type": "Point", "coordinates": [True, 1]}), "BG-207", "'True'"),
        (feature({"type": "Point", "coordinates": {"x": 1, "y": 2}}), "BG-207", "two numbers"),
        (feature({"type": "Point", "coordinates": [10**400, 1]}), "BG-207", "not a number"),
        (feature({"type": "Point", "coordinates": [1e9, 1]}), "BG-209", "1e+09"),
        (feature({"type": "LineString", "coordinates": [[1, 2]]}), "BG-207", "1 positions"),
        (feature(polygon()), "BG-207", "no list of rings"),
        (feature(polygon([])), "BG-207", "no list of positions"),
        (feature(polygon(SQUARE[0])), "BG-207", "two numbers"),
        (feature(polygon([SQUARE[0], SQUARE[1]])), "BG-207", "3 positions"),
        (feature({"type": "GeometryCollection", "geometries": []}), "BG-207", "no list"),
        (feature({"type": "GeometryCollection", "geometries": [None]}), "BG-207", "null"),
    ],
)
def test_what_is_no_feature_is_named_with_its_number(member: Any, code: str, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        valid_features([feature(polygon(SQUARE)), member], "x.geojson")
    (fault,) = caught.value.problems
    assert (fault.code, fault.feature) == (code, 2)
    assert reason in fault.line("en")
    assert reason == "None" or fault.line("id") != fault.line("en")


def test_rings_are_closed_and_places_may_be_missing() -> None:
    members = [feature(polygon(SQUARE[:-1])), feature(None), {"type": "Feature"}]
    closed, nowhere, empty = valid_features(members, "x")
    assert closed["geometry"] == polygon(SQUARE)
    assert (nowhere["geometry"], empty) == (
        None, {"type": "Feature", "properties": {}, "geometry": None},
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(collections)
@pytest.mark.slow
def test_every_feature_behind_the_door_can_be_built(document: Any) -> None:
    try:
        features, _ = read_map_features(
            Opened("x.geojson", json.dumps(document).encode()), "polygon"
        )
    except BatuGeoError:
        return
    for member in features:
        assert isinstance(member["properties"], dict)
        if member["geometry"] is not None:
            shape = shapely.from_geojson(json.dumps(member["geometry"]))
            assert not shape.is_empty
            assert shapely.is_valid(shape.representative_point())
