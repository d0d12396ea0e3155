"""The tables of the health office on the street, worked out by hand.

The street has units at 0 (v0) and at 12 (v3) and people at 0.5, 1.5, ... 11.5, ten at each.
From the units outwards minutes are 0.5 to 5.5 on either side, so that each half mirrors the
other: two minutes reach 40 people, four reach 80.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.situation import headline_coverage
from batu_geo.planning.study import PeoplePlaces
from batu_geo.planning.tables import hospital_tables as hospital_module
from batu_geo.planning.tables.certainty_tables import acceptability_tables, demand_sources
from batu_geo.planning.tables.health_office_tables import RESTS_ON, health_office_tables
from batu_geo.planning.tables.hospital_tables import hospital_tables
from batu_geo.planning.tables.staff_and_referral import (
    nearest_unit_table,
    profile_tables,
    referral_tables,
    staff_tables,
    unit_table,
)
from tests.planning.street import IDS, INPUTS, criterion, roster, settings, study
from tests.toy import RIDING

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}
OTHERS = {
    "pkm-barat": ("PUSKESMAS", 1.0),
    "pkm-timur": ("PUSKESMAS", 11.0),
    "rs-1": ("RUMAH_SAKIT", 13.0),
}
NEED = (criterion("mean_minutes", 9), criterion("poor_percent", 50))
# A nurse at 0 on Mondays and Sundays, midwives at 12 of whom no hours are known.
ROSTER = roster(
    ("u0", "nurse", 1, "1,7", "08:00", "12:00"),
    ("u3", "midwife", 2, None, None, None),
    ("pkm-barat", "doctor", 1, None, None, None),
    ("pkm-timur", "doctor", 2, None, None, None),
)


def programme(**columns: list[float]) -> pd.DataFrame:
    """Return programme figures of the four villages."""
    return pd.DataFrame({"village_id": list(IDS), **columns})


def reported(**values: float) -> pd.DataFrame:
    """Return figures of the city, ``F_POP`` for F-POP."""
    return pd.DataFrame(
        {
            "figure_id": [name.replace("_", "-") for name in values],
            "value": list(values.values()),
            "meaning": "angka", "meaning_en": "figure", "unit": "count",
            "date": "2026-01-31", "source": "Dinas", "evidence": "reported",
        }
    )  # fmt: skip


def street(**tables: Any) -> Assessment:
    return assess(study(UNITS, BUILDINGS, facilities=OTHERS, **tables), settings(need=NEED))


@pytest.fixture(scope="module")
def whole() -> Assessment:
    """Return the street with every input."""
    return street(
        staffing=ROSTER,
        indicators=programme(
            poor_or_near_poor=[10, 10, 20, 20], posyandu=[1, 2, 3, 4],
            posyandu_cadres=[5, 10, 15, 26], jkn_registered=[20, 30, 25, np.nan],
            jkn_active=[10, 15, 20, 30],
        ),
        profiles=pd.DataFrame(
            {"facility_id": ["u0", "u3"], "services": ["emergency pharmacy", "pharmacy"],
             "water": ["yes", "no"], "power": ["yes", "unknown"], "ramp": ["no", None],
             "evidence": ["inferred", "estimated"]}
        ),
        figures=reported(F_CKG=60, F_POP=150),
    )  # fmt: skip


@pytest.fixture(scope="module")
def tables(whole: Assessment) -> dict[str, pd.DataFrame]:
    return health_office_tables(whole)


@pytest.fixture(scope="module")
def bare() -> Assessment:
    """Return the street without staff, programmes, profiles and figures."""
    return street()


def by_id(table: pd.DataFrame, column: str, of: str = "village_id") -> dict[str, Any]:
    return dict(zip(table[of], table[column], strict=True))


@pytest.mark.slow
def test_every_row_says_its_strategy_and_evidence(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        assert {"strategy", "evidence"} <= set(table.columns), name
        assert table[["strategy", "evidence"]].notna().all(axis=None), name
    assert set(tables) <= set(RESTS_ON)


def test_a_row_is_as_sure_as_the_weakest_of_what_it_rests_on(
    tables: dict[str, pd.DataFrame],
) -> None:
    """Speeds, homes and weights are assumed; staff are inferred, buildings estimated."""
    assert set(tables["access"]["evidence"]) == {"assumed"}
    bound = "scenario.access scenario.demand scenario.modes.toy"
    assert set(map(str, tables["access"]["evidence_bound_by"])) == {bound}
    assert set(tables["staff_gaps"]["evidence"]) == {"inferred"}
    assert set(tables["building_costs"]["evidence"]) == {"illustrative"}
    assert set(tables["building_costs"]["evidence_without"]) == {"estimated"}
    assert tables["standards"]["evidence"].tolist() == ["inferred", "estimated"]
    assert [str(c) for c in tables["standards"]["evidence_bound_by"]] == [
        "profiles:u0", "profiles:u3",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_row_of_a_file_that_says_nothing_of_itself_is_assumed() -> None:
    known = {name: card for name, card in INPUTS.items() if name != "profiles"}
    profiles = pd.DataFrame({"facility_id": ["u0"], "services": ["pharmacy"], "evidence": [None]})
    bare = assess(study(UNITS, BUILDINGS, inputs=known, profiles=profiles), settings())
    assert set(health_office_tables(bare)["standards"]["evidence"]) == {"assumed"}


@pytest.mark.slow
def test_what_an_instrument_is_rests_on_how_its_text_was_seen() -> None:
    tables = health_office_tables(assess(study(UNITS, BUILDINGS), settings()))
    terms = tables["instrument_terms"].set_index("instrument")
    assert set(terms["evidence"]) == {"inferred"}
    assert terms["evidence_bound_by"]["temporary_use"].rows == ("instruments:temporary_use",)
    register = tables["evidence_register"].set_index("source_input")
    assert "Permendagri 19/2016" in register["source_origin"]["instruments"].to_list()[0]


def test_every_id_that_binds_a_number_stands_in_the_register(
    tables: dict[str, pd.DataFrame],
) -> None:
    known = set(tables["evidence_register"]["source_input"])
    ids = {i for table in tables.values() for cell in table["evidence_bound_by"] for i in cell.rows}
    assert {"scenario.modes.toy", "profiles:u0", "costs"} <= ids
    assert {i.partition(":")[0] for i in ids} <= known


def test_the_inputs_named_are_those_of_the_study(tables: dict[str, pd.DataFrame]) -> None:
    optional = {"elevation", "population_raster", "footprints"}
    named = {name for _, rests_on in RESTS_ON.values() for name in rests_on}
    assert named - optional <= set(INPUTS)


def test_four_words_are_four_numbers(tables: dict[str, pd.DataFrame]) -> None:
    """JKN: 75 of 90 residents are registered; of them, where both are known, 45 are active."""
    table = tables["four_coverages"]
    reach = table[table["word"] == "cakupan_jangkauan"]
    assert reach["threshold_minutes"].tolist() == [2, 4]
    assert reach["value"].tolist() == [40, 80]
    assert set(reach["of"]) == {120}
    rest = table[table["word"] != "cakupan_jangkauan"].set_index("word")
    assert rest.loc["cakupan_unit", ["value", "of"]].tolist() == [2, 4]
    assert rest.loc["kepesertaan_jkn", ["value", "of", "villages_known"]].tolist() == [75, 90, 3]
    assert rest.loc["keaktifan_jkn", ["value", "of", "percent"]].tolist() == [45, 75, 60]
    assert rest.loc["cakupan_layanan_ckg", ["value", "of", "percent"]].tolist() == [60, 150, 40]
    assert rest.loc["cakupan_layanan_ckg", "source"] == "Dinas, 2026-01-31"
    assert rest["strategy"].to_dict() == {
        "cakupan_unit": 4, "cakupan_unit_buka": 4, "kepesertaan_jkn": 6, "keaktifan_jkn": 6,
        "cakupan_layanan_ckg": 1,
    }  # fmt: skip


def test_access_measures_by_hand(tables: dict[str, pd.DataFrame]) -> None:
    """Within 2 minutes live 20 people of either end: 1 nurse for 20, 2 midwives for 20.

    Everybody else has nothing, so two thirds of v0 share 5000 * 1/20 = 250 places. The zones
    (1 minute whole, 2 minutes half) meet 10 + 10/2 = 15 people: places 5000/15 for the
    near ten, half for the next, a third of the village each.
    """
    table = tables["access"].set_index("village_id")
    assert table["units_within_2_min"].tolist() == pytest.approx([2 / 3, 0, 0, 2 / 3])
    assert table["staff_within_2_min"].tolist() == pytest.approx([2 / 3, 0, 0, 4 / 3])
    two_step = table["two_step_fca_2_min_per_5000"]
    assert two_step.tolist() == pytest.approx([500 / 3, 0, 0, 1000 / 3])
    zones = 5000 / 15 * (1 + 0.5) / 3
    assert table["e2sfca_1_2_min_per_5000"].tolist() == pytest.approx([zones, 0, 0, 2 * zones])
    # All of the nurse is available to v0, both midwives to v3.
    assert table["staff_available_1_2_min"].tolist() == pytest.approx([1, 0, 0, 2])
    # From 0.5 the weight of the unit at 0 is 1/2 ** 0.5; beyond the last zone it is 0.
    gravity = [
        staff * np.exp2(-t) * (t <= 2)
        for x in range(12)
        for staff, t in ((1, x + 0.5), (2, 11.5 - x))
    ]
    assert table["gravity_2_min"].tolist() == pytest.approx(
        np.reshape(gravity, (4, 3, 2)).sum(axis=2).mean(axis=1)
    )


def test_handed_out_places_are_the_staff(tables: dict[str, pd.DataFrame]) -> None:
    """Places per person times people are 3 staff, by both measures that conserve supply."""
    table = tables["access"]
    for measure in ("two_step_fca_2_min_per_5000", "e2sfca_1_2_min_per_5000"):
        assert (table[measure] * table["population"]).sum() / 5000 == pytest.approx(3)
    per_head = table["e2sfca_1_2_min_per_5000"] * table["population"] / 5000
    assert table["staff_available_1_2_min"].tolist() == pytest.approx(per_head.tolist())


@pytest.mark.slow
def test_without_a_roster_measures_of_staff_are_missing_not_zero(bare: Assessment) -> None:
    table = health_office_tables(bare)["access"]
    staff = [name for name in table.columns if re.search("fca|staff|gravity", name)]
    assert len(staff) == 5
    assert table[staff].isna().all(axis=None)
    assert table["units_within_2_min"].tolist() == pytest.approx([2 / 3, 0, 0, 2 / 3])


def test_units_with_host_operator_and_state() -> None:
    """The unit at 12 is run from a polindes, of that at 0 nobody says from what."""
    town = study(UNITS, BUILDINGS)
    town.facilities["host"] = [None, "polindes"]
    town.facilities["operator"] = ["city", "village"]
    table = unit_table(assess(town, settings())).set_index("facility_id")
    assert table["host"].fillna("").to_dict() == {"u0": "", "u3": "polindes"}
    assert table["operator"].to_dict() == {"u0": "city", "u3": "village"}
    assert table["village_name"].tolist() == ["Desa v0", "Desa v3"]
    assert set(table["unit_state"]) == {"active"}


def test_the_unit_nearest_to_most_people_of_each_village() -> None:
    """A street with units at 0 and 12 and villages along it; the middle of v1 and v2 is 6."""
    town = study(UNITS, BUILDINGS)
    town.facilities["host"] = ["pustu", "polindes"]
    answer = assess(town, settings())
    table = nearest_unit_table(answer).set_index("village_id")
    covered = headline_coverage(answer.situation)
    for village, row in table.iterrows():
        own = covered[(covered["village_id"] == village) & covered["is_reachable"]]
        counts = own.groupby("nearest_id")["population"].sum()
        assert row["people_nearest"] == counts.max()
        assert row["facility_id"] == counts.idxmax()
    assert table["host"].map({"pustu": "u0", "polindes": "u3"}).equals(table["facility_id"])
    assert (table["people_nearest"] <= table["population"]).all()


def test_without_a_unit_nobody_has_a_nearest() -> None:
    table = nearest_unit_table(assess(study({}, BUILDINGS), settings()))
    assert table["facility_id"].isna().all()
    assert table["people_nearest"].tolist() == [0] * len(table)


def test_staff_beside_the_norm(whole: Assessment) -> None:
    """A unit needs a nurse, a midwife and two cadres."""
    gaps = staff_tables(whole)["staff_gaps"]
    found = {(row.facility_id, row.profession): (row.present, row.gap) for row in gaps.itertuples()}
    assert found == {
        ("u0", "nurse"): (1, 0), ("u0", "midwife"): (0, 1), ("u0", "cadre"): (0, 2),
        ("u3", "nurse"): (0, 1), ("u3", "midwife"): (2, 0), ("u3", "cadre"): (0, 2),
    }  # fmt: skip
    assert set(gaps["facility_name"]) == {"Unit u0", "Unit u3"}


def test_without_a_roster_gaps_are_missing_and_there_are_no_hours(bare: Assessment) -> None:
    tables = staff_tables(bare)
    assert list(tables) == ["staff_gaps"]
    assert tables["staff_gaps"]["gap"].isna().all()
    assert profile_tables(bare) == {}


def test_who_is_covered_hour_by_hour(whole: Assessment) -> None:
    """Only on Mondays and Sundays from 8 to 12 is anybody there: at 0, within 2 minutes of 20."""
    tables = staff_tables(whole)
    hours = tables["staff_hours"].set_index(["weekday", "hour"])["people"]
    staffed = {(day, hour) for day in (1, 7) for hour in range(8, 12)}
    assert hours[hours > 0].to_dict() == dict.fromkeys(staffed, 20)
    days = tables["staff_days"].set_index("weekday")
    assert days["people_hours"].to_dict() == {1: 80, 7: 80, **dict.fromkeys(range(2, 7), 0)}
    # The toy week works on Mondays and Tuesdays.
    assert days.index[days["is_worst"]].tolist() == [2]
    units = tables["unit_hours"].set_index("facility_id")
    assert units[["open_days", "open_hours"]].to_numpy().tolist() == [[2, 8], [0, 0]]


@pytest.mark.slow
def test_a_closed_unit_is_open_no_day_whatever_its_roster_says() -> None:
    """The nurse at 0 works Mondays and Sundays, but the unit is closed: 0 days, norm not met."""
    town = study(UNITS, BUILDINGS, facilities=OTHERS, staffing=ROSTER)
    town.facilities.loc[town.facilities["facility_id"] == "u0", "status"] = "temporarily_closed"
    tables = health_office_tables(assess(town, settings(need=NEED)))
    hours = tables["unit_hours"].set_index("facility_id")
    assert hours.loc["u0", ["open_days", "open_hours"]].tolist() == [0, 0]
    assert hours["unit_state"].to_dict() == {"u0": "temporarily_closed", "u3": "active"}
    checks = tables["norm_checks"].set_index(["what", "subject"])
    assert not checks.loc[("open_days_per_unit", "Unit u0"), "is_met"]
    gaps = tables["staff_gaps"].set_index(["facility_id", "profession"])
    assert gaps.loc[("u0", "nurse"), ["present", "unit_state"]].tolist() == [
        1,
        "temporarily_closed",
    ]


def test_one_person_more_where_it_covers_most(whole: Assessment) -> None:
    """A shift is Monday and Tuesday from 8 to 12.

    At 12 it covers 20 people for 8 hours, at 0 Tuesday alone is new.
    """
    more = staff_tables(whole)["staff_one_more"]
    assert by_id(more, "people_hours_gained", "facility_id") == {"u3": 160, "u0": 80}
    assert more["facility_id"].tolist() == ["u3", "u0"]


def test_puskesmas_and_the_way_to_help(whole: Assessment) -> None:
    """v0 and v1 belong to the puskesmas at 1, v2 to the one at 11, v3 to none; limit 3 minutes."""
    tables = referral_tables(whole)
    load = tables["puskesmas"].set_index("facility_name")
    assert load["people"].to_dict() == {"Puskesmas Barat": 60, "Puskesmas Timur": 30}
    assert load["people_per_doctor"].tolist() == [60, 15]
    way = tables["referral"].set_index("village_id")
    assert way["puskesmas_mean_minutes_reached"].tolist()[:3] == pytest.approx([2.5 / 3, 3.5, 3.5])
    assert way["puskesmas_id"].tolist()[:3] == ["pkm-barat", "pkm-barat", "pkm-timur"]
    assert pd.isna(way.loc["v3", ["puskesmas_id", "puskesmas_name"]]).all()
    assert way["hospital_mean_minutes_reached"].tolist() == pytest.approx([11.5, 8.5, 5.5, 2.5])
    assert way["hospital_mean_metres_reached"].tolist() == pytest.approx([1150, 850, 550, 250])
    # The hospital stands at 13: of v3 only those at 9.5 walk longer than three minutes.
    assert way["people_beyond"].tolist() == [30, 30, 30, 10]
    pairs = tables["unit_referral"].set_index("facility_id")
    assert pairs["hospital_minutes"].tolist() == pytest.approx([13, 1])
    assert pairs.loc["u0", "puskesmas_minutes"] == pytest.approx(1)
    assert pairs["hospital_name"].tolist() == ["Rumah_Sakit 1"] * 2


@pytest.mark.slow
def test_every_hospital_both_ways_per_purpose() -> None:
    """Hospitals at 13 and 0; on foot a block a minute, an ambulance two. That at 0 has no emergency unit."""
    town = study(UNITS, BUILDINGS, facilities={**OTHERS, "rs-2": ("RUMAH_SAKIT", 0.0)})
    town.facilities["emergency_unit"] = (
        town.facilities["facility_id"].map({"rs-2": "no", "rs-1": "yes"}).astype("object")
    )
    modes = {**settings().modes, "driven": RIDING.model_copy(update={"vehicle": "car"})}
    found = hospital_tables(assess(town, settings(modes=modes)))
    table = found["village_hospitals"].set_index(["hospital_id", "village_id"])
    assert table["referral_to_minutes"].loc["rs-1"].tolist() == pytest.approx([11.5, 8.5, 5.5, 2.5])
    assert table["referral_back_minutes"].loc["rs-2"].tolist() == pytest.approx(
        [1.5, 4.5, 7.5, 10.5]
    )
    for trip in ("emergency_out_minutes", "emergency_in_minutes"):
        assert table[trip].loc["rs-1"].tolist() == pytest.approx([5.75, 4.25, 2.75, 1.25], abs=1e-3)
        assert table[trip].loc["rs-2"].isna().all()
    units = found["unit_hospitals"].set_index(["facility_id", "hospital_id"])
    assert units["referral_to_minutes"].to_dict() == pytest.approx(
        {("u0", "rs-1"): 13, ("u0", "rs-2"): 0, ("u3", "rs-1"): 1, ("u3", "rs-2"): 12}
    )
    assert table["emergency_unit"].loc["rs-2"].tolist() == ["no"] * 4


def test_of_many_hospitals_each_place_has_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hospitals at 13 and 0: two villages and a unit at either end of the street."""
    monkeypatch.setattr(hospital_module, "NEAREST_HOSPITALS", 1)
    town = study(UNITS, BUILDINGS, facilities={**OTHERS, "rs-2": ("RUMAH_SAKIT", 0.0)})
    found = hospital_tables(assess(town, settings()))
    table = found["village_hospitals"].set_index("village_id")
    assert table["hospital_id"].tolist() == ["rs-2", "rs-2", "rs-1", "rs-1"]
    assert table["referral_to_minutes"].tolist() == pytest.approx([1.5, 4.5, 5.5, 2.5])
    assert found["unit_hospitals"]["hospital_id"].tolist() == ["rs-2", "rs-1"]


