"""Elevations from a raster, or between village offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import RBFInterpolator

from batu_geo.domain.errors import SourceError
from batu_geo.network.build_network import build_network
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.osm.ways import WayCollector
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.tables.elevation import interpolated_elevation, sampled_elevation
from tests.toy import CORNER, CRS, TO_DEGREES, UTM, town, villages

if TYPE_CHECKING:
    from batu_geo.network.roads import RoadNetwork

rasterio = pytest.importorskip("rasterio")


def raster(path: Path, heights: np.ndarray, *, nodata: float = -9999.0) -> Opened:
    """Write a raster of 50 m cells whose corner lies 500 m north-west of the first letter."""
    transform = rasterio.Affine(50, 0, CORNER[0] - 500, 0, -50, CORNER[1] + 500)
    with rasterio.open(path, "w", driver="GTiff", height=heights.shape[0], width=heights.shape[1],
                       count=1, dtype="float32", crs=CRS, transform=transform, nodata=nodata) as file:  # fmt: skip
        file.write(heights.astype("float32"), 1)
    return Opened(path.name, path.read_bytes(), path)


def plane(rows: int = 40, columns: int = 40) -> np.ndarray:
    """Rises 10 m for each cell eastwards and 5 m for each southwards."""
    row, column = np.mgrid[:rows, :columns]
    return 10.0 * column + 5.0 * row


def test_a_plane_is_read_exactly_between_cell_centres(tmp_path: Path) -> None:
    roads = town("A   B\n\n\nC", {"AB": "residential", "AC": "residential"})
    found, notices = sampled_elevation(roads, [raster(tmp_path / "dem.tif", plane())])
    column = (roads.line_xy[:, 0] - (CORNER[0] - 500)) / 50 - 0.5
    row = ((CORNER[1] + 500) - roads.line_xy[:, 1]) / 50 - 0.5
    assert found.line_z == pytest.approx(10 * column + 5 * row, abs=1e-2)
    assert notices == []


@pytest.mark.parametrize("content", [b"II*\x00" + b"x" * 50, b"MM\x00*"])
def test_a_broken_raster_is_one_line(content: bytes) -> None:
    roads = town("AB", {"AB": "residential"})
    with pytest.raises(SourceError, match="BG-109"):
        sampled_elevation(roads, [Opened("dem.tif", content)])


def offices(*rows: tuple[float, float, float]):
    area = villages(**{f"v{n}": 1 for n in range(len(rows))})
    lonlat = [TO_DEGREES.transform(CORNER[0] + x, CORNER[1] - y) for x, y, _ in rows]
    return area.assign(
        office_lon=[p[0] for p in lonlat],
        office_lat=[p[1] for p in lonlat],
        office_elevation_m=[z for *_, z in rows],
    )


def test_between_offices_the_elevation_lies_between_theirs() -> None:
    roads = town("A   B", {"AB": "residential"})
    area = offices((0, 0, 500), (400, 0, 900), (0, 400, 500), (400, 400, 900))
    found = interpolated_elevation(roads, area)
    assert found.line_z == pytest.approx([500, 900], abs=1) or found.line_z == pytest.approx(
        [900, 500], abs=1
    )
    assert (found.line_z >= 500).all()


def hills(count: int, seed: int = 0) -> np.ndarray:
    """Return metres east and south and the height of offices on hills, over 20 by 20 km."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 20_000, (count, 2))
    return np.column_stack([xy, 800 + 200 * np.sin(xy / 5_000).sum(axis=1)])


def across(y: float) -> RoadNetwork:
    """Return a street over 18 km of the hills with a vertex every 10 m, and some at offices."""
    found = WayCollector()
    x = np.arange(1_000, 19_000, 10.0)
    lonlat = TO_DEGREES.transform(CORNER[0] + x, np.full(len(x), CORNER[1] - y))
    found.add(1, {"highway": "residential"}, list(zip(range(len(x)), *lonlat, strict=True)))
    return build_network(found.ways(), crs=CRS)


def test_between_many_offices_the_surface_is_near_that_through_all_and_has_no_steps() -> None:
    every, roads = hills(200), across(9_000)
    found = interpolated_elevation(roads, offices(*every.tolist())).line_z
    xy = (roads.line_xy - CORNER) * [1, -1]
    through_all = RBFInterpolator(every[:, :2], every[:, 2], kernel="linear", degree=0)(xy)
    assert np.abs(found - through_all).max() < 10
    assert np.abs(np.diff(found) - np.diff(through_all)).max() < 0.2


def test_a_street_ends_at_the_height_of_its_office() -> None:
    every = hills(200)
    every[7] = [1_000, 9_000, 950]
    found = interpolated_elevation(across(9_000), offices(*every.tolist())).line_z
    assert min(np.abs(found[[0, -1]] - 950)) < 0.01


def test_offices_far_away_change_no_height() -> None:
    near, far = hills(60), np.add(hills(60, seed=1), [200_000, 0, 500])
    roads = across(9_000)
    alone = interpolated_elevation(roads, offices(*near.tolist())).line_z
    among = interpolated_elevation(roads, offices(*near.tolist(), *far.tolist())).line_z
    assert np.array_equal(alone, among)


def test_without_offices_the_roads_have_no_elevation() -> None:
    roads = town("AB", {"AB": "residential"})
    assert interpolated_elevation(roads, villages(a=1)).line_z is None
    few = offices((0, 0, 1), (1, 1, 2))
    assert interpolated_elevation(roads, few).line_z is None


@pytest.mark.slow
def test_a_study_may_bring_its_own_elevations(study_copy: Path, tmp_path: Path) -> None:
    west, south, east, north = 655_000, 9_118_000, 682_000, 9_150_000
    heights = np.full((int((north - south) / 100), int((east - west) / 100)), 800.0)
    transform = rasterio.Affine(100, 0, west, 0, -100, north)
    with rasterio.open(study_copy / "dem.tif", "w", driver="GTiff", height=heights.shape[0],
                       width=heights.shape[1], count=1, dtype="float32", crs=UTM,
                       transform=transform) as file:  # fmt: skip
        file.write(heights.astype("float32"), 1)
    card = study_copy / "study.toml"
    entry = '\n[elevation]\npath = "dem.tif"\norigin = "uji"\nlicence = "MIT"\ndate = "2026-01-01"\nevidence = "assumed"\n'
    card.write_text(card.read_text() + entry)
    study = load_study(study_copy)
    assert study.roads.line_z == pytest.approx(800)
    assert "elevation" in study.inputs
    assert isinstance(study.figures, pd.DataFrame)
