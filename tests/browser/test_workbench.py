"""The workbench by mouse, by keyboard alone, in several tabs, on a phone, and from elsewhere."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.render.text.words import number, word
from batu_geo.sources.study.embedded import embedded_study
from tests.browser.bench_server import KEY, Bench, Tab, open_tab, served
from tests.workbench.town import write_town

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = {"width": 1366, "height": 768}
UNIT = "UPKDK-35.79.01.1001"
CHANGES = "#changes > li"
FOCUSED = "document.activeElement.dataset.id"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with served(embedded_study(), tmp_path_factory.mktemp("desk")) as bench:
        yield bench


@pytest.fixture
def bench(desk: Bench) -> Bench:
    if desk.state["changes"]:
        desk.do(what="clear")
    return desk


@pytest.fixture
def context(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport=SIZE, locale="id-ID")
    yield context
    context.close()


@pytest.fixture
def tab(context: Any, bench: Bench) -> Iterator[Tab]:
    tab = open_tab(context, bench)
    yield tab
    assert tab.outside == []
    assert tab.complaints == []


def test_numbers_follow_the_hand_and_what_is_put_down_is_kept(tab: Tab, bench: Bench) -> None:
    before = bench.state
    shown = tab.drag(UNIT, 30, 24)
    tab.at_revision(before["revision"] + 1)
    after = bench.state
    assert len(set(shown)) >= 2, "the number changes while the unit is dragged"
    assert after["answer"]["served"] != before["answer"]["served"]
    assert tab.text("#served") == number(after["answer"]["served"], "id")
    assert [change["key"] for change in after["changes"]] == [f"place:{UNIT}"]
    assert tab.page.locator(CHANGES).count() == 1
    assert tab.page.locator(".leaflet-extra-pane path[stroke-dasharray]").count() >= 2
    assert "m ke jalan" in tab.text("#hint")
    tab.page.click("#undo")
    tab.at_revision(before["revision"] + 2)
    assert tab.text("#served") == number(before["answer"]["served"], "id")
    tab.page.keyboard.press("Control+y")
    tab.at_revision(before["revision"] + 3)
    assert tab.text("#served") == number(after["answer"]["served"], "id")


def test_a_preview_is_never_kept(tab: Tab, bench: Bench) -> None:
    before = bench.state
    tab.page.keyboard.press("u")
    box = tab.page.locator("#map").bounding_box()
    tab.page.mouse.move(box["x"] + 420, box["y"] + 600)
    tab.until("was => document.getElementById('served').textContent !== was",
              number(before["answer"]["served"], "id"))  # fmt: skip
    assert bench.state["revision"] == before["revision"]
    tab.page.mouse.move(5, 300)
    tab.until("was => document.getElementById('served').textContent === was",
              number(before["answer"]["served"], "id"))  # fmt: skip
    tab.page.mouse.click(box["x"] + 40, box["y"] + 40)  # outside of every village
    tab.until("() => document.getElementById('toast').textContent.includes('pilih tempat')")
    assert (bench.state["revision"], tab.complaints) == (before["revision"], [])


def tab_to(tab: Tab, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(90):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_everything_by_the_keyboard_alone(tab: Tab, bench: Bench) -> None:
    revision = bench.state["revision"]
    keys = tab.page.keyboard
    keys.press("u")
    tab_to(tab, "#map")
    keys.press("Enter")
    tab.at_revision(revision + 1)
    keys.press("v")
    tab_to(tab, f'[data-id="{UNIT}"]')
    for _ in range(3):
        keys.press("Shift+ArrowRight")
    tab.at_revision(revision + 2)
    assert tab.page.evaluate(FOCUSED) == UNIT, "the focus stays on the unit that was moved"
    assert tab.text("#said").startswith(tab.text("#served"))
    keys.press("Delete")
    tab.at_revision(revision + 3)
    assert tab.page.evaluate(FOCUSED) == UNIT
    tab_to(tab, ".symbol.site")
    keys.press("Enter")
    keys.press("Enter")
    tab.at_revision(revision + 4)
    tab_to(tab, "#changes button[aria-label]")
    keys.press("Enter")
    tab.at_revision(revision + 5)
    keys.press("Control+z")
    tab.at_revision(revision + 6)
    kinds = [change["act"]["what"] for change in bench.state["changes"]]
    assert sorted(kinds) == ["move_unit", "open_unit", "open_unit", "set_status"]


def test_a_road_is_drawn_and_a_rule_is_turned(tab: Tab, bench: Bench) -> None:
    revision = bench.state["revision"]
    tab.page.keyboard.press("j")
    box = tab.page.locator("#map").bounding_box()
    for x, y in ((380, 480), (400, 500), (420, 480)):
        tab.page.mouse.click(box["x"] + x, box["y"] + y)
    tab.page.click("#draw-end")
    tab.at_revision(revision + 1)
    assert len(bench.state["changes"][0]["act"]["road"]["line"]) == 3
    tab.page.focus("#rules input[type=range]")
    tab.page.keyboard.press("ArrowRight")
    tab.at_revision(revision + 2)
    assert bench.state["settings"]["threshold"] == 16
    tab.page.locator("#changes input").first.uncheck()
    tab.at_revision(revision + 3)
    assert [change["isOn"] for change in bench.state["changes"]] == [False, True]
    tab.page.locator("#villages thead button").first.click()
    names = tab.page.locator("#villages tbody th").all_inner_texts()
    assert names == sorted(names)


def on_screen(tab: Tab, bench: Bench, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place is on the screen, from the marks of two facilities."""
    known = {one["id"]: one for one in bench.ask("/api/study")["facilities"]}
    first, last = (known[UNIT], known["UPKDK-35.79.01.2005"])
    boxes = [tab.unit(one["id"]).bounding_box() for one in (first, last)]
    across, down = (
        (box["x"] + box["width"] / 2 for box in boxes),
        [box["y"] + box["height"] / 2 for box in boxes],
    )
    x0, x1 = across
    x = x0 + (x1 - x0) * (lon - first["lon"]) / (last["lon"] - first["lon"])
    return x, down[0] + (down[1] - down[0]) * (lat - first["lat"]) / (last["lat"] - first["lat"])


