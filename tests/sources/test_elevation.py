"""Elevations from a raster, or between village offices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.errors import SourceError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.tables.elevation import interpolated_elevation, sampled_elevation
from tests.toy import CORNER, CRS, TO_DEGREES, UTM, town, villages

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
