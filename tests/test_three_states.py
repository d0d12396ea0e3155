"""Who is not served is told apart in every output: far from any road, unreachable, cut off.

A unit that no road leads to is open and cut off from the roads; a building is to be verified.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pptx import Presentation
from rich.console import Console

from batu_geo.access.equity import gini
from batu_geo.cli import cli
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.effects import Placing
from batu_geo.planning.explain_village import explain_village
from batu_geo.planning.explorer_data import ExplorerState, explorer_answer, explorer_data
from batu_geo.planning.tables.comparison_tables import summary_row
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.planning.what_if import what_if
from batu_geo.render.briefing.sheet_names import sheet_name
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.map_spec import UnconnectedLayer
from batu_geo.render.cartography.siting_maps import candidate_spec
from batu_geo.render.cartography.village_maps import gap_spec, status_spec
from batu_geo.render.terminal.appraisal import appraisal, served_lines
from batu_geo.render.terminal.comparison_report import comparison
from batu_geo.render.terminal.explanation import explanation
from batu_geo.render.text.words import code_word, need_sentence, number, word
from batu_geo.render.web.explorer.explorer_page import explorer_page
from batu_geo.render.web.question_maps import gap_map
from tests.drawn_towns import drawn_study, read_drawn
from tests.three_states import CUT_OFF, FAR, ISLAND, THREE_STATES, UNREACHABLE

OFF_ROAD = {"id": "buka, terputus dari jalan", "en": "open, cut off from the roads"}
VERIFY = {"id": "perlu verifikasi: jalan", "en": "to verify: road"}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = tmp_path_factory.mktemp("three_states")
    return assess(*read_drawn(folder, THREE_STATES))


def pdf_text(path: Path) -> str:
    """Return the text of a PDF with single blanks."""
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def page_data(page: str) -> dict[str, Any]:
    """Return what the scripts of a page compute from."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


@pytest.mark.slow
def test_a_unit_that_joins_no_road_is_open_and_cut_off_from_the_roads(answer: Assessment) -> None:
    assert answer.unit_status.to_dict() == {
        "35.79.01.1001": "open", "35.79.01.1002": "none", "35.79.01.1003": "none",
        "35.79.01.1004": "none", "35.79.01.1005": "off_road", "35.79.01.1006": "none",
    }  # fmt: skip
    four = health_office_tables(answer)["four_coverages"].set_index("word")["value"]
    assert four["cakupan_unit_buka"] == 2, "it is open all the same"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_maps_say_which_unit_is_cut_off_from_the_roads(answer: Assessment, language) -> None:
    base = base_map(answer, language)
    assert list(base.facility_symbols) == ["hospital", "unit_open", "unit_off_road"]
    entries = [e for group in status_spec(base).legend for e in group.entries]
    texts = {e.symbol or e.look: e.label.screen for e in entries}
    assert texts["unit_off_road"].endswith(OFF_ROAD[language])
    assert base.word("map_status_off_road", count=1) in status_spec(base).note
    assert base.word("status_off_road") in texts.values()
    tips = next(layer.tips for layer in gap_spec(base).layers if getattr(layer, "tips", ()))
    assert any(OFF_ROAD[language] in text for _, text in tips[4].rows)
    assert gap_map(answer, language).html.count(OFF_ROAD[language]) > 2
    page = explorer_page(explorer_data(answer), language).html
    places = {place["id"]: place for place in page_data(page)["places"]}
    assert places["U5"]["name"] == f"U5 ({OFF_ROAD[language]})"
    assert places["G-puncak"]["suitability"] == VERIFY[language]


def test_a_building_that_joins_no_road_is_to_be_verified(answer: Assessment) -> None:
    sites = answer.candidates.set_index("site_id")
    assert sites["suitability"].to_dict() == {
        "G-pulau": "fit", "G-seberang": "fit", "G-puncak": "to_verify",
    }  # fmt: skip
    assert str(sites.loc["G-puncak", "verify"]) == "road"
    actions = health_office_tables(answer)["actions"].set_index("subject_id")
    assert actions.loc["G-puncak", "action"] == "verify_building"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_the_screen_says_that_a_building_joins_no_road(answer, language, capsys) -> None:
    Console(width=200).print(explanation(explain_village(answer, "35.79.01.1004"), language))
    Console(width=200).print(explanation(explain_village(answer, "35.79.01.1005"), language))
    said = capsys.readouterr().out
    assert VERIFY[language] in said
    assert OFF_ROAD[language] in said
    table = candidate_spec(base_map(answer, language)).table
    assert table is not None
    assert [row[2] for row in table.rows][-1] == VERIFY[language]


