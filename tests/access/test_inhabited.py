"""A street houses people once, however often it is drawn; nobody lives where nobody can.

Metres are worked out by hand on streets of 400 m.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from batu_geo.access.demand import demand_points
from batu_geo.access.inhabited import inhabited_stretches, lakes
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
    assert len(lakes(drawn(open_line, street))) == 0
    # Roads of anybody need not know of water, nor of streets to one door.
    known = drawn(
        ({"natural": "water"}, ring), street, (tagged("service", service="driveway"), line(500))
    )
    unknown = replace(known, barrier_is_lake=None, houses_nobody=None)
    for roads, right in ((known, 0), (unknown, 800)):
        found = inhabited_stretches(roads, spacing_m=100, classes=CLASSES)
        assert found.weight_m.sum() == pytest.approx(right, abs=0.1)
    shore = ("residential", [(0, 200), (800, 200)])
    assert metres(({"natural": "water"}, ring), shore) == pytest.approx(400, abs=51)


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
