"""The pages of a folder of maps: one for each question, and the front page that leads to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from batu_geo.domain.schedule import HOURS
from batu_geo.planning.before_after import before_after, staffed_days
from batu_geo.planning.placement import opened_sites
from batu_geo.planning.tables.reach_and_hours import (
    covered_hours,
    reach_before_after,
    reach_by_unit,
    reach_of_best_sites,
)
from batu_geo.planning.tables.staff_and_referral import referral_tables
from batu_geo.render.cartography.access_maps import (
    hours_spec,
    hours_table,
    reach_spec,
    reach_table,
    referral_spec,
)
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.map_spec import AreaLayer, ReachLayer, TripLayer
from batu_geo.render.cartography.palette import NOT_CLASSED, SHARE, reach_look
from batu_geo.render.cartography.siting_maps import candidate_spec, change_spec
from batu_geo.render.cartography.village_maps import (
    certainty_spec,
    gap_spec,
    shares_served,
    status_spec,
)
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.web import map_elements
from batu_geo.render.web.interactive_maps import SWIPE, hours_tool, reach_people, reach_tool
from batu_geo.render.web.page_painter import paint_page
from batu_geo.render.web.svg_symbols import fill_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import MapSpec
    from batu_geo.render.cartography.palette import Look
    from batu_geo.render.web.map_page import MapPage
    from batu_geo.render.web.page_painter import Tool


# A map as it is described, with the tool that works it, if any; a shape with its colour.
Described: TypeAlias = "tuple[MapSpec, Tool | None]"
Drawn: TypeAlias = "tuple[shapely.Geometry, str]"
FrontEntry: TypeAlias = "tuple[str, str, str, str]"
PICTURE = 150  # pixels
FILE_NAMES = {
    "status": "status",
    "gaps": "kesenjangan",
    "reach": "jangkauan",
    "change": "sebelum_sesudah",
    "sites": "bangunan",
    "referral": "rujukan",
    "certainty": "kepastian",
    "hours": "petugas",
}


def questions(study: Study) -> list[str]:
    """Return the questions that a study has a map for: that of hours needs a roster."""
    return [name for name in FILE_NAMES if name != "hours" or study.staffing is not None]


@dataclass(frozen=True, slots=True)
class QuestionMap:
    """The page of a question, and what the front page says and shows of it (SVG)."""

    name: str
    title: str
    question: str
    page: MapPage
    picture: str


def gap_map(assessment: Assessment, language: Language = "id") -> MapPage:
    """Return the map of an assessment: villages, units, catchments and ranked buildings.

    Parameters
    ----------
    assessment
        From `assess`.
    language
        Of every word on the page.
    """
    base = base_map(assessment, language)
    return paint_page(base, gap_spec(base))


def question_maps(
    assessment: Assessment,
    language: Language = "id",
    progress: Callable[[str], None] | None = None,
) -> list[QuestionMap]:
    """Return the map of each question."""
    base = base_map(assessment, language)
    drawn = []
    for question in questions(assessment.study):
        title = base.word(f"map_{question}_title", place=base.place)
        if progress:
            progress(title)
        spec, tool = SPECS[question](base)
        words = base.word(f"front_{question}")
        page, picture = paint_page(base, spec, tool), _picture(base, spec)
        drawn.append(QuestionMap(FILE_NAMES[question], title, words, page, picture))
    return drawn


def _status(base: BaseMap) -> Described:
    return status_spec(base), None


def _gaps(base: BaseMap) -> Described:
    return gap_spec(base), None


def _sites(base: BaseMap) -> Described:
    return candidate_spec(base, reach_of_best_sites(base.assessment)), None


def _referral(base: BaseMap) -> Described:
    return referral_spec(base, referral_tables(base.assessment)), None


def _certainty(base: BaseMap) -> Described:
    return certainty_spec(base), None


def _change(base: BaseMap) -> Described:
    """Describe the map of today beside a unit in each building of the plan, or the best ones."""
    assessment = base.assessment
    opened = opened_sites(assessment)
    reach = reach_before_after(assessment, opened)
    return change_spec(base, before_after(assessment, opened), opened, reach), SWIPE


def _reach(base: BaseMap) -> Described:
    """Describe the map of the catchment of each unit at each threshold."""
    reach = reach_by_unit(base.assessment)
    places = (base.word("map_reach_all"), *reach.names)
    table = reach_table(base, places, reach_people(base, reach))
    return reach_spec(base, table), reach_tool(base, reach, places)


def _hours(base: BaseMap) -> Described:
    """Describe the map of who is covered in an hour of the week."""
    hours = covered_hours(base.assessment)
    days = staffed_days(base.assessment, None)
    spec = hours_spec(base, days, hours_table(base, hours.people))
    rules, people = base.scenario.staffing, base.villages["population"].to_numpy()
    begun = hours.pattern_of_hour[HOURS * (rules.working_days[0] - 1) + rules.working_hours[0]]
    with np.errstate(invalid="ignore"):
        shares = tuple((100 * hours.served[begun] / people).tolist())
    layers = tuple(
        replace(layer, values=shares) if isinstance(layer, AreaLayer) else layer
        for layer in spec.layers
    )
    return replace(spec, layers=layers), hours_tool(base, hours)


SPECS: dict[str, Callable[[BaseMap], Described]] = {
    "status": _status,
    "gaps": _gaps,
    "reach": _reach,
    "change": _change,
    "sites": _sites,
    "referral": _referral,
    "certainty": _certainty,
    "hours": _hours,
}


def explorer_picture(base: BaseMap) -> str:
    """Return what the explorer opens with, small: the share of people within reach, as SVG."""
    return _drawing(base, AreaLayer("", SHARE, shares_served(base)).looks, (), ())


def _picture(base: BaseMap, spec: MapSpec) -> str:
    """Return a map as small SVG: the classes of the villages, catchments, trips and units."""
    looks: Sequence[Look] = [NOT_CLASSED] * len(base.villages)
    reaches, trips = list[Drawn](), list[Drawn]()
    for layer in spec.layers_on("screen", spec.sides[1].name if len(spec.sides) > 1 else ""):
        if isinstance(layer, AreaLayer) and layer.is_shown:
            looks = layer.looks
        elif isinstance(layer, ReachLayer) and layer.is_shown:
            pairs = zip(layer.shapes, layer.looks, strict=True)
            reaches += [(shape, look.colour) for shape, look in pairs]
        elif isinstance(layer, TripLayer):
            trips += [(line, layer.look.colour) for line in layer.lines]
    if spec.question == "reach":  # the page draws one unit's catchment, this picture all of them
        areas, head = base.assessment.catchments, base.scenario.headline
        of_head = areas[(areas["mode"] == head.mode)
                        & (areas["threshold_minutes"] == head.threshold_minutes)]  # fmt: skip
        reaches += [(shape, reach_look(head.mode, 0).colour) for shape in of_head.geometry]
    return _drawing(base, looks, reaches, trips)


def _drawing(
    base: BaseMap, looks: Sequence[Look], reaches: Iterable[Drawn], trips: Iterable[Drawn]
) -> str:
    west, south, east, north = base.villages.total_bounds.tolist()
    metres = max(east - west, north - south) / (PICTURE - 4)

    def path(shape: Any, looks: str) -> str:
        small = shapely.simplify(shape, metres / 2)
        parts = []
        for line in shapely.get_parts(small if small.geom_type.endswith("LineString") else
                                      shapely.boundary(small)):  # fmt: skip
            x, y = line.xy
            xy = zip(2 + (np.asarray(x) - west) / metres, 2 + (north - np.asarray(y)) / metres,
                     strict=True)  # fmt: skip
            parts.append("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in xy))
        return f'<path d="{"".join(parts)}" {looks}/>'

    edge = 'fill-rule="evenodd" stroke="#7a8b99" stroke-width=".6"'
    shapes = [
        path(shape, f'fill="{fill_of(look)}" {edge}')
        for shape, look in zip(base.villages.geometry, looks, strict=True)
    ]
    shapes += [path(s, f'fill="{c}" fill-opacity=".5" fill-rule="evenodd"') for s, c in reaches]
    shapes += [path(line, f'fill="none" stroke="{c}" stroke-width="1.2"') for line, c in trips]
    units = base.facilities.geometry[base.is_open_unit.eq(other=True)]
    shapes += [
        path(point.buffer(1.7 * metres), 'fill="#14343b" stroke="#fff" stroke-width=".5"')
        for point in units
    ]
    width = 4 + (east - west) / metres
    return (
        f'<svg viewBox="0 0 {max(width, PICTURE * 0.6):.0f} {PICTURE}" aria-hidden="true">'
        f"{''.join(shapes)}</svg>"
    )


def index_body(base: BaseMap, pages: Sequence[FrontEntry]) -> str:
    """Return the front page: of each page its address, title, question and picture (SVG)."""
    items = "".join(
        f'<li><a href="{escape_text(path)}">{picture}<span><b>{escape_text(question)}</b>'
        f"{escape_text(title)}</span></a></li>"
        for path, title, question, picture in pages
    )
    title = base.word("map_index_title", place=base.place)
    return (
        map_elements.heading(title, base.note(base.word("map_index_what")))
        + map_elements.banner(base.inputs, base.language)
        + f'<main class="front"><ul>{items}</ul></main>'
        + map_elements.sources(base.inputs, base.language)
    )
