"""Need on fixed goalposts, worked out by hand.

Two criteria: people beyond (weight 3, 0 to 100 people) and mean minutes
(weight 1, 5 to 25 minutes). Village a: 50 people, 15 minutes: 0.5 and 0.5, so
0.375 + 0.125 = 0.5. Village b: 100 people, 5 minutes: 1 and 0, so 0.75.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.coverage import coverage
from batu_geo.access.units import status_on, units
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.errors import DataError
from batu_geo.network.travel_times import matrix_times
from batu_geo.siting.need.gaps import (
    criteria_without_data,
    criterion_values,
    rank_gaps,
    unknown_criteria,
)
from tests.how_many import few
from tests.toy import SERVICE, demand, villages

CRITERIA = (
    Criterion(name="people_beyond", weight=3, none_at=0, worst_at=100, reason="toy"),
    Criterion(name="mean_minutes", weight=1, none_at=5, worst_at=25, reason="toy"),
)


def values(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["people_beyond", "mean_minutes"]
    ).assign(share_beyond_percent=1.0, mean_distance_m=1.0, residents_per_posyandu=np.nan)


def rank(table: pd.DataFrame, criteria=CRITERIA, **has_unit: bool) -> pd.DataFrame:
    area = villages(**dict.fromkeys(table.index, 100))
    unit = pd.Series({name: has_unit.get(name, False) for name in table.index})
    return rank_gaps(area, table, has_unit=unit, criteria=criteria)


def test_scores_add_up_from_their_contributions() -> None:
    found = rank(values(a=(50, 15), b=(100, 5)))
    assert found["village_id"].tolist() == ["b", "a"]
    assert found["score"].tolist() == [0.75, 0.5]
    assert found["rank"].tolist() == [1, 2]
    parts = found[["contribution_people_beyond", "contribution_mean_minutes"]]
    assert parts.values.tolist() == [[0.75, 0.0], [0.375, 0.125]]


def test_only_villages_without_a_unit_are_ranked() -> None:
    assert rank(values(a=(50, 15), b=(100, 5)), b=True)["village_id"].tolist() == ["a"]


def test_no_village_without_a_unit_gives_an_empty_table() -> None:
    found = rank(values(a=(50, 15)), a=True)
    assert found.empty
    assert "score" in found


def test_values_stop_at_the_goalposts() -> None:
    found = rank(values(a=(500, 1), b=(0, 99)))
    assert found.set_index("village_id")["score"].to_dict() == {"a": 0.75, "b": 0.25}


def test_unreachable_counts_as_the_worst() -> None:
    found = rank(values(a=(0, np.inf)))
    assert found["value_mean_minutes"].tolist() == [1]


def test_equal_scores_share_a_rank_in_the_order_of_their_ids() -> None:
    found = rank(values(b=(50, 5), a=(50, 5), c=(0, 5)))
    assert found["rank"].tolist() == [1, 1, 3]
    assert found["village_id"].tolist() == ["a", "b", "c"]


def test_float_noise_decides_no_rank() -> None:
    found = rank(values(a=(30.000000000001, 5), b=(30, 5)))
    assert found["rank"].tolist() == [1, 1]


@pytest.mark.slow
def test_leaving_a_village_out_reorders_nobody() -> None:
    rng = np.random.default_rng(5)
    for _ in range(few(50)):
        rows = {f"v{n}": tuple(rng.uniform(0, 120, 2)) for n in range(6)}
        whole = rank(values(**rows))["village_id"].tolist()
        for gone in rows:
            rest = {name: row for name, row in rows.items() if name != gone}
            assert rank(values(**rest))["village_id"].tolist() == [v for v in whole if v != gone]


def test_scaling_the_weights_changes_nothing() -> None:
    doubled = tuple(c.model_copy(update={"weight": 2 * c.weight}) for c in CRITERIA)
    table = values(a=(50, 15), b=(100, 5), c=(7, 22))
    pd.testing.assert_frame_equal(rank(table), rank(table, doubled))


def test_a_criterion_of_weight_0_is_shown_and_decides_nothing() -> None:
    weightless = CRITERIA[1].model_copy(update={"weight": 0})
    table = values(a=(50, 15), b=(100, 5))
    found, alone = rank(table, (CRITERIA[0], weightless)), rank(table, CRITERIA[:1])
    assert found["score"].tolist() == alone["score"].tolist() == [1.0, 0.5]
    assert found["value_mean_minutes"].tolist() == [0.0, 0.5]
    assert found["contribution_mean_minutes"].tolist() == [0, 0]
    with pytest.raises(DataError, match="BG-303"):
        rank(table, (weightless,))


def test_a_criterion_without_figures_is_left_out_for_everybody() -> None:
    posyandu = Criterion(
        name="residents_per_posyandu", weight=9, none_at=0, worst_at=1, reason="toy"
    )
    table = values(a=(50, 15), b=(100, 5))
    found = rank(table, (*CRITERIA, posyandu))
    assert found["score"].tolist() == [0.75, 0.5]
    assert "value_residents_per_posyandu" not in found
    area = villages(a=1, b=1)
    missing = criteria_without_data(area, table, (*CRITERIA, posyandu))
    assert missing == {"residents_per_posyandu": ["a", "b"]}


def test_no_criterion_at_all_is_an_error() -> None:
    posyandu = CRITERIA[0].model_copy(update={"name": "residents_per_posyandu"})
    with pytest.raises(DataError, match="BG-303"):
        rank(values(a=(1, 1)), (posyandu,))


# Laws 24 and 25, and rankings for which 24 is false.


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(few(200)))
def test_leaving_any_village_out_reorders_none_of_24(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = {f"v{n:02}": tuple(rng.uniform(0, 120, 2)) for n in range(24)}
    whole = rank(values(**rows))["village_id"].tolist()
    gone = whole[seed % 24]
    rest = {name: row for name, row in rows.items() if name != gone}
    assert rank(values(**rest))["village_id"].tolist() == [v for v in whole if v != gone]


def test_a_criterion_alike_for_all_changes_no_order() -> None:
    constant = Criterion(
        name="share_beyond_percent", weight=7, none_at=0, worst_at=100, reason="toy"
    )
    rng = np.random.default_rng(2)
    table = values(**{f"v{n}": tuple(rng.uniform(0, 120, 2)) for n in range(12)})
    assert (
        rank(table)["village_id"].tolist()
        == rank(table, (*CRITERIA, constant))["village_id"].tolist()
    )


@pytest.mark.slow
def test_a_village_worse_on_every_criterion_ranks_at_least_as_high() -> None:
    rng = np.random.default_rng(3)
    for _ in range(few(50)):
        low = rng.uniform(0, 120, 2)
        found = rank(values(a=tuple(low), b=tuple(low + rng.uniform(0, 40, 2)), c=(60, 15)))
        by_id = found.set_index("village_id")["rank"]
        assert by_id["b"] <= by_id["a"]


def by_min_max(table: np.ndarray) -> np.ndarray:
    """Return equally weighted scores with goalposts at the least and the most of the table."""
    low, high = table.min(axis=0), table.max(axis=0)
    return ((table - low) / np.where(high > low, high - low, 1)).mean(axis=1)


def by_topsis(table: np.ndarray) -> np.ndarray:
    scaled = table / np.sqrt((table**2).sum(axis=0))
    best, worst = scaled.max(axis=0), scaled.min(axis=0)
    away, near = (np.sqrt(((scaled - end) ** 2).sum(axis=1)) for end in (worst, best))
    return away / (away + near)


def by_fixed_goalposts(table: np.ndarray) -> np.ndarray:
    criteria = (
        CRITERIA[0].model_copy(update={"weight": 1}),
        CRITERIA[1].model_copy(update={"none_at": 0, "worst_at": 100}),
    )
    rows = {f"v{n}": tuple(row) for n, row in enumerate(table)}
    return rank(values(**rows), criteria).set_index("village_id")["score"][list(rows)].to_numpy()


def reversals(score) -> int:
    """Count random tables in which dropping one of six villages swaps two of the others."""
    rng, found = np.random.default_rng(9), 0
    for _ in range(few(60)):
        table = rng.uniform(0, 100, (6, 2))
        order = [int(v) for v in np.argsort(-score(table), kind="stable")]
        found += any(
            [int(v) for v in np.delete(np.arange(6), gone)[
                np.argsort(-score(np.delete(table, gone, axis=0)), kind="stable")]]
            != [v for v in order if v != gone]
            for gone in range(6)
        )  # fmt: skip
    return found


@pytest.mark.slow
def test_min_max_and_topsis_reverse_ranks_and_fixed_goalposts_do_not() -> None:
    assert reversals(by_min_max) > 0
    assert reversals(by_topsis) > 0
    assert reversals(by_fixed_goalposts) == 0


def test_min_max_reverses_a_pair_by_hand() -> None:
    """Villages (50, 20) and (20, 50) tie; a third one decides between them.

    Beside (0, 99) they score 1/2 and (0.4 + 30/79) / 2 = 0.39, beside (99, 0) 0.39 and 1/2.
    """
    first, second = [50.0, 20.0], [20.0, 50.0]
    assert by_min_max(np.array([first, second])).tolist() == [0.5, 0.5]
    wide = by_min_max(np.array([first, second, [0.0, 99.0]]))
    assert wide[0] > wide[1]
    other = by_min_max(np.array([first, second, [99.0, 0.0]]))
    assert other[0] < other[1]


def test_a_village_without_a_home_or_without_people_has_whole_counts_and_no_mean() -> None:
    """C has no home at all, in d nobody lives: 0 people are without a way, and nobody warns."""
    area = villages(d=0, a=30, c=0)
    homes = demand([10, 20, 0], ["a", "a", "d"])
    times = matrix_times([[5.0], [np.inf], [5.0]], homes["demand_id"].tolist(), ["u"])
    covered = coverage(times, homes, threshold_minutes=15)
    found = criterion_values(area, covered, indicators=pd.DataFrame(), criteria=CRITERIA)
    assert found.index.tolist() == ["d", "a", "c"]
    assert found["people_without_way"].tolist() == [0, 20, 0]
    assert found["people_beyond"].tolist() == [0, 20, 0]
    assert found["mean_minutes_reached"]["a"] == 5
    assert found["score_mean_minutes"]["a"] == pytest.approx(2 / 3)
    assert found.loc[["c", "d"], ["mean_minutes", "score_mean_minutes"]].isna().all(axis=None)


def test_a_village_without_a_figure_leaves_the_method_of_the_others() -> None:
    """C has no posyandu figure: its score rests on the rest, between two bounds."""
    posyandu = Criterion(
        name="residents_per_posyandu", weight=9, none_at=0, worst_at=10, reason="toy"
    )
    table = values(a=(50, 15), b=(40, 15), c=(0, 5))
    table["residents_per_posyandu"] = [1.0, 9.0, np.nan]
    criteria = (*CRITERIA, posyandu)
    found = rank(table, criteria).set_index("village_id")
    assert found.index[:2].tolist() == ["b", "a"]
    assert rank(table.drop("c"), criteria)["village_id"].tolist() == ["b", "a"]
    assert (found["score_low"] == found["score"])[["a", "b"]].all()
    assert (found["score_high"] == found["score"])[["a", "b"]].all()
    total = sum(c.weight for c in criteria)
    span = found.loc["c", "score_high"] - found.loc["c", "score_low"]
    assert span == pytest.approx(9 / total)
    assert found.loc["c", "score_low"] <= found.loc["c", "score"] <= found.loc["c", "score_high"]
    assert found.loc["c", "weight_residents_per_posyandu"] == 0


def test_a_criterion_no_village_has_a_figure_for_is_left_out() -> None:
    posyandu = Criterion(
        name="residents_per_posyandu", weight=9, none_at=0, worst_at=10, reason="toy"
    )
    table = values(a=(50, 15), b=(40, 15))
    table["residents_per_posyandu"] = np.nan
    found = rank(table, (*CRITERIA, posyandu))
    assert "value_residents_per_posyandu" not in found
    assert (found["score_low"] == found["score_high"]).all()
    assert unknown_criteria(table, (*CRITERIA, posyandu)) == ["residents_per_posyandu"]


# Which facilities are units, and on which day.


def facilities(*rows: dict[str, object]) -> pd.DataFrame:
    usual = {"kind": "UPKDK", "status": "active", "operator": "city", "closed_from": None,
             "closed_until": None}  # fmt: skip
    table = pd.DataFrame([{"facility_id": f"F{n}", **usual, **row} for n, row in enumerate(rows)])
    return table.astype({"closed_from": "str", "closed_until": "str"})


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2025-12-31", "active"),
        ("2026-01-01", "temporarily_closed"),
        ("2026-01-31", "temporarily_closed"),
        ("2026-02-01", "active"),
    ],
)
@pytest.mark.parametrize("status", ["active", "temporarily_closed"])
def test_a_closing_holds_from_its_first_to_its_last_day(
    status: str, date: str, expected: str
) -> None:
    closing = {"status": status, "closed_from": "2026-01-01", "closed_until": "2026-01-31"}
    assert status_on(facilities(closing), date).tolist() == [expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "temporarily_closed"}, "temporarily_closed"),
        ({"closed_from": "2026-01-01"}, "temporarily_closed"),
        ({"closed_from": "2026-03-01"}, "active"),
        ({"closed_until": "2026-03-01"}, "temporarily_closed"),
        ({"status": "temporarily_closed", "closed_until": "2026-01-31"}, "active"),
        ({"status": "planned", "closed_until": "2026-03-01"}, "planned"),
        ({"status": "closed", "closed_until": "2026-01-31"}, "closed"),
    ],
)
def test_a_closing_may_be_open_at_either_end(change: dict[str, object], expected: str) -> None:
    assert status_on(facilities(change), "2026-02-01").tolist() == [expected]


def test_a_closed_unit_is_present_but_not_open() -> None:
    table = facilities(
        {}, {"status": "temporarily_closed"}, {"status": "planned"}, {"kind": "PUSKESMAS"}
    )
    assert units(table, SERVICE, is_open=True)["facility_id"].tolist() == ["F0"]
    assert units(table, SERVICE, is_open=False)["facility_id"].tolist() == ["F0", "F1"]


def test_the_day_of_the_scenario_decides() -> None:
    table = facilities({"closed_from": "2026-01-31", "closed_until": "2026-01-31"})
    assert units(table, SERVICE, is_open=True).empty
    next_day = SERVICE.model_copy(update={"on_date": "2026-02-01"})
    assert len(units(table, next_day, is_open=True)) == 1


def test_private_providers_count_by_a_switch_and_an_unknown_one_is_not_private() -> None:
    table = facilities({"operator": "private"}, {"operator": None}, {"operator": "city"})
    assert units(table, SERVICE, is_open=True)["facility_id"].tolist() == ["F1", "F2"]
    with_private = SERVICE.model_copy(update={"count_private": True})
    assert len(units(table, with_private, is_open=True)) == 3


def test_criteria_by_hand() -> None:
    """Village a: 60 people, 30 served, 4 of 20 children stunted; village b has no figures."""
    covered = pd.DataFrame(
        {
            "village_id": ["a", "a", "b"],
            "group": ["served", "not_served", "unreachable"],
            "population": [30, 30, 40],
            "is_snapped": True,
            "is_covered": [True, False, False],
            "is_cut_off": False,
            "travel_time_min": [10.0, 20.0, np.inf],
            "travel_distance_m": [800.0, 1600.0, np.inf],
        }
    )
    known = pd.DataFrame(
        {"posyandu": [2, 0], "stunted_children": [4, 0], "children_under_5": [20, 0],
         "jkn_active": [45, np.nan], "jkn_registered": [50, np.nan],
         "ckg_participants": [15, np.nan], "poor_or_near_poor": [6, np.nan],
         "evidence": ["reported", "estimated"]},
        index=["a", "b"],
    )  # fmt: skip
    covered["is_reachable"] = np.isfinite(covered["travel_time_min"])
    minutes = Criterion(name="mean_minutes", weight=1, none_at=10, worst_at=15, reason="toy")
    found = criterion_values(villages(a=60, b=40), covered, indicators=known, criteria=(minutes,))
    assert found.loc["a"].to_dict() == {
        "mean_minutes": 15, "mean_minutes_reached": 15, "people_without_way": 0,
        "unreachable": 0, "cut_off": 0, "not_snapped": 0,
        "score_mean_minutes": 0.5, "mean_distance_m": 1200, "people_beyond": 30,
        "share_beyond_percent": 50, "residents_per_posyandu": 30, "stunted_percent": 20,
        "jkn_inactive_percent": 10, "ckg_missing_percent": 75, "poor_percent": 10,
    }  # fmt: skip
    b = found.loc["b"]
    assert np.isinf(b["mean_minutes"])
    assert np.isnan(b["mean_minutes_reached"])
    assert b["people_without_way"] == 40
    assert b["score_mean_minutes"] == 1, "person by person, the unreachable at the worst"
    assert b["people_beyond"] == 40
    assert b[["residents_per_posyandu", "stunted_percent", "poor_percent"]].isna().all()
