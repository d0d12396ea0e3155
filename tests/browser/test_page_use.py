"""Pages for everybody: read aloud, by keys alone, on a phone, enlarged and printed."""

from __future__ import annotations

import io
import shutil
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from batu_geo.planning.explorer_data import (
    ExplorerData,
    ExplorerState,
    explorer_answer,
    explorer_data,
)
from batu_geo.render.text.words import number, word
from tests.how_many import is_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.verbs.maps import MapFolder

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FAULTS = """tags => axe.run({ runOnly: tags, resultTypes: ["violations"] }).then(found => found.violations
  .filter(one => ["serious", "critical"].includes(one.impact))
  .map(one => [one.impact, one.id, one.nodes[0].html]))"""
# Letters as they are seen: a drawing may be scaled.
SMALL = """() => [...document.querySelectorAll("body *")].filter(e => e.checkVisibility()
  && getComputedStyle(e).visibility !== "hidden" && !e.closest(".unseen, script")
  && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => [parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM ? e.getScreenCTM().a : 1), e.textContent])
  .filter(([size]) => size > 0 && size < 10.99)"""
# Folded with a search begun; open with its card; every control at its other end.
STATES = (
    """() => { document.querySelectorAll("details").forEach(one => { one.open = false; });
  document.querySelector(".card-box .small")?.click();
  const box = document.querySelector(".search input");
  if (box) { box.value = "tlek"; box.focus(); } }""",
    """() => { document.querySelectorAll("details").forEach(one => { one.open = true; });
  const box = document.querySelector(".search input");
  if (box) { box.value = "tlekung"; box.form.requestSubmit(); } }""",
    """() => { const say = (one, kind) => one.dispatchEvent(new Event(kind, { bubbles: true }));
  document.querySelectorAll("select").forEach(one => { one.selectedIndex = one.options.length - 1; say(one, "change"); });
  document.querySelectorAll("input[type=range]").forEach(one => { one.value = one.max; say(one, "input"); });
  document.querySelectorAll("input[type=checkbox], .layer-list input[type=radio]").forEach(one => one.click()); }""",
)
# These in every state on either size; the others open on a desk and folded on a phone.
MOST_CONTROLS = ("jelajah", "jangkauan")
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def context(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(offline=True, viewport=DESKTOP, locale="id-ID", has_touch=True)
    yield context
    context.close()


def test_every_page_is_read_aloud_enlarged_and_printed_with_its_map(
    map_folder: MapFolder, context: Any
) -> None:
    axe = files(pytest.importorskip("axe_core_python")).joinpath("axe.min.js").read_text("utf-8")
    for path in map_folder.pages:
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error, found=faults: found.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector("main a, .leaflet-pane path.leaflet-interactive", state="attached")
        view = page.locator("meta[name=viewport]").get_attribute("content")
        assert "user-scalable" not in view, path.name
        assert "maximum-scale" not in view, path.name
        page.evaluate(axe)
        is_map = path.name != "index.html"
        for size, few_states in ((DESKTOP, (1,)), (PHONE, (0,))):
            page.set_viewport_size(size)
            all_states = range(3 if path.stem in MOST_CONTROLS else 2)
            is_whole = is_all() or path.stem in MOST_CONTROLS
            for n in all_states if is_whole else few_states:
                page.evaluate(STATES[n])
                page.wait_for_timeout(50)
                assert page.evaluate(SMALL) == [], (path.name, n)
                assert page.locator(".card-box h2").count() == (is_map and n > 0), path.name
                assert page.evaluate(FAULTS, TAGS) == [], (path.name, size, n)
        page.set_viewport_size(DESKTOP)
        assert colours_printed(page.pdf(prefer_css_page_size=True, print_background=True)) >= 3
        assert faults == [], path.name
        page.close()


def colours_printed(pdf: bytes) -> int:
    """Return how many colours are frequent in the middle of the first page."""
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not installed")
    command = ["pdftoppm", "-r", "40", "-png", "-f", "1", "-l", "1", "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    width, height = image.size
    middle = image.crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    return sum(count > 20 for count, _ in middle.getcolors(maxcolors=2**20))


@pytest.fixture(scope="module")
def data(baseline: Any) -> ExplorerData:
    return explorer_data(baseline)


@pytest.fixture(scope="module")
def by_keys(map_folder: MapFolder, context: Any) -> Any:
    """Return the explorer after a stranger came to the first village of the order by keys alone."""
    page = context.new_page()
    page.goto((map_folder.folder / "jelajah.html").as_uri())
    page.wait_for_selector("#panel:not([hidden])")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "search", "tab order begins at search"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#ranking tr') !== null"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    return page


@pytest.fixture(scope="module")
def on_phone(map_folder: MapFolder, context: Any) -> Any:
    """Return the explorer after a stranger touched the first village of the order on a phone."""
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto((map_folder.folder / "jelajah.html").as_uri())
    page.wait_for_selector("#panel:not([hidden])")
    page.locator("#ranking button").first.tap()
    return page


def test_a_stranger_finds_the_village_worst_off(
    by_keys: Any, on_phone: Any, data: ExplorerData
) -> None:
    worst = data.assessment.gaps.iloc[0]
    for page in (by_keys, on_phone):
        assert page.evaluate("document.activeElement.id") == "card"
        assert page.locator("#card h2").inner_text() == worst["village_name"]
        facts = page.locator("#card dl").inner_text()
        assert "1 dari 6" in facts
        assert "belum memiliki UPKDK (disimpulkan)" in facts
        assert number(worst["population"], "id") in facts
    box = on_phone.locator("#card").bounding_box()
    assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1), "at the foot"
    assert box["x"] == 0
    assert box["width"] == PHONE["width"]
    shape = "document.querySelector('#map path').getAttribute('d')"
    before = by_keys.evaluate(shape)
    by_keys.locator(".search input").press_sequentially("tlekung")
    by_keys.keyboard.press("Enter")
    assert by_keys.locator("#card h2").inner_text() == "Tlekung"
    assert by_keys.evaluate(shape) == before, "the map stays where it is"
    by_keys.keyboard.press("Escape")
    assert by_keys.locator("#card").is_hidden()
    assert by_keys.evaluate("document.activeElement.type") == "search"
    by_keys.locator("#ranking button").first.press("Enter")


def test_a_stranger_finds_why(by_keys: Any, on_phone: Any, data: ExplorerData) -> None:
    worst = data.assessment.gaps.iloc[0]
    for page in (by_keys, on_phone):
        points = page.locator("#card tbody tr td:last-child").all_inner_texts()
        known = [float(text.replace(",", ".")) for text in points if text != word("no_data", "id")]
        assert sum(known) == pytest.approx(100 * worst["score"], abs=0.1 * len(known))
        names = [c.name for c in data.assessment.scenario.need if f"contribution_{c.name}" in worst]
        assert max(known) == pytest.approx(
            100 * max(worst[f"contribution_{name}"] for name in names), abs=0.1
        )
        assert "UPKDK" in page.locator("#card ul").first.inner_text(), "what is lacking"


def test_a_stranger_finds_the_building_that_helps_it_most(
    by_keys: Any, on_phone: Any, data: ExplorerData
) -> None:
    village = data.assessment.gaps["village_id"][0]

    def served(*chosen: str) -> dict[str, Any]:
        return explorer_answer(data, ExplorerState("foot", 15, chosen=chosen))

    now = served()
    near = data.sites[data.sites["people_gained"] > 0]
    after = {name: served(name) for name in near["site_id"]}
    best = max(after, key=lambda name: (after[name]["villages"][village], after[name]["served"]))
    name = data.sites.set_index("site_id")["building_name"][best]
    here = after[best]["villages"][village] - now["villages"].get(village, 0)
    for page in (by_keys, on_phone):
        told = page.locator("#card .best").inner_text()
        assert name in told
        assert f"+{number(here, 'id')} jiwa" in told
    by_keys.keyboard.press("Tab")
    by_keys.keyboard.press("Tab")
    by_keys.keyboard.press("Enter")
    on_phone.locator("#card .act").tap()
    for page in (by_keys, on_phone):
        assert page.locator("#served").inner_text() == number(after[best]["served"], "id")
        assert page.locator("#ranking tbody tr").count() == len(data.assessment.gaps) - 1