@pytest.mark.slow
def test_without_a_hospital_or_a_car_nothing_is_made_up() -> None:
    none = hospital_tables(assess(study(UNITS, BUILDINGS), settings()))
    assert all(table.empty for table in none.values())
    on_foot = hospital_tables(assess(study(UNITS, BUILDINGS, facilities=OTHERS), settings()))
    assert on_foot["unit_hospitals"]["emergency_in_minutes"].isna().all()


@pytest.mark.slow
def test_a_hospital_closed_on_the_day_takes_nobody() -> None:
    town = study(UNITS, BUILDINGS, facilities=OTHERS)
    is_hospital = town.facilities["kind"] == "RUMAH_SAKIT"
    town.facilities.loc[is_hospital, "status"] = "temporarily_closed"
    way = referral_tables(assess(town, settings()))["referral"]
    assert np.isinf(way["hospital_mean_minutes_reached"]).all()
    assert way["hospital_people_without_way"].tolist() == [30] * 4
    assert way["people_beyond"].tolist() == [30] * 4


@pytest.mark.parametrize("vehicle", ["car", "ambulance"])
@pytest.mark.slow
def test_an_ambulance_comes_from_the_hospital_at_the_speed_of_a_car(vehicle: str) -> None:
    """200 m a minute: half the minutes that walking takes to the hospital at 13."""
    town = study(UNITS, BUILDINGS, facilities=OTHERS)
    driven = RIDING.model_copy(update={"vehicle": vehicle})
    modes = {**settings().modes, "driven": driven}
    way = referral_tables(assess(town, settings(modes=modes)))["referral"]
    for trip in ("ambulance_out_minutes", "ambulance_in_minutes"):
        assert way[trip].astype(float).tolist() == pytest.approx([5.75, 4.25, 2.75, 1.25], abs=1e-3)


