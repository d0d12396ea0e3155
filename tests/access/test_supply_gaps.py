"""Doctors and cadres missing to their norms, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.supply_gaps import cadre_gaps, doctor_gaps

NAN = np.nan


def load(people: list[int], doctors: list[float], added: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "facility_name": ["Satu", "Dua"],
            "people": people,
            "doctors": pd.Series(doctors).astype("Int64"),
            "doctors_added": pd.Series(added).astype("Int64"),
        }
    )


def test_doctors_missing_and_an_even_share_by_hand() -> None:
    """12,000 and 4,999 people need 3 and 1; 1 and 2 are there, one is added where it is worst.

    A doctor too many at the second fills no gap at the first. Of the four 2.8 and 1.2 would be
    even: 3 and 1; of the new one 0.7 and 0.3: 1 and 0.
    """
    found = doctor_gaps(
        load([12_000, 4_999], [1, 2], [1, 0]), [NAN, NAN], new_doctors=1, people_per_doctor=5_000
    )
    assert found["area"].tolist() == ["Satu", "Dua", "kota"]
    assert set(found["counted"]) == {"residents"}
    assert found["doctors_needed"].tolist() == [3, 1, 4]
    assert found["doctors_missing"].tolist() == [2, 0, 2]
    assert found["doctors_missing_after"].tolist() == [1, 0, 1]
    assert found["even_added"].tolist() == [1, 0, 1]
    assert found["doctors_even"].tolist() == [3, 1, 4]
    assert found["participants"].isna().all()


def test_participants_are_counted_where_all_are_known() -> None:
    """5,000 are exactly one doctor, 5,001 begin another."""
    found = doctor_gaps(
        load([9_000, 9_000], [0, 0], [0, 0]), [5_000, 5_001], new_doctors=0, people_per_doctor=5_000
    )
    assert set(found["counted"]) == {"participants"}
    assert found["doctors_needed"].tolist() == [1, 2, 3]
    assert found["participants"].tolist() == [5_000, 5_001, 10_001]


def test_without_a_roster_the_need_and_the_even_share_of_the_new_are_known() -> None:
    found = doctor_gaps(
        load([30_000, 10_000], [NAN, NAN], [NAN, NAN]), [NAN, 1], new_doctors=17,
        people_per_doctor=5_000,
    )  # fmt: skip
    assert found["doctors_needed"].tolist() == [6, 2, 8]
    assert found["even_added"].tolist() == [13, 4, 17]
    rest = ["doctors", "doctors_missing", "doctors_added", "doctors_missing_after", "doctors_even"]
    assert found[rest].isna().all(axis=None)


def test_no_puskesmas_no_row() -> None:
    assert doctor_gaps(
        load([1, 1], [1, 1], [0, 0]).head(0), [], new_doctors=2, people_per_doctor=5_000
    ).empty


@pytest.mark.parametrize("seed", range(20))
def test_the_even_shares_add_up_and_no_doctor_is_missing_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, there = rng.integers(1, 40_000, 2).tolist(), rng.integers(0, 9, 2).tolist()
    found = doctor_gaps(
        load(people, there, [3, 0]), [NAN, NAN], new_doctors=3, people_per_doctor=5_000
    )
    assert found["even_added"].iloc[:2].sum() == found["even_added"].iloc[2] == 3
    assert found["doctors_even"].iloc[:2].sum() == sum(there) + 3
    for row in found.iloc[:2].to_dict("records"):
        assert row["doctors_needed"] == -(-row["people"] // 5_000)
        assert row["doctors_missing"] == max(0, row["doctors_needed"] - row["doctors"])


def test_cadres_beside_both_norms_by_hand() -> None:
    """Of 2 posyandu 10 cadres are enough by one norm and 20 too few by the other."""
    villages = pd.DataFrame(
        {
            "area": ["A", "B", "C", "D"], "people": [1_000, 600, 300, 50],
            "posyandu": [2, 3, NAN, 0], "posyandu_cadres": [10, 12, 7, 0],
        }
    )  # fmt: skip
    city = {"area": "kota", "people": 1_950, "posyandu": 193, "posyandu_cadres": 2_322,
            "source": "F-POSYANDU: Dinas"}  # fmt: skip
    found = cadre_gaps(villages, city, {"cadres_at_5": 5, "cadres_at_15": 15}).set_index("area")
    assert found.loc["A", "people_per_posyandu"] == 500
    assert found.loc["A", "cadres_per_posyandu"] == 5
    assert found["cadres_at_5_needed"].fillna(-1).tolist() == [10, 15, -1, 0, 965]
    assert found["cadres_at_5_missing"].fillna(-1).tolist() == [0, 3, -1, 0, 0]
    assert found["cadres_at_15_missing"].fillna(-1).tolist() == [20, 33, -1, 0, 573]
    assert np.isnan(found.loc["D", "cadres_per_posyandu"])
    assert found["source"].tolist() == ["inputs"] * 4 + ["F-POSYANDU: Dinas"]