@pytest.mark.slow
def test_a_town_where_every_unit_joins_a_road_has_no_such_legend(tmp_path) -> None:
    units = THREE_STATES.units[:1]
    base = base_map(assess(*read_drawn(tmp_path, replace(THREE_STATES, units=units))), "en")
    entries = [e for group in status_spec(base).legend for e in group.entries]
    assert OFF_ROAD["en"] not in " ".join(e.label.screen for e in entries)
    assert OFF_ROAD["en"] not in status_spec(base).note


LOST = {"unreachable": UNREACHABLE, "cut_off": CUT_OFF, "not_snapped": FAR}
NUMBERS = {
    "id": ("4.621 jiwa tidak terjangkau", "1.987 jiwa terputus oleh penutupan jalan",
           "43 jiwa jauh dari jalan"),
    "en": ("4,621 people unreachable", "1,987 people cut off by a closure",
           "43 people far from any road"),
}  # fmt: skip


@pytest.mark.slow
def test_every_table_tells_the_three_states_apart(answer: Assessment) -> None:
    tables = health_office_tables(answer)
    for state, people in LOST.items():
        assert (answer.city[state] == people).all()
        assert tables["equity"].iloc[0][state] == people
        assert answer.gaps[state].sum() == people
        assert what_if(answer).coverage().groupby("mode")[state].sum().max() == people * len(
            answer.scenario.modes["motorcycle"].thresholds_minutes
        )
    assert (answer.gaps[list(LOST)].sum(axis=1) == answer.gaps["people_without_way"]).all()
    summary = summary_row("baseline", Placing()(answer.study, answer.scenario))
    assert {state: summary[state] for state in LOST} == LOST


@pytest.mark.slow
def test_percentiles_count_them_as_infinite_and_indices_are_of_the_others(answer) -> None:
    city = health_office_tables(answer)["equity"].iloc[0]
    assert np.isinf(city["p90_minutes"])
    assert np.isfinite(city["p10_minutes"]), "one in eight lives beside the unit"
    reached = np.isfinite(answer.times["foot"].best())
    people = answer.demand["population"].to_numpy(float)[reached]
    minutes = answer.times["foot"].best()[reached]
    assert people.sum() == 8451 - sum(LOST.values())
    assert city["gini"] == pytest.approx(gini(minutes, people))
    summary = summary_row("baseline", Placing()(answer.study, answer.scenario))
    assert np.isinf(summary["p90_minutes"])
    assert summary["mean_minutes_reached"] == pytest.approx(minutes @ people / people.sum())
    assert (summary["worst_village"], summary["worst_village_without_way"]) == ("Pulau", ISLAND)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_the_screen_tells_them_apart(answer: Assessment, language, capsys) -> None:
    console = Console(width=400)
    lines = list(served_lines(answer.city, language))
    assert all(text in lines[-1] and text in lines[-2] for text in NUMBERS[language])
    console.print(appraisal(health_office_tables(answer), language, only=["equity"]))
    rows = [summary_row("baseline", Placing()(answer.study, answer.scenario))]
    effects = pd.DataFrame()
    console.print(comparison({"summary": pd.DataFrame(rows), "effects": effects}, language))
    said = capsys.readouterr().out
    for people in LOST.values():
        assert said.count(number(people, language)) == 3, "city, its district, the comparison"
    assert number(ISLAND, language) in said, "of the worst-off village"
    assert said.count(word("infinite", language)) >= 2, "P90 and its distance to P10"


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_reasons_of_each_village_say_which_state(answer: Assessment, language) -> None:
    texts = {
        row["village_name"]: need_sentence(row, language, minutes=15, mode="foot")
        for row in answer.gaps.to_dict("records")
    }
    island = word("lost_unreachable", language, people=number(ISLAND, language))
    assert texts["Pulau"].endswith(f"{island}.")
    assert NUMBERS[language][1] in texts["Seberang"]
    assert NUMBERS[language][2] in texts["Puncak"]
    assert word("lost_unreachable", language, people=300) in texts["Campur"]
    assert "36" in texts["Campur"], "and the mean of those who arrive"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_maps_tell_them_apart(answer: Assessment, language) -> None:
    base = base_map(answer, language)
    tips = next(layer.tips for layer in gap_spec(base).layers if getattr(layer, "tips", ()))
    said = {tip.title: dict(tip.rows) for tip in tips}
    label = word("without_way", language, mode=word("by_foot", language))
    island = word("lost_unreachable", language, people=number(ISLAND, language))
    assert said["Pulau"][label] == island
    assert said["Seberang"][label] == NUMBERS[language][1]
    assert said["Puncak"][label] == NUMBERS[language][2]
    assert word("mean_reached", language) in said["Campur"]
    assert word("mean_minutes", language) not in said["Campur"]
    assert not said["Hulu"][label]
    streets = {
        layer.name: set(answer.study.roads.way_id[layer.is_unconnected].tolist())
        for layer in gap_spec(base).layers
        if isinstance(layer, UnconnectedLayer)
    }
    assert streets == {"layer_unconnected": {4, 9}, "layer_cut_off": {2}}
    page = gap_map(answer, language).html
    assert word("layer_cut_off", language) in page
    left_out = code_word("residents_per_posyandu", language)
    assert word("criteria_left_out", language, names=left_out) in page


