"""The map of a run, opened in a real browser without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import batu_geo as bg
from batu_geo.render.cartography.palette import SHARE
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.verbs.plan import Run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELS = "[...document.querySelectorAll('.village-name span:not(.district, .landmark)')].map(e => e.innerText)"
TIPS = """
() => {
  const found = [];
  const see = layer => {
    if (layer.getTooltip && layer.getTooltip()) {
      layer.fire("click", { originalEvent: new Event("click") });
      found.push(document.querySelector(".pinned").innerText);
    }
  };
  for (const name in window) {
    const value = name.startsWith("map_") ? window[name] : null;
    if (value && value.eachLayer) { value.eachLayer(see); }
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def map_page(baseline_run: Run) -> Path:
    return baseline_run.folder / "map.html"


def test_the_page_asks_for_nothing_and_complains_of_nothing(
    map_page: Path, open_page: Callable[..., Any]
) -> None:
    opened = open_page(map_page)
    assert opened.requests == [map_page.as_uri()]
    assert opened.complaints == []
    assert opened.page.title() == "Layanan UPKDK Kota Batu"
    assert opened.page.evaluate("document.documentElement.lang") == "id"


def test_all_24_villages_are_named_and_the_six_are_ranked(
    map_page: Path, open_page: Callable[..., Any]
) -> None:
    labels = open_page(map_page).page.evaluate(LABELS)
    assert len(labels) == 24
    assert sorted(label[0] for label in labels if label[0].isdigit()) == list("123456")
    assert "1Oro-oroOmbo" in ["".join(label.split()) for label in labels]


@pytest.mark.parametrize(("width", "height"), [(1400, 1000), (390, 780)])
def test_nothing_of_the_city_is_cut_off(
    map_page: Path, open_page: Callable[..., Any], width: int, height: int
) -> None:
    page = open_page(map_page, width=width, height=height).page
    frame = page.locator(".folium-map").bounding_box()
    for label in page.locator(".village-name span:not(.district, .landmark)").all():
        box = label.bounding_box()
        assert box["x"] >= frame["x"] - 1
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]


def test_the_legend_explains_every_state(map_page: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(map_page).page
    legend = page.locator(".legend").inner_text()
    for text in ("belum memiliki UPKDK", "tutup sementara", "Puskesmas", "perlu verifikasi",
                 "15 menit berjalan kaki", "ilustratif"):  # fmt: skip
        assert text in legend
    assert "DATA ILUSTRATIF" in page.locator(".banner").inner_text()
    page.locator("footer.page summary").click()
    assert "Badan Informasi Geospasial" in page.locator("footer.page").inner_text()


def test_layers_can_be_switched(map_page: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(map_page).page
    before = page.locator(".leaflet-catchments-pane path").count()
    page.locator(".layer-list").get_by_text("Jangkauan 30 menit berjalan kaki").click()
    assert page.locator(".leaflet-catchments-pane path").count() == before + 1
    assert page.locator(".legend").get_by_text("belum memiliki UPKDK").is_visible()
    page.locator(".layer-list").get_by_text("Penduduk terlayani (15 menit berjalan kaki)").click()
    assert not page.locator(".legend").get_by_text("belum memiliki UPKDK").is_visible(), (
        "the legend says what is on"
    )
    assert page.locator(".legend").get_by_text("80-100").is_visible()
    fills = page.evaluate(
        "[...document.querySelectorAll('.leaflet-overlay-pane path')]"
        ".map(e => e.getAttribute('fill'))"
    )
    assert SHARE.looks[-1].colour in fills


def test_cards_tell_people_and_evidence(map_page: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(map_page).page
    tips = page.evaluate(TIPS)
    ngaglik = next(tip for tip in tips if tip.strip().startswith("Ngaglik"))
    assert "13.265 jiwa (diperkirakan)" in ngaglik
    assert "15 menit berjalan kaki" in ngaglik
    assert "dilaporkan" in ngaglik
    assert any("dibuat untuk contoh: bukan bangunan sungguhan" in tip for tip in tips)


def test_hostile_names_are_text_and_nothing_else(
    sparse_copy: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    spoil_names(sparse_copy)
    run = bg.plan(data=sparse_copy, out=tmp_path / "out")
    opened = open_page(run.folder / "map.html")
    assert opened.complaints == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate("window.pwned === undefined")
    shown = "\n".join(opened.page.evaluate(TIPS))
    labels = "\n".join(opened.page.evaluate(LABELS))
    flat = " ".join((shown + labels).split())
    for name in NAMES:
        assert " ".join(name.split()) in flat, name
    assert not Path("/tmp/batu_geo_was_here").exists()


def spoil_names(study: Path) -> None:
    """Put every hostile name on a village, a facility and a building."""
    for path, column in (
        (study / "boundaries" / "desa_kelurahan.geojson", "village_name"),
        (study / "facilities.geojson", "facility_name"),
        (study / "buildings.geojson", "building_name"),
    ):
        document = json.loads(path.read_text(encoding="utf-8"))
        for number, feature in enumerate(document["features"]):
            feature["properties"][column] = NAMES[number % len(NAMES)]
            feature["properties"]["evidence_note"] = NAMES[(number + 1) % len(NAMES)]
        path.write_text(json.dumps(document), encoding="utf-8")
