"""Which rows of a file belong to the study; a list of a province or the nation is cut first.

What lies outside is counted and checked no further: one wrong cell a thousand kilometres away is
no fault of what is brought in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.contracts import CONTRACTS, FACILITIES
from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.locate_places import written_position
from batu_geo.importing.request import only_rows
from batu_geo.sources.cells.match_columns import code_of_word
from batu_geo.sources.cells.values import is_empty
from batu_geo.sources.geometry.coordinates import Position, position_of
from batu_geo.sources.geometry.study_area import study_area
from batu_geo.sources.tables.village_list import VillageList, plain_district

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from batu_geo.domain.tables import Villages
    from batu_geo.importing.request import Request, Rows
    from batu_geo.importing.study_folder import StudyFolder
    from batu_geo.sources.cells.match_columns import Match

FARTHEST_KM = 25.0
OF_KABUPATEN = 4
CODE_DIGITS = 10
NOT_DIGITS = re.compile(r"\D")
MOST_KINDS = 10
INSIDE, OUTSIDE, UNCLEAR = range(3)
KINDS = next(column.codes for column in FACILITIES.columns if column.name == "kind")


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a study.

    Attributes
    ----------
    codes
        First digits of the area codes inside, none where every code is inside.
    known
        The list of villages.
    villages
        Their outlines, None before the study has any and for a table without places.
    crs
        The projection of the study.
    """

    codes: tuple[str, ...]
    known: VillageList
    villages: Villages | None
    crs: str


def scope_of(folder: StudyFolder, request: Request) -> Scope:
    """Return the scope of an import: the code of the request, else that of the study.

    A study without a code has that of the kabupaten of its villages.
    """
    known = VillageList(()) if request.code else folder.village_list()
    digits = NOT_DIGITS.sub("", request.code or folder.study_files.card.code)
    own = {NOT_DIGITS.sub("", code)[:OF_KABUPATEN] for code in known.names}
    codes = (digits,) if digits else tuple(sorted(own - {""}))
    # A table without places is cut by its codes alone.
    villages = folder.villages() if CONTRACTS[request.table].geometry else None
    return Scope(codes, known, villages, folder.study_files.card.crs)


def in_scope(
    scope: Scope, rows: Rows, matches: Sequence[Match], table: str, name: str
) -> tuple[Rows, list[Problem]]:
    """Return the rows of a file that belong to the study, and a notice of how many do not.

    Points within 25 km of the study belong to it whatever their code: people go there too.

    Raises
    ------
    DataError
        When no row belongs to it.
    """
    taken = {match.target: match.source for match in matches if match.target and match.is_sure}
    records = [
        {target: record.get(source) for target, source in taken.items()} for record in rows.records
    ]
    where = _standings(scope, records, rows, has_points=CONTRACTS[table].geometry == "point")
    outside = int((where == OUTSIDE).sum())
    if not outside:
        return rows, []
    kept = np.flatnonzero(where != OUTSIDE).tolist()
    # As measured numbers, which are written as the reader writes them: 10.230.
    values = {
        "count": float(len(kept)),
        "outside": float(outside),
        "unclear": float((where == UNCLEAR).sum()),
        "km": FARTHEST_KM,
        "codes": ", ".join(map(_dotted, scope.codes)) or "-",
    }
    notice = Problem("BG-487", name, values=values)
    if not kept:
        raise DataError(replace(notice, code="BG-488"))
    return only_rows(rows, kept), [notice]


def _dotted(digits: str) -> str:
    """Return an area code with its dots.

    >>> _dotted("350901")
    '35.09.01'
    """
    return ".".join(digits[n : n + 2] for n in range(0, len(digits), 2))


def _standings(
    scope: Scope, records: Sequence[dict[str, Any]], rows: Rows, *, has_points: bool
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return whether each row lies inside, outside, or says nothing of where it is."""
    metres = _metres_away(scope, records, rows)
    districts = scope.known.districts()
    found = np.full(len(records), INSIDE)
    for index, record in enumerate(records):
        code = NOT_DIGITS.sub("", str(record.get("village_id") or ""))
        has_code = len(code) == CODE_DIGITS
        is_listed = has_code and str(record["village_id"]).strip() in scope.known.names
        is_near = metres[index] <= FARTHEST_KM * 1000
        if has_points and np.isfinite(metres[index]):
            found[index] = INSIDE if is_near or is_listed else OUTSIDE
        elif has_code:
            is_own = not scope.codes or code.startswith(scope.codes)
            found[index] = INSIDE if is_own or is_listed else OUTSIDE
        elif np.isfinite(metres[index]):
            found[index] = INSIDE if is_near else OUTSIDE
        elif not is_empty(record.get("village_name")):
            district = plain_district(record.get("district_name"))
            is_other = bool(district and districts) and district not in districts
            found[index] = (
                OUTSIDE if is_other and not scope.known.has(record["village_name"]) else INSIDE
            )
        elif has_points:
            found[index] = UNCLEAR
    return found


def _metres_away(
    scope: Scope, records: Sequence[dict[str, Any]], rows: Rows
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how far the place of each row is from the outlines, NaN where that is not known."""
    away = np.full(len(records), np.nan)
    if scope.villages is None:
        return away
    west, south, east, north = map(float, scope.villages.to_crs("EPSG:4326").total_bounds)
    area = study_area(scope.crs, (west, south, east, north))
    places, numbers = [], []
    for index, record in enumerate(records):
        x, y = written_position(record, rows, index)
        position = None if x is None else position_of(x, y, area, record.get("zone"))
        if isinstance(position, Position):
            places.append(shapely.Point(position.x, position.y))
            numbers.append(index)
    if numbers:
        points = gpd.GeoSeries(places, crs="EPSG:4326").to_crs(scope.crs).to_numpy()
        outlines = scope.villages.geometry.to_numpy()
        nearest = shapely.STRtree(outlines).query_nearest(points, all_matches=False)[1]
        away[numbers] = shapely.distance(points, outlines[nearest])
    return away


def without_unknown_kinds(
    rows: Rows, matches: Sequence[Match], words: Mapping[str, Any], name: str
) -> tuple[Rows, list[Problem]]:
    """Return the facilities of a kind that is known, and a notice of the others with their kinds.

    Where no kind is known all are kept, and are refused later with what is allowed.
    """
    source = next((m.source for m in matches if m.target == "kind" and m.is_sure), None)
    if source is None:
        return rows, []
    written = [record.get(source) for record in rows.records]
    is_known = [is_empty(text) or _is_kind(text, words) for text in written]
    unknown = [str(text) for text, known in zip(written, is_known, strict=True) if not known]
    kept = [n for n, known in enumerate(is_known) if known]
    if not unknown or not any(not is_empty(written[n]) for n in kept):
        return rows, []
    values = {"count": len(unknown), "found": _counted(unknown)}
    return only_rows(rows, kept), [Problem("BG-489", name, column="kind", values=values)]


def _is_kind(text: Any, words: Mapping[str, Any]) -> bool:
    return not isinstance(text, list | dict) and code_of_word(text, "kind", KINDS, words) in KINDS


def _counted(texts: Collection[str]) -> str:
    """Return the distinct texts, each with how often it occurs where that is more than once."""
    return ", ".join(
        f"{text} ({count})" if count > 1 else text
        for text, count in Counter(texts).most_common(MOST_KINDS)
    )
