"""Show tables of places on a page that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.domain.errors import Language
    from batu_geo.render.web.map_page import MapPage


def show(
    tables: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame],
    *,
    title: str = "batu_geo",
    language: Language = "id",
) -> MapPage:
    """Return a page with tables of places on it; a notebook shows it, `save` writes it.

    Every text of the tables shows as text, unlike in ``GeoDataFrame.explore``, where a name such
    as ``{{ 7*7 }}`` is evaluated, a tag runs, and the page loads its scripts from elsewhere.
    Rows with ``minutes`` are shaded by them. Personal data such as telephone numbers are withheld.

    Parameters
    ----------
    tables
        One, or several by the name of their layer, the lowest first.
    title, language
        Of the page.

    Raises
    ------
    DataError
        When a table has no coordinate system, or no table has a place.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> clinics = gpd.GeoDataFrame({"name": ["<b>A</b>"]}, geometry=[shapely.Point(112.5, -7.9)],
    ...                            crs="EPSG:4326")
    >>> page = show({"Clinics": clinics}, title="Two clinics", language="en")
    >>> "<b>A</b>" in page.html
    False
    """
    from batu_geo.render.web.table_map import table_map  # noqa: PLC0415 - heavy

    named = tables if isinstance(tables, Mapping) else {title: tables}
    return table_map(named, title=title, language=language)
