"""The mission row by row: each figure it names, the table that has it, and its evidence."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.site_choice import SiteChoice
from batu_geo.domain.tables import EVIDENCE
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.text.column_headings import column_words, table_title
from tests.planning.street import IDS, criterion, roster, settings, study
from tests.toy import RIDING

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
OTHERS = {"pkm-barat": ("PUSKESMAS", 1.0), "pkm-timur": ("PUSKESMAS", 11.0),
          "rs-1": ("RUMAH_SAKIT", 13.0)}  # fmt: skip
# What the mission names: the table, and the columns of it that have to be known somewhere.
ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "18 of 24 villages have a unit": ("four_coverages", ("value", "of", "percent")),
    "unit, host, operator, state": ("units", ("host", "operator", "unit_state")),
    "nearest unit and its host": ("nearest_units", ("facility_name", "host", "people_nearest")),
    "193 posyandu, 2,322 cadres": ("posyandu", ("posyandu", "posyandu_cadres", "cadres_at_5_missing",
                                                "cadres_at_15_missing")),
    "17 doctors, 1:5,000": ("doctors", ("doctors_needed", "doctors_missing", "doctors_added",
                                        "doctors_missing_after", "even_added")),
    "one nurse and one midwife a unit": ("staff_gaps", ("present", "norm", "gap", "unit_state")),
    "closed when the midwife is away": ("unit_hours", ("open_days", "open_hours", "unit_state")),
    "hospitals from villages": ("village_hospitals", ("referral_to_minutes",
                                                      "referral_back_minutes",
                                                      "emergency_out_minutes",
                                                      "emergency_in_minutes")),
    "hospitals from units": ("unit_hospitals", ("referral_to_minutes", "emergency_in_minutes")),
    "emergencies at units and anywhere": ("services", ("people", "people_everywhere")),
    "CKG 34.05 %": ("figures", ("reported", "found", "difference_reason")),
    "JKN, stunting, share of emergencies": ("indicators", ("count", "rate")),
    "staff by village": ("access", ("staff_available_1_2_min", "e2sfca_1_2_min_per_5000")),
    "even minutes": ("equity", ("gini", "theil_between_villages", "fgt_gap")),
    "capacity: people assigned, people nearest": ("plan_units", ("people_sent", "people_nearest",
                                                                 "people_per_unit")),
    "build, upgrade, enlarge, costs by payer": ("building_costs", ("action", "city_rupiah",
                                                                   "village_fund_rupiah")),
    "legal basis of a building": ("instruments", ("instrument", "needs_other_basis")),
    "order of building, regret by year": ("building_order", ("year", "people_added",
                                                            "regret_people",
                                                            "year_regret_people")),
    "first to do": ("actions", ("action", "missing", "owner")),
    "even staff": ("equity_of_staff", ("staff_gini", "staff_fgt_gap", "people_below_even")),
}  # fmt: skip
PROGRAMMES = {
    "ckg_participants": [15, 12, 20, 30], "posyandu": [1, 2, 3, 4],
    "posyandu_cadres": [5, 10, 15, 26], "jkn_registered": [20, 30, 25, 30],
    "jkn_active": [10, 15, 20, 30], "children_under_5": [10, 12, 14, 16],
    "stunted_children": [5, 6, 7, 8], "referrals": [20, 20, 20, 20],
    "emergency_referrals": [10, 10, 10, 10],
}  # fmt: skip
FIGURES = pd.DataFrame(
    {
        "figure_id": ["F-CKG", "F-POP", "F-CKG-PCT"], "value": [76_763, 225_408, 34.05],
        "meaning": "angka", "meaning_en": "figure", "unit": "percent",
        "date": "2025-12-22", "source": "berita", "evidence": "reported",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def town() -> Assessment:
    """Return the street with every input that the mission asks for."""
    whole = study(
        UNITS,
        {"b1": ("v1", 4.0)},
        facilities=OTHERS,
        staffing=roster(
            ("u0", "nurse", 1, "1-5", "08:00", "12:00"),
            ("u3", "midwife", 1, "1-5", "08:00", "12:00"),
            ("pkm-barat", "doctor", 1, None, None, None),
            ("pkm-timur", "doctor", 1, None, None, None),
        ),
        indicators=pd.DataFrame({"village_id": list(IDS), **PROGRAMMES}),
        profiles=pd.DataFrame(
            {"facility_id": ["u0"], "services": ["pharmacy"], "evidence": "reported"}
        ),
        figures=FIGURES,
        costs=pd.DataFrame(
            [(name, "works", payer, "once", 5) for name in ("b1", "u0")
             for payer in ("city", "village_fund")],
            columns=["building_id", "item", "payer", "period", "rupiah"],
        ),
    )  # fmt: skip
    whole.facilities["host"] = "polindes"
    modes = {**settings().modes, "driven": RIDING.model_copy(update={"vehicle": "car"})}
    siting = SiteChoice(model="capacitated_mclp", people_per_unit=40, site_count=1, source="toy")
    need = (criterion("mean_minutes", 9),)
    return assess(whole, settings(modes=modes, need=need, siting=siting))


@pytest.mark.slow
def test_build_and_enlarge_stand_with_what_each_costs_whom(town: Assessment) -> None:
    costs = health_office_tables(town)["building_costs"].set_index("site_id")
    assert costs["action"].to_dict() == {"b1": "open_unit", "u0": "enlarge_unit"}
    assert costs["once_rupiah"].to_list() == [10, 10]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.slow
def test_each_figure_of_the_mission_has_its_table_with_evidence(town: Assessment, row: str) -> None:
    name, columns = ROWS[row]
    table = health_office_tables(town)[name]
    for column in columns:
        assert table[column].notna().any(), (row, column)
    assert set(table["evidence"]) <= set(EVIDENCE), row


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("row", ROWS)
def test_its_table_and_columns_have_words_in_both_languages(row: str, language) -> None:
    name, columns = ROWS[row]
    assert table_title(name, language) != name
    for column in columns:
        heading = column_words(column, language).heading
        assert not re.search("[a-z]_[a-z]", heading), (row, column)
        assert "{" not in heading


@pytest.mark.slow
def test_the_figures_themselves(town: Assessment) -> None:
    """CKG cut off at 34.05; of 105 registered 75 active; half of the referrals are emergencies."""
    tables = health_office_tables(town)
    ckg = tables["figures"].set_index("figure_id").loc["F-CKG-PCT"]
    assert (ckg["reported"], ckg["difference_reason"]) == (34.05, "cut_off")
    assert ckg["found"] == pytest.approx(34.0551, abs=1e-4)
    rates = tables["indicators"].set_index(["indicator", "village_name"])["rate"]
    assert rates["jkn_active", "kota"] == pytest.approx(100 * 75 / 105)
    assert rates["emergency_referrals", "kota"] == pytest.approx(50)
    assert rates["stunted_children", "Desa v0"] == pytest.approx(50)
    available = tables["access"]["staff_available_1_2_min"]
    assert available.sum() == pytest.approx(2)
    assert np.isfinite(tables["equity"]["fgt_gap"]).all()
