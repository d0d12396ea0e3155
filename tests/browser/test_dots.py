"""Of dots that change only the box around them is drawn: the picture is that of drawing them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.render.web.asset_files import asset

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

DRAWN = """([seed, rounds]) => {
  const next = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  const map = L.map("map", { center: [-7.87, 112.52], zoom: 13, zoomControl: false });
  map.createPane("dots");
  const points = Array.from({ length: 400 }, () => [-7.88 + 0.02 * next(), 112.50 + 0.03 * next()]);
  const dots = new DotLayer(points).addTo(map);
  let kinds = new Uint8Array(points.length), wrong = 0, boxes = 0;
  const draw = dots.draw.bind(dots);
  dots.draw = (box) => { boxes += box ? 1 : 0; draw(box); };
  for (let n = 0; n < rounds; n++) {
    kinds = kinds.slice();
    const changes = Math.floor(next() * 4);
    for (let k = 0; k < changes; k++) { kinds[Math.floor(next() * kinds.length)] = Math.floor(next() * 3); }
    dots.show(kinds, ["#c51b7d", "#4d9221", "#0077bb"], n % 7 ? [2] : [1]);
    const shown = dots.canvas.toDataURL();
    draw();
    wrong += shown === dots.canvas.toDataURL() ? 0 : 1;
  }
  return { wrong, boxes };
}"""


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 500, "height": 400}, offline=True)
    tab = context.new_page()
    scripts = "".join(f"<script>{asset(name)}</script>" for name in ("leaflet.js", "map_dots.js"))
    tab.set_content(f"<div id='map' style='width:500px;height:400px'></div>{scripts}")
    yield tab
    context.close()


@pytest.mark.parametrize("seed", [11, 23, 47])
def test_a_part_that_is_drawn_anew_looks_as_the_whole(page: Any, seed: int) -> None:
    found = page.evaluate(DRAWN, [seed, 60])
    assert found["wrong"] == 0
    assert found["boxes"] > 20, "parts were drawn"
