"""The pages of a folder of maps: one for each question, and the list that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from batu_geo.render.cartography.siting_maps import candidate_spec, change_spec
from batu_geo.render.cartography.village_maps import certainty_spec, gap_spec, status_spec
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.web import map_elements
from batu_geo.render.web.interactive_maps import SWIPE, hours_tool, reach_people, reach_tool
from batu_geo.render.web.page_painter import paint_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.web.map_page import MapPage


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


def question_maps(
    assessment: Assessment,
    language: Language = "id",
    progress: Callable[[str], None] | None = None,
) -> dict[str, tuple[str, MapPage]]:
    """Return the map of each question with its title, by file name without ending."""
    base = base_map(assessment, language)
    drawn = {}
    for question in questions(assessment.study):
        title = base.word(f"map_{question}_title", place=base.place)
        if progress:
            progress(title)
        drawn[FILE_NAMES[question]] = title, PAGES[question](base)
    return drawn


def _status_page(base: BaseMap) -> MapPage:
    return paint_page(base, status_spec(base))


def _gap_page(base: BaseMap) -> MapPage:
    return paint_page(base, gap_spec(base))


def _sites_page(base: BaseMap) -> MapPage:
    return paint_page(base, candidate_spec(base, reach_of_best_sites(base.assessment)))


def _referral_page(base: BaseMap) -> MapPage:
    return paint_page(base, referral_spec(base, referral_tables(base.assessment)))


def _certainty_page(base: BaseMap) -> MapPage:
    return paint_page(base, certainty_spec(base))


def _change_page(base: BaseMap) -> MapPage:
    """Return the map of today beside a unit in each building of the plan, or the best ones."""
    assessment = base.assessment
    opened = opened_sites(assessment)
    reach = reach_before_after(assessment, opened)
    return paint_page(
        base, change_spec(base, before_after(assessment, opened), opened, reach), SWIPE
    )


def _reach_page(base: BaseMap) -> MapPage:
    """Return the map of the catchment of each unit at each threshold."""
    reach = reach_by_unit(base.assessment)
    places = (base.word("map_reach_all"), *reach.names)
    table = reach_table(base, places, reach_people(base, reach))
    return paint_page(base, reach_spec(base, table), reach_tool(base, reach, places))


def _hours_page(base: BaseMap) -> MapPage:
    """Return the map of who is covered in an hour of the week."""
    hours = covered_hours(base.assessment)
    days = staffed_days(base.assessment, None)
    spec = hours_spec(base, days, hours_table(base, hours.people))
    return paint_page(base, spec, hours_tool(base, hours))


PAGES: dict[str, Callable[[BaseMap], MapPage]] = {
    "status": _status_page,
    "gaps": _gap_page,
    "reach": _reach_page,
    "change": _change_page,
    "sites": _sites_page,
    "referral": _referral_page,
    "certainty": _certainty_page,
    "hours": _hours_page,
}


def index_body(base: BaseMap, pages: Sequence[tuple[str, str]]) -> str:
    """Return the list of pages: address and title of each, the latter plain text."""
    items = "".join(
        f'<li><a href="{escape_text(path)}">{escape_text(title)}</a></li>' for path, title in pages
    )
    title = base.word("map_index_title", place=base.place)
    return (
        map_elements.heading(title, base.note(base.word("map_index_what")))
        + map_elements.banner(base.inputs, base.language)
        + f'<main class="index"><ul>{items}</ul></main>'
        + map_elements.sources(base.inputs, str(base.villages.crs), base.language)
    )
