"""Heights along roads: bridges and tunnels run straight, and what is too steep is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork

SHORTEST_M = 0.01


def with_straight_decks(roads: RoadNetwork) -> RoadNetwork:
    """Return the roads with bridges and tunnels straight between the ground at their ends.

    Elevation data hold the valley under a bridge and the hill over a tunnel. Where several
    edges follow each other, or meet on the deck, each height between is the mean of those
    around it by the inverse of the distance: a straight line along a chain. Parts that touch
    the ground nowhere, or at unknown heights alone, keep what they had.
    """
    decks = np.flatnonzero(roads.structure > 0)
    if roads.line_z is None or not len(decks):
        return roads
    ends = np.column_stack([roads.line_start[decks], roads.line_start[decks + 1] - 1])
    nodes, node = np.unique(roads.edge_node[decks], return_inverse=True)
    node = node.reshape(-1, 2)
    height = np.full(len(nodes), np.nan)
    height[node.ravel()] = roads.line_z[ends.ravel()]
    on_ground = np.isin(nodes, roads.edge_node[roads.structure == 0])
    # The end of a road stands on something, though no other street begins there.
    uses = np.bincount(node.ravel(), minlength=len(nodes))
    is_fixed = (on_ground | (uses == 1)) & ~np.isnan(height)
    length = np.maximum(roads.length_m[decks], SHORTEST_M)
    height = _between(node, length, height, is_fixed)
    return replace(roads, line_z=_along(roads, decks, height[node]))


def _between(
    node: NDArray[np.intp],
    length: NDArray[np.float64],
    height: NDArray[np.float64],
    is_fixed: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return heights with every node that is not fixed at the weighted mean of those around it."""
    size = len(height)
    ends = (node[:, 0], node[:, 1])
    links = coo_array((1 / length, ends), shape=(size, size))
    part = connected_components(links, directed=False)[1]
    has_ground = np.bincount(part, weights=is_fixed, minlength=part.max() + 1) > 0
    free = np.flatnonzero(~is_fixed & has_ground[part])
    if not len(free):
        return height
    weights = csr_array(links + links.T)
    weights.setdiag(0)
    fixed = np.flatnonzero(is_fixed)
    rows = weights[free]
    sums: NDArray[np.float64] = np.asarray(rows.sum(axis=1), dtype=np.float64).ravel()
    system = diags_array(sums) - rows[:, free]
    known = np.asarray(rows[:, fixed] @ height[fixed], dtype=np.float64)
    solved = height.copy()
    solved[free] = splu(system.tocsc()).solve(known)
    return solved


def _along(
    roads: RoadNetwork, decks: NDArray[np.intp], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the heights of all vertices, those of decks in proportion to the way along them."""
    z = np.array(roads.line_z)
    for edge, (begin, end) in zip(decks.tolist(), ends, strict=True):
        if np.isnan(begin) or np.isnan(end):
            continue
        vertices = slice(int(roads.line_start[edge]), int(roads.line_start[edge + 1]))
        step = np.hypot(*np.diff(roads.line_xy[vertices], axis=0).T)
        way = np.r_[0.0, np.cumsum(step)]
        z[vertices] = begin + (end - begin) * way / max(way[-1], SHORTEST_M)
    return z


def stretch_slopes(
    roads: RoadNetwork,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return length in metres and signed slope of the stretch before each vertex.

    The first vertex of an edge has none: length 0. Stretches between unknown heights are flat.
    The lengths of an edge add up to its own, which is not that of its line in the projection.
    """
    length, rise = np.zeros(len(roads.line_xy)), np.zeros(len(roads.line_xy))
    length[1:] = np.hypot(*np.diff(roads.line_xy, axis=0).T)
    if roads.line_z is not None:
        rise[1:] = np.diff(roads.line_z)
    length[roads.line_start[:-1]] = 0
    length *= np.repeat(_true_scale(roads, length), np.diff(roads.line_start))
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(length > 0, rise / length, 0.0)
    return length, np.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0)


def _true_scale(roads: RoadNetwork, drawn_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by edge its length over that of its line in the projection, 1 where it has none."""
    drawn = np.add.reduceat(drawn_m, roads.line_start[:-1])
    return np.divide(roads.length_m, drawn, out=np.ones(len(drawn)), where=drawn > 0)


def too_steep(roads: RoadNetwork, limit_percent: float) -> tuple[int, float]:
    """Return how many stretches are steeper than a limit, and their metres together."""
    length, slope = stretch_slopes(roads)
    is_steep = np.abs(slope) > limit_percent / 100
    return int(is_steep.sum()), float(length[is_steep].sum())
