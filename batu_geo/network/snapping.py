"""Join points to the roads: a home to its own street, other points to every edge near them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.arrays import best_of_each
from batu_geo.network.nearest_edge import AT_NODE_M, EdgeIndex, Near, points_xy
from batu_geo.network.roads import slices
from batu_geo.network.search import Seeds

ON_STREET = "is_on_street"

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import Layer, ModeGraph


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Joins:
    """Where points may join one layer of a mode: a row for each point and edge, by point.

    Attributes
    ----------
    nearest_m
        Distance of each point to the nearest edge that it may join, float64 [points]; inf
        where there is none.
    point, edge
        Which point joins which edge, int64 [k].
    fraction
        How far along the edge, 0 to 1.
    distance_m
        From the door to the road.
    walk_ms
        The same in whole milliseconds on foot.
    is_own
        Whether the edge is the own street of a home, which people may walk along.
    """

    nearest_m: NDArray[np.float64]
    point: NDArray[np.int64]
    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    walk_ms: NDArray[np.float64]
    is_own: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.nearest_m)

    @property
    def is_snapped(self) -> NDArray[np.bool_]:
        """Points that join an edge at all; the others are far from any road, [points]."""
        return np.bincount(self.point, minlength=self.count) > 0

    def nearest_rows(self) -> NDArray[np.intp]:
        """Return the row of the nearest join of each point that has one, by point."""
        order = np.lexsort((self.edge, self.distance_m, self.point))
        return order[_is_first_of(self.point[order])]

    def take(self, low: int, high: int) -> Joins:
        """Return the joins of the points of a range, numbered from 0."""
        start, stop = np.searchsorted(self.point, [low, high])
        part = self.rows(slice(int(start), int(stop)))
        return replace(part, nearest_m=self.nearest_m[low:high], point=part.point - low)

    def of(self, points: NDArray[np.intp]) -> Joins:
        """Return the joins of some points, numbered in the order named."""
        low = np.searchsorted(self.point, points)
        size = np.searchsorted(self.point, points, side="right") - low
        part = self.rows(slices(low, size))
        number = np.repeat(np.arange(len(points)), size)
        return replace(part, nearest_m=self.nearest_m[points], point=number)

    def and_also(self, other: Joins) -> Joins:
        """Return these joins followed by those of other points."""
        return Joins(
            nearest_m=np.r_[self.nearest_m, other.nearest_m],
            point=np.r_[self.point, other.point + self.count],
            edge=np.r_[self.edge, other.edge],
            fraction=np.r_[self.fraction, other.fraction],
            distance_m=np.r_[self.distance_m, other.distance_m],
            walk_ms=np.r_[self.walk_ms, other.walk_ms],
            is_own=np.r_[self.is_own, other.is_own],
        )

    def sharing(self, other: Joins) -> Joins:
        """Return the same joins with the arrays of others where these are equal."""
        known = {field.name: getattr(other, field.name) for field in fields(self)}
        same = {n: a for n, a in known.items() if np.array_equal(getattr(self, n), a)}
        return replace(self, **same)

    def without(self, point: int) -> Joins:
        """Return the joins as if one point joined nothing."""
        return self.only(self.point != point)

    def only(self, is_kept: NDArray[np.bool_]) -> Joins:
        """Return some of the joins, bool [k]; every point stays."""
        return self.rows(np.flatnonzero(is_kept))

    def rows(self, rows: NDArray[np.intp] | slice) -> Joins:
        """Return some of the joins, of the same points."""
        return replace(
            self,
            point=self.point[rows],
            edge=self.edge[rows],
            fraction=self.fraction[rows],
            distance_m=self.distance_m[rows],
            walk_ms=self.walk_ms[rows],
            is_own=self.is_own[rows],
        )

    def local_ms(self, layer: Layer) -> NDArray[np.float64]:
        """Return milliseconds along and against the edge of each join, [joins, 2].

        Along the own street by the mode or on foot, whichever is quicker; else by the mode.
        """
        return np.where(self.is_own[:, None], layer.local_ms[self.edge], layer.edge_ms[self.edge])


def snap(
    graph: ModeGraph,
    xy: NDArray[np.float64],
    *,
    refuse_m: float,
    is_on_street: NDArray[np.bool_] | None = None,
) -> tuple[Joins, ...]:
    """Return where points may join each layer of a mode.

    A point on a street joins that street. Any other point may walk straight to every edge
    within a distance that no barrier lies before; which of them serves a trip best is found
    by the search. A street for first and last legs only is joined by points that no other
    street is nearer to. Joins are those without closures.

    Parameters
    ----------
    graph
        The roads of one mode.
    xy
        Metres of the points, float64 [k, 2].
    refuse_m
        Longest walk to the road; a point farther away joins nothing.
    is_on_street
        Points that stand on a street, bool [k]; none where nothing is said.
    """
    on_street = np.zeros(len(xy), bool) if is_on_street is None else is_on_street
    every = np.ones(graph.roads.edge_count, bool)
    own = _among(np.flatnonzero(on_street), graph.edges, xy, AT_NODE_M, every)
    beside = np.flatnonzero(~on_street)
    layers = []
    for layer in graph.layers:
        other = _among(beside, graph.edges, xy, refuse_m, layer.is_joinable)
        if layer.is_ends.any():
            is_other = ~layer.is_ends & ~graph.roads.is_added
            other = other.only(_stands_there(other, layer.is_ends, is_other, len(xy)))
        both = [np.concatenate(pair) for pair in zip(own, other, strict=True)]
        order = np.lexsort((both[1], both[0]))
        point, edge, fraction, distance_m = (column[order] for column in both)
        nearest_m = np.full(len(xy), np.inf)
        np.minimum.at(nearest_m, point, distance_m)
        far = np.flatnonzero(np.isinf(nearest_m))
        nearest_m[far] = graph.edges.nearest_m(xy[far], layer.is_joinable)
        walk_ms = np.rint(distance_m * graph.walk_ms_per_m)
        is_own = on_street[point]
        layers.append(Joins(nearest_m, point, edge, fraction, distance_m, walk_ms, is_own))
    return tuple(layers)


def _among(
    points: NDArray[np.intp],
    edges: EdgeIndex,
    xy: NDArray[np.float64],
    limit_m: float,
    allowed: NDArray[np.bool_],
) -> Near:
    near = edges.within(xy[points], limit_m, allowed)
    return near._replace(point=points[near.point])


def _stands_there(
    near: Near, is_ends: NDArray[np.bool_], is_other: NDArray[np.bool_], points: int
) -> NDArray[np.bool_]:
    """Return the pairs without those of streets for first and last legs beside other streets.

    Whoever stands nearest to such a street is there; others would only pass through it. A road
    to be built takes nobody off one.
    """
    nearest = np.full((points, 2), np.inf)
    for column, is_meant in enumerate((is_other, is_ends)):
        meant = is_meant[near.edge]
        np.minimum.at(nearest[:, column], near.point[meant], near.distance_m[meant])
    is_there = nearest[:, 1] < nearest[:, 0]
    return ~is_ends[near.edge] | is_there[near.point]


def join(graph: ModeGraph, points: gpd.GeoDataFrame, *, refuse_m: float) -> tuple[Joins, ...]:
    """Return where points may join each layer of a mode, as `snap` does.

    A column ``is_on_street`` says which of them stand on a street, as homes do that were
    placed along it.
    """
    on_street = points[ON_STREET].to_numpy(dtype=bool) if ON_STREET in points else None
    return snap(
        graph, points_xy(points, graph.roads.crs), refuse_m=refuse_m, is_on_street=on_street
    )


def _is_first_of(*keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows, sorted by some keys, are the first with theirs."""
    is_first = np.ones(len(keys[0]), bool)
    is_first[1:] = np.any([np.diff(key) != 0 for key in keys], axis=0)
    return is_first


