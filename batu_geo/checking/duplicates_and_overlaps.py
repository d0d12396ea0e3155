"""Notices of geometry: gaps and overlaps between villages, duplicate places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.errors import Problem
from batu_geo.sources.tables.boundaries import overlap_areas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.domain.tables import Contract, Villages

SMALLEST_M2 = 1.0
SAME_PLACE_M = 100.0


def gap_notices(villages: Villages, name: str) -> Iterator[Problem]:
    """Yield a notice of every hole between the outlines, largest first.

    Parameters
    ----------
    villages
        In metres.
    name
        Of the file, for the problems.
    """
    city = shapely.union_all(villages.geometry.to_numpy())
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(city) for ring in part.interiors]
    holes = [hole for hole in holes if hole.area >= SMALLEST_M2]
    for hole in sorted(holes, key=lambda hole: -hole.area):
        point = gpd.GeoSeries([hole.representative_point()], crs=villages.crs)
        lon, lat = point.to_crs("EPSG:4326").get_coordinates().to_numpy()[0]
        values = {
            "gap_m2": float(round(hole.area)), "lon": f"{lon:.5f}", "lat": f"{lat:.5f}",
        }  # fmt: skip
        yield Problem("BG-230", name, column="geometry", values=values)


def small_overlap_notices(villages: Villages, name: str) -> Iterator[Problem]:
    """Yield a notice of every overlap too small to be refused."""
    for one, other, m2 in overlap_areas(villages):
        if m2 >= SMALLEST_M2:
            values = {"overlap_m2": float(round(m2)), "other": other}
            yield Problem("BG-218", name, record_id=one, column="geometry", values=values)


def duplicate_notices(table: gpd.GeoDataFrame, contract: Contract, name: str) -> Iterator[Problem]:
    """Yield a notice of places with the same name and kind within 100 m of each other."""
    id_column = str(contract.id_column)
    label = next(c.name for c in contract.columns if c.name.endswith("_name"))
    kind = table["kind"] if "kind" in table else pd.Series("", index=table.index)
    names = table[label].str.casefold().str.replace(r"[\W_]+", "", regex=True)
    xy = shapely.get_coordinates(table.geometry.to_numpy())
    ids = table[id_column].tolist()
    # Neighbours in this order only, not all pairs: there may be thousands of places.
    order = np.lexsort((xy[:, 1], xy[:, 0], kind.to_numpy(), names.to_numpy()))
    for one, other in zip(order[1:], order[:-1], strict=True):
        metres = float(np.hypot(*(xy[one] - xy[other])))
        is_same = names.iloc[one] == names.iloc[other] and kind.iloc[one] == kind.iloc[other]
        if is_same and metres <= SAME_PLACE_M:
            values = {"other": ids[other], "metres": f"{metres:.0f}"}
            yield Problem("BG-233", name, record_id=ids[one], column=label, values=values)
