"""Barriers, turn restrictions and ferries reach the collector from every format that has them."""

from __future__ import annotations

import json
from pathlib import Path

from batu_geo.sources.files.opening import open_input
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.osm.ways import WayCollector
from batu_geo.sources.roads.read_roads import READERS
from batu_geo.sources.roads.reading import RoadReading

XML = """<osm version="0.6">
<node id="1" lon="112.5" lat="-7.9"/>
<node id="2" lon="112.51" lat="-7.9"><tag k="barrier" v="gate"/><tag k="access" v="private"/></node>
<node id="3" lon="112.52" lat="-7.9"><tag k="highway" v="crossing"/></node>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="8"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<relation id="9">
<member type="way" ref="7" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="8" role="to"/>
<tag k="type" v="restriction"/><tag k="restriction" v="no_straight_on"/>
</relation>
<relation id="10"><member type="way" ref="7" role=""/><tag k="type" v="route"/></relation>
</osm>"""
GATE = {"barrier": "gate", "access": "private"}
RULE = {"type": "restriction", "restriction": "no_straight_on"}
MEMBERS = (Member("way", 7, "from"), Member("node", 2, "via"), Member("way", 8, "to"))


def collected(path: Path) -> WayCollector:
    reading = RoadReading()
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    READERS[opened.suffix](opened, reading)
    return reading.collector


def check(found: WayCollector) -> None:
    assert list(found.way_id) == [7, 8]
    assert found.node_tags == {2: GATE}
    assert [tuple(rule) for rule in found.restrictions] == [(9, RULE, MEMBERS)]


def test_an_osm_file(tmp_path: Path) -> None:
    path = tmp_path / "x.osm"
    path.write_text(XML, encoding="utf-8")
    check(collected(path))


def test_an_overpass_answer(tmp_path: Path) -> None:
    members = [{"type": m.kind, "ref": m.ref, "role": m.role} for m in MEMBERS]
    street = {"highway": "residential"}
    elements = [
        {"type": "node", "id": 1, "lon": 112.5, "lat": -7.9},
        {"type": "node", "id": 2, "lon": 112.51, "lat": -7.9, "tags": GATE},
        {"type": "node", "id": 3, "lon": 112.52, "lat": -7.9, "tags": {"highway": "crossing"}},
        {"type": "way", "id": 7, "nodes": [1, 2], "tags": street},
        {"type": "way", "id": 8, "nodes": [2, 3], "tags": street},
        {"type": "relation", "id": 9, "tags": RULE, "members": members},
        {"type": "relation", "id": 10, "tags": {"type": "route"}, "members": []},
    ]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"elements": elements}), encoding="utf-8")
    check(collected(path))
