"""Printed maps: names inside their own village, north to the north, colours told apart."""

from __future__ import annotations

import math
import re
from itertools import combinations

import numpy as np
import pytest
import shapely
from matplotlib.patches import PathPatch
from pyproj import Proj

from batu_geo.planning.before_after import before_after, staffed_days
from batu_geo.planning.placement import opened_sites
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.cartography.access_maps import hours_spec
from batu_geo.render.cartography.base_map import RoadLines, base_map
from batu_geo.render.cartography.palette import MAIN_ROAD, OTHER_ROAD
from batu_geo.render.cartography.siting_maps import change_spec
from batu_geo.render.paper.print_elements import as_svg, bar_km, map_panel, north_of, sheet, wrapped
from batu_geo.render.paper.print_layers import (
    Mark,
    draw_roads,
    facility_marks,
    hides,
    mark_boxes,
    spread,
)
from batu_geo.render.paper.print_names import _least_in_the_way, placed_names
from batu_geo.render.paper.print_style import printed
from batu_geo.render.paper.sheet_painter import paint_sheet, paper_mm, village_names
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.pack_maps import MAP_FILES, printed_specs

pytestmark = pytest.mark.slow
NOTHING = np.empty((0, 4))


@pytest.fixture(scope="module")
def found(baseline):
    return baseline


def specs_of(found):
    opened = opened_sites(found)
    tables = health_office_tables(found) | {"before_after": before_after(found, opened)}
    return printed_specs(base_map(found, "id"), tables, opened)


@pytest.fixture(scope="module")
def base(found):
    return base_map(found, "id")


@pytest.fixture(scope="module")
def specs(found):
    return specs_of(found)


def panel_of(size: tuple[float, float], bounds: tuple[float, float, float, float]):
    return map_panel(sheet(*size), (0, 0, *size), bounds)


@pytest.mark.parametrize("paper", ["A4", "A3", "mayor"])
def test_every_name_stands_in_its_own_village_or_has_a_line_to_it(base, specs, paper: str) -> None:
    width, height = paper_mm(base, specs["map_served"], paper) if paper != "mayor" else (160, 120)
    panel = panel_of((width - 90, height - 50), tuple(base.villages.total_bounds))
    marks = spread(panel, facility_marks(base))
    labels = village_names(panel, base, marks)
    boxes = np.array([label.box for label in labels], dtype=object)
    shapes = base.villages.geometry.to_numpy()
    led = [label.anchor is not None for label in labels]
    assert (shapely.contains(shapes, boxes) | led).all()
    for shape, label in zip(shapes, labels, strict=True):
        if label.anchor is not None:
            assert shape.contains(shapely.Point(label.anchor))
            assert label.leader.distance(shapely.Point(label.anchor)) == 0
            assert label.leader.distance(label.box) < 1e-6
    for box in mark_boxes(panel, marks):
        assert not shapely.intersects(boxes, shapely.box(*box)).any()
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other)
    assert min(label.size for label in labels) >= 6


def test_symbols_that_share_a_place_are_set_apart() -> None:
    panel = panel_of((100, 100), (0, 0, 10_000, 10_000))
    marks = spread(panel, [Mark("hospital", 5000, 5000) for _ in range(6)])
    boxes = [shapely.box(*box) for box in mark_boxes(panel, marks)]
    assert not any(a.intersection(b).area for a, b in combinations(boxes, 2))
    assert [mark.is_moved for mark in marks] == [False] + [True] * 5


def test_a_name_too_long_for_its_village_is_still_drawn() -> None:
    panel = panel_of((50, 50), (0, 0, 5_000, 5_000))
    shape = np.array([shapely.box(2000, 2000, 2300, 2100)], dtype=object)
    (label,) = placed_names(panel, shape, ["Nama " * 20], NOTHING, size=7, bold=[False])
    assert label.size == pytest.approx(7 * 0.86)
    assert label.anchor is not None


