"""The map of a plan in the frame of a notebook, in a real browser without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest

import batu_geo as bg
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Marks that lie within the frame, of all marks.
SEEN = """() => {
  const all = [...document.querySelectorAll("path.leaflet-interactive")];
  const inside = all.filter((mark) => {
    const { x, y, right, bottom } = mark.getBoundingClientRect();
    return x > 0 && y > 0 && right < innerWidth && bottom < innerHeight;
  });
  return [inside.length, all.length];
}"""


def plan() -> bg.siting.LocationPlan:
    rng = np.random.default_rng(1)
    names = list(NAMES[:5])

    def points(count: int) -> Any:
        return gpd.points_from_xy(*(rng.random((2, count)) / 20 + [[112.5], [-7.9]]))

    places = gpd.GeoDataFrame(geometry=points(40), crs="EPSG:4326")
    sites = gpd.GeoDataFrame({"name": names}, geometry=points(5), crs="EPSG:4326")
    minutes = rng.integers(1, 30, (40, 5)).astype(float)
    problem = bg.LocationProblem.from_matrix(minutes, np.ones(40), names)
    return bg.solve_p_median(problem.with_places(places, sites, site_id="name"), 2)


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize(
    "before", ['<div style="height:3000px"></div>', "<details><summary>plan</summary>"]
)
def test_every_mark_is_seen_in_a_frame_that_had_no_size(
    before: str, width: int, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    """Below the fold, and folded away when the page opens."""
    page = tmp_path / "notebook.html"
    html = f'<!DOCTYPE html><meta charset="utf-8"><body style="max-width:736px">{before}{plan()._repr_html_()}'
    page.write_text(html, encoding="utf-8")
    opened = open_page(page, width=width, ready="iframe")
    if "summary" in before:
        opened.page.click("summary")
    opened.page.locator("iframe").scroll_into_view_if_needed()
    frame = opened.page.frames[-1]
    frame.wait_for_function(
        f"() => {{ const [seen, all] = ({SEEN})(); return all && seen === all; }}"
    )
    assert frame.evaluate(SEEN) == [45, 45]
    assert opened.requests == [page.as_uri()]
    assert opened.complaints == []
    assert frame.evaluate("window.pwned") is None
