"""Legal ways to use a building, by its owner and the documents that the ledger lists."""

from __future__ import annotations

import pandas as pd

from batu_geo.siting.buildings.instruments import instrument_options, instrument_terms


def test_a_building_of_the_city_is_lent_for_a_time_or_changes_its_user() -> None:
    """Of what each way needs, the ledger lists the decree and the letter."""
    sites = pd.DataFrame(
        {"site_id": ["a"], "building_name": ["Balai"], "owner": ["city"],
         "documents": ["usage_decree request_letter"]}
    )  # fmt: skip
    found = instrument_options(sites)
    assert found[["site_id", "building_name", "owner"]].to_numpy().tolist() == [
        ["a", "Balai", "city"]
    ] * 2  # fmt: skip
    missing = {row.instrument: row.documents_missing.rows for row in found.itertuples()}
    assert missing == {
        "temporary_use": ("agreement", "mayor_approval"),
        "change_of_use": ("new_usage_decree",),
    }
    assert found["needs_other_basis"].tolist() == [False, False]


def test_property_of_a_village_needs_another_basis_and_an_unknown_owner_has_no_way() -> None:
    sites = pd.DataFrame(
        {
            "site_id": ["a", "b"],
            "building_name": ["Balai", "Rumah"],
            "owner": ["village", "unknown"],
        }
    )
    found = instrument_options(sites)
    assert found["site_id"].tolist() == ["a"] * len(found)
    assert found["needs_other_basis"].all()
    loan = found.set_index("instrument").loc["loan_for_use"]
    assert loan["documents_missing"].rows == ("request_letter", "agreement", "owner_approval")


def test_every_way_has_its_terms_in_both_languages_and_where_they_stand() -> None:
    assert instrument_terms("Comoros").empty
    terms = instrument_terms()
    assert terms.columns.tolist() == [
        "instrument", "name_id", "name_en", "terms_id", "terms_en", "source", "instrument_evidence",
    ]  # fmt: skip
    assert terms.notna().all(axis=None)
    assert (terms != "").all(axis=None)
    names = terms.set_index("instrument")[["name_id", "name_en"]]
    assert names.loc["loan_for_use"].tolist() == ["pinjam pakai", "loan for use"]
