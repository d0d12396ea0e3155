"""Plans of scenarios and their comparison, on the embedded study and on towns by hand."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from rich.console import Console

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, ScenarioError
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.effects import Side
from batu_geo.planning.placement import Placement, solve_placement
from batu_geo.planning.tables.comparison_tables import differing_settings
from batu_geo.planning.tables.placement_tables import (
    assignment_tables,
    placement_tables,
    plan_table,
    villages_after,
    with_plan,
)
from batu_geo.render.paper.curves import curves_svg
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.words import row_words
from batu_geo.siting.buildings.building_costs import costs_by_payer
from batu_geo.siting.buildings.candidates import refusals_table
from batu_geo.siting.buildings.instruments import instrument_options, instruments
from batu_geo.siting.search import enumeration
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.compare import compare, compare_sides, save
from batu_geo.verbs.plan import open_run, write_run
from batu_geo.verbs.replay import replay, status
from tests.toy_study import write_toy_study

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.planning.study import Study
    from batu_geo.verbs.compare import Comparison

pytestmark = pytest.mark.slow


def test_costs_nobody_knows_are_missing_not_nothing() -> None:
    costs = pd.DataFrame(
        {"building_id": ["a", "a", "a"], "payer": ["city", "city", "bok"],
         "period": ["once", "once", "yearly"], "rupiah": [5, 7, 2]}
    )  # fmt: skip
    table = costs_by_payer(["a", "b"], costs)
    assert table.loc[
        0, ["city_rupiah", "village_fund_rupiah", "bok_yearly_rupiah", "once_rupiah"]
    ].tolist() == [12, 0, 2, 12]
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
    assert "usage_decree" not in first["documents_missing"].rows
    assert "agreement" in first["documents_missing"].rows
    assert table.loc[table["site_id"] == "b", "needs_other_basis"].all()
    assert "c" not in set(table["site_id"])
    for card in instruments().values():
        assert card["source"]
        assert "sah" not in card["terms_id"].split()


@pytest.fixture(scope="module")
def sparse(sparse_study: Path) -> Study:
    return load_study(sparse_study)


def placed(baseline: Assessment, name: str, *overrides: str) -> tuple[Assessment, Placement]:
    found = baseline.with_scenario(load_scenario(name, overrides=overrides, study=baseline.study))
    placement = solve_placement(found)
    assert placement is not None
    return found, placement


def test_a_scenario_that_opens_nothing_has_no_plan(baseline: Assessment) -> None:
    assert solve_placement(baseline) is None


def test_the_citys_rule_opens_one_in_each_village(baseline: Assessment) -> None:
    found, placement = placed(baseline, "enam-unit")
    assert placement.plan.status == "optimal"
    villages = found.candidates.set_index("site_id").loc[
        list(placement.plan.site_ids), "village_id"
    ]
    assert sorted(villages) == sorted(found.gaps["village_id"])
    assert len(with_plan(found, placement.plan.site_ids).gaps()) == 0


def test_the_plan_serves_whom_it_says(baseline: Assessment) -> None:
    found, placement = placed(baseline, "tiga-terbaik")
    after = villages_after(found, with_plan(found, placement.plan.site_ids))
    at_head = after[(after["mode"] == "foot") & (after["threshold_minutes"] == 15)]
    assert at_head["served_after"].sum() == placement.plan.objective
    assert (at_head["served_more"] >= 0).all()


def test_a_building_a_plan_for_all_villages_opens_is_not_called_refused(
    baseline: Assessment,
) -> None:
    found, placement = placed(baseline, "rata-rata-terdekat", "siting.site_count=8")
    plan = plan_table(found, placement).set_index("site_id")
    refused = found.candidates.set_index("site_id")["suitability"].eq("refused")
    assert refused[plan.index].sum() == 2
    assert set(plan["suitability"]) == {"fit", "to_verify"}


def test_without_a_number_of_units_all_that_must_open_may(baseline: Assessment) -> None:
    """Six villages have none; who names seven buildings has not asked for six."""
    sites = baseline.candidates[baseline.candidates["suitability"] != "refused"]["site_id"].head(7)
    names = ", ".join(f"'{site}'" for site in sites)
    _, placement = placed(
        baseline,
        "rata-rata-terdekat",
        "siting.one_per_village=false",
        f"siting.must_open=[{names}]",
    )
    assert placement.plan.status == "optimal"
    assert placement.plan.site_ids == tuple(sorted(sites))


def test_a_budget_counts_the_citys_money_and_leaves_unpriced_buildings_out(
    baseline: Assessment,
) -> None:
    found, placement = placed(baseline, "anggaran")
    costs = costs_by_payer(placement.plan.site_ids, found.study.costs)
    assert costs["city_rupiah"].sum() <= 1_500_000_000
    assert placement.without_cost == ("KEL-35.79.01.1002", "KEL-35.79.01.1003")
    assert not set(placement.without_cost) & set(placement.plan.site_ids)


def test_nurses_for_four_open_four(baseline: Assessment) -> None:
    _, placement = placed(baseline, "perawat-empat")
    assert len(placement.plan.site_ids) == 4


@pytest.mark.parametrize(
    ("overrides", "codes"),
    [
        (["siting.budget_rupiah=1"], {"budget", "site_count"}),
        (["siting.staff_caps.midwife=2"], {"staff", "site_count"}),
        (
            ["siting.least_readiness=with_works", "candidates.min_floor_area_m2=5000"],
            {"site_count"},
        ),
    ],
)
def test_what_cannot_hold_together_is_named(
    sparse: Study, overrides: list[str], codes: set[str]
) -> None:
    found = assess(sparse, load_scenario("enam-unit", overrides=overrides, study=sparse))
    placement = solve_placement(found)
    assert placement is not None
    assert placement.plan.status == "infeasible"
    assert codes == {conflict.code for conflict in placement.conflicts.rules}


@pytest.fixture(scope="module")
def two(sparse_study: Path) -> Comparison:
    return compare(["baseline", "jalan-putus"], data=sparse_study)


def test_the_only_difference_is_taken_alone(two: Comparison) -> None:
    assert set(two.settings["setting"]) == {"closures"}
    moved = two.effects.set_index(["difference", "village_name"])
    assert set(two.effects["difference"]) == {"closures"}, "the baseline is in the wet season too"
    assert moved["minutes_more"]["closures", "Tlekung"] > 4
    assert moved["rank_before"]["closures", "Tlekung"] == 2


def test_what_all_differences_do_together_is_the_second_scenario(sparse_study: Path) -> None:
    found = compare(["torongrejo-buka", "tiga-terbaik"], data=sparse_study)
    assert {"siting", "facility_changes", "together"} <= set(found.effects["difference"])
    second = found.villages[found.villages["scenario"] == "tiga-terbaik"].set_index("village_id")
    together = found.effects[found.effects["difference"] == "together"].set_index("village_id")
    for name, sign in (("served_more", 1), ("minutes_less", -1)):
        told = together["served_more" if sign > 0 else "minutes_more"]
        moved = second[name][second[name].round(6) != 0]
        pd.testing.assert_series_equal(
            told[moved.index] * sign, moved, check_names=False, check_dtype=False
        )
    assert (together["rank_after"] == second["rank"][together.index]).fillna(value=True).all()


def test_another_study_is_taken_over_input_by_input(
    sparse_study: Path, sparse_copy: Path, tmp_path: Path
) -> None:
    """Three times as many people in Tlekung move it to the first place; nothing else is moved."""
    table = pd.read_csv(sparse_copy / "population.csv", dtype={"village_id": "str"})
    table.loc[table["village_name"] == "Tlekung", "population"] *= 3
    table.to_csv(sparse_copy / "population.csv", index=False)
    costs = sparse_copy / "costs.csv"
    costs.write_text(costs.read_text(encoding="utf-8").replace("000,", "001,"), encoding="utf-8")
    with costs.open("a", encoding="utf-8") as file:
        file.write("\n")
    found = compare(data=sparse_study, against=sparse_copy)
    moved = found.effects
    assert set(moved["difference"]) == {"population", "together"}, "costs move nobody"
    ranks = moved[moved["difference"] == "population"].set_index("village_name")
    assert (ranks["rank_before"]["Tlekung"], ranks["rank_after"]["Tlekung"]) == (2, 1)
    assert found.summary["scenario"].tolist() == ["baseline", "baseline@against"]
    assert set(found.settings["setting"]) == {"input.population", "input.costs"}
    folder = save(found, tmp_path / "outputs")
    assert replay(folder, data=sparse_study, against=sparse_copy) == []
    with pytest.raises(ScenarioError, match="BG-314"):
        replay(folder, data=sparse_study)
    with pytest.raises(DataError, match="BG-308"):
        replay(folder, data=sparse_study, against=sparse_study)


def test_a_changed_threshold_is_told_by_its_people(sparse: Study) -> None:
    """Minutes and ranks may stay; whom 30 minutes serve and 15 do not is a change all the same."""
    headline = "headline.threshold_minutes"
    sides = [
        Side(
            f"t{minutes}",
            sparse,
            load_scenario("baseline", overrides=[f"{headline}={minutes}"], study=sparse),
        )
        for minutes in (15, 30)
    ]
    moved = compare_sides(sides).effects
    assert set(moved["difference"]) == {headline}
    city = assess(sparse, sides[0].scenario).city.set_index(["mode", "threshold_minutes"])["served"]
    assert moved["served_more"].sum() == city["foot", 30] - city["foot", 15] > 30_000


def test_two_scenarios_of_one_name_are_told_apart(sparse_study: Path, tmp_path: Path) -> None:
    path = tmp_path / "lain.toml"
    path.write_text('extends = "baseline"\nname = "baseline"\n[travel]\nspeed_set = "slow"\n')
    found = compare(["baseline", str(path)], data=sparse_study)
    assert found.summary["scenario"].tolist() == ["baseline", "baseline-2"]
    assert found.settings.loc[0, ["baseline", "baseline-2"]].tolist() == ["middle", "slow"]


def test_the_proof_is_read_in_whole_people_and_a_gap_in_per_cent(
    baseline: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    found, placement = placed(baseline, "cadangan", "siting.node_limit=0")
    proof = placement_tables(found)["plan_proof"].iloc[0]
    assert proof["plan_status"] == "best_so_far"
    assert proof["people_unreached"] == 0
    assert proof["gap_percent"] == pytest.approx(100 * placement.plan.gap)
    assert cell("objective", proof["objective"], "id") == f"{proof['objective']:,}".replace(
        ",", "."
    )


def test_a_plan_that_does_not_exist_has_no_figures(baseline: Assessment) -> None:
    found, _ = placed(baseline, "enam-unit", "siting.budget_rupiah=1")
    proof = placement_tables(found)["plan_proof"].iloc[0]
    assert proof["plan_status"] == "infeasible"
    empty = ["objective", "bound", "gap_percent", "people_unreached", "people_without_place",
             "person_minutes", "is_tie_break_optimal"]  # fmt: skip
    assert proof[empty].isna().all()


@pytest.mark.usefixtures("_blank_map")
def test_a_run_without_a_plan_prints_the_rules_in_conflict_from_its_manifest(
    baseline: Assessment, tmp_path: Path
) -> None:
    found, placement = placed(baseline, "enam-unit", "siting.budget_rupiah=1")
    run = open_run(write_run(found, out=tmp_path, language="en"))
    rules = placement.conflicts.rules
    assert {rule.code for rule in rules} == {"site_count", "budget"}
    assert run.manifest["conflicts"] == [
        {"code": rule.code, "values": dict(rule.values)} for rule in rules
    ]
    assert run.records("plan_proof")[0]["conflicts"] == "; ".join(map(str, rules))
    console = Console(width=2_000, file=io.StringIO())
    console.print(run.appraisal)
    printed = console.file.getvalue()
    assert all(row_words(rule, "en") in printed for rule in rules)
    assert "budget(" not in printed


def test_a_unit_that_opens_again_is_no_village_more_without_one(sparse_study: Path) -> None:
    summary = compare(["baseline", "torongrejo-buka"], data=sparse_study).summary
    assert summary["villages_without_unit"].tolist() == [6, 6]


def test_a_village_of_nobody_is_not_the_worst_off(sparse_copy: Path) -> None:
    path = sparse_copy / "population.csv"
    table = pd.read_csv(path, dtype={"village_id": "str"})
    table.loc[table["village_name"] == "Temas", "population"] = 0
    table.to_csv(path, index=False)
    assert compare(["baseline"], data=sparse_copy).summary["worst_village"].tolist() == [
        "Tulungrejo"
    ]


def test_villages_have_their_part_of_the_plan(sparse_study: Path) -> None:
    found = compare(["tiga-terbaik"], data=sparse_study)
    villages, (summary,) = found.villages, found.summary.to_dict("records")
    for name in ("new_units", "needs_nurse", "city_rupiah", "bok_yearly_rupiah"):
        assert villages[name].sum() == summary[name]
    assert villages["new_units"].notna().sum() == 3
    assert villages["gini"].between(0, 1).all()


def test_within_capacity_who_has_a_place_is_told_apart_from_who_lives_near(
    sparse: Study, sparse_study: Path
) -> None:
    """With 9,000 people a unit and 23 units 18,408 of 225,408 people are left without a place."""
    setting = "siting.people_per_unit=9000"
    found = assess(sparse, load_scenario("daya-tampung", overrides=[setting], study=sparse))
    placement = solve_placement(found)
    assert placement is not None
    tables = assignment_tables(found, placement)
    by_unit, by_village = tables["plan_units"], tables["plan_villages"]
    assert by_unit["people_sent"].sum() == by_village["people_sent"].sum() == 23 * 9_000
    assert by_unit["people_sent"].max() == 9_000
    assert by_unit["is_new"].sum() == 6
    assert by_village["people_without_place"].sum() == 18_408 == placement.plan.people_unreached
    assert (by_village["people_without_place"] >= 0).all()
    minutes = by_village["people_sent"] @ by_village["mean_minutes_sent"]
    assert minutes == pytest.approx(placement.plan.person_minutes)
    compared = compare(["daya-tampung"], data=sparse_study, overrides=[setting])
    summary, villages = compared.summary.iloc[0], compared.villages
    assert summary["people_without_place"] == 18_408
    assert summary["mean_minutes_reached"] == pytest.approx(minutes / (23 * 9_000))
    trips = placement.plan.assignments
    near = trips.loc[trips["travel_time_min"] <= 15, "people"].sum()
    assert summary["people_served"] == villages["served"].sum() == near < 23 * 9_000
    assert villages["mean_minutes_reached"].tolist() == pytest.approx(
        by_village["mean_minutes_sent"].tolist()
    )


def test_another_study_must_have_the_same_villages(sparse_copy: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="BG-313"):
        compare(["baseline", "tiga-terbaik"], data=sparse_copy, against=sparse_copy)
    with pytest.raises(ScenarioError, match="BG-312"):
        compare(
            data=sparse_copy,
            against=write_toy_study(
                tmp_path / "toy", "A         K", {"AK": "residential"},
                villages={"v.1": ((-1, -1, 5, 1), 50), "v.2": ((5, -1, 11, 1), 50)},
                units={"v.1": (0, 0)},
            ),
        )  # fmt: skip


def test_villages_are_held_against_the_first_scenario(two: Comparison) -> None:
    first = two.villages[two.villages["scenario"] == "baseline"]
    assert (first["served_more"] == 0).all()
    assert (first["minutes_less"] == 0).all()
    other = two.villages[two.villages["scenario"] == "jalan-putus"].set_index("village_name")
    assert other["minutes_less"]["Tlekung"] < -4


def test_a_comparison_is_written_whole_with_its_evidence(two: Comparison, tmp_path: Path) -> None:
    folder = save(two, tmp_path)
    files = {p.name for p in folder.iterdir()}
    assert files == {f"{n}.csv" for n in two.tables} | {"manifest.json"}, "no curve, no picture"
    assert save(two, tmp_path) == folder
    summary = pd.read_csv(folder / "summary.csv")
    assert set(summary["evidence"]) == {"illustrative"}


def test_a_comparison_comes_again_to_the_byte_and_says_when_it_is_stale(
    sparse_copy: Path, tmp_path: Path
) -> None:
    folder = save(compare(["tiga-terbaik"], data=sparse_copy), tmp_path)
    assert (folder / "curves.svg").is_file()
    assert replay(folder, data=sparse_copy) == []
    (folder / "budget.csv").write_text("spoilt")
    assert replay(folder, data=sparse_copy) == ["budget.csv"]
    scenario = sparse_copy / "scenarios" / "tiga-terbaik.toml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("= 3", "= 2"))
    (state,) = status(tmp_path, data=sparse_copy)
    assert state.reasons == (("scenario", "tiga-terbaik"), ("file", "budget.csv"))


def test_ticks_of_a_curve_can_be_told_apart() -> None:
    budget = pd.DataFrame(
        {"budget_rupiah": [0, 10**9], "people_served": [5, 9], "bound": [5, 9],
         "status": ["optimal", "optimal"]}
    )  # fmt: skip
    fairness = pd.DataFrame(
        {"mean_minutes_reached": [9.259, 9.317], "worst_minutes_reached": [43.9, 40.9]}
    )
    picture = curves_svg(budget, fairness, "id", cost_evidence="reported")
    assert "anggaran (juta rupiah; dilaporkan)" in picture
    for axis in (1, 2, 3, 4):
        ticks = re.search(
            rf'<g id="matplotlib.axis_{axis}">.*?(?=<g id="(matplotlib.axis|patch)_)',
            picture,
            re.DOTALL,
        )
        assert ticks is not None
        told = re.findall(r">([\d.,]+)</text>", ticks[0])
        assert len(told) == len(set(told)) > 1


def test_settings_that_are_the_same_are_not_listed(sparse: Study) -> None:
    names = ("baseline", "tiga-terbaik")
    table = differing_settings(
        [Side(name, sparse, load_scenario(name, study=sparse)) for name in names]
    )
    assert all(key.startswith("siting.") for key in table["setting"])


@pytest.mark.slow
def test_compare_prints_each_scenario(sparse_study: Path, tmp_path: Path) -> None:
    study = ["--data", str(sparse_study), "--out", str(tmp_path)]
    arguments = ["compare", "baseline", "tiga-terbaik", *study]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0
    (folder,) = tmp_path.glob("compare-*")
    plan = pd.read_csv(folder / "summary.csv").set_index("scenario").loc["tiga-terbaik"]
    served, worst = f"{plan['people_served']:,}", f"{plan['worst_village_minutes']:.1f}"
    for text in (
        served.replace(",", "."),
        "pilihan terbaik yang telah dibuktikan",
        f"{plan['city_rupiah'] / 1e6:,.0f}".replace(",", "."),
        f"{plan['worst_village']} ({worst.replace('.', ',')})",
    ):
        assert text in result.stdout
    english = CliRunner().invoke(cli, [*arguments, "--lang", "en"])
    assert "proved optimal" in english.stdout
    unknown = CliRunner().invoke(cli, ["compare", "tiga-terbak", *study])
    assert (unknown.exit_code, "tiga-terbaik" in unknown.stderr) == (4, True)


def test_a_building_that_a_rule_refuses_cannot_be_made_to_open(baseline: Assessment) -> None:
    broken = refusals_table(baseline.candidates)
    refused = broken.loc[broken["rule"] == "rooms", "site_id"]
    with pytest.raises(ScenarioError, match=r"BG-315 .*rooms"):
        placed(baseline, "tiga-terbaik", f'siting.must_open=["{refused.iloc[0]}"]')
    with pytest.raises(ScenarioError, match="BG-307"):
        placed(baseline, "tiga-terbaik", 'siting.must_open=["XX"]')
    _, placement = placed(baseline, "tiga-terbaik", f'siting.must_close=["{refused.iloc[0]}"]')
    assert placement.plan.status == "optimal", "it is closed anyway"


def test_a_building_without_a_price_is_no_rule_of_the_user(baseline: Assessment) -> None:
    _, placement = placed(baseline, "anggaran", 'siting.must_open=["KEL-35.79.01.1002"]')
    assert {c.code for c in placement.conflicts.rules} == {"must_open", "cost_unknown"}


def test_all_villages_may_get_a_unit_where_the_scenario_says_so(baseline: Assessment) -> None:
    gaps = set(baseline.gaps["village_id"])
    _, near = placed(baseline, "tiga-terbaik")
    assert set(near.problem.village_ids) == gaps
    _, anywhere = placed(baseline, "tiga-terbaik", "siting.villages=all")
    assert {"35.79.01.1001", "35.79.01.1004"} <= set(anywhere.problem.village_ids) - gaps


def test_only_buildings_ready_enough_are_opened(baseline: Assessment) -> None:
    conditions = baseline.candidates.set_index("site_id")["condition"]
    for least, allowed in (("ready", {"good"}), ("with_works", {"good", "light_damage"})):
        _, placement = placed(baseline, "tiga-terbaik", f"siting.least_readiness={least}")
        assert set(conditions[list(placement.plan.site_ids)]) <= allowed


def test_lscp_says_whom_no_building_reaches(baseline: Assessment) -> None:
    changes = ("siting.model=lscp", "siting.site_count=9", "siting.is_exact=false",
               "siting.one_per_village=false")  # fmt: skip
    _, placement = placed(baseline, "tiga-terbaik", *changes)
    assert [c.code for c in placement.conflicts.rules] == ["cover_all"]
    _, placement = placed(baseline, "tiga-terbaik", *changes, "siting.only_coverable=true")
    assert {c.code for c in placement.conflicts.rules} == {"site_count_at_most", "cover_coverable"}
    wider = [c.replace("=9", "=99") for c in changes]
    _, placement = placed(baseline, "tiga-terbaik", *wider, "siting.only_coverable=true")
    assert placement.plan.status == "optimal"
    assert placement.plan.people_uncoverable == 18_244


def test_a_polindes_may_be_upgraded_where_it_stands(sparse_copy: Path) -> None:
    """A midwife's house in Tlekung is a candidate of its own, with its own cost, to be verified."""
    path = sparse_copy / "facilities.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    office = {"type": "Point", "coordinates": [112.5411, -7.9127]}
    house = {"facility_id": "POL-1", "facility_name": "Polindes Tlekung", "kind": "POLINDES",
             "village_id": "35.79.03.2004", "status": "active", "operator": "city",
             "evidence": "illustrative"}  # fmt: skip
    document["features"].append({"type": "Feature", "properties": house, "geometry": office})
    path.write_text(json.dumps(document), encoding="utf-8")
    with (sparse_copy / "costs.csv").open("a", encoding="utf-8") as file:
        file.write("POL-1,works,city,once,50000000,illustrative,,\n")
    study = load_study(sparse_copy)
    plain = assess(study, load_scenario("tiga-terbaik", study=study))
    assert "POL-1" not in set(plain.candidates["site_id"])
    changes = ['candidates.upgrade_kinds=["POLINDES"]', 'siting.must_open=["POL-1"]']
    found = assess(study, load_scenario("tiga-terbaik", overrides=changes, study=study))
    row = found.candidates.set_index("site_id").loc["POL-1"]
    assert (row["action"], row["suitability"], row["owner"]) == (
        "upgrade_unit",
        "to_verify",
        "city",
    )
    placement = solve_placement(found)
    assert placement is not None
    assert "POL-1" in placement.plan.site_ids
    table = plan_table(found, placement).set_index("site_id")
    assert table["action"]["POL-1"] == "upgrade_unit"
    assert table["city_rupiah"]["POL-1"] == 50_000_000


