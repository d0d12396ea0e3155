"""One description of a map, two painters: both class, name and order what it shows alike."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from batu_geo.planning.before_after import before_after, staffed_days
from batu_geo.planning.placement import opened_sites
from batu_geo.planning.tables.staff_and_referral import referral_tables, staff_tables
from batu_geo.render.cartography.access_maps import hours_spec, reach_spec, referral_spec
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.legends import building_group, rank_groups
from batu_geo.render.cartography.map_spec import AreaLayer, MapSpec, ReachLayer, TripLayer
from batu_geo.render.cartography.palette import (
    CERTAINTY,
    DISTRICT_LINE,
    EMPTY_GROUND,
    MINUTES,
    REFERRAL,
    SHARE,
    STATUS,
    Kinds,
    Ranges,
    reach_look,
)
from batu_geo.render.cartography.siting_maps import candidate_spec, change_spec
from batu_geo.render.cartography.symbols import SYMBOLS
from batu_geo.render.cartography.village_maps import certainty_spec, gap_spec, status_spec
from batu_geo.render.paper.print_style import printed
from batu_geo.render.paper.shapes import Shapes
from batu_geo.render.paper.sheet_painter import paint_sheet
from batu_geo.render.web.map_layers import folium_layers
from batu_geo.render.web.page_painter import paint_page
from batu_geo.render.web.svg_symbols import fill_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

pytestmark = pytest.mark.slow

SIZE = (260.0, 170.0)
QUESTIONS = ("status", "gaps", "certainty", "change", "sites", "reach", "referral", "hours")
PRINTED = ("gaps", "change", "sites", "reach", "referral", "hours")


@pytest.fixture(scope="module")
def assessment(baseline):
    return baseline


@pytest.fixture(scope="module")
def base(assessment):
    return base_map(assessment, "en")


@pytest.fixture(scope="module")
def specs(assessment, base) -> dict[str, MapSpec]:
    opened = opened_sites(assessment)
    days = staffed_days(assessment, staff_tables(assessment)["staff_days"])
    made = [
        status_spec(base),
        gap_spec(base),
        certainty_spec(base),
        change_spec(base, before_after(assessment, opened), opened),
        candidate_spec(base),
        reach_spec(base),
        referral_spec(base, referral_tables(assessment)),
        hours_spec(base, days),
    ]
    return {spec.question: spec for spec in made}


@pytest.fixture(scope="module")
def pages(base, specs) -> dict[str, str]:
    return {question: paint_page(base, spec).html for question, spec in specs.items()}


@pytest.fixture(scope="module")
def sheets(base, specs) -> dict[str, Figure]:
    with printed():
        return {question: paint_sheet(base, specs[question], SIZE) for question in PRINTED}


def page_legend(html: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return title and lines of each group of a page: colour, empty for a symbol, and words."""
    legend = re.search(r'<details class="legend".*?</details>', html, re.DOTALL)[0]
    groups = []
    for title, body in re.findall(r"<h2>(.*?)</h2><ul>(.*?)</ul>", legend, re.DOTALL):
        lines = []
        for item in re.findall(r"<li[^>]*>(.*?)</li>", body, re.DOTALL):
            colour = re.search(r'viewBox="0 0 22 13".*?(?:fill="|stroke=")(#\w+)"', item)
            pattern = re.search(r'fill="url\(#(no-data)\)"', item)
            words = re.sub(r"^<span class=\"sign\">.*</span>", "", item, flags=re.DOTALL)
            lines.append(((pattern or colour or ("", ""))[1], unescape(words)))
        groups.append((unescape(title), lines))
    return groups


def colour_of(entry: Any) -> str:
    if entry.look is None:
        return ""
    return "no-data" if entry.look.hatch else entry.look.colour


def fills_on_page(base: Any, layer: AreaLayer) -> list[str]:
    (drawn,) = folium_layers(base, layer)
    features = drawn.data["features"]
    return [drawn.style_function(feature)["fillColor"] for feature in features]


def fills_on_paper(figure: Figure, panel: int) -> list[str]:
    return faces(figure.axes[panel], 2)


def faces(axes: Axes, zorder: float) -> list[str]:
    """Return the colours that shapes of one height are filled with, in their order."""
    drawn = [a for a in axes.artists if isinstance(a, Shapes) and a.get_zorder() == zorder]
    return [to_hex(shape.pen.face) for artist in drawn for shape in artist.shapes]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_has_the_title_and_the_legend_of_its_description(
    base, specs, pages, question
) -> None:
    spec, html = specs[question], pages[question]
    assert unescape(re.search(r"<h1>(.*?)</h1>", html)[1]) == spec.title.screen
    wanted = [
        (
            group.title.screen,
            [(colour_of(entry), entry.label.screen) for entry in lines],
        )
        for group in (*spec.legend_on("screen"), *rank_groups(base))
        for lines in [group.lines("screen")]
    ]
    assert page_legend(html) == wanted
    assert wanted


