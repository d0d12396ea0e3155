"""`gap_map`: who is served, who needs a unit most, what is within reach, which buildings rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.village_maps import gap_spec
from batu_geo.render.web.page_painter import paint_page

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment
    from batu_geo.render.web.map_page import MapPage


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
