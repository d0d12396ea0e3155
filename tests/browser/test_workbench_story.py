"""A story of the workbench by mouse: move, find the best third with proof, compare, save, pack.

With `BATU_GEO_PICTURES=1` it makes the pictures of `docs/id/meja_kerja.md` on the embedded study. A
pack of a whole city takes a minute: it is begun and cancelled, and made with `--all-worlds` and, each
time, on a town of four villages.
"""

from __future__ import annotations

import io
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from batu_geo.render.text.words import number, word
from batu_geo.sources.study.embedded import embedded_study
from tests.browser.bench_server import Bench, Tab, copy_of, open_tab, served
from tests.conftest import ROOT
from tests.extreme_towns import write_extreme
from tests.toy_study import write_toy_study
from tests.workbench.town import write_town

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = {"width": 1366, "height": 768}
PICTURES = ROOT / "docs/img"
NODES = ("abcdefghij", "klmnopqrst", "uvwxyzABCD", "EFGHIJKLMN", "OPQRSTUVWX")


def hundred_villages(folder: Path) -> Path:
    """Write a study of 100 villages, none of them in Batu: 7 units, 12 buildings."""
    rows = ["---".join(row) for row in NODES]
    links = "   ".join("|" * 10)
    drawing = f"\n{links}\n".join(rows)
    columns = ["".join(column) for column in zip(*NODES, strict=True)]
    places = {
        f"99.{row}{column:02d}": ((2 * column - 1, 2 * row - 1, 2 * column + 1, 2 * row + 1), 400)
        for row in range(5)
        for column in range(20)
    }
    names = list(places)
    middle = {
        name: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for name, (box, _) in places.items()
    }
    return write_toy_study(
        folder, drawing, dict.fromkeys((*NODES, *columns), "residential"), villages=places,
        units={name: middle[name] for name in names[::15]},
        buildings={f"b{n}": middle[name] for n, name in enumerate(names[7::8])},
    )  # fmt: skip


@pytest.fixture
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    if request.param == "embedded":
        return copy_of(embedded_study(), folder)
    if request.param == "100 villages":
        return hundred_villages(folder)
    return write_town(folder) if request.param == "town" else write_extreme(folder, request.param)


@dataclass
class Story:
    """A tab on a desk of a study."""

    tab: Tab
    bench: Bench
    study: Path
    draws: bool

    def picture(self, name: str) -> None:
        """Make a picture of the page for the docs, where pictures are made."""
        if self.draws:
            self.tab.page.wait_for_timeout(600)
            shot = Image.open(io.BytesIO(self.tab.page.screenshot())).convert("RGB")
            small = shot.resize((1024, 576), Image.Resampling.LANCZOS)
            small.save(PICTURES / f"{name}.jpg", quality=72)


def clear_of_others(tab: Tab) -> list[str]:
    """Return the ids of open units that no other mark lies on, in the order of the map."""
    return tab.page.evaluate("""() => {
      const marks = [...document.querySelectorAll(".leaflet-marker-icon.symbol")];
      const middle = (one) => { const box = one.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2]; };
      return marks.filter((one) => !one.classList.contains("site") && one.dataset.id.startsWith("U")
        && !one.getAttribute("aria-label").endsWith(")")
        && document.elementFromPoint(...middle(one))?.closest(".symbol") === one)
        .map((one) => one.dataset.id);
    }""")


@pytest.fixture
def told(chromium: Any, study: Path, tmp_path: Path) -> Iterator[Story]:
    """Open the workbench on a study."""
    with served(study, tmp_path / "out") as bench:
        is_batu = study.joinpath("facts").exists()
        if not is_batu:  # a few minutes reach everybody there
            bench.do({"what": "set_threshold", "minutes": 4})
        context = chromium.new_context(viewport=SIZE, locale="id-ID")
        tab = open_tab(context, bench)
        draws = is_batu and bool(os.environ.get("BATU_GEO_PICTURES"))
        yield Story(tab, bench, study, draws=draws)
        assert tab.outside == tab.complaints == []
        context.close()


def two_units_are_moved(story: Story) -> None:
    begun = story.bench.state["revision"]
    story.tab.drag(clear_of_others(story.tab)[0], 14, 10)
    story.tab.at_revision(begun + 1)
    story.picture("meja_kerja_geser")
    story.tab.drag(clear_of_others(story.tab)[-1], -14, -6)
    story.tab.at_revision(begun + 2)
    kinds = [one["act"]["what"] for one in story.bench.state["changes"]]
    assert kinds[-2:] == ["move_unit"] * 2


