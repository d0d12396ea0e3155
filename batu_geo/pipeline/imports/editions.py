"""`batu-geo import --compare`: which village changed by how much, before anything is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.pipeline.imports.tables import prepared
from batu_geo.pipeline.study_folder import StudyFolder
from batu_geo.sources.boundaries import compare_boundaries
from batu_geo.sources.layers import features_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from batu_geo.pipeline.imports.tables import Request


def compare_file(request: Request, confirm: Callable[..., bool]) -> pd.DataFrame:
    """Hold the outlines of a file against those of the study.

    Returns
    -------
    DataFrame
        As `compare_boundaries`: one row a village, most changed first.

    Raises
    ------
    SourceError, DataError
        When one of the two cannot be read.
    EnvironmentFault
        When the study has no outlines yet.
    """
    folder = StudyFolder.at(request.into)
    if not folder.records("villages"):
        raise EnvironmentFault(Problem("BG-434", folder.desk.card.villages.path))
    table = prepared(folder, request, confirm)
    crs = folder.desk.card.crs
    new = gpd.GeoDataFrame(table.records, geometry=table.shapes, crs="EPSG:4326").to_crs(crs)
    features, _ = features_of(folder.desk.open("villages", ".geojson", ".json"), "polygon")
    shapes = [shapely.force_2d(shapely.from_geojson(json.dumps(f["geometry"]))) for f in features]
    records = [feature["properties"] for feature in features]
    old = gpd.GeoDataFrame(records, geometry=shapes, crs="EPSG:4326").to_crs(crs)
    return compare_boundaries(old, new)
