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

if TYPE_CHECKING:
    from batu_geo.domain.tables import Villages
    from batu_geo.sources.files.opening import Opened


def read_population_raster(opened: Opened, villages: Villages) -> PeoplePlaces:
    """Return the cells of a population raster, weighted by their people within each village.

    Cells on a border are split by area (exactextract). Negative values and voids count 0.

    Raises
    ------
    EnvironmentFault
        When rasterio or exactextract is not installed.
    SourceError
        When the raster cannot be read.
    """
    try:
        import rasterio  # noqa: PLC0415 - extras
        from exactextract import exact_extract  # noqa: PLC0415
        from exactextract.raster import NumPyRasterSource  # noqa: PLC0415
    except ImportError as error:
        raise EnvironmentFault(Problem("BG-113", opened.name)) from error
    try:
        with rasterio.MemoryFile(opened.content).open(driver="GTiff") as raster:
            people = raster.read(1, masked=True).astype(float).filled(0.0)
            bounds, wkt = raster.bounds, raster.crs.to_wkt() if raster.crs else None
    except Exception as error:  # GDAL and affine raise whatever they meet
        raise opened.unreadable(error) from error
    if wkt is None:
        raise opened.error("BG-115", crs="-")
    try:
        source = NumPyRasterSource(
            np.maximum(np.nan_to_num(people), 0.0),
            xmin=bounds.left, ymin=bounds.bottom, xmax=bounds.right, ymax=bounds.top,
            srs_wkt=wkt,
        )  # fmt: skip
        outlines = _outlines(villages, wkt)
        operations = ["values", "coverage", "center_x", "center_y"]
        cells: list[dict[str, Any]] = exact_extract(
            source, outlines, operations, include_cols=["row"], output="pandas"
        ).to_dict("records")
        to_metres = pyproj.Transformer.from_crs(wkt, str(villages.crs), always_xy=True)
    except Exception as error:  # a header may state bounds or a projection that do not exist
        raise opened.unreadable(error) from error
    return _places_of_cells(cells, to_metres)


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
    xy, area = shapely.get_coordinates(points), shapely.area(shapes)
    # By place, so that the order of the file decides nothing.
    order = np.lexsort((area, xy[:, 1], xy[:, 0]))
    return PeoplePlaces(xy[order], village[order], area[order], "estimated")
