"""Every page that is written: bound by its policy, and its controls work with every layer off."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.verbs.check import Writes, run_check
from batu_geo.verbs.maps import maps
from batu_geo.verbs.plan import plan
from tests.extreme_towns import ADDED, write_extreme
from tests.how_many import is_all
from tests.shared_by_workers import made_once

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOWNS = {"plain": ADDED, "no unit": ADDED, "nobody": (), "no building": ("rosters",),
         "one village": ADDED, "names of 300 letters": ("rosters",), "marks 4": ADDED}  # fmt: skip
SAMPLE = ("names of 300 letters",)
SCRIPT = re.compile(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", re.DOTALL)
HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
LAYERS = "document.querySelectorAll('.leaflet-control-layers-overlays input')"
SAID = """[...document.querySelectorAll('.answer, #served, #share, #change, #lost, #said')]
  .map(e => e.textContent).join('|')"""
INPUTS = "[...document.querySelectorAll('select, input[type=range]')]"
STATE = f"{INPUTS}.map(e => e.value)"
RESTORE = f"""begun => {INPUTS}.forEach((e, n) => {{
  e.value = begun[n]; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }})"""
SENTENCES = (
    "[...document.querySelectorAll('header.page p, header.page h1, .banner, .answer, main p')]"
)
WIDER = f"{SENTENCES}.filter(e => !e.matches('.unseen') && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
LONG_WORD = f"{SENTENCES}.forEach(e => {{ e.textContent = 'W'.repeat(400); }})"
# The explorer unpacks what it carries after the page has opened.
LOADING = "#loading"
STAYS = (".print", ".png", "#download", "#copy")


@pytest.fixture(scope="module", params=TOWNS if is_all() else SAMPLE)
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return every page of a town: the maps, the explorer, the index, the run, check and audit."""
    name = request.param

    def made(folder: Path) -> Path:
        study = write_extreme(folder / "study", name, TOWNS[name])
        plan("dua", data=study, out=folder / "out")
        maps("dua", data=study, out=folder / "out")
        run_check(data=study, writes=Writes(map_file=folder / "out" / "check.html"))
        return folder / "out"

    out = made_once(tmp_path_factory, f"pages of {name}", made)
    return sorted(out.rglob("*.html"))


def test_every_page_is_bound_by_its_policy(pages: list[Path]) -> None:
    assert {"index.html", "jelajah.html", "map.html", "check.html", "check_roads.html"} <= {
        path.name for path in pages
    }
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert b'<meta charset="utf-8">' in path.read_bytes()[:1024].lower(), path.name
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
        assert "<script" not in text[: text.index("Content-Security-Policy")], path.name
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        hashes = {
            "'sha256-" + base64.b64encode(sha256(script.encode()).digest()).decode() + "'"
            for script in SCRIPT.findall(text)
            if script.strip()
        }
        assert set(rules["script-src"].split()) == (hashes or {"'none'"}), path.name
        for rule in ("default-src", "base-uri", "form-action"):
            assert rules[rule] == "'none'", path.name
        assert not HANDLER.search(SCRIPT.sub("", text)), path.name


def test_every_control_says_the_same_with_every_layer_off(
    pages: list[Path], open_page: Callable[..., Any]
) -> None:
    told = 0
    for path in pages:
        opened = open_page(path, ready="main, .leaflet-pane")
        opened.page.wait_for_selector(LOADING, state="hidden")
        opened.page.wait_for_timeout(100)
        seen = worked(opened.page)
        opened.page.evaluate(f"{LAYERS}.forEach(box => {{ if (box.checked) {{ box.click(); }} }})")
        assert opened.page.evaluate(f"[...{LAYERS}].filter(box => box.checked).length") == 0
        assert worked(opened.page) == seen, path.name
        opened.page.evaluate(f"{LAYERS}.forEach(box => box.click())")
        assert worked(opened.page) == seen, path.name
        assert opened.complaints == [], path.name
        assert opened.requests == [path.as_uri()]
        told += len(set(seen)) > 1
    assert told >= 2, "the sentences of the explorer and of another page follow their controls"


def test_no_sentence_runs_out_of_its_page(pages: list[Path], open_page: Callable[..., Any]) -> None:
    for path in pages:
        opened = open_page(path, ready="main, .leaflet-pane")
        opened.page.wait_for_selector(LOADING, state="hidden")
        assert opened.page.evaluate(WIDER) == [], path.name
        opened.page.evaluate(LONG_WORD)
        assert opened.page.evaluate(WIDER) == [], f"{path.name} with a word of 400 letters"


def worked(page: Any) -> list[str]:
    """Work every control of a page, and return what it says after each."""
    said = []
    begun = page.evaluate(STATE)
    for select in page.locator("select:visible:enabled").all():
        values = select.locator("option").evaluate_all("all => all.map(o => o.value)")
        for value in values[:: max(1, len(values) // 4)]:
            select.select_option(value)
            said.append(page.evaluate(SAID))
    for slider in page.locator("input[type=range]:visible, [role=slider]:visible").all():
        for key in ("Home", "ArrowRight", "End"):
            slider.press(key)
            said.append(page.evaluate(SAID))
    for box in page.locator(".building input:visible").all():
        for _ in range(2):
            box.click()
            said.append(page.evaluate(SAID))
    for button in page.locator("button:visible").all():
        if not any(button.evaluate(f"b => b.matches('{name}')") for name in STAYS):
            button.click()
            said.append(page.evaluate(SAID))
    page.evaluate(RESTORE, begun)
    page.keyboard.press("Escape")
    return said