@pytest.mark.parametrize("question", PRINTED)
def test_a_sheet_has_the_legend_of_its_description(specs, sheets, question) -> None:
    spec, legend = specs[question], sheets[question].axes[-1]
    groups = spec.legend_on("paper")
    boxes = [
        (entry.look.colour, entry.look.hatch)
        for group in groups
        for entry in group.lines("paper")
        if entry.look and not entry.is_line
    ]
    drawn = [p for p in legend.patches if isinstance(p, Rectangle)]
    assert [(to_hex(p.get_facecolor()), p.get_hatch() or "") for p in drawn] == boxes
    words = [
        text
        for group in groups
        for text in (group.title.paper, *(e.label.paper for e in group.lines("paper")))
    ]
    printed_words = " ".join(text.get_text() for text in legend.texts if text.get_text() != "1.")
    assert re.sub(r"\b1 ", "", printed_words) == re.sub(r"\b1 ", "", " ".join(words))
    assert spec.title.paper


@pytest.mark.parametrize("question", PRINTED)
def test_a_class_that_both_media_show_has_one_look_and_one_place(specs, question) -> None:
    """Lines of both legends are the same objects: no colour or order of one medium alone."""
    palette = [
        *SHARE.looks, *STATUS.looks.values(), *REFERRAL.looks.values(),
        *(reach_look("foot", n) for n in range(3)), EMPTY_GROUND, DISTRICT_LINE,
    ]  # fmt: skip
    shared = [
        entry
        for group in specs[question].legend
        if group.title.screen and group.title.paper
        for entry in group.entries
        if entry.label.screen and entry.label.paper
    ]
    assert shared
    for entry in shared:
        assert (entry.look in palette) if entry.look else (entry.symbol in SYMBOLS)


def brute_class(value: float, breaks: tuple[float, ...]) -> int:
    """Return the class whose lower break the value exceeds and whose upper it does not."""
    ends = [-np.inf, *breaks, np.inf]
    (number,) = [n for n in range(len(ends) - 1) if ends[n] < value <= ends[n + 1]]
    return number


@pytest.mark.parametrize(
    ("question", "panel", "name"),
    [("gaps", 0, ""), ("change", 0, "before"), ("change", 1, "after"), ("sites", 0, "")],
)
def test_both_painters_put_each_village_into_the_same_class(
    base, specs, sheets, question: str, panel: int, name: str
) -> None:
    (layer,) = [
        layer
        for layer in specs[question].layers
        if isinstance(layer, AreaLayer) and layer.only is None and layer.side == name
    ]
    looks = (
        layer.classes.looks
        if isinstance(layer.classes, Ranges)
        else tuple(layer.classes.looks.values())
    )
    colours = fills_on_page(base, layer)
    assert colours == fills_on_paper(sheets[question], panel), "one palette on both"
    on_page = [[k.colour for k in looks].index(colour) for colour in colours]
    if isinstance(layer.classes, Ranges):
        assert on_page == [brute_class(v, layer.classes.breaks) for v in layer.values]
    else:
        assert on_page == [list(layer.classes.looks).index(v) for v in layer.values]
    assert len(set(on_page)) > 1


@pytest.mark.parametrize(("question", "classes"), [("status", STATUS), ("certainty", CERTAINTY),
                                                   ("referral", MINUTES)])  # fmt: skip
def test_a_page_fills_each_village_by_its_class(base, specs, question: str, classes) -> None:
    layer = next(layer for layer in specs[question].layers if isinstance(layer, AreaLayer))
    assert layer.classes is classes
    assert fills_on_page(base, layer) == [fill_of(classes.look_of(v)) for v in layer.values]
    assert len(layer.values) == len(base.villages)


