"""What each difference between two runs on the street is worth, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.asking.leaf_settings import differing_leaves, has_leaf, with_leaves
from batu_geo.domain.site_choice import SiteChoice
from batu_geo.domain.travel import Calibration, Threshold
from batu_geo.planning.effects import (
    INTERACTION,
    MOST_LEAVES,
    TOGETHER,
    Placing,
    Side,
    effects,
)
from batu_geo.planning.study import Study
from tests.planning.street import STREET, criterion, settings, study, villages
from tests.toy import town

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b3": ("v3", 12.0)}


@pytest.fixture(scope="module")
def placing() -> Placing:
    return Placing()


@pytest.fixture(scope="module")
def street() -> Study:
    return study(UNITS, BUILDINGS)


def siting(model: str = "mclp", **choice: Any) -> SiteChoice:
    return SiteChoice(model=model, source="toy", **choice)


def moved(table: pd.DataFrame, difference: str) -> pd.DataFrame:
    return table[table["difference"] == difference].set_index("village_id")


@pytest.mark.slow
def test_equal_sides_have_no_effects(street: Study, placing: Placing) -> None:
    one = Side("one", street, settings())
    table = effects(one, Side("other", street, settings(title="Another title")), placing)
    assert table.empty
    assert list(table.columns) == ["difference", "village_id", "village_name", "minutes_more",
                                   "served_more", "without_way_more", "rank_before",
                                   "rank_after"]  # fmt: skip


@pytest.mark.slow
def test_a_longer_threshold_serves_more_and_moves_no_minute(
    street: Study, placing: Placing
) -> None:
    """Within 4 minutes of 0 are 2.5 of v0 and 3.5 of v1 as well."""
    head = Threshold(mode="toy", threshold_minutes=4)
    steps: list[str] = []
    table = effects(
        Side("two", street, settings()), Side("four", street, settings(headline=head)), placing,
        progress=steps.append,
    )  # fmt: skip
    assert steps == ["headline.threshold_minutes"]
    assert table["village_id"].tolist() == ["v0", "v1"]
    assert table["served_more"].tolist() == [10, 10]
    assert table["minutes_more"].tolist() == [0, 0]
    assert table["rank_before"].tolist() == [pd.NA, 3]


@pytest.mark.slow
def test_each_of_two_differences_alone_and_both_together(street: Study, placing: Placing) -> None:
    """Slow trips take twice as long; a unit at 4 serves 2.5 to 5.5, at slow speed 3.5 and 4.5."""
    slow = settings().travel.model_copy(update={"speed_set": "slow"})
    other = settings(travel=slow, siting=siting(site_count=1))
    table = effects(Side("a", street, settings()), Side("b", street, other), placing)
    assert list(dict.fromkeys(table["difference"])) == [
        "travel.speed_set", "siting", TOGETHER, INTERACTION,
    ]  # fmt: skip
    by_speed = moved(table, "travel.speed_set")
    assert by_speed["minutes_more"].tolist() == pytest.approx([1.5, 4.5, 7.5, 10.5])
    assert by_speed["served_more"].tolist() == [-10, 0, 0, 0]
    # Of v1 those at 7 minutes are not yet at the goalpost of 9.
    assert by_speed["rank_after"].drop("v0").tolist() == [3, 1, 1]
    by_plan = moved(table, "siting")
    assert by_plan["served_more"].tolist() == [10, 30, 0, 0]
    assert by_plan["rank_after"].drop("v0").tolist() == [pd.NA, 2, 1]
    both = moved(table, TOGETHER)
    # Slow from 0: 0.5 alone is within 2 minutes; from 4: 3.5 and 4.5.
    assert both["served_more"].tolist() == [-10, 20, 0, 0]
    rest = moved(table, INTERACTION)
    assert rest["served_more"].reindex(["v0", "v1"], fill_value=0).tolist() == [-10, -10]
    alone = by_speed["minutes_more"].add(by_plan["minutes_more"], fill_value=0)
    expected = both["minutes_more"].sub(alone, fill_value=0)
    for village, minutes in rest["minutes_more"].items():
        assert minutes == pytest.approx(expected[village])


@pytest.mark.slow
def test_two_road_classes_are_two_lines_and_a_criterion_is_one_by_its_name(
    street: Study, placing: Placing
) -> None:
    """Paths are not on the street: their speed moves nobody, and there is no interaction."""
    toy = settings(need=(criterion("mean_minutes", 9), criterion("people_beyond", 50)))
    speeds = {"residential": (6, 12, 24), "path": (1, 2, 3)}  # and none for steps
    walk = toy.modes["toy"].model_copy(update={"speeds_kmh": speeds, "source": "other words"})
    need = (criterion("mean_minutes", 9), criterion("people_beyond", 60))
    other = settings(modes={"toy": walk}, need=need)
    steps: list[str] = []
    table = effects(
        Side("a", street, toy), Side("b", street, other), placing, progress=steps.append
    )
    assert sorted(steps) == sorted([
        "modes.toy.speeds_kmh.residential", "modes.toy.speeds_kmh.path",
        "modes.toy.speeds_kmh.steps", "need.people_beyond.worst_at", TOGETHER,
    ])  # fmt: skip
    assert "modes.toy.speeds_kmh.path" not in set(table["difference"])
    assert INTERACTION not in set(table["difference"])
    fast = moved(table, "modes.toy.speeds_kmh.residential")
    assert fast["minutes_more"].equals(moved(table, TOGETHER)["minutes_more"])


@pytest.mark.slow
def test_many_settings_of_one_part_are_one_line(street: Study, placing: Placing) -> None:
    toy = settings()
    more = {f"class{n}": (1, 2, 3) for n in range(MOST_LEAVES + 1)}
    walk = toy.modes["toy"]
    wide = walk.model_copy(update={"speeds_kmh": walk.speeds_kmh | more})
    steps: list[str] = []
    effects(Side("a", street, toy), Side("b", street, settings(modes={"toy": wide})), placing,
            progress=steps.append)  # fmt: skip
    assert steps == ["modes"]


@pytest.mark.slow
def test_settings_that_name_each_other_are_taken_over_as_one(
    street: Study, placing: Placing
) -> None:
    """Another mode as headline is nothing without that mode."""
    toy = settings()
    walk = toy.modes["toy"]
    quick = walk.model_copy(update={"speeds_kmh": {"residential": (12, 12, 12)}})
    other = settings(
        modes={"toy": walk, "quick": quick},
        headline=Threshold(mode="quick", threshold_minutes=2),
        calibration=Calibration(mode="quick", figure="F"),
    )
    table = effects(Side("walk", street, toy), Side("ride", street, other), placing)
    assert set(table["difference"]) == {"modes"}
    rows = table.set_index("village_id")
    assert rows["minutes_more"].tolist() == pytest.approx([-0.75, -2.25, -3.75, -5.25])
    assert rows["served_more"].tolist() == [10, 10, 0, 0]


@pytest.mark.slow
def test_an_input_is_taken_over_alone(street: Study, placing: Placing) -> None:
    """Twice the people in v1; a building elsewhere, which no plan opens, moves nobody."""
    cards = street.inputs
    more = replace(
        street,
        villages=villages((30, 60, 30, 30)),
        buildings=study(UNITS, {"x": ("v2", 8)}).buildings,
        inputs={**cards, "population": {**cards["population"], "sha256": "1"},
                "buildings": {**cards["buildings"], "sha256": "2"}},
    )  # fmt: skip
    head = Threshold(mode="toy", threshold_minutes=4)
    scenario = settings(headline=head)
    table = effects(Side("a", street, scenario), Side("b", more, scenario), placing)
    assert moved(table, "buildings").empty
    assert moved(table, "population")["served_more"].to_dict() == {"v1": 10}
    assert moved(table, TOGETHER)["served_more"].to_dict() == {"v1": 10}


@pytest.mark.slow
def test_outlines_keep_the_people_of_the_first_side_and_people_its_outlines(
    street: Study, placing: Placing
) -> None:
    """The other study names and bounds its villages otherwise, and has other people."""
    theirs = villages((40, 30, 30, 30))
    theirs["village_name"] = [f"Kampung {n}" for n in range(4)]
    cards = street.inputs
    changed = {name: {**cards[name], "sha256": "other"} for name in ("villages", "population")}
    other = replace(street, villages=theirs, inputs={**cards, **changed})
    names, seen = {}, {}

    class Kept(Placing):
        def __call__(self, town: Study, scenario: Any) -> Any:
            key = tuple(n for n in ("population", "villages") if town.hashes[n] == "other")
            names[key] = town.villages["village_name"].iloc[0]
            seen[key] = int(town.villages["population"].iloc[0])
            return super().__call__(town, scenario)

    effects(Side("a", street, settings()), Side("b", other, settings()), Kept())
    assert seen == {(): 30, ("population",): 40, ("villages",): 30, ("population", "villages"): 40}
    assert names == {(): "Desa v0", ("population",): "Desa v0", ("villages",): "Kampung 0",
                     ("population", "villages"): "Kampung 0"}  # fmt: skip


@pytest.mark.slow
def test_elevation_comes_with_the_roads_and_an_input_only_one_side_has_is_a_difference(
    street: Study, placing: Placing
) -> None:
    """Half the street is a path at half the speed: the homes of v2 and v3 take longer."""
    cards = street.inputs
    roads = town(STREET, {"ABCDEFG": "residential", "GHIJKLMN": "path"})
    card = {"path": "e", "sha256": "e", "evidence": "estimated"}
    steep = replace(street, roads=roads, inputs={**cards, "elevation": card})
    table = effects(Side("flat", street, settings()), Side("steep", steep, settings()), placing)
    assert set(table["difference"]) == {"elevation"}
    # People live along the residential half alone; those of v2 and v3 at a point inside.
    assert table["minutes_more"].gt(0).any()
    back = effects(Side("steep", steep, settings()), Side("flat", street, settings()), placing)
    assert back["minutes_more"].tolist() == pytest.approx((-table["minutes_more"]).tolist())
    assert back["served_more"].tolist() == (-table["served_more"]).tolist()


@pytest.mark.slow
def test_what_differs_in_the_siting_alone_is_assessed_once(street: Study) -> None:
    placing = Placing()
    first = placing(street, settings())
    second = placing(street, settings(siting=siting(site_count=1), title="Other"))
    assert second.assessment.gaps is first.assessment.gaps
    assert first.placement is None
    assert second.placement is not None
    assert set(second.after.situation.units) == {"u0", "b1"}
    other_need = settings(need=(criterion("people_beyond", 100),))
    assert placing(street, other_need).assessment.gaps is not first.assessment.gaps


def test_without_capacities_everybody_goes_to_the_nearest_unit(
    street: Study, placing: Placing
) -> None:
    trips = placing(street, settings(siting=siting(site_count=1))).trips()
    assert trips["people"].tolist() == [10] * 12
    minutes = [0.5, 1.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]
    assert trips["travel_time_min"].tolist() == pytest.approx(minutes)


def test_where_no_plan_keeps_the_rules_nobody_is_sent_anywhere_new(
    street: Study, placing: Placing
) -> None:
    """Three units can not be opened in two buildings, and the unit of today stays."""
    choice = siting("capacitated_p_median", site_count=3, people_per_unit=20)
    placed = placing(street, settings(siting=choice))
    assert placed.placement is not None
    assert placed.placement.plan.status == "infeasible"
    today = placing(street, settings())
    pd.testing.assert_frame_equal(placed.villages(), today.villages())


def test_where_units_can_be_full_a_village_counts_who_has_a_place(
    street: Study, placing: Placing
) -> None:
    """Two units of 20: 80 people have no place, and a served one is placed within 2 minutes."""
    choice = siting("capacitated_p_median", site_count=1, people_per_unit=20)
    placed = placing(street, settings(siting=choice))
    trips, rows = placed.trips(), placed.villages()
    assert trips["people"].sum() == 120
    has_place = np.isfinite(trips["travel_time_min"])
    assert trips["people"][has_place].sum() == 40
    within = trips[trips["travel_time_min"] <= 2].groupby("village_id")["people"].sum()
    assert rows.set_index("village_id")["served"].to_dict() == {
        village: int(within.get(village, 0)) for village in ("v0", "v1", "v2", "v3")
    }
    nobody = rows["village_id"].isin(set(trips["village_id"][has_place]))
    assert rows["mean_minutes_reached"].notna().tolist() == nobody.tolist()
    lost = trips[~has_place].groupby("village_id")["people"].sum()
    assert rows.set_index("village_id")["people_without_way"].to_dict() == {
        village: int(lost.get(village, 0)) for village in ("v0", "v1", "v2", "v3")
    }
    assert np.isinf(rows["mean_minutes"]).tolist() == (rows["people_without_way"] > 0).tolist()


def test_a_criterion_that_one_side_lacks_is_put_in_its_place() -> None:
    one = settings(need=(criterion("mean_minutes", 9), criterion("people_beyond", 50)))
    other = settings(need=(criterion("mean_minutes", 9),))
    (path,) = differing_leaves(one, other)
    assert path == ("need", "people_beyond")
    fewer, more = with_leaves(one, other, [path]), with_leaves(other, one, [path])
    assert fewer is not None
    assert more is not None
    assert (fewer.need, more.need) == (other.need, one.need)
    longer = settings(need=(criterion("mean_minutes", 9), criterion("people_beyond", 60)))
    at = ("need", "people_beyond", "worst_at")
    assert differing_leaves(one, longer) == [at]
    assert with_leaves(one, longer, [at]).need == longer.need


def test_settings_that_are_no_scenario_together_are_none() -> None:
    """A headline of a mode that is not there, and a threshold below another."""
    toy = settings()
    walk = toy.modes["toy"]
    quick = settings(modes={"toy": walk, "quick": walk},
                     headline=Threshold(mode="quick", threshold_minutes=2))  # fmt: skip
    assert with_leaves(toy, quick, [("headline", "mode")]) is None
    assert has_leaf(toy, quick, ("modes", "toy", "door_speed_kmh"))
    assert not has_leaf(toy, quick, ("headline", "mode"))
    assert has_leaf(toy, quick, ("headline", "mode", "no such part"))


@pytest.mark.slow
def test_answers_are_an_input_and_a_headline_brings_its_threshold(
    street: Study, placing: Placing
) -> None:
    """The threshold of a mode that follows from the headline has no line of its own."""
    card = {**street.inputs["population"], "sha256": "9"}
    answered = replace(street, inputs={**street.inputs, "answers": card},
                       villages=villages((30, 60, 30, 30)))  # fmt: skip
    toy = settings(headline=Threshold(mode="toy", threshold_minutes=2))
    walk = toy.modes["toy"].model_copy(update={"thresholds_minutes": (2.0, 4.0, 5.0)})
    other = settings(modes={"toy": walk}, headline=Threshold(mode="toy", threshold_minutes=5))
    steps: list[str] = []
    sides = Side("a", street, toy), Side("b", answered, other)
    table = effects(*sides, placing, progress=steps.append)
    assert steps == ["answers", "headline.threshold_minutes", TOGETHER]
    assert moved(table, "answers").empty
    alone, both = (moved(table, name)["served_more"] for name in (steps[1], TOGETHER))
    assert both["v1"] == 2 * alone["v1"] > 0


@pytest.mark.slow
def test_more_settings_of_a_part_than_are_listed_are_one_line(
    street: Study, placing: Placing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batu_geo.planning.effects.MOST_LEAVES", 1)
    one = settings(need=(criterion("mean_minutes", 9), criterion("people_beyond", 50)))
    other = settings(need=tuple(
        row.model_copy(update={"weight": weight})
        for row, weight in zip(one.need, (0.25, 0.75), strict=True)
    ))  # fmt: skip
    steps: list[str] = []
    effects(Side("a", street, one), Side("b", street, other), placing, progress=steps.append)
    assert steps == ["need"]
