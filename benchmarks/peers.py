"""What other tools do with the same graph: networkx, OSMnx, pandana, igraph, networkit."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph

    Nodes = NDArray[np.int64]

PATIENCE_S, CATCHMENT_MINUTES = 60.0, 15.0


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return CPU seconds of all threads, and the result of one call."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def sampled(work: Callable[[int], Any], count: int) -> tuple[float, bool]:
    """Return the CPU seconds of `count` calls, and whether that is scaled up from fewer."""
    start = time.process_time()
    for done in range(1, count + 1):
        work(done - 1)
        spent = time.process_time() - start
        if spent > PATIENCE_S / 12 and done < count:
            return spent / done * count, True
    return time.process_time() - start, False


def to_networkx(net: ModeGraph) -> nx.MultiDiGraph:
    """Return the traveller's graph with the lines of the streets, as osmnx keeps it."""
    roads, layer = net.roads, net.layers[0]
    graph = nx.MultiDiGraph(crs=roads.crs)
    for node, (x, y) in enumerate(roads.node_xy.tolist()):
        graph.add_node(node, x=x, y=y)
    lines = roads.lines()
    ends, minutes = roads.edge_node.tolist(), (layer.edge_ms / 60_000).tolist()
    for edge, ((a, b), (along, against)) in enumerate(zip(ends, minutes, strict=True)):
        if np.isfinite(along):
            graph.add_edge(a, b, time=along, geometry=lines[edge])
        if np.isfinite(against):
            graph.add_edge(b, a, time=against, geometry=lines[edge])
    return graph


def recipe_search(reversed_graph: nx.MultiDiGraph, centre: int, minutes: float) -> nx.MultiDiGraph:
    """Return the part of the graph within reach, as the OSMnx example does."""
    return nx.ego_graph(reversed_graph, centre, radius=minutes, distance="time")


def recipe_polygon(reached: nx.MultiDiGraph) -> shapely.Geometry:
    """Return the polygon of the OSMnx example: buffered nodes and edges, filled in."""
    points = [shapely.Point(d["x"], d["y"]) for _, d in reached.nodes(data=True)]
    nodes = gpd.GeoDataFrame({"id": list(reached.nodes)}, geometry=points).set_index("id")
    lines = []
    for a, b in reached.edges():
        ends = shapely.LineString([nodes.loc[a].geometry, nodes.loc[b].geometry])
        lines.append(reached.get_edge_data(a, b)[0].get("geometry", ends))
    around = list(nodes.buffer(50).geometry) + list(gpd.GeoSeries(lines).buffer(25).geometry)
    union = gpd.GeoSeries(around).union_all()
    return shapely.Polygon(union.exterior) if union.geom_type == "Polygon" else union


def to_pandana(net: ModeGraph) -> tuple[float, Any]:
    """Return the seconds pandana takes to prepare itself, and its network."""
    import pandana

    coo = net.outward.tocoo()
    arcs = pd.DataFrame({"a": coo.row, "b": coo.col, "minutes": coo.data / 60_000})
    xy = pd.DataFrame(net.roads.node_xy, columns=["x", "y"])

    def build() -> Any:
        network = pandana.Network(
            xy["x"], xy["y"], arcs["a"], arcs["b"], arcs[["minutes"]], twoway=False
        )
        network.precompute(30)
        return network

    with warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")
        return timed(build)


class Jobs(NamedTuple):
    """What a peer is timed at, each a call without arguments; its preparation is not counted."""

    nearest: Callable[[], Any]
    catchments: Callable[[], Any]
    matrix: Callable[[], Any]


def with_igraph(net: ModeGraph, places: Nodes, sources: Nodes, targets: Nodes) -> Jobs:
    """Return the jobs of igraph; a node beside the others leads to all places for the nearest."""
    import igraph

    row, column, minutes, beside = _with_start(net, places)
    graph = igraph.Graph(n=beside + 1, edges=np.column_stack([row, column]), directed=True)
    find = partial(graph.distances, weights=minutes)
    return Jobs(
        lambda: find(source=beside),
        lambda: np.asarray(find(source=places.tolist())) <= CATCHMENT_MINUTES,
        lambda: find(source=sources.tolist(), target=targets.tolist()),
    )


def with_networkit(net: ModeGraph, places: Nodes, sources: Nodes, targets: Nodes) -> Jobs:
    """Return the jobs of networkit on one thread, as `with_igraph`."""
    import networkit as nk

    nk.setNumberOfThreads(1)
    row, column, minutes, beside = _with_start(net, places)
    graph = nk.GraphFromCoo((minutes, (row, column)), n=beside + 1, weighted=True, directed=True)

    def from_each(starts: Nodes, ends: Nodes | None = None) -> np.ndarray:
        search = nk.distance.SPSP(graph, starts.tolist(), [] if ends is None else ends.tolist())
        return np.asarray(search.run().getDistances(asarray=True))

    return Jobs(
        lambda: nk.distance.Dijkstra(graph, beside, storePaths=False).run().getDistances(),
        lambda: from_each(places) <= CATCHMENT_MINUTES,
        lambda: from_each(sources, targets),
    )


def _with_start(net: ModeGraph, places: Nodes) -> tuple[Nodes, Nodes, np.ndarray, int]:
    """Return the arcs from, to and in minutes, with a start that leads to all places."""
    arcs, start = net.outward.tocoo(), net.state_count
    return (
        np.r_[arcs.row, np.full(len(places), start)].astype(np.int64),
        np.r_[arcs.col, places].astype(np.int64),
        np.r_[arcs.data / 60_000, np.zeros(len(places))],
        start,
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what a compiled library prints to nowhere."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
