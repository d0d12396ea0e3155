"""The parts of a page: heading, banner, legend, sources, symbols, tables, faults; all escaped."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.domain.errors import Problem
from batu_geo.render.cartography.map_spec import TextTable
from batu_geo.render.cartography.symbols import SYMBOLS
from batu_geo.render.text.words import word
from batu_geo.render.web.fault_map import MOST_LISTED, Marked, fault_map
from batu_geo.render.web.map_elements import banner, heading, picker, sources, tools
from batu_geo.render.web.page_painter import table_html
from batu_geo.render.web.svg_symbols import candidate_symbol, svg_house, svg_symbol

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{7*7}}"
CARDS = {
    "roads": {"origin": "OpenStreetMap", "date": "2025-12-01", "evidence": "reported"},
    "buildings": {"origin": HOSTILE, "date": "2025-11-30", "evidence": "illustrative"},
    "staffing": {"origin": "Dinas", "date": "2025-10-01", "evidence": "inferred"},
}


class Tags(HTMLParser):
    """Collects the tags of a piece of HTML, and whether each one is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        """Note a tag that opens."""
        self.names.append(tag)
        if tag not in {"input", "path", "circle", "rect", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Require that the tag opened last is closed first."""
        if tag not in {"path", "circle", "rect"}:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the text between tags."""
        self.text += data


def parsed(html: str) -> Tags:
    """Return the tags of a piece of HTML that closes all it opens."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


def test_a_heading_shows_hostile_names_as_text() -> None:
    tags = parsed(heading(HOSTILE, "b"))
    assert tags.names == ["header", "h1", "p"]
    assert tags.text == HOSTILE + "b"


def test_the_banner_names_what_is_made_up_alone() -> None:
    text = parsed(banner(CARDS, "en")).text
    assert word("table_buildings", "en") in text
    assert word("table_staffing", "en") not in text
    assert banner({"roads": CARDS["roads"]}, "en") == ""


@pytest.mark.parametrize("language", ["id", "en"])
def test_sources_name_every_input_with_its_origin_date_and_evidence(language: Any) -> None:
    html = sources(CARDS, language)
    tags = parsed(html)
    assert tags.names.count("li") == len(CARDS)
    assert "img" not in tags.names
    for table, card in CARDS.items():
        assert f"{word(f'table_{table}', language)}: {card['origin']}" in tags.text
        assert f"{card['date']}, {word(card['evidence'], language)}" in tags.text
    assert "EPSG" not in tags.text


def test_tools_hold_the_controls_of_the_map_between_search_and_print() -> None:
    own = picker("unit", HOSTILE)
    html = tools(own, "id")
    tags = parsed(html)
    assert html.index("</form>") < html.index(own) < html.index('class="print"')
    assert tags.names.count("button") == 3
    assert HOSTILE in tags.text


@settings(max_examples=50)
@given(
    cells=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=4),
    title=st.text(max_size=8),
)
def test_a_table_of_figures_comes_back_cell_by_cell(cells: list[list[str]], title: str) -> None:
    """Texts are escaped, the first of a row is its heading."""
    table = TextTable(("a", "b"), tuple(tuple(row) for row in cells))
    html = table_html(table, title)
    body = html.split("<tbody>")[1]
    found = re.findall(r"<(?:th scope=\"row\"|td)>(.*?)</t[hd]>", body, re.DOTALL)
    wanted = [table_html(TextTable((cell,), ()), "") for row in cells for cell in row]
    heads = [re.search(r"<th scope=\"col\">(.*?)</th>", one, re.DOTALL)[1] for one in wanted]
    assert found == heads
    assert html.count("<tr>") == 1 + len(cells)


@pytest.mark.parametrize("name", [n for n, s in SYMBOLS.items() if s.shape != "house"])
def test_a_symbol_is_one_picture_in_its_colour(name: str) -> None:
    svg = svg_symbol(name)
    assert parsed(svg).names[0] == "svg"
    assert SYMBOLS[name].colour in svg
    assert ("stroke-dasharray" in svg) == SYMBOLS[name].is_hollow
    assert svg.count("<svg") == 1


def test_a_unit_with_nobody_there_is_the_open_unit_in_grey() -> None:
    asleep = svg_symbol("unit_asleep")
    assert svg_symbol("unit_open") in asleep
    assert 'class="symbol asleep"' in asleep


@pytest.mark.parametrize(("number", "size"), [(1, 10), (99, 10), (100, 9.2), (731, 9.2)])
def test_a_rank_fits_into_its_house(number: int, size: float) -> None:
    svg = svg_house(SYMBOLS["fit"], number, is_dashed=False)
    assert f'font-size="{size}"' in svg
    assert parsed(svg).text == str(number)


def test_a_made_up_building_has_a_broken_edge() -> None:
    row = {"suitability": "fit", "rank": 3, "evidence": "reported"}
    assert "stroke-dasharray" not in candidate_symbol(row)
    made_up = candidate_symbol(row | {"evidence": "illustrative"})
    assert "stroke-dasharray" in made_up
    assert parsed(made_up).text == "3"
    other = candidate_symbol(row | {"suitability": "to_verify"})
    assert SYMBOLS["to_verify"].colour in other


def fault(number: int, place: tuple[float, float] | None, *, is_error: bool = True) -> Marked:
    problem = Problem(
        "BG-204", "bangunan.geojson", feature=number, column="rooms",
        values={"value": -number, "minimum": 0},
    )  # fmt: skip
    return Marked(problem, is_error, place)


def outlines() -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.box(112.5, -7.9, 112.6, -7.8)], crs="EPSG:4326")


def corners(html: str) -> list[list[float]]:
    """Return south-west and north-east as the script of a page is told them."""
    return json.loads(re.search(r"setUpPlain\(map_\d+, (\[\[.*?\]\])\)", html)[1])


def listed(html: str) -> list[str]:
    legend = re.search(r'<details class="legend".*?</details>', html, re.DOTALL)[0]
    return [
        unescape(re.sub(r"<.*?>", "", item))
        for item in re.findall(r"<li>(.*?)</li>", legend, re.DOTALL)
    ]


def test_faults_are_listed_with_their_sentence_and_counted() -> None:
    faults = [fault(1, (112.55, -7.85)), fault(2, None, is_error=False)]
    html = fault_map(faults, outlines(), title=HOSTILE, language="en").html
    assert listed(html) == [one.problem.line("en") for one in faults]
    assert "<img" not in html
    assert re.search(r"1 error\w*.*1 warning", html)
    (south, west), (north, east) = corners(html)
    assert [south, west, north, east] == pytest.approx([-7.9, 112.5, -7.8, 112.6])


def test_without_outlines_the_page_opens_around_the_middle_fault() -> None:
    """One stray place does not push the others off the page, and is not drawn."""
    faults = [fault(n, (112.5 + n / 100, -7.9)) for n in range(3)] + [fault(9, (0.0, 51.5))]
    html = fault_map(faults, None, title="a", language="id").html
    (south, west), (north, east) = corners(html)
    assert west < 112.5 < east
    assert south < -7.9 < north
    assert '"coordinates":[0.0,51.5]' not in html
    assert len(listed(html)) == 4


def test_without_any_place_the_page_opens_on_the_city() -> None:
    html = fault_map([fault(1, None)], None, title="a", language="id").html
    (south, west), (north, east) = corners(html)
    assert (west < 112.52 < east, south < -7.87 < north) == (True, True)


def test_of_many_faults_the_first_are_listed_and_all_are_counted() -> None:
    faults = [fault(n, None) for n in range(1, MOST_LISTED + 51)]
    html = fault_map(faults, None, title="a", language="en").html
    assert listed(html) == [one.problem.line("en") for one in faults[:MOST_LISTED]]
    assert str(len(faults)) in re.search(r'<header class="page">.*?</header>', html)[0]


def test_two_pages_of_the_same_faults_are_the_same_bytes() -> None:
    pages = [
        fault_map([fault(1, (112.55, -7.85))], outlines(), title="a", language="id").html
        for _ in range(2)
    ]
    assert pages[0] == pages[1]