def test_standards_and_services(whole: Assessment) -> None:
    """Both units have a pharmacy and reach 40 people, the one at 0 takes emergencies: 20."""
    tables = profile_tables(whole)
    met = tables["standards"].set_index("facility_id")
    assert met[["met", "known"]].to_numpy().tolist() == [[2, 3], [0, 1]]
    assert met["percent_met"].tolist() == pytest.approx([200 / 3, 0])
    services = tables["services"].set_index("service")
    assert services.loc["pharmacy", ["units", "people"]].tolist() == [2, 40]
    assert services.loc["emergency", ["units", "people"]].tolist() == [1, 20]
    assert services.loc["inpatient", ["units", "people"]].tolist() == [0, 0]
    # No puskesmas or hospital has listed its services: three facilities.
    assert services.loc["pharmacy", ["facilities", "people_everywhere"]].tolist() == [2, 40]
    assert set(services["facilities_unlisted"]) == {3}


@pytest.mark.slow
def test_services_at_all_facilities_stand_beside_those_at_village_units() -> None:
    """The puskesmas at 1 takes emergencies (0 to 3: 30 people), and so does the hospital at 13."""
    town = study(UNITS, BUILDINGS, facilities=OTHERS, profiles=pd.DataFrame(
        {"facility_id": ["u0", "pkm-barat"], "services": ["pharmacy", "emergency"],
         "evidence": "reported"}))  # fmt: skip
    is_hospital = town.facilities["facility_id"] == "rs-1"
    town.facilities["emergency_unit"] = is_hospital.map({True: "yes", False: "no"}).astype("object")
    services = profile_tables(assess(town, settings()))["services"].set_index("service")
    assert services.loc["emergency", ["units", "people"]].tolist() == [0, 0]
    # Within two minutes of 1: 0.5 to 2.5; of 13: 11.5.
    assert services.loc["emergency", ["facilities", "people_everywhere"]].tolist() == [2, 40]
    assert services.loc["emergency", "share_everywhere_percent"] == pytest.approx(100 / 3)
    assert services.loc["pharmacy", ["facilities", "people_everywhere"]].tolist() == [1, 20]
    assert set(services["facilities_unlisted"]) == {2}


