"""Roads to be built: added to a network whose streets all stay as they are.

Nothing of the network is changed. A new road brings its own edge, and where one of its ends
meets a street between two junctions, the two pieces of that street are added beside it. So
whatever could be travelled before can be travelled still, at the same milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyproj
import shapely

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.build_network import ellipsoid_lengths
from batu_geo.network.roads import HOUSES_NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.travel import NewRoad
    from batu_geo.network.roads import RoadNetwork

ENDS = ("first", "last")
# So near an end of a street, measured along it, a place is that end.
AT_M = 0.1
# Edges of one way that pass within this are the same street: pieces that were added before.
ON_M = 0.01
ADDED = np.uint8(HOUSES_NOBODY.index("added"))
BY_EDGE = ("road_class", "surface", "name", "closed", "maxspeed_kmh", "way_id", "structure")
# Rules by edge, and their values on a new road.
RULES_BY_EDGE = {"ends_only": (0, 0), "opened": 0, "width_m": float("nan")}


class LooseEnd(NamedTuple):
    """An end of a new road that is joined to nothing: the road, the end, the nearest street."""

    name: str
    end: str
    metres: float
    way_id: int


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A network with new roads.

    Attributes
    ----------
    roads
        The network; edges and nodes of before keep their numbers.
    metres
        Length of each new road with its joining pieces, in the order of the scenario.
    loose
        Ends that no street is near enough to join.
    """

    roads: RoadNetwork
    metres: tuple[float, ...]
    loose: tuple[LooseEnd, ...]


class _Edge(NamedTuple):
    """An edge to be added: end nodes, vertices, their heights, and its values by name."""

    nodes: tuple[int, int]
    xy: NDArray[np.float64]
    z: NDArray[np.float64]
    values: dict[str, Any]


def with_new_roads(roads: RoadNetwork, new_roads: Sequence[NewRoad]) -> Built:
    """Return the network with roads to be built, each joined at its ends.

    An end joins the nearest point of a street that can be stepped onto (no motorway, tunnel or
    deck of a bridge), or of a new road before it, within `join_m` by a straight piece of road.
    Between its ends a new road meets nothing. Nobody lives along it.

    Parameters
    ----------
    roads
        The network.
    new_roads
        In the order of the scenario; their way ids are -1, -2, ...
    """
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
    metres, loose = [], []
    for number, road in enumerate(new_roads, start=1):
        line = np.column_stack(to_metres.transform(*np.array(road.line).T))
        ends = []
        for end, name in zip((0, -1), ENDS, strict=True):
            roads, node, distance = _joined(roads, line[end], road.join_m)
            if node is None:
                loose.append(LooseEnd(road.name, name, distance, -number))
                roads, node = _with_node(roads, line[end])
            ends.append(node)
        xy = _without_repeats(np.vstack([roads.node_xy[ends[0]], line, roads.node_xy[ends[1]]]))
        roads, values = _values_of(roads, road, -number)
        edge = _Edge((ends[0], ends[1]), xy, _heights(roads, (ends[0], ends[1]), xy), values)
        roads = _with_edges(roads, [edge])
        metres.append(float(roads.length_m[-1]))
    return Built(roads, tuple(metres), tuple(loose))


