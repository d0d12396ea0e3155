"""The village each point lies in: one rule for facilities, demand points and footprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages

OUTSIDE = -1


def village_rows(villages: Villages, points: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the row of the village each point lies in, -1 outside all of them.

    A point on a shared border belongs to the village that comes first in the table.

    Parameters
    ----------
    villages
        Outlines.
    points
        Points in the projection of the villages.

    Examples
    --------
    >>> import geopandas as gpd
    >>> villages = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> village_rows(villages, shapely.points([[0.5, 0.5], [1, 0.5], [1.5, 0.5], [9, 9]])).tolist()
    [0, 0, 1, -1]
    """
    rows = np.full(len(points), OUTSIDE, dtype=np.int64)
    tree = shapely.STRtree(villages.geometry.to_numpy())
    point, village = tree.query(points, predicate="intersects")
    # The last assignment to a point counts: the first village of the table.
    order = np.lexsort((-village, point))
    rows[point[order]] = village[order]
    return rows
