"""Who reaches no unit is told apart on the map and in the explorer, with the network blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.render.cartography.palette import PEOPLE
from batu_geo.render.web.explorer.explorer_page import explorer_page
from batu_geo.render.web.question_maps import gap_map
from tests.drawn_towns import read_drawn
from tests.three_states import THREE_STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = """() => Object.fromEntries([...document.querySelectorAll("#ranking tbody tr")].map(
  row => [row.children[1].textContent, row.children[3].textContent]))"""
DOTS = """() => { const c = document.querySelector("canvas.dots");
  const p = c.getContext("2d").getImageData(0, 0, c.width, c.height).data, found = new Set();
  for (let n = 0; n < p.length; n += 4) { if (p[n + 3] === 255) {
    found.add("#" + [p[n], p[n + 1], p[n + 2]].map(v => v.toString(16).padStart(2, "0")).join(""));
  } } return [...found].sort(); }"""


def test_the_pages_tell_the_three_states_apart(
    tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    answer = assess(*read_drawn(tmp_path, THREE_STATES))
    explorer_page(explorer_data(answer), "id").save(tmp_path / "jelajah.html")
    opened = open_page(tmp_path / "jelajah.html", ready="#panel:not([hidden])")
    page = opened.page
    assert page.text_content("#lost") == (
        "Tidak mencapai unit yang buka: 4.621 jiwa tidak terjangkau, 1.987 jiwa terputus oleh "
        "penutupan jalan, 43 jiwa jauh dari jalan."
    )
    assert page.evaluate(ROWS) == {
        "Pulau": "4.321 jiwa tidak terjangkau",
        "Seberang": "1.987 jiwa terputus oleh penutupan jalan",
        "Puncak": "43 jiwa jauh dari jalan",
        "Campur": "36,1 yang sampai; 300 jiwa tidak terjangkau",
    }
    lost = {PEOPLE.look_of(kind).colour for kind in ("unreachable", "cut_off", "not_snapped")}
    assert lost <= set(page.evaluate(DOTS))
    page.check("input[value=G-pulau]")
    assert "300 jiwa tidak terjangkau, 1.987" in page.text_content("#lost")
    assert opened.complaints == []
    gap_map(answer, "en").save(tmp_path / "map.html")
    opened = open_page(tmp_path / "map.html")
    legend = opened.page.text_content(".legend")
    assert "has a unit, open, cut off from the roads" in legend
    assert opened.complaints == []
