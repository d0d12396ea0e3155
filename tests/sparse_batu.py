"""The embedded study with its main roads alone: everything else as it is, in a fifth of the time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import networkx as nx
import osmium

from batu_geo.sources.study.embedded import embedded_study

ROADS = Path("roads") / "jalan_ilustratif.osm.pbf"
KEPT = {"primary", "secondary", "tertiary", "unclassified"}


def write_sparse_study(folder: Path) -> Path:
    """Copy the embedded study without its local streets and paths, and return the folder.

    Every village keeps an inhabited road that leads to every unit, so each question still has an
    answer; only the numbers are others.
    """
    shutil.copytree(embedded_study(), folder)
    nodes: dict[int, Any] = {}
    ways: list[Any] = []
    for item in osmium.FileProcessor(str(folder / ROADS)):
        if item.is_node():
            place = (item.location.lon, item.location.lat)
            nodes[item.id] = osmium.osm.mutable.Node(
                id=item.id, location=place, tags=dict(item.tags)
            )
        elif item.tags.get("highway") in KEPT:
            refs = [node.ref for node in item.nodes]
            ways.append(osmium.osm.mutable.Way(id=item.id, nodes=refs, tags=dict(item.tags)))
    net: nx.Graph[int] = nx.Graph()
    for way in ways:
        nx.add_path(net, way.nodes)
    joined = max(nx.connected_components(net), key=len)
    (folder / ROADS).unlink()
    with osmium.SimpleWriter(str(folder / ROADS)) as writer:
        for number in sorted(joined):
            writer.add_node(nodes[number])
        for way in ways:
            if way.nodes[0] in joined:
                writer.add_way(way)
    return folder
