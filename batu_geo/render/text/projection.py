"""The projection of a study in words, as a printed map says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj

from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language

NAMELESS = "unknown"  # what PROJ calls a system that only its parameters describe


def projection_words(crs: str, language: Language) -> str:
    """Return a projection and its datum in words.

    >>> projection_words("EPSG:32749", "id"), projection_words("EPSG:23834", "en")
    ('UTM zona 49S, datum WGS 84', 'DGN95 / Indonesia TM-3 zone 48.2, datum DGN95')
    """
    known = pyproj.CRS(crs)
    on_earth, moved = known.geodetic_crs, known.coordinate_operation
    datum = on_earth.name if on_earth else known.name
    if datum == NAMELESS and on_earth and on_earth.datum:
        datum = on_earth.datum.name
    name = moved.method_name if known.name == NAMELESS and moved else known.name
    if known.utm_zone:
        name = word("projection_utm", language, zone=known.utm_zone)
    return word("projection_of", language, name=name, datum=datum)
