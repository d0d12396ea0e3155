"""Kept roads are the same roads, or are read anew: never wrong, never half."""

from __future__ import annotations

import hashlib
import io
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from batu_geo.domain.errors import Problem
from batu_geo.network.road_rules import RoadRules
from batu_geo.network.roads import RoadNetwork
from batu_geo.sources.osm.road_cache import cache_name, cache_roads, read_cached_roads
from batu_geo.sources.study.load_study import population_of, villages_of
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.sources.study.study_roads import roads_of
from tests.toy import town


@pytest.fixture
def roads() -> RoadNetwork:
    timed = {"highway": "path", "foot:conditional": "no @ (22:00-05:00)", "width": "1.5"}
    streets = {"ABC": {"highway": "residential", "name": "Jalan A", "maxspeed": "x"}, "CD": timed}
    doubts = (Problem("BG-225", values={"encoding": "CP1252"}), Problem("BG-226"))
    return replace(town("A B C\n\n    D", streets), doubts=doubts)


def same(one: RoadNetwork | RoadRules, other: RoadNetwork | RoadRules) -> bool:
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            if not (a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")):
                return False
        elif isinstance(a, RoadRules):
            if not same(a, b):
                return False
        elif dict(a) != dict(b) if isinstance(a, dict) else a != b:
            return False
    return True


def test_what_is_kept_is_found_again(roads: RoadNetwork, tmp_path: Path) -> None:
    path = tmp_path / "deep" / cache_name("ab", roads.crs)
    cache_roads(roads, path)
    assert same(roads, read_cached_roads(path))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_nothing_kept_is_nothing_found(tmp_path: Path) -> None:
    assert read_cached_roads(tmp_path / "none.npz") is None


def test_the_name_depends_on_bytes_and_projection() -> None:
    names = {cache_name("a", "EPSG:1"), cache_name("b", "EPSG:1"), cache_name("a", "EPSG:2")}
    assert len(names) == 3


@pytest.mark.slow
def test_every_changed_byte_is_noticed_or_harmless(roads: RoadNetwork, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    cache_roads(roads, path)
    content = path.read_bytes()
    for offset in range(0, len(content), 7):
        spoilt = bytearray(content)
        spoilt[offset] ^= 0x5A
        path.write_bytes(bytes(spoilt))
        found = read_cached_roads(path)
        assert found is None or same(roads, found), offset
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        assert read_cached_roads(path) is None


def test_a_pickle_is_not_loaded(tmp_path: Path) -> None:
    stored = io.BytesIO()
    np.savez(stored, card=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    path = tmp_path / "x.npz"
    path.write_bytes(stored.getvalue())
    assert read_cached_roads(path) is None, "not ours"
    path.write_bytes(hashlib.sha256(stored.getvalue()).digest() + stored.getvalue())
    with pytest.raises(ValueError, match="allow_pickle"):
        read_cached_roads(path)


def test_a_folder_that_cannot_be_written_is_no_fault(roads: RoadNetwork, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    cache_roads(roads, tmp_path / "file" / "x.npz")


def test_roads_of_a_small_file_are_read_once_a_process(sparse_study: Path) -> None:
    files = StudyFiles.at(sparse_study)
    villages, _ = villages_of(files, population_of(files))
    first, _ = roads_of(files, villages, None)
    assert roads_of(files, villages, None)[0] is first
    higher = villages.assign(office_elevation_m=villages["office_elevation_m"] + 100)
    raised, _ = roads_of(files, higher, None)
    np.testing.assert_allclose(raised.line_z, first.line_z + 100)