@pytest.mark.slow
def test_the_share_of_emergencies_is_a_programme_figure() -> None:
    """40 of 80 referrals of v0, 10 of 40 of v1: half and a quarter, 50 of 120 in West."""
    some = street(indicators=programme(referrals=[80, 40, np.nan, np.nan],
                                       emergency_referrals=[40, 10, np.nan, np.nan]))  # fmt: skip
    table = health_office_tables(some)["indicators"]
    rows = table[table["indicator"] == "emergency_referrals"].set_index("village_name")["rate"]
    assert rows["Desa v0"] == pytest.approx(50)
    assert rows["Desa v1"] == pytest.approx(25)
    assert np.isnan(rows["Desa v2"])


def test_evenness_of_the_city_and_its_mirrored_districts(tables: dict[str, pd.DataFrame]) -> None:
    """Minutes 0.5 to 5.5 of ten people each: mean 3, mean difference 35/18, Gini 35/18/6.

    In West two thirds are beyond two minutes; poverty is a third among those near the unit
    and among those far from it in West, two thirds in East.
    """
    table = tables["equity"].set_index("area")
    assert table.index.tolist() == ["kota", "East", "West"]
    assert table["people"].tolist() == [120, 60, 60]
    assert table["people_beyond"].tolist() == [80, 40, 40]
    minutes = np.arange(6) + 0.5
    gini = np.abs(minutes[:, None] - minutes).mean() / (2 * minutes.mean())
    assert table["gini"].tolist() == pytest.approx([gini] * 3)
    theil = (minutes / 3 * np.log(minutes / 3)).mean()
    assert table["theil"].tolist() == pytest.approx([theil] * 3)
    assert table["p10_minutes"].tolist() == [0.5] * 3
    assert table["p90_minus_p10_minutes"].tolist() == [5.0] * 3
    assert table["palma"].isna().all()
    between = 0.5 * (0.5 * np.log(0.5) + 1.5 * np.log(1.5))
    assert table["theil_between_villages"].tolist() == pytest.approx([between] * 3)
    assert table.loc["kota", "theil_between_districts"] == pytest.approx(0)
    assert table["theil_between_districts"].isna().tolist() == [False, True, True]
    # Of six, 2.5 to 5.5 are 1/4, 3/4, 5/4 and 7/4 of two minutes beyond two minutes.
    assert table["fgt_gap"].tolist() == pytest.approx([4 / 6] * 3)
    assert table["fgt_severity"].tolist() == pytest.approx([5.25 / 6] * 3)
    assert table["palma_by_income"].isna().all()
    # Everybody in a district is as poor as everybody else: nothing can be concentrated.
    assert table["concentration_by_poverty"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)


