"""Outlines as offices have them come with a line for what was put right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import batu_geo as bg
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BIG = {"kd_propinsi": "35", "kd_dati2": "79", "kd_kecamatan": "010", "kd_kelurahan": "006",
       "nm_kelurahan": "Temas"}  # fmt: skip
RING = [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.9]]


def written(path: Path, ring: list[list[float]], **properties: object) -> Path:
    feature = {"type": "Feature", "properties": properties,
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_the_outlines_of_the_study_are_read_as_they_are() -> None:
    villages = bg.load_villages(ROOT / "data" / "boundaries" / "desa_kelurahan.geojson")
    assert len(villages) == 24
    assert villages["village_id"].is_unique


def test_outlines_of_big_have_a_code_and_a_name(tmp_path: Path) -> None:
    villages = bg.load_villages(written(tmp_path / "x.geojson", RING, **BIG))
    assert villages["village_name"].tolist() == ["Temas"]
    assert villages["village_id"].notna().all()


def test_latitude_first_is_put_right_and_said(tmp_path: Path) -> None:
    swapped = [[y, x] for x, y in RING]
    with pytest.warns(bg.BatuGeoWarning, match="BG-255"):
        villages = bg.load_villages(written(tmp_path / "x.geojson", swapped, name="A"))
    assert villages.total_bounds.tolist() == [112.5, -7.9, 112.6, -7.8]


def test_what_is_no_map_is_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(bg.BatuGeoError, match="BG-101"):
        bg.load_villages(tmp_path / "none.geojson")
