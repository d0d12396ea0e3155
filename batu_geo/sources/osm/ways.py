"""Collect the ways of a road file of any format, and count what is dropped."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.roads import STRUCTURES, Ways
from batu_geo.sources.osm.osm_tags import (
    ROAD_CLASSES,
    closed_bits,
    is_barrier,
    is_driveway,
    is_lake,
    maxspeed_kmh,
    structure,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

LONGEST_NAME = 120
# Keys of access that make a node worth reading, beside `barrier`.
NODE_KEYS = ("access", "foot", "vehicle", "motor_vehicle", "motorcar", "motorcycle", "emergency")


class Member(NamedTuple):
    """A member of a relation: ``node``, ``way`` or ``relation``, its id and its role."""

    kind: str
    ref: int
    role: str


class Restriction(NamedTuple):
    """A turn restriction as it stands in OpenStreetMap."""

    relation_id: int
    tags: dict[str, str]
    members: tuple[Member, ...]


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
    houses_nobody: list[bool] = field(default_factory=list)
    barriers: list[tuple[list[tuple[float, float]], bool]] = field(default_factory=list)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)

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
            self.add_barrier(nodes, is_lake=is_lake(tags))
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
        limit, is_odd = maxspeed_kmh(tags.get("maxspeed"))
        if is_odd:
            self.dropped["odd maxspeed tags"] += 1
        self.seen.add(way_id)
        self.way_id.append(way_id)
        self.size.append(len(self.node_id) - before)
        self.road_class.append(ROAD_CLASSES.index(tags["highway"]))
        self.closed.extend(closed_bits(tags))
        self.maxspeed.append(limit)
        self.surface.append(tags.get("surface", ""))
        self.name.append((tags.get("name") or tags.get("ref") or "")[:LONGEST_NAME])
        self.structure.append(STRUCTURES.index(structure(tags)))
        self.houses_nobody.append(is_driveway(tags))

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
        self, nodes: Iterable[tuple[int, float, float]], *, is_lake: bool = False
    ) -> None:
        """Keep a line that nobody walks across; nodes that are missing break it."""
        part: list[tuple[float, float]] = []
        for _, lon, lat in [*nodes, (0, float("nan"), float("nan"))]:
            if abs(lon) <= 180 and abs(lat) <= 90:
                part.append((lon, lat))
                continue
            if len(part) > 1:
                self.barriers.append((part, is_lake and len(part) > 3 and part[0] == part[-1]))
            part = []

    def _why_dropped(self, tags: Mapping[str, str], way_id: int) -> str | None:
        if tags.get("highway") not in ROAD_CLASSES:
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
            barrier_is_lake=np.array([is_lake for _, is_lake in known], bool),
            houses_nobody=np.array(self.houses_nobody, bool),
        )


def _coded(texts: Sequence[str]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return the code of each text, and the distinct texts in order, the empty one first."""
    known = ("", *sorted(set(texts) - {""}))
    code = {text: number for number, text in enumerate(known)}
    return np.array([code[text] for text in texts], np.int32), known