def _joined(
    roads: RoadNetwork, place: NDArray[np.float64], join_m: float
) -> tuple[RoadNetwork, int | None, float]:
    """Return the network with a node where a place joins it, that node, and how far it lies.

    Without a street within `join_m` the node is None, and the distance that to the nearest one.
    """
    streets = np.flatnonzero(~roads.is_out_of_reach & (roads.length_m > 0))
    if not len(streets):
        return roads, None, float("inf")
    point, lines = shapely.Point(place), roads.lines(streets)
    far = np.asarray(shapely.distance(lines, point))
    nearest = int(far.argmin())
    if far[nearest] > join_m:
        return roads, None, float(far[nearest])
    along = lines[nearest].project(point)
    foot = lines[nearest].interpolate(along)
    is_same = roads.way_id[streets] == roads.way_id[streets[nearest]]
    beside = np.flatnonzero(is_same & (np.asarray(shapely.distance(lines, foot)) <= ON_M))
    cuts = []
    for row in beside.tolist():
        metres = lines[row].project(foot)
        for node, rest in zip(
            roads.edge_node[streets[row]], (metres, lines[row].length - metres), strict=True
        ):
            if rest <= AT_M:
                return roads, int(node), float(far[nearest])
        cuts.append((int(streets[row]), float(metres)))
    roads, node = _with_node(roads, shapely.get_coordinates(foot)[0])
    pieces = [piece for edge, metres in cuts for piece in _pieces(roads, edge, metres, node)]
    number = roads.edge_count
    parts = {edge: (number + 2 * k, number + 2 * k + 1) for k, (edge, _) in enumerate(cuts)}
    return _with_turns(_with_edges(roads, pieces), parts), node, float(far[nearest])


def _pieces(roads: RoadNetwork, edge: int, metres: float, node: int) -> list[_Edge]:
    """Return the two pieces of an edge on both sides of a node on it."""
    vertices = slice(int(roads.line_start[edge]), int(roads.line_start[edge + 1]))
    xy = roads.line_xy[vertices]
    z = np.full(len(xy), np.nan) if roads.line_z is None else roads.line_z[vertices]
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    cut = int(np.searchsorted(way, metres))
    height = float(np.interp(metres, way, z))
    begin, end = (int(n) for n in roads.edge_node[edge])
    middle = roads.node_xy[node]
    values = {name: getattr(roads, name)[edge] for name in BY_EDGE}
    if roads.rules is not None:
        values |= {name: getattr(roads.rules, name)[edge] for name in RULES_BY_EDGE}
    before = np.vstack([xy[:cut], middle]), np.r_[z[:cut], height]
    after = np.vstack([middle, xy[cut:]]), np.r_[height, z[cut:]]
    return [_Edge((begin, node), *before, values), _Edge((node, end), *after, values)]


def _with_turns(roads: RoadNetwork, parts: Mapping[int, tuple[int, int]]) -> RoadNetwork:
    """Return the network with the turn restrictions of cut streets on their two pieces too.

    What may not be followed over a street may not be followed over its pieces: the one that
    touches the junction at either end of a sequence of arcs, both of them in its middle.
    """
    rules = roads.rules
    if rules is None:
        return roads
    arcs = rules.turn_arc.tolist()
    bounds = zip(rules.turn_start[:-1].tolist(), rules.turn_start[1:].tolist(), strict=True)
    rows, more = [], []
    for row, (low, high) in enumerate(bounds):
        choices = [_ways_along(arc, parts) for arc in arcs[low:high]]
        for along in [*product(*choices)][1:]:
            first, *middle, last = along
            more.append([first[-1], *chain.from_iterable(middle), last[0]])
            rows.append(row)
    sizes = np.array([len(sequence) for sequence in more], np.int64)
    longer = replace(
        rules,
        turn_start=np.r_[rules.turn_start, rules.turn_start[-1] + np.cumsum(sizes)],
        turn_arc=np.r_[rules.turn_arc, np.array([*chain.from_iterable(more)], np.int64)],
        turn_vehicles=np.r_[rules.turn_vehicles, rules.turn_vehicles[rows]],
        turn_relation=np.r_[rules.turn_relation, rules.turn_relation[rows]],
        turn_condition=(*rules.turn_condition, *(rules.turn_condition[row] for row in rows)),
    )
    return replace(roads, rules=longer)


