"""Read facilities and candidate buildings: points, each with its village."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.contracts import BUILDINGS, FACILITIES
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.reasons import Reason
from batu_geo.domain.tables import (
    Buildings,
    Contract,
    Facilities,
    Villages,
    conform,
    with_defaults,
)
from batu_geo.domain.village_of_points import village_rows
from batu_geo.sources.geometry.geojson import Features, read_features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.sources.files.opening import Opened

FARTHEST_OUTSIDE_M = 25_000.0
NO_VILLAGE = Reason("no village", "luar semua desa/kelurahan")


def read_facilities(
    opened: Opened, *, villages: Villages, evidence: str
) -> tuple[Facilities, list[Problem]]:
    """Return the facilities in the projection of the villages, and notices.

    A facility without a village code gets that of the village it lies in. Facilities up to
    25 km outside the study are kept, as people travel across its border.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    table, notices = _read_points(opened, FACILITIES, villages, evidence)
    return Facilities(table), notices


def read_buildings(
    opened: Opened, *, villages: Villages, evidence: str
) -> tuple[Buildings, list[Problem]]:
    """Return the candidate buildings in the projection of the villages, and notices.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    table, notices = _read_points(opened, BUILDINGS, villages, evidence)
    return Buildings(table), notices


def _read_points(
    opened: Opened, contract: Contract, villages: Villages, evidence: str
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    frame, features, problems = conforming_points(opened, contract)
    degrees = gpd.GeoDataFrame(frame, geometry=features.geometry, crs="EPSG:4326")
    table = degrees.to_crs(str(villages.crs))
    if str(contract.id_column) in table:
        table = table.sort_values(str(contract.id_column), ignore_index=True)
        problems += _unknown_village_faults(table, villages, contract, opened.name)
        problems += _far_away_faults(table, villages, contract, opened.name)
    if problems:
        raise DataError(problems)
    with_defaults(table, contract, evidence)
    lies_in = _villages_by_place(table, villages)
    notices = list(_other_village_notices(table, lies_in, villages, contract, opened.name))
    table["village_id"] = table["village_id"].where(table["village_id"].notna(), lies_in)
    notices += _shared_point_notices(table, contract, opened.name)
    if features.has_heights:
        notices.append(Problem("BG-808", opened.name))
    return table, notices


def conforming_points(
    opened: Opened, contract: Contract
) -> tuple[pd.DataFrame, Features, list[Problem]]:
    """Return the records of a point file, their geometry, and the faults against the contract."""
    features, problems = read_features(opened, geometry="point", id_column=str(contract.id_column))
    frame, faults = conform(features.records, contract, opened.name)
    return frame, features, problems + faults


def _unknown_village_faults(
    table: gpd.GeoDataFrame, villages: Villages, contract: Contract, name: str
) -> Iterator[Problem]:
    known = villages["village_id"].tolist()
    ids = table[str(contract.id_column)]
    for village_id, record_id in zip(table.get("village_id", []), ids, strict=False):
        if not pd.isna(village_id) and village_id not in known:
            values = {"value": village_id, "example": known[0]}
            yield Problem("BG-211", name, record_id=str(record_id), column="village_id",
                          values=values)  # fmt: skip


def _far_away_faults(
    table: gpd.GeoDataFrame, villages: Villages, contract: Contract, name: str
) -> Iterator[Problem]:
    city = shapely.union_all(villages.geometry.to_numpy())
    distance = table.distance(city).to_numpy()
    # Where the projection gives no finite metres is far away; an empty point is another fault.
    is_far = ~(distance <= FARTHEST_OUTSIDE_M) & ~shapely.is_empty(table.geometry.to_numpy())
    for row in np.flatnonzero(is_far):
        record_id = str(table[str(contract.id_column)].iloc[row])
        km = f"{distance[row] / 1000:.0f}" if np.isfinite(distance[row]) else "> 1000"
        values = {"value": record_id, "km": km}
        yield Problem("BG-215", name, record_id=record_id, column="geometry", values=values)


def _villages_by_place(table: gpd.GeoDataFrame, villages: Villages) -> pd.Series[str]:
    """Return the id of the village each record lies in, NA outside all of them."""
    rows = village_rows(villages, table.geometry.to_numpy())
    ids = [*villages["village_id"], pd.NA]  # row -1, outside, is the last
    return pd.Series([ids[row] for row in rows], index=table.index, dtype="str")


def _other_village_notices(
    table: gpd.GeoDataFrame,
    lies_in: pd.Series[str],
    villages: Villages,
    contract: Contract,
    name: str,
) -> Iterator[Problem]:
    label = dict(zip(villages["village_id"], villages["village_name"], strict=True))
    for record_id, stated, actual in zip(
        table[str(contract.id_column)], table["village_id"], lies_in, strict=True
    ):
        if not pd.isna(stated) and stated != actual:
            values = {"lies_in": label.get(actual, NO_VILLAGE), "says": label[stated]}
            yield Problem("BG-801", name, record_id=str(record_id), column="geometry",
                          values=values)  # fmt: skip


def _shared_point_notices(
    table: gpd.GeoDataFrame, contract: Contract, name: str
) -> Iterator[Problem]:
    xy = np.round(shapely.get_coordinates(table.geometry.to_numpy()), 2)
    for _, rows in table.groupby([xy[:, 0], xy[:, 1]]):
        if len(rows) > 1:
            names = ", ".join(rows[str(contract.id_column)])
            values = {"count": len(rows), "names": names}
            yield Problem("BG-802", name, column="geometry", values=values)
