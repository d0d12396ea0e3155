"""Work areas, load and the way to a hospital, by hand.

Villages a (300 people), b (500), c (200) and x (40, no puskesmas known). Puskesmas P serves a
and b, Q serves c. P has 1 doctor, Q has 1. Three new doctors go one by one where most people
share one: P (800 -> 400), P (400 -> 267), then Q's 200 are fewer than 267: P again (200).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.referral import (
    emergency_hospitals,
    puskesmas_load,
    referral_table,
    unit_referral,
    work_areas,
)
from batu_geo.network.nearby.own_trips import OwnTrips
from batu_geo.network.travel_times import TravelTimes
from tests.dense import metres_of, minutes_of
from tests.toy import demand, villages
from tests.toy_access import INF, matrix

AREA = villages(a=300, b=500, c=200, x=40).assign(
    puskesmas=["Puskesmas Satu", " satu ", "DUA", None]
)
FACILITIES = pd.DataFrame(
    {
        "facility_id": ["P", "Q", "U"],
        "facility_name": ["Puskesmas Satu", "Puskesmas Dua", "UPKDK Dua"],
        "kind": ["PUSKESMAS", "PUSKESMAS", "UPKDK"],
    }
)
AREAS = work_areas(AREA, FACILITIES)


def doctors(**count: int) -> pd.DataFrame:
    rows = [{"facility_id": n, "profession": "doctor", "count": c} for n, c in count.items()]
    rows.append({"facility_id": "P", "profession": "nurse", "count": 99})
    return pd.DataFrame(rows)


def test_a_village_finds_its_puskesmas_by_name_with_or_without_the_word() -> None:
    assert AREAS.to_dict() == pytest.approx(
        {"a": "P", "b": "P", "c": "Q", "x": np.nan}, nan_ok=True
    )


def test_villages_without_that_column_have_no_puskesmas() -> None:
    assert work_areas(villages(a=1, b=2), FACILITIES).isna().tolist() == [True, True]


def test_load_and_new_doctors() -> None:
    found = puskesmas_load(AREA, FACILITIES, AREAS, doctors(P=1, Q=1), new_doctors=3)
    assert found["people"].tolist() == [800, 200]
    assert found["villages"].tolist() == [2, 1]
    assert found["people_per_doctor"].tolist() == [800, 200]
    assert found["doctors_added"].tolist() == [3, 0]
    assert found["people_per_doctor_after"].tolist() == [200, 200]


def test_a_puskesmas_without_a_doctor_gets_the_first() -> None:
    found = puskesmas_load(AREA, FACILITIES, AREAS, doctors(P=1, Q=0), new_doctors=1)
    assert found["doctors_added"].tolist() == [0, 1]
    assert found["people_per_doctor"].isna().tolist() == [False, True]


@pytest.mark.parametrize("staffing", [None, doctors(P=1)])
def test_where_a_number_is_unknown_nobody_is_added(staffing: pd.DataFrame | None) -> None:
    found = puskesmas_load(AREA, FACILITIES, AREAS, staffing, new_doctors=17)
    assert found["doctors_added"].isna().all()
    assert found["people_per_doctor_after"].isna().all()
    assert found["people"].tolist() == [800, 200]


def test_all_new_doctors_are_added_whatever_the_order() -> None:
    for new in range(18):
        found = puskesmas_load(AREA, FACILITIES, AREAS, doctors(P=2, Q=1), new_doctors=new)
        assert found["doctors_added"].sum() == new


def test_no_work_area_gives_no_row() -> None:
    unknown = work_areas(villages(a=1), FACILITIES)
    assert puskesmas_load(villages(a=1), FACILITIES, unknown, None, new_doctors=2).empty


HOSPITALS = pd.DataFrame(
    {
        "facility_id": ["H1", "H2", "H3", "H4", "K"],
        "kind": ["RUMAH_SAKIT"] * 4 + ["KLINIK"],
        "status": ["active", "active", "active", "closed", "active"],
        "emergency_unit": ["yes", "no", None, "yes", "yes"],
    }
)


@pytest.mark.parametrize(("count_unknown", "expected"), [(True, ["H1", "H3"]), (False, ["H1"])])
def test_hospitals_with_an_emergency_unit(count_unknown: bool, expected: list[str]) -> None:
    found = emergency_hospitals(HOSPITALS, kinds=("RUMAH_SAKIT",), count_unknown=count_unknown)
    assert found["facility_id"].tolist() == expected


PEOPLE = demand([100, 200, 500, 200], ["a", "a", "b", "c"])
TO_PUSKESMAS = matrix([[6, 1], [12, 1], [10, 1], [1, INF]], metres=True)
TO_HOSPITAL = matrix([[20, 30], [30, 40], [40, 25], [INF, INF]], metres=True)


def with_names(times: TravelTimes, *names: str) -> TravelTimes:
    return replace(times, destination_ids=names)


def own(times: TravelTimes, *columns: int, measured: bool = True) -> OwnTrips:
    """Return the trips to one column each, NaN for -1."""
    rows, known = np.arange(len(columns)), np.array(columns) >= 0
    minutes = np.where(known, minutes_of(times)[rows, columns], np.nan)
    metres = np.where(known, metres_of(times)[rows, columns], np.nan)
    return OwnTrips(minutes, metres if measured else metres * np.nan)


def the_way(*, measured: bool = True) -> pd.DataFrame:
    to_own = own(TO_PUSKESMAS, 0, 0, 0, 1, measured=measured)
    found = referral_table(
        PEOPLE, AREA, to_own, with_names(TO_HOSPITAL, "H1", "H2"), AREAS, limit_minutes=25
    )
    return found.set_index("village_id")


def test_the_way_to_ones_own_puskesmas_not_the_nearest() -> None:
    """Village a: (100 x 6 + 200 x 12) / 300 = 10, though Q is one minute away; c cannot."""
    found = the_way()["puskesmas_mean_minutes_reached"]
    assert found[["a", "b"]].tolist() == [10, 10]
    assert np.isinf(found["c"])
    assert np.isnan(found["x"])
    lost = the_way()["puskesmas_people_without_way"]
    assert lost[["a", "b"]].tolist() == [0, 0]
    assert lost["c"] == PEOPLE.loc[PEOPLE["village_id"] == "c", "population"].sum() > 0
    assert lost["x"] == 0, "nobody lives there"
    everybody = the_way()["puskesmas_minutes"]
    assert everybody[["a", "b", "c"]].tolist() == [10, 10, np.inf]


def test_the_way_to_the_nearest_hospital() -> None:
    """Village a: (100 x 20 + 200 x 30) / 300; b is nearest to H2; c reaches none."""
    found = the_way()
    assert found["hospital_mean_minutes_reached"][["a", "b"]].tolist() == pytest.approx(
        [80 / 3, 25]
    )
    assert found["hospital_id"][["a", "b"]].tolist() == ["H1", "H2"]
    assert found["hospital_id"][["c", "x"]].isna().all()
    assert found["hospital_mean_metres_reached"]["b"] == 2000


def test_people_beyond_the_limit_which_itself_counts_as_within() -> None:
    found = the_way()
    assert found["people_beyond"].tolist() == [200, 0, 200, 0]
    assert found["share_beyond_percent"].tolist()[:3] == pytest.approx([200 / 3, 0, 100])
    assert np.isnan(found["share_beyond_percent"]["x"])


def test_without_an_ambulance_its_minutes_are_missing() -> None:
    found = the_way()[["ambulance_out_minutes", "ambulance_in_minutes"]]
    assert found.isna().all(axis=None)


def test_minutes_are_known_where_metres_were_not_measured() -> None:
    found = the_way(measured=False)
    assert found["puskesmas_mean_minutes_reached"]["a"] == 10
    assert found["puskesmas_mean_metres_reached"].isna().all()


def test_units_keep_their_pairs() -> None:
    units = pd.DataFrame(
        {"facility_id": ["U1", "U2"], "facility_name": ["Satu", "Dua"], "village_id": ["b", "x"]}
    )
    found = unit_referral(
        units,
        own(matrix([[7, 3], [4, 2]], metres=True), 0, -1),
        with_names(matrix([[9, 8], [INF, INF]], metres=True), "H1", "H2"),
        AREAS,
    )
    assert found["puskesmas_id"].tolist()[0] == "P"
    assert found["puskesmas_minutes"].tolist() == pytest.approx([7, np.nan], nan_ok=True)
    assert found["hospital_id"].isna().tolist() == [False, True]
    assert found["hospital_minutes"].tolist() == [8, INF]
