"""The road audit of a study on towns of a few streets: every row, place and count by hand.

The area is that of the four villages of the street: 1,200 m from west to east, 100 m to either
side of it. Everybody lives along residential streets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.network.build_network import build_network
from batu_geo.planning.road_findings import COLUMNS, KINDS, RoadFindings, road_findings
from batu_geo.sources.osm.ways import WayCollector
from tests.planning.street import STREET, settings, study
from tests.toy import CORNER, CRS, TO_DEGREES, town

if TYPE_CHECKING:
    from batu_geo.network.roads import RoadNetwork

UNITS = {"u0": ("v0", 0.0)}
# Blocks 0 to 3 have the unit; 6 to 9, in two streets, have none, and a path to the border; the
# third part goes on from 11 to 15, beyond the border.
DRAWING = f"{STREET}OP\n         Q"
PARTS = {
    "ABCD": {"highway": "residential", "name": "Jalan Barat"},
    "GH": "residential",
    "HIJ": {"highway": "residential", "name": "Jalan Timur"},
    "JQ": "path",
    "LMNOP": "residential",
}
MAIN = ("residential", [(0, 0), (1200, 0)])
NO_ROW = {"n": 0, "km": 0.0, "people": 0}


def audited(
    roads: RoadNetwork, people: tuple[int, ...], units: dict[str, tuple[str | None, float]] = UNITS
) -> RoadFindings:
    place = study(units, people=people)
    return road_findings(place.villages, place.facilities, roads, settings())


def drawn(*ways: tuple[str, list[tuple[float, float]]], barrier: str = "") -> RoadNetwork:
    """Return roads of classes and corners in metres east and south of the street's west end."""
    found, nodes = WayCollector(), {}
    for number, (kind, corners) in enumerate(ways, start=1):
        ids = [nodes.setdefault(corner, len(nodes) + 1) for corner in corners]
        places = [TO_DEGREES.transform(CORNER[0] + x, CORNER[1] - y) for x, y in corners]
        found.add(number, {"highway": kind}, [(i, *xy) for i, xy in zip(ids, places, strict=True)])
    if barrier:
        found.add_node_tags(1, {"barrier": barrier})
    return build_network(found.ways(), crs=CRS, dropped=found.dropped)


def counts(found: RoadFindings) -> dict[str, dict[str, float]]:
    return found.counts.round(3).to_dict("index")


@pytest.fixture
def parts() -> RoadFindings:
    return audited(town(DRAWING, PARTS), (30, 0, 50, 0))


def test_parts_and_gaps_have_their_people_units_street_and_place(parts: RoadFindings) -> None:
    """A part lies at the middle of its longest street, a gap halfway across."""
    assert parts.mode == "toy"
    rows = parts.of_kind("part")
    assert rows["people"].tolist() == [50, 30, 0]
    assert rows["units"].tolist() == [0, 1, 0]
    assert rows["metres"].tolist() == pytest.approx([400, 300, 400], abs=0.01)
    assert rows["street"].tolist() == ["Jalan Timur", "Jalan Barat", ""]
    assert rows["village_name"].tolist() == ["Desa v2", "Desa v0", ""]
    assert rows["other_street"].tolist() == ["", "", ""]
    assert rows["other_way_id"].isna().all()
    middle = parts.places[rows.index]
    assert (middle.x - CORNER[0]).tolist() == pytest.approx([800, 150, 1300], abs=0.01)
    (gap,) = parts.of_kind("gap").to_dict("records")
    assert (gap["people"], gap["village_name"], gap["street"]) == (50, "Desa v1", "Jalan Timur")
    assert gap["metres"] == pytest.approx(300, abs=0.01)
    assert parts.places[0].x - CORNER[0] == pytest.approx(450, abs=0.01)
    assert gap["part"] == rows["part"].iloc[0]


