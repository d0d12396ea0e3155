"""Towns whose answers are worked out by hand: islands, closed bridges, joins, people cut off.

Minutes are true to 0.1, people are whole. In the baseline people walk at 5 km/h.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.placement import solve_placement
from batu_geo.planning.tables.staff_and_referral import referral_tables
from tests.drawn_towns import Town, Village, read_drawn

RESIDENTIAL = ('demand.inhabited_classes=["residential"]',)
EAST = Village("1002", "Timur", 100, (1050, -50, 1250, 50))
UNIT = ("U1", "1002", (1200.0, 0.0))


def assessed(folder: Path, town: Town, **options) -> Assessment:
    return assess(*read_drawn(folder, town, **options))


def row(answer: Assessment, code: str, mode: str = "foot", minutes: float = 15) -> pd.Series:
    table = answer.villages
    is_it = table["village_id"].eq(f"35.79.01.{code}") & table["mode"].eq(mode)
    return table[is_it & table["threshold_minutes"].eq(minutes)].iloc[0]


def gap(answer: Assessment, code: str) -> pd.Series:
    return answer.gaps.set_index("village_id").loc[f"35.79.01.{code}"]


ISLE = Town(
    nodes={"A": (0, 0), "B": (1200, 0), "X": (1200, -9000), "I": (0, 20000), "J": (1000, 20000),
           "K": (1000, 28000), "Y": (3000, 0), "Z": (3100, 0)},
    ways=(("AB", "residential"), ("BX", "tertiary"), ("BY", "tertiary"), ("YZ", "residential"),
          ("IJ", "residential"), ("JK", "tertiary")),
    villages=(EAST, Village("1003", "Pulau", 4000, (-50, 19950, 1050, 20050)),
              Village("1004", "Jauh", 500, (2950, -50, 3150, 50))),
    units=(UNIT,),
    buildings=(("G-pulau", "1003", (500, 20010)), ("G-jauh", "1004", (3050, 10))),
)  # fmt: skip


@pytest.mark.slow
def test_a_building_on_an_island_gains_the_people_of_the_island(tmp_path: Path) -> None:
    sites = assessed(tmp_path, ISLE).candidates.set_index("site_id")
    assert sites.loc["G-pulau", "people_gained"] == 4000
    assert sites.loc["G-pulau", "rank"] == 1


@pytest.mark.slow
def test_the_best_single_site_of_all_parts_is_proved(tmp_path: Path) -> None:
    answer = assessed(tmp_path, ISLE, scenario="tiga-terbaik", settings=("siting.site_count=1",))
    placement = solve_placement(answer)
    assert placement is not None
    plan = placement.plan
    assert plan.site_ids == ("G-pulau",)
    assert plan.objective == 4100
    assert plan.status == "optimal"


@pytest.mark.slow
def test_a_building_more_changes_no_figure_of_today(tmp_path: Path) -> None:
    few = assessed(tmp_path / "few", replace(ISLE, buildings=ISLE.buildings[1:]))
    many = assessed(tmp_path / "many", ISLE)
    pd.testing.assert_frame_equal(few.villages, many.villages)
    need = ["village_id", "rank", "score", "mean_minutes", "people_beyond", "people_without_way"]
    pd.testing.assert_frame_equal(few.gaps[need], many.gaps[need])
    for name, table in referral_tables(few).items():
        pd.testing.assert_frame_equal(table, referral_tables(many)[name])


@pytest.mark.slow
def test_people_on_an_island_without_a_unit_are_unreachable_not_far(tmp_path: Path) -> None:
    people = row(assessed(tmp_path, ISLE), "1003")
    assert people["unreachable"] == 4000
    assert people["not_snapped"] == people["cut_off"] == 0


@pytest.mark.slow
def test_a_kabupaten_without_any_unit_keeps_every_part(tmp_path: Path) -> None:
    answer = assessed(tmp_path, replace(ISLE, units=()))
    sites = answer.candidates.set_index("site_id")
    assert sites["people_gained"].to_dict() == {"G-pulau": 4000, "G-jauh": 500}


HALF = Town(
    nodes={"A": (0, 0), "B": (100, 0), "C": (1100, 0), "D": (1200, 0), "X": (1200, -9000),
           "I": (0, 4000), "J": (900, 4000)},
    ways=(("AB", "residential"), ("CD", "residential"), ("BC", "tertiary"), ("DX", "tertiary"),
          ("IJ", "residential"), ("AI", "tertiary")),
    villages=(Village("1001", "Belah", 2000, (-50, -50, 950, 4050)), EAST),
    units=(UNIT,),
    settings=RESIDENTIAL,
)  # fmt: skip
CLOSED = '\n[[closures]]\nname = "jembatan"\nways = [6]\nsource = "x"\n'


@pytest.mark.slow
def test_need_is_scored_person_by_person(tmp_path: Path) -> None:
    """Nine tenths live 4 km up the road: mean 62.4 minutes."""
    village = gap(assessed(tmp_path, HALF), "1001")
    assert village["mean_minutes"] == pytest.approx(62.4, abs=0.1)
    assert village["people_without_way"] == 0
    assert village["score"] == pytest.approx(0.685, abs=0.005)


@pytest.mark.slow
def test_closing_the_bridge_lowers_no_score_and_cuts_people_off(tmp_path: Path) -> None:
    before = assessed(tmp_path / "before", HALF)
    after = assessed(tmp_path / "after", replace(HALF, more=CLOSED))
    assert gap(after, "1001")["score"] >= gap(before, "1001")["score"]
    people = row(after, "1001")
    assert people["cut_off"] == 1800
    assert people["unreachable"] == people["not_snapped"] == 0
    assert gap(after, "1001")["people_without_way"] == 1800
    assert gap(after, "1001")["mean_minutes_reached"] == pytest.approx(13.8, abs=0.1)


CUT = Town(
    nodes={"A": (0, 0), "B": (100, 0), "C": (1100, 0), "D": (1200, 0), "E": (3000, 0),
           "G": (3100, 0), "I": (1100, 1499.9), "J": (1200, 1500)},
    ways=(("AB", "residential"), ("CD", "residential"), ("BC", "tertiary"), ("DE", "tertiary"),
          ("EG", "residential"), ("IJ", "residential")),
    villages=(Village("1001", "Barat", 100, (-50, -50, 150, 50)), EAST,
              Village("1003", "Jauh", 5000, (2950, -50, 3150, 50)),
              Village("1004", "Seberang", 4000, (1050, 1440, 1250, 1550))),
    units=(UNIT,),
)  # fmt: skip


@pytest.mark.slow
def test_one_village_that_is_cut_off_leaves_the_method_of_the_others(tmp_path: Path) -> None:
    answer = assessed(tmp_path, CUT)
    assert row(answer, "1004")["unreachable"] == 4000
    far = gap(answer, "1004")
    assert far["value_mean_minutes"] == 1
    assert far["rank"] == 1
    assert far["score"] == pytest.approx(0.80, abs=0.005)
    assert np.isfinite(answer.gaps["value_mean_minutes"]).all()
    assert gap(answer, "1001")["mean_minutes"] == pytest.approx(13.2, abs=0.1)


@pytest.mark.slow
def test_up_a_one_way_street_nobody_comes_back(tmp_path: Path) -> None:
    oneway = ("CI", {"highway": "tertiary", "oneway": "yes"})
    answer = assessed(tmp_path, replace(CUT, ways=(*CUT.ways, oneway)), settings=(
        "headline.mode=motorcycle", "headline.threshold_minutes=5"))  # fmt: skip
    people = row(answer, "1004", "motorcycle", 5)
    assert people["unreachable"] == 2000, "who lives on the one-way street may walk back along it"
    assert people["not_snapped"] == 0
    assert np.isinf(people["mean_travel_time_min"])
    assert row(answer, "1004", "foot")["unreachable"] == 0, "on foot the street is open both ways"


GILI = Town(
    nodes={"A": (0, 0), "B": (100, 0), "C": (1100, 0), "D": (1200, 0), "X": (1200, -8000),
           "G": (0, 300), "H": (1000, 300), "I": (1000, 1300), "J": (0, 1300),
           "K": (-600, 150), "L": (1800, 150)},
    ways=(("AB", "tertiary"), ("CD", "residential"), ("BC", "tertiary"), ("DX", "tertiary"),
          ("GHIJG", "residential"), ("KL", {"waterway": "river"})),
    villages=(EAST, Village("1003", "Gili", 3000, (-50, 250, 1050, 1350))),
    units=(UNIT,),
)  # fmt: skip


@pytest.mark.slow
def test_no_bridge_crosses_the_river(tmp_path: Path) -> None:
    people = row(assessed(tmp_path, GILI), "1003")
    assert people["unreachable"] == 3000
    assert people["not_snapped"] == 0


@pytest.mark.slow
def test_an_islet_with_a_unit_in_its_street_has_a_unit(tmp_path: Path) -> None:
    """A ring of 4 km, the unit in the middle of its northern side: at most 2 km to walk."""
    far = {k: (x, y + 20000 if k in "GHIJ" else y) for k, (x, y) in GILI.nodes.items()}
    islet = replace(
        GILI, nodes=far, units=(UNIT, ("U3", "1003", (500, 21295))),
        villages=(EAST, Village("1003", "Gili", 3000, (-50, 20250, 1050, 21350))),
    )  # fmt: skip
    answer = assessed(tmp_path, islet)
    people = row(answer, "1003")
    assert people["unreachable"] == people["not_snapped"] == people["cut_off"] == 0
    assert people["mean_travel_time_min"] == pytest.approx(12.1, abs=0.1)
    here = answer.demand["village_id"].str.endswith("1003").to_numpy()
    assert answer.times["foot"].best()[here].max() <= 24.15


DUP = Town(
    nodes={"A": (0, 0), "B": (400, 0), "C": (3000, 0), "E": (3400, 0)},
    ways=(("AB", "residential"), ("BC", "tertiary"), ("CE", "residential")),
    villages=(Village("1001", "Satu", 1000, (-50, -50, 3450, 50)),),
    units=(("U1", "1001", (200, 0)),),
    settings=RESIDENTIAL,
)


BESIDE = {"P": (5, 5), "Q": (395, 5), "K": (0, 0.5), "L": (400, 0.5)}
AGAIN: dict[str, tuple[tuple[str, str | dict[str, str]], ...]] = {
    "once": DUP.ways,
    "twice": (*DUP.ways, ("AB", "residential")),
    "5 m apart": (*DUP.ways, ("APQB", "residential")),
    "5 m apart, leading nowhere": (*DUP.ways, ("PQ", "residential")),
    "half a metre apart, the first leading nowhere": (("KL", "residential"), *DUP.ways),
}  # fmt: skip


@pytest.mark.parametrize("drawing", AGAIN)
@pytest.mark.slow
def test_a_street_drawn_twice_houses_its_people_once(tmp_path: Path, drawing: str) -> None:
    nodes = DUP.nodes | BESIDE
    people = row(assessed(tmp_path, replace(DUP, nodes=nodes, ways=AGAIN[drawing])), "1001")
    assert people["served"] == people["not_served"] == 500
    assert people["mean_travel_time_min"] == pytest.approx(18.6, abs=0.1)


@pytest.mark.slow
def test_two_carriageways_house_the_people_of_one_street(tmp_path: Path) -> None:
    """As one street 500 of 1,000, as two 667; where they part, 20 m at each end stand alone."""
    nodes = DUP.nodes | {"R": (10, 18), "S": (390, 18)}
    oneway = {"highway": "residential", "oneway": "yes"}
    ways = (("AB", oneway), *DUP.ways[1:], ("BSRA", oneway))
    people = row(assessed(tmp_path, replace(DUP, nodes=nodes, ways=ways)), "1001")
    assert people["served"] == pytest.approx(500, abs=30)
    assert people["served"] + people["not_served"] == 1000


@pytest.mark.slow
def test_two_alleys_15_m_apart_both_house_people(tmp_path: Path) -> None:
    """Two of 400 m near the unit and one of 400 m far off: 667 of 1,000, and nothing is said."""
    nodes = DUP.nodes | {"P": (0, 15), "Q": (400, 15)}
    found = assessed(tmp_path, replace(DUP, nodes=nodes, ways=(*DUP.ways, ("APQB", "residential"))))
    # The alley joins its ends to the street by 15 m each, and nobody else.
    assert row(found, "1001")["served"] == pytest.approx(667, abs=10)
    listed = [n.values["listed_en"] for n in found.notices if n.code == "BG-846"]
    assert all("drawn twice" not in text for text in listed)


def beside(tags: dict[str, str]) -> Town:
    """Return a street with a unit 50 m off it, and something else 20 m nearer.

    Ten homes along it are 250 m from its middle on average, an eleventh at the corner 550 m;
    50 m are walked at 4.5 km/h.
    """
    return Town(
        nodes={"R": (0, 0), "S": (1000, 0), "T": (-4000, 70), "U": (5000, 70), "J": (-4000, -500)},
        ways=(("RS", "residential"), ("TU", tags), ("TJR", "residential")),
        villages=(Village("1001", "Pusat", 100, (-50, -50, 1050, 100)),),
        units=(("U1", "1001", (500, 50)),),
    )


@pytest.mark.slow
def test_nobody_joins_a_toll_road_at_its_fence(tmp_path: Path) -> None:
    answer = assessed(tmp_path, beside({"highway": "motorway", "oneway": "no"}))
    assert row(answer, "1001", "motorcycle")["mean_travel_time_min"] == pytest.approx(1.7, abs=0.1)
    table = referral_tables(answer)["referral"].set_index("village_id")
    car = table.loc["35.79.01.1001", "hospital_mean_minutes_reached"]
    assert car == pytest.approx(1.7, abs=0.1)


@pytest.mark.slow
def test_nobody_joins_the_deck_of_a_bridge(tmp_path: Path) -> None:
    deck = {"highway": "secondary", "bridge": "viaduct", "layer": "2"}
    answer = assessed(tmp_path, beside(deck))
    assert row(answer, "1001", "foot")["mean_travel_time_min"] == pytest.approx(4, abs=0.1)


@pytest.mark.slow
def test_a_unit_300_m_off_the_road_is_inside_its_catchment(tmp_path: Path) -> None:
    town = Town(
        nodes={"A": (0, 0), "B": (3000, 0)}, ways=(("AB", "residential"),),
        villages=(Village("1001", "Satu", 1000, (-50, -50, 3050, 350)),),
        units=(("U1", "1001", (1500, 300)),),
    )  # fmt: skip
    answer = assessed(tmp_path, town)
    unit = answer.study.facilities.geometry.iloc[0]
    assert answer.catchments.geometry.intersects(unit).all()


BORDER = Town(
    nodes={"A": (0, 0), "B": (1200, 0)}, ways=(("AB", "residential"),),
    villages=(Village("1001", "Barat", 100, (0, -50, 600, 50)),
              Village("1002", "Timur", 100, (600, -50, 1200, 50))),
    units=(("U1", "1002", (900.0, 0.0)),),
)  # fmt: skip


def border_notices(town: Town, folder: Path) -> list[dict[str, str | int | float]]:
    notices = assessed(folder, town).notices
    return [notice.values for notice in notices if notice.code == "BG-815"]


@pytest.mark.slow
def test_roads_that_end_at_the_border_are_said(tmp_path: Path) -> None:
    assert border_notices(BORDER, tmp_path / "cut") == [{"count": 2, "across": 0}]
    nodes = {"A": (-500, 0), "M": (600, 0), "B": (1700, 0)}
    longer = replace(BORDER, nodes=nodes, ways=(("AM", "residential"), ("MB", "residential")))
    assert border_notices(longer, tmp_path / "whole") == []


@pytest.mark.slow
def test_a_street_that_ends_30_cm_from_another_is_named_with_its_place(tmp_path: Path) -> None:
    """Nothing is joined in silence: the trip goes the long way, and the plan says where."""
    nodes = {"A": (0, 0), "B": (600, 0), "b": (600.3, 0), "C": (1200, 0)}
    missed = replace(BORDER, nodes=nodes, ways=(("AB", "residential"), ("bC", "residential")))
    (notice,) = [n for n in assessed(tmp_path / "missed", missed).notices if n.code == "BG-816"]
    assert notice.values["count"] == 1
    assert re.fullmatch(r"-7\.\d{5} 112\.\d{5} \(way [12]\)", str(notice.values["places"]))
    joined = assessed(tmp_path / "joined", BORDER).notices
    assert "BG-816" not in {notice.code for notice in joined}
