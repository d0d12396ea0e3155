"""The map of every question, opened and worked in a real browser without a network."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from PIL import Image

from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.palette import CERTAINTY
from batu_geo.render.cartography.village_maps import status_spec
from batu_geo.render.web.page_painter import paint_page
from batu_geo.verbs.maps import MapFolder, maps
from tests.browser.test_map import spoil_names
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OF_PROGRAMMERS = re.compile(
    r"EPSG|scripts/|dibuat oleh|\w+\.(?:py|toml|csv|geojson|pbf)\b|(?<![\w-])--[a-z]{2,}"
)
ANY_MAP = ".leaflet-pane svg path"
NAMES_OF_MAPS = (
    "bangunan", "jangkauan", "kepastian", "kesenjangan", "petugas", "rujukan", "sebelum_sesudah",
    "status",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
SEEN_NAMES = """[...document.querySelectorAll('.village-name span')]
  .filter(e => getComputedStyle(e).visibility === 'visible')
  .map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"""
FILLS = """[...document.querySelectorAll('.leaflet-overlay-pane path')].map(e => e.getAttribute('fill'))"""


def page_of(folder: MapFolder, name: str) -> Path:
    return folder.folder / "peta" / f"{name}.html"


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", NAMES_OF_MAPS)
def test_a_map_asks_for_nothing_and_stays_in_its_frame(
    map_folder: MapFolder, open_page: Callable[..., Any], name: str, size: dict[str, int]
) -> None:
    path = page_of(map_folder, name)
    opened = open_page(path, ready=ANY_MAP, **size)
    opened.page.wait_for_timeout(200)
    assert opened.requests == [path.as_uri()]
    assert opened.complaints == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    frame = opened.page.locator(".folium-map").bounding_box()
    assert frame["height"] > 300
    boxes = opened.page.evaluate(SEEN_NAMES)
    assert len(boxes) >= 15
    ranked = opened.page.locator(".village-name i:not([hidden])").all()
    assert len([badge for badge in ranked if badge.is_visible()]) == 6
    for left, top, right, bottom in boxes:
        assert frame["x"] - 1 <= left < right <= frame["x"] + frame["width"] + 1
        assert frame["y"] <= top < bottom <= frame["y"] + frame["height"]
    for n, a in enumerate(boxes):
        assert not any(
            a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[n + 1 :]
        )


NAMES_AND_VILLAGES = """() => {
  const paths = [...document.querySelectorAll('.leaflet-overlay-pane path')];
  const inside = (path, x, y) => {
    const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse());
    return path.isPointInFill(at);
  };
  const all = [...document.querySelectorAll('.village-name span:not(.district, .landmark)')];
  const districts = [...document.querySelectorAll('.village-name span:is(.district, .landmark)')];
  const isSeen = (span) => getComputedStyle(span).visibility !== 'hidden';
  const rows = all.map((span, n) => ({ span, path: paths[n] })).filter(({ span }) => isSeen(span));
  const sizes = [...all, ...districts].filter(isSeen).map((span) => parseFloat(getComputedStyle(span).fontSize));
  const astray = rows.filter(({ span, path }) => {
    const box = span.getBoundingClientRect(), line = span.parentElement.querySelector('.leader:not([hidden])');
    const home = span.parentElement.getBoundingClientRect();
    if (line) { return !inside(path, home.x, home.y) || line.getBoundingClientRect().width + line.getBoundingClientRect().height < 1; }
    return [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [box.right, box.bottom]]
      .some(([x, y]) => !inside(path, x, y));
  }).map(({ span }) => span.textContent);
  return { seen: rows.length, least: Math.min(...sizes), astray, north: document.querySelectorAll('.north').length,
    scale: document.querySelectorAll('.leaflet-control-scale-line').length, words: document.body.innerText };
}"""


def test_names_stand_in_their_village_or_have_a_line_on_desk_and_phone(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "status")).page
    for size, seen in (((1400, 1000), 24), ((390, 844), 16)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(400)
        found = page.evaluate(NAMES_AND_VILLAGES)
        assert found["astray"] == []
        assert found["seen"] >= seen
        assert found["least"] >= 11
        assert (found["north"], found["scale"]) == (1, 1)
        assert "EPSG" not in found["words"]


def test_no_page_speaks_of_files_options_or_codes(map_folder: MapFolder) -> None:
    for path in map_folder.pages:
        html = path.read_text(encoding="utf-8")
        shown = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", html)
        assert not OF_PROGRAMMERS.findall(shown), path.name


def test_every_map_is_small_enough_to_send(map_folder: MapFolder) -> None:
    sizes = {path.name: path.stat().st_size for path in map_folder.pages}
    explorer = sizes.pop("jelajah.html")
    assert explorer <= 3_000_000
    assert len(sizes) == len(NAMES_OF_MAPS) + 1
    assert max(sizes.values()) <= 1_500_000, sizes


def test_the_index_leads_to_every_page(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    opened = open_page(map_folder.folder / "index.html", ready="main a")
    links = opened.page.evaluate("[...document.querySelectorAll('main a')].map(a => a.href)")
    assert sorted(links) == sorted(p.as_uri() for p in map_folder.pages if p.name != "index.html")
    assert opened.complaints == []


def test_search_finds_villages_facilities_and_says_what_it_does_not_find(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "bangunan")).page
    box = page.get_by_label("Cari desa atau fasilitas")
    for wanted, found in (("tlekung", "Tlekung"), ("PUSKESMAS BEJI", "Puskesmas Beji"),
                          ("contoh 2 oro", "Bangunan contoh 2 Oro-oro Ombo (ilustratif)")):  # fmt: skip
        box.fill(wanted)
        box.press("Enter")
        assert page.locator(".said").inner_text() == f"Ditemukan: {found}"
        assert page.locator("path.ring").count() == 1
        assert page.locator(".pinned h2").inner_text() == found
        assert page.locator(".pinned dd").count() >= 1
    box.fill("Atlantis")
    box.press("Enter")
    assert page.locator(".said").inner_text() == "Tidak ditemukan."
    assert page.locator("path.ring").count() == 0


def test_the_swipe_moves_by_mouse_and_by_keys(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "sebelum_sesudah"), ready=ANY_MAP).page
    handle = page.get_by_role("slider")
    assert handle.get_attribute("aria-valuenow") == "50"

    def clips() -> list[list[float]]:
        found = page.evaluate(
            "['before', 'after'].map(n => document.querySelector(`.leaflet-${n}-pane`).style.clip)"
        )
        return [[float(x) for x in re.findall(r"-?[\d.]+(?=px)", text)] for text in found]

    before, after = clips()
    assert before[1] == after[3]
    handle.press("ArrowRight")
    assert handle.get_attribute("aria-valuenow") == "55"
    moved = clips()
    assert moved[0][1] == moved[1][3] > before[1]
    frame = page.locator(".folium-map").bounding_box()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 120)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.25, box["y"] + 120, steps=5)
    page.mouse.up()
    assert handle.get_attribute("aria-valuenow") == "25"
    handle.press("Home")
    before, after = clips()
    assert before[1] == before[3]
    assert handle.get_attribute("aria-valuenow") == "0"


def test_before_and_after_differ_and_their_sum_is_told(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "sebelum_sesudah"), ready=ANY_MAP).page
    fills = page.evaluate(
        "['before', 'after'].map(n => [...document.querySelectorAll(`.leaflet-${n}-pane path`)]"
        ".map(e => e.getAttribute('fill')).join())"
    )
    assert fills[0] != fills[1]
    told = page.locator("header p").inner_text()
    numbers = [int(x.replace(".", "")) for x in re.findall(r"\d+\.\d+", told)]
    page.get_by_text("Peta ini sebagai tabel").click()
    rows = page.locator(".as-table tbody tr").all()
    assert len(rows) == 24
    cells = [
        [int(td.inner_text().split(" ")[0].replace(".", "")) for td in row.locator("td").all()]
        for row in rows
    ]
    assert [sum(column) for column in zip(*cells, strict=True)] == numbers
    assert numbers[0] < numbers[1]


def test_the_hours_state_the_numbers_of_the_table_of_staff(
    map_folder: MapFolder, open_page: Callable[..., Any], staff_hours: pd.DataFrame
) -> None:
    page = open_page(page_of(map_folder, "petugas")).page
    daytime = page.evaluate(FILLS)
    for row in staff_hours.sample(12, random_state=1).to_dict("records"):
        page.select_option("#weekday", str(row["weekday"]))
        page.select_option("#hour", str(row["hour"]))
        people = f"{row['people']:,}".replace(",", ".")
        assert f": {people} jiwa (" in page.locator(".answer").inner_text(), row
    page.select_option("#weekday", "7")
    page.select_option("#hour", "3")
    assert (
        page.locator(".answer").inner_text()
        == "Minggu pukul 03.00: 0 jiwa (0,0%) terlayani oleh 0 unit."
    )
    assert page.evaluate(FILLS) != daytime
    assert page.locator(".leaflet-marker-pane .symbol.asleep").count() == 18


@pytest.mark.parametrize("name", NAMES_OF_MAPS)
def test_every_control_works_with_every_layer_off(
    map_folder: MapFolder, open_page: Callable[..., Any], name: str
) -> None:
    opened = open_page(page_of(map_folder, name), ready=ANY_MAP)
    page = opened.page
    boxes = "document.querySelectorAll('.leaflet-control-layers-overlays input')"
    page.evaluate(f"{boxes}.forEach(box => {{ if (box.checked) {{ box.click(); }} }})")
    assert page.evaluate(f"[...{boxes}].filter(box => box.checked).length") == 0
    for select in page.locator("select").all():
        for value in select.locator("option").evaluate_all("all => all.map(o => o.value)")[::5]:
            select.select_option(value)
    for handle in page.locator("[role=slider]").all():
        handle.press("ArrowLeft")
    if name == "petugas":
        page.select_option("#weekday", "7")
        page.select_option("#hour", "3")
        assert page.locator(".answer").inner_text().startswith("Minggu pukul 03.00: 0 jiwa")
    page.evaluate(f"{boxes}.forEach(box => box.click())")
    page.wait_for_timeout(100)
    assert opened.complaints == []
    if name == "petugas":
        assert page.locator(".leaflet-marker-pane .symbol.asleep").count() == 18


def test_no_script_runs_but_those_the_page_was_made_with(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    path = page_of(map_folder, "kesenjangan")
    head = path.read_bytes()[:1024].lower()
    assert b'<meta charset="utf-8">' in head
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', path.read_text("utf-8"))[1]
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "base-uri 'none'; form-action 'none'" in policy
    opened = open_page(path, ready=ANY_MAP)
    opened.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.injected = 1";
      document.body.append(script);
      const picture = document.createElement("div");
      picture.innerHTML = '<img src="x:" onerror="window.injected = 2">';
      document.body.append(picture);
    }""")
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.injected") is None
    assert any("Content Security Policy" in text for text in opened.complaints)


