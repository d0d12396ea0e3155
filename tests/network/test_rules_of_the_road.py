"""Barriers, turns, first and last legs and ferries in a town of one link and one detour.

AB and CD are streets of 100 m with a link BFC of 200 m between them; BPQC goes round in 800 m.
A motorcycle does 200 m a minute, so that half of AB, the link and half of CD take 1.5 minutes
and the way round 4.5.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from batu_geo.domain.travel import Closure, Travel
from batu_geo.network.build_network import build_network
from batu_geo.network.law.access_law import not_understood, said
from batu_geo.network.law.barrier_law import is_known_barrier
from batu_geo.network.law.turn_law import turn_tags
from batu_geo.network.rules_in_force import timed_rules
from batu_geo.network.travel_times import travel_times
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.osm.ways import WayCollector
from tests.dense import minutes_of
from tests.toy import CRS, RIDING, TO_DEGREES, TRAVEL, WALKING, at, graph, places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.travel import Mode
    from batu_geo.network.roads import RoadNetwork

DRAWING = "ABFCD\n\n\n P Q"
LINK, ROUND, NEVER = 1.5, 4.5, np.inf
CAR = RIDING.model_copy(update={"vehicle": "car"})
# Ways by number: 1 is AB, 2 is CD, 3 the link and 4 the way round.
WORDS = ("AB", "CD", "BFC", "BPQC")
HOME, UNIT = (0.5, 0), (3.5, 0)
Tags = dict[str, str]
Turn = tuple[int, str, int, Tags]


def drawn(
    streets: Mapping[str, str | Tags] | None = None,
    *turns: Turn,
    drawing: str = DRAWING,
    nodes: Mapping[str, Tags] | None = None,
    words: tuple[str, ...] = WORDS,
) -> RoadNetwork:
    """Return a town: tags by street, turns as (from way, via nodes or ways, to way, tags)."""
    where, found = places(drawing), WayCollector()
    given = dict.fromkeys(words, "residential") | dict(streets or {})
    for number, (word, tags) in enumerate(given.items(), start=1):
        lon, lat = TO_DEGREES.transform(*np.array([where[letter] for letter in word]).T)
        corners = [(ord(x), *xy) for x, *xy in zip(word, lon, lat, strict=True)]
        found.add(number, {"highway": tags} if isinstance(tags, str) else tags, corners)
    for letter, gate in (nodes or {}).items():
        found.add_node_tags(ord(letter), gate)
    for number, (first, via, last, tags) in enumerate(turns):
        between = [Member("way", int(x), "via") if x.isdigit() else Member("node", ord(x), "via")
                   for x in via]  # fmt: skip
        ends = (Member("way", first, "from"), Member("way", last, "to"))
        found.add_restriction(number, tags, [ends[0], *between, ends[1]])
    return build_network(found.ways(), crs=CRS, dropped=found.dropped)


def minutes(
    roads: RoadNetwork, mode: Mode = RIDING, *, start: tuple[float, float] = HOME,
    end: tuple[float, float] = UNIT, **travel: object,
) -> float:  # fmt: skip
    net = graph(roads, mode, **travel)
    found = travel_times(net, origins=at(start), destinations=at(end), refuse_m=10)
    return round(float(minutes_of(found)[0, 0]), 2)


def gated(**tags: str) -> RoadNetwork:
    return drawn(nodes={"F": tags})


def test_without_rules_the_link_is_the_way() -> None:
    assert minutes(drawn()) == LINK
    assert minutes(drawn({"BFC": {"highway": "residential", "access": "no"}})) == ROUND


@pytest.mark.parametrize(
    ("tags", "settings", "motorcycle", "car"),
    [
        ({"barrier": "gate"}, {}, LINK, LINK),
        ({"barrier": "bollard"}, {}, LINK, ROUND),
        ({"barrier": "bollard"}, {"bollards_stop_motorcycles": True}, ROUND, ROUND),
        ({"barrier": "gate", "access": "private"}, {}, ROUND, ROUND),
        ({"barrier": "gate", "locked": "yes"}, {}, ROUND, ROUND),
        ({"barrier": "height_restrictor", "maxheight": "1.9"}, {}, LINK, ROUND),
        ({"barrier": "height_restrictor", "maxheight": "9"}, {}, LINK, LINK),
        ({"barrier": "gate", "maxwidth": "1"}, {}, LINK, ROUND),
    ],
)
def test_whom_a_barrier_stops(
    tags: Tags, settings: dict[str, object], motorcycle: float, car: float
) -> None:
    roads = gated(**tags)
    assert minutes(roads, **settings) == motorcycle
    assert minutes(roads, CAR, **settings) == car


def test_what_a_private_gate_closes_off_is_reached_through_it() -> None:
    """Homes west of the gate at B pass it; nobody passes two private parts of the town."""
    private = {"barrier": "gate", "access": "private"}
    assert minutes(drawn(nodes={"B": private})) == LINK
    assert minutes(drawn(nodes={"B": private}), direction="from_facility") == LINK
    assert minutes(drawn(nodes={"B": private, "C": private})) == LINK


@pytest.mark.parametrize(
    ("turn", "motorcycle", "car"),
    [
        ((1, "B", 3, {"restriction": "no_straight_on"}), ROUND, ROUND),
        ((1, "B", 3, {"restriction": "no_straight_on", "except": "motorcycle"}), LINK, ROUND),
        ((1, "B", 3, {"restriction:motorcycle": "no_straight_on"}), ROUND, LINK),
        ((1, "B", 4, {"restriction": "only_left_turn"}), ROUND, ROUND),
        ((1, "B", 3, {"restriction": "only_straight_on"}), LINK, LINK),
        ((3, "B", 1, {"restriction": "no_straight_on"}), LINK, LINK),
        ((1, "4", 2, {"restriction": "no_straight_on"}), LINK, LINK),
        ((1, "B", 1, {"restriction": "no_u_turn"}), LINK, LINK),
        # Rules that fit no streets here bind nobody.
        ((1, "C", 2, {"restriction": "no_straight_on"}), LINK, LINK),
        ((1, "2", 4, {"restriction": "no_straight_on"}), LINK, LINK),
    ],
)
@pytest.mark.slow
def test_a_forbidden_turn_is_not_made(turn: Turn, motorcycle: float, car: float) -> None:
    roads = drawn(None, turn)
    assert (minutes(roads), minutes(roads, CAR)) == (motorcycle, car)
    back = {"start": UNIT, "end": HOME, "direction": "from_facility"}
    assert minutes(roads, **back) == motorcycle, "the same way, asked from its end"


@pytest.mark.parametrize("kind", ["no_straight_on", "only_left_turn"])
def test_a_rule_over_ways_forbids_the_whole_of_them_alone(kind: str) -> None:
    """From AB over the link to CD is forbidden; to stop at C, or to come from P, is not."""
    to = {"no_straight_on": 2, "only_left_turn": 4}[kind]
    roads = drawn(None, (1, "3", to, {"restriction": kind}))
    assert minutes(roads) == ROUND
    assert minutes(roads, start=(1.5, 0)) == 1.0
    assert minutes(roads, start=(1, 1.5)) == 2.0


def test_a_rule_over_a_way_of_two_edges_holds_all_along_it() -> None:
    """FX cuts the link in two; where a motorcycle may use it, it turns round at X, 200 m more."""
    rule = (1, "3", 2, {"restriction": "no_straight_on"})
    drawing = "ABFCD\n  X\n\n P Q"
    shut = {"highway": "residential", "motorcycle": "no"}
    assert minutes(drawn({"FX": shut}, rule, drawing=drawing)) == ROUND
    assert minutes(drawn({"FX": "residential"}, rule, drawing=drawing)) == LINK + 1
    assert minutes(drawn({"FX": shut}, rule, drawing=drawing), start=(1.5, 0)) == 1.0


def test_rules_that_fit_no_streets_are_counted() -> None:
    far = (1, "C", 2, {"restriction": "no_straight_on"})
    over = (1, "2", 4, {"restriction": "no_straight_on"})
    roads = drawn(None, far, over)
    assert roads.dropped["turn rules that fit no streets"] == 2


@pytest.mark.parametrize(("ends", "found"), [("AB", LINK), ("CD", LINK), ("BFC", ROUND)])
def test_a_private_street_begins_or_ends_a_trip_alone(ends: str, found: float) -> None:
    roads = drawn({ends: {"highway": "residential", "access": "private"}})
    assert minutes(roads) == found
    assert minutes(roads, direction="from_facility") == found


def test_a_private_street_is_left_by_who_stands_nearest_to_it_alone() -> None:
    """AX is private, and from X 600 m go on to C; the link and the way round are closed.

    2 m beside AX and 5 m from AB a trip begins on AX: 2 s on foot and 945 m. The other way
    round it begins on AB, and would have to pass AX.
    """
    shut = {"highway": "residential", "access": "no"}
    estate = {"AX": {"highway": "residential", "access": "private"}, "XPQC": "residential"}
    roads = drawn({"BFC": shut, "BPQC": shut, **estate}, drawing="ABFCD\n\n\nXP Q")
    assert minutes(roads, start=(0.02, 0.05)) == pytest.approx(4.76, abs=0.01)
    assert minutes(roads, start=(0.05, 0.02)) == NEVER


def test_a_ferry_waits_where_it_is_boarded() -> None:
    """The link by ferry: 200 m in 4 minutes; the way round is as long."""
    ferry = {"route": "ferry", "duration": "00:04", "motorcycle": "yes"}
    streets = {"BFC": ferry, "BPQC": {"highway": "residential", "motorcycle": "no"}}
    mode = RIDING.model_copy(update={"speeds_kmh": {**RIDING.speeds_kmh, "ferry": (9, 9, 9)}})
    roads = drawn(streets)
    assert minutes(roads, mode) == 4.5
    assert minutes(roads, mode, ferry_wait_minutes=5) == 9.5


def test_roads_without_rules_are_open_to_all_of_their_class() -> None:
    """Without rules neither the bollard nor the rule by time is known."""
    timed = {"highway": "residential", "motor_vehicle:conditional": "no @ (24/7)"}
    known = drawn({"BFC": timed}, nodes={"F": {"barrier": "bollard"}})
    unknown = replace(known, rules=None)
    assert (minutes(known, CAR), minutes(unknown, CAR)) == (ROUND, LINK)
    assert (timed_rules(known, TRAVEL), timed_rules(unknown, TRAVEL)) == ((1, 1, 0), (0, 0, 0))


def test_two_rules_over_ways_that_begin_alike_forbid_both_ends() -> None:
    """From AB over the link neither on to CD nor back by the way round."""
    over = [(1, "3", to, {"restriction": "no_straight_on"}) for to in (2, 4)]
    roads = drawn(None, *over)
    assert minutes(roads) == ROUND
    # 50 m and the link to C, then 150 m towards Q; the other way round B, P and Q are 650 m.
    assert minutes(drawn(), end=(3, 1.5)) == 2.0
    assert minutes(roads, end=(3, 1.5)) == 3.5


def test_too_narrow_a_street_and_a_rule_by_time_hold_as_the_scenario_says() -> None:
    narrow = {"highway": "residential", "width": "1.2"}
    assert minutes(drawn({"BFC": narrow}), CAR) == ROUND
    assert minutes(drawn({"BFC": narrow}), CAR, car_width_m=1) == LINK
    timed = {"highway": "residential", "motor_vehicle:conditional": "no @ (Su 06:00-10:00)"}
    roads = drawn({"BFC": timed})
    assert minutes(roads) == LINK
    assert minutes(roads, weekday="Su", hour=7) == ROUND
    assert minutes(roads, WALKING, weekday="Su", hour=7) == minutes(drawn(), WALKING)


def test_a_turn_by_time_binds_nobody_unless_its_time_is_known_to_have_come() -> None:
    rule = {"restriction:conditional": "no_straight_on @ (Mo-Fr 07:00-09:00)"}
    roads = drawn(None, (1, "B", 3, rule))
    assert minutes(roads) == LINK
    assert minutes(roads, weekday="Mo", hour=8) == ROUND
    assert minutes(roads, weekday="Su", hour=8) == LINK
    assert timed_rules(roads, TRAVEL) == (1, 0, 1)
    monday = Travel(**{**TRAVEL.model_dump(), "weekday": "Mo", "hour": 8})
    assert timed_rules(roads, monday) == (1, 1, 0)


@pytest.mark.parametrize(
    ("tags", "reasons"),
    [
        ({"highway": "residential", "access": "no"}, []),
        ({"access": "mungkin"}, ["odd access tags"]),
        ({"access": "unknown"}, []),
        ({"foot:forward": "mungkin"}, ["odd access tags"]),
        ({"motor_vehicle:lanes": "yes|no"}, ["rules by lane"]),
        ({"access:bdouble": "no"}, ["access tags of other vehicles"]),
        ({"access:conditional": "no @ wet"}, []),
        ({"oneway": "sometimes"}, ["odd oneway tags"]),
        ({"oneway:bicycle": "sometimes"}, []),
    ],
)
def test_rules_of_a_way_that_are_not_used_have_a_reason(tags: Tags, reasons: list[str]) -> None:
    assert list(not_understood(tags)) == reasons


def test_barriers_without_a_row_are_known_as_such() -> None:
    assert [is_known_barrier(kind) for kind in ("", "gate", "moat of lava")] == [True, True, False]


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"restriction": "no_right_turn_on_red"}, "turn rules on red"),
        ({"restriction:hgv": "no_left_turn"}, "turn rules of other vehicles"),
        ({"restriction:motorcycle": "no_left_turn", "except": "motorcycle"},
         "turn rules of other vehicles"),
        ({"restriction": "maybe"}, "odd turn rules"),
        ({"restriction:conditional": "no_left_turn"}, "odd turn rules"),
        ({}, "odd turn rules"),
    ],
)  # fmt: skip
def test_turn_rules_that_bind_nobody_here_have_a_reason(tags: Tags, reason: str) -> None:
    assert turn_tags(tags) == ([], [reason])


@pytest.mark.parametrize(
    ("value", "key"),
    [("fire_hydrant", ""), ("forestry", ""), ("no", "emergency"), ("yes", "emergency")],
)
def test_what_stands_by_the_street_for_emergencies_closes_it_to_no_ambulance(
    value: str, key: str
) -> None:
    """The key `emergency` says who may drive there, or what else stands there."""
    assert said({"emergency": value}, "ambulance").key == key


@pytest.mark.parametrize("turn", [(4, "B", 3), (1, "B", 3)])
def test_who_pushes_the_motorcycle_to_a_junction_rides_on_from_it_any_way(turn: Any) -> None:
    """50 m of AB on foot at 1 m a second, then the link and half of CD; no turn is made at B."""
    roads = drawn(
        {"AB": {"highway": "residential", "motorcycle": "no"}},
        (*turn, {"restriction": "no_left_turn"}),
    )
    home = at(HOME).assign(is_on_street=True)
    found = travel_times(graph(roads, RIDING), origins=home, destinations=at(UNIT), refuse_m=10)
    assert minutes_of(found)[0, 0] == pytest.approx(50 / 60 + 1 + 0.25, abs=0.01)


@pytest.mark.parametrize(
    ("closure", "first"),
    [
        ({"modes": ("toy",)}, 50 / 60),
        ({"speed_factor": 0.5}, 0.5),
        ({"modes": ("other",)}, 0.25),
    ],
)
def test_who_leaves_a_closed_street_turns_at_its_end_as_before(
    closure: dict[str, Any], first: float
) -> None:
    """From AB nobody goes into the link, also not who pushes, or rides at half speed: round it is."""
    roads = drawn(None, (1, "B", 3, {"restriction": "no_straight_on"}))
    works = Closure(name="works", ways=(1,), source="toy", **closure)
    home = at(HOME).assign(is_on_street=True)
    net = graph(roads, RIDING, closures=(works,))
    found = travel_times(net, origins=home, destinations=at(UNIT), refuse_m=10)
    assert minutes_of(found)[0, 0] == pytest.approx(first + 4 + 0.25, abs=0.01)
