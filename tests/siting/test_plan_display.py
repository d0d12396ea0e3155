"""A plan of a location model shows itself: words, a map where places are known, a picture."""

from __future__ import annotations

import re
from html import unescape

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pytest
import shapely

import batu_geo as bg
from batu_geo import siting
from batu_geo.siting.textbook.located import nearest_open

mpl.use("Agg")

# Three places and three sites along a street; the third place reaches nothing.
MINUTES = [[1.0, 9.0, np.inf], [8.0, 2.0, np.inf], [np.inf, np.inf, np.inf]]
HOSTILE = "<img src=x onerror=alert(1)>"


def along(*names: str, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    places = [shapely.Point(112.5 + n / 100, -7.9) for n in range(len(names))]
    return gpd.GeoDataFrame({"name": names}, geometry=places, crs=crs)


def town(*names: str, **more: object) -> siting.LocationProblem:
    return siting.LocationProblem.from_matrix(
        MINUTES, [30, 20.5, 1], names or ("c", "b", "a"), **more
    )


def test_a_plan_without_places_shows_its_lines_and_a_curve() -> None:
    plan = siting.solve_p_median(town(), 1)
    assert plan._repr_html_().startswith("<b>p_median: c</b><ul><li>objective")
    assert "<iframe" not in plan._repr_html_()
    with pytest.raises(ValueError, match="with_places"):
        plan.map()
    axes = plan.plot()
    share = axes.lines[-1].get_ydata()
    assert share[-1] == pytest.approx(100 * 50.5 / 51.5)  # who reaches nothing is never within
    assert axes.lines[-1].get_xdata()[-1] == 8


@pytest.mark.slow
def test_a_plan_with_places_shows_a_map_that_asks_for_nothing() -> None:
    problem = town().with_places(along("p", "q", "r"), along("a", "b", "c"), site_id="name")
    plan = siting.solve_p_median(problem, 1)
    assert "<iframe" in plan._repr_html_()
    english, indonesian = (unescape(plan.map(language).html) for language in ("en", "id"))
    for text in (
        "Sites opened (1)", "Candidate sites left closed (2)",
        "Places by minutes to the nearest open site (3)",
    ):  # fmt: skip
        assert text in english
    assert "Lokasi yang dibuka (1)" in indonesian
    assert not re.search(r'src="(https?:)?//', english)
    assert len(plan.plot().collections) >= 3


def test_sites_in_another_order_keep_their_minutes() -> None:
    problem = town().with_places(along("p", "q", "r"), along("a", "b", "c"), site_id="name")
    assert problem.located.sites.index.tolist() == ["a", "b", "c"]
    assert problem.located.sites.geometry.x.tolist() == pytest.approx([112.5, 112.51, 112.52])
    reached = problem.located.reached(problem.siting, ("b", "c"), problem.weight_scale)
    assert reached["minutes"].tolist() == [1.0, 2.0, np.inf]
    assert reached["nearest_id"].fillna("-").tolist() == ["c", "b", "-"]
    assert reached["weight"].tolist() == [30, 20.5, 1]


def test_names_with_tags_are_text_on_the_map_and_in_the_lines() -> None:
    names = (HOSTILE, "b", "a")
    problem = town(*names).with_places(along("p", "q", "r"), along(*names), site_id="name")
    plan = siting.solve_p_median(problem, 1)
    assert plan.site_ids == (HOSTILE,)
    assert "<img" not in plan._repr_html_()
    assert "<img src=x" not in plan.map().html


def test_units_open_already_are_nearest_where_they_are() -> None:
    problem = town(existing_minutes=[[0.5], [np.inf], [3.0]])
    minutes, nearest = nearest_open(problem.siting, ("b",))
    assert minutes.tolist() == [0.5, 2.0, 3.0]
    assert nearest.tolist() == ["existing 0", "b", "existing 0"]
    placed = problem.with_places(along("p", "q", "r"), along("a", "b", "c"), site_id="name",
                                 existing=along("unit"))  # fmt: skip
    page = siting.solve_p_median(placed, 1).map("en").html
    assert "Open already (1)" in unescape(page)


@pytest.mark.parametrize(
    ("places", "sites", "words"),
    [
        (along("p"), along("a", "b", "c"), "places has 1 rows, expected 3"),
        (along("p", "q", "r"), along("a", "b"), "sites has 2 rows, expected 3"),
        (along("p", "q", "r"), along("a", "b", "x"), "no row of sites is c"),
    ],
)
def test_tables_that_do_not_fit_are_refused(places: object, sites: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        town().with_places(places, sites, site_id="name")


def test_a_table_without_a_coordinate_system_is_refused() -> None:
    for places, sites in (
        (along("p", "q", "r", crs=None), along("a", "b", "c")),
        (along("p", "q", "r"), along("a", "b", "c", crs=None)),
    ):
        with pytest.raises(bg.BatuGeoError, match="BG-471"):
            town().with_places(places, sites, site_id="name")


def test_a_plan_of_nothing_shows_itself_too() -> None:
    problem = town().with_places(along("p", "q", "r"), along("a", "b", "c"), site_id="name")
    plan = siting.solve_mclp(problem, 4, minutes=5)
    assert plan.status == "infeasible"
    assert "Candidate sites left closed (3)" in unescape(plan.map("en").html)
    assert plan.plot().collections
    with pytest.raises(ValueError, match="without its problem"):
        siting.LocationPlan("mclp").plot()


def test_many_sites_are_named_by_the_first() -> None:
    names = tuple(f"s{n:02d}" for n in range(40))
    assert repr(siting.LocationPlan("mclp", names)).splitlines()[0].endswith("s11 and 28 more")