def departures(layer: Layer, joins: Joins) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return milliseconds from each point to the two ends of its edge, and the states there.

    Door walk and waiting are included; inf where the edge is closed that way. Both are
    [joins, 2], start of the edge first.
    """
    share = np.column_stack([joins.fraction, 1 - joins.fraction])
    ms = np.rint(_times(share, joins.local_ms(layer)[:, ::-1]))
    return ms + (joins.walk_ms + layer.board_ms)[:, None], layer.end_state[joins.edge]


def arrivals(graph: ModeGraph, joined: tuple[Joins, ...]) -> Seeds:
    """Return the seeds of a search from facilities, over all layers.

    A facility part-way along an edge is entered from the start of the edge, and
    from its end where the edge is open against its direction.
    """
    parts = []
    for layer, joins in zip(graph.layers, joined, strict=True):
        for side in (0, 1):
            share = joins.fraction if side == 0 else 1 - joins.fraction
            partial = _times(share, layer.edge_ms[joins.edge, side])
            rows = np.flatnonzero(np.isfinite(partial))
            ms = np.rint(partial[rows]) + joins.walk_ms[rows]
            which, state, total = _entered(graph, layer, joins.edge[rows], side, ms, share[rows])
            found = rows[which]
            metres = share[found] * graph.roads.length_m[joins.edge[found]]
            arc = 2 * joins.edge[found] + side
            parts.append((joins.point[found], state, total, metres + joins.distance_m[found], arc))
    source, state, ms, metres, arc = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = best_of_each(source * graph.state_count + state, ms, metres, arc)
    return Seeds(
        count=joined[0].count,
        source=source[order].astype(np.int64),
        state=state[order].astype(np.int64),
        ms=ms[order],
        metres=metres[order],
        arc=arc[order].astype(np.int64),
    )


def _times(share: NDArray[np.float64], edge_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the time of a share of an edge; none of a closed edge still takes none."""
    with np.errstate(invalid="ignore"):
        return np.where(share == 0, 0.0, share * edge_ms)