def test_on_a_full_sheet_numbers_stand_for_names_that_would_need_a_line() -> None:
    side = 9
    panel = panel_of((100, 100), (0, 0, 10_000, 10_000))
    corners = [(1_000 * x, 1_000 * y) for x in range(side) for y in range(side)]
    shapes = np.array([shapely.box(x, y, x + 900, y + 900) for x, y in corners], dtype=object)
    shapes[0] = shapely.box(0, 0, 60, 60)
    names = [f"{n}. Karangplosowetan" for n in range(side**2)]
    short = [str(n) if n % 2 else "" for n in range(side**2)]
    asked = {"size": 7, "bold": [bool(text) for text in short]}
    labels = placed_names(panel, shapes, names, NOTHING, **asked, short=short)
    assert [label.text for label in labels] == [text for text in short if text]
    assert all(label.is_bold and label.anchor is None for label in labels)
    few = placed_names(
        panel, shapes[:30], names[:30], NOTHING, size=7, bold=[False] * 30, short=short
    )
    assert sum(label.anchor is not None for label in few) == 30


def test_small_roads_that_would_hide_the_ground_are_left_out_and_said() -> None:
    streets = [[(0, y), (10_000, y)] for y in range(0, 10_000, 50)]
    few = [RoadLines(shapely.MultiLineString(streets[::40]), 0.3, "#bdb5a8")]
    many = [RoadLines(shapely.MultiLineString(streets), *look) for look in (OTHER_ROAD, MAIN_ROAD)]
    for roads, drawn, said in ((few, 1, []), (many, 1, ["rapat"])):
        panel = panel_of((100, 100), (0, 0, 10_000, 10_000))
        draw_roads(panel, roads, "rapat")
        assert len([a for a in panel.axes.patches if isinstance(a, PathPatch)]) == drawn
        assert [text.get_text() for text in panel.axes.texts] == said


@pytest.mark.parametrize("seed", range(8))
def test_a_box_of_least_cost_is_found_without_looking_at_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    anchor = rng.uniform(40, 60, 2)
    low = rng.uniform(0, 90, (400, 2))
    boxes = np.hstack([low, np.add(low, (8, 3))])
    corner = rng.uniform(0, 95, (int(rng.integers(0, 200)), 2))
    taken = np.hstack([corner, np.add(corner, (5, 2))])
    ends = rng.uniform(0, 100, (int(rng.integers(0, 40)), 2, 2))
    leaders = list(shapely.linestrings(ends))
    drawn = shapely.box(*boxes.T)
    lines = shapely.shortest_line(shapely.Point(anchor), drawn)
    cost = 4.0 * hides(boxes, taken)
    for shape in (*shapely.box(*taken.T), *leaders):
        cost[shapely.crosses(lines, shape) & (cost % 4 < 2)] += 2
    cost += [any(shapely.intersects(box, line) for line in leaders) for box in drawn]
    assert _least_in_the_way(anchor, boxes, taken, leaders) == int(cost.argmin())


@pytest.mark.parametrize(("x", "zone_sign"), [(669_000, 1), (331_000, -1)])
def test_north_leans_by_the_convergence_of_the_meridians(x: float, zone_sign: int) -> None:
    """South of the equator true north leans to the east of grid north, east of the middle."""
    east, north = north_of(x, 9_128_000, "EPSG:32749")
    utm = Proj("EPSG:32749")
    lon, lat = utm(x, 9_128_000, inverse=True)
    convergence = math.radians(utm.get_factors(lon, lat).meridian_convergence)
    assert north > 0.99
    assert math.copysign(1, east) == zone_sign
    assert math.atan2(east, north) == pytest.approx(-convergence, abs=1e-5)


def test_the_arrow_points_up_on_the_sheet(base, specs) -> None:
    with printed():
        figure = paint_sheet(base, specs["map_served"], (186, 150))
    (arrow,) = [p for p in figure.axes[0].patches if p.get_gid() == "north"]
    corners = arrow.get_xy()
    assert corners[0, 1] == corners[:, 1].max(), "the tip is the highest corner"
    assert abs(corners[0, 0] - corners[2, 0]) < 0.02 * np.ptp(corners[:, 1])


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    assert bar_km(100) == 2
    assert bar_km(1) == 0.5
    panel = panel_of((100, 100), (0, 0, 10_000, 10_000))
    west, east = panel.axes.get_xlim()
    assert (east - west) / panel.metres_per_mm == pytest.approx(100 - 0.6)