def test_both_painters_draw_the_same_trips_in_the_same_way(base, specs, sheets) -> None:
    lines = sheets["referral"].axes[0].lines
    trips = [layer for layer in specs["referral"].layers if isinstance(layer, TripLayer)]
    assert [layer.look for layer in trips] == list(REFERRAL.looks.values())
    for layer in trips:
        (drawn,) = folium_layers(base, layer)
        features = drawn.data["features"]
        on_paper = [line for line in lines if to_hex(line.get_color()) == layer.look.colour]
        assert len(features) == len(on_paper) == len(layer.lines) > 0
        looks = drawn.style_function(features[0])
        assert looks["color"] == layer.look.colour
        assert ("dashArray" in looks) == layer.look.is_dashed == on_paper[0].is_dashed()
        for shape, line in zip(layer.lines, on_paper, strict=True):
            assert np.allclose(shape.coords, np.transpose(line.get_data()))


def test_reach_is_drawn_from_the_shortest_threshold_with_its_colour(base, specs, sheets) -> None:
    (layer,) = [one for one in specs["reach"].layers if isinstance(one, ReachLayer)]
    minutes = base.scenario.modes[base.scenario.headline.mode].thresholds_minutes
    assert len(layer.looks) == len(minutes) == len(layer.shapes)
    areas = [shape.area for shape in layer.shapes]
    assert areas == sorted(areas)
    drawn = [p for p in sheets["reach"].axes[0].patches if 4 < p.get_zorder() <= 5]
    drawn.sort(key=lambda patch: -patch.get_zorder())
    assert [to_hex(p.get_facecolor()) for p in drawn] == [look.colour for look in layer.looks]
    entries = specs["reach"].legend[0].lines("paper")
    assert [entry.look for entry in entries] == list(layer.looks)


def test_more_thresholds_than_colours_share_the_lightest(base) -> None:
    looks = [reach_look("foot", order) for order in range(6)]
    assert len({look.colour for look in looks}) == 3
    assert len({look.colour for look in looks[2:]}) == 1


def test_a_sheet_by_weekday_shows_the_units_of_its_roster(assessment, base, sheets) -> None:
    days = staffed_days(assessment, staff_tables(assessment)["staff_days"])
    hollow = "#ffffff"
    units = int(base.is_open_unit.notna().sum())
    for panel, staffed in zip(sheets["hours"].axes[:-1], days["staffed"], strict=True):
        discs = faces(panel, 23)
        assert (len(discs), len(discs) - discs.count(hollow)) == (units, len(staffed))


def test_the_layers_of_a_side_are_its_own_and_those_of_all(specs) -> None:
    change = specs["change"]
    before, after = (change.layers_on("paper", side.name) for side in change.sides)
    assert set(map(id, before)) | set(map(id, after)) == set(map(id, change.layers_on("paper")))
    assert all(layer.side != "after" for layer in before)
    assert [side.name for side in change.sides] == ["before", "after"]


def test_a_side_where_nobody_lives_says_so_and_has_no_share(assessment, base) -> None:
    change = before_after(assessment, opened_sites(assessment))
    some = change_spec(base, change, []).sides
    assert [side.caption.partition(":")[2][-15:] for side in some] == ["% of the people"] * 2
    nobody = change.assign(population=0, served_before=0, served_after=0)
    captions = [side.caption for side in change_spec(base, nobody, []).sides]
    assert captions == ["Before: nobody lives here", "After: nobody lives here"]


def test_paper_has_the_kinds_of_buildings_that_are_drawn_and_no_other(base) -> None:
    sites = base.assessment.candidates
    refused = sites.assign(suitability="refused", evidence="illustrative")
    fit = sites.assign(suitability="fit", evidence="reported")

    def printed_words(rows) -> list[str]:
        group = building_group(base, rows)
        return [
            text for text in (group.title.paper, *(e.label.paper for e in group.entries)) if text
        ]

    cross = base.word("map_refused")
    assert printed_words(refused) == [base.word("candidates"), cross]
    numbered = base.word("map_house_number")
    assert printed_words(fit) == [base.word("candidates"), base.word("fit"), numbered]
    dashed = printed_words(fit.assign(evidence="illustrative"))
    assert dashed == [*printed_words(fit), base.word("map_made_up")]
    assert printed_words(sites.iloc[:0]) == []


def test_unknown_and_unreachable_are_classes_of_their_own() -> None:
    assert MINUTES.look_of(float("nan")) is MINUTES.missing
    assert MINUTES.look_of(float("inf")) is MINUTES.looks[-1]
    for limit, look in zip(SHARE.breaks, SHARE.looks, strict=False):
        assert SHARE.look_of(limit) is look
    assert isinstance(STATUS, Kinds)
    with pytest.raises(KeyError):
        STATUS.look_of("elsewhere")


def test_every_symbol_has_one_colour() -> None:
    assert all(re.fullmatch(r"#[0-9a-f]{6}", symbol.colour) for symbol in SYMBOLS.values())
