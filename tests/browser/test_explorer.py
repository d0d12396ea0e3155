"""The explorer is driven by its own controls and must say what the planner says, to the person."""

from __future__ import annotations

import json
import random
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from batu_geo.access.coverage import NO_WAY
from batu_geo.access.place_seconds import PlaceSeconds
from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import (
    ExplorerData,
    ExplorerState,
    explorer_answer,
    explorer_data,
)
from batu_geo.render.cartography.palette import PEOPLE
from batu_geo.render.text.words import number, states_words, word
from batu_geo.render.web.explorer.explorer_page import explorer_page
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario, read_scenario
from batu_geo.verbs.maps import MapFolder
from tests.browser.test_map import spoil_names
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATES = 40
READY = "#panel:not([hidden])"
SHOWN = """() => ({
  served: document.getElementById("served").textContent,
  share: document.getElementById("share").textContent,
  change: document.getElementById("change").textContent,
  lost: document.getElementById("lost").textContent,
  ranking: [...document.querySelectorAll("#ranking tbody tr")].map(row =>
    [row.dataset.village, ...[...row.children].map(cell => cell.textContent)]),
  gains: Object.fromEntries([...document.querySelectorAll(".building")].map(line =>
    [line.querySelector("input").value, line.querySelector("output").textContent])),
  hash: location.hash,
})"""


@pytest.fixture(scope="module")
def data(baseline: Any) -> ExplorerData:
    return explorer_data(baseline)


@pytest.fixture
def page(map_folder: MapFolder, open_page: Callable[..., Any]) -> Any:
    opened = open_page(map_folder.folder / "jelajah.html", ready=READY)
    yield opened.page
    assert opened.requests == [(map_folder.folder / "jelajah.html").as_uri()]
    assert opened.complaints == []


def random_state(data: ExplorerData, chance: random.Random) -> ExplorerState:
    sites = list(data.sites["site_id"])
    return ExplorerState(
        mode=chance.choice(["foot", "motorcycle"]),
        minutes=chance.choice([1, 5, 10, 15, 20, 30, 60, chance.randint(1, 60)]),
        weekday=chance.choice([0, 0, 0, 0, *range(1, 8)]),
        hour=chance.choice([8, 9, 11, 13, chance.randint(0, 23)]),
        chosen=tuple(chance.sample(sites, chance.choice([0, 1, 2, 3, 6, len(sites)]))),
    )


def drive(page: Any, state: ExplorerState) -> None:
    """Set a state by the controls a person has."""
    page.select_option("#mode", state.mode)
    page.evaluate(
        "v => { const e = document.getElementById('minutes'); e.value = v;"
        " e.dispatchEvent(new Event('input', {bubbles: true})); }",
        state.minutes,
    )
    page.select_option("#weekday", str(state.weekday))
    if state.weekday:
        page.select_option("#hour", str(state.hour))
    page.evaluate(
        "chosen => document.querySelectorAll('.building input').forEach(e => {"
        " if (e.checked !== chosen.includes(e.value)) { e.click(); } })",
        list(state.chosen),
    )


def said(answer: dict[str, Any], state: ExplorerState, data: ExplorerData) -> dict[str, Any]:
    """Return what the page must show, written by the words of the planner."""
    gain = answer["served"] - answer["served_today"]
    share = number(100 * answer["served"] / answer["population"], "id", 1)
    names = data.assessment.study.villages.set_index("village_id")["village_name"]
    lost = {name: dict(zip(NO_WAY, counts, strict=True)) for name, counts in answer["lost"].items()}
    away = {state: sum(counts[state] for counts in lost.values()) for state in NO_WAY}
    gains = {name: f"+{number(count, 'id')}" for name, count in answer["gains"].items()}
    return {
        "served": number(answer["served"], "id"),
        "share": f"{share}% dari {number(answer['population'], 'id')} jiwa",
        "change": f"+{number(gain, 'id')} jiwa dibanding tanpa bangunan pilihan",
        "lost": word("explore_lost", "id", states=states_words(away, "id")) if lost else "",
        "ranking": [
            [village, str(rank), names[village], number(100 * score, "id", 1),
             number(minutes, "id", 1) if np.isfinite(minutes)
             else states_words(lost[village], "id"), number(beyond, "id")]
            for rank, village, score, minutes, beyond in answer["ranking"]
        ],
        "gains": gains | dict.fromkeys(state.chosen, "✓"),
    }  # fmt: skip


