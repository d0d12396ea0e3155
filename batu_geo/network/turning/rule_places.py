"""Barriers, turn restrictions and rules by time with their places, and what is made of each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.travel import VEHICLES
from batu_geo.network.law.time_rules import CONDITIONAL, is_in_force, tags_at
from batu_geo.network.rules_in_force import lawful, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.law.time_rules import Moment
    from batu_geo.network.road_rules import RoadRules
    from batu_geo.network.roads import RoadNetwork

KINDS = ("barrier", "turn_rule", "time_rule")
AT_M = 0.5


class _Rule(NamedTuple):
    """A rule: its kind, tags, what is made of it, whom it binds, its place, and a way of it."""

    kind: str
    tag: str
    use: str
    vehicles: CellRows
    place: shapely.Point | None
    way_id: int


def rule_places(roads: RoadNetwork, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return every barrier on a node, turn restriction and rule by time of a road file.

    Columns: ``kind`` (one of `KINDS`), ``edge`` (a street at the place), ``way_id``, ``metres``
    (0), ``tag``, ``use`` and ``vehicles`` (a `CellRows` of those that are stopped or bound),
    and the place. ``use`` is

    - of a barrier ``stops``, ``stops_nobody`` or ``unknown_kind``;
    - of a turn restriction ``binds``, ``not_now`` or ``left_open`` (by time), ``no_streets``,
      ``broken``, ``odd``, ``on_red`` or ``other_vehicles``;
    - of a rule by time ``holds``, ``not_now`` or ``left_open``, ``reversible`` (the way is closed
      both ways) or ``time_of_barrier`` (not used).

    A rule without a place on these roads is left out.
    """
    found: list[tuple[_Rule, int, shapely.Point]] = []
    if roads.rules is not None:
        by_way = _edges_by_way(roads)
        tree = shapely.STRtree(roads.lines())
        for rule in _rules(roads, roads.rules, scenario):
            edge = _edge_of(roads, rule, by_way, tree)
            if edge >= 0:
                found.append((rule, edge, rule.place or _middle(roads, edge)))
    edges = np.array([edge for _, edge, _ in found], np.int64)
    columns = {
        "kind": [rule.kind for rule, _, _ in found], "edge": edges, "way_id": roads.way_id[edges],
        "metres": np.zeros(len(found)), "tag": [rule.tag for rule, _, _ in found],
        "use": [rule.use for rule, _, _ in found],
        "vehicles": [rule.vehicles for rule, _, _ in found],
    }  # fmt: skip
    points = gpd.GeoSeries([place for _, _, place in found], crs=roads.crs, dtype="geometry")
    return gpd.GeoDataFrame(columns, geometry=points, crs=roads.crs)


def _rules(roads: RoadNetwork, rules: RoadRules, scenario: Scenario) -> Iterator[_Rule]:
    moment, now = moment_of(scenario.travel), lawful(roads, scenario).rules
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", roads.crs, always_xy=True)
    stopped = {} if now is None else _stopped(roads, now)
    turns = defaultdict(list)
    for row, number in enumerate(rules.turn_relation.tolist()):
        turns[number].append(row)
    for note in rules.notes:
        place = None if note.lon is None else shapely.Point(to_metres.transform(note.lon, note.lat))
        use, bits = note.why_not, 0
        if note.kind == "barrier" and not use:
            key = tuple(np.round(shapely.get_coordinates(place)[0] / AT_M).tolist())
            bits = stopped.get(key, 0)
            use = "stops" if bits else "stops_nobody"
        elif note.kind == "turn_rule" and not use:
            use, bits = _of_turn(rules, turns.get(note.osm_id, []), moment)
        yield _Rule(note.kind, note.tag, use, _names(bits), place, note.way_id)
    yield from _by_time(rules, moment)


def _stopped(roads: RoadNetwork, now: RoadRules) -> dict[tuple[float, ...], int]:
    """Return whom each barrier stops or lets begin and end trips only, by its rounded place."""
    bits = (now.gate_closed | now.gate_ends_only).tolist()
    places = np.round(roads.node_xy[now.gate_node] / AT_M).tolist()
    return {tuple(place): number for place, number in zip(places, bits, strict=True)}


def _of_turn(rules: RoadRules, rows: list[int], moment: Moment) -> tuple[str, int]:
    """Return what is made of a turn restriction, and whom it binds as bits."""
    if not rows:
        return "no_streets", 0
    texts = [rules.turn_condition[row] for row in rows]
    in_force = [True if not text else is_in_force(text, moment) for text in texts]
    bits = [int(rules.turn_vehicles[row]) for row, now in zip(rows, in_force, strict=True) if now]
    if bits:
        return "binds", int(np.bitwise_or.reduce(bits))
    return ("left_open" if None in in_force else "not_now"), 0


def _by_time(rules: RoadRules, moment: Moment) -> Iterator[_Rule]:
    """Yield the rules by time of ways."""
    for way, tags in rules.timed.items():
        found = tags_at(tags, moment)
        use = "holds" if found.tags != tags else "left_open" if found.open_rules else "not_now"
        is_timed = (key for key in tags if key.endswith(CONDITIONAL) or key == "opening_hours")
        tag = "; ".join(f"{key}={tags[key]}" for key in is_timed)
        yield _Rule("time_rule", tag, use, _names(0), None, int(way))


def _names(bits: int) -> CellRows:
    names = tuple(name for number, name in enumerate(VEHICLES) if bits >> number & 1)
    return CellRows(names, separator=";")


def _edges_by_way(roads: RoadNetwork) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for edge, way in enumerate(roads.way_id.tolist()):
        found[way].append(edge)
    return found


def _edge_of(
    roads: RoadNetwork, rule: _Rule, by_way: Mapping[int, list[int]], tree: shapely.STRtree
) -> int:
    """Return a street at the place of a rule: of its way if it has one; -1 where there is none."""
    own = np.array(by_way.get(rule.way_id, ()), np.int64)
    if rule.place is None:
        return int(own[roads.length_m[own].argmax()]) if len(own) else -1
    if len(own):
        return int(own[np.argmin(shapely.distance(roads.lines(own), rule.place))])
    near = tree.query(rule.place, predicate="dwithin", distance=AT_M)
    return int(near.min()) if len(near) else -1


def _middle(roads: RoadNetwork, edge: int) -> shapely.Point:
    line = roads.lines(np.array([edge]))[0]
    return shapely.Point(line.interpolate(0.5, normalized=True))
