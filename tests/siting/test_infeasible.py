"""The smallest set of rules that cannot hold together: by hand, and against all subsets."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from batu_geo.render.text.catalogue import labels
from batu_geo.render.text.words import word
from batu_geo.siting.analysis import conflicting_rules
from batu_geo.siting.analysis.conflicting_rules import why_infeasible
from batu_geo.siting.models.location import lscp, mclp
from batu_geo.siting.problem.rules import Rule, rules_of
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from tests.how_many import few
from tests.siting.worlds import all_plans, random_problem

SITES = ("a", "b", "c", "d")


def town(**settings) -> SitingProblem:
    """Four sites: a and b in v, c and d in w; costs 5 6 7 8; each needs a nurse."""
    return SitingProblem(
        np.full((1, 4), 5.0), np.array([9]), SITES, ("v", "v", "w", "w"),
        costs=np.array([5, 6, 7, 8]), professions=("nurse",), staff=np.ones((4, 1), int),
        readiness=np.array([2, 1, 0, 0]), rules=Rules(**settings),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "conflict"),
    [
        # two that must open, and at most one
        (
            {"site_count": 1, "is_exact": False, "must_open": ("a", "c"), "budget": 50},
            [("site_count_at_most", 1), ("must_open", "a"), ("must_open", "c")],
        ),
        # open and closed at once
        (
            {"must_open": ("b",), "must_close": ("b", "c")},
            [("must_open", "b"), ("must_close", "b")],
        ),
        # the two cheapest cost 11; the nurses would do
        (
            {"site_count": 2, "budget": 10, "staff_caps": (("nurse", 2),)},
            [("site_count", 2), ("budget", 10)],
        ),
        # three units, two nurses
        (
            {"site_count": 3, "budget": 100, "staff_caps": (("nurse", 2),)},
            [("site_count", 3), ("staff", "nurse")],
        ),
        # w has no ready building
        (
            {"min_readiness": 1, "exactly_one_in": ("w",), "site_count": 2},
            [("readiness", 1), ("one_in_village", "w")],
        ),
        # one of v and one of w are two, not four; either village alone leaves three
        (
            {"site_count": 4, "one_per_village": True},
            [("site_count", 4), ("one_per_village", "v")],
        ),
        # five units of four buildings: the number alone
        ({"site_count": 5, "budget": 100}, [("site_count", 5)]),
        # a village nobody offers a building in
        ({"exactly_one_in": ("x",)}, [("one_in_village", "x")]),
    ],
)
def test_conflicts_by_hand(settings, conflict) -> None:
    problem = town(**settings)
    assert mclp(problem, threshold_minutes=9).status == "infeasible"
    found = why_infeasible(problem).rules
    assert [(c.code, next(iter(c.values.values()))) for c in found] == conflict


def test_a_plan_that_exists_needs_no_reason() -> None:
    assert why_infeasible(town(site_count=2)).rules == ()


def test_no_candidates_at_all() -> None:
    nothing = SitingProblem(np.zeros((2, 0)), np.array([1, 2]), (), rules=Rules(site_count=1))
    assert mclp(nothing, threshold_minutes=5).status == "infeasible"
    assert [c.code for c in why_infeasible(nothing).rules] == ["site_count"]
    free = nothing.with_rules(is_exact=False)
    assert mclp(free, threshold_minutes=5).objective == 0


def test_people_out_of_reach_of_every_site_make_lscp_infeasible_and_are_counted() -> None:
    problem = SitingProblem(np.array([[5.0], [50.0]]), np.array([30, 8]), ("a",))
    assert lscp(problem, threshold_minutes=10).status == "infeasible"
    (only,) = why_infeasible(problem, cover_minutes=10).rules
    assert (only.code, dict(only.values)) == ("cover_all", {"people": 8})
    rest = lscp(problem, threshold_minutes=10, only_coverable=True)
    assert (rest.site_ids, rest.people_uncoverable) == (("a",), 8)
    none = problem.with_rules(site_count=0)
    assert lscp(none, threshold_minutes=10, only_coverable=True).status == "infeasible"
    found = why_infeasible(none, cover_minutes=10, only_coverable=True)
    assert [c.code for c in found.rules] == ["site_count", "cover_coverable"]


def _is_possible(problem: SitingProblem, rules: tuple[Rule, ...]) -> bool:
    sites = len(problem.site_ids)
    plans = np.array([[n >> k & 1 for k in range(sites)] for n in range(2**sites)], bool)
    kept = np.ones(len(plans), bool)
    for rule in rules:
        kept &= rule.is_kept(plans.reshape(len(plans), sites))
    return bool(kept.any())


@pytest.mark.slow
def test_conflicts_are_of_minimum_size_on_random_problems() -> None:
    seen = set()
    for seed in range(few(1000)):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, most_sites=4)
        rules = replace(
            problem.rules, must_open=tuple(s for s in problem.site_ids if rng.random() < 0.3)
        )
        problem = replace(problem, rules=rules)
        found = why_infeasible(problem).rules
        assert bool(found) == (not all_plans(problem)), seed
        if not found:
            continue
        rows = rules_of(problem)
        keyed = {(r.code, tuple(r.values.items())): r for r in rows}
        chosen = tuple(keyed[c.code, tuple(c.values.items())] for c in found)
        assert not _is_possible(problem, chosen), seed
        for size in range(len(found)):
            assert all(_is_possible(problem, part) for part in combinations(rows, size)), seed
        assert why_infeasible(problem).rules == found
        seen |= {c.code for c in found}
    assert seen >= {
        "site_count",
        "budget",
        "must_open",
        "must_close",
        "one_per_village",
        "readiness",
    }


@pytest.mark.slow
def test_the_solver_names_conflicts_of_the_same_size(monkeypatch) -> None:
    for seed in range(few(60)):
        problem = random_problem(np.random.default_rng(seed), most_sites=4)
        fewest = why_infeasible(problem)
        with monkeypatch.context() as patch:
            patch.setattr(conflicting_rules, "FEW_SITES", -1)
            assert why_infeasible(problem) == fewest


@pytest.mark.slow
def test_without_a_search_the_conflict_is_irreducible_and_said_not_to_be_the_smallest() -> None:
    seen = 0
    for seed in range(few(200)):
        problem = random_problem(np.random.default_rng(seed), most_sites=4)
        smallest, found = why_infeasible(problem), why_infeasible(problem, most_choices=0)
        assert bool(found.rules) == bool(smallest.rules), seed
        if not found.rules:
            continue
        assert not found.is_smallest
        assert len(found.rules) >= len(smallest.rules), seed
        keyed = {(r.code, tuple(r.values.items())): r for r in rules_of(problem)}
        chosen = [keyed[c.code, tuple(c.values.items())] for c in found.rules]
        assert not _is_possible(problem, tuple(chosen)), seed
        for left_out in range(len(chosen)):
            assert _is_possible(problem, tuple(chosen[:left_out] + chosen[left_out + 1 :])), seed
        seen += 1
    assert seen > few(30)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_rule_has_its_words(language) -> None:
    values = {
        "count": 1, "budget": 1, "profession": "nurse", "cap": 1, "rank": 1, "site_id": "a",
        "village_id": "v", "people": 3,
    }  # fmt: skip
    codes = ("site_count", "site_count_at_most", "budget", "staff", "readiness", "must_open",
             "must_close", "cost_unknown", "one_per_village", "one_in_village", "cover_all", "cover_coverable")  # fmt: skip
    for code in codes:
        assert f"rule_{code}" in labels()
        assert "{" not in word(f"rule_{code}", language, **values)


def test_rules_on_villages_name_the_village() -> None:
    """Two of three sites stand in v, which may have one of them; w must have its one."""
    problem = SitingProblem(
        np.zeros((1, 3)), np.ones(1, int), ("a", "b", "c"), ("v", "v", "w"),
        rules=Rules(one_per_village=True, exactly_one_in=("w",)),
    )  # fmt: skip
    assert [(rule.code, dict(rule.values)) for rule in rules_of(problem)] == [
        ("one_per_village", {"village_id": "v"}),
        ("one_in_village", {"village_id": "w"}),
    ]