def test_evenness_of_staff_counts_everybody(tables: dict[str, pd.DataFrame]) -> None:
    """An even share of 3 staff for 120 people is 1/40; 80 have none, the others 1/30 to 2/15."""
    table = tables["equity_of_staff"].set_index("area")
    assert table["even_staff_per_5000"].tolist() == pytest.approx([125] * 3)
    assert table["people_below_even"].tolist() == [80, 40, 40]
    assert table["people_without_staff"].tolist() == [80, 40, 40]
    assert table["staff_fgt_gap"].tolist() == pytest.approx([2 / 3] * 3)
    has = np.r_[np.zeros(8), 1 / 15, 1 / 30, 2 / 15, 2 / 30]
    gini = np.abs(has[:, None] - has).mean() / (2 * has.mean())
    assert table.loc["kota", "staff_gini"] == pytest.approx(gini)
    # West has 1 of 3 staff and half of the people.
    between = (2 / 3 * np.log(2 / 3) + 4 / 3 * np.log(4 / 3)) / 2
    assert table.loc["kota", "staff_theil_between_districts"] == pytest.approx(between)
    assert set(table["evidence"]) == {"assumed"}


def test_without_a_roster_nothing_is_said_of_the_evenness_of_staff(bare: Assessment) -> None:
    table = health_office_tables(bare)["equity_of_staff"]
    assert table["people"].tolist() == [120, 60, 60]
    assert table.filter(regex="staff|even").isna().all(axis=None)


