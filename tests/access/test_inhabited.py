"""A street houses people once, however often it is drawn; nobody lives where nobody can.

Metres are worked out by hand on streets of 400 m.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from batu_geo.access.demand import demand_points
from batu_geo.access.inhabited import REASONS, inhabited_stretches, lakes, left_out
from batu_geo.domain.travel import Demand
from batu_geo.network.build_network import build_network
from batu_geo.sources.osm.ways import WayCollector
from tests.toy import CORNER, CRS, TO_DEGREES, villages

CLASSES = ("residential", "service", "motorway", "tertiary")


def drawn(*ways, crs: str = CRS):
    """Return the roads of ways, each its tags and corners in metres east and south."""
    collector, number = WayCollector(), {}
    for way_id, (tags, corners) in enumerate(ways, start=1):
        nodes = []
        for x, y in corners:
            node = number.setdefault((x, y), len(number) + 1)
            nodes.append((node, *TO_DEGREES.transform(CORNER[0] + x, CORNER[1] - y)))
        collector.add(way_id, {"highway": tags} if isinstance(tags, str) else tags, nodes)
    return build_network(collector.ways(), crs=crs, dropped=collector.dropped)


def metres(*ways, classes=CLASSES) -> float:
    roads = drawn(*ways)
    return float(inhabited_stretches(roads, spacing_m=100, classes=classes).weight_m.sum())


def line(y: float, x: float = 0, end: float = 400) -> list[tuple[float, float]]:
    return [(x, y), (end, y)]


def tagged(highway: str = "residential", **tags: str) -> dict[str, str]:
    return {"highway": highway, **tags}


EAST, WEST = tagged(oneway="yes"), tagged(oneway="-1")
CASES = {
    "one street": ([("residential", line(0))], 400),
    "drawn twice on itself": ([("residential", line(0)), ("residential", line(0))], 400),
    "thrice": ([("residential", line(0))] * 3, 400),
    "two lanes 15 m apart": ([("residential", line(0)), ("residential", line(15))], 800),
    "drawn against itself": ([("residential", line(0)), ("residential", line(0)[::-1])], 400),
    "as a service road too": ([("residential", line(0)), ("service", line(0.5))], 400),
    "two streets 40 m apart": ([("residential", line(0)), ("residential", line(40))], 800),
    "two one-way streets of two names": (
        [(tagged(name="Jalan A", oneway="yes"), line(0)),
         (tagged(name="Jalan B", oneway="-1"), line(25))], 800),
    "the second carriageway half as long": ([(EAST, line(0)), (WEST, line(20, 200))], 400),
    "one street under two names": (
        [(tagged(name="Jl. Mawar"), line(0)), (tagged(name="Jalan Mawar"), line(0.5))], 400),
    "two carriageways 25 m apart": ([(EAST, line(0)), (WEST, line(25))], 400),
    "two carriageways drawn in their directions": (
        [(EAST, line(0)), (EAST, line(25)[::-1])], 400),
    "two one-way streets the same way, 25 m apart": ([(EAST, line(0)), (EAST, line(25))], 800),
    "one-way streets of two classes, 25 m apart": (
        [(EAST, line(0)), (tagged("tertiary", oneway="-1"), line(25))], 800),
    "a crossing": ([("residential", line(200)), ("residential", [(200, 0), (200, 400)])], 800),
    "a street in two parts": ([("residential", line(0, 0, 200)), ("residential", line(0, 200))],
                              400),
    "a bend": ([("residential", [(0, 0), (400, 0)]), ("residential", [(400, 0), (790, 69)])],
               400 + np.hypot(390, 69)),
    "a motorway": ([("motorway", line(0)), ("residential", line(50))], 400),
    "a driveway": ([(tagged("service", service="driveway"), line(0))], 0),
    "a parking aisle": ([(tagged("service", service="parking_aisle"), line(0))], 0),
    "an alley": ([(tagged("service", service="alley"), line(0))], 400),
    "a bridge": ([(tagged(bridge="yes"), line(0))], 0),
    "two drawings 5 m apart": ([("residential", line(0)), ("residential", line(5))], 400),
    "two drawings 8 m apart, one with a name": (
        [(tagged(name="Jalan A"), line(0)), ("residential", line(8))], 400),
    "two drawings of one name, two classes": (
        [(tagged(name="Jalan A"), line(0)), (tagged("tertiary", name="Jalan A"), line(6))], 400),
    "a second drawing in four parts, 3 m apart": (
        [("residential", line(0)), *[("residential", line(3, x, x + 100))
                                     for x in (0, 100, 200, 300)]], 400),
    "a second drawing that is half as long": (
        [("residential", line(0)), ("residential", line(4, 100, 300))], 400),
    "three drawings 3 m apart": ([("residential", line(y)) for y in (0, 3, 6)], 400),
    "two alleys 15 m apart": ([(tagged(name="Gang A"), line(0)), ("residential", line(15))], 800),
    "two alleys 9 m apart": ([("residential", line(0)), ("residential", line(9))], 800),
    "two alleys of two names, 6 m apart": (
        [(tagged(name="Gang A"), line(0)), (tagged(name="Gang B"), line(6))], 800),
    "a service road along a street, 6 m apart": (
        [("tertiary", line(0)), ("service", line(6))], 800),
    "a fork that keeps near for a third of its way": (
        [("residential", line(0)), ("residential", [(0, 0), (400, 28)])], 800),
    "two streets that follow each other": (
        [("residential", line(0)), ("residential", line(4, 400, 800))], 800),
    "carriageways of one name, two classes": (
        [(tagged(name="Jalan A", oneway="yes"), line(0)),
         (tagged("tertiary", name="Jalan A", oneway="-1"), line(25))], 400),
    "beside a street nobody lives along": (
        [("residential", line(0)), (tagged("primary"), line(10))], 400),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_metres_that_house_people(case: str) -> None:
    ways, right = CASES[case]
    assert metres(*ways) == pytest.approx(right, rel=0.012, abs=0.01)


def test_a_street_in_a_lake_houses_nobody_and_one_on_an_island_coast_does() -> None:
    ring = [(-50, 150), (450, 150), (450, 250), (-50, 250), (-50, 150)]
    street = ("residential", line(200))
    for natural, right in (("water", 0), ("bay", 0), ("coastline", 400)):
        assert metres(({"natural": natural}, ring), street) == pytest.approx(right, abs=0.1)
    open_line = ({"natural": "water"}, ring[:-1])
    assert len(lakes(drawn(open_line, street))[0]) == 0
    # Roads of anybody need not know of water, nor of streets to one door.
    known = drawn(
        ({"natural": "water"}, ring), street, (tagged("service", service="driveway"), line(500))
    )
    unknown = replace(known, barrier_lake=None, houses_nobody=None)
    for roads, right in ((known, 0), (unknown, 800)):
        found = inhabited_stretches(roads, spacing_m=100, classes=CLASSES)
        assert found.weight_m.sum() == pytest.approx(right, abs=0.1)
    shore = ("residential", [(0, 200), (780, 200)])
    assert metres(({"natural": "water"}, ring), shore) == pytest.approx(330, abs=51)


def test_what_houses_nobody_is_counted_by_reason_and_adds_up_with_what_does() -> None:
    """Streets of 400 m in a village that ends 1,000 m south of the first."""
    ring = [(170, 850), (470, 850), (470, 950), (170, 950), (170, 850)]
    roads = drawn(
        ("residential", line(100)),
        ("residential", line(100)),  # at the same place
        ("residential", line(105, 0, 404)),  # a second drawing
        (EAST, line(200)), (WEST, line(220)),
        ("motorway", line(300)), (tagged("motorway", bridge="yes"), line(340)),
        (tagged(tunnel="yes"), line(380)),
        (tagged("service", service="driveway"), line(460)),
        (tagged("service", service="parking_aisle"), line(500)),
        ("path", line(540)),
        ({"route": "ferry"}, line(580)),
        ({"natural": "water"}, ring), ("residential", line(900)),
        ("residential", line(2000)),
    )  # fmt: skip
    area = villages(v=1000)
    area.geometry = [shapely.box(CORNER[0] - 50, CORNER[1] - 1000, CORNER[0] + 900, CORNER[1] + 50)]
    found = left_out(roads, area, spacing_m=100, classes=CLASSES)
    assert [part.reason for part in found] == list(REASONS)
    told = {part.reason: (part.edge_count, round(part.metres, -1)) for part in found}
    assert told == {
        "motorway": (2, 800), "structure": (1, 400), "ferry": (1, 400), "driveway": (1, 400),
        "parking_aisle": (1, 400), "class": (1, 400),
        # One at the same place, half of each of two pairs.
        "drawn_twice": (5, 1200),
        "water": (1, 200), "outside": (1, 400),
    }  # fmt: skip
    stretches = inhabited_stretches(roads, spacing_m=100, classes=CLASSES)
    inside = shapely.within(stretches.middle, area.geometry.iloc[0])
    total = stretches.weight_m[inside].sum() + sum(part.metres for part in found)
    assert total == pytest.approx(roads.length_m.sum())


@pytest.mark.parametrize("seed", range(20))
def test_random_streets_are_lived_along_or_counted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tags = [tagged(), tagged("service", service="driveway"), tagged("motorway"), EAST, WEST,
            tagged("path"), tagged(bridge="yes"), tagged(name="Jalan A")]  # fmt: skip
    ways = [
        (tags[rng.integers(len(tags))], [tuple(rng.integers(0, 60, 2) * 5.0) for _ in range(2)])
        for _ in range(25)
    ]
    roads = drawn(*[way for way in ways if way[1][0] != way[1][1]])
    area = villages(v=100)
    area.geometry = [shapely.box(CORNER[0], CORNER[1] - 200, CORNER[0] + 200, CORNER[1])]
    found = left_out(roads, area, spacing_m=30, classes=CLASSES)
    stretches = inhabited_stretches(roads, spacing_m=30, classes=CLASSES)
    inside = shapely.intersects(area.geometry.iloc[0], stretches.middle)
    total = stretches.weight_m[inside].sum() + sum(part.metres for part in found)
    assert total == pytest.approx(roads.length_m.sum())


def test_the_lines_of_one_street_share_its_people() -> None:
    """A street of 400 m drawn twice and one of 400 m: 500 and 500 of 1,000, as when drawn once."""
    setting = Demand(spacing_m=100, inhabited_classes=("residential",), evidence="assumed",
                     source="toy")  # fmt: skip
    once = [("residential", line(100)), ("residential", line(800))]
    for ways in (once, [once[0], *once], [(EAST, line(100)), (WEST, line(115)), once[1]]):
        found = demand_points(villages(v=1000), drawn(*ways), settings=setting)
        north = found.geometry.y > CORNER[1] - 500
        assert found["population"][north].sum() == 500
        assert found["population"].sum() == 1000
