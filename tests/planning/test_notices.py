"""Remarks on the data of the street: each one, and none where nothing is amiss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.units import units
from batu_geo.domain.errors import Problem
from batu_geo.domain.tables import Buildings, Villages
from batu_geo.domain.travel import Closure, Snapping
from batu_geo.network.build_network import build_network
from batu_geo.network.turning import turning_round
from batu_geo.planning.assess import assess
from batu_geo.planning.notices import health_notices, network_notices, siting_notices
from batu_geo.planning.road_joins import join_table
from batu_geo.planning.situation import need_values, situation_of
from batu_geo.planning.study import Study
from batu_geo.sources.osm.ways import WayCollector
from tests.network.test_rules_of_the_road import drawn
from tests.planning.street import IDS, STREET, criterion, roster, settings, study
from tests.toy import CORNER, CRS, RIDING, TO_DEGREES, WALKING, town

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}


def of_network(place: Study, **update: object) -> list[Problem]:
    scenario = settings(**update)
    now = situation_of(place, scenario)
    return list(network_notices(place, now, join_table(place, now)))


def test_a_street_without_faults_has_no_remark() -> None:
    assert of_network(study(UNITS)) == []


def test_a_scenario_that_reaches_beyond_what_the_roads_were_cut_to_is_said() -> None:
    """Its longest threshold by a ferry of 40 km/h is above 2 km."""
    place = study(UNITS)
    for kept, count in (("1", 1), ("3", 0)):
        cut = {**place.inputs, "roads": {**place.inputs["roads"], "reach_km": kept}}
        found = [n for n in of_network(replace(place, inputs=cut)) if n.code == "BG-623"]
        assert [n.values for n in found] == [{"km": 1.0, "reach": 3}] * count


def test_roads_from_which_no_unit_is_reached_are_counted_with_their_length() -> None:
    """Two streets of 300 m; the unit is on the first."""
    parts = town(STREET, {"ABCD": "residential", "KLMN": "residential"})
    place = replace(study({"u0": ("v0", 0)}), roads=parts)
    now = situation_of(place, settings())
    joins = join_table(place, now)
    (notice,) = [n for n in network_notices(place, now, joins) if n.code == "BG-805"]
    assert (notice.path, notice.column) == ("roads.csv", "toy")
    assert notice.values == {"count": 1, "km": 0.3, "cut_off_count": 0, "cut_off_km": 0.0}


def test_streets_that_a_closure_cuts_off_are_counted_apart_from_those_without_a_way() -> None:
    """The unit is at 0; the second block is closed, blocks 10 to 12 join no other street."""
    streets = {"AB": "residential", "BC": "residential", "CDEF": "residential"}
    place = replace(study({"u0": ("v0", 0)}), roads=town(STREET, streets | {"KLM": "residential"}))
    closed = Closure(name="longsor", ways=(2,), season="all", source="toy")
    (notice,) = [n for n in of_network(place, closures=(closed,)) if n.code == "BG-805"]
    assert notice.values == {"count": 1, "km": 0.2, "cut_off_count": 1, "cut_off_km": 0.3}
    assert "from 1 road edges (0.2 km), and a closure cuts off 1 others (0.3 km)" in (
        notice.line("en")
    )


def test_rules_by_time_are_counted_with_those_that_the_scenario_decides() -> None:
    """Of the day 31 January: it is not in a dry season from May to October."""
    tags = {"highway": "residential", "access:conditional": "no @ (Su); no @ (06:00-07:00)"}
    place = replace(study(UNITS), roads=town(STREET, {STREET: tags}))

    def told(**travel: object) -> list[tuple[str, dict[str, object]]]:
        known = settings().travel.model_copy(update=travel)
        found = of_network(place, travel=known)
        return [(n.code, dict(n.values)) for n in found if n.code in {"BG-850", "BG-851"}]

    assert told() == [("BG-850", {"count": 1, "decided": 0, "open": 2})]
    assert told(weekday="Mo") == [("BG-850", {"count": 1, "decided": 1, "open": 1})]
    dry = {"seasons": {"dry": tuple(range(5, 11))}}
    assert told(**dry)[1:] == [("BG-851", {"season": "dry", "date": "2026-01-31"})]
    assert told(seasons={"dry": (12, 1, 2)})[1:] == []


@pytest.mark.parametrize(
    ("searched", "tags", "count"),
    [(5_000, {}, 0), (1, {}, 1), (5_000, {"motor_vehicle": "destination"}, 0),
     (1, {"motor_vehicle": "destination"}, 1)],
)  # fmt: skip
def test_a_way_back_that_was_not_searched_to_its_end_is_said(
    monkeypatch: pytest.MonkeyPatch, searched: int, tags: dict[str, str], count: int
) -> None:
    """From AB on to BC is forbidden; back from BPQ, which turns round at Q, are 400 m."""
    monkeypatch.setattr(turning_round, "FARTHEST", searched)
    turn = (1, "B", 2, {"restriction": "no_straight_on"})
    side = {"BP": {"highway": "residential", **tags}, "PQ": {"highway": "residential", **tags}}
    roads = drawn(side, turn, drawing="A B C\n\n  P\n\n  Q", words=("AB", "BC"))
    place, riding = replace(study(UNITS), roads=roads), {"toy": RIDING}
    found = [n for n in of_network(place, modes=riding) if n.code == "BG-852"]
    assert [n.values["count"] for n in found] == [count] * bool(count)
    assert all("a vehicle may still turn round" in n.line("en") for n in found)


@pytest.mark.parametrize(("limit", "told"), [(9, [(3, 300, 9.0)]), (11, [])])
def test_stretches_steeper_than_the_limit_of_a_mode_are_counted(
    limit: float, told: list[tuple[int, int, float]]
) -> None:
    """The first 300 m rise by 10 m each 100 m, the rest is level."""
    place = study(UNITS)
    metres = np.minimum(place.roads.line_xy[:, 0] - place.roads.line_xy[0, 0], 300)
    place = replace(place, roads=replace(place.roads, line_z=metres / 10))
    hilly = WALKING.model_copy(update={"slope": "tobler", "steepest_percent": limit})
    notices = [n for n in of_network(place, modes={"toy": hilly}) if n.code == "BG-841"]
    assert [tuple(n.values[k] for k in ("count", "metres", "limit")) for n in notices] == told
    assert [n.path for n in notices] == ["roads.csv"] * len(told)


def test_a_closure_of_no_street_is_named_and_one_of_a_street_is_not() -> None:
    closures = (
        Closure(name="nowhere", ways=(99,), season="all", source="toy"),
        Closure(name="street", ways=(1,), season="flood", source="toy"),
    )
    (notice,) = of_network(study(UNITS), closures=closures)
    assert (notice.code, notice.values) == ("BG-811", {"name": "nowhere"})


def test_people_far_from_any_road_are_counted() -> None:
    """A village without an inhabited street keeps its people at a point inside its outline.

    The outlines reach 100 m to the north and 300 m to the south of the street, so the inner
    point is 100 m south of it.
    """
    place = study(UNITS)
    shapes = place.villages.geometry.scale(1, 2, origin=(0, place.villages.total_bounds[3]))
    place = replace(place, villages=Villages(place.villages.set_geometry(shapes)))
    empty = settings().demand.model_copy(update={"inhabited_classes": ("primary",)})
    far = Snapping(warn_m=60, refuse_m=500)
    notices = of_network(place, demand=empty, snapping=far)
    assert [n.code for n in notices] == ["BG-804", "BG-846", *["BG-809"] * 4]
    ids = ", ".join(IDS)
    assert notices[0].column == "home"
    assert notices[0].values == {"count": 4, "limit": 60, "farthest": 100, "ids": ids}
    assert [n.record_id for n in notices[2:]] == list(IDS)
    near = Snapping(warn_m=101, refuse_m=500)
    told = [n.code for n in of_network(place, demand=empty, snapping=near)]
    assert told == ["BG-846", *["BG-809"] * 4]


def test_streets_along_which_nobody_lives_are_counted_by_reason() -> None:
    """A driveway and a motorway of 100 m each, a bridge and a parking aisle of 200 m."""
    streets = {
        "ABCDEFG": "residential",
        "GH": {"highway": "service", "service": "driveway"},
        "HI": "motorway",
        "IJK": {"highway": "residential", "bridge": "yes"},
        "KLM": {"highway": "service", "service": "parking_aisle"},
    }
    place = replace(study(UNITS), roads=town(STREET, streets))
    (notice,) = [n for n in of_network(place) if n.code == "BG-846"]
    assert notice.line("en").startswith(
        "BG-846 roads.csv: not counted as places to live: 1 of motorway (0.1 km), 1 in tunnels and "
        "on bridges (0.2 km), 1 driveways (0.1 km), 1 parking aisles (0.2 km). "
    )
    assert "1 jalan masuk pekarangan (0,1 km), 1 lajur parkir (0,2 km)" in notice.line("id")


def of_health(place: Study, areas: pd.Series[str]) -> list[Problem]:
    serving = units(place.facilities, settings().service, is_open=True)
    return list(health_notices(place, serving, areas))


def areas(*known: str | None) -> pd.Series[str]:
    return pd.Series(known, index=list(IDS), dtype="str")


@pytest.mark.parametrize(
    ("listed", "names"), [(("u0", "u3"), None), (("u0",), "Unit u3"), ((), "Unit u0, Unit u3")]
)
def test_open_units_that_no_roster_names_are_listed(
    listed: tuple[str, ...], names: str | None
) -> None:
    staffing = roster(*((name, "nurse", 1, None, None, None) for name in listed))
    notices = of_health(study(UNITS, staffing=staffing), areas("p", "p", "p", "p"))
    assert [n.code for n in notices] == ([] if names is None else ["BG-812"])
    assert [n.values["names"] for n in notices] == ([] if names is None else [names])


def test_without_any_roster_no_unit_is_missed_in_it() -> None:
    assert of_health(study(UNITS), areas("p", "p", "p", "p")) == []


def test_villages_whose_puskesmas_is_unknown_are_listed() -> None:
    (notice,) = of_health(study(UNITS), areas("p", None, "p", None))
    assert notice.code == "BG-813"
    assert notice.values == {"count": "2", "names": "Desa v1, Desa v3"}


def test_criteria_left_out_and_villages_without_a_building_are_told() -> None:
    """Of v1 the only building breaks a rule, v2 has none; v0 and v3 have units."""
    place = study(UNITS, {"b1": ("v1", 4), "b3": ("v3", 11)})
    rows = Buildings(place.buildings.assign(rooms=[0, 3]))
    need = (criterion("mean_minutes", 9), criterion("poor_percent", 30))
    assessment = assess(replace(place, buildings=rows), settings(need=need))
    notices = [n for n in assessment.notices if n.code in {"BG-806", "BG-807"}]
    assert [(n.code, n.record_id) for n in notices] == [
        ("BG-806", ""), ("BG-807", "v1"), ("BG-807", "v2"),
    ]  # fmt: skip
    assert notices[0].values == {"name": "poor_percent", "missing": "v1, v2"}
    values = need_values(assessment.situation)
    assert list(siting_notices(assessment.gaps.head(0), assessment.candidates, values, ())) == []


@pytest.mark.slow
def test_the_remarks_of_the_study_come_first() -> None:
    own = Problem("BG-801", "facilities.csv")
    assert assess(study(UNITS, notices=(own,)), settings()).notices[0] is own


def test_roads_that_end_at_the_border_are_counted_where_fewer_go_on_beyond_it() -> None:
    """The street without its 13th block ends where the last village does."""
    cut = replace(study(UNITS), roads=town(STREET[:-1], {STREET[:-1]: "residential"}))
    (notice,) = of_network(cut)
    assert (notice.code, notice.path) == ("BG-815", "roads.csv")
    assert notice.values == {"count": 2, "across": 0}
    assert of_network(study(UNITS)) == [], "one ends at the border, one goes on beyond it"


def test_streets_that_end_beside_another_without_joining_it_are_named() -> None:
    """Eleven streets, each of two ways that miss each other by 0.4 m; ten places are named."""
    found = WayCollector()
    for row in range(11):
        y = CORNER[1] - 200.0 * row
        for part, (start, end) in enumerate(((0.0, 50.0), (50.4, 90.0))):
            lon, lat = TO_DEGREES.transform((CORNER[0] + start, CORNER[0] + end), (y, y))
            way = 2 * row + part + 1
            nodes = [(2 * way + n, *xy) for n, xy in enumerate(zip(lon, lat, strict=True))]
            found.add(way, {"highway": "residential"}, nodes)
    roads = build_network(found.ways(), crs=CRS, dropped=found.dropped)
    notices = of_network(replace(study(UNITS), roads=roads))
    (notice,) = [notice for notice in notices if notice.code == "BG-816"]
    places = str(notice.values["places"]).split(", ")
    assert notice.values["count"] == 11
    assert len(places) == 11
    assert places[-1] == "..."
    assert all("(way " in place for place in places[:-1])