def test_the_page_says_what_the_planner_says_for_many_states(page: Any, data: ExplorerData) -> None:
    chance = random.Random(20251222)
    served = set()
    for _ in range(STATES):
        state = random_state(data, chance)
        drive(page, state)
        shown = page.evaluate(SHOWN)
        address = shown.pop("hash")
        answer = explorer_answer(data, state)
        assert shown == said(answer, state, data), state
        assert address.startswith(f"#s={state.mode};{state.minutes};{state.weekday};")
        served.add(answer["served"])
    assert len(served) >= 15


def test_an_address_brings_its_state_and_a_foreign_one_does_no_harm(
    map_folder: MapFolder, open_page: Callable[..., Any], data: ExplorerData
) -> None:
    path = map_folder.folder / "jelajah.html"
    chosen = tuple(data.sites["site_id"][:2])
    address = f"#s=motorcycle;7;2;9;{','.join(chosen)}"
    page = open_page(path, ready=READY, address=address).page
    state = ExplorerState("motorcycle", 7, 2, 9, chosen)
    shown = page.evaluate(SHOWN)
    assert shown.pop("hash") == address
    assert shown == said(explorer_answer(data, state), state, data)
    for foreign in (
        "#s=",
        "#s=;;;;",
        "#s=foot;99999;9;99;%E0%A4%A,__proto__",
        "#x",
        "#s=<b>;-1;1e9;0",
    ):
        opened = open_page(path, ready=READY, address=foreign)
        assert opened.complaints == []
        assert opened.page.evaluate("document.getElementById('minutes').value") in ("15", "60")


def test_a_tap_on_the_map_and_a_key_choose_a_building(page: Any, data: ExplorerData) -> None:
    name = data.sites["building_name"][0]
    marker = page.locator(".symbol.site").first
    assert marker.get_attribute("aria-label") == name
    marker.dispatch_event("click")
    assert marker.get_attribute("aria-checked") == "true"
    assert page.locator(".building input").first.is_checked()
    marker.focus()
    page.keyboard.press("Enter")
    assert marker.get_attribute("aria-checked") == "false"
    page.keyboard.press("Space")
    assert marker.get_attribute("aria-checked") == "true"
    page.get_by_role("button", name="Kosongkan").click()
    assert page.locator(".building input:checked").count() == 0


def test_the_map_changes_with_the_state(page: Any) -> None:
    look = """() => { const dots = document.querySelector("canvas.dots");
      const c = document.createElement("canvas"); c.width = dots.width; c.height = dots.height;
      const pen = c.getContext("2d", {willReadFrequently: true}); pen.drawImage(dots, 0, 0);
      const d = pen.getImageData(0, 0, c.width, c.height).data; const n = {};
      for (let i = 0; i < d.length; i += 4) { if (d[i + 3] === 255) {
        const k = [d[i], d[i + 1], d[i + 2]].join(); n[k] = (n[k] || 0) + 1; } } return n; }"""
    served, fresh, beyond = (
        ",".join(map(str, bytes.fromhex(PEOPLE.look_of(kind).colour[1:])))
        for kind in ("served", "fresh", "beyond")
    )
    today = page.evaluate(look)
    assert fresh not in today
    page.locator(".building input").first.check()
    more = page.evaluate(look)
    assert more[fresh] > 100
    assert more[beyond] < today[beyond]
    page.evaluate(
        "const e = document.getElementById('minutes'); e.value = 60; e.dispatchEvent(new Event('input'))"
    )
    assert page.evaluate(look)[served] > more[served]


