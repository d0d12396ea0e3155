"""Rasters with one value a cell: GeoTIFF and `.hgt` tiles of elevation, read without guessing.

A raster says where its cells lie, in which projection, in which unit, and which of its values
are none. What it leaves unsaid or says in a way nobody here can read is refused. Rotated
rasters and those stored with the south on top need no warping: places are turned into rows and
columns by the inverse of the raster's own transform.
"""

from __future__ import annotations

import math
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.sources.geometry.projections import plain_crs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.sources.files.opening import Opened

MOST_CELLS = 100_000_000
# Values that producers write for "none" and often leave undeclared; the last is that of float32.
VOIDS = (-32_768.0, -9_999.0, 32_767.0)
VOID_BELOW = -1e38
METRES = {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0}
SURVEY_FOOT = 1200 / 3937
FEET = {
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "international foot": 0.3048,
    "us-ft": SURVEY_FOOT, "us_survey_foot": SURVEY_FOOT, "us survey foot": SURVEY_FOOT,
}  # fmt: skip
UNITS = METRES | FEET
# An .hgt tile is named by its south-west corner and has 1 or 3 arc seconds a cell.
HGT_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
HGT_SIZES = {1201, 3601}
HGT_VOID = -32_768


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a raster lie.

    Attributes
    ----------
    to_crs
        Six numbers a, b, c, d, e, f: x = a column + b row + c, y = d column + e row + f, with
        the corner of the first cell at row 0, column 0.
    crs
        The projection, without its vertical part.
    rows, columns
        How many cells.
    """

    to_crs: tuple[float, ...]
    crs: pyproj.CRS
    rows: int
    columns: int

    def cells(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return row and column of some places, counted from the middle of the first cell."""
        a, b, c, d, e, f = self.to_crs
        area = a * e - b * d
        with np.errstate(all="ignore"):
            column = (e * (x - c) - b * (y - f)) / area
            row = (a * (y - f) - d * (x - c)) / area
        return row - 0.5, column - 0.5

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of an upright grid."""
        a, _, c, _, e, f = self.to_crs
        far = f + e * self.rows
        return c, min(f, far), c + a * self.columns, max(f, far)

    @property
    def is_upright(self) -> bool:
        """Whether rows run from west to east."""
        return self.to_crs[1] == 0 and self.to_crs[3] == 0


@dataclass(frozen=True, slots=True)
class Raster:
    """One raster, its header read.

    Attributes
    ----------
    opened
        The file.
    grid
        Where its cells lie.
    scale, offset
        The value of a cell is what is stored times the first plus the second.
    unit
        Of the values, as the file says it; empty where it says none.
    """

    opened: Opened
    grid: Grid
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""

    def read(self, rows: slice, columns: slice) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the stored values of a window as numbers, and which the file declares as none.

        Raises
        ------
        SourceError
            When the content is broken.
        """
        if self.opened.suffix == ".hgt":
            side = self.grid.rows
            stored = np.frombuffer(self.opened.content, dtype=">i2").reshape(side, side)
            part = stored[rows, columns]
            return part.astype(np.float64), part == HGT_VOID
        with _open_geotiff(self.opened) as image:
            window = ((rows.start, rows.stop), (columns.start, columns.stop))
            cells = image.read(1, masked=True, window=window)
        with np.errstate(invalid="ignore"):  # a signalling NaN of a damaged file is NaN too
            values = cells.data.astype(np.float64)
        return values, np.ma.getmaskarray(cells) | ~np.isfinite(values)

    def scaled(self, stored: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return stored values with scale and offset applied."""
        return stored * self.scale + self.offset

    def checked_for_size(self, rows: int, columns: int) -> None:
        """Refuse a window with too many cells.

        Raises
        ------
        SourceError
            When it has (BG-109).
        """
        if rows * columns > MOST_CELLS:
            reason = f"{columns} x {rows} cells > {MOST_CELLS}"
            raise self.opened.error("BG-109", reason=reason)


def known_voids(stored: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which stored values are those that producers write for "none"."""
    return np.asarray(np.isin(stored, VOIDS) | (stored <= VOID_BELOW))


def read_header(opened: Opened) -> Raster:
    """Return a raster of one band with its header checked.

    Raises
    ------
    EnvironmentFault
        When rasterio, which reads GeoTIFF, is not installed.
    SourceError
        When the file is broken (BG-109), has no coordinate system (BG-115) or one of another
        datum (BG-254), does not say where its cells lie (BG-141), is a picture or has several
        bands (BG-142), or is an .hgt file of another name or size (BG-143).
    """
    if opened.suffix == ".hgt":
        return _hgt(opened)
    with _open_geotiff(opened) as image:
        header = image.transform[:6], image.width, image.height
        wkt = image.crs.to_wkt() if image.crs else None
        bands = [c.name for c in image.colorinterp if c.name != "alpha"]
        kind = str(image.dtypes[0])
        scale, offset = image.scales[0], image.offsets[0]
        unit = image.units[0] or ""
    if wkt is None:
        raise opened.error("BG-115", crs="-")
    if len(bands) != 1 or bands[0] == "palette" or kind.startswith("complex"):
        raise opened.error("BG-142", found=", ".join([*bands, kind]))
    crs = _horizontal(opened, wkt)
    grid = Grid(tuple(map(float, header[0])), crs, header[2], header[1])
    _check_places(opened, grid)
    by_crs = _vertical_unit(opened, wkt)
    return Raster(opened, grid, float(scale), float(offset), unit or by_crs)


@contextmanager
def _open_geotiff(opened: Opened) -> Iterator[Any]:
    try:
        import rasterio  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EnvironmentFault(Problem("BG-113", opened.name)) from error
    try:
        with warnings.catch_warnings():
            # What is not georeferenced is refused by name.
            warnings.simplefilter("ignore")
            with rasterio.MemoryFile(opened.content).open(driver="GTiff") as image:
                yield image
    except Exception as error:  # GDAL and affine raise whatever they meet
        raise opened.unreadable(error) from error


def _check_places(opened: Opened, grid: Grid) -> None:
    """Refuse a transform that puts cells nowhere: none at all, or one without an area."""
    a, b, c, d, e, f = grid.to_crs
    area = a * e - b * d
    is_none = grid.to_crs == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    if is_none or not math.isfinite(area + c + f) or area == 0:
        raise opened.error("BG-141")


def _horizontal(opened: Opened, wkt: str) -> pyproj.CRS:
    """Return the projection without its vertical part; refuse one that says no place on Earth."""
    try:
        crs = plain_crs(opened, pyproj.CRS.from_wkt(wkt))
    except pyproj.exceptions.CRSError as error:
        raise opened.error("BG-115", crs=wkt[:60]) from error
    if not (crs.is_geographic or crs.is_projected):
        raise opened.error("BG-115", crs=crs.name)
    return crs


def _vertical_unit(opened: Opened, wkt: str) -> str:
    """Return the unit of the vertical part of a coordinate system, empty where it has none."""
    parts = [p for p in pyproj.CRS.from_wkt(wkt).sub_crs_list if p.is_vertical]
    for axis in (axis for part in parts for axis in part.axis_info):
        if axis.direction != "up":
            raise opened.error("BG-144", unit=f"{axis.unit_name}, {axis.direction}")
        return str(axis.unit_name)
    return ""


def metres_of(raster: Raster) -> float:
    """Return the metres of one unit of a raster of heights; metres where it says none.

    Raises
    ------
    SourceError
        When the unit is one nobody here knows (BG-144).
    """
    found = UNITS.get(raster.unit.strip().casefold())
    if found is None:
        raise raster.opened.error("BG-144", unit=raster.unit)
    return found


def _hgt(opened: Opened) -> Raster:
    """Return an .hgt tile: square, 16-bit, most significant byte first, north on top."""
    name = HGT_NAME.fullmatch(PurePath(opened.name).stem)
    side = math.isqrt(len(opened.content) // 2)
    if name is None or side not in HGT_SIZES or len(opened.content) != 2 * side * side:
        raise opened.error("BG-143", size=len(opened.content))
    south = int(name[2]) * (1 if name[1].upper() == "N" else -1)
    west = int(name[4]) * (1 if name[3].upper() == "E" else -1)
    step = 1 / (side - 1)
    # The middles of the outer cells stand on the whole degrees.
    to_crs = (step, 0.0, west - step / 2, 0.0, -step, south + 1 + step / 2)
    return Raster(opened, Grid(to_crs, pyproj.CRS.from_epsg(4326), side, side))
