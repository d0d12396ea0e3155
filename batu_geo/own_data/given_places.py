"""Places as people have them: points in any coordinate system, with an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.tables import in_crs
from batu_geo.network.snapping import ON_STREET

if TYPE_CHECKING:
    import geopandas as gpd

ID = "id"


def placed(
    points: gpd.GeoDataFrame, *, crs: str, name: str, id_column: str | None
) -> gpd.GeoDataFrame:
    """Return points in a projection: ids in the first column, as text, and `is_on_street` if any.

    Parameters
    ----------
    points
        In any coordinate system.
    crs
        Projection of the roads.
    name
        Of the table, for an error.
    id_column
        Column with the ids; the index of the table where none is named.

    Raises
    ------
    DataError
        When the coordinate system or the column is missing, an id occurs twice, or a shape is
        no point.
    """
    import geopandas as gpd  # noqa: PLC0415 - heavy

    known = in_crs(points, crs, name=name)
    if id_column is not None and id_column not in known:
        values = {"column": id_column}
        raise DataError(Problem("BG-201", name, column=id_column, values=values))
    ids = (known.index if id_column is None else known[id_column]).astype(str)
    faults = [
        Problem("BG-475", name, row=row, record_id=str(ids[row - 1]))
        for row, shape in enumerate(known.geometry.to_numpy(), start=1)
        if shape is None or shape.is_empty or shape.geom_type != "Point"
    ]
    repeated = sorted(set(ids[ids.duplicated()]))
    faults += [Problem("BG-476", name, values={"value": value}) for value in repeated]
    if faults:
        raise DataError(faults)
    columns = {ID: list(ids)}
    if ON_STREET in known:
        columns[ON_STREET] = list(known[ON_STREET])
    return gpd.GeoDataFrame(columns, geometry=list(known.geometry), crs=crs)
