"""Lakes and wide rivers that OpenStreetMap draws as relations: rings of several ways, islands."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import pytest
import shapely

from batu_geo.access.inhabited import in_water, inhabited_stretches
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.osm.water_outlines import rings_of
from batu_geo.sources.roads.read_roads import read_roads
from tests.toy import CORNER, CRS, TO_DEGREES

# In steps of 100 m: a lake from 1 to 9, its outline in three ways of which the second runs
# backwards; an island from 3 to 7 in two ways; on the island a pond from 4 to 5.
CORNERS = {
    1: (1, 1), 2: (9, 1), 3: (9, 9), 4: (1, 9),
    5: (3, 3), 6: (7, 3), 7: (7, 7), 8: (3, 7),
    9: (4, 4), 10: (5, 4), 11: (5, 5), 12: (4, 5),
    13: (0, 6), 14: (10, 6), 15: (0, 0),
}  # fmt: skip
ROAD = {"highway": "residential"}
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    20: ([1, 2], {}), 21: ([4, 3, 2], {"source": "survey"}), 22: ([4, 1], {}),
    23: ([5, 6, 7], {}), 24: ([5, 8, 7], {}),
    25: ([9, 10, 11, 12, 9], {}),
    30: ([13, 14], ROAD), 31: ([15, 13], ROAD),
}  # fmt: skip
LAKE = {"type": "multipolygon", "natural": "water"}
OUTER = [("w", 20, "outer"), ("w", 21, "outer"), ("w", 22, "outer")]
ISLAND = [("w", 23, "inner"), ("w", 24, "inner")]
POND = [("w", 25, "outer")]
Drawn = tuple[dict[int, tuple[list[int], dict[str, str]]], list[tuple[dict[str, str], list]]]


def place(x: float, y: float) -> tuple[float, float]:
    lon, lat = TO_DEGREES.transform(CORNER[0] + 100 * x, CORNER[1] + 100 * y)
    return round(lon, 7), round(lat, 7)


def pbf(folder: Path, ways, relations) -> Path:
    path = folder / "roads.osm.pbf"
    path.unlink(missing_ok=True)
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for number, corner in CORNERS.items():
            writer.add_node(mutable.Node(id=number, location=place(*corner)))
        for number, (nodes, tags) in ways.items():
            writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags))
        for number, (tags, members) in enumerate(relations, start=1):
            writer.add_relation(mutable.Relation(id=number, members=members, tags=tags))
    return path


def xml(folder: Path, ways, relations) -> Path:
    def tagged(tags: dict[str, str]) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())

    parts = ['<?xml version="1.0"?><osm version="0.6">']
    for number, corner in CORNERS.items():
        lon, lat = place(*corner)
        parts.append(f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}"/>')
    for number, (nodes, tags) in ways.items():
        refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
        parts.append(f'<way id="{number}">{refs}{tagged(tags)}</way>')
    for number, (tags, members) in enumerate(relations, start=1):
        said = "".join(f'<member type="way" ref="{n}" role="{role}"/>' for _, n, role in members)
        parts.append(f'<relation id="{number}">{said}{tagged(tags)}</relation>')
    path = folder / "roads.osm"
    path.write_text("".join([*parts, "</osm>"]), encoding="utf-8")
    return path


def overpass(folder: Path, ways, relations) -> Path:
    elements = [
        {"type": "relation", "id": number, "tags": tags,
         "members": [{"type": "way", "ref": n, "role": role} for _, n, role in members]}
        for number, (tags, members) in enumerate(relations, start=1)
    ]  # fmt: skip
    for number, (nodes, tags) in ways.items():
        elements.append(
            {"type": "way", "id": number, "nodes": nodes} | ({"tags": tags} if tags else {})
        )
    for number, corner in CORNERS.items():
        lon, lat = place(*corner)
        elements.append({"type": "node", "id": number, "lon": lon, "lat": lat})
    path = folder / "roads.json"
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    return path


WRITERS = {"pbf": pbf, "xml": xml, "overpass": overpass}


def read(path: Path):
    return read_roads(Opened(path.name, path.read_bytes()), crs=CRS)


def wet(roads, *places: tuple[float, float]) -> list[bool]:
    xy = [(CORNER[0] + 100 * x, CORNER[1] + 100 * y) for x, y in places]
    return in_water(roads, np.asarray(shapely.points(xy), dtype=object)).tolist()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "tags", [LAKE, {"type": "multipolygon", "waterway": "riverbank"}], ids=["lake", "river"]
)
def test_a_lake_of_split_ways_with_an_island_and_a_pond(
    tmp_path: Path, writer: str, tags: dict[str, str]
) -> None:
    """The street crosses 400 m of water and 400 m of the island; 100 m lie on each shore."""
    roads = read(WRITERS[writer](tmp_path, WAYS, [(tags, OUTER + ISLAND + POND)]))
    asked = ((2, 5), (8, 2), (3.5, 3.5), (4.5, 4.5), (6, 6), (0.5, 5), (9.5, 9.5))
    assert wet(roads, *asked) == [True, True, False, True, False, False, False]
    assert len(roads.barrier_start) - 1 == 3
    walk = shapely.LineString([(CORNER[0] + x, CORNER[1] + 550) for x in (50, 150)])
    assert shapely.crosses(roads.barriers(), walk).sum() == 1
    lived = inhabited_stretches(roads, spacing_m=10, classes=("residential",)).weight_m.sum()
    assert lived == pytest.approx(600 + 100 + 400 + 100, abs=15)
    assert not any("lakes" in reason for reason in roads.dropped)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_lake_of_which_a_way_is_missing_is_a_line_and_is_counted(
    tmp_path: Path, writer: str
) -> None:
    ways = {number: way for number, way in WAYS.items() if number != 22}
    roads = read(WRITERS[writer](tmp_path, ways, [(LAKE, OUTER + POND)]))
    assert wet(roads, (2, 5), (4.5, 4.5)) == [False, True]
    assert roads.dropped["lakes whose outline does not close"] == 1
    assert len(roads.barrier_start) - 1 == 2, "nobody walks across what is known of its shore"


@pytest.mark.parametrize("writer", WRITERS)
def test_a_way_that_is_tagged_as_water_beside_its_relation_does_not_fill_the_island(
    tmp_path: Path, writer: str
) -> None:
    ring, island = ([1, 2, 3, 4, 1], {"natural": "water"}), ([5, 6, 7, 8, 5], {"natural": "water"})
    ways = {20: ring, 23: island, 30: WAYS[30], 31: WAYS[31]}
    members = [("w", 20, "outer"), ("w", 23, "inner")]
    roads = read(WRITERS[writer](tmp_path, ways, [(LAKE, members)]))
    assert wet(roads, (2, 5), (5, 5)) == [True, False]
    alone = read(WRITERS[writer](tmp_path, ways, []))
    assert wet(alone, (2, 5), (5, 5)) == [True, True]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "tags",
    [{"type": "multipolygon", "place": "island"}, {"type": "multipolygon", "natural": "wood"},
     {"type": "route", "natural": "water"}],
)  # fmt: skip
def test_a_relation_that_is_no_water_is_none(
    tmp_path: Path, writer: str, tags: dict[str, str]
) -> None:
    roads = read(WRITERS[writer](tmp_path, WAYS, [(tags, OUTER)]))
    assert wet(roads, (2, 5)) == [False]
    assert len(roads.barrier_start) - 1 == 0


@pytest.mark.parametrize("seed", range(30))
def test_rings_cut_anywhere_and_turned_round_are_found_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ways, expected, node, way = {}, [], 0, 0
    for _ in range(rng.integers(1, 5)):
        ring = [(node + n, float(n), float(seed)) for n in range(int(rng.integers(3, 12)))]
        node += len(ring)
        expected.append(frozenset(place[0] for place in ring))
        closed = [*ring, ring[0]]
        cuts = sorted({0, len(ring), *rng.integers(0, len(ring), rng.integers(0, 4)).tolist()})
        for low, high in zip(cuts, cuts[1:], strict=False):
            part = closed[low : high + 1]
            ways[way] = part[::-1] if rng.random() < 0.5 else part
            way += 1
    order = rng.permutation(way).tolist()
    rings, loose = rings_of({order[n]: part for n, part in ways.items()})
    assert not loose
    assert {frozenset(place[0] for place in ring) for ring in rings} == set(expected)
    assert sum(len(ring) for ring in rings) == sum(len(ring) + 1 for ring in expected)
