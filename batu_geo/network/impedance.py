"""Edges to time: class, surface, speed limit, slope and closures, in whole milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pyproj
import shapely

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.heights import stretch_slopes
from batu_geo.network.law.surfaces import surface_factor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from batu_geo.domain.travel import Closure, Mode, SpeedSet, Vehicle
    from batu_geo.network.roads import RoadNetwork

MS_PER_MINUTE = 60_000
MS_PER_HOUR_OVER_KM = 3_600
# Tobler (1993): walking speed 6 exp(-3.5 |slope + 0.05|) km/h.
TOBLER_DECAY = 3.5
TOBLER_BEST_SLOPE = -0.05
# What lies within this of the line of a street lies on it.
SAME_M = 0.01
# Places of closures that are remembered of one network.
MOST_PLACES = 64
_CLOSED: WeakKeyDictionary[RoadNetwork, dict[tuple[object, ...], NDArray[np.bool_]]] = (
    WeakKeyDictionary()
)


def impedance(
    roads: RoadNetwork,
    mode: Mode,
    *,
    speed_set: SpeedSet,
    closures: Iterable[Closure] = (),
    ferry_wait_minutes: float = 0.0,
) -> NDArray[np.float64]:
    """Return the milliseconds of each edge, forward and backward, float64 [m, 2].

    Length over speed, rounded once to whole milliseconds so that sums are
    exact in any order; inf where the class has no speed, a tag closes the
    direction or the scenario closes the edge.

    Parameters
    ----------
    roads
        The network; slopes need its elevations.
    mode
        Speeds by highway class, factors by surface, slope rule, vehicle.
    speed_set
        ``"slow"``, ``"middle"`` or ``"fast"``.
    closures
        Edges closed, slowed or improved, by way or by area; improved ones at most to the
        legal limits of the mode.
    ferry_wait_minutes
        Minutes at a landing until a ferry leaves.
    """
    speed = edge_speed_kmh(roads, mode, speed_set=speed_set)
    flat_length = slope_length_m(roads, mode)
    with np.errstate(invalid="ignore"):
        ms = flat_length * MS_PER_HOUR_OVER_KM / speed[:, None]
    for closure in closures:
        hit = closed_edges(roads, closure)
        if not closure.speed_factor:
            ms[hit] = np.inf
        elif closure.speed_factor <= 1:
            ms[hit] /= closure.speed_factor
        else:
            fastest = flat_length[hit] * MS_PER_HOUR_OVER_KM / _limits_kmh(roads, mode)[hit, None]
            ms[hit] = np.minimum(ms[hit], np.maximum(ms[hit] / closure.speed_factor, fastest))
    is_closed = closed_to(roads, mode.vehicle) | np.isnan(ms)
    if ferry_wait_minutes and roads.is_ferry.any():
        ms = ms + np.where(_is_boarded(roads), ferry_wait_minutes * MS_PER_MINUTE, 0.0)
    return np.where(is_closed, np.inf, np.rint(ms))


def _limits_kmh(roads: RoadNetwork, mode: Mode) -> NDArray[np.float64]:
    """Return the legal limit of each edge by its class, float64 [m]; inf where there is none."""
    default = mode.caps_kmh.get("default", np.inf)
    by_class = np.array([mode.caps_kmh.get(name, default) for name in roads.classes], np.float64)
    return np.asarray(by_class[roads.road_class], dtype=np.float64)


def _is_boarded(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Return the ferry edges that begin at a landing, forward and backward, bool [m, 2]."""
    on_land = np.bincount(roads.edge_node[~roads.is_ferry].ravel(), minlength=roads.node_count) > 0
    return np.asarray(roads.is_ferry[:, None] & on_land[roads.edge_node])


def closed_to(roads: RoadNetwork, vehicle: Vehicle) -> NDArray[np.bool_]:
    """Return the directions of each edge that tags close to a vehicle, bool [m, 2]."""
    bit = np.uint8(1 << VEHICLES.index(vehicle))
    return np.asarray((roads.closed & bit).astype(bool))


def is_open_to(roads: RoadNetwork, mode: Mode) -> NDArray[np.bool_]:
    """Return the edges that a mode may travel in one direction at least, bool [m].

    By class and tags; closures of a scenario do not count.
    """
    has_speed = np.array([name in mode.speeds_kmh for name in roads.classes])[roads.road_class]
    may_go = has_speed | roads.is_ferry | opened_to(roads, mode.vehicle)
    return np.asarray(may_go & ~closed_to(roads, mode.vehicle).all(axis=1))


def opened_to(roads: RoadNetwork, vehicle: Vehicle) -> NDArray[np.bool_]:
    """Return the edges that a tag opens to a vehicle whatever their class, bool [m]."""
    if roads.rules is None:
        return np.zeros(roads.edge_count, bool)
    bit = np.uint8(1 << VEHICLES.index(vehicle))
    return np.asarray((roads.rules.opened & bit).astype(bool))


