"""What a new edition of outlines has done to villages: split off, or renamed; no errors of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.errors import DataError, Problem
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.tables.boundaries import BIG_COLUMNS, big_code, codes_by_ends
from batu_geo.sources.tables.village_list import plain_village

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batu_geo.importing.request import Rows
    from batu_geo.importing.study_folder import StudyFolder

SHARE = 0.9
MOST_SHOWN = 10
UNKNOWN = "BG-252"


def outlines_before(folder: StudyFolder) -> gpd.GeoDataFrame:
    """Return the outlines of a study with codes and names, in degrees."""
    opened = folder.study_files.open("villages", ".geojson", ".json")
    features, problems = read_features(opened, geometry="polygon", id_column="village_id")
    if problems:
        raise DataError(problems)
    codes = codes_by_ends(folder.village_list().names)
    records = [
        {"village_id": str(big_code(record, codes) or record.get("village_id") or f"? {number}"),
         "village_name": record.get("village_name") or record.get(BIG_COLUMNS[-1])}
        for number, record in enumerate(features.records, start=1)
    ]  # fmt: skip
    return gpd.GeoDataFrame(records, geometry=features.geometry, crs="EPSG:4326")


def faults_or_splits(
    faults: Iterable[Problem], records: Sequence[dict[str, Any]], rows: Rows, folder: StudyFolder
) -> list[Problem]:
    """Return faults of outlines, those of villages that are part of an old one named as splits."""
    faults = list(faults)
    indices = {n: rows.numbers.index(n) for f in faults if f.code == UNKNOWN and (n := f.feature)}
    if not indices or not folder.records("villages"):
        return faults
    before = outlines_before(folder)
    shapes = [shapely.from_geojson(_text(rows, index)) for index in indices.values()]
    parts = dict(zip(indices, _part_of(shapes, before), strict=True))
    return [
        fault
        if (old := parts.get(fault.feature or 0)) is None or fault.code != UNKNOWN
        else replace(fault, code="BG-631", values={
            "name": str(records[indices[fault.feature or 0]].get("village_name") or "-"),
            "value": str(fault.values.get("value", "-")), "old": _label(before, old)})
        for fault in faults
    ]  # fmt: skip


def edition_notices(
    records: Sequence[dict[str, Any]], shapes: Sequence[Any], folder: StudyFolder, name: str
) -> list[Problem]:
    """Return notices of villages that were split off an old one, and of those renamed."""
    if not folder.records("villages"):
        return []
    before = outlines_before(folder)
    names = dict(zip(before["village_id"], before["village_name"].astype(str), strict=True))
    new = [n for n, record in enumerate(records) if record["village_id"] not in names]
    splits = [
        f"{records[n]['village_name']} ({records[n]['village_id']}) < {_label(before, old)}"
        for n, old in zip(new, _part_of([shapes[n] for n in new], before), strict=True)
        if old is not None
    ]
    renamed = [
        f"{old} > {record['village_name']} ({record['village_id']})"
        for record in records
        if (old := names.get(record["village_id"])) is not None
        and plain_village(old) != plain_village(record["village_name"])
    ]
    return [
        Problem(code, name, values={"count": len(found), "found": "; ".join(found[:MOST_SHOWN])})
        for code, found in (("BG-632", splits), ("BG-633", renamed))
        if found
    ]


def _part_of(shapes: Sequence[Any], before: gpd.GeoDataFrame) -> list[int | None]:
    """Return for each outline the old one that holds 90 % of its ground, None where none does.

    One that holds as much of the old one too is that village under another code, no part of it.
    """
    if not len(shapes):
        return []
    new, old = shapely.make_valid(np.array(shapes)), shapely.make_valid(before.geometry.to_numpy())
    mine, theirs = shapely.STRtree(old).query(new, predicate="intersects")
    shared = shapely.area(shapely.intersection(new[mine], old[theirs]))
    inside = shared >= SHARE * shapely.area(new[mine])
    inside &= shared < SHARE * shapely.area(old[theirs])
    found = dict(zip(mine[inside].tolist(), theirs[inside].tolist(), strict=True))
    return [found.get(n) for n in range(len(new))]


def _label(before: gpd.GeoDataFrame, row: int) -> str:
    return f"{before['village_name'].iloc[row]} ({before['village_id'].iloc[row]})"


def _text(rows: Rows, index: int) -> str:
    return json.dumps(rows.geometry[index] if rows.geometry else None)