@pytest.fixture(scope="module")
def staff_hours(baseline: Any) -> pd.DataFrame:
    from batu_geo.planning.tables.staff_and_referral import staff_tables

    return staff_tables(baseline)["staff_hours"]


def test_a_catchment_is_drawn_for_each_unit_and_threshold(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "jangkauan")).page
    page.wait_for_selector(".leaflet-catchments-pane path")
    assert (
        page.locator(".answer").inner_text()
        == "Semua unit yang buka: 174.339 jiwa dalam 15 menit berjalan kaki."
    )
    shape = page.locator(".leaflet-catchments-pane path").get_attribute("d")
    page.select_option("#unit", label="UPKDK Temas")
    page.select_option("#limit", label="5 menit dengan sepeda motor")
    assert page.locator(".leaflet-catchments-pane path").count() == 1
    assert page.locator(".leaflet-catchments-pane path").get_attribute("d") != shape
    told = page.locator(".answer").inner_text()
    people = re.fullmatch(r"UPKDK Temas: ([\d.]+) jiwa dalam 5 menit dengan sepeda motor\.", told)[
        1
    ]
    page.get_by_text("Peta ini sebagai tabel").click()
    row = page.locator(".as-table tr", has_text="UPKDK Temas").inner_text()
    assert people in row.split("\t")


