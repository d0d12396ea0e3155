"""A siting problem is whole numbers of the right shape, or it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from batu_geo.domain.errors import DataError
from batu_geo.siting.analysis.alternative_optima import Alternatives
from batu_geo.siting.analysis.trade_offs import fairness_curve
from batu_geo.siting.models.location import mclp
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem

TWO = SitingProblem(
    np.array([[5.0, np.inf], [8.0, 2.0]]), np.array([10, 20]), ("b", "a"),
    demand_ids=("d", "e"), costs=np.array([7, 9]), professions=("nurse",),
    staff=np.array([[1], [2]]),
)  # fmt: skip


def given(**changes: Any) -> SitingProblem:
    settings = {
        "minutes": np.ones((2, 2)), "population": np.array([1, 2]), "site_ids": ("b", "a"),
    } | changes  # fmt: skip
    return SitingProblem(**settings)


def test_everything_of_a_site_goes_with_its_id_into_order() -> None:
    assert TWO.site_ids == ("a", "b")
    assert TWO.village_ids == ("a", "b")
    assert TWO.minutes.dense().tolist() == [[np.inf, 5], [2, 8]]
    assert TWO.costs.tolist() == [9, 7]
    assert TWO.staff.tolist() == [[2], [1]]
    assert TWO.columns(("b", "a", "b")).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": np.ones((2, 3))},
        {"minutes": np.ones(4)},
        {"population": np.array([1, 2, 3])},
        {"costs": np.array([1])},
        {"costs": np.ones((2, 2))},
        {"staff": np.ones((2, 1))},
        {"existing_minutes": np.ones((3, 1))},
        {"existing_minutes": np.ones((2, 1)), "existing_capacity": np.array([1, 2])},
        {"village_ids": ("v",)},
        {"demand_ids": ("d", "e", "f")},
        {"existing_minutes": np.ones((2, 1)), "existing_ids": ("u", "v")},
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|names for"):
        given(**changes)


@pytest.mark.parametrize("name", ["population", "costs", "readiness", "capacity"])
@pytest.mark.parametrize(("value", "code"), [(-1, "BG-204"), (0.5, "BG-203")])
def test_a_count_is_a_whole_number_of_zero_or_more(name: str, value: float, code: str) -> None:
    with pytest.raises(DataError, match=code):
        given(**{name: np.array([3, value])})
    assert getattr(given(**{name: np.array([3.0, 0.0])}), name).dtype == np.int64


@pytest.mark.parametrize("value", [-0.001, np.nan])
def test_minutes_are_zero_or_more_and_may_be_infinite(value: float) -> None:
    with pytest.raises(DataError, match="BG-204"):
        given(minutes=np.array([[0, np.inf], [value, 1]]))


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"site_ids": ("a", "a")}, "site_id"),
        ({"demand_ids": ("d", "d")}, "demand_id"),
        ({"existing_minutes": np.ones((2, 1)), "existing_ids": ("a",)}, "facility_id"),
        ({"existing_minutes": np.ones((2, 2)), "existing_ids": ("u", "u")}, "facility_id"),
    ],
)
def test_no_id_stands_twice_also_not_as_a_site_and_a_unit(
    changes: dict[str, Any], column: str
) -> None:
    with pytest.raises(DataError, match="BG-206") as caught:
        given(**changes)
    assert [problem.column for problem in caught.value.problems] == [column]


def test_the_nearest_open_unit_is_none_where_there_are_none() -> None:
    assert np.isposinf(TWO.existing_best()).all()
    units = given(existing_minutes=np.array([[3.0, 2.0], [np.inf, np.inf]]))
    assert units.existing_best().tolist() == [2, np.inf]


@pytest.mark.parametrize(("minutes", "served"), [(1.9, 0), (2, 20), (5, 30), (8, 30)])
def test_without_units_only_new_ones_serve(minutes: float, served: int) -> None:
    """At 5 minutes b serves d (10), at 2 a serves e (20): both together all 30."""
    plan = mclp(TWO.with_rules(site_count=2), threshold_minutes=minutes)
    assert plan.objective == served


def test_where_the_rules_allow_no_plan_there_is_nothing_to_trade_off() -> None:
    columns = ["mean_minutes_reached", "worst_minutes_reached", "people_without_way", "sites"]
    for rules in (Rules(site_count=3), Rules(must_open=("a",), must_close=("a",))):
        table = fairness_curve(given(rules=rules))
        assert table.empty
        assert table.columns.tolist() == columns


def test_the_best_alternatives_are_those_of_the_first_objective_if_all_are_listed() -> None:
    plans = (("a", "b"), ("a", "c"), ("d", "e"))
    listed = Alternatives(plans, (9.0, 9.0, 7.0), True, (), ("a", "b", "c", "d", "e"), True)
    best = listed.best()
    assert best is not None
    assert (best.plans, best.objectives) == (plans[:2], (9.0, 9.0))
    assert (best.in_every, best.in_some) == (("a",), ("b", "c"))
    cut = Alternatives(plans, (9.0, 9.0, 7.0), False, (), (), False)
    assert cut.best() is None
