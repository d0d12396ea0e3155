"""Hand ways, nodes and turn restrictions of a road file over, and count their tags."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batu_geo.sources.osm.osm_tags import is_barrier
from batu_geo.sources.osm.ways import WayCollector
from batu_geo.sources.roads.normal_tags import plain_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.errors import Problem
    from batu_geo.sources.osm.restrictions import Member

Tag = tuple[str, str]


@dataclass(slots=True)
class RoadReading:
    """A road file as read so far.

    Attributes
    ----------
    collector
        The ways, and what was dropped.
    ways, nodes, relations
        How often each tag stands on the ways kept, on nodes and on turn restrictions.
    classes
        How often each class stands on ways that were not kept.
    keys
        The keys that the file has a place for; None where it may hold any tag.
    holds_nodes, holds_turns
        Whether barriers on nodes, and turn restrictions, can stand in it.
    unclear
        Columns whose name was cut and may be one of several keys, with those keys.
    doubts
        What had to be assumed of the file: encoding, coordinate system, parts passed over.
    """

    collector: WayCollector = field(default_factory=WayCollector)
    ways: Counter[Tag] = field(default_factory=Counter)
    nodes: Counter[Tag] = field(default_factory=Counter)
    relations: Counter[Tag] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    keys: set[str] | None = None
    holds_nodes: bool = True
    holds_turns: bool = True
    unclear: dict[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: list[Problem] = field(default_factory=list)

    def doubt(self, notices: Iterable[Problem]) -> None:
        """Keep what had to be assumed, once for all layers of a file."""
        self.doubts += [notice for notice in notices if notice not in self.doubts]

    def add_way(
        self,
        way_id: int,
        tags: Mapping[str, str],
        nodes: Iterable[tuple[int, float, float]],
        *,
        may_repeat: bool = False,
    ) -> None:
        """Hand over a road, a ferry or water that nobody crosses; any other line is passed over.

        Parameters
        ----------
        way_id, tags
            As in OpenStreetMap.
        nodes
            Id, longitude and latitude of each; NaN where the node is missing.
        may_repeat
            Whether parts of one street may share an id.
        """
        if not is_wanted(tags):
            return
        tags = plain_tags(tags)
        before = len(self.collector.way_id)
        self.collector.add(way_id, tags, nodes, may_repeat=may_repeat)
        if len(self.collector.way_id) > before:
            self.ways.update(tags.items())
        elif "highway" in tags:
            self.classes[tags["highway"]] += 1

    def add_node(self, node_id: int, tags: Mapping[str, str]) -> None:
        """Hand over the tags of a node."""
        tags = plain_tags(tags)
        self.nodes.update(tags.items())
        self.collector.add_node_tags(node_id, tags)

    def add_restriction(
        self, relation_id: int, tags: Mapping[str, str], members: Iterable[Member]
    ) -> None:
        """Hand over a relation ``type=restriction`` with its members in their order."""
        self.relations.update(tags.items())
        self.collector.add_restriction(relation_id, tags, members)

    def add_lake(self, ways: Mapping[int, Sequence[tuple[int, float, float]]]) -> None:
        """Hand over the outline of water that a relation draws, as its ways with their nodes."""
        self.collector.add_lake(ways)


def is_wanted(tags: Mapping[str, str]) -> bool:
    """Return whether a way is a road, a ferry or water that nobody crosses.

    >>> is_wanted({"highway": "path"}), is_wanted({"building": "yes"})
    (True, False)
    """
    return "highway" in tags or tags.get("route") == "ferry" or is_barrier(tags)