def test_a_street_is_closed_and_a_home_says_why(tab: Tab, bench: Bench) -> None:
    revision = bench.state["revision"]
    home = bench.ask("/api/why", {"lon": 112.537, "lat": -7.881})["home"]
    x, y = on_screen(tab, bench, home["lon"], home["lat"])
    tab.page.keyboard.press("t")
    tab.page.mouse.move(x, y)
    tab.until("() => document.getElementById('hint').textContent.startsWith('Tutup ')")
    assert bench.state["revision"] == revision
    tab.page.mouse.click(x, y)
    tab.at_revision(revision + 1)
    (change,) = bench.state["changes"]
    assert change["act"]["closure"]["speed_factor"] == 0
    tab.page.keyboard.press("l")
    tab.page.mouse.click(x, y)
    tab.at_revision(revision + 2)
    tab.page.keyboard.press("v")
    tab.page.mouse.click(x, y)
    tab.page.wait_for_selector("#detail:not([hidden]) li")
    assert tab.text("#detail h2") == word("bench_why", "id")


def test_two_states_side_by_side(tab: Tab, bench: Bench) -> None:
    site = tab.page.locator(".symbol.site").first
    site.focus()
    tab.page.keyboard.press("Enter")
    tab.page.click("#detail .primary")
    tab.until("document.querySelectorAll('#changes > li').length === 1")
    tab.page.click("#compare")
    tab.page.wait_for_selector("#ab-panel select")
    state = bench.state
    gain = state["answer"]["served"] - state["start"]["served"]
    assert gain > 0
    assert f"+{number(gain, 'id')}" in tab.text("#share")
    assert word("bench_dot_only_b", "id") in tab.page.inner_text(".legend")
    tab.page.fill("#ab-panel input", "Usulan <b>")
    tab.page.click("#ab-panel [data-at=keep]")
    tab.until("document.querySelector('#ab-panel select').textContent.includes('Usulan <b>')")
    tab.page.click(".menu summary")
    tab.page.click("#clear")
    tab.until("document.querySelectorAll('#changes > li').length === 0")
    tab.page.click('#ab-panel [data-at="to Usulan <b>"]')
    tab.until("document.querySelectorAll('#changes > li').length === 1")


def test_eight_tabs_show_one_state(context: Any, bench: Bench) -> None:
    tabs = [open_tab(context, bench) for _ in range(8)]
    revision = bench.state["revision"]
    tabs[0].page.focus("#rules input[type=range]")
    tabs[0].page.keyboard.press("ArrowLeft")
    for tab in tabs:
        tab.at_revision(revision + 1)
        assert tab.text("#served") == tabs[0].text("#served")
    bench.ask("/api/save", {"revision": revision + 1, "name": "delapan-tab", "title": "Delapan"})
    for tab in tabs:
        tab.until(
            "text => document.getElementById('saved').textContent === text",
            word("bench_saved", "id"),
        )
    assert [tab.outside + tab.complaints for tab in tabs] == [[]] * 8


