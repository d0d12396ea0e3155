"""The map of faulty places: one offline page, the list beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import folium
import geopandas as gpd
import shapely

from batu_geo.domain.errors import shown
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import number, word
from batu_geo.render.web.map_layers import Features, geojson_layer
from batu_geo.render.web.offline import OfflineMap
from batu_geo.render.web.plain_page import plain_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.errors import Language, Problem
    from batu_geo.render.web.map_page import MapPage

COLOURS = {True: "#b3261e", False: "#c77700"}
VILLAGE_STYLE = {"fillColor": "#e7ece8", "fillOpacity": 0.8, "color": "#7a8b99", "weight": 1}
ANYWHERE = (112.4, -8.0, 112.7, -7.7)
FARTHEST_DEGREES = 1.0
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Marked:
    """A fault with its place in degrees, where it has one."""

    problem: Problem
    is_error: bool
    place: tuple[float, float] | None


def fault_map(
    faults: Sequence[Marked],
    outlines: gpd.GeoSeries | None,
    *,
    title: str,
    language: Language,
) -> MapPage:
    """Return the page of a check.

    Parameters
    ----------
    faults
        In the order of the list.
    outlines
        Villages to draw under them, where they could be read.
    title
        Of the study or the file.
    language
        Of every word on the page.
    """
    bounds = _bounds(faults, outlines)
    drawn = _drawn(faults, outlines, bounds, language)
    heading = word("check_title", language, title=shown(title))
    counts = word(
        "check_counts",
        language,
        errors=number(sum(fault.is_error for fault in faults), language),
        warnings=number(sum(not fault.is_error for fault in faults), language),
    )
    lines = [(COLOURS[f.is_error], f.problem.line(language)) for f in faults[:MOST_LISTED]]
    listed = word("check_list", language), lines
    return plain_page(drawn, bounds, (heading, counts), listed=listed, language=language)


def _drawn(
    faults: Sequence[Marked],
    outlines: gpd.GeoSeries | None,
    bounds: tuple[float, float, float, float],
    language: Language,
) -> OfflineMap:
    """Return the villages, the warnings and the errors that are near them."""
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    if outlines is not None:
        features = Features(outlines, [""] * len(outlines), [VILLAGE_STYLE] * len(outlines))
        geojson_layer(features, name=word("village", language)).add_to(drawn)
    near = [fault for fault in faults if fault.place and _is_near(fault.place, bounds)]
    for is_error in (False, True):
        chosen = [fault for fault in near if fault.is_error is is_error]
        if chosen:
            _layer(chosen, language, is_error=is_error).add_to(drawn)
    return drawn


def _layer(faults: Sequence[Marked], language: Language, *, is_error: bool) -> folium.GeoJson:
    key = "check_errors" if is_error else "check_warnings"
    places = gpd.GeoSeries(
        [shapely.Point(fault.place) for fault in faults if fault.place], crs="EPSG:4326"
    )
    looks = {"color": "#ffffff", "weight": 1.5, "fillColor": COLOURS[is_error], "fillOpacity": 0.95}
    tips = [escape_text(fault.problem.line(language)) for fault in faults]
    return geojson_layer(
        Features(places, tips, [looks] * len(faults)),
        name=word(key, language),
        marker=folium.CircleMarker(radius=8, fill=True),
    )


def _bounds(
    faults: Sequence[Marked], outlines: gpd.GeoSeries | None
) -> tuple[float, float, float, float]:
    if outlines is not None and len(outlines):
        west, south, east, north = outlines.to_crs("EPSG:4326").total_bounds.tolist()
        return west, south, east, north
    places = [fault.place for fault in faults if fault.place]
    if not places:
        return ANYWHERE
    # Around the middle one: a single stray place must not push the others off the page.
    x, y = sorted(places)[len(places) // 2]
    half = FARTHEST_DEGREES / 4
    return x - half, y - half, x + half, y + half


def _is_near(place: tuple[float, float], bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    x, y = place
    return (
        west - FARTHEST_DEGREES <= x <= east + FARTHEST_DEGREES
        and south - FARTHEST_DEGREES <= y <= north + FARTHEST_DEGREES
    )
