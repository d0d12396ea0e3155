"""Read village outlines and check them against the list of villages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from batu_geo.domain.contracts import VILLAGES
from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.tables import Villages, conform, with_defaults
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.tables.boundaries import (
    BIG_COLUMNS,
    big_code,
    big_code_as_written,
    codes_by_ends,
    overlap_areas,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.sources.files.opening import Opened

LARGEST_OVERLAP_M2 = 10_000.0
M2_PER_KM2 = 1e6
ZONE_MARGIN_DEGREES = 3.0


def read_villages(
    opened: Opened, *, crs: str, population: pd.DataFrame, evidence: str
) -> tuple[Villages, list[Problem]]:
    """Return the villages with their people, and notices.

    Parameters
    ----------
    opened
        A GeoJSON file with our columns or with those of Badan Informasi
        Geospasial (``kd_propinsi`` ... ``nm_kelurahan``).
    crs
        Metric projection of the study.
    population
        The list of villages: each needs an outline, and no other village may have one.

    Raises
    ------
    DataError
        With every fault of the file: wrong columns, faulty outlines, villages that are
        missing, unknown, repeated or overlap by more than a hectare.
    """
    features, problems = read_features(opened, geometry="polygon", id_column="village_id")
    records = _in_contract_columns(features.records, population)
    frame, faults = conform(records, VILLAGES, opened.name)
    problems += faults
    if "village_id" in frame:
        problems += _list_faults(frame, population, opened.name)
    if problems:
        raise DataError(problems)
    problems = list(_outside_zone(features.geometry, frame, crs, opened.name))
    if problems:
        raise DataError(problems)
    degrees = gpd.GeoDataFrame(frame, geometry=features.geometry, crs="EPSG:4326")
    villages = degrees.to_crs(crs).sort_values("village_id", ignore_index=True)
    if overlaps := list(_overlap_faults(villages, opened.name)):
        raise DataError(overlaps)
    people = population.set_index("village_id")
    villages["population"] = villages["village_id"].map(people["population"]).astype("int64")
    villages["population_evidence"] = villages["village_id"].map(people["evidence"])
    if "mean_income_rupiah" in people:
        villages["mean_income_rupiah"] = villages["village_id"].map(people["mean_income_rupiah"])
    villages["area_km2"] = villages.area / M2_PER_KM2
    with_defaults(villages, VILLAGES, evidence)
    listed = villages["village_id"].map(people["district_name"])
    villages["district_name"] = villages["district_name"].fillna(listed)
    villages["village_name"] = unambiguous_names(villages)
    notices = [Problem("BG-808", opened.name)] if features.has_heights else []
    if features.empty_parts:
        notices.append(Problem("BG-227", opened.name, values={"count": features.empty_parts}))
    return Villages(villages), notices


def unambiguous_names(villages: pd.DataFrame) -> pd.Series:
    """Return the names of villages, of namesakes each with its district, or else its code.

    Parameters
    ----------
    villages
        With ``village_id``, ``village_name`` and ``district_name``.

    Examples
    --------
    >>> columns = ["village_id", "village_name", "district_name"]
    >>> rows = [("1", "Sidomulyo", "Bantur"), ("2", "Sidomulyo", "Dau"), ("3", "Wonokerto", None)]
    >>> list(unambiguous_names(pd.DataFrame(rows, columns=columns)))
    ['Sidomulyo (Bantur)', 'Sidomulyo (Dau)', 'Wonokerto']
    """
    names = villages["village_name"]
    for column in ("district_name", "village_id"):
        again = names.str.casefold().duplicated(keep=False) & villages[column].notna()
        names = names.where(~again, villages["village_name"] + " (" + villages[column] + ")")
    return names


def _in_contract_columns(
    records: Sequence[dict[str, Any]], population: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return records in the columns of the contract; those of BIG get their Kemendagri code."""
    known = codes_by_ends(population["village_id"])
    return [
        {"village_id": big_code(record, known) or big_code_as_written(record),
         "village_name": record["nm_kelurahan"]}
        if all(name in record for name in BIG_COLUMNS) else record
        for record in records
    ]  # fmt: skip


def _list_faults(frame: pd.DataFrame, population: pd.DataFrame, name: str) -> Iterator[Problem]:
    known = population["village_id"].tolist()
    names = population.get("village_name", population["village_id"])
    label = dict(zip(known, names, strict=True))
    for number, village_id in enumerate(frame["village_id"], start=1):
        if not pd.isna(village_id) and village_id not in label:
            values = {"value": village_id, "example": known[0]}
            yield Problem("BG-211", name, feature=number, column="village_id", values=values)
    missing = sorted(set(known) - set(frame["village_id"].dropna()))
    if missing:
        listed = ", ".join(f"{label[i]} ({i})" for i in missing)
        yield Problem("BG-210", name, values={"table": "villages", "missing": listed})


def _outside_zone(
    shapes: NDArray[np.object_], frame: pd.DataFrame, crs: str, name: str
) -> Iterator[Problem]:
    """Yield a fault of each outline too far from the zone of the projection to measure metres."""
    zone = pyproj.CRS(crs).area_of_use
    if zone is None:
        return
    near = shapely.box(*zone.bounds).buffer(ZONE_MARGIN_DEGREES)
    for number, (shape, village_id) in enumerate(
        zip(shapes, frame["village_id"], strict=True), start=1
    ):
        if not near.covers(shape):
            point = shape.representative_point()
            values = {"value": f"[{point.x:g}, {point.y:g}]", "crs": crs}
            yield Problem("BG-231", name, feature=number, record_id=str(village_id),
                          column="geometry", values=values)  # fmt: skip


def _overlap_faults(villages: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    for one, other, m2 in overlap_areas(villages):
        if m2 > LARGEST_OVERLAP_M2:
            values = {"overlap_m2": float(round(m2)), "other": other}
            yield Problem("BG-218", name, record_id=one, values=values)