def test_without_a_proof_nothing_is_said_of_every_best_plan(
    baseline: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    found, placement = placed(baseline, "tiga-terbaik", "siting.node_limit=0")
    assert placement.plan.status == "best_so_far"
    assert placement.optimal is None
    assert placement.nearly is None
    assert placement.plan.gap is not None


@pytest.mark.usefixtures("_blank_map")
def test_a_plan_that_keeps_no_rule_ends_with_its_own_exit_code(
    sparse_study: Path, tmp_path: Path
) -> None:
    arguments = ["plan", "enam-unit", "--set", "siting.budget_rupiah=1", "--out", str(tmp_path),
                 "--data", str(sparse_study)]  # fmt: skip
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 5
    assert "tidak ada" in result.stdout
    assert "budget(" not in result.stdout


@pytest.mark.slow
def test_every_scenario_of_the_study_runs_where_no_building_is_left(
    sparse_copy: Path, tmp_path: Path
) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (sparse_copy / "buildings.geojson").write_text(empty)
    (sparse_copy / "costs.csv").write_text("building_id,item,payer,period,rupiah\n")
    found = compare(data=sparse_copy)
    states = set(found.summary["status"].fillna(""))
    assert states <= {"", "optimal", "infeasible"}
    row = found.summary.set_index("scenario").loc["enam-unit"]
    assert row["status"] == "infeasible"
    assert pd.isna(row["new_units"])


def test_a_study_that_nobody_can_leave_compares_without_a_fault(sparse_copy: Path) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (sparse_copy / "facilities.geojson").write_text(empty)
    for name in ("staffing", "profiles"):
        head = (sparse_copy / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        (sparse_copy / f"{name}.csv").write_text(f"{head}\n", encoding="utf-8")
    summary = compare(["baseline"], data=sparse_copy).summary
    assert summary["unreachable"].tolist() == [225_408]
    assert summary["mean_minutes_reached"].isna().all()
    assert np.isinf(summary["p90_minutes"]).all()


@pytest.mark.usefixtures("_blank_map")
def test_a_changed_card_of_the_study_is_another_run(sparse_copy: Path, tmp_path: Path) -> None:
    one = bg.plan(data=sparse_copy, out=tmp_path)
    card = sparse_copy / "study.toml"
    card.write_text(
        card.read_text(encoding="utf-8").replace('title = "Kota Batu"', 'title = "Lain"')
    )
    other = bg.plan(data=sparse_copy, out=tmp_path)
    assert other.folder != one.folder
    assert other.manifest["study"]["title"] == "Lain"


def test_a_building_with_every_document_is_no_fault(sparse_copy: Path, tmp_path: Path) -> None:
    path = sparse_copy / "buildings.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    every = {code for card in instruments().values() for code in card["documents"]}
    document["features"][0]["properties"]["documents"] = " ".join(sorted(every))
    path.write_text(json.dumps(document), encoding="utf-8")
    run = bg.plan(data=sparse_copy, out=tmp_path)
    assert run.candidates["missing_documents"].isna().sum() >= 1
