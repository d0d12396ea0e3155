"""`batu-geo import --compare`: how much each outline differs from that of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.importing.import_table import prepare_table
from batu_geo.importing.scoping.editions import outlines_before
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.tables.boundaries import compare_boundaries

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from batu_geo.importing.request import Request


def compare_file(request: Request, confirm: Callable[..., bool]) -> pd.DataFrame:
    """Compare the outlines of a file with those of the study; nothing is written.

    Returns
    -------
    DataFrame
        As from `compare_boundaries`: one row per village, most changed first.

    Raises
    ------
    SourceError, DataError
        When one of the two cannot be read.
    EnvironmentFault
        When the study has no outlines yet.
    """
    folder = StudyFolder.at(request.into)
    if not folder.records("villages"):
        raise EnvironmentFault(Problem("BG-434", folder.study_files.card.villages.path))
    table = prepare_table(folder, request, confirm)
    crs = folder.study_files.card.crs
    new = gpd.GeoDataFrame(table.records, geometry=table.shapes, crs="EPSG:4326").to_crs(crs)
    return compare_boundaries(outlines_before(folder).to_crs(crs), new)