def walkable_edges(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Return the edges that people may walk along, by class and tags, bool [m]."""
    return np.asarray(~roads.is_motorway & ~closed_to(roads, "foot").all(axis=1))


def edge_speed_kmh(roads: RoadNetwork, mode: Mode, *, speed_set: SpeedSet) -> NDArray[np.float64]:
    """Return the speed on the flat of each edge, float64 [m]; NaN where it is not used.

    The class decides; a surface may slow it; a tagged limit only caps vehicles.
    """
    by_class = np.array(
        [mode.speed_kmh(name, speed_set) for name in roads.classes], dtype=np.float64
    )
    by_surface = np.array([surface_factor(mode, name) for name in roads.surfaces])
    speed = by_class[roads.road_class]
    # A tag may open a class that has no speed: it is driven as slowly as the slowest class.
    is_opened = np.isnan(speed) & opened_to(roads, mode.vehicle)
    speed = np.where(is_opened, np.nanmin(by_class, initial=np.inf), speed)
    speed = np.where(roads.is_ferry, roads.maxspeed_kmh, speed * by_surface[roads.surface])
    if mode.vehicle != "foot":
        speed = np.where(np.isnan(speed), np.nan, np.fmin(speed, roads.maxspeed_kmh))
    return np.asarray(speed, dtype=np.float64)


def slope_length_m(roads: RoadNetwork, mode: Mode) -> NDArray[np.float64]:
    """Return the length each edge would have on the flat for the same time, [m, 2].

    Signed slopes: forward and backward differ. Stretches of unknown elevation
    count as flat, those steeper than `mode.steepest_percent` as that steep.
    """
    flat = np.column_stack([roads.length_m, roads.length_m])
    if mode.slope == "none" or roads.line_z is None or not roads.edge_count:
        return flat
    length, slope = stretch_slopes(roads)
    first = roads.line_start[:-1]
    steepest = mode.steepest_percent / 100
    slope = np.clip(slope, -steepest, steepest)
    columns = [
        np.add.reduceat(length * slope_factor(sign * slope, mode), first) for sign in (1, -1)
    ]
    return np.column_stack(columns)


def slope_factor(slope: NDArray[np.float64], mode: Mode) -> NDArray[np.float64]:
    """Return how much longer a stretch takes than on the flat, by its signed slope.

    ``tobler`` for walking (Tobler 1993); ``uphill`` adds a share of time for
    each per cent of grade uphill, an assumption for motor vehicles.
    """
    if mode.slope == "tobler":
        speed = np.exp(-TOBLER_DECAY * np.abs(slope - TOBLER_BEST_SLOPE))
        return np.asarray(np.exp(-TOBLER_DECAY * abs(TOBLER_BEST_SLOPE)) / speed)
    return 1 + mode.uphill_share_per_percent * 100 * np.maximum(slope, 0)


def closed_edges(roads: RoadNetwork, closure: Closure) -> NDArray[np.bool_]:
    """Return the edges a closure names by way, by a point, or touches by its area, bool [m].

    They are found once for as long as the roads live; nobody may change them.
    """
    found = _CLOSED.get(roads, {})
    where = (closure.ways, closure.polygon, closure.at, closure.at_most_m)
    if where not in found:
        found = dict([*found.items(), (where, _closed(roads, closure))][-MOST_PLACES:])
        _CLOSED[roads] = found
    return found[where]


def _closed(roads: RoadNetwork, closure: Closure) -> NDArray[np.bool_]:
    hit = np.isin(roads.way_id, np.array(closure.ways, dtype=np.int64))
    if closure.polygon:
        to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
        ring = np.column_stack(to_metres.transform(*np.array(closure.polygon).T))
        hit |= shapely.intersects(roads.lines(), shapely.Polygon(ring))
    if closure.at is not None:
        hit |= stretch_at(roads, closure.at, at_most_m=closure.at_most_m)
    return hit


def stretch_at(
    roads: RoadNetwork, at: tuple[float, float], *, at_most_m: float
) -> NDArray[np.bool_]:
    """Return the street nearest to a point, from junction to junction, bool [m].

    It is one edge, and the pieces of it that a new road has added beside it. Of streets as near
    the first of the network is meant; none where every street lies farther than `at_most_m`.

    Parameters
    ----------
    roads
        The network.
    at
        Longitude and latitude in degrees.
    at_most_m
        Inclusive.
    """
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
    x, y = to_metres.transform(*at)
    hit = np.zeros(roads.edge_count, dtype=np.bool_)
    near = _edges_near(roads, x, y, at_most_m)
    far = np.asarray(shapely.distance(roads.lines(near), shapely.Point(x, y)))
    if not (far <= at_most_m).any():
        return hit
    chosen = near[far <= far.min() + SAME_M][:1]
    pieces = np.flatnonzero(roads.is_added & (roads.way_id == roads.way_id[chosen]))
    middles = shapely.line_interpolate_point(roads.lines(pieces), 0.5, normalized=True)
    on_it = np.asarray(shapely.distance(middles, roads.lines(chosen)[0])) <= SAME_M
    hit[pieces[on_it]] = True
    hit[chosen] = True
    return hit


def _edges_near(roads: RoadNetwork, x: float, y: float, metres: float) -> NDArray[np.intp]:
    """Return the edges whose frame comes within some metres of a place."""
    if not roads.edge_count or not np.isfinite([x, y]).all():
        return np.empty(0, dtype=np.intp)
    start, place = roads.line_start[:-1], np.array([x, y])
    low, high = np.minimum.reduceat(roads.line_xy, start), np.maximum.reduceat(roads.line_xy, start)
    return np.flatnonzero(((low - metres <= place) & (place <= high + metres)).all(axis=1))
