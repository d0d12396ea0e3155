"""Minutes with turns, barriers and first and last legs equal a search over arcs in networkx."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from batu_geo.network.build_network import build_network
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals, snap
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.osm.ways import WayCollector
from tests.toy import CRS, RIDING, TO_DEGREES, graph

if TYPE_CHECKING:
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork

SIDE = 5
QUICK = 5
SEEDS = [*range(QUICK), *(pytest.param(n, marks=pytest.mark.slow) for n in range(QUICK, 60))]


Place = tuple[float, float]


def random_town(seed: int) -> RoadNetwork:
    """Return a grid of streets with random gaps, one-way streets, barriers and turn rules."""
    rng = np.random.default_rng(seed)
    found = WayCollector()
    places = [
        TO_DEGREES.transform(
            668_000 + 100 * (node % SIDE) + rng.uniform(-30, 30),
            9_130_000 + 100 * (node // SIDE) + rng.uniform(-30, 30),
        )
        for node in range(SIDE * SIDE)
    ]
    ways = random_ways(rng)
    for number, pair in enumerate(ways, start=1):
        tags = {"highway": "residential"}
        if rng.random() < 0.2:
            tags["oneway"] = str(rng.choice(["yes", "-1"]))
        found.add(number, tags, [(node, *places[node]) for node in pair])
    for node in np.flatnonzero(rng.random(len(places)) < 0.06).tolist():
        found.add_node_tags(node, {"barrier": "cycle_barrier"})
    for number in range(20):
        add_turn(found, rng, ways, number)
    return build_network(found.ways(), crs=CRS, dropped=found.dropped)


def random_ways(rng: np.random.Generator) -> list[tuple[int, int]]:
    east = [(n, n + 1) for n in range(SIDE * SIDE) if n % SIDE < SIDE - 1]
    north = [(n, n + SIDE) for n in range(SIDE * (SIDE - 1))]
    return [pair for pair in (*east, *north) if rng.random() < 0.85]


def add_turn(
    found: WayCollector, rng: np.random.Generator, ways: list[tuple[int, int]], number: int
) -> None:
    """Add a turn restriction at a node, or over a way, where streets meet."""
    via = int(rng.integers(len(ways))) + 1
    start, end = ways[via - 1]
    if number % 3:
        start = end
        between = Member("node", end, "via")
    else:
        between = Member("way", via, "via")
    sides = ([n for n, pair in enumerate(ways, start=1) if node in pair] for node in (start, end))
    before, after = ([n for n in side if n != via or number % 3] for side in sides)
    if not before or not after:
        return
    one, other = int(rng.choice(before)), int(rng.choice(after))
    kind = str(rng.choice(["no_left_turn", "no_right_turn", "only_straight_on"]))
    members = [Member("way", one, "from"), between, Member("way", other, "to")]
    found.add_restriction(number, {"restriction": kind}, members)


class Arcs:
    """What may follow what, found from the rules of a network alone."""

    def __init__(self, net: ModeGraph) -> None:
        roads, rules = net.roads, net.roads.rules
        assert rules is not None
        edge_ms, bit = net.layers[0].edge_ms, np.uint8(2)
        self.ms = edge_ms.ravel()
        self.head = roads.edge_node[:, ::-1].ravel()
        starts = pairwise(rules.turn_start.tolist())
        self.banned = {
            tuple(rules.turn_arc[low:high].tolist())
            for (low, high), who in zip(starts, rules.turn_vehicles, strict=True)
            if who & bit
        }
        self.shut = set(rules.gate_node[(rules.gate_closed & bit).astype(bool)].tolist())
        is_open = np.isfinite(edge_ms).any(axis=1)
        degree = np.bincount(roads.edge_node[is_open].ravel(), minlength=roads.node_count)
        self.may_turn_round = {*np.flatnonzero(degree == 1).tolist(), *self.shut}
        self.leaving: dict[int, list[int]] = {node: [] for node in range(roads.node_count)}
        for arc in np.flatnonzero(np.isfinite(self.ms)).tolist():
            self.leaving[int(roads.edge_node.ravel()[arc])].append(arc)

    def after(self, before: int, one: int) -> list[int]:
        """Return the arcs that may follow an arc, which followed another one."""
        node = int(self.head[one])
        onward = [
            other
            for other in self.leaving[node]
            if (node in self.may_turn_round if other == one ^ 1 else node not in self.shut)
        ]
        banned = self.banned
        return [n for n in onward if (one, n) not in banned and (before, one, n) not in banned]


def by_arcs(net: ModeGraph, edge: int) -> np.ndarray:
    """Return by arcs alone the milliseconds from the end of each arc to the middle of an edge.

    A state is the last two arcs, so that rules over one way are known; nothing is shared with
    the states of the program.
    """
    arcs, found = Arcs(net), nx.DiGraph()
    pairs = [(-1, arc) for leaving in arcs.leaving.values() for arc in leaving]
    done = set(pairs)
    while pairs:
        before, one = pairs.pop()
        for other in arcs.after(before, one):
            found.add_edge((before, one), (one, other), weight=float(arcs.ms[other]))
            if (one, other) not in done:
                done.add((one, other))
                pairs.append((one, other))
    for state in done:
        if state[1] >> 1 == edge:
            half = float(arcs.ms[state[1]])
            found.add_edge(state, "unit", weight=np.rint(half / 2) - half)
    if "unit" not in found:
        return np.full(len(arcs.ms), np.inf)
    best = nx.single_source_bellman_ford_path_length(found.reverse(), "unit")
    return np.array([best.get((-1, arc), np.inf) for arc in range(len(arcs.ms))])


@pytest.mark.parametrize("seed", SEEDS)
def test_turns_and_barriers_equal_a_search_over_arcs(seed: int) -> None:
    roads = random_town(seed)
    net = graph(roads, RIDING)
    layer = net.layers[0]
    for edge in np.random.default_rng(seed).choice(roads.edge_count, 4, replace=False).tolist():
        middle = np.asarray(roads.lines()[edge].interpolate(0.5, normalized=True).coords[0])
        joined = snap(net, middle[None, :], refuse_m=0.5)
        ms = search(net, arrivals(net, joined), is_joint=True)[0]
        # From the middle of every other street a trip leaves by either end.
        half = np.rint(layer.edge_ms / 2)
        found = (half + ms[layer.end_state[:, ::-1]]).min(axis=1)
        wanted = (half + by_arcs(net, edge).reshape(-1, 2)).min(axis=1)
        others = np.arange(roads.edge_count) != edge
        assert found[others].tolist() == pytest.approx(wanted[others].tolist(), abs=2), "rounding"
