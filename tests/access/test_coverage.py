"""A town worked out by hand.

Five places, one unit U, foot, threshold 15 minutes::

    place  village  people  minutes  snapped   group
    d0     a        10      5        yes       served
    d1     a        20      15       yes       served      (the threshold counts)
    d2     a        30      15.01    yes       not served
    d3     b        40      inf      yes       unreachable
    d4     b        50      inf      no        not snapped

Village a: 30 of 60 served (50 %), mean (50 + 300 + 450.3) / 60 = 13.338...
Village b: nobody served, mean inf.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.coverage import (
    GROUPS,
    at_threshold,
    coverage,
    people_by_village,
    village_coverage,
    village_sums,
)
from batu_geo.domain.travel import Threshold
from batu_geo.network.travel_times import TravelTimes, matrix_times
from tests.dense import minutes_of
from tests.toy import demand, villages

PEOPLE = demand([10, 20, 30, 40, 50], ["a", "a", "a", "b", "b"])
TIMES = replace(
    matrix_times(
        [[5.0], [15.0], [15.01], [np.inf], [np.inf]],
        tuple(PEOPLE["demand_id"]),
        ("U",),
        metres=[[400.0], [1200.0], [1300.0], [np.inf], [np.inf]],
    ),
    origin_snap_m=np.array([0.0, 1.0, 2.0, 3.0, 900.0]),
    is_snapped=np.array([True, True, True, True, False]),
)


def test_each_place_falls_into_one_group() -> None:
    found = coverage(TIMES, PEOPLE, threshold_minutes=15)
    assert found["group"].tolist() == [
        "served", "served", "not_served", "unreachable", "not_snapped",
    ]  # fmt: skip
    assert found["is_covered"].tolist() == [True, True, False, False, False]
    assert found["nearest_id"].isna().tolist() == [False, False, False, True, True]


def test_the_groups_of_a_village_add_up_to_its_people() -> None:
    found = people_by_village(coverage(TIMES, PEOPLE, threshold_minutes=15))
    assert found.loc["a"].to_dict() == {
        "served": 30, "not_served": 30, "unreachable": 0, "cut_off": 0, "not_snapped": 0,
    }  # fmt: skip
    assert found.loc["b"].to_dict() == {
        "served": 0, "not_served": 0, "unreachable": 40, "cut_off": 0, "not_snapped": 50,
    }  # fmt: skip


def test_the_mean_is_weighted_by_people_and_infinite_where_some_cannot_go() -> None:
    found = village_sums(coverage(TIMES, PEOPLE, threshold_minutes=15), pd.Index(["a", "b"]))
    assert found.means["travel_distance_m"][0] == pytest.approx((4_000 + 24_000 + 39_000) / 60)
    a, b = found.means["travel_time_min"]
    assert a == pytest.approx((10 * 5 + 20 * 15 + 30 * 15.01) / 60)
    assert np.isinf(b)


def test_every_village_has_a_row_for_every_threshold() -> None:
    area = villages(a=60, b=90, c=0)
    limits = (
        Threshold(mode="foot", threshold_minutes=5),
        Threshold(mode="foot", threshold_minutes=15),
    )
    found = village_coverage(area, {"foot": TIMES}, PEOPLE, limits)
    assert found["village_id"].tolist() == ["a", "b", "c"] * 2
    assert found["served"].tolist() == [10, 0, 0, 30, 0, 0]
    balance = found[list(GROUPS)].sum(axis=1)
    assert balance.tolist() == found["population"].tolist()


def test_the_share_of_a_village_without_people_is_no_number() -> None:
    area = villages(a=60, b=90, c=0)
    found = village_coverage(
        area, {"foot": TIMES}, PEOPLE, (Threshold(mode="foot", threshold_minutes=15),)
    )
    assert found["share_served_percent"].isna().tolist() == [False, False, True]


def test_powers_of_two_name_the_covered_set() -> None:
    people = demand([1, 2, 4, 8, 16])
    served = people_by_village(coverage(TIMES, people, threshold_minutes=15))["served"]
    assert served["v"] == 0b00011


def test_whom_a_closure_cuts_off_is_not_unreachable() -> None:
    """d2 reached the unit before the scenario closed its street, d3 never did."""
    minutes = np.array([[5.0], [15.0], [np.inf], [np.inf], [np.inf]])
    has_way = np.array([True, True, True, False, False])
    times = replace(
        matrix_times(minutes, TIMES.origin_ids, ("U",), has_way=has_way),
        is_snapped=TIMES.is_snapped,
    )
    found = coverage(times, PEOPLE, threshold_minutes=15)
    assert found["group"].tolist() == [
        "served", "served", "cut_off", "unreachable", "not_snapped",
    ]  # fmt: skip
    assert people_by_village(found).loc["a", "cut_off"] == 30


def test_the_mean_of_those_who_reach_a_unit_says_so() -> None:
    minutes = np.array([[5.0], [15.0], [np.inf], [np.inf], [np.inf]])
    times = matrix_times(minutes, TIMES.origin_ids, ("U",))
    covered = coverage(times, PEOPLE, threshold_minutes=15)
    means = village_sums(covered, pd.Index(["a", "b"])).means
    assert np.isinf(means["travel_time_min"][0])
    assert means["minutes_reached"][0] == pytest.approx((10 * 5 + 20 * 15) / 30)
    assert np.isnan(means["minutes_reached"][1])


def test_without_any_unit_everybody_is_unreachable_or_joins_no_road() -> None:
    nothing = TIMES.only()
    found = coverage(nothing, PEOPLE, threshold_minutes=1e9)
    assert found["group"].tolist() == ["unreachable"] * 4 + ["not_snapped"]
    assert np.isposinf(found["travel_time_min"]).all()
    assert np.isposinf(found["travel_distance_m"]).all()
    assert found["nearest_id"].isna().all()
    assert people_by_village(found).to_numpy().sum() == PEOPLE["population"].sum()


def test_distances_nobody_measured_are_missing_and_not_zero() -> None:
    found = coverage(unmeasured(), PEOPLE, threshold_minutes=15)
    assert found["travel_distance_m"].isna().all()
    assert (
        found["group"].tolist() == coverage(TIMES, PEOPLE, threshold_minutes=15)["group"].tolist()
    )
    assert np.isnan(village_sums(found, pd.Index(["a", "b"])).means["travel_distance_m"]).all()


def unmeasured() -> TravelTimes:
    minutes = matrix_times(minutes_of(TIMES), TIMES.origin_ids, ("U",))
    return replace(minutes, is_snapped=TIMES.is_snapped)


def test_rows_of_a_threshold_are_those_of_its_mode_and_minutes() -> None:
    table = pd.DataFrame(
        [(mode, minutes) for mode in ("foot", "car") for minutes in (5.0, 15.0)],
        columns=["mode", "threshold_minutes"],
    )
    found = at_threshold(table, Threshold(mode="car", threshold_minutes=15))
    assert found.index.tolist() == [3]
    assert at_threshold(table, Threshold(mode="foot", threshold_minutes=10)).empty