def test_the_scenario_that_is_downloaded_says_the_state(
    page: Any, data: ExplorerData, tmp_path: Path
) -> None:
    state = ExplorerState("foot", 22, 0, 0, tuple(data.sites["site_id"][3:5]))
    drive(page, state)
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh skenario").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    settings = tomllib.loads(text)
    assert settings["extends"] == "baseline"
    assert settings["headline"] == {"mode": "foot", "threshold_minutes": 22}
    assert settings["siting"]["must_open"] == list(state.chosen)
    saved = tmp_path / "jelajah.toml"
    saved.write_text(text, encoding="utf-8")
    scenario = read_scenario(saved, study=embedded_study())
    assert scenario.siting is not None
    assert scenario.siting.must_open == state.chosen
    assert settings["modes"] == {"foot": {"thresholds_minutes": [15, 22, 30]}}
    assert settings["title"] == "Jelajah: 2 bangunan, 22 menit berjalan kaki"
    assert settings["title_en"] == "Explored: 2 buildings, 22 minutes on foot"
    assert download.value.suggested_filename == f"{settings['name']}.toml"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_page_fits_its_window(
    map_folder: MapFolder, open_page: Callable[..., Any], width: int, height: int
) -> None:
    page = open_page(
        map_folder.folder / "jelajah.html", ready=READY, width=width, height=height
    ).page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.wait_for_timeout(200)
    badges = page.locator(".village-name i:not([hidden])").all()
    assert len([badge for badge in badges if badge.is_visible()]) == 6
    for part in ("#served", "#minutes", "#mode", "#ranking", "#download"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, part
    assert page.locator("#map").bounding_box()["height"] > 300
    footer = page.locator("footer summary")
    footer.scroll_into_view_if_needed()
    box = footer.bounding_box()
    assert box["y"] + box["height"] <= height


def at_places(seconds: PlaceSeconds, columns: list[int]) -> PlaceSeconds:
    """Return the seconds to some places, some of them several times."""
    rows = [np.arange(seconds.first[n], seconds.first[n + 1]) for n in columns]
    first, every = np.cumsum([0, *(len(part) for part in rows)]), np.concatenate(rows)
    return PlaceSeconds(first, seconds.home[every], seconds.seconds[every], seconds.far)


def test_the_big_list_of_naughty_strings_shows_as_itself(
    data: ExplorerData,
    shared_data: Callable[[str], Path],
    tmp_path: Path,
    open_page: Callable[..., Any],
) -> None:
    names = json.loads((shared_data("malformed/blns") / "blns.json").read_text(encoding="utf-8"))
    rows = [n % len(data.sites) for n in range(len(names))]
    ids = [f"{name}#{n}" for n, name in enumerate(names)]
    sites = data.sites.iloc[rows].reset_index(drop=True).assign(building_name=names, site_id=ids)
    first = len(data.serving)
    columns = [*range(first), *(first + row for row in rows)]
    many = replace(
        data,
        sites=sites,
        seconds={"foot": at_places(data.seconds["foot"], columns)},
        staffed=data.staffed[columns],
    )
    path = tmp_path / "blns.html"
    explorer_page(many, "id").save(path)
    opened = open_page(path, ready=READY)
    found = opened.page.evaluate(
        "[...document.querySelectorAll('.building')].map(e => "
        "[e.querySelector('input').value, e.querySelector('span').childNodes])"
        ".map(([id, nodes]) => [id, nodes.length > 1 ? nodes[0].data : ''])"
    )
    assert dict(found) == dict(zip(ids, names, strict=True))
    state = ExplorerState("foot", 15, chosen=tuple(ids[::40]))
    for name in state.chosen:
        opened.page.evaluate(
            "name => [...document.querySelectorAll('.building input')]"
            ".find(e => e.value === name).click()",
            name,
        )
    assert opened.page.locator("#served").text_content() == number(
        explorer_answer(many, state)["served"], "id"
    )
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name="Unduh skenario").click()
    settings = tomllib.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert sorted(settings["siting"]["must_open"]) == sorted(state.chosen)
    shared = opened.page.evaluate("location.href")
    again = open_page(path, ready=READY, address="#" + shared.partition("#")[2])
    assert again.page.locator(".building input:checked").count() == len(state.chosen)
    assert opened.complaints == again.complaints == []


def test_hostile_names_are_text_in_the_explorer(
    sparse_copy: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    spoil_names(sparse_copy)
    spoilt = load_study(sparse_copy)
    path = tmp_path / "jelajah.html"
    explorer_page(
        explorer_data(assess(spoilt, load_scenario("baseline", study=spoilt))), "id"
    ).save(path)
    opened = open_page(path, ready=READY)
    names = opened.page.evaluate(
        "[...document.querySelectorAll('.building span')].map(e => e.firstChild.data)"
    )
    assert set(names) <= set(NAMES)
    assert len(names) == 20
    labels = opened.page.evaluate(
        "[...document.querySelectorAll('.village-name span:not(.district, .landmark)')].map(e => e.lastChild.data)"
    )
    # Namesakes are shown with their district.
    shown = {next(n for n in NAMES if label == n or label.startswith(f"{n} (")) for label in labels}
    assert shown == set(NAMES)
    opened.page.locator(".building input").first.check()
    assert opened.complaints == []
    assert opened.requests == [path.as_uri()]
    assert opened.page.evaluate("window.pwned === undefined")
    assert not Path("/tmp/batu_geo_was_here").exists()
