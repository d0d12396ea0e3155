"""What the legends of printed maps say, in words a council member knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.map_tables import places
from batu_geo.render.paper.print_elements import Entry
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.render.paper.map_tables import MapTables


def share_entries(tables: MapTables) -> list[Entry]:
    """Return the classes of the share served."""
    limits = [0.0, *ink.SHARE_BREAKS, 100.0]
    language = tables.language
    classes = [
        Entry(
            word("map_class", language, low=number(low, language), high=number(high, language)),
            fill=fill,
            hatch=hatch,
        )
        for low, high, fill, hatch in zip(
            limits[:-1], limits[1:], ink.SHARE_FILL, ink.SHARE_HATCH, strict=True
        )
    ]
    return [Entry(word("map_share", language)), *classes]


def place_entries(tables: MapTables) -> list[Entry]:
    """Return the facilities and roads that are drawn."""
    drawn = {mark.name for mark in places(tables)}
    signs = ("unit_open", "unit_closed", "puskesmas", "hospital")
    language = tables.language
    entries = [Entry(word("facility", language))]
    entries += [Entry(word(f"map_{s}", language), symbol=s) for s in signs if s in drawn]
    entries += [
        Entry(word("map_road_main", language), line=ink.ROADS[0][2]),
        Entry(word("map_road_local", language), line=ink.ROADS[2][2]),
    ]
    if tables.ranks:
        without = Entry(word("status_none", language), fill="#ffffff", thick=True)
        entries += [without, Entry(word("map_number", language), symbol="number")]
    return entries


def house_entries(tables: MapTables, sites: gpd.GeoDataFrame) -> list[Entry]:
    """Return the kinds of candidate buildings that are drawn."""
    language = tables.language
    shown = set(sites["suitability"])
    words = (("fit", "fit"), ("to_verify", "map_verify"), ("refused", "map_refused"))
    entries = [Entry(word("candidates", language))]
    entries += [Entry(word(key, language), symbol=name) for name, key in words if name in shown]
    entries.append(Entry(word("map_house_number", language), symbol="house_number"))
    if (sites["evidence"] == "illustrative").any():
        entries.append(Entry(word("map_made_up", language), symbol="fit", dashes=True))
    return entries
