"""The workbench for those who hear a page, and when its program ends and comes back."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.render.text.words import word
from tests.browser.bench_server import Bench, Tab, open_tab, served
from tests.browser.test_page_use import SMALL
from tests.conftest import ROOT
from tests.toy_study import write_osm
from tests.workbench.town import DRAWING, STREETS, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUND = """axe.run().then(found => found.violations
  .filter(one => ["serious", "critical"].includes(one.impact))
  .map(one => [one.impact, one.id, one.nodes[0].html]))"""


def faults(tab: Tab) -> list[Any]:
    """Return what axe finds serious or critical."""
    axe = files(pytest.importorskip("axe_core_python")).joinpath("axe.min.js")
    tab.page.evaluate(axe.read_text(encoding="utf-8"))
    return tab.page.evaluate(FOUND)


def seen(tab: Tab) -> list[Any]:
    """Return what axe finds serious or critical, and letters under 11 pixels."""
    return [*faults(tab), *tab.page.evaluate(SMALL)]


OPENED = "n => document.querySelectorAll('details').forEach(one => { one.open = Boolean(n); })"
SIZES = ({"width": 1366, "height": 768}, {"width": 390, "height": 844})


def test_nothing_serious_in_any_state_of_the_page(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out") as bench:
        for size in SIZES:
            context = chromium.new_context(viewport=size, locale="id-ID")
            tab = open_tab(context, bench)
            is_phone = size["width"] < 500
            for is_open in (0, 1):
                tab.page.evaluate(OPENED, is_open)
                for name in ("tools", "result") if is_phone else ("",):
                    if is_phone:
                        tab.page.click(f".tabs [data-sheet={name}]")
                    assert seen(tab) == [], (size, is_open, name)
            if not is_phone:
                tab.page.locator(".symbol.site").first.focus()
                tab.page.keyboard.press("Enter")
                tab.page.click("#detail .primary")
                tab.until("document.querySelectorAll('#changes > li').length === 1")
                tab.page.click("#compare")
                tab.page.wait_for_selector("#ab-panel select")
                tab.page.keyboard.press("j")
                assert seen(tab) == []
                tab.page.keyboard.press("Escape")
            tab.page.locator("#villages .link").first.click()
            tab.page.wait_for_selector("#detail:not([hidden]) h2")
            for name in ("mean", "name"):
                tab.page.locator(f"#villages th[data-name={name}] button").click()
            assert seen(tab) == []
            tab.page.keyboard.press("Control+s")
            tab.page.wait_for_selector("dialog[open]")
            assert seen(tab) == []
            context.close()


PEOPLE = "Kode Desa;Nama Desa;Jumlah Penduduk;Telp Kepala\n" + "".join(
    f"v.{n};Desa {n};{100 * n};08123456789{n}\n" for n in (1, 2, 3, 4)
)
DROP = """([name, text]) => {
  const given = new DataTransfer();
  given.items.add(new File([Uint8Array.from(atob(text), one => one.charCodeAt(0))], name));
  for (const name of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: given }));
  }
}"""


# Where the ring round the best place is.
RING = """() => {
  const round = [...document.querySelectorAll(".leaflet-extra-pane path")].map((one) => one.getBoundingClientRect());
  const { x, y, width, height } = round.find((one) => one.width > 18 && one.width < 32);
  return [x + width / 2, y + height / 2];
}"""


def drop(tab: Tab, name: str, content: bytes, table: str) -> None:
    """Drop a file on the page, say what it is, and wait for what it is taken for."""
    tab.page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    tab.page.select_option("dialog select", table)
    tab.page.click("dialog .primary")
    tab.page.wait_for_selector("dialog ul li")


def test_layers_results_and_roads_on_one_page(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out") as bench:
        bench.do({"what": "set_threshold", "minutes": 4})
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
        tab = open_tab(context, bench)
        tab.page.wait_for_selector("#rest li")
        assert "batas wilayah" in tab.text("#rest")
        tab.page.check("#layer-one_more")
        tab.page.wait_for_selector("#layers .primary")
        tab.page.mouse.click(*tab.page.evaluate(RING))
        tab.until("() => document.querySelectorAll('#changes li').length === 2")
        best = bench.ask("/api/one_more", {"revision": 1})
        (dot,) = (unit for unit in bench.state["units"] if unit["isNew"])
        assert best is None, "nothing is found for a state that is past"
        bench.do(what="undo")
        tab.until("() => document.querySelectorAll('#changes li').length === 1")
        best = bench.ask("/api/one_more", {"revision": bench.state["revision"]})["best"]
        assert [dot["lon"], dot["lat"]] == pytest.approx([best["lon"], best["lat"]], abs=2e-4)
        tab.page.check("#layer-cut_off")
        tab.page.wait_for_selector("#layers ol.stretches li")
        tab.page.uncheck("#layer-cut_off")
        made_of = {"run": ("#make-run", "villages.csv"), "explorer": ("#make-map", "jelajah.html")}
        for made, (press, name) in made_of.items():
            tab.page.click("details:has(#make-run) summary")
            tab.page.click(press)
            tab.until("made => document.body.dataset.made === made", made, seconds=60)
            assert name in tab.text("dialog")
            tab.page.keyboard.press("Escape")
        served_before = bench.state["answer"]["served"]
        fewer = {nodes: kind for nodes, kind in STREETS.items() if nodes != "ABCDE"}
        write_osm(tmp_path / "kota.osm.pbf", DRAWING, fewer)
        drop(tab, "kota.osm.pbf", (tmp_path / "kota.osm.pbf").read_bytes(), "roads")
        assert "7 baris" in tab.text("dialog")
        assert tab.page.locator("dialog table").count() == 0
        tab.page.click("dialog .primary")
        tab.until("() => document.getElementById('toast').textContent.includes('diterima')")
        assert bench.state["answer"]["served"] != served_before
        assert tab.outside + tab.complaints == []
        context.close()


def test_a_file_is_dropped_shown_and_accepted(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out") as bench:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
        tab, other = open_tab(context, bench), open_tab(context, bench)
        drop(tab, "penduduk <b>.csv", PEOPLE.encode(), "population")
        shown = tab.text("dialog")
        assert "penduduk <b>.csv" in shown
        assert "Telp Kepala" in shown
        assert "08123" not in shown, "what looks personal is left out and said"
        assert "2.400" in tab.text("#share")
        assert faults(tab) == []
        tab.page.click("dialog .primary")
        for one in (tab, other):
            one.until("() => document.getElementById('share').textContent.includes('1.000')")
        assert "diterima" in tab.text("#toast")
        assert [one.outside + one.complaints for one in (tab, other)] == [[], []]
        context.close()


@contextmanager
def program(study: Path, out: Path, port: int) -> Iterator[str]:
    """Run `batu-geo open` as a program of its own; yield the address it prints."""
    line = [sys.executable, "-m", "batu_geo", "open", "--no-browser", "--port", str(port),
            "--data", str(study), "--out", str(out)]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            yield next(one for one in running.stdout if one.startswith("http")).strip()
        finally:
            running.send_signal(signal.SIGKILL)


def test_a_program_that_is_killed_comes_back_with_everything(chromium: Any, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    study = write_town(tmp_path / "study")
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    with program(study, tmp_path, port) as address:
        place, _, key = address.partition("/#")
        bench = Bench(place, tmp_path)
        tab = open_tab(context, bench, key=key)
        assert tab.page.url == f"{place}/", "the key does not stay in the address"
        tab.page.focus("#rules input[type=range]")
        tab.page.keyboard.press("ArrowRight")
        tab.at_revision(1)
        people = tab.text("#served")
        assert tab.complaints == []
    tab.page.wait_for_selector("body[data-state=stopped]")
    assert tab.text("#stopped") == word("bench_stopped", "id")
    with program(study, tmp_path, port) as address:
        # A program that was killed comes back with its key, and the tab finds it by itself.
        fresh = open_tab(context, bench, key=address.partition("/#")[2])
        assert fresh.text("#served") == people
        tab.page.wait_for_selector("body[data-state=ready]")
        tab.at_revision(1)
        assert tab.text("#served") == people
        assert tab.page.locator("#changes > li").count() == 1
        assert fresh.outside == tab.outside == []
        assert fresh.complaints == []
    context.close()
