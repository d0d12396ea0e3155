"""Join points to the roads: part-way along the nearest usable edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.roads import slices
from batu_geo.network.search import Seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.graph import Layer, ModeGraph


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Where points join one layer of a mode.

    Attributes
    ----------
    edge
        Nearest usable edge, int64 [k]; -1 where there is none.
    fraction
        How far along the edge, 0 to 1.
    distance_m
        From the door to the road; inf where there is no road.
    walk_ms
        The same in whole milliseconds on foot.
    is_snapped
        Whether that distance is within the limit; other points get no time.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    walk_ms: NDArray[np.float64]
    is_snapped: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp] | slice) -> Snaps:
        """Return the snaps of some of the points."""
        return Snaps(*(getattr(self, name)[rows] for name in self.__slots__))

    def and_also(self, other: Snaps) -> Snaps:
        """Return these snaps followed by others."""
        both = (np.r_[getattr(self, n), getattr(other, n)] for n in self.__slots__)
        return Snaps(*both)


def snap(graph: ModeGraph, xy: NDArray[np.float64], *, refuse_m: float) -> tuple[Snaps, ...]:
    """Return where each point, float64 [k, 2] in metres, joins each layer of a mode.

    Of equally near edges the first is taken. A point farther than `refuse_m`
    keeps its distance but is not snapped.
    """
    joined = []
    for layer in graph.layers:
        edge, fraction, distance = layer.index.nearest(xy)
        walk_ms = np.rint(distance * graph.walk_ms_per_m)
        joined.append(Snaps(edge, fraction, distance, walk_ms, distance <= refuse_m))
    return tuple(joined)


def departures(layer: Layer, snaps: Snaps) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return milliseconds from each point to the two ends of its edge, and the states there.

    Door walk and waiting are included; inf where the edge is closed that way or
    the point is not snapped. Both are [k, 2], start of the edge first.
    """
    share = np.column_stack([snaps.fraction, 1 - snaps.fraction])
    ms = np.rint(_times(share, layer.edge_ms[snaps.edge][:, ::-1]))
    begin = np.where(snaps.is_snapped, snaps.walk_ms + layer.board_ms, np.inf)
    return ms + begin[:, None], layer.end_state[snaps.edge]


def arrivals(graph: ModeGraph, joined: tuple[Snaps, ...]) -> Seeds:
    """Return the seeds of a search from facilities, over all layers.

    A facility part-way along an edge is entered from the start of the edge, and
    from its end where the edge is open against its direction.
    """
    parts = []
    for layer, snaps in zip(graph.layers, joined, strict=True):
        for side in (0, 1):
            share = snaps.fraction if side == 0 else 1 - snaps.fraction
            partial = _times(share, layer.edge_ms[snaps.edge, side])
            rows = np.flatnonzero(snaps.is_snapped & np.isfinite(partial))
            ms = np.rint(partial[rows]) + snaps.walk_ms[rows]
            which, state, total = _entered(graph, layer, snaps.edge[rows], side, ms, share[rows])
            found = rows[which]
            metres = share[found] * graph.roads.length_m[snaps.edge[found]]
            arc = 2 * snaps.edge[found] + side
            parts.append((found, state, total, metres + snaps.distance_m[found], arc))
    source, state, ms, metres, arc = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((ms, state, source))
    return Seeds(
        count=len(joined[0].edge),
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
    node = graph.roads.edge_node[edge, side]
    if not graph.has_turns:
        passing = np.where(share == 0, 0.0, graph.tail_ms[node])
        return np.arange(len(edge)), layer.end_state[edge, side].astype(np.int64), ms + passing
    # What leads into the arc costs the turn beside the arc's own impedance.
    arc = 2 * edge + side
    low = graph.outward.indptr[arc].astype(np.int64)
    size = np.where(share == 0, 0, graph.outward.indptr[arc + 1] - low)
    stored, which = slices(low, size), np.repeat(np.arange(len(arc)), size)
    turn = graph.outward.data[stored] - layer.edge_ms[edge[which], side]
    state, total = graph.outward.indices[stored].astype(np.int64), ms[which] + turn
    for row in np.flatnonzero(share == 0).tolist():
        # Any arc that arrives at the node will do.
        arriving = np.isfinite(layer.edge_ms[:, ::-1]) & (graph.roads.edge_node == node[row])
        here = layer.end_state[arriving].astype(np.int64)
        which = np.r_[which, np.full(len(here), row)]
        state, total = np.r_[state, here], np.r_[total, np.full(len(here), ms[row])]
    return which, state, total


def along_one_edge(
    layer: Layer, here: Snaps, there: Snaps
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the trips between points that share an edge, which follow it directly.

    Returns
    -------
    tuple
        Origin, destination, milliseconds (inf against a one-way street) and the
        share of the edge that is travelled, one entry a pair.
    """
    rows, columns = _pairs_on_one_edge(here, there)
    ahead = there.fraction[columns] - here.fraction[rows]
    along, against = layer.edge_ms[here.edge[rows]].T
    with np.errstate(invalid="ignore"):
        ms = np.where(ahead >= 0, ahead * along, -ahead * against)
    ms = np.where(ahead == 0, 0.0, np.rint(ms)) + layer.board_ms
    return rows, columns, ms + here.walk_ms[rows] + there.walk_ms[columns], np.abs(ahead)


def _pairs_on_one_edge(here: Snaps, there: Snaps) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    origins = np.flatnonzero(here.is_snapped)
    origins = origins[np.argsort(here.edge[origins], kind="stable")]
    targets = np.flatnonzero(there.is_snapped)
    low = np.searchsorted(here.edge[origins], there.edge[targets], side="left")
    high = np.searchsorted(here.edge[origins], there.edge[targets], side="right")
    return origins[slices(low, high - low)], np.repeat(targets, high - low)
