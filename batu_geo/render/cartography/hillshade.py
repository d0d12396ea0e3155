"""The hills of a study that brings heights, as shadows on the ground where nobody lives."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.planning.study import Relief

# Light from the north-west, half-way up, as maps have it.
AZIMUTH, ALTITUDE = np.radians(315.0), np.radians(45.0)
LEVELS, DARKEST = 16, 150


def hillshade(relief: Relief, ground: shapely.Geometry) -> NDArray[np.uint8]:
    """Return how dark each cell is, 0 to 15: slopes away from the light, on some ground alone.

    Parameters
    ----------
    relief
        The heights.
    ground
        Where shadows may lie: not on classes, whose colours mean something.
    """
    south, east = np.gradient(relief.heights, relief.cell_m)
    slope, aspect = np.arctan(np.hypot(east, south)), np.arctan2(-east, south)
    level = np.sin(ALTITUDE)
    lit = level * np.cos(slope) + np.cos(ALTITUDE) * np.sin(slope) * np.cos(AZIMUTH - aspect)
    dark = np.clip((level - lit) / level, 0, 1)
    x, y = np.meshgrid(*relief.middles)
    shapely.prepare(ground)
    dark[~shapely.contains_xy(ground, x, y) | ~np.isfinite(dark)] = 0
    levels: NDArray[np.uint8] = np.round(dark * (LEVELS - 1)).astype(np.uint8)
    return levels


def on_degrees(
    relief: Relief, shade: NDArray[np.uint8], crs: str
) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
    """Return a shade on a grid of degrees, and its bounds: west, south, east, north."""
    x, y = relief.middles
    frame = shapely.box(x[0], y[-1], x[-1], y[0])
    bounds = gpd.GeoSeries([frame], crs=crs).to_crs("EPSG:4326").total_bounds.tolist()
    west, south, east, north = bounds
    rows, columns = shade.shape
    lon = west + (np.arange(columns) + 0.5) * (east - west) / columns
    lat = north - (np.arange(rows) + 0.5) * (north - south) / rows
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    at_x, at_y = to_metres.transform(*np.meshgrid(lon, lat))
    column = np.rint((at_x - x[0]) / relief.cell_m).astype(int)
    row = np.rint((y[0] - at_y) / relief.cell_m).astype(int)
    is_in = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    found = shade[row.clip(0, rows - 1), column.clip(0, columns - 1)]
    return np.where(is_in, found, 0).astype(np.uint8), (west, south, east, north)


def png_of(shade: NDArray[np.uint8]) -> bytes:
    """Return a shade as a PNG of black that lets through what lies below it.

    >>> png_of(np.zeros((2, 3), np.uint8))[1:4]
    b'PNG'
    """
    from PIL import Image  # noqa: PLC0415 - heavy

    picture = Image.fromarray(shade).convert("P")
    picture.putpalette(bytes(3 * LEVELS))
    stream = io.BytesIO()
    picture.save(stream, "png", optimize=True, transparency=bytes(alphas().tolist()))
    return stream.getvalue()


def alphas() -> NDArray[np.uint8]:
    """Return how opaque the black of each level is, of 255."""
    return np.linspace(0, DARKEST, LEVELS).astype(np.uint8)
