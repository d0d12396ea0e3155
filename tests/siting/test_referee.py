"""The checker refuses every plan that is spoilt, for the reason it is spoilt, and no other.

Each case starts from a right plan that passes and changes one thing; figures that follow
from it are put right, so that the one breach is all there is to find.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.errors import BatuGeoError
from batu_geo.siting.models.capacitated import capacitated_mclp, capacitated_p_median
from batu_geo.siting.problem.check_plan import check_plan, require_right
from batu_geo.siting.problem.location_plan import Plan, as_plan
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem

TOWN = SitingProblem(
    np.array([[5.0, 9, 20, inf], [12, 3, 30, inf], [25, 30, 8, inf], [inf, inf, inf, 6]]),
    np.array([40, 30, 20, 10]),
    ("a", "b", "c", "d"),
    ("v", "v", "w", "x"),
    demand_ids=("north", "south", "east", "west"),
    existing_minutes=np.array([[50.0], [11], [60], [inf]]),
    existing_ids=("old",),
    costs=np.array([4, 5, 6, 7]),
    professions=("nurse", "midwife"),
    staff=np.array([[1, 2], [2, 1], [2, 2], [1, 1]]),
    readiness=np.array([2, 1, 2, 0]),
    capacity=np.array([30, 25, 40, 5]),
    existing_capacity=np.array([12]),
)  # fmt: skip
THRESHOLD = 10.0

RULES = {
    "budget": (Rules(budget=10), "ac", "bc", "budget", {"spent": 11, "allowed": 10}),
    "nurses": (
        Rules(staff_caps=(("nurse", 3),)), "ac", "bc",
        "staff", {"profession": "nurse", "needed": 4, "cap": 3},
    ),
    "midwives, where nurses suffice": (
        Rules(staff_caps=(("nurse", 4), ("midwife", 3))), "bc", "ac",
        "staff", {"profession": "midwife", "needed": 4, "cap": 3},
    ),
    "readiness": (Rules(min_readiness=1), "ab", "ad", "readiness", {"site_id": "d"}),
    "must open": (Rules(must_open=("a", "c")), "abc", "bc", "must_open", {"site_id": "a"}),
    "must close": (Rules(must_close=("b", "d")), "ac", "ad", "must_close", {"site_id": "d"}),
    "too few": (Rules(site_count=2), "ac", "a", "site_count", {"count": 1, "allowed": 2}),
    "too many": (Rules(site_count=2), "ac", "acd", "site_count", {"count": 3, "allowed": 2}),
    "more than at most": (
        Rules(site_count=2, is_exact=False), "a", "acd", "site_count", {"count": 3, "allowed": 2},
    ),
    "none at all": (Rules(site_count=0), "", "a", "site_count", {"count": 1, "allowed": 0}),
    "one per village": (
        Rules(one_per_village=True), "bc", "abc", "one_per_village", {"village_id": "v", "count": 2},
    ),
    "none in a village": (
        Rules(exactly_one_in=("v",)), "ac", "c", "one_in_village", {"village_id": "v", "count": 0},
    ),
    "two in a village": (
        Rules(exactly_one_in=("v",)), "b", "ab", "one_in_village", {"village_id": "v", "count": 2},
    ),
}  # fmt: skip


def plan_of(problem: SitingProblem, sites: str, model: str = "mclp") -> Plan:
    """Return a plan that opens these sites, with every figure right."""
    threshold = THRESHOLD if model in {"mclp", "lscp", "backup_coverage"} else None
    goal = goal_of(problem, model, threshold)
    outcome = Outcome(problem.columns(tuple(sites)), 0, proved=True, how="enumeration")
    plan = as_plan(problem, goal, outcome, is_tie_break_optimal=True)
    missed = int(goal.primary(problem.columns(tuple(sites))[None])[0, 0]) if model == "lscp" else 0
    return replace(plan, threshold_minutes=threshold, people_uncoverable=missed)


def breaches(problem: SitingProblem, plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(breach.code, dict(breach.values)) for breach in check_plan(problem, plan)]


@pytest.mark.parametrize("case", RULES)
def test_a_plan_that_breaks_one_rule_is_refused_for_that_rule(case: str) -> None:
    rules, right, wrong, code, values = RULES[case]
    problem = replace(TOWN, rules=rules)
    assert breaches(problem, plan_of(problem, right)) == []
    spoilt = plan_of(problem, wrong)
    assert breaches(problem, spoilt) == [(code, values)]
    with pytest.raises(BatuGeoError, match=f"BG-900.*{code}"):
        require_right(problem, spoilt)


@pytest.mark.parametrize("sites", [("a", "z"), ("a", "a")])
def test_a_site_unknown_or_named_twice_is_refused(sites: tuple[str, ...]) -> None:
    spoilt = replace(plan_of(TOWN, "a"), site_ids=sites)
    assert ("unknown_site", {"site_ids": tuple(set(sites) - {"a"})}) in breaches(TOWN, spoilt)


# Objectives of sites a and c by hand: north 5 min from a, south 11 from old, east 8 from c,
# west out of everybody's reach.
FIGURES = {
    "mclp": (60, "people"),
    "backup_coverage": (0, "people"),
    "lscp": (2, "sites"),
    "p_median": (40 * 5 + 30 * 11 + 20 * 8, "minutes"),
    "p_centre": (11, "minutes"),
}


@pytest.mark.parametrize("model", FIGURES)
def test_a_figure_that_is_not_so_is_refused(model: str) -> None:
    right, objective = plan_of(TOWN, "ac", model), FIGURES[model][0]
    assert (right.objective, right.people_unreached, right.person_minutes) == (objective, 10, 690)
    assert breaches(TOWN, right) == []
    said = {"stated": objective + 1, "computed": objective}
    spoilt = replace(right, objective=objective + 1, bound=objective + 1)
    assert breaches(TOWN, spoilt) == [("objective", said)]
    spoilt = replace(right, people_unreached=9)
    assert breaches(TOWN, spoilt) == [("people_unreached", {"stated": 9, "computed": 10})]
    spoilt = replace(right, person_minutes=690.5)
    assert breaches(TOWN, spoilt) == [("person_minutes", {"stated": 690.5, "computed": 690.0})]


def test_people_twice_within_the_threshold_and_people_nothing_covers_are_counted_again() -> None:
    twice = plan_of(TOWN, "ab", "backup_coverage")
    assert (twice.objective, breaches(TOWN, twice)) == (40, [])
    covered = plan_of(TOWN, "ac", "lscp")
    assert covered.people_uncoverable == 40
    spoilt = replace(covered, people_uncoverable=0)
    assert breaches(TOWN, spoilt) == [("cover_all", {"covered": 60})]


def test_a_site_nobody_has_priced_stays_closed_under_a_budget() -> None:
    spoilt = replace(TOWN, rules=replace(TOWN.rules, unpriced=("a",)))
    assert ("must_close", {"site_id": "a"}) in breaches(spoilt, plan_of(TOWN, "ac"))


def test_the_threshold_is_inclusive() -> None:
    plan = replace(plan_of(TOWN, "ac"), threshold_minutes=8.0)
    assert breaches(TOWN, plan) == []


CLAIMS = {
    "optimal with a gap": ({"status": "optimal", "gap": 0.1}, "gap"),
    "optimal with another bound": ({"bound": 70, "gap": 0.0}, "gap"),
    "a gap too small": ({"status": "best_so_far", "bound": 75, "gap": 0.2}, "gap"),
    "a bound on the wrong side": ({"status": "best_so_far", "bound": 45, "gap": 0.25}, "bound"),
    "no bound": ({"bound": None}, "bound"),
    "a bound that is no number": ({"bound": float("nan"), "gap": float("nan")}, "bound"),
    "no gap": ({"gap": None}, "bound"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_a_claim_that_does_not_follow_is_refused(case: str) -> None:
    right = plan_of(TOWN, "ac")
    assert breaches(TOWN, replace(right, status="best_so_far", bound=75, gap=0.25)) == []
    changes, code = CLAIMS[case]
    assert code in [found for found, _ in breaches(TOWN, replace(right, **changes))]


@pytest.mark.parametrize("model", ["mclp", "backup_coverage", "capacitated_mclp", "p_median"])
def test_a_bound_is_on_its_own_side(model: str) -> None:
    """More people than found are no breach, more minutes are."""
    right = covering(*LINES) if model == "capacitated_mclp" else plan_of(TOWN, "ab", model)
    more, less = (replace(right, status="best_so_far", bound=right.objective + n, gap=0.5)
                  for n in (10, -10))  # fmt: skip
    better, worse = (less, more) if model == "p_median" else (more, less)
    assert breaches(TOWN, better) == []
    assert [code for code, _ in breaches(TOWN, worse)] == ["bound"]


def sent(plan: Plan, *lines: tuple[str, str | None, int, float], **figures: object) -> Plan:
    """Return a plan that sends people along other lines."""
    names = ["demand_id", "facility_id", "people", "travel_time_min"]
    table = pd.DataFrame(list(lines), columns=names).astype({"facility_id": "str"})
    return replace(plan, assignments=table, **figures)


def covering(*lines: tuple[str, str | None, int, float]) -> Plan:
    """Return the plan for sites a and c within 10 minutes that sends people along these lines."""
    right = capacitated_mclp(replace(TOWN, rules=Rules(must_open=("a", "c"), site_count=2)),
                             threshold_minutes=THRESHOLD)  # fmt: skip
    served = sum(people for _, unit, people, _ in lines if unit is not None)
    minutes = sum(people * time for _, unit, people, time in lines if unit is not None)
    return sent(right, *lines, objective=served, bound=served, person_minutes=minutes,
                people_unreached=sum(people for _, _, people, _ in lines) - served)  # fmt: skip


NORTH, NORTH_LEFT = ("north", "a", 30, 5.0), ("north", None, 10, inf)
SOUTH_LEFT, EAST, WEST_LEFT = (
    ("south", None, 30, inf),
    ("east", "c", 20, 8.0),
    ("west", None, 10, inf),
)
LINES = (NORTH, NORTH_LEFT, SOUTH_LEFT, EAST, WEST_LEFT)

SENDINGS = {
    "capacity exceeded": (
        (("north", "a", 31, 5.0), ("north", None, 9, inf), SOUTH_LEFT, EAST, WEST_LEFT),
        ("capacity", {"facility_id": "a", "people": 31}),
    ),
    "beyond the threshold": (
        (NORTH, NORTH_LEFT, ("south", "old", 1, 11.0), ("south", None, 29, inf), EAST, WEST_LEFT),
        ("out_of_reach", {"demand_id": "south", "facility_id": "old"}),
    ),
    "people that are nowhere": (
        (NORTH, ("north", None, 9, inf), SOUTH_LEFT, EAST, WEST_LEFT), ("people", {"sent": 99}),
    ),
    "people sent twice": (
        (NORTH, NORTH_LEFT, SOUTH_LEFT, EAST, ("east", None, 1, inf), WEST_LEFT),
        ("people", {"sent": 101}),
    ),
    "people of one place from another": (
        (NORTH, ("north", None, 9, inf), ("south", None, 31, inf), EAST, WEST_LEFT),
        ("people", {"sent": 100}),
    ),
    "wrong minutes": (
        (("north", "a", 30, 4.0), NORTH_LEFT, SOUTH_LEFT, EAST, WEST_LEFT),
        ("travel_time", {"demand_id": "north", "facility_id": "a", "stated": 4.0, "computed": 5.0}),
    ),
    "minutes to no place": (
        (NORTH, ("north", None, 10, 5.0), SOUTH_LEFT, EAST, WEST_LEFT),
        ("travel_time", {"demand_id": "north", "facility_id": None, "stated": 5.0, "computed": inf}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SENDINGS)
def test_people_sent_wrongly_are_refused_for_what_is_wrong(case: str) -> None:
    assert breaches(TOWN, covering(*LINES)) == []
    lines, breach = SENDINGS[case]
    plan = covering(*lines)
    if case == "wrong minutes":
        plan = replace(plan, person_minutes=covering(*LINES).person_minutes)
    assert breaches(TOWN, plan) == [breach]


WRONG_LINES = {
    "a site that is closed": (
        ("south", "b", 1, 3.0), "closed_unit", {"demand_id": "south", "facility_id": "b"},
    ),
    "a unit nobody knows": (
        ("south", "z", 1, 3.0), "closed_unit", {"demand_id": "south", "facility_id": "z"},
    ),
    "a place nobody knows": (("moon", None, 1, inf), "people", {"demand_id": "moon", "people": 1}),
    "fewer than nobody": (
        ("south", None, -1, inf), "people", {"demand_id": "south", "people": -1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_LINES)
def test_a_line_that_cannot_be_is_refused(case: str) -> None:
    line, code, values = WRONG_LINES[case]
    rest = ("south", None, 30 - line[2], inf)
    spoilt = sent(covering(*LINES), NORTH, NORTH_LEFT, rest, line, EAST, WEST_LEFT)
    assert (code, values) in breaches(TOWN, spoilt)


def test_the_room_of_a_unit_that_is_open_already_is_kept() -> None:
    for people, found in ((12, []), (13, [("capacity", {"facility_id": "old", "people": 13})])):
        south = ("south", "old", people, 11.0), ("south", None, 30 - people, inf)
        plan = replace(covering(NORTH, NORTH_LEFT, *south, EAST, WEST_LEFT), threshold_minutes=11.0)
        assert breaches(TOWN, plan) == found


def test_people_sent_where_there_is_no_way_are_refused() -> None:
    right = capacitated_p_median(TOWN.with_rules(must_open=("a", "c"), site_count=2))
    lines = right.assignments.to_numpy(dtype=object, na_value=None).tolist()
    spoilt = [[name, "a" if name == "west" else unit, *rest] for name, unit, *rest in lines]
    assert breaches(TOWN, right) == []
    found = breaches(TOWN, sent(right, *map(tuple, spoilt)))
    assert ("out_of_reach", {"demand_id": "west", "facility_id": "a"}) in found


@pytest.mark.parametrize("model", ["capacitated_mclp", "capacitated_p_median"])
def test_a_figure_of_a_capacitated_plan_that_is_not_so_is_refused(model: str) -> None:
    problem = TOWN.with_rules(must_open=("a", "c"), site_count=2)
    if model == "capacitated_mclp":
        right = capacitated_mclp(problem, threshold_minutes=THRESHOLD)
    else:
        right = capacitated_p_median(problem)
    assert breaches(problem, right) == []
    objective, left, minutes = right.objective, right.people_unreached, right.person_minutes
    spoilt = {
        "objective": replace(right, objective=objective + 1, bound=objective + 1),
        "people_unreached": replace(right, people_unreached=left + 1),
        "person_minutes": replace(right, person_minutes=minutes + 0.5),
        "assignments": replace(right, assignments=None),
    }
    for code, plan in spoilt.items():
        assert [found for found, _ in breaches(problem, plan)] == [code]


def test_people_not_sent_to_the_nearest_unit_are_refused_where_there_is_no_capacity() -> None:
    right = plan_of(TOWN, "ac", "p_median")
    lines = [("north", "a", 40, 5.0), ("south", "old", 30, 11.0), ("east", "c", 20, 8.0), WEST_LEFT]
    assert breaches(TOWN, sent(right, *lines)) == []
    lines[1] = ("south", "a", 30, 12.0)
    found = breaches(TOWN, sent(right, *lines))
    assert found == [("assignments", {"unplaced": 10, "person_minutes": 720.0})]
    lines[1] = ("south", "b", 30, 3.0)
    assert "closed_unit" in [code for code, _ in breaches(TOWN, sent(right, *lines))]
