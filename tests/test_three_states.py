"""Who is not served is told apart in every output: far from any road, unreachable, cut off.

A unit that no road leads to is open and cut off from the roads; a building is to be verified.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.explain_village import explain_village
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.siting_maps import candidate_spec
from batu_geo.render.cartography.village_maps import gap_spec, status_spec
from batu_geo.render.terminal.explanation import explanation
from batu_geo.render.web.explorer_page import explorer_page
from batu_geo.render.web.gap_map import gap_map
from tests.drawn_towns import read_drawn
from tests.three_states import THREE_STATES

OFF_ROAD = {"id": "buka, terputus dari jalan", "en": "open, cut off from the roads"}
VERIFY = {"id": "perlu verifikasi: jalan", "en": "to verify: road"}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = tmp_path_factory.mktemp("three_states")
    return assess(*read_drawn(folder, THREE_STATES))


def page_data(page: str) -> dict[str, Any]:
    """Return what the scripts of a page compute from."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_a_unit_that_joins_no_road_is_open_and_cut_off_from_the_roads(answer: Assessment) -> None:
    assert answer.unit_status.to_dict() == {
        "35.79.01.1001": "open", "35.79.01.1002": "none", "35.79.01.1003": "none",
        "35.79.01.1004": "none", "35.79.01.1005": "off_road", "35.79.01.1006": "none",
    }  # fmt: skip
    four = health_office_tables(answer)["four_coverages"].set_index("word")["value"]
    assert four["cakupan_unit_buka"] == 2, "it is open all the same"


@pytest.mark.parametrize("language", ["id", "en"])
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
def test_the_screen_says_that_a_building_joins_no_road(answer, language, capsys) -> None:
    Console(width=200).print(explanation(explain_village(answer, "35.79.01.1004"), language))
    Console(width=200).print(explanation(explain_village(answer, "35.79.01.1005"), language))
    said = capsys.readouterr().out
    assert VERIFY[language] in said
    assert OFF_ROAD[language] in said
    table = candidate_spec(base_map(answer, language)).table
    assert table is not None
    assert [row[2] for row in table.rows][-1] == VERIFY[language]


def test_a_town_where_every_unit_joins_a_road_has_no_such_legend(tmp_path) -> None:
    units = THREE_STATES.units[:1]
    base = base_map(assess(*read_drawn(tmp_path, replace(THREE_STATES, units=units))), "en")
    entries = [e for group in status_spec(base).legend for e in group.entries]
    assert OFF_ROAD["en"] not in " ".join(e.label.screen for e in entries)
    assert OFF_ROAD["en"] not in status_spec(base).note