@pytest.mark.parametrize("key", list(MAP_FILES))
def test_a_map_is_vector_with_text_and_the_same_each_time(base, specs, key: str) -> None:
    with printed():
        one = as_svg(paint_sheet(base, specs[key], (186, 130)))
        other = as_svg(paint_sheet(base, specs[key], (186, 130)))
    assert one == other
    assert "<image" not in one
    assert "<text" in one
    assert not re.search(r"20\d\d-\d\d-\d\dT", one), "no clock in the picture"


def test_names_from_data_are_text_in_a_picture() -> None:
    hostile = "A$x^2$ <script>&amp; {{7*7}} \u202e\x07"
    with printed():
        figure = sheet(100, 40)
        figure.text(0.1, 0.5, "\n".join(wrapped(hostile, 7, 80)))
        svg = as_svg(figure)
    assert "<script>" not in svg
    assert "A$x^2$ &lt;script&gt;&amp;amp; {{7*7}}" in svg
    assert "\x07" not in svg


def test_before_and_after_add_up(found) -> None:
    table = before_after(found, opened_sites(found))
    head = found.scenario.headline
    city = found.city[
        (found.city["mode"] == head.mode)
        & (found.city["threshold_minutes"] == head.threshold_minutes)
    ].iloc[0]
    assert table["served_before"].sum() == city["served"]
    assert (table["people_added"] >= 0).all()
    best = found.candidates[(found.candidates["rank_in_village"] == 1).fillna(False)]
    assert best["people_gained"].max() <= table["people_added"].sum() <= best["people_gained"].sum()


def test_staff_is_counted_in_open_units_alone(found) -> None:
    days = staffed_days(found, health_office_tables(found)["staff_days"])
    serving = set(found.times["foot"].destination_ids)
    assert days["weekday"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert all(set(staffed) <= serving for staffed in days["staffed"])
    assert len(days["staffed"][6]) == 0


def test_a_map_without_a_roster_says_so(found, base) -> None:
    bare = hours_spec(base, staffed_days(found, None))
    with printed():
        svg = as_svg(paint_sheet(base, bare, (186, 130)))
    assert "Tidak ada data" in svg
    assert "jadwal" in svg


def test_after_is_the_plan_where_the_scenario_has_one(baseline) -> None:
    planned = baseline.with_scenario(load_scenario("tiga-terbaik", study=baseline.study))
    plan, opened = health_office_tables(planned)["plan"], opened_sites(planned)
    assert sorted(opened) == plan["site_id"].tolist()
    assert len(plan) == 3
    served = before_after(planned, opened)["served_after"].sum()
    assert served == health_office_tables(planned)["plan_proof"]["objective"].iloc[0]
    assert specs_of(planned)["map_change"].title.paper == (
        "Sebelum dan sesudah unit dibuka di bangunan rencana skenario"
    )


def test_without_buildings_before_is_after(found) -> None:
    from dataclasses import replace

    none = replace(found, candidates=found.candidates.iloc[:0])
    table = before_after(none, ())
    assert (table["served_before"] == table["served_after"]).all()
    bare = base_map(none, "id")
    with printed():
        assert as_svg(paint_sheet(bare, change_spec(bare, table, ()), (186, 100)))


def test_the_middle_is_drawn_larger_and_every_village_is_named_once(base, specs) -> None:
    with printed():
        whole, large, _ = paint_sheet(base, specs["map_served"], (250, 180)).axes
    spans = [np.ptp(one.get_xlim()) / one.get_position().width for one in (whole, large)]
    assert spans[1] < 0.6 * spans[0], "metres to a millimetre"
    people = base.assessment.demand
    x, y = people.geometry.x, people.geometry.y
    (west, east), (south, north) = large.get_xlim(), large.get_ylim()
    inside = people["population"][(west <= x) & (x <= east) & (south <= y) & (y <= north)].sum()
    assert inside >= 0.8 * people["population"].sum()
    said = [
        [" ".join(text.get_text().split()).split(". ")[-1] for text in one.texts]
        for one in (whole, large)
    ]
    names = list(base.villages["village_name"])
    assert sorted(name for panel in said for name in panel if name in names) == sorted(names)
    assert all(set(panel) & set(names) for panel in said)