@pytest.mark.slow
def test_where_income_is_known_palma_follows_it() -> None:
    """On 60 homes, v0 and v3 poor (mean 1.5 minutes), v1 rich (4.5): 0.1 * 4.5 / 0.4 * 1.5."""
    town = study(UNITS, BUILDINGS)
    town.villages["mean_income_rupiah"] = [1e6, 9e6, 2e6, 1e6]
    fine = settings().model_copy(
        update={"demand": settings().demand.model_copy(update={"spacing_m": 20})}
    )
    city = health_office_tables(assess(town, fine))["equity"].iloc[0]
    assert city["palma_by_income"] == pytest.approx(0.1 * 4.5 / (0.4 * 1.5))


@pytest.mark.slow
def test_where_poverty_is_not_known_everywhere_there_is_no_concentration() -> None:
    some = street(indicators=programme(poor_or_near_poor=[10, 10, 20, np.nan]))
    table = health_office_tables(some)["equity"].set_index("area")
    assert table["concentration_by_poverty"].isna().tolist() == [True, True, False]


@pytest.mark.slow
def test_where_nobody_reaches_a_unit_there_is_no_index() -> None:
    table = health_office_tables(assess(study({}, BUILDINGS), settings()))["equity"]
    assert table["people_beyond"].tolist() == [120, 60, 60]
    assert table[["gini", "theil", "p90_minus_p10_minutes"]].isna().all(axis=None)
    assert np.isinf(table[["p10_minutes", "p90_minutes"]]).all(axis=None)
    assert table["unreachable"].tolist() == [120, 60, 60]