def test_the_lines_of_referral_say_where_they_lead(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "rujukan")).page
    assert page.locator(".leaflet-lines-pane path").count() == 2 * 18
    page.locator(".layer-list").get_by_text("Unit ke rumah sakit").click()
    assert page.locator(".leaflet-lines-pane path").count() == 18


def test_the_png_holds_heading_legend_and_city(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "kepastian")).page
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan PNG").click()
    assert download.value.suggested_filename == "Tingkat-kepastian-Kota-Batu.png"
    image = Image.open(io.BytesIO(Path(download.value.path()).read_bytes())).convert("RGB")
    assert image.width > 2500
    colours = {
        image.getpixel((x, y)) for x in range(0, image.width, 3) for y in range(0, image.height, 3)
    }
    legend = {image.getpixel((x, y)) for x in range(32, 76) for y in range(100, 500)}
    for look in CERTAINTY.looks.values():
        assert tuple(bytes.fromhex(look.colour[1:])) in legend
    assert (0xA6, 0x36, 0x03) in colours  # the rank of a village
    assert (0x1F, 0x4E, 0x8C) in colours  # a puskesmas


@pytest.mark.parametrize("name", ["kesenjangan", "sebelum_sesudah"])
def test_print_fits_the_whole_city_on_one_page_and_goes_back(
    map_folder: MapFolder, open_page: Callable[..., Any], name: str
) -> None:
    page = open_page(page_of(map_folder, name), ready=ANY_MAP).page
    city = """() => {
      const boxes = [...document.querySelectorAll('.leaflet-pane path.leaflet-interactive')].map(e => e.getBoundingClientRect());
      const f = document.querySelector('.folium-map').getBoundingClientRect();
      return [Math.min(...boxes.map(b => b.top)) - f.top, f.bottom - Math.max(...boxes.map(b => b.bottom)),
              document.body.classList.contains('printing')];
    }"""
    before = page.evaluate(city)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    above, below, is_printing = page.evaluate(city)
    assert is_printing
    assert above > 0
    assert below > 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(100)
    assert page.evaluate(city)[2] is False
    assert page.evaluate(city) == pytest.approx(before, abs=2)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_controls_have_names_for_those_who_do_not_see(
    map_folder: MapFolder, open_page: Callable[..., Any]
) -> None:
    page = open_page(page_of(map_folder, "petugas")).page
    for role, name in (("region", "Peta wilayah"), ("combobox", "Cari desa atau fasilitas"),
                       ("combobox", "Hari"), ("combobox", "Jam"), ("button", "Cetak"),
                       ("button", "Perbesar"), ("button", "Perkecil")):  # fmt: skip
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name
    unnamed = page.locator(".leaflet-marker-icon[tabindex='0']:not([aria-label])")
    assert unnamed.count() == 0
    assert page.get_by_role("button", name="Puskesmas Beji", exact=True).count() == 1
    assert page.locator(".village-name[tabindex='0']").count() == 0
    page.locator(".search input").focus()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.id || String(document.activeElement.className)")
        )
    assert {"weekday", "hour", "print", "png"} <= reached


