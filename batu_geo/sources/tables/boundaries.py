"""Village outlines of any edition: axis order, other areas, BIG codes, overlaps, comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.geometry.coordinates import coordinate_kind
from batu_geo.sources.geometry.features import positions_of
from batu_geo.sources.tables.village_list import TEN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import geopandas as gpd

    from batu_geo.sources.geometry.features import Feature

# Code and name columns in the outlines of Badan Informasi Geospasial (BIG).
BIG_COLUMNS = ("kd_propinsi", "kd_dati2", "kd_kecamatan", "kd_kelurahan", "nm_kelurahan")
NO_VILLAGE_ENDS = ("999", "888")
SMALLEST_OVERLAP_M2 = 1.0
MOST_OVERLAPS = 5
OSM_LEVEL = "admin_level"
OSM_VILLAGE_LEVEL = "7"
OUTLINES = ("Polygon", "MultiPolygon")


def longitude_first(features: Sequence[Feature], name: str) -> tuple[list[Feature], list[Problem]]:
    """Return the features in axis order longitude, latitude; a notice says if they were swapped.

    Only where every position of the file has the latitude first is the order changed.

    >>> ring = [[[-7.8, 112.5], [-7.8, 112.6], [-7.7, 112.6], [-7.8, 112.5]]]
    >>> swapped = [{"geometry": {"type": "Polygon", "coordinates": ring}}]
    >>> features, notices = longitude_first(swapped, "x")
    >>> features[0]["geometry"]["coordinates"][0][0], [notice.code for notice in notices]
    ([112.5, -7.8], ['BG-255'])
    """
    positions = [position for f in features for position in positions_of(f["geometry"])]
    is_swapped = bool(positions) and all(coordinate_kind(*p[:2]) == "swapped" for p in positions)
    if not is_swapped:
        return list(features), []
    corrected = [
        {**f, "geometry": {**f["geometry"], "coordinates": _swapped(f["geometry"]["coordinates"])}}
        if "coordinates" in (f["geometry"] or {}) else f for f in features
    ]  # fmt: skip
    example = f"[{positions[0][0]:g}, {positions[0][1]:g}]"
    return corrected, [Problem("BG-255", name, values={"value": example})]


def has_heights(features: Sequence[Feature]) -> bool:
    """Return whether any position has a height."""
    return any(len(position) > 2 for f in features for position in positions_of(f["geometry"]))


def _swapped(value: list[Any]) -> list[Any]:
    if isinstance(value[0], float):
        return [value[1], value[0], *value[2:]]
    return [_swapped(part) for part in value]


def village_polygons(features: Sequence[Feature]) -> list[Feature]:
    """Return the polygons; of several administrative levels of OpenStreetMap only the villages.

    Such files also hold label points and border lines. A file without polygons is returned
    as it is, to be refused with its features named.
    """
    polygons = [f for f in features if f["geometry"] and f["geometry"]["type"] in OUTLINES]
    levels = {str(f["properties"].get(OSM_LEVEL)) for f in polygons}
    if OSM_VILLAGE_LEVEL in levels and len(levels) > 1:
        polygons = [f for f in polygons if str(f["properties"].get(OSM_LEVEL)) == OSM_VILLAGE_LEVEL]
    return polygons or list(features)


def is_other_area(record: Mapping[str, Any], names: Collection[str]) -> bool:
    """Return whether a record is no village but a forest, a lake or the like, by code or name.

    >>> is_other_area({"village_id": "id3579010999", "village_name": "Kehutanan"}, ["hutan"])
    True
    >>> is_other_area({"village_id": "35.79.03.1001", "village_name": "Dadaprejo"}, ["hutan"])
    False
    """
    code = TEN_DIGITS.fullmatch(str(record.get("village_id") or ""))
    ends = bool(code) and str(record["village_id"]).endswith(NO_VILLAGE_ENDS)
    return ends or plain(record.get("village_name")) in {plain(name) for name in names}


def codes_by_ends(codes: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return codes of villages by what BIG leaves of them: the district, and the last three digits.

    Empty where two codes have the same.

    >>> codes_by_ends(["35.79.01.1001", "35.79.01.1002", "35.79.01.2002"])
    {('35.79.01.', '001'): '35.79.01.1001', ('35.79.01.', '002'): ''}
    """
    found: dict[tuple[str, str], str] = {}
    for code in codes:
        key = code[: code.rfind(".") + 1], code[-3:]
        found[key] = "" if key in found else code
    return found


