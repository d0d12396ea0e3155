"""The nearest-facility partition: every place on a street belongs to one facility at most."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np

from batu_geo.domain.tables import in_crs
from batu_geo.network.area.strips import Strips
from batu_geo.network.catchment import Spans, as_reach, door_walks, drawn
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.search import search_trees
from batu_geo.network.snapping import Joins, arrivals, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batu_geo.network.graph import Layer, ModeGraph
    from batu_geo.network.search import Trees


class Way(NamedTuple):
    """A way to a facility from a stretch of edge: milliseconds, linear between its ends."""

    facility: int
    low: float
    high: float
    ms_low: float
    ms_high: float

    def ms(self, share: float) -> float:
        """Return the milliseconds from a place on the stretch, which is longer than nothing."""
        rate = (self.ms_high - self.ms_low) / (self.high - self.low)
        return self.ms_low + rate * (share - self.low)


def nearest_partition(
    graph: ModeGraph,
    *,
    facilities: gpd.GeoDataFrame,
    threshold_minutes: float,
    refuse_m: float,
    buffer_m: float,
) -> gpd.GeoDataFrame:
    """Return for each facility the streets that are nearer to it than to any other.

    Unlike `catchments`, which overlap, these do not share a stretch of street:
    an edge between two facilities is cut where their times meet. Where times
    are equal the facility that comes first has the place.

    Returns
    -------
    geopandas.GeoDataFrame
        ``facility_id``, ``street_km`` and the polygon, one row a facility.
    """
    facilities = in_crs(facilities, graph.roads.crs)
    joined = join(graph, facilities, refuse_m=refuse_m)
    trees = search_trees(graph, arrivals(graph, joined), is_joint=True)
    limit_ms = threshold_minutes * MS_PER_MINUTE
    ways = _ways(graph, joined, trees, limit_ms)
    spans: list[Spans] = [{} for _ in range(len(facilities))]
    for edge, candidates in ways.items():
        for facility, low, high in _lower_envelope(candidates, limit_ms):
            spans[facility].setdefault(edge, []).append((low, high))
    strips = Strips(graph.roads, buffer_m=buffer_m)
    nothing = np.zeros(graph.roads.edge_count, bool)
    walks = door_walks(graph, facilities, joined[0])
    found = [
        (threshold_minutes, as_reach(own, nothing), [w for w in walks if w.facility == number])
        for number, own in enumerate(spans)
    ]
    ids = [{"facility_id": str(name)} for name in facilities.iloc[:, 0]]
    rows = [name | row for name, row in zip(ids, drawn(graph, found, strips), strict=True)]
    columns = ["facility_id", "street_km", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=graph.roads.crs)


def _ways(
    graph: ModeGraph, joined: tuple[Joins, ...], trees: Trees, limit_ms: float
) -> dict[int, list[Way]]:
    """Return by edge every way that may be the nearest from somewhere on it."""
    found: dict[int, list[Way]] = {}
    for layer, joins in zip(graph.layers, joined, strict=True):
        for edge, way in (
            *_by_the_ends(layer, trees, limit_ms),
            *_along_the_edge(layer, joins),
        ):
            found.setdefault(edge, []).append(way)
    return found


def _by_the_ends(layer: Layer, trees: Trees, limit_ms: float) -> Iterator[tuple[int, Way]]:
    if trees.source is None:
        return
    ms = trees.ms[0][layer.end_state] + layer.board_ms
    facility = trees.source[layer.end_state]
    for edge in np.flatnonzero(ms.min(axis=1) <= limit_ms).tolist():
        along, against = layer.local_ms[edge].tolist()
        start, end = ms[edge].tolist()
        if np.isfinite(start + against):
            yield edge, Way(int(facility[edge, 0]), 0.0, 1.0, start, start + against)
        if np.isfinite(end + along):
            yield edge, Way(int(facility[edge, 1]), 0.0, 1.0, end + along, end)


def _along_the_edge(layer: Layer, joins: Joins) -> Iterator[tuple[int, Way]]:
    for row, facility in enumerate(joins.point.tolist()):
        edge, share = int(joins.edge[row]), float(joins.fraction[row])
        along, against = layer.local_ms[edge].tolist()
        ms = float(joins.walk_ms[row]) + layer.board_ms
        if np.isfinite(along):
            yield edge, Way(facility, 0.0, share, ms + share * along, ms)
        if np.isfinite(against):
            yield edge, Way(facility, share, 1.0, ms, ms + (1 - share) * against)


def _lower_envelope(ways: Sequence[Way], limit_ms: float) -> Iterator[tuple[int, float, float]]:
    """Yield who is nearest along an edge, stretch by stretch, where within the limit."""
    cuts = {0.0, 1.0}
    for way in ways:
        cuts |= {way.low, way.high}
        cuts |= set(_crossing(way, Way(-1, way.low, way.high, limit_ms, limit_ms)))
    for one, other in combinations(ways, 2):
        cuts |= set(_crossing(one, other))
    for low, high in pairwise(sorted(cuts)):
        middle = (low + high) / 2
        here = [way for way in ways if way.low <= middle <= way.high]
        if here:
            best = min(here, key=lambda way: (way.ms(middle), way.facility))
            if best.ms(middle) <= limit_ms:
                yield best.facility, low, high


def _crossing(one: Way, other: Way) -> Iterator[float]:
    """Yield the place where two ways take the same time, if there is one."""
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low >= high:
        return
    before = one.ms(low) - other.ms(low)
    after = one.ms(high) - other.ms(high)
    if before * after < 0:
        yield low + (high - low) * before / (before - after)
