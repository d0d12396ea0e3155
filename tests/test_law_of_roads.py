"""Law and permission by vehicle, in a town worked out by hand.

Two streets of 100 m, a link of 1 km between them, and a detour of 7 km round it. Minutes are
those of the western village, whose people live along AB; the unit and the hospital stand at D.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batu_geo.domain.errors import BatuGeoError
from batu_geo.network.rules_in_force import timed_rules
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.tables.health_office_tables import health_office_tables
from tests.drawn_towns import Town, Village, read_drawn

pytestmark = pytest.mark.slow

EAST = Village("1002", "Timur", 100, (1050, -50, 1250, 50))
TOWN = Town(
    nodes={"A": (0, 0), "B": (100, 0), "F": (600, 0), "C": (1100, 0), "D": (1200, 0),
           "P": (100, 3000), "Q": (1100, 3000)},
    ways=(("AB", "residential"), ("CD", "residential"), ("BFC", "residential"),
          ("BPQC", "residential")),
    villages=(Village("1001", "Barat", 100, (-50, -50, 95, 50)), EAST),
    units=(("U1", "1002", (1200.0, 0.0)),),
)  # fmt: skip
INF = float("inf")
FOOT, MOTORCYCLE, CAR = 13.8, 4.3, 4.3
FOOT_ROUND, ROUND = 85.8, 26.8


def link(text: str) -> Town:
    """Return the town with other tags on the link, as ``key=value&key=value``."""
    tags = dict(pair.split("=", 1) for pair in text.split("&"))
    return replace(TOWN, ways=(*TOWN.ways[:2], ("BFC", tags), TOWN.ways[3]))


def minutes(folder: Path, town: Town, *settings: str) -> tuple[float, float, float]:
    """Return the minutes of the western village on foot, by motorcycle and by car."""
    answer = assess(*read_drawn(folder, town, settings=settings))
    return (*(by_mode(answer, mode) for mode in ("foot", "motorcycle")), by_car(answer))


def by_mode(answer: Assessment, mode: str) -> float:
    table = answer.villages
    is_it = table["village_id"].eq("35.79.01.1001") & table["mode"].eq(mode)
    return round(float(table[is_it]["mean_travel_time_min"].iloc[0]), 1)


def by_car(answer: Assessment) -> float:
    table = health_office_tables(answer)["referral"].set_index("village_id")
    return round(float(table.loc["35.79.01.1001", "hospital_mean_minutes_reached"]), 1)


@pytest.mark.parametrize(
    ("tags", "foot", "motorcycle", "car"),
    [
        ("highway=residential", FOOT, MOTORCYCLE, CAR),
        # A toll road bars walkers and motorcycles; a lane of their own lets motorcycles in.
        ("highway=motorway&oneway=no", FOOT_ROUND, ROUND, 1.6),
        ("highway=trunk&motorroad=yes", FOOT_ROUND, ROUND, 2.1),
        ("highway=motorway&oneway=no&motorcycle=designated", FOOT_ROUND, 2.3, 1.6),
        ("highway=residential&toll=yes", FOOT, MOTORCYCLE, CAR),
        # An alley opened to motorcycles, at the speed of their slowest class, 8 km/h.
        ("highway=footway&motorcycle=yes", FOOT, 8.1, ROUND),
        ("highway=footway", FOOT, ROUND, ROUND),
        ("highway=footway&access=yes", FOOT, ROUND, ROUND),
        ("highway=pedestrian&motor_vehicle=yes", FOOT, 8.1, 8.1),
        ("highway=service&motor_vehicle=no&motorcycle=designated", FOOT, 5.6, ROUND),
        # Open as first and last leg only.
        ("highway=residential&access=private;destination", FOOT_ROUND, ROUND, ROUND),
        ("highway=residential&motor_vehicle=destination", FOOT, ROUND, ROUND),
        ("highway=residential&access=no", FOOT_ROUND, ROUND, ROUND),
        ("highway=residential&vehicle=no&motorcar=yes", FOOT, ROUND, CAR),
        ("highway=residential&motorcycle:forward=no", FOOT, ROUND, CAR),
        ("highway=residential&motorcycle:backward=no", FOOT, MOTORCYCLE, CAR),
        ("highway=residential&oneway=-1", FOOT, ROUND, ROUND),
        ("highway=residential&oneway=-1&oneway:motorcycle=no", FOOT, MOTORCYCLE, ROUND),
        # Closed whatever the access tags say.
        ("highway=track&smoothness=impassable", 23.2, ROUND, ROUND),
        ("highway=residential&construction=yes", FOOT_ROUND, ROUND, ROUND),
        ("highway=residential&abandoned=yes", FOOT_ROUND, ROUND, ROUND),
        ("highway=path&sac_scale=alpine_hiking", 16.8, ROUND, ROUND),
        ("highway=path&sac_scale=difficult_alpine_hiking", FOOT_ROUND, ROUND, ROUND),
        ("highway=residential&maxwidth=1.2", FOOT, MOTORCYCLE, ROUND),
        ("highway=residential&width=2", FOOT, MOTORCYCLE, CAR),
        ("highway=residential&oneway=reversible", FOOT, ROUND, ROUND),
        # Slower, not closed: 0.6 and 0.5 of the speed; an unknown surface as unpaved.
        ("highway=residential&surface=earth", FOOT, 6.8, 8.1),
        ("highway=residential&surface=lava", FOOT, 5.9, 6.8),
        ("highway=residential&surface=asphalt&smoothness=bad", FOOT, 6.8, 6.8),
        ("highway=residential&surface=gravel;mud", 26.0, 9.9, 13.0),
    ],
)
def test_who_may_use_the_link(
    tmp_path: Path, tags: str, foot: float, motorcycle: float, car: float
) -> None:
    found = minutes(tmp_path, link(tags))
    assert found == pytest.approx((foot, motorcycle, car), abs=0.35)


@pytest.mark.parametrize(
    ("tags", "out", "back"),
    [
        # Closed to everybody else, a service street of 11 km/h; patients who drive go round.
        ("highway=service&access=no&emergency=yes", 6.0, 6.0),
        ("highway=service&access=private", 6.0, 6.0),
        ("highway=service&access=no", ROUND, ROUND),
        # The link runs west to east, towards the hospital.
        ("highway=residential&oneway=yes", ROUND, CAR),
        ("highway=residential&oneway=-1", CAR, ROUND),
        ("highway=residential&oneway=yes&oneway:emergency=no", CAR, CAR),
    ],
)
def test_the_way_of_an_ambulance_out_and_in(
    tmp_path: Path, tags: str, out: float, back: float
) -> None:
    answer = assess(*read_drawn(tmp_path, link(tags)))
    row = health_office_tables(answer)["referral"].set_index("village_id").loc["35.79.01.1001"]
    found = row[["ambulance_out_minutes", "ambulance_in_minutes"]].astype(float).tolist()
    assert found == pytest.approx((out, back), abs=0.35)
    if "access" in tags:
        assert row["hospital_minutes"] == pytest.approx(ROUND, abs=0.35)
        assert by_mode(answer, "motorcycle") == pytest.approx(ROUND, abs=0.35)
        assert by_mode(answer, "foot") == pytest.approx(FOOT_ROUND, abs=0.35)


def test_an_ambulance_that_somebody_waits_for_in_vain_takes_for_ever(tmp_path: Path) -> None:
    town = replace(TOWN, ways=TOWN.ways[:2])
    table = health_office_tables(assess(*read_drawn(tmp_path, town)))["referral"]
    row = table.set_index("village_id").loc["35.79.01.1001"]
    assert row[["ambulance_out_minutes", "ambulance_in_minutes"]].tolist() == [INF, INF]


@pytest.mark.parametrize(
    ("tags", "settings", "foot", "motorcycle", "car"),
    [
        ({"barrier": "gate"}, (), FOOT, MOTORCYCLE, CAR),
        ({"barrier": "bollard"}, (), FOOT, MOTORCYCLE, ROUND),
        ({"barrier": "bollard"}, ("travel.bollards_stop_motorcycles=true",), FOOT, ROUND, ROUND),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, (), FOOT, MOTORCYCLE, CAR),
        ({"barrier": "gate", "access": "private"}, (), FOOT_ROUND, ROUND, ROUND),
        ({"barrier": "gate", "locked": "yes"}, (), FOOT_ROUND, ROUND, ROUND),
        ({"barrier": "cycle_barrier"}, (), FOOT, ROUND, ROUND),
        ({"barrier": "height_restrictor", "maxheight": "1.9"}, (), FOOT, MOTORCYCLE, ROUND),
        ({"barrier": "height_restrictor", "maxheight": "2.5"}, (), FOOT, MOTORCYCLE, CAR),
        ({"barrier": "wall"}, (), FOOT_ROUND, ROUND, ROUND),
        ({"motor_vehicle": "no"}, (), FOOT, ROUND, ROUND),
    ],
)
def test_whom_a_barrier_stops(
    tmp_path: Path,
    tags: dict[str, str],
    settings: tuple[str, ...],
    foot: float,
    motorcycle: float,
    car: float,
) -> None:
    found = minutes(tmp_path, replace(TOWN, node_tags={"F": tags}), *settings)
    assert found == pytest.approx((foot, motorcycle, car), abs=0.35)


@pytest.mark.parametrize(
    ("turn", "motorcycle", "car"),
    [
        ((1, "B", 3, {"restriction": "no_straight_on"}), ROUND, ROUND),
        ((1, "B", 3, {"restriction": "no_straight_on", "except": "motorcycle"}), MOTORCYCLE, ROUND),
        ((1, "B", 3, {"restriction:motorcycle": "no_straight_on"}), ROUND, CAR),
        ((1, "B", 4, {"restriction": "only_left_turn"}), ROUND, ROUND),
        ((1, "B", 3, {"restriction": "only_straight_on"}), MOTORCYCLE, CAR),
        ((1, "B", 4, {"restriction": "no_left_turn"}), MOTORCYCLE, CAR),
        ((3, "B", 1, {"restriction": "no_straight_on"}), MOTORCYCLE, CAR),
        # Over the link to CD is forbidden: people stop at C and walk the last 100 m.
        ((1, "3", 2, {"restriction": "no_straight_on"}), 5.3, 5.3),
        ((1, "4", 2, {"restriction": "no_straight_on"}), MOTORCYCLE, CAR),
    ],
)
def test_a_forbidden_turn_is_not_made(
    tmp_path: Path, turn: tuple[int, str, int, dict[str, str]], motorcycle: float, car: float
) -> None:
    found = minutes(tmp_path, replace(TOWN, turns=(turn,)))
    assert found == pytest.approx((FOOT, motorcycle, car), abs=0.35)


def test_nobody_turns_round_to_evade_a_turn(tmp_path: Path) -> None:
    """North of B stands a crossing K, where turning round would be quicker than the detour."""
    turn = (1, "B", 3, {"restriction": "no_straight_on"})
    crossing = replace(
        TOWN, turns=(turn,), nodes={**TOWN.nodes, "K": (100, 100), "L": (0, 100), "M": (-900, 100)},
        ways=(*TOWN.ways[:3], ("BKPQC", "residential"), ("KL", "residential")),
    )  # fmt: skip
    dead_end = minutes(tmp_path / "dead_end", crossing)
    assert dead_end[1] == pytest.approx(MOTORCYCLE + 400 / 16_000 * 60, abs=0.3), (
        "100 m and back, L"
    )
    loop = replace(crossing, ways=(*crossing.ways[:4], ("KLMPK", "residential")))
    assert minutes(tmp_path / "loop", loop)[1] > 15


def test_nobody_turns_round_in_a_street_for_last_legs(tmp_path: Path) -> None:
    """The dead end L is private, so turning round at the crossing M beyond it evades the rule."""
    turn = (1, "B", 3, {"restriction": "no_straight_on"})
    private = {"highway": "residential", "access": "private"}
    town = replace(
        TOWN, turns=(turn,),
        nodes={**TOWN.nodes, "K": (100, 100), "L": (0, 100), "M": (100, 500), "N": (0, 500)},
        ways=(*TOWN.ways[:3], ("BKMPQC", "residential"), ("KL", private), ("MN", private)),
    )  # fmt: skip
    assert minutes(tmp_path / "both", town)[1] == pytest.approx(ROUND, abs=0.35)
    public = replace(town, ways=(*town.ways[:5], ("MN", "residential")))
    there_and_back = 2 * 600 / 16_000 * 60
    found = minutes(tmp_path / "one", public)[1]
    assert found == pytest.approx(MOTORCYCLE + there_and_back, abs=0.35)


def test_a_private_estate_is_left_and_reached_through_its_gate(tmp_path: Path) -> None:
    """Homes on AB lie behind a private gate at B: their people pass it."""
    estate = replace(
        TOWN, nodes={**TOWN.nodes, "G": (97, 0)},
        ways=(("AGB", "residential"), *TOWN.ways[1:]),
        node_tags={"G": {"barrier": "gate", "access": "private"}},
    )  # fmt: skip
    assert minutes(tmp_path, estate) == pytest.approx((FOOT, MOTORCYCLE, CAR), abs=0.35)


def test_homes_and_units_on_private_streets_are_reached(tmp_path: Path) -> None:
    private = {"highway": "residential", "access": "private"}
    town = replace(TOWN, ways=(("AB", private), ("CD", private), *TOWN.ways[2:]))
    assert minutes(tmp_path, town) == pytest.approx((FOOT, MOTORCYCLE, CAR), abs=0.35)


def test_a_ferry_is_an_edge(tmp_path: Path) -> None:
    tags = {"route": "ferry", "duration": "00:10", "foot": "yes", "motorcycle": "yes"}
    town = replace(TOWN, ways=(("AB", "residential"), ("CDQ", "residential"), ("BC", tags)))
    foot, motorcycle, _ = minutes(tmp_path / "now", town)
    assert (foot, motorcycle) == pytest.approx((11.8, 10.6), abs=0.15)
    foot, motorcycle, _ = minutes(tmp_path / "wait", town, "travel.ferry_wait_minutes=5")
    assert (foot, motorcycle) == pytest.approx((16.8, 15.6), abs=0.15)


WEEK = "highway=residential&motor_vehicle:conditional=no @ (Su 06:00-10:00)"


def test_a_rule_by_time_is_used_where_the_scenario_decides_it(tmp_path: Path) -> None:
    on_sunday = ("travel.weekday=Su", "travel.hour=7")
    assert minutes(tmp_path / "now", link(WEEK)) == pytest.approx((FOOT, 4.3, 4.3), abs=0.35)
    found = minutes(tmp_path / "sunday", link(WEEK), *on_sunday)
    assert found == pytest.approx((FOOT, ROUND, ROUND), abs=0.35)
    study, scenario = read_drawn(tmp_path / "count", link(WEEK), settings=on_sunday)
    assert timed_rules(study.roads, scenario.travel) == (1, 1, 0)
    plain = scenario.travel.model_copy(update={"weekday": None, "hour": None})
    assert timed_rules(study.roads, plain) == (1, 0, 1)


def test_a_rule_by_time_and_a_season_against_the_date_are_said(tmp_path: Path) -> None:
    answer = assess(*read_drawn(tmp_path, link(WEEK), settings=("travel.season=kemarau",)))
    codes = [notice.code for notice in answer.notices]
    assert "BG-850" in codes
    assert "BG-851" in codes, "22 December is not in the dry season"


def test_an_unknown_season_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BatuGeoError, match="season"):
        read_drawn(tmp_path, TOWN, settings=("travel.season=pancaroba",))
