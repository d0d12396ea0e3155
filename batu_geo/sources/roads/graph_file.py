"""Read the streets of a graph: one of NetworkX or OSMnx, or one saved by OSMnx as GraphML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.opening import text_of
from batu_geo.sources.files.safe_xml import check_xml
from batu_geo.sources.roads.normal_tags import value_of
from batu_geo.sources.roads.osmnx_streets import add_streets, edge_of
from batu_geo.sources.roads.tag_keys import key_of, known_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.roads.osmnx_streets import Edge
    from batu_geo.sources.roads.reading import RoadReading

DEGREES = {"epsg:4326", "wgs84", "ogc:crs84"}


def read_graph(opened: Opened, reading: RoadReading) -> None:
    """Read a GraphML file whose nodes have `x` and `y` in degrees.

    Raises
    ------
    SourceError
        When it is no graph in degrees.
    """
    add_graph(graph_of(opened), reading)


def graph_of(opened: Opened) -> nx.Graph[Any]:
    """Return the graph of a GraphML file.

    Raises
    ------
    SourceError
        When it is no graph in degrees.
    """
    # Not by osmnx itself: importing it opens a socket and writes a settings folder.
    import networkx as nx  # noqa: PLC0415 - only this reader needs it

    check_xml(opened)
    graph = nx.parse_graphml(text_of(opened), node_type=int, force_multigraph=True)
    if str(graph.graph.get("crs", "")).lower() not in DEGREES:
        raise opened.error("BG-115", crs=graph.graph.get("crs"))
    return graph


def places_of(graph: nx.Graph[Any]) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude of each node."""
    return {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}


def add_graph(graph: nx.Graph[Any], reading: RoadReading) -> None:
    """Hand over the streets of a graph whose nodes are numbers with `x` and `y` in degrees."""
    places = places_of(graph)
    edges = [_edge(start, end, data, places) for start, end, data in graph.edges(data=True)]
    add_streets(reading, edges)
    names = {name for _, _, data in graph.edges(data=True) for name in data}
    reading.keys = {key_of(name) for name in names} & known_keys()
    node_names = set()
    for node, data in graph.nodes(data=True):
        node_names |= set(data)
        reading.add_node(int(node), _tags(data))
    reading.holds_nodes = "barrier" in node_names
    reading.holds_turns = False


def _edge(
    start: int, end: int, data: Mapping[str, Any], places: Mapping[int, tuple[float, float]]
) -> Edge:
    return edge_of((start, end), street_line(start, end, data, places), _tags(data), data)


def street_line(
    start: int, end: int, data: Mapping[str, Any], places: Mapping[int, tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    """Return the places that an edge leads through, in degrees."""
    import shapely  # noqa: PLC0415 - heavy

    line: tuple[tuple[float, float], ...] = (places[start], places[end])
    if "geometry" in data:
        drawn = data["geometry"]
        shape = shapely.from_wkt(drawn) if isinstance(drawn, str) else drawn
        inner = shapely.get_coordinates(shape).tolist()[1:-1]
        line = (line[0], *((lon, lat) for lon, lat in inner), line[1])
    return line


def _tags(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that are tags of OpenStreetMap."""
    tags = {}
    for name, value in data.items():
        key = key_of(name)
        if key in known_keys() and (text := value_of(key, value)):
            tags[key] = text
    return tags