def the_best_third_is_found_and_used(story: Story) -> None:
    begun = story.bench.state["revision"]
    story.tab.page.click("#find button.primary")
    story.tab.page.wait_for_selector(".proof", timeout=60_000)
    story.picture("meja_kerja_carikan")
    assert "telah dibuktikan" in story.tab.text(".proof")
    story.tab.page.click(".proof button.primary")
    story.tab.at_revision(begun + 1)
    kinds = [one["act"]["what"] for one in story.bench.state["changes"]]
    assert kinds.count("open_unit") == 3, "three units are one step"


def it_stands_beside_today(story: Story) -> None:
    state = story.bench.state
    story.tab.page.click("#compare")
    story.tab.page.wait_for_selector("#ab-panel select")
    gain = state["answer"]["served"] - state["start"]["served"]
    sign = "+" if gain > 0 else "\u2212"
    assert f"{sign}{number(abs(gain), 'id')} dibanding A" in story.tab.text("#share")
    story.picture("meja_kerja_banding")
    story.tab.page.click("#compare")


def it_is_saved_in_the_study(story: Story) -> None:
    page = story.tab.page
    page.click(".menu summary")
    page.click("#save-as")
    page.fill("dialog input >> nth=0", "usulan-cerita")
    page.fill("dialog input >> nth=1", "Usulan dari cerita")
    page.click("dialog button.primary")
    story.tab.until("!document.querySelector('dialog').open")
    (saved,) = story.study.rglob("usulan-cerita.toml")
    settings = tomllib.loads(saved.read_text(encoding="utf-8"))
    assert len(settings["new_units"]) == 3
    assert len(settings["facility_changes"]) == 2
    assert story.tab.text("#saved") == word("bench_saved", "id")


def the_pack_is_begun_and_cancelled(story: Story) -> None:
    story.tab.page.click("#make-pack")
    story.tab.page.wait_for_selector("#toast progress")
    story.tab.page.evaluate("() => { window.first = document.querySelector('#toast span').textContent; "
                            "window.offered = document.querySelector('#toast button'); }")  # fmt: skip
    story.tab.until("document.querySelector('#toast span').textContent !== window.first")
    assert story.tab.page.evaluate("window.offered.isConnected"), "presses are lost"
    story.tab.page.click(f"#toast button:text-is('{word('bench_cancel', 'id')}')")
    story.tab.until(
        "text => document.getElementById('toast').textContent.includes(text)",
        word("bench_cancelled", "id"),
    )


def the_pack_is_made(story: Story) -> None:
    story.tab.page.click("#make-pack")
    story.tab.page.wait_for_selector("dialog[open] .choices button", timeout=240_000)
    assert story.tab.page.locator("dialog .choices li").count() >= 3
    with story.tab.page.expect_download() as download:
        story.tab.page.locator("dialog .choices button").first.click()
    assert Path(download.value.path()).stat().st_size > 100


@pytest.mark.parametrize("study", ["embedded", "100 villages"], indirect=True)
def test_a_plan_is_made_by_hand_proved_compared_saved_and_packed(
    told: Story, request: pytest.FixtureRequest
) -> None:
    two_units_are_moved(told)
    the_best_third_is_found_and_used(told)
    it_stands_beside_today(told)
    it_is_saved_in_the_study(told)
    if request.config.getoption("--all-worlds"):
        the_pack_is_made(told)
    else:
        the_pack_is_begun_and_cancelled(told)


@pytest.mark.parametrize("study", ["town"], indirect=True)
def test_a_pack_is_made_of_what_stands_on_the_page(told: Story) -> None:
    the_pack_is_made(told)


@pytest.mark.parametrize("study", ["one village", "nothing but villages"], indirect=True)
def test_a_study_with_next_to_nothing_opens_and_counts(told: Story) -> None:
    state = told.bench.state
    assert told.tab.text("#served") == number(state["answer"]["served"], "id")
    begun = state["revision"]
    told.tab.page.keyboard.press("u")
    box = told.tab.page.locator("#map").bounding_box()
    told.tab.page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    told.tab.at_revision(begun + 1)
    assert told.tab.page.locator("#changes > li").count() == 2
