"""Plans of the street as tables, and scenarios side by side, worked out by hand.

One unit at 0 in v0; people at 0.5, 1.5, ... 11.5, ten at each; buildings a and b in v1, c in
v2, d and e in v3. Today two minutes reach 20 people.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.site_choice import SiteChoice
from batu_geo.planning.assess import assess
from batu_geo.planning.effects import Placed, Placing, Side
from batu_geo.planning.tables import placement_tables as module
from batu_geo.planning.tables.comparison_tables import (
    differing_settings,
    summary_row,
    village_rows,
)
from batu_geo.planning.tables.placement_tables import (
    assignment_tables,
    building_tables,
    placement_tables,
)
from tests.planning.street import INPUTS, settings, study

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {
    "a": ("v1", 3.0), "b": ("v1", 5.0), "c": ("v2", 7.0), "d": ("v3", 9.5), "e": ("v3", 12.0),
}  # fmt: skip
COSTS = pd.DataFrame(
    [("b", "works", "city", "once", 7), ("d", "works", "city", "once", 5),
     ("d", "rent", "bok", "yearly", 2)],
    columns=["building_id", "item", "payer", "period", "rupiah"],
)  # fmt: skip
MODELS: dict[str, dict[str, Any]] = {
    "mclp": {"site_count": 2},
    "lscp": {},
    "p_median": {"site_count": 2},
    "p_centre": {"site_count": 1},
    "backup_coverage": {"site_count": 2},
    "one_per_village": {},
    "capacitated_mclp": {"site_count": 1, "people_per_unit": 40},
    "capacitated_p_median": {"site_count": 1, "people_per_unit": 40},
}


def street(**tables: Any) -> Study:
    return study(UNITS, BUILDINGS, **({"costs": COSTS} | tables))


def under(model: str, **choice: Any) -> Scenario:
    return settings(siting=SiteChoice(model=model, source="toy", **choice))


@pytest.fixture(scope="module")
def placing() -> Placing:
    return Placing()


@pytest.fixture(scope="module")
def town() -> Study:
    return street()


@pytest.fixture(scope="module")
def placed(placing: Placing, town: Study) -> dict[str, Placed]:
    """Return the street under every model."""
    return {name: placing(town, under(name, **choice)) for name, choice in MODELS.items()}


@pytest.fixture(scope="module")
def tables(placed: dict[str, Placed]) -> dict[str, dict[str, pd.DataFrame]]:
    return {name: placement_tables(one.assessment) for name, one in placed.items()}


@pytest.fixture(scope="module")
def nothing(placing: Placing, town: Study) -> Placed:
    """Return the street under a scenario that opens nothing."""
    return placing(town, settings())


@pytest.mark.slow
def test_a_scenario_that_opens_nothing_has_no_tables_of_a_plan(nothing: Placed) -> None:
    assert placement_tables(nothing.assessment) == {}


@pytest.mark.slow
def test_the_plan_by_row(tables: dict[str, dict[str, pd.DataFrame]]) -> None:
    """At 5 people from 3.5 to 6.5 are new, 40; at 9.5 those from 7.5 to 11.5, 50."""
    plan = tables["mclp"]["plan"].set_index("site_id")
    assert plan.index.tolist() == ["b", "d"]
    assert plan["people_gained"].to_dict() == {"b": 40, "d": 50}
    assert plan["village_name"].to_dict() == {"b": "Desa v1", "d": "Desa v3"}
    assert plan["city_rupiah"].to_dict() == {"b": 7, "d": 5}
    assert plan["yearly_rupiah"].to_dict() == {"b": 0, "d": 2}
    assert plan[["needs_nurse", "needs_midwife", "needs_cadre"]].to_numpy().tolist() == [
        [1, 1, 2], [1, 1, 2],
    ]  # fmt: skip
    assert plan["in_every_optimal"].all()


def test_costs_nobody_knows_are_missing_in_the_plan(
    tables: dict[str, dict[str, pd.DataFrame]],
) -> None:
    plan = tables["lscp"]["plan"].set_index("site_id")
    assert plan.index.tolist() == ["a", "c", "d"]
    assert plan["once_rupiah"].isna().to_dict() == {"a": True, "c": True, "d": False}


@pytest.mark.parametrize("model", MODELS)
def test_the_proof_is_one_row_about_the_plan(
    model: str, placed: dict[str, Placed], tables: dict[str, dict[str, pd.DataFrame]]
) -> None:
    (row,) = tables[model]["plan_proof"].to_dict("records")
    placement = placed[model].placement
    assert placement is not None
    assert row["plan_status"] == "optimal"
    assert row["objective"] == row["bound"] == placement.plan.objective
    assert row["gap_percent"] == 0
    assert str(row["sites"]) == " ".join(placement.plan.site_ids)
    is_limited = model.startswith("capacitated")
    assert pd.isna(row["people_unreached"]) == is_limited
    assert pd.isna(row["people_without_place"]) == (not is_limited)
    assert pd.isna(row["optimal_plans"]) == is_limited
    assert not row["conflicts"]


def test_a_plan_that_cannot_be_names_what_conflicts(placing: Placing, town: Study) -> None:
    """Two buildings must open in one village, and a village may have one."""
    placed = placing(town, under("mclp", must_open=("a", "b")))
    (row,) = placement_tables(placed.assessment)["plan_proof"].to_dict("records")
    assert row["plan_status"] == "infeasible"
    assert [conflict.code for conflict in row["conflicts"].rows] == [
        "must_open", "must_open", "one_per_village",
    ]  # fmt: skip
    assert row["conflicts_smallest"]
    assert pd.isna(row["people_unreached"])
    assert row["person_minutes"] is None
    assert len(placement_tables(placed.assessment)["plan"]) == 0
    summary = summary_row("both", placed)
    assert summary["status"] == "infeasible"
    assert str(summary["conflicts"]) == "must_open must_open one_per_village"
    assert "new_units" not in summary
    assert summary["people_served"] == 20


def test_a_budget_leaves_out_what_nobody_priced(placing: Placing, town: Study) -> None:
    placed = placing(town, under("p_median", site_count=1, budget_rupiah=6))
    proof = placement_tables(placed.assessment)["plan_proof"]
    assert str(proof["sites"][0]) == "d"
    assert str(proof["without_cost"][0]) == "a c e"


def test_plans_as_good_within_one_per_cent(placing: Placing, town: Study) -> None:
    """One unit for most people: b adds those at 3.5 to 6.5, c at 5.5 to 8.5, d 50 alone.

    Of b and c, equal in people, c is the shorter way for those of v3.
    """
    best = placement_tables(placing(town, under("mclp", site_count=1)).assessment)
    assert best["plan_alternatives"]["sites"].map(str).tolist() == ["d"]
    even = placement_tables(
        placing(town, under("mclp", site_count=1, must_close=("d",))).assessment
    )["plan_alternatives"]
    assert even["sites"].map(str).tolist() == ["c", "b"]
    assert even["objective"].tolist() == [60, 60]
    assert even[["worse_percent", "of_gain_percent"]].eq(0).all(axis=None)
    assert even["is_optimal"].all()
    assert even["rank"].tolist() == [1, 2]


def test_where_the_gain_is_not_known_a_share_of_it_is_missing(
    tables: dict[str, dict[str, pd.DataFrame]],
) -> None:
    """LSCP counts sites: opening none is no plan, so nothing is gained on it."""
    table = tables["lscp"]["plan_alternatives"]
    assert table["of_gain_percent"].isna().all()
    assert table["worse_percent"].tolist() == [0]


@pytest.mark.slow
def test_a_plan_worse_than_the_best_says_by_how_much() -> None:
    """By person-minutes c and d are less than one per cent apart, the others far off."""
    people = (3, 3, 300, 140)
    town = street(people=people)
    placed = Placing()(town, under("p_median", site_count=1))
    table = placement_tables(placed.assessment)["plan_alternatives"]
    shares = [1] * 6 + [100] * 3 + [47, 47, 46]
    today = sum(shares[int(x)] * x for x in np.arange(12) + 0.5)
    trips = {
        site: sum(shares[int(x)] * min(x, abs(x - BUILDINGS[site][1])) for x in np.arange(12) + 0.5)
        for site in BUILDINGS
    }
    best = min(trips.values())
    near = sorted(site for site, value in trips.items() if value <= 1.01 * best)
    assert len(near) == 2
    assert sorted(table["sites"].map(str)) == near
    for row in table.to_dict("records"):
        value = trips[str(row["sites"])]
        assert row["objective"] == pytest.approx(value)
        assert row["worse_percent"] == pytest.approx(100 * (value - best) / value, abs=0.02)
        assert row["of_gain_percent"] == pytest.approx(100 * (value - best) / (today - best))
        assert row["is_optimal"] == (value == best)


def test_full_units_send_people_on(tables: dict[str, dict[str, pd.DataFrame]]) -> None:
    """40 places at b: those of 3.5 to 6.5 within two minutes; 20 at 0; nobody else reaches one."""
    units = tables["capacitated_mclp"]["plan_units"].set_index("facility_id")
    assert units["people_sent"].to_dict() == {"u0": 20, "b": 40}
    assert units["is_new"].to_dict() == {"u0": False, "b": True}
    assert units["people_per_unit"].tolist() == [40, 40]
    assert units["mean_minutes_sent"].tolist() == [1, 1]
    assert units["village_name"].tolist() == ["Desa v0", "Desa v1"]
    villages = tables["capacitated_mclp"]["plan_villages"].set_index("village_id")
    assert villages["people_sent"].tolist() == [20, 30, 10, 0]
    assert villages["people_without_place"].tolist() == [10, 0, 20, 30]
    assert pd.isna(villages.loc["v3", "mean_minutes_sent"])


def test_each_unit_and_building_has_its_own_capacity_and_people_assigned_are_not_the_nearest(
    town: Study,
) -> None:
    """10 places at 0 and 20 at b (5); 0 is nearest up to 2.5, b beyond, however far."""
    roomy = replace(town, facilities=town.facilities.copy(), buildings=town.buildings.copy())
    roomy.facilities["people_capacity"] = pd.array([10], dtype="Int64")
    numbers = [20 if name == "b" else pd.NA for name in roomy.buildings["building_id"]]
    roomy.buildings["people_capacity"] = pd.array(numbers, dtype="Int64")
    scenario = under("capacitated_mclp", site_count=1, people_per_unit=40, must_open=("b",))
    placed = Placing()(roomy, scenario)
    assert placed.placement is not None
    units = assignment_tables(placed.assessment, placed.placement)["plan_units"]
    rows = units.set_index("facility_id")
    assert rows["people_per_unit"].to_dict() == {"u0": 10, "b": 20}
    assert rows["people_sent"].to_dict() == {"u0": 10, "b": 20}
    assert rows["people_nearest"].to_dict() == {"u0": 30, "b": 90}


def test_build_upgrade_and_enlarge_each_say_who_pays(town: Study) -> None:
    costs = pd.DataFrame(
        [("b", "works", "city", "once", 5), ("u0", "works", "village_fund", "once", 3)],
        columns=["building_id", "item", "payer", "period", "rupiah"],
    )
    now = assess(replace(town, costs=costs), under("mclp"))
    rows = building_tables(now)["building_costs"].set_index("site_id")
    assert rows.loc["b", ["action", "city_rupiah"]].tolist() == ["open_unit", 5]
    assert rows.loc["u0", ["action", "village_fund_rupiah"]].tolist() == ["enlarge_unit", 3]
    assert rows.drop(index=["b", "u0"])["city_rupiah"].isna().all()


@pytest.mark.parametrize("model", MODELS)
def test_everybody_is_sent_once_or_has_no_place(
    model: str, tables: dict[str, dict[str, pd.DataFrame]]
) -> None:
    """Of models that only count who is in reach there is nothing to send."""
    if "plan_units" not in tables[model]:
        assert model in {"mclp", "lscp", "p_centre", "backup_coverage"}
        assert "plan_villages" not in tables[model]
        return
    units, villages = tables[model]["plan_units"], tables[model]["plan_villages"]
    assert (villages["people_sent"] + villages["people_without_place"]).tolist() == [30] * 4
    assert units["people_sent"].sum() == villages["people_sent"].sum()
    walked = (units["people_sent"] * units["mean_minutes_sent"]).sum()
    assert walked == pytest.approx(
        (villages["people_sent"] * villages["mean_minutes_sent"]).fillna(0).sum()
    )


def test_a_plan_of_no_sites_sends_people_to_the_units_of_today(
    placing: Placing, town: Study
) -> None:
    placed = placing(town, under("p_median", site_count=0))
    assert placed.placement is not None
    units = assignment_tables(placed.assessment, placed.placement)["plan_units"]
    assert units[["facility_id", "people_sent"]].to_numpy().tolist() == [["u0", 120]]
    assert units["people_per_unit"].isna().all()


@pytest.mark.parametrize("model", MODELS)
def test_villages_before_and_after_balance(
    model: str, placed: dict[str, Placed], tables: dict[str, dict[str, pd.DataFrame]]
) -> None:
    """Nobody loses by a new unit, and those served after are those within its reach."""
    table = tables[model]["villages_after"]
    assert (table["served_more"] == table["served_after"] - table["served_before"]).all()
    assert (table["served_more"] >= 0).all()
    assert (table["mean_minutes_after"] <= table["mean_minutes_before"]).all()
    placement = placed[model].placement
    assert placement is not None
    places = [0.0, *(BUILDINGS[site][1] for site in placement.plan.site_ids)]
    for minutes in (2, 4):
        near = [min(abs(x - place) for place in places) <= minutes for x in np.arange(12) + 0.5]
        served = 10 * np.reshape(near, (4, 3)).sum(axis=1)
        rows = table[table["threshold_minutes"] == minutes]
        assert rows["served_after"].tolist() == served.tolist()


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_building_opens_what_adds_most_first(
    model: str, tables: dict[str, dict[str, pd.DataFrame]]
) -> None:
    order, plan = tables[model]["building_order"], tables[model]["plan"]
    assert sorted(order["site_id"]) == sorted(plan["site_id"])
    assert order["people_served"].tolist() == (20 + order["people_added"].cumsum()).tolist()
    assert all(a >= b for a, b in pairwise(order["people_added"]))
    assert (order["regret_people"] == order["best_possible"] - order["people_served"]).all()


def test_buildings_whether_ready_what_they_cost_and_by_which_title(nothing: Placed) -> None:
    tables = building_tables(nothing.assessment)
    costs = tables["building_costs"].set_index("site_id")
    assert set(costs.index) == set(BUILDINGS)
    assert costs["once_rupiah"].dropna().to_dict() == {"b": 7, "d": 5}
    assert set(tables["instruments"]["site_id"]) == set(BUILDINGS)
    assert set(tables["instruments"]["instrument"]) <= set(tables["instrument_terms"]["instrument"])


def test_one_scenario_in_one_row(placed: dict[str, Placed]) -> None:
    """With b and d: 0.5 to 1.5, 3.5 to 6.5 and 7.5 to 11.5 are within two minutes, all but 2.5."""
    row = summary_row("two", placed["mclp"])
    assert (row["scenario"], row["people_served"], row["unreachable"]) == ("two", 110, 0)
    assert row["share_served_percent"] == pytest.approx(100 * 11 / 12)
    minutes = [min(abs(x - p) for p in (0, 5, 9.5)) for x in np.arange(12) + 0.5]
    assert row["mean_minutes_reached"] == pytest.approx(np.mean(minutes))
    assert row["p90_minutes"] == sorted(minutes)[10]
    spread = np.abs(np.subtract.outer(minutes, minutes)).mean()
    assert row["gini"] == pytest.approx(spread / (2 * np.mean(minutes)))
    assert (row["new_units"], row["needs_cadre"], row["city_rupiah"]) == (2, 4, 12)
    assert (row["bok_yearly_rupiah"], row["sites_without_cost"]) == (2, 0)
    assert (row["status"], row["gap"], row["proof"]) == ("optimal", 0, "enumeration")
    assert (row["villages_without_unit"], row["optimal_plans"], str(row["sites"])) == (1, 1, "b d")
    assert row["people_without_place"] is None
    # v0 and v2 walk 1.5 minutes on average: the first is named.
    assert (row["worst_village"], row["worst_village_minutes"]) == ("Desa v0", 1.5)
    assert row["cost_evidence"] == "illustrative"


def test_a_row_without_a_plan(nothing: Placed) -> None:
    row = summary_row("today", nothing)
    assert (row["people_served"], row["new_units"], row["status"]) == (20, 0, "")
    assert (row["worst_village"], row["mean_minutes_reached"]) == ("Desa v3", 6)
    assert row["villages_without_unit"] == 3
    assert "sites" not in row


def test_a_plan_whose_costs_nobody_knows_has_no_sum(placed: dict[str, Placed]) -> None:
    """By hand: c is the plan within capacities and has no row of costs; of a, c and d one has."""
    unknown = summary_row("c", placed["capacitated_p_median"])
    assert (unknown["city_rupiah"], unknown["sites_without_cost"]) == (None, 1)
    assert unknown["people_without_place"] == 40
    some = summary_row("a c d", placed["lscp"])
    assert (some["city_rupiah"], some["sites_without_cost"]) == (5, 2)


@pytest.mark.slow
def test_a_study_without_costs_says_nothing_of_their_evidence(placing: Placing) -> None:
    inputs = {name: card for name, card in INPUTS.items() if name != "costs"}
    placed = placing(street(costs=None, inputs=inputs), under("mclp", site_count=1))
    row = summary_row("x", placed)
    assert (row["cost_evidence"], row["once_rupiah"], row["sites_without_cost"]) == ("", None, 1)


@pytest.mark.slow
def test_where_nobody_reaches_a_unit_minutes_are_infinite() -> None:
    row = summary_row("none", Placing()(study({}, BUILDINGS), settings()))
    assert (row["people_served"], row["unreachable"]) == (0, 120)
    assert row["p90_minutes"] == row["worst_village_minutes"] == np.inf
    assert np.isnan(row["mean_minutes_reached"]), "of those who arrive there is nobody"
    assert row["worst_village_without_way"] == 30
    assert np.isnan(row["gini"])


def test_villages_of_each_scenario_beside_the_first(
    nothing: Placed, placed: dict[str, Placed]
) -> None:
    table = village_rows(["today", "two"], [nothing, placed["mclp"]])
    assert table["scenario"].tolist() == ["today"] * 4 + ["two"] * 4
    today, two = table.iloc[:4], table.iloc[4:].reset_index(drop=True)
    assert (today[["served_more", "minutes_less"]] == 0).all(axis=None)
    assert two["served_more"].tolist() == [0, 30, 30, 30]
    assert two["minutes_less"].tolist() == pytest.approx([0, 4.5 - 2.5 / 3, 6, 9.5])
    assert today["new_units"].isna().all()
    assert two["new_units"].fillna(0).tolist() == [0, 1, 0, 1]
    assert two["city_rupiah"].fillna(0).tolist() == [0, 7, 0, 5]
    # v1 walks 1.5, 0.5 and 0.5 minutes: Gini of 1/6 * 2/3 ... by all pairs.
    gini = np.abs(np.subtract.outer([1.5, 0.5, 0.5], [1.5, 0.5, 0.5])).mean() / (2 * 2.5 / 3)
    assert two["gini"][1] == pytest.approx(gini)
    assert two["p90_minutes"].tolist() == [2.5, 1.5, 2.5 - 0.5, 2.0]


def test_villages_of_a_plan_with_full_units_count_those_with_a_place(
    nothing: Placed, placed: dict[str, Placed]
) -> None:
    table = village_rows(["today", "full"], [nothing, placed["capacitated_mclp"]])
    full = table[table["scenario"] == "full"].set_index("village_id")
    assert full["served"].tolist() == [20, 30, 10, 0]
    assert np.isinf(full.loc["v3", "p90_minutes"])
    assert np.isnan(full.loc["v3", "gini"])


def test_settings_that_differ_one_row_a_key(town: Study) -> None:
    """What only names a scenario is no setting; inputs are told by their fingerprint."""
    other = replace(
        town, inputs=town.inputs | {"roads": town.inputs["roads"] | {"sha256": "0123456789abcdef"}}
    )
    first = Side("one", town, settings())
    second = Side("two", other, under("mclp", site_count=2).model_copy(update={"title": "Other"}))
    table = differing_settings([first, second]).set_index("setting")
    assert table.loc["siting.site_count"].tolist() == ["", "2"]
    assert table.loc["siting.model"].tolist() == ["", "mclp"]
    assert table.loc["input.roads"].tolist() == ["roads bytes", "0123456789ab"]
    assert not {"title", "name"} & set(table.index)
    assert not any(key.startswith(("modes.", "snapping.")) for key in table.index)
    assert differing_settings([first, first]).empty
    assert list(differing_settings([first, first]).columns) == ["setting", "one"]


@pytest.mark.slow
def test_more_than_a_thousand_plans_are_not_listed(
    placed: dict[str, Placed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand rows are listed; their number beside the proof is that of all of them."""
    placement = placed["mclp"].placement
    assert placement is not None
    assert placement.nearly is not None
    many = replace(placement.nearly, plans=(("b", "d"),) * 1_200, objectives=(110.0,) * 1_200)
    crowded = replace(placement, nearly=many)
    assessment = assess(street(), under("mclp", site_count=2))
    monkeypatch.setattr(module, "solve_placement", lambda _: crowded)
    tables = placement_tables(assessment)
    assert len(tables["plan_alternatives"]) == 1_000
    assert tables["plan_proof"]["nearly_plans"][0] == 1_200
