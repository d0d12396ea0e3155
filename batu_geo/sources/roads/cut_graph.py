"""Cut a graph that OSMnx has saved to a box: it is read whole, and a part of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from batu_geo.sources.roads.graph_file import graph_of, places_of, street_line

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.osm.overpass import Box


def cut_graph(opened: Opened, box: Box) -> tuple[bytes, int, int]:
    """Return the part of a GraphML file whose edges have a place in a box as GraphML.

    Returns
    -------
    content, kept, outside
        The new file, and how many edges are in it and are left out.
    """
    import networkx as nx  # noqa: PLC0415 - only these files need it

    graph = cast("nx.MultiGraph[int]", graph_of(opened))
    places, (west, south, east, north) = places_of(graph), box
    outside = []
    for start, end, key, data in graph.edges(keys=True, data=True):
        x, y = np.array(street_line(start, end, data, places)).T
        if not ((west <= x) & (x <= east) & (south <= y) & (y <= north)).any():
            outside.append((start, end, key))
    graph.remove_edges_from(outside)
    graph.remove_nodes_from([*nx.isolates(graph)])
    content = "\n".join(nx.generate_graphml(graph)).encode()
    return content, graph.number_of_edges(), len(outside)