def _ways_along(arc: int, parts: Mapping[int, tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return an arc, and of a cut street its pieces in the order in which they are travelled."""
    pieces = parts.get(arc >> 1)
    if pieces is None:
        return [(arc,)]
    side = arc & 1
    ahead = pieces[::-1] if side else pieces
    return [(arc,), tuple(2 * piece + side for piece in ahead)]


def _with_node(roads: RoadNetwork, place: NDArray[np.float64]) -> tuple[RoadNetwork, int]:
    ids = roads.node_id
    if ids is not None:
        ids = np.r_[ids, min(0, int(ids.min(initial=0))) - 1]
    xy = np.vstack([roads.node_xy, place])
    return replace(roads, node_xy=xy, node_id=ids), roads.node_count


def _without_repeats(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out vertices at the place of the one before, but never the last."""
    step = np.hypot(*np.diff(xy, axis=0).T)
    return np.asarray(xy[np.r_[step > 0, True]])


def _heights(
    roads: RoadNetwork, ends: tuple[int, int], xy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return heights along a straight slope between two nodes; NaN where one is unknown."""
    if roads.line_z is None:
        return np.full(len(xy), np.nan)
    first, last = roads.line_start[:-1], roads.line_start[1:] - 1
    found = []
    for node in ends:
        at = np.r_[first[roads.edge_node[:, 0] == node], last[roads.edge_node[:, 1] == node]]
        known = roads.line_z[at][~np.isnan(roads.line_z[at])]
        found.append(float(known[0]) if len(known) else np.nan)
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    return np.asarray(found[0] + (found[1] - found[0]) * way / max(way[-1], AT_M))


def _values_of(
    roads: RoadNetwork, road: NewRoad, way_id: int
) -> tuple[RoadNetwork, dict[str, Any]]:
    """Return the values of the edge of a new road, and the network that knows their words."""
    roads = replace(
        roads,
        classes=_with_word(roads.classes, road.road_class),
        surfaces=_with_word(roads.surfaces, road.surface),
        names=_with_word(roads.names, road.name),
    )
    # An ambulance may go wherever a car may.
    open_to = {*road.open_to, *(("ambulance",) if "car" in road.open_to else ())}
    shut = sum(1 << n for n, vehicle in enumerate(VEHICLES) if vehicle not in open_to)
    return roads, {
        "road_class": roads.classes.index(road.road_class),
        "surface": roads.surfaces.index(road.surface),
        "name": roads.names.index(road.name),
        "closed": np.array([shut, shut]),
        "maxspeed_kmh": np.nan,
        "way_id": way_id,
        "structure": 0,
    }


def _with_word(known: tuple[str, ...], word: str) -> tuple[str, ...]:
    return known if word in known else (*known, word)


def _with_edges(roads: RoadNetwork, edges: Sequence[_Edge]) -> RoadNetwork:
    """Return the network with edges after those it has."""
    sizes = [len(edge.xy) for edge in edges]
    line_xy = np.vstack([np.empty((0, 2)), *(edge.xy for edge in edges)])
    to_degrees = pyproj.Transformer.from_crs(roads.crs, "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_degrees.transform(*line_xy.T))
    length = ellipsoid_lengths(lonlat, np.r_[0, np.cumsum(sizes, dtype=np.int64)])
    added: dict[str, Any] = {}
    for name in BY_EDGE:
        column = getattr(roads, name)
        more = np.array([edge.values[name] for edge in edges], dtype=column.dtype)
        added[name] = np.concatenate([column, more.reshape(len(edges), *column.shape[1:])])
    nodes = np.array([edge.nodes for edge in edges], dtype=roads.edge_node.dtype)
    if roads.line_z is not None:
        added["line_z"] = np.concatenate([roads.line_z, *(edge.z for edge in edges)])
    if roads.rules is not None:
        ruled: dict[str, Any] = {}
        for name, plain in RULES_BY_EDGE.items():
            column = getattr(roads.rules, name)
            more = np.array([edge.values.get(name, plain) for edge in edges], column.dtype)
            ruled[name] = np.concatenate([column, more])
        added["rules"] = replace(roads.rules, **ruled)
    return replace(
        roads,
        edge_node=np.vstack([roads.edge_node, nodes]),
        length_m=np.r_[roads.length_m, length],
        line_start=np.r_[roads.line_start, roads.line_start[-1] + np.cumsum(sizes)],
        line_xy=np.vstack([roads.line_xy, line_xy]),
        houses_nobody=np.r_[roads.why_nobody, np.full(len(edges), ADDED)],
        **added,
    )
