"""Minutes of 1,000 pairs a vehicle on real extracts equal networkx over plain arcs.

The oracle shares impedances and rules with the program, and nothing of its states: it is a
graph of what may come before each arc, searched by networkx. Barriers, turn restrictions, parts behind
private gates and streets for first and last legs are laid on anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.graph import ModeGraph, mode_graph
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals, snap
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.roads.read_roads import read_roads
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from tests.how_many import is_all

pytestmark = pytest.mark.slow
LEAVING, TRAVELLING, ENTERING = range(3)
DESTINATIONS, PAIRS = 2, 1_000
State = tuple[int, int, bool]
DOOR = (-1, -1, False)


# By file: the projection, and pairs of a thousand that have a way at least. Porto has 345
# barriers, 453 forbidden turns and 1,518 streets for first and last legs; Jember is in pieces.
EXTRACTS = {
    "porto_portugal.osm.pbf": ("EPSG:32629", 500),
    "merapi_sleman.osm.pbf": ("EPSG:32749", 500),
    "merapi_sleman_overpass.json": ("EPSG:32749", 500),
    "dieng_banjarnegara.osm.pbf": ("EPSG:32749", 500),
    "jember_lumajang.osm.pbf": ("EPSG:32749", 100),
    "simpl_balikpapan_kota_drive.graphml": ("EPSG:32750", 400),
}
# The biggest is met with `--all-worlds`.
BIGGEST = "porto_portugal.osm.pbf"
MET = [(name, v) for name in EXTRACTS for v in VEHICLES if is_all() or name != BIGGEST]


@pytest.fixture(scope="module")
def extract(
    request: pytest.FixtureRequest, shared_data: Callable[[str], Path]
) -> tuple[RoadNetwork, int]:
    """Return the roads of an extract, and how many of 1,000 pairs have a way at least."""
    crs, reached = EXTRACTS[request.param]
    content = shared_data(f"roads/{request.param}").read_bytes()
    return read_roads(Opened(request.param, content), crs=crs), reached


def driven_by(roads: RoadNetwork, vehicle: str) -> ModeGraph:
    scenario = load_scenario("baseline", study=load_study(embedded_study()))
    name = "car" if vehicle == "ambulance" else vehicle
    mode = scenario.modes[name].model_copy(update={"vehicle": vehicle})
    return mode_graph(roads, scenario.model_copy(update={"modes": {name: mode}}), mode=name)


class Arcs:
    """What may follow what on the roads of one vehicle."""

    def __init__(self, net: ModeGraph, vehicle: str) -> None:
        roads, rules = net.roads, net.roads.rules
        assert rules is not None
        bit = np.uint8(1 << VEHICLES.index(vehicle))
        self.ms = net.layers[0].edge_ms.ravel().tolist()
        self.tail, self.head = (side.ravel().tolist() for side in (
            roads.edge_node, roads.edge_node[:, ::-1]))  # fmt: skip
        self.into: dict[int, list[int]] = {}
        streets: dict[int, set[int]] = {}
        for arc in np.flatnonzero(np.isfinite(self.ms)).tolist():
            self.into.setdefault(self.head[arc], []).append(arc)
            for node in (self.head[arc], self.tail[arc]):
                streets.setdefault(node, set()).add(arc >> 1)
        self.shut, self.private = (
            set(rules.gate_node[(who & bit).astype(bool)].tolist())
            for who in (rules.gate_closed, rules.gate_ends_only)
        )
        loops = np.flatnonzero(roads.edge_node[:, 0] == roads.edge_node[:, 1]).tolist()
        self.dead_ends = {
            n for n, edges in streets.items() if len(edges) == 1 and not edges & {*loops}
        }
        spans = zip(pairwise(rules.turn_start.tolist()), rules.turn_vehicles, strict=True)
        turns = [
            tuple(rules.turn_arc[low:high].tolist()) for (low, high), who in spans if who & bit
        ]
        turns = [arcs for arcs in turns if all(np.isfinite(self.ms[arc]) for arc in arcs)]
        assert max((len(arcs) for arcs in turns), default=0) <= 3
        self.banned = set(turns)
        self.begun = {arcs[:2] for arcs in turns if len(arcs) == 3}
        self.is_ends = (rules.ends_only & bit).astype(bool).ravel().tolist()
        self.part = [0] * roads.edge_count
        self.backwards, self.followed = nx.DiGraph(), set[State]()
        if self.private:
            self._close_estates(roads)

    def _close_estates(self, roads: RoadNetwork) -> None:
        """Find the parts that private gates join; streets of all but the longest are for ends."""
        self.part = self._parts(self.shut | self.private)
        whole, length = self._parts(self.shut), {}
        for edge, part in enumerate(self.part):
            if part >= 0:
                metres = length.setdefault(whole[edge], {})
                metres[part] = metres.get(part, 0.0) + float(roads.length_m[edge])
        public = {name: max(parts, key=parts.__getitem__) for name, parts in length.items()}
        for edge, part in enumerate(self.part):
            if part >= 0 and part != public[whole[edge]]:
                self.is_ends[2 * edge] = self.is_ends[2 * edge + 1] = True

    def _parts(self, cut: set[int]) -> list[int]:
        """Return the part of each edge where some nodes join nothing, -1 where it is closed."""
        at: dict[int, set[int]] = {}
        for node, arcs in self.into.items():
            at.setdefault(node, set()).update(arc >> 1 for arc in arcs)
            for arc in arcs:
                at.setdefault(self.tail[arc], set()).add(arc >> 1)
        part = [-1] * (len(self.ms) // 2)
        for first in {edge for edges in at.values() for edge in edges}:
            waiting = [first] if part[first] < 0 else []
            while waiting:
                edge = waiting.pop()
                if part[edge] < 0:
                    part[edge] = first
                    ends = {self.tail[2 * edge], self.head[2 * edge]} - cut
                    waiting += [e for node in ends for e in at[node] if part[e] < 0]
        return part

    def phases(self, arc: int) -> tuple[int, ...]:
        """Return the phases of a trip in which an arc may be travelled."""
        return (LEAVING, ENTERING) if self.is_ends[arc] else (TRAVELLING,)

    def may_follow(self, one: int, other: int) -> bool:
        """Return whether a vehicle may go from one arc into another."""
        node = self.head[one]
        if other == one ^ 1:
            allowed = node in self.dead_ends or node in self.shut
        elif node in self.private:
            allowed = node not in self.shut and self.part[one >> 1] != self.part[other >> 1]
        else:
            allowed = node not in self.shut
        return allowed and (one, other) not in self.banned

    def before(self, after: State) -> Iterator[State]:
        """Yield what may come before an arc that is travelled in a phase, in the phases it may.

        The third part of a state says whether the arc follows one with which it begins a
        forbidden sequence of three.
        """
        other, phase, has_begun = after
        for one in self.into.get(self.tail[other], ()):
            if ((one, other) in self.begun) != has_begun or not self.may_follow(one, other):
                continue
            starts = [pair for pair in self.begun if pair[1] == one]
            for begins in (False, True) if starts else (False,):
                if begins and any((*pair, other) in self.banned for pair in starts):
                    continue
                yield from ((one, p, begins) for p in self.phases(one) if p <= phase)

    def ms_to(self, edge: int) -> dict[State, float]:
        """Return the milliseconds from the end of each arc to the middle of an edge, by networkx.

        A node is the start of an arc that is followed by another, and leads back to the starts
        of what may come before it.
        """
        backwards, waiting = self.backwards, []
        backwards.remove_nodes_from([DOOR])
        for arc in (2 * edge, 2 * edge + 1):
            half = float(np.rint(self.ms[arc] / 2))
            for phase, begins in product(self.phases(arc), (False, True)):
                for one in self.before((arc, phase, begins)):
                    ms = half + self.ms[one[0]]
                    if not backwards.has_edge(DOOR, one) or ms < backwards.edges[DOOR, one]["ms"]:
                        backwards.add_edge(DOOR, one, ms=ms)
                    waiting.append(one)
        while waiting:
            state = waiting.pop()
            if state not in self.followed:
                self.followed.add(state)
                earlier = list(self.before(state))
                backwards.add_weighted_edges_from(
                    ((state, one, self.ms[one[0]]) for one in earlier), weight="ms"
                )
                waiting += earlier
        if DOOR not in backwards:
            return {}
        found = nx.single_source_dijkstra_path_length(backwards, DOOR, weight="ms")
        return {state: ms - self.ms[state[0]] for state, ms in found.items() if state != DOOR}


@pytest.mark.parametrize(("extract", "vehicle"), MET, indirect=["extract"])
def test_minutes_equal_a_search_over_arcs(extract: tuple[RoadNetwork, int], vehicle: str) -> None:
    roads, least = extract
    net = driven_by(roads, vehicle)
    layer, arcs = net.layers[0], Arcs(net, vehicle)
    rng = np.random.default_rng(len(vehicle))
    # Nobody joins a tunnel or the deck of a bridge.
    is_both_ways = np.isfinite(layer.edge_ms).all(axis=1)
    joinable = np.flatnonzero(is_both_ways & layer.is_joinable & ~layer.is_ends)
    compared = reached = 0
    for edge in rng.choice(joinable, DESTINATIONS, replace=False).tolist():
        middle = np.asarray(roads.lines()[edge].interpolate(0.5, normalized=True).coords[0])
        joined = tuple(j.only(j.edge == edge) for j in snap(net, middle[None, :], refuse_m=0.5))
        assert len(joined[0].edge) == 1
        ms = search(net, arrivals(net, joined), is_joint=True)[0]
        # From the middle of a street a trip leaves by either end.
        half = np.rint(layer.edge_ms / 2)
        found = (half + ms[layer.end_state[:, ::-1]]).min(axis=1)
        wanted = arcs.ms_to(edge)
        others = np.flatnonzero(layer.is_open)
        others = others[others != edge]
        for origin in rng.choice(others, PAIRS // DESTINATIONS, replace=False).tolist():
            oracle = min(
                half[origin, side] + wanted.get((arc, arcs.phases(arc)[0], False), np.inf)
                for side, arc in enumerate((2 * origin, 2 * origin + 1))
            )
            assert found[origin] == pytest.approx(oracle, abs=2), (edge, origin, "rounding")
            compared, reached = compared + 1, reached + bool(np.isfinite(oracle))
    assert compared == PAIRS
    assert reached > least
