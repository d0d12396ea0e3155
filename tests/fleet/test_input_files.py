"""Input files of a fleet: large ones stay on disk, and what did not change is hashed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.fleet import input_files
from batu_geo.fleet.array_folders import put_arrays
from batu_geo.fleet.input_files import KnownHashes, opened_roads, put_road_file
from batu_geo.fleet.region_inputs import kept_roads, road_arrays, roads_of_file
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

CRS = "EPSG:32749"


def test_a_large_road_file_is_read_from_the_disk_and_kept_as_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next((embedded_study() / "roads").glob("*.pbf"))
    whole = road_arrays(roads_of_file(file, CRS))
    monkeypatch.setattr("batu_geo.sources.files.streaming.LARGEST_MB", 0.001)
    placed = put_road_file(tmp_path, file)
    assert placed.read_bytes() == file.read_bytes()
    assert opened_roads(placed).content == b""
    streamed = road_arrays(roads_of_file(placed, CRS))
    for name, array in whole.items():
        assert (array == streamed[name]).all() or name in {"maxspeed_kmh", "width_m"}, name
    put_arrays(tmp_path / "kept", streamed)
    again, boxes = kept_roads(tmp_path / "kept")
    assert again.edge_count == len(boxes) == len(whole["edge_node"])


def test_a_file_is_hashed_again_where_it_was_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, kept = tmp_path / "a.csv", tmp_path / "hashes.json"
    file.write_text("kode,nama")
    first = KnownHashes(kept)
    sha256 = first.of(file)
    first.keep()
    monkeypatch.setattr(input_files, "_hashed", lambda _: "anew")
    assert KnownHashes(kept).of(file) == sha256
    file.write_text("kode,desa")
    assert KnownHashes(kept).of(file) == "anew"
