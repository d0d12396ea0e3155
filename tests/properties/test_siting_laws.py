"""Laws of location models over random worlds, and laws that do not hold, with counterexamples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.siting.models.location import backup_coverage, lscp, mclp, p_centre, p_median
from batu_geo.siting.problem.check_plan import check_plan
from batu_geo.siting.problem.objective import cover_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.search.greedy_and_swap import cover_costs, greedy
from tests.how_many import few
from tests.siting.worlds import THRESHOLD, random_problem

pytestmark = pytest.mark.slow

SEEDS = st.integers(0, 2**32 - 1)
MANY = settings(max_examples=few(100), deadline=None)


def plain(seed: int) -> SitingProblem:
    return random_problem(np.random.default_rng(seed), plain=True)


def cover(problem: SitingProblem) -> int:
    return int(mclp(problem, threshold_minutes=THRESHOLD).objective)


@MANY
@given(SEEDS)
def test_18_more_sites_never_serve_fewer_nor_take_longer(seed: int) -> None:
    problem = plain(seed)
    for count in range(1, len(problem.site_ids)):
        fewer, more = problem.with_rules(site_count=count), problem.with_rules(site_count=count + 1)
        assert cover(more) >= cover(fewer)
        assert p_median(more).objective <= p_median(fewer).objective
        assert p_centre(more).objective <= p_centre(fewer).objective


@MANY
@given(SEEDS)
def test_19_greedy_reaches_its_share_and_its_gains_fall(seed: int) -> None:
    problem = plain(seed)
    costs, total = cover_costs(cover_of(problem, THRESHOLD)), 0.0
    served = []
    for count in range(len(problem.site_ids) + 1):
        allowed = choices(problem.with_rules(site_count=count, is_exact=False))
        plan = greedy(costs, allowed)
        total = costs.people.sum() - costs.total(plan)
        served.append(total)
        best = cover(problem.with_rules(site_count=count))
        assert best >= total >= (1 - 1 / np.e) * best
    gains = np.diff(served)
    assert (np.diff(gains) <= 0).all()


@MANY
@given(SEEDS)
def test_20_covering_all_the_three_models_agree(seed: int) -> None:
    problem = plain(seed)
    everybody = int(problem.population.sum())
    fewest = lscp(problem.with_rules(site_count=None), threshold_minutes=THRESHOLD)
    for count in range(1, len(problem.site_ids) + 1):
        few = problem.with_rules(site_count=count)
        covers = cover(few) == everybody
        assert covers == (p_centre(few).objective <= THRESHOLD)
        assert covers == (fewest.objective is not None and fewest.objective <= count)


@MANY
@given(SEEDS)
def test_21_rules_never_help_and_candidates_never_harm(seed: int) -> None:
    problem = plain(seed)
    plan = mclp(problem, threshold_minutes=THRESHOLD)
    best = plan.objective
    for name in problem.site_ids:
        is_chosen = name in plan.site_ids
        opened = cover(problem.with_rules(must_open=(name,)))
        assert opened == best if is_chosen else opened <= best
        closed = mclp(problem.with_rules(must_close=(name,)), threshold_minutes=THRESHOLD)
        if closed.objective is not None:
            assert closed.objective <= best if is_chosen else closed.objective == best
    tight = problem.with_rules(budget=int(problem.costs.sum()) // 2)
    found = mclp(tight, threshold_minutes=THRESHOLD).objective
    assert found is None or found <= best


@MANY
@given(SEEDS, st.integers(1, 9))
def test_22_more_people_at_one_place_add_at_most_themselves(seed: int, added: int) -> None:
    problem = plain(seed)
    for row in range(len(problem.population)):
        people = problem.population.copy()
        people[row] += added
        more = SitingProblem(problem.minutes, people, problem.site_ids, rules=problem.rules)
        assert 0 <= cover(more) - cover(problem) <= added


@MANY
@given(SEEDS)
def test_23_every_plan_passes_the_checker(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed))
    for plan in (
        mclp(problem, threshold_minutes=THRESHOLD),
        lscp(problem, threshold_minutes=THRESHOLD, only_coverable=True),
        backup_coverage(problem, threshold_minutes=THRESHOLD),
        p_median(problem),
        p_centre(problem),
    ):
        assert check_plan(problem, plan) == ()


def within(flags: list[list[int]], people: list[int]) -> SitingProblem:
    minutes = np.where(np.array(flags) == 1, 1.0, 9.0)
    names = tuple("abcdef"[: minutes.shape[1]])
    return SitingProblem(minutes, np.array(people), names, rules=Rules(site_count=1))


def test_false_the_optimum_gains_less_with_each_site() -> None:
    """Nine places; a reaches four of them, b, c and d three each, apart from each other.

    One site: a, 4. Two: a and c, or a and d, 6. Three: b, c and d, all 9: the third site
    gains 3, the second gained 2.
    """
    rows = [[1, 1, 0, 0]] * 2 + [[1, 0, 1, 0]] + [[1, 0, 0, 1]]
    rows += [[0, 1, 0, 0]] + [[0, 0, 1, 0]] * 2 + [[0, 0, 0, 1]] * 2
    problem = within(rows, [1] * 9)
    gained = np.diff([0] + [cover(problem.with_rules(site_count=n)) for n in (1, 2, 3)])
    assert gained.tolist() == [4, 2, 3]


def test_false_the_same_optimum_means_the_same_sites() -> None:
    """A and b serve one person each: the tie rule, not the objective, decides."""
    problem = within([[1, 0], [0, 1]], [1, 1])
    for name in ("a", "b"):
        forced = mclp(problem.with_rules(must_open=(name,)), threshold_minutes=THRESHOLD)
        assert (forced.objective, forced.site_ids) == (1, (name,))


def test_false_people_covered_follow_places_covered() -> None:
    """B covers two places but fewer people than a."""
    problem = within([[1, 0], [0, 1], [0, 1]], [10, 2, 3])
    assert mclp(problem, threshold_minutes=THRESHOLD).site_ids == ("a",)
