"""A mode of travel as a graph of NetworkX, with the times that this package computes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork

MS_PER_SECOND = 1000
# Class of an edge that does not leave its junction.
PASSED = "road"


def as_networkx(graph: ModeGraph) -> nx.MultiDiGraph[int]:
    """Return a graph with a node for each state and an edge for each arc, as people travel.

    Shortest ``ms`` between two nodes are the milliseconds that `search` finds between their
    states, and what one cannot reach the other does not.
    """
    import networkx as nx  # noqa: PLC0415 - heavy

    roads = graph.roads
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326", created_with="batu_geo")
    there = np.repeat(np.arange(graph.state_count), np.diff(graph.outward.indptr))
    arcs = _Arcs(graph.outward.indices, there, graph.outward.data, graph.arc_edge)
    place = _node_of_state(graph, arcs)
    ids, junction = _ids(roads, place)
    lonlat = _degrees(roads.crs, roads.node_xy)
    for state in np.flatnonzero(place >= 0):
        x, y = lonlat[place[state]].tolist()
        made.add_node(int(ids[state]), x=x, y=y, junction=int(junction[state]))
    tags = _Tags(roads)
    for a, b, ms, arc in zip(*(column.tolist() for column in arcs), strict=True):
        about = tags.along(arc) if arc >= 0 else {"highway": PASSED, "length": 0.0}
        made.add_edge(int(ids[a]), int(ids[b]), ms=int(ms), travel_time=ms / MS_PER_SECOND, **about)
    return made


class _Arcs(NamedTuple):
    """From which state to which, in how many milliseconds, along which side of which edge."""

    here: NDArray[np.int32]
    there: NDArray[np.int64]
    ms: NDArray[np.float64]
    arc: NDArray[np.int32]


def _node_of_state(graph: ModeGraph, arcs: _Arcs) -> NDArray[np.int64]:
    """Return the junction at which each state is, int64 [states].

    A state beyond one for each junction is where an arc from it or to it begins or ends; arcs
    along no edge do not leave their junction.
    """
    count = graph.roads.node_count
    node = np.arange(graph.state_count)
    by_junction = len(graph.layers) * count
    node[:by_junction] %= max(count, 1)
    node[by_junction:] = -1
    travelled = np.flatnonzero(arcs.arc >= 0)
    ends = graph.roads.edge_node[arcs.arc[travelled] >> 1]
    along = (arcs.arc[travelled] & 1) == 0
    node[arcs.here[travelled]] = np.where(along, ends[:, 0], ends[:, 1])
    node[arcs.there[travelled]] = np.where(along, ends[:, 1], ends[:, 0])
    still = np.flatnonzero(arcs.arc < 0)
    while (lost := still[(node[arcs.here[still]] < 0) != (node[arcs.there[still]] < 0)]).size:
        known = np.maximum(node[arcs.here[lost]], node[arcs.there[lost]])
        node[arcs.here[lost]] = node[arcs.there[lost]] = known
    return node


def _ids(
    roads: RoadNetwork, place: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the id of each state, and the id of its junction, int64 [states]."""
    own = np.arange(roads.node_count) if roads.node_id is None else roads.node_id
    junction = own[place]
    ids = junction.copy()
    spare = np.arange(len(place) - roads.node_count)
    ids[roads.node_count :] = min(0, int(own.min(initial=0))) - 1 - spare
    return ids, junction


def _degrees(crs: str, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return np.column_stack(to_degrees.transform(*xy.T))


class _Tags:
    """What an edge of the export says of its street."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads
        self.lonlat = _degrees(roads.crs, roads.line_xy)

    def along(self, arc: int) -> dict[str, Any]:
        """Return the attributes of an edge, its line in the direction of travel."""
        roads, edge = self.roads, arc >> 1
        line = self.lonlat[roads.line_start[edge] : roads.line_start[edge + 1]]
        words = {
            "highway": roads.classes[roads.road_class[edge]],
            "name": roads.names[roads.name[edge]],
            "surface": roads.surfaces[roads.surface[edge]],
        }
        return {
            "osmid": int(roads.way_id[edge]),
            "reversed": bool(arc & 1),
            "length": float(roads.length_m[edge]),
            "geometry": shapely.LineString(line[::-1] if arc & 1 else line),
            **{key: word for key, word in words.items() if word},
        }
