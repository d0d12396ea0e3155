"""Notices of geometry: gaps and overlaps between villages, duplicate places."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from batu_geo.domain.errors import Problem
from batu_geo.sources.cells.plain_text import plain, words_of
from batu_geo.sources.tables.boundaries import overlap_areas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import Contract, Villages

SMALLEST_M2 = 1.0
SAME_PLACE_M = 100.0
NEAREST = 5


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
    """Yield a notice of places of one kind within 100 m of each other whose names are alike.

    Alike are equal names and, of facilities, names of which one has all words of the other
    and more, such as RS Baptis and RS Baptis Batu. Each place is compared with its five nearest
    and with neighbours of the same name, never with all.

    Parameters
    ----------
    table
        Facilities or buildings, in metres.
    contract
        Theirs.
    name
        Of the file, for the problems.
    """
    ids = table[str(contract.id_column)].tolist()
    label = next(c.name for c in contract.columns if c.name.endswith("_name"))
    kinds = table["kind"].tolist() if "kind" in table else [""] * len(table)
    names = table[label].tolist()
    xy = shapely.get_coordinates(table.geometry.to_numpy())
    nearest: dict[int, tuple[float, int]] = {}
    for one, other in _neighbours(xy, [plain(text) for text in names], kinds):
        later, first = max(one, other), min(one, other)
        metres = float(np.hypot(*(xy[one] - xy[other])))
        is_alike = plain(names[one]) == plain(names[other]) or (
            "kind" in table and _has_all_words(names[one], names[other])
        )
        if metres <= SAME_PLACE_M and kinds[one] == kinds[other] and is_alike:
            nearest[later] = min(nearest.get(later, (metres, first)), (metres, first))
    for later, (metres, first) in sorted(nearest.items()):
        values = {"name": names[first], "other": ids[first], "metres": f"{metres:.0f}"}
        yield Problem("BG-233", name, record_id=ids[later], column=label, values=values)


def _neighbours(
    xy: NDArray[np.float64], names: Sequence[str], kinds: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of places that may be one: the nearest of each, and neighbours of one name."""
    if len(xy) < 2:
        return
    count = min(NEAREST + 1, len(xy))
    near = np.asarray(cKDTree(xy).query(xy, k=count, distance_upper_bound=SAME_PLACE_M)[1])
    for one, others in enumerate(near.tolist()):
        yield from ((one, other) for other in others if other < len(xy) and other != one)
    order = np.lexsort((xy[:, 1], xy[:, 0], np.array(kinds), np.array(names))).tolist()
    yield from pairwise(order)


def _has_all_words(one: str, other: str) -> bool:
    """Return whether one name has all words of the other, at least two, and more.

    >>> _has_all_words("RS Baptis Batu", "RS Baptis"), _has_all_words("Pustu Temas", "Pustu Sisir")
    (True, False)
    """
    fewer, more = sorted((set(words_of(one).split()), set(words_of(other).split())), key=len)
    return len(fewer) > 1 and fewer < more