def _entered(
    graph: ModeGraph,
    layer: Layer,
    edge: NDArray[np.int64],
    side: int,
    ms: NDArray[np.float64],
    share: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return, for edges entered from one side, which of them, from which state, in how long.

    A facility right at the node (share 0) is reached without passing it.
    """
    node = graph.roads.edge_node[edge, side].astype(np.int64)
    states, is_at_node = layer.states, share == 0
    state = states.entry_state[edge, side].astype(np.int64)
    plain = np.flatnonzero(state >= 0)
    passing = np.where(is_at_node[plain], 0.0, graph.tail_ms[node[plain]])
    found = [(plain, state[plain], ms[plain] + passing)]
    if states.turns is not None:
        # What leads into the arc costs the turn beside the arc's own impedance.
        turned = np.flatnonzero((state < 0) & ~is_at_node)
        low, size = _runs(states.turns.arc, 2 * edge[turned] + side)
        row, which = slices(low, size), np.repeat(turned, size)
        found.append((which, states.turns.state[row], ms[which] + states.turns.ms[row]))
        # At the node itself any arc that arrives there will do.
        there = np.flatnonzero((state < 0) & is_at_node)
        low, size = _runs(states.standing_node, node[there])
        which = np.repeat(there, size)
        found.append((which, states.standing_state[slices(low, size)], ms[which]))
    which, state, total = (np.concatenate(column) for column in zip(*found, strict=True))
    return which, state, total


def _runs(
    keys: NDArray[np.int64], wanted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the rows of each wanted key begin among sorted keys, and how many they are."""
    low = np.searchsorted(keys, wanted, side="left")
    return low, np.searchsorted(keys, wanted, side="right") - low


class Along(NamedTuple):
    """Trips that begin and end on one edge: points, rows of their joins, time and length."""

    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    here: NDArray[np.int64]
    there: NDArray[np.int64]
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]


def along_one_edge(graph: ModeGraph, layer: Layer, here: Joins, there: Joins) -> Along:
    """Return the trips between points that share an edge, which follow it directly.

    One row a pair of points, its quickest; inf against a one-way street that is closed to
    walkers.
    """
    rows, columns = _pairs_on_one_edge(here, there)
    edge = here.edge[rows]
    ahead = there.fraction[columns] - here.fraction[rows]
    along, against = here.rows(rows).local_ms(layer).T
    with np.errstate(invalid="ignore"):
        ms = np.where(ahead >= 0, ahead * along, -ahead * against)
    ms = np.where(ahead == 0, 0.0, np.rint(ms)) + layer.board_ms
    ms += here.walk_ms[rows] + there.walk_ms[columns]
    metres = np.abs(ahead) * graph.roads.length_m[edge]
    metres += here.distance_m[rows] + there.distance_m[columns]
    origin, destination = here.point[rows], there.point[columns]
    order = np.lexsort((edge, metres, ms, destination, origin))
    kept = order[_is_first_of(origin[order], destination[order])]
    return Along(origin[kept], destination[kept], rows[kept], columns[kept], ms[kept], metres[kept])


def _pairs_on_one_edge(here: Joins, there: Joins) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the joins of both that are on the same edge."""
    by_edge = np.argsort(here.edge, kind="stable")
    low = np.searchsorted(here.edge[by_edge], there.edge, side="left")
    high = np.searchsorted(here.edge[by_edge], there.edge, side="right")
    columns = np.repeat(np.arange(len(there.edge)), high - low)
    return by_edge[slices(low, high - low)], columns
