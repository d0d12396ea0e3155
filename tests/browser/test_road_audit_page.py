"""The page of the road audit, opened in a real browser without a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.verbs.check import Writes, run_check
from tests.drawn_towns import Town, Village, drawn_study
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A street with a unit, an island of 90 people 300 m away, and a path that crosses unseen.
TOWN = Town(
    nodes={"A": (0, 0), "B": (1000, 0), "R": (0, 300), "S": (300, 300), "C": (600, -100),
           "D": (600, 100)},
    ways=(("AB", "residential"), ("RS", "residential"), ("CD", "path")),
    villages=(Village("1001", "Induk", 100, (-500, -900, 1500, 200)),
              Village("1003", "Utara", 90, (-500, 200, 1500, 400))),
    units=(("U1", "1001", (500.0, 0.0)),),
)  # fmt: skip
SHOWN = "document.querySelectorAll('path.leaflet-interactive[fill=\"#b3261e\"]').length"


def audit_page(folder: Path, town: Town, language: Any = "id") -> Path:
    study = drawn_study(folder / "study", town)
    run_check(data=study, writes=Writes(map_file=folder / "p.html"), language=language)
    return folder / "p_roads.html"


FITS = "(() => { const r = document.querySelector('.rows'); return r.scrollWidth <= r.clientWidth; })()"


@pytest.mark.parametrize(("width", "is_beside"), [(1300, True), (390, False)])
def test_the_table_stands_beside_the_map_or_below_it_on_a_phone(
    tmp_path: Path, open_page: Callable[..., Any], width: int, is_beside: bool
) -> None:
    target = audit_page(tmp_path, TOWN)
    opened = open_page(target, width=width)
    assert opened.requests == [target.as_uri()]
    assert opened.complaints == []
    page = opened.page
    assert page.title() == "Pemeriksaan jaringan jalan Drawn"
    map_box = page.locator(".folium-map").bounding_box()
    table = page.locator("section.audit").bounding_box()
    assert (table["x"] >= map_box["x"] + map_box["width"] - 1) is is_beside
    assert (table["y"] >= map_box["y"] + map_box["height"] - 1) is not is_beside
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(FITS), "no column is cut off"
    assert page.locator(".folium-map .legend").count() == 0, "the legend covers no part of the map"
    rows = page.locator("section.audit tbody tr").all_inner_texts()
    assert len(rows) == 1 + 3 + 1
    assert "celah yang perlu disambung" in rows[0]
    assert page.evaluate(SHOWN) == 1
    legend = page.locator(".legend li").all_text_contents()
    assert "celah yang perlu disambung: 1" in legend
    assert page.locator(".banner").count() == 1, "the roads are made up"


def test_a_row_shows_its_place_on_the_map(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    opened = open_page(audit_page(tmp_path, TOWN, "en"))
    page = opened.page
    scale = page.locator(".leaflet-control-scale-line")
    before = scale.inner_text()
    page.locator("section.audit button").first.click()
    page.wait_for_function("before => document.querySelector("
                           "'.leaflet-control-scale-line').innerText != before", arg=before)  # fmt: skip
    middle = page.locator(".folium-map").bounding_box()
    dot = page.locator('path[fill="#b3261e"]').bounding_box()
    assert dot["x"] + dot["width"] / 2 == pytest.approx(middle["width"] / 2, abs=12)
    assert opened.complaints == []


def test_hostile_names_are_shown_and_nothing_runs(
    tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    named = tuple(("AB", {"highway": "residential", "name": name}) for name in NAMES)
    opened = open_page(audit_page(tmp_path, replace(TOWN, ways=named)))
    assert opened.complaints == []
    assert opened.page.evaluate("window.pwned") is None
    said = opened.page.locator("section.audit").inner_text()
    assert "<svg onload=window.pwned=1>" in said


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (31, 0)])
def test_rules_that_crowd_the_map_begin_hidden_and_are_listed(
    tmp_path: Path, open_page: Callable[..., Any], count: int, shown: int
) -> None:
    letters = [chr(0x4E00 + n) for n in range(count)]
    nodes = {"A": (0.0, 0.0)} | {x: (10.0 * n + 10, 0.0) for n, x in enumerate(letters)}
    town = replace(
        TOWN, nodes=TOWN.nodes | nodes, ways=(("A" + "".join(letters) + "B", "residential"),),
        node_tags={letter: {"barrier": "bollard"} for letter in letters},
    )  # fmt: skip
    page = open_page(audit_page(tmp_path, town, "en")).page
    dots = "document.querySelectorAll('path.leaflet-interactive[fill=\"#8c510a\"]').length"
    assert page.evaluate(dots) == shown
    rows = page.locator("section.audit tbody tr").all_inner_texts()
    assert sum("barrier=bollard - used: stops cars, ambulances" in row for row in rows) == count
