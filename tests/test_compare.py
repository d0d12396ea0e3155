"""Plans of scenarios and their comparison, on the embedded study and on towns by hand."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.pipeline.assess import Assessment, assess
from batu_geo.pipeline.compare import compare, differing_settings, save
from batu_geo.pipeline.placement import Placement, place
from batu_geo.pipeline.placement_tables import (
    budget_curve,
    building_order,
    fairness_curve,
    villages_after,
    with_plan,
)
from batu_geo.render.curves import curves_svg
from batu_geo.siting.instruments import instrument_options, instruments
from batu_geo.siting.problem import Rules, SitingProblem
from batu_geo.siting.readiness import costs_by_payer

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.pipeline.compare import Comparison


def town(**rules: object) -> SitingProblem:
    """Three places with 100, 60 and 40 people, 30 minutes from a unit, and three sites.

    a serves the first (5 min), b the first and second (14 and 9), c the third (2). Within 15
    minutes: a 100, b 160, c 40. Costs 10, 30 and 20.
    """
    minutes = np.array([[5.0, 14.0, 40.0], [20.0, 9.0, 40.0], [40.0, 40.0, 2.0]])
    return SitingProblem(
        minutes, np.array([100, 60, 40]), ("a", "b", "c"), ("v", "v", "w"),
        existing_minutes=np.full((3, 1), 30.0), existing_ids=("u",),
        costs=np.array([10, 30, 20]), rules=Rules(**rules),
    )  # fmt: skip


def test_the_order_of_building_and_its_regret_by_hand() -> None:
    """Of the plan {a, c}: first a (100), then c (140); the best single site would be b (160)."""
    table = building_order(town(site_count=2, is_exact=False), ("a", "c"), threshold_minutes=15)
    assert table["site_id"].tolist() == ["a", "c"]
    assert table["people_served"].tolist() == [100, 140]
    assert table["people_added"].tolist() == [100, 40]
    assert table["best_possible"].tolist() == [160, 200]
    assert table["regret_people"].tolist() == [60, 60]
    assert table["best_is_proved"].all()


def test_the_budget_curve_by_hand() -> None:
    table = budget_curve(town(), threshold_minutes=15)
    best = {0: 0, 10: 100, 20: 100, 30: 160, 40: 160, 50: 200}
    for row in table.to_dict("records"):
        floor = max(cost for cost in best if cost <= row["budget_rupiah"])
        assert row["people_served"] == best[floor]
        assert row["cost_rupiah"] <= row["budget_rupiah"]
    assert table["people_served"].is_monotonic_increasing
    assert table["people_served"].iloc[-1] == 200


def test_the_fairness_curve_is_the_unbeaten_plans() -> None:
    problem = town(site_count=2, one_per_village=False)
    table = fairness_curve(problem)
    every = []
    for pair in itertools.combinations(range(3), 2):
        best = np.minimum(30.0, problem.minutes[:, pair].min(axis=1))
        every.append((best @ problem.population / 200, best.max()))
    kept = sorted(
        a for a in set(every) if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in every)
    )
    assert list(zip(table["mean_minutes"], table["worst_minutes"], strict=True)) == [
        (pytest.approx(mean), pytest.approx(worst)) for mean, worst in kept
    ]


def test_costs_nobody_knows_are_missing_not_nothing() -> None:
    costs = pd.DataFrame(
        {"building_id": ["a", "a", "a"], "payer": ["city", "city", "bok"], "rupiah": [5, 7, 2]}
    )
    table = costs_by_payer(["a", "b"], costs)
    assert table.loc[
        0, ["city_rupiah", "village_fund_rupiah", "bok_rupiah", "total_rupiah"]
    ].tolist() == [12, 0, 2, 14]
    assert table.iloc[1, 1:].isna().all()
    assert costs_by_payer(["a"], None).iloc[0, 1:].isna().all()


def test_instruments_are_options_with_the_documents_missing() -> None:
    sites = pd.DataFrame(
        {"site_id": ["a", "b", "c"], "building_name": ["A", "B", "C"],
         "owner": ["city", "village", "unknown"], "documents": ["usage_decree", None, None]}
    )  # fmt: skip
    table = instrument_options(sites)
    assert set(table.loc[table["site_id"] == "a", "instrument"]) == {
        "temporary_use",
        "change_of_use",
    }
    first = table[(table["site_id"] == "a") & (table["instrument"] == "temporary_use")].iloc[0]
    assert "usage_decree" not in first["documents_missing"].split("; ")
    assert "agreement" in first["documents_missing"].split("; ")
    assert table.loc[table["site_id"] == "b", "needs_other_basis"].all()
    assert "c" not in set(table["site_id"])
    for card in instruments().values():
        assert card["source"]
        assert "sah" not in card["terms_id"].split()


@pytest.fixture(scope="module")
def base() -> Assessment:
    study = bg.load_study()
    return assess(study, study.scenario("baseline"))


def placed(base: Assessment, name: str, *overrides: str) -> tuple[Assessment, Placement]:
    found = replace(base, scenario=base.study.scenario(name, overrides=overrides))
    placement = place(found)
    assert placement is not None
    return found, placement


def test_a_scenario_that_opens_nothing_has_no_plan(base: Assessment) -> None:
    assert place(base) is None


def test_the_citys_rule_opens_one_in_each_village(base: Assessment) -> None:
    found, placement = placed(base, "enam-unit")
    assert placement.plan.status == "optimal"
    villages = found.candidates.set_index("site_id").loc[
        list(placement.plan.site_ids), "village_id"
    ]
    assert sorted(villages) == sorted(found.gaps["village_id"])
    assert len(with_plan(found, placement.plan.site_ids).gaps()) == 0


def test_the_plan_serves_whom_it_says(base: Assessment) -> None:
    found, placement = placed(base, "tiga-terbaik")
    after = villages_after(found, with_plan(found, placement.plan.site_ids))
    at_head = after[(after["mode"] == "foot") & (after["threshold_minutes"] == 15)]
    assert at_head["served_after"].sum() == placement.plan.objective
    assert (at_head["served_more"] >= 0).all()


def test_a_budget_counts_the_citys_money_and_leaves_unpriced_buildings_out(
    base: Assessment,
) -> None:
    found, placement = placed(base, "anggaran")
    costs = costs_by_payer(placement.plan.site_ids, found.study.costs)
    assert costs["city_rupiah"].sum() <= 1_500_000_000
    assert placement.without_cost == ("KEL-35.79.01.1002", "KEL-35.79.01.1003")
    assert not set(placement.without_cost) & set(placement.plan.site_ids)


def test_nurses_for_four_open_four(base: Assessment) -> None:
    _, placement = placed(base, "perawat-empat")
    assert len(placement.plan.site_ids) == 4


@pytest.mark.parametrize(
    ("overrides", "codes"),
    [
        (["siting.budget_rupiah=1"], {"budget", "one_in_village"}),
        (["siting.staff_caps.midwife=2"], {"staff"}),
        (["siting.least_suitability=fit", "candidates.min_floor_area_m2=5000"], {"one_in_village"}),
    ],
)
def test_what_cannot_hold_together_is_named(
    base: Assessment, overrides: list[str], codes: set[str]
) -> None:
    study = base.study
    scenario = study.scenario("enam-unit", overrides=overrides)
    found = (
        assess(study, scenario)
        if any("candidates" in o for o in overrides)
        else replace(base, scenario=scenario)
    )
    placement = place(found)
    assert placement is not None
    assert placement.plan.status == "infeasible"
    assert codes <= {conflict.code for conflict in placement.conflicts} | {"one_in_village"}
    assert placement.conflicts


@pytest.fixture(scope="module")
def two() -> Comparison:
    return compare(["baseline", "jalan-putus"])


def test_each_difference_is_taken_alone_and_together(two: Comparison) -> None:
    assert set(two.settings["setting"]) == {"closures", "travel.season"}
    worth = two.worth.set_index(["setting", "village_name"])
    assert set(two.worth["setting"]) == {"together"}, "season and closure work only together"
    assert worth["minutes_more"]["together", "Tlekung"] > 4
    assert worth["rank_before"]["together", "Tlekung"] == 2


def test_villages_are_held_against_the_first_scenario(two: Comparison) -> None:
    first = two.villages[two.villages["scenario"] == "baseline"]
    assert (first["served_more"] == 0).all()
    assert (first["minutes_less"] == 0).all()
    other = two.villages[two.villages["scenario"] == "jalan-putus"].set_index("village_name")
    assert other["minutes_less"]["Tlekung"] < -4


def test_a_comparison_is_written_whole_with_its_evidence(two: Comparison, tmp_path: Path) -> None:
    folder = save(two, tmp_path)
    assert {p.name for p in folder.iterdir()} == {f"{n}.csv" for n in two.tables} | {"curves.svg"}
    assert save(two, tmp_path) == folder
    summary = pd.read_csv(folder / "summary.csv")
    assert set(summary["evidence"]) == {"illustrative"}
    assert curves_svg(two.budget, two.fairness, "id") == (folder / "curves.svg").read_text("utf-8")


def test_settings_that_are_the_same_are_not_listed() -> None:
    study = bg.load_study()
    table = differing_settings([study.scenario("baseline"), study.scenario("tiga-terbaik")])
    assert all(key.startswith("siting.") for key in table["setting"])


@pytest.mark.slow
def test_compare_prints_each_scenario(tmp_path: Path) -> None:
    arguments = ["compare", "baseline", "tiga-terbaik", "--out", str(tmp_path)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0
    for text in ("188.414", "terbukti optimal", "1.040", "Torongrejo (23,1)"):
        assert text in result.stdout
    english = CliRunner().invoke(cli, [*arguments, "--lang", "en"])
    assert "proved optimal" in english.stdout
    unknown = CliRunner().invoke(cli, ["compare", "tiga-terbak", "--out", str(tmp_path)])
    assert (unknown.exit_code, "tiga-terbaik" in unknown.stderr) == (4, True)


def test_without_a_proof_nothing_is_said_of_every_best_plan(base: Assessment) -> None:
    found, placement = placed(base, "tiga-terbaik", "siting.time_limit_s=0")
    assert placement.plan.status == "best_so_far"
    assert placement.optimal is None
    assert placement.nearly is None
    assert placement.plan.gap is not None


def test_a_plan_that_keeps_no_rule_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    arguments = ["plan", "enam-unit", "--set", "siting.budget_rupiah=1", "--out", str(tmp_path)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 5
    assert "tidak ada" in result.stdout
    assert "budget(" not in result.stdout


@pytest.mark.slow
def test_every_scenario_of_the_study_runs_where_no_building_is_left(
    study_copy: Path, tmp_path: Path
) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (study_copy / "buildings.geojson").write_text(empty)
    (study_copy / "costs.csv").write_text("building_id,item,payer,rupiah\n")
    found = compare(data=study_copy)
    states = set(found.summary["status"].fillna(""))
    assert states <= {"", "optimal", "infeasible"}
    row = found.summary.set_index("scenario").loc["enam-unit"]
    assert row["status"] == "infeasible"
    assert pd.isna(row["new_units"])


def test_a_study_that_nobody_can_leave_compares_without_a_fault(study_copy: Path) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (study_copy / "facilities.geojson").write_text(empty)
    for name in ("staffing", "profiles"):
        head = (study_copy / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        (study_copy / f"{name}.csv").write_text(f"{head}\n", encoding="utf-8")
    summary = compare(["baseline"], data=study_copy).summary
    assert summary["people_cut_off"].tolist() == [225_408]
    assert np.isinf(summary["mean_minutes"]).all()


def test_a_changed_card_of_the_study_is_another_run(study_copy: Path, tmp_path: Path) -> None:
    one = bg.plan(data=study_copy, out=tmp_path)
    card = study_copy / "study.toml"
    card.write_text(
        card.read_text(encoding="utf-8").replace('title = "Kota Batu"', 'title = "Lain"')
    )
    other = bg.plan(data=study_copy, out=tmp_path)
    assert other.folder != one.folder
    assert other.manifest["study"]["title"] == "Lain"


def test_a_building_with_every_document_is_no_fault(study_copy: Path, tmp_path: Path) -> None:
    path = study_copy / "buildings.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    every = {code for card in instruments().values() for code in card["documents"]}
    document["features"][0]["properties"]["documents"] = " ".join(sorted(every))
    path.write_text(json.dumps(document), encoding="utf-8")
    run = bg.plan(data=study_copy, out=tmp_path)
    assert run.candidates["missing_documents"].isna().sum() >= 1
