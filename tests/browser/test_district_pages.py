"""The explorer of a large study: an index, a page for each district, and what is said at borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.planning.explorer_data import ExplorerState, explorer_answer, explorer_data
from batu_geo.render.text.words import number
from batu_geo.render.web.explorer import district_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]
READY = "#panel:not([hidden])"


@pytest.fixture(scope="module")
def folder(baseline: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pages of the embedded study as if it were too large for one."""
    made = tmp_path_factory.mktemp("districts")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(district_pages, "HOMES_A_PAGE", 100)
        district_pages.save_explorer(made, baseline, "id")
    return made


def test_pages_of_districts_say_together_what_the_planner_says(
    folder: Path, baseline: Any, open_page: Callable[..., Any]
) -> None:
    data, state = explorer_data(baseline), ExplorerState("foot", 15)
    answer, served = explorer_answer(data, state), 0
    gains = dict.fromkeys(data.sites["site_id"], 0)
    paths = sorted((folder / "jelajah").glob("*.html"))
    assert len(paths) == len(set(baseline.study.villages["district_name"])) == 3
    for path, district in zip(
        paths, district_pages.districts_of(baseline.study.villages), strict=True
    ):
        opened = open_page(path, ready=READY)
        page, own = opened.page, baseline.study.villages.iloc[district.villages]
        page.select_option("#mode", state.mode)
        page.fill("#minutes", str(state.minutes))
        here = whole(page.text_content("#served"))
        assert here == sum(answer["villages"][name] for name in own["village_id"]), path.name
        served += here
        for line in page.query_selector_all(".building"):
            gain = whole(line.query_selector("output").text_content())
            gains[line.query_selector("input").get_attribute("value")] += gain
        said = page.text_content(".part")
        assert number(int(own["population"].sum()), "id") in said, said
        assert opened.complaints == []
    assert (served, gains) == (answer["served"], answer["gains"])


def whole(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.parametrize("width", [1366, 390])
def test_a_village_found_on_the_first_page_opens_on_its_own_and_what_lies_beyond_is_said(
    folder: Path, baseline: Any, open_page: Callable[..., Any], width: int, tmp_path: Path
) -> None:
    opened = open_page(folder / district_pages.EXPLORER, ready=".front", width=width, height=800)
    page, village = opened.page, baseline.study.villages.iloc[-1]
    page.screenshot(path=tmp_path / "index.png")
    page.fill(".search input", village["village_name"])
    page.click(".search button")
    page.wait_for_selector("#card:not([hidden])")
    assert village["village_name"] in page.text_content("#card")
    own = page.eval_on_selector_all(".building input", "all => all.map(one => one.value)")
    other = next(name for name in explorer_data(baseline).sites["site_id"] if name not in own)
    page.evaluate("address => { location.hash = address; }", f"#s=foot;15;0;8;{own[0]},{other}")
    page.wait_for_selector("#elsewhere:not([hidden])")
    assert other in page.text_content("#elsewhere")
    assert own[0] not in page.text_content("#elsewhere")
    page.screenshot(path=tmp_path / "district.png")
    page.click("a.district >> nth=0")
    page.wait_for_selector(".front")
    assert page.url.endswith(f"#s=foot;15;0;8;{own[0]},{other}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.complaints == []
