"""Elevation of road vertices: sampled from a raster, or interpolated between village offices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from scipy.interpolate import RBFInterpolator

from batu_geo.domain.errors import EnvironmentFault, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened

FEWEST_POINTS = 4
MOST_CELLS = 100_000_000


def sampled_elevation(roads: RoadNetwork, opened: Opened) -> tuple[RoadNetwork, list[Problem]]:
    """Return the roads with the elevation of every vertex, read from a GeoTIFF.

    Elevation is interpolated bilinearly between cell centres. Voids are NaN: such stretches
    count as flat, and a notice gives their number.

    Raises
    ------
    EnvironmentFault
        When rasterio is not installed.
    SourceError
        When the raster cannot be read or has no coordinate system.
    """
    try:
        import rasterio  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EnvironmentFault(Problem("BG-113", opened.name)) from error
    try:
        with rasterio.MemoryFile(opened.content).open(driver="GTiff") as raster:
            heights = first_band(raster).filled(np.nan)
            to_cell, crs = ~raster.transform, raster.crs
            wkt = crs.to_wkt() if crs else None
            to_raster = pyproj.Transformer.from_crs(roads.crs, wkt or roads.crs, always_xy=True)
    except Exception as error:  # GDAL and affine raise whatever they meet
        raise opened.unreadable(error) from error
    if wkt is None:
        raise opened.error("BG-115", crs="-")
    x, y = np.asarray(to_raster.transform(*roads.line_xy.T))
    # A header may place its cells anywhere: vertices outside all cells have no height.
    with np.errstate(all="ignore"):
        column = to_cell.a * x + to_cell.b * y + to_cell.c
        row = to_cell.d * x + to_cell.e * y + to_cell.f
        z = _bilinear(heights, row - 0.5, column - 0.5)
    notices = []
    voids = int(np.isnan(z).sum())
    if voids:
        values = {"count": voids, "total": len(z)}
        notices.append(Problem("BG-810", opened.name, values=values))
    return replace(roads, line_z=z), notices


def first_band(raster: Any) -> np.ma.MaskedArray[Any, Any]:
    """Return the first band of an open raster, refusing one with too many cells."""
    if raster.width * raster.height > MOST_CELLS:
        raise ValueError(f"{raster.width} x {raster.height} cells > {MOST_CELLS}")
    cells: np.ma.MaskedArray[Any, Any] = raster.read(1, masked=True).astype(float)
    return cells


def _bilinear(
    heights: NDArray[np.float64], row: NDArray[np.float64], column: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return heights between cell centres; NaN where a neighbour is void or outside."""
    rows, columns = heights.shape
    inside = (row >= 0) & (column >= 0) & (row < rows - 1) & (column < columns - 1)
    if not inside.any():
        return np.full(len(row), np.nan)
    row, column = np.where(inside, row, 0.0), np.where(inside, column, 0.0)
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    down, right = row - top, column - left
    z = (
        heights[top, left] * (1 - down) * (1 - right)
        + heights[top, left + 1] * (1 - down) * right
        + heights[top + 1, left] * down * (1 - right)
        + heights[top + 1, left + 1] * down * right
    )
    return np.where(inside, z, np.nan)


def interpolated_elevation(roads: RoadNetwork, villages: Villages) -> RoadNetwork:
    """Return the roads with elevations between those of the village offices.

    An estimate by a surface through the offices (linear radial basis function) that cannot
    show valleys between them. With fewer than four known elevations the roads get none.
    """
    columns = ["office_lon", "office_lat", "office_elevation_m"]
    if not set(columns) <= set(villages.columns):
        return roads
    known = villages[columns].dropna().to_numpy(dtype=float)
    if len(known) < FEWEST_POINTS:
        return roads
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
    xy = np.column_stack(to_metres.transform(known[:, 0], known[:, 1]))
    surface = RBFInterpolator(xy, known[:, 2], kernel="linear", degree=0)
    low, high = known[:, 2].min(), known[:, 2].max()
    z = np.clip(surface(roads.line_xy), low, high)
    return replace(roads, line_z=z)
