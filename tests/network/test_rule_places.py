"""Barriers, turn restrictions and rules by time: where each stands and what is made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batu_geo.network.turning.rule_places import rule_places
from tests.network.test_rules_of_the_road import DRAWING, drawn
from tests.toy import places, scenario

ALL = "foot;motorcycle;car;ambulance"
MOTOR, WIDE = "motorcycle;car;ambulance", "car;ambulance"
NO = {"restriction": "no_straight_on"}
RUSH = {"restriction:conditional": "no_straight_on @ (Mo-Fr 07:00-09:00)"}
SUNDAY = {"highway": "residential", "motor_vehicle:conditional": "no @ (Su 06:00-10:00)"}
LANE = {"highway": "residential", "oneway": "reversible"}


def found(roads: object, **travel: object) -> list[tuple[str, str, str, str, str]]:
    """Return kind, letter of the place or way, tag, use and vehicles of each rule."""
    letter = {tuple(map(round, xy)): name for name, xy in places(DRAWING).items()}
    table = rule_places(roads, scenario(**travel))  # type: ignore[arg-type]
    where = [letter.get((round(p.x), round(p.y)), f"way {way}")
             for p, way in zip(table.geometry, table["way_id"], strict=True)]  # fmt: skip
    return list(
        zip(
            table["kind"],
            where,
            table["tag"],
            table["use"],
            table["vehicles"].map(str),
            strict=True,
        )
    )


@pytest.mark.parametrize(
    ("tags", "settings", "use", "vehicles"),
    [
        ({"barrier": "bollard"}, {}, "stops", WIDE),
        ({"barrier": "bollard"}, {"bollards_stop_motorcycles": True}, "stops", MOTOR),
        ({"barrier": "gate"}, {}, "stops_nobody", ""),
        ({"barrier": "gate", "access": "private"}, {}, "stops", "foot;motorcycle;car"),
        ({"barrier": "warp"}, {}, "unknown_kind", ""),
        ({"barrier": "gate", "maxwidth": "1.5"}, {}, "stops", WIDE),
        ({"barrier": "gate", "maxwidth": "1.5"}, {"car_width_m": 1}, "stops_nobody", ""),
        ({"access": "no"}, {}, "stops", ALL),
    ],
)
def test_a_barrier_stands_on_its_node(
    tags: dict[str, str], settings: dict[str, object], use: str, vehicles: str
) -> None:
    text = "; ".join(f"{key}={value}" for key, value in tags.items())
    rows = found(drawn(nodes={"F": {**tags, "note": "x"}}), **settings)
    assert rows == [("barrier", "F", text, use, vehicles)]


@pytest.mark.parametrize(
    ("tags", "settings", "use", "vehicles"),
    [
        (NO, {}, "binds", MOTOR),
        (NO | {"except": "motorcycle"}, {}, "binds", WIDE),
        (RUSH, {}, "left_open", ""),
        (RUSH, {"weekday": "Su"}, "not_now", ""),
        (RUSH, {"weekday": "Tu", "hour": 8}, "binds", MOTOR),
        ({"restriction": "no_left_turn_on_red"}, {}, "on_red", ""),
        ({"restriction:hgv": "no_left_turn"}, {}, "other_vehicles", ""),
        ({"restriction": "maybe"}, {}, "odd", ""),
    ],
)
def test_a_turn_restriction_stands_on_its_junction(
    tags: dict[str, str], settings: dict[str, object], use: str, vehicles: str
) -> None:
    text = "; ".join(f"{key}={value}" for key, value in tags.items())
    rows = found(drawn(None, (1, "B", 3, tags)), **settings)
    assert rows == [("turn_rule", "B", text, use, vehicles)]


def test_a_turn_restriction_that_fits_nothing_says_so() -> None:
    """From AB over C there is no way to CD; without a via it is broken and stands on its way."""
    fits = found(drawn(None, (1, "C", 2, NO)))
    assert [row[1:] for row in fits] == [("C", "restriction=no_straight_on", "no_streets", "")]
    broken = found(drawn(None, (1, "", 2, NO)))
    assert [row[1:] for row in broken] == [("way 1", "restriction=no_straight_on", "broken", "")]
    assert found(drawn(None, (77, "", 2, NO))) == [], "neither a node nor a way is here"


@pytest.mark.parametrize(
    ("settings", "use"),
    [({}, "left_open"), ({"weekday": "Su", "hour": 7}, "holds"), ({"weekday": "Mo"}, "not_now")],
)
def test_a_rule_by_time_stands_on_its_way(settings: dict[str, object], use: str) -> None:
    text = "motor_vehicle:conditional=no @ (Su 06:00-10:00)"
    rows = found(drawn({"CD": SUNDAY}), **settings)
    assert rows == [("time_rule", "way 2", text, use, "")]


def test_reversible_lanes_and_rules_by_time_of_barriers_are_not_lost() -> None:
    gate = {"barrier": "gate", "access:conditional": "no @ (Su)"}
    rows = found(drawn({"CD": LANE}, nodes={"F": gate}))
    text = "barrier=gate; access:conditional=no @ (Su)"
    assert rows == [
        ("barrier", "F", text, "stops_nobody", ""),
        ("time_rule", "F", text, "time_of_barrier", ""),
        ("time_rule", "way 2", "oneway=reversible", "reversible", ""),
    ]


def test_roads_without_rules_have_none() -> None:
    assert found(replace(drawn(nodes={"F": {"barrier": "bollard"}}), rules=None)) == []


def test_each_rule_names_a_street_at_its_place() -> None:
    """A bollard at F and a turn at B; their streets touch them, and nothing lies between."""
    roads = drawn(None, (1, "B", 3, NO), nodes={"F": {"barrier": "bollard"}})
    table = rule_places(roads, scenario())
    assert table["kind"].tolist() == ["barrier", "turn_rule"]
    assert table["metres"].tolist() == [0, 0]
    assert roads.way_id[table["edge"]].tolist() == table["way_id"].tolist()
    touching = roads.lines(table["edge"].to_numpy())
    assert [line.distance(p) for line, p in zip(touching, table.geometry, strict=True)] == (
        pytest.approx([0, 0], abs=1e-6)
    )