def test_who_comes_too_late_takes_the_newest_and_is_told(context: Any, bench: Bench) -> None:
    tab = open_tab(context, bench, is_deaf=True)
    step = bench.do({"what": "set_threshold", "minutes": 25})
    tab.page.focus("#rules input[type=range]")
    tab.page.keyboard.press("ArrowLeft")
    tab.at_revision(step["revision"])
    assert word("bench_changed_elsewhere", "id") in tab.text("#toast")
    assert tab.text("#served") == number(step["answer"]["served"], "id")
    assert bench.state["revision"] == step["revision"], "nothing was done over the head of another"
    assert tab.outside == []


PHONE = {"width": 390, "height": 844}


def test_on_a_phone_the_map_comes_first(chromium: Any, bench: Bench) -> None:
    context = chromium.new_context(viewport=PHONE, locale="id-ID", has_touch=True, is_mobile=True)
    tab = open_tab(context, bench)
    box = tab.page.locator("#map").bounding_box()
    assert box["y"] < 160
    assert box["height"] > 500
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not tab.page.locator("#tools").is_visible()
    assert tab.text("#served-small") == tab.text("#served")
    for name in ("tools", "result"):
        tab.page.tap(f".tabs [data-sheet={name}]")
        assert tab.page.locator(f"#{name}").is_visible()
        assert tab.page.locator("#map").bounding_box()["y"] == box["y"]
    revision = bench.state["revision"]
    tab.page.tap(".tabs [data-sheet=result]")
    tab.page.tap(".tabs [data-sheet=tools]")
    tab.page.tap("#tool [data-name=add]")
    tab.page.tap(".tabs [data-sheet=tools]")
    tab.page.touchscreen.tap(195, 500)
    tab.at_revision(revision + 1)
    assert tab.outside == tab.complaints == []
    context.close()


def test_without_the_key_there_is_a_sentence_and_no_number(context: Any, bench: Bench) -> None:
    tab = open_tab(context, bench, key="", ready="#stopped:not([hidden])")
    assert tab.text("#stopped") == word("bench_no_key", "id")
    assert tab.text("#served").strip() == ""
    assert tab.complaints == []


ATTACKS = """async address => {
  const seen = [];
  const tries = {
    read: () => fetch(`${address}/api/state`),
    key: () => fetch(`${address}/api/state`, { headers: { "x-batu-token": "KEY" } }),
    blind: () => fetch(`${address}/api/do`, { method: "POST", mode: "no-cors", body: BODY }),
    plain: () => fetch(`${address}/api/do`, { method: "POST", body: BODY,
      headers: { "content-type": "text/plain", "x-batu-token": "KEY" } }),
    shell: () => fetch(`${address}/`, { mode: "no-cors" }),
  };
  for (const [name, run] of Object.entries(tries)) {
    try {
      const answer = await run();
      if (answer.type !== "opaque") { seen.push([name, answer.status]); }
    } catch { /* refused by the browser */ }
  }
  const frame = document.createElement("iframe");
  frame.src = `${address}/`;
  document.body.append(frame);
  await new Promise((done) => { frame.onload = done; setTimeout(done, 1500); });
  try { if (frame.contentDocument.title) { seen.push(["frame", frame.contentDocument.title]); } } catch { /* closed */ }
  await new Promise((done) => {
    const script = document.createElement("script");
    script.src = `${address}/assets/workbench_words.js`;
    script.onload = () => { seen.push(["script", "ran"]); done(); };
    script.onerror = done;
    document.head.append(script);
  });
  return seen;
}"""


def test_a_page_from_another_port_reads_and_changes_nothing(
    context: Any, bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>lain</title>", encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(tmp_path))

        def log_message(self, *_given: object) -> None:
            pass

    before = bench.state
    body = f'{{"revision": {before["revision"]}, "do": "acts", "acts": [{{"what": "set_threshold", "minutes": 3}}]}}'
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{other.server_port}/index.html")
        run = ATTACKS.replace("KEY", KEY).replace("BODY", repr(body))
        assert page.evaluate(run, bench.address) == []
        other.shutdown()
    # Any name may be made to lead to this computer.
    answer = page.goto(bench.address.replace("127.0.0.1", "elsewhere.localhost"))
    assert answer.status == 403
    assert "UPKDK" not in page.content()
    after = bench.state
    assert (after["revision"], after["changes"]) == (before["revision"], before["changes"])


def test_the_page_is_pure_in_english(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out", language="en") as bench:
        context = chromium.new_context(viewport=SIZE, locale="en-GB")
        tab = open_tab(context, bench)
        said = tab.page.inner_text("body")
        assert "people within reach" in said
        for indonesian in ("jangkauan", "Urungkan", "jiwa", "Desa/kelurahan", "Batas waktu"):
            assert indonesian not in said.split("\n"), indonesian
        assert tab.text("#served") == number(bench.state["answer"]["served"], "en")
        context.close()
