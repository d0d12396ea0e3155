"""How sure it is which villages have no unit, said from the classes of the rows alone."""

from __future__ import annotations

import pandas as pd
import pytest

from batu_geo.render.text.which_villages import (
    people_estimated,
    to_confirm,
    what_binds,
    which_villages,
)


def gaps(*evidence: str, bound_by: str = "roads", without: str = "assumed") -> pd.DataFrame:
    return pd.DataFrame(
        {"village_name": [f"Desa {n}" for n in range(len(evidence))], "unit_evidence": evidence,
         "rank_evidence": "illustrative", "rank_evidence_bound_by": bound_by,
         "rank_evidence_without": without}
    )  # fmt: skip


def test_villages_stand_by_their_class_and_those_named_nowhere_are_told() -> None:
    said = which_villages(gaps("reported", "inferred", "reported", "inferred"), "en")
    assert said == [
        "Certain to have no unit (reported): 2 of 4: Desa 0, Desa 2.",
        "Not certain to have no unit, to be confirmed first: inferred 2 (Desa 1, Desa 3).",
        "Those inferred are named nowhere in public as villages without a unit.",
    ]
    all_sure = ["Certain to have no unit (reported): 1 of 1: Desa 0."]
    assert which_villages(gaps("reported"), "en") == all_sure
    none, groups = which_villages(gaps("assumed", "illustrative"), "id")
    assert none == "Dari 2 desa/kelurahan ini belum satu pun yang pasti belum memiliki unit."
    assert groups.endswith(
        "apakah belum memiliki unit: diasumsikan 1 (Desa 0); ilustratif 1 (Desa 1)."
    )
    assert which_villages(gaps(), "en") == []


def test_the_first_question_is_which_villages_and_none_where_all_are_reported() -> None:
    asked = to_confirm(gaps("reported", "assumed", "inferred"), "en")
    assert asked == "First confirm which 3 villages have no unit; not reported: Desa 1, Desa 2."
    assert to_confirm(gaps("reported", "reported"), "id") == ""
    assert to_confirm(gaps(), "id") == ""


def test_the_order_says_what_binds_it_and_what_it_would_be_without() -> None:
    alone = what_binds(gaps("inferred"), "en")
    assert alone == (
        "This order is illustrative (made up as an example, not fact), as its weakest input is "
        "road network. Were that input reported, the order would be assumed (chosen, not "
        "checked)."
    )
    together = what_binds(gaps("inferred", bound_by="costs roads", without="illustrative"), "en")
    assert together.endswith("as its weakest inputs are costs, road network.")
    settings = "scenario.demand scenario.need.a scenario.need.b"
    of_settings = what_binds(gaps("inferred", bound_by=settings, without="illustrative"), "en")
    assert "where people live, need criteria." in of_settings
    sure = gaps("reported").assign(rank_evidence="reported", rank_evidence_without="reported")
    assert what_binds(sure, "en") == what_binds(gaps(), "en") == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The numbers of people by village were not counted: estimated."),
        ("id", "Jumlah penduduk desa/kelurahan bukan hasil hitungan: diperkirakan."),
    ],
)
def test_people_that_nobody_counted_are_told(language: str, said: str) -> None:
    assert people_estimated(pd.Series(["reported", "estimated"]), language) == said
    assert people_estimated(pd.Series(["reported"]), language) == ""
