"""Find the village of an outline without a code by name or ground, and join its pieces."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from batu_geo.domain.errors import Problem
from batu_geo.importing.request import only_rows
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.geometry.features import positions_of
from batu_geo.sources.tables.boundaries import OUTLINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.tables import Villages
    from batu_geo.importing.request import Request, Rows
    from batu_geo.importing.study_folder import StudyFolder
    from batu_geo.sources.cells.match_columns import Match

# Matched as village_id: what a heading has in brackets is ignored.
BY_PLACE = "village_id (menurut nama, lalu letak / by name, else by place)"
SHARE = 0.9
MOST_TWICE = 0.001
MOST_SHOWN = 10


def with_codes_by_place(
    rows: Rows, matches: Sequence[Match], folder: StudyFolder, request: Request
) -> tuple[Rows, list[Problem]]:
    """Return outlines without a column of codes with the codes of the study's villages.

    An outline has the code of the village of its name and district or, where there is none, of
    the one with which it shares at least 90 % of the area of both, each village once. Others
    get none, and are refused by their names.

    Parameters
    ----------
    rows
        The outlines.
    matches
        Their columns.
    folder
        The study: its list of villages, and its outlines, which are read only where needed.
    request
        Only outlines are looked at.

    Returns
    -------
    Rows
        The same where a column has the codes or the study has no outlines.
    list of Problem
        A notice of the pairs that were found by place, to be confirmed.
    """
    taken = {match.target: match.source for match in matches if match.target and match.is_sure}
    is_asked = request.table == "villages" and "village_id" not in taken
    if not is_asked or "village_name" not in taken:
        return rows, []
    villages, known = folder.villages(), folder.village_list()
    if villages is None:
        return rows, []
    district = taken.get("district_name", "")
    found = [
        known.find(name=record.get(taken["village_name"]), district=record.get(district)).village_id
        for record in rows.records
    ]
    missing = [index for index, code in enumerate(found) if not code]
    pairs = []
    for index, code in _by_overlap(rows, missing, villages, set(found)).items():
        found[index] = code
        pairs.append(f"{rows.records[index][taken['village_name']]} = {known.names[code]} ({code})")
    if not pairs:
        return rows, []
    records = [{**record, BY_PLACE: code} for record, code in zip(rows.records, found, strict=True)]
    values = {"count": len(pairs), "found": "; ".join(pairs[:MOST_SHOWN])}
    notice = Problem("BG-494", request.file.name, column="village_name", values=values)
    return replace(rows, columns=[BY_PLACE, *rows.columns], records=records), [notice]


def dissolved(
    records: list[dict[str, Any]], rows: Rows, name: str
) -> tuple[list[dict[str, Any]], Rows, list[Problem]]:
    """Return one record and outline for each village, its pieces joined, and a notice of them.

    Pieces have one code and one name and lie beside each other; records that cover the same
    ground twice are no pieces, and are refused later.
    """
    pieces: dict[tuple[str, str], list[int]] = {}
    for index, record in enumerate(records):
        key = (str(record.get("village_id") or index), plain(record.get("village_name")))
        pieces.setdefault(key, []).append(index)
    geometry, kept, joined = [*(rows.geometry or [])], list[int](), list[int]()
    for members in pieces.values():
        whole = _joined([geometry[n] for n in members]) if len(members) > 1 else None
        if whole is None:
            kept += members
            continue
        geometry[members[0]] = whole
        kept.append(members[0])
        joined.append(len(members))
    if not joined:
        return records, rows, []
    kept.sort()
    values = {"count": sum(joined), "villages": len(joined)}
    rows = only_rows(replace(rows, geometry=geometry), kept)
    return [records[n] for n in kept], rows, [Problem("BG-497", name, values=values)]


def _joined(geometries: Sequence[Any]) -> dict[str, Any] | None:
    """Return the union of outlines that do not cover the same ground, None of any others."""
    if not all(map(_is_outline, geometries)):
        return None
    shapes = shapely.make_valid(np.array([shapely.from_geojson(json.dumps(g)) for g in geometries]))
    union = shapely.union_all(shapes)
    twice = shapely.area(shapes).sum() - union.area
    if twice > MOST_TWICE * union.area or union.geom_type not in OUTLINES:
        return None
    whole: dict[str, Any] = json.loads(shapely.to_geojson(union))
    return whole


def _by_overlap(
    rows: Rows, indices: Sequence[int], villages: Villages, has: set[str]
) -> dict[int, str]:
    """Return by row the free village of which it covers the ground, and which covers it."""
    usable = [n for n in indices if _is_outline(rows.geometry[n] if rows.geometry else None)]
    shapes = [shapely.from_geojson(json.dumps((rows.geometry or [])[n])) for n in usable]
    if not shapes:
        return {}
    # A share of an area is the same in degrees, so near to each other.
    new, ids = shapely.make_valid(np.array(shapes)), villages["village_id"].tolist()
    old = villages.geometry.to_crs("EPSG:4326").to_numpy()
    mine, theirs = shapely.STRtree(old).query(new, predicate="intersects")
    shared = shapely.area(shapely.intersection(new[mine], old[theirs]))
    largest = np.maximum(shapely.area(new[mine]), shapely.area(old[theirs]))
    return {
        usable[a]: ids[b]
        for a, b, share in zip(mine.tolist(), theirs.tolist(), shared / largest, strict=True)
        if share >= SHARE and ids[b] not in has
    }


def _is_outline(geometry: Any) -> bool:
    """Return whether a geometry is an outline in degrees; others are refused later."""
    if not geometry or geometry.get("type") not in OUTLINES:
        return False
    return all(abs(x) <= 180 and abs(y) <= 90 for x, y, *_ in positions_of(geometry))
