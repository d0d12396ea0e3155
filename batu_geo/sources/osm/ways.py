"""Collect the ways of a road file of any format, and count what is dropped."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.network.law.access_law import (
    FERRY,
    REVERSIBLE,
    access_of,
    is_toll_road,
    not_understood,
    oneway_value,
)
from batu_geo.network.law.barrier_law import gate_of, is_known_barrier
from batu_geo.network.law.surfaces import is_known_surface
from batu_geo.network.law.time_rules import CONDITIONAL
from batu_geo.network.law.turn_law import turn_tags
from batu_geo.network.road_rules import RuleNote, TurnRule, WayRules
from batu_geo.network.roads import HOUSES_NOBODY, STRUCTURES, Ways
from batu_geo.sources.osm.osm_tags import (
    ROAD_CLASSES,
    duration_minutes,
    height_m,
    houses_nobody,
    is_barrier,
    is_lake,
    maxspeed_kmh,
    structure,
    surface_words,
    width_m,
)
from batu_geo.sources.osm.restrictions import Member, Restriction
from batu_geo.sources.osm.rule_notes import (
    NOWHERE,
    barrier_notes,
    places_of,
    tag_text,
    turn_notes,
)
from batu_geo.sources.osm.water_outlines import rings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.network.law.access_law import Access

LONGEST_NAME = 120
NO_LAKE = -1
# Keys of access that make a node worth reading, beside `barrier`.
NODE_KEYS = ("access", "foot", "vehicle", "motor_vehicle", "motorcar", "motorcycle", "emergency")

RULE_KEYS = {*NODE_KEYS, "highway", "route", "oneway", "junction", "motorroad", "construction",
             "disused", "abandoned", "sac_scale", "smoothness", "opening_hours"}  # fmt: skip


@dataclass(slots=True)
class WayCollector:
    """Ways read so far, in growing arrays."""

    dropped: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    way_id: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("q"))
    node_id: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    road_class: array[int] = field(default_factory=lambda: array("i"))
    closed: array[int] = field(default_factory=lambda: array("B"))
    maxspeed: array[float] = field(default_factory=lambda: array("d"))
    surface: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    structure: array[int] = field(default_factory=lambda: array("B"))
    houses_nobody: array[int] = field(default_factory=lambda: array("B"))
    barriers: list[tuple[list[tuple[float, float]], int]] = field(default_factory=list)
    lake_count: int = 0
    ends_only: array[int] = field(default_factory=lambda: array("B"))
    opened: array[int] = field(default_factory=lambda: array("B"))
    width: array[float] = field(default_factory=lambda: array("d"))
    duration: array[float] = field(default_factory=lambda: array("d"))
    timed: dict[int, dict[str, str]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    notes: list[RuleNote] = field(default_factory=list)

    def add(
        self,
        way_id: int,
        tags: Mapping[str, str],
        nodes: Iterable[tuple[int, float, float]],
        *,
        may_repeat: bool = False,
    ) -> None:
        """Add a way, a ferry or a line of water, or count the reason why it is dropped.

        Parameters
        ----------
        way_id, tags
            As in OpenStreetMap.
        nodes
            Id, longitude and latitude of each; NaN where the node is missing.
        may_repeat
            Whether several ways may share an id, as parts of one street do in
            files that are split already.
        """
        if is_barrier(tags):
            self.lake_count += 1
            self.add_barrier(nodes, lake=self.lake_count if is_lake(tags) else NO_LAKE)
            return
        reason = self._why_dropped(tags, way_id)
        if reason and not (may_repeat and reason == "repeated ways"):
            self.dropped[reason] += 1
            return
        before = len(self.node_id)
        for node_id, lon, lat in nodes:
            self.node_id.append(node_id)
            self.lon.append(lon)
            self.lat.append(lat)
        self.seen.add(way_id)
        self.way_id.append(way_id)
        self.size.append(len(self.node_id) - before)
        self.road_class.append(ROAD_CLASSES.index(tags.get("highway", FERRY)))
        words = surface_words(tags)
        self.surface.append(words)
        self.name.append((tags.get("name") or tags.get("ref") or "")[:LONGEST_NAME])
        self.structure.append(STRUCTURES.index(structure(tags)))
        self.houses_nobody.append(HOUSES_NOBODY.index(houses_nobody(tags)))
        if words and not all(is_known_surface(word) for word in words.split(";") if word):
            self.dropped["surfaces without a factor"] += 1
        self._add_rules(way_id, tags)

    def _add_rules(self, way_id: int, tags: Mapping[str, str]) -> None:
        """Keep what the law says of a way, and count what it cannot use."""
        access, reasons = _law_of(tuple((k, v) for k, v in tags.items() if _is_rule(k)))
        self.closed.extend(access.closed)
        self.ends_only.extend(access.ends_only)
        self.opened.append(access.opened)
        for reason in reasons:
            self.dropped[reason] += 1
        measured = (
            (self.maxspeed, maxspeed_kmh(tags.get("maxspeed")), "odd maxspeed tags"),
            (self.width, width_m(tags), "odd width tags"),
            (self.duration, duration_minutes(tags), "odd duration tags"),
        )
        for column, (value, is_odd), reason in measured:
            column.append(value)
            if is_odd:
                self.dropped[reason] += 1
        if tags.get("toll", "no") != "no" and not is_toll_road(tags):
            self.dropped["toll tags that close nothing"] += 1
        if oneway_value(tags, "car") == REVERSIBLE and "oneway:conditional" not in tags:
            self.dropped["reversible lanes"] += 1
            self.notes.append(
                RuleNote("time_rule", way_id, tag_text(tags), "reversible", *NOWHERE, way_id)
            )
        if "opening_hours" in tags or any(key.endswith(CONDITIONAL) for key in tags):
            self.timed[way_id] = {key: tags[key] for key in sorted(tags) if _is_rule(key)}

    def add_node_tags(self, node_id: int, tags: Mapping[str, str]) -> None:
        """Keep the tags of a node that has a barrier or a rule of access; of others do nothing."""
        if "barrier" in tags or any(key in tags for key in NODE_KEYS):
            self.node_tags[node_id] = dict(tags)

    def add_restriction(
        self, relation_id: int, tags: Mapping[str, str], members: Iterable[Member]
    ) -> None:
        """Keep a relation ``type=restriction``: its tags, and its members in their order."""
        self.restrictions.append(Restriction(relation_id, dict(tags), tuple(members)))

    def add_barrier(
        self, nodes: Iterable[tuple[int, float, float]], *, lake: int = NO_LAKE
    ) -> None:
        """Keep a line that nobody walks across; nodes that are missing break it.

        Parameters
        ----------
        nodes
            Id, longitude and latitude of each.
        lake
            The lake whose outline it is, should it close.
        """
        part: list[tuple[float, float]] = []
        for _, lon, lat in [*nodes, (0, float("nan"), float("nan"))]:
            if abs(lon) <= 180 and abs(lat) <= 90:
                part.append((lon, lat))
                continue
            if len(part) > 1:
                is_ring = len(part) > 3 and part[0] == part[-1]
                self.barriers.append((part, lake if is_ring else NO_LAKE))
            part = []

    def add_lake(self, ways: Mapping[int, Sequence[tuple[int, float, float]]]) -> None:
        """Keep the outline of water drawn as several ways, its islands with it.

        Parts that do not close into a ring are lines that nobody crosses, and are counted.
        """
        rings, loose = rings_of(ways)
        self.lake_count += 1
        for ring in rings:
            self.add_barrier(ring, lake=self.lake_count)
        for line in loose:
            self.add_barrier(line)
        if loose or not rings:
            self.dropped["lakes whose outline does not close"] += 1

    def _why_dropped(self, tags: Mapping[str, str], way_id: int) -> str | None:
        is_ferry = "highway" not in tags and tags.get("route") == FERRY
        if tags.get("highway") not in ROAD_CLASSES[:-1] and not is_ferry:
            return "ways of a class that is no road"
        if tags.get("area") == "yes":
            return "areas"
        return "repeated ways" if way_id in self.seen else None

    def ways(self) -> Ways:
        """Return the collected ways."""
        surface, surfaces = _coded(self.surface)
        name, names = _coded(self.name)
        known = sorted(self.barriers)
        barriers = [line for line, _ in known]
        return Ways(
            way_id=np.array(self.way_id, np.int64),
            start=np.r_[0, np.cumsum(np.array(self.size, np.int64))].astype(np.int64),
            node_id=np.array(self.node_id, np.int64),
            lon=np.array(self.lon, np.float64),
            lat=np.array(self.lat, np.float64),
            road_class=np.array(self.road_class, np.int32),
            classes=ROAD_CLASSES,
            surface=surface,
            surfaces=surfaces,
            name=name,
            names=names,
            closed=np.array(self.closed, np.uint8).reshape(-1, 2),
            maxspeed_kmh=np.array(self.maxspeed, np.float64),
            structure=np.array(self.structure, np.uint8),
            barrier_start=np.r_[0, np.cumsum([len(b) for b in barriers])].astype(np.int64),
            barrier_lon=np.array([lon for b in barriers for lon, _ in b], np.float64),
            barrier_lat=np.array([lat for b in barriers for _, lat in b], np.float64),
            barrier_lake=_numbered([lake for _, lake in known]),
            houses_nobody=np.array(self.houses_nobody, np.uint8),
            rules=self._rules(),
        )

    def _rules(self) -> WayRules:
        gates = {}
        used = set(self.node_id)
        for node_id, tags in sorted(self.node_tags.items()):
            if node_id not in used:
                continue
            gate = gate_of(tags, width_m=width_m(tags)[0], height_m=height_m(tags)[0])
            if not is_known_barrier(gate.kind):
                self.dropped["barriers of an unknown kind"] += 1
            if "opening_hours" in tags or any(key.endswith(CONDITIONAL) for key in tags):
                self.dropped["rules by time of barriers"] += 1
            if not gate.is_open:
                gates[node_id] = gate
        turns = tuple(rule for relation in self.restrictions for rule in self._turns(relation))
        return WayRules(
            ends_only=np.array(self.ends_only, np.uint8).reshape(-1, 2),
            opened=np.array(self.opened, np.uint8),
            width_m=np.array(self.width, np.float64),
            duration_min=np.array(self.duration, np.float64),
            gates=gates,
            turns=turns,
            timed=self.timed,
            notes=self._notes(),
        )

    def _notes(self) -> tuple[RuleNote, ...]:
        """Return every rule that stands on a node, a relation or a lane, used or not."""
        wanted = {*self.node_tags, *(relation.via_node or 0 for relation in self.restrictions)}
        columns = (np.array(column) for column in (self.node_id, self.lon, self.lat))
        places = places_of(wanted, *columns)
        turns = turn_notes(self.restrictions, places)
        return (*barrier_notes(self.node_tags, places), *turns, *self.notes)

    def _turns(self, relation: Restriction) -> Iterator[TurnRule]:
        """Yield the rules of a relation, one for each pair of ways; count what cannot be used."""
        found, reasons = turn_tags(relation.tags)
        for reason in reasons:
            self.dropped[reason] += 1
        if not relation.is_whole:
            self.dropped["broken turn rules"] += bool(found)
            return
        over = tuple(relation.ways("via"))
        for tag in found:
            for from_way in relation.ways("from"):
                for to_way in relation.ways("to"):
                    yield TurnRule(relation.relation_id, from_way, to_way, relation.via_node, over,
                                   *tag)  # fmt: skip


@lru_cache(maxsize=20_000)
def _law_of(rules: tuple[tuple[str, str], ...]) -> tuple[Access, tuple[str, ...]]:
    """Return what tags that bear on access allow, and what of them is not understood.

    Most ways of an extract have the tags of many others: the law is asked once for each set.
    """
    tags = dict(rules)
    return access_of(tags), tuple(not_understood(tags))


@lru_cache(maxsize=20_000)
def _is_rule(key: str) -> bool:
    """Return whether a key bears on access, which a rule by time may change."""
    first = key.partition(":")[0]
    return first in RULE_KEYS


def _numbered(lakes: Sequence[int]) -> NDArray[np.int32]:
    """Return lakes by numbers in the order of their first line, whatever the file's order was.

    >>> _numbered([7, -1, 3, 7]).tolist()
    [0, -1, 1, 0]
    """
    known = {lake: number for number, lake in enumerate(dict.fromkeys(x for x in lakes if x >= 0))}
    return np.array([known.get(lake, NO_LAKE) for lake in lakes], np.int32)


def _coded(texts: Sequence[str]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return the code of each text, and the distinct texts in order, the empty one first."""
    known = ("", *sorted(set(texts) - {""}))
    code = {text: number for number, text in enumerate(known)}
    return np.array([code[text] for text in texts], np.int32), known
