"""Reported figures, four kinds of coverage, standards and services, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.programmes import (
    figures_beside,
    four_words,
    norm_check,
    norm_table,
    people_by_service,
    standards_met,
)
from batu_geo.access.protected import protect
from batu_geo.domain.contracts import SERVICES, STANDARD_ITEMS
from batu_geo.domain.norms import norms
from tests.toy import villages
from tests.toy_access import PEOPLE, TOWN

AREA = villages(a=100, b=200, c=100)
STATUS = pd.Series({"a": "open", "b": "closed", "c": "none"})
CITY = pd.DataFrame(
    {"mode": ["foot", "foot"], "threshold_minutes": [15.0, 30.0], "served": [120, 300],
     "population": [400, 400]}
)  # fmt: skip


def figures(**values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "figure_id": list(values),
            "meaning": "arti",
            "meaning_en": "meaning",
            "unit": "people",
            "date": "2025-12-22",
            "source": "berita",
            "evidence": "reported",
            "value": list(values.values()),
        }
    ).assign(figure_id=[name.replace("_", "-") for name in values])


def words(indicators: pd.DataFrame | None = None, **reported: float) -> pd.DataFrame:
    known = pd.DataFrame(index=["a", "b", "c"]) if indicators is None else indicators
    told = protect(AREA, known.rename_axis("village_id").reset_index())
    beside = figures_beside(figures(**reported), {})
    return four_words(STATUS, CITY, told, beside).set_index("word")


def test_a_contradiction_stands_beside_the_figure_reported() -> None:
    """191 posyandu in the table, 193 reported; nobody knows the cadres."""
    found = figures_beside(
        figures(F_POSYANDU=193, F_CADRE=2322),
        {"F-POSYANDU": (191.0, "indicators"), "F-CADRE": (np.nan, "indicators")},
    ).set_index("figure_id")
    assert found.loc["F-POSYANDU", ["reported", "found", "difference"]].tolist() == [193, 191, -2]
    assert found.loc["F-POSYANDU", "found_in"] == "indicators"
    assert np.isnan(found.loc["F-CADRE", "found"])
    assert found.loc["F-CADRE", "found_in"] == ""


def test_a_figure_nobody_looked_for_is_no_data_and_not_zero() -> None:
    found = figures_beside(figures(F_CKG=76_763), {})
    assert found["found"].isna().all()
    assert found["difference"].isna().all()


def test_no_reported_figures_give_an_empty_table() -> None:
    assert figures_beside(None, {}).empty


def test_villages_with_a_unit_are_not_villages_with_an_open_one() -> None:
    found = words()
    assert found.loc["cakupan_unit", ["value", "of"]].tolist() == [2, 3]
    assert found.loc["cakupan_unit_buka", ["value", "of"]].tolist() == [1, 3]


def test_people_within_reach_stand_by_mode_and_threshold() -> None:
    reach = words().loc["cakupan_jangkauan"]
    assert reach["percent"].tolist() == [30, 75]
    assert reach[["mode", "threshold_minutes", "value", "of"]].to_numpy().tolist() == [
        ["foot", 15, 120, 400], ["foot", 30, 300, 400],
    ]  # fmt: skip


def test_membership_activeness_and_uptake_are_three_shares() -> None:
    """Registered 80 + 150 of 300 people; active 40 of 80, as b says nothing; screened 30 of 100."""
    known = pd.DataFrame(
        {
            "jkn_registered": [80, 150, np.nan],
            "jkn_active": [40, np.nan, np.nan],
            "ckg_participants": [30, np.nan, np.nan],
        },
        index=["a", "b", "c"],
    )
    found = words(known)
    assert found.loc["kepesertaan_jkn", ["value", "of", "villages_known"]].tolist() == [230, 300, 2]
    assert found.loc["keaktifan_jkn", ["value", "of", "villages_known"]].tolist() == [40, 80, 1]
    assert found.loc["cakupan_layanan_ckg", "percent"] == 30
    assert found.loc["keaktifan_jkn", "source"] == "inputs"


def test_without_a_table_the_uptake_is_the_reported_one_with_its_source() -> None:
    found = words(F_CKG=76_763, F_POP=225_408).loc["cakupan_layanan_ckg"]
    assert found["percent"] == pytest.approx(34.055, abs=5e-4)
    assert found["source"] == "berita, 2025-12-22"
    assert pd.isna(found["villages_known"])


def test_what_nobody_says_is_missing() -> None:
    found = words()
    for word in ("kepesertaan_jkn", "keaktifan_jkn", "cakupan_layanan_ckg"):
        assert pd.isna(found.loc[word, "value"])
        assert found.loc[word, "source"] == ""


def test_standards_met_are_shares_of_what_is_known() -> None:
    """Three of four known items: 75 per cent, whatever the four unknown are."""
    profile = dict.fromkeys(STANDARD_ITEMS, None) | {
        "water": "yes", "power": "yes", "toilet": "yes", "ramp": "no", "waste": "unknown",
    }  # fmt: skip
    nothing = dict.fromkeys(STANDARD_ITEMS, "unknown")
    table = pd.DataFrame([{"facility_id": "U", **profile}, {"facility_id": "V", **nothing}]).assign(
        evidence="illustrative"
    )
    found = standards_met(table)
    assert found["met"].tolist() == [3, 0]
    assert found["known"].tolist() == [4, 0]
    assert found["percent_met"].tolist() == pytest.approx([75, np.nan], nan_ok=True)


def test_people_within_reach_of_a_service() -> None:
    """Within 15 minutes U serves 400 people, V 200 of them; only V has a laboratory."""
    profiles = pd.DataFrame(
        {
            "facility_id": ["U", "V", "Z"],
            "services": ["maternal_child", "maternal_child laboratory", "inpatient"],
        }
    )
    found = people_by_service(TOWN, PEOPLE, profiles, threshold_minutes=15).set_index("service")
    assert found.index.tolist() == list(SERVICES)
    assert found.loc["maternal_child", ["units", "people"]].tolist() == [2, 400]
    assert found.loc["laboratory", ["units", "people"]].tolist() == [1, 200]
    assert found.loc["laboratory", "share_percent"] == pytest.approx(100 * 200 / 650)
    # Z offers beds, but is no open unit of the table of minutes.
    assert found.loc["inpatient", ["units", "people"]].tolist() == [0, 0]


def test_a_unit_without_services_or_profile_offers_none() -> None:
    profiles = pd.DataFrame({"facility_id": ["U"], "services": [None]})
    assert people_by_service(TOWN, PEOPLE, profiles, threshold_minutes=15)["people"].sum() == 0


def test_both_sides_of_a_conflict_stand_in_the_table() -> None:
    checks = [norm_check("cadres", 12.03, n) for n in ("N-POSY-5", "N-POSY-15", "N-PERWALI")]
    table = norm_table(checks)
    assert table["is_met"].tolist()[:2] == [True, False]
    assert pd.isna(table["is_met"][2])
    assert table["conflicts_with"].tolist() == ["N-POSY-15", "N-POSY-5", ""]


def test_a_comparison_carries_its_norm_whole() -> None:
    norm = norms()["N-POSY-5"]
    told = norm_check("cadres", 12.03, "N-POSY-5", "Temas")
    assert told == {
        "what": "cadres", "subject": "Temas", "value": 12.03, "norm_id": "N-POSY-5",
        "norm": norm.value, "comparison": norm.comparison, "is_met": True, "source": norm.source,
        "article": norm.article, "date": norm.date, "status": norm.status,
        "norm_evidence": norm.evidence, "conflicts_with": norm.conflicts_with,
    }  # fmt: skip
    assert norm_check("cadres", 12.03, "N-POSY-5")["subject"] == ""


@pytest.mark.parametrize("nothing", [None, np.nan])
def test_without_a_value_nobody_says_whether_a_norm_is_met(nothing: float | None) -> None:
    table = norm_table([norm_check("cadres", nothing, "N-POSY-5")])
    assert table["is_met"].isna().all()
    assert table["value"].isna().all()
    assert (table["is_met"].dtype, table["value"].dtype) == ("boolean", "float64")


def test_a_share_of_two_figures_no_village_has_both_of_is_not_told() -> None:
    """Village a knows who is registered, b who is active: no village has both."""
    known = pd.DataFrame(
        {"jkn_registered": [90.0, np.nan, np.nan], "jkn_active": [np.nan, 80.0, np.nan]},
        index=["a", "b", "c"],
    )
    found = words(known)
    assert found.loc["keaktifan_jkn", ["value", "of", "percent"]].isna().all()
    assert found.loc["keaktifan_jkn", "source"] == ""
    assert found.loc["kepesertaan_jkn", ["value", "of"]].tolist() == [90, 100]
    assert found.loc["kepesertaan_jkn", "villages_known"] == 1


@pytest.mark.parametrize(
    ("reported", "found", "reason"),
    [
        (34.05, 34.05, ""),
        (34.05, 34.0551, "cut_off"),
        (34.06, 34.0551, "rounded"),
        (34.06, 34.0649, "rounded"),
        (34.05, 34.06, ""),
        (34.06, 34.0499, ""),
        (34.0, 34.5, "rounded"),
        (35.0, 35.9, "cut_off"),
        (7.0, np.nan, ""),
        (7.0, np.inf, ""),
    ],
)
def test_decimals_alone_are_said_to_be_rounded_or_cut_off(
    reported: float, found: float, reason: str
) -> None:
    """As many decimals as the figure was reported with; half a unit goes to the even one."""
    beside = figures_beside(figures(F_CKG=reported), {"F-CKG": (found, "indicators")})
    assert beside["difference_reason"].tolist() == [reason]
