"""The plan of a location model as an offline page, and its lines in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import word
from batu_geo.render.web.table_map import table_map

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.domain.errors import Language
    from batu_geo.render.web.map_page import MapPage


def plan_map(
    places: gpd.GeoDataFrame,
    left: gpd.GeoDataFrame,
    opened: gpd.GeoDataFrame,
    existing: gpd.GeoDataFrame | None,
    *,
    language: Language,
) -> MapPage:
    """Return a page with the places shaded by minutes, and sites left, open today and opened."""
    # A layer without a place is left out but keeps its colour, so that colours mean the same.
    layers = {
        word("own_plan_places", language): places,
        word("own_plan_left", language): left,
        word("own_plan_existing", language): places.head(0) if existing is None else existing,
        word("own_plan_opened", language): opened,
    }
    return table_map(layers, title=word("own_plan_title", language), language=language)


def lines_html(text: str) -> str:
    """Return lines for a notebook, the first of them bold, every one escaped.

    >>> lines_html("mclp: <b>")
    '<b>mclp: &lt;b&gt;</b>'
    """
    first, *rest = (escape_text(line.strip()) for line in text.splitlines())
    items = "".join(f"<li>{line}</li>" for line in rest)
    return f"<b>{first}</b>" + (f"<ul>{items}</ul>" if items else "")
