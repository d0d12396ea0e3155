"""Elevation of road vertices: sampled from rasters, or interpolated between village offices."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from scipy.spatial import cKDTree

from batu_geo.domain.errors import Problem
from batu_geo.planning.study import Relief
from batu_geo.sources.geometry.rasters import (
    MOST_CELLS,
    Raster,
    known_voids,
    metres_of,
    read_header,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened

OFFICE_COLUMNS = ["office_lon", "office_lat", "office_elevation_m"]
FEWEST_POINTS = 4
# Offices that a surface goes through, and the metres from one corner of its grid to the next.
# And more patches than lie above each other on any map.
NEAR_OFFICES, PATCH_M, ROWS = 48, 5_000.0, 1 << 20
RELIEF_CELLS = 360
LOWEST_M, HIGHEST_M = -450.0, 9_000.0
# A void takes the mean of the nearest known cells, by the inverse square of their distance,
# where one lies within so many cells.
FILLED_FROM, FILLED_WITHIN = 8, 50
NO_HEIGHT, DECLARED, KNOWN_VOID, IMPOSSIBLE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class _Mosaic:
    """Heights of a window of cells, in metres; NaN where `why_void` says why there is none."""

    heights: NDArray[np.float64]
    why_void: NDArray[np.uint8]


def sampled_elevation(
    roads: RoadNetwork, tiles: Sequence[Opened]
) -> tuple[RoadNetwork, list[Problem]]:
    """Return the roads with the elevation of every vertex, read from a raster in tiles.

    Elevation is interpolated bilinearly between the middles of cells; within half a cell of the
    edge it is that of the outermost ones. A cell is a void where the file declares it one,
    where it holds a value that producers write for none (-32768, -9999, 32767, -3.4e38), or
    where its height is outside -450 to 9,000 m. Voids within 50 cells of a known one are filled
    by the inverse square of the distance to the eight nearest, and counted. Vertices elsewhere
    are NaN: such stretches count as flat, and a notice gives their number.

    Parameters
    ----------
    roads
        The network.
    tiles
        GeoTIFF or .hgt files of one grid; where they overlap, the first that knows a height
        gives it.

    Raises
    ------
    EnvironmentFault
        When a GeoTIFF is read and rasterio is not installed.
    SourceError
        When a file cannot be read, does not say all that its numbers mean, or lies on another
        grid than the first (BG-145).
    """
    rasters = [read_header(opened) for opened in tiles]
    units = [metres_of(raster) for raster in rasters]
    first = rasters[0]
    to_raster = pyproj.Transformer.from_crs(roads.crs, first.grid.crs, always_xy=True)
    x, y = np.asarray(to_raster.transform(*roads.line_xy.T))
    corners = [_place_in(first, raster) for raster in rasters]
    row, column = first.grid.cells(x, y)
    window = _window(rasters, corners, row, column)
    if window is None:
        return _with_heights(roads, np.full(len(x), np.nan), first.opened.name, [])
    first.checked_for_size(window[1] - window[0], window[3] - window[2])
    mosaic = _mosaic(rasters, units, corners, window)
    row, column = row - window[0], column - window[2]
    filled, is_filled = _filled(mosaic, row, column)
    z = _bilinear(filled, row, column)
    is_from_void = _bilinear(is_filled.astype(float), row, column) > 0
    notices = _void_notices(mosaic, int(is_from_void.sum()), first.opened.name)
    return _with_heights(roads, z, first.opened.name, notices)


def sampled_relief(villages: Villages, tiles: Sequence[Opened]) -> Relief | None:
    """Return the heights of the villages on a grid of about `RELIEF_CELLS` on its longer side.

    None where the raster has no height there, or more than 100 million cells.
    """
    west, south, east, north = villages.total_bounds.tolist()
    cell = max(east - west, north - south) / RELIEF_CELLS
    shape = (math.ceil((north - south) / cell), math.ceil((east - west) / cell))
    relief = Relief(west, north, cell, np.full(shape, np.nan))
    x, y = (axis.ravel() for axis in np.meshgrid(*relief.middles))
    rasters = [read_header(opened) for opened in tiles]
    first = rasters[0]
    to_raster = pyproj.Transformer.from_crs(villages.crs, first.grid.crs, always_xy=True)
    row, column = first.grid.cells(*np.asarray(to_raster.transform(x, y)))
    corners = [_place_in(first, raster) for raster in rasters]
    window = _window(rasters, corners, row, column)
    if window is None or (window[1] - window[0]) * (window[3] - window[2]) > MOST_CELLS:
        return None
    mosaic = _mosaic(rasters, [metres_of(raster) for raster in rasters], corners, window)
    row, column = row - window[0], column - window[2]
    heights = _bilinear(_filled(mosaic, row, column)[0], row, column).reshape(shape)
    return replace(relief, heights=heights) if np.isfinite(heights).any() else None


def _with_heights(
    roads: RoadNetwork, z: NDArray[np.float64], name: str, notices: list[Problem]
) -> tuple[RoadNetwork, list[Problem]]:
    unknown = int(np.isnan(z).sum())
    if unknown:
        notices = [*notices, Problem("BG-810", name, values={"count": unknown, "total": len(z)})]
    return replace(roads, line_z=z), notices


def _place_in(first: Raster, raster: Raster) -> tuple[int, int]:
    """Return the row and column of the first grid at which another raster begins.

    Raises
    ------
    SourceError
        When its cells are not those of the first grid, only farther on.
    """
    one, other = first.grid, raster.grid
    x, y = np.array([other.to_crs[2]]), np.array([other.to_crs[5]])
    row, column = (float(place[0]) + 0.5 for place in one.cells(x, y))
    steps = [np.array(grid.to_crs)[[0, 1, 3, 4]] for grid in (one, other)]
    size = float(np.abs(steps[0]).max())
    # Over its whole width a tile may drift by a hundredth of a cell.
    drift = np.abs(steps[0] - steps[1]).max() / size * max(other.rows, other.columns)
    is_between = max(abs(row - round(row)), abs(column - round(column))) > 0.01
    if not one.crs.equals(other.crs) or drift > 0.01 or is_between:
        raise raster.opened.error("BG-145", first=first.opened.name)
    return round(row), round(column)


def _window(
    rasters: Sequence[Raster],
    corners: Sequence[tuple[int, int]],
    row: NDArray[np.float64],
    column: NDArray[np.float64],
) -> tuple[int, int, int, int] | None:
    """Return the cells around the roads that the rasters have: first and last row and column."""
    ends = [
        (top, top + raster.grid.rows, left, left + raster.grid.columns)
        for raster, (top, left) in zip(rasters, corners, strict=True)
    ]
    is_near = np.isfinite(row) & np.isfinite(column)
    if not is_near.any():
        return None
    beyond = FILLED_WITHIN + 2
    around = []
    for place, low, high in (
        (row[is_near], min(e[0] for e in ends), max(e[1] for e in ends)),
        (column[is_near], min(e[2] for e in ends), max(e[3] for e in ends)),
    ):
        inside = place[(place >= low - 1) & (place <= high)]
        if not len(inside):
            return None
        around += [max(low, int(inside.min()) - beyond), min(high, int(inside.max()) + beyond)]
    return around[0], around[1], around[2], around[3]


def _mosaic(
    rasters: Sequence[Raster],
    units: Sequence[float],
    corners: Sequence[tuple[int, int]],
    window: tuple[int, int, int, int],
) -> _Mosaic:
    """Return the heights of a window; cells that no raster has are NaN without being voids."""
    top, bottom, left, right = window
    heights = np.full((bottom - top, right - left), np.nan)
    why = np.zeros(heights.shape, np.uint8)
    for raster, metres, (row, column) in zip(rasters, units, corners, strict=True):
        rows = slice(max(top - row, 0), min(bottom - row, raster.grid.rows))
        columns = slice(max(left - column, 0), min(right - column, raster.grid.columns))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        stored, is_declared = raster.read(rows, columns)
        found = raster.scaled(stored) * metres
        with np.errstate(invalid="ignore"):
            is_known = known_voids(stored)
            is_impossible = ~((found >= LOWEST_M) & (found <= HIGHEST_M))
        reason = np.select(
            [is_declared, is_known, is_impossible], [DECLARED, KNOWN_VOID, IMPOSSIBLE], NO_HEIGHT
        )
        part = np.s_[
            rows.start + row - top : rows.stop + row - top,
            columns.start + column - left : columns.stop + column - left,
        ]
        is_new = np.isnan(heights[part])
        heights[part] = np.where(is_new & (reason == NO_HEIGHT), found, heights[part])
        why[part] = np.where(is_new, reason, why[part])
    return _Mosaic(heights, why)


def _filled(
    mosaic: _Mosaic, row: NDArray[np.float64], column: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the heights with the voids around the vertices filled, and which were filled."""
    from scipy.ndimage import binary_dilation  # noqa: PLC0415 - only voids need it

    heights = mosaic.heights.copy()
    is_void, is_filled = mosaic.why_void > 0, np.zeros(heights.shape, bool)
    is_needed = np.zeros(heights.shape, bool)
    for r, c in _corners(heights.shape, row, column):
        is_needed[r, c] = True
    holes = np.argwhere(is_needed & is_void)
    is_rim = binary_dilation(is_void, np.ones((3, 3), bool)) & ~np.isnan(heights)
    rim = np.argwhere(is_rim)
    if not len(holes) or not len(rim):
        return heights, is_filled
    known = min(FILLED_FROM, len(rim))
    distance, nearest = (
        np.asarray(part).reshape(-1, known) for part in cKDTree(rim).query(holes, k=known)
    )
    weight = 1 / distance**2
    value = (heights[tuple(rim.T)][nearest] * weight).sum(axis=1) / weight.sum(axis=1)
    is_near = distance[:, 0] <= FILLED_WITHIN
    place = tuple(holes[is_near].T)
    heights[place], is_filled[place] = value[is_near], True
    return heights, is_filled