def test_rows_are_numbered_by_kind_and_counts_add_them_up(parts: RoadFindings) -> None:
    assert list(parts.rows.columns) == list(COLUMNS)
    assert parts.rows["number"].tolist() == list(range(1, len(parts.rows) + 1))
    assert parts.rows["kind"].tolist() == ["gap"] + ["part"] * 3 + ["ends_at_border"] * 2
    assert counts(parts) == {
        **dict.fromkeys(KINDS, NO_ROW),
        "gap": {"n": 1, "km": 0.3, "people": 50},
        "part": {"n": 3, "km": 1.1, "people": 80},
        "without_unit": {"n": 1, "km": 0.4, "people": 50},
        "ends_at_border": {"n": 2, "km": 0.0, "people": 30},
    }
    assert parts.roads_across == 1
    assert parts.km_outside == pytest.approx(0.3, abs=1e-4)
    assert parts.rows.crs == parts.places.crs == CRS


def test_ends_at_the_border_that_concern_more_people_come_first(parts: RoadFindings) -> None:
    rows = parts.of_kind("ends_at_border")
    assert rows["people"].tolist() == [30, 0]
    assert rows["way_id"].tolist() == [1, 4]
    assert rows["units"].isna().all()
    assert rows["part"].isna().all()


def test_without_a_unit_no_gap_is_named_and_every_part_with_people_lacks_one() -> None:
    found = audited(town(DRAWING, PARTS), (30, 0, 50, 0), {})
    assert found.of_kind("gap").empty
    assert counts(found)["without_unit"] == {"n": 2, "km": 0.7, "people": 80}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "other", "metres", "place", "ways"),
    [
        ("end_near_street", [(300, 50), (300, 0.5)], 0.5, (300, 0.5), (2, 1)),
        ("crossing_without_vertex", [(600, -50), (600, 50)], 0, (600, 0), (1, 2)),
        ("drawn_twice", [(0, 0.4), (1200, 0.4)], 1200, (600, 0), (1, 2)),
    ],
)
def test_a_fault_of_drawing_has_its_place_its_ways_and_the_people_of_both_streets(
    kind: str, other: list[tuple[float, float]], metres: float, place: tuple[float, float],
    ways: tuple[int, int],
) -> None:  # fmt: skip
    """All 120 live along the street; nobody lives along the path that misses it."""
    found = audited(drawn(MAIN, ("path", other)), (30, 30, 30, 30))
    (row,) = found.of_kind(kind).to_dict("records")
    assert (row["way_id"], row["other_way_id"]) == ways
    assert row["metres"] == pytest.approx(metres, abs=0.01)
    assert row["people"] == 120
    spot = found.places[row["number"] - 1]
    assert (spot.x - CORNER[0], CORNER[1] - spot.y) == pytest.approx(place, abs=0.01)
    assert counts(found)[kind] == {
        "n": 1,
        "km": pytest.approx(metres / 1000, abs=1e-3),
        "people": 120,
    }


def test_people_of_two_faults_of_one_street_are_counted_once() -> None:
    paths = [("path", [(x, -50), (x, 50)]) for x in (300, 600)]
    found = audited(drawn(MAIN, *paths), (30, 30, 30, 30))
    assert found.of_kind("crossing_without_vertex")["people"].tolist() == [120, 120]
    assert counts(found)["crossing_without_vertex"] == {"n": 2, "km": 0.0, "people": 120}


def test_a_rule_of_the_road_has_its_tags_its_street_and_what_is_made_of_it() -> None:
    found = audited(drawn(MAIN, barrier="bollard"), (30, 30, 30, 30))
    (row,) = found.of_kind("barrier").to_dict("records")
    assert (row["tag"], row["use"]) == ("barrier=bollard", "stops")
    assert str(row["vehicles"]) == "car;ambulance"
    assert (row["way_id"], row["people"], row["metres"]) == (1, 120, 0)
    spot = found.places[row["number"] - 1]
    assert (spot.x - CORNER[0], CORNER[1] - spot.y) == pytest.approx((0, 0), abs=0.01)
    assert counts(found)["barrier"] == {"n": 1, "km": 0.0, "people": 120}
    assert not found.rows.loc[found.rows["kind"] != "barrier", ["tag", "use"]].any(axis=None)
