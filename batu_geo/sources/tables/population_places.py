"""Places where people live, from a population raster or from building footprints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from batu_geo.domain.errors import DataError, EnvironmentFault, Problem
from batu_geo.domain.village_of_points import OUTSIDE, village_rows
from batu_geo.planning.study import PeoplePlaces
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.geometry.rasters import known_voids, read_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.geometry.rasters import Raster

USES = ("use", "building")


def read_population_raster(
    opened: Opened, villages: Villages
) -> tuple[PeoplePlaces, list[Problem]]:
    """Return the cells of a population raster, weighted by their people within each village.

    Cells on a border are split by area (exactextract). Negative values and voids count 0 and
    are counted in a notice.

    Raises
    ------
    EnvironmentFault
        When rasterio or exactextract is not installed.
    SourceError
        When the raster cannot be read, or is rotated (BG-146).
    """
    try:
        from exactextract import exact_extract  # noqa: PLC0415 - an extra
        from exactextract.raster import NumPyRasterSource  # noqa: PLC0415
    except ImportError as error:
        raise EnvironmentFault(Problem("BG-113", opened.name)) from error
    raster = read_header(opened)
    people, notices = _people(raster)
    wkt = raster.grid.crs.to_wkt()
    west, south, east, north = raster.grid.bounds
    try:
        source = NumPyRasterSource(
            people, xmin=west, ymin=south, xmax=east, ymax=north, srs_wkt=wkt
        )
        outlines = _outlines(villages, wkt)
        operations = ["values", "coverage", "center_x", "center_y"]
        cells: list[dict[str, Any]] = exact_extract(
            source, outlines, operations, include_cols=["row"], output="pandas"
        ).to_dict("records")
        to_metres = pyproj.Transformer.from_crs(wkt, str(villages.crs), always_xy=True)
    except Exception as error:  # a header may state bounds or a projection that do not exist
        raise opened.unreadable(error) from error
    return _places_of_cells(cells, to_metres), notices


def _people(raster: Raster) -> tuple[NDArray[np.float64], list[Problem]]:
    """Return the people of each cell, north on top, and how many cells say nothing sensible."""
    grid = raster.grid
    if not grid.is_upright or grid.to_crs[0] <= 0:
        raise raster.opened.error("BG-146")
    raster.checked_for_size(grid.rows, grid.columns)
    stored, is_void = raster.read(slice(0, grid.rows), slice(0, grid.columns))
    is_void = is_void | known_voids(stored)
    people = raster.scaled(stored)
    is_negative = ~is_void & (people < 0)
    counts = {"voids": int(is_void.sum()), "negative": int(is_negative.sum())}
    people = np.where(is_void | is_negative, 0.0, people)
    notices = []
    if any(counts.values()):
        values = {**counts, "total": int(stored.size)}
        notices.append(Problem("BG-844", raster.opened.name, values=values))
    return (people if grid.to_crs[4] < 0 else people[::-1].copy()), notices


def _outlines(villages: Villages, wkt: str) -> gpd.GeoDataFrame:
    """Return the outlines of the villages with their row numbers, in another projection."""
    rows = {"row": np.arange(len(villages))}
    shapes = villages.geometry.to_numpy()
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=villages.crs).to_crs(wkt)


def _places_of_cells(cells: list[dict[str, Any]], to_metres: pyproj.Transformer) -> PeoplePlaces:
    """Return the inhabited cells of all villages, in the order exactextract gives them."""
    parts = [
        (np.asarray(c["center_x"]), np.asarray(c["center_y"]),
         np.full(len(c["values"]), c["row"]), np.asarray(c["values"]) * np.asarray(c["coverage"]))
        for c in cells
    ]  # fmt: skip
    x, y, village, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    xy = np.column_stack(to_metres.transform(x, y))
    keep = weight > 0
    return PeoplePlaces(xy[keep], village[keep].astype(np.int64), weight[keep], "estimated")


def read_footprints(opened: Opened, villages: Villages) -> PeoplePlaces:
    """Return building footprints as places weighted by floor plan area.

    Raises
    ------
    DataError
        With every faulty outline.
    """
    features, problems = read_features(opened, geometry="polygon", id_column="id")
    if problems:
        raise DataError(problems)
    shapes = gpd.GeoSeries(features.geometry, crs="EPSG:4326").to_crs(str(villages.crs)).to_numpy()
    points = shapely.point_on_surface(shapes)
    village = village_rows(villages, points)
    inside = np.flatnonzero(village != OUTSIDE)
    points, shapes, village = points[inside], shapes[inside], village[inside]
    use = np.array([_use(features.records[row]) for row in inside.tolist()], dtype=object)
    xy, area = shapely.get_coordinates(points), shapely.area(shapes)
    # By place, so that the order of the file decides nothing.
    order = np.lexsort((use.astype(str), area, xy[:, 1], xy[:, 0]))
    return PeoplePlaces(xy[order], village[order], area[order], "estimated", use[order])


def _use(record: dict[str, Any]) -> str:
    """Return what a building is used for, empty where its file does not say."""
    said = (record.get(name) for name in USES)
    return next((str(value) for value in said if value not in (None, "")), "")
