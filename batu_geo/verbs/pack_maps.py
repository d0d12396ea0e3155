"""The maps of a briefing pack, drawn once and used by every document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.access.units import unit_is_open
from batu_geo.planning.before_after import staffed_days
from batu_geo.render.briefing.report import MAP_MM as REPORT_MM
from batu_geo.render.briefing.sheets import INSET_MM
from batu_geo.render.briefing.summary import map_size
from batu_geo.render.paper.map_tables import MapTables
from batu_geo.render.paper.print_elements import as_png, as_svg
from batu_geo.render.paper.print_layers import road_lines
from batu_geo.render.paper.print_maps import (
    MAPS,
    PAPER_MM,
    map_title,
    paper_mm,
    served_map,
    village_map,
)
from batu_geo.render.paper.print_style import printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.planning.assessment import Assessment

MAP_FILES = {
    "map_served": "1-terlayani",
    "map_change": "2-sebelum-sesudah",
    "map_reach": "3-jangkauan",
    "map_candidates": "4-bangunan-calon",
    "map_referral": "5-rujukan",
    "map_staff": "6-petugas",
}
SLIDE_MM, SLIDE_DPI = (280.0, 130.0), 130
# Paper around a map on its sheet: both margins; head, title, source and foot.
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
        By name: PNG for slides.
    sheets
        By name and paper: SVG text, its width in mm, and whether the sheet lies on its side.
    """

    svgs: dict[str, str]
    titles: dict[str, str]
    pictures: dict[str, bytes]
    sheets: dict[tuple[str, str], tuple[str, float, bool]]


def map_tables(
    found: Assessment,
    appraised: dict[str, pd.DataFrame],
    before_after: pd.DataFrame,
    opened: Sequence[str],
    language: Language,
) -> MapTables:
    """Return what the printed maps of an assessment are drawn from."""
    study = found.study
    return MapTables(
        villages=study.villages,
        facilities=study.facilities,
        candidates=found.candidates,
        catchments=found.catchments,
        is_open_unit=unit_is_open(study.facilities, found.scenario.service),
        unit_status=found.unit_status,
        ranks=dict(zip(found.gaps["village_id"], found.gaps["rank"].astype(int), strict=True)),
        before_after=before_after,
        opened=frozenset(opened),
        trips=appraised["unit_referral"],
        days=staffed_days(found, appraised.get("staff_days")),
        roads=road_lines(study.roads),
        scenario=found.scenario,
        language=language,
    )


def pack_maps(tables: MapTables, letterhead: Letterhead) -> PackMaps:
    """Draw every map of a pack; the letterhead takes its room from that of the summary."""
    titles = {key: map_title(tables, key) for key in MAPS}
    with printed():
        svgs = {"summary": as_svg(served_map(tables, map_size(letterhead)))}
        svgs |= {key: as_svg(MAPS[key](tables, size)) for key, size in REPORT_MM.items()}
        svgs |= _insets(tables)
        pictures = {
            key: as_png(draw(tables, SLIDE_MM), dpi=SLIDE_DPI) for key, draw in MAPS.items()
        }
        sheets = {(key, paper): _sheet(tables, key, paper) for paper in PAPER_MM for key in MAPS}
    return PackMaps(svgs, titles, pictures, sheets)


def _insets(tables: MapTables) -> dict[str, str]:
    """Return one village without a unit a map, and one candidate building a map."""
    found = {
        f"village-{village_id}": as_svg(village_map(tables, INSET_MM, village_id))
        for village_id in tables.ranks
    }
    known = set(tables.villages["village_id"])
    for site_id, village_id in zip(
        tables.candidates["site_id"], tables.candidates["village_id"], strict=True
    ):
        if village_id in known:
            drawn = village_map(tables, INSET_MM, village_id, site_id)
            found[f"site-{site_id}"] = as_svg(drawn)
    return found


def _sheet(tables: MapTables, key: str, paper: str) -> tuple[str, float, bool]:
    width, height = paper_mm(tables, key, paper)
    size = (width - AROUND_MM[0], height - AROUND_MM[1])
    return as_svg(MAPS[key](tables, size)), size[0], width > height
