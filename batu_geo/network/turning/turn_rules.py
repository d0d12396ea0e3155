"""Turn restrictions of ways and nodes as sequences of arcs that nobody bound may follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.network.road_rules import Numbering, TurnRule
    from batu_geo.network.roads import RoadNetwork


class Forbidden(NamedTuple):
    """Arcs that may not follow each other, whom that binds, and when."""

    relation_id: int
    arcs: tuple[int, ...]
    vehicles: int
    condition: str


class _Edges(NamedTuple):
    """Edges of the ways that rules name, and the arcs that leave each node."""

    of_way: Mapping[int, list[int]]
    ends: Mapping[int, tuple[int, int]]
    leaving: Mapping[int, list[int]]

    def arriving_at(self, way: int, node: int) -> list[int]:
        return [arc ^ 1 for arc in self.leaving_from(way, node)]

    def leaving_from(self, way: int, node: int) -> list[int]:
        mine = set(self.of_way.get(way, ()))
        return [arc for arc in self.leaving.get(node, ()) if arc >> 1 in mine]


def resolved_turns(
    roads: RoadNetwork,
    rules: Sequence[TurnRule],
    numbering: Numbering,
    counts: dict[str, int],
) -> list[Forbidden]:
    """Return the forbidden sequences of arcs; rules that fit no streets here are counted.

    A mandatory rule (``only_``) forbids every other way on.
    """
    if not rules:
        return []
    edges = _edges_of(roads, rules)
    found: list[Forbidden] = []
    for rule in rules:
        arcs = _by_node(edges, rule, numbering) if rule.via_node is not None else _by_ways(
            edges, rule)  # fmt: skip
        if not arcs:
            reason = "turn rules that fit no streets"
            counts[reason] = counts.get(reason, 0) + 1
        found += [Forbidden(rule.relation_id, a, rule.vehicles, rule.condition) for a in arcs]
    return found


def _edges_of(roads: RoadNetwork, rules: Sequence[TurnRule]) -> _Edges:
    named = {way for rule in rules for way in (rule.from_way, rule.to_way, *rule.via_ways)}
    rows = np.flatnonzero(np.isin(roads.way_id, np.array(sorted(named), np.int64)))
    of_way: dict[int, list[int]] = {}
    for edge, way in zip(rows.tolist(), roads.way_id[rows].tolist(), strict=True):
        of_way.setdefault(way, []).append(edge)
    near = np.isin(roads.edge_node, roads.edge_node[rows].ravel()).any(axis=1)
    ends: dict[int, tuple[int, int]] = {}
    leaving: dict[int, list[int]] = {}
    for edge in np.flatnonzero(near).tolist():
        start, end = roads.edge_node[edge].tolist()
        ends[edge] = (start, end)
        leaving.setdefault(start, []).append(2 * edge)
        leaving.setdefault(end, []).append(2 * edge + 1)
    return _Edges(of_way, ends, leaving)


def _by_node(edges: _Edges, rule: TurnRule, numbering: Numbering) -> list[tuple[int, ...]]:
    node = int(numbering.of(np.array([rule.via_node], np.int64))[0])
    first = edges.arriving_at(rule.from_way, node)
    last = edges.leaving_from(rule.to_way, node)
    if rule.from_way == rule.to_way and not rule.is_only:
        return [(arc, arc ^ 1) for arc in first]
    if len(first) != 1 or len(last) != 1:
        return []
    if not rule.is_only:
        return [(first[0], last[0])]
    return [(first[0], arc) for arc in edges.leaving[node] if arc != last[0]]


def _by_ways(edges: _Edges, rule: TurnRule) -> list[tuple[int, ...]]:
    """Return the sequences of a rule over ways: by the one path over them, end to end."""
    between = {edge for way in rule.via_ways for edge in edges.of_way.get(way, ())}
    nodes = {node for edge in between for node in edges.ends[edge]}
    starts = [
        (node, arc) for node in sorted(nodes) for arc in edges.arriving_at(rule.from_way, node)
    ]
    ends = [(node, arc) for node in sorted(nodes) for arc in edges.leaving_from(rule.to_way, node)]
    found = [
        (first, *path, last)
        for here, first in starts
        for there, last in ends
        for path in _paths(edges, between, here, there)
    ]
    if len(found) != 1:
        return []
    if not rule.is_only:
        return found
    *before, last = found[0]
    node = next(there for there, arc in ends if arc == last)
    return [(*before, arc) for arc in edges.leaving[node] if arc not in (last, before[-1] ^ 1)]


def _paths(edges: _Edges, allowed: set[int], here: int, there: int) -> list[tuple[int, ...]]:
    """Return the simple paths over some edges from one node to another, the ways of a rule."""
    found: list[tuple[int, ...]] = []
    open_paths: list[tuple[int, tuple[int, ...]]] = [(here, ())]
    while open_paths:
        node, path = open_paths.pop()
        if node == there and path:
            found.append(path)
            continue
        for arc in edges.leaving.get(node, ()):
            edge = arc >> 1
            if edge in allowed and edge not in {a >> 1 for a in path}:
                open_paths.append((edges.ends[edge][1 - (arc & 1)], (*path, arc)))
    return found
