"""The workbench for those who hear a page, and when its program ends and comes back."""

from __future__ import annotations

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
from tests.conftest import ROOT
from tests.workbench.town import write_town

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


def test_nothing_serious_in_any_state_of_the_page(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out") as bench:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
        tab = open_tab(context, bench)
        tab.page.locator(".symbol.site").first.focus()
        tab.page.keyboard.press("Enter")
        tab.page.click("#detail .primary")
        tab.until("document.querySelectorAll('#changes > li').length === 1")
        tab.page.click("#compare")
        tab.page.wait_for_selector("#ab-panel select")
        tab.page.evaluate(
            "document.querySelectorAll('details').forEach(one => { one.open = true; })"
        )
        tab.page.keyboard.press("j")
        assert faults(tab) == []
        tab.page.keyboard.press("Escape")
        tab.page.keyboard.press("Control+s")
        tab.page.wait_for_selector("dialog[open]")
        assert faults(tab) == []
        context.close()
        phone = chromium.new_context(viewport={"width": 390, "height": 844}, locale="id-ID")
        tab = open_tab(phone, bench)
        for name in ("tools", "result"):
            tab.page.click(f".tabs [data-sheet={name}]")
            assert faults(tab) == []
        phone.close()


PEOPLE = "Kode Desa;Nama Desa;Jumlah Penduduk;Telp Kepala\n" + "".join(
    f"v.{n};Desa {n};{100 * n};08123456789{n}\n" for n in (1, 2, 3, 4)
)
DROP = """text => {
  const given = new DataTransfer();
  given.items.add(new File([text], "penduduk <b>.csv", { type: "text/csv" }));
  for (const name of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: given }));
  }
}"""


def test_a_file_is_dropped_shown_and_accepted(chromium: Any, tmp_path: Path) -> None:
    with served(write_town(tmp_path / "study"), tmp_path / "out") as bench:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
        tab, other = open_tab(context, bench), open_tab(context, bench)
        tab.page.evaluate(DROP, PEOPLE)
        tab.page.select_option("dialog select", "population")
        tab.page.click("dialog .primary")
        tab.page.wait_for_selector("dialog table")
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