@pytest.mark.slow
def test_where_nobody_lives_there_is_no_index_and_no_percentile() -> None:
    need = (criterion("people_beyond", 100),)
    empty = assess(study(UNITS, BUILDINGS, people=(0, 0, 0, 0)), settings(need=need))
    (row,) = health_office_tables(empty)["equity"].to_dict("records")
    assert (row["area"], row["people"], row["people_beyond"]) == ("kota", 0, 0)
    asked = ("gini", "theil", "p10_minutes", "p90_minutes", "p90_minus_p10_minutes")
    assert all(np.isnan(row[name]) for name in asked)


@pytest.mark.slow
def test_a_district_where_nobody_lives_has_no_row() -> None:
    need = (criterion("people_beyond", 100),)
    west = assess(study(UNITS, BUILDINGS, people=(30, 30, 0, 0)), settings(need=need))
    table = health_office_tables(west)["equity"].set_index("area")
    assert table["people"].to_dict() == {"kota": 60, "West": 60}
    assert table.loc["West", "p10_minutes"] == 0.5


def test_doctors_and_posyandu_of_the_street(tables: dict[str, pd.DataFrame]) -> None:
    """90 people need one doctor each at two puskesmas, which they have; cadres 56 for 10 posyandu."""
    doctors = tables["doctors"].set_index("area")
    assert doctors["doctors_needed"].tolist() == [1, 1, 2]
    assert doctors["doctors_missing"].tolist() == [0, 0, 0]
    # v0 and v1 have 50 registered, v2 25; v3, of which nobody knows, is in no work area.
    assert doctors["participants"].tolist() == [50, 25, 75]
    posyandu = tables["posyandu"].set_index("area")
    assert posyandu["cadres_at_5_missing"].tolist() == [0, 0, 0, 0, 0]
    assert posyandu["cadres_at_15_missing"].tolist() == [10, 20, 30, 34, 94]
    city = posyandu.loc["kota"]
    assert [city["posyandu"], city["posyandu_cadres"], str(city["source"])] == [10, 56, "inputs"]


@pytest.mark.slow
def test_where_villages_have_no_cadres_the_city_has_those_it_reports() -> None:
    some = street(
        indicators=programme(posyandu=[1, 2, 3, 4]), figures=reported(F_CADRE=80, F_POSYANDU=9)
    )
    table = health_office_tables(some)["posyandu"].set_index("area")
    assert table["posyandu"].tolist() == [1, 2, 3, 4, 10]
    assert table["posyandu_cadres"].fillna(-1).tolist() == [-1, -1, -1, -1, 80]
    assert str(table.loc["kota", "source"]) == "inputs; F-CADRE: Dinas"


