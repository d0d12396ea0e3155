"""The explanation of a village of the street, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from batu_geo.domain.health import Sensitivity
from batu_geo.domain.tables import Buildings, Facilities
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.explain_village import explain_village
from tests.planning.street import criterion, settings, study

NEED = (criterion("mean_minutes", 10, weight=3), criterion("people_beyond", 100))


@pytest.fixture(scope="module")
def street() -> Assessment:
    """Units at 0 and outside at 13; v2 needs most, then v1, then v3, which is near the outside."""
    town = study({"u0": ("v0", 0), "out": (None, 13)}, {"b2": ("v2", 8), "c2": ("v2", 7)})
    return assess(town, settings(need=NEED))


@pytest.fixture(scope="module")
def v2(street: Assessment) -> dict[str, Any]:
    return explain_village(street, "v2")


@pytest.mark.slow
def test_rank_score_and_people_are_those_of_the_tables(
    street: Assessment, v2: dict[str, Any]
) -> None:
    """Homes of v2 at 6.5, 7.5 and 8.5: 6.5 from 0, 5.5 and 4.5 from 13."""
    assert (v2["rank"], v2["of"], v2["population"]) == (1, 3, 30)
    assert v2["minutes"]["mean_reached"] == pytest.approx(5.5)
    assert v2["score"] == pytest.approx((3 * 0.55 + 0.3) / 4)
    assert [row["served"] for row in v2["people"]] == [0, 0]
    assert [row["threshold_minutes"] for row in v2["people"]] == [2, 4]
    assert v2["unit_status"] == "none"
    assert v2["headline"] == {"mode": "toy", "threshold_minutes": 2}
    assert v2["certainty"]["rank"] == 1


def test_contributions_sum_to_the_score(v2: dict[str, Any]) -> None:
    added = {c["name"]: c["contribution"] for c in v2["criteria"]}
    assert added == pytest.approx({"mean_minutes": 0.55 * 3 / 4, "people_beyond": 0.3 / 4})
    assert sum(added.values()) == pytest.approx(v2["score"])
    assert [(c["none_at"], c["worst_at"]) for c in v2["criteria"]] == [(0, 10), (0, 100)]
    minutes, people = v2["criteria"]
    assert (minutes["reached"], minutes["people_without_way"]) == (pytest.approx(5.5), 0)
    assert "people_without_way" not in people


def test_parts_sum_to_the_mean_and_units_are_named_most_people_first(v2: dict[str, Any]) -> None:
    minutes = v2["minutes"]
    assert sum(part["minutes"] for part in minutes["parts"]) == pytest.approx(5.5)
    assert [(unit["facility_id"], unit["people"]) for unit in minutes["units"]] == [
        ("out", 20), ("u0", 10),
    ]  # fmt: skip
    assert minutes["units"][0]["facility_name"] == "Unit out"


def test_the_best_building_is_told_with_what_it_gains(v2: dict[str, Any]) -> None:
    """Both gain four homes; at 7 they save 21 minutes, at 8 they save 20."""
    assert v2["building"]["site_id"] == "c2"
    assert v2["building"]["people_gained"] == 40
    assert v2["building"]["suitability"] == "fit"
    assert v2["building"]["verify"] == ""
    assert v2["building"]["gain_evidence"] == "assumed"
    assert v2["building"]["gain_evidence_bound_by"] == [
        "scenario.candidates", "scenario.demand", "scenario.modes.toy",
    ]  # fmt: skip
    assert v2["building"]["gain_evidence_without"] == "assumed"


def by(explained: dict[str, Any], what: str) -> list[dict[str, Any]]:
    return [change for change in explained["changes"] if change["change"] == what]


def test_every_change_is_tried_and_comes_largest_first(v2: dict[str, Any]) -> None:
    whats = [change["change"] for change in v2["changes"]]
    assert sorted(whats) == sorted(
        ["weight_mean_minutes", "weight_mean_minutes", "weight_people_beyond",
         "weight_people_beyond", "population", "population", "speed", "speed",
         "border_closed", "unit_closed"]
    )  # fmt: skip
    (closed,) = by(v2, "unit_closed")
    assert closed["by"] == "Unit out"
    assert {change["by"] for change in by(v2, "speed")} == {"slow", "fast"}


def test_more_people_score_higher_and_fewer_lower(street: Assessment, v2: dict[str, Any]) -> None:
    """A tenth more people beyond: 33 of 100 instead of 30, a quarter of the weight."""
    more, less = sorted(by(v2, "population"), key=lambda change: -change["by"])
    assert (more["by"], less["by"]) == (pytest.approx(10), pytest.approx(-10))
    assert more["score"] - v2["score"] == pytest.approx(0.03 / 4)
    assert less["score"] - v2["score"] == pytest.approx(-0.03 / 4)


def test_a_closed_border_leaves_the_unit_at_0_alone(v2: dict[str, Any]) -> None:
    """Then v2 is 7.5 minutes away on average, and v3 at 10.5 comes first."""
    (closed,) = by(v2, "border_closed")
    assert closed["score"] == pytest.approx((3 * 0.75 + 0.3) / 4)
    assert closed["rank"] == 2


def test_a_village_with_a_unit_has_no_rank_and_no_changes(street: Assessment) -> None:
    v0 = explain_village(street, "v0")
    assert (v0["rank"], v0["score"], v0["feasibility_score"]) == (None, None, None)
    assert (v0["certainty"], v0["building"]) == (None, None)
    assert (v0["criteria"], v0["changes"]) == ([], [])
    assert v0["unit_status"] == "open"
    assert v0["minutes"]["mean_reached"] == pytest.approx(1.5)


@pytest.mark.slow
def test_a_village_without_a_building_says_so(street: Assessment) -> None:
    assert explain_village(street, "v1")["building"] is None


@pytest.mark.slow
def test_one_criterion_alone_has_no_weight_to_change() -> None:
    town = assess(study({"u0": ("v0", 0)}), settings())
    assert not [c for c in explain_village(town, "v2")["changes"] if "weight" in c["change"]]


@pytest.mark.slow
def test_a_criterion_without_data_is_shown_without_value_and_its_weight_is_not_changed() -> None:
    need = (*NEED, criterion("poor_percent", 30))
    town = assess(study({"u0": ("v0", 0)}), settings(need=need))
    explained = explain_village(town, "v2")
    poor = explained["criteria"][-1]
    assert (poor["raw"], poor["value"], poor["weight"], poor["contribution"]) == (None,) * 4
    assert not by(explained, "weight_poor_percent")
    assert len(by(explained, "weight_mean_minutes")) == 2


@pytest.mark.slow
def test_a_weight_is_never_lowered_to_nothing() -> None:
    """A share of 100 % would leave weight 0, which is no criterion any more."""
    whole = Sensitivity(weight_share=1.0, population_share=0.1)
    town = assess(study({"u0": ("v0", 0)}), settings(need=NEED, sensitivity=whole))
    changes = by(explain_village(town, "v2"), "weight_mean_minutes")
    assert [change["by"] for change in changes] == [100]


@pytest.mark.slow
def test_where_no_unit_is_open_minutes_are_unknown_and_none_can_be_closed() -> None:
    explained = explain_village(assess(study({}), settings()), "v1")
    assert explained["minutes"]["mean_reached"] is None
    assert explained["minutes"]["parts"] == []
    assert explained["minutes"]["units"] == []
    assert not by(explained, "unit_closed")
    (raw,) = (c["raw"] for c in explained["criteria"])
    assert raw is None


@pytest.mark.slow
def test_a_field_to_verify_is_text(street: Assessment) -> None:
    town = street.study
    unknown = Buildings(town.buildings.assign(condition="unknown"))
    explained = explain_village(assess(replace(town, buildings=unknown), settings()), "v2")
    assert explained["building"]["verify"] == "condition"


def test_a_closed_unit_is_told_as_closed(street: Assessment) -> None:
    facilities = street.study.facilities.assign(status=["temporarily_closed", "active"])
    town = replace(street.study, facilities=Facilities(facilities))
    assert explain_village(assess(town, settings()), "v0")["unit_status"] == "closed"


@pytest.mark.slow
def test_it_is_ready_for_json(street: Assessment) -> None:
    for village in ("v0", "v1", "v2", "v3"):
        json.dumps(explain_village(street, village), allow_nan=False)
