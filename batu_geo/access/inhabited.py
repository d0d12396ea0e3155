"""Streets that people live along: each counted once, however often it is drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from batu_geo.access.same_street import LEADS_NOWHERE, middles, share_of_its_street
from batu_geo.domain.village_of_points import OUTSIDE, village_rows
from batu_geo.network.road_audit import drawn_twice, part_metres
from batu_geo.network.roads import HOUSES_NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork

INHABITED, NOT_THERE = -1, -2


class Stretches(NamedTuple):
    """Stretches of inhabited street.

    Attributes
    ----------
    middle
        A point each, object [k].
    weight_m
        Its metres; half of them where its other drawing or carriageway runs beside it,
        float64 [k].
    """

    middle: NDArray[np.object_]
    weight_m: NDArray[np.float64]


class LeftOut(NamedTuple):
    """What is no place to live: why, how many edges it concerns, and their metres.

    Of one street that is drawn twice or has two carriageways only the metres that do not count.
    """

    reason: str
    edge_count: int
    metres: float


# In this order: an edge that has two of them counts by the first.
REASONS = ("motorway", "structure", "ferry", "driveway", "parking_aisle", "class", "drawn_twice",
           "water", "outside")  # fmt: skip


class _Spread(NamedTuple):
    """Why nobody lives along an edge, [m]; of each stretch its edge, middle, metres and share.

    `share` is what counts of its metres, `on_land` whether its middle lies in no water.
    """

    why: NDArray[np.int64]
    edge: NDArray[np.intp]
    middle: NDArray[np.object_]
    metres: NDArray[np.float64]
    share: NDArray[np.float64]
    on_land: NDArray[np.bool_]


def inhabited_stretches(
    roads: RoadNetwork, *, spacing_m: float, classes: Sequence[str]
) -> Stretches:
    """Return the stretches of street along which people live, at most `spacing_m` long.

    Nobody lives on a motorway, in a tunnel or on the deck of a bridge, along a driveway or a
    parking aisle, or in water. Of a street that is drawn twice at one place the lower way id is
    inhabited alone; two drawings a few metres apart and two carriageways share their metres, so
    that together they count once. A drawing that hangs together with less than half the roads of
    another of its street houses nobody: it leads nowhere.
    """
    found = _spread(roads, spacing_m, tuple(classes))
    kept = found.on_land & (found.share > 0)
    return Stretches(found.middle[kept], found.metres[kept] * found.share[kept])


@lru_cache(maxsize=1)
def _spread(roads: RoadNetwork, spacing_m: float, classes: tuple[str, ...]) -> _Spread:
    """Return the stretches; a run asks for the same ones to place people and to count the rest."""
    why = _why_not(roads, classes)
    edges = np.flatnonzero(why == INHABITED)
    count = np.ceil(roads.length_m[edges] / spacing_m).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), count)
    middle = shapely.line_interpolate_point(
        roads.lines(edges)[edge], middles(count), normalized=True
    )
    metres = roads.length_m[edges][edge] / count[edge]
    share = share_of_its_street(roads, edges, count, part_metres(roads)[edges])
    return _Spread(why, edges[edge], middle, metres, share, ~in_water(roads, middle))


def left_out(
    roads: RoadNetwork, villages: Villages, *, spacing_m: float, classes: Sequence[str]
) -> list[LeftOut]:
    """Return what of the streets houses nobody, by reason in the order of `REASONS`.

    Together with the metres of `inhabited_stretches` inside the villages this is the length of
    all edges, but for roads to be built and the pieces that join them.

    Parameters
    ----------
    roads, villages
        ``outside`` are stretches whose middle lies in no village.
    spacing_m, classes
        As of `inhabited_stretches`.
    """
    at = _spread(roads, spacing_m, tuple(classes))
    edges = {reason: np.flatnonzero(at.why == n) for n, reason in enumerate(REASONS)}
    found = {reason: [rows, roads.length_m[rows]] for reason, rows in edges.items() if len(rows)}
    in_none = at.on_land & (village_rows(villages, at.middle) == OUTSIDE)
    for reason, lost in (
        ("drawn_twice", at.metres * (1 - at.share)),
        ("water", np.where(at.on_land, 0, at.metres * at.share)),
        ("outside", np.where(in_none, at.metres * at.share, 0)),
    ):
        more = lost > 0
        if more.any():
            known = found.get(reason, [np.zeros(0, np.intp), np.zeros(0)])
            found[reason] = [np.r_[known[0], at.edge[more]], np.r_[known[1], lost[more]]]
    return [
        LeftOut(reason, len(np.unique(found[reason][0])), float(found[reason][1].sum()))
        for reason in REASONS
        if reason in found
    ]


def _why_not(roads: RoadNetwork, classes: Sequence[str]) -> NDArray[np.int64]:
    """Return of each edge the first of `REASONS` why nobody lives along it, int [m].

    `INHABITED` for none; `NOT_THERE` for roads to be built and edges without length.
    """
    use = roads.why_nobody
    is_of_class = np.isin(np.array(roads.classes)[roads.road_class], list(classes))
    one, other = _kept_and_again(roads)
    applies = {
        "motorway": roads.is_motorway, "structure": roads.structure > 0, "ferry": roads.is_ferry,
        **{name: use == HOUSES_NOBODY.index(name) for name in ("driveway", "parking_aisle")},
        "class": ~is_of_class,
    }  # fmt: skip
    why = np.full(roads.edge_count, INHABITED)
    for reason in reversed(applies):
        why[applies[reason]] = REASONS.index(reason)
    why[(roads.length_m == 0) | roads.is_added] = NOT_THERE
    lives = why == INHABITED
    why[other[lives[one] & lives[other]]] = REASONS.index("drawn_twice")
    return why


def _kept_and_again(roads: RoadNetwork) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return streets drawn twice at one place: the lower way first, unless it leads nowhere."""
    one, other = drawn_twice(roads)
    metres = part_metres(roads)
    is_better = metres[one] < LEADS_NOWHERE * metres[other]
    return np.where(is_better, other, one), np.where(is_better, one, other)


def in_water(roads: RoadNetwork, points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which points lie in a lake: within an odd number of the rings of one lake."""
    outlines, lake = lakes(roads)
    found = np.zeros(len(points), bool)
    if not len(outlines):
        return found
    point, ring = shapely.STRtree(outlines).query(points, predicate="within")
    pairs, times = np.unique(np.column_stack([point, lake[ring]]), axis=0, return_counts=True)
    found[pairs[times % 2 == 1, 0]] = True
    return found


def lakes(roads: RoadNetwork) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
    """Return the rings of lakes as polygons, and the lake of each; islands are rings too.

    A ring with a place that the projection does not know counts for none.
    """
    nothing = np.zeros(0, dtype=object), np.zeros(0, np.int32)
    if roads.barrier_lake is None:
        return nothing
    part = np.repeat(np.arange(len(roads.barrier_lake)), np.diff(roads.barrier_start))
    is_ring = roads.barrier_lake >= 0
    is_ring[part[~np.isfinite(roads.barrier_xy).all(axis=1)]] = False
    kept = is_ring[part]
    if not kept.any():
        return nothing
    ring = np.unique(part[kept], return_inverse=True)[1]
    rings = shapely.linearrings(roads.barrier_xy[kept], indices=ring)
    polygons = np.asarray(shapely.make_valid(shapely.polygons(rings)), dtype=object)
    return polygons, roads.barrier_lake[is_ring]
