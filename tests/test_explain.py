"""`explain`: the numbers of a village are those of the run, and its parts sum to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from batu_geo.cli import cli
from batu_geo.domain.errors import ScenarioError
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.explain_village import explain_village
from batu_geo.render.terminal.explanation import explanation
from batu_geo.verbs.explain import find_village

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.domain.errors import Language
    from batu_geo.verbs.plan import Run

pytestmark = pytest.mark.slow

TLEKUNG, TORONGREJO = "35.79.03.2004", "35.79.03.2007"


@pytest.fixture(scope="module")
def found(baseline: Assessment) -> Assessment:
    return baseline


@pytest.fixture(scope="module")
def tlekung(found: Assessment) -> dict[str, Any]:
    return explain_village(found, TLEKUNG)


def printed(explained_: dict[str, Any], language: Language) -> str:
    console = Console(width=140, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(explanation(explained_, language))
    return capture.get()


@pytest.mark.parametrize("written", ["35.79.03.2004", "Tlekung", " TLEKUNG ", "tle-kung"])
def test_a_village_is_found_by_code_or_by_name(found: Assessment, written: str) -> None:
    assert find_village(found.study.villages, written) == TLEKUNG


def test_an_unknown_village_is_refused_with_the_nearest_name(found: Assessment) -> None:
    with pytest.raises(ScenarioError, match=r"BG-304.*Oro oro Omboo.*Oro-oro Ombo"):
        find_village(found.study.villages, "Oro oro Omboo")


def test_parts_sum_to_the_mean_of_the_ranking(found: Assessment, tlekung: dict[str, Any]) -> None:
    mean = found.gaps.set_index("village_id")["mean_minutes"][TLEKUNG]
    assert tlekung["minutes"]["mean_reached"] == pytest.approx(mean, abs=1e-6)
    parts = sum(part["minutes"] for part in tlekung["minutes"]["parts"])
    assert parts == pytest.approx(mean, abs=1e-4)
    assert sum(unit["people"] for unit in tlekung["minutes"]["units"]) == 5_437


def test_contributions_sum_to_the_score(tlekung: dict[str, Any]) -> None:
    rows = tlekung["criteria"]
    assert sum(row["contribution"] for row in rows) == pytest.approx(tlekung["score"], abs=1e-9)
    for row in rows:
        value = (row["raw"] - row["none_at"]) / (row["worst_at"] - row["none_at"])
        assert row["value"] == pytest.approx(min(max(value, 0), 1))
        assert row["reason"]


def test_changes_come_largest_first_and_go_the_right_way(tlekung: dict[str, Any]) -> None:
    changes = tlekung["changes"]
    sizes = [abs(row["score_change"]) for row in changes]
    assert sizes == sorted(sizes, reverse=True)
    by_name = {(row["change"], row["by"]): row for row in changes}
    assert by_name["speed", "slow"]["score_change"] > 0 > by_name["speed", "fast"]["score_change"]
    closed = next(row for row in changes if row["change"] == "unit_closed")
    assert closed["mean_minutes"] > tlekung["minutes"]["mean_reached"]
    assert (
        by_name["population", 10.0]["people_beyond"] > by_name["population", -10.0]["people_beyond"]
    )
    weights = [row["change"] for row in changes if row["change"].startswith("weight_")]
    assert len(weights) == 2 * len(tlekung["criteria"])


def test_every_input_is_named_with_its_evidence(found: Assessment, tlekung: dict[str, Any]) -> None:
    assert set(tlekung["evidence"]) == set(found.study.inputs)
    assert tlekung["evidence"]["roads"] == "illustrative"


def test_a_village_with_a_unit_has_no_rank_but_its_minutes(found: Assessment) -> None:
    torongrejo = explain_village(found, TORONGREJO)
    assert torongrejo["rank"] is None
    assert torongrejo["unit_status"] == "closed"
    assert torongrejo["minutes"]["mean_reached"] > 15
    assert "tutup sementara" in printed(torongrejo, "id")


def test_it_is_ready_for_json(tlekung: dict[str, Any]) -> None:
    assert json.loads(json.dumps(tlekung, allow_nan=False))["village"] == "Tlekung"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["Peringkat 2 dari 6", "29,5 menit berjalan kaki", "bobot", "UPKDK Junrejo tutup"]),
        ("en", ["Rank 2 of 6", "29.5 minutes on foot", "weight of", "UPKDK Junrejo closed"]),
    ],
)
def test_it_is_said_on_one_screen_in_both_languages(
    tlekung: dict[str, Any], language: Language, words: list[str]
) -> None:
    text = printed(tlekung, language)
    for expected in words:
        assert expected in text
    assert len(text.splitlines()) <= 55


def test_markup_in_a_name_is_text(tlekung: dict[str, Any]) -> None:
    hostile = tlekung | {"village": "[red]Beji[/red]"}
    assert "[red]Beji[/red]" in printed(hostile, "id")


@pytest.mark.slow
def test_the_verb_prints_json(sparse_study: Path) -> None:
    result = CliRunner().invoke(cli, ["explain", "Tlekung", "--json", "--data", str(sparse_study)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["rank"] == 2


@pytest.mark.slow
def test_assess_prints_every_figure_of_the_city(baseline_run: Run) -> None:
    run = baseline_run
    result = CliRunner().invoke(cli, ["assess", "--out", str(run.folder.parent)])
    assert result.exit_code == 0
    for figure_id in run.table("figures")["figure_id"]:
        assert figure_id in result.stdout
    for text in ("tidak ada data", "N-POSY-5", "N-POSY-15", "94%", "Selasa"):
        assert text in result.stdout


@pytest.mark.slow
def test_assess_as_json_holds_every_table(sparse_study: Path, tmp_path: Path) -> None:
    arguments = ["assess", "--data", str(sparse_study), "--out", str(tmp_path), "--json"]
    result = CliRunner().invoke(cli, arguments)
    tables = json.loads(result.stdout)
    assert {"four_coverages", "figures", "norm_checks", "staff_days", "equity"} <= set(tables)
    for name, rows in tables.items():
        assert all(row["strategy"] in range(1, 7) for row in rows), name
        assert all(row["evidence"] for row in rows), name