def test_the_explorer_tells_them_apart(answer: Assessment) -> None:
    """A unit on the island reaches its people; nothing but the bridge reaches the others."""
    data = explorer_data(answer)
    then = explorer_answer(data, ExplorerState(mode="foot", minutes=15))
    assert then["lost"] == {
        "35.79.01.1002": [0, CUT_OFF, 0], "35.79.01.1003": [ISLAND, 0, 0],
        "35.79.01.1004": [0, 0, FAR], "35.79.01.1006": [300, 0, 0],
    }  # fmt: skip
    opened = explorer_answer(data, ExplorerState(mode="foot", minutes=15, chosen=("G-pulau",)))
    assert "35.79.01.1003" not in opened["lost"]
    assert opened["lost"]["35.79.01.1002"] == [0, CUT_OFF, 0]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_the_interval_of_a_score_is_told_where_there_is_one(answer, language, capsys) -> None:
    """Of 100, between the lowest and the highest that missing figures leave possible."""
    gaps = answer.gaps.assign(score=0.5, score_low=answer.gaps["score_low"].where(
        answer.gaps["village_name"] != "Pulau", 0.4), score_high=0.5)  # fmt: skip
    gaps.loc[gaps["village_name"] != "Pulau", "score_low"] = 0.5
    unsure = replace(answer, gaps=gaps)
    interval = {"id": "50,0 (40,0-50,0)", "en": "50.0 (40.0-50.0)"}[language]
    tips = next(
        layer.tips for layer in gap_spec(base_map(unsure, language)).layers
        if getattr(layer, "tips", ())
    )  # fmt: skip
    said = {tip.title: dict(tip.rows)[word("score", language)] for tip in tips}
    assert said == dict.fromkeys(said, "") | {"Pulau": interval}
    Console(width=200).print(explanation(explain_village(unsure, "35.79.01.1003"), language))
    assert interval in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pack_tells_them_apart(tmp_path: Path, language) -> None:
    study = drawn_study(tmp_path / "study", THREE_STATES)
    arguments = ["brief", "baseline", "--data", str(study), "--out", str(tmp_path / "out"),
                 "--lang", language, "-q"]  # fmt: skip
    for setting in THREE_STATES.settings:
        arguments += ["--set", setting]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    folder = Path(result.stdout.strip())
    for name in ("ringkasan.pdf", "laporan.pdf"):
        text = pdf_text(folder / name)
        assert all(part in text for part in NUMBERS[language]), name
        assert "Lereng" in text
    sheet = pdf_text(next((folder / "lembar_desa").glob("*1002*.pdf")))
    assert NUMBERS[language][1] in sheet
    show = Presentation(str(folder / "presentasi.pptx"))
    texts = [s.text_frame.text for slide in show.slides for s in slide.shapes if s.has_text_frame]
    assert any(all(part in text for part in NUMBERS[language]) for text in texts)
    book = load_workbook(folder / "tabel.xlsx", read_only=True)
    cells = {
        str(value)
        for row in book[sheet_name("equity", language)].iter_rows(values_only=True)
        for value in row
    }
    assert {str(people) for people in LOST.values()} <= cells
    assert word("infinite", language) in cells