def _void_notices(mosaic: _Mosaic, vertices: int, name: str) -> list[Problem]:
    counts = np.bincount(mosaic.why_void.ravel(), minlength=IMPOSSIBLE + 1)
    voids = int(counts[DECLARED:].sum())
    if not voids:
        return []
    values = {
        "count": voids, "total": int(mosaic.why_void.size), "declared": int(counts[DECLARED]),
        "known": int(counts[KNOWN_VOID]), "impossible": int(counts[IMPOSSIBLE]),
        "vertices": vertices,
    }  # fmt: skip
    return [Problem("BG-840", name, values=values)]


def _corners(
    shape: tuple[int, ...], row: NDArray[np.float64], column: NDArray[np.float64]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the four cells around each place that lies in the cells of a window."""
    rows, columns = shape
    inside = _is_inside(shape, row, column)
    top = np.clip(np.floor(row[inside]), 0, rows - 1).astype(np.intp)
    left = np.clip(np.floor(column[inside]), 0, columns - 1).astype(np.intp)
    down, right = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
    return [(top, left), (top, right), (down, left), (down, right)]


def _is_inside(
    shape: tuple[int, ...], row: NDArray[np.float64], column: NDArray[np.float64]
) -> NDArray[np.bool_]:
    rows, columns = shape
    with np.errstate(invalid="ignore"):
        is_inside = (row >= -0.5) & (row <= rows - 0.5) & (column >= -0.5)
        return np.asarray(is_inside & (column <= columns - 0.5))


def _bilinear(
    heights: NDArray[np.float64], row: NDArray[np.float64], column: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return heights between the middles of cells; NaN where one is unknown, or outside."""
    z = np.full(len(row), np.nan)
    inside = _is_inside(heights.shape, row, column)
    if not inside.any():
        return z
    limits = np.array(heights.shape) - 1
    r = np.clip(row[inside], 0, limits[0])
    c = np.clip(column[inside], 0, limits[1])
    down, right = r - np.floor(r), c - np.floor(c)
    weights = ((1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right)
    cells = _corners(heights.shape, row, column)
    # A corner without weight need not be known.
    parts = [np.where(w > 0, heights[at] * w, 0.0) for w, at in zip(weights, cells, strict=True)]
    z[inside] = sum(parts)
    return z


def interpolated_elevation(roads: RoadNetwork, villages: Villages) -> RoadNetwork:
    """Return the roads with elevations between those of the village offices.

    An estimate by a surface through the offices (linear radial basis function) that cannot
    show valleys between them. With fewer than four known elevations the roads get none.
    """
    if not set(OFFICE_COLUMNS) <= set(villages.columns):
        return roads
    known = villages[OFFICE_COLUMNS].dropna().to_numpy(dtype=float)
    if len(known) < FEWEST_POINTS:
        return roads
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
    xy = np.column_stack(to_metres.transform(known[:, 0], known[:, 1]))
    return replace(roads, line_z=_surface(xy, known[:, 2], roads.line_xy))


def _surface(
    offices: NDArray[np.float64], heights: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the heights of places, float64 [k], between those of offices.

    Of more than `NEAR_OFFICES` each corner of a grid of `PATCH_M` has a surface of its own through
    the offices nearest to it, and a place lies on the mean of its four corners by how near they
    are: no step between two patches, and no office far away counts.
    """
    if len(offices) <= NEAR_OFFICES or not len(places):
        return _through(offices, heights, places)
    by_place = np.lexsort(offices.T)
    offices, heights = offices[by_place], heights[by_place]
    z, tree = np.zeros(len(places)), cKDTree(offices)
    cell = np.floor(places / PATCH_M)
    share = places / PATCH_M - cell
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.where(corner, share, 1 - share).prod(axis=1)
        # By column, then row, in one whole number: rows of floats are sorted ten times as long.
        number = (cell + corner) @ (ROWS, 1)
        first, which, count = np.unique(number, return_index=True, return_inverse=True,
                                        return_counts=True)[1:]  # fmt: skip
        nodes = cell[first] + corner
        near = np.sort(tree.query(nodes * PATCH_M, k=NEAR_OFFICES)[1], axis=1)
        order = np.argsort(which, kind="stable")
        for own, rows in zip(near, np.split(order, np.cumsum(count)[:-1]), strict=True):
            z[rows] += weight[rows] * _through(offices[own], heights[own], places[rows])
    return z


def _through(
    offices: NDArray[np.float64], heights: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the heights of places on one surface, none beyond the lowest and highest office."""
    from scipy.interpolate import RBFInterpolator  # noqa: PLC0415 - a third of a second

    surface = RBFInterpolator(offices, heights, kernel="linear", degree=0)
    return np.asarray(np.clip(surface(places), heights.min(), heights.max()))
