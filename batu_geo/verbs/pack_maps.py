"""The maps of a briefing pack, drawn once and used by every document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.planning.before_after import staffed_days
from batu_geo.render.briefing.report import MAP_MM as REPORT_MM
from batu_geo.render.briefing.report import MOST_CARDS, VILLAGE_MM
from batu_geo.render.briefing.sheets import CARD_MM, inset_mm
from batu_geo.render.briefing.summary import map_size
from batu_geo.render.cartography.access_maps import hours_spec, reach_spec, referral_spec
from batu_geo.render.cartography.siting_maps import candidate_spec, change_spec
from batu_geo.render.cartography.village_maps import gap_spec
from batu_geo.render.paper.print_elements import as_png, as_svg
from batu_geo.render.paper.print_style import printed
from batu_geo.render.paper.sheet_painter import PAPER_MM, paint_sheet, paper_mm, village_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import MapSpec

MAP_FILES = {
    "map_served": "1-terlayani",
    "map_change": "2-sebelum-sesudah",
    "map_reach": "3-jangkauan",
    "map_candidates": "4-bangunan-calon",
    "map_referral": "5-rujukan",
    "map_staff": "6-petugas",
}
SLIDE_MM, SLIDE_DPI = (280.0, 130.0), 130
# Of the five slides: higher, beside their text.
STORY_MM = {"map_served": (218.0, 136.0), "map_change": (218.0, 136.0)}
# Millimetres around a map on its sheet: both margins; head, title, source and foot.
AROUND_MM = (24.0, 54.0)


@dataclass(frozen=True, slots=True)
class PackMaps:
    """Every map of a pack.

    Attributes
    ----------
    svgs
        By name: SVG text of the maps inside documents.
    titles
        By name of a map of the whole city: its title.
    pictures
        By name: PNG for slides; those of the five slides begin with ``story_``.
    sheets
        By name and paper: SVG text, its width in mm, and whether the sheet lies on its side.
    """

    svgs: dict[str, str]
    titles: dict[str, str]
    pictures: dict[str, bytes]
    sheets: dict[tuple[str, str], tuple[str, float, bool]]


def printed_specs(
    base: BaseMap, tables: Mapping[str, pd.DataFrame], opened: Sequence[str]
) -> dict[str, MapSpec]:
    """Return the maps of a pack by name, in their order.

    Parameters
    ----------
    tables
        ``before_after``, ``unit_referral`` and ``referral``, and ``staff_days`` where the
        study has a roster.
    opened
        Buildings that are open after.
    """
    days = staffed_days(base.assessment, tables.get("staff_days"))
    return {
        "map_served": gap_spec(base),
        "map_change": change_spec(base, tables["before_after"], opened),
        "map_reach": reach_spec(base),
        "map_candidates": candidate_spec(base),
        "map_referral": referral_spec(base, tables),
        "map_staff": hours_spec(base, days),
    }


def pack_maps(base: BaseMap, specs: Mapping[str, MapSpec], letterhead: Letterhead) -> PackMaps:
    """Draw every map of a pack; the map of the summary is smaller by the letterhead."""
    titles = {key: spec.title.paper for key, spec in specs.items()}
    with printed():
        size = map_size(
            letterhead, is_answered=bool(base.assessment.study.answers), rows=len(base.ranks)
        )
        served = paint_sheet(base, specs["map_served"], size)
        svgs = {"summary": as_svg(served)}
        svgs |= {
            key: as_svg(paint_sheet(base, specs[key], size)) for key, size in REPORT_MM.items()
        }
        svgs |= _insets(base, inset_mm(letterhead))
        pictures = {
            key: as_png(paint_sheet(base, spec, SLIDE_MM), dpi=SLIDE_DPI)
            for key, spec in specs.items()
        }
        pictures |= {
            f"story_{key}": as_png(paint_sheet(base, specs[key], size), dpi=SLIDE_DPI)
            for key, size in STORY_MM.items()
        }
        sheets = {
            (key, paper): _sheet(base, spec, paper)
            for paper in PAPER_MM
            for key, spec in specs.items()
        }
    return PackMaps(svgs, titles, pictures, sheets)


def _insets(base: BaseMap, sheet_mm: float) -> dict[str, str]:
    """Return maps of each village without a unit and each candidate building, as large as set."""
    svgs = {
        f"{where}-{village_id}": as_svg(village_map(base, (size, size), village_id))
        for village_id in base.ranks
        for where, size in (("village", sheet_mm), ("report", VILLAGE_MM))
    }
    villages, sites = set(base.villages["village_id"]), base.assessment.candidates
    first = sites.head(MOST_CARDS)
    for site_id, village_id in zip(first["site_id"], first["village_id"], strict=True):
        if village_id in villages:
            drawn = village_map(base, CARD_MM, village_id, site_id)
            svgs[f"site-{site_id}"] = as_svg(drawn)
    return svgs


def _sheet(base: BaseMap, spec: MapSpec, paper: str) -> tuple[str, float, bool]:
    width, height = paper_mm(base, spec, paper)
    size = (width - AROUND_MM[0], height - AROUND_MM[1])
    return as_svg(paint_sheet(base, spec, size)), size[0], width > height
