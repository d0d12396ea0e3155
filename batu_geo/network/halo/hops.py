"""The halo of a region: homes, units and roads that its measures need, found on the joint roads.

A hop is a search in the direction in which people travel: from homes to the units that they reach,
or from units to the homes that reach them. One hop is enough for who reaches a unit in time;
floating catchments take two, as a unit is shared with everybody who reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.nearby.doors import doors_of
from batu_geo.network.nearby.junctions import backwards, setting_out
from batu_geo.network.nearby.road_part import whole
from batu_geo.network.nearby.trips_within import Laid, Wanted, direct_trips, seeds_of
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.nearby.road_part import RoadPart
    from batu_geo.network.search import Seeds


class Halo(NamedTuple):
    """What a region needs: bool [origins], bool [destinations] and bool [states]."""

    homes: NDArray[np.bool_]
    units: NDArray[np.bool_]
    states: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class JointWays:
    """Everything that trips of one mode are found on, of all regions together.

    Attributes
    ----------
    laid
        The roads, the doors of all homes and the seeds of all destinations.
    against
        The same roads with every arc the other way: as people travel.
    setting_out
        The ways from each home to the first states of its trips, sorted by home.
    limit_ms
        How long a trip counts.
    """

    laid: Laid
    against: RoadPart
    setting_out: Seeds
    limit_ms: float

    def units_from(self, homes: NDArray[np.bool_]) -> Halo:
        """Return the units that some homes reach within the limit, over which states."""
        seeds, direct = self.laid.seeds, self.laid.direct
        ms = self._searched(self.against, self.setting_out, homes)
        units = np.zeros(seeds.count, bool)
        units[seeds.source[seeds.ms + ms[seeds.state] <= self.limit_ms]] = True
        units[direct.destination[homes[direct.origin] & (direct.ms <= self.limit_ms)]] = True
        return Halo(np.zeros_like(homes), units, np.isfinite(ms))

    def homes_to(self, units: NDArray[np.bool_]) -> Halo:
        """Return the homes that reach some units within the limit, over which states."""
        seeds, direct = self.setting_out, self.laid.direct
        ms = self._searched(self.laid.part, self.laid.seeds, units)
        homes = np.zeros(seeds.count, bool)
        homes[seeds.source[seeds.ms + ms[seeds.state] <= self.limit_ms]] = True
        homes[direct.origin[units[direct.destination] & (direct.ms <= self.limit_ms)]] = True
        return Halo(homes, np.zeros_like(units), np.isfinite(ms))

    def _searched(
        self, part: RoadPart, seeds: Seeds, chosen: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        some = seeds_of(seeds, np.flatnonzero(chosen))
        return np.asarray(search(part, some, is_joint=True, limit_ms=self.limit_ms)[0])


def joint_ways(graph: ModeGraph, ends: Ends, *, limit_ms: float) -> JointWays:
    """Return homes, destinations and roads of one mode, ready for the halos of many regions."""
    part = whole(graph)
    laid = Laid(
        part, doors_of(graph, ends.here, with_metres=False), arrivals(graph, ends.there),
        ends.there_xy, direct_trips(graph, ends), ends.here[0].count,
    )  # fmt: skip
    return JointWays(laid, backwards(graph), setting_out(graph, ends, limit_ms), limit_ms)


def halo(ways: JointWays, homes: NDArray[np.bool_], units: NDArray[np.bool_], *, hops: int) -> Halo:
    """Return what a region needs for its own homes and units to have the numbers of the whole.

    Parameters
    ----------
    ways
        Of all regions together.
    homes, units
        Its own, bool [origins] and bool [destinations].
    hops
        How many: the first from homes to units, the second from these units and the own to homes,
        and so on.

    Examples
    --------
    A street with a home at each end and a unit between: alone the west shares the unit with
    nobody, after two hops it knows who else comes.

    >>> import geopandas as gpd, shapely
    >>> import batu_geo as bg
    >>> from batu_geo.network.nearby.ends import ends, starts
    >>> study = bg.load_study()
    >>> foot = bg.mode_graph(study.roads, bg.load_scenario("baseline"), mode="foot")
    >>> street = shapely.line_merge(foot.roads.lines(np.array([0]))[0])
    >>> at = [street.interpolate(x, normalized=True) for x in (0.2, 0.8, 0.5)]
    >>> table = gpd.GeoDataFrame({"id": ["west", "east", "unit"]}, geometry=at, crs=study.crs)
    >>> both = ends(foot, starts(foot, table[:2], refuse_m=50), table[2:], refuse_m=50)
    >>> ways = joint_ways(foot, both, limit_ms=900_000)
    >>> west, no_unit = np.array([True, False]), np.array([False])
    >>> [halo(ways, west, no_unit, hops=n).homes.tolist() for n in (1, 2)]
    [[True, False], [True, True]]
    """
    states = np.zeros(ways.laid.part.state_count, bool)
    for hop in range(hops):
        found = ways.homes_to(units) if hop % 2 else ways.units_from(homes)
        homes, units, states = homes | found.homes, units | found.units, states | found.states
    return Halo(homes, units, states)


def nearer_ways(
    ways: JointWays, state_ms: NDArray[np.float64], origin_ms: NDArray[np.float64]
) -> NearerWays:
    """Return the ways on which any destination is within the limit, or nearer than another place.

    `state_ms` and `origin_ms` are the milliseconds to the nearest of those other places from
    every state and from every home.
    """
    wanted = Wanted(ways.limit_ms, state_ms, origin_ms)
    part = ways.laid.part
    ms = search(part, ways.laid.seeds, is_joint=True)[0]
    return NearerWays(ways, wanted, part.only(wanted.states(ms, part.states))[0])


class NearerWays(NamedTuple):
    """Ways to places that are new, such as buildings, beside those that are there."""

    ways: JointWays
    wanted: Wanted
    part: RoadPart

    def halo(self, chosen: NDArray[np.bool_]) -> Halo:
        """Return the homes and roads from which some destinations are near, or nearer than now."""
        laid, part = self.ways.laid, self.part
        seeds = part.entered(seeds_of(laid.seeds, np.flatnonzero(chosen)))
        ms = search(part, seeds, is_joint=True)[0]
        kept = self.wanted.states(ms, part.states)
        states = np.zeros(laid.part.state_count, bool)
        states[part.states[kept]] = True
        homes = np.zeros(laid.origins, bool)
        homes[laid.direct.origin[chosen[laid.direct.destination]]] = True
        for doors in laid.doors:
            homes[doors.point[states[doors.state].any(axis=1)]] = True
        return Halo(homes, chosen, states)