def test_hostile_names_are_text_on_every_page(
    sparse_copy: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    spoil_names(sparse_copy)
    folder = maps(data=sparse_copy, out=tmp_path / "out")
    for path in folder.pages:
        if path.name in ("index.html", "jelajah.html"):
            continue
        opened = open_page(path, ready=ANY_MAP)
        assert opened.complaints == [], path.name
        assert opened.requests == [path.as_uri()]
        assert opened.page.evaluate("window.pwned === undefined")
        known = opened.page.evaluate(
            "[...document.querySelectorAll('#names option')].map(o => o.value)"
        )
        assert set(NAMES) <= set(known)
        opened.page.locator(".search input").fill(NAMES[3])
        opened.page.locator(".search input").press("Enter")
        assert opened.page.locator(".said").inner_text() == f"Ditemukan: {NAMES[3]}"
    opened = open_page(folder.folder / "peta" / "jangkauan.html")
    names = opened.page.evaluate("[...document.querySelectorAll('#unit option')].map(o => o.text)")
    for name in names[1:]:
        assert any(name.split() == known.split() for known in NAMES), name
    assert not Path("/tmp/batu_geo_was_here").exists()


def test_the_big_list_of_naughty_strings_shows_as_itself(
    baseline: Any, shared_data: Callable[[str], Path], tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    from dataclasses import replace

    names = json.loads((shared_data("malformed/blns") / "blns.json").read_text(encoding="utf-8"))
    names = [name for name in names if name.strip()]
    study, facilities = baseline.study, baseline.study.facilities
    rows = [n % len(facilities) for n in range(len(names))]
    many = facilities.iloc[rows].reset_index(drop=True).assign(facility_name=names)
    base = base_map(replace(baseline, study=replace(study, facilities=many)), "id")
    path = tmp_path / "blns.html"
    paint_page(base, status_spec(base)).save(path)
    opened = open_page(path)
    assert opened.complaints == []
    assert opened.requests == [path.as_uri()]
    listed = opened.page.evaluate(
        "[...document.querySelectorAll('#names option')].map(o => o.value)"
    )
    assert listed[24:] == names
    tips = opened.page.evaluate("""() => {
      const found = [];
      for (const name in window) {
        const map = name.startsWith("map_") ? window[name] : null;
        if (map && map.eachLayer) { map.eachLayer(layer => {
          if (layer.getTooltip && layer.getTooltip()) {
            layer.fire("click", { originalEvent: new Event("click") });
            found.push(document.querySelector(".pinned h2").textContent);
          } }); }
      }
      return found;
    }""")  # fmt: skip
    plain = {name.replace("\r\n", "\n").replace("\r", "\n") for name in names}
    shown = {tip.replace("\r\n", "\n").replace("\r", "\n") for tip in tips}
    assert plain - shown == set()