def big_code(record: Mapping[str, Any], by_ends: Mapping[tuple[str, str], str]) -> str:
    """Return the Kemendagri code of a record with BIG's columns, or an empty text.

    BIG leaves out the digit that tells kelurahan (1) from desa (2): it is looked up among
    the known codes, from `codes_by_ends`, by all the others.

    >>> record = dict(zip(BIG_COLUMNS, ("35", "79", "001", "001", "Sisir")))
    >>> big_code(record, codes_by_ends(["35.79.01.1001", "35.79.01.2002"])), big_code(record, {})
    ('35.79.01.1001', '')
    """
    if not all(record.get(name) for name in BIG_COLUMNS[:4]):
        return ""
    province, city, district, village = (str(record[name]) for name in BIG_COLUMNS[:4])
    return by_ends.get((f"{province}.{city}.{district[-2:]}.", village[-3:]), "")


def big_code_as_written(record: Mapping[str, Any]) -> str:
    """Return the parts of BIG's code as the record has them, joined by dots.

    >>> big_code_as_written(dict(zip(BIG_COLUMNS, ("35", "79", "01", "001", "Sisir"))))
    '35.79.01.001'
    """
    return ".".join(str(record[name]) for name in BIG_COLUMNS[:4] if record.get(name))


def overlap_areas(villages: gpd.GeoDataFrame) -> list[tuple[str, str, float]]:
    """Return the pairs of villages that touch, with the area both cover in square metres.

    Each pair once, in the order of the table; the outlines are in metres.
    """
    shapes = villages.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.flatnonzero(first < second)
    first, second = first[pairs], second[pairs]
    areas = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    ids = villages["village_id"].to_numpy(dtype=object)
    return list(zip(ids[first], ids[second], areas.tolist(), strict=True))


def overlap_notices(villages: gpd.GeoDataFrame, name: str) -> list[Problem]:
    """Return notices of the villages that overlap, largest area first; outlines in metres."""
    pairs = [pair for pair in overlap_areas(villages) if pair[2] > SMALLEST_OVERLAP_M2]
    pairs.sort(key=lambda pair: -pair[2])
    notices = [
        Problem("BG-258", name, values={"overlap_m2": float(round(m2)), "one": one, "other": other})
        for one, other, m2 in pairs[:MOST_OVERLAPS]
    ]
    if len(pairs) > MOST_OVERLAPS:
        total = float(round(sum(m2 for _, _, m2 in pairs)))
        values = {"count": len(pairs), "overlap_m2": total}
        notices.append(Problem("BG-276", name, values=values))
    return notices


def compare_boundaries(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return how much the outline of each village changed between editions, most changed first.

    Parameters
    ----------
    old, new
        Villages in the same metric projection, with ``village_id`` and ``village_name``.

    Returns
    -------
    DataFrame
        ``village_id``, ``village_name``, ``old_km2``, ``new_km2``, ``gained_km2``,
        ``lost_km2``, ``shared`` (area in both over area in either, Jaccard 1912) and
        ``farthest_m`` (Hausdorff distance of the outlines). A village of one edition
        alone has no area in the other and shares nothing.
    """
    one = old.set_index("village_id")
    two = new.set_index("village_id")
    rows = []
    for village_id in sorted({*one.index, *two.index}):
        nothing = shapely.Polygon()
        before = one.geometry.get(village_id, nothing)
        after = two.geometry.get(village_id, nothing)
        names = [t["village_name"].get(village_id) for t in (two, one)]
        both = shapely.area(shapely.union(before, after))
        rows.append({
            "village_id": village_id,
            "village_name": next((name for name in names if isinstance(name, str)), village_id),
            "old_km2": before.area / 1e6,
            "new_km2": after.area / 1e6,
            "gained_km2": shapely.area(shapely.difference(after, before)) / 1e6,
            "lost_km2": shapely.area(shapely.difference(before, after)) / 1e6,
            "shared": shapely.area(shapely.intersection(before, after)) / both if both else 0.0,
            "farthest_m": shapely.hausdorff_distance(before.boundary, after.boundary),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values(["shared", "village_id"], ignore_index=True)