def test_norms_beside_what_was_found(tables: dict[str, pd.DataFrame]) -> None:
    """56 cadres for 10 posyandu: enough by one norm, too few by the one it conflicts with."""
    table = tables["norm_checks"].set_index(["what", "subject", "norm_id"])
    value, is_met = table["value"].to_dict(), table["is_met"].to_dict()
    assert value["villages_with_unit", "", "N-UPKDK-DESA"] == 50
    assert value["cadres_per_posyandu", "", "N-POSY-5"] == pytest.approx(5.6)
    assert is_met["cadres_per_posyandu", "", "N-POSY-5"]
    assert not is_met["cadres_per_posyandu", "", "N-POSY-15"]
    assert value["people_per_puskesmas", "Puskesmas Barat", "N-PKM-30000"] == 60
    assert value["people_per_doctor", "Puskesmas Timur", "N-DOK-BPJS"] == 15
    assert not is_met["midwife_per_unit", "Unit u0", "N-SDM-MIDWIFE"]
    assert is_met["nurse_per_unit", "Unit u0", "N-SDM-NURSE"]
    assert value["open_days_per_unit", "Unit u0", "N-BUKA"] == 2
    kinds = table["evidence"].groupby(level="what").agg(set).to_dict()
    assert kinds["villages_with_unit"] == {"reported"}
    assert kinds["cadres_per_posyandu"] == {"estimated"}
    assert kinds["nurse_per_unit"] == {"inferred"}


def test_no_data_is_no_verdict(bare: Assessment) -> None:
    table = health_office_tables(bare)["norm_checks"]
    unknown = table[table["what"].isin(["cadres_per_posyandu", "nurse_per_unit"])]
    assert len(unknown) == 4
    assert unknown[["value", "is_met"]].isna().all(axis=None)
    assert "open_days_per_unit" not in set(table["what"])


@pytest.mark.parametrize(
    "indicators", [None, programme(posyandu=[0, 0, 0, 0], posyandu_cadres=[5, 5, 5, 5])]
)
@pytest.mark.slow
def test_cadres_of_reported_figures_where_the_inputs_lack_a_ratio(indicators: Any) -> None:
    some = street(indicators=indicators, figures=reported(F_CADRE=30, F_POSYANDU=12))
    checks = health_office_tables(some)["norm_checks"]
    found = checks.loc[checks["what"] == "cadres_per_posyandu", "value"]
    assert found.tolist() == [2.5, 2.5]


def test_ranks_over_all_draws(whole: Assessment) -> None:
    """v1 and v2 mirror each other in minutes, and v2 is poorer: it is first in every draw."""
    tables = acceptability_tables(whole)
    ranks = tables["rank_acceptability"].set_index("village_id")
    assert ranks["rank_1"].to_dict() == {"v1": 0, "v2": 1}
    assert (ranks[["rank_1", "rank_2"]].sum(axis=1) == 1).all()
    wins = tables["pairwise_wins"].set_index(["village_id", "other_village_id"])
    assert wins["share_before"].to_dict() == {("v2", "v1"): 1}
    central = tables["central_weights"].set_index("village_id")
    assert central.loc["v2", ["mean_minutes", "poor_percent"]].sum() == pytest.approx(1)
    assert central.loc["v1"].drop("village_name").isna().all()


@pytest.mark.slow
def test_without_villages_to_rank_there_are_no_shares_of_ranks() -> None:
    everywhere = {f"u{n}": (name, 3.0 * n) for n, name in enumerate(IDS)}
    assert acceptability_tables(assess(study(everywhere), settings())) == {}


@pytest.mark.slow
def test_ranks_by_where_people_live(bare: Assessment) -> None:
    """By streets v1 and v2 tie; if all of v1 live at 5.9 they walk farther than those of v2."""
    corner = bare.study.villages.geometry.iloc[0].bounds
    x, y = corner[0], (corner[1] + corner[3]) / 2
    blocks = np.array([0.5, 5.9, 8.5, 11.5])
    places = PeoplePlaces(
        xy=np.column_stack([x + 100 * blocks, np.full(4, y)]),
        village=np.arange(4), weight=np.ones(4), evidence="estimated",
    )  # fmt: skip
    town = replace(bare.study, homes={"footprints": places})
    table = demand_sources(assess(town, settings())).set_index("village_id")
    assert table["rank_streets"].to_dict() == {"v1": 1, "v2": 1}
    assert table["rank_footprints"].to_dict() == {"v1": 1, "v2": 2}
    assert list(demand_sources(bare).columns) == ["village_id", "village_name", "rank_streets"]


@pytest.mark.slow
def test_abroad_no_table_speaks_of_a_norm_or_an_instrument_of_indonesia() -> None:
    made = study(
        UNITS, BUILDINGS, facilities=OTHERS, staffing=ROSTER, figures=reported(F_NEW_NURSE=5)
    )
    tables = health_office_tables(assess(replace(made, country="Comoros"), settings(need=NEED)))
    staff = tables["staff_gaps"]
    assert staff["norm"].isna().all()
    assert staff["gap"].isna().all()
    assert staff["present"].notna().any(), "what is present is still said"
    assert tables["norm_checks"].empty
    assert tables["instruments"].empty
    assert tables["instrument_terms"].empty
    assert set(tables["actions"]["norm_id"]) == {""}
    assert tables["doctors"]["doctors_needed"].isna().all()
    assert tables["figures"]["found"].isna().all()
