"""Make streets of the edges of an OSMnx graph, in which a two-way street has two edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from batu_geo.sources.roads.normal_tags import listed, reversed_tags, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.sources.roads.reading import RoadReading

DIGITS = 7
Line = tuple[tuple[float, float], ...]


class Edge(NamedTuple):
    """An edge: its end nodes, its line from the one to the other, its tags and attributes.

    `tags` are canonical; `is_oneway` says whether there is no way back along it, and
    `reversed` whether it runs against its way in OpenStreetMap, as the file says it.
    """

    start: int
    end: int
    line: Line
    tags: dict[str, str]
    is_oneway: bool
    reversed: Any
    osmid: Any


def edge_of(
    ends: tuple[int, int], line: Line, tags: dict[str, str], attributes: Mapping[str, Any]
) -> Edge:
    """Return an edge from its canonical tags and the attributes that OSMnx adds to them."""
    is_oneway = value_of("oneway", tags.pop("oneway", "")) == "yes"
    return Edge(
        *ends, line, tags, is_oneway, attributes.get("reversed"), attributes.get("osmid", 0)
    )


def add_streets(reading: RoadReading, edges: Iterable[Edge]) -> None:
    """Hand over each street once, whatever the number of edges that run along it.

    Edges there and back along one line are one street that is open both ways; one edge alone
    is one-way if it says so. Vertices inside an edge get numbers below zero.
    """
    streets: dict[tuple[Line, str], list[Edge]] = {}
    for edge in sorted(edges, key=lambda edge: edge[:3]):
        rounded = tuple((round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in edge.line)
        streets.setdefault((min(rounded, rounded[::-1]), str(edge.osmid)), []).append(edge)
    vertex = 0
    for group in streets.values():
        along = [edge for edge in group if _runs(edge) == {False}] or group
        edge = along[0]
        is_oneway = edge.is_oneway and all(_same_way(edge, other) for other in group)
        nodes = [(edge.start, *edge.line[0])]
        for place in edge.line[1:-1]:
            vertex -= 1
            nodes.append((vertex, *place))
        nodes.append((edge.end, *edge.line[-1]))
        tags = {**_tags_along(reading, edge), "oneway": "yes" if is_oneway else "no"}
        reading.add_way(min(map(int, listed(edge.osmid))), tags, nodes, may_repeat=True)


def _same_way(edge: Edge, other: Edge) -> bool:
    return other.is_oneway and (other.start, other.line) == (edge.start, edge.line)


def _runs(edge: Edge) -> set[bool]:
    """Return whether an edge runs against its way: of merged ways, each answer."""
    found = {value_of("oneway", value) for value in listed(edge.reversed)}
    return {value == "yes" for value in found}


def _tags_along(reading: RoadReading, edge: Edge) -> dict[str, str]:
    """Return the tags as the edge runs; rules by direction of merged ways are counted and lost."""
    runs = _runs(edge)
    if runs == {False}:
        return edge.tags
    if runs == {True}:
        return reversed_tags(edge.tags)
    sided = {key for key in edge.tags if {"forward", "backward"} & set(key.split(":"))}
    if sided:
        reading.collector.dropped["rules by direction on merged streets"] += len(sided)
    return {key: value for key, value in edge.tags.items() if key not in sided}
