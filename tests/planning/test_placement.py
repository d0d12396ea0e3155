"""The plans of the street by hand and by looking at every choice of buildings."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import SiteChoice
from batu_geo.domain.tables import Buildings
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.before_after import with_plan
from batu_geo.planning.placement import (
    Placement,
    best_sites,
    open_to,
    opened_sites,
    planned_sites,
    siting_problem,
    solve_placement,
)
from batu_geo.planning.situation import headline_coverage, served_people
from tests.planning.street import settings, study

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {
    "a": ("v1", 3.0), "b": ("v1", 5.0), "c": ("v2", 7.0), "d": ("v3", 9.5), "e": ("v3", 12.0),
}  # fmt: skip


def costs(**rupiah: int) -> pd.DataFrame:
    """Return what the city pays once for each building."""
    return pd.DataFrame(
        [(name, "works", "city", "once", value) for name, value in rupiah.items()],
        columns=["building_id", "item", "payer", "period", "rupiah"],
    )


@pytest.fixture(scope="module")
def street() -> Assessment:
    return assess(study(UNITS, BUILDINGS), settings())


def under(assessment: Assessment, model: str, **choice: Any) -> Assessment:
    siting = SiteChoice(model=model, source="toy", **choice)
    return assessment.with_scenario(assessment.scenario.model_copy(update={"siting": siting}))


def placed(assessment: Assessment, model: str, **choice: Any) -> Placement:
    placement = solve_placement(under(assessment, model, **choice))
    assert placement is not None
    return placement


def choices(count: int) -> list[tuple[str, ...]]:
    """Return every choice of so many buildings, at most one a village."""
    every = combinations(sorted(BUILDINGS), count)
    return [sites for sites in every if len({BUILDINGS[s][0] for s in sites}) == count]


@pytest.mark.slow
def test_a_scenario_that_opens_nothing_has_no_plan_and_shows_the_best_of_each_village(
    street: Assessment,
) -> None:
    """At 5: 3.5 to 6.5 are newly within 2 minutes, at 3 only 2.5 to 4.5; 9.5 gains four homes."""
    assert solve_placement(street) is None
    assert sorted(best_sites(street)) == ["b", "c", "d"]
    assert opened_sites(street) == best_sites(street)
    assert planned_sites(street, ("d", "b"))["site_id"].tolist() == ["d", "b"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_most_people_within_the_threshold_by_looking_at_every_choice(
    street: Assessment, count: int
) -> None:
    placement = placed(street, "mclp", site_count=count)
    served = {sites: served_people(with_plan(street, sites).situation) for sites in choices(count)}
    assert placement.plan.status == "optimal"
    assert placement.plan.objective == max(served.values())
    assert served[placement.plan.site_ids] == max(served.values())
    best = {sites for sites, value in served.items() if value == max(served.values())}
    assert placement.optimal is not None
    assert set(placement.optimal.plans) == best
    assert placement.today == 20


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewest_person_minutes_by_looking_at_every_choice(street: Assessment, count: int) -> None:
    placement = placed(street, "p_median", site_count=count)
    minutes = {}
    for sites in choices(count):
        trips = headline_coverage(with_plan(street, sites).situation)
        minutes[sites] = float(trips["population"] @ trips["travel_time_min"])
    assert placement.plan.objective == pytest.approx(min(minutes.values()))
    assert minutes[placement.plan.site_ids] == pytest.approx(min(minutes.values()))
    # Today everybody walks to 0: 10 people each from 0.5, 1.5, ... 11.5.
    assert placement.today == pytest.approx(10 * 72)


def test_the_longest_trip_today_is_from_the_far_end(street: Assessment) -> None:
    placement = placed(street, "p_centre", site_count=1)
    assert placement.today == pytest.approx(11.5)
    assert placement.plan.objective == min(
        headline_coverage(with_plan(street, sites).situation)["travel_time_min"].max()
        for sites in choices(1)
    )


@pytest.mark.slow
def test_where_no_unit_is_open_today_nothing_can_be_compared_with_the_plan() -> None:
    nothing = assess(study({}, BUILDINGS), settings())
    assert np.isnan(placed(nothing, "p_median", site_count=1).today)
    assert placed(nothing, "mclp", site_count=1).today == 0


def test_without_a_number_counted_models_open_at_most_one_for_each_village_without_a_unit(
    street: Assessment,
) -> None:
    for model in ("p_median", "p_centre", "backup_coverage"):
        rules = placed(street, model).problem.rules
        assert (rules.site_count, rules.is_exact) == (3, False)
    named = placed(street, "p_median", must_open=("a", "b", "c", "d"), one_per_village=False)
    assert named.problem.rules.site_count == 4
    assert named.plan.site_ids == ("a", "b", "c", "d")
    assert placed(street, "mclp").problem.rules.site_count is None


def test_the_citys_rule_opens_one_in_each_village_without_a_unit(street: Assessment) -> None:
    placement = placed(street, "one_per_village")
    assert placement.problem.rules.exactly_one_in == ("v1", "v2", "v3")
    assert [BUILDINGS[site][0] for site in placement.plan.site_ids] == ["v1", "v2", "v3"]
    assert opened_sites(under(street, "one_per_village")) == placement.plan.site_ids
    # It is judged by person-minutes, as is the list of what else is as good.
    best = min(
        float((t := headline_coverage(with_plan(street, s).situation))["population"]
              @ t["travel_time_min"])
        for s in choices(3)
    )  # fmt: skip
    assert placement.nearly is not None
    assert placement.nearly.objectives[0] == pytest.approx(best)


@pytest.mark.slow
def test_fewest_buildings_so_that_everybody_is_within_the_threshold() -> None:
    """Homes from 2.5 to 11.5; a building reaches four of them within 2 minutes."""
    town = assess(study(UNITS, {"x": ("v1", 4), "y": ("v2", 8), "z": ("v3", 10.5)}), settings())
    placement = placed(town, "lscp")
    assert placement.plan.site_ids == ("x", "y", "z")
    assert np.isnan(placement.today)
    assert placement.conflicts.rules == ()


@pytest.mark.slow
def test_people_no_building_reaches_make_covering_all_impossible_unless_left_out(
    street: Assessment,
) -> None:
    """Without the building at 9.5 the home there is 2.5 minutes from the ones at 7 and 12."""
    less = {name: where for name, where in BUILDINGS.items() if name != "d"}
    town = assess(study(UNITS, less), settings())
    strict = placed(town, "lscp", one_per_village=False)
    assert strict.plan.status == "infeasible"
    assert [rule.code for rule in strict.conflicts.rules] == ["cover_all"]
    assert strict.optimal is None
    assert strict.nearly is None
    lenient = placed(town, "lscp", one_per_village=False, only_coverable=True)
    assert lenient.plan.status == "optimal"
    assert lenient.plan.people_uncoverable == 10
    assert placed(street, "lscp", one_per_village=False).plan.status == "optimal"


def test_more_buildings_than_villages_are_in_conflict_with_one_a_village(
    street: Assessment,
) -> None:
    placement = placed(street, "mclp", site_count=4)
    assert placement.plan.status == "infeasible"
    assert {rule.code for rule in placement.conflicts.rules} == {"site_count", "one_per_village"}
    assert placement.plan.site_ids == ()


def test_capacities_send_everybody_and_list_no_alternatives(street: Assessment) -> None:
    """Each unit takes 60: the one at 0 takes those up to 5.5, one building must take the rest."""
    placement = placed(street, "capacitated_p_median", site_count=1, people_per_unit=60)
    assert placement.plan.site_ids == ("d",)
    assert placement.plan.people_unreached == 0
    trips = placement.plan.assignments
    assert trips is not None
    assert trips.groupby("facility_id")["people"].sum().to_dict() == {"d": 60, "u0": 60}
    assert placement.optimal is None
    assert np.isnan(placement.today)
    within = placed(street, "capacitated_mclp", site_count=1, people_per_unit=40)
    assert within.plan.objective == 20 + 40


def test_a_budget_leaves_out_what_nobody_has_priced(street: Assessment) -> None:
    town = replace(street, study=replace(street.study, costs=costs(a=5, b=9, c=5)))
    placement = placed(town, "mclp", budget_rupiah=10)
    assert placement.without_cost == ("d", "e")
    assert placement.problem.rules.unpriced == ("d", "e")
    assert placement.plan.site_ids == ("a", "c")
    assert placed(town, "mclp", site_count=1).without_cost == ()


def test_staff_for_one_unit_opens_one(street: Assessment) -> None:
    """A unit needs a nurse, a midwife and two cadres by the norm."""
    placement = placed(street, "mclp", staff_caps={"cadre": 3, "nurse": 9})
    assert len(placement.plan.site_ids) == 1
    problem, without_cost = siting_problem(street, SiteChoice(model="mclp", source="toy"))
    assert problem.professions == ("nurse", "midwife", "cadre")
    assert problem.staff is not None
    assert problem.staff.tolist() == [[1, 1, 2]] * 5
    assert without_cost == ()


@pytest.mark.slow
def test_a_village_with_a_unit_gets_another_only_where_the_scenario_opens_in_all() -> None:
    town = assess(study(UNITS, {"near": ("v0", 2.5), **BUILDINGS}), settings())
    everywhere = SiteChoice(model="mclp", source="toy", villages="all")
    assert "near" not in set(open_to(SiteChoice(model="mclp", source="toy"), town.candidates)
                             ["site_id"])  # fmt: skip
    sites = open_to(everywhere, town.candidates)
    assert sites["site_id"].tolist() == ["a", "b", "c", "d", "e", "near"]
    under_all = under(town, "mclp", villages="all", must_open=("near",))
    plan = planned_sites(under_all, ("near",))
    assert plan["suitability"].tolist() == ["fit"]
    assert "near" in opened_sites(under_all)


@pytest.mark.slow
def test_a_building_to_open_must_exist_and_keep_the_hard_rules() -> None:
    town = study(UNITS, BUILDINGS)
    rows = town.buildings.assign(rooms=[3, 0, 3, 3, 3])
    broken = assess(replace(town, buildings=Buildings(rows)), settings())
    with pytest.raises(ScenarioError) as refused:
        placed(broken, "mclp", must_open=("b", "nowhere"), must_close=("gone",))
    problems = refused.value.problems
    assert [(p.code, p.column, p.values["value"]) for p in problems] == [
        ("BG-315", "siting.must_open", "b"),
        ("BG-307", "siting.must_open", "nowhere"),
        ("BG-307", "siting.must_close", "gone"),
    ]
    assert problems[0].values["reason"] == "rooms=0"
    # To keep a refused building closed is no contradiction.
    placement = placed(broken, "mclp", site_count=1, must_close=("b", "c"))
    assert placement.problem.rules.must_close == ("c",)


@pytest.mark.slow
def test_the_least_readiness_of_a_scenario_binds_the_plan() -> None:
    town = study(UNITS, BUILDINGS)
    rows = town.buildings.assign(condition=["good", *["unknown"] * 4])
    checked = assess(replace(town, buildings=Buildings(rows)), settings())
    assert placed(checked, "mclp", site_count=1).plan.site_ids != ("a",)
    assert placed(checked, "mclp", site_count=1, least_readiness="ready").plan.site_ids == ("a",)


def test_the_model_of_an_assessment_is_solved_once(street: Assessment) -> None:
    town = under(street, "mclp", site_count=1)
    assert solve_placement(town) is solve_placement(town)
